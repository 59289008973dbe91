//! What the records tell of one module: the page of a report and its PDF say the same, from here.

use domain::delivery::{Course, Dossier, ProjectState, ReadDelivery, ReportState, Stage, VisitState};
use domain::document::{Comment, Fact, ModuleReport, PracticeLine, ProjectLine, VisitLine};
use domain::programme::Programme;
use store::delivery::photos::{self, Photo};

use super::frame;
use super::{indicators, modules};
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::paper;
use crate::speech::Speech;
use crate::state::AppState;

/// A module, told; with the photos it shows.
pub(super) struct Told {
    pub(super) report: ModuleReport,
    pub(super) photos: Vec<Photo>,
    pub(super) definition: String,
}

/// Gathers everything about a course that the reader may see.
pub(super) async fn tell(
    app: &AppState,
    speech: Speech,
    signed_in: &SignedIn,
    dossier: &Dossier,
    course: &Course,
) -> Result<Told, WebError> {
    let engagement = &dossier.engagement;
    let programme = frame::programme(app, &engagement.programme)?;
    let store = &app.desk.store;
    let place = engagement.place();
    let permit = signed_in.permit(ReadDelivery { what: engagement.id.clone(), place })?;
    let all = photos::list(store, &permit).await?;
    let report = dossier.report_of(&course.id);
    let mut said = Vec::new();
    if let Some(report) = report {
        for comment in store::delivery::reports::comments(store, &permit, &report.id).await? {
            let who = frame::person(app, speech, Some(&comment.written_by)).await?;
            said.push(Comment { who, when: speech.moment(comment.written_at), words: comment.words });
        }
    }
    let (practices_lead, practices) = practices(speech, programme, dossier, course);
    let measured = indicators::told(app, speech, signed_in, dossier).await?;
    let projects = project_lines(speech, dossier, course, &all);
    let shown = |photo: &Photo| {
        let both = projects.iter().flat_map(|line| line.before.iter().chain(&line.after));
        both.into_iter().any(|picture| picture.file == photo.id)
    };
    let photos = all.iter().filter(|photo| shown(photo)).cloned().collect();
    let state = report.map(|report| report.state);
    let mut definition = speech.with("delivery-report-definition", &[("edition", &course.edition)]);
    if !measured.lines.is_empty() {
        definition = format!("{definition} {}", speech.t("delivery-indicators-definition"));
    }
    Ok(Told {
        report: ModuleReport {
            enterprise: frame::enterprise_name(app, &engagement.id, &engagement.enterprise).await?,
            module: frame::module_title(app, speech, &programme.id, &course.module),
            status: status(speech, state),
            facts: facts(app, speech, dossier, course).await?,
            summary: report.map(|report| report.summary.clone()).unwrap_or_default(),
            lessons: report.map(|report| report.lessons.clone()).unwrap_or_default(),
            practices_lead,
            practices,
            indicators_lead: measured.lead,
            indicators: measured.lines,
            projects,
            savings: modules::verified_savings(speech, dossier),
            visits: visit_lines(speech, dossier, course),
            comments: said,
        },
        photos,
        definition,
    })
}

pub(super) fn status(speech: Speech, state: Option<ReportState>) -> String {
    speech.t(&format!("delivery-report-{}", state.map_or("none", ReportState::code)))
}

async fn facts(
    app: &AppState,
    speech: Speech,
    dossier: &Dossier,
    course: &Course,
) -> Result<Vec<Fact>, WebError> {
    let fact = |key: &str, value: String| Fact::new(speech.t(&format!("delivery-fact-{key}")), value);
    let number = |value: u32| speech.integer(u64::from(value));
    let day = |on: Option<jiff::civil::Date>| on.map_or_else(|| speech.t("unknown"), |on| speech.date(on));
    let turnout = course.turnout;
    let trainer = frame::person(app, speech, dossier.engagement.trainer.as_deref()).await?;
    let present = speech.with(
        "delivery-note-workshop",
        &[
            ("day", &day(course.trained_on)),
            ("women", &number(turnout.women())),
            ("men", &number(turnout.men())),
            ("workers", &number(turnout.workers())),
        ],
    );
    Ok(vec![
        fact("region", frame::region_name(app, speech, &dossier.engagement.region)),
        fact("trainer", trainer),
        fact("baseline", day(dossier.assessment(Stage::Baseline).map(|one| one.on))),
        fact("workshop", if course.trained_on.is_some() { present } else { speech.t("unknown") }),
        fact("team", team(speech, course)),
        fact("review", if course.review.is_empty() { speech.t("unknown") } else { course.review.clone() }),
        fact("delivered", day(course.delivered_on)),
    ])
}

/// The improvement team in one line.
pub(super) fn team(speech: Speech, course: &Course) -> String {
    course.team.as_ref().map_or_else(
        || speech.t("unknown"),
        |team| {
            let size = speech.integer(u64::from(team.size()));
            speech.with("delivery-note-team", &[("size", &size), ("leader", &team.leader)])
        },
    )
}

fn practices(
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    course: &Course,
) -> (String, Vec<PracticeLine>) {
    let before = dossier.assessment(Stage::Baseline);
    let after = dossier.assessment_after(&course.id);
    let said = |answer: Option<&bool>| match answer {
        Some(true) => speech.t("delivery-answer-yes"),
        Some(false) => speech.t("delivery-answer-no"),
        None => speech.t("unknown"),
    };
    let (mut paired, mut better) = (0u64, 0u64);
    let lines = programme
        .practices(&course.module)
        .iter()
        .map(|practice| {
            let first = before.and_then(|one| one.practices.get(&practice.code));
            let last = after.and_then(|one| one.practices.get(&practice.code));
            let gained = first == Some(&false) && last == Some(&true);
            paired += u64::from(first.is_some() && last.is_some());
            better += u64::from(gained);
            PracticeLine {
                question: speech.say(&practice.question).to_owned(),
                before: said(first),
                after: said(last),
                better: gained,
            }
        })
        .collect();
    if paired == 0 {
        return (speech.t("delivery-practices-unpaired"), lines);
    }
    let values = [("better", &*speech.integer(better)), ("paired", &speech.integer(paired))];
    (speech.with("delivery-practices-lead", &values), lines)
}

fn project_lines(speech: Speech, dossier: &Dossier, course: &Course, photos: &[Photo]) -> Vec<ProjectLine> {
    dossier
        .projects_of(&course.id)
        .filter(|project| project.state != ProjectState::Dropped)
        .map(|project| {
            let (before, after) = paper::pair(photos, &project.id);
            ProjectLine {
                action: project.action.clone(),
                problem: project.problem.clone(),
                owner: project.owner.clone(),
                due: speech.short_date(project.due),
                pair: modules::pair(speech, project),
                cost: frame::rupiah(speech, project.cost),
                saving: modules::saving(speech, project),
                status: speech.t(&format!("delivery-project-{}", project.state.code())),
                before: before.into_iter().map(|photo| paper::picture(speech, photo)).collect(),
                after: after.into_iter().map(|photo| paper::picture(speech, photo)).collect(),
            }
        })
        .collect()
}

fn visit_lines(speech: Speech, dossier: &Dossier, course: &Course) -> Vec<VisitLine> {
    let number = |value: u32| speech.integer(u64::from(value));
    dossier
        .visits_of(&course.id)
        .filter(|visit| visit.state == VisitState::Done)
        .map(|visit| VisitLine {
            day: visit.done_on.map(|on| speech.short_date(on)).unwrap_or_default(),
            present: speech
                .with("delivery-present", &[("women", &number(visit.women)), ("men", &number(visit.men))]),
            five_s: visit.five_s.map_or_else(|| speech.t("unknown"), |score| score.total().to_string()),
            progress: visit.progress.clone(),
            next_steps: visit.next_steps.clone(),
        })
        .collect()
}
