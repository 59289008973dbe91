//! Empty forms of a survey, so that nobody has to guess the names of the columns.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::guard::SignedIn;
use super::workbook;
use crate::error::WebError;
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /office/surveys/{survey}/template.csv`: one line with the names of the columns.
pub(super) async fn csv(
    State(app): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let survey = app.content.survey(&id).ok_or(WebError::NotFound)?;
    let names: Vec<&str> = survey.variables.iter().map(|variable| variable.name.as_str()).collect();
    // Names of variables are lower-case words; nothing in them needs quoting.
    Ok(file(&id, "csv", "text/csv; charset=utf-8", format!("{}\r\n", names.join(",")).into_bytes()))
}

/// `GET /office/surveys/{survey}/template.xlsx`: the same with labels, units and types explained.
pub(super) async fn xlsx(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    signed_in.reads_office(&id)?;
    let survey = app.content.survey(&id).ok_or(WebError::NotFound)?;
    Ok(file(&id, "xlsx", workbook::CONTENT_TYPE, workbook::template(survey, visit.speech)?))
}

fn file(survey: &str, extension: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{survey}.{extension}\"")),
    ];
    (headers, bytes).into_response()
}
