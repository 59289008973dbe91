//! Unit labour cost, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const UNIT_LABOUR_COST: Ratio = Ratio {
    code: "ULC",
    numerator: Noun::LabourCost,
    denominator: Noun::ValueAdded,
    needs: &[Need::Total(Noun::LabourCost), Need::Total(Noun::ValueAdded)],
    label: ("Biaya tenaga kerja per unit", "Unit labour cost"),
    definition: (
        "Biaya tenaga kerja (harga berlaku) untuk satu rupiah nilai tambah; pada harga konstan penyebutnya nilai tambah riil.",
        "Labour cost (current prices) for one rupiah of value added; at constant prices the denominator is real value added.",
    ),
    formula: "sum(w * W) / sum(w * VA) (OECD (2001), Measuring Productivity)",
    decimals: 3,
    higher_is_better: Some(false),
};
