//! `lumbung backup`: the whole data folder in one file, with a checksum of every part, while the
//! server goes on working.
//!
//! The ledger is copied first: what the archive, the blobs and the releases gain meanwhile is more
//! than the ledger knows, never less, and a job that was under way is taken again after a restore.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::language::Language;
use domain::progress::Watch;
use domain::release::Checksum;
use serde::{Deserialize, Serialize};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::blocking;
use crate::key::{self, KEY};
use crate::progress::{Bar, interruption};
use crate::rooms::{Rooms, now};
use crate::words::{FileFault, Message, say, tell};

/// The last part of a backup: what it should hold.
pub(super) const CONTENTS: &str = "backup.json";
pub(super) const LEDGER: &str = "ledger.sqlite";
const FORMAT: u32 = 1;

/// What is in a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    pub format: u32,
    pub program: String,
    pub created_at: jiff::Timestamp,
    /// `false`: the ledger is on PostgreSQL and is not in here.
    pub ledger: bool,
    pub files: Vec<Checksum>,
}

impl Contents {
    /// Reads the description of a backup; `None` if this version cannot read it.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|contents: &Contents| contents.format == FORMAT)
    }
}

pub(super) async fn run(
    data_dir: &Path,
    file: &Path,
    with_key: bool,
    language: Language,
) -> anyhow::Result<()> {
    if file.exists() {
        return Err(Message::File(FileFault::FileExists { file: file.display().to_string() }).into());
    }
    let rooms = Rooms::open(data_dir).await?;
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Beside the backup, so that a full disk is noticed there, and gone if anything fails.
    let workshop = tempfile::tempdir_in(folder).with_context(|| folder.display().to_string())?;
    let ledger = workshop.path().join(LEDGER);
    let has_ledger = rooms.store.copy_into(&ledger).await?;
    let (root, part) = (rooms.folder.root().to_owned(), workshop.path().join("backup.part"));
    let bar = Bar::new(language, interruption());
    let finished = part.clone();
    let contents = blocking(move || {
        let contents = write(&root, has_ledger.then_some(ledger.as_path()), with_key, &finished, &bar);
        bar.finish();
        contents
    })
    .await?;
    std::fs::rename(&part, file).with_context(|| file.display().to_string())?;
    File::open(folder)?.sync_all()?;
    let bytes: u64 = contents.files.iter().map(|file| file.bytes).sum();
    let (shown, count, megabytes) = (file.display(), contents.files.len(), bytes.div_ceil(1_000_000));
    tell(say(
        language,
        format!("{shown}: {count} berkas, {megabytes} MB. Isinya rahasia: simpan di tempat yang aman."),
        format!(
            "{shown}: {count} files, {megabytes} MB. Its content is confidential: keep it in a safe place."
        ),
    ))?;
    tell_of_key(&rooms, with_key, language)?;
    if !has_ledger {
        tell(say(
            language,
            "Buku besar ada di PostgreSQL dan tidak ikut: cadangkan dengan `pg_dump`.",
            "The ledger is on PostgreSQL and is not included: back it up with `pg_dump`.",
        ))?;
    }
    Ok(())
}

/// Where the key is now, and what that means.
fn tell_of_key(rooms: &Rooms, with_key: bool, language: Language) -> anyhow::Result<()> {
    let key = key::path(rooms.folder.root());
    let shown = key.display();
    if !key.exists() {
        return Ok(());
    }
    Ok(tell(match with_key {
        true => say(
            language,
            "Kunci data pribadi ikut di dalamnya: siapa pun yang memegang berkas ini dapat membaca nama dan nomor orang."
                .to_owned(),
            "The key for personal data is in it: whoever holds this file can read names and numbers of people."
                .to_owned(),
        ),
        false => say(
            language,
            format!("Kunci data pribadi tidak ikut. Simpan salinan {shown} di tempat lain: tanpa itu data pribadi hilang."),
            format!("The key for personal data is not in it. Keep a copy of {shown} elsewhere: without it personal data are lost."),
        ),
    })?)
}

fn write(
    root: &Path,
    ledger: Option<&Path>,
    with_key: bool,
    part: &Path,
    watch: &dyn Watch,
) -> anyhow::Result<Contents> {
    let named = || part.display().to_string();
    let mut writer = ZipWriter::new(private_file(part).with_context(named)?);
    let mut contents = Contents {
        format: FORMAT,
        program: format!("lumbung {}", env!("CARGO_PKG_VERSION")),
        created_at: now(),
        ledger: ledger.is_some(),
        files: Vec::new(),
    };
    let mut files = walk(root)?;
    let secrets = [KEY, "oidc.secret"];
    files.retain(|(name, _)| with_key || !secrets.contains(&name.as_str()));
    if let Some(ledger) = ledger {
        files.insert(0, (LEDGER.to_owned(), ledger.to_owned()));
    }
    let total = files.len() as u64;
    for (done, (name, path)) in files.into_iter().enumerate() {
        if watch.cancelled() {
            return Err(Message::Cancelled.into());
        }
        watch.report("backup.write", done as u64, total);
        // A file of an unfinished import may go away while we look.
        let source = match File::open(&path) {
            Ok(source) => source,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        writer.start_file(&name, options(&name)).with_context(named)?;
        contents.files.push(copy(name, BufReader::new(source), &mut writer).with_context(named)?);
    }
    writer.start_file(CONTENTS, options(CONTENTS)).with_context(named)?;
    writer.write_all(&serde_json::to_vec_pretty(&contents)?).with_context(named)?;
    writer.finish().with_context(named)?.sync_all().with_context(named)?;
    Ok(contents)
}

/// Copies and counts, with the checksum of what was copied.
pub(super) fn copy(name: String, mut from: impl Read, to: &mut impl Write) -> io::Result<Checksum> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(Checksum { name, bytes, blake3: hasher.finalize().to_hex().to_string() });
        }
        hasher.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}

/// Readable by its owner alone: it holds microdata and accounts.
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

fn options(name: &str) -> SimpleFileOptions {
    // Parquet is compressed already.
    let method = match name.ends_with(".parquet") {
        true => CompressionMethod::Stored,
        false => CompressionMethod::Deflated,
    };
    SimpleFileOptions::default().compression_method(method).large_file(true)
}

/// Every file of the folder that is worth keeping, by its path in the folder, in one order.
fn walk(root: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry.with_context(|| folder.display().to_string())?;
            let path = entry.path();
            let kind = entry.file_type().with_context(|| path.display().to_string())?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let Some(name) = relative.to_str().filter(|name| is_kept(name)) else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push((name.to_owned(), path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The ledger is copied by itself; half-written things and locks are nobody's data.
fn is_kept(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    !name.starts_with(LEDGER) && !last.starts_with('.') && !last.contains(".part-")
}
