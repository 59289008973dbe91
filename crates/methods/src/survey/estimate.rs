//! Totals, means and ratios, also of a part of the population, with standard error and design effect.

use super::design::Design;
use super::replicates::Replicates;
use super::report::{self, with_sample};
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request};

/// A figure of the population as a function of the weights.
#[derive(Clone, Copy, Debug)]
pub enum Statistic<'a> {
    Total(&'a [f64]),
    Mean(&'a [f64]),
    /// The ratio of two totals.
    Ratio(&'a [f64], &'a [f64]),
}

/// How the variance is estimated.
#[derive(Clone, Copy, Debug)]
pub enum Variance<'a> {
    /// By linearisation (Taylor).
    Linearised,
    Replicated(&'a Replicates),
}

/// A figure with what must stand beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
    /// Rows inside the domain with a weight.
    pub n: usize,
    /// The sum of their weights: the estimated number of units.
    pub population: f64,
    /// The variance over that of a simple random sample of the same size, where the whole sample is used.
    pub design_effect: Option<f64>,
    pub degrees_of_freedom: usize,
}

impl Statistic<'_> {
    /// The figure under these weights, over the rows inside; `None` if there is nothing to divide by.
    pub fn value(&self, weights: &[f64], inside: &[bool]) -> Option<f64> {
        let sum = |values: &[f64]| total(values, weights, inside);
        match self {
            Statistic::Total(values) => Some(sum(values)),
            Statistic::Mean(values) => divide(sum(values), population(weights, inside)),
            Statistic::Ratio(above, below) => divide(sum(above), sum(below)),
        }
    }

    /// How much a row moves the figure, per unit of its weight; 0 outside.
    pub fn influence(&self, value: f64, weights: &[f64], inside: &[bool]) -> Vec<f64> {
        let below = match self {
            Statistic::Total(_) => 1.0,
            Statistic::Mean(_) => population(weights, inside),
            Statistic::Ratio(_, below) => total(below, weights, inside),
        };
        let of = |row: usize| match self {
            Statistic::Total(values) => values[row],
            Statistic::Mean(values) => (values[row] - value) / below,
            Statistic::Ratio(above, under) => (above[row] - value * under[row]) / below,
        };
        (0..weights.len()).map(|row| if inside[row] { of(row) } else { 0.0 }).collect()
    }
}

fn divide(above: f64, below: f64) -> Option<f64> {
    (below != 0.0).then(|| above / below)
}

fn total(values: &[f64], weights: &[f64], inside: &[bool]) -> f64 {
    (0..weights.len()).filter(|row| inside[*row]).map(|row| weights[row] * values[row]).sum()
}

/// The sum of the weights of the rows inside.
pub fn population(weights: &[f64], inside: &[bool]) -> f64 {
    (0..weights.len()).filter(|row| inside[*row]).map(|row| weights[row]).sum()
}

/// Estimates a figure over the rows `inside`; the other rows stay in the design, as they must.
pub fn estimate(
    statistic: Statistic<'_>,
    design: &Design,
    inside: &[bool],
    variance: Variance<'_>,
) -> Result<Estimate, MethodError> {
    let weights = &design.weights;
    let n = (0..design.rows()).filter(|row| inside[*row] && weights[*row] > 0.0).count();
    if n == 0 {
        return Err(MethodError::NoRows { rows: design.rows() });
    }
    let value = statistic.value(weights, inside).unwrap_or(f64::NAN);
    let standard_error = match variance {
        Variance::Linearised => linearised(design, statistic.influence(value, weights, inside))?,
        Variance::Replicated(replicates) => {
            replicates.standard_error(value, |weights| statistic.value(weights, inside))
        }
    };
    Ok(Estimate {
        value,
        standard_error,
        n,
        population: population(weights, inside),
        design_effect: design_effect(statistic, design, inside, standard_error),
        degrees_of_freedom: design.degrees_of_freedom(),
    })
}

/// The standard error of a figure from the influence of the rows on it.
pub fn linearised(design: &Design, influence: Vec<f64>) -> Result<f64, MethodError> {
    let weights = &design.weights;
    design.standard_error(influence.into_iter().zip(weights).map(|(influence, w)| influence * w).collect())
}

/// Against a simple random sample without replacement of as many rows from the estimated population.
fn design_effect(
    statistic: Statistic<'_>,
    design: &Design,
    inside: &[bool],
    standard_error: f64,
) -> Option<f64> {
    let (weights, everyone) = (&design.weights, inside.iter().all(|inside| *inside));
    let (values, times) = match statistic {
        Statistic::Mean(values) => (values, 1.0),
        Statistic::Total(values) => (values, population(weights, inside)),
        Statistic::Ratio(..) => return None,
    };
    let n = weights.iter().filter(|weight| **weight > 0.0).count() as f64;
    let size = population(weights, inside);
    if !everyone || n < 2.0 || size <= n {
        return None;
    }
    let mean = total(values, weights, inside) / size;
    let squares: Vec<f64> = values.iter().map(|value| (value - mean).powi(2)).collect();
    let simple = total(&squares, weights, inside) / size * n / (n - 1.0) * (size - n) / (size * n);
    (simple > 0.0).then(|| (standard_error / times).powi(2) / simple)
}

const VALUE: Argument =
    Argument::required("value", Kind::Columns, ["peubah yang diduga", "the variables to estimate"]);
const DEFINITION: [&str; 2] = [
    "Penduga tertimbang; galat baku linearisasi Taylor dari total unit tahap pertama, dengan koreksi populasi \
     hingga bila --fpc diberikan; bagian populasi: nol di luar bagian itu",
    "Weighted estimator; standard error by Taylor linearisation from totals of first-stage units, with finite \
     population correction where --fpc is given; a domain is zero outside",
];
const SOURCE: &str = "Särndal, Swensson and Wretman (1992), ch. 5 and 10; Lumley (2010), ch. 2";

pub(crate) static TOTAL: Method = Method {
    id: "survey-total",
    group: Group::Survey,
    title: ["Total survei", "Survey totals"],
    question: [
        "Berapa jumlah di seluruh populasi, dan seberapa pasti?",
        "How much is there in the whole population, and how sure is that?",
    ],
    definition: DEFINITION,
    source: SOURCE,
    arguments: &with_sample::<1, 10>([VALUE]),
    example: "survey-total --input docs/methods/data/survey.csv --value \"value_added, workers\" \
              --weight weight --strata size --fpc frame",
    run: |request| each(request, |values| Statistic::Total(values)),
};

pub(crate) static MEAN: Method = Method {
    id: "survey-mean",
    group: Group::Survey,
    title: ["Rata-rata survei", "Survey means"],
    question: [
        "Berapa rata-rata di populasi, dan seberapa pasti?",
        "What is the mean in the population, and how sure is that?",
    ],
    definition: DEFINITION,
    source: SOURCE,
    arguments: &with_sample::<1, 10>([VALUE]),
    example: "survey-mean --input docs/methods/data/survey.csv --value workers --weight weight \
              --strata size --fpc frame --domain sector",
    run: |request| each(request, |values| Statistic::Mean(values)),
};

pub(crate) static RATIO: Method = Method {
    id: "survey-ratio",
    group: Group::Survey,
    title: ["Rasio survei", "Survey ratios"],
    question: [
        "Berapa produktivitas populasi sebagai rasio dua total, dan seberapa pasti?",
        "What is productivity in the population as a ratio of two totals, and how sure is that?",
    ],
    definition: DEFINITION,
    source: SOURCE,
    arguments: &with_sample::<2, 11>([
        Argument::required("numerator", Kind::Column, ["pembilang", "the numerator"]),
        Argument::required("denominator", Kind::Column, ["penyebut", "the denominator"]),
    ]),
    example: "survey-ratio --input docs/methods/data/survey.csv --numerator value_added \
              --denominator workers --weight weight --strata size --fpc frame",
    run: ratios,
};

fn each(request: &Request<'_>, of: fn(&[f64]) -> Statistic<'_>) -> Result<Figures, MethodError> {
    let terms = request.columns("value")?;
    let sample = report::Sample::read(request)?;
    let mut report = report::Report::new(&sample);
    for term in &terms {
        let values = sample.pick(&term.values);
        report.add(&term.name, &values, |inside, variance| {
            estimate(of(&values), &sample.design, inside, variance)
        })?;
    }
    report.figures()
}

fn ratios(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (above, below) = (request.numbers("numerator")?, request.numbers("denominator")?);
    let name = [request.word("numerator"), request.word("denominator")].map(Option::unwrap_or_default);
    let sample = report::Sample::read(request)?;
    let (above, below) = (sample.pick(&above), sample.pick(&below));
    // A row that lacks one of the two lacks the ratio.
    let both: Vec<f64> = above.iter().zip(&below).map(|(above, below)| above + below).collect();
    let mut report = report::Report::new(&sample);
    report.add(&name.join(" / "), &both, |inside, variance| {
        estimate(Statistic::Ratio(&above, &below), &sample.design, inside, variance)
    })?;
    report.figures()
}
