use proptest::prelude::*;

use super::*;

fn at(decimals: Decimals) -> NumberColumn {
    NumberColumn { decimals, ..NumberColumn::default() }
}

#[track_caller]
fn check(text: &str, decimals: Decimals, expected: Reading) {
    assert_eq!(read(text, at(decimals), &mut Evidence::default()), expected, "{text:?} in {decimals:?}");
}

#[test]
fn indonesian_and_english_numbers_are_read_by_the_convention_of_the_column() {
    for (text, decimals, expected) in [
        ("1234", Decimals::Unseen, 1234.0),
        ("-12", Decimals::Unseen, -12.0),
        ("1.234.567,89", Decimals::Comma, 1_234_567.89),
        ("1,234,567.89", Decimals::Point, 1_234_567.89),
        ("1.234.567,89", Decimals::Unseen, 1_234_567.89),
        ("1.234", Decimals::Comma, 1234.0),
        ("1.234", Decimals::Point, 1.234),
        ("1,234", Decimals::Point, 1234.0),
        ("12.5", Decimals::Point, 12.5),
        ("12,5", Decimals::Comma, 12.5),
        ("0.123", Decimals::Point, 0.123),
        ("1234.567", Decimals::Unseen, 1234.567),
        ("1.234.567", Decimals::Comma, 1_234_567.0),
        ("Rp 1.234.567,-", Decimals::Comma, 1_234_567.0),
        ("Rp. 5", Decimals::Unseen, 5.0),
        ("-Rp5", Decimals::Unseen, -5.0),
        ("IDR 12,5", Decimals::Comma, 12.5),
        ("(1.500,5)", Decimals::Comma, -1500.5),
        ("\u{a0}1\u{a0}234\u{a0}567 ", Decimals::Unseen, 1_234_567.0),
        ("'42", Decimals::Unseen, 42.0),
        ("1.5E+06", Decimals::Point, 1_500_000.0),
        ("+7", Decimals::Unseen, 7.0),
        ("−3", Decimals::Unseen, -3.0),
        ("12345678901234567", Decimals::Unseen, 12_345_678_901_234_567.0),
    ] {
        check(text, decimals, Reading::Value(expected));
    }
}

#[test]
fn no_data_is_never_zero() {
    for text in ["", " ", "-", "–", "n/a", "N/A", "NA", "#N/A", "..", "null", "Tidak ada", "\u{a0}"] {
        check(text, Decimals::Unseen, Reading::Missing);
    }
}

#[test]
fn what_is_not_clearly_a_number_is_not_read() {
    for (text, decimals, expected) in [
        ("1.234", Decimals::Unseen, Trouble::Ambiguous),
        ("1.234", Decimals::MostlyPoint, Trouble::Ambiguous),
        ("12,5", Decimals::Point, Trouble::OtherConvention),
        ("12.5", Decimals::MostlyComma, Trouble::OtherConvention),
        ("12.5", Decimals::Torn, Trouble::OtherConvention),
        ("1.2.3", Decimals::Point, Trouble::NotANumber),
        ("1.234,567.8", Decimals::Point, Trouble::NotANumber),
        ("12 34", Decimals::Unseen, Trouble::NotANumber),
        ("abc", Decimals::Unseen, Trouble::NotANumber),
        ("12x", Decimals::Unseen, Trouble::NotANumber),
        ("--5", Decimals::Unseen, Trouble::NotANumber),
        ("5%", Decimals::Unseen, Trouble::Percent),
        ("#DIV/0!", Decimals::Unseen, Trouble::ExcelError),
        ("12 juta", Decimals::Unseen, Trouble::Word),
        ("2024-01-05", Decimals::Unseen, Trouble::Date),
        ("5/1/2024", Decimals::Unseen, Trouble::Date),
        ("1-Mei-24", Decimals::Unseen, Trouble::Date),
        ("1e400", Decimals::Unseen, Trouble::TooLarge),
    ] {
        check(text, decimals, Reading::Trouble(expected));
    }
}

#[test]
fn a_count_cannot_be_one_and_a_bit() {
    let whole = NumberColumn { whole: true, ..NumberColumn::default() };
    let mut evidence = Evidence::default();
    assert_eq!(read("1.234", whole, &mut evidence), Reading::Value(1234.0));
    assert_eq!(evidence.decide(), Decimals::Comma);
    assert_eq!(read("1.000", whole, &mut evidence), Reading::Trouble(Trouble::Ambiguous));
    assert_eq!(read("12,5", whole, &mut evidence), Reading::Trouble(Trouble::NotWhole));
}

#[test]
fn a_column_is_decided_by_its_unambiguous_values() {
    for (values, expected) in [
        (&["1", "2.345"][..], Decimals::Unseen),
        (&["1.234", "1.234.567"], Decimals::Comma),
        (&["1.5", "2,345"], Decimals::Point),
        (&["1.5", "2.5", "2,5"], Decimals::MostlyPoint),
        (&["1.5", "2,5"], Decimals::Torn),
    ] {
        let mut evidence = Evidence::default();
        for value in values {
            read(value, at(Decimals::Unseen), &mut evidence);
        }
        assert_eq!(evidence.decide(), expected, "{values:?}");
    }
}

proptest! {
    /// What is written in one convention is read back by the same convention.
    #[test]
    fn writing_and_reading_agree(whole in 0_u64..10_000_000_000, cents in 0_u64..100, comma: bool) {
        let digits = whole.to_string();
        let mut grouped = String::new();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position) % 3 == 0 {
                grouped.push(if comma { '.' } else { ',' });
            }
            grouped.push(digit);
        }
        let text = format!("{grouped}{}{cents:02}", if comma { ',' } else { '.' });
        let decimals = if comma { Decimals::Comma } else { Decimals::Point };
        let expected: f64 = format!("{whole}.{cents:02}").parse().unwrap();
        prop_assert_eq!(read(&text, at(decimals), &mut Evidence::default()), Reading::Value(expected));
    }

    #[test]
    fn no_text_makes_the_reader_stumble(text in ".{0,24}", odd in "[-+0-9.,eE%()Rp '#]{0,16}") {
        for text in [&text, &odd] {
            for decimals in [Decimals::Unseen, Decimals::Point, Decimals::Torn] {
                read(text, at(decimals), &mut Evidence::default());
            }
        }
    }
}
