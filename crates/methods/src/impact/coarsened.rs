//! Coarsened exact matching: treated and untreated in the same cell of coarse covariates.

use std::collections::HashMap;

use super::comparison::{COVARIATES, Comparison, OPTIONAL_OUTCOME, TREATED, balance_table, difference};
use super::matching::stratum_weights;
use super::precision;
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};

/// The interval of every value: Sturges' number of equal intervals from the least to the largest, unless
/// told.
pub fn coarsen(values: &[f64], intervals: Option<usize>) -> Vec<usize> {
    let count = intervals.unwrap_or_else(|| ((values.len() as f64).log2() + 1.0).ceil() as usize).max(1);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Half the difference, so that the span of 1e300 and -1e300 does not overflow.
    let span = largest / 2.0 - least / 2.0;
    let place = |value: &f64| {
        let part = if span > 0.0 { (value / 2.0 - least / 2.0) / span } else { 0.0 };
        ((part * count as f64) as usize).min(count - 1)
    };
    values.iter().map(place).collect()
}

/// The cell of every row.
pub fn cells(columns: &[Vec<usize>], rows: usize) -> Vec<usize> {
    let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
    (0..rows)
        .map(|row| {
            let key: Vec<usize> = columns.iter().map(|column| column[row]).collect();
            let next = known.len();
            *known.entry(key).or_insert(next)
        })
        .collect()
}

pub(crate) static METHOD: Method = Method {
    id: "coarsened-exact",
    group: Group::Impact,
    title: ["Pencocokan persis kasar", "Coarsened exact matching"],
    question: [
        "Berapa dampaknya di antara unit yang ciri kasarnya sama persis?",
        "What is the effect among units whose coarse traits are exactly alike?",
    ],
    definition: [
        "Selang sama lebar menurut Sturges; bobot pembanding = peserta / pembanding dalam sel; sel dengan satu \
         pihak saja dibuang dan dihitung; galat baku dari sisa terhadap rata-rata pembanding sel",
        "Equal intervals by Sturges' rule; weight of the untreated = treated / untreated in the cell; cells with \
         one side only are dropped and counted; standard error from residuals about the cell means of the untreated",
    ],
    source: "Iacus, King and Porro (2012); Imbens and Rubin (2015)",
    arguments: &[
        TREATED,
        COVARIATES,
        OPTIONAL_OUTCOME,
        Argument::optional("intervals", Kind::Count(None), ["jumlah selang", "number of intervals"]),
        Argument::WEIGHT,
    ],
    example: "coarsened-exact --input docs/methods/data/programme.csv --treated treated --covariates workers \
              --outcome \"sales_after - sales_before\" --intervals 3",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let outcome = request.optional_numbers("outcome")?;
    let others: Vec<&[f64]> = outcome.iter().map(Vec::as_slice).collect();
    let data = Comparison::read(request, &others)?;
    let intervals = request.count("intervals")?.map(|count| count.clamp(1, 1_000_000) as usize);
    let columns: Vec<Vec<usize>> =
        (1..data.x.ncols()).map(|column| coarsen(data.x.column(column).as_slice(), intervals)).collect();
    let strata = cells(&columns, data.rows.len());
    let weights = stratum_weights(&strata, &data.treated, &data.weights);
    let kept = |wanted: bool| {
        (0..weights.len()).filter(|row| data.treated[*row] == wanted && weights[*row] > 0.0).count()
    };
    if kept(true) == 0 {
        let what = Saying::new("sel dengan peserta dan pembanding", "cells with treated and untreated");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    let mut figures = Figures::new(kept(true) + kept(false));
    if let Some(outcome) = outcome {
        let mut table = Table::new(
            "effect",
            ["Dampak pada peserta yang cocok", "Effect on the matched treated"],
            &[
                ("estimate", "Dugaan", "Estimate"),
                ("standard_error", "Galat baku", "Standard error"),
                ("treated", "Peserta", "Treated"),
                ("untreated", "Pembanding", "Untreated"),
            ],
        );
        let outcome = data.pick(&outcome);
        let value = difference(&outcome, &data.treated, &weights);
        let spread = precision::stratified(&outcome, &data.treated, &weights, &strata);
        let error = precision::cell(spread.map(|spread| spread.standard_error));
        table.push(vec![value.into(), error, kept(true).into(), kept(false).into()]);
        figures = figures.table(table);
        if let Some(alone) = spread.map(|spread| spread.alone).filter(|alone| *alone > 0) {
            figures = figures.warn(
                format!("{alone} sel hanya punya satu pembanding: galat bakunya terlalu kecil"),
                format!("{alone} cells have one untreated unit only: the standard error is too small"),
            );
        }
    }
    let dropped = data.treated.iter().filter(|treated| **treated).count() - kept(true);
    if dropped > 0 {
        figures = figures.warn(
            format!(
                "{dropped} peserta tanpa pembanding sejenis dibuang: dampaknya bukan untuk semua peserta"
            ),
            format!("{dropped} treated units without their like were dropped: the effect is not that of all"),
        );
    }
    Ok(data.caution(figures.table(balance_table(&data, None, &weights))))
}
