//! The framework as files for others: IATI and CSV, from locked reports alone.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::framework::AidActivity;
use domain::language::Text;
use publication::framework::{LockedReport, Reported, csv, iati};
use store::results;

use super::room::Room;
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::state::AppState;
use crate::visit::Visit;

async fn answer(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    programme: &str,
    write: impl FnOnce(&Room<'_>, &Reported<'_>) -> Result<Vec<u8>, WebError>,
) -> Result<Vec<u8>, WebError> {
    let room = Room::open(app, visit, signed_in, programme)?;
    let locked = results::reports(&app.desk.store, programme).await?;
    let reports: Vec<LockedReport<'_>> =
        locked.iter().map(|one| LockedReport { report: &one.report, at: one.at }).collect();
    let framework = &room.measurement.framework;
    write(&room, &Reported { programme: room.programme, framework, reports: &reports })
}

fn file(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// `GET /results/{programme}/iati.xml`
pub(super) async fn xml(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let files = app.content.programme_files(&programme);
    let text = files.get("aid.toml").ok_or_else(|| {
        WebError::BadRequest(Text::new(
            "Program ini belum punya aid.toml: tulis dulu pengenal kegiatannya di folder program.",
            "This programme has no aid.toml yet: write the identifier of its activity into its folder first.",
        ))
    })?;
    let activity = AidActivity::parse(text).map_err(WebError::BadRequest)?;
    let now = app.now();
    let bytes = answer(&app, &visit, &signed_in, &programme, |_, reported| {
        iati(&activity, reported, now).map_err(WebError::internal)
    });
    Ok(file(&format!("{programme}.iati.xml"), "application/xml; charset=utf-8", bytes.await?))
}

/// `GET /results/{programme}/framework.csv`
pub(super) async fn table(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
) -> Result<Response, WebError> {
    let language = visit.language();
    let bytes = answer(&app, &visit, &signed_in, &programme, |_, reported| Ok(csv(reported, language)));
    Ok(file(&format!("{programme}-framework.csv"), "text/csv; charset=utf-8", bytes.await?))
}
