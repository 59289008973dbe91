//! The examples of the pages, from value added to misallocation: they run, the order of rows does not show,
//! and spoiled data end in a figure that is finite or in a reason.

use crate::bench::{
    Arguments, Cell, Column, Frame, Group, Kind, Method, MethodError, Outcome, Table, Value, run,
};
use crate::tests::read;

/// The chapters whose methods use no chance.
fn methods() -> impl Iterator<Item = &'static Method> {
    crate::METHODS.iter().copied().filter(|method| method.group <= Group::Dispersion)
}

/// The words of a command line, quotes respected.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for sign in line.chars() {
        match sign {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("one word is always open").push(sign),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn file(path: &str) -> Frame {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    read(&std::fs::read_to_string(format!("{root}{path}")).unwrap_or_else(|error| panic!("{path}: {error}")))
}

struct Example {
    method: &'static Method,
    frame: Frame,
    by: Vec<String>,
    arguments: Arguments,
}

impl Example {
    fn of(method: &'static Method) -> Example {
        let words = words(method.example);
        let mut example =
            Example { method, frame: Frame::default(), by: Vec::new(), arguments: Arguments::default() };
        let mut rest = words[1..].iter();
        while let Some(name) = rest.next() {
            let name = name.trim_start_matches("--");
            let declared = method.arguments.iter().find(|argument| argument.name == name);
            if declared.is_some_and(|argument| argument.kind == Kind::Flag) {
                example.arguments.insert(name, Value::Flag);
                continue;
            }
            let value = rest.next().expect("an argument that is no flag has a value").as_str();
            match (name, declared.map(|argument| argument.kind)) {
                ("input", _) => example.frame = file(value),
                ("by", _) => example.by = value.split(',').map(str::to_owned).collect(),
                (_, Some(Kind::File)) => example.arguments.insert(name, Value::File(file(value))),
                (_, Some(_)) => example.arguments.insert(name, Value::Text(value.to_owned())),
                (_, None) => panic!("`{}` has no argument `{name}`", method.id),
            }
        }
        example
    }

    fn on(&self, frame: &Frame) -> Result<Outcome, MethodError> {
        run(self.method, frame, &self.by, &self.arguments)
    }

    /// The frame with every number that is not a key changed.
    fn spoiled(&self, by: fn(usize, f64) -> f64) -> Frame {
        let columns = self.frame.names().iter().map(|name| {
            let column = match self.frame.column(name).unwrap() {
                Column::Number(values) if !["year", "kbli", "province"].contains(&name.as_str()) => {
                    Column::Number(values.iter().enumerate().map(|(row, value)| by(row, *value)).collect())
                }
                column => column.clone(),
            };
            (name.clone(), column)
        });
        Frame::new(columns.collect()).unwrap()
    }
}

/// Rows by their words, cells by their columns.
fn in_order(table: &Table) -> Vec<Vec<(String, Cell)>> {
    let mut rows: Vec<Vec<(String, Cell)>> = table
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<(String, Cell)> =
                table.columns.iter().map(|heading| heading.id.clone()).zip(row.iter().cloned()).collect();
            cells.sort_by(|a, b| a.0.cmp(&b.0));
            cells
        })
        .collect();
    let key = |row: &[(String, Cell)]| {
        let words = row
            .iter()
            .filter_map(|(_, cell)| if let Cell::Text(word) = cell { Some(word.clone()) } else { None });
        words.collect::<Vec<String>>()
    };
    rows.sort_by_key(|row| key(row));
    rows
}

#[test]
fn every_example_runs_and_the_order_of_rows_does_not_show() {
    for method in methods() {
        let example = Example::of(method);
        let first = example.on(&example.frame).unwrap_or_else(|error| panic!("{}: {error}", method.id));
        assert!(first.used > 0 && first.tables.iter().all(|table| !table.rows.is_empty()), "{}", method.id);
        let turned: Vec<usize> = (0..example.frame.rows()).rev().collect();
        let second = example.on(&example.frame.keep(&turned)).unwrap();
        assert_eq!((first.used, first.left_out), (second.used, second.left_out), "{}", method.id);
        for (one, two) in first.tables.iter().zip(&second.tables) {
            for (one, two) in in_order(one).iter().flatten().zip(in_order(two).iter().flatten()) {
                match (&one.1, &two.1) {
                    (Cell::Number(a), Cell::Number(b)) => {
                        let apart = (a - b).abs() / a.abs().max(1.0);
                        assert!(apart < 1e-12, "{} {}: {a} {b}", method.id, one.0);
                    }
                    (a, b) => assert_eq!(a, b, "{} {}", method.id, one.0),
                }
            }
        }
    }
}

/// The chapters whose methods search or draw: the order of rows shows in the last digits.
fn methods_that_search() -> impl Iterator<Item = &'static Method> {
    let chapters = [Group::Frontier, Group::ProductionFunction];
    crate::METHODS.iter().copied().filter(move |method| chapters.contains(&method.group))
}

/// The chapters of samples and single records, where the order of rows is part of the question.
fn methods_on_samples() -> impl Iterator<Item = &'static Method> {
    crate::METHODS.iter().copied().filter(|method| method.group >= Group::Survey)
}

#[test]
fn every_example_on_samples_and_by_search_runs() {
    for method in methods_that_search().chain(methods_on_samples()) {
        let example = Example::of(method);
        let found = example.on(&example.frame).unwrap_or_else(|error| panic!("{}: {error}", method.id));
        assert_eq!(found.used > 0, method.reads_rows(), "{}", method.id);
        assert!(found.tables.iter().all(|table| !table.rows.is_empty()), "{}", method.id);
    }
}

#[test]
fn spoiled_data_end_in_finite_figures_or_in_a_reason() {
    type Spoil = (&'static str, fn(usize, f64) -> f64);
    const SPOILS: [Spoil; 9] = [
        ("missing in the first row", |row, value| if row == 0 { f64::NAN } else { value }),
        ("missing in every other row", |row, value| if row % 2 == 0 { f64::NAN } else { value }),
        ("all equal", |_, _| 7.0),
        ("zero", |_, _| 0.0),
        ("negative", |_, value| -value),
        ("one negative", |row, value| if row == 3 { -value } else { value }),
        ("tiny", |_, _| 1e-300),
        ("huge", |_, _| 1e300),
        ("tiny and huge", |row, _| if row % 2 == 0 { 1e-300 } else { 1e300 }),
    ];
    for method in methods().chain(methods_that_search()).chain(methods_on_samples()) {
        let example = Example::of(method);
        let everyone: Vec<usize> = (0..example.frame.rows()).collect();
        let mut frames: Vec<(&str, Frame)> =
            SPOILS.iter().map(|(name, spoil)| (*name, example.spoiled(*spoil))).collect();
        frames.push(("one row", example.frame.keep(&[0])));
        frames.push(("no row", example.frame.keep(&[])));
        frames.push(("every row twice", example.frame.keep(&[everyone.clone(), everyone].concat())));
        for (name, frame) in frames {
            match example.on(&frame) {
                Err(error) => {
                    let text = error.text();
                    assert!(!text.id.is_empty() && !text.en.is_empty(), "{} {name}", method.id);
                }
                Ok(outcome) => {
                    assert!(outcome.used <= outcome.rows, "{} {name}", method.id);
                    for cell in outcome.tables.iter().flat_map(|table| &table.rows).flatten() {
                        let finite = !matches!(cell, Cell::Number(value) if !value.is_finite());
                        assert!(finite, "{} {name}", method.id);
                    }
                }
            }
        }
        // These two ask for no number.
        if ["p-table", "controlled-rounding"].contains(&method.id) {
            continue;
        }
        let nothing = example.spoiled(|_, _| f64::NAN);
        assert!(example.on(&nothing).is_err(), "{} makes figures of nothing", method.id);
    }
}

/// A panel in which a unit stands twice in a period is refused by every method that follows units.
#[test]
fn units_that_stand_twice_are_refused() {
    let follows = |method: &Method| {
        let asks =
            |name: &str| method.arguments.iter().any(|argument| argument.required && argument.name == name);
        asks("period") && ["unit", "item", "asset", "type"].iter().any(|name| asks(name))
    };
    let mut seen = 0;
    for method in methods().filter(|method| follows(method)) {
        let example = Example::of(method);
        let twice: Vec<usize> = (0..example.frame.rows()).chain([0]).collect();
        let error = example.on(&example.frame.keep(&twice)).expect_err(method.id);
        assert!(error.to_string().contains("stands twice in period"), "{}: {error}", method.id);
        seen += 1;
    }
    assert!(seen >= 9, "{seen} methods follow units");
}
