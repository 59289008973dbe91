//! Writes into the archive what somebody decided about held rows.

use microdata::Decision;
use store::jobs::{Claim, Work};

use crate::progress::SharedWatch;
use crate::rooms::{Rooms, now};

pub(super) async fn run(
    rooms: &Rooms,
    claim: &Claim,
    import: &str,
    watch: SharedWatch,
) -> anyhow::Result<()> {
    let Work::DecideRows { rows, verdict, reason, .. } = &claim.work else { return Ok(()) };
    let row = store::imports::get(&rooms.store, import).await?;
    let survey = rooms.survey(&row.survey)?.clone();
    // The job's id: a decision that a dead worker had already written is recognised by it.
    let decision = Decision {
        id: claim.id.clone(),
        sequence: 0,
        survey: survey.id.clone(),
        import: row.archived_as().to_owned(),
        rows: rows.clone(),
        verdict: *verdict,
        reason: reason.clone(),
        decided_at: now(),
        actor: claim.actor.id.clone(),
    };
    let archive = rooms.archive.clone();
    tokio::task::spawn_blocking(move || archive.decide(&survey, decision, &*watch)).await??;

    let mut tx = rooms.store.begin(now()).await?;
    store::imports::rows_decided(&mut tx, claim).await?;
    store::jobs::finish(&mut tx, claim).await?;
    tx.commit().await?;
    Ok(())
}
