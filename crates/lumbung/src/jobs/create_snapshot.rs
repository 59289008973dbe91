//! Freezes a dated view of a survey.

use microdata::Snapshot;
use serde_json::json;
use store::Tx;
use store::jobs::Claim;
use store::snapshots::NewSnapshot;

use crate::progress::SharedWatch;
use crate::rooms::{Rooms, now};

pub(super) async fn run(
    rooms: &Rooms,
    claim: &Claim,
    survey: &str,
    watch: SharedWatch,
) -> anyhow::Result<()> {
    let survey = rooms.survey(survey)?.clone();
    let archive = rooms.archive.clone();
    let taken_at = now();
    let snapshot =
        tokio::task::spawn_blocking(move || archive.create_snapshot(&survey, taken_at, &*watch)).await??;

    let mut tx = rooms.store.begin(now()).await?;
    record(&mut tx, claim, &snapshot).await?;
    store::jobs::finish(&mut tx, claim).await?;
    tx.commit().await?;
    Ok(())
}

/// Enters a snapshot into the ledger.
pub(super) async fn record(tx: &mut Tx, claim: &Claim, snapshot: &Snapshot) -> anyhow::Result<()> {
    let manifest = snapshot.manifest();
    let new = NewSnapshot {
        id: snapshot.id().to_owned(),
        survey: manifest.survey.clone(),
        rows: manifest.counts.current,
        years: snapshot.files().iter().map(|(year, _)| *year).collect(),
        checksum: snapshot.checksum().to_owned(),
        taken_at: manifest.taken_at,
        detail: json!({}),
    };
    store::snapshots::record(tx, claim, &new).await?;
    Ok(())
}
