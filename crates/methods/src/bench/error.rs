//! What can be wrong with a request, in words that tell a person what to do next.

use domain::language::Text;
use thiserror::Error;

/// Why a method gives no figure.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum MethodError {
    #[error("there is no column `{column}`; the file has: {known}")]
    UnknownColumn { column: String, known: String },
    #[error("column `{column}` stands twice in the file; rename one of them")]
    ColumnTwice { column: String },
    #[error("column `{column}` has {rows} rows where {expected} were expected")]
    Ragged { column: String, rows: usize, expected: usize },
    #[error("column `{column}`, row {row}: `{value}` is not a number; write numbers as 1234.5")]
    NotANumber { column: String, row: usize, value: String },
    #[error("`--{argument}` is missing; give {expected}")]
    MissingArgument { argument: String, expected: String },
    #[error("`--{argument} {value}` cannot be used; {expected}")]
    BadArgument { argument: String, value: String, expected: String },
    #[error("`{text}` cannot be read at `{at}`: {expected}")]
    Expression { text: String, at: String, expected: String },
    #[error("no row is left: of {rows} rows none has all values that are needed")]
    NoRows { rows: usize },
    #[error("{what}: at least {needed} are needed, there are {found}")]
    TooFew { what: Saying, needed: usize, found: usize },
    #[error("`{column}`, row {row}: {value} cannot be used; {rule}")]
    OutOfDomain { column: String, row: usize, value: f64, rule: Saying },
    #[error("these columns are linearly dependent: {columns}; leave one out")]
    Collinear { columns: String },
    #[error("the search did not converge after {iterations} steps: {detail}")]
    NoConvergence { iterations: usize, detail: String },
    #[error("{0}")]
    Impossible(Saying),
}

/// A text in both languages that prints in English.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying(pub Text);

impl Saying {
    pub fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Saying(Text::new(id, en))
    }
}

impl std::fmt::Display for Saying {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.en)
    }
}

impl MethodError {
    /// The same in both languages.
    pub fn text(&self) -> Text {
        let id = match self {
            MethodError::UnknownColumn { column, known } => {
                format!("kolom `{column}` tidak ada; berkas memuat: {known}")
            }
            MethodError::ColumnTwice { column } => {
                format!("kolom `{column}` muncul dua kali dalam berkas; ganti salah satu namanya")
            }
            MethodError::Ragged { column, rows, expected } => {
                format!("kolom `{column}` berisi {rows} baris, seharusnya {expected}")
            }
            MethodError::NotANumber { column, row, value } => format!(
                "kolom `{column}`, baris {row}: `{value}` bukan bilangan; tulis bilangan sebagai 1234.5"
            ),
            MethodError::MissingArgument { argument, expected } => {
                format!("`--{argument}` belum diisi; isilah: {expected}")
            }
            MethodError::BadArgument { argument, value, expected } => {
                format!("`--{argument} {value}` tidak dapat dipakai; {expected}")
            }
            MethodError::Expression { text, at, expected } => {
                format!("`{text}` tidak dapat dibaca pada `{at}`: {expected}")
            }
            MethodError::NoRows { rows } => {
                format!(
                    "tidak ada baris tersisa: dari {rows} baris tidak satu pun berisi semua nilai yang \
                     diperlukan"
                )
            }
            MethodError::TooFew { what, needed, found } => {
                format!("{}: diperlukan sedikitnya {needed}, tersedia {found}", what.0.id)
            }
            MethodError::OutOfDomain { column, row, value, rule } => {
                format!("`{column}`, baris {row}: {value} tidak dapat dipakai; {}", rule.0.id)
            }
            MethodError::Collinear { columns } => {
                format!("kolom berikut bergantung linear: {columns}; hilangkan salah satunya")
            }
            MethodError::NoConvergence { iterations, detail } => {
                format!("pencarian belum konvergen setelah {iterations} langkah: {detail}")
            }
            MethodError::Impossible(text) => text.0.id.clone(),
        };
        Text::new(id, self.to_string())
    }
}
