//! Labour productivity, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const LABOUR_PRODUCTIVITY: Ratio = Ratio {
    code: "LP",
    numerator: Noun::ValueAdded,
    denominator: Noun::PersonsEngaged,
    needs: &[Need::Total(Noun::ValueAdded), Need::Total(Noun::PersonsEngaged)],
    label: ("Produktivitas tenaga kerja", "Labour productivity"),
    definition: (
        "Nilai tambah dibagi tenaga kerja: rasio dua jumlah, bukan rata-rata antarusaha.",
        "Value added over persons engaged: a ratio of two sums, not a mean over enterprises.",
    ),
    formula: "sum(w * VA) / sum(w * L) (OECD (2001), Measuring Productivity)",
    decimals: 1,
    higher_is_better: Some(true),
};
