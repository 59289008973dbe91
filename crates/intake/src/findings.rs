//! The findings file: written while a file is checked, read page by page afterwards.

mod field;
mod gather;
mod order;

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use domain::finding::{Finding, Severity};
use domain::language::Text;

use crate::error::IntakeError;

pub(crate) use gather::{Findings, Place, merge_causes};
pub(crate) use order::{Spool, join};

/// The columns of `findings.csv`, in order.
pub const COLUMNS: [&str; 11] = [
    "file",
    "row",
    "column",
    "value",
    "rule",
    "severity",
    "message_id",
    "remedy_id",
    "message_en",
    "remedy_en",
    "unit",
];

/// Which findings are wanted. An empty filter wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Row of the file.
    pub row: Option<u64>,
    pub rule: Option<String>,
    pub column: Option<String>,
    pub severity: Option<Severity>,
}

/// The cause that a check of the reader itself stands for, in a few words; `None` for codes that are
/// not the reader's own, such as those of a survey's rules.
pub fn cause(rule: &str) -> Option<Text> {
    crate::wording::BUILTIN.iter().find(|wording| wording.rule == rule).map(|wording| wording.title())
}

/// A stretch of the findings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub findings: Vec<Finding>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
}

/// Reads up to `limit` findings from a place in the file: 0, or [`Page::next`] of the page before.
pub fn page(path: &Path, from: u64, limit: usize, filter: &Filter) -> Result<Page, IntakeError> {
    let mut file = File::open(path).map_err(IntakeError::reading(path))?;
    let damaged = |message: String| IntakeError::Findings { path: path.to_owned(), message };
    file.seek(SeekFrom::Start(from)).map_err(IntakeError::reading(path))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(from == 0).from_reader(BufReader::new(file));
    let mut page = Page::default();
    let mut record = csv::StringRecord::new();
    loop {
        let place = from + reader.position().byte();
        if !reader.read_record(&mut record).map_err(|error| damaged(error.to_string()))? {
            return Ok(page);
        }
        if page.findings.len() == limit {
            page.next = Some(place);
            return Ok(page);
        }
        let finding = parse(&record).ok_or_else(|| damaged(format!("no finding at byte {place}")))?;
        if filter.wants(&finding) {
            page.findings.push(finding);
        }
    }
}

impl Filter {
    fn wants(&self, finding: &Finding) -> bool {
        self.row.is_none_or(|row| row == finding.row)
            && self.rule.as_ref().is_none_or(|rule| *rule == finding.rule)
            && self.column.as_ref().is_none_or(|column| *column == finding.column)
            && self.severity.is_none_or(|severity| severity == finding.severity)
    }
}

fn parse(record: &csv::StringRecord) -> Option<Finding> {
    let field = |position: usize| record.get(position).map(|text| field::read(text).to_owned());
    Some(Finding {
        file: field(0)?,
        row: field(1)?.parse().ok()?,
        column: field(2)?,
        value: field(3)?,
        rule: field(4)?,
        severity: Severity::parse(record.get(5)?)?,
        message: Text::new(field(6)?, field(8)?),
        remedy: Text::new(field(7)?, field(9)?),
        unit: field(10)?,
    })
}
