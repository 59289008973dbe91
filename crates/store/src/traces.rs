//! What hangs on a person beside the person's own record: names in lists of participants, contacts of the
//! enterprise, and what an account left behind. Gathered for an export, and taken away when somebody is
//! forgotten.
//!
//! Counts stay: that a woman was trained is true whoever she was. The audit log holds ids and no names, so it
//! needs no change, and its chain stays whole.

use std::collections::BTreeSet;

use domain::delivery::Participant;
use domain::enterprise::Contact;
use domain::person::Person;
use serde::Serialize;

use crate::codec::{text, to_json};
use crate::{Connection, StoreError, Tx, mentions};

/// A training in which somebody of that name took part for the person's enterprise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Participation {
    #[serde(skip)]
    pub id: String,
    pub training: String,
    pub module: String,
    pub from: String,
    pub to: String,
    pub venue: String,
    pub days: i64,
    /// `woman` or `man`, and `owner`, `manager` or `worker`, as the list says.
    pub sex: String,
    pub position: String,
}

/// Everything found by the person's name in the lists of the person's enterprise. Lists that were replaced
/// count too: they hold the name as well.
pub(crate) async fn participations(tx: &mut Tx, person: &Person) -> Result<Vec<Participation>, StoreError> {
    const SQL: &str = "
        select p.id, t.id as training, t.module, t.starts_on as \"from\", t.ends_on as \"to\", t.venue, p.days,
            p.sex, p.position
        from participation p
        join training t on t.id = p.training_id
        join course c on c.id = p.course_id
        join engagement g on g.id = c.engagement_id
        join enterprise e on e.id = g.enterprise_id
        where p.name_key = $1
            and e.canonical_id = (select canonical_id from enterprise where id = $2)
        order by t.starts_on, p.id";
    let Some(enterprise) = &person.enterprise else { return Ok(Vec::new()) };
    let key = name_digest(tx, &person.name)?;
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(&key)
        .bind(enterprise)
        .fetch_all(&mut **conn)
        .await?))
}

fn name_digest(tx: &Tx, name: &str) -> Result<String, StoreError> {
    Ok(tx.vault()?.digest("participant", &Participant::key(name)))
}

/// Takes the name out of those lists of participants that were chosen; who came stays counted.
pub(crate) async fn forget_participations(
    tx: &mut Tx,
    person: &Person,
    chosen: &BTreeSet<String>,
) -> Result<u64, StoreError> {
    const SQL: &str = "update participation set name = '-', name_key = 'erased-' || id where id = $1";
    let all = participations(tx, person).await?;
    let of_the_person: Vec<&Participation> = all.iter().filter(|one| chosen.contains(&one.id)).collect();
    if of_the_person.len() < chosen.len() {
        return Err(mentions::changed());
    }
    for one in &of_the_person {
        on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
            .bind(&one.id)
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(of_the_person.len() as u64)
}

/// Is this contact the person? By e-mail or phone; by name where neither is known.
fn is_same(contact: &Contact, person: &Person) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let email = !person.email.is_empty() && contact.email.trim().eq_ignore_ascii_case(person.email.trim());
    let phone = digits(&person.phone);
    let phone = phone.len() >= 6 && digits(&contact.phone) == phone;
    email || phone || Participant::key(&contact.name) == Participant::key(&person.name)
}

/// Contacts of the person's enterprise that are the person.
pub(crate) async fn contacts(tx: &mut Tx, person: &Person) -> Result<Vec<Contact>, StoreError> {
    let all = contacts_of(tx, person).await?;
    Ok(all.into_iter().filter(|contact| is_same(contact, person)).collect())
}

async fn contacts_of(tx: &mut Tx, person: &Person) -> Result<Vec<Contact>, StoreError> {
    const SQL: &str = "select sealed from enterprise_contact where enterprise_id = $1";
    let Some(enterprise) = &person.enterprise else { return Ok(Vec::new()) };
    let sealed: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(enterprise)
        .fetch_optional(&mut **conn)
        .await?);
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let plain = tx.vault()?.open(&crate::enterprises::contact_place(enterprise), &sealed)?;
    serde_json::from_str(&plain)
        .map_err(|error| StoreError::Unreadable { what: format!("contacts: {error}") })
}

/// Takes the person out of the contacts of the enterprise.
pub(crate) async fn forget_contacts(tx: &mut Tx, person: &Person, actor: &str) -> Result<u64, StoreError> {
    const SQL: &str = "
        update enterprise_contact set sealed = $2, changed_by = $3, changed_at = $4 where enterprise_id = $1";
    let all = contacts_of(tx, person).await?;
    let before = all.len();
    let left: Vec<Contact> = all.into_iter().filter(|contact| !is_same(contact, person)).collect();
    let gone = before - left.len();
    if let Some(enterprise) = person.enterprise.as_ref().filter(|_| gone > 0) {
        let sealed = tx.vault()?.seal(&crate::enterprises::contact_place(enterprise), &to_json(&left)?)?;
        on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
            .bind(enterprise)
            .bind(&sealed)
            .bind(actor)
            .bind(text(tx.at))
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(gone as u64)
}

/// Addresses and devices that an account left in books that do not need them.
pub(crate) async fn forget_account(tx: &mut Tx, account: &str) -> Result<(), StoreError> {
    const JOBS: &str = "update job set ordered_by_email = 'erased' where ordered_by = $1";
    const SESSIONS: &str = "update session set user_agent = '' where account_id = $1";
    const IDENTITIES: &str = "delete from account_identity where account_id = $1";
    for sql in [JOBS, SESSIONS, IDENTITIES] {
        on!(Connection::&mut tx.connection, |conn| sqlx::query(sql)
            .bind(account)
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(())
}
