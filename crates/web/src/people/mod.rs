//! People: who takes part for an enterprise, what they agreed to, and what they may ask: to see everything
//! that is kept about them, and to be forgotten. Every look at a name goes on record.

pub(crate) mod consent;
mod erase;
mod export;
mod list;
mod show;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

const FORM_BYTES_MAX: usize = 64 * 1024;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/people", get(list::show).post(list::record))
        .route("/people/{person}", get(show::show))
        .route("/people/{person}/consent", post(show::record_consent))
        .route("/people/{person}/export", get(export::page))
        .route("/people/{person}/export.json", get(export::json))
        .route("/people/{person}/erase", get(erase::confirm).post(erase::erase))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}
