//! What is known about synthetic data because it was made: `truth.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::anomaly::Anomaly;
use super::recipe::Enterprises;
use super::row::{OUTPUT, Row, TURNOVER};

/// The known truth of a set of files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// In both languages, because somebody may open the file without the rest.
    pub warning: &'static str,
    pub recipe: Enterprises,
    /// Rows of each year's file, duplicates included.
    pub rows: BTreeMap<i32, u64>,
    /// Rows with each mistake, by year. A duplicate is two rows.
    pub planted_rows: BTreeMap<i32, BTreeMap<Anomaly, u64>>,
    /// Every row with a mistake.
    pub planted: Vec<Planted>,
    /// Of the rows that are meant to count, by year and section of KBLI 2020.
    pub totals: Vec<Total>,
}

/// A row with a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planted {
    pub year: i32,
    /// Row of that year's CSV file; the header is row 1.
    pub row: u64,
    pub kind: Anomaly,
    pub enterprise_id: String,
}

/// True totals; amounts in thousand rupiah.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Total {
    pub year: i32,
    pub section: char,
    #[serde(flatten)]
    pub sums: Sums,
}

/// Sums over rows that are meant to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sums {
    pub enterprises: u64,
    pub population: f64,
    pub turnover: f64,
    pub output: f64,
    pub value_added: f64,
    pub persons_engaged: f64,
}

impl Sums {
    pub(super) fn add_row(&mut self, row: &Row<'_>) {
        let weight = row.weight();
        let weighted = |value: Option<i64>| weight * value.unwrap_or_default() as f64;
        self.enterprises += 1;
        self.population += weight;
        self.turnover += weighted(row.amounts[TURNOVER]);
        self.output += weighted(row.amounts[OUTPUT]);
        self.value_added += weighted(row.value_added());
        self.persons_engaged += weight * row.persons as f64;
    }

    pub(super) fn add(&mut self, other: &Sums) {
        self.enterprises += other.enterprises;
        self.population += other.population;
        self.turnover += other.turnover;
        self.output += other.output;
        self.value_added += other.value_added;
        self.persons_engaged += other.persons_engaged;
    }
}
