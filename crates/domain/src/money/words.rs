//! Amounts in words, as receipts and quotes spell them so that no figure can be changed by a pen.

use crate::language::Text;

/// `1850000` as "satu juta delapan ratus lima puluh ribu rupiah", and in English.
pub fn in_words(rupiah: u64) -> Text {
    Text::new(format!("{} rupiah", indonesian(rupiah)), format!("{} rupiah", english(rupiah)))
}

const UNITS: [&str; 10] =
    ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// Largest first; what is above a thousand billion is counted in them.
const SCALES: [(u64, &str); 4] =
    [(1_000_000_000_000, "triliun"), (1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu")];

fn indonesian(number: u64) -> String {
    for (size, name) in SCALES {
        if number >= size {
            // One thousand is "seribu"; one million is "satu juta".
            let head = match (number / size, size) {
                (1, 1_000) => "seribu".to_owned(),
                (count, _) => format!("{} {name}", indonesian(count)),
            };
            return with_rest(head, " ", number % size, indonesian);
        }
    }
    let unit = |number: u64| UNITS[(number % 10) as usize];
    match number {
        0..=9 => unit(number).to_owned(),
        10 => "sepuluh".to_owned(),
        11 => "sebelas".to_owned(),
        12..=19 => format!("{} belas", unit(number)),
        20..=99 => with_rest(format!("{} puluh", unit(number / 10)), " ", number % 10, indonesian),
        100..=199 => with_rest("seratus".to_owned(), " ", number % 100, indonesian),
        _ => with_rest(format!("{} ratus", unit(number / 100)), " ", number % 100, indonesian),
    }
}

const TEENS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ENGLISH_SCALES: [(u64, &str); 5] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
    (100, "hundred"),
];

fn english(number: u64) -> String {
    for (size, name) in ENGLISH_SCALES {
        if number >= size {
            let head = format!("{} {name}", english(number / size));
            return with_rest(head, " ", number % size, english);
        }
    }
    match number {
        0..=19 => TEENS[number as usize].to_owned(),
        _ => with_rest(TENS[(number / 10) as usize].to_owned(), "-", number % 10, english),
    }
}

fn with_rest(head: String, joint: &str, rest: u64, say: fn(u64) -> String) -> String {
    if rest == 0 { head } else { format!("{head}{joint}{}", say(rest)) }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn amounts_are_spelled_as_banks_spell_them() {
        for (number, id, en) in [
            (0, "nol", "zero"),
            (10, "sepuluh", "ten"),
            (11, "sebelas", "eleven"),
            (15, "lima belas", "fifteen"),
            (20, "dua puluh", "twenty"),
            (21, "dua puluh satu", "twenty-one"),
            (100, "seratus", "one hundred"),
            (111, "seratus sebelas", "one hundred eleven"),
            (999, "sembilan ratus sembilan puluh sembilan", "nine hundred ninety-nine"),
            (1_000, "seribu", "one thousand"),
            (1_001, "seribu satu", "one thousand one"),
            (2_000, "dua ribu", "two thousand"),
            (11_000, "sebelas ribu", "eleven thousand"),
            (101_000, "seratus satu ribu", "one hundred one thousand"),
            (1_000_000, "satu juta", "one million"),
            (1_001_000, "satu juta seribu", "one million one thousand"),
            (
                1_850_000,
                "satu juta delapan ratus lima puluh ribu",
                "one million eight hundred fifty thousand",
            ),
            (1_000_000_000_000, "satu triliun", "one trillion"),
            (2_000_000_000_001, "dua triliun satu", "two trillion one"),
        ] {
            let words = in_words(number);
            assert_eq!(
                (words.id.as_str(), words.en.as_str()),
                (&*format!("{id} rupiah"), &*format!("{en} rupiah"))
            );
        }
    }

    #[test]
    fn the_largest_number_has_words_too() {
        assert!(in_words(u64::MAX).id.ends_with(" rupiah"));
    }
}
