//! Total factor productivity by Törnqvist: growth of output less growth of inputs, each weighted by its cost
//! share.

use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// Quantities of a period, and what each input costs: money, or shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    pub output: f64,
    pub inputs: Vec<f64>,
    pub costs: Vec<f64>,
}

/// Growth between two periods, in logarithms.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    pub output: f64,
    /// Cost shares, mean of the two periods.
    pub shares: Vec<f64>,
    /// Growth of each input.
    pub inputs: Vec<f64>,
    /// What remains: total factor productivity.
    pub productivity: f64,
}

impl Growth {
    /// Mean share times growth of each input.
    pub fn contributions(&self) -> Vec<f64> {
        self.shares.iter().zip(&self.inputs).map(|(share, growth)| share * growth).collect()
    }

    /// Contributions to growth of output per hour: each input is counted per hour.
    pub fn contributions_per_hour(&self, hours: f64) -> Vec<f64> {
        self.shares.iter().zip(&self.inputs).map(|(share, growth)| share * (growth - hours)).collect()
    }

    /// The same residual as a share of value added, where some inputs are intermediate.
    pub fn value_added_productivity(&self, intermediate: &[usize]) -> f64 {
        self.productivity / (1.0 - sum(intermediate.iter().map(|input| self.shares[*input])))
    }
}

fn shares(period: &Period) -> Result<Vec<f64>, MethodError> {
    let total = sum(period.costs.iter().copied());
    let good = period.costs.iter().all(|cost| *cost >= 0.0) && total > 0.0 && total.is_finite();
    if good {
        return Ok(period.costs.iter().map(|cost| cost / total).collect());
    }
    Err(MethodError::Impossible(Saying::new(
        "biaya masukan tidak boleh negatif dan jumlahnya harus di atas nol",
        "input costs may not be negative and must sum to more than zero",
    )))
}

/// Growth from `old` to `new`. An input without cost may be zero; any other quantity must be above zero.
pub fn growth(old: &Period, new: &Period) -> Result<Growth, MethodError> {
    let (before, after) = (shares(old)?, shares(new)?);
    let shares: Vec<f64> = before.iter().zip(&after).map(|(old, new)| (old + new) / 2.0).collect();
    let log = |old: f64, new: f64| {
        if old > 0.0 && new > 0.0 { Ok(new.ln() - old.ln()) } else { Err(no_logarithm()) }
    };
    let inputs: Vec<f64> = old
        .inputs
        .iter()
        .zip(&new.inputs)
        .zip(&shares)
        .map(|((old, new), share)| if *share == 0.0 { Ok(0.0) } else { log(*old, *new) })
        .collect::<Result<_, _>>()?;
    let output = log(old.output, new.output)?;
    let explained = shares.iter().zip(&inputs).map(|(share, growth)| -share * growth);
    let productivity = sum(std::iter::once(output).chain(explained));
    Ok(Growth { output, shares, inputs, productivity })
}

fn no_logarithm() -> MethodError {
    MethodError::Impossible(Saying::new(
        "kuantitas nol atau negatif tidak punya laju pertumbuhan logaritma",
        "a quantity of zero or below has no logarithmic growth",
    ))
}

pub(crate) static METHOD: Method = Method {
    id: "growth-accounting",
    group: Group::GrowthAccounting,
    title: ["Neraca pertumbuhan dan TFP", "Growth accounting and total factor productivity"],
    question: [
        "Berapa pertumbuhan yang dijelaskan modal, tenaga kerja, dan bahan, dan berapa yang tersisa \
         sebagai produktivitas?",
        "How much of growth do capital, labour and materials explain, and what remains as productivity?",
    ],
    definition: [
        "Törnqvist: pertumbuhan logaritma output dikurangi jumlah pangsa biaya rata-rata dua periode \
         kali pertumbuhan masukan",
        "Törnqvist: logarithmic growth of output less the sum of two-period mean cost shares times \
         growth of inputs",
    ],
    source: "Jorgenson, Gollop and Fraumeni (1987); OECD (2001), Measuring Productivity; BLS Handbook of \
     Methods, MFP",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "output",
            Kind::Column,
            ["volume output bruto, atau nilai tambah riil", "volume of gross output, or real value added"],
        ),
        Argument::required("inputs", Kind::Columns, ["volume tiap masukan", "volume of each input"]),
        Argument::required(
            "costs",
            Kind::Columns,
            ["biaya tiap masukan, atau pangsanya", "cost of each input, or its share"],
        ),
        Argument::optional(
            "hours",
            Kind::Column,
            ["jam kerja: juga rinci output per jam", "hours worked: account for output per hour too"],
        ),
        Argument::optional(
            "intermediate",
            Kind::Columns,
            [
                "masukan antara di antara --inputs: juga TFP nilai tambah",
                "intermediate inputs among --inputs: value-added TFP too",
            ],
        ),
    ],
    example: "growth-accounting --input docs/methods/data/bls-paper.csv --period year --output output \
     --inputs capital,labor,energy,materials,services --costs \
     capital_cost,labor_cost,energy_cost,materials_cost,services_cost --hours hours --intermediate \
     energy,materials,services",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let output = request.numbers("output")?;
    let (inputs, costs) = (request.columns("inputs")?, request.columns("costs")?);
    if inputs.len() != costs.len() {
        let given = request.word("costs").unwrap_or_default();
        return Err(request.bad("costs", given, &format!("{} = --inputs", inputs.len())));
    }
    let intermediate: Vec<usize> = match request.word("intermediate") {
        None => Vec::new(),
        Some(given) => request
            .columns("intermediate")?
            .iter()
            .map(|term| inputs.iter().position(|input| input.name == term.name))
            .collect::<Option<_>>()
            .ok_or_else(|| request.bad("intermediate", given, request.word("inputs").unwrap_or_default()))?,
    };
    let hours = request.optional_numbers("hours")?;
    let mut needed: Vec<&[f64]> = vec![&output];
    needed.extend(inputs.iter().chain(&costs).map(|term| term.values.as_slice()));
    needed.extend(hours.as_deref());
    let rows = request.complete(&needed)?;
    let one = Categories::of((0..request.rows()).map(|_| Some("-")));
    let panel = Panel::of(&one, &request.categories("period")?, &rows)?;
    if panel.periods.len() < 2 {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 2, found: panel.periods.len() });
    }
    let of = |column: &[f64], at: usize| panel.value(column, 0, at);
    let periods: Vec<Period> = (0..panel.periods.len())
        .map(|at| Period {
            output: of(&output, at),
            inputs: inputs.iter().map(|term| of(&term.values, at)).collect(),
            costs: costs.iter().map(|term| of(&term.values, at)).collect(),
        })
        .collect();
    let steps: Vec<Result<Growth, MethodError>> =
        (1..periods.len()).map(|at| growth(&periods[at - 1], &periods[at])).collect();
    let names: Vec<&str> = inputs.iter().map(|term| term.name.as_str()).collect();
    let mut figures =
        Figures::new(panel.used).table(growth_table(&panel.periods, &steps, &names, &intermediate));
    if let Some(hours) = hours {
        let worked: Vec<f64> = (0..periods.len()).map(|at| of(&hours, at)).collect();
        figures = figures.table(per_hour_table(&panel.periods, &steps, &names, &worked));
    }
    Ok(figures)
}

/// A share whose sum is off tells that a cost is missing; growth in percent, level of the residual with 100
/// at first.
fn growth_table(
    periods: &[String],
    steps: &[Result<Growth, MethodError>],
    names: &[&str],
    intermediate: &[usize],
) -> Table {
    let mut columns = vec![("period", "Periode", "Period"), ("output", "Output", "Output")];
    columns.extend(names.iter().map(|name| (*name, *name, *name)));
    columns.push(("productivity", "TFP", "TFP"));
    if !intermediate.is_empty() {
        columns.push(("value_added_productivity", "TFP nilai tambah", "Value-added TFP"));
    }
    columns.push(("level", "Tingkat TFP", "TFP level"));
    let mut table = Table::new(
        "growth",
        ["Sumbangan pada pertumbuhan output, % logaritma", "Contributions to output growth, log %"],
        &columns,
    );
    let mut level = Some(0.0);
    for (period, step) in periods[1..].iter().zip(steps) {
        let mut row = vec![Cell::from(period.as_str())];
        match step {
            Ok(step) => {
                level = level.map(|level: f64| level + step.productivity);
                row.push((100.0 * step.output).into());
                row.extend(step.contributions().iter().map(|part| Cell::from(100.0 * part)));
                row.push((100.0 * step.productivity).into());
                if !intermediate.is_empty() {
                    row.push((100.0 * step.value_added_productivity(intermediate)).into());
                }
                row.push(level.map(|level| 100.0 * level.exp()).into());
            }
            Err(error) => {
                // After a gap the chain of levels is broken.
                level = None;
                row.extend((1..table.columns.len()).map(|_| Cell::Absent(error.text())));
            }
        }
        table.push(row);
    }
    table
}

fn per_hour_table(
    periods: &[String],
    steps: &[Result<Growth, MethodError>],
    names: &[&str],
    hours: &[f64],
) -> Table {
    let mut columns =
        vec![("period", "Periode", "Period"), ("output_per_hour", "Output per jam", "Output per hour")];
    columns.extend(names.iter().map(|name| (*name, *name, *name)));
    columns.push(("productivity", "TFP", "TFP"));
    let mut table = Table::new(
        "per_hour",
        ["Sumbangan pada output per jam, % logaritma", "Contributions to output per hour, log %"],
        &columns,
    );
    for (at, (period, step)) in periods[1..].iter().zip(steps).enumerate() {
        let worked = if hours[at] > 0.0 && hours[at + 1] > 0.0 {
            Ok((hours[at + 1] / hours[at]).ln())
        } else {
            Err(no_logarithm())
        };
        let mut row = vec![Cell::from(period.as_str())];
        match step.as_ref().map_err(Clone::clone).and_then(|step| Ok((step, worked?))) {
            Ok((step, worked)) => {
                row.push((100.0 * (step.output - worked)).into());
                row.extend(step.contributions_per_hour(worked).iter().map(|part| Cell::from(100.0 * part)));
                row.push((100.0 * step.productivity).into());
            }
            Err(error) => row.extend((1..table.columns.len()).map(|_| Cell::Absent(error.text()))),
        }
        table.push(row);
    }
    table
}
