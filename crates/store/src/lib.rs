//! The ledger: operational SQL on SQLite and PostgreSQL, the audit entry beside every write.
//!
//! Who may sign in, what was handed in, which work waits, what was released, and who did it.
//! One SQL text serves both databases; a write by a person takes a [`domain::actor::Permit`] and
//! leaves its audit entry in the same transaction; a write by a worker takes the
//! [`jobs::Claim`] it works under.
//!
//! The ledger never holds microdata and never speaks HTTP. It has no clock and no dice: times,
//! ids and secrets are passed in. Nothing is deleted: things are disabled, revoked, discarded.

/// Runs one portable statement on whichever database is open. Both arms are the same text.
macro_rules! on {
    ($side:ident :: $target:expr, |$conn:ident| $body:expr) => {
        match $target {
            $side::Sqlite($conn) => $body,
            $side::Postgres($conn) => $body,
        }
    };
}

pub mod accounts;
pub mod audit;
pub mod calendar_links;
pub mod cases;
pub mod certificates;
mod clauses;
mod codec;
pub mod consents;
pub mod delivery;
pub mod enterprises;
mod error;
pub mod grants;
pub mod identities;
pub mod imports;
pub mod jobs;
pub mod links;
mod mentions;
pub mod merges;
pub mod money;
pub mod network;
pub mod observations;
pub mod organisations;
pub mod people;
pub mod register;
pub mod releases;
pub mod reminders;
pub mod results;
pub mod second_factor;
mod secret;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod snapshots;
pub mod tallies;
pub mod traces;
pub mod trainers;
mod vault;

pub use error::StoreError;
pub use secret::Secret;
pub use vault::Vault;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Writers on SQLite queue for one another this long before they give up.
const BUSY: Duration = Duration::from_secs(20);

/// An open ledger. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    vault: Option<Arc<Vault>>,
}

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A write transaction and the moment at which it happens. Dropped without [`Tx::commit`], it
/// leaves no trace. On SQLite there is one at a time: read through [`Store`] before opening it.
#[derive(Debug)]
pub struct Tx {
    connection: Connection,
    at: Timestamp,
    vault: Option<Arc<Vault>>,
}

#[derive(Debug)]
enum Connection {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Give this as `before` to get the next page; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of `limit` from a list that was asked for one row more.
    fn cut(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(key) } else { None };
        Page { rows, next }
    }
}

impl Store {
    /// Opens the ledger, creating and migrating it if need be: `sqlite:/path/ledger.sqlite`,
    /// `sqlite::memory:` (gone when dropped) or `postgres://user@host/name`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pool = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Pool::Postgres(PgPoolOptions::new().max_connections(16).connect(url).await?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Pool::Sqlite(open_sqlite(url, path).await?)
        } else {
            return Err(StoreError::Address { url: without_password(url) });
        };
        on!(Pool::&pool, |pool| MIGRATIONS.run(pool).await?);
        Ok(Store { pool, vault: None })
    }

    /// With the key for personal fields; without it they can be neither written nor read.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Store { vault: Some(Arc::new(vault)), ..self }
    }

    /// Which database this is, for `lumbung doctor`.
    pub fn kind(&self) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// Writes a copy of the whole ledger into a new file, as it stands at this moment and while
    /// others go on writing. `false`: PostgreSQL keeps its own backups, nothing was written.
    pub async fn copy_into(&self, file: &std::path::Path) -> Result<bool, StoreError> {
        let Pool::Sqlite(pool) = &self.pool else { return Ok(false) };
        sqlx::query("vacuum into $1").bind(file.display().to_string()).execute(pool).await?;
        Ok(true)
    }

    /// Is the database there? For `/healthz`.
    pub async fn ping(&self) -> Result<(), StoreError> {
        on!(Pool::&self.pool, |pool| sqlx::query("select 1").execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Begins a write at the moment `at`.
    pub async fn begin(&self, at: Timestamp) -> Result<Tx, StoreError> {
        let connection = match &self.pool {
            // Immediate: a transaction that reads before it writes cannot lose a race in between.
            Pool::Sqlite(pool) => Connection::Sqlite(pool.begin_with("begin immediate").await?),
            Pool::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        };
        Ok(Tx { connection, at, vault: self.vault.clone() })
    }

    pub async fn close(&self) {
        on!(Pool::&self.pool, |pool| pool.close().await);
    }
}

impl Tx {
    /// The moment at which everything in this transaction happens.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Goes on to a later moment, for loads that write down at once what happened over time. Every act is
    /// still dated by when it was done, and stands or falls with its audit entry.
    pub fn go_on_to(&mut self, at: Timestamp) {
        self.at = self.at.max(at);
    }

    pub(crate) fn vault(&self) -> Result<Arc<Vault>, StoreError> {
        self.vault.clone().ok_or(StoreError::NoKey)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        on!(Connection::self.connection, |tx| tx.commit().await?);
        Ok(())
    }
}

async fn open_sqlite(url: &str, path: &str) -> Result<SqlitePool, StoreError> {
    let in_memory = path.contains(":memory:");
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY);
    let pool = SqlitePoolOptions::new();
    // Every connection to `:memory:` is a database of its own, so there must be exactly one.
    let pool = if in_memory {
        pool.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None)
    } else {
        pool.max_connections(8).acquire_timeout(BUSY)
    };
    Ok(pool.connect_with(options).await?)
}

/// A database address that may be shown: whatever stands between `//` and `@` is left out.
fn without_password(url: &str) -> String {
    match (url.find("//"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 2 < end => format!("{}…{}", &url[..start + 2], &url[end..]),
        _ => url.to_owned(),
    }
}
