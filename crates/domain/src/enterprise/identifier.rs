//! The numbers by which the state knows an enterprise: NIB and NPWP.

use serde::{Deserialize, Serialize};

use crate::language::Text;

/// Nomor Induk Berusaha, the business identification number: 13 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nib(String);

/// Nomor Pokok Wajib Pajak, the tax number: 15 digits, or 16 since 2024.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Npwp(String);

/// A number that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum InvalidNumber {
    Nib { digits: usize },
    Npwp { digits: usize },
}

impl InvalidNumber {
    pub fn text(&self) -> Text {
        match self {
            InvalidNumber::Nib { digits } => Text::new(
                format!(
                    "NIB terdiri dari 13 angka; yang ditulis {digits}. Lihat lembar NIB dari OSS, atau kosongkan."
                ),
                format!(
                    "A NIB has 13 digits; this has {digits}. See the NIB sheet from OSS, or leave it empty."
                ),
            ),
            InvalidNumber::Npwp { digits } => Text::new(
                format!(
                    "NPWP terdiri dari 15 atau 16 angka; yang ditulis {digits}. Perbaiki, atau kosongkan."
                ),
                format!("An NPWP has 15 or 16 digits; this has {digits}. Correct it, or leave it empty."),
            ),
        }
    }
}

/// The digits of a number as people write it, with dots, dashes and spaces; `None` if there is more
/// than that in it, or nothing but zeros.
fn digits(input: &str) -> Option<String> {
    let digits: String =
        input.chars().filter(|letter| !matches!(letter, '.' | '-' | ' ' | '\u{a0}')).collect();
    let sound =
        digits.bytes().all(|digit| digit.is_ascii_digit()) && digits.bytes().any(|digit| digit != b'0');
    sound.then_some(digits)
}

impl Nib {
    pub fn parse(input: &str) -> Result<Self, InvalidNumber> {
        let digits = digits(input).unwrap_or_default();
        if digits.len() == 13 { Ok(Nib(digits)) } else { Err(InvalidNumber::Nib { digits: digits.len() }) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Npwp {
    pub fn parse(input: &str) -> Result<Self, InvalidNumber> {
        let digits = digits(input).unwrap_or_default();
        if matches!(digits.len(), 15 | 16) {
            Ok(Npwp(digits))
        } else {
            Err(InvalidNumber::Npwp { digits: digits.len() })
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Nib {
    type Error = InvalidNumber;

    fn try_from(text: String) -> Result<Self, InvalidNumber> {
        Nib::parse(&text)
    }
}

impl TryFrom<String> for Npwp {
    type Error = InvalidNumber;

    fn try_from(text: String) -> Result<Self, InvalidNumber> {
        Npwp::parse(&text)
    }
}

impl From<Nib> for String {
    fn from(nib: Nib) -> String {
        nib.0
    }
}

impl From<Npwp> for String {
    fn from(npwp: Npwp) -> String {
        npwp.0
    }
}
