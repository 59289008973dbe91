//! What can go wrong on the way out, in words that say what to do next.

use std::path::PathBuf;

use domain::language::Text;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublicationError {
    #[error("there is no release `{id}`: see the list of releases for those that exist")]
    NoRelease { id: String },
    #[error("there is no dataset `{id}`: see the catalogue for those that exist")]
    NoDataset { id: String },
    #[error("a release `{id}` exists already: a release never changes, publish the next vintage instead")]
    Exists { id: String },
    #[error("`{id}` cannot name a release: lower-case letters, digits, `_` and `-` only, such as npd-3")]
    Name { id: String },
    #[error("the file name `{name}` cannot stand in a release: letters, digits, `.`, `_`, `-` only")]
    FileName { name: String },
    #[error(
        "cannot write the release into {path}: {source}. Nothing was published; free space or repair the folder, then run it again"
    )]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "the release `{id}` is damaged: {message}. Restore the folder from the backup, or run `lumbung verify {id}`"
    )]
    Damaged { id: String, message: String },
    #[error("{0}")]
    Selection(SelectionError),
    #[error("the file could not be written: {0}")]
    Render(#[from] std::io::Error),
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("there is no format `{id}`: choose one of {known}")]
    NoFormat { id: String, known: String },
    #[error("the work was stopped")]
    Cancelled,
}

impl PublicationError {
    /// The same in both languages, for pages, jobs and the command line.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            PublicationError::NoRelease { id } => {
                format!("rilis `{id}` tidak ada: lihat daftar rilis untuk yang ada")
            }
            PublicationError::NoDataset { id } => {
                format!("himpunan data `{id}` tidak ada: lihat katalog untuk yang ada")
            }
            PublicationError::Exists { id } => {
                format!("rilis `{id}` sudah ada: rilis tidak pernah berubah, terbitkan edisi berikutnya")
            }
            PublicationError::Name { id } => format!(
                "`{id}` tidak dapat menjadi nama rilis: hanya huruf kecil, angka, `_` dan `-`, seperti npd-3"
            ),
            PublicationError::FileName { name } => {
                format!("nama berkas `{name}` tidak boleh ada dalam rilis: hanya huruf, angka, `.`, `_`, `-`")
            }
            PublicationError::Write { path, source } => format!(
                "rilis tidak dapat ditulis ke {}: {source}. Tidak ada yang terbit; kosongkan ruang atau \
                 perbaiki folder itu, lalu jalankan lagi",
                path.display()
            ),
            PublicationError::Read { path, source } => {
                format!("{} tidak dapat dibaca: {source}", path.display())
            }
            PublicationError::Damaged { id, message } => format!(
                "rilis `{id}` rusak: {message}. Pulihkan foldernya dari cadangan, atau jalankan `lumbung verify {id}`"
            ),
            PublicationError::Selection(error) => return error.text(),
            PublicationError::Render(error) => format!("berkas tidak dapat ditulis: {error}"),
            PublicationError::Workbook(error) => format!("buku kerja tidak dapat ditulis: {error}"),
            PublicationError::NoFormat { id, known } => {
                format!("format `{id}` tidak ada: pilih salah satu dari {known}")
            }
            PublicationError::Cancelled => "pekerjaan dihentikan".into(),
        };
        Text::new(indonesian, self.to_string())
    }
}

/// Why a choice of cells cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    #[error("`{name}` is neither a dimension nor a measure of this dataset: choose one of {known}")]
    UnknownDimension { name: String, known: String },
    #[error("`{dimension}` has no code `{code}`")]
    UnknownCode { dimension: String, code: String },
}

impl SelectionError {
    pub fn text(&self) -> Text {
        let indonesian = match self {
            SelectionError::UnknownDimension { name, known } => {
                format!("`{name}` bukan dimensi atau ukuran himpunan data ini: pilih salah satu dari {known}")
            }
            SelectionError::UnknownCode { dimension, code } => {
                format!("`{dimension}` tidak punya kode `{code}`")
            }
        };
        Text::new(indonesian, self.to_string())
    }
}

impl From<SelectionError> for PublicationError {
    fn from(error: SelectionError) -> Self {
        PublicationError::Selection(error)
    }
}
