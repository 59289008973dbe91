//! Reference cases: data that may not travel with the project are read from the folder `LUMBUNG_SHARED`.

use std::fs;
use std::path::PathBuf;

use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, Outcome, Table, run};

/// A file of a reference case; `None`, and a line that says so, where the folder is not there.
pub(crate) fn case(name: &str, file: &str) -> Option<Frame> {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        println!("skipped: {name} needs LUMBUNG_SHARED");
        return None;
    };
    let path = PathBuf::from(shared).join("refdata").join(name).join(file);
    Some(read(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))))
}

/// The same for a case that the folder may not have either.
pub(crate) fn optional_case(name: &str, file: &str) -> Option<Frame> {
    let shared = PathBuf::from(std::env::var("LUMBUNG_SHARED").unwrap_or_default());
    if shared.join("refdata").join(name).join(file).exists() {
        return case(name, file);
    }
    println!("skipped: {name} is not in the shared folder");
    None
}

/// A frame from CSV: a column is of numbers if all its values are.
pub(crate) fn read(text: &str) -> Frame {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |at: usize| {
        let words = || rows.iter().map(|row| &row[at]);
        let number = |word: &str| if matches!(word, "" | "NA") { Ok(f64::NAN) } else { word.parse::<f64>() };
        match words().map(number).collect::<Result<Vec<f64>, _>>() {
            Ok(values) => Column::Number(values),
            Err(_) => Column::Text(Categories::of(words().map(Some))),
        }
    };
    Frame::new(names.iter().enumerate().map(|(at, name)| (name.clone(), column(at))).collect()).unwrap()
}

/// Runs a method with arguments given as pairs.
pub(crate) fn ask(id: &str, frame: &Frame, pairs: &[(&str, &str)]) -> Result<Outcome, MethodError> {
    let arguments = pairs.iter().fold(Arguments::default(), |all, (name, value)| all.with(name, value));
    run(Method::find(id).unwrap(), frame, &[], &arguments)
}

/// The numbers of a column of a table; where there is no figure, NaN.
pub(crate) fn numbers(table: &Table, column: &str) -> Vec<f64> {
    let at = table.columns.iter().position(|heading| heading.id == column).expect(column);
    let number = |row: &Vec<Cell>| match &row[at] {
        Cell::Number(value) => *value,
        Cell::Count(value) => *value as f64,
        Cell::Text(_) | Cell::Absent(_) => f64::NAN,
    };
    table.rows.iter().map(number).collect()
}

/// Panics unless the two agree to `tolerance`, NaN with NaN.
#[track_caller]
pub(crate) fn agree(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = (found.is_nan() && expected.is_nan()) || (found - expected).abs() <= tolerance;
        assert!(same, "{what}, row {}: {found} where {expected} was expected", row + 1);
    }
}

/// Panics unless the two agree to a relative distance of `tolerance`; below one the distance itself counts.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, tolerance: f64) {
    let distance = (found - expected).abs() / expected.abs().max(1.0);
    assert!(distance <= tolerance, "found {found}, expected {expected}: {distance:e} apart");
}
