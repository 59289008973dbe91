//! Data envelopment analysis: how far a unit is from what combinations of the observed units achieve.
//!
//! Efficiencies are Farrell's: at most one for inputs (the share of inputs that would do), at least one for
//! outputs (how many times the outputs could be). A programme without a solution is said to be infeasible,
//! never a number.

use crate::bench::{MethodError, Saying, Term};
use crate::numerics::simplex::{Ending, Programme, Sense, Solution};

/// Which combinations of units are thought possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// Any multiple (Charnes, Cooper and Rhodes, 1978).
    Constant,
    /// Weights that sum to one (Banker, Charnes and Cooper, 1984).
    Variable,
    /// Weights that sum to one or less.
    NonIncreasing,
    /// Weights that sum to one or more.
    NonDecreasing,
}

/// What is shrunk or stretched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    Input,
    Output,
}

/// Units with their inputs and outputs; every column is scaled by its mean, so that units of measurement do
/// not matter to the digits.
#[derive(Clone, Debug)]
pub struct Technology {
    inputs: Vec<Vec<f64>>,
    outputs: Vec<Vec<f64>>,
    input_means: Vec<f64>,
    output_means: Vec<f64>,
}

/// A unit against a technology.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    pub efficiency: f64,
    /// What could still be saved of each input, in its own unit.
    pub input_slacks: Vec<f64>,
    /// What could still be added to each output, in its own unit.
    pub output_slacks: Vec<f64>,
    /// The units that set the example, with their weights.
    pub peers: Vec<(usize, f64)>,
}

/// How an assessment ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Assessed(Assessment),
    /// No combination of the reference units reaches the unit.
    Infeasible,
    /// The outputs of the unit are all zero: they can be stretched without end.
    Unbounded,
}

impl Verdict {
    /// The efficiency, if there is one.
    pub fn efficiency(&self) -> Option<f64> {
        match self {
            Verdict::Assessed(assessment) => Some(assessment.efficiency),
            Verdict::Infeasible | Verdict::Unbounded => None,
        }
    }
}

impl Technology {
    /// Reads `rows` of the columns. Negative values and columns of zeros are refused: the ratio has no
    /// meaning.
    pub fn new(inputs: &[Term], outputs: &[Term], rows: &[usize]) -> Result<Self, MethodError> {
        let (inputs, input_means) = scaled(inputs, rows)?;
        let (outputs, output_means) = scaled(outputs, rows)?;
        Ok(Technology { inputs, outputs, input_means, output_means })
    }

    pub fn units(&self) -> usize {
        self.inputs.len()
    }

    /// Inputs of a unit as shares of the mean.
    pub fn inputs(&self, unit: usize) -> &[f64] {
        &self.inputs[unit]
    }

    /// Outputs of a unit as shares of the mean.
    pub fn outputs(&self, unit: usize) -> &[f64] {
        &self.outputs[unit]
    }

    /// The same technology with these rows only; scales stay.
    pub fn keep(&self, units: &[usize]) -> Self {
        Technology {
            inputs: units.iter().map(|unit| self.inputs[*unit].clone()).collect(),
            outputs: units.iter().map(|unit| self.outputs[*unit].clone()).collect(),
            ..self.clone()
        }
    }

    /// A technology whose units use `shares[unit]` times their inputs (or outputs, by orientation).
    pub fn stretched(&self, shares: &[f64], orientation: Orientation) -> Self {
        let mut moved = self.clone();
        let rows = match orientation {
            Orientation::Input => &mut moved.inputs,
            Orientation::Output => &mut moved.outputs,
        };
        for (row, share) in rows.iter_mut().zip(shares) {
            row.iter_mut().for_each(|value| *value *= share);
        }
        moved
    }

    /// Assesses one of the units against all of them.
    pub fn assess(
        &self,
        unit: usize,
        returns: Returns,
        towards: Orientation,
    ) -> Result<Verdict, MethodError> {
        self.reach(&self.inputs[unit], &self.outputs[unit], returns, towards, None)
    }

    /// Assesses one of the units against all others (Andersen and Petersen, 1993).
    pub fn assess_apart(
        &self,
        unit: usize,
        returns: Returns,
        towards: Orientation,
    ) -> Result<Verdict, MethodError> {
        self.reach(&self.inputs[unit], &self.outputs[unit], returns, towards, Some(unit))
    }

    /// Assesses a unit of another technology with the same scales, such as another year.
    pub fn assess_other(
        &self,
        other: &Technology,
        unit: usize,
        returns: Returns,
        towards: Orientation,
    ) -> Result<Verdict, MethodError> {
        self.reach(&other.inputs[unit], &other.outputs[unit], returns, towards, None)
    }

    /// The efficiency alone of a unit of `other`, without slacks and peers: half the work.
    pub fn efficiency_of(
        &self,
        other: &Technology,
        unit: usize,
        returns: Returns,
        towards: Orientation,
    ) -> Result<Option<f64>, MethodError> {
        let (x, y) = (&other.inputs[unit], &other.outputs[unit]);
        if towards == Orientation::Output && y.iter().all(|value| *value == 0.0) {
            return Ok(None);
        }
        Ok(match self.programme(x, y, returns, towards, None).programme.solve()? {
            Ending::Optimal(solution) => Some(solution.objective.abs()),
            Ending::Infeasible | Ending::Unbounded => None,
        })
    }

    /// The programme of a unit: column zero is the efficiency, then one column per reference unit. Rows are
    /// shares of the unit's own quantities and columns have entries up to one, so that a workshop and a
    /// factory are told apart with the same digits.
    fn programme(
        &self,
        x: &[f64],
        y: &[f64],
        returns: Returns,
        towards: Orientation,
        without: Option<usize>,
    ) -> Scaled {
        let (m, s) = (x.len(), y.len());
        let input = towards == Orientation::Input;
        let share = |value: &f64| if *value > 0.0 { 1.0 / value } else { 1.0 };
        let shares: Vec<f64> = x.iter().chain(y).map(share).collect();
        let mut rows: Vec<(Sense, f64)> = Vec::with_capacity(m + s + 1);
        rows.extend(
            x.iter().zip(&shares).map(|(x, share)| (Sense::AtMost, if input { 0.0 } else { x * share })),
        );
        rows.extend(
            y.iter()
                .zip(&shares[m..])
                .map(|(y, share)| (Sense::AtLeast, if input { y * share } else { 0.0 })),
        );
        rows.extend(sum_of_weights(returns));
        let more = rows.len() - m - s;
        let mut programme = Programme::new(&rows);
        let own = x.iter().chain(y).zip(&shares).enumerate();
        programme.column(
            if input { 1.0 } else { -1.0 },
            own.map(|(row, (value, share))| if (row < m) == input { -value * share } else { 0.0 })
                .chain(std::iter::repeat_n(0.0, more)),
        );
        let mut sizes = Vec::with_capacity(self.units());
        for unit in (0..self.units()).filter(|unit| Some(*unit) != without) {
            let entries =
                || self.inputs[unit].iter().chain(&self.outputs[unit]).zip(&shares).map(|(v, s)| v * s);
            let largest = entries().fold(0.0, f64::max);
            let size = if largest > 0.0 && largest.is_finite() { 1.0 / largest } else { 1.0 };
            programme.column(0.0, entries().map(|entry| entry * size).chain(std::iter::repeat_n(size, more)));
            sizes.push(size);
        }
        Scaled { programme, shares, sizes }
    }

    /// The programme of a unit with inputs `x` and outputs `y`; then the largest sum of slacks among its
    /// solutions.
    fn reach(
        &self,
        x: &[f64],
        y: &[f64],
        returns: Returns,
        towards: Orientation,
        without: Option<usize>,
    ) -> Result<Verdict, MethodError> {
        if towards == Orientation::Output && y.iter().all(|value| *value == 0.0) {
            return Ok(Verdict::Unbounded);
        }
        // The sum of slacks is taken in the units of measurement of the data, as is usual.
        let scaled = self.programme(x, y, returns, towards, without);
        let means = self.input_means.iter().chain(&self.output_means);
        let units: Vec<f64> = means.zip(&scaled.shares).map(|(mean, share)| mean / share).collect();
        let largest = units.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let weights: Vec<f64> = units
            .iter()
            .map(|unit| -unit / largest)
            .chain(std::iter::repeat_n(0.0, sum_of_weights(returns).iter().count()))
            .collect();
        let others: Vec<usize> = (0..self.units()).filter(|unit| Some(*unit) != without).collect();
        Ok(match scaled.programme.solve_then(&weights)? {
            Ending::Optimal(solution) => self.assessment(&solution, &others, &scaled.sizes, &units),
            Ending::Infeasible => Verdict::Infeasible,
            Ending::Unbounded => Verdict::Unbounded,
        })
    }

    /// `sizes` are those of the columns of `others`, `units` what one stands for in each row.
    fn assessment(&self, solution: &Solution, others: &[usize], sizes: &[f64], units: &[f64]) -> Verdict {
        let efficiency =
            solution.basic.iter().find(|(column, _)| *column == 0).map_or(0.0, |(_, value)| *value);
        let weights = solution.basic.iter().filter(|(column, _)| *column > 0);
        let weights = weights.map(|(column, value)| (*column - 1, value * sizes[*column - 1]));
        // A share of the own quantities below this is rounding.
        let slack = |(slack, unit): (&f64, &f64)| if *slack < 1e-10 { 0.0 } else { slack * unit };
        let mut slacks: Vec<f64> = solution.slacks.iter().zip(units).map(slack).collect();
        let output_slacks = slacks.split_off(self.input_means.len());
        Verdict::Assessed(Assessment {
            efficiency,
            input_slacks: slacks,
            output_slacks,
            peers: weights
                .filter(|(_, weight)| *weight > 1e-9)
                .map(|(at, weight)| (others[at], weight))
                .collect(),
        })
    }
}

/// A programme with what its rows and columns were multiplied by.
struct Scaled {
    programme: Programme,
    shares: Vec<f64>,
    sizes: Vec<f64>,
}

/// The row that bounds the sum of the weights.
pub(super) fn sum_of_weights(returns: Returns) -> Option<(Sense, f64)> {
    match returns {
        Returns::Constant => None,
        Returns::Variable => Some((Sense::Equal, 1.0)),
        Returns::NonIncreasing => Some((Sense::AtMost, 1.0)),
        Returns::NonDecreasing => Some((Sense::AtLeast, 1.0)),
    }
}

/// Rows of columns divided by their means, and the means.
fn scaled(columns: &[Term], rows: &[usize]) -> Result<(Vec<Vec<f64>>, Vec<f64>), MethodError> {
    let mut means = Vec::with_capacity(columns.len());
    for column in columns {
        if let Some(row) = rows.iter().find(|row| column.values[**row] < 0.0) {
            return Err(MethodError::OutOfDomain {
                column: column.name.clone(),
                row: row + 1,
                value: column.values[*row],
                rule: Saying::new(
                    "masukan dan keluaran tidak boleh negatif",
                    "inputs and outputs may not be negative",
                ),
            });
        }
        let mean = rows.iter().map(|row| column.values[*row] / rows.len() as f64).sum::<f64>();
        if mean == 0.0 {
            return Err(MethodError::Impossible(Saying::new(
                format!("kolom `{}` nol di semua baris; hilangkan kolom itu", column.name),
                format!("column `{}` is zero in all rows; leave it out", column.name),
            )));
        }
        means.push(mean);
    }
    let rows =
        rows.iter().map(|row| columns.iter().zip(&means).map(|(c, mean)| c.values[*row] / mean).collect());
    Ok((rows.collect(), means))
}
