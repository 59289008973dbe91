//! The register of enterprises: found in spite of spelling, entered once, corrected with a trace.
//!
//! A handler reads: who, what is typed, may they, record, answer. Which fields there are and how they
//! are read is said in `domain::enterprise`; whether two entries are one is said there too.

mod entry;
mod exchange;
mod fields;
mod list;
mod merge;
mod show;
mod sites;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::actor::Actor;
use domain::enterprise::ReadEnterprise;

use crate::state::AppState;

/// Forms are small.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Rows on one page of the list.
const PAGE_ROWS: u32 = 50;

pub(crate) use entry::is_id;
pub use exchange::sweep_files;
pub(crate) use fields::{named, regions};

/// Does the office show this person the door to the register?
pub(crate) fn may_read(actor: &Actor) -> bool {
    actor.may_somewhere::<ReadEnterprise>()
}

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/register", get(list::show))
        .route("/register/new", get(entry::new).post(entry::register))
        .route("/register/merges/{merge}/undo", post(merge::undo))
        .route("/register/{enterprise}", get(show::show))
        .route("/register/{enterprise}/edit", get(entry::edit).post(entry::change))
        .route("/register/{enterprise}/workforce", post(show::record_workforce))
        .route("/register/{enterprise}/sites", post(sites::record))
        .route("/register/{enterprise}/contacts", get(show::contacts).post(show::record_contacts))
        .route("/register/{enterprise}/consent", post(show::record_consent))
        .route("/register/{enterprise}/merge", get(merge::confirm).post(merge::merge))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .merge(exchange::routes())
}
