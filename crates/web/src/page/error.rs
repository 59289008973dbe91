//! Error pages: the page keeps its head, says what happened, what to do, and a number to quote.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::language::Text;

use crate::layout::{Place, Shell};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    lead: String,
    advice: String,
    reference: String,
}

/// What we say about a status, without details.
pub(crate) fn key(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "error-not-found",
        StatusCode::UNAUTHORIZED => "error-unauthorised",
        StatusCode::FORBIDDEN => "error-forbidden",
        StatusCode::PAYLOAD_TOO_LARGE => "error-too-large",
        StatusCode::TOO_MANY_REQUESTS => "error-too-many",
        StatusCode::METHOD_NOT_ALLOWED => "error-method",
        status if status.is_client_error() => "error-bad-request",
        _ => "error-internal",
    }
}

pub(crate) fn page(visit: &Visit, status: StatusCode, message: Option<Text>, reference: &str) -> Response {
    let speech = visit.speech;
    let key = key(status);
    let mut shell = Shell::new(visit, Place::Nowhere, speech.t(&format!("{key}-title")));
    shell.indexed = false;
    let page = ErrorPage {
        shell,
        lead: message.map_or_else(|| speech.t(key), |text| speech.say(&text).to_owned()),
        advice: speech.t(&format!("{key}-advice")),
        reference: reference.to_owned(),
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => (status, "error\n").into_response(),
    }
}
