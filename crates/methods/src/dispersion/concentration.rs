//! Concentration: how much of a market the largest hold.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;

/// Concentration of a market.
#[derive(Clone, Debug, PartialEq)]
pub struct Concentration {
    /// Sum of squared shares, between 1/n and 1.
    pub herfindahl: f64,
    /// The shares of the k largest, in the order asked.
    pub largest: Vec<f64>,
    /// The share of the tenth of units that are the largest.
    pub top_tenth: f64,
    /// Units in the market: the sum of weights.
    pub units: f64,
}

/// Concentration of `values` (not below zero); a row of weight w stands for w units of the same size.
/// `None` if nothing is above zero.
pub fn concentration(values: &[f64], weights: &[f64], largest: &[f64]) -> Option<Concentration> {
    let mut rows: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (total, units) =
        (sum(rows.iter().map(|(value, weight)| value * weight)), sum(weights.iter().copied()));
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let share = |count: f64| {
        let mut left = count;
        sum(rows.iter().map(|(value, weight)| {
            let taken = weight.min(left.max(0.0));
            left -= weight;
            taken * (value / total)
        }))
    };
    Some(Concentration {
        herfindahl: sum(rows.iter().map(|(value, weight)| weight * (value / total).powi(2))),
        largest: largest.iter().map(|count| share(*count)).collect(),
        top_tenth: share(units / 10.0),
        units,
    })
}

pub(crate) static METHOD: Method = Method {
    id: "concentration",
    group: Group::Dispersion,
    title: ["Konsentrasi", "Concentration"],
    question: [
        "Berapa bagian pasar dipegang usaha terbesar?",
        "How much of the market do the largest enterprises hold?",
    ],
    definition: [
        "Herfindahl–Hirschman: jumlah kuadrat pangsa (0 sampai 1); CR4, CR10, CR20; pangsa \
         sepersepuluh usaha terbesar. Bobot w = w usaha sama besar",
        "Herfindahl–Hirschman: sum of squared shares (0 to 1); CR4, CR10, CR20; share of the largest \
         tenth. Weight w = w units of the same size",
    ],
    source: "Hirschman (1964), American Economic Review 54; OECD MultiProd 2020",
    arguments: &[
        Argument::required(
            "value",
            Kind::Column,
            ["penjualan, output, atau nilai tambah", "sales, output or value added"],
        ),
        Argument::WEIGHT,
        Argument::optional(
            "largest",
            Kind::Numbers(&[4.0, 10.0, 20.0]),
            ["banyaknya usaha terbesar", "how many of the largest"],
        ),
    ],
    example: "concentration --input docs/methods/data/enterprises.csv --value output --by sector",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let rows = request.complete(&[&values, &weights])?;
    if let Some(row) = rows.iter().find(|row| values[**row] < 0.0) {
        return Err(MethodError::OutOfDomain {
            column: request.word("value").unwrap_or_default().to_owned(),
            row: row + 1,
            value: values[*row],
            rule: Saying::new(
                "pangsa pasar memerlukan nilai tidak negatif",
                "shares of a market need values not below zero",
            ),
        });
    }
    let largest = request.several("largest")?;
    if let Some(bad) = largest.iter().find(|count| !(count.is_finite() && **count >= 1.0)) {
        return Err(request.bad("largest", &bad.to_string(), "4, 10, 20"));
    }
    let pick = |column: &[f64]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let found = concentration(&pick(&values), &pick(&weights), &largest).ok_or_else(|| {
        MethodError::Impossible(Saying::new(
            "tidak ada nilai di atas nol, jadi tidak ada pangsa",
            "no value is above zero, so there are no shares",
        ))
    })?;
    let words: Vec<String> = largest.iter().map(|count| format!("cr_{count}")).collect();
    let names: Vec<String> = largest.iter().map(|count| format!("CR{count}")).collect();
    let mut columns = vec![
        ("n", "n", "n"),
        ("units", "Usaha", "Units"),
        ("herfindahl", "Herfindahl", "Herfindahl"),
        ("equivalent", "Setara usaha sama besar", "Equivalent equal units"),
    ];
    columns
        .extend(words.iter().zip(&names).map(|(word, name)| (word.as_str(), name.as_str(), name.as_str())));
    columns.push(("top_tenth", "Sepersepuluh terbesar", "Largest tenth"));
    let mut table = Table::new("concentration", ["Konsentrasi", "Concentration"], &columns);
    let mut row = vec![
        Cell::from(rows.len()),
        found.units.into(),
        found.herfindahl.into(),
        (1.0 / found.herfindahl).into(),
    ];
    row.extend(found.largest.iter().map(|share| Cell::from(*share)));
    row.push(found.top_tenth.into());
    table.push(row);
    Ok(Figures::new(rows.len()).table(table))
}
