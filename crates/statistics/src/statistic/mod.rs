//! The statistics: one file each, and this list of them all.
//!
//! A statistic says what it is (labels, unit, definition and formula with its source), what it
//! needs from the input, and how it follows from the sums of a cell. It never sees an enterprise.

mod cell;
mod ratio;
mod settings;
mod total;

mod capital_intensity;
mod capital_productivity;
mod enterprises;
mod fixed_assets;
mod hours_worked;
mod intermediate_inputs;
mod labour_cost;
mod labour_cost_competitiveness;
mod labour_cost_per_person;
mod labour_productivity;
mod labour_productivity_deviation;
mod labour_productivity_mean;
mod labour_productivity_per_hour;
mod labour_productivity_quantiles;
mod labour_productivity_spread;
mod olley_pakes_gap;
mod output;
mod persons_engaged;
mod population;
mod turnover;
mod unit_labour_cost;
mod value_added;
mod value_added_nonpositive;

use domain::language::Text;
use domain::measure::{Measure, MeasureKind, Unit};

pub use cell::Cell;
pub use settings::Settings;

/// Every statistic, in the order in which tables show them.
pub const STATISTICS: &[&dyn Statistic] = &[
    &enterprises::Enterprises,
    &population::Population,
    &turnover::TURNOVER,
    &output::OUTPUT,
    &intermediate_inputs::INTERMEDIATE_INPUTS,
    &value_added::VALUE_ADDED,
    &labour_cost::LABOUR_COST,
    &persons_engaged::PERSONS_ENGAGED,
    &hours_worked::HOURS_WORKED,
    &fixed_assets::FIXED_ASSETS,
    &labour_productivity::LABOUR_PRODUCTIVITY,
    &labour_productivity_per_hour::LABOUR_PRODUCTIVITY_PER_HOUR,
    &unit_labour_cost::UNIT_LABOUR_COST,
    &labour_cost_competitiveness::LABOUR_COST_COMPETITIVENESS,
    &labour_cost_per_person::LABOUR_COST_PER_PERSON,
    &capital_productivity::CAPITAL_PRODUCTIVITY,
    &capital_intensity::CAPITAL_INTENSITY,
    &labour_productivity_mean::LabourProductivityMean,
    &labour_productivity_deviation::LabourProductivityDeviation,
    &labour_productivity_quantiles::LabourProductivityQuantiles,
    &labour_productivity_spread::LabourProductivitySpread,
    &olley_pakes_gap::OlleyPakesGap,
    &value_added_nonpositive::ValueAddedNonpositive,
];

/// A statistic of the enterprises in a cell.
pub trait Statistic: Sync {
    /// The measures it gives: one, or one for each probability of the plan.
    fn measures(&self, settings: &Settings) -> Vec<Measure>;

    /// What must be known of the enterprises.
    fn needs(&self) -> &'static [Need];

    /// The value in a cell of the measure at `index` of [`Statistic::measures`]; NaN if there is none.
    fn value(&self, cell: &Cell<'_>, index: usize) -> f64;
}

/// What a statistic needs from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The weighted total of a variable.
    Total(Noun),
    /// Quantiles of labour productivity over enterprises.
    Quantiles,
    /// Sums of labour productivity, its square and its logarithm over enterprises.
    Moments,
}

/// The variables of the methods, by the names they have in surveys and plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    Turnover,
    Output,
    IntermediateInputs,
    ValueAdded,
    LabourCost,
    PersonsEngaged,
    HoursWorked,
    FixedAssets,
}

impl Noun {
    pub const ALL: [Noun; 8] = [
        Noun::Turnover,
        Noun::Output,
        Noun::IntermediateInputs,
        Noun::ValueAdded,
        Noun::LabourCost,
        Noun::PersonsEngaged,
        Noun::HoursWorked,
        Noun::FixedAssets,
    ];

    /// As surveys name it.
    pub fn name(self) -> &'static str {
        match self {
            Noun::Turnover => "turnover",
            Noun::Output => "output",
            Noun::IntermediateInputs => "intermediate_inputs",
            Noun::ValueAdded => "value_added",
            Noun::LabourCost => "labour_cost",
            Noun::PersonsEngaged => "persons_engaged",
            Noun::HoursWorked => "hours_worked",
            Noun::FixedAssets => "fixed_assets",
        }
    }

    /// The code of its total among the measures.
    pub fn measure(self) -> String {
        self.name().to_uppercase()
    }

    /// Is it counted in money?
    pub(crate) fn is_money(self) -> bool {
        !matches!(self, Noun::PersonsEngaged | Noun::HoursWorked)
    }

    /// Is it brought to constant prices when the plan asks for them? Labour cost stays at the
    /// prices of its year: unit labour cost is nominal cost over real value added.
    pub(crate) fn is_deflated(self) -> bool {
        self.is_money() && self != Noun::LabourCost
    }
}

/// A measure with its words: `(id, en)` for the label and for the definition.
fn measure(
    code: &str,
    label: (&str, &str),
    unit: Unit,
    definition: (&str, &str),
    formula: &str,
    kind: MeasureKind,
) -> Measure {
    Measure {
        code: code.to_owned(),
        label: Text::new(label.0, label.1),
        unit,
        definition: Text::new(definition.0, definition.1),
        formula: formula.to_owned(),
        kind,
        decimals: 0,
        higher_is_better: None,
    }
}

#[cfg(test)]
mod tests;
