//! Looking for witnesses: reads what is hidden and proved, and changes nothing of it.

use super::*;
use crate::hypercube;
use crate::problem::Target;

/// At most so many witnesses for one primary.
const MOST_WITNESSES: usize = 8;

/// Working memory of one thread.
pub(super) struct Desk {
    pub(super) circulation: Circulation,
    pub(super) hypercube: Hypercube,
    /// What is hidden, and what would be.
    pub(super) hidden: Vec<bool>,
}

pub(super) struct Prover<'a, 'b> {
    pub(super) search: &'b Search<'a>,
    pub(super) desk: &'b mut Desk,
    /// To be published again: no witness may move it.
    pub(super) excluded: u32,
    /// Look far and wide: for what the ordinary ways cannot prove.
    pub(super) far: bool,
    /// Headlines may be hidden too.
    pub(super) headlines: bool,
}

impl<'a> Prover<'a, '_> {
    fn target(&self, class: usize, totals: &[usize], known: Known) -> Target<'a> {
        let problem = self.search.problem;
        let totals = totals.iter().map(|t| (*t, 1.0 / problem.totals[*t].need[class])).collect();
        Target { problem, class, totals, known, excluded: self.excluded, headlines: self.headlines }
    }

    /// Candidates for all totals that are not proved yet, together or each alone.
    pub(super) fn prove(&mut self, class: usize) -> Vec<(Vec<usize>, Candidate)> {
        let totals = self.search.unproved(class);
        if let Some(found) = self.attempt(class, &totals, f64::INFINITY) {
            return vec![(totals, found)];
        }
        let mut found = Vec::with_capacity(totals.len());
        for total in totals {
            let candidate = match self.attempt(class, &[total], f64::INFINITY) {
                Some(candidate) => candidate,
                None => self.last_resort(class, total),
            };
            self.headlines = false;
            // What the first hides costs the second nothing.
            for (moved, _) in candidate.witnesses.iter().flatten() {
                self.desk.hidden[*moved as usize] = true;
            }
            found.push((vec![total], candidate));
        }
        found
    }

    /// The cheapest proof found by the ordinary ways, for all these totals at once.
    fn attempt(&mut self, class: usize, totals: &[usize], limit: f64) -> Option<Candidate> {
        if self.search.attackers == Attackers::None {
            let (cost, witness) = self.cheapest(&self.target(class, totals, Known::Nothing), limit)?;
            return Some(Candidate { cost, witnesses: vec![witness], strength: Strength::Full, moved: 1.0 });
        }
        let outsider = self.cheapest(&self.target(class, totals, Known::Nothing), limit)?;
        let holders = self.search.holders(class, &outsider.1);
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
            (None, None) => self.several(class, totals, outsider, limit),
        }
    }

    /// One witness that avoids each holder who could spoil the first: nobody can spoil them all.
    fn several(
        &mut self,
        class: usize,
        totals: &[usize],
        first: (f64, Changes),
        limit: f64,
    ) -> Option<Candidate> {
        let (mut cost, first) = first;
        let mut common = self.search.holders(class, &first);
        let before = self.desk.hidden.clone();
        let mut witnesses = vec![first];
        while let Some(&holder) = common.iter().min() {
            let newest = witnesses.last().expect("there is a first");
            newest.iter().for_each(|(moved, _)| self.desk.hidden[*moved as usize] = true);
            let target = self.target(class, totals, Known::Holders(HashSet::from_iter([holder])));
            let found = if witnesses.len() < MOST_WITNESSES { self.cheapest(&target, limit) } else { None };
            let Some((more, witness)) = found else { break };
            cost += more;
            common = in_common(&common, &self.search.holders(class, &witness));
            witnesses.push(witness);
        }
        self.desk.hidden.copy_from_slice(&before);
        let proved = common.is_empty() && cost < limit;
        proved.then_some(Candidate { cost, witnesses, strength: Strength::Full, moved: 1.0 })
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
            if !self.desk.hidden[moved as usize] {
                self.desk.hidden[moved as usize] = true;
                newly.push(moved);
            }
        }
        let second = self.cheapest(&target, limit);
        newly.iter().for_each(|moved| self.desk.hidden[*moved as usize] = false);
        second
    }

    /// The cheapest single witness below `limit`, with the cost of what it newly hides.
    fn cheapest(&mut self, target: &Target<'_>, limit: f64) -> Option<(f64, Changes)> {
        if target.reach(target.class) < 1.0 - 1e-9 {
            return None;
        }
        let mut best = self.desk.hypercube.search(target, &self.desk.hidden, limit);
        let good = self.search.steps.good * self.search.problem.cost[target.class];
        let steps = &self.search.steps;
        let stages = if self.far { &steps.far_stages } else { &steps.stages };
        for stage in stages {
            if best.as_ref().is_some_and(|best| best.0 <= good.max(1e-3)) {
                break;
            }
            let window = self.desk.hypercube.window(target, &self.desk.hidden, stage.breadth);
            for &rung in stage.rungs {
                let limit = best.as_ref().map_or(limit, |best| best.0);
                let terms = Terms {
                    target,
                    hidden: &self.desk.hidden,
                    rung,
                    hidden_only: false,
                    window: Some(&window),
                    pivots: stage.pivots,
                    furthest: false,
                    limit,
                };
                if let Outcome::Found(witness) = self.desk.circulation.solve(&terms) {
                    let cost = self.new_cost(&witness);
                    if cost < best.as_ref().map_or(limit, |best| best.0) {
                        best = Some((cost, witness));
                    }
                }
            }
        }
        best
    }

    /// What it costs to hide what this witness moves and is not withheld yet.
    fn new_cost(&self, witness: &[(u32, f64)]) -> f64 {
        let of = |class: &(u32, f64)| {
            let withheld = self.desk.hidden[class.0 as usize];
            self.search.problem.cost[class.0 as usize] * if withheld { 1e-3 } else { 1.0 }
        };
        witness.iter().map(of).sum()
    }

    /// For what the ordinary ways cannot prove: far and wide, many products together, whole paths
    /// up to the total; then against outsiders only; then as far as it goes.
    fn last_resort(&mut self, class: usize, total: usize) -> Candidate {
        self.far = true;
        let mut found = self.attempt(class, &[total], f64::INFINITY);
        self.headlines = true;
        if found.is_none() {
            found = self.attempt(class, &[total], f64::INFINITY);
        }
        self.far = false;
        if let Some(found) = found {
            return found;
        }
        let modes = match self.search.attackers {
            Attackers::None => vec![(Known::Nothing, Strength::Full)],
            _ => vec![(Known::EverySole, Strength::Full), (Known::Nothing, Strength::OutsidersOnly)],
        };
        let mut furthest =
            Candidate { cost: 0.0, witnesses: Vec::new(), strength: Strength::Narrow, moved: 0.0 };
        for (known, strength) in modes {
            let target = self.target(class, &[total], known);
            if strength == Strength::OutsidersOnly
                && let Some((cost, way)) = self.outsiders(&target)
            {
                return Candidate { cost, witnesses: vec![way], strength, moved: 1.0 };
            }
            let split = self.desk.hypercube.split(&target, &self.desk.hidden);
            for (moved, way) in [split, hypercube::up_to_total(&target, &self.desk.hidden)] {
                if moved >= 1.0 - 1e-9 {
                    return Candidate {
                        cost: self.new_cost(&way),
                        witnesses: vec![way],
                        strength,
                        moved: 1.0,
                    };
                }
                if moved > furthest.moved {
                    furthest =
                        Candidate { cost: 0.0, witnesses: vec![way], strength: Strength::Narrow, moved };
                }
            }
        }
        furthest
    }

    /// A witness that some holders can spoil: near if possible, else far.
    fn outsiders(&mut self, target: &Target<'_>) -> Option<(f64, Changes)> {
        let near = self.cheapest(target, f64::INFINITY);
        if near.is_some() {
            return near;
        }
        self.far = true;
        let found = self.cheapest(target, f64::INFINITY);
        self.far = false;
        found
    }

    /// New proofs for all that rest on `class`, hiding less than `gain` anew; none if one is missing.
    pub(super) fn without(
        &mut self,
        class: u32,
        dependants: &[(usize, u32)],
        gain: f64,
    ) -> Option<Vec<(usize, u32, Candidate)>> {
        self.excluded = class;
        self.desk.hidden[class as usize] = false;
        let (mut left, mut found) = (gain, Vec::<(usize, u32, Candidate)>::new());
        for &(total, dependant) in dependants {
            let proves = |(_, _, candidate): &(usize, u32, Candidate)| {
                let numbered = candidate.witnesses.iter().map(|changes| (0, changes));
                candidate.strength == Strength::Full
                    && candidate.witnesses[0].iter().any(|(moved, _)| *moved == dependant)
                    && self.search.shared(numbered, dependant as usize, total, &self.desk.hidden).is_some()
            };
            if found.iter().any(proves) {
                continue;
            }
            let candidate = self.replacement(dependant as usize, total, left)?;
            left -= candidate.cost;
            for (moved, _) in candidate.witnesses.iter().flatten() {
                self.desk.hidden[*moved as usize] = true;
            }
            found.push((total, dependant, candidate));
        }
        Some(found)
    }

    /// A proof without the excluded class: among what is hidden if possible.
    fn replacement(&mut self, class: usize, total: usize, limit: f64) -> Option<Candidate> {
        let known = if self.search.attackers == Attackers::None { Known::Nothing } else { Known::EverySole };
        let target = self.target(class, &[total], known);
        let pivots = self.search.steps.clean_pivots;
        let terms = Terms {
            target: &target,
            hidden: &self.desk.hidden,
            rung: 0.0,
            hidden_only: true,
            window: None,
            pivots,
            furthest: false,
            limit: f64::INFINITY,
        };
        if target.reach(class) < 1.0 - 1e-9 {
            return None;
        }
        if let Outcome::Found(witness) = self.desk.circulation.solve(&terms) {
            return Some(Candidate {
                cost: 0.0,
                witnesses: vec![witness],
                strength: Strength::Full,
                moved: 1.0,
            });
        }
        self.attempt(class, &[total], limit)
    }
}
