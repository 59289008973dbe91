//! Delivery in the ledger: engagements, courses, visits, projects, reports, case studies.
//!
//! One door for every write: [`perform`] takes an act that is allowed, looks whether it is lawful
//! against what is on record now, writes it and its audit entry together, and works out what comes
//! next. The rules themselves live in `domain::delivery`.

mod apply;
pub mod case_studies;
mod dossier;
pub mod engagements;
pub mod photos;
pub mod reports;
mod rows;
pub mod trainings;
pub mod visits;

use domain::actor::Actor;
use domain::delivery::{Act, Allowed, Dossier, Standing};
use domain::programme::Programme;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::{Value, json};

pub use dossier::{find, get};
pub(crate) use rows::open_name;

use crate::codec::text;
use crate::{Connection, StoreError, Tx, audit};

/// What stands in `next_on` where no day is known: after every day that is.
pub(crate) const NO_DAY: &str = "9999-12-31";

/// The day on which a moment falls in Western Indonesia Time, by which days are counted.
pub fn day(at: Timestamp) -> Date {
    const WIB: Offset = Offset::constant(7);
    WIB.to_datetime(at).date()
}

/// Does what is allowed, if it is lawful as things stand.
pub async fn perform(tx: &mut Tx, allowed: &Allowed, programme: &Programme) -> Result<(), StoreError> {
    let order = allowed.order();
    let (actor, today) = (allowed.actor(), day(tx.at));
    if let Act::Select { .. } = &order.act {
        order.act.check_new(programme, today)?;
        engagements::select(tx, allowed).await?;
    } else {
        lock(tx, &order.engagement).await?;
        let dossier = dossier::load(tx, &order.engagement).await?;
        if dossier.engagement.programme != programme.id || dossier.engagement.place() != order.place {
            return Err(StoreError::Conflict { rule: "place" });
        }
        refuse_stale(tx, &order.act, &dossier).await?;
        order.act.check(&dossier, programme, today)?;
        if let Act::WriteCaseStudy { pairs, .. } = &order.act {
            case_studies::refuse_unrecorded(tx, &order.engagement, pairs).await?;
        }
        apply::apply(tx, &order.act, &dossier, programme, actor).await?;
    }
    settle(tx, &order.engagement, programme, actor).await?;
    let detail = detail(&order.act);
    audit::append(tx, actor, order.act.name(), &order.engagement, detail).await
}

/// Whoever comes second waits here until the first is done. Both databases take the row.
async fn lock(tx: &mut Tx, engagement: &str) -> Result<(), StoreError> {
    const SQL: &str = "update engagement set version = version where id = $1";
    let found = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(engagement)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if found == 0 { Err(StoreError::not_found("engagement", engagement)) } else { Ok(()) }
}

/// Works out where the engagement stands now and what comes next.
pub(crate) async fn settle(
    tx: &mut Tx,
    engagement: &str,
    programme: &Programme,
    actor: &Actor,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update engagement set version = version + 1, next_step = $2, next_on = $3, next_course = $4,
            changed_by = $5, changed_at = $6
        where id = $1";
    let dossier = dossier::load(tx, engagement).await?;
    let next = Standing::of(&dossier, programme, day(tx.at)).next;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(engagement)
        .bind(next.as_ref().map(|next| next.step.code()))
        .bind(next.as_ref().and_then(|next| next.on).map_or_else(|| NO_DAY.to_owned(), |on| on.to_string()))
        .bind(next.and_then(|next| next.course))
        .bind(&actor.id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

/// The thing an act changes and the version its doer had seen, for acts of which only one may win.
fn seen<'a>(act: &'a Act, dossier: &'a Dossier) -> Option<(&'static str, &'a str, i64, i64)> {
    let engagement = &dossier.engagement;
    match act {
        Act::Deliver { version, course, .. } => Some(("module", course, *version, engagement.version)),
        Act::Exit { version, .. } | Act::Withdraw { version, .. } => {
            Some(("engagement", &engagement.id, *version, engagement.version))
        }
        Act::RecordVisit { visit, version, .. } | Act::CancelVisit { visit, version, .. } => {
            let now = dossier.visits.iter().find(|other| other.id == *visit)?.version;
            Some(("visit", visit, *version, now))
        }
        Act::FinishProject { project, version, .. }
        | Act::VerifyProject { project, version, .. }
        | Act::DropProject { project, version, .. } => {
            let now = dossier.projects.iter().find(|other| other.id == *project)?.version;
            Some(("project", project, *version, now))
        }
        Act::WriteReport { report, version, course, .. } => {
            // The first draft of a report that somebody else began meanwhile has version 0.
            let now = dossier.report_of(course)?;
            Some(("report", report, *version, now.version))
        }
        Act::ReturnReport { report, version, .. } | Act::ApproveReport { report, version, .. } => {
            let now = dossier.reports.iter().find(|other| other.id == *report)?.version;
            Some(("report", report, *version, now))
        }
        Act::WriteCaseStudy { case_study, version, .. }
        | Act::ConsentCaseStudy { case_study, version, .. }
        | Act::PublishCaseStudy { case_study, version, .. } => {
            let now = dossier.case_studies.iter().find(|other| other.id == *case_study)?.version;
            Some(("case study", case_study, *version, now))
        }
        _ => None,
    }
}

async fn refuse_stale(tx: &mut Tx, act: &Act, dossier: &Dossier) -> Result<(), StoreError> {
    const LAST: &str = "
        select action, actor, at from audit
        where subject = $1 and ($2 = $1 or detail like '%' || $2 || '%') order by seq desc limit 1";
    const ANY: &str = "select action, actor, at from audit where subject = $1 order by seq desc limit 1";
    let Some((noun, thing, seen, now)) = seen(act, dossier) else { return Ok(()) };
    if seen == now {
        return Ok(());
    }
    let engagement = &dossier.engagement.id;
    // The version of an engagement grows with every act, so any act may be the one they missed.
    let sql = if matches!(noun, "module" | "engagement") { ANY } else { LAST };
    let last: Option<(String, String, String)> = on!(Connection::&mut tx.connection, |conn| {
        let query = sqlx::query_as(sql).bind(engagement);
        let query = if sql == LAST { query.bind(thing) } else { query };
        query.fetch_optional(&mut **conn).await?
    });
    let (action, by, at) = last.unwrap_or_default();
    Err(StoreError::Overtaken { noun, action, by, at: at.parse().unwrap_or(tx.at) })
}

/// What the audit log says beside the name of the act: ids, codes and days, nothing personal.
fn detail(act: &Act) -> Value {
    let Ok(Value::Object(mut all)) = serde_json::to_value(act) else { return json!({}) };
    const SAID: &[&str] = &[
        "enterprise",
        "programme",
        "phase",
        "product",
        "organisation",
        "region",
        "on",
        "trainer",
        "id",
        "stage",
        "course",
        "module",
        "training",
        "project",
        "visit",
        "report",
        "comment",
        "case_study",
        "photo",
        "subject",
        "version",
        "submit",
        "shares_data",
        "blake3",
        "synthetic",
    ];
    all.retain(|key, _| SAID.contains(&key.as_str()));
    Value::Object(all)
}
