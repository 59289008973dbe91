//! How far productive enterprises are ahead of unproductive ones.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, cell::over, measure, settings::unit};

pub(super) struct LabourProductivitySpread;

impl Statistic for LabourProductivitySpread {
    fn measures(&self, _: &Settings) -> Vec<Measure> {
        let measure = measure(
            "LP_P90_P10",
            ("Sebaran produktivitas (P90/P10)", "Dispersion of productivity (P90/P10)"),
            unit("RT", "rasio", "ratio"),
            (
                "Produktivitas usaha pada persentil ke-90 dibagi yang pada persentil ke-10; tidak ada bila persentil ke-10 nol atau negatif.",
                "Productivity of the enterprise at the 90th percentile over that at the 10th; not available where the 10th is zero or negative.",
            ),
            "P90 / P10 of VA/L (OECD MultiProd)",
            MeasureKind::Statistic,
        );
        vec![Measure { decimals: 2, higher_is_better: None, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Quantiles]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let Some((low, high)) = cell.tails else { return f64::NAN };
        over(cell.quantiles[high], cell.quantiles[low])
    }
}
