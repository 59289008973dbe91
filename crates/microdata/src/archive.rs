//! The archive's folder, its lock, and the imports it holds.
//!
//! ```text
//! archive/.lock                      held by whoever writes; the system lets go when it dies
//! archive/.tmp/…                     folders being written; swept by the next writer
//! archive/<survey>/imports/<id>/     manifest.json, year=2024.parquet, …
//! archive/<survey>/decisions/<id>/   decision.json
//! archive/<survey>/snapshots/<id>/   manifest.json, year=2024.parquet, …
//! ```

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::progress::Watch;
use serde::de::DeserializeOwned;

use crate::disk::{self, Disk, LocalDisk};
use crate::error::ArchiveError;
use crate::manifest::{ImportRecord, Partition};

pub(crate) const MANIFEST: &str = "manifest.json";
/// Version of the layout and the manifests.
pub(crate) const FORMAT: u32 = 1;

/// The archive of microdata in one folder. Cheap to clone; any number may read at once, and
/// writers wait for each other, in this process and in others.
#[derive(Clone, Debug)]
pub struct Archive {
    root: PathBuf,
    disk: Arc<dyn Disk>,
}

/// The right to write, until dropped.
pub(crate) struct Lock {
    _file: File,
}

impl Archive {
    /// Opens the archive in a folder, which is made if it is not there. What a dead writer left
    /// behind is swept, unless another writer is at work.
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        Self::open_on(root, Arc::new(LocalDisk))
    }

    /// The same on another kind of disk.
    pub fn open_on(root: &Path, disk: Arc<dyn Disk>) -> Result<Self, ArchiveError> {
        disk::create_folder(&*disk, root)?;
        let archive = Archive { root: root.to_owned(), disk };
        if let Some(_lock) = archive.try_lock()? {
            archive.sweep()?;
        }
        Ok(archive)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The surveys that have anything in the archive.
    pub fn surveys(&self) -> Result<Vec<String>, ArchiveError> {
        Ok(disk::list(&self.root)?.into_iter().filter(|name| !name.starts_with('.')).collect())
    }

    /// The imports of a survey, oldest first.
    pub fn imports(&self, survey: &str) -> Result<Vec<ImportRecord>, ArchiveError> {
        let folder = self.survey_folder(survey)?.join("imports");
        let mut records = Vec::new();
        for name in disk::list(&folder)? {
            records.push(read_json::<ImportRecord>(&folder.join(name).join(MANIFEST))?);
        }
        records.sort_by_key(|record| record.sequence);
        Ok(records)
    }

    /// The import of a source file, by the BLAKE3 of its bytes in hexadecimal.
    pub fn find_import(&self, survey: &str, blake3: &str) -> Result<Option<ImportRecord>, ArchiveError> {
        let imports = self.imports(survey)?;
        Ok(imports.into_iter().find(|record| record.source_blake3.eq_ignore_ascii_case(blake3)))
    }

    /// An import by its id.
    pub fn import(&self, survey: &str, id: &str) -> Result<ImportRecord, ArchiveError> {
        let folder = self.import_folder(survey, id)?;
        if !folder.join(MANIFEST).is_file() {
            return Err(ArchiveError::NotFound { noun: "import", id: id.to_owned() });
        }
        read_json(&folder.join(MANIFEST))
    }

    /// Reads every byte of an import again and compares it with its manifest.
    pub fn verify_import(&self, record: &ImportRecord) -> Result<(), ArchiveError> {
        verify_files(&self.import_folder(&record.survey, &record.id)?, &record.files)
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(crate) fn survey_folder(&self, survey: &str) -> Result<PathBuf, ArchiveError> {
        Ok(self.root.join(check_name("survey", survey)?))
    }

    pub(crate) fn import_folder(&self, survey: &str, id: &str) -> Result<PathBuf, ArchiveError> {
        Ok(self.survey_folder(survey)?.join("imports").join(check_name("import", id)?))
    }

    /// A fresh place for a folder being written. Only with the lock.
    pub(crate) fn staging_folder(&self, name: &str) -> PathBuf {
        self.root.join(".tmp").join(name)
    }

    /// Waits until no other writer is at work, or until told to stop.
    pub(crate) fn lock(&self, watch: &dyn Watch) -> Result<Lock, ArchiveError> {
        loop {
            if let Some(lock) = self.try_lock()? {
                // Whoever wrote before may have died.
                self.sweep()?;
                return Ok(lock);
            }
            if watch.cancelled() {
                return Err(ArchiveError::Cancelled);
            }
            watch.report("archive.wait", 0, 0);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn try_lock(&self) -> Result<Option<Lock>, ArchiveError> {
        let path = self.root.join(".lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| ArchiveError::io(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(ArchiveError::io(&path, source)),
        }
    }

    fn sweep(&self) -> Result<(), ArchiveError> {
        let folder = self.root.join(".tmp");
        for name in disk::list(&folder)? {
            let path = folder.join(name);
            self.disk.remove_folder(&path).map_err(|source| ArchiveError::io(&path, source))?;
        }
        Ok(())
    }
}

/// Names become folders: nothing else may get through.
pub(crate) fn check_name<'a>(noun: &'static str, name: &'a str) -> Result<&'a str, ArchiveError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=100).contains(&name.len()) && name.bytes().all(plain) {
        Ok(name)
    } else {
        Err(ArchiveError::Name { noun, name: name.chars().take(100).collect() })
    }
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, ArchiveError> {
    serde_json::from_slice(&disk::read(path)?)
        .map_err(|error| ArchiveError::Damaged { path: path.to_owned(), message: error.to_string() })
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("manifests have text keys only");
    bytes.push(b'\n');
    bytes
}

pub(crate) fn verify_files(folder: &Path, files: &[Partition]) -> Result<(), ArchiveError> {
    for file in files {
        let path = folder.join(&file.name);
        let damaged = |message: String| ArchiveError::Damaged { path: path.clone(), message };
        if !path.is_file() {
            return Err(damaged("it is missing".into()));
        }
        let (bytes, blake3) = disk::checksum(&path)?;
        if bytes != file.bytes || blake3 != file.blake3 {
            return Err(damaged(format!("its checksum is {blake3}, the manifest says {}", file.blake3)));
        }
    }
    Ok(())
}

/// Stops long work at the next batch.
pub(crate) fn go_on(watch: &dyn Watch) -> Result<(), ArchiveError> {
    if watch.cancelled() { Err(ArchiveError::Cancelled) } else { Ok(()) }
}
