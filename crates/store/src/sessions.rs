//! Sessions: who is signed in, on which device, until when. The cookie's secret is kept as a digest.

use domain::actor::{OwnAccount, Permit};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::accounts::Account;
use crate::codec::{Moment, text};
use crate::{Connection, Pool, Secret, Store, StoreError, Tx, audit, grants};

/// A session that nobody used for this long is over.
pub const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// A session is over after this long in any case: one working day.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(12);
/// How stale `seen_at` may get before it is written again.
const TOUCH: SignedDuration = SignedDuration::from_mins(2);

/// A session and its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub account: Account,
    /// Must come back with every form this session sends.
    pub form_token: String,
    pub seen_at: Timestamp,
}

/// A session as its owner sees it in the list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionLine {
    pub id: String,
    pub user_agent: String,
    #[sqlx(try_from = "Moment")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "Moment")]
    pub seen_at: Timestamp,
}

#[derive(Debug)]
pub struct NewSession<'a> {
    pub id: &'a str,
    pub secret: &'a Secret,
    pub form_token: &'a Secret,
    pub user_agent: &'a str,
}

/// Begins a session, after the password was found right.
pub async fn begin(tx: &mut Tx, permit: &Permit<OwnAccount>, new: &NewSession<'_>) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into session (id, digest, account_id, form_token, user_agent, created_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $6, $7)";
    const SEEN: &str = "update account set signed_in_at = $2 where id = $1";
    let account = permit.action().account.clone();
    let user_agent: String = new.user_agent.chars().take(200).collect();
    let at = text(tx.at);
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(ADD)
            .bind(new.id)
            .bind(new.secret.digest())
            .bind(&account)
            .bind(new.form_token.text())
            .bind(&user_agent)
            .bind(&at)
            .bind(text(tx.at + LIFETIME))
            .execute(&mut **conn)
            .await?;
        sqlx::query(SEEN).bind(&account).bind(&at).execute(&mut **conn).await?;
    });
    audit::append(tx, permit.actor(), "session.begin", &account, json!({ "session": new.id })).await
}

/// The session of a cookie, if it still counts.
pub async fn find(store: &Store, secret: &Secret, now: Timestamp) -> Result<Option<Session>, StoreError> {
    const SQL: &str = "
        select session.id as session_id, form_token, seen_at, account.*
        from session join account on account.id = session.account_id
        where digest = $1 and revoked_at is null and expires_at > $2 and seen_at > $3 and not disabled";
    #[derive(sqlx::FromRow)]
    struct Row {
        session_id: String,
        form_token: String,
        #[sqlx(try_from = "Moment")]
        seen_at: Timestamp,
        #[sqlx(flatten)]
        account: Account,
    }
    let row: Option<Row> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(secret.digest())
        .bind(text(now))
        .bind(text(now - IDLE))
        .fetch_optional(pool)
        .await?);
    let Some(row) = row else { return Ok(None) };
    let mut account = row.account;
    grants::fill(store, std::slice::from_mut(&mut account)).await?;
    Ok(Some(Session { id: row.session_id, account, form_token: row.form_token, seen_at: row.seen_at }))
}

/// Remembers that a session is in use; writes at most once in two minutes.
pub async fn touch(store: &Store, session: &Session, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "update session set seen_at = $2 where id = $1 and seen_at < $2";
    if now.duration_since(session.seen_at) >= TOUCH {
        on!(Pool::&store.pool, |pool| sqlx::query(SQL)
            .bind(&session.id)
            .bind(text(now))
            .execute(pool)
            .await
            .map(drop)?);
    }
    Ok(())
}

/// The live sessions of an account, newest first.
pub async fn list(
    store: &Store,
    permit: &Permit<OwnAccount>,
    now: Timestamp,
) -> Result<Vec<SessionLine>, StoreError> {
    const SQL: &str = "
        select id, user_agent, created_at, seen_at from session
        where account_id = $1 and revoked_at is null and expires_at > $2 and seen_at > $3
        order by id desc limit 100";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(&permit.action().account)
        .bind(text(now))
        .bind(text(now - IDLE))
        .fetch_all(pool)
        .await?))
}

/// Ends one of the own sessions.
pub async fn revoke(tx: &mut Tx, permit: &Permit<OwnAccount>, session: &str) -> Result<(), StoreError> {
    const SQL: &str =
        "update session set revoked_at = $3 where id = $1 and account_id = $2 and revoked_at is null";
    let account = permit.action().account.clone();
    let ended = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(session)
        .bind(&account)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if ended == 0 {
        return Err(StoreError::not_found("session", session));
    }
    audit::append(tx, permit.actor(), "session.end", &account, json!({ "session": session })).await
}

/// Ends all sessions of an account but one. The caller writes the audit entry.
pub(crate) async fn revoke_all(tx: &mut Tx, account: &str, keep: Option<&str>) -> Result<(), StoreError> {
    const SQL: &str = "
        update session set revoked_at = $2
        where account_id = $1 and revoked_at is null and ($3 is null or id <> $3)";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(account)
        .bind(text(tx.at))
        .bind(keep)
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}
