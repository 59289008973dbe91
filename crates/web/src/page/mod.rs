//! The public pages: open to everybody, the same for everybody.

pub mod error;
mod front;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Every public page.
pub fn routes() -> Router<AppState> {
    Router::new().route("/", get(front::show))
}
