//! Downloads: `/releases/{id}/download.csv` for one vintage, `/datasets/{dataset}/download.xlsx`
//! for the newest. The query of the table page narrows them. `/releases/{id}/analyses.csv` holds the
//! analyses.

use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::Response;
use domain::language::{Language, Text};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use publication::{FORMATS, Format, PublicationError, Release, Rendering, Selection};

use super::body;
use crate::error::WebError;
use crate::state::AppState;
use crate::visit::Visit;

pub(super) async fn of_release(
    State(app): State<AppState>,
    Path((id, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, WebError> {
    if let Some(ending) = file.strip_prefix("analyses.") {
        return analyses(app, visit.language(), &id, ending).await;
    }
    let format = format_of(&file)?;
    let find = move |app: &AppState, _: &Wish| app.releases.release(&id, app.now());
    download(app, visit.language(), format, query.unwrap_or_default(), find).await
}

pub(super) async fn of_dataset(
    State(app): State<AppState>,
    Path((dataset, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, WebError> {
    let format = format_of(&file)?;
    let find = move |app: &AppState, wish: &Wish| match wish.as_of {
        Some(moment) => app.releases.as_of(&dataset, moment, app.now()),
        None => app.releases.dataset(&dataset, app.now()).map(|dataset| dataset.latest().clone()),
    };
    download(app, visit.language(), format, query.unwrap_or_default(), find).await
}

/// `analyses.csv` and `analyses.json` of a release that has analyses.
async fn analyses(app: AppState, language: Language, id: &str, ending: &str) -> Result<Response, WebError> {
    let release = app.releases.release(id, app.now()).map_err(refuse)?;
    let media_type = match ending {
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        _ => return Err(WebError::NotFound),
    };
    let name = format!("{}-analyses.{ending}", release.manifest.id);
    let read = tokio::task::spawn_blocking(move || publication::analyses::read(&release)).await;
    let analyses = read.map_err(WebError::internal)?.map_err(WebError::internal)?;
    if analyses.analyses().is_empty() {
        return Err(WebError::NotFound);
    }
    let bytes = match ending {
        "csv" => publication::analyses::csv(&analyses, language),
        _ => analyses.to_bytes(),
    };
    Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "public, max-age=300")
        .body(axum::body::Body::from(bytes))
        .map_err(WebError::internal)
}

/// `download.csv` and its like; anything else is not here.
fn format_of(file: &str) -> Result<&'static dyn Format, WebError> {
    let ending = file.strip_prefix("download.").ok_or(WebError::NotFound)?;
    FORMATS.iter().copied().find(|format| format.extension() == ending).ok_or(WebError::NotFound)
}

/// What the query of a download asks for.
struct Wish {
    as_of: Option<Timestamp>,
    choices: Vec<(String, String)>,
}

/// Names of the table page that say how it is drawn and not what is in it.
const NOT_CHOICES: [&str; 8] = ["as_of", "vintage", "chart", "page", "sort", "rows", "columns", "lang"];

fn read(query: &str) -> Result<Wish, WebError> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut wish = Wish { as_of: None, choices: Vec::new() };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        if name == "as_of" && !value.is_empty() {
            wish.as_of = Some(day(&value)?);
        } else if !NOT_CHOICES.contains(&name.as_str()) {
            wish.choices.push((name, value));
        }
    }
    Ok(wish)
}

/// The end of a day, or a moment.
fn day(text: &str) -> Result<Timestamp, WebError> {
    let end = |date: jiff::civil::Date| date.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let moment = text.parse::<Timestamp>().ok();
    let moment = moment.or_else(|| Some(end(text.parse().ok()?).ok()?.timestamp()));
    moment.ok_or_else(|| {
        WebError::BadRequest(Text::new(
            format!("`{text}` bukan tanggal; tulislah seperti 2026-01-31"),
            format!("`{text}` is not a date; write it like 2026-01-31"),
        ))
    })
}

async fn download(
    app: AppState,
    language: Language,
    format: &'static dyn Format,
    query: String,
    find: impl FnOnce(&AppState, &Wish) -> Result<Release, PublicationError> + Send + 'static,
) -> Result<Response, WebError> {
    let wish = read(&query)?;
    let prepared = tokio::task::spawn_blocking(move || {
        let release = find(&app, &wish)?;
        let table = app.releases.table(&release)?;
        let choices = wish.choices.iter().map(|(name, codes)| (name.as_str(), codes.as_str()));
        let selection = Selection::parse(&table, choices)?;
        Ok::<_, PublicationError>((release, table, selection))
    })
    .await
    .map_err(WebError::internal)?;
    let (release, table, selection) = prepared.map_err(refuse)?;
    let name = format!("{}.{}", release.manifest.id, format.extension());
    let response = Response::builder()
        .header(header::CONTENT_TYPE, format.media_type())
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CONTENT_LANGUAGE, language.tag())
        .header(header::CACHE_CONTROL, "public, max-age=300");
    let body = body::written_by(move |out| {
        format.write(&Rendering::new(&release.manifest, &table, &selection, language), out)
    });
    response.body(body).map_err(WebError::internal)
}

fn refuse(error: PublicationError) -> WebError {
    match error {
        PublicationError::NoRelease { .. } | PublicationError::NoDataset { .. } => WebError::NotFound,
        PublicationError::Selection(error) => WebError::BadRequest(Text::new(
            format!("Pilihan tidak dapat dipakai: {error}"),
            format!("The choice cannot be used: {error}"),
        )),
        other => WebError::internal(other),
    }
}
