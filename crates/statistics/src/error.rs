//! What can go wrong in the workshop, in words that say what to do next.

use std::path::PathBuf;

use domain::plan::PlanError;

/// Why no cube could be computed, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatisticsError {
    /// The plan asks for something that cannot be done.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The plan names a variable that the input does not have.
    #[error("{place}: the input has no column `{column}`{}; it has {}", nearest(.column, .present), list(.present))]
    MissingVariable { place: String, column: String, present: Vec<String> },
    /// The plan names a measure that nobody knows.
    #[error("{place}: there is no measure `{code}`{}; there are {}", nearest(.code, .known), list(.known))]
    UnknownMeasure { place: String, code: String, known: Vec<String> },
    /// A column holds something else than the plan expects.
    #[error("column `{column}` of {file}: {message}")]
    Column { file: PathBuf, column: String, message: String },
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
    pub(crate) fn plan(place: impl Into<String>, message: impl Into<String>) -> Self {
        StatisticsError::Plan(PlanError { place: place.into(), message: message.into() })
    }

    pub(crate) fn file(file: impl Into<PathBuf>, error: impl std::fmt::Display) -> Self {
        StatisticsError::File { file: file.into(), message: error.to_string() }
    }
}

/// ` (did you mean …?)` if a name is close to one that exists.
fn nearest(wanted: &str, present: &[String]) -> String {
    let closest = present.iter().map(|name| (distance(wanted, name), name)).min();
    match closest {
        Some((steps, name)) if steps <= wanted.len().div_ceil(3).max(2) => {
            format!(" (did you mean `{name}`?)")
        }
        _ => String::new(),
    }
}

fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(30).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(shown.len());
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
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
