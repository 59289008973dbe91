//! What goes wrong at the front desk. Errors become pages or problem documents at one door,
//! where they are logged once; causes are never sent to the visitor.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::language::{Language, Text};
use serde_json::json;

use crate::page;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// What can go wrong with a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// There is no such page, dataset, release or code.
    #[error("nothing here by that name")]
    NotFound,
    /// The request cannot be understood; the words say what to change and are shown.
    #[error("{}", .0.en)]
    BadRequest(Text),
    /// Not signed in.
    #[error("not signed in")]
    Unauthorised,
    /// Signed in, and not allowed.
    #[error(transparent)]
    Forbidden(#[from] domain::actor::Refused),
    /// Somebody was faster, or the thing exists already; the words are shown.
    #[error("{}", .0.en)]
    Conflict(Text),
    #[error("too many tries")]
    TooManyRequests,
    #[error("the body is larger than we take")]
    TooLarge,
    /// Our fault. The cause goes to the log and nowhere else.
    #[error("failed on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl WebError {
    /// Wraps whatever failed in a room behind us.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        WebError::Internal(cause.into())
    }

    pub fn status(&self) -> StatusCode {
        match self {
            WebError::NotFound => StatusCode::NOT_FOUND,
            WebError::BadRequest(_) => StatusCode::BAD_REQUEST,
            WebError::Unauthorised => StatusCode::UNAUTHORIZED,
            WebError::Forbidden(_) => StatusCode::FORBIDDEN,
            WebError::Conflict(_) => StatusCode::CONFLICT,
            WebError::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            WebError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<askama::Error> for WebError {
    fn from(cause: askama::Error) -> Self {
        WebError::internal(cause)
    }
}

/// What the visitor may know of an error; travels to the one door in the response.
#[derive(Clone, Debug)]
struct Explained {
    message: Option<Text>,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = ?self, "request failed");
        }
        let message = match self {
            WebError::BadRequest(text) | WebError::Conflict(text) => Some(text),
            WebError::Forbidden(refused) => Some(refused.text()),
            _ => None,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Explained { message });
        response
    }
}

/// The one door: gives every empty error response a body, a page for people and a problem
/// document (RFC 9457) for machines, with a number by which we find the request in the log.
pub(crate) async fn present(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let visit = Visit::of(request.extensions(), request.uri().path());
    let machine = ["/api", "/sdmx", "/openrosa"].iter().any(|root| visit.path.starts_with(root));
    let wanted = wanted_language(&request);
    let response = next.run(request).await;
    let status = response.status();
    let has_body = response.headers().contains_key(header::CONTENT_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || is_told(&response, has_body) {
        return response;
    }
    let explained = response.extensions().get::<Explained>().cloned();
    let reference = app.new_id();
    tracing::info!(reference, status = status.as_u16(), path = visit.path, "answered with an error");
    let message = explained.and_then(|explained| explained.message);
    if machine {
        problem(Speech(wanted.unwrap_or_default()), status, message, &reference)
    } else {
        page::error::page(&visit, status, message, &reference)
    }
}

/// Did a handler write its own words? Plain text is axum's, not ours.
fn is_told(response: &Response, has_body: bool) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let plain = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    has_body && !plain
}

/// Machines name their language in `Accept-Language`.
fn wanted_language(request: &Request) -> Option<Language> {
    let header = request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    header.split(',').find_map(|tag| Language::parse(tag.split(';').next()?.trim()))
}

fn problem(speech: Speech, status: StatusCode, message: Option<Text>, reference: &str) -> Response {
    let detail =
        message.map_or_else(|| speech.t(page::error::key(status)), |text| speech.say(&text).to_owned());
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
        "instance": format!("urn:uuid:{reference}"),
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
