//! Paper: pages as PDF. What a document says is gathered here like a page; the press itself lies
//! outside this room and is reached through [`domain::document::Printer`].

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::document::{Body, Document, Masthead, Picture, Printer};
use store::delivery::photos::Photo;
use tokio::sync::Semaphore;

use crate::error::WebError;
use crate::speech::Speech;
use crate::state::AppState;

/// The press, and how many documents may be on it at once, so that a burst never starves the pages.
pub struct Paper {
    printer: Arc<dyn Printer>,
    turns: Arc<Semaphore>,
}

/// Photos of one thing, before and after, that a document shows at most.
const PHOTOS_EACH: usize = 2;

impl Paper {
    /// `turns` documents are set at the same time: one for each core.
    pub fn new(printer: Arc<dyn Printer>, turns: usize) -> Self {
        Paper { printer, turns: Arc::new(Semaphore::new(turns.max(1))) }
    }
}

/// The head of a document in the reader's language, dated today.
pub(crate) fn masthead(app: &AppState, speech: Speech, title: String, path: &str) -> Masthead {
    Masthead {
        language: speech.language(),
        title,
        printed: speech.date(store::delivery::day(app.now())),
        address: format!("{}{}", app.config.base_url, speech.href(path)),
        ..Masthead::default()
    }
}

/// Prints a document for one reader; nobody keeps it.
pub(crate) async fn private(
    app: &AppState,
    masthead: Masthead,
    body: Body,
    photos: &[&Photo],
) -> Result<Response, WebError> {
    answer(app, masthead, body, photos, "no-store").await
}

/// Prints a document that is the same for everybody.
pub(crate) async fn public(
    app: &AppState,
    masthead: Masthead,
    body: Body,
    photos: &[&Photo],
) -> Result<Response, WebError> {
    answer(app, masthead, body, photos, "public, max-age=300").await
}

async fn answer(
    app: &AppState,
    masthead: Masthead,
    body: Body,
    photos: &[&Photo],
    kept: &'static str,
) -> Result<Response, WebError> {
    // Wait for a turn before anything large is read.
    let turn = Arc::clone(&app.paper.turns).acquire_owned().await.map_err(WebError::internal)?;
    let code = body.code();
    let document = Document { masthead, body, pictures: pictures(app, photos).await? };
    let (printer, on) = (Arc::clone(&app.paper.printer), store::delivery::day(app.now()));
    let printed = tokio::task::spawn_blocking(move || {
        let printed = printer.print(&document, on);
        drop(turn);
        printed
    });
    let bytes = printed.await.map_err(WebError::internal)?.map_err(WebError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{code}.pdf\"")),
        (header::CACHE_CONTROL, kept.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

async fn pictures(app: &AppState, photos: &[&Photo]) -> Result<BTreeMap<String, Vec<u8>>, WebError> {
    let mut pictures = BTreeMap::new();
    for photo in photos {
        let path = app.config.data_dir.join("blobs").join(&photo.blake3);
        pictures.insert(photo.id.clone(), tokio::fs::read(path).await.map_err(WebError::internal)?);
    }
    Ok(pictures)
}

/// A photo as a document names it.
pub(crate) fn picture(speech: Speech, photo: &Photo) -> Picture {
    let key = if photo.is_after { "delivery-photo-after" } else { "delivery-photo-before" };
    let moment = speech.t(key);
    let caption = photo.caption.trim();
    let words = if caption.is_empty() { moment } else { format!("{moment}: {caption}") };
    Picture { file: photo.id.clone(), words }
}

/// The photos of one thing that a document shows: the latest few from before and from after.
pub(crate) fn pair<'a>(photos: &'a [Photo], subject: &str) -> (Vec<&'a Photo>, Vec<&'a Photo>) {
    let side = |after: bool| {
        let own: Vec<&Photo> =
            photos.iter().filter(|photo| photo.subject_id == subject && photo.is_after == after).collect();
        own[own.len().saturating_sub(PHOTOS_EACH)..].to_vec()
    };
    (side(false), side(true))
}

/// What a serial number on paper looks like: the last twelve digits of an id, in fours.
pub(crate) fn number(id: &str) -> String {
    let digits: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let last = &digits[digits.len().saturating_sub(12)..];
    let fours: Vec<String> = last.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join("-").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_on_paper_are_short_and_follow_from_the_id() {
        assert_eq!(number("01930000-0000-7000-8000-a1b2c3d4e5f6"), "A1B2-C3D4-E5F6");
        assert_eq!(number("id-7"), "ID7");
        assert_eq!(number(""), "");
    }
}
