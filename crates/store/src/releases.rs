//! Releases, as the office orders and lists them. What is published lies in the releases folder.

use domain::actor::{Action, MakeRelease, Permit};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::codec::{Document, MaybeMoment, Moment, json as to_text, states, text};
use crate::jobs::{self, Claim, Work};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit};

states! {
    ReleaseStatus {
        Making = "making",
        Made = "made",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

/// A release that was ordered.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Release {
    pub id: String,
    /// The name of the plan, without `.toml`.
    pub plan: String,
    #[sqlx(try_from = "String")]
    pub status: ReleaseStatus,
    /// The public id, such as `npd_enterprise-3`.
    pub release_id: Option<String>,
    pub dataset: Option<String>,
    pub vintage: Option<i64>,
    pub snapshot: Option<String>,
    #[sqlx(try_from = "MaybeMoment")]
    pub embargo_until: Option<Timestamp>,
    pub audit_passed: Option<bool>,
    #[sqlx(try_from = "Document")]
    pub detail: Value,
    pub ordered_by: String,
    #[sqlx(try_from = "Moment")]
    pub ordered_at: Timestamp,
    #[sqlx(try_from = "MaybeMoment")]
    pub ended_at: Option<Timestamp>,
}

/// What the worker made.
#[derive(Clone, Debug)]
pub struct Made {
    pub release_id: String,
    pub dataset: String,
    pub vintage: u32,
    pub snapshot: String,
    pub embargo_until: Option<Timestamp>,
    pub audit_passed: bool,
    pub detail: Value,
}

/// Orders a release by a plan. Two of the same plan at once would race for a vintage: refused.
pub async fn order(tx: &mut Tx, permit: &Permit<MakeRelease>, id: &str, job: &str) -> Result<(), StoreError> {
    const BUSY: &str = "select id from release where plan = $1 and status = 'making' limit 1";
    const SQL: &str = "
        insert into release (id, plan, status, ordered_by, ordered_at) values ($1, $2, 'making', $3, $4)";
    let plan = permit.action().plan.clone();
    let busy: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(BUSY)
        .bind(&plan)
        .fetch_optional(&mut **conn)
        .await?);
    if let Some(id) = busy {
        return Err(StoreError::State { noun: "release", id, state: ReleaseStatus::Making.code().into() });
    }
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(&plan)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let work = Work::MakeRelease { release: id.to_owned(), plan: plan.clone() };
    jobs::order(tx, permit.actor(), job, &work).await?;
    audit::append(tx, permit.actor(), MakeRelease::NAME, id, json!({ "plan": plan, "job": job })).await
}

/// The release is on disk.
pub async fn made(tx: &mut Tx, claim: &Claim, made: &Made) -> Result<(), StoreError> {
    const SQL: &str = "
        update release set status = 'made', release_id = $2, dataset = $3, vintage = $4, snapshot = $5,
            embargo_until = $6, audit_passed = $7, detail = $8, ended_at = $9
        where id = $1 and status = 'making'";
    let Work::MakeRelease { release, .. } = &claim.work else { return Err(claim.wrong_work()) };
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(release)
        .bind(&made.release_id)
        .bind(&made.dataset)
        .bind(i64::from(made.vintage))
        .bind(&made.snapshot)
        .bind(made.embargo_until.map(text))
        .bind(made.audit_passed)
        .bind(to_text(&made.detail))
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        let state = "not being made".to_owned();
        return Err(StoreError::State { noun: "release", id: release.clone(), state });
    }
    let detail = json!({ "release": made.release_id, "snapshot": made.snapshot,
        "audit_passed": made.audit_passed });
    audit::append(tx, &claim.actor, "release.made", release, detail).await
}

pub(crate) async fn fell_through(tx: &mut Tx, work: &Work, cancelled: bool) -> Result<(), StoreError> {
    const SQL: &str = "update release set status = $2, ended_at = $3 where id = $1 and status = 'making'";
    let Work::MakeRelease { release, .. } = work else { return Ok(()) };
    let status = if cancelled { ReleaseStatus::Cancelled } else { ReleaseStatus::Failed };
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(release)
        .bind(status.code())
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Release>, StoreError> {
    const SQL: &str = "select * from release where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

pub async fn get(store: &Store, id: &str) -> Result<Release, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("release", id))
}

/// Releases, the one ordered last first.
pub async fn list(store: &Store, before: Option<&str>, limit: u32) -> Result<Page<Release>, StoreError> {
    const SQL: &str = "select * from release where ($1 is null or id < $1) order by id desc limit $2";
    let rows: Vec<Release> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |release| release.id.clone()))
}
