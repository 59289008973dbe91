//! Enterprises in the ledger: entering, correcting, and everything that is said of one.
//!
//! Nothing is overwritten without a trace: every version stays, and who changed it. Where an
//! enterprise stands is looked up again in the transaction, so that a permit cannot be older than
//! the truth.

use domain::actor::{Action, Permit, Place};
use domain::enterprise::{
    ChangeEnterprise, Contact, Enterprise, Nib, Npwp, ReadContacts, ReadEnterprise, RecordContacts,
    RecordSites, RecordWorkforce, RegisterEnterprise, Site, Workforce, name,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::codec::{Document, Moment, text, to_json};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// An enterprise as it stands in the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    pub id: String,
    /// Itself, or the entry into which it was merged.
    pub canonical_id: String,
    pub enterprise: Enterprise,
    pub sites: Vec<Site>,
    pub synthetic: bool,
    pub version: i64,
    pub recorded_at: Timestamp,
    pub changed_by: String,
    pub changed_at: Timestamp,
}

impl Registered {
    pub fn place(&self) -> Place {
        self.enterprise.place(&self.id)
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: String,
    canonical_id: String,
    #[sqlx(try_from = "Document")]
    detail: Value,
    #[sqlx(try_from = "Document")]
    sites: Value,
    synthetic: bool,
    version: i64,
    #[sqlx(try_from = "Moment")]
    recorded_at: Timestamp,
    changed_by: String,
    #[sqlx(try_from = "Moment")]
    changed_at: Timestamp,
}

pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::Unreadable { what: error.to_string() })
}

impl Row {
    pub(crate) fn read(self) -> Result<Registered, StoreError> {
        Ok(Registered {
            enterprise: read(self.detail)?,
            sites: read(self.sites)?,
            id: self.id,
            canonical_id: self.canonical_id,
            synthetic: self.synthetic,
            version: self.version,
            recorded_at: self.recorded_at,
            changed_by: self.changed_by,
            changed_at: self.changed_at,
        })
    }
}

/// Enters an enterprise, with its first count of workers and its contacts.
pub async fn register(tx: &mut Tx, permit: &Permit<RegisterEnterprise>) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into enterprise (id, canonical_id, name, name_key, nib, npwp, activity, region, organisation_id,
            detail, synthetic, recorded_by, recorded_at, changed_by, changed_at)
        values ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)";
    let act = permit.action();
    let enterprise = &act.enterprise;
    let detail = to_json(enterprise)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&act.id)
        .bind(&enterprise.name)
        .bind(name_key(enterprise))
        .bind(enterprise.nib.as_ref().map(Nib::as_str))
        .bind(enterprise.npwp.as_ref().map(Npwp::as_str))
        .bind(&enterprise.activity)
        .bind(&enterprise.region)
        .bind(&enterprise.organisation)
        .bind(&detail)
        .bind(act.synthetic)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    keep_version(tx, &act.id, RegisterEnterprise::NAME, &permit.actor().id).await?;
    file_name(tx, &act.id, enterprise).await?;
    if let Some(workforce) = &act.workforce {
        write_workforce(tx, &act.id, workforce, &permit.actor().id).await?;
    }
    if !act.contacts.is_empty() {
        write_contacts(tx, &act.id, &act.contacts, &permit.actor().id).await?;
    }
    let detail = json!({ "region": enterprise.region, "organisation": enterprise.organisation,
        "synthetic": act.synthetic, "not_the_same_as": act.not_the_same_as });
    audit::append(tx, permit.actor(), RegisterEnterprise::NAME, &act.id, detail).await
}

/// Replaces what the register says; returns the new version. Whoever was slower is told who was not.
pub async fn change(tx: &mut Tx, permit: &Permit<ChangeEnterprise>) -> Result<i64, StoreError> {
    let act = permit.action();
    let now = get_in(tx, &act.id).await?;
    stands_where(&now, &act.place)?;
    if now.version != act.version {
        return Err(StoreError::Stale {
            noun: "enterprise",
            id: act.id.clone(),
            by: now.changed_by,
            at: now.changed_at,
        });
    }
    // Nobody moves an enterprise to where they have no say.
    let there = ChangeEnterprise { place: act.enterprise.place(&act.id), ..act.clone() };
    permit.actor().permit(there)?;
    write_detail(tx, &act.id, &act.enterprise, ChangeEnterprise::NAME, &permit.actor().id).await?;
    file_name(tx, &act.id, &act.enterprise).await?;
    let fields = changed_fields(&now.enterprise, &act.enterprise)?;
    audit::append(tx, permit.actor(), ChangeEnterprise::NAME, &act.id, json!({ "fields": fields })).await?;
    Ok(now.version + 1)
}

/// The names of the fields that differ, for the log: names, not values.
fn changed_fields(before: &Enterprise, after: &Enterprise) -> Result<Vec<String>, StoreError> {
    let fields = |enterprise: &Enterprise| {
        serde_json::to_value(enterprise).map_err(|error| StoreError::Unreadable { what: error.to_string() })
    };
    let (before, after) = (fields(before)?, fields(after)?);
    let Value::Object(after) = after else { return Ok(Vec::new()) };
    Ok(after
        .into_iter()
        .filter(|(field, value)| before.get(field) != Some(value))
        .map(|(field, _)| field)
        .collect())
}

/// Writes a new version of what the register says; the caller has checked and logs.
pub(crate) async fn write_detail(
    tx: &mut Tx,
    id: &str,
    enterprise: &Enterprise,
    action: &str,
    actor: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update enterprise set name = $2, name_key = $3, nib = $4, npwp = $5, activity = $6, region = $7,
            organisation_id = $8, detail = $9, version = version + 1, changed_by = $10, changed_at = $11
        where id = $1";
    let detail = to_json(enterprise)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(&enterprise.name)
        .bind(name_key(enterprise))
        .bind(enterprise.nib.as_ref().map(Nib::as_str))
        .bind(enterprise.npwp.as_ref().map(Npwp::as_str))
        .bind(&enterprise.activity)
        .bind(&enterprise.region)
        .bind(&enterprise.organisation)
        .bind(&detail)
        .bind(actor)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    keep_version(tx, id, action, actor).await
}

async fn keep_version(tx: &mut Tx, id: &str, action: &str, actor: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into enterprise_version (enterprise_id, version, detail, sites, action, changed_by, changed_at)
        select id, version, detail, sites, $2, $3, $4 from enterprise where id = $1";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(action)
        .bind(actor)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

fn name_key(enterprise: &Enterprise) -> String {
    name::words(&enterprise.name).join(" ")
}

/// Files the words of the names, so that a search finds them. Words of older names stay: people
/// remember those too.
async fn file_name(tx: &mut Tx, id: &str, enterprise: &Enterprise) -> Result<(), StoreError> {
    const WORD: &str =
        "insert into enterprise_word (word, enterprise_id) values ($1, $2) on conflict do nothing";
    const KEY: &str = "insert into word_key (key, word) values ($1, $2) on conflict do nothing";
    let mut words = name::index_words(&enterprise.name);
    words.extend(name::index_words(&enterprise.trade_name));
    for word in words {
        let known = on!(Connection::&mut tx.connection, |conn| {
            sqlx::query(WORD).bind(&word).bind(id).execute(&mut **conn).await?;
            sqlx::query(KEY).bind(&word).bind(&word).execute(&mut **conn).await?.rows_affected() == 0
        });
        if known {
            continue;
        }
        for key in name::keys(&word) {
            on!(Connection::&mut tx.connection, |conn| sqlx::query(KEY)
                .bind(&key)
                .bind(&word)
                .execute(&mut **conn)
                .await
                .map(drop)?);
        }
    }
    Ok(())
}

/// Says how many work there in a year. What was said of that year before stays, superseded.
pub async fn record_workforce(tx: &mut Tx, permit: &Permit<RecordWorkforce>) -> Result<(), StoreError> {
    let act = permit.action();
    stands_where(&get_in(tx, &act.enterprise).await?, &act.place)?;
    write_workforce(tx, &act.enterprise, &act.workforce, &permit.actor().id).await?;
    let detail = json!({ "year": act.workforce.year, "workers": act.workforce.total() });
    audit::append(tx, permit.actor(), RecordWorkforce::NAME, &act.enterprise, detail).await
}

async fn write_workforce(
    tx: &mut Tx,
    id: &str,
    workforce: &Workforce,
    actor: &str,
) -> Result<(), StoreError> {
    const SUPERSEDE: &str = "
        update enterprise_workforce set superseded_at = $3
        where enterprise_id = $1 and year = $2 and superseded_at is null";
    const ADD: &str = "
        insert into enterprise_workforce (enterprise_id, year, serial, male, female, workers, sales, detail,
            recorded_by, recorded_at)
        select $1, $2, count(*), $3, $4, $5, $6, $7, $8, $9 from enterprise_workforce
        where enterprise_id = $1 and year = $2";
    const COPY: &str = "
        update enterprise set workers = (
            select workers from enterprise_workforce
            where enterprise_id = $1 and superseded_at is null and workers is not null
            order by year desc limit 1)
        where id = $1";
    let detail = to_json(workforce)?;
    let year = i64::from(workforce.year);
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SUPERSEDE).bind(id).bind(year).bind(text(tx.at)).execute(&mut **conn).await?;
        sqlx::query(ADD)
            .bind(id)
            .bind(year)
            .bind(workforce.male().map(i64::from))
            .bind(workforce.female().map(i64::from))
            .bind(workforce.total().map(i64::from))
            .bind(workforce.sales)
            .bind(&detail)
            .bind(actor)
            .bind(text(tx.at))
            .execute(&mut **conn)
            .await?;
        sqlx::query(COPY).bind(id).execute(&mut **conn).await?;
    });
    Ok(())
}

/// Says where else the enterprise works.
pub async fn record_sites(tx: &mut Tx, permit: &Permit<RecordSites>) -> Result<(), StoreError> {
    const SQL: &str = "
        update enterprise set sites = $2, version = version + 1, changed_by = $3, changed_at = $4 where id = $1";
    let act = permit.action();
    stands_where(&get_in(tx, &act.enterprise).await?, &act.place)?;
    let sites = to_json(&act.sites)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&act.enterprise)
        .bind(&sites)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    keep_version(tx, &act.enterprise, RecordSites::NAME, &permit.actor().id).await?;
    let detail = json!({ "sites": act.sites.len() });
    audit::append(tx, permit.actor(), RecordSites::NAME, &act.enterprise, detail).await
}

/// Says who is to be called or written to. Whom one had before is forgotten.
pub async fn record_contacts(tx: &mut Tx, permit: &Permit<RecordContacts>) -> Result<(), StoreError> {
    let act = permit.action();
    stands_where(&get_in(tx, &act.enterprise).await?, &act.place)?;
    write_contacts(tx, &act.enterprise, &act.contacts, &permit.actor().id).await?;
    let detail = json!({ "contacts": act.contacts.len() });
    audit::append(tx, permit.actor(), RecordContacts::NAME, &act.enterprise, detail).await
}

async fn write_contacts(tx: &mut Tx, id: &str, contacts: &[Contact], actor: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into enterprise_contact (enterprise_id, sealed, changed_by, changed_at) values ($1, $2, $3, $4)
        on conflict (enterprise_id) do update set
            sealed = excluded.sealed, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    let sealed = tx.vault()?.seal(&contact_place(id), &to_json(&contacts)?)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(&sealed)
        .bind(actor)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

pub(crate) fn contact_place(id: &str) -> String {
    format!("enterprise_contact/{id}")
}

/// Who is to be called or written to. The look itself goes on record, in the same transaction.
pub async fn contacts(tx: &mut Tx, permit: &Permit<ReadContacts>) -> Result<Vec<Contact>, StoreError> {
    const SQL: &str = "select sealed from enterprise_contact where enterprise_id = $1";
    let act = permit.action();
    stands_where(&get_in(tx, &act.enterprise).await?, &act.place)?;
    let sealed: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(&act.enterprise)
        .fetch_optional(&mut **conn)
        .await?);
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let plain = tx.vault()?.open(&contact_place(&act.enterprise), &sealed)?;
    let contacts = serde_json::from_str(&plain)
        .map_err(|error| StoreError::Unreadable { what: format!("contacts: {error}") })?;
    audit::append(tx, permit.actor(), ReadContacts::NAME, &act.enterprise, json!({})).await?;
    Ok(contacts)
}

/// The permit was made for where the enterprise stood when it was looked at.
pub(crate) fn stands_where(now: &Registered, place: &Place) -> Result<(), StoreError> {
    if now.place() == *place {
        return Ok(());
    }
    Err(StoreError::Stale {
        noun: "enterprise",
        id: now.id.clone(),
        by: now.changed_by.clone(),
        at: now.changed_at,
    })
}

/// Where an enterprise stands: what one needs to ask for a permit.
pub async fn place(store: &Store, id: &str) -> Result<Place, StoreError> {
    Ok(load(store, id).await?.place())
}

/// An enterprise in the register.
pub async fn get(store: &Store, permit: &Permit<ReadEnterprise>) -> Result<Registered, StoreError> {
    let found = load(store, &permit.action().enterprise).await?;
    stands_where(&found, &permit.action().place)?;
    Ok(found)
}

async fn load(store: &Store, id: &str) -> Result<Registered, StoreError> {
    const SQL: &str = "select * from enterprise where id = $1";
    let row: Option<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    row.ok_or_else(|| StoreError::not_found("enterprise", id))?.read()
}

pub(crate) async fn get_in(tx: &mut Tx, id: &str) -> Result<Registered, StoreError> {
    const SQL: &str = "select * from enterprise where id = $1";
    let row: Option<Row> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(id)
        .fetch_optional(&mut **conn)
        .await?);
    row.ok_or_else(|| StoreError::not_found("enterprise", id))?.read()
}

/// What was said of the years, newest first, of the enterprise and of those merged into it; of two
/// words about one year the later counts.
pub async fn workforce(store: &Store, permit: &Permit<ReadEnterprise>) -> Result<Vec<Workforce>, StoreError> {
    const SQL: &str = "
        select w.detail from enterprise_workforce w join enterprise e on e.id = w.enterprise_id
        where e.canonical_id = $1 and w.superseded_at is null order by w.year desc, w.recorded_at desc";
    let rows: Vec<Document> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL)
        .bind(&permit.action().enterprise)
        .fetch_all(pool)
        .await?);
    let mut all: Vec<Workforce> = rows.into_iter().map(|row| read(row.into())).collect::<Result<_, _>>()?;
    all.dedup_by_key(|workforce| workforce.year);
    Ok(all)
}

/// One state in which an enterprise stood in the register.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Version {
    pub version: i64,
    pub action: String,
    pub changed_by: String,
    #[sqlx(try_from = "Moment")]
    pub changed_at: Timestamp,
    #[sqlx(try_from = "Document")]
    pub detail: Value,
}

/// Every version, newest first.
pub async fn history(store: &Store, permit: &Permit<ReadEnterprise>) -> Result<Vec<Version>, StoreError> {
    const SQL: &str = "
        select version, action, changed_by, changed_at, detail from enterprise_version
        where enterprise_id = $1 order by version desc limit 200";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(&permit.action().enterprise)
        .fetch_all(pool)
        .await?))
}
