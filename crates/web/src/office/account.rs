//! The own account: the password, and where one is signed in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::OwnAccount;
use serde::Deserialize;
use store::{accounts, reminders, second_factor, sessions};

use super::guard::{Nothing, OwnForm, SignedIn};
use super::{desk, grants};
use super::{password, sign_in};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/account.html")]
struct AccountPage {
    shell: Shell,
    form_token: String,
    name: String,
    email: String,
    roles: Vec<String>,
    length_min: usize,
    sessions: Vec<SessionRow>,
    done: Option<String>,
    error: Option<String>,
    letters: domain::mail::Choice,
    /// Is there a choice about letters of the peer network?
    hears_network: bool,
    /// Does signing in ask for a code?
    factor: bool,
}

struct SessionRow {
    id: String,
    device: String,
    since: String,
    seen: String,
    here: bool,
}

#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
pub(super) struct PasswordChange {
    current: String,
    password: String,
    repeated: String,
}

/// `GET /office/account`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(told): Query<Told>,
) -> Result<Response, WebError> {
    let done = match told.done.as_str() {
        "password" => Some(visit.speech.t("office-account-password-done")),
        "factor-on" => Some(visit.speech.t("factor-done-on")),
        "factor-off" => Some(visit.speech.t("factor-done-off")),
        "reminders" => Some(visit.speech.t("mail-choice-done")),
        "session" => Some(visit.speech.t("office-account-session-done")),
        _ => None,
    };
    page(&app, &visit, &signed_in, done, None).await
}

/// `POST /office/account/password`
pub(super) async fn change_password(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<PasswordChange>,
) -> Result<Response, WebError> {
    let account = &signed_in.session.account;
    let passwords = &app.desk.passwords;
    let error = if !passwords.matches(form.current, account.password_hash.clone()).await? {
        Some("office-password-current-wrong")
    } else {
        sign_in::refusal(&form.password, &form.repeated, &account.email)
    };
    if let Some(error) = error {
        let page = page(&app, &visit, &signed_in, None, Some(visit.speech.t(error))).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    let hash = passwords.hash(form.password, (app.desk.secrets)()).await?;
    let permit = signed_in.permit(OwnAccount { account: account.id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    accounts::set_password(&mut tx, &permit, &hash, Some(&signed_in.session.id)).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href("/office/account?done=password")).into_response())
}

/// `POST /office/account/sessions/{session}/end`
pub(super) async fn end_session(
    State(app): State<AppState>,
    visit: Visit,
    Path(session): Path<String>,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    sessions::revoke(&mut tx, &permit, &session).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href("/office/account?done=session")).into_response())
}

pub(super) async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    done: Option<String>,
    error: Option<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let lines = sessions::list(&app.desk.store, &permit, app.now()).await?;
    let account = &signed_in.session.account;
    let shell = desk::shell(visit, &signed_in.session, "/office/account", speech.t("office-account"));
    private_page(&AccountPage {
        shell: desk::crumbs(shell, [("/office/account", speech.t("office-account"))]),
        form_token: signed_in.session.form_token.clone(),
        name: account.name.clone(),
        email: account.email.clone(),
        roles: account.grants.iter().map(|grant| grants::in_words(app, speech, grant)).collect(),
        length_min: password::LENGTH_MIN,
        sessions: lines
            .into_iter()
            .map(|line| SessionRow {
                here: line.id == signed_in.session.id,
                device: device(&line.user_agent).unwrap_or_else(|| speech.t("office-account-device-unknown")),
                since: speech.moment(line.created_at),
                seen: speech.moment(line.seen_at),
                id: line.id,
            })
            .collect(),
        done,
        error,
        letters: reminders::wanted(&app.desk.store, &account.id).await?,
        hears_network: signed_in.actor.may_somewhere::<domain::network::ReadNetwork>(),
        factor: second_factor::is_on(&app.desk.store, &account.id).await?,
    })
}

/// A browser and a system by name, as far as the header tells; enough to recognise one's own.
fn device(user_agent: &str) -> Option<String> {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}
