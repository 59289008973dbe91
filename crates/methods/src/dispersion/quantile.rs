//! Quantiles of a weighted sample under a named definition.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};

/// Which point of the sample is the quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definition {
    /// The smallest value at which the weighted distribution function reaches p (Hyndman and Fan type 1).
    InverseEcdf,
    /// The same, but the middle of two values where the function is p exactly (type 2).
    Averaged,
    /// Linear between order statistics (type 7), for samples without weights.
    Linear,
}

/// Quantiles of `values` with `weights` at `probabilities`; rows of weight zero do not count.
/// `None` where there is no row.
pub fn quantiles(values: &[f64], weights: &[f64], probabilities: &[f64], by: Definition) -> Option<Vec<f64>> {
    let mut rows: Vec<(f64, f64)> =
        values.iter().copied().zip(weights.iter().copied()).filter(|(_, weight)| *weight > 0.0).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    if rows.is_empty() {
        return None;
    }
    let total: f64 = rows.iter().map(|(_, weight)| weight).sum();
    Some(probabilities.iter().map(|p| at(&rows, total, *p, by)).collect())
}

fn at(rows: &[(f64, f64)], total: f64, p: f64, by: Definition) -> f64 {
    let last = rows.len() - 1;
    if by == Definition::Linear {
        let place = p * last as f64;
        let below = (place.floor() as usize).min(last);
        let above = (below + 1).min(last);
        return rows[below].0 + (place - below as f64) * (rows[above].0 - rows[below].0);
    }
    // Sums of weights carry rounding errors; a probability that is hit but for them is hit.
    let (wanted, slack) = (p * total, 1e-12 * total);
    let mut reached = 0.0;
    for (place, (value, weight)) in rows.iter().enumerate() {
        reached += weight;
        if reached >= wanted - slack {
            let exact = (reached - wanted).abs() <= slack && place < last;
            let average = exact && by == Definition::Averaged;
            return if average { (value + rows[place + 1].0) / 2.0 } else { *value };
        }
    }
    rows[last].0
}

pub(crate) static METHOD: Method = Method {
    id: "quantiles",
    group: Group::Dispersion,
    title: ["Kuantil tertimbang", "Weighted quantiles"],
    question: [
        "Berapa produktivitas usaha di tengah, sepersepuluh terbawah dan teratas?",
        "How productive are the middle, the lowest tenth and the highest tenth?",
    ],
    definition: [
        "Kebalikan fungsi distribusi empiris tertimbang: nilai terkecil dengan F(x) >= p",
        "Inverse of the weighted empirical distribution: the smallest value with F(x) >= p",
    ],
    source: "Hyndman and Fan (1996), types 1, 2 and 7",
    arguments: &[
        Argument::required("value", Kind::Column, ["nilai", "the value"]),
        Argument::WEIGHT,
        Argument::optional(
            "probabilities",
            Kind::Numbers(&[0.1, 0.25, 0.5, 0.75, 0.9]),
            ["peluang", "probabilities"],
        ),
        Argument::optional(
            "definition",
            Kind::Choice(&["inverse-ecdf", "averaged", "linear"]),
            ["definisi kuantil", "definition of the quantile"],
        ),
    ],
    example: "quantiles --input docs/methods/data/enterprises.csv --value \"value_added / workers\" --weight \
     weight",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let probabilities = request.several("probabilities")?;
    if let Some(bad) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(request.bad("probabilities", &bad.to_string(), "0 … 1"));
    }
    let by = match request.choice("definition")? {
        "averaged" => Definition::Averaged,
        "linear" => Definition::Linear,
        _ => Definition::InverseEcdf,
    };
    if by == Definition::Linear && request.word("weight").is_some() {
        return Err(request.bad("definition", "linear", "inverse-ecdf | averaged (--weight)"));
    }
    let rows = request.complete(&[&values, &weights])?;
    let pick = |column: &[f64]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
    let found = quantiles(&pick(&values), &pick(&weights), &probabilities, by)
        .ok_or(MethodError::NoRows { rows: request.rows() })?;
    let mut table = Table::new(
        "quantiles",
        ["Kuantil", "Quantiles"],
        &[("probability", "Peluang", "Probability"), ("value", "Nilai", "Value")],
    );
    for (p, value) in probabilities.iter().zip(found) {
        table.push(vec![Cell::from(*p), Cell::from(value)]);
    }
    Ok(Figures::new(rows.len()).table(table))
}
