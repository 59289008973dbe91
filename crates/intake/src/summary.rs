//! What became of a file, in counts: `summary.json`.
//!
//! The summary is written last. A staging folder without one is rubbish of a check that was
//! killed and is ignored by everybody.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use domain::finding::Severity;
use domain::language::Text;
use serde::{Deserialize, Serialize};

use crate::error::IntakeError;
use crate::findings::merge_causes;

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub survey: String,
    /// The file as the person named it.
    pub file: String,
    pub bytes: u64,
    /// BLAKE3 of the source file in hexadecimal: the same file again is recognised by it.
    pub blake3: String,
    /// `csv`, `xlsx`, `parquet`, or `unknown`.
    pub format: String,
    /// Character encoding of a text file.
    pub encoding: Option<String>,
    /// `,`, `;`, `|` or a tab, of a text file.
    pub delimiter: Option<char>,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    pub synthetic: bool,
    /// False: the whole file is refused, and the findings of row 0 say why.
    pub readable: bool,
    /// The row that holds the names of the columns.
    pub header_row: u64,
    pub rows: Counts,
    /// Rows by year; refused rows have no year.
    pub years: BTreeMap<i32, Counts>,
    /// Every row and file finding is counted here.
    pub findings: u64,
    /// Findings by cause (rule and column), gravest and most frequent first.
    pub causes: Vec<Cause>,
    /// Which column of the file became which variable.
    pub columns: Vec<ColumnUse>,
    /// Columns of the file that no variable asked for.
    pub unmapped: Vec<Unmapped>,
    /// Variables that the file does not bring.
    pub absent: Vec<String>,
    /// How many edit rules of the survey were applied.
    pub rules: u64,
    /// Classifications against which codes were checked.
    pub classifications: Vec<String>,
}

/// What became of rows. `received = accepted + warned + held + refused`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub received: u64,
    /// Without any finding.
    pub accepted: u64,
    /// Accepted with a warning.
    pub warned: u64,
    pub held: u64,
    pub refused: u64,
    /// Rows in which a value was filled in by a rule of the survey. Counted besides the above.
    pub imputed: u64,
}

/// Findings with one cause, which can be put right at one go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    pub rule: String,
    /// As the file names it; empty when the cause concerns whole rows or the file.
    pub column: String,
    pub severity: Severity,
    pub title: Text,
    /// Findings, which is rows unless a row has the same trouble twice.
    pub count: u64,
    pub first_row: u64,
    /// The value in the first row.
    pub example: String,
    /// The remedy as the first finding words it.
    pub remedy: Text,
}

/// A column of the file and the variable it was read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnUse {
    pub variable: String,
    pub column: String,
    pub matched: Matched,
    /// How decimals are written, of number columns: `point`, `comma`, `mixed` or `none seen`.
    pub decimals: Option<String>,
}

/// By what a column was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matched {
    /// The person said so.
    Mapping,
    Name,
    Label,
    Alias,
}

/// A column that no variable asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmapped {
    pub column: String,
    /// The variable it might have meant, if the file lacks one whose name is near.
    pub suggestion: Option<String>,
}

impl Counts {
    pub(crate) fn add(&mut self, status: Option<Severity>) {
        self.received += 1;
        *self.of(status) += 1;
    }

    /// A row that was counted under one status turns out to have another.
    pub(crate) fn change(&mut self, from: Option<Severity>, to: Option<Severity>) {
        *self.of(from) -= 1;
        *self.of(to) += 1;
    }

    pub(crate) fn merge(&mut self, other: &Counts) {
        self.received += other.received;
        self.accepted += other.accepted;
        self.warned += other.warned;
        self.held += other.held;
        self.refused += other.refused;
        self.imputed += other.imputed;
    }

    fn of(&mut self, status: Option<Severity>) -> &mut u64 {
        match status {
            None => &mut self.accepted,
            Some(Severity::Warning) => &mut self.warned,
            Some(Severity::Held) => &mut self.held,
            Some(Severity::Refused) => &mut self.refused,
        }
    }
}

/// Counts that grow while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: Counts,
    pub(crate) years: BTreeMap<i32, Counts>,
    pub(crate) findings: u64,
    causes: HashMap<(String, String, Severity), Cause>,
}

impl Tally {
    /// Counts a row; refused rows have no year.
    pub(crate) fn add(&mut self, year: Option<i32>, status: Option<Severity>, imputed: bool) {
        self.rows.add(status);
        self.rows.imputed += u64::from(imputed);
        if let Some(year) = year {
            let counts = self.years.entry(year).or_default();
            counts.add(status);
            counts.imputed += u64::from(imputed);
        }
    }

    /// A row that was counted under one status turns out to have another.
    pub(crate) fn change(&mut self, year: i32, from: Option<Severity>, to: Option<Severity>) {
        self.rows.change(from, to);
        if let Some(counts) = self.years.get_mut(&year) {
            counts.change(from, to);
        }
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        self.rows.merge(&other.rows);
        for (year, counts) in &other.years {
            self.years.entry(*year).or_default().merge(counts);
        }
        self.findings += other.findings;
        merge_causes(&mut self.causes, other.causes.into_values());
    }

    pub(crate) fn add_causes(&mut self, causes: impl Iterator<Item = Cause>) {
        merge_causes(&mut self.causes, causes);
    }

    /// Gravest and most frequent first.
    pub(crate) fn causes(&mut self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = self.causes.drain().map(|(_, cause)| cause).collect();
        causes.sort_by(|a, b| {
            let key = |cause: &Cause| (Reverse(cause.severity), Reverse(cause.count));
            key(a).cmp(&key(b)).then_with(|| (&a.rule, &a.column).cmp(&(&b.rule, &b.column)))
        });
        causes
    }
}

impl Summary {
    /// Reads the summary of a finished check from its staging folder.
    pub fn read(staging: &Path) -> Result<Self, IntakeError> {
        let path = staging.join(crate::SUMMARY_FILE);
        let text = std::fs::read(&path).map_err(IntakeError::reading(&path))?;
        serde_json::from_slice(&text)
            .map_err(|error| IntakeError::Findings { path, message: error.to_string() })
    }
}
