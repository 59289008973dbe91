//! Results: what changed in the enterprises, how targets stand, which figures disagree, and the records
//! behind.
//!
//! Every aggregate over enterprises comes out of the guard before it is shown, and every figure opens down to
//! its records for those who may read them. No rule lives here: acts are checked in `domain` and executed by
//! `store`.

mod actuals;
mod answer;
mod assertions;
mod board;
mod certificate;
mod coverage;
mod dashboard;
mod day;
mod files;
mod groups;
mod indicator;
mod observe;
mod own;
mod provider;
pub(crate) mod public;
mod record;
mod records;
mod review;
pub(crate) mod room;
mod target;
mod trainer;
mod trainers;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::framework::ReportedFigure;
use jiff::civil::Date;

pub(crate) use indicator::names;
pub(crate) use observe::number;

use crate::error::WebError;
use crate::state::AppState;
use room::Room;

const FORM_BYTES_MAX: usize = 64 * 1024;

/// The pages of results and trainers.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/results", get(dashboard::choose))
        .route("/results/{programme}", get(dashboard::show))
        .route("/results/{programme}/day", get(day::show))
        .route("/results/{programme}/provider", get(provider::show))
        .route("/results/{programme}/own", get(own::show))
        .route("/results/{programme}/indicators/{indicator}", get(indicator::show))
        .route("/results/{programme}/indicators/{indicator}/records", get(records::list))
        .route("/results/{programme}/observations/{observation}", get(record::show))
        .route("/results/{programme}/observations/{observation}/{decision}", post(record::decide))
        .route("/results/{programme}/engagements/{engagement}", get(observe::overview))
        .route(
            "/results/{programme}/engagements/{engagement}/{indicator}/{stage}",
            get(observe::form).post(observe::submit),
        )
        .route("/results/{programme}/review", get(review::list))
        .route("/results/{programme}/targets", get(board::show))
        .route("/results/{programme}/targets/{target}", get(target::show).post(target::attest))
        .route("/results/{programme}/reports/{period}", get(board::report).post(board::lock))
        .route("/results/{programme}/iati.xml", get(files::xml))
        .route("/results/{programme}/framework.csv", get(files::table))
        .route("/results/{programme}/assertions", get(assertions::show))
        .route("/results/{programme}/trainers", get(trainers::list))
        .route("/results/{programme}/trainers/{person}", get(trainer::show).post(trainer::step))
        .route("/results/{programme}/trainers/{person}/certificate.pdf", get(certificate::show))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// How many improved by the first core indicator, and what stands behind that number.
pub(crate) struct Improved {
    pub(crate) indicator: String,
    pub(crate) count: u64,
    /// n of N.
    pub(crate) pairs: u64,
    pub(crate) engagements: u64,
}

/// What the records say of every target on a day, as a report that is locked then keeps it.
pub async fn targets_on(
    app: &AppState,
    programme: &str,
    today: Date,
) -> Result<Vec<ReportedFigure>, WebError> {
    let counted = actuals::count(&room::Ground::of(app, programme)?, today).await?;
    let figure = |(target, actual, _): actuals::Counted| ReportedFigure {
        wanted: target.value,
        target: target.code,
        actual,
    };
    Ok(counted.into_iter().map(figure).collect())
}

/// Enterprises with a usable pair of the first core indicator that is better; `None` if it is not known or
/// held back.
pub(crate) async fn improved(room: &Room<'_>) -> Result<Option<Improved>, WebError> {
    let Some(first) = room.measurement.indicators.current().next() else { return Ok(None) };
    let answers = answer::all(&room.ground()).await?;
    let own = answers.document.iter().find(|answer| answer.indicator == first.code);
    Ok(own.and_then(|answer| {
        let total = answer.total();
        Some(Improved {
            indicator: room.speech().say(&first.label).to_owned(),
            count: total.improved.value()? as u64,
            pairs: total.pairs.value()? as u64,
            engagements: answer.engagements as u64,
        })
    }))
}
