//! The archive: append-only Parquet, manifests, dated immutable snapshots.
//!
//! Imports are added and never changed: a corrected file is a newer import whose rows supersede
//! older ones with the same key, and the older ones stay readable as history. A snapshot is a
//! dated copy of the rows that count at that moment; statistics are computed from snapshots
//! alone, so that a release can be recomputed for ever.
//!
//! This room never holds people (accounts, names of staff), never speaks SQL, and knows no clock:
//! moments and ids are passed in. A crash or a full disk at any moment leaves what was there.

mod append;
mod archive;
mod current;
mod decision;
mod disk;
mod error;
mod held;
mod history;
mod key;
mod manifest;
mod schema;
mod snapshot;
mod sorting;
mod table;

pub use append::ImportMeta;
pub use archive::Archive;
pub use disk::{Disk, DiskFile, LocalDisk};
pub use domain::held::{Value, Verdict};
pub use error::ArchiveError;
pub use history::{Previous, Version};
pub use manifest::{Column, Counts, Decision, ImportRecord, Lineage, Partition, YearCounts};
pub use schema::{ACCESS_KEY, declared_access};
pub use snapshot::{Snapshot, SnapshotManifest};

#[cfg(test)]
mod tests;
