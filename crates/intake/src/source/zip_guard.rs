//! Guards against archives that unpack to more than anybody could mean.
//!
//! Every entry is inflated once and only counted, because the sizes an archive declares may lie.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::{Refusal, Stop, unreadable};
use crate::error::IntakeError;
use crate::wording::Value;

/// What a workbook may unpack to. A million rows of twenty columns are about one gigabyte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// All entries together.
    pub(super) total: u64,
    /// Beyond `ratio_from` bytes, so many times the packed size at most: real sheets reach 10 to 40.
    pub(super) ratio: u64,
    pub(super) ratio_from: u64,
    pub(super) entries: usize,
}

pub(super) const LIMITS: Limits =
    Limits { total: 8 << 30, ratio: 150, ratio_from: 64 << 20, entries: 10_000 };

/// Inflates everything, keeps nothing, and refuses what grows beyond the limits.
pub(super) fn check(path: &Path, limits: Limits) -> Result<(), Stop> {
    let file = File::open(path).map_err(IntakeError::reading(path))?;
    let packed = file.metadata().map_err(IntakeError::reading(path))?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable("XLSX", error))?;
    let allowed = limits.total.min((packed.saturating_mul(limits.ratio)).max(limits.ratio_from));
    let refuse = |unpacked: u64| {
        Err(Stop::Refused(Refusal {
            rule: "zip-bomb",
            words: vec![
                ("packed", Value::Number(packed as f64)),
                ("unpacked", Value::Number(unpacked as f64)),
                ("limit", Value::Number(allowed as f64)),
            ],
        }))
    };
    if archive.len() > limits.entries {
        return Err(unreadable("XLSX", format!("it has {} parts", archive.len())));
    }
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| unreadable("XLSX", error))?;
        declared = declared.saturating_add(entry.size());
    }
    if declared > allowed {
        return refuse(declared);
    }
    let mut unpacked = 0_u64;
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| unreadable("XLSX", error))?;
        loop {
            let count = entry.read(&mut buffer).map_err(|error| unreadable("XLSX", error))?;
            if count == 0 {
                break;
            }
            unpacked += count as u64;
            if unpacked > allowed {
                return refuse(unpacked);
            }
        }
    }
    Ok(())
}
