//! The results framework: targets, what was reached by today, and what was reported once and stays reported.
//!
//! An actual is counted from the records whenever it is asked for; a report is locked and never changes.
//! What nobody recorded is no data: it is never zero, and no target is called missed for want of records.

mod aid;

pub use aid::{AidActivity, AidOrganisation, AidSector};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalogue::ContentError;
use crate::language::Text;
use crate::syntax::{Faults, twice};

/// From what an actual is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Enterprises with a workshop that the programme's funder paid for in part.
    EnterprisesFunded,
    /// Enterprises with a workshop to which the programme's funder paid nothing.
    EnterprisesUnfunded,
    /// Case studies that are public.
    CaseStudies,
    /// People who finished the training of trainers.
    Trainers,
    /// Trainers with a certificate that has not expired.
    TrainersCertified,
    /// Providers that ran a workshop without money of the programme's funder.
    ProvidersIndependent,
    /// Pooled cost recovery in percent.
    CostRecovery,
    /// What an officer attests with evidence: nothing in the records counts it.
    Attested,
}

impl Measure {
    pub fn code(self) -> &'static str {
        match self {
            Measure::EnterprisesFunded => "enterprises-funded",
            Measure::EnterprisesUnfunded => "enterprises-unfunded",
            Measure::CaseStudies => "case-studies",
            Measure::Trainers => "trainers",
            Measure::TrainersCertified => "trainers-certified",
            Measure::ProvidersIndependent => "providers-independent",
            Measure::CostRecovery => "cost-recovery",
            Measure::Attested => "attested",
        }
    }
}

/// One thing that a phase set out to reach; every target is "at least".
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub code: String,
    pub label: Text,
    pub unit: Text,
    /// How it is counted, in a sentence.
    pub definition: Text,
    pub phase: String,
    pub value: f64,
    pub from: Date,
    pub due: Date,
    pub measure: Measure,
    #[serde(default)]
    pub decimals: u8,
    pub source: Text,
}

/// A span over which results are reported.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub code: String,
    pub label: Text,
    pub from: Date,
    pub to: Date,
}

/// Targets and periods of a programme. Built by [`Framework::parse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Framework {
    pub targets: Vec<Target>,
    pub periods: Vec<Period>,
    /// Fewer pairs than this stay hidden in every result.
    pub pairs_min: u32,
    /// Medians and quartiles need so many pairs.
    pub quantile_pairs_min: u32,
    /// The deflator by which rupiah are compared.
    pub deflator: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pairs_min: u32,
    quantile_pairs_min: u32,
    deflator: String,
    #[serde(default)]
    period: Vec<Period>,
    #[serde(default)]
    target: Vec<Target>,
}

impl Framework {
    /// Reads `targets.toml`; `path` names it in errors.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ContentError>> {
        let mut faults = Faults::new(path, text);
        let file: File = faults.read()?;
        for (place, target) in file.target.iter().enumerate() {
            let name = &target.code;
            if file.target[..place].iter().any(|other| other.code == *name) {
                faults.at("target", place, twice("target", "target", name));
            }
            if !(target.value.is_finite() && target.value > 0.0) {
                let value = target.value;
                let said = Text::new(
                    format!("target `{name}`: {value} bukan angka di atas 0"),
                    format!("target `{name}`: {value} is not a number above 0"),
                );
                faults.at("target", place, said);
            }
            if target.from >= target.due {
                let said = Text::new(
                    format!("target `{name}` jatuh tempo sebelum fasenya dimulai; periksa `from` dan `due`"),
                    format!("target `{name}` is due before its phase begins; check `from` and `due`"),
                );
                faults.at("target", place, said);
            }
        }
        for (place, period) in file.period.iter().enumerate() {
            let name = &period.code;
            if file.period[..place].iter().any(|other| other.code == *name) {
                faults.at("period", place, twice("periode", "period", name));
            }
            if period.from > period.to {
                let said = Text::new(
                    format!("periode `{name}` berakhir sebelum dimulai; periksa `from` dan `to`"),
                    format!("period `{name}` ends before it begins; check `from` and `to`"),
                );
                faults.at("period", place, said);
            }
        }
        if file.pairs_min < 3 || file.quantile_pairs_min < file.pairs_min {
            faults.add(
                "sekurangnya 3 pasangan harus berada di balik sebuah hasil (`pairs_min`), dan tidak kurang dari itu \
                 di balik sebuah median (`quantile_pairs_min`)",
                "at least 3 pairs must stand behind a result, and as many behind a median",
            );
        }
        faults.or(Framework {
            targets: file.target,
            periods: file.period,
            pairs_min: file.pairs_min,
            quantile_pairs_min: file.quantile_pairs_min,
            deflator: file.deflator,
        })
    }

    pub fn target(&self, code: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.code == code)
    }

    pub fn period(&self, code: &str) -> Option<&Period> {
        self.periods.iter().find(|period| period.code == code)
    }
}

/// What was reached, as far as the records say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Actual {
    /// `None`: nobody recorded anything of this kind, so nothing is known.
    pub value: Option<f64>,
    /// Records that could not be counted either way, such as workshops without a cost sheet.
    pub undetermined: u64,
    /// Some of the records were made by a generator.
    pub synthetic: bool,
}

impl Actual {
    /// A count: known only if there is any record of its kind.
    pub fn counted(count: u64, records: u64) -> Self {
        Actual { value: (records > 0).then_some(count as f64), ..Actual::default() }
    }
}

/// Whom trainings reached, by whether the programme's funder paid for a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    pub funded: BTreeSet<String>,
    pub unfunded: BTreeSet<String>,
    /// Only in trainings of which no money is on record.
    pub undetermined: BTreeSet<String>,
}

/// Sorts units (enterprises, providers) by the funding of the trainings they were in: `funded` says of
/// each training with money on record whether the funder paid. Once funded is funded.
pub fn reached<'a>(
    attended: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    funded: &BTreeMap<String, bool>,
) -> Reached {
    let mut reached = Reached::default();
    for (unit, training) in attended {
        let group = match training.and_then(|training| funded.get(training)) {
            Some(true) => &mut reached.funded,
            Some(false) => &mut reached.unfunded,
            None => &mut reached.undetermined,
        };
        group.insert(unit.to_owned());
    }
    reached.unfunded = &reached.unfunded - &reached.funded;
    reached.undetermined = &(&reached.undetermined - &reached.funded) - &reached.unfunded;
    reached
}

/// How a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Reached,
    /// As far as the time that has passed.
    OnCourse,
    Behind,
    /// The phase is over.
    Missed,
    /// There is no data.
    Unknown,
}

impl Status {
    pub fn code(self) -> &'static str {
        match self {
            Status::Reached => "reached",
            Status::OnCourse => "on-course",
            Status::Behind => "behind",
            Status::Missed => "missed",
            Status::Unknown => "unknown",
        }
    }
}

impl Target {
    /// How it stands at the end of `today`.
    pub fn status(&self, actual: Actual, today: Date) -> Status {
        let Some(value) = actual.value else { return Status::Unknown };
        if value >= self.value {
            return Status::Reached;
        }
        if today > self.due {
            return Status::Missed;
        }
        let days = |from: Date, to: Date| from.until(to).map_or(0.0, |span| f64::from(span.get_days()));
        let passed = days(self.from, today).max(0.0) / days(self.from, self.due).max(1.0);
        if value >= self.value * passed { Status::OnCourse } else { Status::Behind }
    }
}

/// A figure that nothing in the records counts, attested with evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAttestation {
    pub id: String,
    pub programme: String,
    pub target: String,
    /// `None`: a former figure is withdrawn; there is no data again.
    pub value: Option<f64>,
    pub as_of: Date,
    /// Where the evidence lies.
    pub evidence: String,
}

/// One figure of a locked report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedFigure {
    pub target: String,
    pub actual: Actual,
    /// The target as it stood.
    pub wanted: f64,
}

/// What was reported for a period; never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    pub id: String,
    pub programme: String,
    pub period: String,
    /// The figures are those of the end of this day.
    pub as_of: Date,
    pub figures: Vec<ReportedFigure>,
}

/// Why a figure or a report is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct Unreportable(pub Text);

impl NewAttestation {
    pub fn check(&self, framework: &Framework, today: Date) -> Result<(), Unreportable> {
        let refuse = |id: &str, en: &str| Err(Unreportable(Text::new(id, en)));
        let target = framework.target(&self.target);
        if target.is_none_or(|target| target.measure != Measure::Attested) {
            return refuse(
                "Capaian ini dihitung dari catatan dan tidak diisi dengan tangan.",
                "This actual is counted from the records and not filled in by hand.",
            );
        }
        if self.value.is_some_and(|value| !(value.is_finite() && value >= 0.0)) {
            return refuse("Isi dengan angka nol atau lebih.", "Fill in a number of zero or more.");
        }
        if self.value.is_some() && self.evidence.trim().is_empty() {
            return refuse(
                "Sebutkan buktinya: dokumen, alamat, atau notulen.",
                "Say what the evidence is: a document, an address or minutes.",
            );
        }
        if self.as_of > today {
            return refuse("Tanggalnya belum tiba.", "The date is still to come.");
        }
        Ok(())
    }
}

impl NewReport {
    pub fn check(&self, framework: &Framework, today: Date) -> Result<(), Unreportable> {
        let Some(period) = framework.period(&self.period) else {
            return Err(Unreportable(Text::new("Periode itu tidak ada.", "There is no such period.")));
        };
        if period.to >= today {
            return Err(Unreportable(Text::new(
                format!("Periode ini baru berakhir {}. Kunci laporannya setelah itu.", period.to),
                format!("This period ends on {}. Lock its report after that.", period.to),
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
