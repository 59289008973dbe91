//! Olley and Pakes, and Levinsohn and Petrin: productivity read off investment or materials, in two stages.
//!
//! Stage one takes the unknown function of state and proxy out of output and leaves the coefficients of free
//! inputs. Stage two finds the coefficients of state inputs with which productivity is best foreseen from the
//! year before.

use nalgebra::DVector;

use super::probit;
use super::proxy::{
    self, DEGREE, Data, FREE, OUTPUT, PERIOD, PRODUCTIVITY, PROXY, REPLICATIONS, STATE, UNIT, numbered,
    products, remainder, settled, standardised,
};
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request};
use crate::numerics::least_squares;
use crate::numerics::optimise::nelder_mead;

/// What stage two foresees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// Output less inputs, noise included (Olley and Pakes, 1996).
    Output,
    /// Productivity as stage one gave it (Levinsohn and Petrin, 2003).
    Productivity,
}

/// Coefficients of free inputs, then of state inputs. `degrees` are those of the polynomials of the two
/// stages.
pub fn two_stage(data: &Data, foreseen: Foreseen, degrees: [usize; 2]) -> Result<Vec<f64>, MethodError> {
    let hidden: Vec<&[f64]> = data.state.iter().chain(&data.proxy).map(Vec::as_slice).collect();
    let polynomial = products(&standardised(&hidden), degrees[0]);
    let ones = vec![1.0; data.y.len()];
    let columns: Vec<&[f64]> =
        std::iter::once(&ones).chain(&data.free).chain(&polynomial).map(Vec::as_slice).collect();
    let mut names = vec!["(Intercept)".to_owned()];
    names.extend(data.names[..data.free.len()].iter().cloned());
    names.extend(numbered("polynomial term", polynomial.len()));
    let x = least_squares::matrix(&columns);
    let fit = least_squares::fit(&x, &DVector::from_column_slice(&data.y), &names)?;
    let free: Vec<f64> = fit.coefficients.iter().skip(1).take(data.free.len()).copied().collect();
    let less = |values: &[f64]| -> Vec<f64> {
        let spent = |row: usize| data.free.iter().zip(&free).map(|(x, b)| x[row] * b).sum::<f64>();
        values.iter().enumerate().map(|(row, value)| value - spent(row)).collect()
    };
    let known = less(fit.fitted.as_slice());
    let pairs = data.pairs();
    let chance = survival(data, &polynomial, &pairs)?;
    let target = if foreseen == Foreseen::Output { less(&data.y) } else { known.clone() };
    // In stage two Levinsohn and Petrin foresee productivity but judge by output.
    let noise: Vec<f64> = match foreseen {
        Foreseen::Output => vec![0.0; pairs.len()],
        Foreseen::Productivity => pairs.iter().map(|(row, _)| fit.residuals[*row]).collect(),
    };
    let objective = |state: &[f64]| {
        let minus = |values: &[f64], row: usize| {
            values[row] - data.state.iter().zip(state).map(|(x, b)| x[row] * b).sum::<f64>()
        };
        let mut before = vec![pairs.iter().map(|(_, row)| minus(&known, *row)).collect::<Vec<f64>>()];
        before.extend(chance.iter().cloned());
        let views: Vec<&[f64]> = before.iter().map(Vec::as_slice).collect();
        let now: Vec<f64> = pairs.iter().map(|(row, _)| minus(&target, *row)).collect();
        match remainder(&products(&standardised(&views), degrees[1]), &now) {
            Some(rest) => rest.iter().zip(&noise).map(|(rest, noise)| (rest + noise).powi(2)).sum(),
            None => f64::INFINITY,
        }
    };
    let ordinary = data.ordinary()?;
    let starts =
        [vec![0.0; data.state.len()], ordinary[data.free.len()..].to_vec(), vec![0.5; data.state.len()]];
    let mut best: Option<(f64, Vec<f64>)> = None;
    let mut failure = None;
    for start in starts {
        match nelder_mead(objective, &start, 0.1, 1e-14, 2000) {
            Ok(minimum) if best.as_ref().is_none_or(|(value, _)| minimum.value < *value) => {
                best = Some((minimum.value, minimum.point));
            }
            Ok(_) => {}
            Err(error) => failure = Some(error),
        }
    }
    match (best, failure) {
        (Some((_, state)), _) => Ok(free.into_iter().chain(state.into_iter().map(settled)).collect()),
        (None, Some(error)) => Err(error),
        (None, None) => Err(MethodError::NoConvergence { iterations: 2000, detail: "stage two".into() }),
    }
}

/// The chance of the last period, from state and proxy of the year before, for each pair.
fn survival(
    data: &Data,
    polynomial: &[Vec<f64>],
    pairs: &[(usize, usize)],
) -> Result<Option<Vec<f64>>, MethodError> {
    let Some(exit) = &data.exit else { return Ok(None) };
    let exits: Vec<f64> = pairs.iter().map(|(row, _)| exit[*row]).collect();
    let before: Vec<Vec<f64>> =
        polynomial.iter().map(|term| pairs.iter().map(|(_, row)| term[*row]).collect()).collect();
    Ok(Some(probit::fitted(&before, &exits)?))
}

const ARGUMENTS: &[Argument] = &[
    OUTPUT,
    FREE,
    STATE,
    PROXY,
    UNIT,
    PERIOD,
    Argument::optional(
        "exit",
        Kind::Column,
        ["1 pada periode terakhir perusahaan", "1 in the last period of an enterprise"],
    ),
    DEGREE,
    REPLICATIONS,
    PRODUCTIVITY,
    Argument::SEED,
];

pub(crate) static OLLEY_PAKES: Method = Method {
    id: "olley-pakes",
    group: Group::ProductionFunction,
    title: ["Olley-Pakes", "Olley-Pakes"],
    question: [
        "Berapa elastisitas masukan bila perusahaan yang produktif lebih banyak berinvestasi dan yang lemah \
         keluar?",
        "What are the elasticities when productive enterprises invest more and weak ones leave?",
    ],
    definition: [
        "Polinomial derajat 3 dari modal dan investasi; tahap dua kuadrat terkecil taklinear, derajat 2, \
         dengan peluang keluar (probit)",
        "Polynomial of degree 3 in capital and investment; second stage non-linear least squares of degree \
         2 with the chance of exit (probit)",
    ],
    source: "Olley and Pakes (1996)",
    arguments: ARGUMENTS,
    example: "olley-pakes --input docs/methods/data/firms.csv --unit firm --period year --output y --free l \
        --state k --proxy i",
    run: |request| run(request, Foreseen::Output),
};

pub(crate) static LEVINSOHN_PETRIN: Method = Method {
    id: "levinsohn-petrin",
    group: Group::ProductionFunction,
    title: ["Levinsohn-Petrin", "Levinsohn-Petrin"],
    question: [
        "Berapa elastisitas masukan bila pemakaian bahan mencerminkan produktivitas?",
        "What are the elasticities when the use of materials reveals productivity?",
    ],
    definition: [
        "Nilai tambah; polinomial derajat 3 dari modal dan bahan; tahap dua derajat 3",
        "Value added; polynomial of degree 3 in capital and materials; second stage of degree 3",
    ],
    source: "Levinsohn and Petrin (2003); Petrin, Poi and Levinsohn (2004)",
    arguments: ARGUMENTS,
    example: "levinsohn-petrin --input docs/methods/data/firms.csv --unit firm --period year --output y \
        --free l --state k --proxy m",
    run: |request| run(request, Foreseen::Productivity),
};

fn run(request: &Request<'_>, foreseen: Foreseen) -> Result<Figures, MethodError> {
    let (data, rows) = proxy::read(request, request.optional_numbers("exit")?)?;
    let degrees = [degree(request)?, if foreseen == Foreseen::Output { 2 } else { 3 }];
    let figures =
        proxy::figures(request, &data, &rows, Vec::new(), |data| two_stage(data, foreseen, degrees))?;
    Ok(figures.note(
        "koefisien tenaga kerja hanya teridentifikasi bila tenaga kerja berubah lepas dari modal dan proksi \
         (Ackerberg, Caves dan Frazer, 2015); bandingkan dengan `ackerberg-caves-frazer` dan `wooldridge`",
        "the coefficient of labour is identified only if labour moves apart from capital and proxy \
         (Ackerberg, Caves and Frazer, 2015); compare `ackerberg-caves-frazer` and `wooldridge`",
    ))
}

/// The degree of the polynomial of the first stage.
pub(super) fn degree(request: &Request<'_>) -> Result<usize, MethodError> {
    match request.count("degree")?.unwrap_or(3) {
        degree @ 1..=5 => Ok(degree as usize),
        degree => Err(request.bad("degree", &degree.to_string(), "1 … 5")),
    }
}
