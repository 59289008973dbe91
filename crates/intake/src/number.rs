//! Numbers as people write them in Indonesia and elsewhere.
//!
//! `1.234.567,89` and `1,234,567.89` are both read, but never guessed at: which of the two
//! conventions a column follows is decided by its unambiguous values. `1.234` alone may be a
//! thousand or one and a bit, so it is read only once the column has shown its convention.
//!
//! Explicit rules: spaces (also non-breaking) at the ends and between groups of three digits are
//! dropped; `Rp`, `Rp.` and `IDR` before and `,-` after a number are dropped; `(5)` is minus
//! five; an apostrophe before a number (Excel's mark of text) is dropped; `-`, `n/a` and the like
//! mean "no data", never zero; a per cent sign is kept to variables in per cent.

/// Which sign separates decimals in a column, as far as its values have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Decimals {
    /// No value so far needed to be decided.
    #[default]
    Unseen,
    Point,
    Comma,
    /// Both conventions occur; values of the commoner one are read, the others are held.
    MostlyPoint,
    MostlyComma,
    /// Both occur equally often: nothing with a separator is read.
    Torn,
}

impl Decimals {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Decimals::Unseen => "none seen",
            Decimals::Point => "point",
            Decimals::Comma => "comma",
            Decimals::MostlyPoint | Decimals::MostlyComma | Decimals::Torn => "mixed",
        }
    }

    fn reads(self, separator: Separator) -> bool {
        match separator {
            Separator::Point => matches!(self, Decimals::Point | Decimals::MostlyPoint),
            Separator::Comma => matches!(self, Decimals::Comma | Decimals::MostlyComma),
        }
    }
}

/// What the values of a column have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) points: u64,
    pub(crate) commas: u64,
    pub(crate) ambiguous: u64,
}

impl Evidence {
    pub(crate) fn merge(&mut self, other: &Evidence) {
        self.points += other.points;
        self.commas += other.commas;
        self.ambiguous += other.ambiguous;
    }

    pub(crate) fn decide(&self) -> Decimals {
        match (self.points, self.commas) {
            (0, 0) => Decimals::Unseen,
            (_, 0) => Decimals::Point,
            (0, _) => Decimals::Comma,
            (points, commas) if points > commas => Decimals::MostlyPoint,
            (points, commas) if points < commas => Decimals::MostlyComma,
            _ => Decimals::Torn,
        }
    }

    fn see(&mut self, separator: Separator) {
        match separator {
            Separator::Point => self.points += 1,
            Separator::Comma => self.commas += 1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Point,
    Comma,
}

/// What a column of numbers expects.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NumberColumn {
    pub(crate) decimals: Decimals,
    /// Only whole numbers make sense, so `1.234` cannot be one and a bit.
    pub(crate) whole: bool,
    /// The variable is in per cent, so a per cent sign says nothing new.
    pub(crate) percent: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    Missing,
    Value(f64),
    Trouble(Trouble),
}

/// Why a field is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    NotANumber,
    Date,
    /// `1.234`, and the column has not shown what it means.
    Ambiguous,
    /// Written in the other convention than the column.
    OtherConvention,
    Percent,
    ExcelError,
    /// `12 juta`: a number with a word.
    Word,
    TooLarge,
    NotWhole,
}

/// Is this how people write "no data"?
pub(crate) fn is_missing(text: &str) -> bool {
    const MARKS: [&str; 19] = [
        "",
        "-",
        "--",
        "–",
        "—",
        ".",
        "..",
        "...",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "tidak ada",
        "t.a.",
    ];
    text.len() <= 9 && MARKS.contains(&text.to_lowercase().as_str())
}

/// Cuts spaces of every kind and invisible marks off both ends.
pub(crate) fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(33..=126), Some(33..=126)) => text,
        _ => text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')),
    }
}

/// Reads a field, and notes what it shows about the column's convention.
pub(crate) fn read(text: &str, column: NumberColumn, evidence: &mut Evidence) -> Reading {
    if let Some(value) = whole_digits(text.as_bytes()) {
        return Reading::Value(value);
    }
    let text = trim(text);
    if is_missing(text) {
        return Reading::Missing;
    }
    match written(text, column, evidence) {
        Ok(value) if !value.is_finite() || value.abs() > 1e18 => Reading::Trouble(Trouble::TooLarge),
        Ok(value) if column.whole && value.fract() != 0.0 => Reading::Trouble(Trouble::NotWhole),
        Ok(value) => Reading::Value(value),
        Err(trouble) => Reading::Trouble(trouble),
    }
}

/// Reads what a program, not a person, has written: a number cell of a workbook.
pub(crate) fn read_plain(text: &str, column: NumberColumn) -> Reading {
    match text.parse::<f64>() {
        Ok(value) if value.is_nan() => Reading::Missing,
        Ok(value) if !value.is_finite() || value.abs() > 1e18 => Reading::Trouble(Trouble::TooLarge),
        Ok(value) if column.whole && value.fract() != 0.0 => Reading::Trouble(Trouble::NotWhole),
        Ok(value) => Reading::Value(value),
        Err(_) => Reading::Trouble(Trouble::NotANumber),
    }
}

/// The common case: up to fifteen digits with an optional minus.
fn whole_digits(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let mut value = 0_u64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    let value = value as f64;
    Some(if negative { -value } else { value })
}

fn written(text: &str, column: NumberColumn, evidence: &mut Evidence) -> Result<f64, Trouble> {
    if text.starts_with('#') {
        return Err(Trouble::ExcelError);
    }
    let text = text.strip_prefix('\'').unwrap_or(text);
    let (mut negative, mut text) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    // The minus may stand before or after the currency: `-Rp 5`, `Rp -5`.
    for _ in 0..2 {
        text = trim(text);
        if let Some(rest) = text.strip_prefix(['-', '−', '–']) {
            if negative {
                return Err(Trouble::NotANumber);
            }
            negative = true;
            text = trim(rest);
        } else if let Some(rest) = text.strip_prefix('+') {
            text = rest;
        }
        text = without_currency(text);
    }
    if let Some(rest) = text.strip_suffix('%') {
        if !column.percent {
            return Err(Trouble::Percent);
        }
        text = trim(rest);
    }
    for ending in [",--", ",-", ".-"] {
        text = text.strip_suffix(ending).unwrap_or(text);
    }
    if text.is_empty() || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::NotANumber);
    }
    let value = magnitude(text, column, evidence)?;
    Ok(if negative { -value } else { value })
}

fn without_currency(text: &str) -> &str {
    for mark in ["rp.", "rp", "idr"] {
        if let Some(start) = text.get(..mark.len())
            && start.eq_ignore_ascii_case(mark)
        {
            return trim(&text[mark.len()..]);
        }
    }
    text
}

/// Digits with separators, and perhaps an exponent.
fn magnitude(text: &str, column: NumberColumn, evidence: &mut Evidence) -> Result<f64, Trouble> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    };
    let mut digits = String::with_capacity(text.len() + 4);
    let mut marks: Vec<(Separator, usize)> = Vec::new();
    let mut spaces: Vec<usize> = Vec::new();
    for symbol in mantissa.chars() {
        match symbol {
            '0'..='9' => digits.push(symbol),
            '.' => marks.push((Separator::Point, digits.len())),
            ',' => marks.push((Separator::Comma, digits.len())),
            space if space.is_whitespace() => spaces.push(digits.len()),
            _ => return Err(unlike_a_number(text)),
        }
    }
    let decimal = decimal_place(&digits, &marks, exponent.is_some(), column, evidence)?;
    let whole = decimal.unwrap_or(digits.len());
    if !spaces.is_empty() && !in_threes(&spaces, whole) {
        return Err(Trouble::NotANumber);
    }
    if let Some(place) = decimal {
        digits.insert(place, '.');
    }
    if let Some(exponent) = exponent {
        digits.push('e');
        digits.push_str(exponent);
    }
    digits.parse().map_err(|_| unlike_a_number(text))
}

/// Where the decimals begin, as a count of digits before them; `None` for a whole number.
fn decimal_place(
    digits: &str,
    marks: &[(Separator, usize)],
    scientific: bool,
    column: NumberColumn,
    evidence: &mut Evidence,
) -> Result<Option<usize>, Trouble> {
    let Some((&(last, place), earlier)) = marks.split_last() else { return Ok(None) };
    let other = |separator| match separator {
        Separator::Point => Separator::Comma,
        Separator::Comma => Separator::Point,
    };
    let places: Vec<usize> = marks.iter().map(|(_, place)| *place).collect();
    let (decimals_by, decimal) = if earlier.is_empty() {
        let fraction = digits.len() - place;
        let group_like = fraction == 3 && (1..=3).contains(&place) && !digits.starts_with('0');
        if !group_like || scientific {
            (last, Some(place))
        } else if column.whole && !digits.ends_with("000") {
            // A count of 1.234 persons cannot be one and a bit.
            (other(last), None)
        } else {
            evidence.ambiguous += 1;
            return match () {
                () if matches!(column.decimals, Decimals::Point | Decimals::Comma) => {
                    Ok(column.decimals.reads(last).then_some(place))
                }
                () => Err(Trouble::Ambiguous),
            };
        }
    } else if earlier.iter().all(|(separator, _)| *separator == last) {
        // 1.234.567: the sign repeats, so it separates groups.
        if !in_threes(&places, digits.len()) || scientific {
            return Err(Trouble::NotANumber);
        }
        (other(last), None)
    } else {
        let groups = &places[..places.len() - 1];
        if earlier.iter().any(|(separator, _)| *separator == last) || !in_threes(groups, place) {
            return Err(Trouble::NotANumber);
        }
        (last, Some(place))
    };
    evidence.see(decimals_by);
    if column.decimals.reads(decimals_by) || column.decimals == Decimals::Unseen {
        Ok(decimal)
    } else {
        Err(Trouble::OtherConvention)
    }
}

/// Do the separators cut the digits into groups of three, counted from the right?
fn in_threes(places: &[usize], digits: usize) -> bool {
    places.first().is_some_and(|first| (1..=3).contains(first))
        && places.windows(2).all(|pair| pair[1] - pair[0] == 3)
        && places.last().is_some_and(|last| digits.checked_sub(*last) == Some(3))
}

/// Says more exactly what stands where a number should.
fn unlike_a_number(text: &str) -> Trouble {
    const WORDS: [&str; 9] =
        ["juta", "ribu", "miliar", "milyar", "triliun", "jt", "rb", "million", "thousand"];
    const MONTHS: [&str; 14] =
        ["jan", "feb", "mar", "apr", "mei", "may", "jun", "jul", "agu", "aug", "sep", "okt", "oct", "nov"];
    let lower = text.to_lowercase();
    let begins_with_digit = lower.starts_with(|c: char| c.is_ascii_digit());
    let word = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    if begins_with_digit && WORDS.iter().any(|unit| word.starts_with(unit)) {
        Trouble::Word
    } else if begins_with_digit
        && (lower.matches(['/', ':']).count() >= 1
            || lower.matches('-').count() >= 2
            || MONTHS.iter().any(|month| word.starts_with(month)))
    {
        Trouble::Date
    } else {
        Trouble::NotANumber
    }
}

#[cfg(test)]
mod tests;
