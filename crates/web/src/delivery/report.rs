//! The report on one module. It writes itself from the records; the trainer adds the words, and a
//! reviewer sees the automatic checks first.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::delivery::{Act, Course, Dossier, ReportState, checks};
use domain::document::{ModuleReport, Picture};
use domain::finding::Severity;
use domain::programme::Programme;
use serde::Deserialize;

use super::acts::{Failed, Trouble, href, perform};
use super::frame::{self, May};
use super::told::{self, Told};
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
    chip: &'static str,
    error: Option<String>,
    checks: Vec<CheckLine>,
    reviewing: bool,
    told: ModuleReport,
    definition: String,
    can_decide: bool,
    can_comment: bool,
    write: Option<String>,
    version: i64,
    report: String,
    course: String,
    here: String,
    /// The same as a PDF.
    pdf: String,
    /// Where the photos of this engagement lie.
    photos: String,
    words: String,
}

impl ReportPage {
    fn src(&self, picture: &Picture) -> String {
        format!("{}/{}", self.photos, picture.file)
    }
}

struct CheckLine {
    words: String,
    chip: &'static str,
    said: String,
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
    let Told { report: told, definition, .. } = told::tell(app, speech, signed_in, &dossier, course).await?;
    let title = speech.with("delivery-report-title", &[("module", &told.module)]);
    let back = format!("/delivery/engagements/{id}");
    let here = format!("{back}/report");
    let shell = frame::shell(visit, signed_in, "/delivery/reports", title.clone());
    let writable = matches!(state, None | Some(ReportState::Draft | ReportState::Returned));
    let crumbs = [(back.as_str(), told.enterprise.clone()), (here.as_str(), title)];
    private_page(&ReportPage {
        shell: frame::crumbs(shell, crumbs).synthetic_if(engagement.synthetic),
        form_token: signed_in.session.form_token.clone(),
        told,
        chip: chip(state),
        error,
        checks: check_lines(speech, programme, &dossier, course, app),
        reviewing: may.guide,
        definition,
        can_decide: may.guide && state == Some(ReportState::Submitted),
        can_comment: (may.guide || may.deliver) && report.is_some(),
        write: (may.deliver && writable).then(|| href(speech, id, "words", &course.id, "")),
        version: report.map_or(0, |report| report.version),
        report: report.map(|report| report.id.clone()).unwrap_or_default(),
        course: course.id.clone(),
        pdf: speech.href(&format!("{back}/report.pdf?course={}", crate::address::escape(&course.id))),
        photos: format!("{back}/photos"),
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
