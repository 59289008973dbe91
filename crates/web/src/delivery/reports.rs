//! The queue of reports that wait for a reader, the oldest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::delivery::{Guide, ReadDelivery, checks};
use domain::finding::Severity;
use serde::Deserialize;
use store::Page;
use store::delivery::reports::{self, Waiting};

use super::frame;
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/reports.html")]
struct ReportsPage {
    shell: Shell,
    lead: String,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Position {
    /// The last report of the page before.
    after: Option<String>,
}

struct Row {
    href: String,
    name: String,
    module: String,
    region: String,
    submitted: String,
    held: u64,
    warned: u64,
    verdict: String,
    chip: &'static str,
}

/// Reports on one page of the queue, those first that have waited longest: each is checked anew as it is
/// listed.
const QUEUE_MAX: u32 = 10;

/// `GET /delivery/reports`
pub(super) async fn queue(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<Guide>()?;
    let Page { rows: waiting, next } =
        reports::queue(&app.desk.store, &reach, position.after.as_deref(), QUEUE_MAX).await?;
    let all = reports::waiting(&app.desk.store, &reach).await?;
    let mut rows = Vec::with_capacity(waiting.len());
    for one in &waiting {
        rows.push(row(&app, speech, &signed_in, one).await?);
    }
    let title = speech.t("delivery-nav-reports");
    let shell = frame::shell(&visit, &signed_in, "/delivery/reports", title.clone());
    private_page(&ReportsPage {
        shell: frame::crumbs(shell, [("/delivery/reports", title)])
            .synthetic_if(waiting.iter().any(|one| one.synthetic)),
        lead: speech.count("delivery-reports-waiting", all, &[]),
        rows,
        next: next.map(|next| {
            speech.href(&format!("/delivery/reports?{}", address::query([("after", next.as_str())])))
        }),
    })
}

async fn row(app: &AppState, speech: Speech, signed_in: &SignedIn, one: &Waiting) -> Result<Row, WebError> {
    let store = &app.desk.store;
    let place = store::delivery::find(store, &one.engagement_id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: one.engagement_id.clone(), place })?;
    let dossier = store::delivery::get(store, &permit).await?;
    let programme = frame::programme(app, &dossier.engagement.programme)?;
    let course = dossier.course(&one.course_id).ok_or(WebError::NotFound)?;
    let found = checks(&dossier, course, programme, frame::today(app));
    let held = found.iter().filter(|check| check.severity != Severity::Warning).count() as u64;
    let warned = found.len() as u64 - held;
    let (key, chip) = match (held, warned) {
        (0, 0) => ("delivery-checks-clean", "ok"),
        (0, _) => ("delivery-checks-warned", "warn"),
        _ => ("delivery-checks-held", "err"),
    };
    Ok(Row {
        href: speech
            .href(&format!("/delivery/engagements/{}/report?course={}", one.engagement_id, one.course_id)),
        name: one.enterprise_name.clone(),
        module: frame::module_title(app, speech, &programme.id, &one.module),
        region: frame::region_name(app, speech, &one.region),
        submitted: one.submitted_on.as_deref().map(|on| frame::day(speech, on)).unwrap_or_default(),
        held,
        warned,
        verdict: speech.t(key),
        chip,
    })
}
