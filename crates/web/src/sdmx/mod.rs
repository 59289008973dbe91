//! SDMX over HTTP, and the downloads of releases: figures for machines.
//!
//! The `publication` room decides what is answered; this folder carries it. Reading tables and
//! writing files blocks, so it happens away from the threads that talk to the network.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::Response;
use axum::routing::get;
use domain::language::Language;
use publication::sdmx::{Answer, Api, Body as AnswerBody};
use tower_http::cors::{Any, CorsLayer};

use crate::error::WebError;
use crate::state::AppState;
use crate::visit::Visit;

mod body;
mod download;

/// `/sdmx/v1` (SDMX 2.1), `/sdmx/v2` (SDMX 3.0) and the downloads of releases.
pub fn routes() -> Router<AppState> {
    // Public data may be read by the pages of anybody, errors included.
    let anybody = CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any).expose_headers([
        header::ETAG,
        header::LAST_MODIFIED,
        header::CONTENT_DISPOSITION,
    ]);
    Router::new()
        .route("/sdmx/v1", get(version_1))
        .route("/sdmx/v1/", get(version_1))
        .route("/sdmx/v1/{*path}", get(version_1))
        .route("/sdmx/v2", get(version_2))
        .route("/sdmx/v2/", get(version_2))
        .route("/sdmx/v2/{*path}", get(version_2))
        .route("/releases/{id}/{file}", get(download::of_release))
        .route("/datasets/{dataset}/{file}", get(download::of_dataset))
        .layer(anybody)
}

async fn version_1(
    State(app): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, WebError> {
    sdmx(app, visit, Api::V1, "/sdmx/v1", request).await
}

async fn version_2(
    State(app): State<AppState>,
    visit: Visit,
    request: Request,
) -> Result<Response, WebError> {
    sdmx(app, visit, Api::V2, "/sdmx/v2", request).await
}

async fn sdmx(
    app: AppState,
    visit: Visit,
    api: Api,
    root: &'static str,
    request: Request,
) -> Result<Response, WebError> {
    let (parts, _) = request.into_parts();
    let answer = tokio::task::spawn_blocking(move || {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        // An address under `/en` asks for English, whatever the browser says.
        let by_address = (visit.language() == Language::En).then_some("en");
        publication::sdmx::answer(
            &app.releases,
            &publication::sdmx::Request {
                api,
                path: parts.uri.path().strip_prefix(root).unwrap_or_default(),
                query: parts.uri.query().unwrap_or_default(),
                accept: text(header::ACCEPT),
                accept_language: by_address.or_else(|| text(header::ACCEPT_LANGUAGE)),
                if_none_match: text(header::IF_NONE_MATCH),
                if_modified_since: text(header::IF_MODIFIED_SINCE),
                base: &format!("{}{root}", app.config.base_url),
                now: app.now(),
            },
        )
    })
    .await
    .map_err(WebError::internal)?;
    respond(answer)
}

/// An answer of the publication room as a response.
fn respond(answer: Answer) -> Result<Response, WebError> {
    let mut response = Response::builder().status(answer.status);
    if !answer.media_type.is_empty() {
        response = response.header(header::CONTENT_TYPE, answer.media_type);
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = match answer.body {
        AnswerBody::Empty => axum::body::Body::empty(),
        AnswerBody::Bytes(bytes) => bytes.into(),
        AnswerBody::Stream(write) => body::written_by(write),
    };
    response.body(body).map_err(WebError::internal)
}

#[cfg(test)]
mod tests;
