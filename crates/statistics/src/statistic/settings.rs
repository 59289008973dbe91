//! What the words and units of the measures depend on: the plan's money and quantiles.

use domain::language::Text;
use domain::measure::Unit;
use domain::plan::{CubePlan, QuantileDefinition};

/// The choices of a plan that the definitions of the measures mention.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Unit of totals of money, and the factor from the unit of the input.
    pub money: (Unit, f64),
    pub money_per_person: (Unit, f64),
    pub money_per_hour: (Unit, f64),
    pub definition: QuantileDefinition,
    /// In parts per million, ascending.
    pub probabilities: Vec<u32>,
}

impl Settings {
    /// The settings of a plan whose probabilities have been checked.
    pub(crate) fn new(plan: &CubePlan, probabilities: Vec<u32>) -> Self {
        let input = plan.money.clone().unwrap_or_else(|| rupiah(0));
        let (total, per_person, per_hour) = if input.code == "IDR" {
            let total = if input.multiplier > 6 { input.clone() } else { rupiah(6) };
            (total, rupiah(6), rupiah(3))
        } else {
            (input.clone(), input.clone(), input.clone())
        };
        let factor = |unit: &Unit| 10_f64.powi(i32::from(input.multiplier) - i32::from(unit.multiplier));
        let per = |unit: &Unit, id: &str, en: &str| Unit {
            label: Text::new(format!("{} {id}", unit.label.id), format!("{} {en}", unit.label.en)),
            ..unit.clone()
        };
        Settings {
            money_per_person: (per(&per_person, "per orang", "per person"), factor(&per_person)),
            money_per_hour: (per(&per_hour, "per jam", "per hour"), factor(&per_hour)),
            money: (total.clone(), factor(&total)),
            definition: plan.quantiles.definition,
            probabilities,
        }
    }

    /// Factors of [`super::Cell::factors`].
    pub(crate) fn factors(&self) -> [f64; 3] {
        [self.money.1, self.money_per_person.1, self.money_per_hour.1]
    }

    /// Where the 10th and the 90th percentile stand among the probabilities.
    pub(crate) fn tails(&self) -> Option<(usize, usize)> {
        let position = |wanted: u32| self.probabilities.iter().position(|p| *p == wanted);
        Some((position(100_000)?, position(900_000)?))
    }
}

/// Rupiah times a power of ten that people say.
fn rupiah(multiplier: i8) -> Unit {
    let label = match multiplier {
        3 => Text::new("ribu rupiah", "thousand rupiah"),
        6 => Text::new("juta rupiah", "million rupiah"),
        _ => Text::same("rupiah"),
    };
    Unit { code: "IDR".to_owned(), multiplier, label }
}

pub(super) fn unit(code: &str, id: &str, en: &str) -> Unit {
    Unit { code: code.to_owned(), multiplier: 0, label: Text::new(id, en) }
}
