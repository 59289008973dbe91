//! Jobs: what waits, what runs, what ended and how.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::CancelJob;
use serde::Deserialize;
use store::jobs;

use super::audit::who;
use super::guard::{Nothing, OwnForm, SignedIn};
use super::progress::Progress;
use super::{PAGE_ROWS, desk};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/jobs.html")]
struct JobsPage {
    shell: Shell,
    rows: Vec<Progress>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "office/job.html")]
struct JobPage {
    shell: Shell,
    form_token: String,
    job: Progress,
    who: String,
    attempts: String,
    subject: String,
}

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
}

/// `GET /office/jobs`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    signed_in.reads_office("jobs")?;
    let speech = visit.speech;
    let page = jobs::list(&app.desk.store, position.before.as_deref(), PAGE_ROWS).await?;
    let shell = desk::shell(&visit, &signed_in.session, "/office/jobs", speech.t("office-jobs"));
    private_page(&JobsPage {
        shell: desk::crumbs(shell, [("/office/jobs", speech.t("office-jobs"))]),
        rows: page.rows.iter().map(|job| Progress::of(job, speech)).collect(),
        next: page.next.map(|next| {
            speech.href(&format!("/office/jobs?{}", address::query([("before", next.as_str())])))
        }),
    })
}

/// `GET /office/jobs/{job}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let speech = visit.speech;
    let job = jobs::get(&app.desk.store, &id).await?;
    let progress = Progress::of(&job, speech);
    let title = progress.kind_label.clone();
    let here = format!("/office/jobs/{id}");
    let shell = desk::shell(&visit, &signed_in.session, "/office/jobs", title.clone());
    private_page(&JobPage {
        shell: desk::crumbs(shell, [("/office/jobs", speech.t("office-jobs")), (&here, title)]),
        form_token: signed_in.session.form_token.clone(),
        who: who(&app, &visit, &job.ordered_by).await?,
        attempts: speech.integer(job.attempts.unsigned_abs()),
        subject: job.subject.clone(),
        job: progress,
    })
}

/// `GET /office/jobs/{job}/progress`: for the page's script.
pub(super) async fn progress(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let job = jobs::get(&app.desk.store, &id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Progress::of(&job, visit.speech))).into_response())
}

/// `POST /office/jobs/{job}/cancel`
pub(super) async fn cancel(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(CancelJob { job: id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    jobs::cancel(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/jobs/{id}"))).into_response())
}
