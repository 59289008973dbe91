//! Tables of perturbation of greatest entropy: noise without bias, of bounded size and variance.

use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};

/// The chance of each noise for a count; the last row serves every larger count.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub count: u64,
    /// Noise and its probability, ascending.
    pub chances: Vec<(i64, f64)>,
}

/// Rows for noise of at most `most`, variance of at most `variance`, and no result from 1 to `hidden`.
pub fn table(most: u64, variance: f64, hidden: u64) -> Result<Vec<Row>, MethodError> {
    if !(1..=100).contains(&most) || hidden > 100 || variance <= 0.0 || !variance.is_finite() {
        return Err(MethodError::Impossible(Saying::new(
            "gangguan terbesar 1 … 100, hasil terlarang 0 … 100, ragam di atas nol",
            "largest noise 1 … 100, hidden results 0 … 100, variance above zero",
        )));
    }
    let last = if hidden == 0 { most } else { most + hidden + 1 };
    let mut rows = vec![Row { count: 0, chances: vec![(0, 1.0)] }];
    for count in 1..=last {
        let result = |noise: i64| count as i64 + noise;
        let possible = |noise: &i64| result(*noise) == 0 || result(*noise) > hidden as i64;
        let values: Vec<i64> = (-(most as i64)..=most as i64).filter(possible).collect();
        let chances = row(&values, variance).ok_or_else(|| {
            MethodError::Impossible(Saying::new(
                format!("tidak ada gangguan tak bias beragam {variance} untuk cacah {count}; perbesar ragam atau jaraknya"),
                format!("no unbiased noise of variance {variance} exists for count {count}; raise variance or size"),
            ))
        })?;
        rows.push(Row { count, chances: values.into_iter().zip(chances).collect() });
    }
    Ok(rows)
}

/// Greatest entropy with mean zero, variance bounded, no noise more likely than none where none is possible.
fn row(values: &[i64], variance: f64) -> Option<Vec<f64>> {
    let values: Vec<f64> =
        values.iter().map(|value| *value as f64).filter(|value| value.is_finite()).collect();
    let none = values.iter().position(|value| *value == 0.0);
    // Those as likely as none at all share one probability.
    let mut tied = vec![false; values.len()];
    loop {
        let found = tilted(&values, &tied, none, variance)?;
        let Some(none) = none else { return Some(found) };
        let above: Vec<usize> = (0..values.len())
            .filter(|at| !tied[*at] && *at != none && found[*at] > found[none] + 1e-15)
            .collect();
        if above.is_empty() {
            return Some(found);
        }
        above.into_iter().for_each(|at| tied[at] = true);
    }
}

/// p ∝ exp(a·v + b·v²), the moments of tied values averaged; b is zero if the variance is small enough
/// without.
fn tilted(values: &[f64], tied: &[bool], none: Option<usize>, variance: f64) -> Option<Vec<f64>> {
    let block: Vec<usize> = (0..values.len()).filter(|at| tied[*at] || Some(*at) == none).collect();
    let mean = |power: i32| block.iter().map(|at| values[*at].powi(power)).sum::<f64>() / block.len() as f64;
    let moment = |at: usize, power| if block.contains(&at) { mean(power) } else { values[at].powi(power) };
    let moments: Vec<[f64; 2]> = (0..values.len()).map(|at| [moment(at, 1), moment(at, 2)]).collect();
    let spread = |chances: &[f64]| chances.iter().zip(values).map(|(p, v)| p * v * v).sum::<f64>();
    let free = unbiased(&moments, values, 0.0)?;
    if spread(&free) <= variance {
        return Some(free);
    }
    // The variance falls with b; the root is found by halving.
    let (mut low, mut high) = (-1.0, 0.0);
    while spread(&unbiased(&moments, values, low)?) > variance {
        low *= 2.0;
        if low < -1e4 {
            return None;
        }
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if spread(&unbiased(&moments, values, middle)?) > variance { high = middle } else { low = middle }
    }
    unbiased(&moments, values, low)
}

/// The tilt that makes the mean zero, by halving; `None` if all noise is on one side.
fn unbiased(moments: &[[f64; 2]], values: &[f64], b: f64) -> Option<Vec<f64>> {
    let chances = |a: f64| {
        let index: Vec<f64> = moments.iter().map(|[first, second]| a * first + b * second).collect();
        let most = index.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raised: Vec<f64> = index.iter().map(|index| (index - most).exp()).collect();
        let sum: f64 = raised.iter().sum();
        raised.into_iter().map(|raised| raised / sum).collect::<Vec<f64>>()
    };
    let mean = |a: f64| chances(a).iter().zip(values).map(|(p, value)| p * value).sum::<f64>();
    let (mut low, mut high) = (-1.0, 1.0);
    while mean(low) > 0.0 {
        low *= 2.0;
        if low < -1e6 {
            return None;
        }
    }
    while mean(high) < 0.0 {
        high *= 2.0;
        if high > 1e6 {
            return None;
        }
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if mean(middle) < 0.0 { low = middle } else { high = middle }
    }
    Some(chances((low + high) / 2.0))
}

pub(crate) static METHOD: Method = Method {
    id: "p-table",
    group: Group::ConfidentialCounts,
    title: ["Tabel gangguan", "Table of perturbation"],
    question: [
        "Gangguan mana untuk tiap cacah: tak bias, terbatas, dan paling sukar ditebak?",
        "Which noise for each count: unbiased, bounded and hardest to guess?",
    ],
    definition: [
        "Entropi terbesar dengan rata-rata 0, |gangguan| <= D, ragam <= V, tanpa hasil 1…js, dan tanpa gangguan \
         yang lebih mungkin daripada tidak terganggu",
        "Greatest entropy with mean 0, |noise| <= D, variance <= V, no result from 1 to js, and no noise more likely \
         than none",
    ],
    source: "Giessing (2016), Computational issues in the design of transition probabilities; Destatis \
        ptable",
    arguments: &[
        Argument::required("largest", Kind::Count(None), ["gangguan terbesar D", "largest noise D"]),
        Argument::required("variance", Kind::Number(None), ["ragam terbesar V", "largest variance V"]),
        Argument::optional(
            "hidden",
            Kind::Count(Some(0)),
            ["hasil 1…js tidak pernah muncul", "results 1…js never appear"],
        ),
    ],
    example: "p-table --largest 2 --variance 0.9",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let most = request.count("largest")?.unwrap_or_default();
    let (variance, hidden) = (request.number("variance")?.unwrap_or_default(), request.count("hidden")?);
    let mut table_of = Table::new(
        "ptable",
        ["Tabel gangguan", "Table of perturbation"],
        &[
            ("count", "Cacah", "Count"),
            ("noise", "Gangguan", "Noise"),
            ("probability", "Peluang", "Probability"),
            ("upto", "Peluang kumulatif", "Cumulative probability"),
        ],
    );
    for row in table(most, variance, hidden.unwrap_or_default())? {
        let mut upto = 0.0;
        for (noise, chance) in row.chances {
            upto += chance;
            table_of.push(vec![
                (row.count as usize).into(),
                (noise as f64).into(),
                chance.into(),
                f64::min(upto, 1.0).into(),
            ]);
        }
    }
    Ok(Figures::new(request.rows()).table(table_of))
}
