//! Files that a command leaves behind: there as a whole, or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;

/// Writes a file beside its place and moves it there when it is complete, so that a full disk or
/// Ctrl-C leaves the file of before untouched.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let named = || path.display().to_string();
    // A pipe or a device is written to, never replaced.
    if path.exists() && !path.is_file() {
        let mut output = BufWriter::new(File::create(path).with_context(named)?);
        write(&mut output)?;
        return output.flush().with_context(named);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    let partial = tempfile::Builder::new()
        .prefix(".lumbung-")
        .permissions(permissions)
        .tempfile_in(folder)
        .with_context(named)?;
    let mut output = BufWriter::new(partial);
    write(&mut output)?;
    let partial = output.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(named)?;
    partial.persist(path).map_err(|refused| refused.error).with_context(named)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_until_the_new_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write_whole(&path, |output| Ok(output.write_all(b"first")?)).unwrap();
        let refused = write_whole(&path, |output| {
            output.write_all(b"second, and then the disk is full")?;
            anyhow::bail!("full")
        });
        assert!(refused.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written is left");
    }

    #[test]
    fn a_device_is_written_to_and_stays_a_device() {
        write_whole(Path::new("/dev/null"), |output| Ok(output.write_all(b"away")?)).unwrap();
        assert!(!Path::new("/dev/null").is_file());
    }
}
