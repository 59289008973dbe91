//! What the control-function estimators share: data of a panel of enterprises, polynomials, projections.

use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::estimates::{Estimates, summary};
use super::panel::Rows;
use crate::bench::{Argument, Cell, Figures, Kind, MethodError, Request, Saying, Table, Term};
use crate::numerics::least_squares;
use crate::panel::Panel;

/// Output and inputs in logs, in the order of `rows`.
#[derive(Clone, Debug)]
pub struct Data {
    pub y: Vec<f64>,
    /// Inputs chosen freely in the period, such as labour.
    pub free: Vec<Vec<f64>>,
    /// Inputs chosen a period before, such as capital.
    pub state: Vec<Vec<f64>>,
    /// What reveals productivity: investment, materials, energy.
    pub proxy: Vec<Vec<f64>>,
    /// One in the last period of an enterprise.
    pub exit: Option<Vec<f64>>,
    pub unit: Vec<usize>,
    pub previous: Vec<Option<usize>>,
    /// Free inputs, then state inputs.
    pub names: Vec<String>,
}

pub(super) const OUTPUT: Argument = Argument::required(
    "output",
    Kind::Column,
    ["keluaran dalam logaritma, misalnya log(value_added)", "output in logs, such as log(value_added)"],
);
pub(super) const FREE: Argument = Argument::required(
    "free",
    Kind::Columns,
    ["masukan yang dipilih bebas, dalam logaritma (tenaga kerja)", "freely chosen inputs in logs (labour)"],
);
pub(super) const STATE: Argument = Argument::required(
    "state",
    Kind::Columns,
    ["masukan yang ditentukan setahun sebelumnya (modal)", "inputs decided a year before (capital)"],
);
pub(super) const PROXY: Argument = Argument::required(
    "proxy",
    Kind::Columns,
    [
        "yang mencerminkan produktivitas (investasi, bahan)",
        "what reveals productivity (investment, materials)",
    ],
);
pub(super) const UNIT: Argument =
    Argument::required("unit", Kind::Column, ["kolom perusahaan", "column with the enterprise"]);
pub(super) const PERIOD: Argument =
    Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]);
pub(super) const DEGREE: Argument =
    Argument::optional("degree", Kind::Count(Some(3)), ["derajat polinomial", "degree of the polynomial"]);
pub(super) const REPLICATIONS: Argument = Argument::optional(
    "replications",
    Kind::Count(Some(0)),
    [
        "ulangan bootstrap per perusahaan untuk galat baku",
        "bootstrap replications by enterprise for standard errors",
    ],
);
pub(super) const PRODUCTIVITY: Argument = Argument::optional(
    "productivity",
    Kind::Flag,
    ["cetak produktivitas tiap baris (y - Σ b x)", "print the productivity of every row (y - Σ b x)"],
);

/// Reads the data of a request, `exit` among them if it was given; the rows of the file stand beside them.
pub(super) fn read(request: &Request<'_>, exit: Option<Vec<f64>>) -> Result<(Data, Rows), MethodError> {
    let output = request.numbers("output")?;
    let [free, state, proxy] =
        [request.columns("free")?, request.columns("state")?, request.columns("proxy")?];
    let terms = free.iter().chain(&state).chain(&proxy).map(|term| term.values.as_slice());
    let columns: Vec<&[f64]> = terms.chain([output.as_slice()]).chain(exit.as_deref()).collect();
    let complete = request.complete(&columns)?;
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &complete)?;
    let rows = Rows::of(&panel);
    let followed = rows.previous.iter().flatten().count();
    let needed = 10 + 2 * (free.len() + state.len());
    if followed < needed {
        return Err(MethodError::TooFew {
            what: Saying::new("baris yang punya periode sebelumnya", "rows with a period before"),
            needed,
            found: followed,
        });
    }
    let pick = |values: &[f64]| rows.file.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let all = |terms: &[Term]| terms.iter().map(|term| pick(&term.values)).collect::<Vec<_>>();
    let data = Data {
        y: pick(&output),
        free: all(&free),
        state: all(&state),
        proxy: all(&proxy),
        exit: exit.as_deref().map(pick),
        unit: rows.unit.clone(),
        previous: rows.previous.clone(),
        names: free.iter().chain(&state).map(|term| term.name.clone()).collect(),
    };
    Ok((data, rows))
}

impl Data {
    /// Rows that have one before them, with that one.
    pub(super) fn pairs(&self) -> Vec<(usize, usize)> {
        let pairs = self.previous.iter().enumerate();
        pairs.filter_map(|(row, previous)| Some((row, (*previous)?))).collect()
    }

    /// Free inputs, then state inputs.
    pub(super) fn inputs(&self) -> Vec<&[f64]> {
        self.free.iter().chain(&self.state).map(Vec::as_slice).collect()
    }

    /// Least squares of output on all inputs: where the searches start.
    pub(super) fn ordinary(&self) -> Result<Vec<f64>, MethodError> {
        let ones = vec![1.0; self.y.len()];
        let columns: Vec<&[f64]> = std::iter::once(ones.as_slice()).chain(self.inputs()).collect();
        let mut names = vec!["(Intercept)".to_owned()];
        names.extend(self.names.iter().cloned());
        let y = DVector::from_column_slice(&self.y);
        let fit = least_squares::fit(&least_squares::matrix(&columns), &y, &names)?;
        Ok(fit.coefficients.iter().skip(1).copied().collect())
    }

    /// Output less what the inputs explain.
    pub(super) fn productivity(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut rest = self.y.clone();
        for (column, coefficient) in self.inputs().into_iter().zip(coefficients) {
            rest.iter_mut().zip(column).for_each(|(rest, value)| *rest -= coefficient * value);
        }
        rest
    }

    /// A sample of whole enterprises drawn with replacement.
    fn resampled(&self, random: &mut Pcg64Mcg) -> Data {
        let mut starts: Vec<usize> =
            (0..self.unit.len()).filter(|row| *row == 0 || self.unit[*row] != self.unit[row - 1]).collect();
        let units = starts.len();
        starts.push(self.unit.len());
        let (mut chosen, mut unit, mut previous) = (Vec::new(), Vec::new(), Vec::new());
        for draw in 0..units {
            let from = random.random_range(0..units);
            for row in starts[from]..starts[from + 1] {
                let back = self.previous[row].map(|earlier| row - earlier);
                previous.push(back.map(|back| chosen.len() - back));
                unit.push(draw);
                chosen.push(row);
            }
        }
        let pick = |values: &Vec<f64>| chosen.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        Data {
            y: pick(&self.y),
            free: self.free.iter().map(pick).collect(),
            state: self.state.iter().map(pick).collect(),
            proxy: self.proxy.iter().map(pick).collect(),
            exit: self.exit.as_ref().map(pick),
            unit,
            previous,
            names: self.names.clone(),
        }
    }
}

/// Columns with mean zero and spread one; a column that does not vary stays at zero.
pub(super) fn standardised(columns: &[&[f64]]) -> Vec<Vec<f64>> {
    let one = |column: &&[f64]| {
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        let spread = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len() as f64).sqrt();
        let spread = if spread > 0.0 { spread } else { 1.0 };
        column.iter().map(|x| (x - mean) / spread).collect()
    };
    columns.iter().map(one).collect()
}

/// All products of the columns of total degree one to `degree`.
pub(super) fn products(columns: &[Vec<f64>], degree: usize) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    // Products of the degree before, with the last column that entered each: no product comes twice.
    let mut layer: Vec<(usize, Option<usize>)> = vec![(0, None)];
    for _ in 0..degree {
        let mut next = Vec::new();
        for (from, factor) in &layer {
            for (at, column) in columns.iter().enumerate().skip(*from) {
                let product = match factor {
                    None => column.clone(),
                    Some(factor) => all[*factor].iter().zip(column).map(|(a, b)| a * b).collect(),
                };
                next.push((at, Some(all.len())));
                all.push(product);
            }
        }
        layer = next;
    }
    all
}

/// A coefficient that a search found, to the seven digits that a search can know.
pub(super) fn settled(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10.0_f64.powi(6 - value.abs().log10().floor() as i32);
    if unit.is_normal() { (value * unit).round() / unit } else { value }
}

/// Names for products in messages.
pub(super) fn numbered(what: &str, count: usize) -> Vec<String> {
    (1..=count).map(|at| format!("{what} {at}")).collect()
}

/// What remains of `target` after a constant and `columns`: by normal equations, for searches that ask often.
pub(super) fn remainder(columns: &[Vec<f64>], target: &[f64]) -> Option<Vec<f64>> {
    let size = columns.len() + 1;
    let column = |at: usize| if at == 0 { None } else { Some(&columns[at - 1]) };
    let (mut gram, mut right) = (DMatrix::zeros(size, size), DVector::zeros(size));
    for a in 0..size {
        for b in a..size {
            let sum = match (column(a), column(b)) {
                (None, None) => target.len() as f64,
                (None, Some(values)) | (Some(values), None) => values.iter().sum(),
                (Some(one), Some(other)) => one.iter().zip(other).map(|(x, y)| x * y).sum(),
            };
            gram[(a, b)] = sum;
            gram[(b, a)] = sum;
        }
        right[a] = match column(a) {
            None => target.iter().sum(),
            Some(values) => values.iter().zip(target).map(|(x, y)| x * y).sum(),
        };
    }
    let solved = gram.cholesky()?.solve(&right);
    let mut rest: Vec<f64> = target.iter().map(|value| value - solved[0]).collect();
    for (values, coefficient) in columns.iter().zip(solved.iter().skip(1)) {
        rest.iter_mut().zip(values).for_each(|(rest, value)| *rest -= coefficient * value);
    }
    Some(rest)
}

/// Runs an estimator, bootstraps it by enterprise if asked, and lays out the tables.
pub(super) fn figures(
    request: &Request<'_>,
    data: &Data,
    rows: &Rows,
    lines: Vec<(&str, Cell)>,
    estimator: impl Fn(&Data) -> Result<Vec<f64>, MethodError>,
) -> Result<Figures, MethodError> {
    let found = estimator(data)?;
    let replications = request.count("replications")?.unwrap_or(0);
    if replications > 10_000 || replications == 1 {
        return Err(request.bad("replications", &replications.to_string(), "0, 2 … 10000"));
    }
    let mut random = Pcg64Mcg::seed_from_u64(request.count("seed")?.unwrap_or(1));
    let draws: Vec<Vec<f64>> =
        (0..replications).filter_map(|_| estimator(&data.resampled(&mut random)).ok()).collect();
    let covariance = (draws.len() > 1).then(|| covariance(&draws));
    let estimates = Estimates {
        names: data.names.clone(),
        coefficients: DVector::from_column_slice(&found),
        covariance,
        freedom: None,
    };
    let mut all = vec![
        ("n", Cell::from(data.y.len())),
        ("rows_with_a_period_before", Cell::from(data.pairs().len())),
        ("units", Cell::from(rows.units)),
        ("sum_of_coefficients", Cell::from(found.iter().sum::<f64>())),
    ];
    all.extend(lines);
    let mut figures = Figures::new(data.y.len()).table(estimates.table()).table(summary(all));
    if request.flag("productivity") {
        figures = figures.table(productivity(request, data, rows, &found)?);
    }
    let failed = replications as usize - draws.len();
    if failed > 0 {
        figures = figures.warn(
            format!("{failed} dari {replications} ulangan bootstrap tidak konvergen dan tidak dihitung"),
            format!("{failed} of {replications} bootstrap replications did not converge and are not counted"),
        );
    }
    if replications == 0 {
        figures = figures.note(
            "tanpa galat baku: minta dengan --replications 200",
            "no standard errors: ask for them with --replications 200",
        );
    }
    if found.iter().any(|coefficient| *coefficient < 0.0) {
        figures = figures.warn(
            "ada elastisitas negatif: anggapan metode ini mungkin tidak cocok dengan data",
            "an elasticity is negative: the assumptions of the method may not fit the data",
        );
    }
    Ok(figures)
}

fn covariance(draws: &[Vec<f64>]) -> DMatrix<f64> {
    let (count, size) = (draws.len() as f64, draws[0].len());
    let mean: Vec<f64> = (0..size).map(|at| draws.iter().map(|draw| draw[at]).sum::<f64>() / count).collect();
    DMatrix::from_fn(size, size, |a, b| {
        draws.iter().map(|draw| (draw[a] - mean[a]) * (draw[b] - mean[b])).sum::<f64>() / (count - 1.0)
    })
}

pub(super) fn productivity(
    request: &Request<'_>,
    data: &Data,
    rows: &Rows,
    coefficients: &[f64],
) -> Result<Table, MethodError> {
    let (units, periods) = (request.categories("unit")?, request.categories("period")?);
    let mut table = Table::new(
        "productivity",
        ["Produktivitas", "Productivity"],
        &[
            ("unit", "Unit", "Unit"),
            ("period", "Periode", "Period"),
            ("productivity", "Produktivitas (log)", "Productivity (log)"),
        ],
    );
    for (row, value) in rows.file.iter().zip(data.productivity(coefficients)) {
        table.push(vec![
            Cell::from(units.word(*row).unwrap_or("-")),
            Cell::from(periods.word(*row).unwrap_or("-")),
            Cell::from(value),
        ]);
    }
    Ok(table)
}
