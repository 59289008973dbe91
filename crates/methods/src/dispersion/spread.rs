//! Dispersion of productivity: percentile differences and standard deviation, raw and inside cells.

use super::quantile::{Definition, quantiles};
use crate::bench::{
    Argument, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::{mean, sum};

/// Differences between percentiles of logarithms and their standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub p90_p10: f64,
    pub p75_p25: f64,
    pub p90_p50: f64,
    pub p50_p10: f64,
    /// Of the weighted distribution, divided by the sum of weights.
    pub deviation: f64,
}

/// The spread of `values` (logarithms) with `weights`; `None` if no row has weight.
pub fn spread(values: &[f64], weights: &[f64]) -> Option<Spread> {
    let found = quantiles(values, weights, &[0.1, 0.25, 0.5, 0.75, 0.9], Definition::InverseEcdf)?;
    let centre = mean(values, weights);
    let squares = values.iter().zip(weights).map(|(value, weight)| weight * (value - centre).powi(2));
    Some(Spread {
        p90_p10: found[4] - found[0],
        p75_p25: found[3] - found[1],
        p90_p50: found[4] - found[2],
        p50_p10: found[2] - found[0],
        deviation: (sum(squares) / sum(weights.iter().copied())).sqrt(),
    })
}

/// Values as deviations from the weighted mean of their cell.
pub fn demeaned(values: &[f64], weights: &[f64], cells: &[u32]) -> Vec<f64> {
    let count = cells.iter().max().map_or(0, |cell| *cell as usize + 1);
    let mut members: Vec<(Vec<f64>, Vec<f64>)> = vec![(Vec::new(), Vec::new()); count];
    for ((value, weight), cell) in values.iter().zip(weights).zip(cells) {
        members[*cell as usize].0.push(*value);
        members[*cell as usize].1.push(*weight);
    }
    let means: Vec<f64> = members.iter().map(|(values, weights)| mean(values, weights)).collect();
    values.iter().zip(cells).map(|(value, cell)| value - means[*cell as usize]).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "dispersion",
    group: Group::Dispersion,
    title: ["Sebaran produktivitas", "Dispersion of productivity"],
    question: [
        "Berapa kali lipat produktivitas usaha di persentil ke-90 dibanding ke-10, juga di dalam \
         sektor yang sama?",
        "How many times as productive is the 90th percentile as the 10th, also inside the same sector?",
    ],
    definition: [
        "Selisih persentil logaritma; persentil = kebalikan fungsi distribusi tertimbang; di dalam \
         sel: dikurangi rata-rata tertimbang selnya; nilai nol atau negatif tidak ikut",
        "Differences of percentiles of logarithms; percentile = inverse weighted distribution; \
         inside cells: less the weighted mean of the cell; values of zero or below left out",
    ],
    source: "Berlingieri, Blanchenay, Calligaris and Criscuolo (2017), MultiProd; Syverson (2011), J. Econ. \
     Literature 49",
    arguments: &[
        Argument::required(
            "value",
            Kind::Column,
            [
                "produktivitas (tingkat; logaritma dihitung sendiri)",
                "productivity (levels; logarithms are taken)",
            ],
        ),
        Argument::WEIGHT,
        Argument::optional(
            "within",
            Kind::Column,
            ["sel: sektor, atau sektor-tahun", "cells: sector, or sector-year"],
        ),
    ],
    example: "dispersion --input docs/methods/data/enterprises.csv --value \"value_added / workers\" \
     --weight weight --within sector",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let cells = request.optional_categories("within")?;
    let known = request.complete(&[&values, &weights])?;
    let rows: Vec<usize> = known
        .iter()
        .copied()
        .filter(|row| values[*row] > 0.0 && weights[*row] > 0.0)
        .filter(|row| cells.as_ref().is_none_or(|cells| cells.codes[*row] != MISSING))
        .collect();
    if rows.len() < 2 {
        let what = Saying::new("nilai di atas nol", "values above zero");
        return Err(MethodError::TooFew { what, needed: 2, found: rows.len() });
    }
    let logs: Vec<f64> = rows.iter().map(|row| values[*row].ln()).collect();
    let own: Vec<f64> = rows.iter().map(|row| weights[*row]).collect();
    let mut table = Table::new(
        "dispersion",
        ["Sebaran logaritma", "Dispersion of logarithms"],
        &[
            ("over", "Atas", "Over"),
            ("n", "n", "n"),
            ("p90_p10", "p90−p10", "p90−p10"),
            ("p75_p25", "p75−p25", "p75−p25"),
            ("p90_p50", "p90−p50", "p90−p50"),
            ("p50_p10", "p50−p10", "p50−p10"),
            ("deviation", "Simpangan baku", "Standard deviation"),
            ("ratio_90_10", "Rasio 90/10", "Ratio 90/10"),
        ],
    );
    let mut add = |over: &str, logs: &[f64]| {
        if let Some(found) = spread(logs, &own) {
            let figures = [
                found.p90_p10,
                found.p75_p25,
                found.p90_p50,
                found.p50_p10,
                found.deviation,
                found.p90_p10.exp(),
            ];
            table.push(
                [Cell::from(over), Cell::from(logs.len())]
                    .into_iter()
                    .chain(figures.map(Cell::from))
                    .collect(),
            );
        }
    };
    add("semua / all", &logs);
    if let Some(cells) = &cells {
        let codes: Vec<u32> = rows.iter().map(|row| cells.codes[*row]).collect();
        add("di dalam / within", &demeaned(&logs, &own, &codes));
    }
    let figures = Figures::new(rows.len()).table(table);
    let dropped = known.iter().filter(|row| values[**row] <= 0.0).count();
    Ok(if dropped == 0 {
        figures
    } else {
        figures.warn(
            format!("{dropped} nilai nol atau negatif tidak punya logaritma dan tidak ikut"),
            format!("{dropped} values of zero or below have no logarithm and do not count"),
        )
    })
}
