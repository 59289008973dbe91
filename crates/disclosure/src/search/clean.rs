//! The clean-up: cells that are hidden for nobody are published again, and dear cells are
//! exchanged for cheaper ones.

use super::*;

/// New proofs for all that rest on one class, and the pivots it took to find them.
type Attempt = (Option<Vec<(usize, u32, Candidate)>>, u64);

impl Search<'_> {
    /// Tries to publish each complementary class again, dearest first. True if any was.
    pub(super) fn clean_up(&mut self, limit: u64, watch: &dyn Watch) -> Result<bool, DisclosureError> {
        let mut order: Vec<u32> = (0..self.problem.classes() as u32)
            .filter(|class| {
                let class = *class as usize;
                self.hidden[class] && !self.problem.primary[class] && !self.problem.unpublished[class]
            })
            .collect();
        let cost = &self.problem.cost;
        order.sort_by(|a, b| cost[*b as usize].total_cmp(&cost[*a as usize]).then(a.cmp(b)));
        let mut movers = self.movers();
        let mut published = false;
        // Those whose turn was spoiled by a neighbour come first in the next batch.
        let (mut next, mut again) = (0, Vec::new());
        while next < order.len() || !again.is_empty() {
            watch.report("protect.clean-up", next as u64, order.len() as u64);
            if watch.cancelled() {
                return Err(DisclosureError::Cancelled);
            }
            let mut batch: Vec<(u32, Vec<(usize, u32)>)> = Vec::with_capacity(SIDE_BY_SIDE);
            let mut waiting = std::mem::take(&mut again).into_iter();
            while batch.len() < SIDE_BY_SIDE {
                let Some(class) = waiting.next().or_else(|| order.get(next).copied().inspect(|_| next += 1))
                else {
                    break;
                };
                let within = self.pivots <= limit || movers[class as usize].is_empty();
                if within && let Some(dependants) = self.exchangeable(class, &movers) {
                    batch.push((class, dependants));
                }
            }
            let found: Vec<Attempt> = batch
                .par_iter()
                .map(|(class, dependants)| {
                    let gain = 0.95 * self.problem.cost[*class as usize];
                    self.at_a_desk(|prover| prover.without(*class, dependants, gain))
                })
                .collect();
            let mut gone = Vec::new();
            for ((class, dependants), (found, pivots)) in batch.into_iter().zip(found) {
                self.pivots += pivots;
                let Some(found) = found else { continue };
                let moves_gone = |moved: &(u32, f64)| gone.contains(&moved.0);
                let spoiled = found.iter().any(|found| found.2.witnesses.iter().flatten().any(moves_gone))
                    || self.exchangeable(class, &movers).is_none_or(|now| now != dependants);
                if spoiled {
                    again.push(class);
                } else if self.publish_again(class, &dependants, found, &mut movers) {
                    gone.push(class);
                    published = true;
                }
            }
        }
        let forgotten = |class: &usize| {
            self.hidden[*class]
                && movers[*class].is_empty()
                && !self.problem.primary[*class]
                && !self.problem.unpublished[*class]
        };
        let forgotten: Vec<usize> = (0..self.problem.classes()).filter(forgotten).collect();
        forgotten.iter().for_each(|class| self.hidden[*class] = false);
        Ok(published)
    }

    /// By class: witnesses in use that move it.
    fn movers(&self) -> Vec<Vec<u32>> {
        let mut movers = vec![Vec::new(); self.problem.classes()];
        for (number, witness) in self.witnesses.iter().enumerate() {
            if !self.users[number].is_empty() {
                witness.iter().for_each(|(class, _)| movers[*class as usize].push(number as u32));
            }
        }
        movers
    }

    /// Proofs that would be lost if `class` were published.
    fn dependants(&self, class: u32, movers: &[Vec<u32>]) -> Vec<(usize, u32)> {
        let witnesses = movers[class as usize].iter();
        let mut proofs: Vec<(usize, u32)> =
            witnesses.flat_map(|number| self.users[*number as usize].iter().copied()).collect();
        proofs.sort_unstable();
        proofs.dedup();
        proofs
    }

    /// The proofs that rest on a class, if it is hidden still and they are few and full.
    fn exchangeable(&self, class: u32, movers: &[Vec<u32>]) -> Option<Vec<(usize, u32)>> {
        let dependants = self.dependants(class, movers);
        let full = |(total, dependant): &(usize, u32)| {
            self.proofs[*total][*dependant as usize]
                .as_ref()
                .is_some_and(|proof| proof.strength == Strength::Full)
        };
        let few = dependants.len() <= self.steps.proofs_replaced;
        (self.hidden[class as usize] && few && dependants.iter().all(full)).then_some(dependants)
    }

    /// Publishes a class and puts these proofs in the place of those that rested on it.
    fn publish_again(
        &mut self,
        class: u32,
        dependants: &[(usize, u32)],
        found: Vec<(usize, u32, Candidate)>,
        movers: &mut Vec<Vec<u32>>,
    ) -> bool {
        let saved: Vec<_> = dependants.iter().map(|(t, c)| self.proofs[*t][*c as usize].take()).collect();
        self.hidden[class as usize] = false;
        let before = self.witnesses.len();
        let mut newly = Vec::new();
        for (total, dependant, candidate) in found {
            if self.proofs[total][dependant as usize].is_none() {
                let moved = candidate.witnesses.iter().flatten().map(|(moved, _)| *moved);
                newly.extend(moved.filter(|moved| !self.hidden[*moved as usize]));
                self.commit(dependant as usize, &[total], candidate);
            }
        }
        if dependants.iter().any(|(total, dependant)| self.proofs[*total][*dependant as usize].is_none()) {
            self.roll_back(class, dependants, saved, before, &newly);
            return false;
        }
        for (proof, (total, dependant)) in saved.into_iter().flatten().zip(dependants) {
            for (witness, _) in proof.witnesses {
                self.users[witness as usize].retain(|user| user != &(*total, *dependant));
                if self.users[witness as usize].is_empty() {
                    self.release(witness, movers);
                }
            }
        }
        for number in before as u32..self.witnesses.len() as u32 {
            if !self.users[number as usize].is_empty() {
                let witness = &self.witnesses[number as usize];
                witness.iter().for_each(|(class, _)| movers[*class as usize].push(number));
            }
        }
        true
    }

    fn roll_back(
        &mut self,
        class: u32,
        dependants: &[(usize, u32)],
        saved: Vec<Option<ClassProof>>,
        before: usize,
        newly: &[u32],
    ) {
        // Proofs shared with primaries outside the dependants cannot arise: those are proved.
        for ((total, dependant), proof) in dependants.iter().zip(saved) {
            self.proofs[*total][*dependant as usize] = proof;
        }
        self.witnesses.truncate(before);
        self.users.truncate(before);
        newly.iter().for_each(|moved| self.hidden[*moved as usize] = false);
        self.hidden[class as usize] = true;
    }

    /// A witness nobody uses: what it alone kept hidden is published.
    fn release(&mut self, witness: u32, movers: &mut [Vec<u32>]) {
        for position in 0..self.witnesses[witness as usize].len() {
            let class = self.witnesses[witness as usize][position].0;
            movers[class as usize].retain(|number| *number != witness);
        }
    }
}
