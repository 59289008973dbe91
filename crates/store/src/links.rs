//! One-time sign-in links: how a new account, or one whose password is lost, sets its password.

use domain::actor::{Actor, ManageAccounts, OwnAccount, Permit};
use jiff::Timestamp;
use serde_json::json;

use crate::accounts::{self, Account};
use crate::codec::text;
use crate::{Connection, Pool, Secret, Store, StoreError, Tx, audit, grants, sessions};

/// Makes a link for an account. Links made before it stop working: only the newest counts.
pub async fn issue(
    tx: &mut Tx,
    permit: &Permit<ManageAccounts>,
    secret: &Secret,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let id = permit.action().account.clone();
    write(tx, permit.actor(), &id, secret, expires_at).await
}

/// The same for the own account, by somebody who forgot the password and waits for the mail.
pub async fn ask(
    tx: &mut Tx,
    permit: &Permit<OwnAccount>,
    secret: &Secret,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let id = permit.action().account.clone();
    write(tx, permit.actor(), &id, secret, expires_at).await
}

async fn write(
    tx: &mut Tx,
    actor: &Actor,
    id: &str,
    secret: &Secret,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const RETIRE: &str = "update sign_in_link set used_at = $2 where account_id = $1 and used_at is null";
    const ADD: &str = "
        insert into sign_in_link (digest, account_id, created_at, expires_at) values ($1, $2, $3, $4)";
    accounts::get_in(tx, id).await?;
    let at = text(tx.at);
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(RETIRE).bind(id).bind(&at).execute(&mut **conn).await?;
        sqlx::query(ADD)
            .bind(secret.digest())
            .bind(id)
            .bind(&at)
            .bind(text(expires_at))
            .execute(&mut **conn)
            .await?;
    });
    audit::append(tx, actor, "account.link", id, json!({ "expires_at": text(expires_at) })).await
}

/// Whose link this is, if it still works. Looking does not use it up: mail scanners look too.
pub async fn owner(store: &Store, secret: &Secret, now: Timestamp) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "
        select account.* from account join sign_in_link on sign_in_link.account_id = account.id
        where digest = $1 and used_at is null and expires_at > $2 and not disabled";
    let found = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(secret.digest())
        .bind(text(now))
        .fetch_optional(pool)
        .await?);
    grants::fill_one(store, found).await
}

/// Uses a link up: sets the password and ends the sessions there were. `None` if it does not work.
pub async fn redeem(
    tx: &mut Tx,
    secret: &Secret,
    password_hash: &str,
) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "
        update sign_in_link set used_at = $2
        where digest = $1 and used_at is null and expires_at > $2
            and exists (select 1 from account where account.id = account_id and not disabled)
        returning account_id";
    let account: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(secret.digest())
        .bind(text(tx.at))
        .fetch_optional(&mut **conn)
        .await?);
    let Some(id) = account else { return Ok(None) };
    accounts::write_password(tx, &id, password_hash).await?;
    sessions::revoke_all(tx, &id, None).await?;
    let account = accounts::get_in(tx, &id).await?;
    audit::append(tx, &account.actor(), "account.redeem", &id, json!({})).await?;
    Ok(Some(account))
}
