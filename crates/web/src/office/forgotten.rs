//! A forgotten password: a new sign-in link by mail. The answer is the same whether the account exists or
//! not.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::actor::OwnAccount;
use jiff::SignedDuration;
use serde::Deserialize;
use store::accounts::{self, Account, Email};
use store::sign_in::Brake;
use store::{links, sign_in};

use super::sign_in::{bare_shell, own_form};
use super::{guard, mail};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

/// How long the link works: shorter than an invitation, since it is asked for by whoever waits for it.
const LIFETIME: SignedDuration = SignedDuration::from_hours(2);

#[derive(Template)]
#[template(path = "office/forgotten.html")]
struct ForgottenPage {
    shell: Shell,
    has_mail: bool,
    done: bool,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    email: String,
}

fn page(app: &AppState, visit: &Visit, done: bool, error: Option<String>) -> Result<Response, WebError> {
    let shell = bare_shell(visit, "office-forgotten");
    private_page(&ForgottenPage { shell, has_mail: app.post.is_some(), done, error })
}

/// `GET /sign-in/forgotten`
pub(super) async fn form(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    page(&app, &visit, false, None)
}

/// `POST /sign-in/forgotten`
pub(super) async fn ask(
    State(app): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, WebError> {
    let (parts, asked) = own_form::<Asked>(request, &app).await?;
    let speech = visit.speech;
    let Ok(email) = Email::parse(&asked.email) else {
        let page = page(&app, &visit, false, Some(speech.t("office-sign-in-email")))?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    let braked = sign_in::attempt(&mut tx, &app.new_id(), &email, &guard::client_address(&parts)).await?;
    tx.commit().await?;
    if let Brake::Wait { until } = braked {
        let words = speech.with("office-sign-in-wait", &[("until", &speech.moment(until))]);
        let page = page(&app, &visit, false, Some(words))?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let account = accounts::find_by_email(&app.desk.store, &email).await?;
    if let Some(account) = account.filter(|account| !account.disabled && app.post.is_some()) {
        send(&app, &visit, account).await?;
    }
    page(&app, &visit, true, None)
}

/// Makes the link and lets it go by mail, without waiting for the server: how long that takes would tell a
/// stranger that the account exists.
async fn send(app: &AppState, visit: &Visit, account: Account) -> Result<(), WebError> {
    let speech = visit.speech;
    let permit = account.actor().permit(OwnAccount { account: account.id.clone() })?;
    let (secret, until) = (app.desk.secret(), app.now() + LIFETIME);
    let mut tx = app.desk.store.begin(app.now()).await?;
    links::ask(&mut tx, &permit, &secret, until).await?;
    tx.commit().await?;
    let link = format!("{}{}", app.config.base_url, speech.href(&format!("/sign-in/{}", secret.text())));
    let (app, until) = (app.clone(), speech.moment(until));
    tokio::spawn(async move { mail::send_link(&app, speech, &account, &link, &until).await });
    Ok(())
}
