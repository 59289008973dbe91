//! Hours worked, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const HOURS_WORKED: Total = Total {
    noun: Noun::HoursWorked,
    needs: &[Need::Total(Noun::HoursWorked)],
    label: ("Jam kerja", "Hours worked"),
    definition: (
        "Jam kerja setahun semua tenaga kerja, ditimbang.",
        "Hours worked in the year by all persons engaged, weighted.",
    ),
    formula: "sum(w * hours_worked)",
    higher_is_better: None,
};
