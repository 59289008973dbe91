use sqlx::error::ErrorKind;

/// What can go wrong in the ledger, in words a caller can act on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error(
        "`{url}` is not a database address: write sqlite:/path/ledger.sqlite or postgres://user@host/name"
    )]
    Address { url: String },
    #[error("there is no {noun} `{id}`")]
    NotFound { noun: &'static str, id: String },
    /// The thing is not, or no longer, in a state that allows this.
    #[error("{noun} `{id}` is {state}; this can no longer be done")]
    State { noun: &'static str, id: String, state: String },
    /// Somebody changed it after it was looked at; nothing was written.
    #[error("{noun} `{id}` was changed by `{by}` at {at}, after you opened it; nothing was written")]
    Stale { noun: &'static str, id: String, by: String, at: jiff::Timestamp },
    /// The thing stands elsewhere than the permit says, or is moved to where the actor may not.
    #[error(transparent)]
    Refused(#[from] domain::actor::Refused),
    #[error(transparent)]
    Organisation(#[from] domain::organisation::InvalidOrganisation),
    #[error("personal data cannot be read or written: the key file of the data folder is missing")]
    NoKey,
    #[error("{what} does not open with this key: was the key file of the data folder replaced?")]
    WrongKey { what: String },
    #[error(transparent)]
    Grant(#[from] domain::actor::InvalidGrant),
    #[error("`{email}` already has an account")]
    EmailTaken { email: String },
    /// A rule of the schema was broken. PostgreSQL names the constraint, SQLite does not.
    #[error("this conflicts with what is already recorded ({rule})")]
    Conflict { rule: &'static str },
    /// A rule of the domain says no; the words are for whoever asked.
    #[error("{}", .0.en)]
    Rule(domain::language::Text),
    /// Another worker has taken the job over; nothing of this one's outcome was recorded.
    #[error("job `{job}` is no longer held by this worker; its outcome was not recorded")]
    Lost { job: String },
    #[error("the audit log was changed behind our back at entry {seq}: {what}")]
    AuditBroken { seq: i64, what: &'static str },
    #[error("the ledger holds something this version cannot read: {what}")]
    Unreadable { what: String },
    #[error("the ledger could not be brought up to date; the data is unchanged")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database failed; nothing of this step was recorded")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::ColumnDecode { index, source } = &error {
            return StoreError::Unreadable { what: format!("column {index}: {source}") };
        }
        match error.as_database_error().map(|error| error.kind()) {
            Some(ErrorKind::UniqueViolation) => StoreError::Conflict { rule: "unique" },
            Some(ErrorKind::ForeignKeyViolation) => StoreError::Conflict { rule: "reference" },
            Some(ErrorKind::CheckViolation) => StoreError::Conflict { rule: "check" },
            Some(ErrorKind::NotNullViolation) => StoreError::Conflict { rule: "required" },
            _ => StoreError::Database(error),
        }
    }
}

impl StoreError {
    pub(crate) fn not_found(noun: &'static str, id: &str) -> Self {
        StoreError::NotFound { noun, id: id.to_owned() }
    }
}
