//! Observations: what was measured of an enterprise, at which stage, by what evidence.
//!
//! An observation is never overwritten: a correction is a new one that names the old. "Not tracked,
//! because …" is a lawful answer and never zero. What is doubtful is kept and held, not dropped.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Severity;
use crate::formula::PERIOD;
use crate::indicator::{Comparison, Indicator, Verification};
use crate::language::Text;

mod rules;

pub use rules::{Circumstances, Doubt, examine};

/// When in the life of an engagement a value is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Baseline,
    /// After the visits of one module; names the training.
    AfterModule,
    Final,
    #[serde(rename = "follow-up-6")]
    FollowUp6,
    #[serde(rename = "follow-up-12")]
    FollowUp12,
}

impl Stage {
    pub const ALL: [Stage; 5] =
        [Stage::Baseline, Stage::AfterModule, Stage::Final, Stage::FollowUp6, Stage::FollowUp12];

    pub fn code(self) -> &'static str {
        match self {
            Stage::Baseline => "baseline",
            Stage::AfterModule => "after-module",
            Stage::Final => "final",
            Stage::FollowUp6 => "follow-up-6",
            Stage::FollowUp12 => "follow-up-12",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Stage::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// Why an enterprise does not keep a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotTracked {
    /// Nobody writes it down yet.
    NoRecords,
    /// It is written down and not given.
    Declined,
    /// It does not occur in this enterprise.
    NotApplicable,
    /// It is written down, and cannot be had in time.
    NotAvailable,
}

impl NotTracked {
    pub const ALL: [NotTracked; 4] =
        [NotTracked::NoRecords, NotTracked::Declined, NotTracked::NotApplicable, NotTracked::NotAvailable];

    pub fn code(self) -> &'static str {
        match self {
            NotTracked::NoRecords => "no-records",
            NotTracked::Declined => "declined",
            NotTracked::NotApplicable => "not-applicable",
            NotTracked::NotAvailable => "not-available",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        NotTracked::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The inputs of the indicator's formula, in their declared units.
    Inputs(BTreeMap<String, f64>),
    /// The indicator itself, in its own unit; for a practice 1 (it exists) or 0.
    Value(f64),
    NotTracked(NotTracked),
}

/// An observation to be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewObservation {
    pub id: String,
    pub programme: String,
    pub indicator: String,
    /// Version of the definition by which it was asked.
    pub version: u32,
    pub enterprise: String,
    pub engagement: String,
    pub training: Option<String>,
    pub stage: Stage,
    pub from: Date,
    pub to: Date,
    pub reading: Reading,
    /// What one unit of output is in this enterprise ("mangkuk", "ton SIR-20"); empty where it has none.
    pub output_unit: String,
    pub verification: Option<Verification>,
    /// Where the evidence lies, or what was seen; never names of workers.
    pub evidence: String,
    /// The observation that this one corrects.
    pub replaces: Option<String>,
    /// Made by a generator and not by an enterprise.
    #[serde(default)]
    pub synthetic: bool,
}

/// How far a value may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// No check found anything.
    Sound,
    /// Held until somebody confirms or rejects it; counted in no result.
    Doubtful,
    /// Doubtful, looked at, and kept.
    Confirmed,
    /// Looked at and put aside.
    Rejected,
}

impl Quality {
    pub const ALL: [Quality; 4] = [Quality::Sound, Quality::Doubtful, Quality::Confirmed, Quality::Rejected];

    pub fn code(self) -> &'static str {
        match self {
            Quality::Sound => "sound",
            Quality::Doubtful => "doubtful",
            Quality::Confirmed => "confirmed",
            Quality::Rejected => "rejected",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Quality::ALL.into_iter().find(|quality| quality.code() == code)
    }

    /// May it stand in a result?
    pub fn counts(self) -> bool {
        matches!(self, Quality::Sound | Quality::Confirmed)
    }
}

/// An observation as the ledger keeps it: computed, judged, dated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub new: NewObservation,
    /// In the unit of the indicator; absent if not tracked.
    pub value: Option<f64>,
    pub quality: Quality,
    pub doubts: Vec<Doubt>,
}

/// Why an observation cannot be recorded at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct Unrecordable(pub Text);

impl NewObservation {
    /// The value in the unit of the indicator, or why there is none. `None`: not tracked, lawfully.
    pub fn value(&self, indicator: &Indicator) -> Result<Option<f64>, Unrecordable> {
        match &self.reading {
            Reading::NotTracked(_) => Ok(None),
            Reading::Value(value) if indicator.is_practice() && *value != 0.0 && *value != 1.0 => {
                Err(Unrecordable(Text::new("Jawabannya ya atau tidak.", "The answer is yes or no.")))
            }
            Reading::Value(value) if value.is_finite() => Ok(Some(*value)),
            Reading::Value(_) => Err(Unrecordable(Text::new(
                "Isi dengan angka, atau pilih \"tidak dicatat\".",
                "Fill in a number, or choose \"not tracked\".",
            ))),
            Reading::Inputs(inputs) => {
                let Some(formula) = &indicator.formula else {
                    return Err(Unrecordable(Text::new(
                        "Jawabannya ya atau tidak.",
                        "The answer is yes or no.",
                    )));
                };
                let years = self.years();
                let value = |name: &str| if name == PERIOD { years } else { inputs.get(name).copied() };
                formula.evaluate(&value).map(Some).map_err(|error| Unrecordable(error.text()))
            }
        }
    }

    /// Length of the period in years, both days included.
    fn years(&self) -> Option<f64> {
        let days = self.from.until(self.to).ok()?.get_days() + 1;
        (days > 0).then(|| {
            // Whole months and quarters come out as such: a year has twelve equal months.
            let months =
                (self.to.year() - self.from.year()) * 12 + i16::from(self.to.month() - self.from.month()) + 1;
            let whole = self.from.day() == 1 && self.to.day() == self.to.days_in_month();
            if whole { f64::from(months) / 12.0 } else { f64::from(days) / 365.25 }
        })
    }

    /// What is counted, in a form that two spellings share.
    pub fn output(&self) -> String {
        self.output_unit.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

/// The change from a baseline to a later value, in percent or points; `None` where a percentage has no
/// meaning.
pub fn change(indicator: &Indicator, baseline: f64, later: f64) -> Option<f64> {
    match indicator.comparison {
        Comparison::Percent if baseline <= 0.0 => None,
        Comparison::Percent => Some((later / baseline - 1.0) * 100.0),
        Comparison::Points if indicator.is_practice() => Some((later - baseline) * 100.0),
        Comparison::Points | Comparison::Counts => Some(later - baseline),
    }
}

/// The gravest severity among doubts.
fn gravest(doubts: &[Doubt]) -> Option<Severity> {
    doubts.iter().map(|doubt| doubt.severity).max()
}

#[cfg(test)]
mod tests;
