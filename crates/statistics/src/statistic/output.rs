//! Output, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const OUTPUT: Total = Total {
    noun: Noun::Output,
    needs: &[Need::Total(Noun::Output)],
    label: ("Output", "Output"),
    definition: (
        "Nilai produksi barang dan jasa setahun, ditimbang; untuk perdagangan hanya marginnya.",
        "Value of goods and services produced in the year, weighted; for trade only the margin.",
    ),
    formula: "sum(w * output)",
    higher_is_better: Some(true),
};
