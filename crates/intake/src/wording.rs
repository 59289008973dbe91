//! What findings say: every sentence in both languages, with the values at hand.
//!
//! Sentences are templates; a word in braces stands for a value. The reader's own checks have
//! their sentences in [`builtin`], the survey's rules bring theirs along.

mod builtin;

use domain::language::{Language, Text};

pub(crate) use builtin::{BUILTIN, Wording};

/// A value that a sentence names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    /// Said differently in the two languages.
    Both(Text),
    Number(f64),
    /// A row number or a count: grouped by neither language, because people search for it.
    Count(u64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Self {
        Value::Both(text.clone())
    }
}

impl Value {
    fn say(&self, language: Language, into: &mut String) {
        match self {
            Value::Text(text) => into.push_str(text),
            Value::Both(text) => into.push_str(text.get(language)),
            Value::Number(number) => number_in(*number, language, into),
            Value::Count(count) => into.push_str(&count.to_string()),
        }
    }
}

/// Fills a template in both languages. A word that nobody knows stays as it stands.
pub(crate) fn fill(template: &Text, look_up: &dyn Fn(&str) -> Option<Value>) -> Text {
    Text {
        id: fill_one(&template.id, Language::Id, look_up),
        en: fill_one(&template.en, Language::En, look_up),
    }
}

fn fill_one(template: &str, language: Language, look_up: &dyn Fn(&str) -> Option<Value>) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((word, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match look_up(word) {
            Some(value) => value.say(language, &mut filled),
            None => {
                filled.push('{');
                filled.push_str(word);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Writes a number as the language does: `1.234.567,5` and `1,234,567.5`, with up to two
/// decimals, or up to three digits that say something for small numbers.
pub(crate) fn number_in(number: f64, language: Language, into: &mut String) {
    if !number.is_finite() {
        into.push('?');
        return;
    }
    let magnitude = number.abs();
    let decimals = match magnitude {
        _ if magnitude.fract() == 0.0 => 0,
        _ if magnitude >= 1.0 => 2,
        _ if magnitude >= 0.01 => 4,
        _ => 8,
    };
    let (group, point) = match language {
        Language::Id => ('.', ','),
        Language::En => (',', '.'),
    };
    let text = format!("{magnitude:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if number < 0.0 {
        into.push('−');
    }
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            into.push(group);
        }
        into.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        into.push(point);
        into.push_str(fraction);
    }
}

/// A number as a file has it: plain, with a decimal point.
pub(crate) fn plain(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::builtin::BUILTIN;
    use super::*;

    #[test]
    fn numbers_are_said_as_each_language_says_them() {
        for (number, id, en) in [
            (1_234_567.5, "1.234.567,5", "1,234,567.5"),
            (-12.0, "−12", "−12"),
            (0.033_333, "0,0333", "0.0333"),
            (999.999, "1.000", "1,000"),
        ] {
            let text = fill(&Text::same("{x}"), &|_| Some(Value::Number(number)));
            assert_eq!(text, Text::new(id, en));
        }
    }

    #[test]
    fn a_template_is_never_broken_by_what_it_holds() {
        let text = fill(&Text::same("{a} {b} {"), &|word| (word == "a").then(|| "{b}".into()));
        assert_eq!(text, Text::same("{b} {b} {"));
    }

    #[test]
    fn every_built_in_check_has_its_own_code_and_says_something_in_both_languages() {
        for (position, wording) in BUILTIN.iter().enumerate() {
            assert!(BUILTIN[..position].iter().all(|other| other.rule != wording.rule), "{}", wording.rule);
            for pair in [wording.title, wording.message, wording.remedy] {
                assert!(!pair.0.is_empty() && !pair.1.is_empty(), "{}", wording.rule);
                let words =
                    |text| domain::survey::placeholders(text).collect::<std::collections::BTreeSet<_>>();
                assert_eq!(words(pair.0), words(pair.1), "{}", wording.rule);
            }
        }
    }
}
