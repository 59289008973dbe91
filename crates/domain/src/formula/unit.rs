//! Units of measurement: products of base units with whole exponents, and a scale.

use std::collections::BTreeMap;
use std::fmt;

use crate::language::Text;

/// Base units that do not convert into one another: code, Indonesian, English.
/// A working day is not 24 hours, so days and hours are apart; `output` is whatever one enterprise makes.
const BASES: &[(&str, &str, &str)] = &[
    ("rupiah", "rupiah", "rupiah"),
    ("person", "orang", "person"),
    ("output", "satuan hasil", "unit of output"),
    ("order", "pesanan", "order"),
    ("event", "kejadian", "event"),
    ("suggestion", "usulan", "suggestion"),
    ("kwh", "kWh", "kWh"),
    ("kilogram", "kg", "kg"),
    ("cubic-metre", "m³", "m³"),
    ("hour", "jam kerja", "hour worked"),
    ("day", "hari kerja", "working day"),
    ("year", "tahun", "year"),
];

/// Words for a multiple of base units: code, scale, base (empty: a bare number), Indonesian, English.
const MULTIPLES: &[(&str, f64, &str, &str, &str)] = &[
    ("percent", 0.01, "", "persen", "per cent"),
    ("permille", 0.001, "", "per mil", "per mille"),
    ("thousand", 1e3, "", "ribu", "thousand"),
    ("million", 1e6, "", "juta", "million"),
    ("month", 1.0 / 12.0, "year", "bulan", "month"),
    ("tonne", 1e3, "kilogram", "ton", "tonne"),
];

/// Exponents beyond this are a slip of the pen.
const EXPONENT_MAX: i8 = 9;
const TEXT_MAX: usize = 200;

/// A unit such as `rupiah/person/year` or `percent`. Two units are equal if they measure alike, whatever
/// they are called.
#[derive(Clone, Debug)]
pub struct UnitExpression {
    exponents: BTreeMap<&'static str, i8>,
    scale: f64,
    /// As it was written; empty if it was derived.
    written: String,
}

/// Why a unit cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    Unknown {
        name: String,
    },
    /// An exponent beyond all reason, or a text that is no unit at all.
    Unreadable {
        text: String,
    },
}

impl Default for UnitExpression {
    /// A bare number.
    fn default() -> Self {
        UnitExpression { exponents: BTreeMap::new(), scale: 1.0, written: String::new() }
    }
}

impl PartialEq for UnitExpression {
    fn eq(&self, other: &Self) -> bool {
        self.same_dimension(other) && (self.scale / other.scale - 1.0).abs() < 1e-9
    }
}

impl UnitExpression {
    /// Reads `rupiah/person/year`, `person*day`, `event/million*hour`, `percent` or `1`. Whatever follows the
    /// first `/` stands below the line.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let unreadable = || UnitError::Unreadable { text: text.chars().take(60).collect() };
        if text.len() > TEXT_MAX {
            return Err(unreadable());
        }
        let mut unit = UnitExpression::default();
        let mut rest = text.trim();
        let mut divides = false;
        loop {
            let end = rest.find(['*', '/']).unwrap_or(rest.len());
            let factor = UnitExpression::factor(rest[..end].trim(), text)?;
            unit = if divides { unit.over(&factor)? } else { unit.times(&factor)? };
            if end == rest.len() {
                break;
            }
            divides = divides || rest[end..].starts_with('/');
            rest = &rest[end + 1..];
        }
        unit.written = text.trim().to_owned();
        Ok(unit)
    }

    fn factor(word: &str, text: &str) -> Result<Self, UnitError> {
        if word == "1" {
            return Ok(UnitExpression::default());
        }
        if word.is_empty() {
            return Err(UnitError::Unreadable { text: text.chars().take(60).collect() });
        }
        if let Some((base, ..)) = BASES.iter().find(|(base, ..)| *base == word) {
            return Ok(UnitExpression::base(base));
        }
        match MULTIPLES.iter().find(|(multiple, ..)| *multiple == word) {
            Some((_, scale, "", ..)) => Ok(UnitExpression { scale: *scale, ..UnitExpression::default() }),
            Some((_, scale, base, ..)) => Ok(UnitExpression { scale: *scale, ..UnitExpression::base(base) }),
            None => Err(UnitError::Unknown { name: word.chars().take(60).collect() }),
        }
    }

    fn base(code: &'static str) -> Self {
        UnitExpression { exponents: BTreeMap::from([(code, 1)]), ..UnitExpression::default() }
    }

    pub(super) fn year() -> Self {
        UnitExpression::base("year")
    }

    pub(super) fn times(&self, other: &Self) -> Result<Self, UnitError> {
        self.combine(other, 1)
    }

    pub(super) fn over(&self, other: &Self) -> Result<Self, UnitError> {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Self, sign: i8) -> Result<Self, UnitError> {
        let mut exponents = self.exponents.clone();
        for (base, exponent) in &other.exponents {
            let sum = exponents.get(base).copied().unwrap_or(0) + sign * exponent;
            if sum.abs() > EXPONENT_MAX {
                return Err(UnitError::Unreadable { text: format!("{base}^{sum}") });
            }
            if sum == 0 {
                exponents.remove(base);
            } else {
                exponents.insert(base, sum);
            }
        }
        let scale = if sign > 0 { self.scale * other.scale } else { self.scale / other.scale };
        Ok(UnitExpression { exponents, scale, written: String::new() })
    }

    pub(super) fn to_the(&self, exponent: i8) -> Result<Self, UnitError> {
        let mut unit = UnitExpression::default();
        for _ in 0..exponent.unsigned_abs() {
            unit = if exponent > 0 { unit.times(self)? } else { unit.over(self)? };
        }
        Ok(unit)
    }

    /// Do both measure the same thing, perhaps on another scale?
    pub fn same_dimension(&self, other: &Self) -> bool {
        self.exponents == other.exponents
    }

    /// One of this unit in base units: 0.01 for percent.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Does it count this base unit, above or below the line?
    pub fn has(&self, base: &str) -> bool {
        self.exponents.contains_key(base)
    }

    /// A bare count of this base unit.
    pub fn is_only(&self, base: &str) -> bool {
        self.exponents.len() == 1 && self.exponents.get(base) == Some(&1)
    }

    /// A bare number or a share.
    pub fn is_pure(&self) -> bool {
        self.exponents.is_empty()
    }

    /// As a person says it: "rupiah per orang per tahun".
    pub fn words(&self) -> Text {
        if !self.written.is_empty() {
            return Text::new(spoken(&self.written, |entry| entry.0), spoken(&self.written, |entry| entry.1));
        }
        let side = |wanted: fn(i8) -> bool| -> Vec<String> {
            let bases = BASES.iter().filter_map(|(base, ..)| Some((*base, *self.exponents.get(base)?)));
            bases
                .filter(|(_, exponent)| wanted(*exponent))
                .flat_map(|(base, exponent)| {
                    std::iter::repeat_n(base.to_owned(), exponent.unsigned_abs().into())
                })
                .collect()
        };
        let (above, below) = (side(|exponent| exponent > 0), side(|exponent| exponent < 0));
        let mut text = if above.is_empty() { "1".to_owned() } else { above.join("*") };
        below.iter().for_each(|base| {
            text.push('/');
            text.push_str(base);
        });
        if let Some((code, ..)) = MULTIPLES
            .iter()
            .find(|(_, scale, base, ..)| base.is_empty() && (scale / self.scale - 1.0).abs() < 1e-9)
        {
            text = if text == "1" { (*code).to_owned() } else { format!("{code}*{text}") };
        }
        Text::new(spoken(&text, |entry| entry.0), spoken(&text, |entry| entry.1))
    }

    /// As files write it.
    pub fn code(&self) -> &str {
        &self.written
    }
}

/// A written unit in words; `side` picks the language.
fn spoken(text: &str, side: fn((&'static str, &'static str)) -> &'static str) -> String {
    let word = |code: &str| {
        let code = code.trim();
        let bases = BASES.iter().map(|(base, id, en)| (*base, *id, *en));
        let multiples = MULTIPLES.iter().map(|(multiple, _, _, id, en)| (*multiple, *id, *en));
        let bare = [("1", "bilangan tanpa satuan", "a bare number")];
        let found = bases.chain(multiples).chain(bare).find(|(known, ..)| *known == code);
        found.map_or_else(|| code.to_owned(), |(_, id, en)| side((id, en)).to_owned())
    };
    let mut parts = text.split('/');
    let above = parts.next().unwrap_or_default().split('*').map(word).collect::<Vec<_>>().join(" ");
    parts.fold(above, |said, below| {
        format!("{said} per {}", below.split('*').map(word).collect::<Vec<_>>().join(" "))
    })
}

impl UnitError {
    pub fn text(&self) -> Text {
        match self {
            UnitError::Unknown { name } => Text::new(
                format!("Satuan `{name}` tidak dikenal. Yang ada: {}.", known()),
                format!("The unit `{name}` is not known. There are: {}.", known()),
            ),
            UnitError::Unreadable { text } => Text::new(
                format!("`{text}` bukan satuan. Tulis misalnya rupiah/person/year."),
                format!("`{text}` is not a unit. Write for example rupiah/person/year."),
            ),
        }
    }
}

fn known() -> String {
    let codes = BASES.iter().map(|(code, ..)| *code).chain(MULTIPLES.iter().map(|(code, ..)| *code));
    codes.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for UnitError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text().en)
    }
}

impl std::error::Error for UnitError {}
