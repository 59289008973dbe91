//! Signing in with an identity provider: OpenID Connect, authorisation code with PKCE, state and nonce.
//!
//! It opens accounts that exist and nothing else: whoever was not invited stays outside, whatever the
//! provider says. A provider that does not answer closes only this door; e-mail and password stay open beside
//! it.

use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::language::Text;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, TokenResponse,
};
use serde::Deserialize;
use store::accounts::{self, Account, Email};
use store::identities::{self, Identity};
use store::sign_in::Brake;
use store::{second_factor, sign_in as brake};
use subtle::ConstantTimeEq;

use super::guard;
use super::sign_in::{bare_shell, begin_session, landing, own_form, page};
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::state::AppState;
use crate::visit::Visit;

/// A provider that has not answered by then is told to be away.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
/// So long may somebody take at the provider, and then for the code.
const MINUTES: i64 = 10;
const RETURN: &str = "/sign-in/oidc/return";

/// Where people may sign in besides here; set by the binary.
#[derive(Clone, Debug)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// On the button: `Masuk dengan …`.
    pub label: Text,
    http: reqwest::Client,
}

impl Oidc {
    /// `None` as secret is for providers that know this program without one.
    pub fn new(
        issuer: String,
        client_id: String,
        client_secret: Option<String>,
        label: Text,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        IssuerUrl::new(issuer.clone())?;
        // Redirects are not followed: a provider answers where it says it does.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        Ok(Oidc { issuer, client_id, client_secret, label, http })
    }
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a provider's door stays shut; the key of the sentence for the visitor.
#[derive(Debug)]
struct Shut(StatusCode, &'static str);

impl Shut {
    fn away(cause: impl std::fmt::Display) -> Self {
        tracing::warn!(%cause, "the identity provider did not answer as it should");
        Shut(StatusCode::SERVICE_UNAVAILABLE, "oidc-away")
    }

    fn refused(cause: impl std::fmt::Display) -> Self {
        tracing::warn!(%cause, "the identity provider's answer was refused");
        Shut(StatusCode::FORBIDDEN, "oidc-refused")
    }
}

async fn client(app: &AppState, oidc: &Oidc) -> Result<Client, Shut> {
    let issuer = IssuerUrl::new(oidc.issuer.clone()).map_err(Shut::away)?;
    let metadata = CoreProviderMetadata::discover_async(issuer, &oidc.http).await.map_err(Shut::away)?;
    let back = RedirectUrl::new(format!("{}{RETURN}", app.config.base_url)).map_err(Shut::away)?;
    let secret = oidc.client_secret.clone().map(ClientSecret::new);
    let id = ClientId::new(oidc.client_id.clone());
    Ok(CoreClient::from_provider_metadata(metadata, id, secret).set_redirect_uri(back))
}

/// What the browser keeps while it is at the provider: it proves that the answer belongs to this very visit.
struct Journey {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
}

impl Journey {
    fn cookie_name(secure: bool) -> &'static str {
        if secure { "__Host-lumbung_oidc" } else { "lumbung_oidc" }
    }

    fn cookie(journey: Option<&Journey>, secure: bool) -> HeaderValue {
        let value = journey.map(|one| {
            format!("{}.{}.{}.{}", one.state, one.nonce, one.verifier, address::escape(&one.next))
        });
        let seconds = if value.is_some() { MINUTES * 60 } else { 0 };
        let (name, value) = (Journey::cookie_name(secure), value.unwrap_or_default());
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).expect("hexadecimal digits and escaped words are a valid header")
    }

    fn read(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == Journey::cookie_name(secure))?
            .1;
        let parts: Vec<&str> = value.splitn(4, '.').collect();
        let [state, nonce, verifier, next] = parts[..] else { return None };
        let next = percent_encoding::percent_decode_str(next).decode_utf8().ok()?.into_owned();
        Some(Journey { state: state.into(), nonce: nonce.into(), verifier: verifier.into(), next })
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

fn configured(app: &AppState) -> Result<&Oidc, WebError> {
    app.desk.oidc.as_ref().ok_or(WebError::NotFound)
}

fn stay(app: &AppState, visit: &Visit, next: &str, shut: Shut) -> Result<Response, WebError> {
    let label =
        app.desk.oidc.as_ref().map(|oidc| visit.speech.say(&oidc.label).to_owned()).unwrap_or_default();
    let words = visit.speech.with(shut.1, &[("label", &label)]);
    let page = page(app, visit, next, "", Some(words), false)?;
    let cookie = Journey::cookie(None, app.config.secure());
    Ok((shut.0, [(header::SET_COOKIE, cookie)], page).into_response())
}

/// `GET /sign-in/oidc`: off to the provider.
pub(super) async fn start(
    State(app): State<AppState>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let oidc = configured(&app)?;
    let next = visit.speech.href(landing(&wanted.next));
    let client = match client(&app, oidc).await {
        Ok(client) => client,
        Err(shut) => return stay(&app, &visit, landing(&wanted.next), shut),
    };
    let secret = || app.desk.secret().text();
    let journey = Journey { state: secret(), nonce: secret(), verifier: secret(), next };
    let verifier = PkceCodeVerifier::new(journey.verifier.clone());
    let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
    let (away, _, _) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .add_scope(Scope::new("email".into()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    let cookie = Journey::cookie(Some(&journey), app.config.secure());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(away.as_str())).into_response())
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /sign-in/oidc/return`: back from the provider.
pub(super) async fn back(
    State(app): State<AppState>,
    visit: Visit,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, WebError> {
    let oidc = configured(&app)?;
    let journey = Journey::read(&headers, app.config.secure())
        .filter(|journey| bool::from(journey.state.as_bytes().ct_eq(answer.state.as_bytes())));
    let Some(journey) = journey else {
        return stay(&app, &visit, "/office", Shut(StatusCode::BAD_REQUEST, "oidc-lost"));
    };
    if !answer.error.is_empty() {
        return stay(&app, &visit, "/office", Shut(StatusCode::FORBIDDEN, "oidc-cancelled"));
    }
    let vouched = match vouched(&app, oidc, &journey, answer.code).await {
        Ok(vouched) => vouched,
        Err(shut) => return stay(&app, &visit, "/office", shut),
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    let email = vouched.email.as_deref().and_then(|email| Email::parse(email).ok());
    let identity = Identity { issuer: &oidc.issuer, subject: &vouched.subject, email: email.as_ref() };
    let account = identities::account(&mut tx, &identity).await?;
    tx.commit().await?;
    let Some(account) = account else {
        return stay(&app, &visit, "/office", Shut(StatusCode::FORBIDDEN, "oidc-not-invited"));
    };
    if second_factor::is_on(&app.desk.store, &account.id).await? {
        return ask_code(&app, &visit, &account, &journey.next, None).await;
    }
    enter(&app, &account, &headers, &journey.next, None).await
}

/// Whom a provider vouches for.
struct Vouched {
    subject: String,
    /// Only if it is verified there.
    email: Option<String>,
}

async fn vouched(app: &AppState, oidc: &Oidc, journey: &Journey, code: String) -> Result<Vouched, Shut> {
    let client = client(app, oidc).await?;
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(Shut::away)?
        .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
        .request_async(&oidc.http)
        .await
        .map_err(Shut::refused)?;
    let token = answer.id_token().ok_or_else(|| Shut::refused("no id token"))?;
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, &Nonce::new(journey.nonce.clone())).map_err(Shut::refused)?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(Shut::refused)?;
        let key = token.signing_key(&verifier).map_err(Shut::refused)?;
        let actual =
            AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(Shut::refused)?;
        if actual != *expected {
            return Err(Shut::refused("the access token is not the one that was signed for"));
        }
    }
    let subject = claims.subject().as_str().to_owned();
    let mut email = claims.email().map(|email| email.as_str().to_owned());
    let mut verified = claims.email_verified() == Some(true);
    if email.is_none() {
        let asked = client.user_info(answer.access_token().clone(), Some(claims.subject().clone()));
        if let Ok(asked) = asked {
            let info: CoreUserInfoClaims = asked.request_async(&oidc.http).await.map_err(Shut::refused)?;
            email = info.email().map(|email| email.as_str().to_owned());
            verified = info.email_verified() == Some(true);
        }
    }
    Ok(Vouched { subject, email: email.filter(|_| verified) })
}

async fn enter(
    app: &AppState,
    account: &Account,
    headers: &HeaderMap,
    next: &str,
    attempt: Option<(&str, &Email)>,
) -> Result<Response, WebError> {
    let secure = app.config.secure();
    let session = begin_session(app, account, headers, attempt).await?;
    let mut response = Redirect::to(landing(next)).into_response();
    response.headers_mut().append(header::SET_COOKIE, session);
    response.headers_mut().append(header::SET_COOKIE, Journey::cookie(None, secure));
    Ok(response)
}

#[derive(Template)]
#[template(path = "office/oidc_code.html")]
struct CodePage {
    shell: Shell,
    next: String,
    account: String,
    until: String,
    ticket: String,
    error: Option<String>,
}

/// The provider has vouched; the code from the app is still owed.
async fn ask_code(
    app: &AppState,
    visit: &Visit,
    account: &Account,
    next: &str,
    error: Option<String>,
) -> Result<Response, WebError> {
    let until = (app.now() + jiff::SignedDuration::from_mins(MINUTES)).as_second().to_string();
    let ticket = identities::sign(&app.desk.store, "oidc", &format!("{}/{until}", account.id))?;
    let status = if error.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let page = private_page(&CodePage {
        shell: bare_shell(visit, "office-sign-in"),
        next: next.to_owned(),
        account: account.id.clone(),
        until,
        ticket,
        error,
    })?;
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
struct Code {
    account: String,
    until: String,
    ticket: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/oidc/code`
pub(super) async fn code(
    State(app): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, WebError> {
    configured(&app)?;
    let (parts, sent) = own_form::<Code>(request, &app).await?;
    let signed = identities::sign(&app.desk.store, "oidc", &format!("{}/{}", sent.account, sent.until))?;
    let in_time = sent.until.parse::<i64>().is_ok_and(|until| until >= app.now().as_second());
    if !in_time || !bool::from(signed.as_bytes().ct_eq(sent.ticket.as_bytes())) {
        return stay(&app, &visit, "/office", Shut(StatusCode::BAD_REQUEST, "oidc-lost"));
    }
    let account = accounts::get(&app.desk.store, &sent.account).await?;
    let Ok(email) = Email::parse(&account.email) else { return Err(WebError::NotFound) };
    let attempt = app.new_id();
    let mut tx = app.desk.store.begin(app.now()).await?;
    let braked = brake::attempt(&mut tx, &attempt, &email, &guard::client_address(&parts)).await?;
    tx.commit().await?;
    if let Brake::Wait { until } = braked {
        let words = visit.speech.with("office-sign-in-wait", &[("until", &visit.speech.moment(until))]);
        let page = page(&app, &visit, "/office", "", Some(words), false)?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    let mut tx = app.desk.store.begin(app.now()).await?;
    let passes = !account.disabled && second_factor::passes(&mut tx, &account.id, &sent.code).await?;
    tx.commit().await?;
    if !passes {
        let words = visit.speech.t("factor-wrong");
        return ask_code(&app, &visit, &account, &sent.next, Some(words)).await;
    }
    enter(&app, &account, &parts.headers, &sent.next, Some((attempt.as_str(), &email))).await
}
