//! Cubes on disk, unprotected: for the statistician who computed them and for `lumbung protect`.
//!
//! Parquet keeps everything: one row a cell, and the header (dimensions with their members,
//! measures with their definitions, provenance) as JSON in the file's metadata. CSV is for people
//! and other programs: codes, values and contributions, without the header.

mod csv;
pub(crate) mod parquet;

use std::path::Path;

use domain::cube::{Cube, Dimension, Provenance};
use domain::language::Text;
use domain::measure::Measure;
use serde::{Deserialize, Serialize};

use crate::error::StatisticsError;

/// What a cube says about itself besides its columns.
#[derive(Serialize, Deserialize)]
struct Header {
    dataset: String,
    title: Text,
    dimensions: Vec<Dimension>,
    level_sets: Vec<Vec<u8>>,
    measures: Vec<Measure>,
    /// Measures whose contributions are in the file.
    contributions: Vec<String>,
    provenance: Provenance,
}

impl Header {
    fn of(cube: &Cube) -> Self {
        Header {
            dataset: cube.dataset.clone(),
            title: cube.title.clone(),
            dimensions: cube.dimensions.clone(),
            level_sets: cube.level_sets.clone(),
            measures: cube.measures.clone(),
            contributions: cube.contributions.iter().map(|one| one.measure.clone()).collect(),
            provenance: cube.provenance.clone(),
        }
    }
}

/// Names of the columns with the contributions to a measure.
fn contribution_columns(measure: &str) -> [String; 4] {
    ["HOLDINGS", "LARGEST", "SECOND_LARGEST", "LARGEST_HOLDING"].map(|part| format!("{measure}__{part}"))
}

/// Writes a cube as `.parquet` or `.csv`, by the ending of the path, with up to `threads` threads.
/// The file appears whole or not at all.
pub fn write(cube: &Cube, path: &Path, threads: usize) -> Result<(), StatisticsError> {
    let failed = |error: &dyn std::fmt::Display| StatisticsError::file(path, error);
    let is_csv = match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => false,
        Some("csv") => true,
        _ => return Err(failed(&"the name of a cube must end in .parquet or .csv")),
    };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let file = std::fs::File::create(partial).map_err(|error| failed(&error))?;
    let written = if is_csv { csv::write(cube, file) } else { parquet::write(cube, file, threads) };
    let kept = written.and_then(|()| std::fs::rename(partial, path).map_err(|error| error.to_string()));
    kept.map_err(|message| {
        // What is half written is of no use; that it is gone matters less than the first error.
        let _ = std::fs::remove_file(partial);
        failed(&message)
    })
}

/// Reads a cube that [`write`] wrote as Parquet.
pub fn read(path: &Path) -> Result<Cube, StatisticsError> {
    parquet::read(path).map_err(|message| StatisticsError::file(path, message))
}

#[cfg(test)]
mod tests;
