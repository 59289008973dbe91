//! Delivery: the day of a trainer, the pipeline of a provider, one enterprise's way through a
//! programme, trainings, reports, and what the public sees of all that.
//!
//! A page reads what the store gives to its reader and shows what comes next with one button. A form
//! becomes an act of `domain::delivery`; no rule is decided here.

mod acts;
mod attendance;
mod calendar;
mod calendar_file;
mod case;
mod day;
mod diagnosis;
mod engagement;
mod fields;
mod form;
mod frame;
mod indicators;
mod modules;
mod photos;
mod pipeline;
mod practices;
mod print;
mod public;
mod read;
mod report;
mod reports;
mod select;
#[cfg(test)]
mod tests;
mod told;
mod training;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

pub(crate) use frame::{may_read, module_title};

/// Every page of delivery, and the public pages of programmes.
pub fn routes() -> Router<AppState> {
    let photos = Router::new()
        .route("/delivery/engagements/{engagement}/photos", get(photos::form).post(photos::submit))
        .layer(DefaultBodyLimit::max(photos::PHOTO_FORM_BYTES_MAX));
    Router::new()
        .merge(photos)
        .route("/delivery/engagements/{engagement}/photos/{photo}", get(photos::show))
        .route("/programme/{programme}/cases/{case}/photos/{photo}", get(photos::published))
        .route("/delivery", get(day::show))
        .route("/delivery/calendar", get(calendar::show))
        .route("/delivery/calendar.ics", get(calendar_file::download))
        .route("/delivery/calendar/link", get(calendar_file::link).post(calendar_file::renew))
        .route("/calendar/{file}", get(calendar_file::subscribed))
        .route("/delivery/engagements", get(pipeline::show))
        .route("/delivery/engagements/new", get(select::form).post(select::submit))
        .route("/delivery/engagements/{engagement}", get(engagement::show))
        .route("/delivery/engagements/{engagement}/diagnosis", get(diagnosis::show))
        .route("/delivery/engagements/{engagement}/report", get(report::show))
        .route("/delivery/engagements/{engagement}/report.pdf", get(print::report))
        .route("/delivery/engagements/{engagement}/cases/{case}", get(case::show))
        .route("/delivery/engagements/{engagement}/letter.pdf", get(print::letter))
        .route("/delivery/engagements/{engagement}/board.pdf", get(print::board))
        .route("/delivery/engagements/{engagement}/five-s.pdf", get(print::five_s))
        .route("/delivery/engagements/{engagement}/report/{decision}", post(report::decide))
        .route("/delivery/engagements/{engagement}/do/{form}", get(acts::form).post(acts::submit))
        .route("/delivery/trainings/new", get(training::form).post(training::plan))
        .route("/delivery/trainings/{training}", get(training::show))
        .route("/delivery/trainings/{training}/invitation.pdf", get(print::invitations))
        .route("/delivery/trainings/{training}/certificates.pdf", get(print::certificates))
        .route("/delivery/trainings/{training}/attendance", post(training::take))
        .route("/delivery/trainings/{training}/cancel", post(training::cancel))
        .route("/delivery/trainings/{training}/feedback", post(training::feedback))
        .route("/delivery/reports", get(reports::queue))
        .route("/programme", get(public::list))
        .route("/programme/{programme}", get(public::show))
        .route("/programme/{programme}/practices", get(practices::show))
        .route("/programme/{programme}/cases/{case}", get(public::case))
        .route("/programme/{programme}/cases/{case}/case-study.pdf", get(print::case))
}
