//! Programmes: what is taught, in which order, and what a good practice looks like.
//!
//! A programme is a folder of content, `programmes/<id>/`. Rust knows phases, modules, editions,
//! products, practices and problems; which ones there are is data. A programme that exists is
//! consistent: every module that a product, a rule or a story names is there. What is wrong is
//! told as findings with file, key and remedy, all at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::language::Text;

mod check;
mod diagnosis;
mod read;
#[cfg(test)]
mod tests;

pub use diagnosis::{Problem, Recommendation, Rule};
pub use read::ProgrammeFinding;

/// A programme with everything that describes it. Built by [`Programme::parse`].
#[derive(Clone, Debug)]
pub struct Programme {
    pub id: String,
    pub title: Text,
    pub description: Text,
    /// Paragraphs for the public page.
    pub about: Vec<Text>,
    pub source: Text,
    pub phases: Vec<Phase>,
    pub partners: Vec<Partner>,
    /// In the order of their numbers.
    pub modules: Vec<Module>,
    pub products: Vec<Product>,
    pub problems: Vec<Problem>,
    pub rules: Vec<Rule>,
    pub stories: Vec<Story>,
    /// Practices by the code of their module.
    checklists: BTreeMap<String, Checklist>,
}

/// A stretch of time with its own aims and funders.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub id: String,
    pub title: Text,
    pub focus: Text,
    pub from: Date,
    /// Absent: still running.
    #[serde(default)]
    pub to: Option<Date>,
    pub source: Text,
}

/// Who carries the programme, or pays for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    pub name: Text,
    pub role: Text,
    #[serde(default)]
    pub funder: bool,
}

/// What is taught under one name. Its content changes by editions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// `cooperation`; never renamed, never reused.
    pub code: String,
    /// As people count them; 0 for modules that stand beside the numbered ones.
    #[serde(default)]
    pub number: u8,
    pub title: Text,
    pub purpose: Text,
    #[serde(rename = "edition")]
    pub editions: Vec<Edition>,
}

/// One version of a module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    pub version: String,
    pub valid_from: Date,
    pub content: Vec<Text>,
    pub workshop_days: u8,
    /// Visits to the enterprise that belong to the module.
    pub visits: u8,
    pub cohort_max: u8,
    pub source: Text,
}

/// A way in which modules are sold and delivered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub id: String,
    pub title: Text,
    pub description: Text,
    /// The modules it may hold.
    pub modules: Vec<String>,
    /// Must come first; the rest follows `order`.
    #[serde(default)]
    pub first: Option<String>,
    pub order: Order,
    /// Workshop days for all its modules together; absent: those of each edition.
    #[serde(default)]
    pub workshop_days: Option<u8>,
    /// Visits per module; absent: those of the edition.
    #[serde(default)]
    pub visits: Option<u8>,
    pub cohort_max: u8,
    /// People whom one enterprise sends.
    pub participants: u8,
    /// So many days somebody must attend for a certificate; absent: one.
    #[serde(default)]
    pub certificate_days: Option<u8>,
    pub source: Text,
}

/// How the modules after the first are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// From what the enterprise needs, as the diagnosis shows it.
    Diagnosis,
    /// As they are listed.
    Fixed,
}

/// The practices of one module.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    pub module: String,
    pub edition: String,
    #[serde(rename = "practice")]
    pub practices: Vec<Practice>,
}

/// A good practice that is there or is not: 1 or 0.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// `C1`; never renamed, never reused.
    pub code: String,
    pub question: Text,
    /// What to look at before answering yes.
    pub evidence: Text,
}

/// A published case: before and after, with its source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    pub id: String,
    pub enterprise: String,
    pub place: Text,
    /// Code of the province.
    pub region: String,
    pub sector: Text,
    pub module: String,
    #[serde(default)]
    pub year: Option<u16>,
    /// The kind of problem, a code of the diagnosis.
    pub problem_kind: String,
    pub before: Text,
    pub action: Text,
    pub after: Text,
    /// A measured pair, where one was published.
    #[serde(default)]
    pub measured: Option<Measured>,
    pub source: Text,
}

/// A figure before and after, as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub label: Text,
    pub before: Text,
    pub after: Text,
}

impl Programme {
    pub fn phase(&self, id: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.id == id)
    }

    /// The phase a day falls into.
    pub fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().rev().find(|phase| phase.from <= day && phase.to.is_none_or(|to| day <= to))
    }

    pub fn module(&self, code: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.code == code)
    }

    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    pub fn problem(&self, code: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.code == code)
    }

    pub fn story(&self, id: &str) -> Option<&Story> {
        self.stories.iter().find(|story| story.id == id)
    }

    /// The practices of a module; none if it has no checklist.
    pub fn practices(&self, module: &str) -> &[Practice] {
        self.checklists.get(module).map_or(&[], |checklist| &checklist.practices)
    }

    /// The practices that matter to a product, with the module of each.
    pub fn practices_of<'a>(
        &'a self,
        product: &'a Product,
    ) -> impl Iterator<Item = (&'a Module, &'a Practice)> {
        product
            .modules
            .iter()
            .filter_map(|code| self.module(code))
            .flat_map(|module| self.practices(&module.code).iter().map(move |practice| (module, practice)))
    }

    pub fn practice(&self, code: &str) -> Option<&Practice> {
        self.checklists.values().flat_map(|list| &list.practices).find(|practice| practice.code == code)
    }

    /// How many days the workshop of a module lasts within a product; one at least.
    pub fn workshop_days(&self, product: &str, module: &str, edition: &str) -> u8 {
        let of_edition = || {
            self.module(module)
                .and_then(|module| module.edition(edition))
                .map_or(1, |edition| edition.workshop_days)
        };
        self.product(product).and_then(|product| product.workshop_days).unwrap_or_else(of_edition).max(1)
    }

    /// How many days somebody must attend for a certificate.
    pub fn certificate_days(&self, product: &str) -> u8 {
        self.product(product).and_then(|product| product.certificate_days).unwrap_or(1).max(1)
    }

    /// How many visits a module needs within a product.
    pub fn visits_needed(&self, product: &str, module: &str, edition: &str) -> u8 {
        let of_edition = || {
            self.module(module).and_then(|module| module.edition(edition)).map_or(0, |edition| edition.visits)
        };
        self.product(product).and_then(|product| product.visits).unwrap_or_else(of_edition)
    }
}

impl Module {
    /// The edition in force on a day; the oldest if the day lies before all of them.
    pub fn edition_on(&self, day: Date) -> &Edition {
        self.editions
            .iter()
            .filter(|edition| edition.valid_from <= day)
            .max_by_key(|edition| edition.valid_from)
            .unwrap_or(&self.editions[0])
    }

    pub fn edition(&self, version: &str) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.version == version)
    }
}

impl Product {
    /// The modules that may come next after those that were begun, in the order of the product.
    pub fn may_follow<'a>(&'a self, begun: &[&str]) -> Vec<&'a str> {
        if let Some(first) = self.first.as_deref().filter(|first| !begun.contains(first)) {
            return vec![first];
        }
        let left = self.modules.iter().map(String::as_str).filter(|code| !begun.contains(code));
        match self.order {
            Order::Diagnosis => left.collect(),
            Order::Fixed => left.take(1).collect(),
        }
    }
}
