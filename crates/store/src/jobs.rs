//! Jobs: long work that people order and workers do. A job survives a restart: when its worker
//! dies, the heartbeat stops and another worker takes the job again.
//!
//! The outcome of a job is recorded under its [`Claim`], which goes stale when somebody else
//! takes the job: then the transaction fails as a whole and nothing is recorded twice.

mod watch;

pub use watch::{Beat, JobWatch};

use domain::actor::{Action, Actor, CancelJob, Permit};
use domain::held::Verdict;
use domain::language::Text;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codec::{Document, MaybeMoment, MaybeText, Moment, states, text, to_json};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit, imports, releases};

/// How often a job is taken again after its worker died, before we conclude that it kills workers.
pub const ATTEMPTS_MAX: i64 = 3;

/// What is to be done. Written into the ledger as JSON: add kinds and fields, never rename them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Work {
    /// Read and check an uploaded file.
    CheckImport {
        import: String,
    },
    /// Commit a checked import to the archive.
    AcceptImport {
        import: String,
    },
    /// Record what somebody decided about held rows of an accepted import.
    DecideRows {
        import: String,
        rows: Vec<u64>,
        verdict: Verdict,
        reason: String,
    },
    CreateSnapshot {
        survey: String,
    },
    /// Snapshot → cube → protect → publish; `release` is the id of the ledger's row.
    MakeRelease {
        release: String,
        plan: String,
    },
}

impl Work {
    pub fn kind(&self) -> &'static str {
        match self {
            Work::CheckImport { .. } => "check-import",
            Work::AcceptImport { .. } => "accept-import",
            Work::DecideRows { .. } => "decide-rows",
            Work::CreateSnapshot { .. } => "create-snapshot",
            Work::MakeRelease { .. } => "make-release",
        }
    }

    /// What the job is about, to find it again.
    pub fn subject(&self) -> &str {
        match self {
            Work::CheckImport { import }
            | Work::AcceptImport { import }
            | Work::DecideRows { import, .. } => import,
            Work::CreateSnapshot { survey } => survey,
            Work::MakeRelease { release, .. } => release,
        }
    }
}

states! {
    JobStatus {
        Queued = "queued",
        Running = "running",
        Done = "done",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl JobStatus {
    /// Will nothing more happen?
    pub fn is_final(self) -> bool {
        matches!(self, JobStatus::Done | JobStatus::Failed | JobStatus::Cancelled)
    }
}

/// A job as people see it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Job {
    pub id: String,
    pub kind: String,
    #[sqlx(try_from = "Document")]
    pub payload: Value,
    pub subject: String,
    #[sqlx(try_from = "String")]
    pub status: JobStatus,
    /// Key of the step, such as `import.read`; empty before the first.
    pub step: String,
    pub done: i64,
    /// 0 means unknown.
    pub total: i64,
    #[sqlx(try_from = "MaybeText")]
    pub message: Option<Text>,
    pub attempts: i64,
    pub worker: Option<String>,
    #[sqlx(try_from = "MaybeMoment")]
    pub heartbeat_at: Option<Timestamp>,
    pub cancel_requested: bool,
    pub ordered_by: String,
    pub ordered_by_email: String,
    #[sqlx(try_from = "Moment")]
    pub ordered_at: Timestamp,
    #[sqlx(try_from = "MaybeMoment")]
    pub started_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeMoment")]
    pub ended_at: Option<Timestamp>,
}

/// A job that this worker holds. The proof of authority for the outcome.
#[derive(Clone, Debug)]
pub struct Claim {
    pub id: String,
    pub work: Work,
    /// 1 the first time; more if a worker died over it.
    pub attempts: i64,
    /// Who ordered it, for the log; without any grant, because the permit was shown when it was ordered.
    pub actor: Actor,
    worker: String,
    cancel_requested: bool,
}

impl Claim {
    pub(crate) fn wrong_work(&self) -> StoreError {
        StoreError::State { noun: "job", id: self.id.clone(), state: self.work.kind().to_owned() }
    }
}

/// Puts work into the queue. Each noun orders its own, under its own permit.
pub(crate) async fn order(tx: &mut Tx, actor: &Actor, id: &str, work: &Work) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into job (id, kind, payload, subject, status, ordered_by, ordered_by_email, ordered_at)
        values ($1, $2, $3, $4, 'queued', $5, $6, $7)";
    let payload = to_json(work)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(work.kind())
        .bind(&payload)
        .bind(work.subject())
        .bind(&actor.id)
        .bind(&actor.email)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Takes the oldest job that waits, or one whose worker has been silent for `stale_after`.
/// `only` asks for one certain job. `None`: nothing to do.
pub async fn claim(
    store: &Store,
    worker: &str,
    now: Timestamp,
    stale_after: SignedDuration,
    only: Option<&str>,
) -> Result<Option<Claim>, StoreError> {
    // Looked up without a lock first: an idle worker asks often and should disturb nobody.
    const ANY: &str = "
        select count(*) from job
        where (status = 'queued' or (status = 'running' and heartbeat_at < $1)) and ($2 is null or id = $2)";
    let stale = text(now - stale_after);
    let waiting: i64 = on!(Pool::&store.pool, |pool| sqlx::query_scalar(ANY)
        .bind(&stale)
        .bind(only)
        .fetch_one(pool)
        .await?);
    if waiting == 0 {
        return Ok(None);
    }
    let mut tx = store.begin(now).await?;
    give_up_on_killers(&mut tx, &stale).await?;
    let job = take(&mut tx, worker, &stale, only).await?;
    tx.commit().await?;
    let Some(job) = job else { return Ok(None) };
    let work = serde_json::from_value(job.payload)
        .map_err(|error| StoreError::Unreadable { what: format!("job {}: {error}", job.id) })?;
    Ok(Some(Claim {
        id: job.id,
        work,
        attempts: job.attempts,
        actor: Actor { id: job.ordered_by, email: job.ordered_by_email, grants: Vec::new() },
        worker: worker.to_owned(),
        cancel_requested: job.cancel_requested,
    }))
}

/// The one statement that the two databases spell differently: on SQLite the transaction already
/// holds the whole file; on PostgreSQL rows that others are about to take are passed over.
macro_rules! take_sql {
    ($lock:literal) => {
        concat!(
            "update job set status = 'running', worker = $1, heartbeat_at = $2,
                started_at = coalesce(started_at, $2), attempts = attempts + 1
            where id = (
                select id from job
                where (status = 'queued' or (status = 'running' and heartbeat_at < $3))
                    and ($4 is null or id = $4)
                order by id limit 1 ",
            $lock,
            ") returning *"
        )
    };
}

async fn take(tx: &mut Tx, worker: &str, stale: &str, only: Option<&str>) -> Result<Option<Job>, StoreError> {
    let sql = match &tx.connection {
        Connection::Sqlite(_) => take_sql!(""),
        Connection::Postgres(_) => take_sql!("for update skip locked"),
    };
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_as(sql)
        .bind(worker)
        .bind(text(tx.at))
        .bind(stale)
        .bind(only)
        .fetch_optional(&mut **conn)
        .await?))
}

/// Fails the jobs over which workers died too often.
async fn give_up_on_killers(tx: &mut Tx, stale: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        update job set status = 'failed', ended_at = $1, message = $2
        where status = 'running' and heartbeat_at < $3 and attempts >= $4 returning payload";
    let message = Text::new(
        "Pekerjaan ini tiga kali terputus di tengah jalan, mungkin karena memori atau diska tidak cukup. \
         Periksa server, lalu mulai lagi.",
        "This work broke off three times, perhaps for want of memory or disk. Check the server, then start again.",
    );
    let message = to_json(&message)?;
    let given_up: Vec<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(text(tx.at))
        .bind(&message)
        .bind(stale)
        .bind(ATTEMPTS_MAX)
        .fetch_all(&mut **conn)
        .await?);
    for payload in given_up {
        if let Ok(work) = serde_json::from_str::<Work>(&payload) {
            fell_through(tx, &work, false).await?;
        }
    }
    Ok(())
}

async fn fell_through(tx: &mut Tx, work: &Work, cancelled: bool) -> Result<(), StoreError> {
    imports::fell_through(tx, work, cancelled).await?;
    releases::fell_through(tx, work, cancelled).await
}

/// The work is done and its outcome stands in this same transaction.
pub async fn finish(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    end(tx, claim, JobStatus::Done, None).await
}

/// The work cannot be done; `message` tells people why and what to do.
pub async fn fail(tx: &mut Tx, claim: &Claim, message: &Text) -> Result<(), StoreError> {
    end(tx, claim, JobStatus::Failed, Some(message)).await?;
    fell_through(tx, &claim.work, false).await?;
    let detail = json!({ "kind": claim.work.kind(), "message": message.en });
    audit::append(tx, &claim.actor, "job.failed", &claim.id, detail).await
}

/// The work ended early because somebody asked for it.
pub async fn stop(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    end(tx, claim, JobStatus::Cancelled, None).await?;
    fell_through(tx, &claim.work, true).await?;
    audit::append(tx, &claim.actor, "job.cancelled", &claim.id, json!({ "kind": claim.work.kind() })).await
}

async fn end(
    tx: &mut Tx,
    claim: &Claim,
    status: JobStatus,
    message: Option<&Text>,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update job set status = $4, ended_at = $5, message = $6
        where id = $1 and worker = $2 and attempts = $3 and status = 'running'";
    let message = message.map(to_json).transpose()?;
    let ended = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&claim.id)
        .bind(&claim.worker)
        .bind(claim.attempts)
        .bind(status.code())
        .bind(text(tx.at))
        .bind(&message)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if ended == 0 { Err(StoreError::Lost { job: claim.id.clone() }) } else { Ok(()) }
}

/// Asks a job to end. One that waits ends at once; one that runs ends when its worker next looks.
pub async fn cancel(tx: &mut Tx, permit: &Permit<CancelJob>) -> Result<JobStatus, StoreError> {
    const SQL: &str = "
        update job set cancel_requested = true,
            ended_at = case when status = 'queued' then $2 else ended_at end,
            status = case when status = 'queued' then 'cancelled' else status end
        where id = $1 and status in ('queued', 'running') returning *";
    let id = permit.action().job.clone();
    let job: Option<Job> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(&id)
        .bind(text(tx.at))
        .fetch_optional(&mut **conn)
        .await?);
    let Some(job) = job else {
        return Err(StoreError::State { noun: "job", id, state: "ended".into() });
    };
    if job.status == JobStatus::Cancelled
        && let Ok(work) = serde_json::from_value::<Work>(job.payload)
    {
        fell_through(tx, &work, true).await?;
    }
    audit::append(tx, permit.actor(), CancelJob::NAME, &id, json!({})).await?;
    Ok(job.status)
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Job>, StoreError> {
    const SQL: &str = "select * from job where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

pub async fn get(store: &Store, id: &str) -> Result<Job, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("job", id))
}

/// The newest job about a thing.
pub async fn latest_of(store: &Store, subject: &str) -> Result<Option<Job>, StoreError> {
    const SQL: &str = "select * from job where subject = $1 order by id desc limit 1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(subject).fetch_optional(pool).await?))
}

/// Jobs that wait or run, oldest first.
pub async fn active(store: &Store, limit: u32) -> Result<Vec<Job>, StoreError> {
    const SQL: &str = "select * from job where status in ('queued', 'running') order by id limit $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?))
}

/// Jobs, newest first.
pub async fn list(store: &Store, before: Option<&str>, limit: u32) -> Result<Page<Job>, StoreError> {
    const SQL: &str = "select * from job where ($1 is null or id < $1) order by id desc limit $2";
    let rows: Vec<Job> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |job| job.id.clone()))
}
