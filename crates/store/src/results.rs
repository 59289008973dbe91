//! The books of results: attested figures, locked reports, and what was computed once and still holds.

use domain::actor::{AttestTarget, LockReport, Permit};
use domain::framework::{Framework, NewAttestation, NewReport, ReportedFigure};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::codec::{Moment, text, to_json};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// Results are computed anew after this long, even if no observation came in: engagements may have.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Something that may change a result has happened.
pub(crate) async fn grow(tx: &mut Tx, programme: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into result_state (programme, generation) values ($1, 1)
        on conflict (programme) do update set generation = result_state.generation + 1";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(programme)
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

/// How often results of the programme may have changed.
pub async fn generation(store: &Store, programme: &str) -> Result<i64, StoreError> {
    const SQL: &str = "select generation from result_state where programme = $1";
    let found: Option<i64> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(programme).fetch_optional(pool).await?);
    Ok(found.unwrap_or(0))
}

/// A computed result and when it was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<T> {
    pub computed_at: Timestamp,
    /// Nothing was recorded since that may change it, and it is not old.
    pub holds: bool,
    /// How long it took to compute.
    pub took: SignedDuration,
    pub document: T,
}

/// The newest such result, whether or not it still holds; `None` if it was never computed.
pub async fn kept<T: DeserializeOwned>(
    store: &Store,
    programme: &str,
    name: &str,
    now: Timestamp,
) -> Result<Option<Kept<T>>, StoreError> {
    const SQL: &str = "
        select k.computed_at, k.generation = coalesce(s.generation, 0), k.took_ms, k.document
        from result_kept k left join result_state s on s.programme = k.programme
        where k.programme = $1 and k.name = $2";
    let row: Option<(String, bool, i64, String)> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(programme)
        .bind(name)
        .fetch_optional(pool)
        .await?);
    let Some((at, is_current, took, document)) = row else { return Ok(None) };
    // A document of an older version of this program is computed anew.
    let Ok(document) = serde_json::from_str(&document) else { return Ok(None) };
    let computed_at: Timestamp =
        at.parse().map_err(|_| StoreError::Unreadable { what: "a kept result".into() })?;
    let holds = is_current && computed_at > now - KEPT_FOR;
    Ok(Some(Kept { computed_at, holds, took: SignedDuration::from_millis(took), document }))
}

/// Keeps a result that was computed since `started` from the records of `generation`. It is no act of a
/// person and nothing that could not be computed again, so it needs no permit and leaves no entry.
pub async fn keep<T: Serialize>(
    store: &Store,
    programme: &str,
    name: &str,
    generation: i64,
    started: Timestamp,
    now: Timestamp,
    document: &T,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into result_kept (programme, name, generation, computed_at, took_ms, document)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (programme, name) do update set generation = excluded.generation,
            computed_at = excluded.computed_at, took_ms = excluded.took_ms, document = excluded.document";
    let (document, at) = (to_json(document)?, text(now));
    let took = i64::try_from(now.duration_since(started).as_millis()).unwrap_or(i64::MAX);
    on!(Pool::&store.pool, |pool| sqlx::query(SQL)
        .bind(programme)
        .bind(name)
        .bind(generation)
        .bind(&at)
        .bind(took)
        .bind(&document)
        .execute(pool)
        .await
        .map(drop)?);
    Ok(())
}

/// An attested figure on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Attested {
    pub attestation: NewAttestation,
    pub by: String,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct AttestedRow {
    id: String,
    programme: String,
    target: String,
    value: Option<f64>,
    as_of: String,
    evidence: String,
    attested_by: String,
    #[sqlx(try_from = "Moment")]
    attested_at: Timestamp,
}

/// Attests a figure; the one before stays on record.
pub async fn attest(
    tx: &mut Tx,
    permit: &Permit<AttestTarget>,
    new: &NewAttestation,
    framework: &Framework,
    today: Date,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into attestation (id, programme, target, value, as_of, evidence, attested_by, attested_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    if permit.action().target != new.target {
        return Err(StoreError::Conflict { rule: "the permit is for another target" });
    }
    new.check(framework, today).map_err(|error| StoreError::Rule(error.0))?;
    let at = text(tx.at);
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(&new.programme)
            .bind(&new.target)
            .bind(new.value)
            .bind(new.as_of.to_string())
            .bind(new.evidence.trim())
            .bind(&permit.actor().id)
            .bind(&at)
            .execute(&mut **conn)
            .await?;
    });
    grow(tx, &new.programme).await?;
    let detail = json!({ "value": new.value, "as_of": new.as_of.to_string() });
    audit::append(tx, permit.actor(), "target.attest", &new.target, detail).await
}

/// Attested figures of a programme, newest first.
pub async fn attestations(store: &Store, programme: &str) -> Result<Vec<Attested>, StoreError> {
    const SQL: &str = "select * from attestation where programme = $1 order by attested_at desc, id desc";
    let rows: Vec<AttestedRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    rows.into_iter()
        .map(|row| {
            let as_of = row.as_of.parse().map_err(|_| StoreError::Unreadable {
                what: format!("the date of attestation `{}`", row.id),
            })?;
            Ok(Attested {
                attestation: NewAttestation {
                    id: row.id,
                    programme: row.programme,
                    target: row.target,
                    value: row.value,
                    as_of,
                    evidence: row.evidence,
                },
                by: row.attested_by,
                at: row.attested_at,
            })
        })
        .collect()
}

/// A locked report on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Locked {
    pub report: NewReport,
    pub by: String,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    id: String,
    programme: String,
    period: String,
    as_of: String,
    figures: String,
    locked_by: String,
    #[sqlx(try_from = "Moment")]
    locked_at: Timestamp,
}

/// Locks what is reported for a period. A second one for the same period is refused by the database.
pub async fn lock(
    tx: &mut Tx,
    permit: &Permit<LockReport>,
    new: &NewReport,
    framework: &Framework,
    today: Date,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into report_locked (id, programme, period, as_of, figures, locked_by, locked_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    if permit.action().report != new.id {
        return Err(StoreError::Conflict { rule: "the permit is for another report" });
    }
    new.check(framework, today).map_err(|error| StoreError::Rule(error.0))?;
    let (figures, at) = (to_json(&new.figures)?, text(tx.at));
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(&new.programme)
            .bind(&new.period)
            .bind(new.as_of.to_string())
            .bind(&figures)
            .bind(&permit.actor().id)
            .bind(&at)
            .execute(&mut **conn)
            .await?;
    });
    audit::append(tx, permit.actor(), "report.lock", &new.id, json!({ "period": new.period })).await
}

/// Locked reports of a programme, oldest period first.
pub async fn reports(store: &Store, programme: &str) -> Result<Vec<Locked>, StoreError> {
    const SQL: &str = "select * from report_locked where programme = $1 order by as_of, id";
    let rows: Vec<LockedRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    rows.into_iter()
        .map(|row| {
            let unreadable = || StoreError::Unreadable { what: format!("report `{}`", row.id) };
            let figures: Vec<ReportedFigure> =
                serde_json::from_str(&row.figures).map_err(|_| unreadable())?;
            let as_of = row.as_of.parse().map_err(|_| unreadable())?;
            Ok(Locked {
                report: NewReport {
                    id: row.id,
                    programme: row.programme,
                    period: row.period,
                    as_of,
                    figures,
                },
                by: row.locked_by,
                at: row.locked_at,
            })
        })
        .collect()
}
