//! Source formats: each reads its file into blocks of rows, all alike afterwards.
//!
//! The format is told by the first bytes, never by the name. One file per format; a new format
//! is one more module and one more line in [`open`].

pub(crate) mod csv;
mod encoding;
mod parquet;
mod xlsx;
mod zip_guard;

pub(crate) use parquet::is_number as parquet_is_number;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::IntakeError;
use crate::mapping::Mapping;
use crate::wording::Value;

/// A file whose format is known and whose first rows have been looked at.
pub(crate) struct Opened {
    pub(crate) format: Format,
    /// The tables in it: sheets of a workbook, or one reading of a text file per delimiter.
    pub(crate) tables: Vec<Table>,
    pub(crate) encoding: Option<&'static encoding_rs::Encoding>,
    /// A mark (BOM) says which encoding it is.
    pub(crate) marked: bool,
    /// Types of the columns, where the file declares them.
    pub(crate) types: Vec<String>,
    /// What ends a row of a text file.
    pub(crate) terminator: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
    Parquet,
}

impl Format {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
        }
    }
}

/// The first rows of a table, to find its header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) sheet: Option<String>,
    pub(crate) delimiter: Option<u8>,
    /// Rows with their number in the file.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
}

/// How many first rows are looked at.
pub(crate) const PREVIEW_ROWS: usize = 30;

/// Rows of a block at most, however short they are.
pub(crate) const BLOCK_ROWS: usize = 50_000;

/// Why a whole file is refused: a check of [`crate::wording::BUILTIN`] and its words.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) rule: &'static str,
    pub(crate) words: Vec<(&'static str, Value)>,
}

/// A file cannot be used, or the work itself failed.
pub(crate) enum Stop {
    Refused(Refusal),
    Failed(IntakeError),
}

impl From<IntakeError> for Stop {
    fn from(error: IntakeError) -> Self {
        Stop::Failed(error)
    }
}

/// Where the rows of the chosen table stand and which columns are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Index into [`Opened::tables`].
    pub(crate) table: usize,
    pub(crate) sheet: Option<String>,
    pub(crate) delimiter: u8,
    pub(crate) terminator: u8,
    /// Rows up to and including this one are not data.
    pub(crate) header_row: u64,
    /// Columns of the file under the header.
    pub(crate) width: usize,
    /// By column of the file: the slot it is wanted in, if any.
    pub(crate) slots: Vec<Option<u16>>,
    /// How many slots there are.
    pub(crate) wanted: usize,
    pub(crate) encoding: Option<&'static encoding_rs::Encoding>,
}

/// A stretch of rows on its way from the reader to a worker.
pub(crate) enum Block {
    /// Text that begins and ends with a row.
    Text {
        bytes: Vec<u8>,
        first_row: u64,
    },
    Cells(Cells),
}

/// Rows cut into fields: a dense table of the wanted columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub(crate) text: String,
    /// Row by row, one place in `text` per wanted column.
    pub(crate) spans: Vec<(u32, u32)>,
    /// What kind each field is; empty if all are text.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) rows: Vec<Row>,
}

/// One row of [`Cells`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// As a person counts it: the first row of the file is 1.
    pub(crate) number: u64,
    /// The whole row in `text`.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) trouble: Option<RowTrouble>,
}

/// What is wrong with a row as a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowTrouble {
    TooFew(u32),
    TooMany(u32),
    OpenQuote,
    Damaged,
}

/// What a cell is, in formats that tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Text,
    /// A number written by a program: point for decimals, no groups.
    Number,
    Date,
    Error,
    /// The stored value of a formula.
    Formula(FormulaKind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormulaKind {
    Number,
    Text,
    Date,
    Error,
    Missing,
}

impl Cells {
    pub(crate) fn field(&self, row: usize, slot: usize, wanted: usize) -> &str {
        let (start, end) = self.spans[row * wanted + slot];
        &self.text[start as usize..end as usize]
    }

    pub(crate) fn kind(&self, row: usize, slot: usize, wanted: usize) -> Kind {
        self.kinds.get(row * wanted + slot).copied().unwrap_or_default()
    }

    pub(crate) fn row_text(&self, row: usize) -> &str {
        let row = self.rows[row];
        &self.text[row.start as usize..row.end as usize]
    }
}

/// Takes blocks; answers whether more are wanted.
pub(crate) type Sink<'a> = dyn FnMut(Block) -> bool + 'a;

/// Looks at the first bytes of a file, and at the first rows of what it holds.
pub(crate) fn open(path: &Path, mapping: &Mapping) -> Result<Opened, Stop> {
    let mut start = Vec::with_capacity(encoding::SAMPLE);
    let mut file = File::open(path).map_err(IntakeError::reading(path))?;
    (&mut file).take(encoding::SAMPLE as u64).read_to_end(&mut start).map_err(IntakeError::reading(path))?;
    if start.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) || start == b"\xEF\xBB\xBF" {
        let bytes = Value::Count(file.metadata().map_or(start.len() as u64, |metadata| metadata.len()));
        return Err(Stop::Refused(Refusal { rule: "empty-file", words: vec![("bytes", bytes)] }));
    }
    if start.starts_with(b"PAR1") {
        return parquet::open(path);
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return xlsx::open(path);
    }
    if let Some(looks_like) = encoding::looks_like(&start) {
        return Err(Stop::Refused(Refusal {
            rule: "unknown-format",
            words: vec![("looks_like", Value::Both(looks_like))],
        }));
    }
    csv::open(path, &start, mapping)
}

/// Reads all rows of a table, block by block.
pub(crate) fn read(path: &Path, opened: &Opened, layout: &Layout, sink: &mut Sink) -> Result<(), Stop> {
    match opened.format {
        Format::Csv => csv::read(path, opened, layout, sink),
        Format::Xlsx => xlsx::read(path, layout, sink),
        Format::Parquet => parquet::read(path, layout, sink),
    }
}

pub(crate) fn unreadable(format: &'static str, reason: impl std::fmt::Display) -> Stop {
    let reason: String = reason.to_string().chars().take(200).collect();
    Stop::Refused(Refusal {
        rule: "unreadable",
        words: vec![("format", format.into()), ("reason", reason.into())],
    })
}
