//! Enterprises as the register knows them: identity, activity, place, ownership, workforce, contacts.
//!
//! The register never computes productivity and never holds what surveys collect. Unknown is not no:
//! what nobody asked stays `None`.

mod act;
pub mod batch;
pub mod doubles;
mod entry;
mod extract;
mod identifier;
pub mod name;
mod written;

pub use act::*;
pub use entry::{Entry, FIELDS, Fault, Field, Kind, Read, read};
pub use extract::{Extract, InvalidExtract};
pub use identifier::{InvalidNumber, Nib, Npwp};
pub use written::written;

use serde::{Deserialize, Serialize};

use crate::actor::Place;

/// An enterprise, without what changes every year and without personal data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Enterprise {
    /// The name in its papers.
    pub name: String,
    /// The name on its door, if it is another.
    pub trade_name: String,
    pub nib: Option<Nib>,
    pub npwp: Option<Npwp>,
    /// Main activity, a code of KBLI 2020.
    pub activity: Option<String>,
    pub products: String,
    /// A code of BPS: the regency, or the province if no more is known.
    pub region: String,
    pub address: String,
    pub founded: Option<i16>,
    pub ownership: Option<Ownership>,
    pub foreign_owned: Option<bool>,
    /// The organisation that looks after it.
    pub organisation: Option<String>,
    /// Is there a trade union?
    pub union: Option<bool>,
    /// Is there a bipartite cooperation body (LKS Bipartit)?
    pub bipartite: Option<bool>,
    pub exports: Option<bool>,
    /// Per cent of sales.
    pub export_share: Option<f64>,
    pub markets: String,
    pub buyers: Vec<String>,
}

/// Under which form it is owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// One person: UD, toko, usaha perorangan.
    Sole,
    /// CV or firma.
    Partnership,
    /// PT.
    Company,
    Cooperative,
    /// BUMN or BUMD.
    State,
    /// BUMDes.
    Village,
    Foundation,
    Other,
}

impl Ownership {
    pub const ALL: [Ownership; 8] = [
        Ownership::Sole,
        Ownership::Partnership,
        Ownership::Company,
        Ownership::Cooperative,
        Ownership::State,
        Ownership::Village,
        Ownership::Foundation,
        Ownership::Other,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Ownership::Sole => "sole",
            Ownership::Partnership => "partnership",
            Ownership::Company => "company",
            Ownership::Cooperative => "cooperative",
            Ownership::State => "state",
            Ownership::Village => "village",
            Ownership::Foundation => "foundation",
            Ownership::Other => "other",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Ownership::ALL.into_iter().find(|ownership| ownership.code() == code)
    }
}

/// Another place where the enterprise works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub name: String,
    pub region: String,
    #[serde(default)]
    pub address: String,
}

/// Somebody to call or write to. Personal data: encrypted at rest, every look on record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    pub position: String,
    pub phone: String,
    pub email: String,
}

/// Heads by sex; `None` where nobody counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BySex {
    pub male: Option<u32>,
    pub female: Option<u32>,
}

/// How many work in an enterprise in a year, and what it sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workforce {
    pub year: i16,
    pub permanent: BySex,
    pub contract: BySex,
    /// Daily, seasonal and unpaid family workers.
    pub casual: BySex,
    /// Sales of the year in rupiah.
    pub sales: Option<i64>,
}

impl Workforce {
    fn parts(&self) -> [BySex; 3] {
        [self.permanent, self.contract, self.casual]
    }

    pub fn male(&self) -> Option<u32> {
        sum(self.parts().map(|part| part.male))
    }

    pub fn female(&self) -> Option<u32> {
        sum(self.parts().map(|part| part.female))
    }

    /// All heads that were counted; `None` if nobody counted any.
    pub fn total(&self) -> Option<u32> {
        sum([self.male(), self.female()])
    }
}

/// The sum of what is known; `None` if nothing is.
fn sum<const N: usize>(parts: [Option<u32>; N]) -> Option<u32> {
    parts.into_iter().flatten().reduce(u32::saturating_add)
}

impl Enterprise {
    /// Where it stands for the question who may.
    pub fn place(&self, id: &str) -> Place {
        Place { organisation: self.organisation.clone(), ..Place::shared() }
            .in_region(&self.region)
            .of_enterprise(id)
    }
}

/// How alike two entries are, and why; below the threshold nobody is bothered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Likeness {
    /// The same NIB or NPWP: the state says it is one enterprise.
    SameNumber,
    /// A name that is alike, in the same regency or province.
    Name(f64),
}

/// In another regency of the province only names that are nearly equal are shown.
const NEAR: f64 = 0.72;
const FAR: f64 = 0.86;

/// Is `other` perhaps the same as `one`?
pub fn likeness(one: &Enterprise, other: &Enterprise) -> Option<Likeness> {
    let same = |mine: Option<&str>, theirs: Option<&str>| mine.is_some() && mine == theirs;
    if same(one.nib.as_ref().map(Nib::as_str), other.nib.as_ref().map(Nib::as_str))
        || same(one.npwp.as_ref().map(Npwp::as_str), other.npwp.as_ref().map(Npwp::as_str))
    {
        return Some(Likeness::SameNumber);
    }
    let alike = names(one)
        .iter()
        .flat_map(|mine| names(other).into_iter().map(|theirs| name::similarity(mine, theirs)))
        .fold(0.0, f64::max);
    let province = |enterprise: &Enterprise| enterprise.region.get(..2).map(str::to_owned);
    (alike >= threshold(&one.region, &other.region) && province(one) == province(other))
        .then_some(Likeness::Name(alike))
}

/// Under which names it is known.
fn names(enterprise: &Enterprise) -> Vec<&str> {
    let all = [enterprise.name.as_str(), enterprise.trade_name.as_str()];
    all.into_iter().filter(|name| !name.is_empty()).collect()
}

/// How alike names must be to bother anybody.
fn threshold(one: &str, other: &str) -> f64 {
    if one.starts_with(other) || other.starts_with(one) { NEAR } else { FAR }
}

#[cfg(test)]
mod tests;
