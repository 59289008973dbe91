//! The brake on guessing passwords: failed attempts are counted by account and by address.
//!
//! An attempt is counted before the password is looked at and forgiven if it was right, so that
//! many attempts at once do not slip through together.

use jiff::{SignedDuration, Timestamp};

use crate::accounts::Email;
use crate::codec::text;
use crate::{Connection, StoreError, Tx};

/// Failures are remembered for this long.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
pub const FAILURES_PER_ACCOUNT: i64 = 5;
/// More than per account: a whole office may share one address.
pub const FAILURES_PER_ADDRESS: i64 = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brake {
    Go,
    /// Too many failures; try again at this moment.
    Wait {
        until: Timestamp,
    },
}

/// Counts one attempt, unless there were too many already. `id` is a fresh id of the caller's.
pub async fn attempt(tx: &mut Tx, id: &str, email: &Email, address: &str) -> Result<Brake, StoreError> {
    const SWEEP: &str = "delete from sign_in_attempt where at <= $1";
    const COUNT: &str = "select count(*), min(at) from sign_in_attempt where scope = $1";
    const ADD: &str = "insert into sign_in_attempt (id, scope, at) values ($1, $2, $3)";
    let at = text(tx.at);
    let since = text(tx.at - WINDOW);
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SWEEP)
        .bind(&since)
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let scopes =
        [(account_scope(email), FAILURES_PER_ACCOUNT), (format!("address:{address}"), FAILURES_PER_ADDRESS)];
    for (scope, most) in &scopes {
        let (failures, oldest): (i64, Option<String>) = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(COUNT)
                .bind(scope)
                .fetch_one(&mut **conn)
                .await?);
        if failures >= *most {
            let oldest = oldest.and_then(|oldest| oldest.parse::<Timestamp>().ok()).unwrap_or(tx.at);
            return Ok(Brake::Wait { until: oldest + WINDOW });
        }
    }
    for (index, (scope, _)) in scopes.iter().enumerate() {
        on!(Connection::&mut tx.connection, |conn| sqlx::query(ADD)
            .bind(format!("{id}/{index}"))
            .bind(scope)
            .bind(&at)
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(Brake::Go)
}

/// The password was right: this attempt, and the account's failures, no longer count.
pub async fn forgive(tx: &mut Tx, id: &str, email: &Email) -> Result<(), StoreError> {
    const SQL: &str = "delete from sign_in_attempt where scope = $1 or id = $2";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(account_scope(email))
        .bind(format!("{id}/1"))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Attempts are counted for addresses without an account too, or counting would tell which exist.
/// The digest keeps mistyped passwords in the e-mail field out of the ledger.
fn account_scope(email: &Email) -> String {
    format!("account:{}", blake3::hash(email.as_str().as_bytes()).to_hex())
}
