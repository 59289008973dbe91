//! Case studies: what one enterprise changed, published only with its consent.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::{Project, ProjectState, coded};

coded! {
    CaseStudyState {
        Draft = "draft",
        Published = "published",
        /// Taken back: no longer shown, still on record.
        Retracted = "retracted",
    }
}

/// Where the figures of a pair come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from", deny_unknown_fields)]
pub enum Origin {
    /// What a project of the plan measured; its photos stand beside the pair.
    Project { project: String },
    /// The yearly savings that somebody from outside has looked at. There is no "before".
    Savings,
    /// The baseline and the latest observation of an indicator. With `prices`, the earlier of two amounts of
    /// money was brought to the prices of that year.
    Observed {
        indicator: String,
        #[serde(default)]
        prices: Option<i16>,
    },
    /// Told by people; the words of `source` say by whom, or from which book.
    #[default]
    Told,
}

/// A figure before and after, with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub label: String,
    pub unit: String,
    /// Absent for what only is since: a saving.
    #[serde(default)]
    pub before: Option<f64>,
    pub after: f64,
    /// In words, for readers.
    pub source: String,
    #[serde(default)]
    pub origin: Origin,
}

impl Pair {
    /// Was it taken from the records, and not typed?
    pub fn is_recorded(&self) -> bool {
        self.origin != Origin::Told
    }

    /// What a project measured, if it is finished and was measured twice.
    pub fn of_project(project: &Project) -> Option<Self> {
        if !matches!(project.state, ProjectState::Done | ProjectState::Verified) {
            return None;
        }
        Some(Pair {
            label: if project.measure.is_empty() { project.action.clone() } else { project.measure.clone() },
            unit: project.unit.clone(),
            before: Some(project.before?),
            after: project.after?,
            source: project.action.clone(),
            origin: Origin::Project { project: project.id.clone() },
        })
    }
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

impl CaseStudy {
    /// Are the photos of this project shown? Those of the projects whose figures are told, or else those that
    /// answered the same problem in the same module.
    pub fn shows(&self, project: &str, course: &str, problem_kind: Option<&str>) -> bool {
        let mut told = self.pairs.iter().filter_map(|pair| match &pair.origin {
            Origin::Project { project } => Some(project.as_str()),
            _ => None,
        });
        let by_problem = self.course == course && problem_kind == Some(self.problem_kind.as_str());
        match told.next() {
            Some(first) => first == project || told.any(|one| one == project),
            None => by_problem,
        }
    }
}
