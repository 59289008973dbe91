//! Codes from an app: setting them up, and switching them off.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::OwnAccount;
use serde::Deserialize;
use store::second_factor::{self, SECRET};

use super::desk;
use super::guard::{Nothing, OwnForm, SignedIn};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/factor.html")]
struct FactorPage {
    shell: Shell,
    form_token: String,
    /// In groups of four, as people type it.
    secret: String,
    link: String,
    error: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// `POST /office/account/factor`: makes a secret and shows it, once.
pub(super) async fn begin(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let bytes = (app.desk.secrets)();
    let secret: [u8; SECRET] = bytes[..SECRET].try_into().map_err(WebError::internal)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    second_factor::begin(&mut tx, &permit, &secret).await?;
    tx.commit().await?;
    secret_page(&visit, &signed_in, &second_factor::base32(&secret), None)
}

fn secret_page(
    visit: &Visit,
    signed_in: &SignedIn,
    text: &str,
    error: Option<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let account = address::escape(&signed_in.session.account.email);
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into()).collect();
    let shell = desk::shell(visit, &signed_in.session, "/office/account", speech.t("factor-title"));
    private_page(&FactorPage {
        shell: desk::crumbs(shell, [("/office/account", speech.t("office-account"))]),
        form_token: signed_in.session.form_token.clone(),
        secret: groups.join(" "),
        link: format!("otpauth://totp/Lumbung:{account}?secret={text}&issuer=Lumbung"),
        error,
    })
}

/// `POST /office/account/factor/confirm`
pub(super) async fn confirm(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<Code>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let right = second_factor::confirm(&mut tx, &permit, &form.code).await?;
    let begun = second_factor::begun(&mut tx, &permit).await?;
    tx.commit().await?;
    if let Some(secret) = begun.filter(|_| !right) {
        let words = visit.speech.t("factor-wrong");
        let page = secret_page(&visit, &signed_in, &secret, Some(words))?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    answer(&app, &visit, &signed_in, right, "factor-on").await
}

/// `POST /office/account/factor/remove`: with a code, so that a borrowed session cannot do it.
pub(super) async fn remove(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<Code>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let right = second_factor::passes(&mut tx, &signed_in.actor.id, &form.code).await?;
    if right {
        second_factor::remove(&mut tx, &permit).await?;
    }
    tx.commit().await?;
    answer(&app, &visit, &signed_in, right, "factor-off").await
}

async fn answer(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    right: bool,
    done: &str,
) -> Result<Response, WebError> {
    if right {
        return Ok(Redirect::to(&visit.speech.href(&format!("/office/account?done={done}"))).into_response());
    }
    let page =
        super::account::page(app, visit, signed_in, None, Some(visit.speech.t("factor-wrong"))).await?;
    Ok((StatusCode::BAD_REQUEST, page).into_response())
}
