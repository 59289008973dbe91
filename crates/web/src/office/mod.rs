//! The office: the pages behind the sign-in, where statisticians take in, check and release.
//!
//! A handler reads: who, may they, what, record, answer. Long work is never done here: it is
//! ordered as a job, and a page shows how far it is. The office never computes a statistic and
//! never opens the archive itself; findings are read through `intake`, which quotes the uploaded file, and
//! held rows through [`domain::held::HeldRows`].

mod account;
mod accounts;
mod audit;
pub(crate) mod desk;
mod factor;
mod findings;
mod forgotten;
mod grants;
pub(crate) mod guard;
mod held;
mod imports;
mod jobs;
mod landing;
mod mail;
mod oidc;
mod own_day;
mod password;
mod progress;
mod releases;
mod repair;
mod sign_in;
mod snapshots;
mod survey_template;
mod upload;
mod workbook;

pub(crate) use audit::who;
pub use desk::{Desk, SecretSource};
pub use oidc::Oidc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::language::Text;
use store::StoreError;

use crate::error::WebError;
use crate::state::AppState;

/// Forms are small; only the upload of files takes more, and counts for itself.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Rows on one page of a list.
const PAGE_ROWS: u32 = 50;

/// Every page behind the sign-in, and the sign-in itself.
pub fn routes() -> Router<AppState> {
    let pages = Router::new()
        .route("/sign-in", get(sign_in::form).post(sign_in::submit))
        .route("/sign-in/forgotten", get(forgotten::form).post(forgotten::ask))
        .route("/sign-in/oidc", get(oidc::start))
        .route("/sign-in/oidc/return", get(oidc::back))
        .route("/sign-in/oidc/code", post(oidc::code))
        .route("/sign-in/{secret}", get(sign_in::link).post(sign_in::redeem))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/office", get(landing::show))
        .route("/office/account", get(account::show))
        .route("/office/account/reminders", post(mail::choose))
        .route("/office/mail", get(mail::show))
        .route("/office/account/password", post(account::change_password))
        .route("/office/account/factor", post(factor::begin))
        .route("/office/account/factor/confirm", post(factor::confirm))
        .route("/office/account/factor/remove", post(factor::remove))
        .route("/office/account/sessions/{session}/end", post(account::end_session))
        .route("/office/accounts", get(accounts::list).post(accounts::add))
        .route("/office/accounts/{account}", get(grants::show).post(grants::give))
        .route("/office/accounts/{account}/{change}", post(accounts::change))
        .route("/office/accounts/{account}/grants/{grant}/withdraw", post(grants::withdraw))
        .route("/office/imports", get(imports::list))
        .route("/office/imports/new", get(upload::form))
        .route("/office/imports/{import}", get(imports::show))
        .route("/office/imports/{import}/accept", post(imports::accept))
        .route("/office/imports/{import}/discard", post(imports::discard))
        .route("/office/imports/{import}/repair", post(imports::repair))
        .route("/office/imports/{import}/held", get(held::list))
        .route("/office/imports/{import}/held/{row}", get(held::show).post(held::decide))
        .route("/office/imports/{import}/findings.csv", get(findings::csv))
        .route("/office/imports/{import}/findings.xlsx", get(findings::xlsx))
        .route("/office/surveys/{survey}/template.csv", get(survey_template::csv))
        .route("/office/surveys/{survey}/template.xlsx", get(survey_template::xlsx))
        .route("/office/snapshots", get(snapshots::list).post(snapshots::order))
        .route("/office/snapshots/{snapshot}", get(snapshots::show))
        .route("/office/releases", get(releases::list).post(releases::order))
        .route("/office/releases/new", get(releases::form))
        .route("/office/releases/{release}", get(releases::show))
        .route("/office/jobs", get(jobs::list))
        .route("/office/jobs/{job}", get(jobs::show))
        .route("/office/jobs/{job}/progress", get(jobs::progress))
        .route("/office/jobs/{job}/cancel", post(jobs::cancel))
        .route("/office/audit", get(audit::show))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX));
    let upload =
        Router::new().route("/office/imports", post(upload::submit)).layer(DefaultBodyLimit::disable());
    pages.merge(upload)
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound { .. } => WebError::NotFound,
            StoreError::Rule(text) => WebError::BadRequest(text.clone()),
            StoreError::State { .. } => WebError::Conflict(Text::new(
                "Keadaannya sudah berubah sejak halaman ini dibuka, mungkin oleh rekan Anda. \
                 Muat ulang halaman untuk melihat keadaan terakhir.",
                "Its state has changed since this page was opened, perhaps by a colleague. \
                 Reload the page to see how it stands now.",
            )),
            StoreError::Stale { .. } => WebError::Conflict(Text::new(
                "Rekan Anda lebih dahulu menyimpan perubahan. Tidak ada yang hilang: buka lagi halamannya, \
                 lihat keadaan terakhir, lalu simpan lagi.",
                "A colleague saved a change first. Nothing was lost: open the page again, \
                 see how it stands now, then save again.",
            )),
            StoreError::NoKey => WebError::Conflict(Text::new(
                "Data pribadi sedang tidak dapat dibuka: berkas kunci folder data tidak ada. Beri tahu pengelola server.",
                "Personal data cannot be opened: the key file of the data folder is missing. Tell whoever runs the server.",
            )),
            StoreError::Refused(refused) => WebError::Forbidden(refused.clone()),
            StoreError::Grant(invalid) => WebError::BadRequest(invalid.text()),
            StoreError::Unlawful(refusal) => WebError::BadRequest(refusal.text()),
            StoreError::Overtaken { .. } => WebError::Conflict(Text::new(
                "Rekan Anda baru saja mengubah ini. Muat ulang halaman, lihat perubahannya, lalu ulangi yang masih \
                 benar.",
                "A colleague has just changed this. Reload the page, see what changed, and repeat what is still right.",
            )),
            StoreError::EmailTaken { email } => WebError::Conflict(Text::new(
                format!("{email} sudah mempunyai akun. Cari di daftar akun, lalu buat tautan masuk baru."),
                format!("{email} already has an account. Find it in the list and make a new sign-in link."),
            )),
            StoreError::Conflict { rule: "one administrator must remain" } => WebError::Conflict(Text::new(
                "Ini administrator terakhir. Angkat administrator lain lebih dahulu.",
                "This is the last administrator. Appoint another one first.",
            )),
            StoreError::Conflict { .. } => WebError::Conflict(Text::new(
                "Ini bertentangan dengan yang sudah tercatat. Muat ulang halaman, lalu periksa.",
                "This conflicts with what is already on record. Reload the page and check.",
            )),
            _ => WebError::internal(error),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
