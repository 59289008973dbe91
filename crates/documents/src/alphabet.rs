//! The alphabet of the press: which letters its fonts can set.
//!
//! A letter without a glyph would stop the whole document, since a tagged PDF must not hold one. So
//! what cannot be set becomes a square, and marks that steer the direction or look of text are left out.

use serde_json::Value;
use typst::text::{Font, FontBook};

/// Stands for a letter that no font of the press has.
const SQUARE: char = '□';

/// Letters that may be set.
pub(crate) enum Alphabet<'a> {
    /// Whatever some font has.
    Whole(&'a FontBook),
    /// What the one font of running text has, without marks that combine with others.
    Plain(&'a Font),
}

impl Alphabet<'_> {
    /// Every string in `data`, set in these letters.
    pub(crate) fn spell(&self, data: Value) -> Value {
        match data {
            Value::String(text) => Value::String(self.word(&text)),
            Value::Array(all) => Value::Array(all.into_iter().map(|one| self.spell(one)).collect()),
            Value::Object(all) => {
                Value::Object(all.into_iter().map(|(key, one)| (key, self.spell(one))).collect())
            }
            other => other,
        }
    }

    fn word(&self, text: &str) -> String {
        text.chars().filter_map(|letter| self.letter(letter)).collect()
    }

    fn letter(&self, letter: char) -> Option<char> {
        match letter {
            '\n' | ' ' | '\u{a0}' => Some(letter),
            '\t' | '\r' => Some(' '),
            _ if letter.is_ascii_graphic() => Some(letter),
            _ if letter.is_control() || steers(letter) => None,
            _ if is_private(letter) => Some(SQUARE),
            _ if self.has(letter) => Some(letter),
            _ if letter.is_whitespace() => Some(' '),
            _ => Some(SQUARE),
        }
    }

    fn has(&self, letter: char) -> bool {
        let code = u32::from(letter);
        match self {
            Alphabet::Whole(book) => {
                (0..).map_while(|index| book.info(index)).any(|info| info.coverage.contains(code))
            }
            Alphabet::Plain(font) => font.info().coverage.contains(code) && !combines(letter),
        }
    }
}

/// Joiners, direction marks, variation selectors, tags: they have no look of their own.
fn steers(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_private(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

fn combines(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}
