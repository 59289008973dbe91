//! Ackerberg, Caves and Frazer: stage one only takes noise out; all elasticities come from moments of
//! innovations.

use nalgebra::{DMatrix, DVector};

use super::proxy::{
    self, DEGREE, Data, FREE, OUTPUT, PERIOD, PRODUCTIVITY, PROXY, REPLICATIONS, STATE, UNIT, numbered,
    products, remainder, settled, standardised,
};
use super::two_stage::degree;
use crate::bench::{Argument, Cell, Figures, Group, Method, MethodError, Request};
use crate::numerics::least_squares;
use crate::numerics::optimise::{Minimum, nelder_mead};

/// Elasticities with what the search found around them.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of free inputs, then of state inputs.
    pub coefficients: Vec<f64>,
    /// The moments, weighted, as a share of the variance of output; not told below 1e-10, where they hold.
    pub criterion: f64,
    /// Other points at which the moments hold as well.
    pub others: Vec<Vec<f64>>,
}

/// A criterion below this is zero: the moments hold.
const HOLDS: f64 = 1e-10;

/// Innovations of productivity (its part not foreseen by a cubic of the year before) are uncorrelated with
/// state inputs now and free inputs a year before.
///
/// The search starts at `near`, or, if that is not given, at least squares and at four points between zero
/// and one.
pub fn estimate(data: &Data, degree: usize, near: Option<&[f64]>) -> Result<Found, MethodError> {
    let hidden: Vec<&[f64]> =
        data.free.iter().chain(&data.state).chain(&data.proxy).map(Vec::as_slice).collect();
    let polynomial = products(&standardised(&hidden), degree);
    let ones = vec![1.0; data.y.len()];
    let columns: Vec<&[f64]> = std::iter::once(&ones).chain(&polynomial).map(Vec::as_slice).collect();
    let x = least_squares::matrix(&columns);
    let y = DVector::from_column_slice(&data.y);
    let known = least_squares::fit(&x, &y, &numbered("polynomial term", columns.len()))?.fitted;
    let pairs = data.pairs();
    let inputs = data.inputs();
    // Instruments: free inputs of the year before, state inputs of this year.
    let instruments: Vec<Vec<f64>> = (0..inputs.len())
        .map(|at| {
            let lagged = at < data.free.len();
            pairs.iter().map(|(row, before)| inputs[at][if lagged { *before } else { *row }]).collect()
        })
        .collect();
    let views: Vec<&[f64]> = instruments.iter().map(Vec::as_slice).collect();
    let instruments = standardised(&views);
    let z = least_squares::matrix(&instruments.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let weights = least_squares::Factored::new(&z, &data.names)?.gram_inverse();
    let now: Vec<Vec<f64>> = side(&known, &inputs, pairs.iter().map(|(row, _)| *row));
    let before: Vec<Vec<f64>> = side(&known, &inputs, pairs.iter().map(|(_, row)| *row));
    let spread = variance(&now[0]);
    let criterion = |theta: &[f64]| criterion(theta, &now, &before, &z, &weights) / spread;
    let mut starts = vec![near.map_or_else(|| data.ordinary(), |near| Ok(near.to_vec()))?];
    if near.is_none() {
        starts.extend([0.1, 0.3, 0.5, 0.7].map(|value| vec![value; inputs.len()]));
    }
    let searched: Vec<Result<Minimum, MethodError>> =
        starts.iter().map(|start| nelder_mead(criterion, start, 0.1, 1e-12, 3000)).collect();
    choose(searched)
}

/// Among points at which the moments hold, the one whose smallest elasticity is largest: where labour follows
/// from a first-order condition they also hold, for no good reason, with labour at one and capital at zero
/// (Ackerberg, Caves and Frazer, 2015, note 16). If they hold nowhere, the lowest point. Other points that
/// hold are told.
fn choose(searched: Vec<Result<Minimum, MethodError>>) -> Result<Found, MethodError> {
    let mut minima = Vec::new();
    let mut failure = None;
    for result in searched {
        match result {
            Ok(minimum) => minima.push(minimum),
            Err(error) => failure = Some(error),
        }
    }
    let least = |minimum: &Minimum| minimum.point.iter().copied().fold(f64::INFINITY, f64::min);
    let holding = minima.iter().enumerate().filter(|(_, minimum)| minimum.value <= HOLDS);
    let chosen = holding.max_by(|a, b| least(a.1).total_cmp(&least(b.1))).map(|(at, _)| at).or_else(|| {
        let places = minima.iter().enumerate();
        places.min_by(|a, b| a.1.value.total_cmp(&b.1.value)).map(|(at, _)| at)
    });
    let Some(chosen) = chosen else {
        let unknown = MethodError::NoConvergence { iterations: 3000, detail: "moments".into() };
        return Err(failure.unwrap_or(unknown));
    };
    let best = minima.swap_remove(chosen);
    let far = |point: &[f64]| point.iter().zip(&best.point).any(|(a, b)| (a - b).abs() > 0.01);
    let mut others: Vec<Vec<f64>> = Vec::new();
    for minimum in minima {
        let new =
            others.iter().all(|known| known.iter().zip(&minimum.point).any(|(a, b)| (a - b).abs() > 0.01));
        if minimum.value <= HOLDS.max(best.value * 1.01) && far(&minimum.point) && new {
            others.push(minimum.point);
        }
    }
    let coefficients = best.point.iter().copied().map(settled).collect();
    Ok(Found { coefficients, criterion: best.value.max(HOLDS), others })
}

/// Known output and inputs in the given rows.
fn side(known: &DVector<f64>, inputs: &[&[f64]], rows: impl Iterator<Item = usize> + Clone) -> Vec<Vec<f64>> {
    let mut columns = vec![rows.clone().map(|row| known[row]).collect::<Vec<f64>>()];
    columns.extend(inputs.iter().map(|input| rows.clone().map(|row| input[row]).collect()));
    columns
}

fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>().max(f64::MIN_POSITIVE)
}

fn criterion(
    theta: &[f64],
    now: &[Vec<f64>],
    before: &[Vec<f64>],
    z: &DMatrix<f64>,
    weights: &DMatrix<f64>,
) -> f64 {
    let productivity = |columns: &[Vec<f64>]| {
        let mut rest = columns[0].clone();
        for (column, coefficient) in columns[1..].iter().zip(theta) {
            rest.iter_mut().zip(column).for_each(|(rest, value)| *rest -= coefficient * value);
        }
        rest
    };
    let cubic = products(&standardised(&[&productivity(before)]), 3);
    let Some(innovation) = remainder(&cubic, &productivity(now)) else { return f64::INFINITY };
    let moments = z.tr_mul(&DVector::from_vec(innovation));
    moments.dot(&(weights * &moments))
}

pub(crate) static METHOD: Method = Method {
    id: "ackerberg-caves-frazer",
    group: Group::ProductionFunction,
    title: ["Ackerberg-Caves-Frazer", "Ackerberg-Caves-Frazer"],
    question: [
        "Berapa elastisitas masukan bila tenaga kerja pun bergantung pada produktivitas?",
        "What are the elasticities when labour, too, depends on productivity?",
    ],
    definition: [
        "Nilai tambah; tahap satu polinomial derajat 3 dari semua masukan dan proksi; momen \
         E[inovasi·(l(t-1), k(t))] = 0 dengan kubik produktivitas; bila terpenuhi di beberapa titik, \
         dipilih titik yang elastisitas terkecilnya terbesar",
        "Value added; first stage polynomial of degree 3 in all inputs and proxy; moments \
         E[innovation·(l(t-1), k(t))] = 0 with a cubic of productivity; where they hold at several points, \
         the one whose smallest elasticity is largest",
    ],
    source: "Ackerberg, Caves and Frazer (2015)",
    arguments: &[
        OUTPUT,
        FREE,
        STATE,
        PROXY,
        UNIT,
        PERIOD,
        DEGREE,
        REPLICATIONS,
        PRODUCTIVITY,
        Argument::SEED,
    ],
    example: "ackerberg-caves-frazer --input docs/methods/data/firms.csv --unit firm --period year --output \
        y --free l --state k --proxy m",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (data, rows) = proxy::read(request, None)?;
    let degree = degree(request)?;
    let found = estimate(&data, degree, None)?;
    let lines = vec![("criterion_at_most", Cell::from(found.criterion))];
    let near = found.coefficients.clone();
    let mut figures = proxy::figures(request, &data, &rows, lines, |data| {
        Ok(estimate(data, degree, Some(&near))?.coefficients)
    })?;
    if found.criterion > 1e-6 {
        figures = figures.warn(
            format!("momen tidak terpenuhi (kriteria {:.1e}): taksiran lemah", found.criterion),
            format!("the moments do not hold (criterion {:.1e}): weak estimates", found.criterion),
        );
    }
    for other in &found.others {
        let point = other.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", ");
        figures = figures.warn(
            format!("momen juga terpenuhi di titik lain ({point}): periksa mana yang masuk akal"),
            format!("the moments hold at another point as well ({point}): judge which makes sense"),
        );
    }
    Ok(figures)
}
