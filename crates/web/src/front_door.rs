//! The front door: the router, and what happens to every request and every answer.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Response, Uri, header};
use axum::middleware;
use axum::routing::get;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::address::split_language;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;
use crate::{
    assets, certificates, delivery, error, money, network, office, page, people, register, results, sdmx,
};

/// No inline script or style, nothing from elsewhere, no framing.
const SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     manifest-src 'self'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// The whole site.
pub fn router(app: AppState) -> Router {
    let mut site = Router::new()
        .route("/healthz", get(health))
        .route("/static/{name}", get(assets::serve))
        .route("/certificates/{certificate}", get(certificates::show))
        .merge(page::routes())
        .merge(delivery::routes())
        .merge(office::routes())
        .merge(register::routes())
        .merge(people::routes())
        .merge(network::routes())
        .merge(results::routes())
        .merge(money::routes())
        .merge(sdmx::routes())
        .fallback(|| async { error::WebError::NotFound })
        .method_not_allowed_fallback(|| async { axum::http::StatusCode::METHOD_NOT_ALLOWED })
        .layer(middleware::from_fn_with_state(app.clone(), error::present))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(log))
        .layer(CompressionLayer::new());
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        site = site.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    let site: Router = site.with_state(app);
    // The language is taken off the address before the router looks at it.
    Router::new()
        .fallback_service(site.map_request(take_language_off).map_err(|never: Infallible| match never {}))
}

/// `/en/datasets` becomes `/datasets`, asked for by an English reader.
fn take_language_off(mut request: Request) -> Request {
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let (language, rest) = split_language(address);
    let visit = Visit { speech: Speech(language), path: rest.clone().into_owned() };
    if let Ok(uri) = rest.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(visit);
    request
}

async fn health() -> &'static str {
    "ok\n"
}

fn span(request: &Request) -> Span {
    // The pattern and not the address: addresses may carry secrets of sign-in links.
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), path)
}

fn log<B>(response: &Response<B>, took: Duration, _: &Span) {
    let milliseconds = took.as_secs_f64() * 1e3;
    tracing::debug!(status = response.status().as_u16(), milliseconds, "answered");
}
