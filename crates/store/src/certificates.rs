//! Certificates as anybody may check them who holds one: the id on the paper cannot be guessed.

use domain::trainer::NewStep;

use crate::delivery::open_name;
use crate::trainers::Row as StepRow;
use crate::{Pool, Store, StoreError};

/// An attendance that a certificate bears.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attendance {
    pub name: String,
    pub enterprise_name: String,
    pub programme: String,
    pub module: String,
    pub product: String,
    pub edition: String,
    pub organisation_name: String,
    pub starts_on: String,
    pub ends_on: String,
    pub venue: String,
    pub days: i64,
    /// The list was taken anew and this person is no longer on it.
    pub struck: bool,
    pub synthetic: bool,
}

/// The attendance with this id. A list that is taken anew with the same person on it changes nothing.
pub async fn attendance(store: &Store, id: &str) -> Result<Option<Attendance>, StoreError> {
    const SQL: &str = "
        select p.name, coalesce(enterprise.name, engagement.enterprise_id) as enterprise_name,
            training.programme, training.module, training.product, training.edition,
            coalesce(organisation.name, training.organisation_id) as organisation_name,
            training.starts_on, training.ends_on, training.venue, p.days,
            not exists (select 1 from participation as standing
                where standing.training_id = p.training_id and standing.course_id = p.course_id
                    and standing.name_key = p.name_key and standing.replaced_at is null) as struck,
            engagement.synthetic
        from participation as p
        join training on training.id = p.training_id
        join course on course.id = p.course_id
        join engagement on engagement.id = course.engagement_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        left join organisation on organisation.id = training.organisation_id
        where p.id = $1";
    let found: Option<Attendance> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    let Some(mut found) = found else { return Ok(None) };
    found.name = open_name(id, &found.name, store.vault.as_deref())?;
    Ok(Some(found))
}

/// The step with this id on a trainer's pathway, the name of that person, and all steps there.
pub async fn pathway(store: &Store, id: &str) -> Result<Option<(NewStep, String, Vec<NewStep>)>, StoreError> {
    const STEP: &str = "select * from trainer_step where id = $1";
    const ALL: &str =
        "select * from trainer_step where programme = $1 and person_id = $2 order by on_day, id";
    const NAME: &str = "select name from account where id = $1";
    let found: Option<StepRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(STEP).bind(id).fetch_optional(pool).await?);
    let Some(step) = found.map(StepRow::step).transpose()? else { return Ok(None) };
    let rows: Vec<StepRow> = on!(Pool::&store.pool, |pool| sqlx::query_as(ALL)
        .bind(&step.programme)
        .bind(&step.person)
        .fetch_all(pool)
        .await?);
    let name: Option<String> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(NAME).bind(&step.person).fetch_optional(pool).await?);
    let name = name.unwrap_or_else(|| step.person.clone());
    let all = rows.into_iter().map(StepRow::step).collect::<Result<_, _>>()?;
    Ok(Some((step, name, all)))
}
