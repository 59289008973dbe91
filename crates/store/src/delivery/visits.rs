//! Visits by day: agendas of trainers and calendars of providers.

use domain::actor::Reach;
use domain::delivery::ReadDelivery;
use jiff::civil::Date;

use super::engagements::within;
use crate::{Pool, Store, StoreError};

/// A visit as an agenda shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Appointment {
    pub id: String,
    pub engagement_id: String,
    pub enterprise_name: String,
    pub region: String,
    pub module: String,
    pub planned_on: String,
    pub starts_at: String,
    pub state: String,
    pub trainer_id: Option<String>,
    /// Its number among the visits of the course, counted by day.
    pub number: i64,
    /// What the visit before it left to do.
    pub left_to_do: Option<String>,
    pub synthetic: bool,
}

/// Visits that are planned or done between two days, in order of time. `open_before` asks for those
/// that were planned before `from` and never recorded instead.
pub async fn agenda(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    trainer: Option<&str>,
    from: Date,
    to: Date,
    open_before: bool,
) -> Result<Vec<Appointment>, StoreError> {
    let (place, scopes) = within(reach.scopes(), "engagement", 4);
    let days = if open_before {
        "visit.planned_on < $2 and visit.planned_on < $3 and visit.state = 'planned'"
    } else {
        "visit.planned_on >= $2 and visit.planned_on <= $3 and visit.state <> 'cancelled'"
    };
    let sql = format!(
        "select visit.id, visit.engagement_id, coalesce(enterprise.name, engagement.enterprise_id) as enterprise_name,
            engagement.region, course.module, visit.planned_on, visit.starts_at, visit.state, visit.trainer_id,
            (select count(*) from visit as other where other.course_id = visit.course_id
                and other.state <> 'cancelled' and other.planned_on <= visit.planned_on) as number,
            (select next_steps from visit as other where other.engagement_id = visit.engagement_id
                and other.state = 'done' and other.planned_on < visit.planned_on
                order by other.planned_on desc limit 1) as left_to_do,
            engagement.synthetic
        from visit
        join engagement on engagement.id = visit.engagement_id
        join course on course.id = visit.course_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        where ($1 is null or visit.trainer_id = $1) and {days} and {place}
        order by visit.planned_on, visit.starts_at, visit.id limit 500"
    );
    Ok(on!(Pool::&store.pool, |pool| {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
            .bind(trainer)
            .bind(from.to_string())
            .bind(to.to_string());
        for value in &scopes {
            query = query.bind(value);
        }
        query.fetch_all(pool).await?
    }))
}
