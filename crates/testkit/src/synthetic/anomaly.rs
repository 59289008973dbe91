//! Mistakes planted on purpose, so that edit rules can be judged by what they find.

use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use super::recipe::Enterprises;
use super::row::{OUTPUT, PROFIT, Row, TURNOVER};

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anomaly {
    /// The turnover alone is a thousand times too large.
    TurnoverThousand,
    /// Every amount of money is a thousand times too large.
    MoneyThousand,
    /// Persons engaged below zero.
    NegativePersons,
    /// The activity is `00000`.
    UnknownActivity,
    /// A code of KBLI 2025 that KBLI 2020 does not have.
    OtherEdition,
    /// A regency in the numbering of Kemendagri.
    KemendagriRegion,
    /// Value added by addition is not that by subtraction.
    Balance,
    /// The row stands a second time with another turnover.
    Duplicate,
    /// Output is empty.
    MissingOutput,
    /// All money forty times last year's: doubtful, not impossible.
    Jump,
}

impl Anomaly {
    pub const ALL: [Anomaly; 10] = [
        Anomaly::TurnoverThousand,
        Anomaly::MoneyThousand,
        Anomaly::NegativePersons,
        Anomaly::UnknownActivity,
        Anomaly::OtherEdition,
        Anomaly::KemendagriRegion,
        Anomaly::Balance,
        Anomaly::Duplicate,
        Anomaly::MissingOutput,
        Anomaly::Jump,
    ];

    /// Are the rows still meant to count? Others are to be held.
    pub fn counts(self) -> bool {
        self == Anomaly::Jump
    }
}

/// Which mistakes are planted, and in how many rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anomalies {
    /// Share of rows, over all kinds together.
    pub share: f64,
    pub kinds: Vec<Anomaly>,
    /// Activities of another edition; without any, that mistake is not made.
    pub other_edition: Vec<String>,
    /// Regencies in another numbering; without any, that mistake is not made.
    pub kemendagri: Vec<String>,
}

impl Default for Anomalies {
    fn default() -> Self {
        Anomalies {
            share: 0.002,
            kinds: Anomaly::ALL.to_vec(),
            other_edition: Vec::new(),
            kemendagri: Vec::new(),
        }
    }
}

impl Anomalies {
    pub fn none() -> Self {
        Anomalies { share: 0.0, kinds: Vec::new(), ..Anomalies::default() }
    }

    /// The mistake of a row, if it is to have one. `newborn`: the enterprise has no last year.
    pub(super) fn draw(&self, newborn: bool, random: &mut Pcg64Mcg) -> Option<Anomaly> {
        if self.kinds.is_empty() || random.random::<f64>() >= self.share {
            return None;
        }
        let kind = self.kinds[random.random_range(0..self.kinds.len())];
        let possible = match kind {
            Anomaly::OtherEdition => !self.other_edition.is_empty(),
            Anomaly::KemendagriRegion => !self.kemendagri.is_empty(),
            Anomaly::Jump => !newborn,
            _ => true,
        };
        possible.then_some(kind)
    }
}

/// Spoils a row. A duplicate is returned as a row of its own.
pub(super) fn spoil<'a>(
    kind: Anomaly,
    row: &mut Row<'a>,
    recipe: &'a Enterprises,
    random: &mut Pcg64Mcg,
) -> Option<Row<'a>> {
    let anomalies = &recipe.anomalies;
    let mut money = |factor: i64| row.amounts.iter_mut().flatten().for_each(|amount| *amount *= factor);
    match kind {
        Anomaly::MoneyThousand => money(1_000),
        Anomaly::Jump => money(40),
        Anomaly::TurnoverThousand => row.amounts[TURNOVER] = row.amounts[TURNOVER].map(|value| value * 1_000),
        Anomaly::NegativePersons => {
            row.persons = -row.persons;
            row.male = Some(row.persons);
            row.female = Some(0);
        }
        Anomaly::UnknownActivity => row.activity = "00000",
        Anomaly::OtherEdition => {
            row.activity = &anomalies.other_edition[random.random_range(0..anomalies.other_edition.len())];
        }
        Anomaly::KemendagriRegion => {
            row.region = &anomalies.kemendagri[random.random_range(0..anomalies.kemendagri.len())];
        }
        Anomaly::Balance => {
            let half = row.amounts[OUTPUT].unwrap_or_default() / 2;
            row.amounts[PROFIT] = row.amounts[PROFIT].map(|profit| profit + half.max(10));
            // Unanswered parts would silence the rule.
            row.amounts.iter_mut().for_each(|amount| {
                amount.get_or_insert(0);
            });
        }
        Anomaly::MissingOutput => row.amounts[OUTPUT] = None,
        Anomaly::Duplicate => {
            let mut second = row.clone();
            second.amounts[TURNOVER] = second.amounts[TURNOVER].map(|turnover| turnover + turnover / 20 + 1);
            return Some(second);
        }
    }
    None
}
