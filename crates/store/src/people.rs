//! Persons: encrypted, every look on record, exported and erased at their wish.

use domain::actor::{Action, Actor, Permit, Place, Reach};
use domain::person::{ErasePerson, Erasure, ExportPerson, Person, ReadPerson, RecordPerson, Sex};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::{text, to_json};
pub use crate::mentions::Mention;
pub use crate::traces::Participation;
use crate::{
    Connection, Pool, Store, StoreError, Tx, accounts, audit, enterprises, mentions, sessions, traces,
};

/// What is encrypted of a person.
#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    phone: String,
    email: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    sealed: Option<String>,
    sex: Option<String>,
    enterprise_id: Option<String>,
    organisation_id: Option<String>,
    account_id: Option<String>,
}

fn sealed_at(id: &str) -> String {
    format!("person/{id}")
}

/// Puts a person on record, or corrects what is there.
pub async fn record(tx: &mut Tx, permit: &Permit<RecordPerson>) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into person (id, sealed, email_digest, phone_digest, sex, enterprise_id, organisation_id, account_id,
            recorded_by, recorded_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        on conflict (id) do update set sealed = excluded.sealed, email_digest = excluded.email_digest,
            phone_digest = excluded.phone_digest, sex = excluded.sex, enterprise_id = excluded.enterprise_id,
            organisation_id = excluded.organisation_id, account_id = excluded.account_id,
            changed_at = excluded.changed_at
        where person.erased_at is null";
    let act = permit.action();
    if let Some(before) = row_in(tx, &act.id).await? {
        // Whoever corrects a person must have a say where the person stands now, too.
        let place = place_of(tx, before.enterprise_id.as_deref(), before.organisation_id.as_deref()).await?;
        permit.actor().permit(RecordPerson { place, ..act.clone() })?;
    }
    let person = &act.person;
    let place = place_of(tx, person.enterprise.as_deref(), person.organisation.as_deref()).await?;
    if place != act.place {
        return Err(StoreError::State {
            noun: "person",
            id: act.id.clone(),
            state: "standing elsewhere".into(),
        });
    }
    let vault = tx.vault()?;
    let named = Named {
        name: person.name.trim().to_owned(),
        phone: person.phone.clone(),
        email: person.email.clone(),
    };
    let sealed = vault.seal(&sealed_at(&act.id), &to_json(&named)?)?;
    let email = Some(person.email.trim().to_lowercase()).filter(|email| !email.is_empty());
    let phone: String = person.phone.chars().filter(char::is_ascii_digit).collect();
    let phone = Some(phone).filter(|phone| phone.len() >= 6);
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&act.id)
        .bind(&sealed)
        .bind(email.map(|email| vault.digest("email", &email)))
        .bind(phone.map(|phone| vault.digest("phone", &phone)))
        .bind(person.sex.map(Sex::code))
        .bind(&person.enterprise)
        .bind(&person.organisation)
        .bind(&person.account)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::State { noun: "person", id: act.id.clone(), state: "erased".into() });
    }
    audit::append(tx, permit.actor(), RecordPerson::NAME, &act.id, json!({})).await
}

/// Where somebody of this enterprise or organisation stands: what one needs to ask for a permit.
pub async fn place_for(
    store: &Store,
    enterprise: Option<&str>,
    organisation: Option<&str>,
) -> Result<Place, StoreError> {
    let mut place = match enterprise {
        Some(enterprise) => enterprises::place(store, enterprise).await?,
        None => Place::shared(),
    };
    if let Some(organisation) = organisation {
        place.organisation = Some(organisation.to_owned());
    }
    Ok(place)
}

/// Where a person on record stands.
pub async fn place(store: &Store, person: &str) -> Result<Place, StoreError> {
    const SQL: &str = "
        select sealed, sex, enterprise_id, organisation_id, account_id from person where id = $1";
    let row: Option<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(person).fetch_optional(pool).await?);
    let row = row.ok_or_else(|| StoreError::not_found("person", person))?;
    place_for(store, row.enterprise_id.as_deref(), row.organisation_id.as_deref()).await
}

pub(crate) async fn place_in(tx: &mut Tx, person: &str) -> Result<Place, StoreError> {
    let row = row_in(tx, person).await?.ok_or_else(|| StoreError::not_found("person", person))?;
    place_of(tx, row.enterprise_id.as_deref(), row.organisation_id.as_deref()).await
}

async fn place_of(
    tx: &mut Tx,
    enterprise: Option<&str>,
    organisation: Option<&str>,
) -> Result<Place, StoreError> {
    let mut place = match enterprise {
        Some(enterprise) => enterprises::get_in(tx, enterprise).await?.place(),
        None => Place::shared(),
    };
    if let Some(organisation) = organisation {
        place.organisation = Some(organisation.to_owned());
    }
    Ok(place)
}

async fn row_in(tx: &mut Tx, id: &str) -> Result<Option<Row>, StoreError> {
    const SQL: &str = "
        select sealed, sex, enterprise_id, organisation_id, account_id from person where id = $1";
    Ok(
        on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL).bind(id).fetch_optional(&mut **conn).await?),
    )
}

/// Who a person is; `None` once erased. The look goes on record in the same transaction.
pub async fn read(tx: &mut Tx, permit: &Permit<ReadPerson>) -> Result<Option<Person>, StoreError> {
    let act = permit.action();
    if place_in(tx, &act.person).await? != act.place {
        return Err(StoreError::State {
            noun: "person",
            id: act.person.clone(),
            state: "standing elsewhere".into(),
        });
    }
    let person = open(tx, &act.person).await?;
    audit::append(tx, permit.actor(), ReadPerson::NAME, &act.person, json!({})).await?;
    Ok(person)
}

/// Who several people are, for a list of participants: each must stand where the actor may look, and
/// one entry on record names them all. `subject` is what the list is about, such as a training.
pub async fn read_many(
    tx: &mut Tx,
    actor: &Actor,
    subject: &str,
    ids: &[String],
) -> Result<Vec<(String, Option<Person>)>, StoreError> {
    let reach = actor.reach::<ReadPerson>()?;
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        let place = place_in(tx, id).await?;
        if !reach.covers(&place) {
            actor.permit(ReadPerson { person: id.clone(), place })?;
        }
        people.push((id.clone(), open(tx, id).await?));
    }
    audit::append(tx, actor, ReadPerson::NAME, subject, json!({ "people": ids })).await?;
    Ok(people)
}

async fn open(tx: &mut Tx, id: &str) -> Result<Option<Person>, StoreError> {
    let row = row_in(tx, id).await?.ok_or_else(|| StoreError::not_found("person", id))?;
    let Some(sealed) = row.sealed else { return Ok(None) };
    let named: Named = serde_json::from_str(&tx.vault()?.open(&sealed_at(id), &sealed)?)
        .map_err(|error| StoreError::Unreadable { what: format!("person: {error}") })?;
    Ok(Some(Person {
        name: named.name,
        phone: named.phone,
        email: named.email,
        sex: row.sex.as_deref().and_then(Sex::parse),
        enterprise: row.enterprise_id,
        organisation: row.organisation_id,
        account: row.account_id,
    }))
}

/// People already on record with the same e-mail or phone: ids, no names.
pub async fn same_as(store: &Store, person: &Person) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "
        select id from person where erased_at is null and (email_digest = $1 or phone_digest = $2) order by id limit 10";
    let vault = store.vault.as_ref().ok_or(StoreError::NoKey)?;
    let phone: String = person.phone.chars().filter(char::is_ascii_digit).collect();
    let email = person.email.trim().to_lowercase();
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL)
        .bind((!email.is_empty()).then(|| vault.digest("email", &email)))
        .bind((phone.len() >= 6).then(|| vault.digest("phone", &phone)))
        .fetch_all(pool)
        .await?))
}

/// All that is kept about a person, as JSON to hand out.
pub async fn export(tx: &mut Tx, permit: &Permit<ExportPerson>) -> Result<Value, StoreError> {
    let id = &permit.action().person;
    if place_in(tx, id).await? != permit.action().place {
        return Err(StoreError::State { noun: "person", id: id.clone(), state: "standing elsewhere".into() });
    }
    let person = open(tx, id).await?;
    audit::append(tx, permit.actor(), ExportPerson::NAME, id, json!({})).await?;
    let (mut trainings, mut contacts) = (Vec::new(), Vec::new());
    if let Some(person) = &person {
        trainings = traces::participations(tx, person).await?;
        contacts = traces::contacts(tx, person).await?;
    }
    let account = match person.as_ref().and_then(|person| person.account.as_deref()) {
        Some(account) => Some(account_in(tx, account).await?),
        None => None,
    };
    Ok(json!({
        "person": person,
        "consents": consents_in(tx, id).await?,
        "trainings": trainings,
        "contacts": contacts,
        "account": account,
        "looks": looks_in(tx, id).await?,
    }))
}

/// The account of a person as it is handed out: no secrets.
async fn account_in(tx: &mut Tx, id: &str) -> Result<Value, StoreError> {
    let account = accounts::get_in(tx, id).await?;
    Ok(json!({
        "email": account.email,
        "name": account.name,
        "created_at": text(account.created_at),
        "signed_in_at": account.signed_in_at.map(text),
        "grants": account.grants,
    }))
}

/// Who looked at the person's data, and when: ids of accounts, the newest first.
async fn looks_in(tx: &mut Tx, id: &str) -> Result<Vec<Value>, StoreError> {
    const SQL: &str = "
        select at, actor, action from audit where subject = $1 and action like 'person.%' order by seq desc limit 200";
    let rows: Vec<(String, String, String)> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(id)
        .fetch_all(&mut **conn)
        .await?);
    Ok(rows.into_iter().map(|(at, by, action)| json!({ "at": at, "by": by, "action": action })).collect())
}

async fn consents_in(tx: &mut Tx, id: &str) -> Result<Vec<Value>, StoreError> {
    const SQL: &str = "
        select purpose, given, said_on, evidence from consent
        where subject_kind = 'person' and subject_id = $1 order by said_on, id";
    let rows: Vec<(String, bool, String, String)> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(id)
        .fetch_all(&mut **conn)
        .await?);
    Ok(rows
        .into_iter()
        .map(|(purpose, given, on, evidence)| {
            json!({ "purpose": purpose, "given": given, "on": on, "evidence": evidence })
        })
        .collect())
}

/// Forgets who a person is, there where the name was found to be this person's too. Attendance and counts
/// stay, without a name; an account is closed and loses its address.
pub async fn erase(tx: &mut Tx, permit: &Permit<ErasePerson>, erasure: &Erasure) -> Result<(), StoreError> {
    const FORGET: &str = "
        update person set sealed = null, email_digest = null, phone_digest = null, account_id = null,
            erased_by = $2, erased_at = $3, changed_at = $3
        where id = $1 and erased_at is null";
    const CLOSE: &str = "
        update account set disabled = true, password_hash = null, name = '-', email = 'erased-' || id where id = $1";
    const UNFACTOR: &str = "delete from second_factor where account_id = $1";
    let id = &permit.action().person;
    if place_in(tx, id).await? != permit.action().place {
        return Err(StoreError::State { noun: "person", id: id.clone(), state: "standing elsewhere".into() });
    }
    let account = row_in(tx, id).await?.and_then(|row| row.account_id);
    let mut gone = (0, 0, 0);
    if let Some(person) = open(tx, id).await? {
        gone.0 = traces::forget_participations(tx, &person, &erasure.participations).await?;
        gone.1 = traces::forget_contacts(tx, &person, &permit.actor().id).await?;
        gone.2 = mentions::forget(tx, &person, &erasure.mentions).await?;
    }
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(FORGET)
        .bind(id)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::State { noun: "person", id: id.clone(), state: "erased".into() });
    }
    if let Some(account) = account {
        on!(Connection::&mut tx.connection, |conn| {
            sqlx::query(CLOSE).bind(&account).execute(&mut **conn).await?;
            sqlx::query(UNFACTOR).bind(&account).execute(&mut **conn).await?;
        });
        sessions::revoke_all(tx, &account, None).await?;
        traces::forget_account(tx, &account).await?;
        accounts::refuse_to_lock_everybody_out(tx).await?;
    }
    let detail = json!({ "participations": gone.0, "contacts": gone.1, "texts": gone.2 });
    audit::append(tx, permit.actor(), ErasePerson::NAME, id, detail).await
}

/// Does the key open what is encrypted? Looks at one field of each kind and keeps nothing of it.
pub async fn key_fits(store: &Store) -> Result<(), StoreError> {
    const PERSON: &str = "select id, sealed from person where sealed is not null order by id desc limit 1";
    const CONTACT: &str =
        "select enterprise_id, sealed from enterprise_contact order by enterprise_id limit 1";
    let person: Option<(String, String)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(PERSON).fetch_optional(pool).await?);
    let contact: Option<(String, String)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(CONTACT).fetch_optional(pool).await?);
    let person = person.map(|(id, sealed)| (sealed_at(&id), sealed));
    let contact = contact.map(|(id, sealed)| (enterprises::contact_place(&id), sealed));
    for (place, sealed) in person.into_iter().chain(contact) {
        store.vault.as_ref().ok_or(StoreError::NoKey)?.open(&place, &sealed)?;
    }
    Ok(())
}

/// A person as a list names one before anybody has looked: no name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: String,
    pub enterprise_id: Option<String>,
    pub organisation_id: Option<String>,
    pub erased_at: Option<String>,
}

/// People of an enterprise, or of the organisations and enterprises within reach, the newest first.
pub async fn list(
    store: &Store,
    reach: &Reach<ReadPerson>,
    enterprise: Option<&str>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(
        reach.scopes(),
        PlaceColumns {
            programme: None,
            region: "coalesce(e.region, '')",
            organisation: "coalesce(p.organisation_id, e.organisation_id)",
            enterprise: "p.enterprise_id",
        },
    );
    if let Some(enterprise) = enterprise {
        let enterprise = clauses.bind(enterprise);
        clauses.and(format!("p.enterprise_id = {enterprise}"));
    }
    let sql = format!(
        "select p.id, p.enterprise_id, p.organisation_id, p.erased_at from person p
        left join enterprise e on e.id = p.enterprise_id where {} order by p.id desc limit {limit}",
        clauses.text()
    );
    Ok(fetch_clauses!(store, Line, sql, &clauses.values))
}

/// Where the person's name was found: what an erasure may take away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// By name within the enterprise: a namesake's too.
    pub participations: Vec<Participation>,
    /// How many contacts of the enterprise are the person.
    pub contacts: usize,
    pub mentions: Vec<Mention>,
}

/// Where the person's name is found. The look is the caller's to record.
pub async fn traces_of(tx: &mut Tx, permit: &Permit<ReadPerson>) -> Result<Traces, StoreError> {
    let id = &permit.action().person;
    if place_in(tx, id).await? != permit.action().place {
        return Err(StoreError::State { noun: "person", id: id.clone(), state: "standing elsewhere".into() });
    }
    let Some(person) = open(tx, id).await? else { return Ok(Traces::default()) };
    Ok(Traces {
        participations: traces::participations(tx, &person).await?,
        contacts: traces::contacts(tx, &person).await?.len(),
        mentions: mentions::all(tx, &person).await?,
    })
}
