//! Held rows: what somebody sees who decides, one by one, whether a row that was set aside counts
//! after all. Nothing here changes a row: a decision stands beside it, with its reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::Text;
use crate::survey::Survey;

/// What is decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A held row is right after all and counts from now on.
    Confirm,
    /// A row is wrong and counts no more; an earlier version with the same key counts again.
    Withdraw,
}

impl Verdict {
    /// As forms, commands and the audit log write it.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Confirm => "confirm",
            Verdict::Withdraw => "withdraw",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Verdict::Confirm, Verdict::Withdraw].into_iter().find(|verdict| verdict.code() == code)
    }
}

/// A value of a row, as the archive holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No data.
    Empty,
    Number(f64),
    Integer(i64),
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Empty => Ok(()),
            Value::Number(value) => value.fmt(to),
            Value::Integer(value) => value.fmt(to),
            Value::Text(value) => value.fmt(to),
        }
    }
}

/// A row of an import that was set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldRow {
    /// Row of the source file, as the findings name it.
    pub row: u64,
    /// What names the unit; empty if that cannot be read.
    pub unit: String,
    pub year: Option<i32>,
    /// The variables in the survey's order.
    pub values: Vec<(String, Value)>,
    /// The last decision about it.
    pub ruling: Option<Ruling>,
    /// It says which unit and year it speaks of, so it could count.
    pub confirmable: bool,
}

/// A decision that was taken about a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    pub verdict: Verdict,
    /// In the words of whoever decided.
    pub reason: String,
    pub decided_at: jiff::Timestamp,
    /// Id of the account.
    pub actor: String,
}

/// Some of the held rows of an import, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldPage {
    pub rows: Vec<HeldRow>,
    /// Held rows in the whole import, and those about which nobody has decided yet.
    pub total: u64,
    pub undecided: u64,
    /// The row with which the next page begins.
    pub next: Option<u64>,
}

/// What else is known about the unit of a held row.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldCase {
    pub row: HeldRow,
    /// What counts of the year before; empty if nothing does.
    pub year_before: Vec<(String, Value)>,
    /// Every version of this unit and year in the archive, oldest first.
    pub versions: Vec<RowVersion>,
}

/// One version of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowVersion {
    pub import: String,
    pub row: u64,
    pub imported_at: jiff::Timestamp,
    pub held: bool,
    pub verdict: Option<Verdict>,
    /// This is the version that counts.
    pub current: bool,
}

/// Whoever can look into the archive for somebody that decides. Reading only.
pub trait HeldRows: Send + Sync {
    /// Held rows of an import from a row of the file on.
    fn held_page(&self, survey: &Survey, import: &str, from: u64, count: usize) -> Result<HeldPage, Text>;

    /// One held row with its history; `None` if the import has no such held row.
    fn held_case(&self, survey: &Survey, import: &str, row: u64) -> Result<Option<HeldCase>, Text>;
}
