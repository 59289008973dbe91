//! Labour cost per person, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const LABOUR_COST_PER_PERSON: Ratio = Ratio {
    code: "LABOUR_COST_PER_PERSON",
    numerator: Noun::LabourCost,
    denominator: Noun::PersonsEngaged,
    needs: &[Need::Total(Noun::LabourCost), Need::Total(Noun::PersonsEngaged)],
    label: ("Biaya tenaga kerja per orang", "Labour cost per person"),
    definition: (
        "Biaya tenaga kerja dibagi seluruh tenaga kerja, termasuk yang tidak dibayar.",
        "Labour cost over all persons engaged, the unpaid included.",
    ),
    formula: "sum(w * W) / sum(w * L) (SPRING Singapore, 2011)",
    decimals: 1,
    higher_is_better: None,
};
