//! Photos of projects and visits: sent from a phone, cleaned, kept under their checksum.

use askama::Template;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::delivery::{Act, Dossier, ReadDelivery};
use intake::photo::{self, CleanPhoto, PHOTO_BYTES_MAX, PhotoError};
use serde::Deserialize;
use store::delivery::photos::{self, Photo};
use tokio::sync::Semaphore;

use super::acts::{Trouble, perform};
use super::frame;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::{self, SignedIn};
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/photo.html")]
struct PhotoPage {
    shell: Shell,
    form_token: String,
    lead: String,
    error: Option<String>,
    thing: String,
    caption: String,
    after: bool,
    here: String,
    back: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    thing: String,
}

/// What was sent with a photo.
#[derive(Default)]
struct Sent {
    form_token: String,
    thing: String,
    caption: String,
    after: bool,
    people_agreed: bool,
    bytes: Vec<u8>,
}

/// A photo and the small fields around it.
pub(super) const PHOTO_FORM_BYTES_MAX: usize = PHOTO_BYTES_MAX + 64 * 1024;

/// `GET /delivery/engagements/{engagement}/photos`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let sent = Sent { thing: asked.thing, ..Sent::default() };
    page(&app, &visit, &signed_in, &dossier, &sent, None).await
}

/// `POST /delivery/engagements/{engagement}/photos`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    parts: Multipart,
) -> Result<Response, WebError> {
    guard::refuse_foreign_origin(&headers, &app)?;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let sent = receive(&signed_in, parts).await?;
    let error = match attach(&app, &visit, &signed_in, &dossier, &sent).await? {
        None => {
            let back = visit.speech.href(&format!("/delivery/engagements/{id}"));
            return Ok(Redirect::to(&back).into_response());
        }
        Some(error) => error,
    };
    let page = page(&app, &visit, &signed_in, &dossier, &sent, Some(error)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn receive(signed_in: &SignedIn, mut parts: Multipart) -> Result<Sent, WebError> {
    let mut sent = Sent::default();
    while let Some(field) = parts.next_field().await.map_err(|_| guard::incomplete())? {
        let name = field.name().unwrap_or_default().to_owned();
        // The body as a whole is limited by the route.
        let bytes = field.bytes().await.map_err(|_| WebError::TooLarge)?;
        let text = || String::from_utf8_lossy(&bytes).chars().take(500).collect::<String>();
        match name.as_str() {
            "form_token" => sent.form_token = text(),
            "thing" => sent.thing = text(),
            "caption" => sent.caption = text(),
            "moment" => sent.after = text() == "after",
            "people_agreed" => sent.people_agreed = true,
            "photo" => sent.bytes = bytes.to_vec(),
            _ => {}
        }
    }
    guard::refuse_foreign_form(&signed_in.session, &sent.form_token)?;
    Ok(sent)
}

/// Cleans, keeps and records; the words of what is wrong otherwise.
async fn attach(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    dossier: &Dossier,
    sent: &Sent,
) -> Result<Option<String>, WebError> {
    let speech = visit.speech;
    let said = |error: PhotoError| Ok(Some(speech.say(&error.text()).to_owned()));
    let cleaned = match taken(sent.bytes.clone()).await? {
        Ok(cleaned) => cleaned,
        Err(error) => return said(error),
    };
    let digest = blake3::hash(&cleaned.bytes).to_hex().to_string();
    let act = Act::AttachPhoto {
        photo: app.new_id(),
        subject: sent.thing.clone(),
        after: sent.after,
        caption: sent.caption.clone(),
        blake3: digest.clone(),
        media_type: cleaned.media_type.to_owned(),
        bytes: i64::try_from(cleaned.bytes.len()).unwrap_or(i64::MAX),
        people_agreed: sent.people_agreed,
    };
    // First the file, then the record: a record never names a file that is not there.
    keep(app, digest, cleaned.bytes).await?;
    match perform(app, signed_in, dossier, act).await {
        Ok(()) => Ok(None),
        Err(failed) => {
            let trouble = Trouble::of(app, speech, failed).await?;
            Ok(trouble.top.or_else(|| trouble.errors.into_values().next()))
        }
    }
}

/// Cleaned and shrunk, off the threads that serve, a few at a time: a large photo takes memory.
async fn taken(bytes: Vec<u8>) -> Result<Result<CleanPhoto, PhotoError>, WebError> {
    static TURNS: Semaphore = Semaphore::const_new(2);
    let _turn = TURNS.acquire().await.map_err(WebError::internal)?;
    tokio::task::spawn_blocking(move || photo::take(&bytes)).await.map_err(WebError::internal)
}

async fn keep(app: &AppState, digest: String, bytes: Vec<u8>) -> Result<(), WebError> {
    let blobs = app.config.data_dir.join("blobs");
    let kept = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let place = blobs.join(&digest);
        if place.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&blobs)?;
        let mut file = tempfile::Builder::new().prefix(".incoming-").tempfile_in(&blobs)?;
        std::io::Write::write_all(&mut file, &bytes)?;
        file.as_file().sync_all()?;
        file.persist(&place)?;
        Ok(())
    });
    kept.await.map_err(WebError::internal)?.map_err(WebError::internal)
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    dossier: &Dossier,
    sent: &Sent,
    error: Option<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let engagement = &dossier.engagement;
    let project = dossier.projects.iter().find(|project| project.id == sent.thing);
    let name = frame::enterprise_name(app, &engagement.id, &engagement.enterprise).await?;
    let about = project.map_or_else(|| name.clone(), |project| project.action.clone());
    let title = speech.t("delivery-photo");
    let back = format!("/delivery/engagements/{}", engagement.id);
    let here = format!("{back}/photos");
    let shell = frame::shell(visit, signed_in, "/delivery/engagements", title.clone());
    private_page(&PhotoPage {
        shell: frame::crumbs(shell, [(back.as_str(), name), (here.as_str(), title)])
            .synthetic_if(engagement.synthetic),
        form_token: signed_in.session.form_token.clone(),
        lead: speech.with("delivery-photo-lead", &[("about", &about)]),
        error,
        thing: sent.thing.clone(),
        caption: sent.caption.clone(),
        after: sent.after,
        here: speech.href(&here),
        back: speech.href(&back),
    })
}

/// `GET /delivery/engagements/{engagement}/photos/{photo}`
pub(super) async fn show(
    State(app): State<AppState>,
    signed_in: SignedIn,
    Path((id, photo)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let store = &app.desk.store;
    let place = store::delivery::find(store, &id).await?.ok_or(WebError::NotFound)?;
    let permit = signed_in.permit(ReadDelivery { what: id, place })?;
    let all = photos::list(store, &permit).await?;
    let found = all.into_iter().find(|one| one.id == photo).ok_or(WebError::NotFound)?;
    file(&app, &found, "private, max-age=3600").await
}

/// `GET /programme/{programme}/cases/{case}/photos/{photo}`
pub(super) async fn published(
    State(app): State<AppState>,
    Path((_, case, photo)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let all = photos::published(&app.desk.store, &case).await?;
    let found = all.into_iter().find(|one| one.id == photo).ok_or(WebError::NotFound)?;
    file(&app, &found, "public, max-age=300").await
}

async fn file(app: &AppState, photo: &Photo, kept: &'static str) -> Result<Response, WebError> {
    let path = app.config.data_dir.join("blobs").join(&photo.blake3);
    let bytes = tokio::fs::read(path).await.map_err(WebError::internal)?;
    let media_type = if photo.media_type == "image/png" { "image/png" } else { "image/jpeg" };
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, kept)];
    Ok((headers, Body::from(bytes)).into_response())
}
