//! Accounts: who may sign in, and as what. They are disabled, never deleted: the audit log names them.

use domain::actor::{Actor, ManageAccounts, OwnAccount, Permit, Role};
use jiff::Timestamp;
use serde_json::json;

use crate::codec::{MaybeMoment, Moment, RoleCode, text};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit, sessions};

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
    #[sqlx(try_from = "RoleCode")]
    pub role: Role,
    /// argon2id in PHC form; `None` until a first sign-in link was used.
    pub password_hash: Option<String>,
    pub disabled: bool,
    #[sqlx(try_from = "Moment")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "MaybeMoment")]
    pub signed_in_at: Option<Timestamp>,
}

impl Account {
    pub fn actor(&self) -> Actor {
        Actor { id: self.id.clone(), email: self.email.clone(), role: self.role }
    }
}

/// What is needed to open an account; its id is the permit's.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: Email,
    pub name: String,
    pub role: Role,
}

/// Opens an account. It can do nothing until its owner uses a sign-in link.
pub async fn add(tx: &mut Tx, permit: &Permit<ManageAccounts>, new: &NewAccount) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into account (id, email, name, role, created_at) values ($1, $2, $3, $4, $5)
        on conflict (email) do nothing";
    let id = &permit.action().account;
    let added = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(new.email.as_str())
        .bind(new.name.trim())
        .bind(new.role.code())
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Err(StoreError::EmailTaken { email: new.email.as_str().to_owned() });
    }
    audit::append(tx, permit.actor(), "account.add", id, json!({ "role": new.role.code() })).await
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "select * from account where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

pub async fn get(store: &Store, id: &str) -> Result<Account, StoreError> {
    find(store, id).await?.ok_or_else(|| StoreError::not_found("account", id))
}

pub async fn find_by_email(store: &Store, email: &Email) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "select * from account where email = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(email.as_str())
        .fetch_optional(pool)
        .await?))
}

/// Accounts, the newest first.
pub async fn list(store: &Store, before: Option<&str>, limit: u32) -> Result<Page<Account>, StoreError> {
    const SQL: &str = "select * from account where ($1 is null or id < $1) order by id desc limit $2";
    let rows: Vec<Account> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .fetch_all(pool)
        .await?);
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

/// Changes what an account may do, from its next request on.
pub async fn set_role(tx: &mut Tx, permit: &Permit<ManageAccounts>, role: Role) -> Result<(), StoreError> {
    const SQL: &str = "update account set role = $2 where id = $1";
    let id = permit.action().account.clone();
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&id)
        .bind(role.code())
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::not_found("account", &id));
    }
    audit::append(tx, permit.actor(), "account.role", &id, json!({ "role": role.code() })).await?;
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
    account.ok_or_else(|| StoreError::not_found("account", id))
}

/// The last administrator can neither be disabled nor made something less. Looked at after the
/// audit entry, which holds the head of the log: two administrators who disable each other at the
/// same moment come one after the other.
async fn refuse_to_lock_everybody_out(tx: &mut Tx) -> Result<(), StoreError> {
    const SQL: &str = "select count(*) from account where role = 'administrator' and not disabled";
    let left: i64 =
        on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL).fetch_one(&mut **conn).await?);
    if left == 0 { Err(StoreError::Conflict { rule: "one administrator must remain" }) } else { Ok(()) }
}
