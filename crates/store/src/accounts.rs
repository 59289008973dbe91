//! Accounts: who may sign in, and as what. They are disabled, never deleted: the audit log names them.

use domain::actor::{Actor, Grant, ManageAccounts, OwnAccount, Permit};
use jiff::Timestamp;
use serde_json::json;

use crate::codec::{MaybeMoment, Moment, text};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit, grants, sessions};

/// An e-mail address in the one spelling under which it is an account's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not an e-mail address: write it as name@office.go.id")]
pub struct InvalidEmail {
    pub input: String,
}

impl Email {
    /// Takes an address as people type it. Deliberately lenient: only a letter proves an address.
    pub fn parse(input: &str) -> Result<Self, InvalidEmail> {
        let email = input.trim().to_lowercase();
        let plausible = email.len() <= 254
            && email.chars().all(|letter| !letter.is_whitespace() && !letter.is_control())
            && email.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && !host.contains('@') && host_is_plausible(host)
            });
        if plausible {
            Ok(Email(email))
        } else {
            Err(InvalidEmail { input: input.chars().take(80).collect() })
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn host_is_plausible(host: &str) -> bool {
    !host.is_empty() && host.split('.').all(|label| !label.is_empty())
}

/// Someone who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    pub id: String,
    pub email: String,
    pub name: String,
    /// argon2id in PHC form; `None` until a first sign-in link was used.
    pub password_hash: Option<String>,
    pub disabled: bool,
    #[sqlx(try_from = "Moment")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "MaybeMoment")]
    pub signed_in_at: Option<Timestamp>,
    /// What it may be, and where; only grants that count.
    #[sqlx(skip)]
    pub grants: Vec<Grant>,
}

impl Account {
    pub fn actor(&self) -> Actor {
        Actor { id: self.id.clone(), email: self.email.clone(), grants: self.grants.clone() }
    }
}

/// What is needed to open an account; its id is the permit's.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: Email,
    pub name: String,
    /// The first grant and its fresh id; more can be given later.
    pub grant_id: String,
    pub grant: Grant,
}

/// Opens an account. It can do nothing until its owner uses a sign-in link.
pub async fn add(tx: &mut Tx, permit: &Permit<ManageAccounts>, new: &NewAccount) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into account (id, email, name, created_at) values ($1, $2, $3, $4)
        on conflict (email) do nothing";
    let id = &permit.action().account;
    let added = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(new.email.as_str())
        .bind(new.name.trim())
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Err(StoreError::EmailTaken { email: new.email.as_str().to_owned() });
    }
    grants::write(tx, permit.actor(), id, &new.grant_id, &new.grant).await?;
    let detail = json!({ "grant": new.grant_id, "what": new.grant });
    audit::append(tx, permit.actor(), "account.add", id, detail).await
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "select * from account where id = $1";
    let found = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    grants::fill_one(store, found).await
}

pub async fn get(store: &Store, id: &str) -> Result<Account, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("account", id))
}

pub async fn find_by_email(store: &Store, email: &Email) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "select * from account where email = $1";
    let found = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(email.as_str())
        .fetch_optional(pool)
        .await?);
    grants::fill_one(store, found).await
}

/// Accounts, the newest first.
pub async fn list(store: &Store, before: Option<&str>, limit: u32) -> Result<Page<Account>, StoreError> {
    const SQL: &str = "select * from account where ($1 is null or id < $1) order by id desc limit $2";
    let mut rows: Vec<Account> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
    grants::fill(store, &mut rows).await?;
    Ok(Page::cut(rows, limit, |account| account.id.clone()))
}

/// Takes away, or gives back, the right to sign in. Taking it away ends every session at once.
pub async fn set_disabled(
    tx: &mut Tx,
    permit: &Permit<ManageAccounts>,
    disabled: bool,
) -> Result<(), StoreError> {
    const SQL: &str = "update account set disabled = $2 where id = $1";
    let id = permit.action().account.clone();
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&id)
        .bind(disabled)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::not_found("account", &id));
    }
    if disabled {
        sessions::revoke_all(tx, &id, None).await?;
    }
    let action = if disabled { "account.disable" } else { "account.enable" };
    audit::append(tx, permit.actor(), action, &id, json!({})).await?;
    refuse_to_lock_everybody_out(tx).await
}

/// Sets the own password and ends every other session of the account.
pub async fn set_password(
    tx: &mut Tx,
    permit: &Permit<OwnAccount>,
    password_hash: &str,
    keep_session: Option<&str>,
) -> Result<(), StoreError> {
    let id = permit.action().account.clone();
    write_password(tx, &id, password_hash).await?;
    sessions::revoke_all(tx, &id, keep_session).await?;
    audit::append(tx, permit.actor(), "account.password", &id, json!({})).await
}

pub(crate) async fn write_password(tx: &mut Tx, id: &str, password_hash: &str) -> Result<(), StoreError> {
    const SQL: &str = "update account set password_hash = $2 where id = $1 and not disabled";
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(password_hash)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 { Err(StoreError::not_found("account", id)) } else { Ok(()) }
}

pub(crate) async fn get_in(tx: &mut Tx, id: &str) -> Result<Account, StoreError> {
    const SQL: &str = "select * from account where id = $1";
    let account: Option<Account> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(id)
        .fetch_optional(&mut **conn)
        .await?);
    let mut account = account.ok_or_else(|| StoreError::not_found("account", id))?;
    grants::fill_in(tx, &mut account).await?;
    Ok(account)
}

/// The last administrator can neither be disabled nor made something less. Looked at after the
/// audit entry, which holds the head of the log: two administrators who disable each other at the
/// same moment come one after the other.
pub(crate) async fn refuse_to_lock_everybody_out(tx: &mut Tx) -> Result<(), StoreError> {
    const SQL: &str = "
        select count(*) from account join account_grant on account_id = account.id
        where not disabled and withdrawn_at is null and role = 'administrator'
            and programme is null and region is null and organisation is null and enterprise is null";
    let left: i64 =
        on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL).fetch_one(&mut **conn).await?);
    if left == 0 { Err(StoreError::Conflict { rule: "one administrator must remain" }) } else { Ok(()) }
}
