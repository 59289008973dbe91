//! Numbers as readers of each language write them: 1.234,5 and 1,234.5, a true minus, no-break
//! spaces, and *juta*, *miliar*, *triliun* in words.

use domain::language::Language;
use domain::measure::Unit;
use icu::decimal::DecimalFormatter;
use icu::decimal::input::Decimal;
use icu::locale::locale;

use crate::speech::Speech;

/// Between a number and its unit.
pub const NO_BREAK_SPACE: char = '\u{a0}';
/// Not a hyphen.
pub const MINUS: char = '\u{2212}';

thread_local! {
    // A formatter of icu is made for one thread.
    static INDONESIAN: DecimalFormatter =
        DecimalFormatter::try_new(locale!("id").into(), Default::default()).expect("icu carries Indonesian");
    static ENGLISH: DecimalFormatter =
        DecimalFormatter::try_new(locale!("en").into(), Default::default()).expect("icu carries English");
}

/// A number with a fixed number of decimals: `1.234,5`.
pub fn number(language: Language, value: f64, decimals: u8) -> String {
    let plain = format!("{value:.*}", usize::from(decimals.min(12)));
    // `-0.0` and what rounds to it carry no sign.
    let plain = match plain.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest,
        _ => &plain,
    };
    let Ok(decimal) = plain.parse::<Decimal>() else { return plain.to_owned() };
    let write = |formatter: &DecimalFormatter| formatter.format_to_string(&decimal).replace('-', "\u{2212}");
    match language {
        Language::Id => INDONESIAN.with(write),
        Language::En => ENGLISH.with(write),
    }
}

/// The scale in which people say a number: 86.55 juta, 1.2 triliun.
struct Scale {
    power: i32,
    id: &'static str,
    en: &'static str,
}

const SCALES: [Scale; 4] = [
    Scale { power: 12, id: "triliun", en: "trillion" },
    Scale { power: 9, id: "miliar", en: "billion" },
    Scale { power: 6, id: "juta", en: "million" },
    Scale { power: 3, id: "ribu", en: "thousand" },
];

/// A number and the word of its scale, apart, so that a headline may set them apart too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// `Rp 86,55` or `1.234`.
    pub figure: String,
    /// `juta`; empty below a thousand.
    pub scale: &'static str,
}

impl Spoken {
    /// The figure and its scale in one line.
    pub fn joined(&self) -> String {
        if self.scale.is_empty() {
            self.figure.clone()
        } else {
            format!("{}{NO_BREAK_SPACE}{}", self.figure, self.scale)
        }
    }
}

impl Speech {
    /// A number with a fixed number of decimals.
    pub fn number(&self, value: f64, decimals: u8) -> String {
        number(self.0, value, decimals)
    }

    pub fn integer(&self, value: u64) -> String {
        number(self.0, value as f64, 0)
    }

    /// A share in percent: `4,8%`.
    pub fn percent(&self, value: f64, decimals: u8) -> String {
        format!("{}%", self.number(value, decimals))
    }

    /// A change in percent, with its sign: `+12%`, `−8%`.
    pub fn change(&self, percent: f64, decimals: u8) -> String {
        let written = self.number(percent.abs(), decimals);
        let zero = written.chars().all(|c| matches!(c, '0' | ',' | '.'));
        match percent {
            _ if zero => format!("{written}%"),
            p if p < 0.0 => format!("{MINUS}{written}%"),
            _ => format!("+{written}%"),
        }
    }

    /// A range; "sampai" and "to" when a sign is near, an en dash otherwise.
    pub fn range(&self, low: f64, high: f64, decimals: u8) -> String {
        let (low_text, high_text) = (self.number(low, decimals), self.number(high, decimals));
        match (low < 0.0 || high < 0.0, self.0) {
            (false, _) => format!("{low_text}–{high_text}"),
            (true, Language::Id) => format!("{low_text} sampai {high_text}"),
            (true, Language::En) => format!("{low_text} to {high_text}"),
        }
    }

    /// An amount for prose, at most `digits` significant digits: `Rp 86,55 juta`.
    pub fn spoken(&self, value: f64, unit: &Unit, digits: i32) -> Spoken {
        let amount = value * 10f64.powi(i32::from(unit.multiplier));
        let scale = SCALES.iter().find(|scale| amount.abs() >= 10f64.powi(scale.power));
        // People say 1.850 and not 1,85 ribu; rupiah in thousands are said in full.
        let scale = scale.filter(|scale| scale.power >= 6);
        let scaled = amount / 10f64.powi(scale.map_or(0, |scale| scale.power));
        let figure = self.number(scaled, decimals_for(scaled, digits));
        let figure = match unit.code.as_str() {
            "IDR" => format!("Rp{NO_BREAK_SPACE}{figure}"),
            "USD" => format!("US${NO_BREAK_SPACE}{figure}"),
            _ => figure,
        };
        let word = scale.map_or("", |scale| match self.0 {
            Language::Id => scale.id,
            Language::En => scale.en,
        });
        Spoken { figure, scale: word }
    }

    /// An amount of bytes: `14 kB`.
    pub fn bytes(&self, bytes: u64) -> String {
        let (value, unit) = match bytes {
            0..1_000 => (bytes as f64, "B"),
            1_000..1_000_000 => (bytes as f64 / 1e3, "kB"),
            1_000_000..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
            _ => (bytes as f64 / 1e9, "GB"),
        };
        let decimals = u8::from(value < 10.0 && bytes >= 1_000);
        format!("{}{NO_BREAK_SPACE}{unit}", self.number(value, decimals))
    }
}

/// Decimals that leave `digits` significant digits, never cutting the whole part.
fn decimals_for(value: f64, digits: i32) -> u8 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    let whole = value.abs().log10().floor() as i32 + 1;
    (digits - whole).clamp(0, 6) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::language::Text;

    const ID: Speech = Speech(Language::Id);
    const EN: Speech = Speech(Language::En);

    #[test]
    fn each_language_has_its_own_marks() {
        assert_eq!(ID.number(1234567.891, 2), "1.234.567,89");
        assert_eq!(EN.number(1234567.891, 2), "1,234,567.89");
        assert_eq!(ID.number(-8.0, 1), "−8,0");
        assert_eq!(ID.number(-0.04, 1), "0,0");
        assert_eq!(ID.change(-8.04, 0), "−8%");
        assert_eq!(ID.change(12.0, 0), "+12%");
        assert_eq!(ID.change(-0.01, 1), "0,0%");
        assert_eq!(ID.range(31.2, 104.7, 1), "31,2–104,7");
        assert_eq!(ID.range(-41.0, -8.0, 0), "−41 sampai −8");
        assert_eq!(EN.range(-41.0, -8.0, 0), "−41 to −8");
        assert_eq!(ID.bytes(14_200), "14\u{a0}kB");
    }

    #[test]
    fn amounts_are_said_in_words() {
        let unit = |code: &str, multiplier| Unit { code: code.into(), multiplier, label: Text::default() };
        for (value, multiplier, expected) in [
            (86.55, 6, "Rp\u{a0}86,55\u{a0}juta"),
            (1_850_000.0, 0, "Rp\u{a0}1,850\u{a0}juta"),
            (1_850.0, 0, "Rp\u{a0}1.850"),
            (13_588_797.3, 9, "Rp\u{a0}13.589\u{a0}triliun"),
            (-2.0, 9, "Rp\u{a0}−2,000\u{a0}miliar"),
        ] {
            assert_eq!(ID.spoken(value, &unit("IDR", multiplier), 4).joined(), expected);
        }
        assert_eq!(EN.spoken(1.286e8, &unit("PS", 0), 3).joined(), "129\u{a0}million");
    }
}
