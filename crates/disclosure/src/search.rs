//! The search for a pattern: a witness for every primary, and as little hidden as possible.
//!
//! Deterministic: the order is by need, ties by number, and work is counted in steps.

use std::sync::Mutex;

use domain::progress::Watch;
use hashbrown::HashSet;
use rayon::prelude::*;

use crate::DisclosureError;
use crate::circulation::{Circulation, Outcome, Terms};
use crate::family::{UNKNOWN, in_common};
use crate::hypercube::Hypercube;
use crate::lattice::NONE;
use crate::plan::{Attackers, Effort};
use crate::problem::{Known, Problem};
use crate::proof::Strength;

use prover::{Desk, Prover};

type Changes = Vec<(u32, f64)>;
/// What was found for the totals of a primary, and the pivots it took.
type Found = (Vec<(Vec<usize>, Candidate)>, u64);

/// Why one total of one primary class is safe.
#[derive(Clone, Debug)]
pub(crate) struct ClassProof {
    /// Witness and factor.
    pub(crate) witnesses: Vec<(u32, f64)>,
    pub(crate) strength: Strength,
}

/// One widening of the search: so many members of each dimension, which rungs, how many pivots.
#[derive(Clone, Debug)]
struct Stage {
    breadth: usize,
    rungs: &'static [f64],
    pivots: u32,
}

/// How much is tried.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    stages: Vec<Stage>,
    /// For primaries that these stages cannot prove: first cells that can carry the whole need (few,
    /// so that the steps suffice), then smaller and smaller ones.
    far_stages: Vec<Stage>,
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
        let far_stages = vec![
            stage(20, &[1.0, 0.3][..], 400),
            stage(EVERYTHING, &[1.0], 300),
            stage(20, &[0.1], 600),
            stage(EVERYTHING, &[0.3, 0.05], 700),
        ];
        match effort {
            Effort::Low => {
                let stages = vec![stage(3, &[0.3][..], 200), stage(8, &[0.1], 400)];
                Steps {
                    stages,
                    far_stages,
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
                Steps {
                    stages,
                    far_stages,
                    good: 1.5,
                    passes: 1,
                    proofs_replaced: 8,
                    clean_pivots: 60,
                    clean_budget,
                }
            }
            Effort::Normal if classes > 2000 => {
                let stages =
                    vec![stage(4, &[1.0, 0.3][..], 200), stage(8, &[1.0, 0.3], 300), stage(20, &[0.1], 600)];
                let clean_budget = 40_000 + 15 * classes as u64;
                Steps {
                    stages,
                    far_stages,
                    good: 1.0,
                    passes: 2,
                    proofs_replaced: 20,
                    clean_pivots: 80,
                    clean_budget,
                }
            }
            _ => {
                let rungs = &[1.0, 0.5, 0.25, 0.1, 0.03, 0.0][..];
                let stages = vec![stage(3, rungs, 300), stage(8, rungs, 500), stage(20, rungs, 1000)];
                Steps {
                    stages,
                    far_stages,
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
    /// Pivots made so far, by all threads together.
    pivots: u64,
    desks: Mutex<Vec<Desk>>,
}

/// Primaries that are looked at side by side, all against what was hidden before the first of
/// them. A constant, so that the number of threads changes nothing.
const SIDE_BY_SIDE: usize = 16;

impl<'a> Search<'a> {
    /// `hidden`: by class, what is withheld from the start.
    pub(crate) fn new(problem: &'a Problem, attackers: Attackers, effort: Effort, hidden: Vec<bool>) -> Self {
        let classes = problem.classes();
        Search {
            attackers,
            steps: Steps::of(effort, classes),
            hidden,
            witnesses: Vec::new(),
            proofs: problem.totals.iter().map(|_| vec![None; classes]).collect(),
            users: Vec::new(),
            pivots: 0,
            desks: Mutex::new(Vec::new()),
            problem,
        }
    }

    /// Proves every primary, then publishes again what no proof needs.
    pub(crate) fn run(&mut self, watch: &dyn Watch) -> Result<(), DisclosureError> {
        let order = self.order();
        let (mut next, mut batch) = (0, Vec::with_capacity(SIDE_BY_SIDE));
        while next < order.len() {
            watch.report("protect.search", next as u64, order.len() as u64);
            if watch.cancelled() {
                return Err(DisclosureError::Cancelled);
            }
            batch.clear();
            while next < order.len() && batch.len() < SIDE_BY_SIDE {
                let class = order[next] as usize;
                if !self.unproved(class).is_empty() {
                    batch.push(class);
                }
                next += 1;
            }
            let found: Vec<Found> =
                batch.par_iter().map(|class| self.at_a_desk(|p| p.prove(*class))).collect();
            for (class, (found, pivots)) in batch.iter().zip(found) {
                self.pivots += pivots;
                for (totals, candidate) in found {
                    // A neighbour's witness may have proved it in the meantime.
                    let open = self.unproved(*class);
                    let totals: Vec<usize> = totals.into_iter().filter(|t| open.contains(t)).collect();
                    if !totals.is_empty() {
                        self.commit(*class, &totals, candidate);
                    }
                }
            }
        }
        let limit = self.pivots + self.steps.clean_budget;
        for _ in 0..self.steps.passes {
            if !self.clean_up(limit, watch)? {
                break;
            }
        }
        watch.report("protect.steps", self.pivots, 0);
        Ok(())
    }

    /// Works with memory of one's own on what is hidden now; tells the pivots it took.
    fn at_a_desk<T>(&self, work: impl FnOnce(&mut Prover<'a, '_>) -> T) -> (T, u64) {
        let pool = || self.desks.lock().expect("nobody panics while holding the pool");
        let kept = pool().pop();
        let mut desk = kept.unwrap_or_else(|| Desk {
            circulation: Circulation::new(self.problem.classes(), self.problem.network.rows.len()),
            hypercube: Hypercube::new(self.problem),
            hidden: self.hidden.clone(),
        });
        desk.hidden.copy_from_slice(&self.hidden);
        let before = desk.circulation.pivots;
        let result =
            work(&mut Prover { search: self, desk: &mut desk, excluded: NONE, far: false, headlines: false });
        let pivots = desk.circulation.pivots - before;
        pool().push(desk);
        (result, pivots)
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

    /// Hides what the candidate moves, stores it, and lets other primaries share it.
    fn commit(&mut self, class: usize, totals: &[usize], found: Candidate) {
        let first = self.witnesses.len() as u32;
        for (moved, _) in found.witnesses.iter().flatten() {
            self.hidden[*moved as usize] = true;
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
                let numbered = witnesses.iter().map(|number| (*number, &self.witnesses[*number as usize]));
                if let Some(proof) = self.shared(numbered, other as usize, total, &self.hidden) {
                    self.record(total, other as usize, proof);
                }
            }
        }
    }

    /// The proof of a class by these numbered witnesses, where `hidden` is withheld.
    fn shared<'w>(
        &self,
        witnesses: impl Iterator<Item = (u32, &'w Changes)>,
        class: usize,
        total: usize,
        hidden: &[bool],
    ) -> Option<ClassProof> {
        let mut usable = Vec::new();
        let mut common: Option<HashSet<u32>> = None;
        for (number, changes) in witnesses {
            let Some(factor) = self.factor(changes, class, total, hidden) else { continue };
            let holders = self.holders(class, changes);
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

    /// Who is alone in a cell that this witness moves, besides the primary's own holder.
    fn holders(&self, class: usize, witness: &[(u32, f64)]) -> HashSet<u32> {
        let own = self.problem.sole[class];
        let holders = witness.iter().map(|(moved, _)| self.problem.sole[*moved as usize]);
        holders.filter(|holder| *holder != 0 && *holder != own).collect()
    }

    /// The factor by which a witness proves a class, if its rooms allow.
    fn factor(&self, changes: &[(u32, f64)], class: usize, total: usize, hidden: &[bool]) -> Option<f64> {
        let totals = &self.problem.totals[total];
        let own = changes.iter().find(|(moved, _)| *moved as usize == class)?.1;
        let factor = totals.need[class] / own.abs();
        let fits = |moved: &(u32, f64)| {
            let class_moved = moved.0 as usize;
            let up_only = class_moved == class && totals.one_sided[class];
            hidden[class_moved] && (up_only || moved.1.abs() * factor <= totals.room[class_moved])
        };
        // Tiny moves of the class would blow up the rounding of all others.
        (own.abs() > 1e-6 && changes.iter().all(fits)).then_some(factor * own.signum())
    }
}

fn found_classes(witness: &[(u32, f64)]) -> Vec<u32> {
    witness.iter().map(|(class, _)| *class).collect()
}

mod clean;
mod prover;
