//! The pathway of trainers: steps as they were vouched for. How somebody stands follows from them.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, CertifyTrainer, GuideTrainer, Permit, Place, Reach, ReadTrainers};
use domain::trainer::{Certification, NewStep, Record, Step, check};
use jiff::civil::Date;
use serde_json::json;

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::text;
use crate::{Connection, Pool, Store, StoreError, Tx, audit, results};

const COLUMNS: PlaceColumns = PlaceColumns {
    programme: Some("programme"),
    region: "region",
    organisation: "organisation_id",
    // Trainers work for providers.
    enterprise: "''",
};

/// Leave to record a step: who guides may not certify.
#[derive(Debug)]
pub enum StepPermit<'a> {
    Guide(&'a Permit<GuideTrainer>),
    Certify(&'a Permit<CertifyTrainer>),
}

impl StepPermit<'_> {
    fn actor(&self) -> &Actor {
        match self {
            StepPermit::Guide(permit) => permit.actor(),
            StepPermit::Certify(permit) => permit.actor(),
        }
    }

    fn place(&self) -> &Place {
        match self {
            StepPermit::Guide(permit) => &permit.action().place,
            StepPermit::Certify(permit) => &permit.action().place,
        }
    }

    fn covers(&self, new: &NewStep) -> bool {
        match self {
            StepPermit::Guide(permit) => {
                permit.action().person == new.person
                    && matches!(new.step, Step::Selected | Step::Trained | Step::Observed)
            }
            StepPermit::Certify(permit) => permit.action().person == new.person,
        }
    }
}

/// A trainer, where they work, and what is known of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trainer {
    pub organisation: String,
    pub region: String,
    pub record: Record,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    programme: String,
    person_id: String,
    organisation_id: String,
    region: String,
    step: String,
    module: Option<String>,
    on_day: String,
    vouched_by: Option<String>,
    note: String,
}

impl Row {
    pub(crate) fn step(self) -> Result<NewStep, StoreError> {
        let unreadable = || StoreError::Unreadable { what: format!("trainer step `{}`", self.id) };
        Ok(NewStep {
            step: Step::parse(&self.step).ok_or_else(unreadable)?,
            on: self.on_day.parse().map_err(|_| unreadable())?,
            id: self.id,
            programme: self.programme,
            person: self.person_id,
            module: self.module,
            vouched_by: self.vouched_by,
            note: self.note,
        })
    }
}

/// Where a trainer works.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    pub organisation: &'a str,
    pub region: &'a str,
}

/// Records a step on somebody's pathway, if the steps before it are there.
pub async fn record(
    tx: &mut Tx,
    permit: &StepPermit<'_>,
    new: &NewStep,
    post: Post<'_>,
    deliveries: &[(Date, String)],
    (modules, rules): (&BTreeSet<String>, &Certification),
    today: Date,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into trainer_step (id, programme, person_id, organisation_id, region, step, module, on_day,
            vouched_by, note, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    if !permit.covers(new) {
        return Err(StoreError::Conflict { rule: "the permit is for another step" });
    }
    let place = permit.place();
    if place.programme.as_ref() != Some(&new.programme)
        || place.organisation.as_deref() != Some(post.organisation)
        || place.region.as_deref().is_some_and(|region| region != post.region)
    {
        return Err(StoreError::Conflict { rule: "place" });
    }
    let steps = steps_of(tx, &new.programme, &new.person).await?;
    let record = Record { person: new.person.clone(), steps, deliveries: deliveries.to_vec() };
    check(new, &record, modules, rules, today).map_err(|error| StoreError::Rule(error.0))?;
    let at = text(tx.at);
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(&new.programme)
            .bind(&new.person)
            .bind(post.organisation)
            .bind(post.region)
            .bind(new.step.code())
            .bind(&new.module)
            .bind(new.on.to_string())
            .bind(&new.vouched_by)
            .bind(&new.note)
            .bind(&permit.actor().id)
            .bind(&at)
            .execute(&mut **conn)
            .await?;
    });
    results::grow(tx, &new.programme).await?;
    let detail = json!({ "step": new.step.code(), "module": new.module, "on": new.on.to_string() });
    audit::append(tx, permit.actor(), "trainer.step", &new.person, detail).await
}

async fn steps_of(tx: &mut Tx, programme: &str, person: &str) -> Result<Vec<NewStep>, StoreError> {
    const SQL: &str =
        "select * from trainer_step where programme = $1 and person_id = $2 order by on_day, id";
    let rows: Vec<Row> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(programme)
        .bind(person)
        .fetch_all(&mut **conn)
        .await?);
    rows.into_iter().map(Row::step).collect()
}

/// Everybody with a step on record in a programme.
pub async fn all(store: &Store, programme: &str) -> Result<BTreeMap<String, Trainer>, StoreError> {
    read(store, programme, Clauses::default()).await
}

/// Everybody who works, or has worked, within the reach.
pub async fn within(
    store: &Store,
    reach: &Reach<ReadTrainers>,
    programme: &str,
) -> Result<BTreeMap<String, Trainer>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), COLUMNS);
    let worked = |here: &str| format!("person_id in (select person_id from trainer_step where {here})");
    read(store, programme, clauses.wrapped(worked)).await
}

/// One of them.
pub async fn one(store: &Store, programme: &str, person: &str) -> Result<Option<Trainer>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.equals("person_id", Some(person));
    Ok(read(store, programme, clauses).await?.remove(person))
}

async fn read(
    store: &Store,
    programme: &str,
    mut clauses: Clauses,
) -> Result<BTreeMap<String, Trainer>, StoreError> {
    clauses.equals("programme", Some(programme));
    let sql = format!("select * from trainer_step where {} order by person_id, on_day, id", clauses.text());
    let rows = fetch_clauses!(store, Row, sql, &clauses.values);
    let mut trainers: BTreeMap<String, Trainer> = BTreeMap::new();
    for row in rows {
        let (organisation, region) = (row.organisation_id.clone(), row.region.clone());
        let step = row.step()?;
        let trainer = trainers.entry(step.person.clone()).or_insert_with(|| Trainer {
            organisation: String::new(),
            region: String::new(),
            record: Record { person: step.person.clone(), ..Record::default() },
        });
        // The newest post counts.
        (trainer.organisation, trainer.region) = (organisation, region);
        trainer.record.steps.push(step);
    }
    Ok(trainers)
}

/// Names of their accounts by id.
pub async fn names(store: &Store, programme: &str) -> Result<BTreeMap<String, String>, StoreError> {
    const SQL: &str = "
        select id, name from account where id in (select person_id from trainer_step where programme = $1)";
    let rows: Vec<(String, String)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    Ok(rows.into_iter().collect())
}
