//! What we say, in the reader's language. The words live in `locales/{id,en}/*.ftl`.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::language::{Language, Text};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static WORDS = {
        locales: "../../locales",
        fallback_language: "id",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ID: LanguageIdentifier = langid!("id");
static EN: LanguageIdentifier = langid!("en");

/// Speaks one language: words, numbers and dates for one reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speech(pub Language);

impl Speech {
    pub fn language(&self) -> Language {
        self.0
    }

    /// The BCP 47 tag, for `lang="…"`.
    pub fn tag(&self) -> &'static str {
        self.0.tag()
    }

    /// A sentence or a word by its key.
    pub fn t(&self, key: &str) -> String {
        WORDS.lookup(self.identifier(), key)
    }

    /// A sentence with values. Numbers arrive already written out; see [`crate::figures`].
    pub fn with(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value))).collect();
        WORDS.lookup_with_args(self.identifier(), key, &values)
    }

    /// A sentence that depends on a number (`one`, `other`), beside values written out.
    pub fn count(&self, key: &str, count: u64, values: &[(&'static str, &str)]) -> String {
        let mut all: HashMap<Cow<'static, str>, FluentValue<'_>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value))).collect();
        all.insert(Cow::Borrowed("count"), FluentValue::from(count));
        WORDS.lookup_with_args(self.identifier(), key, &all)
    }

    /// Is there such a key in this very language?
    pub fn knows(&self, key: &str) -> bool {
        WORDS.lookup_single_language::<&str>(self.identifier(), key, None).is_ok()
    }

    /// The side of a bilingual text that the reader reads.
    pub fn say<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.0)
    }

    /// The address of a page in this language.
    pub fn href(&self, path: &str) -> String {
        crate::address::in_language(self.0, path)
    }

    fn identifier(&self) -> &'static LanguageIdentifier {
        match self.0 {
            Language::Id => &ID,
            Language::En => &EN,
        }
    }
}
