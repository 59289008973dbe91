//! The clean-up: cells that are hidden for nobody are published again, and dear cells are
//! exchanged for cheaper ones.

use super::*;

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
        for (done, &class) in order.iter().enumerate() {
            if done % 64 == 0 {
                watch.report("protect.clean-up", done as u64, order.len() as u64);
                if watch.cancelled() {
                    return Err(DisclosureError::Cancelled);
                }
            }
            let within = self.pivots <= limit || movers[class as usize].is_empty();
            if within && self.hidden[class as usize] && self.publish_again(class, &mut movers) {
                published = true;
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

    fn publish_again(&mut self, class: u32, movers: &mut Vec<Vec<u32>>) -> bool {
        let dependants = self.dependants(class, movers);
        let limit = if dependants.is_empty() { 0 } else { self.steps.proofs_replaced };
        if dependants.len() > limit {
            return false;
        }
        let gain = 0.95 * self.problem.cost[class as usize];
        let saved: Vec<_> = dependants.iter().map(|(t, c)| self.proofs[*t][*c as usize].clone()).collect();
        if saved.iter().flatten().any(|proof| proof.strength != Strength::Full) {
            return false;
        }
        self.hidden[class as usize] = false;
        self.excluded = class;
        dependants.iter().for_each(|(total, dependant)| self.proofs[*total][*dependant as usize] = None);
        let before = self.witnesses.len();
        let mut newly = Vec::new();
        let success = self.replace_all(&dependants, gain, &mut newly);
        self.excluded = NONE;
        if !success {
            self.roll_back(class, &dependants, saved, before, &newly);
            return false;
        }
        for (proof, (total, dependant)) in saved.into_iter().flatten().zip(&dependants) {
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

    /// Finds new proofs for all, hiding less than `gain` anew.
    fn replace_all(&mut self, dependants: &[(usize, u32)], gain: f64, newly: &mut Vec<u32>) -> bool {
        let mut left = gain;
        for &(total, dependant) in dependants {
            if self.proofs[total][dependant as usize].is_some() {
                continue;
            }
            let (found, pivots) =
                self.at_a_desk(|prover| prover.replacement(dependant as usize, total, left));
            self.pivots += pivots;
            let Some(found) = found else { return false };
            left -= found.cost;
            for (moved, _) in found.witnesses.iter().flatten() {
                if !self.hidden[*moved as usize] {
                    self.hidden[*moved as usize] = true;
                    newly.push(*moved);
                }
            }
            self.commit(dependant as usize, &[total], found);
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
