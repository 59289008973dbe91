//! Trainings: the workshop that several enterprises attend together.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::coded;
use super::refusal::Refusal;
use crate::actor::Place;
use crate::programme::Programme;

coded! {
    TrainingState { Planned = "planned", Held = "held", Cancelled = "cancelled" }
}

coded! {
    Sex { Woman = "woman", Man = "man" }
}

coded! {
    /// What a participant is in the enterprise.
    Position { Owner = "owner", Manager = "manager", Worker = "worker" }
}

/// One workshop of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    pub id: String,
    pub programme: String,
    pub module: String,
    pub edition: String,
    pub product: String,
    pub organisation: String,
    pub region: String,
    pub venue: String,
    pub starts_on: Date,
    pub ends_on: Date,
    /// The account of whoever leads it.
    pub trainer: Option<String>,
    pub state: TrainingState,
    /// Answers 1 to 5 to "how useful was it", counted: nobody is named.
    pub feedback: [u32; 5],
    pub version: i64,
}

impl Training {
    pub fn place(&self) -> Place {
        Place::programme(&self.programme).in_region(&self.region).of_organisation(&self.organisation)
    }

    /// How many days are taught: those of the product or the edition, as far as the dates reach.
    pub fn days(&self, programme: &Programme) -> u8 {
        let span = self.starts_on.until(self.ends_on).map_or(0, |span| span.get_days());
        let span = u8::try_from(span.saturating_add(1)).unwrap_or(1).max(1);
        span.min(programme.workshop_days(&self.product, &self.module, &self.edition)).min(DaysThere::MOST - 1)
    }

    /// The date of a day of the workshop, where its dates leave no doubt.
    pub fn date_of(&self, day: u8, days: u8) -> Option<Date> {
        let date = self.starts_on.checked_add(Span::new().days(i64::from(day) - 1)).ok()?;
        let last = self.starts_on.checked_add(Span::new().days(i64::from(days) - 1)).ok()?;
        (last == self.ends_on).then_some(date)
    }

    /// Was somebody there long enough for a certificate, by the rule of the product?
    pub fn certifies(&self, programme: &Programme, there: DaysThere) -> bool {
        let days = self.days(programme);
        there.within(days).count() >= programme.certificate_days(&self.product).min(days)
    }

    /// The share of the two best answers, and how many answered; nothing if nobody did.
    pub fn satisfaction(&self) -> Option<(f64, u32)> {
        let answers: u32 = self.feedback.iter().fold(0, |sum, count| sum.saturating_add(*count));
        let best = self.feedback[3].saturating_add(self.feedback[4]);
        (answers > 0).then(|| (100.0 * f64::from(best) / f64::from(answers), answers))
    }
}

/// On which days of a workshop somebody was there; the first day is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub struct DaysThere(u32);

impl DaysThere {
    /// Longer workshops there are none.
    pub const MOST: u8 = 31;

    /// Every day of a workshop of so many days.
    pub fn all_of(days: u8) -> Self {
        (1..=days).collect()
    }

    pub fn has(self, day: u8) -> bool {
        day < Self::MOST && self.0 & (1 << day) != 0
    }

    pub fn count(self) -> u8 {
        u8::try_from(self.0.count_ones()).unwrap_or(Self::MOST)
    }

    /// Those that a workshop of so many days has.
    pub fn within(self, days: u8) -> Self {
        self.days().filter(|day| *day <= days).collect()
    }

    pub fn days(self) -> impl Iterator<Item = u8> {
        (1..Self::MOST).filter(move |day| self.has(*day))
    }
}

impl FromIterator<u8> for DaysThere {
    /// Days that no workshop has are left out.
    fn from_iter<I: IntoIterator<Item = u8>>(days: I) -> Self {
        let known = days.into_iter().filter(|day| (1..Self::MOST).contains(day));
        DaysThere(known.fold(0, |bits, day| bits | 1 << day))
    }
}

impl From<Vec<u8>> for DaysThere {
    fn from(days: Vec<u8>) -> Self {
        days.into_iter().collect()
    }
}

impl From<DaysThere> for Vec<u8> {
    fn from(days: DaysThere) -> Self {
        days.days().collect()
    }
}

/// Somebody who took part. The name is kept because a certificate bears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    pub id: String,
    pub course: String,
    pub name: String,
    pub sex: Sex,
    pub position: Position,
    pub days: DaysThere,
    /// Another person of the same name is in the room: said by whoever took attendance.
    #[serde(default)]
    pub namesake: bool,
}

impl Participant {
    /// The name as it is compared: without case, titles of punctuation and double spaces.
    pub fn key(name: &str) -> String {
        let plain: String =
            name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Who came, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnout {
    pub managers_women: u32,
    pub managers_men: u32,
    pub workers_women: u32,
    pub workers_men: u32,
}

impl Turnout {
    pub fn count<'a>(participants: impl IntoIterator<Item = &'a Participant>) -> Self {
        let mut turnout = Turnout::default();
        for one in participants {
            let field = match (one.position, one.sex) {
                (Position::Worker, Sex::Woman) => &mut turnout.workers_women,
                (Position::Worker, Sex::Man) => &mut turnout.workers_men,
                (_, Sex::Woman) => &mut turnout.managers_women,
                (_, Sex::Man) => &mut turnout.managers_men,
            };
            *field = field.saturating_add(1);
        }
        turnout
    }

    pub fn women(self) -> u32 {
        self.managers_women.saturating_add(self.workers_women)
    }

    pub fn men(self) -> u32 {
        self.managers_men.saturating_add(self.workers_men)
    }

    pub fn workers(self) -> u32 {
        self.workers_women.saturating_add(self.workers_men)
    }

    pub fn all(self) -> u32 {
        self.women().saturating_add(self.men())
    }
}

/// One thing that is done to a training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act", deny_unknown_fields)]
pub enum TrainingAct {
    Plan {
        programme: String,
        module: String,
        product: String,
        organisation: String,
        region: String,
        venue: String,
        starts_on: Date,
        ends_on: Date,
        #[serde(default)]
        trainer: Option<String>,
    },
    /// Takes attendance: the workshop was held.
    Hold {
        version: i64,
        participants: Vec<Participant>,
    },
    /// Counts of the answers 1 to 5.
    Feedback {
        answers: [u32; 5],
    },
    Cancel {
        version: i64,
        because: String,
    },
}

/// An enterprise that is enrolled with a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    pub course: String,
    pub engagement: String,
    pub enterprise: String,
    pub enterprise_name: String,
    pub baseline_on: Option<Date>,
}

/// A training as the rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub training: Training,
    pub enrolled: Vec<Enrolled>,
    pub participants: Vec<Participant>,
}

impl Roster {
    fn enterprise_of(&self, course: &str) -> Option<&str> {
        self.enrolled.iter().find(|one| one.course == course).map(|one| one.enterprise_name.as_str())
    }
}

impl TrainingAct {
    /// As the audit log names it.
    pub fn name(&self) -> &'static str {
        match self {
            TrainingAct::Plan { .. } => "training.plan",
            TrainingAct::Hold { .. } => "training.hold",
            TrainingAct::Feedback { .. } => "training.feedback",
            TrainingAct::Cancel { .. } => "training.cancel",
        }
    }

    /// Planning needs the programme alone.
    pub fn check_new(&self, programme: &Programme) -> Result<(), Refusal> {
        let TrainingAct::Plan { module, product, starts_on, ends_on, venue, .. } = self else {
            return Err(Refusal::NotThere { noun: "training" });
        };
        let product = programme.product(product).ok_or(Refusal::NotThere { noun: "product" })?;
        if !product.modules.contains(module) {
            return Err(Refusal::NotThere { noun: "module" });
        }
        if ends_on < starts_on {
            return Err(Refusal::EndsBeforeItStarts);
        }
        if venue.trim().is_empty() {
            return Err(Refusal::Empty { field: "venue" });
        }
        Ok(())
    }

    /// Is this lawful for a training that exists?
    pub fn check(&self, roster: &Roster, programme: &Programme, today: Date) -> Result<(), Refusal> {
        let training = &roster.training;
        match self {
            TrainingAct::Plan { .. } => Err(Refusal::AlreadyThere { noun: "training" }),
            _ if training.state == TrainingState::Cancelled => {
                Err(Refusal::Closed { noun: "training", state: "cancelled" })
            }
            TrainingAct::Hold { participants, .. } => {
                if training.starts_on > today {
                    return Err(Refusal::InTheFuture { on: training.starts_on });
                }
                check_participants(roster, participants, training.days(programme))
            }
            TrainingAct::Feedback { answers } => {
                if training.state != TrainingState::Held {
                    return Err(Refusal::NotHeldYet);
                }
                let answered: u64 = answers.iter().map(|count| u64::from(*count)).sum();
                let there = roster.participants.len() as u64;
                if answered > there {
                    Err(Refusal::MoreAnswersThanPeople { answered, there })
                } else {
                    Ok(())
                }
            }
            TrainingAct::Cancel { because, .. } => {
                if training.state == TrainingState::Held {
                    return Err(Refusal::Closed { noun: "training", state: "held" });
                }
                if because.trim().is_empty() {
                    return Err(Refusal::Empty { field: "because" });
                }
                Ok(())
            }
        }
    }
}

/// Everybody belongs to an enrolled enterprise, nobody to two, and was there on a day at least.
fn check_participants(roster: &Roster, participants: &[Participant], days: u8) -> Result<(), Refusal> {
    if participants.is_empty() {
        return Err(Refusal::Empty { field: "participants" });
    }
    for (position, one) in participants.iter().enumerate() {
        let Some(enterprise) = roster.enterprise_of(&one.course) else {
            return Err(Refusal::NotThere { noun: "enterprise" });
        };
        if one.name.trim().is_empty() {
            return Err(Refusal::Empty { field: "name" });
        }
        if one.days.within(days).count() == 0 {
            return Err(Refusal::NoDay { name: one.name.clone() });
        }
        let key = Participant::key(&one.name);
        let earlier = participants[..position].iter().find(|other| Participant::key(&other.name) == key);
        if let Some(earlier) = earlier.filter(|earlier| !(one.namesake || earlier.namesake)) {
            let first = roster.enterprise_of(&earlier.course).unwrap_or_default();
            return Err(if earlier.course == one.course {
                Refusal::NamedTwice { name: one.name.clone() }
            } else {
                Refusal::InTwoEnterprises {
                    name: one.name.clone(),
                    first: first.to_owned(),
                    second: enterprise.to_owned(),
                }
            });
        }
    }
    Ok(())
}
