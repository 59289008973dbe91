//! Single and double deflation of value added.

use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table,
};
use crate::panel::Panel;

/// Nominal output and intermediate inputs of a year, with their price indices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Year {
    pub output: f64,
    pub inputs: f64,
    pub output_price: f64,
    pub input_price: f64,
}

impl Year {
    pub fn value_added(&self) -> f64 {
        self.output - self.inputs
    }

    /// Output and inputs at the prices of the year before.
    fn at_prices_of(&self, before: &Year) -> (f64, f64) {
        (
            self.output * before.output_price / self.output_price,
            self.inputs * before.input_price / self.input_price,
        )
    }
}

/// How a link of the chain was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Value added at the prices of the year before over value added of the year before.
    Laspeyres,
    /// (growth of output - share × growth of inputs) / (1 - share), where the Laspeyres link is not above
    /// zero.
    Tornqvist,
}

/// Growth of real value added from one year to the next, as a factor.
pub fn double_deflated(old: &Year, new: &Year) -> Result<(f64, Link), MethodError> {
    let (output, inputs) = new.at_prices_of(old);
    let factor = (output - inputs) / old.value_added();
    if old.value_added() > 0.0 && factor > 0.0 && factor.is_finite() {
        return Ok((factor, Link::Laspeyres));
    }
    tornqvist(old, new).map(|factor| (factor, Link::Tornqvist))
}

/// The Törnqvist link: exact for translog, and positive wherever value added is.
pub fn tornqvist(old: &Year, new: &Year) -> Result<f64, MethodError> {
    if !(old.value_added() > 0.0 && new.value_added() > 0.0) {
        return Err(MethodError::Impossible(Saying::new(
            "nilai tambah nol atau negatif pada salah satu tahun tidak punya laju pertumbuhan riil",
            "value added of zero or below in one of the years has no real growth",
        )));
    }
    let share = (old.inputs / old.output + new.inputs / new.output) / 2.0;
    let (output, inputs) = new.at_prices_of(old);
    let grown = if share > 0.0 { share * (inputs / old.inputs).ln() } else { 0.0 };
    Ok((((output / old.output).ln() - grown) / (1.0 - share)).exp())
}

/// Growth of value added deflated by the output price alone, as a factor.
pub fn single_deflated(old: &Year, new: &Year) -> f64 {
    (new.value_added() / new.output_price) / (old.value_added() / old.output_price)
}

pub(crate) static METHOD: Method = Method {
    id: "deflate-value-added",
    group: Group::Prices,
    title: ["Deflasi tunggal dan ganda nilai tambah", "Single and double deflation of value added"],
    question: [
        "Berapa pertumbuhan riil nilai tambah bila harga output dan harga bahan bergerak berbeda?",
        "How much did real value added grow when output and input prices move apart?",
    ],
    definition: [
        "Ganda: output dan masukan pada harga tahun sebelumnya (Laspeyres), dirantai; bila tidak \
         positif, rumus Törnqvist dan diberi tanda. Tunggal: nilai tambah dibagi harga output",
        "Double: output and inputs at prices of the year before (Laspeyres), chained; where not \
         positive, the Törnqvist form, flagged. Single: value added over the output price",
    ],
    source: "SNA 2008, ch. 15; Eurostat (2016), Handbook on Prices and Volume Measures; EU KLEMS",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required("output", Kind::Column, ["output nominal", "nominal output"]),
        Argument::required("inputs", Kind::Column, ["masukan antara nominal", "nominal intermediate inputs"]),
        Argument::required("output-price", Kind::Column, ["indeks harga output", "price index of output"]),
        Argument::required(
            "input-price",
            Kind::Column,
            ["indeks harga masukan antara", "price index of intermediate inputs"],
        ),
    ],
    example: "deflate-value-added --input docs/methods/data/economy.csv --period year --output \
     nominal_output --inputs nominal_materials --output-price output_price --input-price materials_price",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["output", "inputs", "output-price", "input-price"];
    let columns: Vec<Vec<f64>> = names.iter().map(|name| request.numbers(name)).collect::<Result<_, _>>()?;
    let rows = request.complete(&[&columns[0], &columns[1], &columns[2], &columns[3]])?;
    for (name, column) in names.iter().zip(&columns) {
        let bad = |value: f64| if *name == "inputs" { value < 0.0 } else { value <= 0.0 };
        if let Some(row) = rows.iter().find(|row| bad(column[**row])) {
            return Err(MethodError::OutOfDomain {
                column: request.word(name).unwrap_or_default().to_owned(),
                row: row + 1,
                value: column[*row],
                rule: Saying::new(
                    "output dan harga harus di atas nol, masukan tidak negatif",
                    "output and prices must be above zero, inputs not below zero",
                ),
            });
        }
    }
    let one = Categories::of((0..request.rows()).map(|_| Some("-")));
    let panel = Panel::of(&one, &request.categories("period")?, &rows)?;
    let years: Vec<Year> = (0..panel.periods.len())
        .map(|at| {
            let of = |column: usize| panel.value(&columns[column], 0, at);
            Year { output: of(0), inputs: of(1), output_price: of(2), input_price: of(3) }
        })
        .collect();
    let (table, fallen) = growth_table(&panel.periods, &years);
    let figures = Figures::new(panel.used).table(table);
    Ok(if fallen == 0 {
        figures
    } else {
        figures.warn(
            format!("pada {fallen} tahun deflasi ganda Laspeyres tidak positif; dipakai rumus Törnqvist"),
            format!(
                "in {fallen} years the Laspeyres double deflation is not positive; the Törnqvist form is used"
            ),
        )
    })
}

fn growth_table(periods: &[String], years: &[Year]) -> (Table, usize) {
    let mut table = Table::new(
        "deflated",
        [
            "Nilai tambah nominal dan riil (tahun pertama = 100)",
            "Nominal and real value added (first year = 100)",
        ],
        &[
            ("period", "Tahun", "Year"),
            ("nominal", "Nilai tambah nominal", "Nominal value added"),
            ("double", "Deflasi ganda", "Double deflation"),
            ("single", "Deflasi tunggal", "Single deflation"),
            ("tornqvist", "Törnqvist", "Törnqvist"),
            ("link", "Mata rantai", "Link"),
        ],
    );
    let (mut levels, mut fallen): ([Result<f64, MethodError>; 3], usize) =
        (std::array::from_fn(|_| Ok(100.0)), 0);
    for (at, (period, year)) in periods.iter().zip(years).enumerate() {
        let mut link = Cell::from("-");
        if at > 0 {
            let old = &years[at - 1];
            let double = double_deflated(old, year);
            if let Ok((_, by)) = double {
                fallen += usize::from(by == Link::Tornqvist);
                link = if by == Link::Laspeyres { "Laspeyres".into() } else { "Törnqvist".into() };
            }
            let steps = [double.map(|double| double.0), Ok(single_deflated(old, year)), tornqvist(old, year)];
            for (level, step) in levels.iter_mut().zip(steps) {
                *level = level.clone().and_then(|level| Ok(level * step?));
            }
        }
        let mut row = vec![Cell::from(period.as_str()), year.value_added().into()];
        row.extend(levels.iter().map(|level| match level {
            Ok(level) => Cell::from(*level),
            Err(error) => Cell::Absent(error.text()),
        }));
        row.push(link);
        table.push(row);
    }
    (table, fallen)
}
