//! How a file from another system names what the register asks: headings and words, as data in `extracts/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::entry::FIELDS;
use crate::language::Text;

/// Headings and words of one kind of file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    pub id: String,
    pub title: Text,
    pub description: Text,
    pub source: Text,
    /// By field: the headings under which it may stand.
    pub columns: BTreeMap<String, Vec<String>>,
    /// By field: what its words mean here.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

/// Why an extract cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct InvalidExtract(pub Text);

impl Extract {
    pub fn parse(text: &str) -> Result<Self, InvalidExtract> {
        let extract: Extract =
            toml::from_str(text).map_err(|error| InvalidExtract(crate::syntax::fault(&error, text)))?;
        for field in extract.columns.keys().chain(extract.values.keys()) {
            if FIELDS.iter().all(|known| known.name != field) {
                return Err(InvalidExtract(Text::new(
                    format!("`{field}` bukan isian daftar usaha"),
                    format!("`{field}` is no field of the register"),
                )));
            }
        }
        Ok(extract)
    }

    /// The words of a row as the register's own form would have them. Case and spaces do not count.
    pub fn translate(&self, values: &mut BTreeMap<String, String>) {
        for (field, words) in &self.values {
            let Some(value) = values.get_mut(field) else { continue };
            let said = plain(value);
            if let Some((_, meant)) = words.iter().find(|(word, _)| plain(word) == said) {
                value.clone_from(meant);
            }
        }
    }
}

/// Without case, spaces and punctuation.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
