//! Figures with what must stand beside them: definition, source, n, missing values, notes.

use domain::language::Text;
use serde::Serialize;

/// A cell of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    Count(u64),
    Text(String),
    /// There is no figure, and this is why.
    Absent(Text),
}

impl From<f64> for Cell {
    /// A value that is not finite is no figure.
    fn from(value: f64) -> Self {
        match value {
            value if value.is_finite() => Cell::Number(value),
            value if value.is_nan() => Cell::Absent(Text::new("tidak terdefinisi", "undefined")),
            _ => Cell::Absent(Text::new("tak hingga", "infinite")),
        }
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or_else(|| Cell::from(f64::NAN), Cell::from)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Cell::Count(value as u64)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Cell::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Cell::Text(value)
    }
}

impl Serialize for Cell {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Number(value) => serializer.serialize_f64(*value),
            Cell::Count(value) => serializer.serialize_u64(*value),
            Cell::Text(value) => serializer.serialize_str(value),
            Cell::Absent(_) => serializer.serialize_none(),
        }
    }
}

/// The head of a column of a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heading {
    /// Name in JSON and CSV.
    pub id: String,
    pub label: Text,
}

/// A table of figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    pub id: String,
    pub title: Text,
    pub columns: Vec<Heading>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table with columns given as `(id, Indonesian, English)`.
    pub fn new(id: &str, title: [&str; 2], columns: &[(&str, &str, &str)]) -> Self {
        Table {
            id: id.to_owned(),
            title: Text::new(title[0], title[1]),
            columns: columns
                .iter()
                .map(|(id, indonesian, english)| Heading {
                    id: (*id).to_owned(),
                    label: Text::new(*indonesian, *english),
                })
                .collect(),
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row of `{}` has all columns", self.id);
        self.rows.push(row);
    }
}

/// Something a reader of the figures must know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// True if the figures are to be used with care.
    pub warning: bool,
    pub text: Text,
}

/// What a method gives back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub tables: Vec<Table>,
    pub notes: Vec<Note>,
    /// Rows that entered the figures.
    pub used: usize,
}

impl Figures {
    pub fn new(used: usize) -> Self {
        Figures { used, ..Figures::default() }
    }

    pub fn table(mut self, table: Table) -> Self {
        self.tables.push(table);
        self
    }

    pub fn note(mut self, id: impl Into<String>, en: impl Into<String>) -> Self {
        self.notes.push(Note { warning: false, text: Text::new(id, en) });
        self
    }

    pub fn warn(mut self, id: impl Into<String>, en: impl Into<String>) -> Self {
        self.notes.push(Note { warning: true, text: Text::new(id, en) });
        self
    }
}

/// The figures of a run with what must stand beside them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub method: &'static str,
    pub title: Text,
    pub definition: Text,
    pub source: &'static str,
    /// Rows of the input.
    pub rows: usize,
    /// Rows that entered the figures.
    pub used: usize,
    /// Rows left out because a value was missing or could not be used.
    pub left_out: usize,
    pub tables: Vec<Table>,
    pub notes: Vec<Note>,
}
