//! What a method asks for, so that the command line and pages can offer it.

use std::collections::BTreeMap;

use super::Frame;

/// The shape of an argument's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One column, or an expression of columns: `log(value_added / workers)`.
    Column,
    /// Several, separated by commas.
    Columns,
    /// A model: `log(y) ~ log(k) + log(l) + factor(year) | enterprise`.
    Formula,
    /// One of these words; the first is the default.
    Choice(&'static [&'static str]),
    /// A number with its default; `None` means that it must be given if it is required.
    Number(Option<f64>),
    /// Several numbers, separated by commas, with their default.
    Numbers(&'static [f64]),
    /// A whole number with its default.
    Count(Option<u64>),
    /// A word or a value of a column.
    Word,
    /// Present or not.
    Flag,
    /// A second file with named columns.
    File,
}

/// An argument of a method: `--name`.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// What it means, Indonesian and English.
    pub help: [&'static str; 2],
}

impl Argument {
    pub const fn required(name: &'static str, kind: Kind, help: [&'static str; 2]) -> Self {
        Argument { name, kind, required: true, help }
    }

    pub const fn optional(name: &'static str, kind: Kind, help: [&'static str; 2]) -> Self {
        Argument { name, kind, required: false, help }
    }

    /// The survey weight, in the same words everywhere.
    pub const WEIGHT: Argument =
        Argument::optional("weight", Kind::Column, ["kolom bobot survei", "column with the survey weight"]);

    /// The seed of a random method, in the same words everywhere.
    pub const SEED: Argument = Argument::optional(
        "seed",
        Kind::Count(Some(1)),
        ["benih bilangan acak", "seed of the random numbers"],
    );
}

/// What was given for an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Flag,
    File(Frame),
}

/// What was given, by name of the argument.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments(BTreeMap<String, Value>);

impl Arguments {
    /// Adds a value as text: `column`, `1.5`, `a, b`.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.insert(name, Value::Text(value.to_owned()));
        self
    }

    pub fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}
