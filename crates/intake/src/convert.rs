//! From fields to typed columns, with a finding for everything that does not fit.
//!
//! A block is converted column by column. A row keeps the worst that was found about it; a
//! refused row is converted no further, because nobody could say whose it is.

mod cell;
mod fill;

use domain::finding::Severity;
use domain::survey::{Survey, VariableType};

use crate::code::CodeBook;
use crate::findings::{Findings, Place};
use crate::header::Header;
use crate::mapping::{Mapping, plain};
use crate::number::{Decimals, Evidence};
use crate::source::{Cells, RowTrouble};
use crate::wording::{Value, Wording};

/// Everything that is decided before rows are converted.
pub(crate) struct Frame<'a> {
    pub(crate) survey: &'a Survey,
    pub(crate) mapping: &'a Mapping,
    pub(crate) header: &'a Header,
    /// By variable.
    pub(crate) books: &'a [Option<CodeBook<'a>>],
    pub(crate) assumed: &'a Assumed,
    pub(crate) period: Option<i32>,
    pub(crate) year: usize,
    /// Variables of the key without the year.
    pub(crate) unit: Vec<usize>,
    /// Variables that may be filled in, in the order of the bits of [`Rows::imputed`].
    pub(crate) fillable: Vec<usize>,
}

/// What the file is taken for while it is read. If its rows show something else, it is read once
/// more under what they have shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Assumed {
    /// By variable.
    pub(crate) decimals: Vec<Decimals>,
    /// By variable: the other numbering that the codes seem to follow.
    pub(crate) system: Vec<Option<usize>>,
    /// The text is in Windows-1252 although it began like UTF-8.
    pub(crate) western: bool,
}

/// What the rows have shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) numbers: Vec<Evidence>,
    /// An ambiguous value by variable, to be named.
    pub(crate) ambiguous: Vec<Option<String>>,
    pub(crate) codes: Vec<CodeEvidence>,
    pub(crate) damaged: u64,
    pub(crate) beyond_ascii: bool,
}

/// Which numbering and edition the codes of a column belong to.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeEvidence {
    /// Rows with a code that only another system has, by system.
    pub(crate) only_other: Vec<u64>,
    /// Rows with a code that the other system does not have, by system.
    pub(crate) only_own: Vec<u64>,
    /// Rows with a code that only another edition has, by edition.
    pub(crate) editions: Vec<u64>,
}

/// Converted rows.
pub(crate) struct Rows {
    pub(crate) cells: Cells,
    pub(crate) columns: Vec<Column>,
    /// The worst that was found about each row.
    pub(crate) status: Vec<Option<Severity>>,
    /// Bits of [`Frame::fillable`].
    pub(crate) imputed: Vec<u64>,
    /// Bits of variables whose field was read in vain, so that it is not called empty as well.
    pub(crate) in_vain: Vec<u128>,
    pub(crate) findings: Findings,
    pub(crate) shown: Shown,
}

/// The values of one variable.
pub(crate) enum Column {
    /// NaN where there is no data.
    Numbers(Vec<f64>),
    /// Position in the classification, or [`NO_CODE`].
    Codes(Vec<u32>),
    /// Places in the text of the cells.
    Texts(Vec<(u32, u32)>),
}

pub(crate) const NO_CODE: u32 = u32::MAX;

impl<'a> Frame<'a> {
    pub(crate) fn wanted(&self) -> usize {
        self.header.layout.wanted
    }

    /// The name of a variable's column in the file, or its own where the file has none.
    pub(crate) fn column_name(&self, variable: usize) -> &str {
        self.header.source_of(variable).map_or(&self.survey.variables[variable].name, |(_, name)| name)
    }

    fn is_key(&self, variable: usize) -> bool {
        variable == self.year || self.unit.contains(&variable)
    }
}

impl Shown {
    pub(crate) fn new(variables: usize) -> Self {
        Shown {
            numbers: vec![Evidence::default(); variables],
            ambiguous: vec![None; variables],
            codes: vec![CodeEvidence::default(); variables],
            ..Shown::default()
        }
    }

    pub(crate) fn merge(&mut self, other: Shown) {
        for (mine, theirs) in self.numbers.iter_mut().zip(&other.numbers) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.ambiguous.iter_mut().zip(other.ambiguous) {
            *mine = mine.take().or(theirs);
        }
        for (mine, theirs) in self.codes.iter_mut().zip(&other.codes) {
            add_all(&mut mine.only_other, &theirs.only_other);
            add_all(&mut mine.only_own, &theirs.only_own);
            add_all(&mut mine.editions, &theirs.editions);
        }
        self.damaged += other.damaged;
        self.beyond_ascii |= other.beyond_ascii;
    }
}

fn add_all(mine: &mut Vec<u64>, theirs: &[u64]) {
    mine.resize(mine.len().max(theirs.len()), 0);
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}

fn count(counts: &mut Vec<u64>, index: usize) {
    if counts.len() <= index {
        counts.resize(index + 1, 0);
    }
    counts[index] += 1;
}

impl Rows {
    /// Converts a block of cells.
    pub(crate) fn convert(frame: &Frame, cells: Cells, findings: Findings) -> Rows {
        let count = cells.rows.len();
        let variables = frame.survey.variables.len();
        let mut rows = Rows {
            columns: Vec::with_capacity(variables),
            status: vec![None; count],
            imputed: vec![0; count],
            in_vain: vec![0; count],
            findings,
            shown: Shown::new(variables),
            cells,
        };
        rows.judge_shape(frame);
        for variable in 0..variables {
            let column = rows.convert_column(frame, variable);
            rows.columns.push(column);
        }
        rows.fill(frame);
        rows.require(frame);
        rows.judge_codes_by_year(frame);
        rows
    }

    /// Notes a finding of the reader's own checks.
    fn find(&mut self, frame: &Frame, row: usize, at: At, words: &[(&str, Value)]) {
        let wording = Wording::of(at.rule);
        let severity = at.severity.unwrap_or(wording.severity);
        self.status[row] = self.status[row].max(Some(severity));
        if let Some(variable) = at.variable
            && severity > Severity::Warning
        {
            self.in_vain[row] |= bit(variable);
        }
        let column = at.variable.map_or("", |variable| frame.column_name(variable));
        let unit = self.unit_of(frame, row);
        let place = Place {
            row: self.cells.rows[row].number,
            order: row as u32,
            column,
            value: at.value,
            unit: &unit,
        };
        self.findings.add_builtin(wording, severity, &place, words);
    }

    /// What names the unit of a row, as far as its text goes.
    pub(crate) fn unit_of(&self, frame: &Frame, row: usize) -> String {
        let mut unit = String::new();
        for variable in &frame.unit {
            if let Some((slot, _)) = frame.header.source_of(*variable) {
                if !unit.is_empty() {
                    unit.push_str(" · ");
                }
                unit.push_str(crate::number::trim(self.cells.field(row, slot, frame.wanted())));
            }
        }
        unit
    }

    /// Rows that are none, or not whole.
    fn judge_shape(&mut self, frame: &Frame) {
        let header: Vec<(usize, String)> = (0..frame.survey.variables.len())
            .filter_map(|variable| frame.header.source_of(variable))
            .map(|(slot, name)| (slot, plain(name)))
            .collect();
        for row in 0..self.cells.rows.len() {
            let trouble = self.cells.rows[row].trouble;
            let text = |rows: &Rows| rows.cells.row_text(row).chars().take(200).collect::<String>();
            if trouble != Some(RowTrouble::OpenQuote) && self.repeats_header(frame, row, &header) {
                let text = text(self);
                let words = [("header_row", Value::Count(frame.header.layout.header_row))];
                self.find(frame, row, At::row("repeated-header", &text), &words);
                continue;
            }
            let (rule, fields) = match trouble {
                None => continue,
                Some(RowTrouble::TooFew(fields)) => ("too-few-fields", fields),
                Some(RowTrouble::TooMany(fields)) => ("too-many-fields", fields),
                Some(RowTrouble::OpenQuote) => ("open-quote", 0),
                Some(RowTrouble::Damaged) => ("damaged-text", 0),
            };
            let text = text(self);
            self.shown.damaged += u64::from(trouble == Some(RowTrouble::Damaged));
            let words = [
                ("fields", Value::Count(fields.into())),
                ("expected", Value::Count(frame.header.layout.width as u64)),
            ];
            self.find(frame, row, At::row(rule, &text), &words);
        }
    }

    fn repeats_header(&self, frame: &Frame, row: usize, header: &[(usize, String)]) -> bool {
        let same = |(slot, name): &&(usize, String)| {
            let field = self.cells.field(row, *slot, frame.wanted());
            // Numbers are no headers: most rows end here.
            !field.starts_with(|c: char| c.is_ascii_digit()) && plain(field) == *name
        };
        // Three fields in four: some may have been cut or renamed.
        let Some(first) = header.first() else { return false };
        (same(&first) || header.get(1).is_some_and(|second| same(&second)))
            && header.iter().filter(same).count() * 4 >= header.len() * 3
    }

    fn convert_column(&mut self, frame: &Frame, variable: usize) -> Column {
        let rows = self.cells.rows.len();
        let kind = frame.survey.variables[variable].variable_type;
        let Some((slot, _)) = frame.header.source_of(variable) else {
            return match kind {
                VariableType::Code => Column::Codes(vec![NO_CODE; rows]),
                VariableType::Text => Column::Texts(vec![(0, 0); rows]),
                _ => Column::Numbers(vec![f64::NAN; rows]),
            };
        };
        match kind {
            VariableType::Code => self.convert_codes(frame, variable, slot),
            VariableType::Text => self.convert_texts(frame, variable, slot),
            VariableType::Year => self.convert_years(frame, variable, slot),
            VariableType::Number | VariableType::Integer => self.convert_numbers(frame, variable, slot),
        }
    }

    pub(crate) fn number(&self, variable: usize, row: usize) -> f64 {
        match &self.columns[variable] {
            Column::Numbers(values) => values[row],
            _ => f64::NAN,
        }
    }

    pub(crate) fn is_refused(&self, row: usize) -> bool {
        self.status[row] == Some(Severity::Refused)
    }
}

/// Which check found something, and where.
#[derive(Clone, Copy)]
struct At<'a> {
    rule: &'static str,
    variable: Option<usize>,
    value: &'a str,
    /// Instead of the check's own.
    severity: Option<Severity>,
}

impl<'a> At<'a> {
    fn row(rule: &'static str, value: &'a str) -> Self {
        At { rule, variable: None, value, severity: None }
    }

    fn field(rule: &'static str, variable: usize, value: &'a str) -> Self {
        At { rule, variable: Some(variable), value, severity: None }
    }
}

/// The bit of a variable; none beyond 128, where a field may be called unreadable and empty.
fn bit(variable: usize) -> u128 {
    1_u128.checked_shl(variable as u32).unwrap_or(0)
}
