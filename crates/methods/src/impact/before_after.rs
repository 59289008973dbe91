//! The same units before and after: the mean change with its paired test. It does not say what caused the
//! change.

use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::survey::report::t_quantile;

/// The mean of weighted changes and its standard error.
pub fn change(changes: &[f64], weights: &[f64]) -> Option<(f64, f64)> {
    let n = weights.iter().filter(|weight| **weight > 0.0).count() as f64;
    let size: f64 = weights.iter().sum();
    if n < 2.0 || size <= 0.0 {
        return None;
    }
    let mean = changes.iter().zip(weights).map(|(change, weight)| change * weight).sum::<f64>() / size;
    let square: f64 =
        changes.iter().zip(weights).map(|(change, weight)| (weight * (change - mean)).powi(2)).sum();
    Some((mean, (square * n / (n - 1.0)).sqrt() / size))
}

pub(crate) static METHOD: Method = Method {
    id: "before-after",
    group: Group::Impact,
    title: ["Sebelum dan sesudah", "Before and after"],
    question: [
        "Berapa perubahan rata-rata pada unit yang sama? (bukan bukti sebab)",
        "How much did the same units change on average? (no proof of cause)",
    ],
    definition: [
        "Rata-rata selisih berpasangan dengan uji t berpasangan",
        "Mean of paired differences with the paired t test",
    ],
    source: "Student (1908)",
    arguments: &[
        Argument::required("before", Kind::Column, ["nilai sebelum", "the value before"]),
        Argument::required("after", Kind::Column, ["nilai sesudah", "the value after"]),
        Argument::WEIGHT,
    ],
    example: "before-after --input docs/methods/data/programme.csv --before sales_before --after sales_after",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (before, after, weights) =
        (request.numbers("before")?, request.numbers("after")?, request.weights()?);
    let rows = request.complete(&[&before, &after, &weights])?;
    let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let (before, after, weights) = (pick(&before), pick(&after), pick(&weights));
    let changes: Vec<f64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let n = weights.iter().filter(|weight| **weight > 0.0).count();
    let (mean, error) = change(&changes, &weights).ok_or_else(|| MethodError::TooFew {
        what: Saying::new("unit dengan kedua nilai", "units with both values"),
        needed: 2,
        found: n,
    })?;
    let size: f64 = weights.iter().sum();
    let level = |values: &[f64]| values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / size;
    let half = t_quantile(0.975, n - 1) * error;
    let mut table = Table::new(
        "change",
        ["Perubahan", "Change"],
        &[
            ("before", "Sebelum", "Before"),
            ("after", "Sesudah", "After"),
            ("change", "Perubahan", "Change"),
            ("standard_error", "Galat baku", "Standard error"),
            ("lower", "Batas bawah 95%", "Lower 95%"),
            ("upper", "Batas atas 95%", "Upper 95%"),
            ("t", "t", "t"),
            ("n", "n", "n"),
        ],
    );
    table.push(vec![
        level(&before).into(),
        level(&after).into(),
        mean.into(),
        error.into(),
        (mean - half).into(),
        (mean + half).into(),
        (mean / error).into(),
        n.into(),
    ]);
    Ok(Figures::new(rows.len()).table(table).warn(
        "tanpa kelompok pembanding, perubahan ini bukan dampak program",
        "without a comparison group this change is not the effect of the programme",
    ))
}
