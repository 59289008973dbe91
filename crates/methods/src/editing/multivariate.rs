//! Records that stand apart in several variables together: Mahalanobis distance from a centre that the
//! outliers themselves did not move.

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::least_squares::too_large;

const STEPS: usize = 200;

/// From which centre distances are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Centre {
    /// Mean and covariance of a growing subset that looks clean: BACON, started at the median.
    Bacon,
    /// Mean and covariance of all rows: the classical distance, which many outliers can mask.
    All,
}

/// Distances of all rows, the distance beyond which a row stands apart, and how many rows made the centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    pub distances: Vec<f64>,
    pub cut: f64,
    pub clean: usize,
}

/// Billor, Hadi and Velleman (2000), algorithms 2 and 3, second version of the start (distance from the
/// medians).
pub fn distances(x: &DMatrix<f64>, centre: Centre, alpha: f64) -> Result<Distances, MethodError> {
    let (n, p) = x.shape();
    let needed = 3 * p + 2;
    if n < needed {
        let what = Saying::new("baris lengkap", "complete rows");
        return Err(MethodError::TooFew { what, needed, found: n });
    }
    let chi = ChiSquared::new(p as f64).map_err(|_| too_large())?;
    // Bonferroni: with probability 1 - alpha no row of a clean normal sample is taken for an outlier.
    let quantile = chi.inverse_cdf(1.0 - alpha / n as f64).sqrt();
    let everyone: Vec<usize> = (0..n).collect();
    if centre == Centre::All {
        let distances = from_rows(x, &everyone)?;
        return Ok(Distances { distances, cut: quantile, clean: n });
    }
    let mut clean = start(x);
    for _ in 0..STEPS {
        let distances = from_rows(x, &clean)?;
        let cut = quantile * correction(n, p, clean.len());
        let next: Vec<usize> = everyone.iter().copied().filter(|row| distances[*row] < cut).collect();
        if next == clean || next.len() <= p {
            return Ok(Distances { distances, cut, clean: clean.len() });
        }
        clean = next;
    }
    Err(MethodError::NoConvergence { iterations: STEPS, detail: "the clean subset keeps changing".into() })
}

/// The correction of the cut for a centre made of `clean` of `n` rows.
fn correction(n: usize, p: usize, clean: usize) -> f64 {
    let (n, p, clean) = (n as f64, p as f64, clean as f64);
    let half = ((n + p + 1.0) / 2.0).floor();
    let small = 1.0 + (p + 1.0) / (n - p) + 2.0 / (n - 1.0 - 3.0 * p);
    small + ((half - clean) / (half + clean)).max(0.0)
}

/// The rows nearest to the medians, columns in units of their spread: four times the columns, and more
/// until their covariance is regular.
fn start(x: &DMatrix<f64>) -> Vec<usize> {
    let (n, p) = x.shape();
    let scaled: Vec<(f64, f64)> = x
        .column_iter()
        .map(|column| {
            let mut values: Vec<f64> = column.iter().copied().collect();
            values.sort_by(f64::total_cmp);
            let middle = (values[(n - 1) / 2] + values[n / 2]) / 2.0;
            let mut away: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
            away.sort_by(f64::total_cmp);
            // Half of the rows may be equal: then the mean distance stands for the spread.
            let spread = if away[n / 2] > 0.0 { away[n / 2] } else { away.iter().sum::<f64>() / n as f64 };
            (middle, if spread > 0.0 { spread } else { 1.0 })
        })
        .collect();
    let away = |row: usize| {
        scaled
            .iter()
            .enumerate()
            .map(|(at, (middle, spread))| ((x[(row, at)] - middle) / spread).powi(2))
            .sum::<f64>()
    };
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| away(*a).total_cmp(&away(*b)).then(a.cmp(b)));
    let mut size = (4 * p).clamp(p + 2, n);
    while size < n && from_rows(x, &order[..size]).is_err() {
        size += 1;
    }
    let mut rows = order[..size].to_vec();
    rows.sort_unstable();
    rows
}

/// Mahalanobis distances of all rows from the mean and covariance of some.
fn from_rows(x: &DMatrix<f64>, rows: &[usize]) -> Result<Vec<f64>, MethodError> {
    let (n, p) = x.shape();
    let count = rows.len() as f64;
    let mean = DVector::from_fn(p, |at, _| rows.iter().map(|row| x[(*row, at)] / count).sum::<f64>());
    let spread = DVector::from_fn(p, |at, _| {
        let square = |row: &usize| (x[(*row, at)] - mean[at]).powi(2);
        (rows.iter().map(square).sum::<f64>() / (count - 1.0)).sqrt()
    });
    if spread.iter().any(|value| !value.is_finite()) {
        return Err(too_large());
    }
    let standard = |row: usize, at: usize| (x[(row, at)] - mean[at]) / spread[at];
    let correlation = DMatrix::from_fn(p, p, |a, b| {
        rows.iter().map(|row| standard(*row, a) * standard(*row, b)).sum::<f64>() / (count - 1.0)
    });
    let flat = || {
        MethodError::Impossible(Saying::new(
            "satu kolom tetap, atau mengikuti kolom lain dengan tepat, pada baris yang bersih: hilangkan \
             salah satunya",
            "a column is constant, or follows the others exactly, in the clean rows: leave one out",
        ))
    };
    let least = correlation.clone().symmetric_eigenvalues().min();
    if !(least > 1e-10) {
        return Err(flat());
    }
    let root = correlation.cholesky().ok_or_else(flat)?;
    let distance = |row: usize| {
        let z = DVector::from_fn(p, |at, _| standard(row, at));
        root.l().solve_lower_triangular(&z).map_or(f64::INFINITY, |solved| solved.norm())
    };
    Ok((0..n).map(distance).collect())
}

pub(crate) static METHOD: Method = Method {
    id: "multivariate-outliers",
    group: Group::Editing,
    title: ["Pencilan multivariat", "Multivariate outliers"],
    question: [
        "Catatan mana yang ganjil bila beberapa isian dilihat bersama?",
        "Which records are odd when several answers are seen together?",
    ],
    definition: [
        "BACON mulai dari median; batas √χ²(p; 1 − α/n) dengan koreksi sampel, α = 0,05; atau jarak \
         Mahalanobis biasa",
        "BACON started at the medians; cut √χ²(p; 1 − α/n) with the small-sample correction, α = 0.05; or the plain \
         Mahalanobis distance",
    ],
    source: "Billor, Hadi and Velleman (2000), Computational Statistics & Data Analysis 34; Mahalanobis \
        (1936)",
    arguments: &[
        Argument::required(
            "values",
            Kind::Columns,
            [
                "beberapa isian, mis. log(omzet), log(biaya)",
                "several answers, such as log(turnover), log(cost)",
            ],
        ),
        Argument::optional("rule", Kind::Choice(&["bacon", "mahalanobis"]), ["aturan", "the rule"]),
        Argument::optional(
            "alpha",
            Kind::Number(Some(0.05)),
            ["peluang data bersih kehilangan satu baris", "chance that clean data lose a row"],
        ),
    ],
    example: "multivariate-outliers --input docs/methods/data/records.csv --values \"log(turnover), \
        log(cost)\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let terms = request.columns("values")?;
    let alpha = request.number("alpha")?.unwrap_or(0.05);
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(request.bad("alpha", &alpha.to_string(), "0.01 … 0.5"));
    }
    let centre = if request.choice("rule")? == "mahalanobis" { Centre::All } else { Centre::Bacon };
    let columns: Vec<&[f64]> = terms.iter().map(|term| term.values.as_slice()).collect();
    let rows = request.complete(&columns)?;
    let x = DMatrix::from_fn(rows.len(), columns.len(), |place, at| columns[at][rows[place]]);
    let found = distances(&x, centre, alpha)?;
    let mut table = Table::new(
        "outliers",
        ["Pencilan", "Outliers"],
        &[("row", "Baris", "Row"), ("distance", "Jarak", "Distance")],
    );
    for (place, distance) in
        found.distances.iter().enumerate().filter(|(_, distance)| **distance >= found.cut)
    {
        table.push(vec![(rows[place] + 1).into(), (*distance).into()]);
    }
    let (cut, clean) = (found.cut, found.clean);
    let figures = Figures::new(rows.len()).table(table);
    let figures = figures.note(
        format!("batas {cut:.6}; pusatnya dari {clean} baris"),
        format!("cut {cut:.6}; the centre is that of {clean} rows"),
    );
    Ok(if clean < rows.len() / 2 {
        figures.warn(
            "kurang dari separuh baris bersih: datanya mungkin terdiri atas beberapa kelompok",
            "less than half of the rows are clean: the data may consist of several groups",
        )
    } else {
        figures
    })
}
