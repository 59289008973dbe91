//! Fields of forms: what is asked, with which words, and what was answered.

use std::collections::BTreeMap;

use domain::language::Language;
use jiff::civil::Date;

use crate::speech::Speech;

/// One field as the page draws it.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    /// `text`, `area`, `date`, `time`, `number`, `select`, `choices`, `tick`, `hidden`, `heading`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) unit: String,
    pub(super) options: Vec<Choice>,
    pub(super) required: bool,
    pub(super) error: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// More people than this are a slip of the finger.
const PEOPLE_MAX: u32 = 100_000;

/// What was typed, by the name of the field.
pub(super) type Values = BTreeMap<String, String>;

/// Builds the fields of one form in the reader's language. Labels are `delivery-field-<name>`, or
/// `delivery-<form>-<name>` where a form says it otherwise.
pub(super) struct Builder<'a> {
    speech: Speech,
    form: &'a str,
    values: &'a Values,
    errors: &'a BTreeMap<String, String>,
    pub(super) fields: Vec<Field>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        speech: Speech,
        form: &'a str,
        values: &'a Values,
        errors: &'a BTreeMap<String, String>,
    ) -> Self {
        Builder { speech, form, values, errors, fields: Vec::new() }
    }

    fn words(&self, name: &str, suffix: &str) -> Option<String> {
        [format!("delivery-{}-{name}{suffix}", self.form), format!("delivery-field-{name}{suffix}")]
            .into_iter()
            .find(|key| self.speech.knows(key))
            .map(|key| self.speech.t(&key))
    }

    fn push(&mut self, name: &str, kind: &'static str, value: String) -> &mut Field {
        let field = Field {
            name: name.to_owned(),
            label: self.words(name, "").unwrap_or_else(|| name.to_owned()),
            hint: self.words(name, "-hint").unwrap_or_default(),
            unit: self.words(name, "-unit").unwrap_or_default(),
            kind,
            value: self.values.get(name).cloned().unwrap_or(value),
            options: Vec::new(),
            required: false,
            error: self.errors.get(name).cloned(),
        };
        self.fields.push(field);
        let last = self.fields.len() - 1;
        &mut self.fields[last]
    }

    pub(super) fn text(&mut self, name: &str) -> &mut Self {
        self.push(name, "text", String::new());
        self
    }

    pub(super) fn area(&mut self, name: &str) -> &mut Self {
        self.push(name, "area", String::new());
        self
    }

    pub(super) fn date(&mut self, name: &str, preset: Option<Date>) -> &mut Self {
        self.push(name, "date", preset.map(|day| day.to_string()).unwrap_or_default());
        self
    }

    pub(super) fn time(&mut self, name: &str) -> &mut Self {
        self.push(name, "time", String::new());
        self
    }

    pub(super) fn number(&mut self, name: &str) -> &mut Self {
        self.push(name, "number", String::new());
        self
    }

    pub(super) fn tick(&mut self, name: &str) -> &mut Self {
        self.push(name, "tick", String::new());
        self
    }

    pub(super) fn hidden(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.push(name, "hidden", value.into());
        self
    }

    /// Words between fields.
    pub(super) fn heading(&mut self, label: impl Into<String>, hint: impl Into<String>) -> &mut Self {
        let field = Field { kind: "heading", label: label.into(), hint: hint.into(), ..Field::default() };
        self.fields.push(field);
        self
    }

    pub(super) fn select(&mut self, name: &str, options: Vec<(String, String)>) -> &mut Self {
        self.offer(name, "select", options)
    }

    /// A few answers side by side.
    pub(super) fn choices(&mut self, name: &str, options: Vec<(String, String)>) -> &mut Self {
        self.offer(name, "choices", options)
    }

    fn offer(&mut self, name: &str, kind: &'static str, options: Vec<(String, String)>) -> &mut Self {
        let field = self.push(name, kind, String::new());
        field.options = options
            .into_iter()
            .map(|(value, label)| Choice { chosen: field.value == value, value, label })
            .collect();
        self
    }

    /// Gives the last field its own label and hint.
    pub(super) fn labelled(&mut self, label: impl Into<String>, hint: impl Into<String>) -> &mut Self {
        if let Some(field) = self.fields.last_mut() {
            (field.label, field.hint) = (label.into(), hint.into());
        }
        self
    }

    /// What is written already, unless the form was sent with something else.
    pub(super) fn preset(&mut self, written: Option<String>) -> &mut Self {
        if let (Some(field), Some(written), true) = (self.fields.last_mut(), written, self.values.is_empty())
        {
            for choice in &mut field.options {
                choice.chosen = choice.value == written;
            }
            field.value = written;
        }
        self
    }

    /// A sentence between fields.
    pub(super) fn note(&mut self, words: impl Into<String>) -> &mut Self {
        self.fields.push(Field { kind: "note", label: words.into(), ..Field::default() });
        self
    }

    /// Fields up to [`Builder::close`] belong together.
    pub(super) fn open(&mut self, label: impl Into<String>) -> &mut Self {
        self.fields.push(Field { kind: "open", label: label.into(), ..Field::default() });
        self
    }

    pub(super) fn close(&mut self) -> &mut Self {
        self.fields.push(Field { kind: "close", ..Field::default() });
        self
    }

    /// What was sent; empty where a form is shown for the first time.
    pub(super) fn values(&self) -> &'a Values {
        self.values
    }

    /// The last field must be filled in.
    pub(super) fn needed(&mut self) -> &mut Self {
        if let Some(field) = self.fields.last_mut() {
            field.required = true;
        }
        self
    }
}

/// Reads what was typed; what cannot be read is kept with the reason.
pub(super) struct Reader<'a> {
    speech: Speech,
    values: &'a Values,
    pub(super) errors: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(speech: Speech, values: &'a Values) -> Self {
        Reader { speech, values, errors: BTreeMap::new() }
    }

    fn raw(&self, name: &str) -> &'a str {
        self.values.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    pub(super) fn refuse(&mut self, name: &str, key: &str) {
        let typed = self.raw(name).chars().take(40).collect::<String>();
        self.errors.insert(name.to_owned(), self.speech.with(key, &[("typed", &typed)]));
    }

    pub(super) fn text(&mut self, name: &str) -> String {
        self.raw(name).to_owned()
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        let text = self.raw(name);
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn ticked(&mut self, name: &str) -> bool {
        matches!(self.raw(name), "on" | "yes" | "true")
    }

    pub(super) fn date(&mut self, name: &str) -> Date {
        match self.raw(name).parse() {
            Ok(day) => day,
            Err(_) => {
                self.refuse(name, "delivery-error-date");
                Date::MIN
            }
        }
    }

    /// A whole number of people or days.
    pub(super) fn count(&mut self, name: &str) -> u32 {
        match self.raw(name) {
            "" => 0,
            text => match text.parse() {
                Ok(count) if count <= PEOPLE_MAX => count,
                Ok(_) => {
                    self.refuse(name, "delivery-error-count-large");
                    0
                }
                Err(_) => {
                    self.refuse(name, "delivery-error-count");
                    0
                }
            },
        }
    }

    pub(super) fn version(&mut self) -> i64 {
        self.raw("version").parse().unwrap_or_default()
    }

    /// Rupiah as people type it: `Rp 1.850.000`.
    pub(super) fn rupiah(&mut self, name: &str) -> Option<i64> {
        let typed = self.raw(name);
        let plain = typed.trim_start_matches("Rp").trim();
        let group = if self.speech.language() == Language::Id { '.' } else { ',' };
        let digits: String = plain.chars().filter(|c| !matches!(c, ' ' | '\u{a0}') && *c != group).collect();
        if digits.is_empty() {
            return None;
        }
        let amount = digits.parse().ok();
        if amount.is_none() {
            self.refuse(name, "delivery-error-rupiah");
        }
        amount
    }

    /// A number with a decimal comma or point.
    pub(super) fn number(&mut self, name: &str) -> Option<f64> {
        let typed = self.raw(name);
        if typed.is_empty() {
            return None;
        }
        let number = number_of(typed, self.speech.language());
        if number.is_none() {
            self.refuse(name, "delivery-error-number");
        }
        number
    }

    /// The names that follow a prefix and were answered: `practice.C1`.
    pub(super) fn answered(&self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let prefix = prefix.to_owned();
        self.values.iter().filter_map(move |(name, value)| {
            let rest = name.strip_prefix(prefix.as_str())?;
            (!value.trim().is_empty()).then_some((rest, value.trim()))
        })
    }
}

/// A number as people type it on a phone. `1.500` is one thousand five hundred in Indonesian and one and a
/// half in English; `2.5` can only be two and a half.
fn number_of(typed: &str, language: Language) -> Option<f64> {
    crate::results::number(typed, language).or_else(|| {
        let (whole, decimals) = typed.split_once(['.', ','])?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(decimals);
        (plain && decimals.len() != 3 && typed.len() < 30)
            .then(|| format!("{whole}.{decimals}").parse().ok())
            .flatten()
    })
}

/// A number as the form takes it back, with every digit.
pub(super) fn typed(speech: Speech, value: f64) -> String {
    match speech.language() {
        Language::Id => value.to_string().replace('.', ","),
        Language::En => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn money_and_numbers_are_read_as_people_type_them() {
        let typed = values(&[
            ("a", "Rp 1.850.000"),
            ("b", ""),
            ("c", "dua juta"),
            ("d", "1.234,5"),
            ("e", "2.5"),
            ("f", "NaN"),
            ("g", "1.500"),
        ]);
        let mut reader = Reader::new(Speech(Language::Id), &typed);
        assert_eq!(reader.rupiah("a"), Some(1_850_000));
        assert_eq!(reader.rupiah("b"), None);
        assert_eq!(reader.rupiah("c"), None);
        assert_eq!(
            (reader.number("d"), reader.number("e"), reader.number("f")),
            (Some(1234.5), Some(2.5), None)
        );
        assert_eq!(reader.number("g"), Some(1500.0), "a point groups thousands in Indonesian");
        assert_eq!(reader.errors.keys().collect::<Vec<_>>(), ["c", "f"]);
        let mut english = Reader::new(Speech(Language::En), &typed);
        assert_eq!(english.number("g"), Some(1.5));
    }

    #[test]
    fn a_day_that_is_none_is_told_and_kept() {
        let typed = values(&[("on", "31 Februari")]);
        let mut reader = Reader::new(Speech(Language::Id), &typed);
        reader.date("on");
        assert!(reader.errors["on"].contains("31 Februari"), "{:?}", reader.errors);
    }
}
