//! Labour cost, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const LABOUR_COST: Total = Total {
    noun: Noun::LabourCost,
    needs: &[Need::Total(Noun::LabourCost)],
    label: ("Biaya tenaga kerja", "Labour cost"),
    definition: (
        "Upah, gaji, tunjangan, dan iuran jaminan sosial setahun, ditimbang; selalu menurut harga berlaku.",
        "Wages, salaries, benefits and social contributions in the year, weighted; always at current prices.",
    ),
    formula: "sum(w * labour_cost)",
    higher_is_better: None,
};
