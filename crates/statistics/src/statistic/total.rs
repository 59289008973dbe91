//! Weighted totals: the sum over the enterprises of a cell of weight times value.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Noun, Settings, Statistic, measure, settings::unit};

/// The weighted total of one variable.
pub(super) struct Total {
    pub noun: Noun,
    pub needs: &'static [Need],
    pub label: (&'static str, &'static str),
    pub definition: (&'static str, &'static str),
    pub formula: &'static str,
    pub higher_is_better: Option<bool>,
}

impl Statistic for Total {
    fn measures(&self, settings: &Settings) -> Vec<Measure> {
        let unit = match self.noun {
            Noun::PersonsEngaged => unit("PS", "orang", "persons"),
            Noun::HoursWorked => unit("H", "jam", "hours"),
            _ => settings.money.0.clone(),
        };
        let measure = measure(
            &self.noun.measure(),
            self.label,
            unit,
            self.definition,
            self.formula,
            MeasureKind::Additive,
        );
        vec![Measure { higher_is_better: self.higher_is_better, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        self.needs
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let total = cell.total(self.noun);
        if self.noun.is_money() { total * cell.factors[0] } else { total }
    }
}
