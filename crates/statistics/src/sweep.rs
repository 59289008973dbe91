//! The sweep: all weighted quantiles of all cells of one combination of levels in one pass over
//! the enterprises in order of their value.
//!
//! Each cell counts down the weight that is missing until its next probability is reached; when
//! nothing is missing the value at hand is the quantile. The definition is the inverse of the
//! weighted empirical distribution, optionally averaged at exact hits.

use domain::plan::QuantileDefinition;

use crate::weight::WeightScale;

/// A weight in units, as narrow as the data allow so that a pass reads less memory.
pub(crate) trait UnitWeight: Copy + Default + Send + Sync {
    fn narrow(units: u64) -> Self;
    fn wide(self) -> i64;
}

impl UnitWeight for u32 {
    #[inline(always)]
    fn narrow(units: u64) -> Self {
        // The caller chose this width because the largest weight fits.
        units as u32
    }

    #[inline(always)]
    fn wide(self) -> i64 {
        i64::from(self)
    }
}

impl UnitWeight for u64 {
    #[inline(always)]
    fn narrow(units: u64) -> Self {
        units
    }

    #[inline(always)]
    fn wide(self) -> i64 {
        self as i64
    }
}

/// Enterprises in order of their value: parallel columns.
pub(crate) struct Ordered<'a, W> {
    /// The finest cell of each enterprise.
    pub cells: &'a [u32],
    pub weights: &'a [W],
    /// The value at a place in the order.
    pub value: &'a (dyn Fn(usize) -> f64 + Sync),
}

/// Which quantiles.
#[derive(Clone, Debug)]
pub(crate) struct Quantiles {
    pub definition: QuantileDefinition,
    /// Probabilities in parts per million, ascending.
    pub parts_per_million: Vec<u32>,
}

/// Never reached: the cell has all its quantiles.
const DONE: i64 = i64::MAX;

/// The state of a cell that is looked at only when a threshold is reached.
#[derive(Clone, Copy, Default)]
struct Pending {
    /// The next probability, as an index.
    next: u8,
    /// The last probability was hit exactly; its average waits for the next enterprise.
    average: bool,
    /// Cumulative weight that `missing` counts down to, in units.
    target: u64,
}

struct Sweep<'a> {
    quantiles: &'a Quantiles,
    scale: WeightScale,
    totals: &'a [u64],
    missing: Vec<i64>,
    pending: Vec<Pending>,
    out: Vec<f64>,
}

/// The quantiles of every cell, cell after cell; NaN where the cell has no weight.
///
/// `map` leads from the finest cells to the cells of this combination (`None`: they are the
/// same), `totals` has the weight of each of these cells in units.
pub(crate) fn sweep<W: UnitWeight>(
    ordered: &Ordered<'_, W>,
    map: Option<&[u32]>,
    totals: &[u64],
    quantiles: &Quantiles,
    scale: WeightScale,
) -> Vec<f64> {
    let mut sweep = Sweep::new(quantiles, scale, totals);
    match map {
        Some(map) => sweep.run(ordered, |cell| map[cell as usize] as usize),
        None => sweep.run(ordered, |cell| cell as usize),
    }
    sweep.out
}

impl<'a> Sweep<'a> {
    fn new(quantiles: &'a Quantiles, scale: WeightScale, totals: &'a [u64]) -> Self {
        let mut sweep = Sweep {
            quantiles,
            scale,
            totals,
            missing: vec![DONE; totals.len()],
            pending: vec![Pending::default(); totals.len()],
            out: vec![f64::NAN; totals.len() * quantiles.parts_per_million.len()],
        };
        for cell in 0..totals.len() {
            if totals[cell] > 0 {
                sweep.aim(cell, 0);
            }
        }
        sweep
    }

    #[inline(always)]
    fn run<W: UnitWeight>(&mut self, ordered: &Ordered<'_, W>, cell_of: impl Fn(u32) -> usize) {
        for (place, (&cell, &weight)) in ordered.cells.iter().zip(ordered.weights).enumerate() {
            let cell = cell_of(cell);
            let missing = &mut self.missing[cell];
            *missing -= weight.wide();
            if *missing <= 0 {
                self.reached(cell, weight.wide(), (ordered.value)(place));
            }
        }
    }

    /// Sets the next threshold of a cell, given the weight that has passed.
    fn aim(&mut self, cell: usize, passed: u64) {
        let pending = &mut self.pending[cell];
        let Some(&probability) = self.quantiles.parts_per_million.get(usize::from(pending.next)) else {
            self.missing[cell] = DONE;
            return;
        };
        let (reached, _) = self.scale.threshold(probability, self.totals[cell]);
        pending.target = reached;
        self.missing[cell] = reached as i64 - passed as i64;
    }

    #[cold]
    #[inline(never)]
    fn reached(&mut self, cell: usize, weight: i64, value: f64) {
        let count = self.quantiles.parts_per_million.len();
        let averaged = self.quantiles.definition == QuantileDefinition::InverseEcdfAveraged;
        let passed = (self.pending[cell].target as i64 - self.missing[cell]) as u64;
        if self.pending[cell].average {
            if weight == 0 {
                // Nobody stands behind this value; wait for the next.
                return;
            }
            let slot = cell * count + usize::from(self.pending[cell].next);
            self.out[slot] = self.out[slot] / 2.0 + value / 2.0;
            self.pending[cell].average = false;
            self.pending[cell].next += 1;
            self.aim(cell, passed);
        }
        while self.missing[cell] <= 0 {
            let next = usize::from(self.pending[cell].next);
            self.out[cell * count + next] = value;
            let probability = self.quantiles.parts_per_million[next];
            if averaged && passed <= self.scale.threshold(probability, self.totals[cell]).1 {
                self.pending[cell].average = true;
                self.pending[cell].target = passed;
                self.missing[cell] = 0;
                return;
            }
            self.pending[cell].next += 1;
            self.aim(cell, passed);
        }
    }
}

#[cfg(test)]
mod tests;
