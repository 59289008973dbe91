//! The key for personal fields: `personal.key` in the data folder, or `LUMBUNG_PERSONAL_KEY` for several
//! servers on one ledger. It never enters the ledger, and a backup leaves it out, so that whoever finds the
//! one cannot read the other.
//!
//! Beside it lies `personal.key.id`, by which a folder knows which key is its own: a lost key is noticed and
//! never quietly replaced by a new one that opens nothing.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::language::Text;
use store::Secret;

use crate::rooms::secret_bytes;

pub(crate) const KEY: &str = "personal.key";
const KEY_ID: &str = "personal.key.id";

/// What there is of a key.
pub(crate) enum Key {
    Ready([u8; 32]),
    /// The folder has a key of its own and it is not here.
    Missing,
    /// There is a key, and it is another one.
    Wrong,
}

/// Names a key without telling it.
pub(crate) fn id(key: &[u8; 32]) -> String {
    blake3::derive_key("lumbung 2026 name of a key", key)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn path(root: &Path) -> PathBuf {
    root.join(KEY)
}

/// Reads a key from the text of its file.
pub(crate) fn parse(text: &str) -> Option<[u8; 32]> {
    Secret::parse(text.trim()).map(|secret| secret.bytes())
}

/// The key of a folder; a folder that never had one gets one.
pub(crate) fn of(root: &Path) -> anyhow::Result<Key> {
    let (path, id_path) = (path(root), root.join(KEY_ID));
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| path.display().to_string());
    let known = if id_path.exists() { Some(read(&id_path)?.trim().to_owned()) } else { None };
    let text = match std::env::var("LUMBUNG_PERSONAL_KEY") {
        Ok(text) => Some(text),
        Err(_) if path.exists() => Some(read(&path)?),
        Err(_) => None,
    };
    let key = match (text, &known) {
        (Some(text), _) => {
            parse(&text).with_context(|| format!("{}: 64 hexadecimal digits are wanted", path.display()))?
        }
        (None, Some(_)) => return Ok(Key::Missing),
        (None, None) => {
            let secret = Secret::from_bytes(secret_bytes());
            write_private(&path, &secret.text())?;
            secret.bytes()
        }
    };
    match known {
        Some(known) if known != id(&key) => Ok(Key::Wrong),
        Some(_) => Ok(Key::Ready(key)),
        None => {
            std::fs::write(&id_path, id(&key)).with_context(|| id_path.display().to_string())?;
            Ok(Key::Ready(key))
        }
    }
}

/// Readable by its owner alone; never over an existing file.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
    Ok(file.sync_all()?)
}

/// What is wrong with the key of a folder; `None` if nothing is.
pub(crate) fn fault(root: &Path, key: &Key) -> Option<Text> {
    let shown = path(root).display().to_string();
    match key {
        Key::Missing => Some(Text::new(
            format!("kunci data pribadi tidak ada: kembalikan berkasnya ke {shown}"),
            format!("the key for personal data is missing: put the file back at {shown}"),
        )),
        Key::Wrong => Some(Text::new(
            format!("{shown} bukan kunci folder ini: kembalikan kunci yang benar"),
            format!("{shown} is not the key of this folder: put the right one back"),
        )),
        Key::Ready(_) => {
            let mode = std::fs::metadata(path(root)).ok()?.permissions().mode();
            (mode & 0o077 != 0).then(|| {
                Text::new(
                    format!("{shown} dapat dibaca orang lain: jalankan `chmod 600 {shown}`"),
                    format!("{shown} can be read by others: run `chmod 600 {shown}`"),
                )
            })
        }
    }
}
