//! Matching on the propensity score: nearest neighbours, with or without replacement, and subclasses.

use std::collections::BTreeSet;

use super::comparison::{COVARIATES, Comparison, OPTIONAL_OUTCOME, TREATED, balance_table, difference};
use super::precision;
use super::propensity::logit;
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};

/// A treated row and the untreated row that stands in for it.
pub type Pair = (usize, usize);

/// How stand-ins are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Search {
    /// An untreated row may stand in for several.
    pub replacement: bool,
    /// Among smaller scores first; above only where there is none. So does version 4.5.1 of the R package
    /// MatchIt.
    pub below: bool,
    /// The largest distance allowed.
    pub caliper: Option<f64>,
}

/// The nearest untreated row of every treated row, the largest score first; of treated rows with equal
/// scores the earlier goes first, of untreated ones the later is taken.
pub fn nearest(score: &[f64], treated: &[bool], search: Search) -> Vec<Pair> {
    let Search { replacement, below: downwards, caliper } = search;
    let mut order: Vec<usize> = (0..score.len()).filter(|row| treated[*row]).collect();
    order.sort_by(|a, b| score[*b].total_cmp(&score[*a]).then(a.cmp(b)));
    // The bits of a positive number sort as the number does.
    let key = |row: usize| (score[row].to_bits(), row);
    let mut free: BTreeSet<(u64, usize)> = (0..score.len()).filter(|row| !treated[*row]).map(key).collect();
    let mut pairs = Vec::new();
    for row in order {
        let own = score[row].to_bits();
        let end = if downwards { (own, 0) } else { (own, usize::MAX) };
        let below = free.range(..end).next_back().copied();
        // Of equal scores above, the last row as well.
        let above = free.range(end..).next().copied().filter(|_| below.is_none() || !downwards);
        let above = above.and_then(|(bits, _)| free.range(..=(bits, usize::MAX)).next_back().copied());
        let distance = |found: (u64, usize)| (f64::from_bits(found.0) - score[row]).abs();
        let candidates = [below, above].into_iter().flatten();
        let best = candidates.min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        let Some(best) = best.filter(|best| caliper.is_none_or(|most| distance(*best) <= most)) else {
            continue;
        };
        if !replacement {
            free.remove(&best);
        }
        pairs.push((row, best.1));
    }
    pairs.sort_unstable();
    pairs
}

/// Weights of the rows after matching: one for a matched treated row, the number of its matches for
/// another.
pub fn weights_of(pairs: &[Pair], rows: usize) -> Vec<f64> {
    let mut weights = vec![0.0; rows];
    for (treated, untreated) in pairs {
        weights[*treated] = 1.0;
        weights[*untreated] += 1.0;
    }
    weights
}

/// The subclass of every row: between the quantiles (type 7) of the scores of the treated.
pub fn subclasses(score: &[f64], treated: &[bool], count: usize) -> Vec<usize> {
    let mut own: Vec<f64> = (0..score.len()).filter(|row| treated[*row]).map(|row| score[row]).collect();
    own.sort_by(f64::total_cmp);
    let cut = |step: usize| {
        let place = step as f64 / count as f64 * (own.len() - 1) as f64;
        let low = place.floor() as usize;
        own[low] + (place - low as f64) * (own[(low + 1).min(own.len() - 1)] - own[low])
    };
    let cuts: Vec<f64> = (1..count).map(cut).collect();
    score.iter().map(|score| cuts.partition_point(|cut| cut <= score)).collect()
}

/// Weights that give the untreated of every stratum the number of its treated; strata without one side get
/// zero.
pub fn stratum_weights(strata: &[usize], treated: &[bool], weights: &[f64]) -> Vec<f64> {
    let count = strata.iter().max().map_or(0, |most| most + 1);
    let (mut own, mut other) = (vec![0.0; count], vec![0.0; count]);
    for (row, stratum) in strata.iter().enumerate() {
        *(if treated[row] { &mut own[*stratum] } else { &mut other[*stratum] }) += weights[row];
    }
    (0..strata.len())
        .map(|row| match (own[strata[row]], other[strata[row]]) {
            (own, other) if own == 0.0 || other == 0.0 => 0.0,
            _ if treated[row] => weights[row],
            (own, other) => weights[row] * own / other,
        })
        .collect()
}

pub(crate) static METHOD: Method = Method {
    id: "match",
    group: Group::Impact,
    title: ["Pencocokan skor kecenderungan", "Propensity-score matching"],
    question: [
        "Bukan peserta mana yang paling mirip dengan tiap peserta, dan berapa selisih hasilnya?",
        "Which non-participants are most like each participant, and how do outcomes differ?",
    ],
    definition: [
        "Tetangga terdekat 1:1 pada skor logit tanpa pengembalian, skor terbesar dahulu, seri menurut baris; \
         selisih baku terhadap simpangan baku peserta; galat baku Abadie–Imbens, skor dianggap diketahui",
        "Nearest neighbour 1:1 on the logit score without replacement, largest score first, ties by row; \
         differences standardised by the standard deviation of the treated; Abadie–Imbens standard error, the \
         score taken as known",
    ],
    source: "Rosenbaum and Rubin (1983); Ho, Imai, King and Stuart (2007); Abadie and Imbens (2006); Stuart \
        (2010)",
    arguments: &[
        TREATED,
        COVARIATES,
        OPTIONAL_OUTCOME,
        Argument::optional(
            "by-score",
            Kind::Choice(&["nearest", "replacement", "subclass"]),
            ["cara mencocokkan", "how to match"],
        ),
        Argument::optional(
            "caliper",
            Kind::Number(None),
            [
                "jarak terbesar, dalam simpangan baku skor",
                "largest distance, in standard deviations of the score",
            ],
        ),
        Argument::optional(
            "search",
            Kind::Choice(&["both", "below"]),
            [
                "arah pencarian; below: skor yang lebih kecil dahulu, seperti MatchIt 4.5.1",
                "where to look; below: smaller scores first, as MatchIt 4.5.1 does",
            ],
        ),
        Argument::optional("subclasses", Kind::Count(Some(6)), ["jumlah subkelas", "number of subclasses"]),
        Argument::WEIGHT,
    ],
    example: "match --input docs/methods/data/programme.csv --treated treated \
              --covariates \"workers, log(sales_before)\" --outcome \"sales_after - sales_before\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let outcome = request.optional_numbers("outcome")?;
    let others: Vec<&[f64]> = outcome.iter().map(Vec::as_slice).collect();
    let data = Comparison::read(request, &others)?;
    let score = logit(&data.treated, &data.x, &data.weights, &data.names)?.probabilities;
    let (weights, found) = matched(request, &data, &score)?;
    let kept = (0..data.rows.len()).filter(|row| data.treated[*row] && weights[*row] > 0.0).count();
    if kept == 0 {
        let what = Saying::new("peserta yang mempunyai pasangan", "treated units with a match");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    let all = data.treated.iter().filter(|treated| **treated).count();
    let mut figures = Figures::new(data.rows.len());
    if let Some(outcome) = outcome {
        figures = figures.table(effect(&data.pick(&outcome), &data.treated, &weights, &score, &found));
    }
    figures = figures.table(balance_table(&data, Some(&score), &weights));
    if let Found::Pairs(pairs) = &found {
        let mut table = Table::new(
            "pairs",
            ["Pasangan", "Pairs"],
            &[
                ("treated", "Baris peserta", "Treated row"),
                ("untreated", "Baris pembanding", "Untreated row"),
                ("distance", "Jarak skor", "Distance of scores"),
            ],
        );
        for (treated, untreated) in pairs {
            let distance = (score[*treated] - score[*untreated]).abs();
            table.push(vec![
                (data.rows[*treated] + 1).into(),
                (data.rows[*untreated] + 1).into(),
                distance.into(),
            ]);
        }
        figures = figures.table(table);
    }
    if kept < all {
        figures = figures.warn(
            format!("{} dari {all} peserta tidak mendapat pasangan", all - kept),
            format!("{} of {all} treated units found no match", all - kept),
        );
    }
    Ok(data.caution(figures))
}

/// Who stands in for whom.
enum Found {
    Pairs(Vec<Pair>),
    /// The subclass of every row.
    Subclasses(Vec<usize>),
}

fn matched(
    request: &Request<'_>,
    data: &Comparison,
    score: &[f64],
) -> Result<(Vec<f64>, Found), MethodError> {
    let word = request.choice("by-score")?;
    if word == "subclass" {
        let count = request.count("subclasses")?.unwrap_or(6).clamp(1, 1000) as usize;
        let strata = subclasses(score, &data.treated, count);
        return Ok((stratum_weights(&strata, &data.treated, &data.weights), Found::Subclasses(strata)));
    }
    if request.word("weight").is_some() {
        return Err(request.bad("weight", request.word("weight").unwrap_or_default(), "--by-score subclass"));
    }
    let mean = score.iter().sum::<f64>() / score.len() as f64;
    let spread = score.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (score.len() as f64 - 1.0);
    let caliper = request.number("caliper")?.map(|caliper| caliper * spread.sqrt());
    let search =
        Search { replacement: word == "replacement", below: request.choice("search")? == "below", caliper };
    let pairs = nearest(score, &data.treated, search);
    Ok((weights_of(&pairs, score.len()), Found::Pairs(pairs)))
}

fn effect(outcome: &[f64], treated: &[bool], weights: &[f64], score: &[f64], found: &Found) -> Table {
    let mut table = Table::new(
        "effect",
        ["Dampak pada peserta", "Effect on the treated"],
        &[
            ("estimate", "Dugaan", "Estimate"),
            ("standard_error", "Galat baku", "Standard error"),
            ("treated", "Peserta", "Treated"),
            ("untreated", "Pembanding berbeda", "Distinct untreated"),
        ],
    );
    let side = |wanted: bool| {
        (0..weights.len()).filter(|row| treated[*row] == wanted && weights[*row] > 0.0).count()
    };
    let error = match found {
        Found::Pairs(pairs) => precision::matched(outcome, score, treated, pairs),
        Found::Subclasses(strata) => {
            precision::stratified(outcome, treated, weights, strata).map(|spread| spread.standard_error)
        }
    };
    let value = difference(outcome, treated, weights);
    table.push(vec![value.into(), precision::cell(error), side(true).into(), side(false).into()]);
    table
}
