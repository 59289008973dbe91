//! Fixed assets, as a weighted total.

use super::{Need, Noun, total::Total};

pub(super) const FIXED_ASSETS: Total = Total {
    noun: Noun::FixedAssets,
    needs: &[Need::Total(Noun::FixedAssets)],
    label: ("Aset tetap", "Fixed assets"),
    definition: (
        "Nilai aset tetap pada akhir tahun, ditimbang.",
        "Value of fixed assets at the end of the year, weighted.",
    ),
    formula: "sum(w * fixed_assets)",
    higher_is_better: None,
};
