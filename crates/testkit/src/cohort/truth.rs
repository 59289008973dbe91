//! What is true of a cohort, from what was planted: the yardstick for what the pages show.
//!
//! Nothing here calls the rules by which results are computed: figures are compared as whole numbers were
//! planted, with arithmetic of their own, so that an error there cannot hide behind the same error here.

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::{Act, ProjectState, SavingKind, TrainingAct};
use domain::indicator::{Comparison, Direction, Indicator};
use domain::money::Side;
use domain::observation::{NewObservation, Stage};
use jiff::civil::Date;
use serde::Serialize;

use super::{Deed, Ground, What};

/// What was planted in an observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reads {
    Number {
        numerator: f64,
        denominator: f64,
    },
    /// Doubtful, looked at, and kept.
    Confirmed {
        numerator: f64,
        denominator: f64,
    },
    /// "Not tracked, because …".
    Nothing,
    /// Counts in no result.
    Held,
    /// Corrected by a later one.
    Replaced,
}

#[derive(Clone, Copy, Debug)]
struct Seed {
    on: Date,
    to: Date,
    reads: Reads,
}

type Key = (String, String);

/// All that was planted, by engagement and indicator.
#[derive(Debug, Default)]
pub(super) struct Planted {
    baselines: BTreeMap<Key, Vec<Seed>>,
    later: BTreeMap<Key, Vec<Seed>>,
}

impl Planted {
    pub(super) fn add(&mut self, new: &NewObservation, on: Date, reads: Reads) {
        let side = if new.stage == Stage::Baseline { &mut self.baselines } else { &mut self.later };
        let key = (new.engagement.clone(), new.indicator.clone());
        side.entry(key).or_default().push(Seed { on, to: new.to, reads });
    }
}

/// What must come out of one indicator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct IndicatorTruth {
    /// Engagements that could have two points.
    pub engagements: usize,
    pub pairs: usize,
    pub set_apart: usize,
    pub improved: usize,
    /// Of the changes: percent, points or counts.
    pub median: Option<f64>,
}

/// What must come out of the cohort.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Truth {
    pub enterprises: usize,
    pub merged: usize,
    pub states: BTreeMap<String, usize>,
    pub indicators: BTreeMap<String, IndicatorTruth>,
    pub trainings_held: usize,
    /// Verified yearly savings, rupiah.
    pub yearly_savings: i64,
    pub case_studies_published: usize,
    pub observations: usize,
    /// Direct cost of training, by year, and what others than the programme's funder paid of it.
    pub cost_by_year: BTreeMap<i16, (i64, i64)>,
}

impl Truth {
    pub(super) fn of(planted: &Planted, deeds: &[Deed], ground: Ground<'_>) -> Self {
        let mut truth = Truth::default();
        let mut states: BTreeMap<&str, &'static str> = BTreeMap::new();
        let mut projects: BTreeMap<&str, (SavingKind, ProjectState, i64)> = BTreeMap::new();
        let mut published: BTreeSet<&str> = BTreeSet::new();
        let mut merged: BTreeSet<&str> = BTreeSet::new();
        for deed in deeds {
            match &deed.what {
                What::Register(_) => truth.enterprises += 1,
                What::Merge(merge) => drop(merged.insert(&merge.merged)),
                What::Observe { .. } => truth.observations += 1,
                What::Training(order) => {
                    truth.trainings_held += usize::from(matches!(order.act, TrainingAct::Hold { .. }));
                }
                What::Delivery(order) => {
                    if let Some(state) = state_after(&order.act) {
                        states.insert(&order.engagement, state);
                    }
                    told(&order.act, &mut projects, &mut published);
                }
                What::Book { entry, .. } => truth.book(&entry.side, entry.on.year(), entry.amount, ground),
                _ => {}
            }
        }
        truth.replaced(deeds, ground);
        truth.merged = merged.len();
        truth.case_studies_published = published.len();
        let verified = projects
            .values()
            .filter(|(kind, state, _)| *kind == SavingKind::Yearly && *state == ProjectState::Verified);
        truth.yearly_savings = verified.map(|(_, _, saving)| saving).sum();
        for state in states.values() {
            *truth.states.entry((*state).to_owned()).or_default() += 1;
        }
        let counted: Vec<&str> = states
            .iter()
            .filter(|(_, state)| ["delivering", "exited"].contains(state))
            .map(|(engagement, _)| *engagement)
            .collect();
        for indicator in ground.measurement.indicators.current() {
            let one = of_indicator(planted, &counted, indicator, ground);
            truth.indicators.insert(indicator.code.clone(), one);
        }
        truth
    }

    fn book(&mut self, side: &Side, year: i16, amount: i64, ground: Ground<'_>) {
        let costs = &ground.measurement.costs;
        let (cost, recovered) = self.cost_by_year.entry(year).or_default();
        match side {
            Side::Cost(code) if costs.category(code).is_some_and(|one| one.direct) => *cost += amount,
            Side::Contribution(code) if costs.payer(code).is_some_and(|one| one.recovers) => {
                *recovered += amount;
            }
            _ => {}
        }
    }

    /// Entries that a later one corrects count no more.
    fn replaced(&mut self, deeds: &[Deed], ground: Ground<'_>) {
        let entries = deeds.iter().filter_map(|deed| match &deed.what {
            What::Book { entry, .. } => Some(entry),
            _ => None,
        });
        let by_id: BTreeMap<&str, _> = entries.clone().map(|entry| (entry.id.as_str(), entry)).collect();
        for old in entries.filter_map(|entry| by_id.get(entry.replaces.as_deref()?)) {
            self.book(&old.side, old.on.year(), -old.amount, ground);
        }
    }
}

/// The state into which an act brings an engagement; nothing if it stays where it is.
fn state_after(act: &Act) -> Option<&'static str> {
    match act {
        Act::Select { .. } => Some("selected"),
        Act::Commit { .. } => Some("committed"),
        Act::Assess { stage: Stage::Baseline, .. } => Some("assessed"),
        Act::OpenCourse { .. } => Some("delivering"),
        Act::Exit { .. } => Some("exited"),
        Act::Withdraw { .. } => Some("withdrawn"),
        _ => None,
    }
}

fn told<'a>(
    act: &'a Act,
    projects: &mut BTreeMap<&'a str, (SavingKind, ProjectState, i64)>,
    published: &mut BTreeSet<&'a str>,
) {
    match act {
        Act::AddProject { project, saving_kind: Some(kind), .. } => {
            projects.insert(project, (*kind, ProjectState::Open, 0));
        }
        Act::VerifyProject { project, saving: Some(saving), .. } => {
            if let Some(known) = projects.get_mut(project.as_str()) {
                *known = (known.0, ProjectState::Verified, *saving);
            }
        }
        Act::PublishCaseStudy { case_study, .. } => drop(published.insert(case_study)),
        Act::RetractCaseStudy { case_study, .. } => drop(published.remove(case_study.as_str())),
        _ => {}
    }
}

fn of_indicator(
    planted: &Planted,
    engagements: &[&str],
    indicator: &Indicator,
    ground: Ground<'_>,
) -> IndicatorTruth {
    let mut truth = IndicatorTruth { engagements: engagements.len(), ..IndicatorTruth::default() };
    let mut changes: Vec<f64> = Vec::new();
    for engagement in engagements {
        let key = ((*engagement).to_owned(), indicator.code.clone());
        let standing = |side: &BTreeMap<Key, Vec<Seed>>| -> Option<Seed> {
            let seeds = side.get(&key)?.iter();
            let done = seeds.filter(|seed| seed.on < ground.today && seed.reads != Reads::Replaced);
            done.max_by_key(|seed| (seed.to, seed.on)).copied()
        };
        let pair = standing(&planted.baselines).zip(standing(&planted.later));
        let Some((change, confirmed)) =
            pair.and_then(|(before, after)| change(indicator, before, after, ground))
        else {
            continue;
        };
        if indicator.comparison == Comparison::Percent && change.abs() > 200.0 && !confirmed {
            truth.set_apart += 1;
            continue;
        }
        truth.pairs += 1;
        let better = match indicator.better {
            Direction::Higher => change > 0.0,
            Direction::Lower => change < 0.0,
            Direction::Neither => false,
        };
        truth.improved += usize::from(better);
        changes.push(change);
    }
    changes.sort_by(f64::total_cmp);
    let middle = changes.len() / 2;
    truth.median = match changes.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(changes[middle]),
        _ => Some(f64::midpoint(changes[middle - 1], changes[middle])),
    };
    truth
}

/// The planted change, and whether somebody vouched for it; nothing if the two cannot be compared.
fn change(indicator: &Indicator, before: Seed, after: Seed, ground: Ground<'_>) -> Option<(f64, bool)> {
    let figure = |seed: Seed| match seed.reads {
        Reads::Number { numerator, denominator } => Some((numerator / denominator, false)),
        Reads::Confirmed { numerator, denominator } => Some((numerator / denominator, true)),
        Reads::Nothing | Reads::Held | Reads::Replaced => None,
    };
    let ((mut first, _), (second, confirmed)) = (figure(before)?, figure(after)?);
    if indicator.is_money() && before.to.year() != after.to.year() {
        let year = |seed: Seed| u16::try_from(seed.to.year()).ok();
        let prices = ground.deflator?;
        first *= prices.index(year(after)?, [])? / prices.index(year(before)?, [])?;
    }
    let change = match indicator.comparison {
        Comparison::Percent if first <= 0.0 => return None,
        Comparison::Percent => (second - first) / first * 100.0,
        // Shares are told in per cent; so are practices, which are there or not.
        Comparison::Points => (second - first) * 100.0,
        Comparison::Counts => second - first,
    };
    Some((change, confirmed))
}
