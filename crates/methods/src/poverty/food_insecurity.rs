//! Food insecurity by experience (FIES): the eight questions on the global scale, and the share beyond its
//! thresholds.

use super::rasch::{self, Rasch};
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::normal;
use crate::survey::estimate::{Statistic, Variance, estimate};
use crate::survey::report::{Report, Sample, with_sample};

/// Severities of the global standard, in the order of the questionnaire: worried, healthy, few foods,
/// skipped, ate less, ran out, hungry, whole day.
pub const STANDARD: [f64; 8] =
    [-1.2230564, -0.8471210, -1.1056616, 0.3509848, -0.3117999, 0.5065051, 0.7546138, 1.8755353];

/// Moderate or severe: beyond "ate less"; severe: beyond "whole day".
pub const THRESHOLDS: [f64; 2] = [STANDARD[4], STANDARD[7]];

/// The probability of being beyond a threshold of the local scale, by raw score; nobody with no yes is.
pub fn beyond(model: &Rasch, threshold: f64) -> Vec<f64> {
    let of = |(score, (position, error)): (usize, &(f64, f64))| match score {
        0 => 0.0,
        _ => 1.0 - normal::distribution((threshold - position) / error),
    };
    model.persons.iter().enumerate().map(of).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "food-insecurity",
    group: Group::Poverty,
    title: ["Kerawanan pangan (FIES)", "Food insecurity (FIES)"],
    question: [
        "Berapa bagian penduduk yang mengalami kerawanan pangan sedang atau berat, dan berat?",
        "What share of people is moderately or severely, and severely, food insecure?",
    ],
    definition: [
        "Model Rasch (kemungkinan bersyarat); disetarakan dengan skala global (rata-rata dan simpangan butir bersama; \
         butir berjarak >= 0,35 dikeluarkan, paling banyak 3); jumlah peluang melewati ambang",
        "Rasch model (conditional likelihood); equated to the global scale (mean and spread of common items; items \
         0.35 or more away are dropped, three at most); sum of the probabilities beyond the thresholds",
    ],
    source: "FAO, Voices of the Hungry; Cafiero, Viviani and Nord (2018); SDG indicator 2.1.2 metadata",
    arguments: &with_sample::<1, 10>([Argument::required(
        "items",
        Kind::Columns,
        [
            "delapan butir FIES menurut urutan kuesioner: ya 1, tidak 0",
            "the eight FIES items in the order of the questionnaire: yes 1, no 0",
        ],
    )]),
    example: "food-insecurity --input docs/methods/data/households.csv --items \
              \"worried, healthy, few_foods, skipped, ate_less, ran_out, hungry, whole_day\" \
              --weight weight --cluster village",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let items = request.columns("items")?;
    if items.len() != STANDARD.len() {
        return Err(request.bad("items", &items.len().to_string(), "8"));
    }
    for item in &items {
        if let Some(row) = item.values.iter().position(|v| v.is_finite() && *v != 0.0 && *v != 1.0) {
            return Err(MethodError::OutOfDomain {
                column: item.name.clone(),
                row: row + 1,
                value: item.values[row],
                rule: Saying::new("ya 1, tidak 0, tidak tahu kosong", "yes 1, no 0, not known empty"),
            });
        }
    }
    let sample = Sample::read(request)?;
    let values: Vec<Vec<f64>> = items.iter().map(|item| sample.pick(&item.values)).collect();
    let complete: Vec<usize> = (0..sample.rows.len())
        .filter(|row| values.iter().all(|v| v[*row].is_finite()) && sample.design.weights[*row] > 0.0)
        .collect();
    if complete.is_empty() {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let answers: Vec<Vec<bool>> =
        values.iter().map(|v| complete.iter().map(|row| v[*row] == 1.0).collect()).collect();
    let weights: Vec<f64> = complete.iter().map(|row| sample.design.weights[*row]).collect();
    let model = rasch::fit(&answers, &weights)?;
    let equating = rasch::equate(&model.severities, &STANDARD);
    let mut report = Report::new(&sample);
    let local = |threshold: f64| (threshold - equating.shift) / equating.scale;
    for (name, threshold) in ["moderate or severe", "severe"].iter().zip(THRESHOLDS) {
        let beyond = beyond(&model, local(threshold));
        let mut share = vec![f64::NAN; sample.rows.len()];
        for (place, row) in complete.iter().enumerate() {
            share[*row] = beyond[answers.iter().filter(|item| item[place]).count()];
        }
        report.add(name, &share, |inside, variance: Variance<'_>| {
            estimate(Statistic::Mean(&share), &sample.design, inside, variance)
        })?;
    }
    let mut figures = report.figures()?.table(table_of_items(&items, &model, &equating));
    figures = figures.table(table_of_scores(&model, &answers, &weights));
    if complete.len() < 200 {
        figures = figures.warn(
            format!(
                "hanya {} responden lengkap: di bawah 200, laporkan sebaran skor mentah saja",
                complete.len()
            ),
            format!(
                "only {} complete respondents: below 200 report the distribution of raw scores",
                complete.len()
            ),
        );
    }
    Ok(figures.note(
        "galat baku memuat rancangan sampel, bukan galat parameter model; bukan untuk menggolongkan orang \
         per orang",
        "standard errors hold the design, not the model's own error; not for classifying single persons",
    ))
}

fn table_of_items(items: &[crate::bench::Term], model: &Rasch, equating: &rasch::Equating) -> Table {
    let mut table = Table::new(
        "items",
        ["Butir", "Items"],
        &[
            ("item", "Butir", "Item"),
            ("severity", "Keparahan lokal", "Local severity"),
            ("standard_error", "Galat baku", "Standard error"),
            ("infit", "Infit", "Infit"),
            ("equated", "Pada skala global", "On the global scale"),
            ("standard", "Standar global", "Global standard"),
            ("common", "Dipakai menyetarakan", "Used for equating"),
        ],
    );
    for (place, item) in items.iter().enumerate() {
        table.push(vec![
            item.name.as_str().into(),
            model.severities[place].into(),
            model.standard_errors[place].into(),
            model.infit[place].into(),
            (equating.scale * model.severities[place] + equating.shift).into(),
            STANDARD[place].into(),
            if equating.common[place] { "yes".into() } else { "no".into() },
        ]);
    }
    table
}

fn table_of_scores(model: &Rasch, answers: &[Vec<bool>], weights: &[f64]) -> Table {
    let mut table = Table::new(
        "scores",
        ["Skor mentah", "Raw scores"],
        &[
            ("score", "Jumlah ya", "Number of yeses"),
            ("share", "Bagian", "Share"),
            ("position", "Posisi", "Position"),
            ("standard_error", "Galat baku", "Standard error"),
        ],
    );
    let size: f64 = weights.iter().sum();
    for (score, (position, error)) in model.persons.iter().enumerate() {
        let own = (0..weights.len()).filter(|row| answers.iter().filter(|item| item[*row]).count() == score);
        let share = own.map(|row| weights[row]).sum::<f64>() / size;
        table.push(vec![score.into(), share.into(), (*position).into(), (*error).into()]);
    }
    table
}
