//! Manifests: what lies in a folder of the archive, where it came from, and its checksums.

use domain::held::Verdict;
use domain::survey::{Access, VariableType};
use serde::{Deserialize, Serialize};

/// What became of the rows of an import or a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows in the source files, refused ones included.
    pub received: u64,
    pub accepted: u64,
    pub warned: u64,
    /// Set aside; in no statistic unless confirmed later.
    pub held: u64,
    /// Not readable as a row of the survey; they are in the findings file alone.
    pub refused: u64,
    /// Held rows that somebody confirmed since.
    #[serde(default)]
    pub confirmed: u64,
    /// Rows that somebody took out since.
    #[serde(default)]
    pub withdrawn: u64,
    /// Rows that a newer row with the same key replaces.
    pub superseded: u64,
    /// Rows that count and in which a value was filled in by a rule of the survey.
    #[serde(default)]
    pub imputed: u64,
    /// Rows that count: accepted + warned + confirmed - withdrawn - superseded.
    #[serde(default)]
    pub current: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Counts) {
        self.received += other.received;
        self.accepted += other.accepted;
        self.warned += other.warned;
        self.held += other.held;
        self.refused += other.refused;
        self.confirmed += other.confirmed;
        self.withdrawn += other.withdrawn;
        self.superseded += other.superseded;
        self.imputed += other.imputed;
        self.current += other.current;
    }
}

/// One Parquet file: the rows of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    pub name: String,
    /// `None`: held rows whose year cannot be read.
    pub year: Option<i32>,
    pub rows: u64,
    pub bytes: u64,
    pub blake3: String,
}

/// One column of the files, with who may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: VariableType,
    pub access: Access,
}

/// An import as the archive holds it: `imports/<id>/manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecord {
    pub format: u32,
    pub id: String,
    pub survey: String,
    /// 1 for the first import of the survey. Rows of a later import supersede earlier ones.
    pub sequence: u64,
    pub source_name: String,
    /// BLAKE3 of the source file, in hexadecimal.
    pub source_blake3: String,
    pub imported_at: jiff::Timestamp,
    /// Id of the account, as the ledger knows it.
    pub actor: String,
    /// `superseded`: rows of earlier imports that this one replaces.
    pub counts: Counts,
    pub files: Vec<Partition>,
}

/// An import that a snapshot was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    pub import: String,
    pub sequence: u64,
    pub source_name: String,
    pub source_blake3: String,
    /// BLAKE3 of the import's manifest.
    pub manifest_blake3: String,
}

/// What became of the rows of one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearCounts {
    pub year: i32,
    #[serde(flatten)]
    pub counts: Counts,
}

/// A later decision about rows of an import: `decisions/<id>/decision.json`. Never changed; a
/// later decision about the same row prevails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub id: String,
    /// Given by the archive: 1 for the survey's first decision.
    #[serde(default)]
    pub sequence: u64,
    pub survey: String,
    pub import: String,
    /// Row numbers in the source file, as the findings name them.
    pub rows: Vec<u64>,
    pub verdict: Verdict,
    /// In the words of whoever decided.
    pub reason: String,
    pub decided_at: jiff::Timestamp,
    /// Id of the account, as the ledger knows it.
    pub actor: String,
}
