//! Files on their way in: kept for the one who sent them, until they are accepted, discarded, or a day old.
//! They may hold names and phone numbers, so they lie in a folder that no backup takes, readable by the
//! program alone.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use axum::extract::multipart::Multipart;
use jiff::{SignedDuration, Timestamp};

use super::FILE_BYTES_MAX;
use crate::error::WebError;
use crate::office::guard::{self, SignedIn};
use crate::state::AppState;

const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) extract: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads the parts of the form; the token stands before the file. The key says what to tell the sender.
pub(super) async fn read(
    signed_in: &SignedIn,
    parts: &mut Multipart,
) -> Result<Result<Sent, &'static str>, WebError> {
    let (mut sent, mut token) = (Sent::default(), String::new());
    loop {
        let field = match parts.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => return Ok(Err("office-upload-broken")),
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            guard::refuse_foreign_form(&signed_in.session, &token)?;
        }
        let Ok(bytes) = field.bytes().await else { return Ok(Err("register-file-too-large")) };
        match name.as_str() {
            "form_token" => token = String::from_utf8_lossy(&bytes).into_owned(),
            "extract" => sent.extract = String::from_utf8_lossy(&bytes).chars().take(40).collect(),
            "file" => sent.bytes = bytes.to_vec(),
            _ => {}
        }
    }
    guard::refuse_foreign_form(&signed_in.session, &token)?;
    if sent.bytes.len() > FILE_BYTES_MAX {
        return Ok(Err("register-file-too-large"));
    }
    Ok(if sent.bytes.is_empty() { Err("office-upload-no-file") } else { Ok(sent) })
}

fn folder(app: &AppState) -> PathBuf {
    app.config.data_dir.join(".register")
}

/// Where the file of this person lies, if its name is one of ours.
pub(super) fn place(app: &AppState, signed_in: &SignedIn, digest: &str) -> Option<PathBuf> {
    let sound = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let owner: String = signed_in.actor.id.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    sound.then(|| folder(app).join(format!("{owner}-{digest}")))
}

/// Keeps a file; its digest is its name.
pub(super) async fn keep(app: &AppState, signed_in: &SignedIn, bytes: Vec<u8>) -> Result<String, WebError> {
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let place = place(app, signed_in, &digest).ok_or(WebError::NotFound)?;
    let (folder, now) = (folder(app), app.now());
    let kept = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        std::fs::create_dir_all(&folder)?;
        sweep(&folder, now)?;
        let mut options = std::fs::File::options();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(place)?;
        file.write_all(&bytes)
    });
    kept.await.map_err(WebError::internal)?.map_err(WebError::internal)?;
    Ok(digest)
}

/// Removes what nobody came back for.
fn sweep(folder: &Path, now: Timestamp) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let written = entry.metadata()?.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        if written.is_none_or(|at| now.duration_since(at) > KEPT) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) async fn forget(app: &AppState, signed_in: &SignedIn, digest: &str) -> Result<(), WebError> {
    let place = place(app, signed_in, digest).ok_or(WebError::NotFound)?;
    match tokio::fs::remove_file(place).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(WebError::internal(error)),
        _ => Ok(()),
    }
}
