//! Findings: sentences that state what the numbers say. They are derived from the numbers shown
//! and from nothing else; where nothing is sure, there is no sentence.

use domain::measure::Measure;

use crate::speech::Speech;

/// A value with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub name: String,
    pub value: f64,
}

/// Where a series began and where it is now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    pub from: (i32, f64),
    pub to: (i32, f64),
}

impl Trend {
    /// From the first to the last known value; `None` unless both are positive and a year apart.
    pub fn over(series: &[(i32, f64)]) -> Option<Self> {
        let (from, to) = (*series.first()?, *series.last()?);
        (to.0 > from.0 && from.1 > 0.0 && to.1 > 0.0).then_some(Trend { from, to })
    }

    /// The same, over at most so many years up to the last.
    pub fn of_last(series: &[(i32, f64)], years: i32) -> Option<Self> {
        let last = series.last()?.0;
        let start = series.iter().position(|(year, _)| *year >= last - years)?;
        Trend::over(&series[start..])
    }

    pub fn years(&self) -> i32 {
        self.to.0 - self.from.0
    }

    /// Change in percent over the whole stretch.
    pub fn percent(&self) -> f64 {
        (self.to.1 / self.from.1 - 1.0) * 100.0
    }

    /// The steady yearly change that would lead from the one to the other.
    pub fn percent_a_year(&self) -> f64 {
        ((self.to.1 / self.from.1).powf(1.0 / f64::from(self.years())) - 1.0) * 100.0
    }
}

impl Speech {
    /// "Naik 28% sejak 2011": the change as it may be said, with the decimals it deserves.
    pub fn trend(&self, what: &str, trend: &Trend) -> String {
        let percent = trend.percent();
        let decimals = u8::from(percent.abs() < 10.0);
        let written = self.percent(percent.abs(), decimals);
        let year = trend.from.0.to_string();
        let factor = trend.to.1 / trend.from.1;
        if factor >= 3.0 {
            let factor = self.number(factor, 1);
            return self.with("finding-times", &[("what", what), ("factor", &factor), ("year", &year)]);
        }
        let key = match percent {
            p if p.abs() < 0.5 => "finding-flat",
            p if p > 0.0 => "finding-up",
            _ => "finding-down",
        };
        self.with(key, &[("what", what), ("percent", &written), ("year", &year)])
    }

    /// "Jakarta paling tinggi, Papua paling rendah": needs three values that differ.
    pub fn extremes(&self, values: &[Named], measure: &Measure) -> Option<String> {
        let (top, bottom) = ends(values)?;
        let (high, low) = (self.amount(top.value, measure), self.amount(bottom.value, measure));
        Some(self.with(
            "finding-extremes",
            &[("top", &top.name), ("bottom", &bottom.name), ("high", &high), ("low", &low)],
        ))
    }

    /// A value of a measure in prose: in words for money, with its unit otherwise.
    pub fn amount(&self, value: f64, measure: &Measure) -> String {
        let digits = 3;
        let spoken = self.spoken(value, &measure.unit, digits).joined();
        match measure.unit.code.as_str() {
            "IDR" | "USD" => spoken,
            "PC" | "PT" => format!("{spoken}%"),
            "RT" | "IX" | "" => spoken,
            _ => format!("{spoken} {}", self.say(&measure.unit.label)),
        }
    }

    /// A share as people say it, "tiga dari empat", where a simple fraction is near; else percent.
    pub fn share(&self, share: f64) -> String {
        const FRACTIONS: [(f64, &str); 9] = [
            (0.1, "share-1-10"),
            (0.2, "share-1-5"),
            (0.25, "share-1-4"),
            (1.0 / 3.0, "share-1-3"),
            (0.5, "share-1-2"),
            (2.0 / 3.0, "share-2-3"),
            (0.75, "share-3-4"),
            (0.8, "share-4-5"),
            (0.9, "share-9-10"),
        ];
        match FRACTIONS.iter().find(|(fraction, _)| (fraction - share).abs() < 0.02) {
            Some((_, key)) => self.t(key),
            None => self.percent(share * 100.0, 0),
        }
    }
}

/// The highest and the lowest of at least three values that differ.
pub fn ends(values: &[Named]) -> Option<(&Named, &Named)> {
    let top = values.iter().max_by(|a, b| a.value.total_cmp(&b.value))?;
    let bottom = values.iter().min_by(|a, b| a.value.total_cmp(&b.value))?;
    (values.len() >= 3 && top.value > bottom.value).then_some((top, bottom))
}

/// The first letter in lower case, for labels inside a sentence; abbreviations stay.
pub fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let (first, second) = (characters.next(), characters.next());
    match (first, second) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::language::Language;

    #[test]
    fn a_trend_is_said_as_it_is() {
        let speech = Speech(Language::Id);
        for (from, to, expected) in [
            (67.8, 86.55, "Hasil naik 28% sejak 2011"),
            (100.0, 95.5, "Hasil turun 4,5% sejak 2011"),
            (100.0, 100.2, "Hasil hampir tetap sejak 2011"),
            (10.0, 45.0, "Hasil menjadi 4,5 kali lipat sejak 2011"),
        ] {
            let trend = Trend::over(&[(2011, from), (2022, to)]).unwrap();
            assert_eq!(speech.trend("Hasil", &trend), expected);
        }
        assert_eq!(Trend::over(&[(2011, 3.0)]), None);
        assert_eq!(Trend::over(&[(2011, -3.0), (2012, 3.0)]), None);
    }

    #[test]
    fn a_share_is_a_simple_fraction_only_where_one_is_near() {
        let speech = Speech(Language::Id);
        assert_eq!(speech.share(0.74), "tiga dari empat");
        assert_eq!(speech.share(0.58), "58%");
    }

    #[test]
    fn labels_fit_into_sentences() {
        assert_eq!(lower_first("Nilai tambah"), "nilai tambah");
        assert_eq!(lower_first("PDRB per penduduk"), "PDRB per penduduk");
        assert_eq!(lower_first(""), "");
    }
}
