//! Files on their way in: kept for the one who sent them, until they are accepted, discarded, or a day old.
//!
//! They may hold names and phone numbers. Of a file only the rows of known columns are kept, sealed with the
//! personal key, in a folder that no backup takes; the file itself is gone once it was read.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use axum::extract::multipart::Multipart;
use domain::enterprise::batch::Row;
use domain::language::Text;
use intake::sheet::{Headings, Sheet, SheetError, read_sheet};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::{FILE_BYTES_MAX, ROWS_MAX};
use crate::error::WebError;
use crate::office::guard::{self, SignedIn};
use crate::state::AppState;

const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A file is read within moments; what lies longer was left by a program that stopped.
const READ: SignedDuration = SignedDuration::from_mins(10);
/// The beginning of the name of a file that is being read.
const READING: &str = "reading-";
/// The end of the name of a file that is being entered.
const ENTERING: &str = "-entering";

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) extract: String,
    pub(super) bytes: Vec<u8>,
}

/// What is kept of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The table of another system as which it is read; empty for the own template.
    pub(super) extract: String,
    pub(super) rows: Vec<Row>,
    /// By field: the heading under which it was found.
    pub(super) columns: BTreeMap<String, String>,
    /// Headings that mean nothing here; what stood under them is not kept.
    pub(super) unread: Vec<String>,
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

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join(".register")
}

/// Under which name the file of this person lies, if `digest` is one of ours.
fn name(signed_in: &SignedIn, digest: &str) -> Result<String, WebError> {
    let sound = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let owner: String = signed_in.actor.id.chars().filter(char::is_ascii_alphanumeric).collect();
    if sound { Ok(format!("{owner}-{digest}")) } else { Err(WebError::NotFound) }
}

/// Reads a file and keeps its rows; its digest is its name. The words say why it is none of ours.
pub(super) async fn keep(
    app: &AppState,
    signed_in: &SignedIn,
    sent: Sent,
    headings: Headings,
) -> Result<Result<String, Text>, WebError> {
    let digest = blake3::hash(&sent.bytes).to_hex().to_string();
    let name = name(signed_in, &digest)?;
    let (app, folder) = (app.clone(), folder(&app.config.data_dir));
    let work = move || -> Result<Result<String, Text>, WebError> {
        std::fs::create_dir_all(&folder).map_err(WebError::internal)?;
        let sheet = match sheet(&folder, &sent.bytes, &headings)? {
            Ok(sheet) => sheet,
            Err(words) => return Ok(Err(words)),
        };
        let Sheet { rows, columns, unread } = sheet;
        let kept = Kept { extract: sent.extract, rows, columns, unread };
        let plain = serde_json::to_vec(&kept).map_err(WebError::internal)?;
        let sealed = app.desk.store.seal(&format!("register-file/{name}"), &plain)?;
        write(&folder.join(name), &sealed, app.now()).map_err(WebError::internal)?;
        Ok(Ok(digest))
    };
    tokio::task::spawn_blocking(work).await.map_err(WebError::internal)?
}

/// The readers of formats want a file: it lies there while it is read, readable by the program alone.
fn sheet(folder: &Path, bytes: &[u8], headings: &Headings) -> Result<Result<Sheet, Text>, WebError> {
    let file = tempfile::Builder::new().prefix(READING).tempfile_in(folder);
    let mut file = file.map_err(WebError::internal)?;
    file.write_all(bytes).map_err(WebError::internal)?;
    match read_sheet(file.path(), headings, &["name", "region"], ROWS_MAX) {
        Ok(sheet) => Ok(Ok(sheet)),
        Err(SheetError::Refused(words)) => Ok(Err(words)),
        Err(SheetError::Failed(error)) => Err(WebError::internal(error)),
    }
}

fn write(place: &Path, sealed: &[u8], now: Timestamp) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(place)?;
    file.write_all(sealed)?;
    file.set_modified(now.into())
}

/// What is kept of a file, for whoever sent it.
pub(super) async fn open(app: &AppState, signed_in: &SignedIn, digest: &str) -> Result<Kept, WebError> {
    let name = name(signed_in, digest)?;
    let app = app.clone();
    let work = move || -> Result<Kept, WebError> {
        let sealed =
            std::fs::read(folder(&app.config.data_dir).join(&name)).map_err(|_| WebError::NotFound)?;
        let plain = match app.desk.store.unseal(&format!("register-file/{name}"), &sealed) {
            Err(StoreError::WrongKey { .. }) => return Err(WebError::NotFound),
            plain => plain?,
        };
        serde_json::from_slice(&plain).map_err(WebError::internal)
    };
    tokio::task::spawn_blocking(work).await.map_err(WebError::internal)?
}

/// Takes the file aside to enter it. `false`: somebody does that already, or it is done.
pub(super) async fn begin(app: &AppState, signed_in: &SignedIn, digest: &str) -> Result<bool, WebError> {
    let place = folder(&app.config.data_dir).join(name(signed_in, digest)?);
    Ok(tokio::fs::rename(&place, aside(&place)).await.is_ok())
}

/// Puts the file back: it was not entered to its end and may be sent again.
pub(super) async fn give_back(app: &AppState, signed_in: &SignedIn, digest: &str) -> Result<(), WebError> {
    let place = folder(&app.config.data_dir).join(name(signed_in, digest)?);
    tokio::fs::rename(aside(&place), place).await.map_err(WebError::internal)
}

fn aside(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(ENTERING);
    place.with_file_name(name)
}

/// Removes the file, wherever it stands.
pub(super) async fn forget(app: &AppState, signed_in: &SignedIn, digest: &str) -> Result<(), WebError> {
    let place = folder(&app.config.data_dir).join(name(signed_in, digest)?);
    for place in [aside(&place), place] {
        match tokio::fs::remove_file(place).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(WebError::internal(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Removes what nobody came back for; how many files that were.
pub fn sweep_files(data_dir: &Path, now: Timestamp) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(folder(data_dir)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut gone = 0;
    for entry in entries {
        let entry = entry?;
        let written = entry.metadata()?.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let reading = entry.file_name().to_string_lossy().starts_with(READING);
        if written.is_none_or(|at| now.duration_since(at) > if reading { READ } else { KEPT }) {
            std::fs::remove_file(entry.path())?;
            gone += 1;
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_came_back_for_is_removed_after_a_day() {
        let data = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        assert_eq!(sweep_files(data.path(), now).unwrap(), 0, "no folder yet");
        let files = folder(data.path());
        std::fs::create_dir(&files).unwrap();
        let left = || {
            let mut names: Vec<String> = std::fs::read_dir(&files)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        for (name, hours) in [("ani-1", 25), ("ani-2", 23), ("ani-3-entering", 25), ("reading-x", 1)] {
            write(&files.join(name), b"x", now - SignedDuration::from_hours(hours)).unwrap();
        }
        write(&files.join("reading-y"), b"x", now - SignedDuration::from_mins(9)).unwrap();
        assert_eq!(sweep_files(data.path(), now).unwrap(), 3);
        assert_eq!(left(), ["ani-2", "reading-y"]);
        assert_eq!(sweep_files(data.path(), now + SignedDuration::from_hours(2)).unwrap(), 2);
        assert!(left().is_empty());
    }
}
