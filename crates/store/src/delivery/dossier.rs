//! The dossier of one engagement, read as a whole.

use domain::actor::{Permit, Place};
use domain::delivery::{Dossier, ReadDelivery};

use super::rows::{AssessmentRow, CaseStudyRow, CourseRow, EngagementRow, ProjectRow, ReportRow, VisitRow};
use crate::{Connection, Pool, Store, StoreError, Tx};

const ENGAGEMENT: &str = "select * from engagement where id = $1";
const ASSESSMENTS: &str = "select * from assessment where engagement_id = $1 order by assessed_on, id";
const COURSES: &str = "select * from course where engagement_id = $1 order by opened_on, id";
const VISITS: &str = "select * from visit where engagement_id = $1 order by planned_on, id";
const PROJECTS: &str = "select * from project where engagement_id = $1 order by due_on, id";
const REPORTS: &str = "select * from report where engagement_id = $1 order by id";
const CASE_STUDIES: &str = "select * from case_study where engagement_id = $1 order by id";

/// Reads every table of a dossier over `$conn`; one text for pools and transactions.
macro_rules! read {
    ($conn:expr, $id:expr) => {{
        let engagement: Option<EngagementRow> =
            sqlx::query_as(ENGAGEMENT).bind($id).fetch_optional($conn).await?;
        match engagement {
            None => None,
            Some(engagement) => {
                let assessments: Vec<AssessmentRow> =
                    sqlx::query_as(ASSESSMENTS).bind($id).fetch_all($conn).await?;
                let courses: Vec<CourseRow> = sqlx::query_as(COURSES).bind($id).fetch_all($conn).await?;
                let visits: Vec<VisitRow> = sqlx::query_as(VISITS).bind($id).fetch_all($conn).await?;
                let projects: Vec<ProjectRow> = sqlx::query_as(PROJECTS).bind($id).fetch_all($conn).await?;
                let reports: Vec<ReportRow> = sqlx::query_as(REPORTS).bind($id).fetch_all($conn).await?;
                let case_studies: Vec<CaseStudyRow> =
                    sqlx::query_as(CASE_STUDIES).bind($id).fetch_all($conn).await?;
                Some(Rows { engagement, assessments, courses, visits, projects, reports, case_studies })
            }
        }
    }};
}

struct Rows {
    engagement: EngagementRow,
    assessments: Vec<AssessmentRow>,
    courses: Vec<CourseRow>,
    visits: Vec<VisitRow>,
    projects: Vec<ProjectRow>,
    reports: Vec<ReportRow>,
    case_studies: Vec<CaseStudyRow>,
}

impl Rows {
    fn read(self) -> Result<Dossier, StoreError> {
        Ok(Dossier {
            engagement: self.engagement.read()?,
            assessments: self.assessments.into_iter().map(AssessmentRow::read).collect::<Result<_, _>>()?,
            courses: self.courses.into_iter().map(CourseRow::read).collect::<Result<_, _>>()?,
            visits: self.visits.into_iter().map(VisitRow::read).collect::<Result<_, _>>()?,
            projects: self.projects.into_iter().map(ProjectRow::read).collect::<Result<_, _>>()?,
            reports: self.reports.into_iter().map(ReportRow::read).collect::<Result<_, _>>()?,
            case_studies: self.case_studies.into_iter().map(CaseStudyRow::read).collect::<Result<_, _>>()?,
        })
    }
}

/// As it stands inside a transaction.
pub(super) async fn load(tx: &mut Tx, id: &str) -> Result<Dossier, StoreError> {
    let rows = on!(Connection::&mut tx.connection, |conn| read!(&mut **conn, id));
    rows.ok_or_else(|| StoreError::not_found("engagement", id))?.read()
}

/// Where an engagement stands, for asking permission. Nothing else is told.
pub async fn find(store: &Store, id: &str) -> Result<Option<Place>, StoreError> {
    let row: Option<EngagementRow> = on!(Pool::&store.pool, |pool| sqlx::query_as(ENGAGEMENT)
        .bind(id)
        .fetch_optional(pool)
        .await?);
    row.map(|row| Ok(row.read()?.place())).transpose()
}

/// The dossier, for whoever may read it there.
pub async fn get(store: &Store, permit: &Permit<ReadDelivery>) -> Result<Dossier, StoreError> {
    let id = permit.action().what.as_str();
    let rows = on!(Pool::&store.pool, |pool| read!(pool, id));
    let dossier = rows.ok_or_else(|| StoreError::not_found("engagement", id))?.read()?;
    // The permit was asked for a place that the engagement has left: as good as not there.
    if dossier.engagement.place() != permit.action().place {
        return Err(StoreError::not_found("engagement", id));
    }
    Ok(dossier)
}
