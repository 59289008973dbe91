//! Money: what trainings cost, who paid, how much was recovered, and what it did. Whole rupiah, entry by
//! entry.

mod entries;
mod funder;
mod print;
mod recovery;
mod sums;
mod what_if;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

pub(crate) use sums::{Sums, sums};

use crate::speech::Speech;
use crate::state::AppState;

const FORM_BYTES_MAX: usize = 64 * 1024;

/// The pages of costs and cost recovery.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/results/{programme}/money", get(recovery::show))
        .route("/results/{programme}/money/what-if", get(what_if::show))
        .route("/results/{programme}/money/quote.pdf", get(print::quote))
        .route("/results/{programme}/money/entries", get(entries::list))
        .route("/results/{programme}/money/entries/{entry}/receipt.pdf", get(print::receipt))
        .route("/results/{programme}/money/entries/new", get(entries::form).post(entries::book))
        .route("/results/{programme}/funder", get(funder::show))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// `Rp 1.850.000`, never rounded.
pub(crate) fn rupiah(speech: Speech, amount: i64) -> String {
    let sign = if amount < 0 { "\u{2212}" } else { "" };
    format!("{sign}Rp\u{a0}{}", speech.integer(amount.unsigned_abs()))
}
