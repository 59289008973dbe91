//! Values that stand apart from the others: resistant fences, and distance from the median.

use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::dispersion::quantile::{Definition, quantiles};

/// How far is too far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Beyond the quartiles by so many interquartile ranges.
    Fences(f64),
    /// From the median by so many scaled median absolute deviations.
    Deviation(f64),
}

/// The bounds outside which a value stands apart; `None` without values.
pub fn bounds(values: &[f64], rule: Rule) -> Option<(f64, f64)> {
    let ones = vec![1.0; values.len()];
    let quartiles = quantiles(values, &ones, &[0.25, 0.5, 0.75], Definition::Linear)?;
    Some(match rule {
        Rule::Fences(width) => {
            let range = quartiles[2] - quartiles[0];
            (quartiles[0] - width * range, quartiles[2] + width * range)
        }
        Rule::Deviation(width) => {
            let away: Vec<f64> = values.iter().map(|value| (value - quartiles[1]).abs()).collect();
            // 1.4826 makes the deviation that of the normal distribution.
            let scale = 1.4826 * quantiles(&away, &ones, &[0.5], Definition::Linear)?[0];
            (quartiles[1] - width * scale, quartiles[1] + width * scale)
        }
    })
}

pub(crate) static METHOD: Method = Method {
    id: "outliers",
    group: Group::Editing,
    title: ["Pencilan", "Outliers"],
    question: ["Nilai mana yang jauh dari yang lain?", "Which values stand far from the others?"],
    definition: [
        "Pagar: kuartil ∓ 1,5 × jarak antarkuartil (tipe 7); atau median ∓ 3,5 × 1,4826 × MAD",
        "Fences: quartiles ∓ 1.5 × interquartile range (type 7); or median ∓ 3.5 × 1.4826 × MAD",
    ],
    source: "Tukey (1977); Iglewicz and Hoaglin (1993)",
    arguments: &[
        Argument::required(
            "value",
            Kind::Column,
            ["nilai, mis. log(omzet)", "the value, such as log(turnover)"],
        ),
        Argument::optional("rule", Kind::Choice(&["fences", "mad"]), ["aturan", "the rule"]),
        Argument::optional("width", Kind::Number(None), ["lebar", "the width"]),
    ],
    example: "outliers --input docs/methods/data/records.csv --value \"log(turnover)\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let values = request.numbers("value")?;
    let width = request.number("width")?;
    let rule = match request.choice("rule")? {
        "mad" => Rule::Deviation(width.unwrap_or(3.5)),
        _ => Rule::Fences(width.unwrap_or(1.5)),
    };
    let rows = request.complete(&[&values])?;
    let own: Vec<f64> = rows.iter().map(|row| values[*row]).collect();
    if own.len() < 4 {
        let what = Saying::new("nilai", "values");
        return Err(MethodError::TooFew { what, needed: 4, found: own.len() });
    }
    let (lower, upper) = bounds(&own, rule).ok_or(MethodError::NoRows { rows: request.rows() })?;
    let mut table = Table::new(
        "outliers",
        ["Pencilan", "Outliers"],
        &[("row", "Baris", "Row"), ("value", "Nilai", "Value"), ("side", "Sisi", "Side")],
    );
    for row in rows {
        if values[row] < lower || values[row] > upper {
            let side = if values[row] < lower { "low" } else { "high" };
            table.push(vec![(row + 1).into(), values[row].into(), side.into()]);
        }
    }
    let figures = Figures::new(own.len()).table(table);
    let figures = figures.note(format!("batas {lower} … {upper}"), format!("bounds {lower} … {upper}"));
    Ok(if lower < upper {
        figures
    } else {
        figures.warn(
            "sedikitnya separuh nilai sama: setiap nilai lain menjadi pencilan",
            "at least half of the values are equal: every other value stands out",
        )
    })
}
