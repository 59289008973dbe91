use domain::language::Text;
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
    /// What was asked is not lawful as things stand.
    #[error(transparent)]
    Unlawful(#[from] domain::delivery::Refusal),
    /// Somebody changed the thing since it was read; nothing of this step was recorded.
    #[error("this {noun} was changed meanwhile ({action}); look at it again and repeat what is still right")]
    Overtaken { noun: &'static str, action: String, by: String, at: jiff::Timestamp },
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
    /// The same in both languages, for the command line and for jobs.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            StoreError::Grant(error) => return error.text(),
            StoreError::Refused(error) => return error.text(),
            StoreError::Organisation(error) => return error.text(),
            StoreError::Stale { noun, id, by, at } => format!(
                "{} `{id}` diubah oleh `{by}` pada {at}, setelah Anda membukanya; tidak ada yang ditulis",
                indonesian(noun)
            ),
            StoreError::NoKey => {
                "data pribadi tidak dapat dibaca atau ditulis: berkas kunci di folder data tidak ada"
                    .to_owned()
            }
            StoreError::WrongKey { what } => {
                format!("{what} tidak terbuka dengan kunci ini: apakah berkas kunci folder data diganti?")
            }
            StoreError::Rule(words) => return words.clone(),
            StoreError::Unlawful(refusal) => return refusal.text(),
            StoreError::Overtaken { noun, action, by, at } => format!(
                "{} ini diubah oleh `{by}` pada {at} ({action}); lihat lagi, lalu ulangi yang masih benar",
                indonesian(noun)
            ),
            StoreError::Address { url } => format!(
                "`{url}` bukan alamat basis data: tulis sqlite:/letak/ledger.sqlite atau postgres://nama@komputer/basis"
            ),
            StoreError::NotFound { noun, id } => format!("{} `{id}` tidak ada", indonesian(noun)),
            StoreError::State { noun, id, state } => {
                format!("{} `{id}` berstatus {state}; ini tidak dapat lagi dilakukan", indonesian(noun))
            }
            StoreError::EmailTaken { email } => format!("`{email}` sudah punya akun"),
            StoreError::Conflict { rule } => format!("ini bertentangan dengan yang sudah dicatat ({rule})"),
            StoreError::Lost { job } => {
                format!("pekerjaan `{job}` sudah diambil alih proses lain; hasil yang ini tidak dicatat")
            }
            StoreError::AuditBroken { seq, what } => {
                format!("catatan audit diubah dari luar pada entri {seq}: {what}")
            }
            StoreError::Unreadable { what } => {
                format!("buku besar memuat sesuatu yang tidak terbaca versi ini: {what}")
            }
            StoreError::Migration(source) => {
                format!("buku besar tidak dapat diperbarui ({source}); data tidak berubah")
            }
            StoreError::Database(source) => {
                format!("basis data gagal ({source}); langkah ini tidak dicatat")
            }
        };
        let english = match self {
            StoreError::Migration(source) => format!("{self} ({source})"),
            StoreError::Database(source) => format!("{self} ({source})"),
            _ => self.to_string(),
        };
        Text::new(indonesian, english)
    }

    pub(crate) fn not_found(noun: &'static str, id: &str) -> Self {
        StoreError::NotFound { noun, id: id.to_owned() }
    }
}

/// A noun of the ledger as Indonesian readers call it.
fn indonesian(noun: &str) -> &str {
    match noun {
        "import" => "impor",
        "job" => "pekerjaan",
        "release" => "rilis",
        "snapshot" => "cuplikan",
        "account" => "akun",
        "grant" => "peran",
        "target" => "sasaran",
        "observation" => "pengamatan",
        "money entry" => "catatan biaya",
        "trainer" => "pelatih",
        "enterprise" => "usaha",
        "organisation" => "lembaga",
        "session" => "sesi",
        "engagement" => "pendampingan",
        "training" => "pelatihan",
        "module" => "modul",
        "visit" => "kunjungan",
        "project" => "usulan perbaikan",
        "report" => "laporan",
        "case study" => "studi kasus",
        "question" => "pertanyaan",
        "person" => "orang",
        "merge" => "penggabungan",
        other => other,
    }
}
