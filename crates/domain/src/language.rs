//! The two languages in which Lumbung speaks: Indonesian first, English second.

use serde::{Deserialize, Serialize};

/// A language of pages, files and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Id,
    En,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::Id, Language::En];

    /// Reads a language tag such as `id`, `id-ID` or `en_GB.UTF-8`; `None` if we do not speak it.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            // `in` is the tag by which Java systems still name Indonesian.
            "id" | "in" => Some(Language::Id),
            "en" => Some(Language::En),
            _ => None,
        }
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Id => "id",
            Language::En => "en",
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub id: String,
    pub en: String,
}

impl Text {
    pub fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Text { id: id.into(), en: en.into() }
    }

    /// The same words in both languages: codes, names of places, numbers.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Text { id: text.clone(), en: text }
    }

    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Id => &self.id,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_browsers_and_shells_are_understood() {
        for (tag, expected) in [
            ("id", Some(Language::Id)),
            ("in_ID", Some(Language::Id)),
            ("id-ID", Some(Language::Id)),
            ("en_GB.UTF-8", Some(Language::En)),
            ("EN", Some(Language::En)),
            ("*", None),
            ("", None),
            ("fr", None),
        ] {
            assert_eq!(Language::parse(tag), expected, "{tag}");
        }
    }
}
