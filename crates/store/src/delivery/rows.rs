//! Rows as the ledger keeps them, and the records they become.

use domain::delivery::{
    Assessment, CaseStudy, CaseStudyState, Course, DaysThere, Engagement, FiveS, Participant, Position,
    Project, ProjectState, Report, ReportState, SavingKind, Sex, Stage, State, Team, Training, TrainingState,
    Turnout, Visit, VisitState,
};
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::{StoreError, Vault};

pub(super) fn unreadable(what: impl Into<String>) -> StoreError {
    StoreError::Unreadable { what: what.into() }
}

pub(super) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| unreadable(format!("day `{text}`")))
}

pub(super) fn maybe_date(text: Option<&String>) -> Result<Option<Date>, StoreError> {
    text.map(|text| date(text)).transpose()
}

fn document<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))
}

fn code<T>(parse: fn(&str) -> Option<T>, text: &str) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| unreadable(format!("code `{text}`")))
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

#[derive(sqlx::FromRow)]
pub(super) struct EngagementRow {
    id: String,
    enterprise_id: String,
    programme: String,
    phase: String,
    product: String,
    organisation_id: String,
    region: String,
    state: String,
    version: i64,
    trainer_id: Option<String>,
    selected_on: String,
    committed_on: Option<String>,
    shares_data: bool,
    ended_on: Option<String>,
    ended_because: Option<String>,
    synthetic: bool,
}

impl EngagementRow {
    pub(super) fn read(self) -> Result<Engagement, StoreError> {
        Ok(Engagement {
            state: code(State::parse, &self.state)?,
            selected_on: date(&self.selected_on)?,
            committed_on: maybe_date(self.committed_on.as_ref())?,
            ended_on: maybe_date(self.ended_on.as_ref())?,
            id: self.id,
            enterprise: self.enterprise_id,
            programme: self.programme,
            phase: self.phase,
            product: self.product,
            organisation: self.organisation_id,
            region: self.region,
            version: self.version,
            trainer: self.trainer_id,
            shares_data: self.shares_data,
            ended_because: self.ended_because,
            synthetic: self.synthetic,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct AssessmentRow {
    id: String,
    stage: String,
    course_id: Option<String>,
    assessed_on: String,
    practices: String,
    problems: String,
    not_tracked: String,
    note: String,
}

impl AssessmentRow {
    pub(super) fn read(self) -> Result<Assessment, StoreError> {
        Ok(Assessment {
            stage: code(Stage::parse, &self.stage)?,
            on: date(&self.assessed_on)?,
            practices: document(&self.practices)?,
            problems: document(&self.problems)?,
            not_tracked: document(&self.not_tracked)?,
            id: self.id,
            course: self.course_id,
            note: self.note,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct CourseRow {
    id: String,
    module: String,
    edition: String,
    training_id: Option<String>,
    opened_on: String,
    trained_on: Option<String>,
    managers_women: i64,
    managers_men: i64,
    workers_women: i64,
    workers_men: i64,
    team: Option<String>,
    plan_agreed_on: Option<String>,
    reviewed_on: Option<String>,
    review: String,
    delivered_on: Option<String>,
}

impl CourseRow {
    pub(super) fn read(self) -> Result<Course, StoreError> {
        Ok(Course {
            opened_on: date(&self.opened_on)?,
            trained_on: maybe_date(self.trained_on.as_ref())?,
            turnout: Turnout {
                managers_women: count(self.managers_women),
                managers_men: count(self.managers_men),
                workers_women: count(self.workers_women),
                workers_men: count(self.workers_men),
            },
            team: self.team.map(|team| document::<Team>(&team)).transpose()?,
            plan_agreed_on: maybe_date(self.plan_agreed_on.as_ref())?,
            reviewed_on: maybe_date(self.reviewed_on.as_ref())?,
            delivered_on: maybe_date(self.delivered_on.as_ref())?,
            id: self.id,
            module: self.module,
            edition: self.edition,
            training: self.training_id,
            review: self.review,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct VisitRow {
    id: String,
    course_id: String,
    planned_on: String,
    starts_at: String,
    trainer_id: Option<String>,
    state: String,
    done_on: Option<String>,
    women: i64,
    men: i64,
    progress: String,
    five_s: Option<String>,
    findings: String,
    next_steps: String,
    version: i64,
}

impl VisitRow {
    pub(super) fn read(self) -> Result<Visit, StoreError> {
        Ok(Visit {
            planned_on: date(&self.planned_on)?,
            state: code(VisitState::parse, &self.state)?,
            done_on: maybe_date(self.done_on.as_ref())?,
            women: count(self.women),
            men: count(self.men),
            five_s: self.five_s.map(|score| document::<FiveS>(&score)).transpose()?,
            id: self.id,
            course: self.course_id,
            starts_at: self.starts_at,
            trainer: self.trainer_id,
            progress: self.progress,
            findings: self.findings,
            next_steps: self.next_steps,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ProjectRow {
    id: String,
    course_id: String,
    problem: String,
    problem_kind: Option<String>,
    action: String,
    owner: String,
    due_on: String,
    cost: Option<i64>,
    saving: Option<i64>,
    saving_kind: Option<String>,
    measure: String,
    before_value: Option<f64>,
    after_value: Option<f64>,
    unit: String,
    state: String,
    done_on: Option<String>,
    verified_on: Option<String>,
    verified_saving: Option<i64>,
    evidence: String,
    version: i64,
}

impl ProjectRow {
    pub(super) fn read(self) -> Result<Project, StoreError> {
        Ok(Project {
            due: date(&self.due_on)?,
            saving_kind: self.saving_kind.map(|kind| code(SavingKind::parse, &kind)).transpose()?,
            state: code(ProjectState::parse, &self.state)?,
            done_on: maybe_date(self.done_on.as_ref())?,
            verified_on: maybe_date(self.verified_on.as_ref())?,
            id: self.id,
            course: self.course_id,
            problem: self.problem,
            problem_kind: self.problem_kind,
            action: self.action,
            owner: self.owner,
            cost: self.cost,
            saving: self.saving,
            measure: self.measure,
            before: self.before_value,
            after: self.after_value,
            unit: self.unit,
            verified_saving: self.verified_saving,
            evidence: self.evidence,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ReportRow {
    id: String,
    course_id: String,
    state: String,
    summary: String,
    lessons: String,
    version: i64,
    submitted_on: Option<String>,
    decided_on: Option<String>,
}

impl ReportRow {
    pub(super) fn read(self) -> Result<Report, StoreError> {
        Ok(Report {
            state: code(ReportState::parse, &self.state)?,
            submitted_on: maybe_date(self.submitted_on.as_ref())?,
            decided_on: maybe_date(self.decided_on.as_ref())?,
            id: self.id,
            course: self.course_id,
            summary: self.summary,
            lessons: self.lessons,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct CaseStudyRow {
    id: String,
    course_id: String,
    state: String,
    title: String,
    problem_kind: String,
    shown_as: String,
    problem: String,
    action: String,
    result: String,
    pairs: String,
    consent_by: Option<String>,
    consent_on: Option<String>,
    published_on: Option<String>,
    version: i64,
}

impl CaseStudyRow {
    pub(super) fn read(self) -> Result<CaseStudy, StoreError> {
        Ok(CaseStudy {
            state: code(CaseStudyState::parse, &self.state)?,
            pairs: document(&self.pairs)?,
            consent_on: maybe_date(self.consent_on.as_ref())?,
            published_on: maybe_date(self.published_on.as_ref())?,
            id: self.id,
            course: self.course_id,
            title: self.title,
            problem_kind: self.problem_kind,
            shown_as: self.shown_as,
            problem: self.problem,
            action: self.action,
            result: self.result,
            consent_by: self.consent_by,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TrainingRow {
    id: String,
    programme: String,
    module: String,
    edition: String,
    product: String,
    organisation_id: String,
    region: String,
    venue: String,
    starts_on: String,
    ends_on: String,
    trainer_id: Option<String>,
    state: String,
    feedback: String,
    version: i64,
}

impl TrainingRow {
    pub(super) fn read(self) -> Result<Training, StoreError> {
        Ok(Training {
            starts_on: date(&self.starts_on)?,
            ends_on: date(&self.ends_on)?,
            state: code(TrainingState::parse, &self.state)?,
            feedback: document(&self.feedback)?,
            id: self.id,
            programme: self.programme,
            module: self.module,
            edition: self.edition,
            product: self.product,
            organisation: self.organisation_id,
            region: self.region,
            venue: self.venue,
            trainer: self.trainer_id,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct ParticipationRow {
    id: String,
    course_id: String,
    name: String,
    sex: String,
    position: String,
    days: i64,
    days_there: String,
    namesake: bool,
}

/// Where the name of a participant is sealed.
pub(crate) fn participant_place(id: &str) -> String {
    format!("participation/{id}")
}

impl ParticipationRow {
    pub(super) fn read(self, vault: Option<&Vault>) -> Result<Participant, StoreError> {
        Ok(Participant {
            name: open_name(&self.id, &self.name, vault)?,
            sex: code(Sex::parse, &self.sex)?,
            position: code(Position::parse, &self.position)?,
            // Lists of older versions know how many days, not which.
            days: match self.days_there.as_str() {
                "" => DaysThere::all_of(u8::try_from(self.days).unwrap_or_default()),
                days => document(days)?,
            },
            id: self.id,
            course: self.course_id,
            namesake: self.namesake,
        })
    }
}

/// The name of somebody who took part; `-` once the person asked to be forgotten. Lists of an older version
/// of this program hold names in clear, which no sealed text can be taken for.
pub(crate) fn open_name(id: &str, name: &str, vault: Option<&Vault>) -> Result<String, StoreError> {
    const SEALED_MIN: usize = 80;
    if name.len() < SEALED_MIN || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(name.to_owned());
    }
    vault.ok_or(StoreError::NoKey)?.open(&participant_place(id), name)
}
