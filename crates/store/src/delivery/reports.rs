//! Reports that wait for a reader, and what was said about them.

use domain::actor::{Permit, Reach};
use domain::delivery::{Guide, ReadDelivery};
use jiff::Timestamp;

use super::engagements::PLACE;
use crate::clauses::{Clauses, fetch_clauses};
use crate::codec::Moment;
use crate::{Page, Pool, Store, StoreError};

/// A report in a queue.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    pub id: String,
    pub engagement_id: String,
    pub course_id: String,
    pub enterprise_name: String,
    pub module: String,
    pub region: String,
    pub submitted_on: Option<String>,
    pub synthetic: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Comment {
    pub words: String,
    pub written_by: String,
    #[sqlx(try_from = "Moment")]
    pub written_at: Timestamp,
}

/// Reports that were handed in and not decided, the oldest first; `after` is the `next` of the page before.
pub async fn queue(
    store: &Store,
    reach: &Reach<Guide>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<Waiting>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    if let Some(after) = after {
        let after = clauses.bind(after);
        clauses.and(format!(
            "(report.submitted_on, report.id) > ((select submitted_on from report where id = {after}), {after})"
        ));
    }
    let sql = format!(
        "select report.id, report.engagement_id, report.course_id,
            coalesce(enterprise.name, engagement.enterprise_id) as enterprise_name, course.module,
            engagement.region, report.submitted_on, engagement.synthetic
        from report
        join engagement on engagement.id = report.engagement_id
        join course on course.id = report.course_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        where report.state = 'submitted' and {}
        order by report.submitted_on, report.id limit {}",
        clauses.text(),
        limit + 1
    );
    let rows = fetch_clauses!(store, Waiting, sql, &clauses.values);
    Ok(Page::cut(rows, limit, |one| one.id.clone()))
}

/// How many reports wait.
pub async fn waiting(store: &Store, reach: &Reach<Guide>) -> Result<u64, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    let sql = format!(
        "select count(*) from report join engagement on engagement.id = report.engagement_id
        where report.state = 'submitted' and {}",
        clauses.text()
    );
    let rows = fetch_clauses!(store, (i64,), sql, &clauses.values);
    Ok(rows.first().map_or(0, |(count,)| count.unsigned_abs()))
}

/// What was said about a report of an engagement, oldest first.
pub async fn comments(
    store: &Store,
    permit: &Permit<ReadDelivery>,
    report: &str,
) -> Result<Vec<Comment>, StoreError> {
    const SQL: &str = "
        select words, written_by, written_at from report_comment
        join report on report.id = report_comment.report_id
        where report_id = $1 and report.engagement_id = $2 order by report_comment.id";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(report)
        .bind(&permit.action().what)
        .fetch_all(pool)
        .await?))
}
