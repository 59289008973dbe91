//! Releases: what was published, when, from what, and how good it is.
//!
//! A release never changes. A new vintage of a dataset is a new release that names the one it
//! follows; earlier vintages stay readable.

use serde::{Deserialize, Serialize};

use crate::language::Text;

/// Everything a reader must know about a release; stored as `release.json` beside its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `<dataset>-<number of the vintage>`, lower case, such as `npd_enterprise-3`.
    pub id: String,
    pub dataset: String,
    /// 1 for the first release of the dataset.
    pub vintage: u32,
    pub title: Text,
    pub note: Text,
    pub created_at: jiff::Timestamp,
    /// Not shown to the public before this moment.
    pub embargo_until: Option<jiff::Timestamp>,
    /// The release this one follows.
    pub supersedes: Option<String>,
    pub synthetic: bool,
    pub source: Text,
    pub licence: String,
    /// The plan, word for word: whoever holds the snapshot can recompute the release.
    pub plan: String,
    pub snapshot: SnapshotReference,
    /// Editions of the classifications used, with their checksums.
    pub classifications: Vec<Checksum>,
    /// Every file of the release, with its checksum; `verify` recomputes them.
    pub files: Vec<Checksum>,
    pub quality: QualityReport,
    /// Version of the program that made it.
    pub program: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotReference {
    pub id: String,
    pub survey: String,
    pub taken_at: jiff::Timestamp,
    /// BLAKE3 of the snapshot's manifest, in hexadecimal.
    pub checksum: String,
}

/// A named thing and the BLAKE3 of its bytes in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    pub name: String,
    pub bytes: u64,
    pub blake3: String,
}

/// How many units of one year the figures rest on, and whom they stand for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct YearCoverage {
    pub period: String,
    /// Units whose rows count.
    pub units: u64,
    /// Units in the population: counted in the frame, or the sum of the survey weights.
    /// `None`: neither is known.
    pub population: Option<f64>,
    /// The population is that of the frame and not an estimate.
    pub from_frame: bool,
    /// Units that were asked, as the survey records it. `None`: not recorded, so there is no
    /// response rate.
    pub asked: Option<u64>,
}

impl YearCoverage {
    /// Units that answered and count, of those asked, in percent.
    pub fn response_percent(&self) -> Option<f64> {
        self.asked.filter(|asked| *asked > 0).map(|asked| 100.0 * self.units as f64 / asked as f64)
    }
}

/// How good the numbers are, in figures (ESS quality reporting: accuracy, coverage).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// Rows received, and what became of them.
    pub rows_received: u64,
    pub rows_accepted: u64,
    pub rows_with_warnings: u64,
    pub rows_held: u64,
    pub rows_refused: u64,
    pub rows_imputed: u64,
    /// Held rows that somebody confirmed since, and rows that somebody took out.
    #[serde(default)]
    pub rows_confirmed: u64,
    #[serde(default)]
    pub rows_withdrawn: u64,
    /// Whom the rows stand for, year by year; empty where a row is no unit of a survey.
    #[serde(default)]
    pub coverage: Vec<YearCoverage>,
    /// Coefficient of variation of the headline measure by year, in percent; `None`: no design.
    pub variation_percent: Vec<(String, Option<f64>)>,
    /// Rows by rule that fired, most frequent first.
    pub findings: Vec<(String, u64)>,
    pub cells: u64,
    pub cells_visible: u64,
    pub cells_primary: u64,
    pub cells_complementary: u64,
    /// Share of the cells' value that is hidden, in percent, by measure.
    pub value_hidden_percent: Vec<(String, f64)>,
    /// The protection rules, in words.
    pub rules: Vec<Text>,
    /// What the audit found, in words, and whether every proof holds.
    pub audit: Text,
    pub audit_passed: bool,
    /// Cells for which only the weaker proof exists, by their codes.
    pub weaker_proofs: Vec<String>,
}
