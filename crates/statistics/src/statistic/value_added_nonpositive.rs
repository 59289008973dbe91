//! Enterprises that add no value; they are part of all sums and of no logarithm.

use domain::measure::{Measure, MeasureKind};

use super::{Cell, Need, Noun, Settings, Statistic, measure, settings::unit};

pub(super) struct ValueAddedNonpositive;

impl Statistic for ValueAddedNonpositive {
    fn measures(&self, _: &Settings) -> Vec<Measure> {
        let measure = measure(
            "VALUE_ADDED_NONPOSITIVE",
            ("Usaha tanpa nilai tambah", "Enterprises without value added"),
            unit("ENT", "usaha", "enterprises"),
            (
                "Banyaknya usaha diamati yang nilai tambahnya nol atau negatif; ikut dalam jumlah, tidak ikut dalam logaritma.",
                "Enterprises observed whose value added is zero or negative; they are in the sums, not in the logarithms.",
            ),
            "count(VA <= 0)",
            MeasureKind::Count,
        );
        vec![Measure { decimals: 0, higher_is_better: Some(false), ..measure }]
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Total(Noun::ValueAdded)]
    }

    fn value(&self, cell: &Cell<'_>, _: usize) -> f64 {
        f64::from(cell.value_added_nonpositive)
    }
}
