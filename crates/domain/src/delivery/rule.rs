//! Is an act lawful as things stand? The gates of the programme, in one place.

use jiff::civil::Date;

use super::act::Act;
use super::record::{Dossier, Project, ProjectState, Report, ReportState, State, Visit, VisitState};
use super::refusal::Refusal;
use super::standing::{Step, follow_up_from};
use super::{CaseStudyState, Origin, Pair, Stage};
use crate::programme::{Order, Programme};

/// Letters that a text may hold.
const WORDS_MAX: usize = 4000;

impl Act {
    /// Selecting has no dossier yet: the programme alone decides.
    pub fn check_new(&self, programme: &Programme, today: Date) -> Result<(), Refusal> {
        let Act::Select { phase, product, enterprise, organisation, region, .. } = self else {
            return Err(Refusal::NotThere { noun: "engagement" });
        };
        programme.phase(phase).ok_or(Refusal::NotThere { noun: "phase" })?;
        programme.product(product).ok_or(Refusal::NotThere { noun: "product" })?;
        filled(&[("enterprise", enterprise), ("organisation", organisation), ("region", region)])?;
        self.refuse_future(today)
    }

    /// Is this lawful for an engagement that exists? Refused acts leave no trace.
    pub fn check(&self, dossier: &Dossier, programme: &Programme, today: Date) -> Result<(), Refusal> {
        self.refuse_future(today)?;
        self.refuse_ended(dossier)?;
        match self {
            Act::Select { .. } => Err(Refusal::AlreadyThere { noun: "engagement" }),
            Act::AssignTrainer { trainer } => filled(&[("trainer", trainer)]),
            Act::Commit { on, signed_by, .. } => {
                filled(&[("signed_by", signed_by)])?;
                if dossier.engagement.committed_on.is_some() {
                    return Err(Refusal::AlreadyThere { noun: "letter" });
                }
                not_before(*on, Step::Selection, Some(dossier.engagement.selected_on))
            }
            Act::Assess { .. } => self.check_assessment(dossier, programme, today),
            Act::OpenCourse { module, .. } => check_opening(dossier, programme, module),
            Act::Enrol { .. }
            | Act::FormTeam { .. }
            | Act::AgreePlan { .. }
            | Act::PlanVisit { .. }
            | Act::ReviewProgress { .. }
            | Act::Deliver { .. } => self.check_course(dossier, programme),
            Act::AddProject { .. }
            | Act::FinishProject { .. }
            | Act::VerifyProject { .. }
            | Act::DropProject { .. } => self.check_project(dossier, programme),
            Act::RecordVisit { .. } | Act::CancelVisit { .. } => self.check_visit(dossier),
            Act::WriteReport { .. }
            | Act::CommentReport { .. }
            | Act::ReturnReport { .. }
            | Act::ApproveReport { .. } => self.check_report(dossier),
            Act::Exit { because, .. } => {
                filled(&[("because", because)])?;
                match dossier.open_course() {
                    Some(course) => Err(Refusal::ModuleOpen { module: course.module.clone() }),
                    None if dossier.courses.is_empty() => {
                        Err(Refusal::NotYet { missing: vec![Step::Module] })
                    }
                    None if dossier.assessment(Stage::Final).is_none() => {
                        Err(Refusal::NotYet { missing: vec![Step::Final] })
                    }
                    None => Ok(()),
                }
            }
            Act::Withdraw { because, .. } => filled(&[("because", because)]),
            Act::WriteCaseStudy { .. }
            | Act::ConsentCaseStudy { .. }
            | Act::PublishCaseStudy { .. }
            | Act::RetractCaseStudy { .. } => self.check_case_study(dossier, programme),
            Act::AttachPhoto { subject, caption, people_agreed, .. } => {
                let known = dossier.projects.iter().any(|project| project.id == *subject)
                    || dossier.visits.iter().any(|visit| visit.id == *subject);
                if !known {
                    return Err(Refusal::NotThere { noun: "project" });
                }
                if !people_agreed {
                    return Err(Refusal::PeopleNotAsked);
                }
                short("caption", caption)
            }
        }
    }

    fn refuse_future(&self, today: Date) -> Result<(), Refusal> {
        match self.happened_on() {
            Some(on) if on > today => Err(Refusal::InTheFuture { on }),
            _ => Ok(()),
        }
    }

    /// After the end only follow-ups, reports and the case study go on.
    fn refuse_ended(&self, dossier: &Dossier) -> Result<(), Refusal> {
        let goes_on = matches!(
            self,
            Act::Assess { stage: Stage::FollowUp6 | Stage::FollowUp12, .. }
                | Act::CommentReport { .. }
                | Act::ReturnReport { .. }
                | Act::ApproveReport { .. }
                | Act::WriteReport { .. }
                | Act::VerifyProject { .. }
                | Act::AttachPhoto { .. }
                | Act::WriteCaseStudy { .. }
                | Act::ConsentCaseStudy { .. }
                | Act::PublishCaseStudy { .. }
                | Act::RetractCaseStudy { .. }
        );
        match dossier.engagement.state {
            State::Exited if !goes_on => Err(Refusal::Closed { noun: "engagement", state: "exited" }),
            State::Withdrawn if !goes_on => Err(Refusal::Closed { noun: "engagement", state: "withdrawn" }),
            _ => Ok(()),
        }
    }

    fn check_assessment(&self, dossier: &Dossier, programme: &Programme, today: Date) -> Result<(), Refusal> {
        let Act::Assess { stage, course, on, practices, problems, not_tracked, note, .. } = self else {
            return Ok(());
        };
        let committed = dossier.engagement.committed_on.ok_or(Refusal::NotCommitted)?;
        not_before(*on, Step::Commitment, Some(committed))?;
        short("note", note)?;
        for code in practices.keys() {
            programme.practice(code).ok_or(Refusal::NotThere { noun: "practice" })?;
        }
        for code in problems {
            programme.problem(code).ok_or(Refusal::NotThere { noun: "problem" })?;
        }
        if practices.is_empty() && not_tracked.iter().all(|one| one.because.trim().is_empty()) {
            return Err(Refusal::NothingAssessed);
        }
        let untracked = practices.is_empty() && problems.is_empty();
        let baseline = dossier.assessment(Stage::Baseline);
        if *stage == Stage::Baseline {
            if baseline.is_some() {
                return Err(Refusal::AlreadyThere { noun: "baseline" });
            }
            return match dossier.first_workshop() {
                // What was never tracked may be said at any time; what was seen late is no baseline.
                Some(workshop) if *on >= workshop && !untracked => {
                    Err(Refusal::BaselineAfterWorkshop { workshop })
                }
                _ => Ok(()),
            };
        }
        let baseline = baseline.ok_or(Refusal::EndlineWithoutBaseline)?;
        not_before(*on, Step::Baseline, Some(baseline.on))?;
        check_later_stage(dossier, *stage, course.as_deref(), *on, today)
    }

    fn check_course(&self, dossier: &Dossier, programme: &Programme) -> Result<(), Refusal> {
        let (Act::Enrol { course, .. }
        | Act::FormTeam { course, .. }
        | Act::AgreePlan { course, .. }
        | Act::PlanVisit { course, .. }
        | Act::ReviewProgress { course, .. }
        | Act::Deliver { course, .. }) = self
        else {
            return Ok(());
        };
        let course = dossier.course(course).ok_or(Refusal::NotThere { noun: "module" })?;
        if let Some(on) = course.delivered_on {
            return Err(Refusal::AlreadyDelivered { on });
        }
        match self {
            Act::Enrol { .. } if course.trained_on.is_some() => {
                Err(Refusal::Closed { noun: "training", state: "held" })
            }
            Act::FormTeam { team, .. } => {
                filled(&[("leader", &team.leader)])?;
                if team.size() == 0 {
                    return Err(Refusal::Empty { field: "workers_women" });
                }
                not_before(team.formed_on, Step::Module, Some(course.opened_on))
            }
            Act::AgreePlan { on, .. } => {
                if dossier.projects_of(&course.id).next().is_none() {
                    return Err(Refusal::NotThere { noun: "project" });
                }
                not_before(*on, Step::Module, Some(course.opened_on))
            }
            Act::PlanVisit { on, visit, .. } => {
                if dossier.visits.iter().any(|other| other.id == *visit) {
                    return Err(Refusal::AlreadyThere { noun: "visit" });
                }
                not_before(*on, Step::Module, Some(course.opened_on))
            }
            Act::ReviewProgress { review, .. } => {
                if dossier.visits_done(&course.id) == 0 {
                    return Err(Refusal::NotYet { missing: vec![Step::Visits] });
                }
                filled(&[("review", review)])
            }
            Act::Deliver { on, .. } => {
                let missing = dossier.missing(course, programme);
                if !missing.is_empty() {
                    return Err(Refusal::NotYet { missing });
                }
                not_before(*on, Step::Workshop, course.trained_on)
            }
            _ => Ok(()),
        }
    }

    fn check_project(&self, dossier: &Dossier, programme: &Programme) -> Result<(), Refusal> {
        match self {
            Act::AddProject {
                project, course, problem, problem_kind, action, owner, cost, saving, ..
            } => {
                let course = dossier.course(course).ok_or(Refusal::NotThere { noun: "module" })?;
                if let Some(on) = course.delivered_on {
                    return Err(Refusal::AlreadyDelivered { on });
                }
                if dossier.projects.iter().any(|other| other.id == *project) {
                    return Err(Refusal::AlreadyThere { noun: "project" });
                }
                if let Some(kind) = problem_kind {
                    programme.problem(kind).ok_or(Refusal::NotThere { noun: "problem" })?;
                }
                filled(&[("problem", problem), ("action", action), ("owner", owner)])?;
                not_negative("cost", *cost)?;
                not_negative("saving", *saving)
            }
            Act::FinishProject { project, cost, saving, .. } => {
                let project = find_project(dossier, project)?;
                in_state(project, &[ProjectState::Open])?;
                not_negative("cost", *cost)?;
                not_negative("saving", *saving)
            }
            Act::VerifyProject { project, on, saving, evidence, .. } => {
                let project = find_project(dossier, project)?;
                in_state(project, &[ProjectState::Done])?;
                filled(&[("evidence", evidence)])?;
                not_negative("saving", *saving)?;
                not_before(*on, Step::Plan, project.done_on)
            }
            Act::DropProject { project, because, .. } => {
                in_state(find_project(dossier, project)?, &[ProjectState::Open, ProjectState::Done])?;
                filled(&[("because", because)])
            }
            _ => Ok(()),
        }
    }

    fn check_visit(&self, dossier: &Dossier) -> Result<(), Refusal> {
        let (Act::RecordVisit { visit, .. } | Act::CancelVisit { visit, .. }) = self else { return Ok(()) };
        let visit: &Visit = dossier
            .visits
            .iter()
            .find(|other| other.id == *visit)
            .ok_or(Refusal::NotThere { noun: "visit" })?;
        if visit.state != VisitState::Planned {
            return Err(Refusal::Closed { noun: "visit", state: visit.state.code() });
        }
        match self {
            Act::RecordVisit { on, women, men, progress, findings, next_steps, .. } => {
                let course = dossier.course(&visit.course).ok_or(Refusal::NotThere { noun: "module" })?;
                not_before(*on, Step::Module, Some(course.opened_on))?;
                if u64::from(*women) + u64::from(*men) == 0 {
                    return Err(Refusal::NobodyCame);
                }
                filled(&[("progress", progress), ("next_steps", next_steps)])?;
                short("findings", findings)
            }
            Act::CancelVisit { because, .. } => filled(&[("because", because)]),
            _ => Ok(()),
        }
    }

    fn check_report(&self, dossier: &Dossier) -> Result<(), Refusal> {
        match self {
            Act::WriteReport { course, summary, lessons, submit, .. } => {
                let course = dossier.course(course).ok_or(Refusal::NotThere { noun: "module" })?;
                if let Some(report) = dossier.report_of(&course.id) {
                    open_for_writing(report)?;
                }
                short("summary", summary)?;
                short("lessons", lessons)?;
                if *submit {
                    filled(&[("summary", summary)])?;
                    if course.trained_on.is_none() {
                        return Err(Refusal::NotYet { missing: vec![Step::Workshop] });
                    }
                }
                Ok(())
            }
            Act::CommentReport { report, words, .. } => {
                find_report(dossier, report)?;
                filled(&[("words", words)])
            }
            Act::ReturnReport { report, words, .. } => {
                submitted(find_report(dossier, report)?)?;
                filled(&[("words", words)])
            }
            Act::ApproveReport { report, .. } => submitted(find_report(dossier, report)?),
            _ => Ok(()),
        }
    }

    fn check_case_study(&self, dossier: &Dossier, programme: &Programme) -> Result<(), Refusal> {
        let find = |id: &str| {
            dossier
                .case_studies
                .iter()
                .find(|one| one.id == id)
                .ok_or(Refusal::NotThere { noun: "case study" })
        };
        match self {
            Act::WriteCaseStudy {
                case_study,
                course,
                title,
                problem_kind,
                shown_as,
                problem,
                action,
                result,
                pairs,
                ..
            } => {
                dossier.course(course).ok_or(Refusal::NotThere { noun: "module" })?;
                programme.problem(problem_kind).ok_or(Refusal::NotThere { noun: "problem" })?;
                if let Ok(written) = find(case_study)
                    && written.state != CaseStudyState::Draft
                {
                    return Err(Refusal::Closed { noun: "case study", state: written.state.code() });
                }
                filled(&[
                    ("title", title),
                    ("shown_as", shown_as),
                    ("problem", problem),
                    ("action", action),
                    ("result", result),
                ])?;
                check_pairs(dossier, pairs)
            }
            Act::ConsentCaseStudy { case_study, by, .. } => {
                let written = find(case_study)?;
                if written.state != CaseStudyState::Draft {
                    return Err(Refusal::Closed { noun: "case study", state: written.state.code() });
                }
                filled(&[("by", by)])
            }
            Act::PublishCaseStudy { case_study, .. } => {
                let written = find(case_study)?;
                if written.state != CaseStudyState::Draft {
                    return Err(Refusal::Closed { noun: "case study", state: written.state.code() });
                }
                if written.consent_on.is_none() {
                    return Err(Refusal::NoConsent);
                }
                match dossier.course(&written.course).and_then(|course| course.delivered_on) {
                    Some(_) => Ok(()),
                    None => Err(Refusal::NotYet { missing: vec![Step::Deliver] }),
                }
            }
            Act::RetractCaseStudy { case_study, because } => {
                find(case_study)?;
                filled(&[("because", because)])
            }
            _ => Ok(()),
        }
    }
}

/// Figures before and after: few, named, with a source, and where they come from the records, as recorded.
fn check_pairs(dossier: &Dossier, pairs: &[Pair]) -> Result<(), Refusal> {
    const PAIRS_MAX: usize = 12;
    const LABEL_MAX: usize = 200;
    if pairs.len() > PAIRS_MAX {
        return Err(Refusal::TooManyPairs { max: PAIRS_MAX });
    }
    for pair in pairs {
        filled(&[("pairs", &pair.label), ("pairs", &pair.source)])?;
        let words = [&pair.label, &pair.unit, &pair.source];
        if words.iter().any(|words| words.chars().count() > LABEL_MAX) {
            return Err(Refusal::TooLong { field: "pairs", max: LABEL_MAX });
        }
        let as_recorded = match &pair.origin {
            Origin::Project { project } => Pair::of_project(find_project(dossier, project)?)
                .is_some_and(|own| (own.before, own.after) == (pair.before, pair.after)),
            Origin::Savings => pair.before.is_none() && pair.after == dossier.verified_yearly_saving() as f64,
            // The ledger looks at observations, which are no part of a dossier.
            Origin::Observed { .. } => true,
            Origin::Told => pair.before.is_some(),
        };
        let finite = pair.after.is_finite() && pair.before.is_none_or(f64::is_finite);
        if !as_recorded || !finite {
            return Err(Refusal::NotAsRecorded { label: pair.label.clone() });
        }
    }
    Ok(())
}

/// Which module may begin now.
fn check_opening(dossier: &Dossier, programme: &Programme, module: &str) -> Result<(), Refusal> {
    if dossier.engagement.committed_on.is_none() {
        return Err(Refusal::NotCommitted);
    }
    let product =
        programme.product(&dossier.engagement.product).ok_or(Refusal::NotThere { noun: "product" })?;
    if !product.modules.iter().any(|code| code == module) {
        return Err(Refusal::NotThere { noun: "module" });
    }
    let begun = dossier.modules_begun();
    if begun.contains(&module) {
        return Err(Refusal::AlreadyThere { noun: "module" });
    }
    // In a fixed order modules are taught together, so they run side by side.
    if product.order == Order::Diagnosis
        && let Some(course) = dossier.open_course()
    {
        return Err(Refusal::ModuleOpen { module: course.module.clone() });
    }
    let may = product.may_follow(&begun);
    if may.contains(&module) { Ok(()) } else { Err(Refusal::OutOfOrder { expected: may.join(", ") }) }
}

fn check_later_stage(
    dossier: &Dossier,
    stage: Stage,
    course: Option<&str>,
    on: Date,
    today: Date,
) -> Result<(), Refusal> {
    if stage == Stage::AfterModule {
        let course = course.and_then(|id| dossier.course(id)).ok_or(Refusal::NotThere { noun: "module" })?;
        if dossier.assessment_after(&course.id).is_some() {
            return Err(Refusal::AlreadyThere { noun: "assessment" });
        }
        let trained = course.trained_on.ok_or(Refusal::NotYet { missing: vec![Step::Workshop] })?;
        return not_before(on, Step::Workshop, Some(trained));
    }
    if dossier.assessment(stage).is_some() {
        return Err(Refusal::AlreadyThere { noun: "assessment" });
    }
    if stage == Stage::Final {
        let last = dossier.courses.iter().filter_map(|course| course.trained_on).max();
        return match last {
            None => Err(Refusal::NotYet { missing: vec![Step::Workshop] }),
            Some(_) => not_before(on, Step::Workshop, last),
        };
    }
    let ended = dossier.engagement.ended_on.ok_or(Refusal::NotYet { missing: vec![Step::Exit] })?;
    match follow_up_from(ended, stage) {
        Some(from) if today < from || on < from => Err(Refusal::TooEarly { from }),
        _ => Ok(()),
    }
}

fn find_project<'a>(dossier: &'a Dossier, id: &str) -> Result<&'a Project, Refusal> {
    dossier.projects.iter().find(|project| project.id == id).ok_or(Refusal::NotThere { noun: "project" })
}

fn in_state(project: &Project, states: &[ProjectState]) -> Result<(), Refusal> {
    if states.contains(&project.state) {
        Ok(())
    } else {
        Err(Refusal::Closed { noun: "project", state: project.state.code() })
    }
}

fn find_report<'a>(dossier: &'a Dossier, id: &str) -> Result<&'a Report, Refusal> {
    dossier.reports.iter().find(|report| report.id == id).ok_or(Refusal::NotThere { noun: "report" })
}

fn open_for_writing(report: &Report) -> Result<(), Refusal> {
    match report.state {
        ReportState::Draft | ReportState::Returned => Ok(()),
        state => Err(Refusal::Closed { noun: "report", state: state.code() }),
    }
}

fn submitted(report: &Report) -> Result<(), Refusal> {
    match report.state {
        ReportState::Submitted => Ok(()),
        ReportState::Approved => Err(Refusal::Closed { noun: "report", state: "approved" }),
        _ => Err(Refusal::NotYet { missing: vec![Step::Report] }),
    }
}

fn filled(fields: &[(&'static str, &String)]) -> Result<(), Refusal> {
    for (field, words) in fields {
        if words.trim().is_empty() {
            return Err(Refusal::Empty { field });
        }
        short(field, words)?;
    }
    Ok(())
}

fn short(field: &'static str, words: &str) -> Result<(), Refusal> {
    if words.chars().count() > WORDS_MAX { Err(Refusal::TooLong { field, max: WORDS_MAX }) } else { Ok(()) }
}

fn not_negative(field: &'static str, amount: Option<i64>) -> Result<(), Refusal> {
    if amount.is_some_and(|amount| amount < 0) { Err(Refusal::BelowZero { field }) } else { Ok(()) }
}

fn not_before(on: Date, what: Step, was: Option<Date>) -> Result<(), Refusal> {
    match was {
        Some(was) if on < was => Err(Refusal::Before { on, what, was }),
        _ => Ok(()),
    }
}
