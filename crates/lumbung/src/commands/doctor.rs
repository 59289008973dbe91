//! `lumbung doctor`: is everything in the data folder as it was written?

use std::path::Path;

use domain::language::Language;

use crate::rooms::Rooms;
use crate::words::{Message, say, tell};

pub(super) async fn run(data_dir: &Path, language: Language) -> anyhow::Result<()> {
    check(data_dir, true, language).await
}

/// `with_key`: the key for personal data should be there and fit.
pub(super) async fn check(data_dir: &Path, with_key: bool, language: Language) -> anyhow::Result<()> {
    let rooms = Rooms::open(data_dir).await?;
    let mut wrong = Vec::new();
    if with_key {
        let key = rooms.folder.personal_key()?;
        let fault = crate::key::fault(rooms.folder.root(), &key);
        let fits = store::people::key_fits(&rooms.store).await;
        wrong.extend(fault.map(|fault| fault.get(language).to_owned()));
        wrong.extend(fits.err().map(|error| error.text().get(language).to_owned()));
    }
    let entries = match store::audit::verify_chain(&rooms.store).await {
        Ok(chain) => chain.entries,
        Err(error) => {
            wrong.push(error.to_string());
            0
        }
    };
    let (mut imports, mut snapshots) = (0, 0);
    for survey in rooms.archive.surveys()? {
        for record in rooms.archive.imports(&survey)? {
            imports += 1;
            if let Err(error) = rooms.archive.verify_import(&record) {
                wrong.push(format!("{}: {}", record.id, error.text().get(language)));
            }
        }
    }
    for snapshot in rooms.archive.list_snapshots()? {
        snapshots += 1;
        if let Err(error) = snapshot.verify() {
            wrong.push(format!("{}: {}", snapshot.id(), error.text().get(language)));
        }
    }
    let releases = rooms.releases.all_releases();
    for release in &releases {
        for file in rooms.releases.changed_files(release)? {
            wrong.push(format!("{}/{file}", release.manifest.id));
        }
    }
    tell(say(
        language,
        format!(
            "{} catatan audit, {imports} impor, {snapshots} cuplikan, {} rilis diperiksa.",
            entries,
            releases.len()
        ),
        format!(
            "{} audit entries, {imports} imports, {snapshots} snapshots, {} releases checked.",
            entries,
            releases.len()
        ),
    ))?;
    if wrong.is_empty() {
        tell(say(language, "Semuanya utuh.", "Everything is as it was written."))?;
        return Ok(());
    }
    Err(Message::Differs { release: data_dir.display().to_string(), files: wrong.join("; ") }.into())
}
