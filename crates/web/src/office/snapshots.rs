//! Snapshots: dated, immutable views of a survey from which releases are computed.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::CreateSnapshot;
use serde::Deserialize;
use store::snapshots::{self, Snapshot};

use super::audit::who;
use super::guard::{OwnForm, SignedIn};
use super::landing::survey_title;
use super::{PAGE_ROWS, desk};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/snapshots.html")]
struct SnapshotsPage {
    shell: Shell,
    form_token: String,
    surveys: Vec<(String, String)>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    href: String,
    survey: String,
    taken: String,
    rows: String,
    years: String,
    id: String,
}

#[derive(Template)]
#[template(path = "office/snapshot.html")]
struct SnapshotPage {
    shell: Shell,
    lead: String,
    facts: Vec<(String, String)>,
    detail: String,
}

#[derive(Deserialize)]
pub(super) struct Position {
    before: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Order {
    survey: String,
}

/// `GET /office/snapshots`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    signed_in.reads_office("snapshots")?;
    let speech = visit.speech;
    let page = snapshots::list(&app.desk.store, None, position.before.as_deref(), PAGE_ROWS).await?;
    let shell = desk::shell(&visit, &signed_in.session, "/office/snapshots", speech.t("office-snapshots"));
    private_page(&SnapshotsPage {
        shell: desk::crumbs(shell, [("/office/snapshots", speech.t("office-snapshots"))]),
        form_token: signed_in.session.form_token.clone(),
        surveys: app
            .content
            .surveys()
            .map(|survey| (survey.id.clone(), speech.say(&survey.title).to_owned()))
            .collect(),
        rows: page
            .rows
            .iter()
            .map(|snapshot| Row {
                href: speech.href(&format!("/office/snapshots/{}", address::escape(&snapshot.id))),
                survey: survey_title(&app, speech, &snapshot.survey),
                taken: speech.moment(snapshot.taken_at),
                rows: speech.integer(snapshot.rows.unsigned_abs()),
                years: years(snapshot, speech),
                id: snapshot.id.clone(),
            })
            .collect(),
        next: page.next.map(|next| {
            speech.href(&format!("/office/snapshots?{}", address::query([("before", next.as_str())])))
        }),
    })
}

/// `POST /office/snapshots`
pub(super) async fn order(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, order): OwnForm<Order>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(CreateSnapshot { survey: order.survey.clone() })?;
    app.content.survey(&order.survey).ok_or(WebError::NotFound)?;
    let job = app.new_id();
    let mut tx = app.desk.store.begin(app.now()).await?;
    snapshots::order(&mut tx, &permit, &job).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/jobs/{job}"))).into_response())
}

/// `GET /office/snapshots/{snapshot}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let speech = visit.speech;
    let snapshot = snapshots::get(&app.desk.store, &id).await?;
    let title =
        speech.with("office-snapshot-title", &[("survey", &survey_title(&app, speech, &snapshot.survey))]);
    let here = format!("/office/snapshots/{}", address::escape(&id));
    let shell = desk::shell(&visit, &signed_in.session, "/office/snapshots", title);
    let fact = |key: &str, value: String| (speech.t(&format!("office-fact-{key}")), value);
    private_page(&SnapshotPage {
        shell: desk::crumbs(
            shell,
            [("/office/snapshots", speech.t("office-snapshots")), (&here, id.clone())],
        ),
        lead: speech.t("office-snapshot-lead"),
        facts: vec![
            fact("rows", speech.integer(snapshot.rows.unsigned_abs())),
            fact("years", years(&snapshot, speech)),
            fact(
                "taken",
                format!(
                    "{}, {}",
                    speech.moment(snapshot.taken_at),
                    who(&app, &visit, &snapshot.taken_by).await?
                ),
            ),
            fact("id", snapshot.id.clone()),
            fact("digest", snapshot.checksum.clone()),
        ],
        detail: serde_json::to_string_pretty(&snapshot.detail).unwrap_or_default(),
    })
}

/// `2021–2024`, or the years one by one where there are gaps.
fn years(snapshot: &Snapshot, speech: Speech) -> String {
    let years = &snapshot.years;
    match (years.first(), years.last()) {
        (Some(first), Some(last)) if years.len() > 2 && last - first == years.len() as i32 - 1 => {
            format!("{first}–{last}")
        }
        (Some(_), _) => years.iter().map(i32::to_string).collect::<Vec<_>>().join(", "),
        _ => speech.t("office-none-yet"),
    }
}
