//! Classifications: the versioned code lists by which enterprises and places are grouped.
//!
//! A classification is a tree of codes with named levels. Editions are separate
//! classifications (`KBLI2020`, `KBLI2025`): the same letter may mean something else in the
//! next edition, so nothing here ever translates a code from one edition to another silently.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::language::Text;

mod size;

pub use size::SizeScheme;

/// A level of a classification, such as section or province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub id: String,
    pub label: Text,
}

/// One code of a classification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub code: String,
    /// Index of the parent in [`Classification::codes`]; `None` at the top.
    pub parent: Option<u32>,
    /// Index into [`Classification::levels`].
    pub level: u8,
    pub label: Text,
    /// First day on which the code was in force, as an ISO date; `None` if always.
    pub valid_from: Option<jiff::civil::Date>,
    /// Last day on which the code was in force; `None` if it still is.
    pub valid_to: Option<jiff::civil::Date>,
    /// Codes of the same thing in other systems, such as `kemendagri` or `isic4`.
    pub other: Vec<(String, String)>,
}

/// A versioned code list. Built by [`Classification::parse`], never changed afterwards.
#[derive(Clone, Debug)]
pub struct Classification {
    pub id: String,
    pub title: Text,
    /// Who publishes it and where, shown beside every table that uses it.
    pub source: Text,
    pub levels: Vec<Level>,
    pub codes: Vec<Code>,
    index: HashMap<String, u32>,
}

/// Why a classification could not be read. The row is that of the CSV file, header = 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassificationError {
    #[error("classification `{id}`: {}", message.en)]
    Header { id: String, message: Text },
    #[error("classification `{id}`, row {row}: {}", message.en)]
    Row { id: String, row: usize, message: Text },
    #[error("classification `{id}`: the code `{code}` is its own ancestor")]
    Cycle { id: String, code: String },
}

impl ClassificationError {
    pub fn text(&self) -> Text {
        let indonesian = match self {
            ClassificationError::Header { id, message } => format!("klasifikasi `{id}`: {}", message.id),
            ClassificationError::Row { id, row, message } => {
                format!("klasifikasi `{id}`, baris {row}: {}", message.id)
            }
            ClassificationError::Cycle { id, code } => {
                format!("klasifikasi `{id}`: kode `{code}` menjadi induk bagi dirinya sendiri")
            }
        };
        Text::new(indonesian, self.to_string())
    }
}

/// The description of a classification, `classifications/<name>.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassificationHeader {
    pub id: String,
    pub title: Text,
    pub source: Text,
    /// From the top to the finest.
    pub levels: Vec<Level>,
}

impl Classification {
    /// Reads a classification from its description (TOML) and its codes (CSV).
    ///
    /// Columns: `code,parent,level,label_id,label_en`, optionally `valid_from,valid_to`; every
    /// further column is the code of the same thing in another system, named by the header.
    pub fn parse(description: &str, codes: &str) -> Result<Self, ClassificationError> {
        let header: ClassificationHeader = toml::from_str(description).map_err(|error| {
            let message = crate::syntax::fault(&error, description);
            ClassificationError::Header { id: String::new(), message }
        })?;
        let rows = Row::read_all(&header.id, codes)?;
        Self::build(header, rows)
    }

    /// Builds a classification from its description and its codes, given in any order.
    pub fn build(header: ClassificationHeader, rows: Vec<Row>) -> Result<Self, ClassificationError> {
        let id = header.id.clone();
        let at = |position: usize, indonesian: String, english: String| {
            let message = Text::new(indonesian, english);
            ClassificationError::Row { id: id.clone(), row: position + 2, message }
        };
        let mut index = HashMap::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            if row.code.is_empty() {
                return Err(at(position, "kodenya kosong".into(), "the code is empty".into()));
            }
            if index.insert(row.code.clone(), position as u32).is_some() {
                let code = &row.code;
                return Err(at(
                    position,
                    format!("kode `{code}` ada dua kali"),
                    format!("the code `{code}` stands twice"),
                ));
            }
        }
        let mut codes = Vec::with_capacity(rows.len());
        for (position, row) in rows.into_iter().enumerate() {
            let parent = match row.parent.as_str() {
                "" => None,
                parent => Some(*index.get(parent).ok_or_else(|| {
                    at(
                        position,
                        format!("induk `{parent}` dari `{}` tidak ada", row.code),
                        format!("the parent `{parent}` of `{}` does not exist", row.code),
                    )
                })?),
            };
            let level = header.levels.iter().position(|level| level.id == row.level).ok_or_else(|| {
                let level = &row.level;
                at(
                    position,
                    format!("tingkat `{level}` bukan tingkat klasifikasi ini"),
                    format!("the level `{level}` is not one of the classification's"),
                )
            })?;
            codes.push(Code {
                code: row.code,
                parent,
                level: level as u8,
                label: Text::new(row.label_id, row.label_en),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                other: row.other,
            });
        }
        let classification = Classification {
            id: header.id,
            title: header.title,
            source: header.source,
            levels: header.levels,
            codes,
            index,
        };
        classification.refuse_cycles()?;
        Ok(classification)
    }

    /// The position of a code, by its exact spelling.
    pub fn find(&self, code: &str) -> Option<u32> {
        self.index.get(code).copied()
    }

    pub fn get(&self, position: u32) -> &Code {
        &self.codes[position as usize]
    }

    /// The ancestor of a code at a level (the code itself if it stands there).
    pub fn ancestor_at(&self, position: u32, level: u8) -> Option<u32> {
        let mut current = position;
        loop {
            let code = self.get(current);
            if code.level == level {
                return Some(current);
            }
            current = code.parent?;
        }
    }

    /// The index of a level by its id, such as `division`.
    pub fn level(&self, id: &str) -> Option<u8> {
        self.levels.iter().position(|level| level.id == id).map(|level| level as u8)
    }

    /// Codes of a level that are in force on a date (all of them if no date is given).
    pub fn at_level(&self, level: u8, on: Option<jiff::civil::Date>) -> impl Iterator<Item = (u32, &Code)> {
        self.codes.iter().enumerate().filter_map(move |(position, code)| {
            (code.level == level && on.is_none_or(|day| code.in_force(day)))
                .then_some((position as u32, code))
        })
    }

    fn refuse_cycles(&self) -> Result<(), ClassificationError> {
        for code in &self.codes {
            let mut steps = 0;
            let mut current = code.parent;
            while let Some(parent) = current {
                steps += 1;
                if steps > self.codes.len() {
                    return Err(ClassificationError::Cycle { id: self.id.clone(), code: code.code.clone() });
                }
                current = self.get(parent).parent;
            }
        }
        Ok(())
    }
}

impl Code {
    pub fn in_force(&self, day: jiff::civil::Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// One row of a classification's CSV file, before it is checked.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub code: String,
    pub parent: String,
    pub level: String,
    pub label_id: String,
    pub label_en: String,
    pub valid_from: Option<jiff::civil::Date>,
    pub valid_to: Option<jiff::civil::Date>,
    pub other: Vec<(String, String)>,
}

impl Row {
    fn read_all(id: &str, text: &str) -> Result<Vec<Row>, ClassificationError> {
        let at = |row: usize, message: Text| ClassificationError::Row { id: id.to_owned(), row, message };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| at(1, Text::same(error.to_string())))?.clone();
        let mut rows = Vec::new();
        for (position, record) in reader.records().enumerate() {
            let record = record.map_err(|error| at(position + 2, Text::same(error.to_string())))?;
            let mut row = Row::default();
            for (name, value) in header.iter().zip(record.iter()) {
                let date = || match value {
                    "" => Ok(None),
                    text => text.parse().map(Some).map_err(|_| {
                        let message = Text::new(
                            format!("`{text}` di `{name}` bukan tanggal seperti 2022-11-17"),
                            format!("`{text}` in `{name}` is not a date like 2022-11-17"),
                        );
                        at(position + 2, message)
                    }),
                };
                match name {
                    "code" => row.code = value.to_owned(),
                    "parent" => row.parent = value.to_owned(),
                    "level" => row.level = value.to_owned(),
                    "label_id" => row.label_id = value.to_owned(),
                    "label_en" => row.label_en = value.to_owned(),
                    "valid_from" => row.valid_from = date()?,
                    "valid_to" => row.valid_to = date()?,
                    _ if value.is_empty() => {}
                    system => row.other.push((system.to_owned(), value.to_owned())),
                }
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests;
