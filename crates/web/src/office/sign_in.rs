//! Signing in and out, and the one-time link that sets the first password.

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, RequestExt};
use domain::actor::OwnAccount;
use serde::Deserialize;
use store::accounts::{self, Account, Email};
use store::sessions::NewSession;
use store::sign_in::Brake;
use store::{Secret, links, second_factor, sessions, sign_in};

use super::guard::{self, Nothing, OwnForm, SignedIn};
use super::password;
use crate::error::WebError;
use crate::layout::{Place, Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "office/sign_in.html")]
struct SignInPage {
    shell: Shell,
    next: String,
    email: String,
    error: Option<String>,
    /// The password was right; the code is asked for.
    asks_code: bool,
    /// What the button of the identity provider says, and where it leads.
    oidc: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "office/set_password.html")]
struct SetPasswordPage {
    shell: Shell,
    account: Account,
    action: String,
    length_min: usize,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "office/dead_link.html")]
struct DeadLinkPage {
    shell: Shell,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct NewPassword {
    password: String,
    repeated: String,
}

/// A page of this site to go to after signing in; anything else becomes the office.
pub(super) fn landing(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/sign-in")
        && !next.contains(['\\', '\r', '\n']);
    if local { next } else { "/office" }
}

/// The page of the sign-in, as often as it is needed.
pub(super) fn page(
    app: &AppState,
    visit: &Visit,
    next: &str,
    email: &str,
    error: Option<String>,
    asks_code: bool,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let next = landing(next).to_owned();
    let oidc = app.desk.oidc.as_ref().map(|oidc| {
        let query = crate::address::query([("next", next.as_str())]);
        let label = speech.with("oidc-button", &[("label", speech.say(&oidc.label))]);
        (label, speech.href(&format!("/sign-in/oidc?{query}")))
    });
    private_page(&SignInPage {
        shell: bare_shell(visit, "office-sign-in"),
        next,
        email: email.to_owned(),
        error,
        asks_code,
        oidc,
    })
}

pub(super) fn bare_shell(visit: &Visit, title: &str) -> Shell {
    let mut shell = Shell::new(visit, Place::Office, visit.speech.t(title));
    shell.indexed = false;
    shell
}

/// `GET /sign-in`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    if guard::whoever_signed_in(&headers, &app).await?.is_some() {
        return Ok(Redirect::to(&visit.speech.href(landing(&wanted.next))).into_response());
    }
    page(&app, &visit, &wanted.next, "", None, false)
}

/// `POST /sign-in`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, WebError> {
    let (parts, credentials) = own_form::<Credentials>(request, &app).await?;
    let speech = visit.speech;
    let refuse_or_ask = |status: StatusCode, error: Option<String>, asks_code: bool| {
        let page = page(&app, &visit, &credentials.next, &credentials.email, error, asks_code)?;
        Ok((status, page).into_response())
    };
    let refuse = |status: StatusCode, error: String| refuse_or_ask(status, Some(error), false);
    let Ok(email) = Email::parse(&credentials.email) else {
        return refuse(StatusCode::BAD_REQUEST, speech.t("office-sign-in-email"));
    };

    let attempt = app.new_id();
    let mut tx = app.desk.store.begin(app.now()).await?;
    let brake = sign_in::attempt(&mut tx, &attempt, &email, &guard::client_address(&parts)).await?;
    tx.commit().await?;
    if let Brake::Wait { until } = brake {
        tracing::warn!("sign-in refused: too many failures");
        let message = speech.with("office-sign-in-wait", &[("until", &speech.moment(until))]);
        return refuse(StatusCode::TOO_MANY_REQUESTS, message);
    }

    let account = accounts::find_by_email(&app.desk.store, &email).await?.filter(|account| !account.disabled);
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = app.desk.passwords.matches(credentials.password.clone(), hash).await?;
    let Some(account) = account.filter(|_| right) else {
        // The same words whether the account or the password is wrong: strangers learn nothing.
        return refuse(StatusCode::FORBIDDEN, speech.t("office-sign-in-wrong"));
    };
    if second_factor::is_on(&app.desk.store, &account.id).await? {
        if credentials.code.trim().is_empty() {
            return refuse_or_ask(StatusCode::OK, None, true);
        }
        let mut tx = app.desk.store.begin(app.now()).await?;
        let passes = second_factor::passes(&mut tx, &account.id, &credentials.code).await?;
        tx.commit().await?;
        if !passes {
            return refuse_or_ask(StatusCode::FORBIDDEN, Some(speech.t("factor-wrong")), true);
        }
    }
    let cookie = begin_session(&app, &account, &parts.headers, Some((attempt.as_str(), &email))).await?;
    let to = Redirect::to(&speech.href(landing(&credentials.next)));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// `GET /sign-in/{secret}`: the one-time link. Looking at it does not use it up.
pub(super) async fn link(
    State(app): State<AppState>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, WebError> {
    match owner_of_link(&app, &secret).await? {
        Some(account) => set_password_page(&visit, account, &secret, None),
        None => dead_link(&visit),
    }
}

/// `POST /sign-in/{secret}`: sets the password and signs in.
pub(super) async fn redeem(
    State(app): State<AppState>,
    visit: Visit,
    Path(text): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let (parts, new) = own_form::<NewPassword>(request, &app).await?;
    let (Some(account), Some(secret)) = (owner_of_link(&app, &text).await?, Secret::parse(&text)) else {
        return dead_link(&visit);
    };
    let speech = visit.speech;
    if let Some(error) = refusal(&new.password, &new.repeated, &account.email) {
        let page = set_password_page(&visit, account, &text, Some(speech.t(error)))?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    let hash = app.desk.passwords.hash(new.password, (app.desk.secrets)()).await?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let redeemed = links::redeem(&mut tx, &secret, &hash).await?;
    tx.commit().await?;
    let Some(account) = redeemed else { return dead_link(&visit) };
    if second_factor::is_on(&app.desk.store, &account.id).await? {
        // A link proves an address, not the phone: whoever asks for codes gives one now.
        return Ok(Redirect::to(&speech.href("/sign-in")).into_response());
    }
    let cookie = begin_session(&app, &account, &parts.headers, None).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&speech.href("/office"))).into_response())
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, _): OwnForm<Nothing>,
) -> Result<Response, WebError> {
    end_session(&app, &signed_in).await?;
    let cookie = guard::set_cookie(None, app.config.secure());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&visit.speech.href("/"))).into_response())
}

async fn end_session(app: &AppState, signed_in: &SignedIn) -> Result<(), WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    sessions::revoke(&mut tx, &permit, &signed_in.session.id).await?;
    Ok(tx.commit().await?)
}

/// Why a new password is not taken.
pub(super) fn refusal(password: &str, repeated: &str, email: &str) -> Option<&'static str> {
    password::weakness(password, email).or((password != repeated).then_some("office-password-differs"))
}

async fn owner_of_link(app: &AppState, text: &str) -> Result<Option<Account>, WebError> {
    let Some(secret) = Secret::parse(text) else { return Ok(None) };
    Ok(links::owner(&app.desk.store, &secret, app.now()).await?)
}

fn set_password_page(
    visit: &Visit,
    account: Account,
    secret: &str,
    error: Option<String>,
) -> Result<Response, WebError> {
    private_page(&SetPasswordPage {
        shell: bare_shell(visit, "office-set-password"),
        account,
        action: visit.speech.href(&format!("/sign-in/{secret}")),
        length_min: password::LENGTH_MIN,
        error,
    })
}

fn dead_link(visit: &Visit) -> Result<Response, WebError> {
    let page = private_page(&DeadLinkPage { shell: bare_shell(visit, "office-dead-link") })?;
    Ok((StatusCode::GONE, page).into_response())
}

/// Begins a session and gives its cookie. `attempt` is forgiven in the same transaction.
pub(super) async fn begin_session(
    app: &AppState,
    account: &Account,
    headers: &HeaderMap,
    attempt: Option<(&str, &Email)>,
) -> Result<axum::http::HeaderValue, WebError> {
    let permit = account.actor().permit(OwnAccount { account: account.id.clone() })?;
    let (id, secret, form_token) = (app.new_id(), app.desk.secret(), app.desk.secret());
    let user_agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut tx = app.desk.store.begin(app.now()).await?;
    if let Some((attempt, email)) = attempt {
        sign_in::forgive(&mut tx, attempt, email).await?;
    }
    let new = NewSession { id: &id, secret: &secret, form_token: &form_token, user_agent };
    sessions::begin(&mut tx, &permit, &new).await?;
    tx.commit().await?;
    Ok(guard::set_cookie(Some(&secret), app.config.secure()))
}

/// A form of somebody who is not signed in: there is no token yet, but an origin.
pub(super) async fn own_form<T: serde::de::DeserializeOwned + 'static>(
    request: Request,
    app: &AppState,
) -> Result<(Parts, T), WebError> {
    guard::refuse_foreign_origin(request.headers(), app)?;
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let Form(form) = request.extract::<Form<T>, _>().await.map_err(|_| guard::incomplete())?;
    Ok((parts, form))
}

#[cfg(test)]
mod tests {
    use super::landing;

    #[test]
    fn signing_in_leads_only_to_pages_of_this_site() {
        for (next, expected) in [
            ("/office/imports?survey=x", "/office/imports?survey=x"),
            ("", "/office"),
            ("//evil.example", "/office"),
            ("/\\evil.example", "/office"),
            ("https://evil.example", "/office"),
            ("/sign-in?next=/sign-in", "/office"),
        ] {
            assert_eq!(landing(next), expected, "{next}");
        }
    }
}
