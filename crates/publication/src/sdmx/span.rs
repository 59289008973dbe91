//! Periods as spans of days, so that `2021`, `2021-Q2` and `2021-05-17` can be compared.

/// The first and the last day of a period, as (year, month, day).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Day,
    pub(super) to: Day,
}

pub(super) type Day = (i32, u8, u8);

impl Span {
    /// Reads a year, half-year, quarter, month, day or moment; `None` if it is none of these.
    pub(super) fn parse(text: &str) -> Option<Span> {
        let text = text.trim();
        let year: i32 =
            text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
        let rest = text.get(4..)?;
        if rest.is_empty() || rest == "-A1" {
            return Some(Span { from: (year, 1, 1), to: (year, 12, 31) });
        }
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let digit = |text: &str| text.parse::<u8>().ok();
        let months = |number: u8, of: u8| {
            let length = 12 / of;
            (1..=of)
                .contains(&number)
                .then(|| Span { from: (year, (number - 1) * length + 1, 1), to: (year, number * length, 31) })
        };
        if let Some(quarter) = rest.strip_prefix('Q') {
            return months(digit(quarter)?, 4);
        }
        if let Some(half) = rest.strip_prefix('S') {
            return months(digit(half)?, 2);
        }
        if let Some(third) = rest.strip_prefix('T') {
            return months(digit(third)?, 3);
        }
        let month = digit(rest.strip_prefix('M').unwrap_or(rest).get(..2)?)?;
        match rest.get(2..).filter(|_| !rest.starts_with('M')).unwrap_or_default() {
            "" => months(month, 12),
            day => {
                let day = digit(day.strip_prefix('-')?.get(..2)?)?;
                let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
                fits.then_some(Span { from: (year, month, day), to: (year, month, day) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_all_kinds_become_days() {
        for (text, expected) in [
            ("2021", Some(((2021, 1, 1), (2021, 12, 31)))),
            ("2021-Q2", Some(((2021, 4, 1), (2021, 6, 31)))),
            ("2021-S2", Some(((2021, 7, 1), (2021, 12, 31)))),
            ("2021-03", Some(((2021, 3, 1), (2021, 3, 31)))),
            ("2021-03-09", Some(((2021, 3, 9), (2021, 3, 9)))),
            ("2021-03-09T10:00:00", Some(((2021, 3, 9), (2021, 3, 9)))),
            ("2021-13", None),
            ("2021-Q5", None),
            ("21", None),
            ("abcd", None),
            ("20é1", None),
            ("", None),
        ] {
            let expected = expected.map(|(from, to)| Span { from, to });
            assert_eq!(Span::parse(text), expected, "{text}");
        }
    }
}
