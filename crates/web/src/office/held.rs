//! Held rows one by one: the row, what is doubtful about it, what the same unit answered a year
//! before, and the decision about it with its reason.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::DecideRows;
use domain::held::{HeldCase, HeldPage, HeldRow, Ruling, Value, Verdict};
use domain::language::Text;
use domain::survey::Survey;
use serde::Deserialize;
use store::imports::{self, Import, ImportStatus, RowsDecision};
use store::jobs;

use super::audit::who;
use super::desk;
use super::findings::{self, FindingRow, Wanted};
use super::guard::{OwnForm, SignedIn};
use super::imports::staging;
use super::progress::Progress;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Held rows on one page.
const PAGE_HELD: usize = 25;

#[derive(Template)]
#[template(path = "office/held.html")]
struct ListPage {
    shell: Shell,
    lead: String,
    job: Option<Progress>,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    href: String,
    row: String,
    unit: String,
    year: String,
    reasons: Vec<String>,
    chip: &'static str,
    status: String,
}

#[derive(Template)]
#[template(path = "office/held_row.html")]
struct RowPage {
    shell: Shell,
    form_token: String,
    lead: String,
    job: Option<Progress>,
    findings: Vec<FindingRow>,
    compared: bool,
    values: Vec<Compared>,
    versions: Vec<Version>,
    ruling: Option<String>,
    confirmable: bool,
    error: Option<String>,
    reason: String,
    action: String,
    next: Option<String>,
}

/// A variable: this row's value beside that of the year before.
struct Compared {
    label: String,
    value: String,
    before: String,
    change: String,
    doubtful: bool,
}

struct Version {
    at: String,
    import: String,
    href: String,
    row: String,
    status: String,
    current: bool,
}

#[derive(Deserialize)]
pub(super) struct Position {
    #[serde(default)]
    from: u64,
}

#[derive(Deserialize)]
pub(super) struct DecisionForm {
    verdict: String,
    #[serde(default)]
    reason: String,
}

/// An import whose rows lie in the archive, and the survey they belong to.
async fn archived(app: &AppState, id: &str) -> Result<(Import, Survey), WebError> {
    let import = imports::get(&app.desk.store, id).await?;
    if import.status != ImportStatus::Accepted {
        return Err(WebError::Conflict(Text::new(
            "Berkas ini belum diterima. Terima dulu berkasnya; setelah itu baris yang ditahan dapat diputuskan satu per satu.",
            "This file has not been accepted yet. Accept it first; then its held rows can be decided one by one.",
        )));
    }
    let survey = app.content.survey(&import.survey).ok_or(WebError::NotFound)?.clone();
    Ok((import, survey))
}

/// `GET /office/imports/{import}/held`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let speech = visit.speech;
    let (import, survey) = archived(&app, &id).await?;
    let page = read_page(&app, &survey, &import, position.from).await?;
    let here = format!("/office/imports/{id}/held");
    let mut rows = Vec::with_capacity(page.rows.len());
    for held in &page.rows {
        let findings = findings::read(&staging(&app, &id), &Wanted::of_row(held.row)).await?;
        let (chip, status) = ruling_chip(held.ruling.as_ref(), speech);
        rows.push(Row {
            href: speech.href(&format!("{here}/{}", held.row)),
            row: speech.integer(held.row),
            unit: held.unit.clone(),
            year: held.year.map(|year| year.to_string()).unwrap_or_default(),
            reasons: findings
                .findings
                .iter()
                .map(|finding| speech.say(&finding.message).to_owned())
                .collect(),
            chip,
            status,
        });
    }
    let shell = desk::shell(&visit, &signed_in.session, "/office/imports", speech.t("office-held-rows"));
    let file = format!("/office/imports/{id}");
    private_page(&ListPage {
        shell: desk::crumbs(
            shell,
            [
                ("/office/imports", speech.t("office-imports")),
                (&file, import.file_name.clone()),
                (&here, speech.t("office-held-rows")),
            ],
        )
        .synthetic_if(survey.synthetic),
        lead: speech.with(
            "office-held-lead",
            &[("total", &speech.integer(page.total)), ("undecided", &speech.integer(page.undecided))],
        ),
        job: unfinished_job(&app, &visit, &id).await?,
        rows,
        next: page.next.map(|from| speech.href(&format!("{here}?from={from}"))),
    })
}

/// `GET /office/imports/{import}/held/{row}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((id, row)): Path<(String, u64)>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    row_page(&app, &visit, &signed_in, &id, row, None).await
}

/// `POST /office/imports/{import}/held/{row}`: whether the row counts, and why.
pub(super) async fn decide(
    State(app): State<AppState>,
    visit: Visit,
    Path((id, row)): Path<(String, u64)>,
    OwnForm(signed_in, form): OwnForm<DecisionForm>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(DecideRows { import: id.clone() })?;
    let verdict = Verdict::parse(&form.verdict).ok_or_else(super::guard::incomplete)?;
    let (import, survey) = archived(&app, &id).await?;
    let case = read_case(&app, &survey, &import, row).await?;
    let key = match () {
        // A reason that explains nothing helps nobody who reads the log in three years.
        () if form.reason.split_whitespace().count() < 3 => Some("office-repair-reason-short"),
        () if verdict == Verdict::Confirm && !case.row.confirmable => Some("office-held-nameless"),
        () => None,
    };
    if let Some(key) = key {
        let error = Some((visit.speech.t(key), form.reason.clone()));
        let page = row_page(&app, &visit, &signed_in, &id, row, error).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    let decision = RowsDecision { rows: vec![row], verdict, reason: form.reason.trim().to_owned() };
    let mut tx = app.desk.store.begin(app.now()).await?;
    imports::decide_rows(&mut tx, &permit, &decision, &app.new_id()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/office/imports/{id}/held/{row}"))).into_response())
}

async fn row_page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    id: &str,
    row: u64,
    error: Option<(String, String)>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (import, survey) = archived(app, id).await?;
    let case = read_case(app, &survey, &import, row).await?;
    let next = read_page(app, &survey, &import, row + 1).await?;
    let next = next.rows.iter().find(|held| held.ruling.is_none()).map(|held| held.row);
    let findings = findings::read(&staging(app, id), &Wanted::of_row(row)).await?;
    let doubted: Vec<&str> = findings.findings.iter().map(|finding| finding.column.as_str()).collect();
    let list = format!("/office/imports/{id}/held");
    let here = format!("{list}/{row}");
    let number = speech.integer(row);
    let title = speech.with("office-held-title", &[("row", &number), ("unit", &case.row.unit)]);
    let shell = desk::shell(visit, &signed_in.session, "/office/imports", title);
    let file = format!("/office/imports/{id}");
    let steps = [
        ("/office/imports", speech.t("office-imports")),
        (file.as_str(), import.file_name.clone()),
        (list.as_str(), speech.t("office-held-rows")),
        (here.as_str(), number),
    ];
    let (error, reason) = error.unzip();
    private_page(&RowPage {
        shell: desk::crumbs(shell, steps).synthetic_if(survey.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.t("office-held-row-lead"),
        job: unfinished_job(app, visit, id).await?,
        compared: !case.year_before.is_empty(),
        values: compared(&survey, &case, &doubted, speech),
        versions: versions(&case, &import, speech),
        ruling: ruling_words(app, visit, &case.row).await?,
        confirmable: case.row.confirmable,
        findings: findings.findings.iter().map(|finding| FindingRow::of(finding, speech)).collect(),
        error,
        reason: reason.unwrap_or_default(),
        action: speech.href(&here),
        next: next.map(|row| speech.href(&format!("{list}/{row}"))),
    })
}

async fn read_page(
    app: &AppState,
    survey: &Survey,
    import: &Import,
    from: u64,
) -> Result<HeldPage, WebError> {
    let rows = app.desk.held_rows.clone();
    let (survey, archived_as) = (survey.clone(), import.archived_as().to_owned());
    tokio::task::spawn_blocking(move || rows.held_page(&survey, &archived_as, from, PAGE_HELD))
        .await
        .map_err(WebError::internal)?
        .map_err(|text| WebError::internal(text.en))
}

async fn read_case(app: &AppState, survey: &Survey, import: &Import, row: u64) -> Result<HeldCase, WebError> {
    let rows = app.desk.held_rows.clone();
    let (survey, archived_as) = (survey.clone(), import.archived_as().to_owned());
    tokio::task::spawn_blocking(move || rows.held_case(&survey, &archived_as, row))
        .await
        .map_err(WebError::internal)?
        .map_err(|text| WebError::internal(text.en))?
        .ok_or(WebError::NotFound)
}

/// A decision that is still on its way into the archive, or that could not be written there.
async fn unfinished_job(app: &AppState, visit: &Visit, import: &str) -> Result<Option<Progress>, WebError> {
    let latest = jobs::latest_of(&app.desk.store, import).await?.map(|job| Progress::of(&job, visit.speech));
    Ok(latest.filter(|job| !job.is_final || job.status == "failed"))
}

fn ruling_chip(ruling: Option<&Ruling>, speech: Speech) -> (&'static str, String) {
    match ruling.map(|ruling| ruling.verdict) {
        None => ("warn", speech.t("office-held-undecided")),
        Some(Verdict::Confirm) => ("ok", speech.t("office-held-confirmed")),
        Some(Verdict::Withdraw) => ("", speech.t("office-held-withdrawn")),
    }
}

async fn ruling_words(app: &AppState, visit: &Visit, held: &HeldRow) -> Result<Option<String>, WebError> {
    let Some(ruling) = &held.ruling else { return Ok(None) };
    let (_, verdict) = ruling_chip(Some(ruling), visit.speech);
    let by = who(app, visit, &ruling.actor).await?;
    let at = visit.speech.moment(ruling.decided_at);
    let values = [("verdict", verdict.as_str()), ("by", &by), ("at", &at), ("reason", &ruling.reason)];
    Ok(Some(visit.speech.with("office-held-ruling", &values)))
}

fn compared(survey: &Survey, case: &HeldCase, doubted: &[&str], speech: Speech) -> Vec<Compared> {
    let before =
        |name: &str| case.year_before.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let known = |(name, value): &&(String, Value)| {
        *value != Value::Empty || before(name).is_some_and(|value| *value != Value::Empty)
    };
    let of = |(name, value): &(String, Value)| {
        let variable = survey.variable(name);
        let label = variable.map_or(name.as_str(), |variable| speech.say(&variable.label));
        let unit = variable.and_then(|variable| variable.unit.as_ref()).map(|unit| speech.say(unit));
        let headers = variable.map(|variable| variable.columns.as_slice()).unwrap_or_default();
        let is_year = *name == survey.year;
        Compared {
            label: unit.map_or_else(|| label.to_owned(), |unit| format!("{label} ({unit})")),
            value: written(value, is_year, speech),
            before: before(name).map(|value| written(value, is_year, speech)).unwrap_or_default(),
            change: before(name)
                .filter(|_| !is_year)
                .and_then(|before| change(before, value, speech))
                .unwrap_or_default(),
            doubtful: doubted.contains(&name.as_str())
                || headers.iter().any(|header| doubted.contains(&header.as_str())),
        }
    };
    case.row.values.iter().filter(known).map(of).collect()
}

fn written(value: &Value, is_year: bool, speech: Speech) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Number(number) => {
            let decimals = if number.fract() == 0.0 { 0 } else { 2 };
            speech.number(*number, decimals)
        }
        Value::Integer(number) if is_year => number.to_string(),
        Value::Integer(number) => speech.number(*number as f64, 0),
        Value::Text(text) => text.clone(),
    }
}

/// How many times the value of the year before, where that says something.
fn change(before: &Value, now: &Value, speech: Speech) -> Option<String> {
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    };
    let (before, now) = (number(before)?, number(now)?);
    (before > 0.0 && now >= 0.0 && before != now)
        .then(|| format!("×\u{a0}{}", speech.number(now / before, 2)))
}

fn versions(case: &HeldCase, import: &Import, speech: Speech) -> Vec<Version> {
    let of = |version: &domain::held::RowVersion| {
        let key = match (version.held, version.verdict) {
            (_, Some(Verdict::Withdraw)) => "office-held-withdrawn",
            (true, Some(Verdict::Confirm)) => "office-held-confirmed",
            (true, None) => "office-severity-held",
            (false, _) => "office-held-accepted",
        };
        let own = version.import == import.archived_as();
        Version {
            at: speech.moment(version.imported_at),
            href: speech.href(&format!("/office/imports/{}", version.import)),
            import: if own { speech.t("office-held-this-file") } else { version.import.clone() },
            row: speech.integer(version.row),
            status: speech.t(key),
            current: version.current,
        }
    };
    case.versions.iter().map(of).collect()
}
