//! Engagements as results see them: two points each, and the groups to which they belong.

use std::collections::BTreeMap;

use domain::actor::{Reach, ReadObservations};
use domain::observation::Quality;
use domain::outcome::{BREAKDOWNS, Breakdown, Case, Point};

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::{Pool, Store, StoreError};

/// A case with what a list of records says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRecord {
    pub case: Case,
    pub enterprise_name: String,
    /// What the register says of its workers and its activity, from which groups follow.
    pub workers: Option<i64>,
    pub women: Option<i64>,
    pub activity: Option<String>,
    /// Ids of the observations behind the two points.
    pub baseline: Option<String>,
    pub later: Option<String>,
    pub later_stage: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    engagement: String,
    enterprise: String,
    enterprise_name: String,
    organisation: String,
    region: String,
    synthetic: bool,
    workers: Option<i64>,
    women: Option<i64>,
    activity: Option<String>,
    before_id: Option<String>,
    before_value: Option<f64>,
    before_quality: Option<String>,
    before_output: Option<String>,
    before_version: Option<i64>,
    before_to: Option<String>,
    after_id: Option<String>,
    after_value: Option<f64>,
    after_quality: Option<String>,
    after_output: Option<String>,
    after_version: Option<i64>,
    after_to: Option<String>,
    after_stage: Option<String>,
}

const COLUMNS: PlaceColumns = PlaceColumns {
    programme: Some("e.programme"),
    region: "e.region",
    organisation: "e.organisation_id",
    enterprise: "e.enterprise_id",
};

/// The part of every query about cases, from some engagements on: the two points that stand.
const CASES: &str = "
    select e.id as engagement, coalesce(n.canonical_id, e.enterprise_id) as enterprise,
        coalesce(n.name, e.enterprise_id) as enterprise_name,
        e.organisation_id as organisation, e.region as region,
        e.synthetic as synthetic,
        n.workers as workers, n.activity as activity,
        (select w.female from enterprise_workforce w
            where w.enterprise_id = n.id and w.superseded_at is null and w.workers is not null
            order by w.year desc, w.serial desc limit 1) as women,
        b.id as before_id, b.value as before_value, b.quality as before_quality, b.output_unit as before_output,
        b.version as before_version, b.period_to as before_to,
        a.id as after_id, a.value as after_value, a.quality as after_quality, a.output_unit as after_output,
        a.version as after_version, a.period_to as after_to, a.stage as after_stage
    from {engagements} e
    left join enterprise n on n.id = e.enterprise_id
    left join observation b
        on b.engagement_id = e.id and b.indicator = $2 and b.stage = 'baseline' and not b.replaced
    left join observation a on a.id = (
        select o.id from observation o
        where o.engagement_id = e.id and o.indicator = $2 and o.stage <> 'baseline' and not o.replaced
        order by o.period_to desc, o.id desc limit 1)
    order by e.id";

/// Who could have both points. The state is no key here: lists are read in the order of ids.
const COULD: &str = "e.programme = $1 and coalesce(e.state, '') in ('delivering', 'exited')";

/// All cases of one indicator. For results alone: what comes out of them goes through the guard. Size,
/// activity and sex are left to the caller, who knows the classifications.
pub async fn all(store: &Store, programme: &str, indicator: &str) -> Result<Vec<CaseRecord>, StoreError> {
    let engagements = format!("(select * from engagement e where {COULD})");
    let sql = CASES.replace("{engagements}", &engagements);
    let rows: Vec<Row> = on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(programme)
        .bind(indicator)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Row::record).collect()
}

/// Those of them in which one trainer leads.
pub async fn of_trainer(
    store: &Store,
    programme: &str,
    indicator: &str,
    trainer: &str,
) -> Result<Vec<CaseRecord>, StoreError> {
    let engagements = format!("(select * from engagement e where e.trainer_id = $3 and {COULD})");
    let sql = CASES.replace("{engagements}", &engagements);
    let rows: Vec<Row> = on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(programme)
        .bind(indicator)
        .bind(trainer)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Row::record).collect()
}

/// Cases within the reach, in the order of engagements, at most `limit` of them after `after`; for lists of
/// records.
pub async fn after(
    store: &Store,
    reach: &Reach<ReadObservations>,
    programme: &str,
    indicator: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<CaseRecord>, StoreError> {
    let mut clauses = Clauses::default();
    for bound in [programme, indicator, after] {
        clauses.bind(bound);
    }
    clauses.within(reach.scopes(), COLUMNS);
    let engagements = format!(
        "(select * from engagement e where {COULD} and e.id > $3 and {} order by e.id limit {limit})",
        clauses.text()
    );
    let sql = CASES.replace("{engagements}", &engagements);
    fetch_clauses!(store, Row, sql, &clauses.values).into_iter().map(Row::record).collect()
}

/// How many engagements such a list has within the reach.
pub async fn count(
    store: &Store,
    reach: &Reach<ReadObservations>,
    programme: &str,
) -> Result<u64, StoreError> {
    let mut clauses = Clauses::default();
    clauses.bind(programme);
    clauses.within(reach.scopes(), COLUMNS);
    let sql = format!("select count(*) from engagement e where {COULD} and {}", clauses.text());
    let rows = fetch_clauses!(store, (i64,), sql, &clauses.values);
    Ok(rows.first().map_or(0, |(count,)| count.unsigned_abs()))
}

impl Row {
    fn record(self) -> Result<CaseRecord, StoreError> {
        let unreadable = || StoreError::Unreadable {
            what: format!("the observations of engagement `{}`", self.engagement),
        };
        let mut groups: [Option<String>; BREAKDOWNS] = Default::default();
        groups[Breakdown::Province as usize] = self.region.get(..2).map(str::to_owned);
        groups[Breakdown::Provider as usize] = Some(self.organisation.clone());
        let point = |value,
                     quality: &Option<String>,
                     output: &Option<String>,
                     version: Option<i64>,
                     to: &Option<String>| {
            let Some(quality) = quality else { return Ok::<_, StoreError>(None) };
            let year = to.as_deref().and_then(|to| to.get(..4)).and_then(|year| year.parse().ok());
            Ok(Some(Point {
                value,
                quality: Quality::parse(quality).ok_or_else(unreadable)?,
                output: output.as_deref().unwrap_or_default().trim().to_lowercase(),
                version: version.and_then(|version| u32::try_from(version).ok()).ok_or_else(unreadable)?,
                year: year.ok_or_else(unreadable)?,
            }))
        };
        let baseline = point(
            self.before_value,
            &self.before_quality,
            &self.before_output,
            self.before_version,
            &self.before_to,
        )?;
        let later = point(
            self.after_value,
            &self.after_quality,
            &self.after_output,
            self.after_version,
            &self.after_to,
        )?;
        Ok(CaseRecord {
            case: Case {
                engagement: self.engagement,
                enterprise: self.enterprise,
                groups,
                baseline,
                later,
                synthetic: self.synthetic,
            },
            enterprise_name: self.enterprise_name,
            workers: self.workers,
            women: self.women,
            activity: self.activity,
            baseline: self.before_id,
            later: self.after_id,
            later_stage: self.after_stage,
        })
    }
}

/// One engagement, as far as recording its observations asks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EngagementHead {
    pub id: String,
    pub programme: String,
    pub enterprise_id: String,
    pub enterprise_name: String,
    pub organisation_id: String,
    pub region: String,
    pub phase: String,
    pub product: String,
    pub synthetic: bool,
    /// First day of the first workshop, as an ISO date.
    pub workshop_on: Option<String>,
}

/// An engagement by its id.
pub async fn engagement(store: &Store, id: &str) -> Result<EngagementHead, StoreError> {
    const SQL: &str = "
        select e.id, e.programme, e.enterprise_id, coalesce(n.name, e.enterprise_id) as enterprise_name,
            e.organisation_id, e.region, e.phase, e.product, e.synthetic,
            (select min(c.trained_on) from course c where c.engagement_id = e.id) as workshop_on
        from engagement e left join enterprise n on n.id = e.enterprise_id where e.id = $1";
    let head: Option<EngagementHead> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    head.ok_or_else(|| StoreError::not_found("engagement", id))
}

/// Names of organisations by id.
pub async fn organisations(store: &Store) -> Result<BTreeMap<String, String>, StoreError> {
    const SQL: &str = "select id, name from organisation order by id";
    let rows: Vec<(String, String)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}
