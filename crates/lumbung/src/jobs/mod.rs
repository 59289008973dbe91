//! Jobs: work that was ordered in the ledger, one screen each, resumed after a restart.
//!
//! A job may be run twice if its worker dies in between; each is written so that the second
//! run finds what the first one finished and goes on from there.

mod accept_import;
mod check_import;
mod create_snapshot;
mod decide_rows;
mod make_release;
mod reminders;

pub(crate) use make_release::{content_checksums, plan, published_cube};
pub(crate) use reminders::{remind, remind_forever};

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use store::jobs::{Beat, Claim, JobWatch, Work};

use crate::failure;
use crate::progress::{Both, SharedWatch};
use crate::rooms::{Rooms, now};
use crate::words::Message;

/// A worker that was silent for so long has died.
const STALE_AFTER: SignedDuration = SignedDuration::from_secs(15);
const BEAT_EVERY: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(700);

/// Takes one job after the other until the program ends.
pub(crate) async fn work_forever(rooms: Rooms, worker: String) {
    loop {
        match store::jobs::claim(&rooms.store, &worker, now(), STALE_AFTER, None).await {
            Ok(Some(claim)) => {
                if let Err(error) = run(&rooms, claim, Arc::new(())).await {
                    tracing::warn!(error = format!("{error:#}"), "job ended without success");
                }
            }
            Ok(None) => tokio::time::sleep(LOOK_EVERY).await,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "cannot ask the ledger for work");
                tokio::time::sleep(LOOK_EVERY * 10).await;
            }
        }
    }
}

/// Removes files that hold names and that nobody came back for, until the program ends.
pub(crate) async fn sweep_forever(data_dir: std::path::PathBuf) {
    const EVERY: Duration = Duration::from_secs(10 * 60);
    loop {
        let folder = data_dir.clone();
        match tokio::task::spawn_blocking(move || web::sweep_files(&folder, now())).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "files on their way into the register were not removed")
            }
            Err(error) => tracing::error!(%error, "files on their way into the register were not removed"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Runs a job that was ordered from the command line, or waits for the server that took it. A job whose
/// worker has died is taken over.
pub(crate) async fn run_now(rooms: &Rooms, job: &str, bar: SharedWatch) -> anyhow::Result<()> {
    let worker = format!("command-line-{}", std::process::id());
    loop {
        if let Some(claim) = store::jobs::claim(&rooms.store, &worker, now(), STALE_AFTER, Some(job)).await? {
            return run(rooms, claim, bar).await;
        }
        let row = store::jobs::get(&rooms.store, job).await?;
        if row.status.is_final() {
            return match row.message {
                Some(reason) => Err(Message::JobFailed { reason }.into()),
                None => Ok(()),
            };
        }
        if bar.cancelled() {
            return Err(Message::Cancelled.into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Runs a claimed job to its end and writes the outcome into the ledger.
async fn run(rooms: &Rooms, claim: Claim, bar: SharedWatch) -> anyhow::Result<()> {
    let watch = Arc::new(JobWatch::new(&claim));
    let work = {
        let both = Both(Arc::clone(&watch) as SharedWatch, bar);
        let (rooms, claim) = (rooms.clone(), claim.clone());
        tokio::spawn(async move { perform(&rooms, &claim, Arc::new(both)).await })
    };
    let mut lost = false;
    let beats = async {
        loop {
            tokio::time::sleep(BEAT_EVERY).await;
            match watch.beat(&rooms.store, now()).await {
                Ok(Beat::Lost) => {
                    lost = true;
                    break;
                }
                Ok(Beat::Continue | Beat::Cancel) => {}
                Err(error) => tracing::warn!(error = format!("{error:#}"), "heartbeat was not written"),
            }
        }
        std::future::pending::<()>().await;
    };
    let outcome = tokio::select! {
        outcome = work => outcome.unwrap_or_else(|panic| Err(anyhow::anyhow!("the program failed: {panic}"))),
        () = beats => unreachable!("beats never end"),
    };
    let Err(error) = outcome else { return Ok(()) };
    if lost {
        return Err(error);
    }
    let mut tx = rooms.store.begin(now()).await?;
    if failure::is_cancellation(&error) {
        store::jobs::stop(&mut tx, &claim).await?;
        tx.commit().await?;
        return Err(Message::Cancelled.into());
    }
    store::jobs::fail(&mut tx, &claim, &failure::text(&error)).await?;
    tx.commit().await?;
    Err(error)
}

async fn perform(rooms: &Rooms, claim: &Claim, watch: SharedWatch) -> anyhow::Result<()> {
    match &claim.work {
        Work::CheckImport { import } => check_import::run(rooms, claim, import, watch).await,
        Work::AcceptImport { import } => accept_import::run(rooms, claim, import, watch).await,
        Work::DecideRows { import, .. } => decide_rows::run(rooms, claim, import, watch).await,
        Work::CreateSnapshot { survey } => create_snapshot::run(rooms, claim, survey, watch).await,
        Work::MakeRelease { plan, .. } => make_release::run(rooms, claim, plan, watch).await,
    }
}
