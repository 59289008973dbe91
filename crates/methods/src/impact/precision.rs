//! Standard errors of matched and weighted comparisons: what the matching itself adds to chance is counted.

use domain::language::Text;
use nalgebra::{DMatrix, DVector};

use super::comparison::difference;
use crate::bench::{Cell, MethodError};
use crate::numerics::weighted;

/// Abadie and Imbens (2006), theorem 7, one match each, for the effect on the treated: the variance of the
/// paired differences, and that of untreated units that stand in for several. The variance of an untreated
/// unit is taken from the untreated one nearest to it in score. Without reuse the second part is zero.
pub fn matched(outcome: &[f64], score: &[f64], treated: &[bool], pairs: &[(usize, usize)]) -> Option<f64> {
    let count = pairs.len() as f64;
    if pairs.len() < 2 {
        return None;
    }
    let changes = pairs.iter().map(|(own, other)| outcome[*own] - outcome[*other]);
    let mean = changes.clone().sum::<f64>() / count;
    let paired: f64 = changes.map(|change| (change - mean).powi(2)).sum();
    let mut uses = vec![0.0_f64; outcome.len()];
    pairs.iter().for_each(|(_, other)| uses[*other] += 1.0);
    let mut order: Vec<usize> = (0..score.len()).filter(|row| !treated[*row]).collect();
    order.sort_by(|a, b| score[*a].total_cmp(&score[*b]).then(a.cmp(b)));
    let mut reused = 0.0;
    for (place, row) in order.iter().enumerate().filter(|(_, row)| uses[**row] > 1.0) {
        let beside = [place.checked_sub(1), Some(place + 1)];
        let near = beside.into_iter().flatten().filter_map(|place| order.get(place));
        let nearest = near.min_by(|a, b| {
            let away = |other: &usize| (score[*other] - score[*row]).abs();
            away(a).total_cmp(&away(b))
        })?;
        let variance = (outcome[*row] - outcome[*nearest]).powi(2) / 2.0;
        reused += uses[*row] * (uses[*row] - 1.0) * variance;
    }
    Some((paired + reused).sqrt() / count)
}

/// Strata with weights that give the untreated the treated's distribution over them: residuals about the
/// means of the untreated of a stratum, with n / (n - 1) for each. `None` where no stratum has two
/// untreated units.
pub fn stratified(outcome: &[f64], treated: &[bool], weights: &[f64], strata: &[usize]) -> Option<Spread> {
    let count = strata.iter().max().map_or(0, |most| most + 1);
    let (mut sums, mut sizes, mut units) = (vec![0.0; count], vec![0.0; count], vec![0.0_f64; count]);
    let used = || (0..outcome.len()).filter(|row| weights[*row] > 0.0);
    for row in used().filter(|row| !treated[*row]) {
        sums[strata[row]] += weights[row] * outcome[row];
        sizes[strata[row]] += weights[row];
        units[strata[row]] += 1.0;
    }
    let about = |row: usize| outcome[row] - sums[strata[row]] / sizes[strata[row]];
    let effect = difference(outcome, treated, weights);
    let (mut own, mut other, mut size, mut treated_units) = (0.0, 0.0, 0.0, 0.0_f64);
    for row in used() {
        if treated[row] {
            own += (weights[row] * (about(row) - effect)).powi(2);
            size += weights[row];
            treated_units += 1.0;
        } else if units[strata[row]] > 1.0 {
            other += (weights[row] * about(row)).powi(2) * units[strata[row]] / (units[strata[row]] - 1.0);
        }
    }
    let alone = units.iter().filter(|units| **units == 1.0).count();
    if treated_units < 2.0 || units.iter().all(|units| *units < 2.0) {
        return None;
    }
    let own = own * treated_units / (treated_units - 1.0);
    Some(Spread { standard_error: (own + other).sqrt() / size, alone })
}

/// A standard error, and the strata whose single untreated unit adds nothing to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub standard_error: f64,
    pub alone: usize,
}

/// Weights that balance the means of `x` (its first column a constant): Zhao and Percival (2017). Because
/// balanced means are free of error, only what a regression of the untreated on `x` leaves counts.
pub fn balanced(
    outcome: &[f64],
    treated: &[bool],
    x: &DMatrix<f64>,
    weights: &[f64],
    names: &[String],
) -> Result<f64, MethodError> {
    let only: Vec<f64> =
        (0..treated.len()).map(|row| if treated[row] { 0.0 } else { weights[row] }).collect();
    let fit = weighted::fit(x, &DVector::from_row_slice(outcome), &only, names)?;
    let (effect, size) = (
        difference(outcome, treated, weights),
        (0..treated.len()).filter(|row| treated[*row]).map(|row| weights[row]).sum::<f64>(),
    );
    let square = |row: usize| {
        let left = if treated[row] { fit.residuals[row] - effect } else { fit.residuals[row] };
        (weights[row] * left).powi(2)
    };
    Ok((0..treated.len()).map(square).sum::<f64>().sqrt() / size)
}

/// A standard error, or why there is none.
pub(super) fn cell(standard_error: Option<f64>) -> Cell {
    standard_error.map_or_else(
        || {
            Cell::Absent(Text::new(
                "terlalu sedikit unit untuk galat baku",
                "too few units for a standard error",
            ))
        },
        Cell::from,
    )
}
