//! The public pages: open to everybody, the same for everybody.

mod analyses;
mod api;
mod classifications;
mod datasets;
pub mod error;
mod facts;
mod front;
mod methodology;
mod plan;
mod profile;
mod releases;
mod table;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Every public page.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(front::show))
        .route("/datasets", get(datasets::list))
        .route("/datasets/{dataset}", get(datasets::about))
        .route("/datasets/{dataset}/table", get(table::show))
        .route("/datasets/{dataset}/table.svg", get(table::svg))
        .route("/sectors", get(profile::sectors))
        .route("/sectors/{code}", get(profile::sector))
        .route("/provinces", get(profile::provinces))
        .route("/provinces/{code}", get(profile::province))
        .route("/sizes", get(profile::sizes))
        .route("/distribution", get(profile::distribution))
        .route("/map", get(profile::map))
        .route("/releases", get(releases::list))
        .route("/releases/{id}", get(releases::quality))
        .route("/methodology", get(methodology::show))
        .route("/classifications", get(classifications::list))
        .route("/classifications/{id}", get(classifications::one))
        .route("/api", get(api::show))
        .route("/api/openapi.json", get(api::openapi))
        .route("/api/v1/datasets", get(api::datasets))
        .route("/api/v1/classifications", get(classifications::list_json))
        .route("/api/v1/classifications/{id}", get(classifications::one_json))
}
