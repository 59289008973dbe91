//! Value added, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const VALUE_ADDED: Total = Total {
    noun: Noun::ValueAdded,
    needs: &[Need::Total(Noun::ValueAdded)],
    label: ("Nilai tambah", "Value added"),
    definition: (
        "Output (atau omzet bila output tidak ditanyakan) dikurangi konsumsi antara, ditimbang. Usaha yang merugi ikut dihitung dengan nilai negatifnya.",
        "Output (or turnover where output is not asked) less intermediate inputs, weighted. Enterprises with a loss count with their negative value.",
    ),
    formula: "sum(w * (output - intermediate_inputs)) (OECD (2001), Measuring Productivity)",
    higher_is_better: Some(true),
};
