//! Where an engagement stands, what comes next, and what is missing: told from the records alone.

use jiff::ToSpan;
use jiff::civil::Date;

use super::record::{Course, Dossier, ReportState, State, VisitState};
use super::{CaseStudyState, Stage};
use crate::language::Text;
use crate::programme::Programme;

/// The steps of the road from letter to case study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Selection,
    Commitment,
    Baseline,
    Module,
    Workshop,
    Team,
    Plan,
    Visits,
    Review,
    Endline,
    Report,
    Deliver,
    Exit,
    Final,
    FollowUp6,
    FollowUp12,
    CaseStudy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Done,
    Now,
    Later,
}

/// One step as a page draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLine {
    pub step: Step,
    /// The code of the module and its course, for steps of a module.
    pub module: Option<String>,
    pub course: Option<String>,
    pub progress: Progress,
    pub on: Option<Date>,
    /// How many of how many, for visits.
    pub count: Option<(usize, usize)>,
}

/// The one thing to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub step: Step,
    pub course: Option<String>,
    pub module: Option<String>,
    /// The planned visit it is about.
    pub visit: Option<String>,
    /// When it is due or planned, if that is known.
    pub on: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub lines: Vec<StepLine>,
    /// Nothing, if all is done or the enterprise left.
    pub next: Option<Next>,
    /// Due before today.
    pub overdue: bool,
}

impl Step {
    pub fn code(self) -> &'static str {
        match self {
            Step::Selection => "selection",
            Step::Commitment => "commitment",
            Step::Baseline => "baseline",
            Step::Module => "module",
            Step::Workshop => "workshop",
            Step::Team => "team",
            Step::Plan => "plan",
            Step::Visits => "visits",
            Step::Review => "review",
            Step::Endline => "endline",
            Step::Report => "report",
            Step::Deliver => "deliver",
            Step::Exit => "exit",
            Step::Final => "final",
            Step::FollowUp6 => "follow-up-6",
            Step::FollowUp12 => "follow-up-12",
            Step::CaseStudy => "case-study",
        }
    }

    /// What it is called inside a sentence.
    pub fn words(self) -> Text {
        let (id, en) = match self {
            Step::Selection => ("pemilihan usaha", "selection"),
            Step::Commitment => ("surat komitmen", "letter of commitment"),
            Step::Baseline => ("data awal", "baseline"),
            Step::Module => ("pemilihan modul", "choice of a module"),
            Step::Workshop => ("lokakarya dengan daftar hadir", "workshop with attendance"),
            Step::Team => ("tim perbaikan", "improvement team"),
            Step::Plan => {
                ("rencana perbaikan dengan sekurangnya satu usulan", "improvement plan with a project")
            }
            Step::Visits => ("kunjungan", "visits"),
            Step::Review => ("tinjauan kemajuan", "progress review"),
            Step::Endline => ("data setelah modul", "data after the module"),
            Step::Report => ("laporan modul yang dikirim", "submitted module report"),
            Step::Deliver => ("penutupan modul", "closing of the module"),
            Step::Exit => ("penutupan pendampingan", "end of the engagement"),
            Step::Final => ("penilaian akhir", "final assessment"),
            Step::FollowUp6 => ("data lanjutan 6 bulan", "follow-up at 6 months"),
            Step::FollowUp12 => ("data lanjutan 12 bulan", "follow-up at 12 months"),
            Step::CaseStudy => ("studi kasus", "case study"),
        };
        Text::new(id, en)
    }
}

impl Dossier {
    /// What a course still lacks before it may be marked as delivered.
    pub fn missing(&self, course: &Course, programme: &Programme) -> Vec<Step> {
        let needed =
            usize::from(programme.visits_needed(&self.engagement.product, &course.module, &course.edition));
        let reported = self
            .report_of(&course.id)
            .is_some_and(|report| matches!(report.state, ReportState::Submitted | ReportState::Approved));
        let planned = course.plan_agreed_on.is_some() && self.projects_of(&course.id).next().is_some();
        [
            (Step::Baseline, self.assessment(Stage::Baseline).is_some()),
            (Step::Workshop, course.trained_on.is_some() && course.turnout.all() > 0),
            (Step::Team, course.team.is_some()),
            (Step::Plan, planned),
            (Step::Visits, self.visits_done(&course.id) >= needed),
            (Step::Review, course.reviewed_on.is_some()),
            (Step::Endline, self.assessment_after(&course.id).is_some()),
            (Step::Report, reported),
        ]
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(step, _)| step)
        .collect()
    }
}

/// The day on which a follow-up is due: so many months after the end.
pub(super) fn follow_up_due(ended_on: Date, stage: Stage) -> Option<Date> {
    let months = match stage {
        Stage::FollowUp6 => 6,
        Stage::FollowUp12 => 12,
        _ => return None,
    };
    ended_on.checked_add(months.months()).ok()
}

/// People are reached when they can be: a month early is early enough.
pub(super) fn follow_up_from(ended_on: Date, stage: Stage) -> Option<Date> {
    follow_up_due(ended_on, stage)?.checked_sub(1.months()).ok()
}

impl Standing {
    pub fn of(dossier: &Dossier, programme: &Programme, today: Date) -> Self {
        let mut lines = opening(dossier);
        for course in &dossier.courses {
            lines.extend(course_lines(dossier, course, programme));
        }
        lines.extend(closing(dossier));
        let next = next(dossier, programme);
        if let Some(next) = &next {
            for line in &mut lines {
                if line.step == next.step && line.course == next.course && line.progress == Progress::Later {
                    line.progress = Progress::Now;
                }
            }
        }
        let overdue = next.as_ref().and_then(|next| next.on).is_some_and(|on| on < today);
        Standing { lines, next, overdue }
    }
}

fn line(step: Step, on: Option<Date>, done: bool) -> StepLine {
    let progress = if done { Progress::Done } else { Progress::Later };
    StepLine { step, module: None, course: None, progress, on, count: None }
}

fn opening(dossier: &Dossier) -> Vec<StepLine> {
    let engagement = &dossier.engagement;
    let baseline = dossier.assessment(Stage::Baseline).map(|one| one.on);
    vec![
        line(Step::Selection, Some(engagement.selected_on), true),
        line(Step::Commitment, engagement.committed_on, engagement.committed_on.is_some()),
        line(Step::Baseline, baseline, baseline.is_some()),
    ]
}

fn course_lines(dossier: &Dossier, course: &Course, programme: &Programme) -> Vec<StepLine> {
    let needed =
        usize::from(programme.visits_needed(&dossier.engagement.product, &course.module, &course.edition));
    let missing = dossier.missing(course, programme);
    let report = dossier.report_of(&course.id);
    let of = |step: Step, on: Option<Date>| StepLine {
        module: Some(course.module.clone()),
        course: Some(course.id.clone()),
        ..line(step, on, !missing.contains(&step))
    };
    let last_visit = dossier.visits_of(&course.id).filter_map(|visit| visit.done_on).max();
    let mut visits = of(Step::Visits, last_visit);
    visits.count = Some((dossier.visits_done(&course.id), needed));
    let mut deliver = of(Step::Deliver, course.delivered_on);
    deliver.progress = if course.delivered_on.is_some() { Progress::Done } else { Progress::Later };
    vec![
        of(Step::Workshop, course.trained_on),
        of(Step::Team, course.team.as_ref().map(|team| team.formed_on)),
        of(Step::Plan, course.plan_agreed_on),
        visits,
        of(Step::Review, course.reviewed_on),
        of(Step::Endline, dossier.assessment_after(&course.id).map(|one| one.on)),
        of(Step::Report, report.and_then(|report| report.submitted_on)),
        deliver,
    ]
}

fn closing(dossier: &Dossier) -> Vec<StepLine> {
    let engagement = &dossier.engagement;
    if engagement.state == State::Withdrawn {
        return vec![line(Step::Exit, engagement.ended_on, true)];
    }
    let stage = |step, stage| {
        let on = dossier.assessment(stage).map(|one| one.on);
        line(step, on, on.is_some())
    };
    let told = dossier.case_studies.iter().find(|one| one.state == CaseStudyState::Published);
    vec![
        stage(Step::Final, Stage::Final),
        line(Step::Exit, engagement.ended_on, engagement.ended_on.is_some()),
        stage(Step::FollowUp6, Stage::FollowUp6),
        stage(Step::FollowUp12, Stage::FollowUp12),
        line(Step::CaseStudy, told.and_then(|one| one.published_on), told.is_some()),
    ]
}

fn next(dossier: &Dossier, programme: &Programme) -> Option<Next> {
    let engagement = &dossier.engagement;
    let plain = |step| Some(Next { step, course: None, module: None, visit: None, on: None });
    match engagement.state {
        State::Withdrawn => None,
        State::Selected => plain(Step::Commitment),
        State::Committed => plain(Step::Baseline),
        State::Assessed | State::Delivering => match dossier.open_course() {
            Some(course) => Some(next_in_course(dossier, course, programme)),
            None => next_module_or_exit(dossier, programme),
        },
        State::Exited => {
            let ended = engagement.ended_on?;
            for (step, stage) in [(Step::FollowUp6, Stage::FollowUp6), (Step::FollowUp12, Stage::FollowUp12)]
            {
                if dossier.assessment(stage).is_none() {
                    let on = follow_up_due(ended, stage);
                    return Some(Next { step, course: None, module: None, visit: None, on });
                }
            }
            let told = dossier.case_studies.iter().any(|one| one.state == CaseStudyState::Published);
            if told { None } else { plain(Step::CaseStudy) }
        }
    }
}

fn next_in_course(dossier: &Dossier, course: &Course, programme: &Programme) -> Next {
    let step = dossier.missing(course, programme).first().copied().unwrap_or(Step::Deliver);
    let planned = dossier
        .visits_of(&course.id)
        .filter(|visit| step == Step::Visits && visit.state == VisitState::Planned)
        .min_by_key(|visit| visit.planned_on);
    Next {
        step,
        course: Some(course.id.clone()),
        module: Some(course.module.clone()),
        visit: planned.map(|visit| visit.id.clone()),
        on: planned.map(|visit| visit.planned_on),
    }
}

fn next_module_or_exit(dossier: &Dossier, programme: &Programme) -> Option<Next> {
    let begun = dossier.modules_begun();
    let product = programme.product(&dossier.engagement.product);
    let step = match product.map(|product| product.may_follow(&begun)) {
        Some(modules)
            if !modules.is_empty() && (begun.is_empty() || dossier.assessment(Stage::Final).is_none()) =>
        {
            Step::Module
        }
        _ if dossier.assessment(Stage::Final).is_none() => Step::Final,
        _ => Step::Exit,
    };
    Some(Next { step, course: None, module: None, visit: None, on: None })
}
