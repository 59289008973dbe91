//! Measures: what a cube says about each cell, with unit, definition and formula.
//!
//! A measure carries its own meaning, so that no page or file can show the number without it.

use serde::{Deserialize, Serialize};

use crate::language::Text;

/// A unit of measurement: its SDMX code, a power of ten, and words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// SDMX `UNIT_MEASURE`, such as `IDR`, `USD`, `PS` (persons), `ENT` (enterprises), `RT` (ratio).
    pub code: String,
    /// SDMX `UNIT_MULT`: values are in units of 10^multiplier.
    #[serde(default)]
    pub multiplier: i8,
    /// As a table header says it: "juta rupiah per pekerja".
    pub label: Text,
}

/// How a measure behaves when cells are added up; disclosure control depends on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum MeasureKind {
    /// Number of enterprises observed (unweighted). Additive, and coarsened in hidden cells.
    Count,
    /// A (weighted) total: the parent is the sum of its children.
    Additive,
    /// Computed from totals of the same cell alone: reveals nothing beyond them.
    Ratio { numerator: String, denominator: String },
    /// A weighted mean over enterprises: times the total named here it is additive too.
    Mean { weight: String },
    /// The weighted standard deviation that belongs to a mean.
    Deviation { mean: String, weight: String },
    /// A quantile: the value of one enterprise, shown only where enough enterprises stand behind it.
    Quantile { probability: f64 },
    /// Any other statistic of the enterprises in the cell (a ratio of quantiles, a covariance).
    Statistic,
}

/// The definition of one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// SDMX-safe and never reused: `[A-Z0-9_]+`, such as `LP` or `VALUE_ADDED`.
    pub code: String,
    pub label: Text,
    pub unit: Unit,
    /// What it is and what it is not, in a sentence or two.
    pub definition: Text,
    /// The formula in words of the variables, with its source: `sum(w*VA)/sum(w*L)` (OECD 2001).
    pub formula: String,
    #[serde(flatten)]
    pub kind: MeasureKind,
    /// Decimals shown to readers; files carry the full value.
    pub decimals: u8,
    /// Is more better? `None` where neither direction is.
    pub higher_is_better: Option<bool>,
}

impl Measure {
    /// Is the parent cell the sum of its children?
    pub fn is_additive(&self) -> bool {
        matches!(self.kind, MeasureKind::Count | MeasureKind::Additive)
    }
}
