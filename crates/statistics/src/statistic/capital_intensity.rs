//! Capital intensity, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const CAPITAL_INTENSITY: Ratio = Ratio {
    code: "CAPITAL_INTENSITY",
    numerator: Noun::FixedAssets,
    denominator: Noun::PersonsEngaged,
    needs: &[Need::Total(Noun::FixedAssets), Need::Total(Noun::PersonsEngaged)],
    label: ("Intensitas modal", "Capital intensity"),
    definition: (
        "Aset tetap per tenaga kerja. Produktivitas tenaga kerja = produktivitas modal x intensitas modal.",
        "Fixed assets per person engaged. Labour productivity = capital productivity x capital intensity.",
    ),
    formula: "sum(w * K) / sum(w * L) (OECD (2001), Measuring Productivity)",
    decimals: 1,
    higher_is_better: None,
};
