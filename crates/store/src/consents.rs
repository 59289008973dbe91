//! Consent on record: who agreed to what, when, and whether the word still stands.

use domain::actor::{Action, Permit};
use domain::enterprise::ReadEnterprise;
use domain::person::{ConsentSubject, Purpose, ReadPerson, RecordConsent};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::codec::{Moment, text};
use crate::{Connection, Pool, Store, StoreError, Tx, audit, enterprises, people};

/// The newest word on one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub purpose: Purpose,
    pub given: bool,
    pub said_on: Date,
    pub evidence: String,
    pub recorded_by: String,
    pub recorded_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    purpose: String,
    given: bool,
    said_on: String,
    evidence: String,
    recorded_by: String,
    #[sqlx(try_from = "Moment")]
    recorded_at: Timestamp,
}

impl Row {
    fn read(self) -> Result<Consent, StoreError> {
        let unreadable = |what: &str| StoreError::Unreadable { what: format!("consent: {what}") };
        Ok(Consent {
            purpose: Purpose::parse(&self.purpose).ok_or_else(|| unreadable(&self.purpose))?,
            said_on: self.said_on.parse().map_err(|_| unreadable(&self.said_on))?,
            given: self.given,
            evidence: self.evidence,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }
}

/// Puts a word on record. Earlier words stay; the newest counts.
pub async fn record(tx: &mut Tx, permit: &Permit<RecordConsent>) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into consent (id, subject_kind, subject_id, purpose, given, said_on, evidence, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let act = permit.action();
    let now = match &act.subject {
        ConsentSubject::Enterprise(id) => enterprises::get_in(tx, id).await?.place(),
        ConsentSubject::Person(id) => people::place_in(tx, id).await?,
    };
    if now != act.place {
        let state = "standing elsewhere now".to_owned();
        return Err(StoreError::State { noun: act.subject.kind(), id: act.subject.id().to_owned(), state });
    }
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&act.id)
        .bind(act.subject.kind())
        .bind(act.subject.id())
        .bind(act.purpose.code())
        .bind(act.given)
        .bind(act.on.to_string())
        .bind(&act.evidence)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "purpose": act.purpose, "given": act.given, "on": act.on.to_string() });
    audit::append(tx, permit.actor(), RecordConsent::NAME, act.subject.id(), detail).await
}

/// What an enterprise agreed to: the newest word on each purpose.
pub async fn of_enterprise(
    store: &Store,
    permit: &Permit<ReadEnterprise>,
) -> Result<Vec<Consent>, StoreError> {
    newest(store, "enterprise", &permit.action().enterprise).await
}

/// What a person agreed to.
pub async fn of_person(store: &Store, permit: &Permit<ReadPerson>) -> Result<Vec<Consent>, StoreError> {
    newest(store, "person", &permit.action().person).await
}

/// Does the newest word allow it? For acts that need consent, inside their transaction.
pub async fn stands(tx: &mut Tx, subject: &ConsentSubject, purpose: Purpose) -> Result<bool, StoreError> {
    const SQL: &str = "
        select given from consent where subject_kind = $1 and subject_id = $2 and purpose = $3
        order by said_on desc, id desc limit 1";
    let given: Option<bool> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(subject.kind())
        .bind(subject.id())
        .bind(purpose.code())
        .fetch_optional(&mut **conn)
        .await?);
    Ok(given.unwrap_or(false))
}

pub(crate) async fn newest(store: &Store, kind: &str, id: &str) -> Result<Vec<Consent>, StoreError> {
    const SQL: &str = "
        select purpose, given, said_on, evidence, recorded_by, recorded_at from consent
        where subject_kind = $1 and subject_id = $2 order by purpose, said_on desc, id desc";
    let rows: Vec<Row> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(kind)
        .bind(id)
        .fetch_all(pool)
        .await?);
    let mut all: Vec<Consent> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
    all.dedup_by_key(|consent| consent.purpose);
    Ok(all)
}
