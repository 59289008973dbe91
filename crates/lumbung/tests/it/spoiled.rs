//! Every method of the bench on bad input, as a person meets it at the command line. The list is that of
//! the bench itself, so that no new method escapes.

use std::path::PathBuf;

use methods::bench::{Kind, METHODS, Method};
use serde_json::Value;

use crate::methods::{root, words};
use crate::{Ended, program};

/// The file of an example: names, and rows as text.
#[derive(Clone)]
struct Sheet {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn read(path: PathBuf) -> Self {
        let mut reader =
            csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        Sheet { names, rows }
    }

    fn write(&self, path: &std::path::Path) {
        let mut writer = csv::Writer::from_path(path).unwrap();
        writer.write_record(&self.names).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
    }

    /// True for what carries figures: keys of time and codes stay as they are.
    fn is_figure(&self, column: usize) -> bool {
        let key = ["year", "kbli", "province", "joined", "treated"].contains(&self.names[column].as_str());
        !key && self.rows.iter().all(|row| row[column].is_empty() || row[column].parse::<f64>().is_ok())
    }

    /// The sheet with its figures changed.
    fn spoiled(&self, by: fn(usize, f64) -> String) -> Sheet {
        let mut sheet = self.clone();
        for column in (0..self.names.len()).filter(|column| self.is_figure(*column)) {
            for (at, row) in sheet.rows.iter_mut().enumerate() {
                if let Ok(value) = row[column].parse() {
                    row[column] = by(at, value);
                }
            }
        }
        sheet
    }
}

/// The words of an example with its input file replaced.
fn on(method: &Method, input: &std::path::Path) -> Vec<String> {
    let mut words = words(method.example);
    if let Some(at) = words.iter().position(|word| word == "--input") {
        words[at + 1] = input.display().to_string();
    }
    words
}

fn run(words: &[String]) -> Ended {
    let mut command = program("en");
    command.current_dir(root()).arg("stat").args(words).args(["--format", "json"]);
    command.output().expect("the program starts").into()
}

fn input(method: &Method) -> Sheet {
    let words = words(method.example);
    let at = words.iter().position(|word| word == "--input").expect(method.id);
    Sheet::read(root().join(&words[at + 1]))
}

/// Figures that JSON can carry, or exit code 1 with a reason in both languages' words; nothing else.
fn ends_well(method: &Method, what: &str, ended: &Ended) -> Result<(), String> {
    match ended.code {
        Some(0) => {
            let found: Value =
                serde_json::from_str(&ended.out).map_err(|error| format!("{} {what}: {error}", method.id))?;
            let (rows, used) = (&found["rows"], &found["used"]);
            if used.as_u64() > rows.as_u64() {
                return Err(format!("{} {what}: used {used} of {rows} rows", method.id));
            }
            Ok(())
        }
        Some(1) if ended.err.trim().len() > 20 && !ended.err.contains("panicked") => Ok(()),
        code => Err(format!("{} {what}: ended with {code:?}: {}", method.id, ended.err)),
    }
}

type Spoil = (&'static str, fn(&Sheet) -> Sheet);

fn only(sheet: &Sheet, rows: impl Iterator<Item = usize>) -> Sheet {
    Sheet { names: sheet.names.clone(), rows: rows.map(|row| sheet.rows[row].clone()).collect() }
}

/// One column made of another, or of weights that are all zero, or a treated group of one.
fn set(sheet: &Sheet, names: &[&str], value: fn(usize, &Sheet) -> String) -> Sheet {
    let mut changed = sheet.clone();
    for column in (0..sheet.names.len()).filter(|column| names.contains(&sheet.names[*column].as_str())) {
        for (at, row) in changed.rows.iter_mut().enumerate() {
            row[column] = value(at, sheet);
        }
    }
    changed
}

const SPOILS: [Spoil; 13] = [
    ("all equal", |sheet| sheet.spoiled(|_, _| "7".into())),
    ("one row", |sheet| only(sheet, 0..1)),
    ("no row", |sheet| only(sheet, 0..0)),
    ("zero", |sheet| sheet.spoiled(|_, _| "0".into())),
    ("negative", |sheet| sheet.spoiled(|_, value| (-value).to_string())),
    ("missing", |sheet| {
        sheet.spoiled(|at, value| if at % 2 == 0 { String::new() } else { value.to_string() })
    }),
    ("text", |sheet| sheet.spoiled(|at, value| if at == 1 { "banyak".into() } else { value.to_string() })),
    ("tiny and huge", |sheet| sheet.spoiled(|at, _| if at % 2 == 0 { "1e-300" } else { "1e300" }.into())),
    ("every row twice", |sheet| only(sheet, (0..sheet.rows.len()).chain(0..sheet.rows.len()))),
    ("every third row gone", |sheet| only(sheet, (0..sheet.rows.len()).filter(|row| row % 3 != 1))),
    // Perfect collinearity: every figure a multiple of the number of the row.
    ("collinear", |sheet| sheet.spoiled(|at, _| (at + 1).to_string())),
    ("weights of zero", |sheet| set(sheet, &["weight"], |_, _| "0".into())),
    ("a treated group of one", |sheet| {
        set(sheet, &["treated", "joined"], |at, sheet| {
            let first = sheet.rows[at][0] == sheet.rows[0][0];
            let start = if sheet.names.iter().any(|name| name == "joined") { "2021" } else { "1" };
            if first { start.into() } else { "0".into() }
        })
    }),
];

#[test]
fn no_method_breaks_on_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spoiled.csv");
    let mut wrong = Vec::new();
    for method in METHODS.iter().filter(|method| method.reads_rows()) {
        let sheet = input(method);
        for (what, spoil) in SPOILS {
            spoil(&sheet).write(&path);
            wrong.extend(ends_well(method, what, &run(&on(method, &path))).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names that a database, a formula or a shell would stumble over.
const HARD: [&str; 12] = [
    "select",
    "nilai tambah (Rp)",
    "group",
    "café – été",
    "order by",
    "a+b",
    "from",
    "naïve ~ größe",
    "null",
    "and",
    "1e5",
    "用工",
];

/// `text` with every word that is a column replaced by its new name in backquotes.
fn renamed(text: &str, old: &[String], new: &[String]) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let close = |word: &mut String, out: &mut String| {
        match old.iter().position(|name| name == word) {
            Some(at) => out.push_str(&format!("`{}`", new[at])),
            None => out.push_str(word),
        }
        word.clear();
    };
    for sign in text.chars() {
        if sign.is_alphanumeric() || sign == '_' {
            word.push(sign);
        } else {
            close(&mut word, &mut out);
            out.push(sign);
        }
    }
    close(&mut word, &mut out);
    out
}

/// The numbers of an outcome in order.
fn numbers(ended: Ended) -> Vec<String> {
    let found: Value = serde_json::from_str(&ended.ok()).unwrap();
    let tables = found["tables"].as_array().unwrap();
    let cells = tables
        .iter()
        .flat_map(|table| table["rows"].as_array().unwrap())
        .flat_map(|row| row.as_array().unwrap());
    cells.filter(|cell| cell.is_number()).map(Value::to_string).collect()
}

#[test]
fn the_names_of_columns_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("renamed.csv");
    for method in METHODS.iter().filter(|method| method.reads_rows()) {
        let mut sheet = input(method);
        let old = sheet.names.clone();
        let new: Vec<String> = (0..old.len())
            .map(|at| match at / HARD.len() {
                0 => HARD[at].to_owned(),
                round => format!("{} {round}", HARD[at % HARD.len()]),
            })
            .collect();
        sheet.names = new.clone();
        sheet.write(&path);
        let mut words = on(method, &path);
        for at in 1..words.len() {
            let name = words[at - 1].trim_start_matches("--");
            let kind =
                method.arguments.iter().find(|argument| argument.name == name).map(|argument| argument.kind);
            let takes_columns =
                matches!(kind, Some(Kind::Column | Kind::Columns | Kind::Formula | Kind::Word));
            if words[at - 1].starts_with("--") && (takes_columns || name == "by") {
                words[at] = match name {
                    // Not an expression: the name itself.
                    "by" => old
                        .iter()
                        .position(|name| *name == words[at])
                        .map_or(words[at].clone(), |at| new[at].clone()),
                    _ => renamed(&words[at], &old, &new),
                };
            }
        }
        let (plain, hard) = (run(&self::words(method.example)), run(&words));
        assert_eq!(hard.code, Some(0), "{}: {words:?}: {}", method.id, hard.err);
        assert_eq!(numbers(plain), numbers(hard), "{}", method.id);
    }
}

#[test]
fn help_of_every_method_shows_definition_source_and_example() {
    for method in METHODS {
        let ended: Ended = program("en").args(["stat", method.id, "--help"]).output().unwrap().into();
        let said = ended.ok();
        for part in [method.source, method.example, method.question[1]] {
            let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(squeezed(&said).contains(&squeezed(part)), "{}: {part} in {said}", method.id);
        }
    }
}
