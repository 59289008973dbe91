//! Plans: what is computed, how it is protected and how it is released. Reviewed data, not code.
//!
//! A release plan is one TOML file with three parts: `[cube]` (read by `lumbung cube`),
//! `[protection]` (read by `lumbung protect`) and `[release]`; and any number of `[[analysis]]`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::Basis;
use crate::language::Text;
use crate::measure::Unit;

/// A whole plan file. Parts that a command does not need may be absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub cube: Option<CubePlan>,
    pub protection: Option<toml::Table>,
    /// Describes anybody's table to `lumbung protect`; read, like `[protection]`, by `disclosure`.
    pub table: Option<toml::Table>,
    pub release: Option<ReleasePlan>,
    /// Figures of the bench that go out with the release.
    #[serde(default, rename = "analysis", skip_serializing_if = "Vec::is_empty")]
    pub analyses: Vec<AnalysisPlan>,
}

/// A method of the bench, run on the rows of the snapshot or on the cells of the released table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisPlan {
    pub id: String,
    pub title: Text,
    /// As in `lumbung stat METHOD`; on rows only methods whose figures are of groups, never of single
    /// enterprises.
    pub method: String,
    #[serde(default)]
    pub on: Basis,
    /// Dimension of the cube = level. On rows: every member is a group by itself. On the table: the cells
    /// that are read, the dimension a column of its own.
    #[serde(default)]
    pub by: BTreeMap<String, String>,
    /// What `lumbung stat` would be given: columns are those of the survey, or codes of measures on the
    /// table.
    pub arguments: BTreeMap<String, String>,
    /// Columns of money that are brought to the constant prices of the cube first.
    #[serde(default)]
    pub constant: Vec<String>,
    #[serde(default)]
    pub note: Option<Text>,
}

/// Which statistics are computed for which cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CubePlan {
    /// SDMX-safe id of the dataset this cube is an edition of.
    pub dataset: String,
    pub title: Text,
    /// What each variable of the methods is called in the input: `persons_engaged = "emp"`.
    /// A variable that is not named here has its own name.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(rename = "dimension")]
    pub dimensions: Vec<DimensionPlan>,
    /// Combinations of levels, each naming one level per non-time dimension; absent means all.
    #[serde(default)]
    pub combinations: Vec<Vec<String>>,
    /// Codes of the measures, as in `statistics::STATISTICS` or defined below, in the order in
    /// which tables show them; absent means all that the input allows, then those defined below.
    #[serde(default)]
    pub measures: Vec<String>,
    /// Measures that belong to this dataset alone, such as the yield of a hectare.
    #[serde(default, rename = "measure")]
    pub own_measures: Vec<MeasurePlan>,
    /// The unit in which the input counts money; absent: rupiah. Rupiah of any multiplier are
    /// published in readable units (totals in million rupiah or the input's unit if that is
    /// larger, productivity in million rupiah per person); other currencies stay as they come.
    #[serde(default)]
    pub money: Option<Unit>,
    #[serde(default)]
    pub quantiles: QuantilePlan,
    #[serde(default)]
    pub prices: PricePlan,
    /// Measures whose contributors are recorded for disclosure control. Default: every total.
    #[serde(default)]
    pub contributions: Vec<String>,
}

/// One dimension of a cube.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionPlan {
    pub id: String,
    pub concept: String,
    pub label: Text,
    #[serde(default)]
    pub time: bool,
    /// The classification that gives codes, parents and labels; absent if the columns say it all.
    pub classification: Option<String>,
    /// From coarse to fine; the first is `total` unless this is the time.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The column with the code (any level at or below the finest one wanted).
    pub column: Option<String>,
    /// Or one column per level, for input that carries every level itself.
    #[serde(default)]
    pub level_columns: BTreeMap<String, String>,
    /// Or the numeric variable whose value finds its class in the scheme `classification`: size
    /// by persons engaged or by sales.
    #[serde(default)]
    pub variable: Option<String>,
    /// What the variable is multiplied by before it meets the bounds of the scheme: 1000 where
    /// amounts are in thousand rupiah and the scheme in rupiah. Absent means 1.
    #[serde(default)]
    pub variable_scale: Option<f64>,
}

/// A measure that a plan defines itself, because no other dataset knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurePlan {
    /// SDMX-safe: `[A-Z0-9_]+`; never the code of one of `statistics::STATISTICS`.
    pub code: String,
    pub label: Text,
    pub unit: Unit,
    pub definition: Text,
    /// The formula in words of the variables, for people.
    pub formula: String,
    pub compute: Computation,
    pub decimals: u8,
    /// Absent where neither direction is better.
    pub higher_is_better: Option<bool>,
}

/// How a plan's own measure is computed in a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Computation {
    /// The weighted sum of a variable: additive.
    Total { variable: String },
    /// One total over another of the same cell, times `scale`. Both are codes of measures.
    Ratio {
        numerator: String,
        denominator: String,
        #[serde(default = "one")]
        scale: f64,
    },
    /// The variable as it was published, where the cell is made of exactly one row; elsewhere
    /// not available, because an index or a share cannot be added up.
    Value { variable: String },
}

fn one() -> f64 {
    1.0
}

/// Which definition of quantiles, and which ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantilePlan {
    /// `inverse-ecdf`: the smallest value at which the weighted distribution reaches p.
    pub definition: QuantileDefinition,
    pub probabilities: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuantileDefinition {
    /// min { x : F_w(x) >= p }; R's type 1, `survey`'s "math".
    #[default]
    InverseEcdf,
    /// As above, and the mean of two neighbours where p is hit exactly; R's type 2, "school".
    InverseEcdfAveraged,
}

impl Default for QuantilePlan {
    fn default() -> Self {
        QuantilePlan {
            definition: QuantileDefinition::InverseEcdf,
            probabilities: vec![0.1, 0.25, 0.5, 0.75, 0.9],
        }
    }
}

/// At which prices money is counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricePlan {
    /// Absent: current prices. Otherwise the id of a deflator table, `deflators/<id>.csv` with
    /// columns `year,code,index`, where `code` is of the activity classification or `_T`.
    pub deflator: Option<String>,
    /// The year whose prices are used.
    pub base_year: Option<u16>,
    /// For published aggregates, the basis in words of the source: "harga konstan 2010 menurut
    /// sumber". Absent: said from the fields above.
    #[serde(default)]
    pub basis: Option<Text>,
}

/// How a protected cube becomes a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasePlan {
    /// The survey whose snapshot is used.
    pub survey: String,
    /// Absent: the newest snapshot, made fresh if rows came in since.
    pub snapshot: Option<String>,
    /// Published at this moment and not before; absent means at once.
    pub embargo_until: Option<jiff::Timestamp>,
    /// Said on the release page: what this is and what changed since the last vintage.
    pub note: Option<Text>,
}

/// Why a plan cannot be used, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}", message.en)]
pub struct PlanError {
    /// Where in the plan: `[cube] dimension activity`.
    pub place: String,
    pub message: Text,
}

impl PlanError {
    pub fn text(&self) -> Text {
        Text::new(format!("Rencana, {}: {}", self.place, self.message.id), format!("Plan, {self}"))
    }
}

impl Plan {
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        toml::from_str(text)
            .map_err(|error| PlanError { place: "TOML".into(), message: crate::syntax::fault(&error, text) })
    }
}
