//! Imports: files that were handed in, what the check found, and what was decided about them.
//!
//! checking → checked → accepting → accepted, or → discarded, or → failed. The rows themselves
//! live in the data folder and the archive; the ledger knows only counts.

use domain::actor::{AcceptImport, Action, DecideRows, DiscardImport, ImportSurvey, Permit, RepairImport};
use domain::held::Verdict;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::codec::{Document, MaybeMoment, Moment, json as to_text, states, text};
use crate::jobs::{self, Claim, Work};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit};

states! {
    /// Where an import stands.
    ImportStatus {
        Checking = "checking",
        /// Checked; a person decides next.
        Checked = "checked",
        /// Accepted by a person; its rows are on their way into the archive.
        Accepting = "accepting",
        Accepted = "accepted",
        /// Put aside by a person; counted nowhere.
        Discarded = "discarded",
        /// Could not be checked at all.
        Failed = "failed",
    }
}

/// One file of a survey.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Import {
    pub id: String,
    pub survey: String,
    /// The year the whole file is about, if the file itself does not say.
    pub period: Option<i64>,
    pub file_name: String,
    pub blake3: String,
    pub bytes: i64,
    /// What people said about the columns, as a mapping file of `intake`; empty means nothing.
    pub mapping: String,
    #[sqlx(try_from = "String")]
    pub status: ImportStatus,
    #[sqlx(flatten)]
    pub counts: ImportCounts,
    /// What the worker had to say: the summary of the check, then the commit.
    #[sqlx(try_from = "Document")]
    pub detail: Value,
    pub uploaded_by: String,
    #[sqlx(try_from = "Moment")]
    pub uploaded_at: Timestamp,
    pub decided_by: Option<String>,
    #[sqlx(try_from = "MaybeMoment")]
    pub decided_at: Option<Timestamp>,
}

impl Import {
    /// Under which id its rows lie in the archive: its own, unless the same file was there before.
    pub fn archived_as(&self) -> &str {
        self.detail.get("archived_as").and_then(Value::as_str).unwrap_or(&self.id)
    }
}

/// Rows received, and what became of them: received = accepted + warned + held + refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct ImportCounts {
    pub received: i64,
    /// Without any finding.
    pub accepted: i64,
    /// Accepted with a warning.
    pub warned: i64,
    pub held: i64,
    pub refused: i64,
}

impl ImportCounts {
    /// Rows that count once the import is accepted.
    pub fn usable(&self) -> i64 {
        self.accepted + self.warned
    }
}

#[derive(Clone, Debug)]
pub struct NewImport {
    pub id: String,
    pub period: Option<u16>,
    pub file_name: String,
    pub blake3: String,
    pub bytes: u64,
    /// A mapping file of `intake`, or nothing.
    pub mapping: String,
}

/// What became of a file that was handed in.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// It is new; the job `job` checks it.
    New { job: String },
    /// The very same file of this survey is already in the books.
    Same(Box<Import>),
}

/// Takes a file into the books and orders its check, unless the same file is already there.
pub async fn receive(
    tx: &mut Tx,
    permit: &Permit<ImportSurvey>,
    new: &NewImport,
    job: &str,
) -> Result<Received, StoreError> {
    // The conflict target spells out the partial index; both databases ask for that.
    const SQL: &str = "
        insert into import (id, survey, period, file_name, blake3, bytes, mapping, status, uploaded_by,
            uploaded_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'checking', $8, $9)
        on conflict (survey, blake3) where status in ('checking', 'checked', 'accepting', 'accepted')
        do nothing";
    const SAME: &str = "
        select * from import where survey = $1 and blake3 = $2
            and status in ('checking', 'checked', 'accepting', 'accepted')";
    let survey = permit.action().survey.clone();
    let file_name: String = new.file_name.chars().filter(|letter| !letter.is_control()).take(200).collect();
    let added = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&new.id)
        .bind(&survey)
        .bind(new.period.map(i64::from))
        .bind(&file_name)
        .bind(&new.blake3)
        .bind(i64::try_from(new.bytes).unwrap_or(i64::MAX))
        .bind(&new.mapping)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if added == 0 {
        let same: Import = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SAME)
            .bind(&survey)
            .bind(&new.blake3)
            .fetch_one(&mut **conn)
            .await?);
        return Ok(Received::Same(Box::new(same)));
    }
    jobs::order(tx, permit.actor(), job, &Work::CheckImport { import: new.id.clone() }).await?;
    let detail = json!({ "survey": survey, "blake3": new.blake3, "bytes": new.bytes });
    audit::append(tx, permit.actor(), ImportSurvey::NAME, &new.id, detail).await?;
    Ok(Received::New { job: job.to_owned() })
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Import>, StoreError> {
    const SQL: &str = "select * from import where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

pub async fn get(store: &Store, id: &str) -> Result<Import, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("import", id))
}

/// Imports, newest first; `survey` narrows.
pub async fn list(
    store: &Store,
    survey: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<Import>, StoreError> {
    const SQL: &str = "
        select * from import where ($1 is null or survey = $1) and ($2 is null or id < $2)
        order by id desc limit $3";
    let rows: Vec<Import> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(survey)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |import| import.id.clone()))
}

/// Imports that wait for a person's decision, oldest first.
pub async fn undecided(store: &Store, limit: u32) -> Result<Vec<Import>, StoreError> {
    const SQL: &str = "select * from import where status = 'checked' order by id limit $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?))
}

/// Orders the rows of a checked import into the archive.
pub async fn accept(tx: &mut Tx, permit: &Permit<AcceptImport>, job: &str) -> Result<(), StoreError> {
    let import = permit.action().import.clone();
    let decided_by = Some(permit.actor().id.clone());
    advance(tx, &import, ImportStatus::Checked, ImportStatus::Accepting, decided_by.as_deref()).await?;
    jobs::order(tx, permit.actor(), job, &Work::AcceptImport { import: import.clone() }).await?;
    audit::append(tx, permit.actor(), AcceptImport::NAME, &import, json!({ "job": job })).await
}

/// Has a checked file checked again, read with another mapping. The file itself never changes;
/// what was said about it, by whom and why, stands in the audit log.
pub async fn recheck(
    tx: &mut Tx,
    permit: &Permit<RepairImport>,
    mapping: &str,
    reason: &str,
    job: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "update import set mapping = $2 where id = $1";
    let import = permit.action().import.clone();
    advance(tx, &import, ImportStatus::Checked, ImportStatus::Checking, None).await?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&import)
        .bind(mapping)
        .execute(&mut **conn)
        .await
        .map(drop)?);
    jobs::order(tx, permit.actor(), job, &Work::CheckImport { import: import.clone() }).await?;
    let detail = json!({ "mapping": mapping, "reason": reason, "job": job });
    audit::append(tx, permit.actor(), RepairImport::NAME, &import, detail).await
}

/// Puts a checked import aside. Its file and findings stay where they are.
pub async fn discard(tx: &mut Tx, permit: &Permit<DiscardImport>) -> Result<(), StoreError> {
    let import = permit.action().import.clone();
    let decided_by = Some(permit.actor().id.clone());
    advance(tx, &import, ImportStatus::Checked, ImportStatus::Discarded, decided_by.as_deref()).await?;
    audit::append(tx, permit.actor(), DiscardImport::NAME, &import, json!({})).await
}

/// The check is done: what it counted, and its summary.
pub async fn checked(
    tx: &mut Tx,
    claim: &Claim,
    counts: &ImportCounts,
    detail: Value,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update import set received = $2, accepted = $3, warned = $4, held = $5, refused = $6, detail = $7
        where id = $1";
    let Work::CheckImport { import } = &claim.work else { return Err(claim.wrong_work()) };
    advance(tx, import, ImportStatus::Checking, ImportStatus::Checked, None).await?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(import)
        .bind(counts.received)
        .bind(counts.accepted)
        .bind(counts.warned)
        .bind(counts.held)
        .bind(counts.refused)
        .bind(to_text(&detail))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let counted = json!({ "received": counts.received, "accepted": counts.accepted,
        "warned": counts.warned, "held": counts.held, "refused": counts.refused });
    audit::append(tx, &claim.actor, "import.checked", import, counted).await
}

/// The rows are in the archive.
pub async fn accepted(tx: &mut Tx, claim: &Claim, detail: Value) -> Result<(), StoreError> {
    let Work::AcceptImport { import } = &claim.work else { return Err(claim.wrong_work()) };
    advance(tx, import, ImportStatus::Accepting, ImportStatus::Accepted, None).await?;
    audit::append(tx, &claim.actor, "import.accepted", import, detail).await
}

/// What somebody decided about held rows, and why.
#[derive(Clone, Debug)]
pub struct RowsDecision {
    pub rows: Vec<u64>,
    pub verdict: Verdict,
    pub reason: String,
}

/// Orders a decision about held rows of an accepted import into the archive.
pub async fn decide_rows(
    tx: &mut Tx,
    permit: &Permit<DecideRows>,
    decision: &RowsDecision,
    job: &str,
) -> Result<(), StoreError> {
    let import = permit.action().import.clone();
    // Nothing moves: the statement only makes sure, in this transaction, that the rows are archived.
    advance(tx, &import, ImportStatus::Accepted, ImportStatus::Accepted, None).await?;
    let RowsDecision { rows, verdict, reason } = decision.clone();
    let detail = json!({ "rows": rows, "verdict": verdict.code(), "reason": reason, "job": job });
    let work = Work::DecideRows { import: import.clone(), rows, verdict, reason };
    jobs::order(tx, permit.actor(), job, &work).await?;
    audit::append(tx, permit.actor(), DecideRows::NAME, &import, detail).await
}

/// The decision stands in the archive.
pub async fn rows_decided(tx: &mut Tx, claim: &Claim) -> Result<(), StoreError> {
    let Work::DecideRows { import, rows, verdict, .. } = &claim.work else { return Err(claim.wrong_work()) };
    let detail = json!({ "rows": rows, "verdict": verdict.code() });
    audit::append(tx, &claim.actor, "import.rows-decided", import, detail).await
}

/// A job about an import ended without success: the import goes where a person can act on it.
pub(crate) async fn fell_through(tx: &mut Tx, work: &Work, cancelled: bool) -> Result<(), StoreError> {
    match work {
        Work::CheckImport { import } => {
            let to = if cancelled { ImportStatus::Discarded } else { ImportStatus::Failed };
            advance(tx, import, ImportStatus::Checking, to, None).await
        }
        Work::AcceptImport { import } => {
            advance(tx, import, ImportStatus::Accepting, ImportStatus::Checked, None).await
        }
        Work::DecideRows { .. } | Work::CreateSnapshot { .. } | Work::MakeRelease { .. } => Ok(()),
    }
}

async fn advance(
    tx: &mut Tx,
    id: &str,
    from: ImportStatus,
    to: ImportStatus,
    decided_by: Option<&str>,
) -> Result<(), StoreError> {
    const MOVE: &str = "
        update import set status = $3, decided_by = coalesce($4, decided_by),
            decided_at = case when $4 is null then decided_at else $5 end
        where id = $1 and status = $2";
    const STATE: &str = "select status from import where id = $1";
    let moved = on!(Connection::&mut tx.connection, |conn| sqlx::query(MOVE)
        .bind(id)
        .bind(from.code())
        .bind(to.code())
        .bind(decided_by)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if moved == 1 {
        return Ok(());
    }
    let state: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(STATE)
        .bind(id)
        .fetch_optional(&mut **conn)
        .await?);
    Err(match state {
        Some(state) => StoreError::State { noun: "import", id: id.to_owned(), state },
        None => StoreError::not_found("import", id),
    })
}
