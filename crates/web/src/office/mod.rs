//! The office: the pages behind the sign-in, where statisticians take in, check and release.

use axum::Router;

use crate::state::AppState;

/// Every page behind the sign-in, and the sign-in itself.
pub fn routes() -> Router<AppState> {
    Router::new()
}
