//! Codes of classifications: is a code known, in this edition, at this level, in that year?
//!
//! A code is never translated in silence. Another spelling of the same code (a lost leading
//! zero, a dot, the name instead of the code) is recognised and said; a code of another edition
//! or of another numbering is named as what it is.

use domain::classification::Classification;
use domain::language::Text;
use domain::survey::{Survey, Variable};
use hashbrown::HashMap;

use crate::error::IntakeError;
use crate::mapping::plain;
use crate::number::{is_missing, trim};

/// What a field with a code holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coded {
    Missing,
    Known(u32),
    /// The same code, written otherwise.
    Respelled(u32),
    /// A code of the classification, at a level the survey does not take.
    WrongLevel(u32),
    /// A code of another edition: index into the editions, position.
    OtherEdition(usize, u32),
    /// A code of another numbering of the same things.
    OtherSystem(usize, u32),
    Unknown,
}

/// Other numberings of the same things that people may mistake for ours. Codes of kindred
/// classifications (ISIC beside KBLI) are none.
const NUMBERINGS: [&str; 1] = ["kemendagri"];

/// How codes of one variable are looked up.
pub(crate) struct CodeBook<'a> {
    pub(crate) classification: &'a Classification,
    allowed_levels: Vec<u8>,
    codes: HashMap<&'a str, u32>,
    labels: HashMap<String, Option<u32>>,
    pub(crate) editions: Vec<&'a Classification>,
    pub(crate) systems: Vec<System<'a>>,
    /// The system in which the file's codes are written, if the person said so.
    written_in: Option<usize>,
    /// First and last year of each code.
    years: Vec<(i16, i16)>,
}

/// Another numbering of the same things, such as Kemendagri's.
pub(crate) struct System<'a> {
    pub(crate) name: &'a str,
    codes: HashMap<String, u32>,
}

impl<'a> CodeBook<'a> {
    pub(crate) fn new(
        variable: &Variable,
        survey: &Survey,
        loaded: &[&'a Classification],
        system: Option<&str>,
    ) -> Result<Self, IntakeError> {
        let wanted = variable.classification.as_deref().unwrap_or_default();
        let classification = loaded.iter().find(|found| found.id == wanted).copied().ok_or_else(|| {
            IntakeError::MissingClassification { survey: survey.id.clone(), classification: wanted.into() }
        })?;
        let allowed_levels = variable.levels.iter().map(|level| {
            classification.level(level).ok_or_else(|| IntakeError::MissingLevel {
                survey: survey.id.clone(),
                classification: wanted.into(),
                level: level.clone(),
            })
        });
        let mut book = CodeBook {
            classification,
            allowed_levels: allowed_levels.collect::<Result<_, _>>()?,
            codes: HashMap::new(),
            labels: HashMap::new(),
            editions: loaded
                .iter()
                .filter(|other| other.id != wanted && family(&other.id) == family(wanted))
                .copied()
                .collect(),
            systems: Vec::new(),
            written_in: None,
            years: Vec::new(),
        };
        book.index();
        if let Some(system) = system {
            book.written_in = book.systems.iter().position(|found| found.name == system);
            if book.written_in.is_none() {
                return Err(IntakeError::Mapping {
                    message: Text::new(
                        format!("`{wanted}` tidak mengenal penomoran `{system}` untuk `{}`", variable.name),
                        format!("`{wanted}` knows no numbering `{system}` of `{}`", variable.name),
                    ),
                });
            }
        }
        Ok(book)
    }

    fn index(&mut self) {
        for (position, code) in self.classification.codes.iter().enumerate() {
            let position = position as u32;
            self.codes.insert(&code.code, position);
            if self.allows(position) {
                for label in [&code.label.id, &code.label.en] {
                    let known = self.labels.entry(plain(label)).or_insert(Some(position));
                    // A name that two places share names neither.
                    if *known != Some(position) {
                        *known = None;
                    }
                }
            }
            for (system, other) in
                code.other.iter().filter(|(system, _)| NUMBERINGS.contains(&system.as_str()))
            {
                let index = self.systems.iter().position(|known| known.name == system);
                let index = index.unwrap_or_else(|| {
                    self.systems.push(System { name: system, codes: HashMap::new() });
                    self.systems.len() - 1
                });
                let known = self.systems[index].codes.entry(other.replace('.', "")).or_insert(position);
                if code.valid_to.is_none() {
                    *known = position;
                }
            }
            let year =
                |date: Option<jiff::civil::Date>, otherwise| date.map_or(otherwise, |date| date.year());
            self.years.push((year(code.valid_from, i16::MIN), year(code.valid_to, i16::MAX)));
        }
    }

    fn allows(&self, position: u32) -> bool {
        self.allowed_levels.is_empty()
            || self.allowed_levels.contains(&self.classification.get(position).level)
    }

    /// Looks a field up.
    pub(crate) fn look_up(&self, text: &str) -> Coded {
        if self.written_in.is_none()
            && let Some(position) = self.codes.get(text)
        {
            return if self.allows(*position) {
                Coded::Known(*position)
            } else {
                Coded::WrongLevel(*position)
            };
        }
        let text = trim(text);
        if is_missing(text) {
            return Coded::Missing;
        }
        self.look_up_otherwise(text)
    }

    fn look_up_otherwise(&self, text: &str) -> Coded {
        let digits = spelled_plainly(text);
        if let Some(system) = self.written_in {
            return match self.systems[system].codes.get(&digits) {
                Some(position) if self.allows(*position) => Coded::Known(*position),
                Some(position) => Coded::WrongLevel(*position),
                None => Coded::Unknown,
            };
        }
        if let Some(position) = self.codes.get(digits.as_str()) {
            let same = digits == text;
            return match self.allows(*position) {
                true if same => Coded::Known(*position),
                true => Coded::Respelled(*position),
                false => Coded::WrongLevel(*position),
            };
        }
        for (index, system) in self.systems.iter().enumerate() {
            if let Some(position) = system.codes.get(&digits) {
                return Coded::OtherSystem(index, *position);
            }
        }
        for (index, edition) in self.editions.iter().enumerate() {
            if let Some(position) = edition.find(&digits) {
                return Coded::OtherEdition(index, position);
            }
        }
        if let Some(position) = self.codes.get(format!("0{digits}").as_str())
            && self.allows(*position)
        {
            return Coded::Respelled(*position);
        }
        match self.labels.get(&plain(text)) {
            Some(Some(position)) => Coded::Respelled(*position),
            _ => Coded::Unknown,
        }
    }

    /// Is a known code also another thing's code in a system? Answers with that thing.
    pub(crate) fn double_meaning(&self, position: u32, system: usize) -> Option<u32> {
        let code = &self.classification.get(position).code;
        self.systems[system].codes.get(code).copied().filter(|other| *other != position)
    }

    /// Does a known code exist in no system but our own?
    pub(crate) fn is_only_ours(&self, position: u32, system: usize) -> bool {
        !self.systems[system].codes.contains_key(&self.classification.get(position).code)
    }

    pub(crate) fn in_force(&self, position: u32, year: f64) -> bool {
        let (from, to) = self.years[position as usize];
        f64::from(from) <= year && year <= f64::from(to)
    }

    /// What to do about a code that is not known: the nearest known ones.
    pub(crate) fn hint(&self, text: &str) -> Text {
        let digits = spelled_plainly(trim(text));
        let mut prefix = digits.as_str();
        while prefix.pop_last() {
            let Some(parent) = self.codes.get(prefix) else { continue };
            let below: Vec<String> = self
                .classification
                .codes
                .iter()
                .filter(|code| code.code.len() == digits.len() && code.code.starts_with(prefix))
                .take(3)
                .map(|code| format!("{} ({})", code.code, code.label.id))
                .collect();
            let parent = self.classification.get(*parent);
            let list = if below.is_empty() { String::from("-") } else { below.join(", ") };
            return Text::new(
                format!("Pilih kode di bawah {} ({}), misalnya {list}", parent.code, parent.label.id),
                format!("Choose a code below {} ({}), such as {list}", parent.code, parent.label.en),
            );
        }
        let title = &self.classification.title;
        Text::new(
            format!("Cari kode yang benar dalam {}", title.id),
            format!("Look up the right code in {}", title.en),
        )
    }

    /// The names of the levels that the survey takes.
    pub(crate) fn allowed_names(&self) -> Text {
        let names = |pick: fn(&Text) -> &String| {
            let levels = self.allowed_levels.iter().map(|level| &self.classification.levels[*level as usize]);
            levels.map(|level| pick(&level.label).to_lowercase()).collect::<Vec<_>>().join(", ")
        };
        Text::new(names(|text| &text.id), names(|text| &text.en))
    }

    pub(crate) fn level_name(&self, position: u32) -> &Text {
        &self.classification.levels[usize::from(self.classification.get(position).level)].label
    }
}

/// `KBLI2020` and `KBLI2025` are of one family.
fn family(id: &str) -> &str {
    id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_')
}

/// Without dots, spaces, an apostrophe, and without the section's letter before digits.
fn spelled_plainly(text: &str) -> String {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let compact: String = text.chars().filter(|c| !matches!(c, '.' | ' ' | '\'' | '-' | '\u{a0}')).collect();
    let rest = compact.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    if compact.len() - rest.len() == 1 && rest.len() >= 2 && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return rest.to_owned();
    }
    compact
}

/// Shortens a string slice from its end.
trait PopLast {
    /// False once nothing is left.
    fn pop_last(&mut self) -> bool;
}

impl PopLast for &str {
    fn pop_last(&mut self) -> bool {
        match self.char_indices().next_back() {
            Some((place, _)) => {
                *self = &self[..place];
                !self.is_empty()
            }
            None => false,
        }
    }
}
