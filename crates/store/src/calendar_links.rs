//! Private addresses of calendars: whoever has one sees the own trainings and visits, and nothing else.

use domain::actor::{OwnAccount, Permit};
use jiff::Timestamp;
use serde_json::json;

use crate::accounts::Account;
use crate::codec::{Moment, text};
use crate::{Connection, Pool, Secret, Store, StoreError, Tx, audit, grants};

/// Makes a new address; the one before stops working.
pub async fn renew(tx: &mut Tx, permit: &Permit<OwnAccount>, secret: &Secret) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into calendar_link (account_id, digest, created_at) values ($1, $2, $3)
        on conflict (account_id) do update set digest = excluded.digest, created_at = excluded.created_at";
    let account = permit.action().account.clone();
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&account)
        .bind(secret.digest())
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    audit::append(tx, permit.actor(), "account.calendar", &account, json!({})).await
}

/// Since when this account has an address.
pub async fn since(store: &Store, permit: &Permit<OwnAccount>) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "select created_at from calendar_link where account_id = $1";
    let since: Option<Moment> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL)
        .bind(&permit.action().account)
        .fetch_optional(pool)
        .await?);
    Ok(since.map(Timestamp::from))
}

/// Whose address this is; nobody's if it was renewed or the account is disabled.
pub async fn owner(store: &Store, secret: &Secret) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "
        select account.* from account join calendar_link on calendar_link.account_id = account.id
        where digest = $1 and not disabled";
    let found = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(secret.digest())
        .fetch_optional(pool)
        .await?);
    grants::fill_one(store, found).await
}
