//! Labour cost competitiveness, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const LABOUR_COST_COMPETITIVENESS: Ratio = Ratio {
    code: "LABOUR_COST_COMPETITIVENESS",
    numerator: Noun::ValueAdded,
    denominator: Noun::LabourCost,
    needs: &[Need::Total(Noun::ValueAdded), Need::Total(Noun::LabourCost)],
    label: ("Daya saing biaya tenaga kerja", "Labour cost competitiveness"),
    definition: (
        "Nilai tambah yang dihasilkan satu rupiah biaya tenaga kerja; pada harga konstan nilai tambahnya riil dan biayanya menurut harga berlaku.",
        "Value added earned by one rupiah of labour cost; at constant prices value added is real and the cost is at current prices.",
    ),
    formula: "sum(w * VA) / sum(w * W) (SPRING Singapore, 2011)",
    decimals: 2,
    higher_is_better: Some(true),
};
