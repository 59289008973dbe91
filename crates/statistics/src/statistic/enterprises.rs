//! How many enterprises stand behind the figures of a cell.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Settings, Statistic, measure, settings::unit};

pub(super) struct Enterprises;

impl Statistic for Enterprises {
    fn measures(&self, _: &Settings) -> Vec<Measure> {
        let measure = measure(
            "ENTERPRISES",
            ("Jumlah usaha diamati", "Enterprises observed"),
            unit("ENT", "usaha", "enterprises"),
            (
                "Banyaknya usaha yang datanya masuk, tanpa penimbang.",
                "Enterprises whose records are counted, without weights.",
            ),
            "n",
            MeasureKind::Count,
        );
        vec![Measure { decimals: 0, higher_is_better: None, ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        f64::from(cell.enterprises)
    }
}
