//! How many enterprises the observed ones stand for.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, measure, settings::unit};

pub(super) struct Population;

impl Statistic for Population {
    fn measures(&self, _: &Settings) -> Vec<Measure> {
        let measure = measure(
            "POPULATION",
            ("Perkiraan jumlah usaha", "Enterprises represented"),
            unit("ENT", "usaha", "enterprises"),
            (
                "Banyaknya usaha yang diwakili: jumlah penimbang survei.",
                "Enterprises that the observed ones stand for: the sum of the survey weights.",
            ),
            "sum(w)",
            MeasureKind::Additive,
        );
        vec![Measure { decimals: 0, higher_is_better: None, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        cell.population
    }
}
