//! Synthetic microdata of enterprises with known truths, for demonstrations and tests.
//!
//! The columns are those of the survey `national-enterprise`; amounts are in thousand rupiah.
//! Every file says in its name that it is synthetic. The truth (parameters, planted mistakes,
//! totals) is written beside it.

mod anomaly;
mod economy;
mod enterprise;
mod recipe;
mod row;
mod truth;
mod write;

pub use anomaly::{Anomalies, Anomaly};
pub use recipe::Enterprises;
pub use truth::{Planted, Sums, Total, Truth};
pub use write::{Format, Written};

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyntheticError {
    #[error("these synthetic enterprises cannot be made: {message}")]
    Recipe { message: String },
    #[error("cannot write {}: {source}", path.display())]
    Io { path: std::path::PathBuf, source: std::io::Error },
    #[error("cannot write {}: {message}", path.display())]
    Parquet { path: std::path::PathBuf, message: String },
    #[error("stopped as asked; the files made so far are not complete")]
    Cancelled,
}

#[cfg(test)]
mod tests;
