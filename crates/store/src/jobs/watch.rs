//! Between the work, which runs on its own thread, and the ledger, which is asked now and then.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::progress::Watch;
use jiff::Timestamp;

use super::Claim;
use crate::codec::text;
use crate::{Pool, Store, StoreError};

/// What the ledger says to a worker that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Continue,
    /// Somebody asked the job to end; the watch now says so to the work.
    Cancel,
    /// Another worker holds the job: end, and record nothing.
    Lost,
}

/// Carries progress from the work to the ledger and the wish to stop the other way.
#[derive(Debug)]
pub struct JobWatch {
    job: String,
    worker: String,
    attempts: i64,
    progress: Mutex<(&'static str, u64, u64)>,
    cancelled: AtomicBool,
}

impl JobWatch {
    pub fn new(claim: &Claim) -> Self {
        JobWatch {
            job: claim.id.clone(),
            worker: claim.worker.clone(),
            attempts: claim.attempts,
            progress: Mutex::new(("", 0, 0)),
            cancelled: AtomicBool::new(claim.cancel_requested),
        }
    }

    /// Tells the work to stop, for instance because the program is asked to end.
    pub fn stop(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Writes heartbeat and progress and hears whether to go on. Call it about twice a second.
    pub async fn beat(&self, store: &Store, now: Timestamp) -> Result<Beat, StoreError> {
        const SQL: &str = "
            update job set heartbeat_at = $4, step = $5, done = $6, total = $7
            where id = $1 and worker = $2 and attempts = $3 and status = 'running'
            returning cancel_requested";
        // A poisoned lock only means that the work panicked while reporting a number.
        let (step, done, total) = *self.progress.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let answer: Option<bool> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL)
            .bind(&self.job)
            .bind(&self.worker)
            .bind(self.attempts)
            .bind(text(now))
            .bind(step)
            .bind(i64::try_from(done).unwrap_or(i64::MAX))
            .bind(i64::try_from(total).unwrap_or(i64::MAX))
            .fetch_optional(pool)
            .await?);
        Ok(match answer {
            Some(false) => Beat::Continue,
            Some(true) => {
                self.stop();
                Beat::Cancel
            }
            None => {
                self.stop();
                Beat::Lost
            }
        })
    }
}

impl Watch for JobWatch {
    fn report(&self, step: &'static str, done: u64, total: u64) {
        *self.progress.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = (step, done, total);
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
