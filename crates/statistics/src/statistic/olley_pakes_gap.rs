//! Do productive enterprises employ more people? The static decomposition of Olley and Pakes.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, cell::over, measure, settings::unit};

pub(super) struct OlleyPakesGap;

impl Statistic for OlleyPakesGap {
    fn measures(&self, _: &Settings) -> Vec<Measure> {
        let measure = measure(
            "OLLEY_PAKES_GAP",
            ("Celah Olley-Pakes", "Olley-Pakes gap"),
            unit("LN", "poin log", "log points"),
            (
                "Rata-rata log produktivitas tertimbang tenaga kerja dikurangi rata-rata antarusaha, hanya usaha dengan nilai tambah positif. Positif: tenaga kerja berada di usaha yang lebih produktif.",
                "Mean log productivity weighted by persons engaged less the mean over enterprises, only enterprises with positive value added. Positive: people work in the more productive enterprises.",
            ),
            "sum(w*L*ln x)/sum(w*L) - sum(w*ln x)/sum(w), x = VA/L > 0 (Olley and Pakes, 1996)",
            MeasureKind::Statistic,
        );
        vec![Measure { decimals: 3, higher_is_better: Some(true), ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Moments]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        let [weight, persons, logs, logs_by_persons] = cell.olley_pakes;
        over(logs_by_persons, persons) - over(logs, weight)
    }
}
