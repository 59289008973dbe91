//! Visits by day: agendas of trainers and calendars of providers.

use domain::actor::Reach;
use domain::delivery::ReadDelivery;
use jiff::civil::Date;

use super::engagements::PLACE;
use crate::clauses::{Clauses, fetch_clauses};
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

/// Which visits.
#[derive(Clone, Copy, Debug)]
pub enum Agenda {
    /// Planned or done between two days, in order of time.
    Between(Date, Date),
    /// Planned for before this day and not recorded, the newest first.
    OpenBefore(Date),
}

impl Agenda {
    /// The direction of its order.
    fn cut(self, clauses: &mut Clauses) -> &'static str {
        match self {
            Agenda::Between(from, to) => {
                let (from, to) = (clauses.bind(from.to_string()), clauses.bind(to.to_string()));
                clauses
                    .and(format!("visit.planned_on between {from} and {to} and visit.state <> 'cancelled'"));
                ""
            }
            Agenda::OpenBefore(day) => {
                let day = clauses.bind(day.to_string());
                clauses.and(format!("visit.planned_on < {day} and visit.state = 'planned'"));
                " desc"
            }
        }
    }
}

/// At most `limit` visits of an agenda, all or one trainer's.
pub async fn agenda(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    trainer: Option<&str>,
    which: Agenda,
    limit: u32,
) -> Result<Vec<Appointment>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    clauses.equals("visit.trainer_id", trainer);
    let way = which.cut(&mut clauses);
    let order = |table: &str| format!("{table}.planned_on{way}, {table}.starts_at{way}, {table}.id{way}");
    // What is told of each is looked up for those alone that are shown.
    let sql = format!(
        "select chosen.*,
            (select count(*) from visit as other where other.course_id = chosen.course_id
                and other.state <> 'cancelled' and other.planned_on <= chosen.planned_on) as number,
            (select next_steps from visit as other where other.engagement_id = chosen.engagement_id
                and other.state = 'done' and other.planned_on < chosen.planned_on
                order by other.planned_on desc limit 1) as left_to_do
        from (
            select visit.id, visit.engagement_id, visit.course_id, visit.planned_on, visit.starts_at, visit.state,
                visit.trainer_id, coalesce(enterprise.name, engagement.enterprise_id) as enterprise_name,
                engagement.region, course.module, engagement.synthetic
            from visit
            join engagement on engagement.id = visit.engagement_id
            join course on course.id = visit.course_id
            left join enterprise on enterprise.id = engagement.enterprise_id
            where {} order by {} limit {limit}
        ) as chosen
        order by {}",
        clauses.text(),
        order("visit"),
        order("chosen")
    );
    Ok(fetch_clauses!(store, Appointment, sql, &clauses.values))
}

/// How many visits such an agenda has.
pub async fn count(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    trainer: Option<&str>,
    which: Agenda,
) -> Result<u64, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    clauses.equals("visit.trainer_id", trainer);
    which.cut(&mut clauses);
    let sql = format!(
        "select count(*) from visit join engagement on engagement.id = visit.engagement_id where {}",
        clauses.text()
    );
    let rows = fetch_clauses!(store, (i64,), sql, &clauses.values);
    Ok(rows.first().map_or(0, |(count,)| count.unsigned_abs()))
}
