//! The upload of a file: streamed to disk and hashed on the way, then entered in the ledger.
//!
//! A file is kept under the name of its BLAKE3 digest. It gets that name only when it is whole
//! and on disk, so an upload that breaks off leaves nothing behind. What is in the file is not
//! looked at here; that is the work of the check.

use std::path::Path;

use askama::Template;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::ImportSurvey;
use domain::survey::Survey;
use serde::Deserialize;
use store::imports::{self, NewImport, Received};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::guard::{self, SignedIn};
use super::{desk, workbook};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Longest text field of the form.
const FIELD_BYTES_MAX: usize = 4 * 1024;

#[derive(Template)]
#[template(path = "office/upload.html")]
struct UploadPage {
    shell: Shell,
    form_token: String,
    surveys: Vec<SurveyChoice>,
    bytes_max: String,
    period: String,
    error: Option<String>,
    /// The file is already in the books: where.
    same: Option<String>,
}

struct SurveyChoice {
    id: String,
    title: String,
    description: String,
    chosen: bool,
    template_csv: String,
    template_xlsx: String,
    variables: Vec<VariableRow>,
}

struct VariableRow {
    name: String,
    label: String,
    unit: String,
    kind: String,
    required: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    survey: String,
}

/// What was sent.
#[derive(Default)]
struct Sent {
    form_token: String,
    survey: String,
    period: String,
    file: Option<SentFile>,
}

struct SentFile {
    name: String,
    digest: String,
    bytes: u64,
}

/// Why a file was not taken in; the key of the sentence that says so, and the status.
struct Refusal(StatusCode, &'static str);

/// `GET /office/imports/new`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(chosen): Query<Chosen>,
) -> Result<Response, WebError> {
    signed_in.reads_office("upload")?;
    page(&app, &visit, &signed_in, &Sent { survey: chosen.survey, ..Sent::default() }, None, None)
}

/// `POST /office/imports`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    headers: HeaderMap,
    mut parts: Multipart,
) -> Result<Response, WebError> {
    guard::refuse_foreign_origin(&headers, &app)?;
    signed_in.reads_office("upload")?;
    let mut sent = Sent::default();
    let outcome = receive(&app, &signed_in, &mut parts, &mut sent).await?;
    let refuse = |Refusal(status, key): Refusal, sent: &Sent| {
        let error = visit.speech.with(key, &[("max", &visit.speech.bytes(app.desk.upload_bytes_max))]);
        let page = page(&app, &visit, &signed_in, sent, Some(error), None)?;
        Ok((status, page).into_response())
    };
    if let Err(refusal) = outcome {
        return refuse(refusal, &sent);
    }
    if app.content.survey(&sent.survey).is_none() {
        return refuse(Refusal(StatusCode::BAD_REQUEST, "office-upload-no-survey"), &sent);
    }
    let Ok(period) = period(&sent.period) else {
        return refuse(Refusal(StatusCode::BAD_REQUEST, "office-upload-period"), &sent);
    };
    let Some(file) = sent.file.take() else {
        return refuse(Refusal(StatusCode::BAD_REQUEST, "office-upload-no-file"), &sent);
    };

    let permit = signed_in.permit(ImportSurvey { survey: sent.survey.clone() })?;
    let new = NewImport {
        id: app.new_id(),
        period,
        file_name: file.name,
        blake3: file.digest,
        bytes: file.bytes,
        mapping: String::new(),
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    let received = imports::receive(&mut tx, &permit, &new, &app.new_id()).await?;
    tx.commit().await?;
    match received {
        Received::New { .. } => {
            Ok(Redirect::to(&visit.speech.href(&format!("/office/imports/{}", new.id))).into_response())
        }
        Received::Same(same) => {
            let page = page(&app, &visit, &signed_in, &sent, None, Some(&same.id))?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// Reads the parts of the form in the order in which the page sends them: the token stands before
/// the file, so a form that is not ours is refused before its file is read.
async fn receive(
    app: &AppState,
    signed_in: &SignedIn,
    parts: &mut Multipart,
    sent: &mut Sent,
) -> Result<Result<(), Refusal>, WebError> {
    loop {
        let field = match parts.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => return Ok(Err(Refusal(StatusCode::BAD_REQUEST, "office-upload-broken"))),
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            guard::refuse_foreign_form(&signed_in.session, &sent.form_token)?;
            match keep(app, field).await? {
                Ok(file) => sent.file = file,
                Err(refusal) => return Ok(Err(refusal)),
            }
            continue;
        }
        let Some(value) = short_text(field).await else {
            return Ok(Err(Refusal(StatusCode::BAD_REQUEST, "office-upload-broken")));
        };
        match name.as_str() {
            "form_token" => sent.form_token = value,
            "survey" => sent.survey = value,
            "period" => sent.period = value,
            _ => {}
        }
    }
    guard::refuse_foreign_form(&signed_in.session, &sent.form_token)?;
    Ok(Ok(()))
}

async fn short_text(mut field: Field<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FIELD_BYTES_MAX {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Writes the file to the blobs. `Ok(None)`: no file was chosen.
async fn keep(app: &AppState, mut field: Field<'_>) -> Result<Result<Option<SentFile>, Refusal>, WebError> {
    let name = base_name(field.file_name().unwrap_or_default());
    let blobs = app.config.data_dir.join("blobs");
    let folder = blobs.clone();
    let temporary = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        tempfile::Builder::new().prefix(".incoming-").tempfile_in(&folder)
    });
    let temporary = temporary.await.map_err(WebError::internal)?.map_err(WebError::internal)?;
    let mut file = tokio::fs::File::from_std(temporary.reopen().map_err(WebError::internal)?);
    let mut hasher = blake3::Hasher::new();
    let mut bytes = 0;
    loop {
        let chunk = match field.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => return Ok(Err(broken_off(&error))),
        };
        bytes += chunk.len() as u64;
        if bytes > app.desk.upload_bytes_max {
            return Ok(Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, "office-upload-too-large")));
        }
        hasher.update(&chunk);
        if let Err(error) = file.write_all(&chunk).await {
            return on_disk(error);
        }
    }
    if name.is_empty() && bytes == 0 {
        return Ok(Ok(None));
    }
    if bytes == 0 {
        return Ok(Err(Refusal(StatusCode::BAD_REQUEST, "office-upload-empty")));
    }
    if let Err(error) = file.sync_all().await {
        return on_disk(error);
    }
    let digest = hasher.finalize().to_hex().to_string();
    let place = blobs.join(&digest);
    let kept = tokio::task::spawn_blocking(move || give_name(temporary, &place)).await;
    if let Err(error) = kept.map_err(WebError::internal)? {
        return on_disk(error);
    }
    Ok(Ok(Some(SentFile { name, digest, bytes })))
}

/// A file with these very bytes may be there already; then one of the two is enough.
fn give_name(temporary: NamedTempFile, place: &Path) -> std::io::Result<()> {
    if !place.exists() {
        temporary.persist(place)?;
        // The name is only safe on disk once the folder is.
        if let Some(folder) = place.parent() {
            std::fs::File::open(folder)?.sync_all()?;
        }
    }
    Ok(())
}

/// A full disk is the operator's to mend, but the person must know that nothing was taken in.
fn on_disk<T>(error: std::io::Error) -> Result<Result<T, Refusal>, WebError> {
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        tracing::error!(%error, "an upload found the disk full");
        return Ok(Err(Refusal(StatusCode::INSUFFICIENT_STORAGE, "office-upload-disk-full")));
    }
    Err(WebError::internal(error))
}

fn broken_off(error: &MultipartError) -> Refusal {
    tracing::info!(%error, "an upload broke off");
    Refusal(StatusCode::BAD_REQUEST, "office-upload-broken")
}

/// The name without folders: some browsers send the whole path.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned()
}

/// A year, or nothing; refused otherwise.
fn period(text: &str) -> Result<Option<u16>, ()> {
    match text.trim() {
        "" => Ok(None),
        year => match year.parse() {
            Ok(year) if (1900..=2100).contains(&year) => Ok(Some(year)),
            _ => Err(()),
        },
    }
}

fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    sent: &Sent,
    error: Option<String>,
    same: Option<&str>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let shell = desk::shell(visit, &signed_in.session, "/office/imports", speech.t("office-upload"));
    let surveys = app.content.surveys().enumerate().map(|(position, survey)| {
        let chosen = if sent.survey.is_empty() { position == 0 } else { survey.id == sent.survey };
        choice(survey, chosen, speech)
    });
    private_page(&UploadPage {
        shell: desk::crumbs(
            shell,
            [
                ("/office/imports", speech.t("office-imports")),
                ("/office/imports/new", speech.t("office-upload")),
            ],
        ),
        form_token: signed_in.session.form_token.clone(),
        surveys: surveys.collect(),
        bytes_max: speech.bytes(app.desk.upload_bytes_max),
        period: sent.period.clone(),
        error,
        same: same.map(|import| speech.href(&format!("/office/imports/{import}"))),
    })
}

fn choice(survey: &Survey, chosen: bool, speech: Speech) -> SurveyChoice {
    SurveyChoice {
        chosen,
        title: speech.say(&survey.title).to_owned(),
        description: speech.say(&survey.description).to_owned(),
        template_csv: speech.href(&format!("/office/surveys/{}/template.csv", survey.id)),
        template_xlsx: speech.href(&format!("/office/surveys/{}/template.xlsx", survey.id)),
        id: survey.id.clone(),
        variables: survey
            .variables
            .iter()
            .map(|variable| VariableRow {
                name: variable.name.clone(),
                label: speech.say(&variable.label).to_owned(),
                unit: variable.unit.as_ref().map(|unit| speech.say(unit).to_owned()).unwrap_or_default(),
                kind: workbook::type_label(variable.variable_type, speech),
                required: variable.required,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_without_its_folders() {
        for (sent, expected) in [
            ("IBS 2025.xlsx", "IBS 2025.xlsx"),
            ("C:\\data\\ibs.csv", "ibs.csv"),
            ("../../etc/passwd", "passwd"),
            ("", ""),
        ] {
            assert_eq!(base_name(sent), expected);
        }
    }

    #[test]
    fn the_year_of_a_file_is_a_year_or_nothing() {
        for (text, expected) in [
            ("", Ok(None)),
            (" 2025 ", Ok(Some(2025))),
            ("25", Err(())),
            ("dua ribu", Err(())),
            ("99999", Err(())),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
