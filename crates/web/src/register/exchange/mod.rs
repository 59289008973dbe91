//! The register as a file: an empty template with its choice lists, the register as a workbook, and a file
//! that comes back: read, looked at, and accepted row by row through the very acts of the pages.

mod check;
mod incoming;
mod page;
mod workbook;

pub use incoming::sweep_files;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

/// Rows that a file may have. More are split, so that a page answers while somebody waits.
const ROWS_MAX: usize = 20_000;
/// Enterprises that one workbook of the register holds.
const EXPORT_MAX: usize = 20_000;
const FILE_BYTES_MAX: usize = 20 << 20;

pub(super) fn routes() -> Router<AppState> {
    let upload = Router::new()
        .route("/register/import", get(page::form).post(page::receive))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + 64 * 1024));
    Router::new()
        .route("/register/template.xlsx", get(workbook::template))
        .route("/register/export.xlsx", get(workbook::export))
        .route("/register/import/{file}", get(page::show))
        .route("/register/import/{file}/accept", post(page::accept))
        .route("/register/import/{file}/discard", post(page::discard))
        .merge(upload)
}
