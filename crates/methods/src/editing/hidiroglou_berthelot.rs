//! Ratios between two periods that stand out, with size taken into account; and answers in the wrong unit.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::dispersion::quantile::{Definition, quantiles};

/// How strict: `size` (U) 0 … 1, `least` (A) and `width` (C).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strictness {
    pub size: f64,
    pub least: f64,
    pub width: f64,
}

/// The effects E and the bounds outside which they stand out.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    pub effects: Vec<f64>,
    pub lower: f64,
    pub upper: f64,
    pub median_ratio: f64,
}

/// Effects of pairs of positive numbers; `None` if there are none.
pub fn effects(before: &[f64], after: &[f64], strictness: Strictness) -> Option<Effects> {
    let ratios: Vec<f64> = before.iter().zip(after).map(|(before, after)| after / before).collect();
    let ones = vec![1.0; ratios.len()];
    let quartiles = |values: &[f64]| quantiles(values, &ones, &[0.25, 0.5, 0.75], Definition::Linear);
    let middle = quartiles(&ratios)?[1];
    let effects: Vec<f64> = (0..ratios.len())
        .map(|row| {
            let moved =
                if ratios[row] < middle { 1.0 - middle / ratios[row] } else { ratios[row] / middle - 1.0 };
            moved * before[row].max(after[row]).powf(strictness.size)
        })
        .collect();
    let found = quartiles(&effects)?;
    let least = (strictness.least * found[1]).abs();
    Some(Effects {
        lower: found[1] - strictness.width * (found[1] - found[0]).max(least),
        upper: found[1] + strictness.width * (found[2] - found[1]).max(least),
        effects,
        median_ratio: middle,
    })
}

/// The power of ten by which the unit seems to be wrong: three if thousands were written for ones.
pub fn wrong_unit(ratio: f64, median: f64) -> Option<i32> {
    let off = (ratio / median).log10();
    let power = off.round();
    (power.abs() >= 3.0 && power % 3.0 == 0.0 && (off - power).abs() < 0.3).then_some(power as i32)
}

pub(crate) static METHOD: Method = Method {
    id: "hidiroglou-berthelot",
    group: Group::Editing,
    title: ["Hidiroglou–Berthelot", "Hidiroglou–Berthelot"],
    question: [
        "Perubahan usaha mana yang mencolok antara dua periode?",
        "Which changes between two periods stand out?",
    ],
    definition: [
        "E = s × max(y1,y2)^U; batas E_med ∓ C × max(jarak kuartil, |A × E_med|); U 0,5, A 0,05, C 4; \
         kuartil tipe 7",
        "E = s × max(y1,y2)^U; bounds E_med ∓ C × max(distance to quartile, |A × E_med|); U 0.5, A 0.05, C \
         4; type 7",
    ],
    source: "Hidiroglou and Berthelot (1986)",
    arguments: &[
        Argument::required("before", Kind::Column, ["nilai periode sebelumnya", "the value before"]),
        Argument::required("after", Kind::Column, ["nilai sekarang", "the value now"]),
        Argument::optional("size", Kind::Number(Some(0.5)), ["U: pengaruh ukuran", "U: influence of size"]),
        Argument::optional("least", Kind::Number(Some(0.05)), ["A: jarak terkecil", "A: least distance"]),
        Argument::optional("width", Kind::Number(Some(4.0)), ["C: lebar batas", "C: width of the bounds"]),
    ],
    example: "hidiroglou-berthelot --input docs/methods/data/records.csv --before turnover_before --after \
        turnover",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (before, after) = (request.numbers("before")?, request.numbers("after")?);
    let number = |name: &str, default: f64| Ok(request.number(name)?.unwrap_or(default));
    let strictness = Strictness {
        size: number("size", 0.5)?,
        least: number("least", 0.05)?,
        width: number("width", 4.0)?,
    };
    if !(0.0..=1.0).contains(&strictness.size) || strictness.least < 0.0 || strictness.width <= 0.0 {
        return Err(request.bad("size", &strictness.size.to_string(), "U 0 … 1, A >= 0, C > 0"));
    }
    let known = request.complete(&[&before, &after])?;
    let rows: Vec<usize> =
        known.iter().copied().filter(|row| before[*row] > 0.0 && after[*row] > 0.0).collect();
    let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let (own, other) = (pick(&before), pick(&after));
    if rows.len() < 4 {
        let what = Saying::new("baris dengan dua nilai positif", "rows with two positive values");
        return Err(MethodError::TooFew { what, needed: 4, found: rows.len() });
    }
    let found = effects(&own, &other, strictness).ok_or(MethodError::NoRows { rows: request.rows() })?;
    let mut table = Table::new(
        "outliers",
        ["Perubahan mencolok", "Changes that stand out"],
        &[
            ("row", "Baris", "Row"),
            ("before", "Sebelum", "Before"),
            ("after", "Sekarang", "Now"),
            ("ratio", "Rasio", "Ratio"),
            ("effect", "E", "E"),
            ("unit", "Dugaan salah satuan", "Unit likely wrong"),
        ],
    );
    for (place, row) in rows.iter().enumerate() {
        let effect = found.effects[place];
        if effect < found.lower || effect > found.upper {
            let ratio = other[place] / own[place];
            let unit = wrong_unit(ratio, found.median_ratio).map(|power| format!("10^{power}"));
            table.push(vec![
                (row + 1).into(),
                own[place].into(),
                other[place].into(),
                ratio.into(),
                effect.into(),
                Cell::from(unit.unwrap_or_default()),
            ]);
        }
    }
    let mut figures = Figures::new(rows.len()).table(table).note(
        format!("median rasio {}, batas E {} … {}", found.median_ratio, found.lower, found.upper),
        format!("median ratio {}, bounds of E {} … {}", found.median_ratio, found.lower, found.upper),
    );
    if known.len() > rows.len() {
        let without = known.len() - rows.len();
        figures = figures.warn(
            format!("{without} baris bernilai nol atau negatif tidak dinilai"),
            format!("{without} rows with zero or negative values were not judged"),
        );
    }
    Ok(figures)
}
