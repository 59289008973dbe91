//! What can go wrong on the way out, in words that say what to do next.

use std::path::PathBuf;

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

/// Why a choice of cells cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    #[error("`{name}` is neither a dimension nor a measure of this dataset: choose one of {known}")]
    UnknownDimension { name: String, known: String },
    #[error("`{dimension}` has no code `{code}`")]
    UnknownCode { dimension: String, code: String },
}

impl From<SelectionError> for PublicationError {
    fn from(error: SelectionError) -> Self {
        PublicationError::Selection(error)
    }
}
