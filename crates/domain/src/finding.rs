//! Findings: what is wrong or doubtful in a file, row by row, with what to do about it.
//!
//! A bad row is never a crash and never dropped in silence: it becomes a finding.

use serde::{Deserialize, Serialize};

use crate::language::Text;

/// What happens to a row because of a finding. Ordered from mild to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Accepted, but someone should look.
    Warning,
    /// Kept aside until someone confirms or corrects it; counted in no statistic.
    Held,
    /// Cannot be read as a row of this survey at all; kept as text in the findings file.
    Refused,
}

impl Severity {
    pub const ALL: [Severity; 3] = [Severity::Warning, Severity::Held, Severity::Refused];

    /// The word by which files and addresses name it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Held => "held",
            Severity::Refused => "refused",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Severity::ALL.into_iter().find(|severity| severity.word() == word)
    }
}

/// One thing that is wrong or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub file: String,
    /// Row in the file as a person counts it: the header is row 1. 0 means the whole file.
    pub row: u64,
    /// The column as the file names it; empty when the finding concerns the row or file.
    pub column: String,
    /// The value as the file has it, shortened to 200 characters.
    pub value: String,
    /// Code of the edit rule or of the reader's check, such as `R03` or `unknown-code`.
    pub rule: String,
    pub severity: Severity,
    pub message: Text,
    pub remedy: Text,
    /// What names the unit of the row, such as the enterprise's id; empty if it cannot be read.
    pub unit: String,
}
