//! A synthetic cohort of a programme: enterprises with whole histories, and what was planted in them.
//!
//! Everything is an act that a page could have sent, with the day on which it was done and who did it, so
//! that whoever executes the deeds in order has a ledger that no rule was bent for. The history is made as a
//! whole and then cut at today: who is still in the middle of it stands in the middle. Nothing here names a
//! programme: modules, products, practices, indicators and costs are those of the programme, the rest is the
//! recipe.

mod calendar;
mod delivery;
mod enterprise;
mod group;
mod improvement;
mod measuring;
mod money;
mod network;
mod people;
mod pictures;
mod plan;
mod recipe;
#[cfg(test)]
mod tests;
mod truth;
mod version;

use std::collections::BTreeMap;

use domain::actor::{Grant, Place};
use domain::classification::Classification;
use domain::delivery::{Order, TrainingOrder};
use domain::enterprise::{MergeEnterprises, RegisterEnterprise};
use domain::framework::NewAttestation;
use domain::measurement::Measurement;
use domain::money::NewEntry;
use domain::network::{Group, NewQuestion, Reply};
use domain::observation::NewObservation;
use domain::person::RecordConsent;
use domain::programme::Programme;
use domain::trainer::NewStep;
use jiff::Timestamp;
use jiff::civil::Date;

pub use recipe::Recipe;
pub use truth::{IndicatorTruth, Truth};

/// What the recipe is carried out on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    pub programme: &'a Programme,
    pub measurement: &'a Measurement,
    pub regions: &'a Classification,
    pub deflator: Option<&'a domain::deflator::Deflator>,
    /// Nothing is done on this day or later; visits and trainings may be planned for it.
    pub today: Date,
}

/// Why no cohort was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cohort cannot be made: {0}")]
pub struct ImpossibleCohort(pub String);

/// Somebody who does deeds, and the account of that person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub account: String,
    pub grant_id: String,
    pub email: String,
    pub name: String,
    pub grant: Grant,
    pub since: Timestamp,
    /// Gets a sign-in link in the demonstration.
    pub signs_in: bool,
}

/// One act, when it was done, and by whom (a place in [`Cohort::people`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    pub at: Timestamp,
    pub by: usize,
    pub what: What,
}

/// The acts there are. Each is executed by the room of the ledger that pages use, too.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Register(Box<RegisterEnterprise>),
    Merge(MergeEnterprises),
    Consent(RecordConsent),
    Delivery(Box<Order>),
    Training(Box<TrainingOrder>),
    Observe {
        new: Box<NewObservation>,
        place: Place,
        workshop_on: Option<Date>,
    },
    Review {
        observation: String,
        place: Place,
        confirm: bool,
        note: String,
    },
    Step {
        new: NewStep,
        organisation: String,
        region: String,
    },
    Book {
        entry: Box<NewEntry>,
        place: Place,
    },
    Attest(NewAttestation),
    /// The report of a period is locked, with what the records say then.
    Lock {
        report: String,
        period: String,
    },
    Ask {
        new: NewQuestion,
        place: Place,
    },
    Reply {
        question: String,
        place: Place,
        reply: Reply,
    },
    Tend {
        group: Group,
        place: Place,
    },
    Join {
        group: String,
        enterprise: String,
        place: Place,
    },
}

/// A cohort: its people, their deeds in order of time, and what is true of it.
#[derive(Clone, Debug)]
pub struct Cohort {
    pub people: Vec<Person>,
    pub deeds: Vec<Deed>,
    pub truth: Truth,
    /// The photos that deeds attach, by their BLAKE3: drawn, and marked as drawn.
    pub pictures: BTreeMap<String, Vec<u8>>,
}

impl Cohort {
    /// Carries out the recipe. The same recipe, ground and day give the same cohort.
    pub fn make(recipe: &Recipe, ground: Ground<'_>) -> Result<Self, ImpossibleCohort> {
        recipe.check(&ground)?;
        let mut made = plan::Draft::open(recipe, ground);
        made.people();
        made.groups();
        made.network();
        made.bystanders();
        made.pathways();
        made.money();
        made.attest();
        made.reports();
        let pictures = std::mem::take(&mut made.pictures);
        let (people, mut deeds, planted) = made.close();
        deeds.retain(|deed| calendar::day(deed.at) < ground.today);
        deeds.sort_by_key(|deed| deed.at);
        let truth = Truth::of(&planted, &deeds, ground);
        version::stamp(&mut deeds);
        Ok(Cohort { people, deeds, truth, pictures })
    }
}
