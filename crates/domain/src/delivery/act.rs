//! Acts on an engagement: the only way in which anything about it changes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Stage;
use super::case_study::Pair;
use super::figures::FiveS;
use super::record::{SavingKind, Team};

/// Something that cannot be told, and why. A lawful answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotTracked {
    /// The code of an indicator, or `baseline` for everything.
    pub what: String,
    pub because: String,
}

/// One thing that is done to an engagement. Ids and dates come in; `version` is the one that the
/// doer had seen, so that the second of two is told what the first did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act", deny_unknown_fields)]
pub enum Act {
    Select {
        enterprise: String,
        programme: String,
        phase: String,
        product: String,
        organisation: String,
        region: String,
        on: Date,
        #[serde(default)]
        synthetic: bool,
    },
    AssignTrainer {
        trainer: String,
    },
    Commit {
        on: Date,
        signed_by: String,
        shares_data: bool,
    },
    Assess {
        id: String,
        stage: Stage,
        #[serde(default)]
        course: Option<String>,
        on: Date,
        #[serde(default)]
        practices: BTreeMap<String, bool>,
        #[serde(default)]
        problems: Vec<String>,
        #[serde(default)]
        not_tracked: Vec<NotTracked>,
        #[serde(default)]
        note: String,
    },
    /// Begins a module, with the training it is taught in, if that is known.
    OpenCourse {
        course: String,
        module: String,
        #[serde(default)]
        training: Option<String>,
        on: Date,
    },
    /// Sends the enterprise to another training of the module, as long as it was not taught.
    Enrol {
        course: String,
        training: String,
    },
    FormTeam {
        course: String,
        team: Team,
    },
    AgreePlan {
        course: String,
        on: Date,
    },
    AddProject {
        project: String,
        course: String,
        problem: String,
        #[serde(default)]
        problem_kind: Option<String>,
        action: String,
        owner: String,
        due: Date,
        #[serde(default)]
        cost: Option<i64>,
        #[serde(default)]
        saving: Option<i64>,
        #[serde(default)]
        saving_kind: Option<SavingKind>,
        #[serde(default)]
        measure: String,
        #[serde(default)]
        before: Option<f64>,
        #[serde(default)]
        unit: String,
    },
    FinishProject {
        project: String,
        version: i64,
        on: Date,
        #[serde(default)]
        cost: Option<i64>,
        #[serde(default)]
        saving: Option<i64>,
        #[serde(default)]
        after: Option<f64>,
    },
    /// Somebody from outside the enterprise looked at it.
    VerifyProject {
        project: String,
        version: i64,
        on: Date,
        #[serde(default)]
        saving: Option<i64>,
        evidence: String,
    },
    DropProject {
        project: String,
        version: i64,
        because: String,
    },
    PlanVisit {
        visit: String,
        course: String,
        on: Date,
        #[serde(default)]
        starts_at: String,
        #[serde(default)]
        trainer: Option<String>,
    },
    RecordVisit {
        visit: String,
        version: i64,
        on: Date,
        women: u32,
        men: u32,
        progress: String,
        #[serde(default)]
        five_s: Option<FiveS>,
        #[serde(default)]
        findings: String,
        next_steps: String,
    },
    CancelVisit {
        visit: String,
        version: i64,
        because: String,
    },
    ReviewProgress {
        course: String,
        on: Date,
        review: String,
    },
    /// Writes the words of a report; what can be told from the records writes itself.
    WriteReport {
        report: String,
        course: String,
        /// 0 for the first draft.
        version: i64,
        summary: String,
        #[serde(default)]
        lessons: String,
        submit: bool,
        on: Date,
    },
    CommentReport {
        comment: String,
        report: String,
        words: String,
    },
    ReturnReport {
        comment: String,
        report: String,
        version: i64,
        words: String,
        on: Date,
    },
    ApproveReport {
        report: String,
        version: i64,
        on: Date,
    },
    /// Marks a module as delivered.
    Deliver {
        course: String,
        version: i64,
        on: Date,
    },
    Exit {
        version: i64,
        on: Date,
        because: String,
    },
    Withdraw {
        version: i64,
        on: Date,
        because: String,
    },
    WriteCaseStudy {
        case_study: String,
        course: String,
        version: i64,
        title: String,
        problem_kind: String,
        shown_as: String,
        problem: String,
        action: String,
        result: String,
        #[serde(default)]
        pairs: Vec<Pair>,
    },
    ConsentCaseStudy {
        case_study: String,
        /// The words that were read: what changed since is not agreed to.
        version: i64,
        by: String,
        on: Date,
    },
    PublishCaseStudy {
        case_study: String,
        version: i64,
        on: Date,
    },
    RetractCaseStudy {
        case_study: String,
        because: String,
    },
    /// A photo that was cleaned and stored; the ledger keeps what it shows.
    AttachPhoto {
        photo: String,
        /// A project or a visit.
        subject: String,
        after: bool,
        caption: String,
        /// BLAKE3 of the cleaned file.
        blake3: String,
        media_type: String,
        bytes: i64,
        /// Everybody who can be recognised agreed.
        people_agreed: bool,
    },
}

impl Act {
    /// As the audit log names it.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Select { .. } => "engagement.select",
            Act::AssignTrainer { .. } => "engagement.assign-trainer",
            Act::Commit { .. } => "engagement.commit",
            Act::Assess { .. } => "engagement.assess",
            Act::OpenCourse { .. } => "course.open",
            Act::Enrol { .. } => "course.enrol",
            Act::FormTeam { .. } => "course.form-team",
            Act::AgreePlan { .. } => "course.agree-plan",
            Act::AddProject { .. } => "project.add",
            Act::FinishProject { .. } => "project.finish",
            Act::VerifyProject { .. } => "project.verify",
            Act::DropProject { .. } => "project.drop",
            Act::PlanVisit { .. } => "visit.plan",
            Act::RecordVisit { .. } => "visit.record",
            Act::CancelVisit { .. } => "visit.cancel",
            Act::ReviewProgress { .. } => "course.review",
            Act::WriteReport { submit: false, .. } => "report.write",
            Act::WriteReport { submit: true, .. } => "report.submit",
            Act::CommentReport { .. } => "report.comment",
            Act::ReturnReport { .. } => "report.return",
            Act::ApproveReport { .. } => "report.approve",
            Act::Deliver { .. } => "course.deliver",
            Act::Exit { .. } => "engagement.exit",
            Act::Withdraw { .. } => "engagement.withdraw",
            Act::WriteCaseStudy { .. } => "case-study.write",
            Act::ConsentCaseStudy { .. } => "case-study.consent",
            Act::PublishCaseStudy { .. } => "case-study.publish",
            Act::RetractCaseStudy { .. } => "case-study.retract",
            Act::AttachPhoto { .. } => "photo.attach",
        }
    }

    /// The day on which it happened, for acts that tell what has happened.
    pub(super) fn happened_on(&self) -> Option<Date> {
        match self {
            Act::Select { on, .. }
            | Act::Commit { on, .. }
            | Act::Assess { on, .. }
            | Act::OpenCourse { on, .. }
            | Act::AgreePlan { on, .. }
            | Act::FinishProject { on, .. }
            | Act::VerifyProject { on, .. }
            | Act::RecordVisit { on, .. }
            | Act::ReviewProgress { on, .. }
            | Act::WriteReport { on, .. }
            | Act::ReturnReport { on, .. }
            | Act::ApproveReport { on, .. }
            | Act::Deliver { on, .. }
            | Act::Exit { on, .. }
            | Act::Withdraw { on, .. }
            | Act::ConsentCaseStudy { on, .. }
            | Act::PublishCaseStudy { on, .. } => Some(*on),
            Act::FormTeam { team, .. } => Some(team.formed_on),
            Act::AssignTrainer { .. }
            | Act::Enrol { .. }
            | Act::AddProject { .. }
            | Act::DropProject { .. }
            | Act::PlanVisit { .. }
            | Act::CancelVisit { .. }
            | Act::CommentReport { .. }
            | Act::WriteCaseStudy { .. }
            | Act::RetractCaseStudy { .. }
            | Act::AttachPhoto { .. } => None,
        }
    }
}
