//! The audit log: who did what to what, when. Every entry seals the one before it.
//!
//! The log shows that it was changed; it cannot prevent it. Someone who may write to the database
//! could rebuild the whole chain, so the seal of the newest entry belongs into backups and onto
//! paper from time to time (`lumbung doctor` prints it).

use domain::actor::{Actor, Permit, ReadAudit};
use jiff::Timestamp;
use serde_json::Value;

use crate::codec::{Document, Moment, json, text};
use crate::{Connection, Page, Pool, Store, StoreError, Tx};

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Entry {
    pub seq: i64,
    #[sqlx(try_from = "Moment")]
    pub at: Timestamp,
    /// Id of the account, or `operator` for the command line.
    pub actor: String,
    /// Such as `import.accept`.
    pub action: String,
    pub subject: String,
    #[sqlx(try_from = "Document")]
    pub detail: Value,
    pub previous_hash: String,
    pub hash: String,
}

/// An entry as it is stored, for sealing: documents and times as their exact text.
#[derive(sqlx::FromRow)]
struct Sealed {
    seq: i64,
    at: String,
    actor: String,
    action: String,
    subject: String,
    detail: String,
    previous_hash: String,
    hash: String,
}

/// The state of an unbroken chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub entries: i64,
    /// The seal of the newest entry; empty before the first.
    pub head: String,
}

/// Adds an entry. Whoever appends first holds the head until the transaction ends, so the chain
/// never forks.
pub(crate) async fn append(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: Value,
) -> Result<(), StoreError> {
    const TAKE: &str = "update audit_head set seq = seq + 1 where id = 1 returning seq, hash";
    const ADD: &str = "
        insert into audit (seq, at, actor, action, subject, detail, previous_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    const SEAL: &str = "update audit_head set hash = $1 where id = 1";
    let (seq, previous_hash): (i64, String) =
        on!(Connection::&mut tx.connection, |tx| sqlx::query_as(TAKE).fetch_one(&mut **tx).await?);
    let mut entry = Sealed {
        seq,
        at: text(tx.at),
        actor: actor.id.clone(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: json(&detail),
        previous_hash,
        hash: String::new(),
    };
    entry.hash = entry.seal();
    on!(Connection::&mut tx.connection, |tx| {
        sqlx::query(ADD)
            .bind(entry.seq)
            .bind(&entry.at)
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.subject)
            .bind(&entry.detail)
            .bind(&entry.previous_hash)
            .bind(&entry.hash)
            .execute(&mut **tx)
            .await?;
        sqlx::query(SEAL).bind(&entry.hash).execute(&mut **tx).await?;
    });
    Ok(())
}

impl Sealed {
    /// BLAKE3 over all fields, each with its length, so that no text can pass for two.
    fn seal(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seq.to_le_bytes());
        for field in [&self.previous_hash, &self.at, &self.actor, &self.action, &self.subject, &self.detail] {
            hasher.update(&(field.len() as u64).to_le_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Entries, newest first; `before` is the `next` of the page before.
pub async fn list(
    store: &Store,
    _permit: &Permit<ReadAudit>,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<Entry>, StoreError> {
    const SQL: &str = "select * from audit where ($1 is null or seq < $1) order by seq desc limit $2";
    let before: Option<i64> = before.and_then(|seq| seq.parse().ok());
    let rows: Vec<Entry> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |entry| entry.seq.to_string()))
}

/// Looks at personal data, and what was done with it, newest first.
pub async fn personal(
    store: &Store,
    _permit: &Permit<ReadAudit>,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<Entry>, StoreError> {
    const SQL: &str = "
        select * from audit
        where ($1 is null or seq < $1)
            and (action like 'person.%' or action in ('enterprise.contacts', 'enterprise.contacts.change'))
        order by seq desc limit $2";
    let before: Option<i64> = before.and_then(|seq| seq.parse().ok());
    let rows: Vec<Entry> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    Ok(Page::cut(rows, limit, |entry| entry.seq.to_string()))
}

/// What was done to one thing, oldest first.
pub async fn of_subject(store: &Store, subject: &str, limit: u32) -> Result<Vec<Entry>, StoreError> {
    const SQL: &str = "select * from audit where subject = $1 order by seq limit $2";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(subject)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?))
}

/// Walks the whole chain and names the first entry that does not fit.
pub async fn verify_chain(store: &Store) -> Result<Chain, StoreError> {
    const SQL: &str = "select * from audit where seq > $1 order by seq limit 1000";
    const HEAD: &str = "select seq, hash from audit_head where id = 1";
    // The head first: entries that arrive while we walk lie beyond it and are left alone.
    let (last, head): (i64, String) =
        on!(Pool::&store.pool, |pool| sqlx::query_as(HEAD).fetch_one(pool).await?);
    let mut seen = Chain { entries: 0, head: String::new() };
    while seen.entries < last {
        let page: Vec<Sealed> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
            .bind(seen.entries)
            .fetch_all(pool)
            .await?);
        let broken = |seq, what| Err(StoreError::AuditBroken { seq, what });
        if page.is_empty() {
            return broken(seen.entries + 1, "entries are missing at the end");
        }
        for entry in page.into_iter().take_while(|entry| entry.seq <= last) {
            if entry.seq != seen.entries + 1 {
                return broken(seen.entries + 1, "an entry is missing");
            }
            if entry.previous_hash != seen.head {
                return broken(entry.seq, "it does not follow the entry before it");
            }
            if entry.seal() != entry.hash {
                return broken(entry.seq, "its text is not the text that was sealed");
            }
            seen = Chain { entries: entry.seq, head: entry.hash };
        }
    }
    if seen.head != head {
        return Err(StoreError::AuditBroken { seq: last, what: "the head of the log names another seal" });
    }
    Ok(seen)
}
