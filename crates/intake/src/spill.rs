//! What must be compared across the whole file, kept on disk so that memory stays small.
//!
//! One small record per row, in partitions by unit: all rows of one unit lie in one partition,
//! which is small enough to be sorted in memory.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::IntakeError;

/// A row, as far as it is compared with others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) unit: u128,
    pub(crate) row: u64,
    pub(crate) year: i32,
    /// Hash of the whole row, to tell a repetition from a contradiction.
    pub(crate) content: u64,
    /// Neither held nor refused.
    pub(crate) sound: bool,
    /// One per rule that looks back: value, last year's value as given, group.
    pub(crate) values: Vec<(f64, f64, u32)>,
}

/// How many numbers a record takes besides its values.
const RECORD: usize = 5;

impl Record {
    fn read(numbers: &[u64]) -> Record {
        let values = numbers[RECORD..].as_chunks::<3>().0.iter();
        Record {
            unit: u128::from(numbers[0]) << 64 | u128::from(numbers[1]),
            row: numbers[2] >> 1,
            sound: numbers[2] & 1 == 1,
            year: (numbers[3] as u32).cast_signed(),
            content: numbers[4],
            values: values
                .map(|[value, previous, group]| {
                    (f64::from_bits(*value), f64::from_bits(*previous), *group as u32)
                })
                .collect(),
        }
    }
}

/// Two independent 64-bit hashes: with a hundred million rows the chance of one false match is
/// below 1e-22.
pub(crate) fn unit_hash(unit: &str) -> u128 {
    u128::from(hash(unit.as_bytes(), 1)) << 64 | u128::from(hash(unit.as_bytes(), 2))
}

pub(crate) fn hash(bytes: &[u8], salt: u8) -> u64 {
    // Fixed keys, so that the same file gives the same partitions.
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(salt);
    hasher.write(bytes);
    hasher.finish()
}

/// Numbers written one after another.
pub(crate) struct Numbers {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Numbers {
    pub(crate) fn create(path: PathBuf) -> Result<Self, IntakeError> {
        let file = File::create(&path).map_err(IntakeError::writing(&path))?;
        Ok(Numbers { path, file: BufWriter::with_capacity(1 << 15, file) })
    }

    pub(crate) fn write<const N: usize>(&mut self, numbers: [u64; N]) -> Result<(), IntakeError> {
        for number in numbers {
            self.file.write_all(&number.to_le_bytes()).map_err(IntakeError::writing(&self.path))?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<PathBuf, IntakeError> {
        self.file.flush().map_err(IntakeError::writing(&self.path))?;
        Ok(self.path)
    }
}

/// Reads numbers back, `N` at a time, until the file ends.
pub(crate) fn numbers<const N: usize>(
    path: &Path,
) -> Result<impl Iterator<Item = Result<[u64; N], IntakeError>> + '_, IntakeError> {
    let file = File::open(path).map_err(IntakeError::reading(path))?;
    let mut rest = file.metadata().map_err(IntakeError::reading(path))?.len() / (8 * N as u64);
    let mut file = BufReader::with_capacity(1 << 17, file);
    Ok(std::iter::from_fn(move || {
        rest = rest.checked_sub(1)?;
        let mut numbers = [0; N];
        for number in &mut numbers {
            let mut bytes = [0; 8];
            if let Err(error) = file.read_exact(&mut bytes) {
                return Some(Err(IntakeError::reading(path)(error)));
            }
            *number = u64::from_le_bytes(bytes);
        }
        Some(Ok(numbers))
    }))
}

/// Records by unit.
pub(crate) struct Partitions {
    parts: Vec<Numbers>,
    /// How many values a record carries.
    values: usize,
}

impl Partitions {
    /// As many partitions as keep each one at some megabytes, up to as many files as may be open.
    pub(crate) fn create(folder: &Path, source_bytes: u64, values: usize) -> Result<Self, IntakeError> {
        let count = (source_bytes >> 22).clamp(4, 256) as usize;
        let parts = (0..count)
            .map(|part| Numbers::create(folder.join(format!("units-{part:03}"))))
            .collect::<Result<_, _>>()?;
        Ok(Partitions { parts, values })
    }

    pub(crate) fn add(&mut self, record: &Record) -> Result<(), IntakeError> {
        let part = (record.unit >> 64) as usize % self.parts.len();
        let part = &mut self.parts[part];
        part.write([
            (record.unit >> 64) as u64,
            record.unit as u64,
            record.row << 1 | u64::from(record.sound),
            record.year.cast_unsigned().into(),
            record.content,
        ])?;
        for (value, previous, group) in &record.values {
            part.write([value.to_bits(), previous.to_bits(), (*group).into()])?;
        }
        Ok(())
    }

    /// Goes through the partitions one by one, each ordered by unit, year and row.
    pub(crate) fn each(
        self,
        mut take: impl FnMut(&[Record]) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        for part in self.parts {
            let path = part.finish()?;
            let bytes = std::fs::read(&path).map_err(IntakeError::reading(&path))?;
            let numbers: Vec<u64> =
                bytes.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number)).collect();
            drop(bytes);
            let mut records: Vec<Record> =
                numbers.chunks_exact(RECORD + 3 * self.values).map(Record::read).collect();
            records.sort_unstable_by_key(|record| (record.unit, record.year, record.row));
            take(&records)?;
            std::fs::remove_file(&path).map_err(IntakeError::writing(&path))?;
        }
        Ok(())
    }
}

/// Something that only the whole file shows about one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flag {
    pub(crate) row: u64,
    /// Index of the comparison that found it.
    pub(crate) comparison: usize,
    /// What the sentence needs: the other row, or last year's value and the usual change.
    pub(crate) first: f64,
    pub(crate) second: f64,
}

/// Flags by stretches of rows, so that only one stretch is in memory at a time.
pub(crate) struct Flags {
    folder: PathBuf,
    stretches: std::collections::BTreeMap<u64, Numbers>,
}

/// Rows of a stretch: 2^21.
const STRETCH: u32 = 21;

impl Flags {
    pub(crate) fn new(folder: &Path) -> Self {
        Flags { folder: folder.to_owned(), stretches: std::collections::BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, flag: Flag) -> Result<(), IntakeError> {
        let stretch = flag.row >> STRETCH;
        if !self.stretches.contains_key(&stretch) {
            let path = self.folder.join(format!("flags-{stretch:06}"));
            self.stretches.insert(stretch, Numbers::create(path)?);
        }
        let Some(file) = self.stretches.get_mut(&stretch) else { return Ok(()) };
        file.write([flag.row, flag.comparison as u64, flag.first.to_bits(), flag.second.to_bits()])
    }

    pub(crate) fn finish(self) -> Result<FlagReader, IntakeError> {
        let mut paths = std::collections::BTreeMap::new();
        for (stretch, file) in self.stretches {
            paths.insert(stretch, file.finish()?);
        }
        Ok(FlagReader { paths, loaded: None, flags: Vec::new() })
    }
}

/// Gives back flags for rows that are asked for in rising order.
pub(crate) struct FlagReader {
    paths: std::collections::BTreeMap<u64, PathBuf>,
    loaded: Option<u64>,
    flags: Vec<Flag>,
}

impl FlagReader {
    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The flags of a row, by comparison.
    pub(crate) fn of(&mut self, row: u64) -> Result<&[Flag], IntakeError> {
        let stretch = row >> STRETCH;
        if self.loaded != Some(stretch) {
            self.loaded = Some(stretch);
            self.flags.clear();
            if let Some(path) = self.paths.get(&stretch) {
                for flag in numbers::<4>(path)? {
                    let [row, comparison, first, second] = flag?;
                    let (first, second) = (f64::from_bits(first), f64::from_bits(second));
                    self.flags.push(Flag { row, comparison: comparison as usize, first, second });
                }
                self.flags.sort_by_key(|flag| (flag.row, flag.comparison));
            }
        }
        let start = self.flags.partition_point(|flag| flag.row < row);
        let end = self.flags.partition_point(|flag| flag.row <= row);
        Ok(&self.flags[start..end])
    }
}
