//! The Rasch model: severities of yes/no items by conditional likelihood, which needs no distribution of
//! persons.

use nalgebra::{DMatrix, DVector};

use crate::bench::{MethodError, Saying};
use crate::numerics::linear;

/// Severities with zero mean, and where persons stand by their number of yeses.
#[derive(Clone, Debug)]
pub struct Rasch {
    pub severities: Vec<f64>,
    pub standard_errors: Vec<f64>,
    /// Mean square of the residuals over their expectation: about one for an item that belongs to the scale.
    pub infit: Vec<f64>,
    /// Position and standard error of raw scores 0 to k; the two extremes as if half a yes away from them.
    pub persons: Vec<(f64, f64)>,
}

const STEPS: usize = 100;

/// Fits answers (`answers[item][row]`) with weights; all rows must be complete.
pub fn fit(answers: &[Vec<bool>], weights: &[f64]) -> Result<Rasch, MethodError> {
    let items = answers.len();
    if items < 2 {
        let what = Saying::new("butir pertanyaan", "items");
        return Err(MethodError::TooFew { what, needed: 2, found: items });
    }
    let raw = |row: usize| answers.iter().filter(|item| item[row]).count();
    let (mut by_score, mut totals) = (vec![0.0; items + 1], vec![0.0; items]);
    // Weights that sum to the number of persons, so that standard errors speak of persons.
    let scale = weights.iter().filter(|weight| **weight > 0.0).count() as f64 / weights.iter().sum::<f64>();
    for (row, weight) in weights.iter().enumerate() {
        let score = raw(row);
        by_score[score] += weight * scale;
        if (1..items).contains(&score) {
            (0..items).filter(|item| answers[*item][row]).for_each(|item| totals[item] += weight * scale);
        }
    }
    let inner: f64 = by_score[1..items].iter().sum();
    for (item, total) in totals.iter().enumerate() {
        if inner <= 0.0 || *total <= 0.0 || *total >= inner * (1.0 - 1e-12) {
            return Err(MethodError::Impossible(Saying::new(
                format!("butir {}: semua jawaban sama; keluarkan butir itu", item + 1),
                format!("item {}: all answers are the same; leave it out", item + 1),
            )));
        }
    }
    let (severities, information) = solve(&by_score, &totals)?;
    let square = 1.0 / (items * items) as f64;
    let standard_errors = (0..items)
        .map(|item| {
            let mut unit = DVector::zeros(items);
            unit[item] = 1.0;
            linear::solve(information.clone(), &unit).map_or(f64::NAN, |found| (found[item] - square).sqrt())
        })
        .collect();
    let persons = (0..=items).map(|score| person(&severities, score)).collect::<Vec<_>>();
    let infit = (0..items).map(|item| infit(&severities, &persons, answers, weights, item)).collect();
    Ok(Rasch { severities, standard_errors, infit, persons })
}

/// Newton on the conditional likelihood; the information carries a rank-one term that fixes the mean at zero.
fn solve(by_score: &[f64], totals: &[f64]) -> Result<(Vec<f64>, DMatrix<f64>), MethodError> {
    let items = totals.len();
    let mut severities = vec![0.0; items];
    for _ in 0..STEPS {
        let easiness: Vec<f64> = severities.iter().map(|severity: &f64| (-severity).exp()).collect();
        let all = symmetric(&easiness, &[]);
        let mut gradient = DVector::from_iterator(items, totals.iter().map(|total| -total));
        let mut information = DMatrix::from_element(items, items, 1.0);
        let share = |left: &[usize], score: usize| {
            let rest = symmetric(&easiness, left);
            let product: f64 = left.iter().map(|item| easiness[*item]).product();
            score
                .checked_sub(left.len())
                .and_then(|at| rest.get(at))
                .map_or(0.0, |rest| product * rest / all[score])
        };
        for score in 1..items {
            let one: Vec<f64> = (0..items).map(|item| share(&[item], score)).collect();
            for a in 0..items {
                gradient[a] += by_score[score] * one[a];
                for b in 0..items {
                    let both = if a == b { one[a] } else { share(&[a, b], score) };
                    information[(a, b)] += by_score[score] * (both - one[a] * one[b]);
                }
            }
        }
        if gradient.amax() <= 1e-10 * by_score.iter().sum::<f64>() {
            return Ok((severities, information));
        }
        let Some(step) = linear::solve(information, &gradient) else { break };
        // The gradient is that of the log-likelihood; a long step is shortened.
        let part = (2.0 / step.amax()).min(1.0);
        severities.iter_mut().zip(step.iter()).for_each(|(severity, step)| *severity += part * step);
        let mean = severities.iter().sum::<f64>() / items as f64;
        severities.iter_mut().for_each(|severity| *severity -= mean);
    }
    Err(MethodError::NoConvergence { iterations: STEPS, detail: "severities of the items".to_owned() })
}

/// Elementary symmetric functions of all easinesses but those of `left`.
fn symmetric(easiness: &[f64], left: &[usize]) -> Vec<f64> {
    let mut sums = vec![1.0];
    for (_, value) in easiness.iter().enumerate().filter(|(item, _)| !left.contains(item)) {
        sums.push(0.0);
        for order in (1..sums.len()).rev() {
            sums[order] += value * sums[order - 1];
        }
    }
    sums
}

fn probability(position: f64, severity: f64) -> f64 {
    1.0 / (1.0 + (severity - position).exp())
}

/// The position at which so many yeses are expected, by bisection, and its standard error.
fn person(severities: &[f64], score: usize) -> (f64, f64) {
    let wanted = (score as f64).clamp(0.5, severities.len() as f64 - 0.5);
    let expected = |at: f64| severities.iter().map(|severity| probability(at, *severity)).sum::<f64>();
    let (mut low, mut high) = (-50.0, 50.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if expected(middle) < wanted { low = middle } else { high = middle }
    }
    let at = (low + high) / 2.0;
    let information = severities.iter().map(|severity| {
        let p = probability(at, *severity);
        p * (1.0 - p)
    });
    (at, 1.0 / information.sum::<f64>().sqrt())
}

fn infit(
    severities: &[f64],
    persons: &[(f64, f64)],
    answers: &[Vec<bool>],
    weights: &[f64],
    item: usize,
) -> f64 {
    let (mut squares, mut variances) = (0.0, 0.0);
    for (row, weight) in weights.iter().enumerate() {
        let score = answers.iter().filter(|item| item[row]).count();
        if (1..answers.len()).contains(&score) {
            let p = probability(persons[score].0, severities[item]);
            squares += weight * (f64::from(u8::from(answers[item][row])) - p).powi(2);
            variances += weight * p * (1.0 - p);
        }
    }
    squares / variances
}

/// The local scale on the standard one: standard = scale × local + shift, over the items that are common.
#[derive(Clone, Debug, PartialEq)]
pub struct Equating {
    pub scale: f64,
    pub shift: f64,
    pub common: Vec<bool>,
}

/// Items further than this from the standard are taken as particular to the place, three at most.
const TOLERANCE: f64 = 0.35;
const MOST_UNIQUE: usize = 3;

/// Mean and spread of the common items are made equal; the item furthest off is dropped until all are near.
pub fn equate(local: &[f64], standard: &[f64]) -> Equating {
    let mut common = vec![true; local.len()];
    loop {
        let moments = |values: &[f64]| {
            let own: Vec<f64> =
                values.iter().zip(&common).filter(|(_, in_common)| **in_common).map(|(v, _)| *v).collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            (mean, (own.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / own.len() as f64).sqrt())
        };
        let ((mean, spread), (standard_mean, standard_spread)) = (moments(local), moments(standard));
        let scale = standard_spread / spread;
        let shift = standard_mean - scale * mean;
        let distance = |item: usize| (scale * local[item] + shift - standard[item]).abs();
        let furthest = (0..local.len())
            .filter(|item| common[*item])
            .max_by(|a, b| distance(*a).total_cmp(&distance(*b)))
            .filter(|item| distance(*item) >= TOLERANCE);
        let unique = common.iter().filter(|in_common| !**in_common).count();
        match furthest {
            Some(item) if unique < MOST_UNIQUE => common[item] = false,
            _ => return Equating { scale, shift, common },
        }
    }
}
