//! The table of a stochastic frontier: coefficients, variances, test against no inefficiency, efficiency of
//! every row.

use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::dea::unit_names;
use super::stochastic::{Data, Frontier, fit};
use crate::bench::{
    Argument, Cell, Figures, Group, Kind, Method, MethodError, Model, Request, Saying, Table, Term,
};
use crate::numerics::normal::two_sided;
use crate::panel::Panel;

pub(crate) static METHOD: Method = Method {
    id: "sfa",
    group: Group::Frontier,
    title: ["Batas produksi stokastik (SFA)", "Stochastic frontier"],
    question: [
        "Seberapa jauh tiap perusahaan dari batas produksi, setelah derau dipisahkan?",
        "How far is each enterprise from the frontier once noise is set apart?",
    ],
    definition: [
        "Batas produksi setengah-normal; efisiensi E[exp(-u)|e]; galat baku dari Hessian teramati",
        "Half-normal production frontier; efficiency E[exp(-u)|e]; standard errors from the observed Hessian",
    ],
    source: "Aigner, Lovell and Schmidt (1977); Battese and Coelli (1988, 1992, 1995); Coelli (1996)",
    arguments: &[
        Argument::required(
            "model",
            Kind::Formula,
            [
                "model, misalnya log(y) ~ log(k) + log(l); untuk panel tambahkan | unit + tahun",
                "model, such as log(y) ~ log(k) + log(l); for a panel add | unit + year",
            ],
        ),
        Argument::optional(
            "distribution",
            Kind::Choice(&["half-normal", "truncated"]),
            ["sebaran inefisiensi", "distribution of inefficiency"],
        ),
        Argument::optional(
            "effects",
            Kind::Columns,
            [
                "kolom yang menjelaskan inefisiensi (Battese dan Coelli, 1995)",
                "columns that explain inefficiency (Battese and Coelli, 1995)",
            ],
        ),
        Argument::optional(
            "decay",
            Kind::Flag,
            [
                "inefisiensi boleh berubah menurut waktu (Battese dan Coelli, 1992)",
                "inefficiency may change over time (Battese and Coelli, 1992)",
            ],
        ),
        Argument::optional(
            "cost",
            Kind::Flag,
            ["batas biaya: inefisiensi menambah", "cost frontier: inefficiency adds"],
        ),
        Argument::optional("unit", Kind::Column, ["kolom nama unit", "column with the name of the unit"]),
    ],
    example: "sfa --input docs/methods/data/workshops.csv --unit workshop --model \"log(output) ~ \
        log(workers) + log(machines)\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let model = request.formula("model")?;
    let effects = if request.word("effects").is_some() { request.columns("effects")? } else { Vec::new() };
    let terms = model.terms.iter().chain([&model.response]).chain(&effects);
    let columns: Vec<&[f64]> = terms.map(|term| term.values.as_slice()).collect();
    let mut rows = request.complete(&columns)?;
    let panel = match &model.groups[..] {
        [] => None,
        [(_, units), (_, periods)] if effects.is_empty() => Some(Panel::of(units, periods, &rows)?),
        _ => {
            let given = request.word("model").unwrap_or_default();
            return Err(request.bad("model", given, "… | unit + year (not with --effects)"));
        }
    };
    if let Some(panel) = &panel {
        rows = (0..panel.units.len())
            .flat_map(|unit| (0..panel.periods.len()).filter_map(move |period| panel.row(unit, period)))
            .collect();
    }
    let data = data(request, &model, &effects, &rows, panel.as_ref())?;
    let frontier = fit(&data)?;
    let names = match &model.groups[..] {
        [(_, units), (_, periods)] => {
            let word =
                |row: &usize| [units.word(*row).unwrap_or("-"), periods.word(*row).unwrap_or("-")].join(" ");
            rows.iter().map(word).collect()
        }
        _ => unit_names(request, &rows)?,
    };
    Ok(tables(&frontier, &names, data.cost))
}

fn data(
    request: &Request<'_>,
    model: &Model,
    effects: &[Term],
    rows: &[usize],
    panel: Option<&Panel>,
) -> Result<Data, MethodError> {
    let pick = |term: &Term| DVector::from_iterator(rows.len(), rows.iter().map(|row| term.values[*row]));
    let ones = DVector::from_element(rows.len(), 1.0);
    let mut names: Vec<String> = model.terms.iter().map(|term| term.name.clone()).collect();
    let mut columns: Vec<DVector<f64>> = model.terms.iter().map(pick).collect();
    if model.constant {
        names.insert(0, "(Intercept)".into());
        columns.insert(0, ones.clone());
    }
    let (mut z, mut z_names) = (Vec::new(), Vec::new());
    if request.choice("distribution")? == "truncated" || !effects.is_empty() {
        z.push(ones);
        z_names.push(if effects.is_empty() { "mu" } else { "z: (Intercept)" }.to_owned());
        z.extend(effects.iter().map(pick));
        z_names.extend(effects.iter().map(|term| format!("z: {}", term.name)));
    }
    let matrix = |columns: &[DVector<f64>]| match columns {
        [] => DMatrix::zeros(rows.len(), 0),
        columns => DMatrix::from_columns(columns),
    };
    let (units, periods) = match panel {
        None => ((0..rows.len()).map(|row| vec![row]).collect(), None),
        Some(panel) => units(panel),
    };
    if request.flag("decay") && panel.is_none_or(|panel| panel.periods.len() < 2) {
        return Err(MethodError::TooFew {
            what: Saying::new("periode untuk --decay", "periods for --decay"),
            needed: 2,
            found: panel.map_or(0, |panel| panel.periods.len()),
        });
    }
    Ok(Data {
        y: pick(&model.response),
        x: matrix(&columns),
        names,
        z: matrix(&z),
        z_names,
        units,
        periods: periods.filter(|_| request.flag("decay")),
        cost: request.flag("cost"),
    })
}

/// Rows of each unit in order, and how far each row is from the unit-free last period.
fn units(panel: &Panel) -> (Vec<Vec<usize>>, Option<Vec<f64>>) {
    let number: Option<Vec<f64>> = panel.periods.iter().map(|period| period.trim().parse().ok()).collect();
    let times = number.unwrap_or_else(|| (0..panel.periods.len()).map(|place| place as f64).collect());
    let last = times.last().copied().unwrap_or_default();
    let (mut units, mut since, mut next) = (Vec::new(), Vec::new(), 0);
    for unit in 0..panel.units.len() {
        let mut rows = Vec::new();
        for (place, time) in times.iter().enumerate() {
            if panel.row(unit, place).is_some() {
                rows.push(next);
                since.push(time - last);
                next += 1;
            }
        }
        units.push(rows);
    }
    (units, Some(since))
}

fn tables(frontier: &Frontier, names: &[String], cost: bool) -> Figures {
    let mut table = Table::new(
        "coefficients",
        ["Koefisien", "Coefficients"],
        &[
            ("term", "Suku", "Term"),
            ("estimate", "Taksiran", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
            ("z", "z", "z"),
            ("p_value", "Nilai p", "p-value"),
        ],
    );
    for (at, (name, estimate)) in frontier.names.iter().zip(&frontier.estimates).enumerate() {
        let error = frontier.standard_errors.as_ref().map(|errors| errors[at]);
        let z = error.map(|error| estimate / error);
        table.push(vec![
            Cell::from(name.as_str()),
            Cell::from(*estimate),
            Cell::from(error),
            Cell::from(z),
            Cell::from(z.map(two_sided)),
        ]);
    }
    let mut rows = Table::new(
        "efficiencies",
        ["Efisiensi", "Efficiencies"],
        &[("unit", "Unit", "Unit"), ("efficiency", "Efisiensi", "Efficiency")],
    );
    for (name, efficiency) in names.iter().zip(&frontier.efficiencies) {
        rows.push(vec![Cell::from(name.as_str()), Cell::from(*efficiency)]);
    }
    let mut figures = Figures::new(names.len()).table(table).table(summary(frontier)).table(rows);
    if frontier.standard_errors.is_none() {
        figures = figures.warn(
            "fungsi likelihood tidak melengkung ke bawah di titik ini: tidak ada galat baku, taksiran lemah",
            "the likelihood is not curved downwards at this point: no standard errors, weak estimates",
        );
    }
    if frontier.estimates.last().is_some_and(|gamma| *gamma > 1.0 - 1e-6) {
        figures = figures.warn(
            "gamma hampir 1: derau hampir nol dan batas produksi menyentuh unit terbaik; galat baku tidak \
             dapat dipercaya",
            "gamma is close to 1: noise is almost zero and the frontier touches the best units; standard errors \
             cannot be relied on",
        );
    }
    if cost {
        figures = figures.note(
            "efisiensi biaya adalah E[exp(-u)|e]: biaya batas sebagai bagian biaya sendiri; FRONTIER 4.1 \
             mencetak kebalikannya",
            "cost efficiency is E[exp(-u)|e], frontier cost as a share of own cost; FRONTIER 4.1 prints \
             E[exp(u)|e]",
        );
    }
    figures
}

fn summary(frontier: &Frontier) -> Table {
    let ratio = 2.0 * (frontier.log_likelihood - frontier.log_likelihood_ols);
    let mut table = Table::new(
        "summary",
        ["Ringkasan", "Summary"],
        &[("figure", "Ukuran", "Figure"), ("value", "Nilai", "Value")],
    );
    let mean = frontier.efficiencies.iter().sum::<f64>() / frontier.efficiencies.len() as f64;
    let rows = [
        ("mean_efficiency", Cell::from(mean)),
        ("log_likelihood", Cell::from(frontier.log_likelihood)),
        ("log_likelihood_without_inefficiency", Cell::from(frontier.log_likelihood_ols)),
        ("likelihood_ratio", Cell::from(ratio)),
        ("p_value_no_inefficiency", Cell::from(one_sided(ratio, frontier.extra))),
        // Below this the gradient is rounding, and differs from machine to machine.
        ("gradient_at_most", Cell::from(frontier.gradient.max(1e-8))),
    ];
    for (name, cell) in rows {
        table.push(vec![Cell::from(name), cell]);
    }
    table
}

/// p-value against gamma = 0, which is on the border: a mixture of chi-squares with q - 1 and q degrees of
/// freedom.
fn one_sided(ratio: f64, restrictions: usize) -> f64 {
    let beyond = |freedom: usize| match ChiSquared::new(freedom as f64) {
        Ok(distribution) => distribution.sf(ratio.max(0.0)),
        Err(_) => f64::from(u8::from(ratio <= 0.0)),
    };
    0.5 * (beyond(restrictions - 1) + beyond(restrictions))
}
