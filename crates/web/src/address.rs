//! Addresses: Indonesian pages stand at `/…`, English ones at `/en/…`. The path decides the
//! language and nothing else does, so a link shows everybody the same page.

use std::borrow::Cow;

use domain::language::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand unescaped in a path segment or a query value.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The address of a page in a language; `path` is the Indonesian one and starts with a slash.
pub fn in_language(language: Language, path: &str) -> String {
    match (language, path) {
        (Language::Id, path) => path.to_owned(),
        (Language::En, "/") => "/en".to_owned(),
        (Language::En, path) => format!("/en{path}"),
    }
}

/// Takes the language off an address: `/en/datasets?x=1` is English and `/datasets?x=1`.
pub fn split_language(path_and_query: &str) -> (Language, Cow<'_, str>) {
    let Some(rest) = path_and_query.strip_prefix("/en") else {
        return (Language::Id, Cow::Borrowed(path_and_query));
    };
    match rest.as_bytes().first() {
        None | Some(b'?') => (Language::En, Cow::Owned(format!("/{rest}"))),
        Some(b'/') => (Language::En, Cow::Borrowed(rest)),
        _ => (Language::Id, Cow::Borrowed(path_and_query)),
    }
}

/// Escapes a path segment or a query value.
pub fn escape(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}

/// A query string from pairs, in order, without the question mark.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&escape(name));
        text.push('=');
        text.push_str(&escape(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_segment_alone_decides_the_language() {
        for (address, language, rest) in [
            ("/", Language::Id, "/"),
            ("/en", Language::En, "/"),
            ("/en/", Language::En, "/"),
            ("/en/datasets?a=b", Language::En, "/datasets?a=b"),
            ("/energy", Language::Id, "/energy"),
            ("/datasets/en", Language::Id, "/datasets/en"),
            ("/en?x=1", Language::En, "/?x=1"),
        ] {
            assert_eq!(split_language(address), (language, Cow::Borrowed(rest)), "{address}");
        }
    }

    #[test]
    fn a_query_is_escaped() {
        assert_eq!(query([("year", "2024"), ("wilayah", "a&b c")]), "year=2024&wilayah=a%26b%20c");
    }
}
