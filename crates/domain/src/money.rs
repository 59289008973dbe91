//! The ledger of a programme's trainings: what they cost, who paid, and how much was recovered.
//!
//! Rupiah are whole numbers and never rounded here. Cost recovery is the part of the direct cost that was
//! not paid by the programme's own funder: pooled (all costs added up first) and as the mean over trainings,
//! never one for the other. What is given in kind is told apart. An entry is never changed: a correction
//! names the old one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalogue::ContentError;
use crate::language::Text;
use crate::syntax::{Faults, twice};

mod scenario;
mod words;

pub use scenario::{Estimate, Scenario, estimate};
pub use words::in_words;

/// Whole rupiah.
pub type Rupiah = i64;

/// Larger amounts are slips of the pen, and sums of many stay far from overflow.
pub const AMOUNT_MAX: Rupiah = 1_000_000_000_000;

/// By what a cost grows; for what-if calculations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    Training,
    WorkshopDay,
    Visit,
    Enterprise,
    ParticipantDay,
}

/// What money is spent on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub code: String,
    pub label: Text,
    /// Part of the direct cost of training? Staff of the programme is not.
    pub direct: bool,
    pub basis: Basis,
    /// Rupiah for one of its basis, for what-if calculations; an assumption and not a price.
    #[serde(default)]
    pub assumed: Rupiah,
}

/// Who pays.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    pub code: String,
    pub label: Text,
    /// Does its money count as recovered? That of the programme's own funder does not.
    pub recovers: bool,
}

/// Categories and payers of a programme, `costs.toml`. Built by [`Costs::parse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Costs {
    pub definition: Text,
    pub source: Text,
    pub categories: Vec<Category>,
    pub payers: Vec<Payer>,
    /// Said beside every what-if.
    pub assumption: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    definition: Text,
    source: Text,
    assumption: Text,
    category: Vec<Category>,
    payer: Vec<Payer>,
}

impl Costs {
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ContentError>> {
        let mut faults = Faults::new(path, text);
        let file: File = faults.read()?;
        for (place, category) in file.category.iter().enumerate() {
            let name = &category.code;
            if file.category[..place].iter().any(|other| other.code == *name) {
                faults.at("category", place, twice("jenis biaya", "category", name));
            }
            if !(0..=AMOUNT_MAX).contains(&category.assumed) {
                let said = Text::new(
                    format!(
                        "jenis biaya `{name}`: andaian {} di luar 0 sampai {AMOUNT_MAX}",
                        category.assumed
                    ),
                    format!(
                        "category `{name}`: the assumed {} is not between 0 and {AMOUNT_MAX}",
                        category.assumed
                    ),
                );
                faults.at("category", place, said);
            }
        }
        for (place, payer) in file.payer.iter().enumerate() {
            if file.payer[..place].iter().any(|other| other.code == payer.code) {
                faults.at("payer", place, twice("pembayar", "payer", &payer.code));
            }
        }
        if !file.category.iter().any(|category| category.direct) {
            faults.add(
                "tidak ada jenis biaya langsung, jadi tidak ada yang dapat dipulihkan: tulis `direct = true` pada \
                 sekurangnya satu",
                "no category is direct, so nothing could be recovered: write `direct = true` for at least one",
            );
        }
        faults.or(Costs {
            definition: file.definition,
            source: file.source,
            categories: file.category,
            payers: file.payer,
            assumption: file.assumption,
        })
    }

    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.code == code)
    }

    pub fn payer(&self, code: &str) -> Option<&Payer> {
        self.payers.iter().find(|payer| payer.code == code)
    }
}

/// Which side of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Of this category.
    Cost(String),
    /// By this payer.
    Contribution(String),
}

/// An entry to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    pub id: String,
    pub programme: String,
    /// What groups entries for the mean: the training, or the engagement where one enterprise was served
    /// alone.
    pub training: String,
    /// The provider.
    pub organisation: String,
    pub phase: String,
    pub module: String,
    pub product: String,
    /// Where it was held.
    pub region: String,
    pub on: Date,
    pub side: Side,
    pub in_kind: bool,
    pub amount: Rupiah,
    /// Number of an invoice or receipt, or how a gift in kind was valued.
    pub evidence: String,
    pub replaces: Option<String>,
    #[serde(default)]
    pub synthetic: bool,
}

/// Why an entry cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct NotBooked(pub Text);

impl NewEntry {
    pub fn check(&self, costs: &Costs, today: Date) -> Result<(), NotBooked> {
        let refuse = |id: String, en: String| Err(NotBooked(Text::new(id, en)));
        if !(1..=AMOUNT_MAX).contains(&self.amount) {
            return refuse(
                format!("Jumlah {} di luar 1 sampai {AMOUNT_MAX} rupiah.", self.amount),
                format!("The amount {} is not between 1 and {AMOUNT_MAX} rupiah.", self.amount),
            );
        }
        if self.on > today {
            return refuse("Tanggalnya belum tiba.".into(), "The date is still to come.".into());
        }
        let known = match &self.side {
            Side::Cost(category) => costs.category(category).is_some(),
            Side::Contribution(payer) => costs.payer(payer).is_some(),
        };
        if !known {
            return refuse(
                "Pilih jenis biaya atau pembayar dari daftar.".into(),
                "Choose a category of cost or a payer from the list.".into(),
            );
        }
        if self.training.is_empty() {
            return refuse("Pilih pelatihannya.".into(), "Choose the training.".into());
        }
        if self.in_kind && self.evidence.trim().is_empty() {
            return refuse(
                "Tulis bagaimana bantuan natura ini dinilai.".into(),
                "Say how this gift in kind was valued.".into(),
            );
        }
        Ok(())
    }
}

/// Costs and contributions of a group of trainings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recovery {
    /// Trainings with a direct cost.
    pub trainings: usize,
    pub direct_cost: Rupiah,
    /// Other costs, outside of cost recovery.
    pub other_cost: Rupiah,
    /// What counts as recovered, gifts in kind included.
    pub recovered: Rupiah,
    /// Of the recovered, what was given in kind.
    pub in_kind: Rupiah,
    /// Direct cost that arose in kind.
    pub in_kind_cost: Rupiah,
    /// Paid by the programme's own funder.
    pub funder: Rupiah,
    pub by_payer: BTreeMap<String, Rupiah>,
    /// Mean of the percentages of single trainings.
    pub mean: Option<f64>,
    pub synthetic: bool,
}

impl Recovery {
    /// Σ recovered ÷ Σ direct cost, in percent.
    pub fn pooled(&self) -> Option<f64> {
        percent(self.recovered, self.direct_cost)
    }

    /// The same in money alone: gifts in kind are left out above and below the line.
    pub fn pooled_in_cash(&self) -> Option<f64> {
        percent(self.recovered - self.in_kind, self.direct_cost - self.in_kind_cost)
    }

    /// Direct cost that nobody is on record as having paid; negative: more was paid than it cost.
    pub fn uncovered(&self) -> Rupiah {
        self.direct_cost - self.recovered - self.funder
    }
}

fn percent(part: Rupiah, whole: Rupiah) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// Adds up entries. Contributions to a training without any direct cost count in the pool, not in the mean.
pub fn recovery<'a>(entries: impl IntoIterator<Item = &'a NewEntry>, costs: &Costs) -> Recovery {
    let mut all = Recovery::default();
    let mut trainings: BTreeMap<&str, (Rupiah, Rupiah)> = BTreeMap::new();
    for entry in entries {
        all.synthetic |= entry.synthetic;
        let training = trainings.entry(entry.training.as_str()).or_default();
        match &entry.side {
            Side::Cost(code) if costs.category(code).is_some_and(|category| category.direct) => {
                all.direct_cost += entry.amount;
                training.0 += entry.amount;
                if entry.in_kind {
                    all.in_kind_cost += entry.amount;
                }
            }
            Side::Cost(_) => all.other_cost += entry.amount,
            Side::Contribution(code) => {
                *all.by_payer.entry(code.clone()).or_default() += entry.amount;
                if costs.payer(code).is_some_and(|payer| payer.recovers) {
                    all.recovered += entry.amount;
                    training.1 += entry.amount;
                    if entry.in_kind {
                        all.in_kind += entry.amount;
                    }
                } else {
                    all.funder += entry.amount;
                }
            }
        }
    }
    let shares: Vec<f64> = trainings.values().filter_map(|(cost, paid)| percent(*paid, *cost)).collect();
    all.trainings = shares.len();
    all.mean = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
    all
}

/// By what recovery is broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grouping {
    Module,
    Provider,
    Province,
    Phase,
    Year,
    Training,
}

impl Grouping {
    pub const ALL: [Grouping; 6] = [
        Grouping::Module,
        Grouping::Provider,
        Grouping::Province,
        Grouping::Phase,
        Grouping::Year,
        Grouping::Training,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Grouping::Module => "module",
            Grouping::Provider => "provider",
            Grouping::Province => "province",
            Grouping::Phase => "phase",
            Grouping::Year => "year",
            Grouping::Training => "training",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Grouping::ALL.into_iter().find(|grouping| grouping.code() == code)
    }

    /// The group of an entry.
    pub fn of(self, entry: &NewEntry) -> String {
        match self {
            Grouping::Module => entry.module.clone(),
            Grouping::Provider => entry.organisation.clone(),
            Grouping::Province => entry.region.chars().take(2).collect(),
            Grouping::Phase => entry.phase.clone(),
            Grouping::Year => entry.on.year().to_string(),
            Grouping::Training => entry.training.clone(),
        }
    }
}

/// Recovery by group, in the order of the groups.
pub fn recoveries(entries: &[NewEntry], costs: &Costs, by: Grouping) -> BTreeMap<String, Recovery> {
    let mut groups: BTreeMap<String, Vec<&NewEntry>> = BTreeMap::new();
    for entry in entries {
        groups.entry(by.of(entry)).or_default().push(entry);
    }
    groups.into_iter().map(|(group, entries)| (group, recovery(entries, costs))).collect()
}

/// What the money did, for a funder. Absent where it cannot be known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    pub direct_cost: Rupiah,
    pub funder: Rupiah,
    pub enterprises: u64,
    /// Enterprises with a verified pair that is better.
    pub improved: u64,
    /// Verified savings a year.
    pub yearly_savings: Option<Rupiah>,
}

impl Worth {
    pub fn cost_per_enterprise(&self) -> Option<f64> {
        over(self.direct_cost as f64, self.enterprises as f64)
    }

    pub fn funder_per_enterprise(&self) -> Option<f64> {
        over(self.funder as f64, self.enterprises as f64)
    }

    pub fn cost_per_improved(&self) -> Option<f64> {
        over(self.direct_cost as f64, self.improved as f64)
    }

    /// Yearly savings on record for one rupiah of direct cost.
    pub fn savings_per_rupiah(&self) -> Option<f64> {
        over(self.yearly_savings? as f64, self.direct_cost as f64)
    }
}

fn over(above: f64, below: f64) -> Option<f64> {
    (below > 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests;
