//! What can go wrong in the archive, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use domain::language::Text;
use parquet::errors::ParquetError;

/// Every error leaves the archive as it was before the call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    #[error("the disk is full at {}; nothing was changed: free some space and try again", path.display())]
    Full { path: PathBuf, source: io::Error },
    #[error("cannot read or write {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("stopped as asked; nothing was changed")]
    Cancelled,
    #[error("`{name}` cannot name a {noun}: use letters, digits, `-` and `_`, at most 100 of them")]
    Name { noun: &'static str, name: String },
    #[error("the staged rows in {} do not fit the survey `{survey}`: {message}", path.display())]
    Staging { path: PathBuf, survey: String, message: String },
    #[error("{} is damaged: {message}; restore it from a backup", path.display())]
    Damaged { path: PathBuf, message: String },
    #[error("there is no {noun} `{id}` in the archive")]
    NotFound { noun: &'static str, id: String },
    #[error("the id `{id}` already stands for another file; use a new id")]
    IdTaken { id: String },
    #[error("the decision cannot be taken: {}", message.en)]
    Decision { message: Text },
    #[error("the survey `{survey}` has no accepted rows yet; import a file first")]
    Nothing { survey: String },
    #[error("the survey `{survey}` cannot be archived: {message}")]
    Survey { survey: String, message: String },
}

impl ArchiveError {
    /// The same in both languages, for pages and jobs.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            ArchiveError::Full { path, .. } => format!(
                "Penyimpanan penuh di {}; tidak ada yang berubah. Kosongkan sebagian ruang, lalu coba lagi.",
                path.display()
            ),
            ArchiveError::Io { path, source } => {
                format!("{} tidak dapat dibaca atau ditulis: {source}", path.display())
            }
            ArchiveError::Cancelled => "Dihentikan sesuai permintaan; tidak ada yang berubah.".into(),
            ArchiveError::Name { name, .. } => format!(
                "`{name}` tidak dapat dipakai sebagai nama: gunakan huruf, angka, `-` dan `_`, paling banyak 100."
            ),
            ArchiveError::Staging { survey, message, .. } => {
                format!("Baris yang disiapkan tidak cocok dengan survei `{survey}`: {message}")
            }
            ArchiveError::Damaged { path, message } => {
                format!("{} rusak: {message}. Pulihkan dari cadangan.", path.display())
            }
            ArchiveError::NotFound { id, .. } => format!("`{id}` tidak ada dalam arsip."),
            ArchiveError::IdTaken { id } => {
                format!("Nomor `{id}` sudah dipakai untuk berkas lain; gunakan nomor baru.")
            }
            ArchiveError::Decision { message } => format!("Keputusan tidak dapat diambil: {}", message.id),
            ArchiveError::Nothing { survey } => {
                format!("Survei `{survey}` belum punya baris yang diterima; impor berkas dahulu.")
            }
            ArchiveError::Survey { survey, message } => {
                format!("Survei `{survey}` tidak dapat diarsipkan: {message}")
            }
        };
        Text::new(indonesian, self.to_string())
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        let path = path.to_owned();
        match source.kind() {
            StorageFull | QuotaExceeded => ArchiveError::Full { path, source },
            _ => ArchiveError::Io { path, source },
        }
    }

    /// A Parquet error is the disk's if an I/O error is at its root, and damage otherwise.
    pub(crate) fn parquet(path: &Path, error: ParquetError) -> Self {
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(source) => ArchiveError::io(path, *source),
                Err(other) => ArchiveError::Damaged { path: path.to_owned(), message: other.to_string() },
            },
            other => ArchiveError::Damaged { path: path.to_owned(), message: other.to_string() },
        }
    }

    pub(crate) fn arrow(path: &Path, error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, source) => ArchiveError::io(path, source),
            ArrowError::ExternalError(inner) => match inner.downcast::<ParquetError>() {
                Ok(parquet) => ArchiveError::parquet(path, *parquet),
                Err(other) => ArchiveError::Damaged { path: path.to_owned(), message: other.to_string() },
            },
            other => ArchiveError::Damaged { path: path.to_owned(), message: other.to_string() },
        }
    }
}
