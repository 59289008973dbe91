//! Indicators: what is measured of an enterprise, by which formula, in which unit, and how it may be read.
//!
//! A definition carries everything without which its number must not be shown: unit, direction, whether it is
//! a magnitude or a share of enterprises, means of verification, and a version. A definition that was used
//! is never changed; a better one gets the next version.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalogue::ContentError;
use crate::formula::{Formula, PERIOD, UnitExpression};
use crate::language::Text;
use crate::observation::Stage;
use crate::syntax::{Faults, twice};

/// More than these nobody can collect well.
pub const CORE_MAX: usize = 12;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Higher,
    Lower,
    /// Neither: it describes.
    Neither,
}

impl Direction {
    /// Turns a change so that plus is better; `None` where neither way is.
    pub fn progress(self, change: f64) -> Option<f64> {
        match self {
            Direction::Higher => Some(change),
            Direction::Lower => Some(-change),
            Direction::Neither => None,
        }
    }
}

/// What the number says: how much, or how many of the enterprises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Semantic {
    /// How large it is in an enterprise. "Productivity rose by 12 percent."
    Magnitude,
    /// For how many of the enterprises it is so. "12 percent of the enterprises reported a rise."
    ShareOfEnterprises,
}

/// How two readings are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// The change in percent of the baseline.
    Percent,
    /// The difference in points of the unit.
    Points,
    /// Counts that are too small for a percentage: "3 → 1".
    Counts,
}

/// How a value can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    CompanyRecords,
    Accounts,
    Measurement,
    Observation,
    Managers,
    Workers,
}

impl Verification {
    pub const ALL: [Verification; 6] = [
        Verification::CompanyRecords,
        Verification::Accounts,
        Verification::Measurement,
        Verification::Observation,
        Verification::Managers,
        Verification::Workers,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Verification::CompanyRecords => "company-records",
            Verification::Accounts => "accounts",
            Verification::Measurement => "measurement",
            Verification::Observation => "observation",
            Verification::Managers => "managers",
            Verification::Workers => "workers",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Verification::ALL.into_iter().find(|means| means.code() == code)
    }
}

/// A number that an enterprise can give, from which indicators are computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub code: String,
    pub label: Text,
    pub unit: UnitExpression,
    /// May it be below zero? Value added and profit may.
    pub negative: bool,
}

/// One version of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    pub code: String,
    pub version: u32,
    pub core: bool,
    pub label: Text,
    pub definition: Text,
    /// Absent for a practice that exists or does not.
    pub formula: Option<Formula>,
    pub unit: UnitExpression,
    /// The unit as a table header says it.
    pub unit_label: Text,
    pub better: Direction,
    pub semantic: Semantic,
    pub comparison: Comparison,
    pub verification: Vec<Verification>,
    pub stages: Vec<Stage>,
    /// Values outside are doubtful, not wrong.
    pub plausible: (f64, f64),
    pub decimals: u8,
    pub source: Text,
}

/// All indicators of a programme with their inputs. Built by [`IndicatorSet::parse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndicatorSet {
    inputs: BTreeMap<String, Input>,
    indicators: Vec<Indicator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    input: Vec<InputEntry>,
    #[serde(default)]
    indicator: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputEntry {
    code: String,
    label: Text,
    unit: String,
    #[serde(default)]
    negative: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    version: u32,
    #[serde(default)]
    core: bool,
    label: Text,
    definition: Text,
    formula: Option<String>,
    unit: String,
    unit_label: Text,
    better: Direction,
    semantic: Semantic,
    comparison: Comparison,
    verification: Vec<Verification>,
    stages: Vec<Stage>,
    plausible: (f64, f64),
    #[serde(default)]
    decimals: u8,
    source: Text,
}

impl Indicator {
    /// In rupiah: compared only at constant prices.
    pub fn is_money(&self) -> bool {
        self.unit.has("rupiah")
    }

    /// In units of what this one enterprise makes: never added up or averaged over enterprises.
    pub fn is_own_unit(&self) -> bool {
        self.unit.has("output")
    }

    /// A yes or a no of each enterprise.
    pub fn is_practice(&self) -> bool {
        self.semantic == Semantic::ShareOfEnterprises
    }

    fn read(entry: Entry, inputs: &BTreeMap<String, Input>) -> Result<Self, Text> {
        let unit = UnitExpression::parse(&entry.unit).map_err(|error| error.text())?;
        let units = inputs.iter().map(|(code, input)| (code.clone(), input.unit.clone())).collect();
        let formula = entry.formula.as_deref().map(|text| Formula::parse(text, &units, &unit));
        let formula = formula.transpose().map_err(|error| error.text())?;
        let indicator = Indicator {
            code: entry.code,
            version: entry.version,
            core: entry.core,
            label: entry.label,
            definition: entry.definition,
            formula,
            unit,
            unit_label: entry.unit_label,
            better: entry.better,
            semantic: entry.semantic,
            comparison: entry.comparison,
            verification: entry.verification,
            stages: entry.stages,
            plausible: entry.plausible,
            decimals: entry.decimals,
            source: entry.source,
        };
        indicator.check()?;
        Ok(indicator)
    }

    fn check(&self) -> Result<(), Text> {
        let (low, high) = self.plausible;
        let wrong = [
            (
                !is_code(&self.code),
                "kodenya harus kata berhuruf kecil yang disambung tanda hubung, misalnya defect-rate",
                "the code must be lower-case words joined by hyphens, such as defect-rate",
            ),
            (self.version == 0, "versi dihitung mulai dari 1", "versions are counted from 1"),
            (
                low.partial_cmp(&high) != Some(Ordering::Less),
                "rentang wajar (`plausible`) harus dari angka kecil ke angka besar",
                "the plausible range must go from a lower to a higher number",
            ),
            (
                self.verification.is_empty(),
                "sebut dalam `verification` dengan apa nilainya dapat diperiksa",
                "say by which means a value can be verified",
            ),
            (
                !self.stages.contains(&Stage::Baseline),
                "tanpa tahap `baseline` tidak ada yang dapat dibandingkan",
                "without a baseline nothing can be compared",
            ),
            (
                self.stages.len() < 2,
                "tanpa tahap kedua tidak ada yang dapat dibandingkan",
                "without a second stage nothing can be compared",
            ),
            (
                self.formula.is_none() != self.is_practice(),
                "sebuah besaran memerlukan rumus; bagian perusahaan dijawab ya atau tidak dan tanpa rumus",
                "a magnitude needs a formula; a share of enterprises is a yes or no and has none",
            ),
            (
                self.is_practice()
                    && (self.unit.code() != "percent" || self.comparison != Comparison::Points),
                "bagian perusahaan bersatuan `percent` dan dibandingkan dalam poin (`points`)",
                "a share of enterprises is compared in points of percent",
            ),
            (
                self.comparison == Comparison::Counts && !self.unit.is_only("event"),
                "hanya hitungan kejadian (`event`) yang dibandingkan sebagai hitungan",
                "only counts of events are compared as counts",
            ),
        ];
        let found = wrong.into_iter().find(|(is_wrong, ..)| *is_wrong);
        found.map_or(Ok(()), |(_, id, en)| Err(Text::new(id, en)))
    }
}

fn period_is_built_in() -> Text {
    Text::new(
        format!("masukan `{PERIOD}` adalah panjang periode dan sudah tersedia; pakai nama lain"),
        format!("input `{PERIOD}` is the length of the period and built in; take another name"),
    )
}

fn version_twice() -> Text {
    Text::new("muncul dua kali; beri nomor versi berikutnya", "stands twice; give it the next version")
}

/// Lower-case words joined by hyphens: what addresses and files may carry.
fn is_code(code: &str) -> bool {
    let words = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    code.len() <= 60 && code.split('-').all(words)
}

impl IndicatorSet {
    /// Reads `indicators.toml`; `path` names it in errors. All that is wrong is told at once.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ContentError>> {
        let mut faults = Faults::new(path, text);
        let file: File = faults.read()?;
        let mut set = IndicatorSet::default();
        for (place, entry) in file.input.into_iter().enumerate() {
            let code = entry.code.clone();
            match UnitExpression::parse(&entry.unit) {
                _ if code == PERIOD => faults.at("input", place, period_is_built_in()),
                Err(error) => {
                    let said = error.text();
                    let said = Text::new(
                        format!("masukan `{code}`: {}", said.id),
                        format!("input `{code}`: {}", said.en),
                    );
                    faults.at("input", place, said);
                }
                Ok(unit) => {
                    let input =
                        Input { code: entry.code, label: entry.label, unit, negative: entry.negative };
                    if set.inputs.insert(code.clone(), input).is_some() {
                        faults.at("input", place, twice("masukan", "input", &code));
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        for (place, entry) in file.indicator.into_iter().enumerate() {
            let (code, version) = (entry.code.clone(), entry.version);
            let of = |said: &Text| {
                Text::new(
                    format!("indikator `{code}` versi {version}: {}", said.id),
                    format!("indicator `{code}` version {version}: {}", said.en),
                )
            };
            if !seen.insert((code.clone(), version)) {
                faults.at("indicator", place, of(&version_twice()));
            }
            match Indicator::read(entry, &set.inputs) {
                Ok(indicator) => set.indicators.push(indicator),
                Err(said) => faults.at("indicator", place, of(&said)),
            }
        }
        let core = set.current().filter(|indicator| indicator.core).count();
        if core > CORE_MAX {
            faults.add(
                format!(
                    "{core} indikator adalah inti, paling banyak boleh {CORE_MAX}: hapus `core = true` pada yang lain"
                ),
                format!("{core} indicators are core, at most {CORE_MAX} may be: make the others optional"),
            );
        }
        faults.or(set)
    }

    /// The newest version of every indicator, core ones first, in the order of the file.
    pub fn current(&self) -> impl Iterator<Item = &Indicator> {
        let newest = |indicator: &&Indicator| {
            self.indicators
                .iter()
                .all(|other| other.code != indicator.code || other.version <= indicator.version)
        };
        let core = self.indicators.iter().filter(newest).filter(|indicator| indicator.core);
        core.chain(self.indicators.iter().filter(newest).filter(|indicator| !indicator.core))
    }

    /// The newest version of one indicator.
    pub fn get(&self, code: &str) -> Option<&Indicator> {
        self.current().find(|indicator| indicator.code == code)
    }

    /// The version by which a value was computed.
    pub fn version(&self, code: &str, version: u32) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code && indicator.version == version)
    }

    /// Every version of one indicator, newest first.
    pub fn versions(&self, code: &str) -> Vec<&Indicator> {
        let mut all: Vec<&Indicator> =
            self.indicators.iter().filter(|indicator| indicator.code == code).collect();
        all.sort_by_key(|indicator| std::cmp::Reverse(indicator.version));
        all
    }

    pub fn input(&self, code: &str) -> Option<&Input> {
        self.inputs.get(code)
    }

    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs.values()
    }
}

#[cfg(test)]
mod tests;
