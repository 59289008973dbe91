//! The weighted standard deviation of the labour productivity of enterprises.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, cell::over, measure};

pub(super) struct LabourProductivityDeviation;

impl Statistic for LabourProductivityDeviation {
    fn measures(&self, settings: &Settings) -> Vec<Measure> {
        let measure = measure(
            "LP_SD",
            ("Simpangan baku produktivitas usaha", "Standard deviation of enterprise productivity"),
            settings.money_per_person.0.clone(),
            (
                "Simpangan baku tertimbang produktivitas tenaga kerja antarusaha.",
                "Weighted standard deviation over enterprises of their labour productivity.",
            ),
            "sqrt(sum(w * x^2) / sum(w) - mean^2), x = VA/L",
            MeasureKind::Deviation { mean: "LP_MEAN".to_owned(), weight: "POPULATION".to_owned() },
        );
        vec![Measure { decimals: 1, higher_is_better: None, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Moments]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let [weight, first, second] = cell.moments;
        let (mean, square) = (over(first, weight), over(second, weight));
        let variance = square - mean * mean;
        // Below the last digits of the difference: all values are equal.
        let variance = if variance < 1e-14 * square { 0.0 } else { variance };
        variance.sqrt() * cell.factors[1]
    }
}
