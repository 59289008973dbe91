//! The only place that touches files: what the archive asks of a disk, and the local disk.
//!
//! Everything is written into a folder of its own and becomes visible by one rename, after its
//! bytes and its folder were made durable. An object store will implement [`Disk`] later.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::ArchiveError;

/// A file being written.
pub trait DiskFile: Write + Send {
    /// Returns when the bytes will survive a loss of power.
    fn sync(&mut self) -> io::Result<()>;
}

/// What the archive asks of a disk when it writes. Tests put a failing one in its place.
pub trait Disk: Debug + Send + Sync {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// With all parents; fine if it exists.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Atomic: a reader sees nothing or everything.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalDisk;

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl Disk for LocalDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::create_new(path)?))
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}

/// A file that counts and checksums what is written into it.
pub(crate) struct SummedFile {
    file: Box<dyn DiskFile>,
    hasher: blake3::Hasher,
    bytes: u64,
    passing: bool,
}

impl SummedFile {
    pub(crate) fn create(disk: &dyn Disk, path: &Path) -> Result<Self, ArchiveError> {
        let file = disk.create(path).map_err(|source| ArchiveError::io(path, source))?;
        Ok(SummedFile { file, hasher: blake3::Hasher::new(), bytes: 0, passing: false })
    }

    /// A file that is thrown away soon: neither summed nor made durable.
    pub(crate) fn passing(disk: &dyn Disk, path: &Path) -> Result<Self, ArchiveError> {
        Ok(SummedFile { passing: true, ..Self::create(disk, path)? })
    }

    /// Makes the file durable; its length and checksum.
    pub(crate) fn finish(&mut self) -> io::Result<(u64, String)> {
        self.file.flush()?;
        if !self.passing {
            self.file.sync()?;
        }
        Ok((self.bytes, self.hasher.finalize().to_hex().to_string()))
    }
}

impl Write for SummedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if !self.passing {
            self.hasher.update(&bytes[..written]);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a small file durably.
pub(crate) fn write_file(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), ArchiveError> {
    let mut file = SummedFile::create(disk, path)?;
    file.write_all(bytes)
        .and_then(|()| file.finish().map(|_| ()))
        .map_err(|source| ArchiveError::io(path, source))
}

/// Creates a folder whose name survives a loss of power.
pub(crate) fn create_folder(disk: &dyn Disk, path: &Path) -> Result<(), ArchiveError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folder(disk, parent)?;
        disk.create_folder(path).map_err(|source| ArchiveError::io(path, source))?;
        return disk.sync_folder(parent).map_err(|source| ArchiveError::io(parent, source));
    }
    disk.create_folder(path).map_err(|source| ArchiveError::io(path, source))
}

/// A folder that nobody sees until [`Staged::commit`]; removed if that never comes.
pub(crate) struct Staged<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    committed: bool,
}

impl<'a> Staged<'a> {
    pub(crate) fn create(disk: &'a dyn Disk, path: PathBuf) -> Result<Self, ArchiveError> {
        disk.create_folder(&path).map_err(|source| ArchiveError::io(&path, source))?;
        Ok(Staged { disk, path, committed: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Shows the folder under its final name, durably. Every file in it must be durable already.
    pub(crate) fn commit(mut self, to: &Path) -> Result<(), ArchiveError> {
        let parent = to.parent().unwrap_or(Path::new("."));
        create_folder(self.disk, parent)?;
        self.disk.sync_folder(&self.path).map_err(|source| ArchiveError::io(&self.path, source))?;
        self.disk.rename(&self.path, to).map_err(|source| ArchiveError::io(to, source))?;
        self.committed = true;
        self.disk.sync_folder(parent).map_err(|source| ArchiveError::io(parent, source))
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.committed {
            // If this fails too, the next writer sweeps what is left.
            let _ = self.disk.remove_folder(&self.path);
        }
    }
}

/// The names in a folder, sorted; empty if there is no such folder.
pub(crate) fn list(path: &Path) -> Result<Vec<String>, ArchiveError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(ArchiveError::io(path, source)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| ArchiveError::io(path, source))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ArchiveError> {
    fs::read(path).map_err(|source| ArchiveError::io(path, source))
}

pub(crate) fn open(path: &Path) -> Result<File, ArchiveError> {
    File::open(path).map_err(|source| ArchiveError::io(path, source))
}

/// The length and checksum of a file that is there.
pub(crate) fn checksum(path: &Path) -> Result<(u64, String), ArchiveError> {
    let mut hasher = blake3::Hasher::new();
    let mut file = open(path)?;
    let bytes = io::copy(&mut file, &mut hasher).map_err(|source| ArchiveError::io(path, source))?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}
