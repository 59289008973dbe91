//! Trainings: planning, attendance, and the courses that were taught in them.

use domain::actor::{Action, Permit, Place, Reach};
use domain::delivery::{
    AllowedTraining, Enrolled, Participant, ReadDelivery, Roster, Training, TrainingAct, Turnout,
};
use domain::person::ReadPerson;
use domain::programme::Programme;
use jiff::civil::Date;
use serde_json::json;

use super::apply::write_row;
use super::rows::{ParticipationRow, TrainingRow, maybe_date, participant_place};
use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::{text, to_json};
use crate::{Connection, Pool, Store, StoreError, Tx, Vault, audit};

const TRAINING: &str = "select * from training where id = $1";
const ENROLLED: &str = "
    select course.id as course, engagement.id as engagement, engagement.enterprise_id as enterprise,
        coalesce(enterprise.name, engagement.enterprise_id) as enterprise_name,
        (select assessed_on from assessment where assessment.engagement_id = engagement.id
            and stage = 'baseline') as baseline_on
    from course
    join engagement on engagement.id = course.engagement_id
    left join enterprise on enterprise.id = engagement.enterprise_id
    where course.training_id = $1 order by course.id";
const PARTICIPANTS: &str = "
    select * from participation where training_id = $1 and replaced_at is null order by course_id, id";

#[derive(sqlx::FromRow)]
struct EnrolledRow {
    course: String,
    engagement: String,
    enterprise: String,
    enterprise_name: String,
    baseline_on: Option<String>,
}

impl EnrolledRow {
    fn read(self) -> Result<Enrolled, StoreError> {
        Ok(Enrolled {
            baseline_on: maybe_date(self.baseline_on.as_ref())?,
            course: self.course,
            engagement: self.engagement,
            enterprise: self.enterprise,
            enterprise_name: self.enterprise_name,
        })
    }
}

/// Reads a roster over `$conn`; one text for pools and transactions.
macro_rules! read {
    ($conn:expr, $id:expr) => {{
        let training: Option<TrainingRow> = sqlx::query_as(TRAINING).bind($id).fetch_optional($conn).await?;
        match training {
            None => None,
            Some(training) => {
                let enrolled: Vec<EnrolledRow> = sqlx::query_as(ENROLLED).bind($id).fetch_all($conn).await?;
                let participants: Vec<ParticipationRow> =
                    sqlx::query_as(PARTICIPANTS).bind($id).fetch_all($conn).await?;
                Some((training, enrolled, participants))
            }
        }
    }};
}

type Rows = (TrainingRow, Vec<EnrolledRow>, Vec<ParticipationRow>);

fn roster((training, enrolled, participants): Rows, vault: Option<&Vault>) -> Result<Roster, StoreError> {
    Ok(Roster {
        training: training.read()?,
        enrolled: enrolled.into_iter().map(EnrolledRow::read).collect::<Result<_, _>>()?,
        participants: participants.into_iter().map(|row| row.read(vault)).collect::<Result<_, _>>()?,
    })
}

/// Does what is allowed to a training, if it is lawful as things stand.
pub async fn perform(
    tx: &mut Tx,
    allowed: &AllowedTraining,
    programme: &Programme,
) -> Result<(), StoreError> {
    let order = allowed.order();
    let mut detail = json!({});
    if let TrainingAct::Plan { module, region, organisation, starts_on, .. } = &order.act {
        order.act.check_new(programme)?;
        plan(tx, allowed, programme).await?;
        detail = json!({ "module": module, "region": region, "organisation": organisation,
            "starts_on": starts_on.to_string() });
    } else {
        lock(tx, &order.training).await?;
        let rows = on!(Connection::&mut tx.connection, |conn| read!(&mut **conn, &order.training));
        let rows = rows.ok_or_else(|| StoreError::not_found("training", &order.training))?;
        let roster = roster(rows, tx.vault.as_deref())?;
        if roster.training.programme != programme.id || roster.training.place() != order.place {
            return Err(StoreError::Conflict { rule: "place" });
        }
        refuse_stale(tx, &order.act, &roster.training).await?;
        order.act.check(&roster, programme, super::day(tx.at))?;
        if let TrainingAct::Hold { participants, .. } = &order.act {
            hold(tx, &roster, participants, programme, allowed).await?;
            detail = json!({ "participants": participants.len() });
        }
        change(tx, allowed).await?;
    }
    audit::append(tx, allowed.actor(), order.act.name(), &order.training, detail).await
}

async fn lock(tx: &mut Tx, training: &str) -> Result<(), StoreError> {
    let found = write_row!(tx, "update training set version = version where id = $1", training);
    if found == 0 { Err(StoreError::not_found("training", training)) } else { Ok(()) }
}

async fn refuse_stale(tx: &mut Tx, act: &TrainingAct, training: &Training) -> Result<(), StoreError> {
    const LAST: &str = "select action, actor, at from audit where subject = $1 order by seq desc limit 1";
    let (TrainingAct::Hold { version, .. } | TrainingAct::Cancel { version, .. }) = act else {
        return Ok(());
    };
    if *version == training.version {
        return Ok(());
    }
    let last: Option<(String, String, String)> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(LAST)
            .bind(&training.id)
            .fetch_optional(&mut **conn)
            .await?);
    let (action, by, at) = last.unwrap_or_default();
    Err(StoreError::Overtaken { noun: "training", action, by, at: at.parse().unwrap_or(tx.at) })
}

async fn plan(tx: &mut Tx, allowed: &AllowedTraining, programme: &Programme) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into training (id, programme, module, edition, product, organisation_id, region, venue, starts_on,
            ends_on, trainer_id, state, version, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'planned', 1, $12, $13)";
    let order = allowed.order();
    let TrainingAct::Plan {
        programme: name,
        module,
        product,
        organisation,
        region,
        venue,
        starts_on,
        ends_on,
        trainer,
    } = &order.act
    else {
        return Ok(());
    };
    let place = Place::programme(name).in_region(region).of_organisation(organisation);
    if *name != programme.id || place != order.place {
        return Err(StoreError::Conflict { rule: "place" });
    }
    let taught = programme.module(module).ok_or_else(|| StoreError::not_found("module", module))?;
    let at = text(tx.at);
    write_row!(
        tx,
        ADD,
        &order.training,
        name,
        module,
        &taught.edition_on(*starts_on).version,
        product,
        organisation,
        region,
        venue.trim(),
        starts_on.to_string(),
        ends_on.to_string(),
        trainer,
        &allowed.actor().id,
        &at,
    );
    Ok(())
}

/// Attendance is taken anew as a whole: the last list counts.
async fn hold(
    tx: &mut Tx,
    roster: &Roster,
    participants: &[Participant],
    programme: &Programme,
    allowed: &AllowedTraining,
) -> Result<(), StoreError> {
    const REPLACE: &str = "
        update participation set replaced_at = $2 where training_id = $1 and replaced_at is null";
    const ADD: &str = "
        insert into participation (id, training_id, course_id, name, name_key, sex, position, days, days_there,
            namesake)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    const COUNT: &str = "
        update course set trained_on = $2, managers_women = $3, managers_men = $4, workers_women = $5,
            workers_men = $6
        where id = $1";
    let training = &roster.training;
    let at = text(tx.at);
    write_row!(tx, REPLACE, &training.id, &at);
    let vault = tx.vault()?;
    let taught = training.days(programme);
    for one in participants {
        let days = one.days.within(taught);
        write_row!(
            tx,
            ADD,
            &one.id,
            &training.id,
            &one.course,
            vault.seal(&participant_place(&one.id), one.name.trim())?,
            // Equal for equal names, and telling nothing without the key.
            vault.digest("participant", &Participant::key(&one.name)),
            one.sex.code(),
            one.position.code(),
            i64::from(days.count()),
            to_json(&days)?,
            one.namesake,
        );
    }
    for enrolled in &roster.enrolled {
        let own: Vec<&Participant> =
            participants.iter().filter(|one| one.course == enrolled.course).collect();
        let turnout = Turnout::count(own.iter().copied());
        // An enterprise that sent nobody was not trained.
        let trained_on = (turnout.all() > 0).then(|| training.starts_on.to_string());
        write_row!(
            tx,
            COUNT,
            &enrolled.course,
            trained_on,
            i64::from(turnout.managers_women),
            i64::from(turnout.managers_men),
            i64::from(turnout.workers_women),
            i64::from(turnout.workers_men),
        );
        super::settle(tx, &enrolled.engagement, programme, allowed.actor()).await?;
    }
    Ok(())
}

async fn change(tx: &mut Tx, allowed: &AllowedTraining) -> Result<(), StoreError> {
    const STATE: &str = "
        update training set state = $2, version = version + 1, changed_by = $3, changed_at = $4 where id = $1";
    const FEEDBACK: &str = "
        update training set feedback = $2, version = version + 1, changed_by = $3, changed_at = $4
        where id = $1";
    let (order, by, at) = (allowed.order(), allowed.actor().id.as_str(), text(tx.at));
    let id = &order.training;
    match &order.act {
        TrainingAct::Hold { .. } => write_row!(tx, STATE, id, "held", by, &at),
        TrainingAct::Cancel { .. } => write_row!(tx, STATE, id, "cancelled", by, &at),
        TrainingAct::Feedback { answers } => write_row!(tx, FEEDBACK, id, to_json(answers)?, by, &at),
        TrainingAct::Plan { .. } => 0,
    };
    Ok(())
}

/// Where a training stands, for asking permission.
pub async fn find(store: &Store, id: &str) -> Result<Option<Place>, StoreError> {
    let row: Option<TrainingRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(TRAINING).bind(id).fetch_optional(pool).await?);
    row.map(|row| Ok(row.read()?.place())).transpose()
}

/// A training with who is enrolled and who came, for whoever may read it there.
pub async fn get(store: &Store, permit: &Permit<ReadDelivery>) -> Result<Roster, StoreError> {
    let id = permit.action().what.as_str();
    let rows = on!(Pool::&store.pool, |pool| read!(pool, id));
    let roster = roster(rows.ok_or_else(|| StoreError::not_found("training", id))?, store.vault.as_deref())?;
    if roster.training.place() != permit.action().place {
        return Err(StoreError::not_found("training", id));
    }
    Ok(roster)
}

/// Is an enterprise of this training made up for a demonstration?
pub async fn any_synthetic(store: &Store, training: &str) -> Result<bool, StoreError> {
    const SQL: &str = "
        select count(*) from course join engagement on engagement.id = course.engagement_id
        where course.training_id = $1 and engagement.synthetic";
    let count: i64 =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(training).fetch_one(pool).await?);
    Ok(count > 0)
}

/// Trainings that begin between two days, in order of time.
pub async fn between(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    trainer: Option<&str>,
    from: Date,
    to: Date,
) -> Result<Vec<Training>, StoreError> {
    // Trainings belong to no enterprise: a member sees those of the own courses elsewhere.
    const PLACE: PlaceColumns = PlaceColumns {
        programme: Some("programme"),
        region: "region",
        organisation: "organisation_id",
        enterprise: "id",
    };
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    clauses.equals("trainer_id", trainer);
    let (from, to) = (clauses.bind(from.to_string()), clauses.bind(to.to_string()));
    let sql = format!(
        "select * from training where ends_on >= {from} and starts_on <= {to} and state <> 'cancelled' and {}
        order by starts_on, id limit 500",
        clauses.text()
    );
    let rows = fetch_clauses!(store, TrainingRow, sql, &clauses.values);
    rows.into_iter().map(TrainingRow::read).collect()
}

/// Puts on record that somebody saw the names of those who took part.
pub async fn names_seen(tx: &mut Tx, permit: &Permit<ReadDelivery>, people: usize) -> Result<(), StoreError> {
    let detail = json!({ "people": people });
    audit::append(tx, permit.actor(), ReadPerson::NAME, &permit.action().what, detail).await
}
