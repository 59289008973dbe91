//! The food consumption score: how many days in a week, of which foods.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::survey::estimate::{Statistic, Variance, estimate};
use crate::survey::report::{Report, Sample, with_sample};

/// The food groups and the weight of a day of each.
pub const GROUPS: [(&str, f64); 8] = [
    ("staples", 2.0),
    ("pulses", 3.0),
    ("vegetables", 1.0),
    ("fruit", 1.0),
    ("protein", 4.0),
    ("dairy", 4.0),
    ("sugar", 0.5),
    ("oil", 0.5),
];

/// The score of the days of the eight groups; days above seven count as seven. NaN if one is missing.
pub fn score(days: [f64; 8]) -> f64 {
    days.iter()
        .zip(GROUPS)
        .map(|(days, (_, weight))| weight * if days.is_nan() { f64::NAN } else { days.min(7.0) })
        .sum()
}

/// Poor up to the first threshold, borderline up to the second, acceptable above.
pub fn class(score: f64, thresholds: [f64; 2]) -> &'static str {
    match score {
        score if score <= thresholds[0] => "poor",
        score if score <= thresholds[1] => "borderline",
        _ => "acceptable",
    }
}

const fn group(at: usize, help: [&'static str; 2]) -> Argument {
    Argument::required(GROUPS[at].0, Kind::Column, help)
}

pub(crate) static METHOD: Method = Method {
    id: "food-consumption",
    group: Group::Poverty,
    title: ["Skor konsumsi pangan", "Food consumption score"],
    question: [
        "Berapa rumah tangga yang konsumsi pangannya buruk, rawan, atau cukup?",
        "How many households eat poorly, on the borderline, or acceptably?",
    ],
    definition: [
        "Hari dalam 7 hari (paling banyak 7) × bobot: pokok 2, kacang 3, sayur 1, buah 1, protein hewani 4, susu 4, \
         gula 0,5, minyak 0,5; buruk <= 21, rawan <= 35 (atau 28 dan 42)",
        "Days out of 7 (at most 7) × weight: staples 2, pulses 3, vegetables 1, fruit 1, meat, fish and eggs 4, \
         milk 4, sugar 0.5, oil 0.5; poor <= 21, borderline <= 35 (or 28 and 42)",
    ],
    source: "World Food Programme (2008), Food consumption analysis",
    arguments: &with_sample::<10, 19>([
        group(0, ["hari makan pangan pokok", "days with staples"]),
        group(1, ["hari makan kacang-kacangan", "days with pulses"]),
        group(2, ["hari makan sayur", "days with vegetables"]),
        group(3, ["hari makan buah", "days with fruit"]),
        group(4, ["hari makan daging, ikan, telur", "days with meat, fish or eggs"]),
        group(5, ["hari minum susu", "days with milk"]),
        group(6, ["hari memakai gula", "days with sugar"]),
        group(7, ["hari memakai minyak", "days with oil"]),
        Argument::optional("thresholds", Kind::Numbers(&[21.0, 35.0]), ["dua ambang", "the two thresholds"]),
        Argument::optional("scores", Kind::Flag, ["skor setiap baris", "the score of every row"]),
    ]),
    example: "food-consumption --input docs/methods/data/households.csv --staples staples --pulses pulses \
              --vegetables vegetables --fruit fruit --protein protein --dairy dairy --sugar sugar --oil oil \
              --weight weight --cluster village",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let days: Vec<Vec<f64>> =
        GROUPS.iter().map(|(name, _)| request.numbers(name)).collect::<Result<_, _>>()?;
    for (values, (name, _)) in days.iter().zip(GROUPS) {
        if let Some(row) = values.iter().position(|days| *days < 0.0) {
            return Err(MethodError::OutOfDomain {
                column: request.word(name).unwrap_or(name).to_owned(),
                row: row + 1,
                value: values[row],
                rule: Saying::new("hari dalam seminggu: 0 … 7", "days in a week: 0 … 7"),
            });
        }
    }
    let thresholds = request.several("thresholds")?;
    let [poor, borderline] = thresholds[..] else {
        return Err(request.bad("thresholds", &thresholds.len().to_string(), "21, 35"));
    };
    let above = (0..request.rows()).filter(|row| days.iter().any(|days| days[*row] > 7.0)).count();
    let scores: Vec<f64> =
        (0..request.rows()).map(|row| score(std::array::from_fn(|group| days[group][row]))).collect();
    let sample = Sample::read(request)?;
    let own = sample.pick(&scores);
    let mut report = Report::new(&sample);
    let mut add = |name: &str, values: &[f64]| {
        report.add(name, values, |inside, variance: Variance<'_>| {
            estimate(Statistic::Mean(values), &sample.design, inside, variance)
        })
    };
    add("score", &own)?;
    for wanted in ["poor", "borderline", "acceptable"] {
        let is = |score: &f64| match score.is_nan() {
            true => f64::NAN,
            false => f64::from(u8::from(class(*score, [poor, borderline]) == wanted)),
        };
        add(wanted, &own.iter().map(is).collect::<Vec<f64>>())?;
    }
    let mut figures = report.figures()?;
    if request.flag("scores") {
        figures = figures.table(rows(&scores, [poor, borderline]));
    }
    if above > 0 {
        figures = figures.warn(
            format!("{above} baris memuat lebih dari 7 hari; dihitung 7"),
            format!("{above} rows have more than 7 days; counted as 7"),
        );
    }
    Ok(figures)
}

fn rows(scores: &[f64], thresholds: [f64; 2]) -> Table {
    let mut table = Table::new(
        "scores",
        ["Skor", "Scores"],
        &[("row", "Baris", "Row"), ("score", "Skor", "Score"), ("class", "Golongan", "Class")],
    );
    for (row, score) in scores.iter().enumerate() {
        let class = if score.is_nan() { Cell::from(f64::NAN) } else { class(*score, thresholds).into() };
        table.push(vec![(row + 1).into(), (*score).into(), class]);
    }
    table
}
