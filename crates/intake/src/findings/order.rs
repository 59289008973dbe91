//! Findings come in two streams, both ordered by row: those of the rows themselves, and those
//! that needed the whole file. Here the two become one file.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::COLUMNS;
use crate::error::IntakeError;

/// A stream of findings on disk: row, length, line.
pub(crate) struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Spool {
    pub(crate) fn create(path: PathBuf) -> Result<Self, IntakeError> {
        let file = File::create(&path).map_err(IntakeError::writing(&path))?;
        Ok(Spool { path, file: BufWriter::with_capacity(1 << 18, file) })
    }

    pub(crate) fn add<'a>(
        &mut self,
        lines: impl Iterator<Item = (u64, &'a [u8])>,
    ) -> Result<(), IntakeError> {
        for (row, line) in lines {
            self.add_one(row, line).map_err(IntakeError::writing(&self.path))?;
        }
        Ok(())
    }

    fn add_one(&mut self, row: u64, line: &[u8]) -> std::io::Result<()> {
        self.file.write_all(&row.to_le_bytes())?;
        self.file.write_all(&(line.len() as u32).to_le_bytes())?;
        self.file.write_all(line)
    }

    fn finish(mut self) -> Result<PathBuf, IntakeError> {
        self.file.flush().map_err(IntakeError::writing(&self.path))?;
        Ok(self.path)
    }
}

/// Writes `findings.csv` from several streams and removes them. At the same row the earlier
/// stream goes first.
pub(crate) fn join(spools: Vec<Spool>, target: &Path) -> Result<(), IntakeError> {
    let mut streams = Vec::new();
    for spool in spools {
        let path = spool.finish()?;
        let file = File::open(&path).map_err(IntakeError::reading(&path))?;
        streams.push((BufReader::with_capacity(1 << 18, file), None, path));
    }
    let file = File::create(target).map_err(IntakeError::writing(target))?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let mut write = || -> std::io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        for (stream, line, _) in &mut streams {
            *line = next(stream)?;
        }
        loop {
            let nearest = streams
                .iter_mut()
                .filter_map(|(stream, line, _)| Some((line.as_ref()?.0, stream, line)))
                .min_by_key(|(row, ..)| *row);
            let Some((_, stream, line)) = nearest else { break };
            if let Some((_, bytes)) = line {
                out.write_all(bytes)?;
            }
            *line = next(stream)?;
        }
        out.flush()?;
        out.get_ref().sync_all()
    };
    write().map_err(IntakeError::writing(target))?;
    for (_, _, path) in streams {
        std::fs::remove_file(&path).map_err(IntakeError::writing(&path))?;
    }
    Ok(())
}

fn next(stream: &mut impl Read) -> std::io::Result<Option<(u64, Vec<u8>)>> {
    let mut row = [0; 8];
    match stream.read_exact(&mut row) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut line = vec![0; u32::from_le_bytes(length) as usize];
    stream.read_exact(&mut line)?;
    Ok(Some((u64::from_le_bytes(row), line)))
}
