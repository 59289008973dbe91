//! Persons engaged, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const PERSONS_ENGAGED: Total = Total {
    noun: Noun::PersonsEngaged,
    needs: &[Need::Total(Noun::PersonsEngaged)],
    label: ("Tenaga kerja", "Persons engaged"),
    definition: (
        "Semua orang yang bekerja di usaha, dibayar maupun tidak, ditimbang.",
        "Everybody who works in the enterprise, paid or unpaid, weighted.",
    ),
    formula: "sum(w * persons_engaged)",
    higher_is_better: Some(true),
};
