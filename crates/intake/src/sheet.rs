//! Small tables of texts: a file of the register, row by row, fields by their headings.
//!
//! Where a survey is streamed and converted, this reads words: who meets them says what they mean. Columns
//! may stand in any order, more may stand beside them, and titles above the header are passed over.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use domain::enterprise::batch::Row;
use domain::language::Text;

use crate::error::IntakeError;
use crate::header::letters;
use crate::mapping::{Mapping, plain};
use crate::source::{Block, Cells, Kind, Layout, Opened, Refusal, Stop, csv, open, read, unreadable};
use crate::wording::{Value, Wording, fill};

/// By field: every heading under which it may stand.
pub type Headings = BTreeMap<String, Vec<String>>;

/// What stood in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub rows: Vec<Row>,
    /// By field: the heading under which it was found.
    pub columns: BTreeMap<String, String>,
    /// Headings that mean nothing here.
    pub unread: Vec<String>,
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file; the words are for whoever sent it.
    #[error("{}", .0.en)]
    Refused(Text),
    #[error(transparent)]
    Failed(#[from] IntakeError),
}

/// A header that was found.
struct Header {
    layout: Layout,
    /// By slot.
    fields: Vec<String>,
    columns: BTreeMap<String, String>,
    unread: Vec<String>,
}

/// Reads all rows of a file, `rows_max` at most. `needed`: fields without which it is none of ours.
pub fn read_sheet(
    path: &Path,
    headings: &Headings,
    needed: &[&str],
    rows_max: usize,
) -> Result<Sheet, SheetError> {
    let work = || -> Result<Sheet, Stop> {
        let opened = open(path, &Mapping::default())?;
        let header = header(&opened, headings, needed)?;
        let mut rows = Vec::new();
        read(path, &opened, &header.layout, &mut |block| {
            let cells = match block {
                Block::Cells(cells) => cells,
                Block::Text { bytes, first_row } => csv::cut(bytes, first_row, &header.layout),
            };
            gather(&cells, &header, &mut rows);
            rows.len() <= rows_max
        })?;
        if rows.len() > rows_max {
            return Err(too_many(rows_max));
        }
        Ok(Sheet { rows, columns: header.columns, unread: header.unread })
    };
    // Readers of foreign formats may give up loudly on damaged files.
    let outcome =
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(unreadable("", "the reader gave up")));
    outcome.map_err(|stop| match stop {
        Stop::Failed(error) => SheetError::Failed(error),
        Stop::Refused(refusal) => SheetError::Refused(said(&refusal)),
    })
}

fn said(refusal: &Refusal) -> Text {
    let wording = Wording::of(refusal.rule);
    let look_up =
        |word: &str| refusal.words.iter().find(|(name, _)| *name == word).map(|(_, value)| value.clone());
    let (message, remedy) = (fill(&wording.message(), &look_up), fill(&wording.remedy(), &look_up));
    Text::new(format!("{}. {}.", message.id, remedy.id), format!("{}. {}.", message.en, remedy.en))
}

fn too_many(most: usize) -> Stop {
    Stop::Refused(Refusal { rule: "too-many-rows", words: vec![("most", Value::Count(most as u64))] })
}

/// The row under which most fields are found, in whichever sheet.
fn header(opened: &Opened, headings: &Headings, needed: &[&str]) -> Result<Header, Stop> {
    let mut best: Option<Header> = None;
    for (index, table) in opened.tables.iter().enumerate() {
        for (number, names) in &table.rows {
            let layout = Layout {
                table: index,
                sheet: table.sheet.clone(),
                delimiter: table.delimiter.unwrap_or(b','),
                terminator: opened.terminator,
                header_row: *number,
                width: names.len(),
                slots: vec![None; names.len()],
                encoding: opened.encoding,
                ..Layout::default()
            };
            let found = matched(names, headings, layout);
            if found.fields.len() > best.as_ref().map_or(0, |best| best.fields.len()) {
                best = Some(found);
            }
        }
    }
    let missing = |header: &Header| needed.iter().any(|field| !header.columns.contains_key(*field));
    best.filter(|header| !missing(header)).ok_or_else(|| {
        let first = opened.tables.first().and_then(|table| table.rows.first());
        let first: Vec<String> = first
            .map(|(_, names)| names.iter().filter(|name| !name.is_empty()).take(6).cloned().collect())
            .unwrap_or_default();
        let expected: Vec<&str> =
            needed.iter().filter_map(|field| headings.get(*field)?.first()).map(String::as_str).collect();
        let first: String = first.join(", ").chars().take(200).collect();
        let words = vec![("first_row", first.into()), ("expected", expected.join(", ").into())];
        Stop::Refused(Refusal { rule: "no-header", words })
    })
}

fn matched(names: &[String], headings: &Headings, mut layout: Layout) -> Header {
    let (mut fields, mut columns, mut unread) = (Vec::new(), BTreeMap::new(), Vec::new());
    for (column, name) in names.iter().enumerate() {
        let written = plain(name);
        let meant = headings
            .iter()
            .find(|(field, ways)| {
                plain(field) == written && !written.is_empty() || ways.iter().any(|way| plain(way) == written)
            })
            .map(|(field, _)| field);
        match meant {
            // Of two columns for one field the first is read, and the other is told.
            Some(field) if !columns.contains_key(field) => {
                layout.slots[column] = u16::try_from(fields.len()).ok();
                columns.insert(field.clone(), name.clone());
                fields.push(field.clone());
            }
            _ if name.is_empty() => {}
            _ => unread.push(format!("{} ({})", name.chars().take(60).collect::<String>(), letters(column))),
        }
    }
    layout.wanted = fields.len();
    Header { layout, fields, columns, unread }
}

fn gather(cells: &Cells, header: &Header, rows: &mut Vec<Row>) {
    for (position, row) in cells.rows.iter().enumerate() {
        let mut values = BTreeMap::new();
        for (slot, field) in header.fields.iter().enumerate() {
            let text = cells.field(position, slot, header.fields.len()).trim();
            let text = match cells.kind(position, slot, header.fields.len()) {
                // A year or a count that a program wrote as a number with decimals.
                Kind::Number => text.strip_suffix(".0").unwrap_or(text),
                _ => text,
            };
            values.insert(field.clone(), text.to_owned());
        }
        if values.values().any(|value| !value.is_empty()) {
            rows.push(Row { number: row.number, values });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings() -> Headings {
        [("name", vec!["Nama usaha"]), ("region", vec!["Kabupaten/Kota"]), ("nib", vec!["NIB"])]
            .map(|(field, ways)| (field.to_owned(), ways.into_iter().map(str::to_owned).collect()))
            .into()
    }

    fn sheet(text: &str) -> Result<Sheet, SheetError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        read_sheet(&path, &headings(), &["name", "region"], 3)
    }

    #[test]
    fn columns_may_be_moved_added_or_left_out() {
        let read = sheet(
            "Daftar usaha 2026,,,\nCatatan kami,KABUPATEN / KOTA,Nama Usaha,Nomor WA\nx,3374,CV Satu,08\n,,,\ny,3319,\"UD \"\"Dua\"\"\",\n",
        )
        .unwrap();
        assert_eq!(read.unread, ["Catatan kami (A)", "Nomor WA (D)"]);
        let rows: Vec<_> = read
            .rows
            .iter()
            .map(|row| (row.number, row.values["name"].as_str(), row.values["region"].as_str()))
            .collect();
        assert_eq!(rows, [(3, "CV Satu", "3374"), (5, "UD \"Dua\"", "3319")]);
        assert!(!read.rows[0].values.contains_key("nib"), "a column that is not there says nothing");
    }

    #[test]
    fn what_is_no_table_of_the_register_is_refused_in_words() {
        let words = |text: &str| match sheet(text) {
            Err(SheetError::Refused(words)) => words.id,
            other => panic!("{other:?}"),
        };
        assert!(words("a,b\n1,2\n").contains("Nama usaha, Kabupaten/Kota"), "{}", words("a,b\n1,2\n"));
        assert!(words("").contains("tidak berisi apa pun"));
        let long = format!("Nama usaha,Kabupaten/Kota\n{}", "CV A,3374\n".repeat(4));
        assert!(words(&long).contains("paling banyak 3 baris"), "{}", words(&long));
    }
}
