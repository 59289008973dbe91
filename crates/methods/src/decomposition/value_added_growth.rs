//! Diewert and Fox: growth of nominal value added into prices, inputs, input mix, efficiency and technology.
//!
//! The best practice of a year is the best of all years so far, so efficiency never exceeds one and
//! technology never falls: a recession is a loss of efficiency, not of knowledge.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// Prices and quantities of net outputs (intermediate inputs negative) and of primary inputs in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    pub output_prices: Vec<f64>,
    pub outputs: Vec<f64>,
    pub input_prices: Vec<f64>,
    pub inputs: Vec<f64>,
}

/// Growth factors between two neighbouring periods; value = price × input × mix × efficiency × technology.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    pub value: f64,
    pub price: f64,
    pub input: f64,
    pub mix: f64,
    pub efficiency: f64,
    pub technology: f64,
}

impl Factors {
    /// Total factor productivity growth: mix × efficiency × technology.
    pub fn productivity(&self) -> f64 {
        self.mix * self.efficiency * self.technology
    }
}

fn dot(prices: &[f64], quantities: &[f64]) -> f64 {
    sum(prices.iter().zip(quantities).map(|(price, quantity)| price * quantity))
}

/// The most value added that `inputs` at `input_prices` could have made at `prices`, by the practice of
/// `years`.
fn best(years: &[Year], prices: &[f64], input_prices: &[f64], inputs: &[f64]) -> f64 {
    let cost = dot(input_prices, inputs);
    let made = |year: &Year| dot(prices, &year.outputs) * cost / dot(input_prices, &year.inputs);
    years.iter().map(made).fold(f64::NEG_INFINITY, f64::max)
}

/// Decomposes growth between each period and the one before.
pub fn value_added_growth(years: &[Year]) -> Result<Vec<Factors>, MethodError> {
    if years.len() < 2 {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 2, found: years.len() });
    }
    for (at, year) in years.iter().enumerate() {
        let (value, cost) = (dot(&year.output_prices, &year.outputs), dot(&year.input_prices, &year.inputs));
        if !(value > 0.0 && cost > 0.0 && value.is_finite() && cost.is_finite()) {
            return Err(MethodError::Impossible(Saying::new(
                format!("periode ke-{}: nilai tambah dan biaya masukan harus di atas nol", at + 1),
                format!("period number {}: value added and input cost must be above zero", at + 1),
            )));
        }
    }
    let factors = |at: usize| {
        let (old, new) = (&years[at - 1], &years[at]);
        let (before, now) = (&years[..at], &years[..=at]);
        let value = |year: &Year| dot(&year.output_prices, &year.outputs);
        let own = |known: &[Year], year: &Year| {
            value(year) / best(known, &year.output_prices, &year.input_prices, &year.inputs)
        };
        let price = best(before, &new.output_prices, &old.input_prices, &old.inputs)
            / best(before, &old.output_prices, &old.input_prices, &old.inputs)
            * best(now, &new.output_prices, &new.input_prices, &new.inputs)
            / best(now, &old.output_prices, &new.input_prices, &new.inputs);
        let input = dot(&old.input_prices, &new.inputs) / dot(&old.input_prices, &old.inputs)
            * dot(&new.input_prices, &new.inputs)
            / dot(&new.input_prices, &old.inputs);
        let mix = best(now, &old.output_prices, &new.input_prices, &new.inputs)
            / best(now, &old.output_prices, &old.input_prices, &new.inputs)
            * best(before, &new.output_prices, &new.input_prices, &old.inputs)
            / best(before, &new.output_prices, &old.input_prices, &old.inputs);
        let technology = best(now, &old.output_prices, &old.input_prices, &new.inputs)
            / best(before, &old.output_prices, &old.input_prices, &new.inputs)
            * best(now, &new.output_prices, &new.input_prices, &old.inputs)
            / best(before, &new.output_prices, &new.input_prices, &old.inputs);
        Factors {
            value: value(new) / value(old),
            price: price.sqrt(),
            input: input.sqrt(),
            mix: mix.sqrt(),
            efficiency: own(now, new) / own(before, old),
            technology: technology.sqrt(),
        }
    };
    Ok((1..years.len()).map(factors).collect())
}

pub(crate) static METHOD: Method = Method {
    id: "value-added-growth",
    group: Group::Decomposition,
    title: ["Dekomposisi pertumbuhan nilai tambah (Diewert–Fox)", "Growth of value added (Diewert–Fox)"],
    question: [
        "Apakah nilai tambah naik karena harga, masukan, efisiensi, atau teknologi?",
        "Did value added grow through prices, inputs, efficiency or technology?",
    ],
    definition: [
        "Fungsi nilai tambah berkendala biaya atas praktik terbaik sampai tahun itu; rata-rata \
         geometrik bentuk Laspeyres dan Paasche",
        "Cost-constrained value added function over the best practice so far; geometric mean of the \
         Laspeyres and Paasche forms",
    ],
    source: "Diewert and Fox (2018), Decomposing Value Added Growth into Explanatory Factors, Oxford \
     Handbook of Productivity Analysis",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "output-prices",
            Kind::Columns,
            ["harga keluaran bersih", "prices of net outputs"],
        ),
        Argument::required(
            "outputs",
            Kind::Columns,
            [
                "kuantitas keluaran; masukan antara bertanda minus",
                "quantities of outputs; intermediate inputs negative",
            ],
        ),
        Argument::required(
            "input-prices",
            Kind::Columns,
            ["harga masukan primer", "prices of primary inputs"],
        ),
        Argument::required(
            "inputs",
            Kind::Columns,
            ["kuantitas masukan primer", "quantities of primary inputs"],
        ),
    ],
    example: "value-added-growth --input docs/methods/data/economy.csv --period year --output-prices \
     output_price,materials_price --outputs \"output,-materials\" --input-prices wage,rental_price \
     --inputs hours,capital",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["output-prices", "outputs", "input-prices", "inputs"];
    let columns: Vec<Vec<Vec<f64>>> = names
        .iter()
        .map(|name| Ok(request.columns(name)?.into_iter().map(|term| term.values).collect()))
        .collect::<Result<_, MethodError>>()?;
    for (prices, quantities) in [(0, 1), (2, 3)] {
        if columns[prices].len() != columns[quantities].len() {
            let given = request.word(names[prices]).unwrap_or_default();
            return Err(request.bad(
                names[prices],
                given,
                &format!("{} = --{}", columns[quantities].len(), names[quantities]),
            ));
        }
    }
    let every: Vec<&[f64]> = columns.iter().flatten().map(Vec::as_slice).collect();
    let rows = request.complete(&every)?;
    let periods = request.categories("period")?;
    let one = crate::bench::Categories::of((0..request.rows()).map(|_| Some("-")));
    let panel = Panel::of(&one, &periods, &rows)?;
    let at =
        |of: usize, period: usize| columns[of].iter().map(|column| panel.value(column, 0, period)).collect();
    let years: Vec<Year> = (0..panel.periods.len())
        .map(|period| Year {
            output_prices: at(0, period),
            outputs: at(1, period),
            input_prices: at(2, period),
            inputs: at(3, period),
        })
        .collect();
    let mut table = Table::new(
        "factors",
        ["Faktor pertumbuhan nilai tambah", "Growth factors of value added"],
        &[
            ("period", "Periode", "Period"),
            ("value", "Nilai tambah", "Value added"),
            ("price", "Harga", "Prices"),
            ("input", "Masukan", "Inputs"),
            ("mix", "Bauran masukan", "Input mix"),
            ("efficiency", "Efisiensi", "Efficiency"),
            ("technology", "Teknologi", "Technology"),
            ("productivity", "Produktivitas total", "Total factor productivity"),
        ],
    );
    for (factors, period) in value_added_growth(&years)?.iter().zip(&panel.periods[1..]) {
        table.push(vec![
            Cell::from(period.as_str()),
            factors.value.into(),
            factors.price.into(),
            factors.input.into(),
            factors.mix.into(),
            factors.efficiency.into(),
            factors.technology.into(),
            factors.productivity().into(),
        ]);
    }
    Ok(Figures::new(panel.used).table(table))
}
