//! Photos: what they show and where the cleaned file lies.

use domain::actor::Permit;
use domain::delivery::ReadDelivery;

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

/// The photos of projects whose case was published, for the public page of the case.
pub async fn published(store: &Store, case_study: &str) -> Result<Vec<Photo>, StoreError> {
    let sql = "
        select photo.id, photo.subject_id, photo.is_after, photo.caption, photo.blake3, photo.media_type,
            photo.bytes
        from photo
        join project on project.id = photo.subject_id
        join case_study on case_study.course_id = project.course_id
            and case_study.problem_kind = project.problem_kind
        where case_study.id = $1 and case_study.state = 'published' order by photo.id";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(sql).bind(case_study).fetch_all(pool).await?))
}
