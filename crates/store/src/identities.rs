//! Who is who at an identity provider. It opens only accounts that somebody was invited to: at the first
//! sign-in the verified e-mail finds the account, and from then on the subject does.

use domain::actor::Actor;
use serde_json::json;

use crate::accounts::{self, Account, Email};
use crate::codec::text;
use crate::{Connection, Store, StoreError, Tx, audit};

/// Somebody as a provider names them.
#[derive(Clone, Debug)]
pub struct Identity<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    /// Only if the provider has verified it.
    pub email: Option<&'a Email>,
}

/// The account of an identity, bound to it from the first time on; `None` if nobody was invited under that
/// address, the account is closed, or it belongs to another subject.
pub async fn account(tx: &mut Tx, identity: &Identity<'_>) -> Result<Option<Account>, StoreError> {
    const BOUND: &str = "select account_id from account_identity where issuer = $1 and subject = $2";
    let bound: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(BOUND)
        .bind(identity.issuer)
        .bind(identity.subject)
        .fetch_optional(&mut **conn)
        .await?);
    let account = match bound {
        Some(account) => Some(accounts::get_in(tx, &account).await?),
        None => bind(tx, identity).await?,
    };
    Ok(account.filter(|account| !account.disabled))
}

async fn bind(tx: &mut Tx, identity: &Identity<'_>) -> Result<Option<Account>, StoreError> {
    const FIND: &str = "select id from account where email = $1 and not disabled";
    const BIND: &str = "
        insert into account_identity (issuer, subject, account_id, bound_at) values ($1, $2, $3, $4)
        on conflict do nothing";
    let Some(email) = identity.email else { return Ok(None) };
    let found: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(FIND)
        .bind(email.as_str())
        .fetch_optional(&mut **conn)
        .await?);
    let Some(id) = found else { return Ok(None) };
    let bound = on!(Connection::&mut tx.connection, |conn| sqlx::query(BIND)
        .bind(identity.issuer)
        .bind(identity.subject)
        .bind(&id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if bound == 0 {
        // The account is somebody else's there.
        return Ok(None);
    }
    let account = accounts::get_in(tx, &id).await?;
    let actor: Actor = account.actor();
    audit::append(tx, &actor, "account.bind", &id, json!({ "issuer": identity.issuer })).await?;
    Ok(Some(account))
}

/// What the program has signed for a short while, such as that a provider vouched for somebody who still owes
/// a code.
pub fn sign(store: &Store, purpose: &str, text: &str) -> Result<String, StoreError> {
    Ok(store.vault.as_ref().ok_or(StoreError::NoKey)?.digest(purpose, text))
}
