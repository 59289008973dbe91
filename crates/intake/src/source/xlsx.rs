//! Workbooks: sheets are streamed cell by cell, so a sheet may be as long as it likes.

use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::zip_guard::{LIMITS, check};
use super::{
    BLOCK_ROWS, Block, Cells, Format, FormulaKind, Kind, Layout, Opened, PREVIEW_ROWS, Row, Sink, Stop,
    Table, unreadable,
};
use crate::error::IntakeError;

type Workbook = Xlsx<BufReader<File>>;

/// Columns beyond this one are not looked at; Excel itself ends at 16,384.
const COLUMNS_MAX: u32 = 2_000;

/// A block is handed on at the latest when it holds so much text.
const BLOCK_TEXT: usize = 8 << 20;

/// Looks at the first rows of every sheet, once the archive is known not to explode.
pub(super) fn open(path: &Path) -> Result<Opened, Stop> {
    check(path, LIMITS)?;
    let mut workbook = workbook(path)?;
    let mut tables = Vec::new();
    for sheet in workbook.sheet_names() {
        // Charts and other sheets without cells are passed over.
        if let Ok(rows) = preview(&mut workbook, &sheet)
            && !rows.is_empty()
        {
            tables.push(Table { sheet: Some(sheet), delimiter: None, rows });
        }
    }
    Ok(Opened {
        format: Format::Xlsx,
        tables,
        encoding: None,
        marked: true,
        types: Vec::new(),
        terminator: b'\n',
    })
}

fn workbook(path: &Path) -> Result<Workbook, Stop> {
    let file = File::open(path).map_err(IntakeError::reading(path))?;
    Xlsx::new(BufReader::new(file)).map_err(|error| unreadable("XLSX", error))
}

fn preview(workbook: &mut Workbook, sheet: &str) -> Result<Vec<(u64, Vec<String>)>, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let number = u64::from(row) + 1;
        let mut text = String::new();
        write_value(cell.get_value(), &mut text);
        let text = text.trim();
        if text.is_empty() || column >= COLUMNS_MAX {
            continue;
        }
        if rows.last().is_none_or(|(last, _)| *last != number) {
            if rows.len() == PREVIEW_ROWS {
                break;
            }
            rows.push((number, Vec::new()));
        }
        if let Some((_, fields)) = rows.last_mut() {
            let needed = column as usize + 1;
            fields.resize(needed.max(fields.len()), String::new());
            fields[column as usize] = text.to_owned();
        }
    }
    Ok(rows)
}

/// Reads one sheet in blocks of rows.
pub(super) fn read(path: &Path, layout: &Layout, sink: &mut Sink) -> Result<(), Stop> {
    let damaged = |error: XlsxError| unreadable("XLSX", error);
    let mut workbook = workbook(path)?;
    let sheet = layout.sheet.clone().unwrap_or_default();
    let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut rows = Rows::new(layout);
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = cell.pos;
        if !rows.begin(u64::from(row) + 1) {
            return Err(unreadable("XLSX", format!("row {} stands after later rows", u64::from(row) + 1)));
        }
        rows.put(column, &cell.value, cell.formula.is_some());
        if rows.is_full() && !sink(rows.take()) {
            return Ok(());
        }
    }
    rows.end();
    if !rows.cells.rows.is_empty() {
        sink(rows.take());
    }
    Ok(())
}

/// Gathers cells, which come one by one and only where something stands, into dense rows.
struct Rows<'a> {
    layout: &'a Layout,
    cells: Cells,
    /// The row under way, if it is data and not yet ended.
    number: u64,
    base: usize,
    start: usize,
    filled: bool,
}

impl<'a> Rows<'a> {
    fn new(layout: &'a Layout) -> Self {
        Rows { layout, cells: Cells::default(), number: 0, base: 0, start: 0, filled: false }
    }

    /// Goes to a row; false if it lies before the one under way.
    fn begin(&mut self, number: u64) -> bool {
        if number > self.number {
            self.end();
            self.number = number;
            self.start = self.cells.text.len();
            self.base = self.cells.spans.len();
        }
        number == self.number
    }

    fn put(&mut self, column: u32, value: &DataRef, formula: bool) {
        let column = column as usize;
        if self.number <= self.layout.header_row || column >= self.layout.width {
            return;
        }
        let start = self.cells.text.len();
        let kind = write_value(value, &mut self.cells.text);
        let end = self.cells.text.len();
        if end == start && !formula {
            return;
        }
        self.cells.text.push('\t');
        if !self.filled {
            self.filled = true;
            self.cells.spans.resize(self.base + self.layout.wanted, (0, 0));
            self.cells.kinds.resize(self.base + self.layout.wanted, Kind::Text);
        }
        if let Some(Some(slot)) = self.layout.slots.get(column) {
            let place = self.base + usize::from(*slot);
            self.cells.spans[place] = (start as u32, end as u32);
            self.cells.kinds[place] = if formula { of_formula(kind, end == start) } else { kind };
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.filled) {
            let end = self.cells.text.len().saturating_sub(1).max(self.start);
            let row = Row { number: self.number, start: self.start as u32, end: end as u32, trouble: None };
            self.cells.rows.push(row);
        }
    }

    /// Is it time to hand over the rows that are complete?
    fn is_full(&self) -> bool {
        let rows = self.cells.rows.len();
        rows >= BLOCK_ROWS || rows > 0 && self.cells.text.len() >= BLOCK_TEXT
    }

    fn take(&mut self) -> Block {
        // The row under way goes along only if it is complete; otherwise it is carried over.
        let mut rest = Cells::default();
        if self.filled {
            let offset = self.start as u32;
            rest.text = self.cells.text.split_off(self.start);
            rest.spans = self.cells.spans.split_off(self.base);
            rest.kinds = self.cells.kinds.split_off(self.base);
            for span in &mut rest.spans {
                *span = (span.0.saturating_sub(offset), span.1.saturating_sub(offset));
            }
        }
        self.start = 0;
        self.base = 0;
        Block::Cells(std::mem::replace(&mut self.cells, rest))
    }
}

fn of_formula(kind: Kind, missing: bool) -> Kind {
    Kind::Formula(match kind {
        _ if missing => FormulaKind::Missing,
        Kind::Number => FormulaKind::Number,
        Kind::Date => FormulaKind::Date,
        Kind::Error => FormulaKind::Error,
        Kind::Text | Kind::Formula(_) => FormulaKind::Text,
    })
}

fn write_value(value: &DataRef, into: &mut String) -> Kind {
    let written = match value {
        DataRef::Empty => return Kind::Text,
        DataRef::Int(number) => write!(into, "{number}").map(|()| Kind::Number),
        DataRef::Float(number) => write!(into, "{number}").map(|()| Kind::Number),
        DataRef::String(text) => write!(into, "{text}").map(|()| Kind::Text),
        DataRef::SharedString(text) => write!(into, "{text}").map(|()| Kind::Text),
        DataRef::Bool(truth) => write!(into, "{truth}").map(|()| Kind::Text),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            write!(into, "{year:04}-{month:02}-{day:02}").map(|()| Kind::Date)
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            write!(into, "{text}").map(|()| Kind::Date)
        }
        DataRef::Error(error) => write!(into, "{error}").map(|()| Kind::Error),
    };
    written.expect("writing to a string cannot fail")
}
