//! `lumbung snapshot`: list, create and show dated views of the archive.

use std::sync::Arc;

use domain::actor::{Actor, CreateSnapshot};
use domain::language::Language;

use super::table;
use crate::cli::SnapshotAction;
use crate::jobs;
use crate::progress::{Bar, interruption};
use crate::rooms::{Rooms, new_id, now};
use crate::words::tell;

pub(super) async fn run(action: SnapshotAction, language: Language) -> anyhow::Result<()> {
    match action {
        SnapshotAction::List { data, format } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let rows: Vec<Vec<String>> = rooms
                .archive
                .list_snapshots()?
                .iter()
                .map(|snapshot| {
                    let manifest = snapshot.manifest();
                    let counts = &manifest.counts;
                    vec![
                        snapshot.id().to_owned(),
                        manifest.survey.clone(),
                        manifest.taken_at.to_string(),
                        counts.current.to_string(),
                        counts.held.to_string(),
                    ]
                })
                .collect();
            table::print(format, &["id", "survey", "taken_at", "rows", "held"], &rows)
        }
        SnapshotAction::Create { survey, data } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let survey = rooms.survey(&survey)?.id.clone();
            let job = new_id();
            let mut tx = rooms.store.begin(now()).await?;
            let permit = Actor::operator().permit(CreateSnapshot { survey: survey.clone() })?;
            store::snapshots::order(&mut tx, &permit, &job).await?;
            tx.commit().await?;
            let bar = Arc::new(Bar::new(language, interruption()));
            let outcome = jobs::run_now(&rooms, &job, bar.clone()).await;
            bar.finish();
            outcome?;
            if let Some(newest) = rooms.archive.snapshots(&survey)?.last() {
                tell(newest.id())?;
            }
            Ok(())
        }
        SnapshotAction::Show { id, data } => {
            let rooms = Rooms::open(&data.data_dir).await?;
            let snapshot = rooms.archive.snapshot(&id)?;
            tell(serde_json::to_string_pretty(snapshot.manifest())?)?;
            Ok(())
        }
    }
}
