//! The search for a pattern: a witness for every primary, and as little hidden as possible.
//!
//! Deterministic: the order is by need, ties by number, and work is counted in steps.

use domain::progress::Watch;
use hashbrown::HashSet;

use crate::DisclosureError;
use crate::circulation::{Circulation, Outcome, Terms};
use crate::family::{UNKNOWN, in_common};
use crate::hypercube::{self, Hypercube};
use crate::lattice::NONE;
use crate::plan::{Attackers, Effort};
use crate::problem::{Known, Problem, Target};
use crate::proof::Strength;

type Changes = Vec<(u32, f64)>;

/// Why one total of one primary class is safe.
#[derive(Clone, Debug)]
pub(crate) struct ClassProof {
    /// Witness and factor.
    pub(crate) witnesses: Vec<(u32, f64)>,
    pub(crate) strength: Strength,
}

/// One widening of the search: so many members of each dimension, which rungs, how many pivots.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    breadth: usize,
    rungs: &'static [f64],
    pivots: u32,
}

/// How much is tried.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pub(crate) stages: Vec<Stage>,
    /// Good enough to look no wider: the newly hidden cost this many times the primary's own.
    pub(crate) good: f64,
    /// Passes of the clean-up, and how many proofs it may replace for one cell.
    pub(crate) passes: u32,
    pub(crate) proofs_replaced: usize,
    pub(crate) clean_pivots: u32,
    /// Pivots of the whole clean-up.
    pub(crate) clean_budget: u64,
}

const EVERYTHING: usize = 1 << 20;

impl Steps {
    pub(crate) fn of(effort: Effort, classes: usize) -> Steps {
        let stage = |breadth, rungs, pivots| Stage { breadth, rungs, pivots };
        match effort {
            Effort::Low => {
                let stages = vec![stage(3, &[0.3][..], 200), stage(8, &[0.1], 400)];
                Steps {
                    stages,
                    good: f64::INFINITY,
                    passes: 1,
                    proofs_replaced: 0,
                    clean_pivots: 0,
                    clean_budget: 0,
                }
            }
            Effort::Normal if classes > 20_000 => {
                let stages = vec![stage(4, &[1.0, 0.3][..], 200), stage(12, &[0.1], 400)];
                let clean_budget = 50_000 + 10 * classes as u64;
                Steps { stages, good: 1.5, passes: 1, proofs_replaced: 8, clean_pivots: 60, clean_budget }
            }
            Effort::Normal if classes > 2000 => {
                let stages =
                    vec![stage(4, &[1.0, 0.3][..], 200), stage(8, &[1.0, 0.3], 300), stage(20, &[0.1], 600)];
                let clean_budget = 40_000 + 15 * classes as u64;
                Steps { stages, good: 1.0, passes: 2, proofs_replaced: 20, clean_pivots: 80, clean_budget }
            }
            _ => {
                let rungs = &[1.0, 0.5, 0.25, 0.1, 0.03, 0.0][..];
                let stages = vec![stage(3, rungs, 300), stage(8, rungs, 500), stage(20, rungs, 1000)];
                Steps {
                    stages,
                    good: 0.1,
                    passes: 3,
                    proofs_replaced: 60,
                    clean_pivots: 300,
                    clean_budget: if effort == Effort::High { 2_000_000 } else { 150_000 },
                }
            }
        }
    }
}

/// A way to prove something: witnesses of which no single holder knows a cell of all.
struct Candidate {
    cost: f64,
    witnesses: Vec<Changes>,
    strength: Strength,
    /// How far the primary moves, in units of its need.
    moved: f64,
}

pub(crate) struct Search<'a> {
    problem: &'a Problem,
    attackers: Attackers,
    steps: Steps,
    pub(crate) hidden: Vec<bool>,
    pub(crate) witnesses: Vec<Changes>,
    /// By total and class.
    pub(crate) proofs: Vec<Vec<Option<ClassProof>>>,
    /// By witness: proofs that use it.
    users: Vec<Vec<(usize, u32)>>,
    circulation: Circulation,
    hypercube: Hypercube,
    excluded: u32,
}

impl<'a> Search<'a> {
    pub(crate) fn new(problem: &'a Problem, attackers: Attackers, effort: Effort) -> Self {
        let classes = problem.classes();
        let hidden = (0..classes).map(|class| problem.primary[class] || problem.unpublished[class]).collect();
        Search {
            attackers,
            steps: Steps::of(effort, classes),
            hidden,
            witnesses: Vec::new(),
            proofs: problem.totals.iter().map(|_| vec![None; classes]).collect(),
            users: Vec::new(),
            circulation: Circulation::new(classes, problem.network.rows.len()),
            hypercube: Hypercube::new(problem),
            excluded: NONE,
            problem,
        }
    }

    /// Proves every primary, then publishes again what no proof needs.
    pub(crate) fn run(&mut self, watch: &dyn Watch) -> Result<(), DisclosureError> {
        let order = self.order();
        for (done, &class) in order.iter().enumerate() {
            if done % 64 == 0 {
                watch.report("protect.search", done as u64, order.len() as u64);
                if watch.cancelled() {
                    return Err(DisclosureError::Cancelled);
                }
            }
            self.prove(class as usize);
        }
        let limit = self.circulation.pivots + self.steps.clean_budget;
        for _ in 0..self.steps.passes {
            if !self.clean_up(limit, watch)? {
                break;
            }
        }
        watch.report("protect.steps", self.circulation.pivots, 0);
        Ok(())
    }

    /// Primaries by need (in units of cost), largest first.
    fn order(&self) -> Vec<u32> {
        let scale: Vec<f64> = self
            .problem
            .totals
            .iter()
            .map(|total| {
                total.room.iter().filter(|room| room.is_finite()).sum::<f64>().max(f64::MIN_POSITIVE)
            })
            .collect();
        let weight = |class: &u32| {
            let needs = self.problem.totals.iter().zip(&scale);
            needs.map(|(total, scale)| total.need[*class as usize] / scale).fold(0.0, f64::max)
        };
        let mut order: Vec<u32> = (0..self.problem.classes() as u32)
            .filter(|class| self.problem.primary[*class as usize])
            .collect();
        order.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
        order
    }

    fn unproved(&self, class: usize) -> Vec<usize> {
        (0..self.problem.totals.len())
            .filter(|t| self.problem.totals[*t].need[class] > 0.0 && self.proofs[*t][class].is_none())
            .collect()
    }

    fn target(&self, class: usize, totals: &[usize], known: Known) -> Target<'a> {
        let problem = self.problem;
        let totals = totals.iter().map(|t| (*t, 1.0 / problem.totals[*t].need[class])).collect();
        Target { problem, class, totals, known, excluded: self.excluded }
    }

    fn prove(&mut self, class: usize) {
        let totals = self.unproved(class);
        if totals.is_empty() {
            return;
        }
        if let Some(found) = self.attempt(class, &totals, f64::INFINITY) {
            return self.commit(class, &totals, found);
        }
        for total in totals {
            if self.proofs[total][class].is_some() {
                continue;
            }
            let found = match self.attempt(class, &[total], f64::INFINITY) {
                Some(found) => found,
                None => self.last_resort(class, total),
            };
            self.commit(class, &[total], found);
        }
    }

    /// The cheapest proof found by the ordinary ways, for all these totals at once.
    fn attempt(&mut self, class: usize, totals: &[usize], limit: f64) -> Option<Candidate> {
        if self.attackers == Attackers::None {
            let (cost, witness) = self.cheapest(&self.target(class, totals, Known::Nothing), limit)?;
            return Some(Candidate { cost, witnesses: vec![witness], strength: Strength::Full, moved: 1.0 });
        }
        let outsider = self.cheapest(&self.target(class, totals, Known::Nothing), limit)?;
        let holders = self.holders(class, &outsider.1);
        let full =
            |cost, witnesses| Some(Candidate { cost, witnesses, strength: Strength::Full, moved: 1.0 });
        if holders.is_empty() {
            return full(outsider.0, vec![outsider.1]);
        }
        // Two witnesses that no single holder can spoil, or one that nobody can: the cheaper.
        let pair = self.second(class, totals, &outsider.1, holders, limit - outsider.0);
        let pair = pair.map(|second| (outsider.0 + second.0, second.1));
        if let Some((cost, second)) = pair.as_ref().filter(|pair| pair.0 <= 1.2 * outsider.0 + 1e-3) {
            return full(*cost, vec![outsider.1, second.clone()]);
        }
        let limit = pair.as_ref().map_or(limit, |pair| pair.0);
        match (self.cheapest(&self.target(class, totals, Known::EverySole), limit), pair) {
            (Some(strict), _) => full(strict.0, vec![strict.1]),
            (None, Some((cost, second))) => full(cost, vec![outsider.1, second]),
            (None, None) => None,
        }
    }

    /// A second witness beside `first` that moves no cell of the holders who know one of it.
    fn second(
        &mut self,
        class: usize,
        totals: &[usize],
        first: &[(u32, f64)],
        holders: HashSet<u32>,
        limit: f64,
    ) -> Option<(f64, Changes)> {
        if limit <= 0.0 || holders.iter().any(|holder| *holder >= UNKNOWN) {
            return None;
        }
        let target = self.target(class, totals, Known::Holders(holders));
        let mut newly = Vec::new();
        for &(moved, _) in first {
            if !target.withheld(moved as usize, &self.hidden) {
                self.hidden[moved as usize] = true;
                newly.push(moved);
            }
        }
        let second = self.cheapest(&target, limit);
        newly.iter().for_each(|moved| self.hidden[*moved as usize] = false);
        second
    }

    /// Who is alone in a cell that this witness moves, besides the primary's own holder.
    fn holders(&self, class: usize, witness: &[(u32, f64)]) -> HashSet<u32> {
        let own = self.problem.sole[class];
        let holders = witness.iter().map(|(moved, _)| self.problem.sole[*moved as usize]);
        holders.filter(|holder| *holder != 0 && *holder != own).collect()
    }

    /// The cheapest single witness below `limit`, with the cost of what it newly hides.
    fn cheapest(&mut self, target: &Target<'_>, limit: f64) -> Option<(f64, Changes)> {
        if target.reach(target.class) < 1.0 - 1e-9 {
            return None;
        }
        let mut best = self.hypercube.search(target, &self.hidden, limit);
        let good = self.steps.good * self.problem.cost[target.class];
        for number in 0..self.steps.stages.len() {
            if best.as_ref().is_some_and(|best| best.0 <= good.max(1e-3)) {
                break;
            }
            let stage = self.steps.stages[number].clone();
            let window = self.hypercube.window(target, &self.hidden, stage.breadth);
            for &rung in stage.rungs {
                let limit = best.as_ref().map_or(limit, |best| best.0);
                let terms = Terms {
                    target,
                    hidden: &self.hidden,
                    rung,
                    hidden_only: false,
                    window: Some(&window),
                    pivots: stage.pivots,
                    furthest: false,
                    limit,
                };
                if let Outcome::Found(witness) = self.circulation.solve(&terms) {
                    let cost = self.new_cost(target, &witness);
                    if cost < best.as_ref().map_or(limit, |best| best.0) {
                        best = Some((cost, witness));
                    }
                }
            }
        }
        best
    }

    /// Ever wider windows with all cells and many pivots, until there is a witness.
    fn wide(&mut self, target: &Target<'_>) -> Option<Changes> {
        if target.reach(target.class) < 1.0 - 1e-9 {
            return None;
        }
        for breadth in [4, 8, 16, 32, EVERYTHING] {
            let window = self.hypercube.window(target, &self.hidden, breadth);
            let terms = Terms {
                target,
                hidden: &self.hidden,
                rung: 0.0,
                hidden_only: false,
                window: Some(&window),
                pivots: 1000,
                furthest: false,
                limit: f64::INFINITY,
            };
            if let Outcome::Found(witness) = self.circulation.solve(&terms) {
                return Some(witness);
            }
        }
        None
    }

    /// What it costs to hide what this witness moves and is not withheld yet.
    fn new_cost(&self, target: &Target<'_>, witness: &[(u32, f64)]) -> f64 {
        let of = |class: &(u32, f64)| {
            let withheld = target.withheld(class.0 as usize, &self.hidden);
            self.problem.cost[class.0 as usize] * if withheld { 1e-3 } else { 1.0 }
        };
        witness.iter().map(of).sum()
    }

    /// For what the ordinary ways cannot prove: more pivots, then up to the total, then against
    /// outsiders only, then as far as it goes.
    fn last_resort(&mut self, class: usize, total: usize) -> Candidate {
        let modes = match self.attackers {
            Attackers::None => vec![(Known::Nothing, Strength::Full)],
            _ => vec![(Known::EverySole, Strength::Full), (Known::Nothing, Strength::OutsidersOnly)],
        };
        let mut furthest =
            Candidate { cost: 0.0, witnesses: Vec::new(), strength: Strength::Narrow, moved: 0.0 };
        for (known, strength) in modes {
            let target = self.target(class, &[total], known);
            let circulation = self.wide(&target);
            let (moved, piled) = hypercube::up_to_total(&target, &self.hidden);
            let mut ways: Vec<Changes> = circulation.into_iter().collect();
            if moved >= 1.0 - 1e-9 {
                ways.push(piled);
            } else if moved > furthest.moved {
                furthest = Candidate { cost: 0.0, witnesses: vec![piled], strength: Strength::Narrow, moved };
            }
            let ways = ways.into_iter().map(|way| (self.new_cost(&target, &way), way));
            if let Some((cost, way)) = ways.min_by(|a, b| a.0.total_cmp(&b.0)) {
                return Candidate { cost, witnesses: vec![way], strength, moved: 1.0 };
            }
        }
        furthest
    }

    /// Hides what the candidate moves, stores it, and lets other primaries share it.
    fn commit(&mut self, class: usize, totals: &[usize], found: Candidate) {
        let target = self.target(class, totals, Known::Nothing);
        let first = self.witnesses.len() as u32;
        for witness in &found.witnesses {
            for &(moved, _) in witness {
                if !target.withheld(moved as usize, &self.hidden) {
                    self.hidden[moved as usize] = true;
                }
            }
        }
        self.witnesses.extend(found.witnesses);
        self.users.resize(self.witnesses.len(), Vec::new());
        let numbers: Vec<u32> = (first..self.witnesses.len() as u32).collect();
        for &total in totals {
            let need = self.problem.totals[total].need[class];
            // A piled witness moves the primary by what it could.
            let own = |witness: &u32| self.witnesses[*witness as usize][0].1.max(f64::MIN_POSITIVE);
            let factor = |witness: &u32| {
                need * if found.strength == Strength::Narrow { 1.0 } else { 1.0 / own(witness) }
            };
            let witnesses = numbers.iter().map(|witness| (*witness, factor(witness))).collect();
            self.record(total, class, ClassProof { witnesses, strength: found.strength });
        }
        if found.strength == Strength::Full {
            self.share(&numbers, &found_classes(&self.witnesses[first as usize]));
        }
    }

    fn record(&mut self, total: usize, class: usize, proof: ClassProof) {
        for (witness, _) in &proof.witnesses {
            self.users[*witness as usize].push((total, class as u32));
        }
        self.proofs[total][class] = Some(proof);
    }

    /// Other primaries that these witnesses prove too, each alone or all together.
    fn share(&mut self, witnesses: &[u32], classes: &[u32]) {
        for &other in classes {
            if !self.problem.primary[other as usize] {
                continue;
            }
            for total in self.unproved(other as usize) {
                if let Some(proof) = self.shared(witnesses, other as usize, total) {
                    self.record(total, other as usize, proof);
                }
            }
        }
    }

    fn shared(&self, witnesses: &[u32], class: usize, total: usize) -> Option<ClassProof> {
        let mut usable = Vec::new();
        let mut common: Option<HashSet<u32>> = None;
        for &number in witnesses {
            let Some(factor) = self.factor(number, class, total) else { continue };
            let holders = self.holders(class, &self.witnesses[number as usize]);
            if self.attackers == Attackers::None || holders.is_empty() {
                return Some(ClassProof { witnesses: vec![(number, factor)], strength: Strength::Full });
            }
            usable.push((number, factor));
            common = Some(match common {
                None => holders,
                Some(common) => in_common(&common, &holders),
            });
        }
        common?.is_empty().then_some(ClassProof { witnesses: usable, strength: Strength::Full })
    }

    /// The factor by which a witness proves a class, if its rooms allow.
    fn factor(&self, witness: u32, class: usize, total: usize) -> Option<f64> {
        let changes = &self.witnesses[witness as usize];
        let totals = &self.problem.totals[total];
        let own = changes.iter().find(|(moved, _)| *moved as usize == class)?.1;
        let factor = totals.need[class] / own.abs();
        let fits = |moved: &(u32, f64)| {
            let class_moved = moved.0 as usize;
            let withheld = self.hidden[class_moved] || totals.free.get(class_moved).copied().unwrap_or(false);
            let up_only = class_moved == class && totals.one_sided[class];
            withheld
                && moved.0 != self.excluded
                && (up_only || moved.1.abs() * factor <= totals.room[class_moved])
        };
        // Tiny moves of the class would blow up the rounding of all others.
        (own.abs() > 1e-6 && changes.iter().all(fits)).then_some(factor * own.signum())
    }
}

fn found_classes(witness: &[(u32, f64)]) -> Vec<u32> {
    witness.iter().map(|(class, _)| *class).collect()
}

mod clean;
