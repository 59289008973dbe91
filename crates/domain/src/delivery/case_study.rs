//! Case studies: what one enterprise changed, published only with its consent.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::coded;

coded! {
    CaseStudyState {
        Draft = "draft",
        Published = "published",
        /// Taken back: no longer shown, still on record.
        Retracted = "retracted",
    }
}

/// A figure before and after, with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub label: String,
    pub unit: String,
    pub before: f64,
    pub after: f64,
    /// The project or the observation the figure was taken from.
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseStudy {
    pub id: String,
    pub state: CaseStudyState,
    pub course: String,
    pub title: String,
    pub problem_kind: String,
    /// What the reader sees of who it is: the name, or "sebuah pabrik kecap di Semarang".
    pub shown_as: String,
    pub problem: String,
    pub action: String,
    pub result: String,
    pub pairs: Vec<Pair>,
    /// Who agreed for the enterprise, by position, and when.
    pub consent_by: Option<String>,
    pub consent_on: Option<Date>,
    pub published_on: Option<Date>,
    pub version: i64,
}
