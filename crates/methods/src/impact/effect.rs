//! The effect on the treated, by outcome regression, inverse probability or both, with influence functions.
//!
//! The outcome is a change (differences in differences) or a level (selection on what was observed).

use nalgebra::{DMatrix, DVector};

use super::comparison::{Comparison, OPTIONAL_COVARIATES, TREATED};
use super::propensity::logit;
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::{linear, normal, weighted};

/// How the untreated stand in for the treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// Outcome regression and inverse probability; right if one of the two is (Sant'Anna and Zhao).
    DoublyRobust,
    /// The same with nuisances chosen so that estimating them costs no precision.
    Improved,
    OutcomeRegression,
    /// Inverse probability with weights that sum to one.
    InverseProbability,
}

impl Estimator {
    pub(crate) const WORDS: &[&str] = &["dr", "dr-improved", "reg", "ipw"];

    pub(crate) fn read(word: &str) -> Self {
        match word {
            "dr-improved" => Estimator::Improved,
            "reg" => Estimator::OutcomeRegression,
            "ipw" => Estimator::InverseProbability,
            _ => Estimator::DoublyRobust,
        }
    }
}

/// The effect on the treated and the influence of every row; the variance is the mean square over n.
#[derive(Clone, Debug)]
pub struct Effect {
    pub value: f64,
    pub influence: Vec<f64>,
}

impl Effect {
    /// With rows that belong together (cluster codes), their influence is added first.
    pub fn standard_error(&self, clusters: Option<&[u32]>) -> f64 {
        standard_error(&self.influence, clusters)
    }
}

pub(crate) fn standard_error(influence: &[f64], clusters: Option<&[u32]>) -> f64 {
    let n = influence.len() as f64;
    let Some(clusters) = clusters else {
        return influence.iter().map(|value| value * value).sum::<f64>().sqrt() / n;
    };
    let size = clusters.iter().max().map_or(0, |most| *most as usize + 1);
    let mut sums = vec![0.0; size];
    for (value, cluster) in influence.iter().zip(clusters) {
        sums[*cluster as usize] += value;
    }
    sums.iter().map(|value| value * value).sum::<f64>().sqrt() / n
}

/// The effect on the treated; `x` has a constant as its first column.
pub fn effect(
    outcome: &[f64],
    treated: &[bool],
    weights: &[f64],
    x: &DMatrix<f64>,
    names: &[String],
    estimator: Estimator,
) -> Result<Effect, MethodError> {
    let data = Data { outcome, treated, weights, x, names };
    if x.ncols() == 1 {
        return Ok(data.contrast(&data.side(true), &data.side(false), outcome));
    }
    match estimator {
        Estimator::OutcomeRegression => data.outcome_regression(),
        Estimator::InverseProbability => data.inverse_probability(),
        Estimator::DoublyRobust => data.doubly_robust(),
        Estimator::Improved => data.improved(),
    }
}

struct Data<'a> {
    outcome: &'a [f64],
    treated: &'a [bool],
    weights: &'a [f64],
    x: &'a DMatrix<f64>,
    names: &'a [String],
}

/// The score, and the influence of the rows on its coefficients.
struct Score {
    odds: Vec<f64>,
    influence: DMatrix<f64>,
}

/// Predicted outcomes, and the influence of the rows on the regression's coefficients.
struct Prediction {
    values: Vec<f64>,
    influence: DMatrix<f64>,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

impl Data<'_> {
    fn rows(&self) -> usize {
        self.outcome.len()
    }

    fn side(&self, treated: bool) -> Vec<f64> {
        let weight = |row: usize| if self.treated[row] == treated { self.weights[row] } else { 0.0 };
        (0..self.rows()).map(weight).collect()
    }

    /// The odds of treatment for the untreated, by logit.
    fn score(&self) -> Result<Score, MethodError> {
        let fit = logit(self.treated, self.x, self.weights, self.names)?;
        let n = self.rows() as f64;
        let mut influence = self.x * (&fit.covariance * n);
        for (row, mut values) in influence.row_iter_mut().enumerate() {
            let treated = f64::from(u8::from(self.treated[row]));
            values *= self.weights[row] * (treated - fit.probabilities[row]);
        }
        let odds = fit.probabilities.iter().map(|p| p / (1.0 - p)).collect();
        Ok(Score { odds, influence })
    }

    /// The outcome of the untreated, regressed on the covariates with weights.
    fn prediction(&self, weights: &[f64]) -> Result<Prediction, MethodError> {
        let fit = weighted::fit(self.x, &DVector::from_row_slice(self.outcome), weights, self.names)?;
        let mut influence = self.x * (fit.inverse * self.rows() as f64);
        for (row, mut values) in influence.row_iter_mut().enumerate() {
            values *= weights[row] * fit.residuals[row];
        }
        Ok(Prediction { values: (self.x * fit.coefficients).iter().copied().collect(), influence })
    }

    /// The mean of the columns times a factor of the row.
    fn moment(&self, factor: impl Fn(usize) -> f64) -> DVector<f64> {
        let factors = DVector::from_fn(self.rows(), |row, _| factor(row));
        self.x.tr_mul(&factors) / self.rows() as f64
    }

    /// Two weighted means apart, with the influence that weighting alone gives.
    fn contrast(&self, treated: &[f64], control: &[f64], values: &[f64]) -> Effect {
        let side = |weights: &[f64]| {
            let size = mean(weights);
            let level = (0..self.rows()).map(|row| weights[row] * values[row]).sum::<f64>()
                / self.rows() as f64
                / size;
            (level, size)
        };
        let ((level, size), (other, other_size)) = (side(treated), side(control));
        let influence = (0..self.rows())
            .map(|row| {
                treated[row] * (values[row] - level) / size
                    - control[row] * (values[row] - other) / other_size
            })
            .collect();
        Effect { value: level - other, influence }
    }

    fn outcome_regression(&self) -> Result<Effect, MethodError> {
        let (treated, untreated) = (self.side(true), self.side(false));
        let prediction = self.prediction(&untreated)?;
        let left: Vec<f64> = (0..self.rows()).map(|row| self.outcome[row] - prediction.values[row]).collect();
        let size = mean(&treated);
        let value =
            (0..self.rows()).map(|row| treated[row] * left[row]).sum::<f64>() / self.rows() as f64 / size;
        let estimated = &prediction.influence * self.moment(|row| treated[row]);
        let influence = (0..self.rows())
            .map(|row| (treated[row] * (left[row] - value) - estimated[row]) / size)
            .collect();
        Ok(Effect { value, influence })
    }

    fn inverse_probability(&self) -> Result<Effect, MethodError> {
        let (treated, untreated, score) = (self.side(true), self.side(false), self.score()?);
        let control: Vec<f64> =
            untreated.iter().zip(&score.odds).map(|(weight, odds)| weight * odds).collect();
        let mut found = self.contrast(&treated, &control, self.outcome);
        let size = mean(&control);
        let level = (0..self.rows()).map(|row| control[row] * self.outcome[row]).sum::<f64>()
            / self.rows() as f64
            / size;
        let estimated = &score.influence * self.moment(|row| control[row] * (self.outcome[row] - level));
        for (influence, estimated) in found.influence.iter_mut().zip(estimated.iter()) {
            *influence -= estimated / size;
        }
        Ok(found)
    }

    fn doubly_robust(&self) -> Result<Effect, MethodError> {
        let (treated, untreated, score) = (self.side(true), self.side(false), self.score()?);
        let prediction = self.prediction(&untreated)?;
        let left: Vec<f64> = (0..self.rows()).map(|row| self.outcome[row] - prediction.values[row]).collect();
        let control: Vec<f64> =
            untreated.iter().zip(&score.odds).map(|(weight, odds)| weight * odds).collect();
        let mut found = self.contrast(&treated, &control, &left);
        let (size, other_size) = (mean(&treated), mean(&control));
        let other = (0..self.rows()).map(|row| control[row] * left[row]).sum::<f64>()
            / self.rows() as f64
            / other_size;
        let by_score = &score.influence * self.moment(|row| control[row] * (left[row] - other));
        let by_treated = &prediction.influence * self.moment(|row| treated[row]);
        let by_control = &prediction.influence * self.moment(|row| control[row]);
        for (row, influence) in found.influence.iter_mut().enumerate() {
            *influence -= by_treated[row] / size + (by_score[row] - by_control[row]) / other_size;
        }
        Ok(found)
    }

    /// The score by tilting (the reweighted untreated have the treated's means exactly), the outcome by least
    /// squares with those weights: to first order neither estimate moves the effect.
    fn improved(&self) -> Result<Effect, MethodError> {
        let (treated, untreated) = (self.side(true), self.side(false));
        let control = self.tilt(&treated, &untreated)?;
        let prediction = self.prediction(&control)?;
        let left: Vec<f64> = (0..self.rows()).map(|row| self.outcome[row] - prediction.values[row]).collect();
        Ok(self.contrast(&treated, &control, &left))
    }

    /// Weights of the untreated, w·exp(x'g), under which their totals are those of the treated.
    fn tilt(&self, treated: &[f64], untreated: &[f64]) -> Result<Vec<f64>, MethodError> {
        let wanted = self.moment(|row| treated[row]);
        let mut gamma: DVector<f64> = logit(self.treated, self.x, self.weights, self.names)?.coefficients;
        for _ in 0..60 {
            let index = self.x * &gamma;
            let control: Vec<f64> =
                index.iter().zip(untreated).map(|(index, weight)| weight * index.exp()).collect();
            let missed = &wanted - self.moment(|row| control[row]);
            if missed.amax() <= 1e-13 * (1.0 + wanted.amax()) {
                return Ok(control);
            }
            let scaled: Vec<f64> = control.iter().map(|weight| weight / self.rows() as f64).collect();
            let root = DMatrix::from_fn(self.rows(), self.x.ncols(), |row, column| {
                self.x[(row, column)] * scaled[row].sqrt()
            });
            match linear::solve(root.tr_mul(&root), &missed) {
                Some(step) => gamma += step,
                None => break,
            }
        }
        Err(MethodError::NoConvergence {
            iterations: 60,
            detail: "no weights of the untreated give the means of the treated; too little overlap"
                .to_owned(),
        })
    }
}

/// The difference by ordinary least squares on treatment and covariates, with its classical standard error.
pub fn least_squares(
    outcome: &[f64],
    treated: &[bool],
    x: &DMatrix<f64>,
    names: &[String],
) -> Result<(f64, f64), MethodError> {
    let place = x.ncols();
    let wide = x.clone().insert_column(place, 0.0);
    let wide = DMatrix::from_fn(wide.nrows(), place + 1, |row, column| {
        if column == place { f64::from(u8::from(treated[row])) } else { wide[(row, column)] }
    });
    let names: Vec<String> = names.iter().cloned().chain(["(treated)".to_owned()]).collect();
    let fit = crate::numerics::least_squares::fit(&wide, &DVector::from_row_slice(outcome), &names)?;
    let freedom = wide.nrows().saturating_sub(place + 1) as f64;
    let variance = fit.residual_sum_of_squares / freedom;
    Ok((fit.coefficients[place], (variance * fit.gram_inverse[(place, place)]).sqrt()))
}

pub(crate) static METHOD: Method = Method {
    id: "did",
    group: Group::Impact,
    title: ["Selisih dalam selisih", "Difference in differences"],
    question: [
        "Berapa perubahan akibat program pada peserta, dibanding bukan peserta?",
        "What did the programme change for those who took part, against those who did not?",
    ],
    definition: [
        "Dampak pada peserta (ATT) dari perubahan hasil (sesudah − sebelum; tanpa --before: dari tingkat hasil); \
         bawaan: doubly robust; galat baku dari fungsi pengaruh",
        "Effect on the treated (ATT) from the change of the outcome (after − before; without --before: from its \
         level); doubly robust by default; standard error from the influence function",
    ],
    source: "Abadie (2005); Sant'Anna and Zhao (2020)",
    arguments: &[
        Argument::required("after", Kind::Column, ["hasil sesudah program", "the outcome after"]),
        Argument::optional("before", Kind::Column, ["hasil sebelum program", "the outcome before"]),
        TREATED,
        OPTIONAL_COVARIATES,
        Argument::optional(
            "estimator",
            Kind::Choice(&["dr", "dr-improved", "reg", "ipw", "ols"]),
            ["cara menduga", "the estimator"],
        ),
        Argument::WEIGHT,
        Argument::optional("cluster", Kind::Column, ["kolom klaster galat", "column with the clusters"]),
    ],
    example: "did --input docs/methods/data/programme.csv --after sales_after --before sales_before \
              --treated treated --covariates workers",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (after, before) = (request.numbers("after")?, request.optional_numbers("before")?);
    let outcome: Vec<f64> = match before {
        Some(before) => after.iter().zip(&before).map(|(after, before)| after - before).collect(),
        None => after,
    };
    let data = Comparison::read(request, &[&outcome])?;
    let outcome = data.pick(&outcome);
    let clusters = request.optional_categories("cluster")?;
    let clusters: Option<Vec<u32>> = clusters.map(|words| {
        // A row without a cluster is one of its own.
        let none = words.levels.len() as u32;
        let code = |(place, row): (usize, &usize)| words.codes[*row].min(none + place as u32);
        data.rows.iter().enumerate().map(code).collect()
    });
    let (value, error) = match request.choice("estimator")? {
        "ols" => least_squares(&outcome, &data.treated, &data.x, &data.names)?,
        word => {
            let estimator = Estimator::read(word);
            let found = effect(&outcome, &data.treated, &data.weights, &data.x, &data.names, estimator)?;
            let error = found.standard_error(clusters.as_deref());
            (found.value, error)
        }
    };
    let treated = data.treated.iter().filter(|treated| **treated).count();
    let mut table = Table::new(
        "effect",
        ["Dampak pada peserta", "Effect on the treated"],
        &[
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
            ("p_value", "Nilai p", "p-value"),
            ("detectable", "Dampak terkecil yang terdeteksi", "Minimum detectable effect"),
            ("treated", "Peserta", "Treated"),
            ("untreated", "Pembanding", "Untreated"),
        ],
    );
    let half = normal::quantile(0.975) * error;
    table.push(vec![
        value.into(),
        error.into(),
        (value - half).into(),
        (value + half).into(),
        normal::two_sided(value / error).into(),
        // Power 80 % at the 5 % level.
        ((normal::quantile(0.975) + normal::quantile(0.8)) * error).into(),
        treated.into(),
        (data.treated.len() - treated).into(),
    ]);
    Ok(data.caution(Figures::new(data.rows.len()).table(table)))
}
