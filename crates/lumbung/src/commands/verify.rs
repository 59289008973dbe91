//! `lumbung verify`: recompute a release from its snapshot and its plan, compare every byte, and
//! check the proof of every hidden cell again.

use std::path::Path;

use domain::catalogue::PlanFile;
use domain::language::Language;
use domain::plan::Plan;
use domain::release::Manifest;

use super::blocking;
use crate::jobs;
use crate::produce::{Ingredients, produce};
use crate::progress::{Bar, interruption};
use crate::rooms::Rooms;
use crate::words::{Message, say, tell};

pub(super) async fn run(data_dir: &Path, release: &str, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(data_dir).await?;
    let bar = Bar::new(language, interruption());
    let id = release.to_owned();
    let lines = blocking(move || {
        let lines = verify(&rooms, &id, &bar, language);
        bar.finish();
        lines
    })
    .await?;
    for line in lines {
        tell(line)?;
    }
    Ok(())
}

/// What was checked, line by line; an error names what differs.
fn verify(rooms: &Rooms, id: &str, bar: &Bar, language: Language) -> anyhow::Result<Vec<String>> {
    let release = rooms.releases.any_release(id)?;
    let manifest: &Manifest = &release.manifest;
    let mut differs = rooms.releases.changed_files(&release)?;

    let file = PlanFile { plan: Plan::parse(&manifest.plan)?, text: manifest.plan.clone() };
    if jobs::content_checksums(&rooms.content, &file) != manifest.classifications {
        differs.push("classifications".to_owned());
    }
    let snapshot = rooms.archive.snapshot(&manifest.snapshot.id)?;
    if snapshot.checksum() != manifest.snapshot.checksum {
        differs.push(format!("snapshot {}", manifest.snapshot.id));
    }
    let previous = manifest.supersedes.as_deref().map(|id| jobs::published_cube(rooms, id)).transpose()?;
    let product = produce(
        &Ingredients {
            name: id,
            plan: &file.plan,
            content: &rooms.content,
            survey: rooms.survey(&manifest.snapshot.survey)?,
            snapshot: &snapshot,
            previous: previous.as_ref(),
            threads: rooms.folder.threads(),
        },
        bar,
    )?;
    let on_disk = |name: &str| std::fs::read(release.folder.join(name)).unwrap_or_default();
    if on_disk("cube.lumbung") != product.cube {
        differs.push("cube.lumbung".to_owned());
    }
    if on_disk("confidential/proof.lumbung") != product.proof {
        differs.push("confidential/proof.lumbung".to_owned());
    }
    if let Some(analyses) = &product.analyses
        && on_disk(publication::analyses::FILE) != *analyses
    {
        differs.push(publication::analyses::FILE.to_owned());
    }
    if !differs.is_empty() {
        return Err(Message::Differs { release: id.to_owned(), files: differs.join(", ") }.into());
    }
    Ok(vec![
        say(
            language,
            format!("{id}: hasil hitung ulang sama, {} bita.", product.cube.len()),
            format!("{id}: recomputed, the same {} bytes.", product.cube.len()),
        ),
        product.report.text().get(language).to_owned(),
    ])
}
