//! Who is at the desk: the session behind the cookie, and forms that really come from our pages.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Form, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{Action, Actor, Permit};
use domain::language::Text;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use store::Secret;
use store::sessions::{self, Session};
use subtle::ConstantTimeEq;

use super::FORM_BYTES_MAX;
use crate::address;
use crate::error::WebError;
use crate::state::AppState;
use crate::visit::Visit;

/// Somebody who is signed in. No session, no handler.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    pub(crate) actor: Actor,
}

impl SignedIn {
    /// May they? The permit is the proof that the store asks for.
    pub(crate) fn permit<A: Action>(&self, action: A) -> Result<Permit<A>, WebError> {
        Ok(self.actor.permit(action)?)
    }

    /// Pages of statisticians: findings quote microdata, so reading needs the role too.
    pub(super) fn reads_office(&self, what: &str) -> Result<(), WebError> {
        self.permit(domain::actor::ReadOffice { what: what.to_owned() }).map(drop)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        match whoever_signed_in(&parts.headers, app).await.map_err(WebError::into_response)? {
            Some(session) => {
                let actor = session.account.actor();
                Ok(SignedIn { session, actor })
            }
            None => Err(to_sign_in(parts)),
        }
    }
}

/// The session of a request, if there is one that still counts.
pub(super) async fn whoever_signed_in(
    headers: &HeaderMap,
    app: &AppState,
) -> Result<Option<Session>, WebError> {
    let Some(secret) = cookie(headers, app.config.secure()) else { return Ok(None) };
    let now = app.now();
    let Some(session) = sessions::find(&app.desk.store, &secret, now).await? else { return Ok(None) };
    sessions::touch(&app.desk.store, &session, now).await?;
    Ok(Some(session))
}

/// Asks to sign in and comes back to the page that was wanted.
fn to_sign_in(parts: &Parts) -> Response {
    let visit = Visit::of(&parts.extensions, parts.uri.path());
    let back = if parts.method == Method::GET { visit.path.as_str() } else { "/office" };
    let wanted = format!("/sign-in?{}", address::query([("next", back)]));
    Redirect::to(&visit.speech.href(&wanted)).into_response()
}

/// A form sent by somebody signed in, from a page that we gave to that very session.
#[derive(Debug)]
pub(crate) struct OwnForm<T>(pub(crate) SignedIn, pub(crate) T);

/// The form of a lone button: nothing but the token.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

impl<T: DeserializeOwned> FromRequest<AppState> for OwnForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed_in = SignedIn::from_request_parts(&mut parts, app).await?;
        refuse_foreign_origin(&parts.headers, app).map_err(WebError::into_response)?;
        let body = axum::body::to_bytes(body, FORM_BYTES_MAX)
            .await
            .map_err(|_| WebError::TooLarge.into_response())?;
        let read = |body| Request::from_parts(parts.clone(), Body::from(body));
        let Form(token) = Form::<Token>::from_request(read(body.clone()), &())
            .await
            .map_err(|_| incomplete().into_response())?;
        refuse_foreign_form(&signed_in.session, &token.form_token).map_err(WebError::into_response)?;
        let Form(form) =
            Form::<T>::from_request(read(body), &()).await.map_err(|_| incomplete().into_response())?;
        Ok(OwnForm(signed_in, form))
    }
}

pub(crate) fn incomplete() -> WebError {
    WebError::BadRequest(Text::new(
        "Ada isian yang kurang. Kembali ke halaman sebelumnya, lengkapi, lalu kirim lagi.",
        "Something is missing in the form. Go back, complete it and send it again.",
    ))
}

/// The synchroniser token of the session must come back with every form.
pub(crate) fn refuse_foreign_form(session: &Session, token: &str) -> Result<(), WebError> {
    if bool::from(session.form_token.as_bytes().ct_eq(token.as_bytes())) {
        return Ok(());
    }
    Err(WebError::BadRequest(Text::new(
        "Formulir ini dibuka sebelum Anda masuk terakhir kali. Buka lagi halamannya, lalu kirim sekali lagi.",
        "This form was opened before you last signed in. Open the page again and send it once more.",
    )))
}

/// Browsers say from which site a form comes; one from elsewhere is refused before it is read.
pub(crate) fn refuse_foreign_origin(headers: &HeaderMap, app: &AppState) -> Result<(), WebError> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let fetched_from = text(header::HeaderName::from_static("sec-fetch-site"));
    let own = match text(header::ORIGIN) {
        Some(origin) => {
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            let ours = app.config.base_url.split_once("://").map_or("", |(_, host)| host);
            !host.is_empty() && (host == ours || text(header::HOST) == Some(host))
        }
        None => matches!(fetched_from, None | Some("same-origin" | "none")),
    };
    if own {
        return Ok(());
    }
    Err(WebError::BadRequest(Text::new(
        "Formulir ini dikirim dari situs lain. Buka halamannya di sini, lalu kirim lagi.",
        "This form was sent from another site. Open the page here and send it again.",
    )))
}

/// `__Host-` makes browsers refuse the cookie without TLS or for another path; plain where there
/// is no TLS, as on the machine of the demo.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-lumbung_session" } else { "lumbung_session" }
}

fn cookie(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == cookie_name(secure))
        .and_then(|(_, value)| Secret::parse(value))
}

/// The cookie that carries a session, or that takes it away again.
pub(super) fn set_cookie(secret: Option<&Secret>, secure: bool) -> HeaderValue {
    let name = cookie_name(secure);
    let value = secret.map(Secret::text).unwrap_or_default();
    let seconds = if secret.is_some() { sessions::LIFETIME.as_secs() } else { 0 };
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).expect("hexadecimal digits and fixed words are a valid header")
}

/// From where a request comes, for counting failed sign-ins. A proxy on this very machine is
/// believed about the address it serves; anybody else is not.
pub(super) fn client_address(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = parts
        .headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    match (peer, forwarded) {
        (Some(peer), Some(client)) if peer.is_loopback() => client.to_string(),
        (Some(peer), _) => peer.to_string(),
        (None, _) => "unknown".to_owned(),
    }
}
