//! Photos: what they show and where the cleaned file lies.

use domain::actor::Permit;
use domain::delivery::ReadDelivery;

use super::rows::CaseStudyRow;
use crate::{Pool, Store, StoreError};

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Photo {
    pub id: String,
    pub subject_id: String,
    pub is_after: bool,
    pub caption: String,
    pub blake3: String,
    pub media_type: String,
    pub bytes: i64,
}

const COLUMNS: &str = "id, subject_id, is_after, caption, blake3, media_type, bytes";

/// The photos of an engagement, oldest first.
pub async fn list(store: &Store, permit: &Permit<ReadDelivery>) -> Result<Vec<Photo>, StoreError> {
    let sql = format!("select {COLUMNS} from photo where engagement_id = $1 order by id");
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
        .bind(&permit.action().what)
        .fetch_all(pool)
        .await?))
}

#[derive(sqlx::FromRow)]
struct OfProject {
    #[sqlx(flatten)]
    photo: Photo,
    course: String,
    problem_kind: Option<String>,
}

/// The photos that the public page of a case shows, once it is published.
pub async fn published(store: &Store, case_study: &str) -> Result<Vec<Photo>, StoreError> {
    const CASE: &str = "select * from case_study where id = $1 and state = 'published'";
    const PHOTOS: &str = "
        select photo.*, project.course_id as course, project.problem_kind
        from photo
        join project on project.id = photo.subject_id
        join case_study on case_study.engagement_id = project.engagement_id
        where case_study.id = $1 order by photo.id";
    let row: Option<CaseStudyRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(CASE).bind(case_study).fetch_optional(pool).await?);
    let Some(case) = row.map(CaseStudyRow::read).transpose()? else { return Ok(Vec::new()) };
    let rows: Vec<OfProject> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(PHOTOS).bind(case_study).fetch_all(pool).await?);
    let shown = rows
        .into_iter()
        .filter(|one| case.shows(&one.photo.subject_id, &one.course, one.problem_kind.as_deref()));
    Ok(shown.map(|one| one.photo).collect())
}
