//! What can go wrong in the workshop, in words that say what to do next.

use std::path::PathBuf;

use domain::language::Text;
use domain::plan::PlanError;

/// Why no cube could be computed, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatisticsError {
    /// The plan asks for something that cannot be done.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The plan names a variable that the input does not have.
    #[error("{place}: the input has no column `{column}`{}; it has {}", nearest(.column, .present).en, list(.present).en)]
    MissingVariable { place: String, column: String, present: Vec<String> },
    /// The plan names a measure that nobody knows.
    #[error("{place}: there is no measure `{code}`{}; there are {}", nearest(.code, .known).en, list(.known).en)]
    UnknownMeasure { place: String, code: String, known: Vec<String> },
    /// A column holds something else than the plan expects.
    #[error("column `{column}` of {}: {}", file.display(), message.en)]
    Column { file: PathBuf, column: String, message: Text },
    /// The hierarchy in the input contradicts itself.
    #[error(
        "dimension `{dimension}`: code `{code}` stands under `{first}` in one row and under `{second}` in another"
    )]
    TwoParents { dimension: String, code: String, first: String, second: String },
    /// More combinations of codes than fit.
    #[error(
        "the finest cells are {combinations} combinations of codes, more than 4 billion; leave out a level"
    )]
    TooManyCells { combinations: u128 },
    /// The deflator has no value where one is needed.
    #[error("deflator `{deflator}` has no index for {year} ({code}); add it or change the base year")]
    Deflator { deflator: String, year: String, code: String },
    /// A file cannot be read or written.
    #[error("{}: {message}", file.display())]
    File { file: PathBuf, message: String },
    /// The smallest and largest values that the file states for a column are not true.
    #[error("an amount in the input is larger than its file says it can be; write the file again")]
    FalseBounds,
    /// A query over a snapshot failed.
    #[error("the query failed: {0}")]
    Query(String),
    /// Somebody asked to stop; nothing was written.
    #[error("stopped before the end; nothing was written")]
    Cancelled,
}

impl StatisticsError {
    /// The same in both languages, for pages, jobs and the command line.
    pub fn text(&self) -> Text {
        let indonesian = match self {
            StatisticsError::Plan(error) => return error.text(),
            StatisticsError::MissingVariable { place, column, present } => format!(
                "{place}: data tidak punya kolom `{column}`{}; yang ada: {}",
                nearest(column, present).id,
                list(present).id
            ),
            StatisticsError::UnknownMeasure { place, code, known } => format!(
                "{place}: tidak ada ukuran `{code}`{}; yang ada: {}",
                nearest(code, known).id,
                list(known).id
            ),
            StatisticsError::Column { file, column, message } => {
                format!("kolom `{column}` di {}: {}", file.display(), message.id)
            }
            StatisticsError::TwoParents { dimension, code, first, second } => format!(
                "dimensi `{dimension}`: kode `{code}` berada di bawah `{first}` di satu baris dan di bawah \
                 `{second}` di baris lain; perbaiki datanya"
            ),
            StatisticsError::TooManyCells { combinations } => format!(
                "sel terkecil ada {combinations} kombinasi kode, lebih dari 4 miliar; kurangi satu tingkat"
            ),
            StatisticsError::Deflator { deflator, year, code } => format!(
                "deflator `{deflator}` tidak punya indeks untuk {year} ({code}); tambahkan, atau ganti tahun dasarnya"
            ),
            StatisticsError::File { file, message } => {
                format!("{} tidak dapat dibaca atau ditulis: {message}", file.display())
            }
            StatisticsError::FalseBounds => {
                "ada nilai di data yang melebihi batas yang ditulis berkasnya sendiri; tulis ulang berkas itu"
                    .into()
            }
            StatisticsError::Query(message) => format!("kueri gagal: {message}"),
            StatisticsError::Cancelled => "dihentikan sebelum selesai; tidak ada yang ditulis".into(),
        };
        Text::new(indonesian, self.to_string())
    }

    pub(crate) fn plan(
        place: impl Into<String>,
        indonesian: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        let message = Text::new(indonesian, english);
        StatisticsError::Plan(PlanError { place: place.into(), message })
    }

    pub(crate) fn file(file: impl Into<PathBuf>, error: impl std::fmt::Display) -> Self {
        StatisticsError::File { file: file.into(), message: error.to_string() }
    }
}

/// ` (did you mean …?)` if a name is close to one that exists.
fn nearest(wanted: &str, present: &[String]) -> Text {
    let closest = present.iter().map(|name| (distance(wanted, name), name)).min();
    match closest {
        Some((steps, name)) if steps <= wanted.len().div_ceil(3).max(2) => {
            Text::new(format!(" (maksudnya `{name}`?)"), format!(" (did you mean `{name}`?)"))
        }
        _ => Text::default(),
    }
}

fn list(names: &[String]) -> Text {
    let shown: Vec<String> = names.iter().take(30).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(shown.len());
    let shown = shown.join(", ");
    match more {
        0 => Text::same(shown),
        _ => Text::new(format!("{shown} dan {more} lagi"), format!("{shown} and {more} more")),
    }
}

/// Levenshtein's distance, without regard to case.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substitution = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
