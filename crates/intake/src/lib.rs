//! The front door of data: bytes in, rows and findings out.
//!
//! [`check`] reads one file against one survey and writes three files into a staging folder:
//! `rows.parquet` (every row that can be read as a row), `findings.csv` (everything that is wrong
//! or doubtful, row by row) and `summary.json` (the counts). Nothing is dropped in silence: a row
//! is accepted, accepted with a warning, held, or refused, and a refused row stands in the
//! findings with its text.
//!
//! This room never knows a database, a page or the archive, never guesses what a value means,
//! never changes the source, and needs no more memory for a large file than for a small one.

mod check;
mod code;
mod columns;
mod convert;
mod error;
pub mod findings;
mod header;
pub mod mapping;
mod number;
pub mod photo;
mod previous;
mod quantile;
mod rules;
pub mod sheet;
mod source;
mod spill;
mod summary;
mod whole_file;
mod wording;

pub use check::{FINDINGS_FILE, ROWS_FILE, SUMMARY_FILE, Task, check};
pub use error::IntakeError;
pub use previous::{LastYear, PreviousValues};
pub use summary::{Cause, ColumnUse, Counts, Matched, Summary, Unmapped};
