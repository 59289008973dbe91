//! Intermediate inputs, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const INTERMEDIATE_INPUTS: Total = Total {
    noun: Noun::IntermediateInputs,
    needs: &[Need::Total(Noun::IntermediateInputs)],
    label: ("Konsumsi antara", "Intermediate inputs"),
    definition: (
        "Barang dan jasa yang habis dipakai dalam produksi setahun, ditimbang; tanpa upah dan tanpa pembelian aset tetap.",
        "Goods and services used up in production in the year, weighted; without labour cost and purchases of fixed assets.",
    ),
    formula: "sum(w * intermediate_inputs)",
    higher_is_better: None,
};
