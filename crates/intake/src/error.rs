//! What can stop a check altogether. Bad rows and bad files never do: they become findings.

use std::path::PathBuf;

use domain::language::Text;

/// Why a check could not be carried out, in words that say what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    #[error("cannot read `{path}`: {source}; check the path and your rights to it")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write in `{path}`: {source}; check the free space on the disk and your rights")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("survey `{survey}` needs the classification `{classification}`, which is not loaded")]
    MissingClassification { survey: String, classification: String },
    #[error("survey `{survey}`: `{classification}` has no level `{level}`")]
    MissingLevel { survey: String, classification: String, level: String },
    #[error("the mapping names the variable `{variable}`, which survey `{survey}` does not have")]
    UnknownVariable { survey: String, variable: String },
    #[error("the mapping cannot be read: {}", message.en)]
    Mapping { message: Text },
    #[error("the staged rows cannot be written: {0}")]
    Staging(#[from] parquet::errors::ParquetError),
    #[error("the findings or the summary in `{path}` cannot be read: {message}; check the file again")]
    Findings { path: PathBuf, message: String },
    #[error("the check was stopped; nothing was kept")]
    Cancelled,
    #[error("the check failed inside: {0}; please report this with the file's first lines")]
    Internal(String),
}

impl IntakeError {
    /// The same in both languages, for pages, jobs and the command line.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            IntakeError::Read { path, source } => format!(
                "`{}` tidak dapat dibaca: {source}; periksa letak berkas dan hak Anda",
                path.display()
            ),
            IntakeError::Write { path, source } => format!(
                "tidak dapat menulis di `{}`: {source}; periksa ruang penyimpanan dan hak Anda",
                path.display()
            ),
            IntakeError::MissingClassification { survey, classification } => {
                format!("survei `{survey}` memerlukan klasifikasi `{classification}`, yang belum dimuat")
            }
            IntakeError::MissingLevel { survey, classification, level } => {
                format!("survei `{survey}`: `{classification}` tidak punya tingkat `{level}`")
            }
            IntakeError::UnknownVariable { survey, variable } => {
                format!("pemetaan menyebut variabel `{variable}`, yang tidak ada di survei `{survey}`")
            }
            IntakeError::Mapping { message } => format!("pemetaan tidak dapat dibaca: {}", message.id),
            IntakeError::Staging(error) => {
                format!("baris yang disiapkan tidak dapat ditulis: {error}; periksa ruang penyimpanan")
            }
            IntakeError::Findings { path, message } => format!(
                "temuan atau ringkasan di `{}` tidak dapat dibaca: {message}; periksa berkasnya sekali lagi",
                path.display()
            ),
            IntakeError::Cancelled => "pemeriksaan dihentikan; tidak ada yang disimpan".into(),
            IntakeError::Internal(message) => format!(
                "pemeriksaan gagal di dalam program: {message}; laporkan beserta baris pertama berkasnya"
            ),
        };
        Text::new(indonesian, self.to_string())
    }

    /// Turns an I/O error into one that names the path it happened at.
    pub(crate) fn writing(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| IntakeError::Write { path: path.to_owned(), source }
    }

    pub(crate) fn reading(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| IntakeError::Read { path: path.to_owned(), source }
    }
}

impl From<arrow::error::ArrowError> for IntakeError {
    fn from(error: arrow::error::ArrowError) -> Self {
        IntakeError::Internal(error.to_string())
    }
}
