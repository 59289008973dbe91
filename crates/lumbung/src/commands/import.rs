//! `lumbung import`: the same road as an upload through the pages, from the ledger to the archive.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use domain::actor::{AcceptImport, Actor, DiscardImport, ImportSurvey};
use domain::language::Language;
use intake::Summary;
use store::imports::{NewImport, Received};

use super::table;
use crate::cli::{Format, ImportArgs};
use crate::jobs;
use crate::progress::{Bar, interruption};
use crate::rooms::{Rooms, new_id, now};
use crate::words::{FileFault, Message, say, tell};

pub(super) async fn run(arguments: ImportArgs, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(&arguments.data.data_dir).await?;
    let mapping = match &arguments.mapping {
        Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => String::new(),
    };
    let order = Order {
        file: &arguments.file,
        survey: &arguments.survey,
        period: arguments.period,
        mapping,
        dry_run: arguments.dry_run,
    };
    let Some((summary, id)) = take_in(&rooms, &order, language).await? else {
        tell(say(
            language,
            "Berkas ini sudah pernah diimpor; tidak ada yang dihitung dua kali.",
            "This very file was imported before; nothing is counted twice.",
        ))?;
        return Ok(());
    };
    print_counts(&summary, arguments.format, language)?;
    let findings = rooms.folder.import(&id).join("findings.csv");
    eprintln!("{} {}", say(language, "Temuan:", "Findings:"), findings.display());
    match summary.causes.first() {
        Some(cause) if !summary.readable => {
            let (title, remedy) = (cause.title.clone(), cause.remedy.clone());
            let file = arguments.file.display().to_string();
            Err(Message::File(FileFault::Unreadable { file, title, remedy }).into())
        }
        _ => Ok(()),
    }
}

/// A file to take in.
pub(super) struct Order<'a> {
    pub file: &'a Path,
    pub survey: &'a str,
    pub period: Option<u16>,
    pub mapping: String,
    pub dry_run: bool,
}

/// Checks a file and, unless it is a dry run, lets its rows into the archive. `None`: the same
/// file was taken in before.
pub(super) async fn take_in(
    rooms: &Rooms,
    order: &Order<'_>,
    language: Language,
) -> anyhow::Result<Option<(Summary, String)>> {
    let actor = Actor::operator();
    let survey = rooms.survey(order.survey)?.id.clone();
    let (blake3, bytes) = keep(rooms, order.file)?;
    let file_name =
        order.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let new = NewImport {
        id: new_id(),
        period: order.period,
        file_name,
        blake3,
        bytes,
        mapping: order.mapping.clone(),
    };

    let job = new_id();
    let mut tx = rooms.store.begin(now()).await?;
    let received =
        store::imports::receive(&mut tx, &actor.permit(ImportSurvey { survey })?, &new, &job).await?;
    tx.commit().await?;
    if let Received::Same(_) = received {
        return Ok(None);
    }
    let bar = Arc::new(Bar::new(language, interruption()));
    let checked = jobs::run_now(rooms, &job, bar.clone()).await;
    bar.finish();
    checked?;
    let summary = Summary::read(&rooms.folder.import(&new.id))?;

    let mut tx = rooms.store.begin(now()).await?;
    if order.dry_run || !summary.readable {
        let permit = actor.permit(DiscardImport { import: new.id.clone() })?;
        store::imports::discard(&mut tx, &permit).await?;
        tx.commit().await?;
        return Ok(Some((summary, new.id)));
    }
    let job = new_id();
    let permit = actor.permit(AcceptImport { import: new.id.clone() })?;
    store::imports::accept(&mut tx, &permit, &job).await?;
    tx.commit().await?;
    let accepted = jobs::run_now(rooms, &job, bar.clone()).await;
    bar.finish();
    accepted?;
    Ok(Some((summary, new.id)))
}

/// Copies the file into the data folder under its checksum: what was imported stays readable.
fn keep(rooms: &Rooms, file: &Path) -> anyhow::Result<(String, u64)> {
    let named = || file.display().to_string();
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(file).with_context(named)?).with_context(named)?;
    let blake3 = hasher.finalize().to_hex().to_string();
    let bytes = std::fs::metadata(file).with_context(named)?.len();
    let blob = rooms.folder.blob(&blake3);
    if !blob.exists() {
        let part = blob.with_extension(format!("part-{}", std::process::id()));
        std::fs::copy(file, &part).with_context(named)?;
        std::fs::File::open(&part)?.sync_all()?;
        std::fs::rename(&part, &blob)?;
    }
    Ok((blake3, bytes))
}

fn print_counts(summary: &Summary, format: Format, language: Language) -> anyhow::Result<()> {
    let rows = &summary.rows;
    let lines = [
        (say(language, "diterima lengkap", "received"), rows.received),
        (say(language, "disimpan", "accepted"), rows.accepted),
        (say(language, "disimpan dengan catatan", "accepted with a warning"), rows.warned),
        (say(language, "ditahan", "held"), rows.held),
        (say(language, "ditolak", "refused"), rows.refused),
    ];
    let (status, count) = (say(language, "status", "status"), say(language, "baris", "rows"));
    let table: Vec<Vec<String>> =
        lines.iter().map(|(name, count)| vec![name.clone(), count.to_string()]).collect();
    table::print(format, &[&status, &count], &table)?;
    for cause in summary.causes.iter().take(10) {
        let place = if cause.column.is_empty() { String::new() } else { format!(" [{}]", cause.column) };
        eprintln!("  {:>8} × {} {}{place}", cause.count, cause.rule, cause.title.get(language));
    }
    Ok(())
}
