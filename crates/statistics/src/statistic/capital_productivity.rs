//! Capital productivity, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const CAPITAL_PRODUCTIVITY: Ratio = Ratio {
    code: "CAPITAL_PRODUCTIVITY",
    numerator: Noun::ValueAdded,
    denominator: Noun::FixedAssets,
    needs: &[Need::Total(Noun::ValueAdded), Need::Total(Noun::FixedAssets)],
    label: ("Produktivitas modal", "Capital productivity"),
    definition: ("Nilai tambah dari satu rupiah aset tetap.", "Value added from one rupiah of fixed assets."),
    formula: "sum(w * VA) / sum(w * K) (OECD (2001), Measuring Productivity)",
    decimals: 3,
    higher_is_better: Some(true),
};
