//! Assertions: figures that a source states, with what is needed to judge them, and the conflicts among them.
//!
//! A printed figure is not a measurement. Each stands with its source, its date, how it was counted and
//! whether it is a magnitude or a share of enterprises; where the source does not say, it is unknown and
//! stays so. Conflicts are shown side by side. Nothing here is averaged, and nobody is declared the winner.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;

use crate::catalogue::ContentError;
use crate::indicator::Semantic;
use crate::language::Text;
use crate::syntax::{Faults, twice};

mod conflict;

pub use conflict::{Conflict, ConflictKind};

/// Where a figure was printed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub code: String,
    pub title: Text,
    /// From who measured it, or at second hand.
    pub primary: bool,
}

/// What is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    pub code: String,
    pub label: Text,
    pub unit: Text,
    /// A total that can only grow.
    #[serde(default)]
    pub grows: bool,
}

/// How a figure was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// Everything up to the date.
    Cumulative,
    /// Within its span.
    Period,
    /// A mean over its span.
    Average,
    Unknown,
}

/// How the source words the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worded {
    AsOf,
    Since,
    Within,
    Not,
}

/// A phase, as far as a source names one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub code: String,
    pub label: Text,
    pub from: Date,
    pub to: Date,
}

/// One figure of one or more sources.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    pub code: String,
    pub stated: String,
    pub value: f64,
    /// "More than 261".
    #[serde(default)]
    pub at_least: bool,
    /// Absent: the source does not say whether it is a magnitude or a share of enterprises.
    pub semantic: Option<Semantic>,
    pub counting: Counting,
    pub worded: Worded,
    pub as_of: Date,
    /// As exact as the source: `day`, `month` or `year`.
    pub precision: Precision,
    pub phase: Option<String>,
    /// The words of the source, short.
    pub printed: String,
    pub sources: Vec<String>,
    pub note: Option<Text>,
}

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    Day,
    Month,
    Year,
}

/// A figure that follows from two others of the same source and date.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    pub label: Text,
    pub numerator: String,
    /// Divided by this; absent: a share of `of`.
    pub denominator: Option<String>,
    /// The numerator is a percentage of this.
    pub of: Option<String>,
    #[serde(default)]
    pub decimals: u8,
}

/// All assertions of a programme. Built by [`Assertions::parse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assertions {
    pub sources: Vec<Source>,
    pub stated: Vec<Stated>,
    pub phases: Vec<Phase>,
    pub all: Vec<Assertion>,
    pub derived: Vec<Derived>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Vec<Source>,
    stated: Vec<Stated>,
    #[serde(default)]
    phase: Vec<Phase>,
    assertion: Vec<Assertion>,
    #[serde(default)]
    derived: Vec<Derived>,
}

impl Assertions {
    /// Reads `assertions.toml`; `path` names it in errors.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ContentError>> {
        let mut faults = Faults::new(path, text);
        let file: File = faults.read()?;
        let assertions = Assertions {
            sources: file.source,
            stated: file.stated,
            phases: file.phase,
            all: file.assertion,
            derived: file.derived,
        };
        assertions.dangling(&mut faults);
        faults.or(assertions)
    }

    /// References that lead nowhere, and codes that stand twice.
    fn dangling(&self, faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for (place, assertion) in self.all.iter().enumerate() {
            let name = &assertion.code;
            if !seen.insert(name) {
                faults.at("assertion", place, twice("angka", "assertion", name));
            }
            let mut wrong = |id: String, en: String| {
                let said = Text::new(format!("angka `{name}`: {id}"), format!("assertion `{name}`: {en}"));
                faults.at("assertion", place, said);
            };
            if !assertion.value.is_finite() {
                wrong("`value` bukan angka".into(), "`value` is no number".into());
            }
            let missing = |table: &str, code: &str| {
                (
                    format!("tidak ada [[{table}]] `{code}`; tambahkan atau betulkan namanya"),
                    format!("there is no [[{table}]] `{code}`; add it or mend the name"),
                )
            };
            if self.stated(&assertion.stated).is_none() {
                let (id, en) = missing("stated", &assertion.stated);
                wrong(id, en);
            }
            if assertion.sources.is_empty() {
                wrong(
                    "belum menyebut sumber; isi `sources`".into(),
                    "it names no source; fill in `sources`".into(),
                );
            }
            for source in assertion.sources.iter().filter(|source| self.source(source).is_none()) {
                let (id, en) = missing("source", source);
                wrong(id, en);
            }
            for phase in assertion.phase.iter().filter(|phase| self.phase(phase).is_none()) {
                let (id, en) = missing("phase", phase);
                wrong(id, en);
            }
        }
        for (place, derived) in self.derived.iter().enumerate() {
            let parts = [Some(&derived.numerator), derived.denominator.as_ref(), derived.of.as_ref()];
            for part in parts.into_iter().flatten().filter(|part| self.get(part).is_none()) {
                let said = Text::new(
                    format!("angka turunan menyebut `{part}`, padahal tidak ada [[assertion]] bernama itu"),
                    format!("a derived figure names `{part}`, which no [[assertion]] is called"),
                );
                faults.at("derived", place, said);
            }
            if derived.denominator.is_some() == derived.of.is_some() {
                let said = Text::new(
                    "angka turunan memerlukan `denominator` atau `of`, salah satu saja",
                    "a derived figure has either a `denominator` or an `of`",
                );
                faults.at("derived", place, said);
            }
        }
    }

    pub fn get(&self, code: &str) -> Option<&Assertion> {
        self.all.iter().find(|assertion| assertion.code == code)
    }

    pub fn source(&self, code: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.code == code)
    }

    pub fn stated(&self, code: &str) -> Option<&Stated> {
        self.stated.iter().find(|stated| stated.code == code)
    }

    pub fn phase(&self, code: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.code == code)
    }

    /// Everything stated of one thing, by date.
    pub fn timeline(&self, stated: &str) -> Vec<&Assertion> {
        let mut all: Vec<&Assertion> =
            self.all.iter().filter(|assertion| assertion.stated == stated).collect();
        all.sort_by_key(|assertion| assertion.as_of);
        all
    }

    /// The value of a derived figure.
    pub fn derive(&self, derived: &Derived) -> Option<f64> {
        let value = |code: &String| self.get(code).map(|assertion| assertion.value);
        let numerator = value(&derived.numerator)?;
        match (&derived.denominator, &derived.of) {
            (Some(denominator), _) => {
                value(denominator).filter(|below| *below > 0.0).map(|below| numerator / below)
            }
            (None, Some(of)) => value(of).map(|whole| numerator / 100.0 * whole),
            (None, None) => None,
        }
    }

    /// All conflicts, gravest first.
    pub fn conflicts(&self) -> Vec<Conflict<'_>> {
        conflict::find(self)
    }

    /// Is every source of this figure at second hand?
    pub fn is_weak(&self, assertion: &Assertion) -> bool {
        assertion.sources.iter().all(|code| self.source(code).is_none_or(|source| !source.primary))
    }
}

#[cfg(test)]
mod tests;
