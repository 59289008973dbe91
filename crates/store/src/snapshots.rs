//! Snapshots, as the office lists them. The archive holds the rows; this is the register of them.

use domain::actor::{Action, CreateSnapshot, Permit};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::codec::{Document, Moment, Years, json as to_text, text, to_json};
use crate::jobs::{self, Claim, Work};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit};

/// A dated, immutable view of a survey.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Snapshot {
    pub id: String,
    pub survey: String,
    pub rows: i64,
    #[sqlx(try_from = "Years")]
    pub years: Vec<i32>,
    pub checksum: String,
    #[sqlx(try_from = "Moment")]
    pub taken_at: Timestamp,
    /// What the archive had to say: files, lineage.
    #[sqlx(try_from = "Document")]
    pub detail: Value,
    pub taken_by: String,
}

#[derive(Clone, Debug)]
pub struct NewSnapshot {
    pub id: String,
    pub survey: String,
    pub rows: u64,
    pub years: Vec<i32>,
    pub checksum: String,
    pub taken_at: Timestamp,
    pub detail: Value,
}

/// Orders a snapshot of a survey.
pub async fn order(tx: &mut Tx, permit: &Permit<CreateSnapshot>, job: &str) -> Result<(), StoreError> {
    let survey = permit.action().survey.clone();
    jobs::order(tx, permit.actor(), job, &Work::CreateSnapshot { survey: survey.clone() }).await?;
    audit::append(tx, permit.actor(), CreateSnapshot::NAME, &survey, json!({ "job": job })).await
}

/// Enters a snapshot that the archive made: for its own job, or on the way to a release. Entering
/// the same one again changes nothing, since snapshots never change.
pub async fn record(tx: &mut Tx, claim: &Claim, new: &NewSnapshot) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into snapshot (id, survey, rows, years, checksum, taken_at, detail, taken_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";
    let years = to_json(&new.years)?;
    let added = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&new.id)
        .bind(&new.survey)
        .bind(i64::try_from(new.rows).unwrap_or(i64::MAX))
        .bind(&years)
        .bind(&new.checksum)
        .bind(text(new.taken_at))
        .bind(to_text(&new.detail))
        .bind(&claim.actor.id)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Ok(());
    }
    let detail = json!({ "survey": new.survey, "rows": new.rows, "checksum": new.checksum });
    audit::append(tx, &claim.actor, "snapshot.taken", &new.id, detail).await
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Snapshot>, StoreError> {
    const SQL: &str = "select * from snapshot where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

pub async fn get(store: &Store, id: &str) -> Result<Snapshot, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("snapshot", id))
}

/// Snapshots, newest first; `survey` narrows; `before` is the `next` of the page before.
pub async fn list(
    store: &Store,
    survey: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<Snapshot>, StoreError> {
    // The moment first and the id only to break ties; `before` carries both.
    const SQL: &str = "
        select * from snapshot
        where ($1 is null or survey = $1)
            and ($2 is null or taken_at < $2 or (taken_at = $2 and id < $3))
        order by taken_at desc, id desc limit $4";
    let (moment, id) = match before.and_then(|before| before.split_once('~')) {
        Some((moment, id)) => (Some(moment), Some(id)),
        None => (None, None),
    };
    let rows: Vec<Snapshot> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(survey)
        .bind(moment)
        .bind(id)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |snapshot| format!("{}~{}", text(snapshot.taken_at), snapshot.id)))
}
