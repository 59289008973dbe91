//! Ratios of sums: a weighted total over another of the same cell.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Noun, Settings, Statistic, measure, settings::unit};

/// One total over another.
pub(super) struct Ratio {
    pub code: &'static str,
    pub numerator: Noun,
    pub denominator: Noun,
    pub needs: &'static [Need],
    pub label: (&'static str, &'static str),
    pub definition: (&'static str, &'static str),
    pub formula: &'static str,
    pub decimals: u8,
    pub higher_is_better: Option<bool>,
}

impl Statistic for Ratio {
    fn measures(&self, settings: &Settings) -> Vec<Measure> {
        let unit = match self.denominator {
            Noun::PersonsEngaged => settings.money_per_person.0.clone(),
            Noun::HoursWorked => settings.money_per_hour.0.clone(),
            _ => unit("RT", "rasio", "ratio"),
        };
        let kind = MeasureKind::Ratio {
            numerator: self.numerator.measure(),
            denominator: self.denominator.measure(),
        };
        let measure = measure(self.code, self.label, unit, self.definition, self.formula, kind);
        vec![Measure { decimals: self.decimals, higher_is_better: self.higher_is_better, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        self.needs
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let factor = match self.denominator {
            Noun::PersonsEngaged => cell.factors[1],
            Noun::HoursWorked => cell.factors[2],
            _ => 1.0,
        };
        cell.ratio(self.numerator, self.denominator) * factor
    }
}
