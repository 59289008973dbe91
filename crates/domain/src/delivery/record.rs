//! What is on record about one engagement.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::act::NotTracked;
use super::case_study::CaseStudy;
use super::figures::FiveS;
use super::{Stage, Turnout};
use crate::actor::Place;

/// Declares a choice and the codes under which the ledger, files and messages keep it.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $code)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn code(self) -> &'static str {
                match self {
                    $($name::$variant => $code),+
                }
            }

            pub fn parse(code: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}
pub(super) use coded;

coded! {
    /// Where an engagement stands as a whole; how far its modules are is told by its courses.
    State {
        Selected = "selected",
        Committed = "committed",
        /// The baseline is there.
        Assessed = "assessed",
        Delivering = "delivering",
        /// Left after the final assessment; follow-ups and the case study come now.
        Exited = "exited",
        /// Left before the end.
        Withdrawn = "withdrawn",
    }
}

coded! {
    VisitState { Planned = "planned", Done = "done", Cancelled = "cancelled" }
}

coded! {
    ProjectState {
        Open = "open",
        Done = "done",
        /// Somebody from outside the enterprise has looked at it.
        Verified = "verified",
        Dropped = "dropped",
    }
}

coded! {
    SavingKind { OneOff = "one-off", Yearly = "yearly" }
}

coded! {
    ReportState {
        Draft = "draft",
        Submitted = "submitted",
        /// Sent back with comments.
        Returned = "returned",
        Approved = "approved",
    }
}

/// One enterprise going through one programme with one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    pub id: String,
    pub enterprise: String,
    pub programme: String,
    pub phase: String,
    pub product: String,
    /// The provider.
    pub organisation: String,
    pub region: String,
    pub state: State,
    /// Grows with every act; whoever closes something says which one they saw.
    pub version: i64,
    /// The account of the trainer in charge.
    pub trainer: Option<String>,
    pub selected_on: Date,
    pub committed_on: Option<Date>,
    /// The enterprise promised the data that show progress.
    pub shares_data: bool,
    pub ended_on: Option<Date>,
    pub ended_because: Option<String>,
    /// Made up for a demonstration.
    pub synthetic: bool,
}

impl Engagement {
    pub fn place(&self) -> Place {
        Place::programme(&self.programme)
            .in_region(&self.region)
            .of_organisation(&self.organisation)
            .of_enterprise(&self.enterprise)
    }
}

/// Which practices were there at one moment, which problems, and what is not tracked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub id: String,
    pub stage: Stage,
    /// The course, for the stage after a module.
    pub course: Option<String>,
    pub on: Date,
    pub practices: BTreeMap<String, bool>,
    pub problems: Vec<String>,
    pub not_tracked: Vec<NotTracked>,
    pub note: String,
}

/// One module within an engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub id: String,
    pub module: String,
    pub edition: String,
    pub training: Option<String>,
    pub opened_on: Date,
    /// First day of the workshop, once it was held.
    pub trained_on: Option<Date>,
    pub turnout: Turnout,
    pub team: Option<Team>,
    pub plan_agreed_on: Option<Date>,
    pub reviewed_on: Option<Date>,
    pub review: String,
    pub delivered_on: Option<Date>,
}

/// The enterprise improvement team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub formed_on: Date,
    pub leader: String,
    pub managers_women: u32,
    pub managers_men: u32,
    pub workers_women: u32,
    pub workers_men: u32,
}

impl Team {
    pub fn size(&self) -> u32 {
        self.managers_women
            .saturating_add(self.managers_men)
            .saturating_add(self.workers_women)
            .saturating_add(self.workers_men)
    }
}

/// A visit to the enterprise, planned or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub id: String,
    pub course: String,
    pub planned_on: Date,
    /// `09:00`; empty if only the day is known.
    pub starts_at: String,
    pub trainer: Option<String>,
    pub state: VisitState,
    pub done_on: Option<Date>,
    pub women: u32,
    pub men: u32,
    pub progress: String,
    pub five_s: Option<FiveS>,
    pub findings: String,
    pub next_steps: String,
    pub version: i64,
}

/// One project of an improvement plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub id: String,
    pub course: String,
    pub problem: String,
    /// A code of the diagnosis, to find projects by problem.
    pub problem_kind: Option<String>,
    pub action: String,
    /// The job of whoever answers for it: "kepala produksi".
    pub owner: String,
    pub due: Date,
    pub cost: Option<i64>,
    pub saving: Option<i64>,
    pub saving_kind: Option<SavingKind>,
    /// What is measured, in plain words or as a code of an indicator.
    pub measure: String,
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub unit: String,
    pub state: ProjectState,
    pub done_on: Option<Date>,
    pub verified_on: Option<Date>,
    pub verified_saving: Option<i64>,
    pub evidence: String,
    pub version: i64,
}

impl Project {
    pub fn is_open(&self) -> bool {
        self.state == ProjectState::Open
    }
}

/// The report on one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub id: String,
    pub course: String,
    pub state: ReportState,
    pub summary: String,
    pub lessons: String,
    pub version: i64,
    pub submitted_on: Option<Date>,
    pub decided_on: Option<Date>,
}

/// Everything on record about one engagement, as the rules look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    pub engagement: Engagement,
    pub assessments: Vec<Assessment>,
    /// In the order in which they were opened.
    pub courses: Vec<Course>,
    pub visits: Vec<Visit>,
    pub projects: Vec<Project>,
    pub reports: Vec<Report>,
    pub case_studies: Vec<CaseStudy>,
}

impl Dossier {
    pub fn of(engagement: Engagement) -> Self {
        Dossier {
            engagement,
            assessments: Vec::new(),
            courses: Vec::new(),
            visits: Vec::new(),
            projects: Vec::new(),
            reports: Vec::new(),
            case_studies: Vec::new(),
        }
    }

    pub fn assessment(&self, stage: Stage) -> Option<&Assessment> {
        self.assessments.iter().find(|one| one.stage == stage)
    }

    pub fn assessment_after(&self, course: &str) -> Option<&Assessment> {
        self.assessments
            .iter()
            .find(|one| one.stage == Stage::AfterModule && one.course.as_deref() == Some(course))
    }

    pub fn course(&self, id: &str) -> Option<&Course> {
        self.courses.iter().find(|course| course.id == id)
    }

    /// The module that is under way.
    pub fn open_course(&self) -> Option<&Course> {
        self.courses.iter().find(|course| course.delivered_on.is_none())
    }

    pub fn modules_begun(&self) -> Vec<&str> {
        self.courses.iter().map(|course| course.module.as_str()).collect()
    }

    /// The first day of the first workshop.
    pub fn first_workshop(&self) -> Option<Date> {
        self.courses.iter().filter_map(|course| course.trained_on).min()
    }

    pub fn visits_of<'a>(&'a self, course: &'a str) -> impl Iterator<Item = &'a Visit> {
        self.visits.iter().filter(move |visit| visit.course == course)
    }

    pub fn visits_done(&self, course: &str) -> usize {
        self.visits_of(course).filter(|visit| visit.state == VisitState::Done).count()
    }

    pub fn projects_of<'a>(&'a self, course: &'a str) -> impl Iterator<Item = &'a Project> {
        self.projects.iter().filter(move |project| project.course == course)
    }

    pub fn report_of(&self, course: &str) -> Option<&Report> {
        self.reports.iter().find(|report| report.course == course)
    }

    /// Yearly savings that somebody from outside has looked at, in rupiah.
    pub fn verified_yearly_saving(&self) -> i64 {
        self.projects
            .iter()
            .filter(|project| {
                project.state == ProjectState::Verified && project.saving_kind == Some(SavingKind::Yearly)
            })
            .filter_map(|project| project.verified_saving)
            .fold(0, i64::saturating_add)
    }
}
