//! The inverse of the basis: how it grows, how it changes, and how its rows are weighed.

use super::*;

impl Circulation {
    /// Lets `entering` take the place of what leaves, and gives the basics their changes.
    pub(super) fn exchange(&mut self, terms: &Terms<'_>, leaving: Leaving, entering: u32) -> bool {
        let network = &terms.target.problem.network;
        let size = self.basis.len();
        // The entering column in terms of the basis.
        self.column.clear();
        self.column.resize(size, 0.0);
        for &(row, coefficient) in network.columns.get(entering as usize) {
            let active = self.rows[row as usize];
            if active.stamp == self.stamp && active.active != u32::MAX {
                let from = active.active as usize * self.stride;
                for (value, inverse) in self.column.iter_mut().zip(&self.inverse[from..from + size]) {
                    *value += coefficient * inverse;
                }
            }
        }
        self.column_spots.clear();
        self.column_spots.extend((0..size as u32).filter(|spot| self.column[*spot as usize].abs() > DROP));
        let entry = &mut self.classes[entering as usize];
        let pivot = entry.entry;
        entry.state = match entry.state {
            State::Zero if entry.worth > 0.0 => State::Plus,
            State::Zero => State::Minus,
            State::Upper => State::Plus,
            State::Lower => State::Minus,
            other => other,
        };
        let weight = match leaving {
            Leaving::Artificial(row) => self.rows[row as usize].weight,
            Leaving::Basic(position) => self.classes[self.basis[position] as usize].weight,
        };
        self.reweigh(network, entering, pivot, weight);
        match leaving {
            Leaving::Artificial(row) => self.border(row, entering, pivot),
            Leaving::Basic(position) => {
                if (self.column[position] - pivot).abs() > 1e-5 * pivot.abs().max(1.0) {
                    return false;
                }
                self.replace(network, position, entering);
            }
        }
        self.settle(network);
        true
    }

    /// Devex: how long each row of the tableau is, against the basis of the start.
    fn reweigh(&mut self, network: &Network, entering: u32, pivot: f64, weight: f64) {
        let factor = weight / (pivot * pivot);
        self.sweep += 1;
        self.crossed.clear();
        let own = std::iter::once((entering, 1.0));
        let basics =
            self.column_spots.iter().map(|spot| (self.basis[*spot as usize], -self.column[*spot as usize]));
        for (class, part) in own.chain(basics) {
            for &(row, coefficient) in network.columns.get(class as usize) {
                let entry = &mut self.rows[row as usize];
                if entry.stamp != self.stamp || entry.active != u32::MAX {
                    continue;
                }
                if entry.mark != self.sweep {
                    entry.mark = self.sweep;
                    entry.entry = 0.0;
                    self.crossed.push(row);
                }
                entry.entry += coefficient * part;
            }
        }
        for row in &self.crossed {
            let entry = &mut self.rows[*row as usize];
            entry.weight = entry.weight.max(entry.entry * entry.entry * factor);
        }
        for spot in &self.column_spots {
            let entry = &mut self.classes[self.basis[*spot as usize] as usize];
            entry.weight = entry.weight.max(self.column[*spot as usize].powi(2) * factor);
        }
        self.classes[entering as usize].weight = factor.max(1.0);
    }

    fn border(&mut self, row: u32, entering: u32, pivot: f64) {
        let size = self.basis.len();
        if size + 1 > self.stride {
            let stride = (2 * self.stride).max(64);
            let mut grown = vec![0.0; stride * stride];
            for position in 0..size {
                grown[position * stride..position * stride + size]
                    .copy_from_slice(&self.inverse[position * self.stride..position * self.stride + size]);
            }
            self.inverse = grown;
            self.stride = stride;
        }
        let stride = self.stride;
        // The new line and column may hold what an earlier solve left there.
        for spot in 0..size {
            self.inverse[spot * stride + size] = 0.0;
        }
        self.inverse[size * stride..size * stride + size + 1].fill(0.0);
        for &weight in &self.weight_spots {
            let factor = self.weights[weight as usize] / pivot;
            let line = &mut self.inverse[weight as usize * stride..weight as usize * stride + size + 1];
            for &spot in &self.column_spots {
                line[spot as usize] -= factor * self.column[spot as usize];
            }
            line[size] = factor;
        }
        let line = &mut self.inverse[size * stride..size * stride + size + 1];
        for &spot in &self.column_spots {
            line[spot as usize] = -self.column[spot as usize] / pivot;
        }
        line[size] = 1.0 / pivot;
        self.classes[entering as usize].position = size as u32;
        self.rows[row as usize].active = size as u32;
        self.active.push(row);
        self.basis.push(entering);
    }

    fn replace(&mut self, network: &Network, leaving: usize, entering: u32) {
        let (size, stride) = (self.basis.len(), self.stride);
        let pivot = self.column[leaving];
        for &weight in &self.weight_spots {
            let factor = self.weights[weight as usize] / pivot;
            let line = &mut self.inverse[weight as usize * stride..weight as usize * stride + size];
            for &spot in &self.column_spots {
                line[spot as usize] -= factor * self.column[spot as usize];
            }
            line[leaving] = factor;
        }
        self.classes[entering as usize].position = leaving as u32;
        let gone = self.basis[leaving];
        let entry = &self.classes[gone as usize];
        let change = match entry.state {
            State::Upper => entry.reach,
            State::Lower => -entry.reach,
            _ => 0.0,
        };
        self.shift(network, gone, change);
        self.basis[leaving] = entering;
    }
}
