//! Chained volumes of an aggregate: parts at the prices of the year before, linked from year to year.
//!
//! Chained volumes do not add up over parts or regions. Aggregates are chained anew here, never summed.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// A part of an aggregate in two neighbouring years.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub old_value: f64,
    pub value: f64,
    pub old_price: f64,
    pub price: f64,
}

impl Part {
    /// Value of the year at the prices of the year before.
    pub fn at_old_prices(&self) -> f64 {
        self.value * self.old_price / self.price
    }
}

/// Growth of the volume of the aggregate, as a factor, and what each part adds to it (they sum to factor -
/// 1).
pub fn link(parts: &[Part]) -> Result<(f64, Vec<f64>), MethodError> {
    let before = sum(parts.iter().map(|part| part.old_value));
    let prices = parts.iter().all(|part| part.old_price > 0.0 && part.price > 0.0);
    if !(before > 0.0 && prices) {
        return Err(MethodError::Impossible(Saying::new(
            "nilai agregat tahun sebelumnya dan semua harga harus di atas nol",
            "the aggregate of the year before and all prices must be above zero",
        )));
    }
    let added: Vec<f64> = parts.iter().map(|part| (part.at_old_prices() - part.old_value) / before).collect();
    Ok((1.0 + sum(added.iter().copied()), added))
}

pub(crate) static METHOD: Method = Method {
    id: "chained-volume",
    group: Group::Prices,
    title: ["Volume berantai suatu agregat", "Chained volume of an aggregate"],
    question: [
        "Berapa pertumbuhan riil gabungan beberapa lapangan usaha atau wilayah, dan siapa yang menyumbang?",
        "How much did several industries or regions together grow in real terms, and who contributed?",
    ],
    definition: [
        "Laspeyres berantai tahunan: jumlah nilai pada harga tahun sebelumnya dibagi nilai tahun \
         sebelumnya; dinyatakan dalam harga tahun acuan",
        "Annually chained Laspeyres: sum of values at prices of the year before over the value of \
         the year before; expressed in prices of the reference year",
    ],
    source: "SNA 2008, ch. 15; Bloem, Dippelsman and Mæhle (2001), Quarterly National Accounts Manual, ch. 9",
    arguments: &[
        Argument::required(
            "unit",
            Kind::Column,
            [
                "kolom bagian: lapangan usaha, wilayah, barang",
                "column with the part: industry, region, product",
            ],
        ),
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required("value", Kind::Column, ["nilai nominal", "nominal value"]),
        Argument::required("price", Kind::Column, ["indeks harga bagian itu", "price index of the part"]),
        Argument::optional(
            "reference",
            Kind::Word,
            ["tahun acuan; bila kosong, yang pertama", "reference year; the first if empty"],
        ),
    ],
    example: "chained-volume --input docs/methods/data/sectors.csv --unit sector --period year --value \
     nominal_value_added --price price",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, prices) = (request.numbers("value")?, request.numbers("price")?);
    let rows = request.complete(&[&values, &prices])?;
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &rows)?;
    let reference = request.word("reference").map_or(Ok(0), |name| panel.period("reference", name))?;
    let units = 0..panel.units.len();
    let parts = |at: usize| -> Result<Vec<Part>, MethodError> {
        units
            .clone()
            .map(|unit| {
                let of = |column: &[f64], at: usize| panel.value(column, unit, at);
                let part = Part {
                    old_value: of(&values, at - 1),
                    value: of(&values, at),
                    old_price: of(&prices, at - 1),
                    price: of(&prices, at),
                };
                let known =
                    [part.old_value, part.value, part.old_price, part.price].iter().all(|v| v.is_finite());
                known.then_some(part).ok_or_else(|| gap(&panel.units[unit]))
            })
            .collect()
    };
    let links: Vec<Result<(f64, Vec<f64>), MethodError>> =
        (1..panel.periods.len()).map(|at| link(&parts(at)?)).collect();
    let total = |at: usize| {
        sum(units.clone().map(|unit| panel.value(&values, unit, at)).filter(|value| value.is_finite()))
    };
    // Levels in prices of the reference year: its nominal total, moved along the links.
    let mut levels: Vec<Result<f64, MethodError>> = vec![Ok(total(reference)); panel.periods.len()];
    for at in reference + 1..levels.len() {
        levels[at] = levels[at - 1].clone().and_then(|level| Ok(level * links[at - 1].clone()?.0));
    }
    for at in (0..reference).rev() {
        levels[at] = levels[at + 1].clone().and_then(|level| Ok(level / links[at].clone()?.0));
    }
    Ok(Figures::new(panel.used).table(volume_table(&panel, &total, &levels, &links)))
}

fn gap(unit: &str) -> MethodError {
    MethodError::Impossible(Saying::new(
        format!("`{unit}` tidak punya nilai atau harga pada tahun ini atau sebelumnya"),
        format!("`{unit}` has no value or price in this year or the one before"),
    ))
}

fn volume_table(
    panel: &Panel,
    total: &dyn Fn(usize) -> f64,
    levels: &[Result<f64, MethodError>],
    links: &[Result<(f64, Vec<f64>), MethodError>],
) -> Table {
    let mut columns = vec![
        ("period", "Tahun", "Year"),
        ("nominal", "Nominal", "Nominal"),
        ("volume", "Volume berantai", "Chained volume"),
        ("deflator", "Deflator implisit", "Implicit deflator"),
        ("growth_percent", "Pertumbuhan %", "Growth %"),
    ];
    columns.extend(panel.units.iter().map(|unit| (unit.as_str(), unit.as_str(), unit.as_str())));
    let mut table = Table::new(
        "volume",
        [
            "Volume berantai dan sumbangan (poin persen)",
            "Chained volume and contributions (percentage points)",
        ],
        &columns,
    );
    let said = |error: &MethodError| Cell::Absent(error.text());
    for (at, (period, level)) in panel.periods.iter().zip(levels).enumerate() {
        let mut row = vec![Cell::from(period.as_str()), total(at).into()];
        row.push(level.as_ref().map_or_else(said, |level| Cell::from(*level)));
        row.push(level.as_ref().map_or_else(said, |level| Cell::from(100.0 * total(at) / level)));
        match at.checked_sub(1).map(|link| &links[link]) {
            None => row.extend((0..=panel.units.len()).map(|_| first_year())),
            Some(Err(error)) => row.extend((0..=panel.units.len()).map(|_| said(error))),
            Some(Ok((factor, parts))) => {
                row.push((100.0 * (factor - 1.0)).into());
                row.extend(parts.iter().map(|part| Cell::from(100.0 * part)));
            }
        }
        table.push(row);
    }
    table
}

fn first_year() -> Cell {
    Cell::Absent(domain::language::Text::new("tahun pertama", "first year"))
}
