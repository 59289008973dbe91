//! The landing page of the office: what waits for me, and what comes next.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::ReadOffice;
use store::imports::Import;
use store::releases::ReleaseStatus;
use store::{imports, jobs, releases, snapshots};

use super::guard::SignedIn;
use super::progress::Progress;
use super::{desk, mail, own_day};
use crate::error::WebError;
use crate::layout::{Link, Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/landing.html")]
struct LandingPage {
    shell: Shell,
    form_token: String,
    statistician: bool,
    lead: String,
    step: Option<NextStep>,
    waiting: Vec<Waiting>,
    jobs: Vec<Progress>,
    road: Vec<Stage>,
    /// For those without a road: the places they may go to.
    doors: Vec<Link>,
    /// Letters wait because the mail server does not take them.
    mail: Option<String>,
}

/// The one thing to do next.
struct NextStep {
    words: String,
    label: String,
    href: String,
}

struct Waiting {
    href: String,
    file: String,
    survey: String,
    counts: String,
    at: String,
}

/// One stage of the road from file to release, and how far we have come.
struct Stage {
    title: String,
    note: String,
    href: String,
    /// `done`, `now` or nothing.
    class: &'static str,
}

/// `GET /office`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    if let Some(day) = own_day::of(&app, &signed_in.actor) {
        return Ok(Redirect::to(&speech.href(&day)).into_response());
    }
    let name = &signed_in.session.account.name;
    let shell =
        desk::shell(&visit, &signed_in.session, "/office", speech.with("office-welcome", &[("name", name)]));
    let doors: Vec<Link> = shell.nav.iter().filter(|link| !link.current).cloned().collect();
    let only_reads = doors.len() < 2;
    let mut page = LandingPage {
        shell,
        doors,
        form_token: signed_in.session.form_token.clone(),
        statistician: signed_in.permit(ReadOffice { what: String::new() }).is_ok(),
        lead: speech.t(if only_reads { "office-lead-reader" } else { "home-lead-doors" }),
        step: None,
        waiting: Vec::new(),
        jobs: Vec::new(),
        road: Vec::new(),
        mail: mail::warning(&app, speech, &signed_in).await?,
    };
    if page.statistician {
        fill(&mut page, &app, speech).await?;
    }
    private_page(&page)
}

/// A file that waits for a decision.
fn waiting(app: &AppState, speech: Speech, import: &Import) -> Waiting {
    Waiting {
        href: speech.href(&format!("/office/imports/{}", import.id)),
        file: import.file_name.clone(),
        survey: survey_title(app, speech, &import.survey),
        counts: speech.with(
            "office-waiting-counts",
            &[
                ("usable", &speech.integer(import.counts.usable().unsigned_abs())),
                ("held", &speech.integer(import.counts.held.unsigned_abs())),
                ("refused", &speech.integer(import.counts.refused.unsigned_abs())),
            ],
        ),
        at: speech.moment(import.uploaded_at),
    }
}

async fn fill(page: &mut LandingPage, app: &AppState, speech: Speech) -> Result<(), WebError> {
    let store = &app.desk.store;
    let undecided = imports::undecided(store, 20).await?;
    let active = jobs::active(store, 20).await?;
    let uploads = imports::list(store, None, None, 1).await?.rows;
    let last_snapshot = snapshots::list(store, None, None, 1).await?.rows.pop();
    let last_releases = releases::list(store, None, 20).await?.rows;
    let last_release = last_releases.iter().find(|release| release.status == ReleaseStatus::Made);

    page.waiting = undecided.iter().map(|import| waiting(app, speech, import)).collect();
    page.jobs = active.iter().map(|job| Progress::of(job, speech)).collect();
    page.lead = speech.count("office-lead", undecided.len() as u64, &[]);
    let fresh_rows = uploads.first().is_some_and(|import| {
        last_snapshot.as_ref().is_none_or(|snapshot| snapshot.taken_at < import.uploaded_at)
    });
    let next = |key: &str, path: &str| NextStep {
        words: speech.t(&format!("office-next-{key}")),
        label: speech.t(&format!("office-next-{key}-do")),
        href: speech.href(path),
    };
    page.step = Some(if let Some(import) = undecided.first() {
        next("decide", &format!("/office/imports/{}", import.id))
    } else if uploads.is_empty() {
        next("upload", "/office/imports/new")
    } else if fresh_rows || last_release.is_none() {
        next("release", "/office/releases/new")
    } else {
        next("upload-more", "/office/imports/new")
    });
    let stage = |key: &str, path: &str, note: Option<String>, now: bool| Stage {
        title: speech.t(&format!("office-road-{key}")),
        class: if now {
            "now"
        } else if note.is_some() {
            "done"
        } else {
            ""
        },
        note: note.unwrap_or_else(|| speech.t("office-road-nothing")),
        href: speech.href(path),
    };
    let at = |moment| speech.moment(moment);
    let decided = uploads.first().filter(|import| import.decided_at.is_some());
    page.road = vec![
        stage(
            "upload",
            "/office/imports",
            uploads.first().map(|import| at(import.uploaded_at)),
            uploads.is_empty(),
        ),
        stage(
            "decide",
            "/office/imports",
            decided.and_then(|import| import.decided_at).map(at),
            !undecided.is_empty(),
        ),
        stage("snapshot", "/office/snapshots", last_snapshot.map(|snapshot| at(snapshot.taken_at)), false),
        stage(
            "release",
            "/office/releases",
            last_release.and_then(|release| release.ended_at).map(at),
            undecided.is_empty() && fresh_rows,
        ),
    ];
    Ok(())
}

/// What a survey is called; its id if it is no longer on offer.
pub(super) fn survey_title(app: &AppState, speech: Speech, id: &str) -> String {
    app.content.survey(id).map_or_else(|| id.to_owned(), |survey| speech.say(&survey.title).to_owned())
}
