//! The catalogue of releases: what was published, in which vintage, and what may be seen when.
//!
//! A release is a folder that never changes after it got its name. It never shows a release
//! before its embargo has passed, and it never shows a folder that is still being written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use domain::language::Text;
use domain::release::{Checksum, Manifest};
use jiff::Timestamp;

use crate::error::PublicationError;
use crate::structure::Structure;
use crate::table::Table;

/// The file with the protected cube.
pub const CUBE_FILE: &str = "cube.lumbung";
/// The file with everything a reader must know.
pub const MANIFEST_FILE: &str = "release.json";
/// The folder that is never served: proofs, audit.
pub const CONFIDENTIAL_FOLDER: &str = "confidential";

/// Tables kept in memory; a national cube takes some tens of megabytes.
const TABLES_KEPT: usize = 8;

/// A release as the catalogue knows it.
#[derive(Clone, Debug)]
pub struct Release {
    pub manifest: Arc<Manifest>,
    pub folder: PathBuf,
}

impl Release {
    /// When the public could first read it.
    pub fn published_at(&self) -> Timestamp {
        self.manifest
            .embargo_until
            .map_or(self.manifest.created_at, |until| until.max(self.manifest.created_at))
    }

    pub fn is_public(&self, now: Timestamp) -> bool {
        self.published_at() <= now
    }
}

/// A dataset with its public vintages, newest first.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub id: String,
    pub title: Text,
    pub releases: Vec<Release>,
}

impl Dataset {
    pub fn latest(&self) -> &Release {
        &self.releases[0]
    }
}

/// What is to become a release.
pub struct Draft<'a> {
    /// `files` is filled in by [`Catalogue::publish`]; everything else as it shall be read.
    pub manifest: Manifest,
    pub cube: &'a [u8],
    /// Goes into the confidential folder: the proof.
    pub confidential: &'a [(&'a str, &'a [u8])],
    /// Further public files, such as a rendered CSV.
    pub files: &'a [(&'a str, &'a [u8])],
}

/// All releases of a folder.
pub struct Catalogue {
    folder: PathBuf,
    known: RwLock<Known>,
    tables: Mutex<Vec<(String, Arc<Slot>)>>,
    /// Small and wanted together, so they stay when their tables go.
    structures: Mutex<BTreeMap<String, Arc<Structure>>>,
}

#[derive(Default)]
struct Known {
    names: Vec<String>,
    releases: BTreeMap<String, Release>,
    damaged: Vec<(String, String)>,
}

type Slot = OnceLock<Result<Arc<Table>, String>>;

impl Catalogue {
    /// Opens a folder of releases, and makes it if it is not there.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, PublicationError> {
        let folder = folder.into();
        fs::create_dir_all(&folder)
            .map_err(|source| PublicationError::Write { path: folder.clone(), source })?;
        let catalogue = Catalogue {
            folder,
            known: RwLock::default(),
            tables: Mutex::default(),
            structures: Mutex::default(),
        };
        catalogue.refresh()?;
        Ok(catalogue)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks for releases that another process published; cheap when there are none.
    pub fn refresh(&self) -> Result<(), PublicationError> {
        let names = self.names()?;
        if self.known.read().unwrap_or_else(PoisonError::into_inner).names == names {
            return Ok(());
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = Known { names, ..Known::default() };
        for name in &fresh.names {
            if let Some(release) = known.releases.get(name) {
                fresh.releases.insert(name.clone(), release.clone());
                continue;
            }
            match read_manifest(&self.folder.join(name), name) {
                Ok(release) => drop(fresh.releases.insert(name.clone(), release)),
                Err(error) => fresh.damaged.push((name.clone(), error.to_string())),
            }
        }
        *known = fresh;
        Ok(())
    }

    /// Folders that look like releases and cannot be read, with the reason.
    pub fn damaged(&self) -> Vec<(String, String)> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).damaged.clone()
    }

    /// Every release, those under embargo too: for the statistician, not for the public.
    pub fn all_releases(&self) -> Vec<Release> {
        // A folder that cannot be listed now was listed before: what is known stays readable.
        let _ = self.refresh();
        self.known.read().unwrap_or_else(PoisonError::into_inner).releases.values().cloned().collect()
    }

    /// The public datasets, in order of their ids, each with its vintages, newest first.
    pub fn datasets(&self, now: Timestamp) -> Vec<Dataset> {
        let mut datasets: BTreeMap<String, Dataset> = BTreeMap::new();
        let mut releases = self.all_releases();
        releases.retain(|release| release.is_public(now));
        releases.sort_by_key(|release| std::cmp::Reverse(release.manifest.vintage));
        for release in releases {
            let manifest = &release.manifest;
            datasets
                .entry(manifest.dataset.clone())
                .or_insert_with(|| Dataset {
                    id: manifest.dataset.clone(),
                    title: manifest.title.clone(),
                    releases: Vec::new(),
                })
                .releases
                .push(release);
        }
        datasets.into_values().collect()
    }

    /// A public dataset by its id, whatever its case.
    pub fn dataset(&self, id: &str, now: Timestamp) -> Result<Dataset, PublicationError> {
        self.datasets(now)
            .into_iter()
            .find(|dataset| dataset.id.eq_ignore_ascii_case(id))
            .ok_or_else(|| PublicationError::NoDataset { id: id.to_owned() })
    }

    /// A public release by its id.
    pub fn release(&self, id: &str, now: Timestamp) -> Result<Release, PublicationError> {
        self.any_release(id).and_then(|release| {
            if release.is_public(now) {
                Ok(release)
            } else {
                Err(PublicationError::NoRelease { id: id.into() })
            }
        })
    }

    /// A release by its id, under embargo or not: for the statistician and for `verify`.
    pub fn any_release(&self, id: &str) -> Result<Release, PublicationError> {
        self.refresh()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.releases.get(id).cloned().ok_or_else(|| PublicationError::NoRelease { id: id.to_owned() })
    }

    /// The vintage that a reader saw at a moment: the newest that was public then.
    pub fn as_of(
        &self,
        dataset: &str,
        moment: Timestamp,
        now: Timestamp,
    ) -> Result<Release, PublicationError> {
        self.dataset(dataset, now)?
            .releases
            .into_iter()
            .find(|release| release.published_at() <= moment)
            .ok_or_else(|| PublicationError::NoDataset { id: format!("{dataset} (as of {moment})") })
    }

    /// The number of the next vintage of a dataset, and the id of the release it follows.
    pub fn next_vintage(&self, dataset: &str) -> (u32, Option<String>) {
        let newest = self
            .all_releases()
            .into_iter()
            .filter(|release| release.manifest.dataset == dataset)
            .max_by_key(|release| release.manifest.vintage);
        match newest {
            Some(release) => (release.manifest.vintage + 1, Some(release.manifest.id.clone())),
            None => (1, None),
        }
    }

    /// The table of a release, read once and kept while it is in use.
    pub fn table(&self, release: &Release) -> Result<Arc<Table>, PublicationError> {
        let id = &release.manifest.id;
        let slot = {
            let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = match tables.iter().position(|(name, _)| name == id) {
                Some(position) => tables.remove(position),
                None => (id.clone(), Arc::new(Slot::new())),
            };
            let slot = entry.1.clone();
            tables.push(entry);
            if tables.len() > TABLES_KEPT {
                tables.remove(0);
            }
            slot
        };
        let read = slot.get_or_init(|| read_table(release).map(Arc::new).map_err(|error| error.to_string()));
        read.clone().map_err(|message| {
            // The next reader tries again: the disk may have been repaired meanwhile.
            let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            tables.retain(|(name, _)| name != id);
            PublicationError::Damaged { id: id.clone(), message }
        })
    }

    /// The structure of a release, without keeping its table in memory.
    pub fn structure(&self, release: &Release) -> Result<Arc<Structure>, PublicationError> {
        let id = &release.manifest.id;
        let known = self.structures.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(structure) = known {
            return Ok(structure);
        }
        let structure = self.table(release)?.structure().clone();
        let mut structures = self.structures.lock().unwrap_or_else(PoisonError::into_inner);
        structures.insert(id.clone(), structure.clone());
        Ok(structure)
    }

    /// Writes a release: all of it under its name, or nothing.
    pub fn publish(&self, draft: Draft<'_>) -> Result<Release, PublicationError> {
        let id = draft.manifest.id.clone();
        check_id(&id)?;
        for (name, _) in draft.files.iter().chain(draft.confidential) {
            check_file_name(name)?;
        }
        let target = self.folder.join(&id);
        if target.exists() {
            return Err(PublicationError::Exists { id });
        }
        // The process id keeps two writers apart; a leftover of a killed process is never listed.
        let temporary = self.folder.join(format!(".writing-{id}-{}", std::process::id()));
        let written = write_release(&temporary, draft).and_then(|()| {
            fs::rename(&temporary, &target)
                .and_then(|()| File::open(&self.folder)?.sync_all())
                .map_err(|source| PublicationError::Write { path: target.clone(), source })
        });
        if let Err(error) = written {
            let _ = fs::remove_dir_all(&temporary);
            return Err(if target.exists() { PublicationError::Exists { id } } else { error });
        }
        self.any_release(&id)
    }

    /// The files of a release whose bytes are no longer those that were published.
    pub fn changed_files(&self, release: &Release) -> Result<Vec<String>, PublicationError> {
        let mut changed = Vec::new();
        for file in &release.manifest.files {
            match fs::read(release.folder.join(&file.name)) {
                Ok(bytes) if checksum(&file.name, &bytes) == *file => {}
                _ => changed.push(file.name.clone()),
            }
        }
        Ok(changed)
    }

    fn names(&self) -> Result<Vec<String>, PublicationError> {
        let read = |source| PublicationError::Read { path: self.folder.clone(), source };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(read)? {
            let name = entry.map_err(read)?.file_name();
            if let Some(name) = name.to_str().filter(|name| check_id(name).is_ok()) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

fn read_manifest(folder: &Path, id: &str) -> Result<Release, PublicationError> {
    let path = folder.join(MANIFEST_FILE);
    let bytes = fs::read(&path).map_err(|source| PublicationError::Read { path, source })?;
    let damaged = |message: String| PublicationError::Damaged { id: id.to_owned(), message };
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| damaged(format!("{MANIFEST_FILE}: {error}")))?;
    if manifest.id != id {
        return Err(damaged(format!("{MANIFEST_FILE} says it is `{}`", manifest.id)));
    }
    Ok(Release { manifest: Arc::new(manifest), folder: folder.to_owned() })
}

fn read_table(release: &Release) -> Result<Table, PublicationError> {
    let path = release.folder.join(CUBE_FILE);
    let bytes = fs::read(&path).map_err(|source| PublicationError::Read { path, source })?;
    Table::read(&bytes)
        .map_err(|message| PublicationError::Damaged { id: release.manifest.id.clone(), message })
}

fn write_release(folder: &Path, draft: Draft<'_>) -> Result<(), PublicationError> {
    let _ = fs::remove_dir_all(folder);
    let confidential = folder.join(CONFIDENTIAL_FOLDER);
    fs::create_dir_all(&confidential)
        .map_err(|source| PublicationError::Write { path: confidential.clone(), source })?;
    keep_private(&confidential)?;
    let mut manifest = draft.manifest;
    manifest.files.clear();
    let mut write = |name: String, bytes: &[u8]| {
        write_file(&folder.join(&name), bytes)?;
        manifest.files.push(checksum(&name, bytes));
        Ok::<(), PublicationError>(())
    };
    write(CUBE_FILE.to_owned(), draft.cube)?;
    for (name, bytes) in draft.confidential {
        write(format!("{CONFIDENTIAL_FOLDER}/{name}"), bytes)?;
    }
    for (name, bytes) in draft.files {
        write((*name).to_owned(), bytes)?;
    }
    let mut text = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::from)?;
    text.push(b'\n');
    write_file(&folder.join(MANIFEST_FILE), &text)?;
    for path in [&confidential, folder] {
        File::open(path)
            .and_then(|handle| handle.sync_all())
            .map_err(|source| PublicationError::Write { path: path.to_owned(), source })?;
    }
    Ok(())
}

#[cfg(unix)]
fn keep_private(folder: &Path) -> Result<(), PublicationError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .map_err(|source| PublicationError::Write { path: folder.to_owned(), source })
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<(), PublicationError> {
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), PublicationError> {
    File::create(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|source| PublicationError::Write { path: path.to_owned(), source })
}

fn checksum(name: &str, bytes: &[u8]) -> Checksum {
    Checksum {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        blake3: blake3::hash(bytes).to_hex().to_string(),
    }
}

fn check_id(id: &str) -> Result<(), PublicationError> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    let starts_well = id.as_bytes().first().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if starts_well && id.len() <= 100 && id.bytes().all(good) {
        Ok(())
    } else {
        Err(PublicationError::Name { id: id.to_owned() })
    }
}

fn check_file_name(name: &str) -> Result<(), PublicationError> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let taken = [CUBE_FILE, MANIFEST_FILE, CONFIDENTIAL_FOLDER].contains(&name);
    if !taken && !name.is_empty() && !name.starts_with('.') && name.bytes().all(good) {
        Ok(())
    } else {
        Err(PublicationError::FileName { name: name.to_owned() })
    }
}
