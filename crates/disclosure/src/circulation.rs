//! The cheapest circulation through a primary cell, by a dual simplex that starts from
//! "nothing moves".
//!
//! minimise sum cost_j |d_j|  subject to  M d = 0,  d_p = 1,  |d_j| <= reach_j.
//!
//! Costs are positive, so "nothing moves" is dual feasible and only the equations of p are
//! violated. The basis is explicit over the equations that have been touched; every other row
//! holds its artificial variable at 0. Absolute values are handled as they are: a class rests at
//! -reach, 0 or +reach, or is basic on one side of 0; a long step passes over resting points
//! instead of stopping at each. Work is counted in pivots and never in seconds.

use std::collections::BinaryHeap;

use crate::network::Network;
use crate::problem::{Target, Window};

const TOLERANCE: f64 = 1e-9;
const PIVOT: f64 = 1e-7;
/// Smaller entries of the inverse are rounding.
const DROP: f64 = 1e-12;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Zero,
    Upper,
    Lower,
    /// Basic, between 0 and +reach.
    Plus,
    /// Basic, between -reach and 0.
    Minus,
}

#[derive(Clone, Copy)]
struct Class {
    stamp: u32,
    state: State,
    /// May it move at all?
    open: bool,
    reach: f64,
    cost: f64,
    /// Reduced cost: what the dual prices say a unit of movement is worth.
    worth: f64,
    change: f64,
    /// Entry of the current tableau row, valid while `mark` is the current sweep.
    entry: f64,
    mark: u32,
    /// Position in the basis, while basic, and reference weight there.
    position: u32,
    weight: f64,
}

#[derive(Clone, Copy)]
struct Row {
    stamp: u32,
    residual: f64,
    /// Position among the active rows.
    active: u32,
    /// Reference weight (devex), and the row's entry in the entering column.
    weight: f64,
    entry: f64,
    mark: u32,
}

/// How far the dual step goes until a class reaches a resting point; the nearest is greatest.
#[derive(Clone, Copy, PartialEq)]
struct Breakpoint(f64, u32);

impl Eq for Breakpoint {}

impl PartialOrd for Breakpoint {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Breakpoint {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}

/// How a search for one witness went.
pub(crate) enum Outcome {
    /// Classes and their changes; the first is the primary with change 1.
    Found(Vec<(u32, f64)>),
    /// There is none.
    Infeasible,
    /// The steps ran out.
    Unfinished,
}

/// Which classes may take part and what they cost.
pub(crate) struct Terms<'a> {
    pub(crate) target: &'a Target<'a>,
    /// Classes withheld already, which cost next to nothing.
    pub(crate) hidden: &'a [bool],
    /// Classes that reach less than this take no part.
    pub(crate) rung: f64,
    /// Only what is withheld already.
    pub(crate) hidden_only: bool,
    /// Only classes in this part of the cube.
    pub(crate) window: Option<&'a Window>,
    pub(crate) pivots: u32,
    /// Move the primary as far as it goes and no further than 1, instead of exactly 1; all else
    /// costs next to nothing. The attacker's question, not the protector's.
    pub(crate) furthest: bool,
    /// Dearer witnesses are of no interest.
    pub(crate) limit: f64,
}

/// Working memory, reused from solve to solve.
pub(crate) struct Circulation {
    stamp: u32,
    sweep: u32,
    classes: Vec<Class>,
    rows: Vec<Row>,
    touched_rows: Vec<u32>,
    touched: Vec<u32>,
    /// Basic class of each position, and the active row of each position.
    basis: Vec<u32>,
    active: Vec<u32>,
    /// Inverse of the basis: by active row, `stride` apart, then by basis position.
    inverse: Vec<f64>,
    stride: usize,
    weights: Vec<f64>,
    /// Positions of `weights` and of `column` that are not zero.
    weight_spots: Vec<u32>,
    column_spots: Vec<u32>,
    column: Vec<f64>,
    breakpoints: Vec<Breakpoint>,
    /// Value of the dual: what the cheapest witness costs at least.
    objective: f64,
    /// Classes that have been moved in this solve.
    moved: Vec<u32>,
    /// Rows met by the entering column.
    crossed: Vec<u32>,
    /// Pivots made since this memory exists.
    pub(crate) pivots: u64,
}

/// What leaves the basis.
enum Leaving {
    Artificial(u32),
    Basic(usize),
}

impl Circulation {
    pub(crate) fn new(classes: usize, rows: usize) -> Self {
        let class = Class {
            stamp: 0,
            state: State::Zero,
            open: false,
            reach: 0.0,
            cost: 0.0,
            worth: 0.0,
            change: 0.0,
            entry: 0.0,
            mark: 0,
            position: 0,
            weight: 1.0,
        };
        Circulation {
            stamp: 0,
            sweep: 0,
            classes: vec![class; classes],
            rows: vec![
                Row { stamp: 0, residual: 0.0, active: u32::MAX, weight: 1.0, entry: 0.0, mark: 0 };
                rows
            ],
            touched_rows: Vec::new(),
            touched: Vec::new(),
            basis: Vec::new(),
            active: Vec::new(),
            inverse: Vec::new(),
            stride: 0,
            weights: Vec::new(),
            weight_spots: Vec::new(),
            column_spots: Vec::new(),
            column: Vec::new(),
            breakpoints: Vec::new(),
            objective: 0.0,
            moved: Vec::new(),
            crossed: Vec::new(),
            pivots: 0,
        }
    }

    /// Looks for the cheapest witness under these terms.
    pub(crate) fn solve(&mut self, terms: &Terms<'_>) -> Outcome {
        self.reset();
        let network = &terms.target.problem.network;
        for &(row, coefficient) in network.columns.get(terms.target.class) {
            self.row(row).residual += coefficient;
        }
        for _ in 0..terms.pivots {
            let Some(leaving) = self.violation() else { return self.witness(terms) };
            self.pivots += 1;
            if !self.pivot(terms, leaving) {
                return Outcome::Infeasible;
            }
            if self.objective > terms.limit {
                return Outcome::Unfinished;
            }
        }
        match self.violation() {
            None => self.witness(terms),
            Some(_) => Outcome::Unfinished,
        }
    }

    fn reset(&mut self) {
        self.stamp += 1;
        self.objective = 0.0;
        self.touched_rows.clear();
        self.moved.clear();
        self.basis.clear();
        self.active.clear();
    }

    fn row(&mut self, row: u32) -> &mut Row {
        let stamp = self.stamp;
        let entry = &mut self.rows[row as usize];
        if entry.stamp != stamp {
            *entry = Row { stamp, active: u32::MAX, weight: 1.0, residual: 0.0, ..*entry };
            self.touched_rows.push(row);
        }
        entry
    }

    /// Looks at a class for the first time in this solve.
    fn open(&mut self, terms: &Terms<'_>, class: u32) {
        let target = terms.target;
        let withheld = terms.hidden[class as usize];
        let reach = target.reach(class as usize);
        if terms.furthest && class == target.class as u32 {
            return self.open_slack(class);
        }
        let barred = class == target.class as u32
            || reach <= TOLERANCE
            || reach < terms.rung && !target.problem.unpublished[class as usize]
            || terms.hidden_only && !withheld
            || terms.window.is_some_and(|window| !window.contains(target.problem, class as usize));
        let unit = if terms.furthest {
            1e-7
        } else if withheld {
            1e-3
        } else {
            1.0
        } * target.problem.cost[class as usize].max(1e-6)
            * target.doubt(class as usize);
        // A hashed ten-thousandth against ties.
        let hash = (class as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let cost = unit / reach.min(1.0) * (1.0 + 1e-4 * hash as f64 / (1u64 << 24) as f64);
        let entry = &mut self.classes[class as usize];
        let mark = entry.mark;
        *entry = Class {
            stamp: self.stamp,
            state: State::Zero,
            open: !barred,
            // A change beyond a thousand needs is never useful and only harms the arithmetic.
            reach: reach.min(1e3),
            cost,
            worth: 0.0,
            change: 0.0,
            entry: 0.0,
            mark,
            position: 0,
            weight: 1.0,
        };
    }

    /// The primary is asked to move by 1; what it falls short of that is dear.
    fn open_slack(&mut self, class: u32) {
        let entry = &mut self.classes[class as usize];
        let (mark, weight) = (entry.mark, 1.0);
        *entry = Class {
            stamp: self.stamp,
            state: State::Zero,
            open: true,
            reach: 1.0,
            cost: 1.0,
            worth: 0.0,
            change: 0.0,
            entry: 0.0,
            mark,
            position: 0,
            weight,
        };
    }

    /// The largest violation: an equation not kept, or a basic class out of its bounds.
    fn violation(&self) -> Option<Leaving> {
        let mut worst = 0.0;
        let mut leaving = None;
        for &row in &self.touched_rows {
            let entry = &self.rows[row as usize];
            let out = entry.residual.abs();
            if entry.active == u32::MAX && out > TOLERANCE && out * out > worst * entry.weight {
                worst = out * out / entry.weight;
                leaving = Some(Leaving::Artificial(row));
            }
        }
        for (position, &class) in self.basis.iter().enumerate() {
            let entry = &self.classes[class as usize];
            let (low, high) =
                if entry.state == State::Plus { (0.0, entry.reach) } else { (-entry.reach, 0.0) };
            let out = (low - entry.change).max(entry.change - high);
            if out > TOLERANCE && out * out > worst * entry.weight {
                worst = out * out / entry.weight;
                leaving = Some(Leaving::Basic(position));
            }
        }
        leaving
    }

    /// One step of the dual simplex; false if the dual is unbounded: there is no witness.
    fn pivot(&mut self, terms: &Terms<'_>, leaving: Leaving) -> bool {
        let network = &terms.target.problem.network;
        let size = self.basis.len();
        let residual = match leaving {
            Leaving::Artificial(row) => {
                self.weights.clear();
                self.weights.resize(size, 0.0);
                for &(class, coefficient) in network.rows.get(row as usize) {
                    let entry = &self.classes[class as usize];
                    if entry.stamp == self.stamp && matches!(entry.state, State::Plus | State::Minus) {
                        let position = entry.position as usize;
                        for (spot, weight) in self.weights.iter_mut().enumerate() {
                            *weight -= coefficient * self.inverse[spot * self.stride + position];
                        }
                    }
                }
                self.rows[row as usize].residual
            }
            Leaving::Basic(position) => {
                self.weights.clear();
                self.weights.extend((0..size).map(|spot| self.inverse[spot * self.stride + position]));
                let entry = &mut self.classes[self.basis[position] as usize];
                let (bound, state) = match (entry.state, entry.change > 0.0) {
                    (State::Plus, true) => (entry.reach, State::Upper),
                    (State::Minus, false) => (-entry.reach, State::Lower),
                    _ => (0.0, State::Zero),
                };
                let residual = bound - entry.change;
                entry.state = state;
                residual
            }
        };
        self.weight_spots.clear();
        self.weight_spots.extend((0..size as u32).filter(|spot| self.weights[*spot as usize].abs() > DROP));
        self.price(terms, &leaving);
        let direction = -residual.signum();
        let Some((entering, step)) = self.ratio_test(network, direction, residual.abs()) else {
            return false;
        };
        for position in 0..self.touched.len() {
            let entry = &mut self.classes[self.touched[position] as usize];
            entry.worth += step * direction * entry.entry;
        }
        self.exchange(terms, leaving, entering)
    }

    /// The tableau row: what each class does to the violated quantity.
    fn price(&mut self, terms: &Terms<'_>, leaving: &Leaving) {
        self.sweep += 1;
        self.touched.clear();
        let own = match leaving {
            Leaving::Artificial(row) => Some((*row, 1.0)),
            Leaving::Basic(_) => None,
        };
        for number in 0..self.weight_spots.len() + usize::from(own.is_some()) {
            let (row, weight) = match self.weight_spots.get(number) {
                Some(spot) => (self.active[*spot as usize], self.weights[*spot as usize]),
                None => own.expect("one more than the weights"),
            };
            for &(class, coefficient) in terms.target.problem.network.rows.get(row as usize) {
                if self.classes[class as usize].stamp != self.stamp {
                    self.open(terms, class);
                }
                let entry = &mut self.classes[class as usize];
                if !entry.open {
                    continue;
                }
                if entry.mark != self.sweep {
                    entry.mark = self.sweep;
                    entry.entry = 0.0;
                    self.touched.push(class);
                }
                entry.entry += weight * coefficient;
            }
        }
        let classes = &mut self.classes;
        self.touched.retain(|class| {
            let entry = &mut classes[*class as usize];
            // Basic classes have no entry but for rounding.
            !matches!(entry.state, State::Plus | State::Minus) && entry.entry.abs() > 1e-11
        });
    }

    /// Passes over resting points while that still helps; returns who enters, and the step.
    fn ratio_test(&mut self, network: &Network, direction: f64, violation: f64) -> Option<(u32, f64)> {
        self.breakpoints.clear();
        for &class in &self.touched {
            let entry = &self.classes[class as usize];
            let slope = direction * entry.entry;
            let up = |level: f64| ((level - entry.worth) / slope).max(0.0);
            match (entry.state, slope > 0.0) {
                (State::Zero, true) => self.breakpoints.push(Breakpoint(up(entry.cost), class)),
                (State::Zero, false) => self.breakpoints.push(Breakpoint(up(-entry.cost), class)),
                (State::Upper, false) => {
                    self.breakpoints.push(Breakpoint(up(entry.cost), class));
                    self.breakpoints.push(Breakpoint(up(-entry.cost), class));
                }
                (State::Lower, true) => {
                    self.breakpoints.push(Breakpoint(up(-entry.cost), class));
                    self.breakpoints.push(Breakpoint(up(entry.cost), class));
                }
                _ => {}
            }
        }
        let mut heap = BinaryHeap::from(std::mem::take(&mut self.breakpoints));
        let mut passed: Vec<u32> = Vec::new();
        let mut left = violation;
        let (mut chosen, mut count, mut last) = (None, 0, 0.0);
        while let Some(Breakpoint(step, class)) = heap.pop() {
            self.objective += (step - last) * left.max(0.0);
            last = step;
            let entry = &self.classes[class as usize];
            left -= entry.entry.abs() * entry.reach;
            if entry.entry.abs() > PIVOT {
                chosen = Some((class, step));
                count = passed.len();
                if left <= 0.0 {
                    break;
                }
            }
            passed.push(class);
        }
        self.breakpoints = heap.into_vec();
        // Without anyone to stop the step the violation cannot be mended at all.
        if left > TOLERANCE || chosen.is_none() {
            return None;
        }
        for &class in &passed[..count] {
            self.pass(network, class, direction);
        }
        chosen
    }

    /// Moves a resting class to its next resting point.
    fn pass(&mut self, network: &Network, class: u32, direction: f64) {
        let entry = &mut self.classes[class as usize];
        let rising = direction * entry.entry > 0.0;
        let (state, change) = match (entry.state, rising) {
            (State::Zero, true) => (State::Upper, entry.reach),
            (State::Zero, false) => (State::Lower, -entry.reach),
            (State::Upper | State::Lower, _) => (State::Zero, 0.0),
            (state, _) => (state, entry.change),
        };
        entry.state = state;
        self.shift(network, class, change);
    }

    /// Sets the change of a class and keeps the residuals of its equations right.
    fn shift(&mut self, network: &Network, class: u32, change: f64) {
        let entry = &mut self.classes[class as usize];
        let delta = change - entry.change;
        if delta == 0.0 {
            return;
        }
        if entry.change == 0.0 {
            self.moved.push(class);
        }
        entry.change = change;
        for &(row, coefficient) in network.columns.get(class as usize) {
            self.row(row).residual += coefficient * delta;
        }
    }

    /// Gives the basic classes the changes that keep every active equation.
    fn settle(&mut self, network: &Network) {
        let size = self.basis.len();
        let residuals: Vec<(usize, f64)> = self
            .active
            .iter()
            .enumerate()
            .map(|(spot, row)| (spot, self.rows[*row as usize].residual))
            .filter(|(_, residual)| residual.abs() > 1e-14)
            .collect();
        self.column.clear();
        self.column.resize(size, 0.0);
        for (spot, residual) in residuals {
            let line = &self.inverse[spot * self.stride..spot * self.stride + size];
            for (value, inverse) in self.column.iter_mut().zip(line) {
                *value += residual * inverse;
            }
        }
        for position in 0..size {
            let delta = self.column[position];
            if delta != 0.0 {
                let class = self.basis[position];
                let change = self.classes[class as usize].change - delta;
                self.shift(network, class, change);
            }
        }
    }

    /// What moved, once nothing is violated.
    fn witness(&mut self, terms: &Terms<'_>) -> Outcome {
        if self.active.iter().any(|row| self.rows[*row as usize].residual.abs() > 1e-8) {
            return Outcome::Unfinished;
        }
        self.moved.sort_unstable();
        self.moved.dedup();
        let mut changes = vec![(terms.target.class as u32, 1.0)];
        let moved = self.moved.iter().map(|class| (*class, self.classes[*class as usize].change));
        if terms.furthest {
            changes[0].1 += self
                .moved
                .binary_search(&changes[0].0)
                .map_or(0.0, |_| self.classes[terms.target.class].change);
        }
        let moved = moved.filter(|(class, _)| *class != terms.target.class as u32);
        changes.extend(moved.filter(|(_, change)| change.abs() > 1e-10));
        Outcome::Found(changes)
    }
}

mod basis;
