//! Named columns of equal length, as they came from a file.

use std::collections::HashMap;

use super::MethodError;

/// The code of a missing value in [`Categories`].
pub const MISSING: u32 = u32::MAX;

/// A column of words: each row has the number of its level, levels in order of first appearance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Categories {
    pub levels: Vec<String>,
    pub codes: Vec<u32>,
}

impl Categories {
    /// Reads words; `None` and the empty word are missing.
    pub fn of<'a>(words: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut found: HashMap<String, u32> = HashMap::new();
        let mut categories = Categories::default();
        for word in words {
            let code = match word {
                None | Some("") => MISSING,
                Some(word) => *found.entry(word.to_owned()).or_insert_with(|| {
                    categories.levels.push(word.to_owned());
                    categories.levels.len() as u32 - 1
                }),
            };
            categories.codes.push(code);
        }
        categories
    }

    /// The word of a row, unless it is missing.
    pub fn word(&self, row: usize) -> Option<&str> {
        self.levels.get(self.codes[row] as usize).map(String::as_str)
    }
}

/// Numbers (a missing one is NaN) or words.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Number(Vec<f64>),
    Text(Categories),
}

impl Column {
    pub fn len(&self) -> usize {
        match self {
            Column::Number(values) => values.len(),
            Column::Text(categories) => categories.codes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn keep(&self, rows: &[usize]) -> Column {
        match self {
            Column::Number(values) => Column::Number(rows.iter().map(|row| values[*row]).collect()),
            Column::Text(categories) => Column::Text(Categories {
                levels: categories.levels.clone(),
                codes: rows.iter().map(|row| categories.codes[*row]).collect(),
            }),
        }
    }
}

/// Named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
}

impl Frame {
    pub fn new(columns: Vec<(String, Column)>) -> Result<Self, MethodError> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let mut frame = Frame { names: Vec::new(), columns: Vec::new(), rows };
        for (name, column) in columns {
            if column.len() != rows {
                return Err(MethodError::Ragged { column: name, rows: column.len(), expected: rows });
            }
            if frame.names.contains(&name) {
                return Err(MethodError::ColumnTwice { column: name });
            }
            frame.names.push(name);
            frame.columns.push(column);
        }
        Ok(frame)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn column(&self, name: &str) -> Result<&Column, MethodError> {
        let at = self.names.iter().position(|known| known == name).ok_or_else(|| {
            MethodError::UnknownColumn { column: name.to_owned(), known: self.names.join(", ") }
        })?;
        Ok(&self.columns[at])
    }

    /// The numbers of a column; a missing value is NaN, a word is an error that names its row.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, MethodError> {
        match self.column(name)? {
            Column::Number(values) => Ok(values.clone()),
            Column::Text(categories) => (0..self.rows)
                .map(|row| match categories.word(row) {
                    None => Ok(f64::NAN),
                    Some(word) => word.trim().parse().map_err(|_| MethodError::NotANumber {
                        column: name.to_owned(),
                        row: row + 1,
                        value: word.to_owned(),
                    }),
                })
                .collect(),
        }
    }

    /// The words of a column; numbers are taken as words.
    pub fn categories(&self, name: &str) -> Result<Categories, MethodError> {
        match self.column(name)? {
            Column::Text(categories) => Ok(categories.clone()),
            Column::Number(values) => {
                let words: Vec<Option<String>> =
                    values.iter().map(|value| (!value.is_nan()).then(|| value.to_string())).collect();
                Ok(Categories::of(words.iter().map(Option::as_deref)))
            }
        }
    }

    /// The same columns with only these rows.
    pub fn keep(&self, rows: &[usize]) -> Frame {
        Frame {
            names: self.names.clone(),
            columns: self.columns.iter().map(|column| column.keep(rows)).collect(),
            rows: rows.len(),
        }
    }
}
