//! Labour productivity per hour, as a ratio of sums.

use super::{Need, Noun, ratio::Ratio};

pub(super) const LABOUR_PRODUCTIVITY_PER_HOUR: Ratio = Ratio {
    code: "LP_HOUR",
    numerator: Noun::ValueAdded,
    denominator: Noun::HoursWorked,
    needs: &[Need::Total(Noun::ValueAdded), Need::Total(Noun::HoursWorked)],
    label: ("Produktivitas per jam kerja", "Labour productivity per hour"),
    definition: ("Nilai tambah dibagi jam kerja.", "Value added over hours worked."),
    formula: "sum(w * VA) / sum(w * H) (OECD (2001), Measuring Productivity)",
    decimals: 1,
    higher_is_better: Some(true),
};
