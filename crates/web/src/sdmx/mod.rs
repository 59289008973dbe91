//! SDMX and JSON-stat over HTTP: releases for machines.

use axum::Router;

use crate::state::AppState;

/// `/sdmx/v1` (SDMX 2.1), `/sdmx/v2` (SDMX 3.0) and the downloads of releases.
pub fn routes() -> Router<AppState> {
    Router::new()
}
