//! Empty ledgers to tell stories in, and the shorthand the stories share.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::actor::{Actor, Grant, ImportSurvey, ManageAccounts, Role, Scope};
use jiff::{SignedDuration, Timestamp};
use sqlx::Connection as _;
use store::accounts::{Email, NewAccount};
use store::imports::NewImport;
use store::{Store, Vault, accounts, imports};
use tempfile::TempDir;

/// One ledger in one database, and what must live as long as it does.
pub(crate) struct Ledger {
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

/// A fresh ledger in every database that is at hand.
pub(crate) async fn ledgers() -> Vec<Ledger> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("ledger.sqlite").display());
    let store = Store::open(&url).await.unwrap().with_vault(Vault::new([9; 32]));
    let mut ledgers = vec![Ledger { name: "sqlite", store, url, _folder: Some(folder) }];
    match std::env::var("TEST_DATABASE_URL") {
        Ok(base) => {
            let url = fresh_schema(&base).await;
            let store = Store::open(&url).await.unwrap().with_vault(Vault::new([9; 32]));
            ledgers.push(Ledger { name: "postgres", store, url, _folder: None });
        }
        Err(_) => println!("skipped: PostgreSQL, because TEST_DATABASE_URL is not set"),
    }
    ledgers
}

/// A schema of its own for every test, so that they run side by side.
async fn fresh_schema(base: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let schema = format!("story_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = sqlx::PgConnection::connect(base).await.unwrap();
    for statement in [format!("drop schema if exists {schema} cascade"), format!("create schema {schema}")] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    let separator = if base.contains('?') { '&' } else { '?' };
    format!("{base}{separator}options[search_path]={schema}")
}

/// 22 November 2026, 10.00 in Jakarta, and `minutes` later.
pub(crate) fn at(minutes: i64) -> Timestamp {
    "2026-11-22T03:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

pub(crate) fn actor(id: &str, role: Role) -> Actor {
    Actor { email: format!("{id}@kemnaker.go.id"), ..Actor::with(id, role, Scope::default()) }
}

/// Opens an account as the operator would.
pub(crate) async fn add_account(store: &Store, id: &str, role: Role) {
    let mut tx = store.begin(at(0)).await.unwrap();
    let permit = Actor::operator().permit(ManageAccounts { account: id.into() }).unwrap();
    let email = Email::parse(&format!("{id}@kemnaker.go.id")).unwrap();
    accounts::add(
        &mut tx,
        &permit,
        &NewAccount {
            email,
            name: id.into(),
            grant_id: format!("grant-{id}"),
            grant: Grant::everywhere(role),
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Hands in a file; its check is job `job-<id>`.
pub(crate) async fn hand_in(store: &Store, id: &str, blake3: &str) -> imports::Received {
    let mut tx = store.begin(at(1)).await.unwrap();
    let siti = actor("siti", Role::Statistician);
    let permit = siti.permit(ImportSurvey { survey: "national-enterprise".into() }).unwrap();
    let new = NewImport {
        id: id.into(),
        period: Some(2025),
        file_name: format!("{id}.csv"),
        blake3: blake3.into(),
        bytes: 412_000,
        mapping: String::new(),
    };
    let received = imports::receive(&mut tx, &permit, &new, &format!("job-{id}")).await.unwrap();
    tx.commit().await.unwrap();
    received
}
