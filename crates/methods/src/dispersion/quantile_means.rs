//! Means inside groups of the distribution: the lowest tenth, the middle, the frontier.

use super::quantile::{Definition, quantiles};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;

/// The group of each value: the first whose upper bound, a weighted quantile, it does not exceed.
/// `bounds` are probabilities that rise and end with 1. `None` if no row has weight.
pub fn quantile_groups(values: &[f64], weights: &[f64], bounds: &[f64]) -> Option<Vec<usize>> {
    let limits = quantiles(values, weights, bounds, Definition::InverseEcdf)?;
    let group = |value: &f64| {
        limits.iter().position(|limit| value <= limit).unwrap_or(limits.len().saturating_sub(1))
    };
    Some(values.iter().map(group).collect())
}

/// Checks bounds given as percents, or as probabilities, and returns probabilities.
pub(super) fn checked_bounds(request: &Request<'_>) -> Result<Vec<f64>, MethodError> {
    let mut bounds = request.several("bounds")?;
    let good = bounds.iter().all(|bound| *bound > 0.0 && *bound < 1.0) && bounds.is_sorted_by(|a, b| a < b);
    if !good || bounds.is_empty() {
        let given = request.word("bounds").unwrap_or_default();
        return Err(request.bad("bounds", given, "0.1, 0.4, 0.6, 0.9"));
    }
    bounds.push(1.0);
    Ok(bounds)
}

/// `p0–p10` and so on.
pub(super) fn labels(bounds: &[f64]) -> Vec<String> {
    let percent = |bound: f64| (100.0 * bound * 1e6).round() / 1e6;
    let mut below = 0.0;
    bounds
        .iter()
        .map(|bound| {
            let label = format!("p{}–p{}", percent(below), percent(*bound));
            below = *bound;
            label
        })
        .collect()
}

pub(crate) static METHOD: Method = Method {
    id: "quantile-means",
    group: Group::Dispersion,
    title: ["Rata-rata per kelompok kuantil", "Means of quantile groups"],
    question: [
        "Bagaimana keadaan kelompok terbawah, tengah, dan terdepan?",
        "How do the lowest, the middle and the frontier group fare?",
    ],
    definition: [
        "Kelompok 0–10, 10–40, 40–60, 60–90, 90–100 persen menurut kuantil tertimbang; nilai yang \
         sama selalu sekelompok, pada kelompok yang lebih rendah",
        "Groups 0–10, 10–40, 40–60, 60–90, 90–100 percent by weighted quantiles; equal values always \
         share a group, the lower one",
    ],
    source: "Berlingieri, Blanchenay, Calligaris and Criscuolo (2017), MultiProd",
    arguments: &[
        Argument::required("value", Kind::Column, ["nilai yang mengelompokkan", "the value that groups"]),
        Argument::WEIGHT,
        Argument::optional(
            "bounds",
            Kind::Numbers(&[0.1, 0.4, 0.6, 0.9]),
            ["batas kelompok", "bounds of the groups"],
        ),
        Argument::optional(
            "mean-of",
            Kind::Columns,
            ["kolom lain yang dirata-rata", "other columns to average"],
        ),
    ],
    example: "quantile-means --input docs/methods/data/enterprises.csv --value \"value_added / workers\" \
     --weight weight --mean-of \"workers, labour_cost / workers\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let bounds = checked_bounds(request)?;
    let others = if request.word("mean-of").is_some() { request.columns("mean-of")? } else { Vec::new() };
    let rows: Vec<usize> =
        request.complete(&[&values, &weights])?.into_iter().filter(|row| weights[*row] > 0.0).collect();
    let pick = |column: &[f64]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let (own, own_weights) = (pick(&values), pick(&weights));
    let groups = quantile_groups(&own, &own_weights, &bounds).ok_or_else(|| {
        let what = Saying::new("baris berbobot di atas nol", "rows with a weight above zero");
        MethodError::TooFew { what, needed: 1, found: 0 }
    })?;
    let mut columns = vec![
        ("group", "Kelompok", "Group"),
        ("n", "n", "n"),
        ("units", "Usaha", "Units"),
        ("mean", "Rata-rata", "Mean"),
        ("share_percent", "Pangsa jumlah %", "Share of total %"),
    ];
    columns.extend(others.iter().map(|term| (term.name.as_str(), term.name.as_str(), term.name.as_str())));
    let mut table = Table::new("groups", ["Kelompok kuantil", "Quantile groups"], &columns);
    let total = sum(own.iter().zip(&own_weights).map(|(value, weight)| value * weight));
    for (group, label) in labels(&bounds).iter().enumerate() {
        let inside: Vec<usize> = (0..own.len()).filter(|place| groups[*place] == group).collect();
        // A mean over the rows where the column is known.
        let average = |column: &[f64]| {
            let known = inside.iter().filter(|place| column[rows[**place]].is_finite());
            let weight = sum(known.clone().map(|place| own_weights[*place]));
            sum(known.map(|place| own_weights[*place] * column[rows[*place]])) / weight
        };
        let amount = sum(inside.iter().map(|place| own_weights[*place] * own[*place]));
        let mut row = vec![
            Cell::from(label.as_str()),
            inside.len().into(),
            sum(inside.iter().map(|place| own_weights[*place])).into(),
            average(&values).into(),
            (100.0 * amount / total).into(),
        ];
        row.extend(others.iter().map(|term| Cell::from(average(&term.values))));
        table.push(row);
    }
    Ok(Figures::new(rows.len()).table(table))
}
