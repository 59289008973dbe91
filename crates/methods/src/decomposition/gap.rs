//! The Olley–Pakes gap: how much of aggregate productivity comes from the productive being large.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::{mean, sum};

/// Aggregate productivity split into the plain mean and the covariance of share and productivity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub aggregate: f64,
    pub mean: f64,
    pub covariance: f64,
}

/// The split for units with productivity `levels` and `sizes` (labour, output or value added), each standing
/// for `weights` units. Shares are weight × size.
pub fn gap(levels: &[f64], sizes: &[f64], weights: &[f64]) -> Result<Gap, MethodError> {
    let shares: Vec<f64> = sizes.iter().zip(weights).map(|(size, weight)| size * weight).collect();
    let (total, units) = (sum(shares.iter().copied()), sum(weights.iter().copied()));
    if !(total > 0.0 && units > 0.0) {
        return Err(MethodError::Impossible(Saying::new(
            "jumlah ukuran dan bobot harus di atas nol",
            "the sums of size and weight must be above zero",
        )));
    }
    let plain = mean(levels, weights);
    let aggregate = mean(levels, &shares);
    // Deviations from the mean keep the digits that a difference of two sums would lose.
    let covariance = sum(levels
        .iter()
        .zip(shares.iter().zip(weights))
        .map(|(level, (share, weight))| (share / total - weight / units) * (level - plain)));
    Ok(Gap { aggregate, mean: plain, covariance })
}

pub(crate) static METHOD: Method = Method {
    id: "olley-pakes-gap",
    group: Group::Decomposition,
    title: ["Kesenjangan Olley–Pakes", "Olley–Pakes gap"],
    question: [
        "Apakah usaha yang produktif juga yang besar?",
        "Are the productive enterprises also the large ones?",
    ],
    definition: [
        "Produktivitas agregat (tertimbang pangsa) dikurangi rata-rata sederhana; bobot survei \
         dipakai pada keduanya",
        "Aggregate productivity (weighted by shares) less the plain mean; survey weights enter both",
    ],
    source: "Olley and Pakes (1996), Econometrica 64; Bartelsman, Haltiwanger and Scarpetta (2013)",
    arguments: &[
        Argument::required(
            "productivity",
            Kind::Column,
            ["produktivitas, biasanya logaritma", "productivity, usually its logarithm"],
        ),
        Argument::required(
            "size",
            Kind::Column,
            ["ukuran: tenaga kerja, output, atau nilai tambah", "size: labour, output or value added"],
        ),
        Argument::WEIGHT,
        Argument::optional("period", Kind::Column, ["kolom periode", "column with the period"]),
    ],
    example: "olley-pakes-gap --input docs/methods/data/enterprises.csv --productivity \"log(value_added / \
     workers)\" --size workers --weight weight --period year",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (levels, sizes) = (request.numbers("productivity")?, request.numbers("size")?);
    let (weights, periods) = (request.weights()?, request.optional_categories("period")?);
    let rows = request.complete(&[&levels, &sizes, &weights])?;
    if let Some(row) = rows.iter().find(|row| sizes[**row] < 0.0) {
        return Err(MethodError::OutOfDomain {
            column: request.word("size").unwrap_or_default().to_owned(),
            row: row + 1,
            value: sizes[*row],
            rule: Saying::new("ukuran tidak boleh negatif", "a size may not be negative"),
        });
    }
    let mut table = Table::new(
        "gap",
        ["Kesenjangan Olley–Pakes", "Olley–Pakes gap"],
        &[
            ("period", "Periode", "Period"),
            ("n", "n", "n"),
            ("aggregate", "Agregat", "Aggregate"),
            ("mean", "Rata-rata", "Mean"),
            ("covariance", "Kovarians (kesenjangan)", "Covariance (gap)"),
        ],
    );
    let mut names: Vec<&str> = match &periods {
        None => vec!["-"],
        Some(periods) => rows.iter().filter_map(|row| periods.word(*row)).collect(),
    };
    names.sort_unstable();
    names.dedup();
    let mut used = 0;
    for name in names {
        let inside: Vec<usize> = rows
            .iter()
            .copied()
            .filter(|row| periods.as_ref().is_none_or(|periods| periods.word(*row) == Some(name)))
            .collect();
        let of = |column: &[f64]| inside.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        used += inside.len();
        let head = vec![Cell::from(name), Cell::from(inside.len())];
        let figures = match gap(&of(&levels), &of(&sizes), &of(&weights)) {
            Ok(gap) => [gap.aggregate, gap.mean, gap.covariance].map(Cell::from),
            Err(error) => std::array::from_fn(|_| Cell::Absent(error.text())),
        };
        table.push(head.into_iter().chain(figures).collect());
    }
    Ok(Figures::new(used).table(table))
}
