//! Finding the header: which table of the file, which row, which columns.

use domain::finding::Severity;
use domain::survey::Survey;

use crate::mapping::{Mapping, Match, match_headers, nearest_header, suggest};
use crate::number::Decimals;
use crate::source::{Format, Layout, Opened, Refusal, Table, parquet_is_number};
use crate::summary::{ColumnUse, Unmapped};
use crate::wording::Value;

/// The header that was chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    pub(crate) layout: Layout,
    /// What the columns are called in the file; a nameless one by its letter.
    pub(crate) names: Vec<String>,
    pub(crate) found: Match,
}

/// Something about the file as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) rule: &'static str,
    /// Instead of the rule's own severity.
    pub(crate) severity: Option<Severity>,
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) words: Vec<(&'static str, Value)>,
}

impl Note {
    pub(crate) fn new(rule: &'static str, column: &str, words: Vec<(&'static str, Value)>) -> Self {
        Note { rule, severity: None, column: column.to_owned(), value: String::new(), words }
    }
}

/// Chooses the table and the header row by which most variables are found.
pub(crate) fn choose(opened: &Opened, survey: &Survey, mapping: &Mapping) -> Result<Header, Refusal> {
    let mut best: Option<(usize, Header)> = None;
    for (index, table) in opened.tables.iter().enumerate() {
        if mapping.file.sheet.is_some() && table.sheet.is_some() && mapping.file.sheet != table.sheet {
            continue;
        }
        for (names, also, header_row) in candidates(table, mapping) {
            let found = match_headers(&names, &also, survey, mapping);
            let score = found.found();
            if score > best.as_ref().map_or(0, |(score, _)| *score) {
                let layout = Layout {
                    table: index,
                    sheet: table.sheet.clone(),
                    delimiter: table.delimiter.unwrap_or(b','),
                    terminator: opened.terminator,
                    header_row,
                    width: names.len(),
                    encoding: opened.encoding,
                    ..Layout::default()
                };
                best = Some((score, Header { layout, names, found }));
            }
        }
    }
    match best {
        Some((_, mut header)) => {
            header.finish();
            Ok(header)
        }
        None => Err(no_header(opened, survey)),
    }
}

/// Possible headers of a table: names, other ways to read them, and the last row they take.
fn candidates<'a>(
    table: &'a Table,
    mapping: &'a Mapping,
) -> impl Iterator<Item = (Vec<String>, Vec<Vec<String>>, u64)> + 'a {
    let wanted = move |number: u64| mapping.file.header_row.is_none_or(|row| row == number);
    table.rows.iter().enumerate().filter(move |(_, (number, _))| wanted(*number)).flat_map(
        move |(position, (number, upper))| {
            let one = (trimmed(upper), Vec::new(), *number);
            let two = table.rows.get(position + 1).map(|(below, lower)| {
                let (names, also) = stacked(upper, lower);
                (names, also, *below)
            });
            std::iter::once(one).chain(two)
        },
    )
}

fn trimmed(row: &[String]) -> Vec<String> {
    let width = row.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    row[..width].to_vec()
}

/// Two rows of headings, where one above may stretch over several below (merged cells).
fn stacked(upper: &[String], lower: &[String]) -> (Vec<String>, Vec<Vec<String>>) {
    let width = upper.len().max(lower.len());
    let (mut names, mut also) = (Vec::new(), Vec::new());
    let mut heading = "";
    for column in 0..width {
        let above = upper.get(column).map_or("", String::as_str);
        let below = lower.get(column).map_or("", String::as_str);
        if !above.is_empty() {
            heading = above;
        }
        if below.is_empty() {
            names.push(above.to_owned());
            also.push(Vec::new());
        } else {
            names.push(below.to_owned());
            also.push(vec![format!("{heading} {below}"), format!("{below} {heading}")]);
        }
    }
    let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    names.truncate(width);
    also.truncate(width);
    (names, also)
}

fn no_header(opened: &Opened, survey: &Survey) -> Refusal {
    let widest = opened.tables.iter().max_by_key(|table| {
        table.rows.first().map_or(0, |(_, fields)| fields.iter().filter(|field| !field.is_empty()).count())
    });
    let first = widest.and_then(|table| table.rows.first()).map_or(String::new(), |(_, fields)| {
        fields.iter().filter(|field| !field.is_empty()).take(6).cloned().collect::<Vec<_>>().join(", ")
    });
    let expected: Vec<&str> = survey
        .variables
        .iter()
        .filter(|variable| variable.required)
        .take(6)
        .map(|variable| variable.name.as_str())
        .collect();
    Refusal {
        rule: "no-header",
        words: vec![
            ("first_row", first.chars().take(200).collect::<String>().into()),
            ("expected", expected.join(", ").into()),
        ],
    }
}

impl Header {
    /// Gives each mapped column a slot, and nameless columns a name.
    fn finish(&mut self) {
        for (column, name) in self.names.iter_mut().enumerate() {
            if name.is_empty() {
                *name = letters(column);
            }
        }
        self.layout.slots = vec![None; self.layout.width];
        for (column, _) in self.found.columns.iter().flatten() {
            self.layout.slots[*column] = Some(self.layout.wanted as u16);
            self.layout.wanted += 1;
        }
    }

    /// The slot and the name of the column that brings a variable.
    pub(crate) fn source_of(&self, variable: usize) -> Option<(usize, &str)> {
        let (column, _) = self.found.columns[variable]?;
        let slot = self.layout.slots[column]?;
        Some((usize::from(slot), &self.names[column]))
    }

    /// What is to be said about the columns. A refused note refuses the file.
    pub(crate) fn notes(
        &self,
        opened: &Opened,
        survey: &Survey,
        filled: &dyn Fn(usize) -> bool,
    ) -> Vec<Note> {
        let mut notes = self.missing_columns(survey, filled);
        notes.extend(self.columns_in_doubt(survey));
        notes.extend(self.how_it_was_read(opened, survey));
        notes
    }

    /// Variables that the file must bring and does not.
    fn missing_columns(&self, survey: &Survey, filled: &dyn Fn(usize) -> bool) -> Vec<Note> {
        let mut notes = Vec::new();
        for (position, variable) in survey.variables.iter().enumerate() {
            let needed = variable.required || survey.key.contains(&variable.name);
            if needed && self.found.columns[position].is_none() && !filled(position) {
                let nearest = nearest_header(variable, &self.names, &self.found);
                let nearest = match nearest {
                    Some(header) => Value::Text(format!("“{header}”")),
                    None => Value::Both(domain::language::Text::new("tidak ada", "nothing")),
                };
                notes.push(Note::new(
                    "missing-column",
                    &variable.name,
                    vec![
                        ("label", (&variable.label).into()),
                        ("variable", variable.name.as_str().into()),
                        ("nearest", nearest),
                    ],
                ));
            }
        }
        notes
    }

    /// Columns of which it is not certain what they are.
    fn columns_in_doubt(&self, survey: &Survey) -> Vec<Note> {
        let mut notes = Vec::new();
        for (first, second) in &self.found.duplicates {
            let name = &self.names[*first];
            let wanted =
                self.found.variable_of(*first).is_some() || self.found.variable_of(*second).is_some();
            let mut note = Note::new(
                "duplicate-header",
                name,
                vec![
                    ("header", name.as_str().into()),
                    ("first", letters(*first).into()),
                    ("second", letters(*second).into()),
                ],
            );
            // Which of two columns is meant is never guessed; columns nobody reads do no harm.
            note.severity = (!wanted).then_some(Severity::Warning);
            notes.push(note);
        }
        for (column, position) in &self.found.rivals {
            let used = self.source_of(*position).map_or("", |(_, name)| name);
            notes.push(Note::new(
                "two-columns",
                &self.names[*column],
                vec![
                    ("header", self.names[*column].as_str().into()),
                    ("used", used.into()),
                    ("variable", survey.variables[*position].name.as_str().into()),
                ],
            ));
        }
        notes
    }

    /// Which sheet was chosen, and columns that hold another kind of value than expected.
    fn how_it_was_read(&self, opened: &Opened, survey: &Survey) -> Vec<Note> {
        let mut notes = Vec::new();
        if opened.format == Format::Xlsx && opened.tables.len() > 1 {
            notes.push(Note::new(
                "sheet-chosen",
                "",
                vec![
                    ("count", Value::Count(opened.tables.len() as u64)),
                    ("sheet", self.layout.sheet.as_deref().unwrap_or_default().into()),
                ],
            ));
        }
        for (position, variable) in survey.variables.iter().enumerate() {
            let Some((column, _)) = self.found.columns[position] else { continue };
            if let Some(kind) = opened.types.get(column)
                && variable.is_numeric()
                && !parquet_is_number(kind)
            {
                notes.push(Note::new(
                    "column-type",
                    &self.names[column],
                    vec![("type", kind.as_str().into()), ("variable", variable.name.as_str().into())],
                ));
            }
        }
        notes
    }

    pub(crate) fn columns(&self, survey: &Survey, decimals: &[Decimals]) -> Vec<ColumnUse> {
        let mut columns: Vec<(usize, ColumnUse)> = Vec::new();
        for (position, variable) in survey.variables.iter().enumerate() {
            if let Some((column, matched)) = self.found.columns[position] {
                columns.push((
                    column,
                    ColumnUse {
                        variable: variable.name.clone(),
                        column: self.names[column].clone(),
                        matched,
                        decimals: variable.is_numeric().then(|| decimals[position].word().to_owned()),
                    },
                ));
            }
        }
        columns.sort_by_key(|(column, _)| *column);
        columns.into_iter().map(|(_, column)| column).collect()
    }

    pub(crate) fn unmapped(&self, survey: &Survey) -> Vec<Unmapped> {
        self.names
            .iter()
            .enumerate()
            .filter(|(column, _)| self.found.variable_of(*column).is_none())
            .map(|(_, name)| Unmapped {
                column: name.clone(),
                suggestion: suggest(name, survey, &self.found).map(|variable| variable.name.clone()),
            })
            .collect()
    }
}

/// The letters by which a spreadsheet names a column.
pub(crate) fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).expect("only letters from A to Z")
}
