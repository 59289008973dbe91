//! One period: its enterprises are ordered once, and every combination of levels is swept.
//!
//! Periods do not depend on each other: a period is the unit by which the work is shared out
//! among threads, and later among machines.

use rayon::prelude::*;

use crate::block::Values;
use crate::cells::Cells;
use crate::lattice::{self, CellSet};
use crate::members::Members;
use crate::radix::{Ranked, key_of, sort, value_of};
use crate::sweep::{Ordered, Quantiles, UnitWeight, sweep};
use crate::weight::{WeightRange, WeightScale};
use crate::worker::{Affiliates, ENTERPRISES, INDEPENDENT};

/// The enterprises of one period, as the workers left them.
pub(crate) struct Partition {
    /// Slots of the finest cells, cell after cell, one for each dimension but the time.
    pub slots: Vec<u32>,
    pub finest: Cells,
    /// Values with the finest cell of each given by its worker's table.
    pub values: Vec<(usize, Values)>,
    pub affiliates: Affiliates,
}

impl Partition {
    /// Computes all sets of the period. `cell_of` leads, by worker, from the worker's cells to
    /// the finest cells of this period.
    pub(crate) fn compute(
        self,
        members: &[Members],
        level_sets: &[Vec<u8>],
        quantiles: &Quantiles,
        cell_of: &[Vec<u32>],
        has_holdings: bool,
        progress: &(dyn Fn() + Sync),
    ) -> Vec<CellSet> {
        let mut sets = lattice::build(members, level_sets, &self.slots, &self.finest);
        let finest = self.finest.len;
        drop(self.finest);
        if quantiles.parts_per_million.is_empty() || self.values.is_empty() {
            let empty = quantiles.parts_per_million.len();
            sets.iter_mut().for_each(|set| set.quantiles = vec![f64::NAN; set.cells.len * empty]);
        } else {
            let mut range = WeightRange::default();
            self.values.iter().for_each(|(_, values)| range.see(&values.weights));
            let scale = range.scale();
            if scale.largest <= u64::from(u32::MAX) {
                quantiles_of::<u32>(&mut sets, self.values, cell_of, finest, quantiles, scale, progress);
            } else {
                quantiles_of::<u64>(&mut sets, self.values, cell_of, finest, quantiles, scale, progress);
            }
        }
        // Without holdings every enterprise is a contributor by itself.
        let independent = if has_holdings { INDEPENDENT } else { ENTERPRISES };
        if sets.first().is_some_and(|set| set.cells.shape.contributions > 0) {
            sets.par_iter_mut().for_each(|set| lattice::add_holdings(set, &self.affiliates, independent));
        }
        sets
    }
}

/// Orders the values once and sweeps them for every set.
fn quantiles_of<W: UnitWeight>(
    sets: &mut [CellSet],
    values: Vec<(usize, Values)>,
    cell_of: &[Vec<u32>],
    finest: usize,
    quantiles: &Quantiles,
    scale: WeightScale,
    progress: &(dyn Fn() + Sync),
) {
    let count = values.iter().map(|(_, values)| values.values.len()).sum();
    let mut ranked: Vec<Ranked<W>> = Vec::with_capacity(count);
    let mut totals = vec![0_u64; finest];
    for (worker, values) in values {
        let cell_of = &cell_of[worker];
        let rows = values.values.iter().zip(&values.cells).zip(&values.weights);
        ranked.extend(rows.map(|((value, cell), weight)| {
            let cell = cell_of[*cell as usize];
            let units = scale.units(*weight);
            totals[cell as usize] += units;
            Ranked { key: key_of(*value), cell, weight: W::narrow(units) }
        }));
    }
    let ranked = sort(ranked);
    let cells: Vec<u32> = ranked.iter().map(|row| row.cell).collect();
    let weights: Vec<W> = ranked.iter().map(|row| row.weight).collect();
    let value = |place: usize| value_of(ranked[place].key);
    let ordered = Ordered { cells: &cells, weights: &weights, value: &value };
    sets.par_iter_mut().for_each(|set| {
        let map = set.map.as_deref();
        let mut of_set = vec![0; set.cells.len];
        match map {
            Some(map) => map.iter().zip(&totals).for_each(|(cell, units)| of_set[*cell as usize] += units),
            None => of_set.copy_from_slice(&totals),
        }
        set.quantiles = sweep(&ordered, map, &of_set, quantiles, scale);
        progress();
    });
}
