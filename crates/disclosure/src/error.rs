//! What can go wrong in disclosure control, in words a person can act on.

/// Why a cube could not be protected, read or proved safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
    #[error("[protection] {key}: {message}")]
    Plan { key: String, message: String },
    #[error(
        "the cube has no contributions for measure `{measure}`, so nobody can judge its cells; \
             name another measure in [protection] measures, or let the cube record its contributors"
    )]
    NoContributions { measure: String },
    #[error(
        "the cube has no measure with contributions: nothing can be judged; let the cube record contributors, \
             or use kind = \"already-public\" if the table is published already"
    )]
    NothingToJudge,
    #[error("the cube is damaged: {0}")]
    Damaged(String),
    #[error("the table does not add up: {measure} of cell {cell} is {stated}, but its parts sum to {sum} \
             (difference {difference}); correct the table before it is protected", difference = .stated - .sum)]
    DoesNotAddUp { measure: String, cell: String, stated: f64, sum: f64 },
    #[error("cell {cell} of {measure} cannot be protected: {message}")]
    CannotProtect { measure: String, cell: String, message: String },
    /// An error of the program, never of the input: a proof does not hold.
    #[error(
        "the proof of safety does not hold and nothing was released: {0}; please report this as an error of the program"
    )]
    ProofFailed(String),
    #[error("not a protected cube of this program: {0}")]
    NotProtected(String),
    #[error("not a proof of this program: {0}")]
    NotAProof(String),
    #[error("{place}: {message}")]
    Table { place: String, message: String },
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("stopped on request; nothing was released")]
    Cancelled,
}
