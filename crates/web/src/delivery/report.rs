//! The report on one module. It writes itself from the records; the trainer adds the words, and a
//! reviewer sees the automatic checks first.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::delivery::{
    Act, Course, Dossier, ProjectState, ReadDelivery, ReportState, Stage, VisitState, checks,
};
use domain::finding::Severity;
use domain::programme::Programme;
use serde::Deserialize;

use super::acts::{Failed, Trouble, href, perform};
use super::frame::{self, May};
use super::modules;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/report.html")]
struct ReportPage {
    shell: Shell,
    form_token: String,
    lead: String,
    status: String,
    chip: &'static str,
    error: Option<String>,
    checks: Vec<CheckLine>,
    reviewing: bool,
    facts: Vec<(String, String)>,
    summary: String,
    lessons: String,
    practices: Vec<[String; 3]>,
    practices_lead: String,
    projects: Vec<ProjectLine>,
    savings: String,
    visits: Vec<[String; 4]>,
    comments: Vec<(String, String, String)>,
    definition: String,
    can_decide: bool,
    can_comment: bool,
    write: Option<String>,
    version: i64,
    report: String,
    course: String,
    here: String,
    words: String,
}

struct CheckLine {
    words: String,
    chip: &'static str,
    said: String,
}

struct ProjectLine {
    action: String,
    problem: String,
    pair: String,
    saving: String,
    status: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    course: String,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    report: String,
    course: String,
    version: i64,
    #[serde(default)]
    words: String,
}

/// `GET /delivery/engagements/{engagement}/report`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    page(&app, &visit, &signed_in, &id, &asked.course, None, String::new()).await
}

/// `POST /delivery/engagements/{engagement}/report/{decision}`: comment, return or approve.
pub(super) async fn decide(
    State(app): State<AppState>,
    visit: Visit,
    Path((id, decision)): Path<(String, String)>,
    OwnForm(signed_in, sent): OwnForm<Decision>,
) -> Result<Response, WebError> {
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let (report, version, on) = (sent.report.clone(), sent.version, frame::today(&app));
    let (comment, words) = (app.new_id(), sent.words.clone());
    let act = match decision.as_str() {
        "comment" => Act::CommentReport { comment, report, words },
        "return" => Act::ReturnReport { comment, report, version, words, on },
        "approve" => Act::ApproveReport { report, version, on },
        _ => return Err(WebError::NotFound),
    };
    match perform(&app, &signed_in, &dossier, act).await {
        Ok(()) => {
            let course = crate::address::escape(&sent.course);
            let here = format!("/delivery/engagements/{id}/report?course={course}");
            Ok(Redirect::to(&visit.speech.href(&here)).into_response())
        }
        Err(Failed::Web(error)) => Err(error),
        Err(failed) => {
            let trouble = Trouble::of(&app, visit.speech, failed).await?;
            let error = trouble.top.or_else(|| trouble.errors.into_values().next());
            page(&app, &visit, &signed_in, &id, &sent.course, error, sent.words).await
        }
    }
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: &str,
    course: &str,
    error: Option<String>,
    words: String,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(app, signed_in, id).await?;
    let engagement = &dossier.engagement;
    let programme = frame::programme(app, &engagement.programme)?;
    let course = dossier.course(course).or(dossier.courses.last()).ok_or(WebError::NotFound)?;
    let report = dossier.report_of(&course.id);
    let state = report.map(|report| report.state);
    let may = May::at(&signed_in.actor, &engagement.place());
    let name = frame::enterprise_name(app, id, &engagement.enterprise).await?;
    let module = frame::module_title(app, speech, &programme.id, &course.module);
    let title = speech.with("delivery-report-title", &[("module", &module)]);
    let back = format!("/delivery/engagements/{id}");
    let here = format!("{back}/report");
    let shell = frame::shell(visit, signed_in, "/delivery/reports", title.clone());
    let writable = matches!(state, None | Some(ReportState::Draft | ReportState::Returned));
    let (practices_lead, practices) = practices(speech, programme, &dossier, course);
    private_page(&ReportPage {
        shell: frame::crumbs(shell, [(back.as_str(), name.clone()), (here.as_str(), title)])
            .synthetic_if(engagement.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: name,
        status: speech.t(&format!("delivery-report-{}", state.map_or("none", ReportState::code))),
        chip: chip(state),
        error,
        checks: check_lines(speech, programme, &dossier, course, app),
        reviewing: may.guide,
        facts: facts(app, speech, &dossier, course).await?,
        summary: report.map(|report| report.summary.clone()).unwrap_or_default(),
        lessons: report.map(|report| report.lessons.clone()).unwrap_or_default(),
        practices,
        practices_lead,
        projects: project_lines(speech, &dossier, course),
        savings: modules::verified_savings(speech, &dossier),
        visits: visit_lines(speech, &dossier, course),
        comments: comments(app, speech, signed_in, id, report.map(|report| report.id.as_str())).await?,
        definition: speech.with("delivery-report-definition", &[("edition", &course.edition)]),
        can_decide: may.guide && state == Some(ReportState::Submitted),
        can_comment: (may.guide || may.deliver) && report.is_some(),
        write: (may.deliver && writable).then(|| href(speech, id, "words", &course.id, "")),
        version: report.map_or(0, |report| report.version),
        report: report.map(|report| report.id.clone()).unwrap_or_default(),
        course: course.id.clone(),
        here: speech.href(&here),
        words,
    })
}

fn chip(state: Option<ReportState>) -> &'static str {
    match state {
        None | Some(ReportState::Draft) => "",
        Some(ReportState::Submitted) => "info",
        Some(ReportState::Returned) => "warn",
        Some(ReportState::Approved) => "ok",
    }
}

fn check_lines(
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    course: &Course,
    app: &AppState,
) -> Vec<CheckLine> {
    let said = |severity| match severity {
        Severity::Warning => ("warn", speech.t("delivery-check-warning")),
        _ => ("err", speech.t("delivery-check-held")),
    };
    checks(dossier, course, programme, frame::today(app))
        .into_iter()
        .map(|check| {
            let (chip, words) = said(check.severity);
            CheckLine { words: speech.say(&check.message).to_owned(), chip, said: words }
        })
        .collect()
}

async fn facts(
    app: &AppState,
    speech: Speech,
    dossier: &Dossier,
    course: &Course,
) -> Result<Vec<(String, String)>, WebError> {
    let fact = |key: &str, value: String| (speech.t(&format!("delivery-fact-{key}")), value);
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
    let team = course.team.as_ref().map_or_else(
        || speech.t("unknown"),
        |team| speech.with("delivery-note-team", &[("size", &number(team.size())), ("leader", &team.leader)]),
    );
    Ok(vec![
        fact("region", frame::region_name(app, speech, &dossier.engagement.region)),
        fact("trainer", trainer),
        fact("baseline", day(dossier.assessment(Stage::Baseline).map(|one| one.on))),
        fact("workshop", if course.trained_on.is_some() { present } else { speech.t("unknown") }),
        fact("team", team),
        fact("review", if course.review.is_empty() { speech.t("unknown") } else { course.review.clone() }),
        fact("delivered", day(course.delivered_on)),
    ])
}

fn practices(
    speech: Speech,
    programme: &Programme,
    dossier: &Dossier,
    course: &Course,
) -> (String, Vec<[String; 3]>) {
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
            paired += u64::from(first.is_some() && last.is_some());
            better += u64::from(first == Some(&false) && last == Some(&true));
            [speech.say(&practice.question).to_owned(), said(first), said(last)]
        })
        .collect();
    if paired == 0 {
        return (speech.t("delivery-practices-unpaired"), lines);
    }
    let values = [("better", &*speech.integer(better)), ("paired", &speech.integer(paired))];
    (speech.with("delivery-practices-lead", &values), lines)
}

fn project_lines(speech: Speech, dossier: &Dossier, course: &Course) -> Vec<ProjectLine> {
    dossier
        .projects_of(&course.id)
        .filter(|project| project.state != ProjectState::Dropped)
        .map(|project| ProjectLine {
            action: project.action.clone(),
            problem: project.problem.clone(),
            pair: modules::pair(speech, project),
            saving: modules::saving(speech, project),
            status: speech.t(&format!("delivery-project-{}", project.state.code())),
        })
        .collect()
}

fn visit_lines(speech: Speech, dossier: &Dossier, course: &Course) -> Vec<[String; 4]> {
    dossier
        .visits_of(&course.id)
        .filter(|visit| visit.state == VisitState::Done)
        .map(|visit| {
            [
                visit.done_on.map(|on| speech.short_date(on)).unwrap_or_default(),
                visit.five_s.map_or_else(|| speech.t("unknown"), |score| score.total().to_string()),
                visit.progress.clone(),
                visit.next_steps.clone(),
            ]
        })
        .collect()
}

async fn comments(
    app: &AppState,
    speech: Speech,
    signed_in: &SignedIn,
    engagement: &str,
    report: Option<&str>,
) -> Result<Vec<(String, String, String)>, WebError> {
    let Some(report) = report else { return Ok(Vec::new()) };
    let store = &app.desk.store;
    let place = store::delivery::find(store, engagement).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: engagement.to_owned(), place })?;
    let mut said = Vec::new();
    for comment in store::delivery::reports::comments(store, &permit, report).await? {
        let who = frame::person(app, speech, Some(&comment.written_by)).await?;
        said.push((who, speech.moment(comment.written_at), comment.words));
    }
    Ok(said)
}
