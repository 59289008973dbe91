//! The weighted mean of the labour productivity of enterprises.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, cell::over, measure};

pub(super) struct LabourProductivityMean;

impl Statistic for LabourProductivityMean {
    fn measures(&self, settings: &Settings) -> Vec<Measure> {
        let measure = measure(
            "LP_MEAN",
            ("Rata-rata produktivitas usaha", "Mean enterprise productivity"),
            settings.money_per_person.0.clone(),
            (
                "Rata-rata tertimbang produktivitas tenaga kerja antarusaha; usaha kecil sama berat dengan usaha besar.",
                "Weighted mean over enterprises of their labour productivity; a small enterprise counts as much as a large one.",
            ),
            "sum(w * VA/L) / sum(w)",
            MeasureKind::Mean { weight: "POPULATION".to_owned() },
        );
        vec![Measure { decimals: 1, higher_is_better: Some(true), ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Moments]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let [weight, first, _] = cell.moments;
        over(first, weight) * cell.factors[1]
    }
}
