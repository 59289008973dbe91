//! `lumbung demo`: a fresh folder with a simulated cohort of a programme, real official series, a real farm
//! panel and a simulated national survey, all taken in, protected and released on the same road as anybody's
//! data.

mod accounts;
mod cohort;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Context;
use domain::language::Language;

use super::{import, release, serve, simulate};
use crate::cli::DemoArgs;
use crate::content;
use crate::folder::Folder;
use crate::rooms::Rooms;
use crate::words::say;

/// The survey that is simulated, and its years and seed: the same demo everywhere.
const SURVEY: &str = "national-enterprise";
const YEARS: std::ops::RangeInclusive<i32> = 2021..=2024;
const SEED: u64 = 2026;

/// Written last: a folder without it is a demo that was interrupted.
const READY: &str = "demo-ready";

pub(super) async fn run(arguments: DemoArgs, language: Language) -> anyhow::Result<()> {
    let folder = &arguments.data_dir;
    if !folder.join(READY).exists() {
        if folder.join("lumbung.toml").exists() {
            // Only what an interrupted demo left; `create` below refuses any other folder.
            let interrupted = folder.join("demo-unfinished");
            anyhow::ensure!(
                interrupted.exists(),
                crate::words::Message::FolderInUse { folder: folder.display().to_string() }
            );
            std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        load(&arguments, language).await?;
    }
    let rooms = Rooms::open(folder).await?;
    accounts::print(folder, arguments.listen, language)?;
    if arguments.no_serve {
        return Ok(());
    }
    serve::serve(rooms, arguments.listen, language).await
}

async fn load(arguments: &DemoArgs, language: Language) -> anyhow::Result<()> {
    let folder = Folder::create(&arguments.data_dir)?;
    std::fs::write(folder.root().join("demo-unfinished"), "")?;
    let rooms = Rooms::of(folder).await?;

    announce(
        language,
        "Peserta program tiruan (sintetis)",
        "Simulated participants of a programme (synthetic)",
    );
    let cohort = cohort::load(&rooms, crate::rooms::now(), language).await?;
    accounts::add(&rooms, &cohort.people).await?;

    announce(language, "Data resmi dan panel usaha tani", "Official series and the farm panel");
    let workshop = tempfile::tempdir()?;
    for (survey, text) in content::demo_tables() {
        if rooms.content.survey(&survey).is_none() {
            continue;
        }
        let file = workshop.path().join(format!("{survey}.csv"));
        std::fs::write(&file, text)?;
        take_in(&rooms, &file, &survey, language).await?;
    }

    announce(language, "Survei usaha nasional tiruan (sintetis)", "Simulated national survey (synthetic)");
    let recipe = simulate::Recipe { enterprises: arguments.enterprises, years: YEARS, seed: SEED };
    let catalogue = rooms.content.clone();
    let output = workshop.path().to_owned();
    let files = super::blocking(move || simulate::write_csv(&recipe, &catalogue, &output, &())).await?;
    for file in files {
        take_in(&rooms, &file, SURVEY, language).await?;
    }

    announce(language, "Rilis", "Releases");
    let plans: Vec<String> = rooms
        .content
        .plans()
        .filter(|(_, file)| file.plan.release.is_some())
        .map(|(name, _)| name.to_owned())
        .collect();
    for plan in plans {
        eprintln!("  {}", release::make(&rooms, &plan, language).await?);
    }
    rooms.store.close().await;
    std::fs::write(arguments.data_dir.join(READY), "")?;
    std::fs::remove_file(arguments.data_dir.join("demo-unfinished"))?;
    Ok(())
}

async fn take_in(rooms: &Rooms, file: &Path, survey: &str, language: Language) -> anyhow::Result<()> {
    let order = import::Order { file, survey, period: None, mapping: String::new(), dry_run: false };
    if let Some((summary, _)) = import::take_in(rooms, &order, language).await? {
        let rows = &summary.rows;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        eprintln!(
            "  {name}: {}",
            say(
                language,
                format!(
                    "{} baris disimpan, {} ditahan, {} ditolak",
                    rows.accepted + rows.warned,
                    rows.held,
                    rows.refused
                ),
                format!(
                    "{} rows accepted, {} held, {} refused",
                    rows.accepted + rows.warned,
                    rows.held,
                    rows.refused
                ),
            )
        );
    }
    Ok(())
}

fn announce(language: Language, id: &str, en: &str) {
    eprintln!("{}", say(language, id, en));
}
