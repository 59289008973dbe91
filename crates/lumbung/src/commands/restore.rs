//! `lumbung restore`: a backup back into an empty folder, checked byte by byte while it is unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::language::Language;
use domain::progress::Watch;
use domain::release::Checksum;
use zip::ZipArchive;

use super::backup::{CONTENTS, Contents, copy};
use super::{blocking, doctor};
use crate::progress::{Bar, interruption};
use crate::words::{FileFault, Message, say, tell};

/// A description larger than this is none of ours.
const CONTENTS_BYTES_MAX: u64 = 1 << 30;

/// What is to come of a backup.
pub(super) struct Wanted<'a> {
    /// Without it, and with `verify`, the backup is only tried out.
    pub(super) target: Option<&'a Path>,
    /// The key for personal data, if it was kept apart.
    pub(super) key: Option<&'a Path>,
    pub(super) verify: bool,
}

pub(super) async fn run(file: &Path, wanted: Wanted<'_>, language: Language) -> anyhow::Result<()> {
    let Wanted { target, key, verify } = wanted;
    if let Some(folder) = target
        && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Message::File(FileFault::NotEmpty { folder: folder.display().to_string() }).into());
    }
    // Unpacked beside the target and moved there as a whole: half a restore looks like none.
    let beside = match target {
        Some(folder) => folder.parent().filter(|parent| !parent.as_os_str().is_empty()),
        None => file.parent().filter(|parent| !parent.as_os_str().is_empty()),
    };
    let beside = beside.unwrap_or(Path::new("."));
    std::fs::create_dir_all(beside).with_context(|| beside.display().to_string())?;
    let workshop = tempfile::tempdir_in(beside).with_context(|| beside.display().to_string())?;
    let unpacked = workshop.path().join("data");

    let bar = Bar::new(language, interruption());
    let (source, into) = (file.to_owned(), unpacked.clone());
    let contents = blocking(move || {
        let contents = unpack(&source, &into, &bar);
        bar.finish();
        contents
    })
    .await?;
    tell(say(
        language,
        format!("{} berkas sama dengan saat dicadangkan ({}).", contents.files.len(), contents.created_at),
        format!(
            "{} files are the same as when they were backed up ({}).",
            contents.files.len(),
            contents.created_at
        ),
    ))?;
    if let Some(key) = key {
        put_key(key, &unpacked)?;
    }
    let key_is_there = crate::key::path(&unpacked).exists();
    if verify && contents.ledger {
        doctor::check(&unpacked, key_is_there, language).await?;
    }
    if let Some(folder) = target {
        // An empty folder in its place may go; a full one was refused above.
        if folder.exists() {
            std::fs::remove_dir(folder).with_context(|| folder.display().to_string())?;
        }
        std::fs::rename(&unpacked, folder).with_context(|| folder.display().to_string())?;
        let shown = folder.display();
        tell(say(
            language,
            format!("Dipulihkan ke {shown}. Jalankan `lumbung serve --data-dir {shown}`."),
            format!("Restored into {shown}. Run `lumbung serve --data-dir {shown}`."),
        ))?;
        if !key_is_there {
            let place = crate::key::path(folder);
            let place = place.display();
            tell(say(
                language,
                format!(
                    "Kunci data pribadi tidak ada di cadangan ini: salin personal.key Anda ke {place} sebelum melayani."
                ),
                format!(
                    "The key for personal data is not in this backup: copy your personal.key to {place} before serving."
                ),
            ))?;
        }
    }
    Ok(())
}

/// Puts a key that was kept apart into its place, if it is the one.
fn put_key(from: &Path, unpacked: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(from).with_context(|| from.display().to_string())?;
    let place = crate::key::path(unpacked);
    if !place.exists() {
        crate::key::write_private(&place, text.trim())?;
    }
    match crate::key::of(unpacked)? {
        crate::key::Key::Ready(_) => Ok(()),
        _ => Err(damaged(from, "bukan kunci dari cadangan ini", "it is not the key of this backup")),
    }
}

fn damaged(file: &Path, id: &str, en: &str) -> anyhow::Error {
    let file = file.display().to_string();
    Message::File(FileFault::Bad { file, id: id.to_owned(), en: en.to_owned() }).into()
}

fn unpack(file: &Path, into: &Path, watch: &dyn Watch) -> anyhow::Result<Contents> {
    let source = File::open(file).with_context(|| file.display().to_string())?;
    let not_a_zip = |_| {
        damaged(file, "bukan cadangan Lumbung, atau terpotong", "it is no backup of Lumbung, or was cut off")
    };
    let mut archive = ZipArchive::new(BufReader::new(source)).map_err(not_a_zip)?;
    let contents = contents(file, &mut archive)?;
    let expected: BTreeMap<&str, &Checksum> =
        contents.files.iter().map(|file| (file.name.as_str(), file)).collect();
    let mut found = 0;
    for position in 0..archive.len() {
        if watch.cancelled() {
            return Err(Message::Cancelled.into());
        }
        watch.report("backup.read", position as u64, archive.len() as u64);
        let mut entry = archive.by_index(position).map_err(not_a_zip)?;
        let name = entry.name().map(std::borrow::Cow::into_owned).map_err(not_a_zip)?;
        if name == CONTENTS {
            continue;
        }
        let changed = || {
            damaged(
                file,
                &format!("`{name}` tidak sama dengan saat dicadangkan"),
                &format!("`{name}` is not what was backed up"),
            )
        };
        let wanted = expected.get(name.as_str()).copied().ok_or_else(changed)?;
        let path = safe_path(into, &entry).ok_or_else(changed)?;
        // Never more than was promised, whatever the archive claims.
        let limited = (&mut entry).take(wanted.bytes + 1);
        match write_file(&path, &name, limited) {
            Ok(copied) if copied == *wanted => {}
            Err(error) if !is_unreadable(&error) => return Err(error),
            _ => return Err(changed()),
        }
        found += 1;
    }
    if found != expected.len() {
        return Err(damaged(file, "sebagian isinya hilang", "a part of it is missing"));
    }
    Ok(contents)
}

fn contents(file: &Path, archive: &mut ZipArchive<BufReader<File>>) -> anyhow::Result<Contents> {
    let unknown = || {
        damaged(
            file,
            "tidak ada daftar isi yang dapat dibaca versi ini",
            "it has no table of contents that this version can read",
        )
    };
    let entry = archive.by_name(CONTENTS).map_err(|_| unknown())?;
    let mut text = Vec::new();
    entry.take(CONTENTS_BYTES_MAX).read_to_end(&mut text).map_err(|_| unknown())?;
    Contents::parse(&text).ok_or_else(unknown)
}

/// Where an entry belongs; `None` if its name leads out of the folder.
fn safe_path<R: Read>(into: &Path, entry: &zip::read::ZipFile<'_, R>) -> Option<PathBuf> {
    Some(into.join(entry.enclosed_name()?))
}

fn write_file(path: &Path, name: &str, from: impl Read) -> anyhow::Result<Checksum> {
    let named = || path.display().to_string();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(named)?;
    }
    // Readable by its owner alone, as it was: keys and microdata are among them.
    let mut options = File::options();
    let to = options.write(true).create(true).truncate(true).mode(0o600).open(path).with_context(named)?;
    let mut to = BufWriter::new(to);
    let copied = copy(name.to_owned(), from, &mut to).with_context(named)?;
    to.flush().with_context(named)?;
    to.get_ref().sync_all().with_context(named)?;
    Ok(copied)
}

/// Is it the backup that cannot be read, and not the disk that cannot be written?
fn is_unreadable(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof))
    })
}
