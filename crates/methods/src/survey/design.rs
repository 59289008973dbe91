//! The sampling design: strata, clusters, stages, population counts; and the variance that follows from them.
//!
//! Every estimator of this room hands over its scores, weight times influence of each row; the design alone
//! knows how scores of rows that were drawn together vary. A stratum with one unit is never passed over
//! silently.

use nalgebra::DMatrix;

use crate::bench::{MethodError, Saying};

/// What a stratum of one unit contributes to the variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lonely {
    /// No figure: strata must be joined first.
    #[default]
    Refuse,
    /// Nothing, as if the unit had been taken with certainty.
    Certainty,
    /// The square of its distance from the mean of all units.
    Adjust,
    /// The average of the other strata.
    Average,
}

/// One stage of the draw. Units are nested in the stratum, and that in the unit of the stage before.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    pub strata: Option<Vec<u32>>,
    /// `None`: every row is a unit.
    pub units: Option<Vec<u32>>,
    /// Units in the population of the row's stratum; or, if none is above one, the fraction drawn.
    pub population: Option<Vec<f64>>,
}

/// Weights and stages of a sample.
#[derive(Clone, Debug)]
pub struct Design {
    pub weights: Vec<f64>,
    pub stages: Vec<Stage>,
    pub lonely: Lonely,
}

/// Units of one stratum of one stage: the rows of each.
type Units = Vec<Vec<usize>>;

impl Design {
    /// A sample of rows with weights, drawn with replacement or from a very large population.
    pub fn of_rows(weights: Vec<f64>) -> Self {
        Design { weights, stages: vec![Stage::default()], lonely: Lonely::default() }
    }

    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// The covariance of sums of `scores`, one vector per figure, one score per row: weight times influence.
    pub fn covariance(&self, scores: &[Vec<f64>]) -> Result<DMatrix<f64>, MethodError> {
        let rows: Vec<usize> = (0..self.rows()).collect();
        let totals = DMatrix::from_fn(self.rows(), scores.len(), |row, figure| scores[figure][row]);
        self.stage(0, &rows, &totals)
    }

    /// The standard error of a sum of scores; scaled, so that neither 1e-300 nor 1e300 is lost in a square.
    pub fn standard_error(&self, scores: Vec<f64>) -> Result<f64, MethodError> {
        let scale = scores.iter().fold(0.0_f64, |most, score| most.max(score.abs()));
        if scale == 0.0 || !scale.is_finite() {
            self.covariance(&[vec![0.0; scores.len()]])?;
            return Ok(if scale == 0.0 { 0.0 } else { f64::NAN });
        }
        let scaled = scores.into_iter().map(|score| score / scale).collect();
        Ok(scale * self.covariance(&[scaled])?[(0, 0)].sqrt())
    }

    /// Units of the first stage less strata.
    pub fn degrees_of_freedom(&self) -> usize {
        let rows: Vec<usize> = (0..self.rows()).filter(|row| self.weights[*row] != 0.0).collect();
        let strata = self.strata(0, &rows);
        strata.iter().map(Vec::len).sum::<usize>() - strata.len()
    }

    /// The first-stage strata, each with its units, each with its rows.
    pub(super) fn first_stage(&self) -> Vec<Units> {
        self.strata(0, &(0..self.rows()).collect::<Vec<_>>())
    }

    fn strata(&self, stage: usize, rows: &[usize]) -> Vec<Units> {
        let stage = &self.stages[stage];
        let key = |row: usize| {
            let stratum = stage.strata.as_ref().map_or(0, |strata| strata[row]);
            (stratum, stage.units.as_ref().map_or(row as u64, |units| u64::from(units[row])))
        };
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| key(*row));
        let unit = |a: &usize, b: &usize| key(*a) == key(*b);
        let stratum = |a: &usize, b: &usize| key(*a).0 == key(*b).0;
        rows.chunk_by(stratum).map(|rows| rows.chunk_by(unit).map(<[usize]>::to_vec).collect()).collect()
    }

    /// The fraction of a stratum that was drawn; 0 where no population is known.
    pub(super) fn fraction(&self, stage: usize, units: &Units) -> Result<f64, MethodError> {
        let Some(population) = &self.stages[stage].population else { return Ok(0.0) };
        let known = population[units[0][0]];
        if units.iter().flatten().any(|row| population[*row] != known) {
            return Err(MethodError::Impossible(Saying::new(
                "jumlah populasi (--fpc) berbeda-beda di dalam satu strata; samakan dahulu",
                "the population count (--fpc) differs within a stratum; make it one number per stratum",
            )));
        }
        let drawn = units.len() as f64;
        let fraction = if population.iter().all(|count| *count <= 1.0) { known } else { drawn / known };
        if fraction > 0.0 && fraction <= 1.0 + 1e-12 {
            return Ok(fraction.min(1.0));
        }
        Err(MethodError::Impossible(Saying::new(
            format!("sebuah strata berisi {drawn} unit sampel, tetapi populasinya (--fpc) hanya {known}"),
            format!("a stratum has {drawn} sampled units but a population (--fpc) of only {known}"),
        )))
    }

    fn stage(
        &self,
        stage: usize,
        rows: &[usize],
        scores: &DMatrix<f64>,
    ) -> Result<DMatrix<f64>, MethodError> {
        let figures = scores.ncols();
        let strata = self.strata(stage, rows);
        let mut sum = DMatrix::zeros(figures, figures);
        let (mut lonely, mut counted) = (0_usize, 0_usize);
        for units in &strata {
            let fraction = self.fraction(stage, units)?;
            let totals = totals(units, scores);
            counted += 1;
            if units.len() > 1 {
                let scale = (1.0 - fraction) * units.len() as f64 / (units.len() - 1) as f64;
                sum += spread(&totals, &totals.row_mean().transpose()) * scale;
            } else if fraction < 1.0 {
                lonely += 1;
                match self.lonely {
                    Lonely::Refuse => return Err(lonely_stratum()),
                    Lonely::Certainty | Lonely::Average => {}
                    Lonely::Adjust => {
                        let units = strata.iter().map(Vec::len).sum::<usize>() as f64;
                        let centre = scores.select_rows(rows).row_sum().transpose() / units;
                        sum += spread(&totals, &centre) * (1.0 - fraction);
                    }
                }
            }
            if fraction > 0.0 && stage + 1 < self.stages.len() {
                for unit in units {
                    sum += self.stage(stage + 1, unit, scores)? * fraction;
                }
            }
        }
        if self.lonely == Lonely::Average && lonely > 0 {
            if lonely == counted {
                return Err(lonely_stratum());
            }
            sum *= counted as f64 / (counted - lonely) as f64;
        }
        Ok(sum)
    }
}

fn lonely_stratum() -> MethodError {
    MethodError::TooFew {
        what: Saying::new(
            "unit sampel dalam sebuah strata (gabungkan strata, atau pilih --lonely)",
            "sampled units in a stratum (join strata, or choose --lonely)",
        ),
        needed: 2,
        found: 1,
    }
}

/// The totals of the scores by unit.
fn totals(units: &Units, scores: &DMatrix<f64>) -> DMatrix<f64> {
    let mut totals = DMatrix::zeros(units.len(), scores.ncols());
    for (unit, rows) in units.iter().enumerate() {
        for row in rows {
            for figure in 0..scores.ncols() {
                totals[(unit, figure)] += scores[(*row, figure)];
            }
        }
    }
    totals
}

fn spread(totals: &DMatrix<f64>, centre: &nalgebra::DVector<f64>) -> DMatrix<f64> {
    let mut away = totals.clone();
    for mut row in away.row_iter_mut() {
        row -= centre.transpose();
    }
    away.transpose() * away
}
