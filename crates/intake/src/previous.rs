//! Last year's values, given by the caller: this room asks no archive.

use std::collections::HashMap;

/// Looks up what a unit answered in an earlier year.
///
/// `unit` is the key of the row without its year (several parts are joined by ` · `).
pub trait PreviousValues: Sync {
    fn value(&self, variable: &str, unit: &str, year: i32) -> Option<f64>;
}

/// Nothing is known about earlier years.
impl PreviousValues for () {
    fn value(&self, _: &str, _: &str, _: i32) -> Option<f64> {
        None
    }
}

/// Values of one or more earlier years in memory: by variable and year, then by unit.
#[derive(Clone, Debug, Default)]
pub struct LastYear {
    values: HashMap<(String, i32), HashMap<String, f64>>,
}

impl LastYear {
    pub fn insert(&mut self, variable: &str, unit: impl Into<String>, year: i32, value: f64) {
        self.values.entry((variable.to_owned(), year)).or_default().insert(unit.into(), value);
    }
}

impl PreviousValues for LastYear {
    fn value(&self, variable: &str, unit: &str, year: i32) -> Option<f64> {
        // Few keys, so the copy of the short name costs less than a nested map would.
        self.values.get(&(variable.to_owned(), year))?.get(unit).copied()
    }
}
