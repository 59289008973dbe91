//! What delivery has on record, counted for targets, trainers and funders.

use std::collections::BTreeMap;

use domain::actor::{Reach, ReadObservations};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::{Page, Pool, Store, StoreError};

/// An enterprise that attended a workshop.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attended {
    pub enterprise: String,
    pub enterprise_name: String,
    pub engagement: String,
    pub course: String,
    pub training: Option<String>,
    pub organisation: String,
    pub synthetic: bool,
}

const ATTENDED: &str = "
    select coalesce(n.canonical_id, e.enterprise_id) as enterprise,
        coalesce(n.name, e.enterprise_id) as enterprise_name, e.id as engagement, c.id as course,
        c.training_id as training, e.organisation_id as organisation, e.synthetic as synthetic
    from engagement e join course c on c.engagement_id = e.id
    left join enterprise n on n.id = e.enterprise_id
    where c.trained_on is not null";

/// Who attended a workshop in a phase, up to a day.
pub async fn attended(
    store: &Store,
    programme: &str,
    phase: &str,
    until: Date,
) -> Result<Vec<Attended>, StoreError> {
    let sql = format!(
        "{ATTENDED} and e.programme = $1 and e.phase = $2 and c.trained_on <= $3 order by e.id, c.id"
    );
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(programme)
        .bind(phase)
        .bind(until.to_string())
        .fetch_all(pool)
        .await?))
}

/// Those of them whose records somebody may read, in the order of engagements; `after` is the `next` of the
/// page before.
pub async fn attended_after(
    store: &Store,
    reach: &Reach<ReadObservations>,
    programme: &str,
    phase: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<Attended>, StoreError> {
    const COLUMNS: PlaceColumns = PlaceColumns {
        programme: Some("e.programme"),
        region: "e.region",
        organisation: "e.organisation_id",
        enterprise: "e.enterprise_id",
    };
    let mut clauses = Clauses::default();
    let (programme, phase) = (clauses.bind(programme), clauses.bind(phase));
    clauses.and(format!("e.programme = {programme} and e.phase = {phase}"));
    clauses.within(reach.scopes(), COLUMNS);
    if let Some(after) = after {
        let after = clauses.bind(after);
        clauses
            .and(format!("(e.id, c.id) > ((select engagement_id from course where id = {after}), {after})"));
    }
    let sql = format!("{ATTENDED} and {} order by e.id, c.id limit {}", clauses.text(), limit + 1);
    let rows = fetch_clauses!(store, Attended, sql, &clauses.values);
    Ok(Page::cut(rows, limit, |one| one.course.clone()))
}

/// An attended workshop with what its enterprise is grouped by.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AttendedGroup {
    pub enterprise: String,
    pub training: Option<String>,
    pub organisation: String,
    pub region: String,
    /// What the register says of it.
    pub workers: Option<i64>,
    pub women: Option<i64>,
    pub activity: Option<String>,
}

/// Who attended a workshop in a phase, with all groups; for tables that are computed once and kept.
pub async fn attended_groups(
    store: &Store,
    programme: &str,
    phase: &str,
) -> Result<Vec<AttendedGroup>, StoreError> {
    const SQL: &str = "
        select coalesce(n.canonical_id, e.enterprise_id) as enterprise, c.training_id as training,
            e.organisation_id as organisation, e.region as region, n.workers as workers, n.activity as activity,
            (select w.female from enterprise_workforce w
                where w.enterprise_id = n.id and w.superseded_at is null and w.workers is not null
                order by w.year desc, w.serial desc limit 1) as women
        from engagement e join course c on c.engagement_id = e.id
        left join enterprise n on n.id = e.enterprise_id
        where c.trained_on is not null and e.programme = $1 and e.phase = $2 order by e.id, c.id";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).bind(phase).fetch_all(pool).await?))
}

/// Case studies on record, and of these the ones that were public on a day.
pub async fn case_studies(store: &Store, programme: &str, until: Date) -> Result<(u64, u64), StoreError> {
    const SQL: &str = "
        select count(*),
            coalesce(sum(case when s.state = 'published' and s.published_on <= $2 then 1 else 0 end), 0)
        from case_study s join engagement e on e.id = s.engagement_id where e.programme = $1";
    let (all, published): (i64, i64) = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(programme)
        .bind(until.to_string())
        .fetch_one(pool)
        .await?);
    Ok((all.unsigned_abs(), published.unsigned_abs()))
}

/// Trainings held, all or one trainer's, by the account of the trainer in charge: day and module.
pub async fn deliveries(
    store: &Store,
    programme: &str,
    trainer: Option<&str>,
) -> Result<BTreeMap<String, Vec<(Date, String)>>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.equals("programme", Some(programme));
    clauses.equals("trainer_id", trainer);
    let sql = format!(
        "select trainer_id, starts_on, module from training
        where state = 'held' and trainer_id is not null and {} order by starts_on, id",
        clauses.text()
    );
    let rows = fetch_clauses!(store, (String, String, String), sql, &clauses.values);
    let mut deliveries: BTreeMap<String, Vec<(Date, String)>> = BTreeMap::new();
    for (trainer, on, module) in rows {
        let on = on
            .parse()
            .map_err(|_| StoreError::Unreadable { what: format!("the date of a training of `{trainer}`") })?;
        deliveries.entry(trainer).or_default().push((on, module));
    }
    Ok(deliveries)
}

/// Enterprises that wait for their first workshop, by province.
pub async fn waiting(store: &Store, programme: &str) -> Result<BTreeMap<String, u32>, StoreError> {
    const SQL: &str = "
        select substr(region, 1, 2) as province, count(*) from engagement
        where programme = $1 and state in ('selected', 'committed', 'assessed') group by substr(region, 1, 2)";
    let rows: Vec<(String, i64)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    Ok(rows
        .into_iter()
        .map(|(province, count)| (province, u32::try_from(count).unwrap_or(u32::MAX)))
        .collect())
}

/// Verified savings a year of all improvement projects, in rupiah; `None` if none was verified.
pub async fn yearly_savings(store: &Store, programme: &str) -> Result<Option<i64>, StoreError> {
    const SQL: &str = "
        select p.verified_saving from project p join engagement e on e.id = p.engagement_id
        where e.programme = $1 and p.state = 'verified' and p.saving_kind = 'yearly'
            and p.verified_saving is not null";
    let savings: Vec<i64> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(programme).fetch_all(pool).await?);
    Ok((!savings.is_empty()).then(|| savings.into_iter().fold(0, i64::saturating_add)))
}

/// What is doubtful or missing in the data, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Gaps {
    /// Engagements past their first workshop.
    pub engagements: i64,
    /// Of these, without any baseline value of an indicator.
    pub without_baseline: i64,
    /// Left the programme and have no value after the baseline.
    pub without_final: i64,
    /// Values that are held.
    pub doubtful: i64,
    /// Answers "not tracked".
    pub not_tracked: i64,
}

/// The gaps in the data of a programme.
pub async fn gaps(store: &Store, programme: &str) -> Result<Gaps, StoreError> {
    const SQL: &str = "
        select
            (select count(*) from engagement e where e.programme = $1 and e.state in ('delivering', 'exited'))
                as engagements,
            (select count(*) from engagement e where e.programme = $1 and e.state in ('delivering', 'exited')
                and not exists (select 1 from observation o
                    where o.engagement_id = e.id and o.stage = 'baseline' and not o.replaced)) as without_baseline,
            (select count(*) from engagement e where e.programme = $1 and e.state = 'exited'
                and not exists (select 1 from observation o
                    where o.engagement_id = e.id and o.stage <> 'baseline' and not o.replaced)) as without_final,
            (select count(*) from observation o where o.programme = $1 and o.quality = 'doubtful'
                and o.replaced = false) as doubtful,
            (select count(*) from observation o where o.programme = $1 and o.value is null and not o.replaced)
                as not_tracked";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_one(pool).await?))
}

/// A training to which money can be booked.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TrainingHead {
    pub id: String,
    pub programme: String,
    pub module: String,
    pub product: String,
    pub organisation_id: String,
    pub region: String,
    pub starts_on: String,
}

/// Trainings of a programme, newest first.
pub async fn trainings(store: &Store, programme: &str, limit: u32) -> Result<Vec<TrainingHead>, StoreError> {
    const SQL: &str = "
        select id, programme, module, product, organisation_id, region, starts_on from training
        where programme = $1 and state <> 'cancelled' order by starts_on desc, id desc limit $2";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(programme)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?))
}

/// One training by its id.
pub async fn training(store: &Store, id: &str) -> Result<TrainingHead, StoreError> {
    const SQL: &str = "
        select id, programme, module, product, organisation_id, region, starts_on from training where id = $1";
    let head: Option<TrainingHead> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    head.ok_or_else(|| StoreError::not_found("training", id))
}
