//! The pathway of a trainer: trained, observed at work, certified module by module, perhaps an expert.
//!
//! Trained is not certified, and certified is not active. A trainer's standing follows from dated steps that
//! others vouch for; nobody certifies themselves, nothing is forgotten, and what expires is told before it
//! does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalogue::ContentError;
use crate::language::Text;
use crate::syntax::Faults;

/// One step on the pathway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Chosen for the training of trainers.
    Selected,
    /// Finished the training of trainers (ToT).
    Trained,
    /// Served enterprises through a whole module while an expert looked on (ToE); names the module.
    Observed,
    /// Certified for a module; names it.
    Certified,
    /// May train and observe other trainers.
    Expert,
    /// A certificate or the whole standing was taken back; names the module or all.
    Withdrawn,
}

impl Step {
    pub const ALL: [Step; 6] =
        [Step::Selected, Step::Trained, Step::Observed, Step::Certified, Step::Expert, Step::Withdrawn];

    pub fn code(self) -> &'static str {
        match self {
            Step::Selected => "selected",
            Step::Trained => "trained",
            Step::Observed => "observed",
            Step::Certified => "certified",
            Step::Expert => "expert",
            Step::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    fn names_a_module(self) -> bool {
        matches!(self, Step::Observed | Step::Certified)
    }
}

/// The rules of certification, `certification.toml`. Built by [`Certification::parse`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certification {
    /// A certificate lasts so many months from its day.
    pub valid_months: u32,
    /// Active is who delivered within so many months.
    pub active_months: u32,
    /// Cycles to be observed before a module may be certified.
    pub observed_min: u32,
    /// Modules of which one must be certified first.
    pub first_modules: Vec<String>,
    /// An expert holds so many certified modules and delivered so many trainings.
    pub expert_modules_min: u32,
    pub expert_deliveries_min: u32,
    /// Ask for renewal so many months before a certificate ends.
    pub renew_months: u32,
    /// One active trainer can serve so many enterprises a year.
    pub enterprises_per_trainer: u32,
    pub source: Text,
}

impl Certification {
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<ContentError>> {
        let mut faults = Faults::new(path, text);
        let rules: Certification = faults.read()?;
        for (key, number) in [
            ("valid_months", rules.valid_months),
            ("active_months", rules.active_months),
            ("enterprises_per_trainer", rules.enterprises_per_trainer),
        ] {
            if number == 0 {
                faults.add(
                    format!("`{key}` adalah 0; tulis sekurangnya 1"),
                    format!("`{key}` is 0; write at least 1"),
                );
            }
        }
        faults.or(rules)
    }
}

/// A step to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    pub id: String,
    pub programme: String,
    /// The person who is or becomes a trainer.
    pub person: String,
    pub step: Step,
    pub module: Option<String>,
    pub on: Date,
    /// The expert or officer who vouches for it; a person's id.
    pub vouched_by: Option<String>,
    pub note: String,
}

/// What is known of one trainer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub person: String,
    pub steps: Vec<NewStep>,
    /// Trainings held: day and module.
    pub deliveries: Vec<(Date, String)>,
}

/// The furthest that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Candidate,
    Trained,
    Observed,
    Certified,
    Expert,
}

impl Level {
    pub const ALL: [Level; 5] =
        [Level::Candidate, Level::Trained, Level::Observed, Level::Certified, Level::Expert];

    pub fn code(self) -> &'static str {
        match self {
            Level::Candidate => "candidate",
            Level::Trained => "trained",
            Level::Observed => "observed",
            Level::Certified => "certified",
            Level::Expert => "expert",
        }
    }
}

/// A certificate of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub module: String,
    pub from: Date,
    /// The last day on which it holds.
    pub to: Date,
}

/// How a trainer stands today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub level: Level,
    /// Certificates that hold today, by module.
    pub valid: Vec<Certificate>,
    pub expired: Vec<Certificate>,
    /// Of the valid ones, those that end soon.
    pub renew: Vec<Certificate>,
    pub active: bool,
    pub last_delivery: Option<Date>,
}

/// Why a step cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct NotYet(pub Text);

/// How a trainer stands at the end of `today`.
pub fn standing(record: &Record, rules: &Certification, today: Date) -> Standing {
    let mut steps: Vec<&NewStep> = record.steps.iter().filter(|step| step.on <= today).collect();
    steps.sort_by_key(|step| (step.on, step.step));
    let mut level = Level::Candidate;
    let mut certificates: BTreeMap<&str, Certificate> = BTreeMap::new();
    let mut expert = false;
    for step in steps {
        let module = step.module.as_deref();
        match (step.step, module) {
            (Step::Selected, _) => {}
            (Step::Trained, _) => level = level.max(Level::Trained),
            (Step::Observed, _) => level = level.max(Level::Observed),
            (Step::Certified, Some(module)) => {
                let to = months_later(step.on, rules.valid_months).yesterday().unwrap_or(step.on);
                let certificate = Certificate { module: module.to_owned(), from: step.on, to };
                certificates.insert(module, certificate);
            }
            (Step::Certified, None) => {}
            (Step::Expert, _) => expert = true,
            (Step::Withdrawn, Some(module)) => drop(certificates.remove(module)),
            (Step::Withdrawn, None) => {
                certificates.clear();
                expert = false;
            }
        }
    }
    let (valid, expired): (Vec<_>, Vec<_>) =
        certificates.into_values().partition(|certificate| today <= certificate.to);
    let soon = months_later(today, rules.renew_months);
    let renew = valid.iter().filter(|certificate| certificate.to < soon).cloned().collect();
    if !valid.is_empty() {
        level = if expert { Level::Expert } else { Level::Certified };
    }
    let last_delivery = record.deliveries.iter().map(|(on, _)| *on).filter(|on| *on <= today).max();
    let active = last_delivery.is_some_and(|on| months_later(on, rules.active_months) > today);
    Standing { level, valid, expired, renew, active, last_delivery }
}

/// The day so many months later, or the last one that a calendar knows.
fn months_later(day: Date, months: u32) -> Date {
    day.checked_add(Span::new().months(i64::from(months.min(1200)))).unwrap_or(Date::MAX)
}

/// May this step be recorded? Says what is missing if it may not.
pub fn check(
    new: &NewStep,
    record: &Record,
    modules: &BTreeSet<String>,
    rules: &Certification,
    today: Date,
) -> Result<(), NotYet> {
    let refuse = |id: String, en: String| Err(NotYet(Text::new(id, en)));
    if new.on > today {
        return refuse("Tanggalnya belum tiba.".into(), "The date is still to come.".into());
    }
    if new.vouched_by.as_deref() == Some(new.person.as_str()) {
        return refuse(
            "Tidak seorang pun dapat menilai dirinya sendiri. Pilih penilai lain.".into(),
            "Nobody can vouch for themselves. Choose somebody else.".into(),
        );
    }
    match &new.module {
        None if new.step.names_a_module() => {
            return refuse("Sebutkan modulnya.".into(), "Name the module.".into());
        }
        Some(module) if !modules.contains(module) => {
            return refuse(format!("Tidak ada modul `{module}`."), format!("There is no module `{module}`."));
        }
        _ => {}
    }
    let has = |step: Step| record.steps.iter().any(|earlier| earlier.step == step && earlier.on <= new.on);
    match new.step {
        Step::Selected | Step::Withdrawn => Ok(()),
        Step::Trained if !has(Step::Selected) => refuse(
            "Catat dulu bahwa orang ini terpilih sebagai calon pelatih.".into(),
            "Record first that this person was selected as a candidate.".into(),
        ),
        Step::Observed if !has(Step::Trained) => refuse(
            "Pelatihan untuk pelatih (ToT) belum tercatat.".into(),
            "The training of trainers (ToT) is not on record.".into(),
        ),
        Step::Certified => check_certificate(new, record, rules),
        Step::Expert => check_expert(record, rules, today),
        _ => Ok(()),
    }
}

fn check_certificate(new: &NewStep, record: &Record, rules: &Certification) -> Result<(), NotYet> {
    let before = || record.steps.iter().filter(|step| step.on <= new.on);
    let observed = before().filter(|step| step.step == Step::Observed && step.module == new.module).count();
    if observed < rules.observed_min as usize {
        return Err(NotYet(Text::new(
            format!(
                "Siklus modul ini yang diamati baru {observed}, harus {}. Catat dulu pengamatannya.",
                rules.observed_min
            ),
            format!(
                "Observed cycles of this module: {observed}, needed: {}. Record the observation first.",
                rules.observed_min
            ),
        )));
    }
    if new.vouched_by.is_none() {
        return Err(NotYet(Text::new(
            "Sebutkan pelatih ahli yang merekomendasikan.",
            "Name the expert who recommends it.",
        )));
    }
    let module = new.module.as_deref().unwrap_or_default();
    let first = |module: &str| rules.first_modules.iter().any(|first| first == module);
    let has_first =
        before().any(|step| step.step == Step::Certified && step.module.as_deref().is_some_and(first));
    if !rules.first_modules.is_empty() && !first(module) && !has_first {
        let names = rules.first_modules.join(", ");
        return Err(NotYet(Text::new(
            format!("Sertifikat pertama harus untuk modul dasar ({names})."),
            format!("The first certificate must be for a first module ({names})."),
        )));
    }
    Ok(())
}

fn check_expert(record: &Record, rules: &Certification, today: Date) -> Result<(), NotYet> {
    let valid = standing(record, rules, today).valid.len();
    let held = record.deliveries.iter().filter(|(on, _)| *on <= today).count();
    if valid >= rules.expert_modules_min as usize && held >= rules.expert_deliveries_min as usize {
        return Ok(());
    }
    Err(NotYet(Text::new(
        format!(
            "Pelatih ahli memegang sedikitnya {} sertifikat berlaku dan {} pelatihan; tercatat {valid} dan {held}.",
            rules.expert_modules_min, rules.expert_deliveries_min
        ),
        format!(
            "An expert holds at least {} valid certificates and {} trainings; on record are {valid} and {held}.",
            rules.expert_modules_min, rules.expert_deliveries_min
        ),
    )))
}

/// How many came how far: each level counts those who reached it or more, so that it can only narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    pub candidates: usize,
    pub trained: usize,
    pub observed: usize,
    /// With a certificate that holds today.
    pub certified: usize,
    /// Certified and delivered lately.
    pub active: usize,
    pub experts: usize,
    /// Had a certificate, and none holds today.
    pub lapsed: usize,
}

/// The funnel of all trainers.
pub fn funnel<'a>(standings: impl IntoIterator<Item = &'a Standing>) -> Funnel {
    let mut funnel = Funnel::default();
    for standing in standings {
        let reached = |level| usize::from(standing.level >= level);
        let once_certified = !standing.valid.is_empty() || !standing.expired.is_empty();
        funnel.candidates += 1;
        funnel.trained += reached(Level::Trained).max(usize::from(once_certified));
        funnel.observed += reached(Level::Observed).max(usize::from(once_certified));
        funnel.certified += reached(Level::Certified);
        funnel.active += usize::from(standing.level >= Level::Certified && standing.active);
        funnel.experts += reached(Level::Expert);
        funnel.lapsed += usize::from(standing.valid.is_empty() && !standing.expired.is_empty());
    }
    funnel
}

/// Trainers of a province against the enterprises that wait there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub active_trainers: u32,
    pub enterprises_waiting: u32,
    /// Enterprises a year that the active trainers can serve.
    pub capacity: u32,
}

impl Coverage {
    pub fn new(active_trainers: u32, enterprises_waiting: u32, rules: &Certification) -> Self {
        let capacity = active_trainers.saturating_mul(rules.enterprises_per_trainer);
        Coverage { active_trainers, enterprises_waiting, capacity }
    }

    /// Trainers that are missing to serve those who wait within a year.
    pub fn missing(&self, rules: &Certification) -> u32 {
        self.enterprises_waiting.saturating_sub(self.capacity).div_ceil(rules.enterprises_per_trainer.max(1))
    }
}

#[cfg(test)]
mod tests;
