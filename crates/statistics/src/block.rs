//! A block of rows: their summands in steps, row after row, ready to be added to cells.

use std::ops::Range;

use crate::codes::NO_SLOT;
use crate::exact::Scale;
use crate::worker::{Buffers, Job, LEAST_PERSONS};

/// Rows in a block: their words fit the second-level cache.
pub(crate) const BLOCK: usize = 1024;

/// Positions of the sums of the distribution, behind the weight and the amounts.
const MOMENTS: usize = 0;
const OLLEY_PAKES: usize = 3;
/// What the words of w x and w x^2 leave out: their difference is a variance, which may be small.
const RESTS: usize = 7;
/// Number of sums of the distribution.
pub(crate) const DISTRIBUTION_SUMS: usize = 9;
/// Those of them that every row changes.
const HOT_DISTRIBUTION: [usize; 6] =
    [MOMENTS + 1, MOMENTS + 2, OLLEY_PAKES + 2, OLLEY_PAKES + 3, RESTS, RESTS + 1];

#[derive(Default)]
pub(crate) struct Block {
    /// The cell of each row; `NO_SLOT` if it has none.
    pub cells: Vec<u32>,
    /// Words of the hot sums, row after row.
    pub words: Vec<i64>,
    pub width: usize,
    /// Summands without a word, and (NaN) amounts that are missing.
    pub odd: Vec<Odd>,
    /// Parts of the totals whose contributors are recorded, row after row.
    pub parts: Vec<f64>,
    /// Labour productivity of each row; NaN where there is none.
    pub productivity: Vec<f64>,
}

/// A summand that is no word.
pub(crate) struct Odd {
    pub row: u32,
    pub sum: u32,
    pub scale: Scale,
    pub value: f64,
}

/// Positions, among all sums of a cell, of those that every row changes: the weight, the amounts,
/// and of the distribution w x, w x^2, w ln x and w L ln x. The others (sums of w and w L over a
/// part of the rows) are kept as what few rows take off the sums over all of them.
pub(crate) fn hot_sums(job: &Job<'_>) -> Vec<usize> {
    let amounts = job.recipe.amounts.len();
    let mut hot: Vec<usize> = (0..=amounts).collect();
    if job.recipe.moments().is_some() {
        let base = 1 + amounts;
        hot.extend(HOT_DISTRIBUTION.map(|sum| base + sum));
    }
    hot
}

/// Completes the sums of a cell that are kept as what is missing from others.
pub(crate) fn complete(job: &Job<'_>, sums: &mut [i128]) {
    let Some((_, persons)) = job.recipe.moments() else { return };
    let base = 1 + job.recipe.amounts.len();
    sums[base + MOMENTS] += sums[0];
    sums[base + OLLEY_PAKES] += sums[0];
    sums[base + OLLEY_PAKES + 1] += sums[1 + persons];
}

impl Block {
    /// Computes the summands of some rows of a batch.
    pub(crate) fn fill(&mut self, job: &Job<'_>, buffers: &Buffers, rows: Range<usize>) {
        let amounts = &buffers.amounts;
        self.width =
            1 + amounts.len() + if job.recipe.moments().is_some() { HOT_DISTRIBUTION.len() } else { 0 };
        // Every word is written below; what an earlier block left need not be cleared.
        self.words.resize(rows.len() * self.width, 0);
        self.odd.clear();
        self.contributions(job, buffers, rows.clone());
        let weights = &buffers.weights[rows.clone()];
        self.column(0, 0, job.scales.weight, weights.iter().copied());
        for (position, amount) in amounts.iter().enumerate() {
            let products = weights.iter().zip(&amount[rows.clone()]).map(|(weight, value)| weight * value);
            self.column(1 + position, 1 + position, job.scales.amounts[position], products);
        }
        if let Some((value_added, persons)) = job.recipe.distribution {
            let (value_added, persons) = (&amounts[value_added][rows.clone()], &amounts[persons][rows]);
            self.productivity.clear();
            self.productivity.extend(value_added.iter().zip(persons).map(|(v, l)| productivity(*v, *l)));
            if job.recipe.moments().is_some() {
                self.moments(job, weights, persons);
            }
        }
    }

    #[inline(always)]
    fn column(&mut self, at: usize, sum: usize, scale: Scale, values: impl Iterator<Item = f64>) {
        let odd = &mut self.odd;
        for (row, (record, value)) in self.words.chunks_exact_mut(self.width).zip(values).enumerate() {
            match scale.word(value) {
                Some(word) => record[at] = word,
                None => {
                    record[at] = 0;
                    odd.push(Odd { row: row as u32, sum: sum as u32, scale, value });
                }
            }
        }
    }

    /// What is missing is no part.
    fn contributions(&mut self, job: &Job<'_>, buffers: &Buffers, rows: Range<usize>) {
        let width = job.recipe.contributions.len();
        self.parts.resize(rows.len() * width, 0.0);
        let weights = &buffers.weights[rows.clone()];
        for (at, amount) in job.recipe.contributions.iter().enumerate() {
            let products = weights.iter().zip(&buffers.amounts[*amount][rows.clone()]);
            for (parts, (weight, value)) in self.parts.chunks_exact_mut(width).zip(products) {
                let part = weight * value;
                parts[at] = if part.is_nan() { 0.0 } else { part };
            }
        }
    }

    fn moments(&mut self, job: &Job<'_>, weights: &[f64], persons: &[f64]) {
        let base = 1 + job.recipe.amounts.len();
        let [w, x_scale, xx_scale] = job.scales.moments;
        let [_, l_scale, log_scale, l_log_scale] = job.scales.olley_pakes;
        for row in 0..weights.len() {
            let (weight, persons, x) = (weights[row], persons[row], self.productivity[row]);
            let record = &mut self.words[row * self.width + base..][..HOT_DISTRIBUTION.len()];
            let odd = &mut self.odd;
            record.fill(0);
            if !x.is_nan() {
                for (at, scale, value) in [(0, x_scale, weight * x), (1, xx_scale, weight * (x * x))] {
                    match scale.word_and_rest(value) {
                        Some((word, rest)) => (record[at], record[4 + at]) = (word, rest),
                        None => {
                            let sum = (base + MOMENTS + 1 + at) as u32;
                            odd.push(Odd { row: row as u32, sum, scale, value });
                        }
                    }
                }
            }
            let mut set = |at: usize, sum: usize, scale: Scale, value: f64| match scale.word(value) {
                Some(word) => record[at] = word,
                None => odd.push(Odd { row: row as u32, sum: (base + sum) as u32, scale, value }),
            };
            if x > 0.0 {
                let log = x.ln();
                set(2, OLLEY_PAKES + 2, log_scale, weight * log);
                set(3, OLLEY_PAKES + 3, l_log_scale, weight * persons * log);
                continue;
            }
            // Not among those with a logarithm: taken off the sums over all.
            let mut take_off = |sum: usize, scale: Scale, value: f64| {
                if !value.is_nan() {
                    odd.push(Odd { row: row as u32, sum: (base + sum) as u32, scale, value: -value });
                }
            };
            take_off(OLLEY_PAKES, w, weight);
            take_off(OLLEY_PAKES + 1, l_scale, weight * persons);
            if x.is_nan() {
                take_off(MOMENTS, w, weight);
            }
        }
    }
}

/// Value added per person; NaN where there is none.
#[inline(always)]
fn productivity(value_added: f64, persons: f64) -> f64 {
    if persons >= LEAST_PERSONS { value_added / persons } else { f64::NAN }
}

/// Keeps the labour productivity of the rows of a block for the sweep.
pub(crate) fn keep(kept: &mut Kept, block: &Block, buffers: &Buffers, start: usize) {
    for ((row, &cell), &x) in (start..).zip(&block.cells).zip(&block.productivity) {
        if cell != NO_SLOT && !x.is_nan() {
            let time = buffers.times.get(row).copied().unwrap_or(0);
            kept.of(time).push(x, cell, buffers.weights[row]);
        }
    }
}

/// Enterprises with their labour productivity: parallel columns. Cells are the worker's own.
#[derive(Default)]
pub(crate) struct Values {
    pub values: Vec<f64>,
    pub cells: Vec<u32>,
    pub weights: Vec<f64>,
}

impl Values {
    #[inline(always)]
    fn push(&mut self, value: f64, cell: u32, weight: f64) {
        self.values.push(value);
        self.cells.push(cell);
        self.weights.push(weight);
    }
}

/// The values of a batch by period; nearly always there is one.
pub(crate) struct Kept {
    capacity: usize,
    pub by_time: Vec<(u32, Values)>,
}

impl Kept {
    pub(crate) fn new(capacity: usize) -> Self {
        Kept { capacity, by_time: Vec::new() }
    }

    #[inline(always)]
    fn of(&mut self, time: u32) -> &mut Values {
        let known = match self.by_time.last() {
            Some((last, _)) if *last == time => self.by_time.len() - 1,
            _ => self.find(time),
        };
        &mut self.by_time[known].1
    }

    fn find(&mut self, time: u32) -> usize {
        if let Some(known) = self.by_time.iter().position(|(known, _)| *known == time) {
            return known;
        }
        let mut values = Values::default();
        if self.by_time.is_empty() {
            values.values.reserve_exact(self.capacity);
            values.cells.reserve_exact(self.capacity);
            values.weights.reserve_exact(self.capacity);
        }
        self.by_time.push((time, values));
        self.by_time.len() - 1
    }
}
