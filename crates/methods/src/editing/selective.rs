//! Selective editing: the rows whose likely error would move the total most come first.

use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};

/// Scores: weight × |value − expected| over the expected total.
pub fn scores(values: &[f64], expected: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let total: f64 = expected.iter().zip(weights).map(|(expected, weight)| expected * weight).sum();
    (total != 0.0 && total.is_finite()).then(|| {
        (0..values.len())
            .map(|row| weights[row] * (values[row] - expected[row]).abs() / total.abs())
            .collect()
    })
}

pub(crate) static METHOD: Method = Method {
    id: "selective-editing",
    group: Group::Editing,
    title: ["Penyuntingan selektif", "Selective editing"],
    question: [
        "Isian mana yang perlu diperiksa orang lebih dahulu?",
        "Which answers should a person look at first?",
    ],
    definition: [
        "Skor = bobot × |nilai − dugaan| / total dugaan; diperiksa sampai sisa skor di bawah ambang",
        "Score = weight × |value − expected| / expected total; reviewed until what is left is below the \
         threshold",
    ],
    source: "Latouche and Berthelot (1992); de Waal, Pannekoek and Scholtus (2011), ch. 6",
    arguments: &[
        Argument::required("value", Kind::Column, ["nilai yang dilaporkan", "the value reported"]),
        Argument::required(
            "expected",
            Kind::Column,
            ["nilai dugaan (mis. periode lalu)", "the value expected (such as last period's)"],
        ),
        Argument::optional(
            "threshold",
            Kind::Number(Some(0.01)),
            ["jumlah skor yang boleh tersisa", "sum of scores that may be left"],
        ),
        Argument::WEIGHT,
    ],
    example: "selective-editing --input docs/methods/data/records.csv --value turnover --expected \
        turnover_before",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, expected, weights) =
        (request.numbers("value")?, request.numbers("expected")?, request.weights()?);
    let rows = request.complete(&[&values, &expected, &weights])?;
    let pick = |of: &[f64]| rows.iter().map(|row| of[*row]).collect::<Vec<f64>>();
    let found = scores(&pick(&values), &pick(&expected), &pick(&weights)).ok_or_else(|| {
        MethodError::Impossible(Saying::new(
            "total dugaan nol: skor tidak terdefinisi",
            "the expected total is zero: scores are undefined",
        ))
    })?;
    let threshold = request.number("threshold")?.unwrap_or(0.01);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| found[*b].total_cmp(&found[*a]).then(a.cmp(b)));
    let mut left: f64 = found.iter().sum();
    let mut table = Table::new(
        "scores",
        ["Perlu diperiksa", "To be reviewed"],
        &[
            ("row", "Baris", "Row"),
            ("value", "Nilai", "Value"),
            ("expected", "Dugaan", "Expected"),
            ("score", "Skor", "Score"),
            ("left", "Sisa skor", "Score left"),
        ],
    );
    for place in order {
        if left <= threshold {
            break;
        }
        left -= found[place];
        let row = rows[place];
        let rest = left.max(0.0);
        table.push(vec![
            (row + 1).into(),
            values[row].into(),
            expected[row].into(),
            found[place].into(),
            rest.into(),
        ]);
    }
    Ok(Figures::new(rows.len()).table(table))
}
