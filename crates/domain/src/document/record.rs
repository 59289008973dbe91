//! What was done and found: module reports and case studies.

use serde::Serialize;

use super::{Fact, Picture};

/// The report on one module: told from the records, with the words of the trainer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ModuleReport {
    pub enterprise: String,
    pub module: String,
    /// Where the report stands: draft, submitted, approved.
    pub status: String,
    pub facts: Vec<Fact>,
    /// Empty until the trainer has written it.
    pub summary: String,
    pub lessons: String,
    pub practices_lead: String,
    pub practices: Vec<PracticeLine>,
    /// How many of how many indicators can be compared.
    pub indicators_lead: String,
    pub indicators: Vec<IndicatorLine>,
    pub projects: Vec<ProjectLine>,
    pub savings: String,
    pub visits: Vec<VisitLine>,
    pub comments: Vec<Comment>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PracticeLine {
    pub question: String,
    pub before: String,
    pub after: String,
    /// It is there now and was not before.
    pub better: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IndicatorLine {
    pub label: String,
    pub unit: String,
    pub before: String,
    pub after: String,
    /// The change, or in words why there is none: "not tracked, because …".
    pub change: String,
    /// There is a change to be read.
    pub known: bool,
    /// Version of the definition.
    pub version: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProjectLine {
    pub action: String,
    pub problem: String,
    pub owner: String,
    pub due: String,
    /// Before and after, as measured.
    pub pair: String,
    pub cost: String,
    pub saving: String,
    pub status: String,
    pub before: Vec<Picture>,
    pub after: Vec<Picture>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VisitLine {
    pub day: String,
    pub present: String,
    pub five_s: String,
    pub progress: String,
    pub next_steps: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comment {
    pub who: String,
    pub when: String,
    pub words: String,
}

/// A figure before and after, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CasePair {
    pub what: String,
    pub before: String,
    pub after: String,
    pub unit: String,
    pub source: String,
}

/// A case study that was published with the consent of the enterprise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CaseStory {
    /// Who it is, as the enterprise wants to be shown, and where.
    pub place: String,
    pub problem: String,
    pub action: String,
    pub result: String,
    pub pairs: Vec<CasePair>,
    pub facts: Vec<Fact>,
    pub before: Vec<Picture>,
    pub after: Vec<Picture>,
    /// When the enterprise agreed.
    pub source: String,
}
