//! Linear programmes with few rows and many columns: the revised simplex method with a dense basis inverse.
//!
//! Written here because the programmes of efficiency analysis have a dozen rows, a column per enterprise
//! and one programme per enterprise: a general sparse solver spends its time on setting up, and cannot go
//! on to a second objective on the optimal face. What comes back was computed from a freshly factored
//! basis.

use nalgebra::{DMatrix, DVector};

use crate::bench::MethodError;

/// A pivot smaller than this would spoil the basis.
const PIVOT: f64 = 1e-9;
/// A reduced cost below this share of the sizes it is made of is zero.
const PRICE: f64 = 1e-11;
/// How far a constraint may be missed, as a share of the sizes it is made of.
const FEASIBLE: f64 = 1e-9;
/// Pivots between two fresh factorisations.
const REFRESH: usize = 60;
/// Columns that a look at all of them keeps for the next pivots: with a column per enterprise, looking is
/// the work.
const SHORT_LIST: usize = 24;

/// How a row is bounded by its right-hand side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    AtMost,
    AtLeast,
    Equal,
}

/// Minimise `costs · x` over x >= 0 with `rows`; scale the columns so that their entries are around one.
#[derive(Clone, Debug, Default)]
pub struct Programme {
    /// Entries of the columns, one column after the other.
    entries: Vec<f64>,
    costs: Vec<f64>,
    senses: Vec<Sense>,
    right: Vec<f64>,
}

/// An optimal basic solution.
#[derive(Clone, Debug)]
pub struct Solution {
    pub objective: f64,
    /// Basic columns and their values; all others are zero.
    pub basic: Vec<(usize, f64)>,
    /// What remains of each row: right-hand side minus row for at-most, row minus right-hand side for
    /// at-least.
    pub slacks: Vec<f64>,
}

/// By what columns are compared.
struct Pricing<'a> {
    costs: &'a [f64],
    closed: &'a [bool],
    prices: &'a [f64],
    /// A reduced cost above minus this is zero.
    least: f64,
}

/// How a programme ends.
#[derive(Clone, Debug)]
pub enum Ending {
    Optimal(Solution),
    Infeasible,
    Unbounded,
}

impl Programme {
    /// A programme of rows without columns yet.
    pub fn new(rows: &[(Sense, f64)]) -> Self {
        Programme {
            senses: rows.iter().map(|(sense, _)| *sense).collect(),
            right: rows.iter().map(|(_, right)| *right).collect(),
            ..Programme::default()
        }
    }

    /// Adds a column with its cost and one entry per row.
    pub fn column(&mut self, cost: f64, entries: impl IntoIterator<Item = f64>) {
        self.costs.push(cost);
        self.entries.extend(entries);
        debug_assert_eq!(self.entries.len(), self.costs.len() * self.senses.len(), "one entry per row");
    }

    pub fn solve(&self) -> Result<Ending, MethodError> {
        let mut tableau = Tableau::new(self);
        let phase_one = tableau.costs_of_artificials();
        if tableau.minimise(&phase_one, &[])? != Reached::Optimum {
            return Err(MethodError::NoConvergence { iterations: tableau.pivots, detail: "phase 1".into() });
        }
        if tableau.infeasible() {
            return Ok(Ending::Infeasible);
        }
        let costs = tableau.costs(&self.costs, &vec![0.0; self.senses.len()]);
        tableau.finish(&costs, &[])
    }

    /// Minimises `costs · x` first; among all optima, then minimises `second` over the slacks of the rows.
    pub fn solve_then(&self, second: &[f64]) -> Result<Ending, MethodError> {
        let mut tableau = Tableau::new(self);
        let phase_one = tableau.costs_of_artificials();
        if tableau.minimise(&phase_one, &[])? != Reached::Optimum {
            return Err(MethodError::NoConvergence { iterations: tableau.pivots, detail: "phase 1".into() });
        }
        if tableau.infeasible() {
            return Ok(Ending::Infeasible);
        }
        let first = tableau.costs(&self.costs, &vec![0.0; self.senses.len()]);
        if let Reached::Unbounded = tableau.minimise(&first, &[])? {
            return Ok(Ending::Unbounded);
        }
        let closed = tableau.priced_above_zero(&first);
        let costs = tableau.costs(&vec![0.0; self.costs.len()], second);
        tableau.finish(&costs, &closed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Optimum,
    Unbounded,
}

/// Columns are numbered: those of the programme, then one slack per row, then one artificial per row.
struct Tableau<'a> {
    programme: &'a Programme,
    rows: usize,
    structural: usize,
    /// Rows are turned so that right-hand sides are not negative.
    sign: Vec<f64>,
    right: DVector<f64>,
    basis: Vec<usize>,
    is_basic: Vec<bool>,
    inverse: DMatrix<f64>,
    values: DVector<f64>,
    pivots: usize,
}

impl<'a> Tableau<'a> {
    fn new(programme: &'a Programme) -> Self {
        let (rows, structural) = (programme.senses.len(), programme.costs.len());
        let sign: Vec<f64> = programme.right.iter().map(|b| if *b < 0.0 { -1.0 } else { 1.0 }).collect();
        let right = DVector::from_iterator(rows, programme.right.iter().map(|b| b.abs()));
        let mut tableau = Tableau {
            programme,
            rows,
            structural,
            sign,
            values: right.clone(),
            right,
            basis: Vec::with_capacity(rows),
            is_basic: vec![false; structural + 2 * rows],
            inverse: DMatrix::identity(rows, rows),
            pivots: 0,
        };
        for row in 0..rows {
            let column = if tableau.slack(row) > 0.0 { structural + row } else { structural + rows + row };
            tableau.basis.push(column);
            tableau.is_basic[column] = true;
        }
        tableau
    }

    /// The entry of a row's slack in its row; zero where there is none.
    fn slack(&self, row: usize) -> f64 {
        match self.programme.senses[row] {
            Sense::AtMost => self.sign[row],
            Sense::AtLeast => -self.sign[row],
            Sense::Equal => 0.0,
        }
    }

    fn costs_of_artificials(&self) -> Vec<f64> {
        let mut costs = vec![0.0; self.structural + self.rows];
        costs.resize(self.structural + 2 * self.rows, 1.0);
        costs
    }

    fn costs(&self, structural: &[f64], slacks: &[f64]) -> Vec<f64> {
        structural.iter().chain(slacks).copied().chain(vec![0.0; self.rows]).collect()
    }

    fn dot(&self, column: usize, vector: &[f64]) -> f64 {
        if column < self.structural {
            let entries = &self.programme.entries[column * self.rows..(column + 1) * self.rows];
            return entries.iter().zip(vector).map(|(entry, value)| entry * value).sum();
        }
        let row = (column - self.structural) % self.rows;
        if column < self.structural + self.rows {
            self.slack(row) * self.sign[row] * vector[row]
        } else {
            0.0
        }
    }

    fn column(&self, column: usize) -> DVector<f64> {
        if column < self.structural {
            let entries = &self.programme.entries[column * self.rows..(column + 1) * self.rows];
            return DVector::from_iterator(self.rows, entries.iter().zip(&self.sign).map(|(e, s)| e * s));
        }
        let row = (column - self.structural) % self.rows;
        let mut unit = DVector::zeros(self.rows);
        unit[row] = if column < self.structural + self.rows { self.slack(row) } else { 1.0 };
        unit
    }

    /// Prices of the rows under `costs`, turned back to the signs of the programme.
    fn prices(&self, costs: &[f64]) -> Vec<f64> {
        let basic = DVector::from_iterator(self.rows, self.basis.iter().map(|column| costs[*column]));
        let prices = self.inverse.tr_mul(&basic);
        prices.iter().zip(&self.sign).map(|(price, sign)| price * sign).collect()
    }

    /// Columns that may enter: no artificials, none without a slack, none closed.
    fn open(&self, column: usize, closed: &[bool]) -> bool {
        let has_slack = column < self.structural || self.slack(column - self.structural) != 0.0;
        !self.is_basic[column] && has_slack && !closed.get(column).copied().unwrap_or(false)
    }

    fn minimise(&mut self, costs: &[f64], closed: &[bool]) -> Result<Reached, MethodError> {
        let steps_max = 200 * (self.rows + 10) + 2 * self.structural;
        let (mut stalled, mut short) = (0, Vec::new());
        for _ in 0..steps_max {
            let prices = self.prices(costs);
            let size = prices.iter().fold(1.0, |size: f64, price| size.max(price.abs()));
            // After many steps without progress the first candidate is taken (Bland), which cannot cycle.
            let bland = stalled > 2 * self.rows + 20;
            let pricing = Pricing { costs, closed, prices: &prices, least: PRICE * size };
            let entering = if bland { self.first(&pricing) } else { self.steepest(&pricing, &mut short) };
            let Some(entering) = entering else {
                if self.pivots == 0 || self.refresh() {
                    return Ok(Reached::Optimum);
                }
                return Err(self.lost());
            };
            let direction = &self.inverse * self.column(entering);
            let Some(leaving) = self.leaving(&direction, bland) else { return Ok(Reached::Unbounded) };
            let step = (self.values[leaving] / direction[leaving]).max(0.0);
            stalled = if step > 1e-12 { 0 } else { stalled + 1 };
            self.pivot(entering, leaving, &direction, step);
            if self.pivots.is_multiple_of(REFRESH) && !self.refresh() {
                return Err(self.lost());
            }
        }
        Err(self.lost())
    }

    fn lost(&self) -> MethodError {
        MethodError::NoConvergence {
            iterations: self.pivots,
            detail: "linear programme; check for values of very different size".into(),
        }
    }

    fn reduced(&self, pricing: &Pricing<'_>, column: usize) -> f64 {
        pricing.costs[column] - self.dot(column, pricing.prices)
    }

    /// The first column that may enter.
    fn first(&self, pricing: &Pricing<'_>) -> Option<usize> {
        (0..self.structural + self.rows)
            .filter(|column| self.open(*column, pricing.closed))
            .find(|column| self.reduced(pricing, *column) < -pricing.least)
    }

    /// The column of the short list with the lowest reduced cost; where the list has none left, of all
    /// columns, and the list is made anew.
    fn steepest(&self, pricing: &Pricing<'_>, short: &mut Vec<usize>) -> Option<usize> {
        let priced = |column: usize| {
            let reduced = self.open(column, pricing.closed).then(|| self.reduced(pricing, column))?;
            (reduced < -pricing.least).then_some((reduced, column))
        };
        let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if let Some((_, column)) = short.iter().filter_map(|column| priced(*column)).min_by(order) {
            return Some(column);
        }
        let mut all: Vec<(f64, usize)> = (0..self.structural + self.rows).filter_map(priced).collect();
        if all.len() > SHORT_LIST {
            all.select_nth_unstable_by(SHORT_LIST, order);
            all.truncate(SHORT_LIST);
        }
        short.clear();
        short.extend(all.iter().map(|(_, column)| *column));
        all.into_iter().min_by(order).map(|(_, column)| column)
    }

    fn leaving(&self, direction: &DVector<f64>, bland: bool) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for row in 0..self.rows {
            let artificial = self.basis[row] >= self.structural + self.rows;
            // An artificial that is zero must not grow again: it leaves at once.
            let at_zero = artificial && self.values[row] <= FEASIBLE && direction[row].abs() > PIVOT;
            if direction[row] <= PIVOT && !at_zero {
                continue;
            }
            let ratio = if at_zero { 0.0 } else { self.values[row].max(0.0) / direction[row] };
            let better = match best {
                None => true,
                Some((_, least)) if ratio < least - 1e-12 => true,
                Some((chosen, least)) if ratio <= least + 1e-12 => {
                    if bland {
                        self.basis[row] < self.basis[chosen]
                    } else {
                        direction[row].abs() > direction[chosen].abs()
                    }
                }
                Some(_) => false,
            };
            if better {
                best = Some((row, ratio));
            }
        }
        best.map(|(row, _)| row)
    }

    fn pivot(&mut self, entering: usize, leaving: usize, direction: &DVector<f64>, step: f64) {
        self.values.axpy(-step, direction, 1.0);
        self.values[leaving] = step;
        let pivot = direction[leaving];
        let row = self.inverse.row(leaving) / pivot;
        for at in 0..self.rows {
            if at != leaving && direction[at] != 0.0 {
                for column in 0..self.rows {
                    self.inverse[(at, column)] -= direction[at] * row[column];
                }
            }
        }
        self.inverse.set_row(leaving, &row);
        self.is_basic[self.basis[leaving]] = false;
        self.is_basic[entering] = true;
        self.basis[leaving] = entering;
        self.pivots += 1;
    }

    /// Factors the basis anew; false if it is singular or the values it gives are not feasible.
    fn refresh(&mut self) -> bool {
        let mut basis = DMatrix::zeros(self.rows, self.rows);
        for (at, column) in self.basis.iter().enumerate() {
            basis.set_column(at, &self.column(*column));
        }
        let Some(inverse) = basis.try_inverse() else { return false };
        self.inverse = inverse;
        self.values = &self.inverse * &self.right;
        let size = self.values.amax().max(1.0);
        self.values.iter().all(|value| *value >= -1e-7 * size)
    }

    fn infeasible(&self) -> bool {
        let size = self.right.amax().max(1.0);
        let artificial = |column: usize| column >= self.structural + self.rows;
        (0..self.rows).any(|row| artificial(self.basis[row]) && self.values[row] > FEASIBLE * size)
    }

    /// Columns that would leave the optimal face of `costs`.
    fn priced_above_zero(&self, costs: &[f64]) -> Vec<bool> {
        let prices = self.prices(costs);
        (0..self.structural + self.rows)
            .map(|column| {
                let reduced = costs[column] - self.dot(column, &prices);
                !self.is_basic[column] && reduced > 1e-9
            })
            .collect()
    }

    fn finish(&mut self, costs: &[f64], closed: &[bool]) -> Result<Ending, MethodError> {
        if let Reached::Unbounded = self.minimise(costs, closed)? {
            return Ok(Ending::Unbounded);
        }
        let (mut objective, mut basic, mut slacks) = (0.0, Vec::new(), vec![0.0; self.rows]);
        for (row, column) in self.basis.iter().copied().enumerate() {
            let value = self.values[row].max(0.0);
            objective += costs[column] * value;
            if column < self.structural {
                basic.push((column, value));
            } else if column < self.structural + self.rows {
                slacks[column - self.structural] = value;
            }
        }
        basic.sort_unstable_by_key(|(column, _)| *column);
        Ok(Ending::Optimal(Solution { objective, basic, slacks }))
    }
}
