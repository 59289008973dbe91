//! Cost and revenue efficiency: not only less of everything, but the right mix at these prices.

use super::dea::{INPUTS, OUTPUTS, RETURNS, UNIT, Units, returns};
use super::envelopment::{Orientation, Returns, sum_of_weights};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table, Term};
use crate::numerics::simplex::{Ending, Programme, Sense};

/// The lowest cost at which combinations of the units produce at least `y`, as a share of the unit's own
/// cost; `inputs`, `outputs` and `prices` are rows per unit.
pub fn cost_efficiency(
    inputs: &[Vec<f64>],
    outputs: &[Vec<f64>],
    prices: &[f64],
    unit: usize,
    returns: Returns,
) -> Result<Option<f64>, MethodError> {
    let value = |quantities: &[f64]| quantities.iter().zip(prices).map(|(q, p)| q * p).sum::<f64>();
    let own = value(&inputs[unit]);
    if own == 0.0 {
        return Ok(None);
    }
    let rows: Vec<(Sense, f64)> =
        outputs[unit].iter().map(|y| (Sense::AtLeast, *y)).chain(sum_of_weights(returns)).collect();
    let more = rows.len() - outputs[unit].len();
    let mut programme = Programme::new(&rows);
    for (input, output) in inputs.iter().zip(outputs) {
        programme.column(value(input) / own, output.iter().copied().chain(std::iter::repeat_n(1.0, more)));
    }
    Ok(match programme.solve()? {
        Ending::Optimal(solution) => Some(solution.objective),
        Ending::Infeasible | Ending::Unbounded => None,
    })
}

/// The unit's own revenue as a share of the highest that combinations of the units reach with no more
/// inputs.
pub fn revenue_efficiency(
    inputs: &[Vec<f64>],
    outputs: &[Vec<f64>],
    prices: &[f64],
    unit: usize,
    returns: Returns,
) -> Result<Option<f64>, MethodError> {
    let value = |quantities: &[f64]| quantities.iter().zip(prices).map(|(q, p)| q * p).sum::<f64>();
    let own = value(&outputs[unit]);
    if own == 0.0 {
        return Ok(None);
    }
    let rows: Vec<(Sense, f64)> =
        inputs[unit].iter().map(|x| (Sense::AtMost, *x)).chain(sum_of_weights(returns)).collect();
    let more = rows.len() - inputs[unit].len();
    let mut programme = Programme::new(&rows);
    for (input, output) in inputs.iter().zip(outputs) {
        programme.column(-value(output) / own, input.iter().copied().chain(std::iter::repeat_n(1.0, more)));
    }
    Ok(match programme.solve()? {
        Ending::Optimal(solution) => Some(-1.0 / solution.objective),
        Ending::Infeasible | Ending::Unbounded => None,
    })
}

pub(crate) static METHOD: Method = Method {
    id: "dea-cost",
    group: Group::Frontier,
    title: ["Efisiensi biaya dan alokasi", "Cost and allocative efficiency"],
    question: [
        "Berapa bagian biaya yang cukup, dan apakah kelebihannya karena boros atau karena campuran yang \
         salah?",
        "What share of the cost would do, and is the excess waste or the wrong mix?",
    ],
    definition: [
        "Efisiensi biaya = biaya terendah / biaya sendiri = efisiensi teknis × efisiensi alokatif (imbal \
         hasil berubah)",
        "Cost efficiency = lowest cost / own cost = technical × allocative efficiency (variable returns)",
    ],
    source: "Farrell (1957); Coelli, Rao and Battese (1998)",
    arguments: &[
        INPUTS,
        OUTPUTS,
        Argument::required(
            "prices",
            Kind::Columns,
            [
                "kolom harga, satu untuk tiap masukan (atau keluaran bila --measure revenue)",
                "columns of prices, one per input (or output with --measure revenue)",
            ],
        ),
        Argument::optional(
            "measure",
            Kind::Choice(&["cost", "revenue"]),
            ["biaya atau pendapatan", "cost or revenue"],
        ),
        UNIT,
        RETURNS,
    ],
    example: "dea-cost --input docs/methods/data/workshops.csv --unit workshop --inputs \"workers, \
        machines\" --outputs output --prices \"wage, rent\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let prices = request.columns("prices")?;
    let units = Units::read(request, &prices)?;
    let returns = returns(request)?;
    let cost = request.choice("measure")? == "cost";
    let priced = if cost { &units.inputs } else { &units.outputs };
    if prices.len() != priced.len() {
        let given = request.word("prices").unwrap_or_default();
        return Err(request.bad("prices", given, &format!("{} columns", priced.len())));
    }
    check_prices(&prices, &units.rows)?;
    let row = |terms: &[Term], at: usize| terms.iter().map(|term| term.values[at]).collect::<Vec<f64>>();
    // Quantities stay in their own units for values, and are scaled for the rows of the programme.
    let towards = if cost { Orientation::Input } else { Orientation::Output };
    let technology = &units.technology;
    let mut table = Table::new(
        "efficiency",
        ["Efisiensi", "Efficiency"],
        &[
            ("unit", "Unit", "Unit"),
            ("technical", "Efisiensi teknis", "Technical efficiency"),
            ("allocative", "Efisiensi alokatif", "Allocative efficiency"),
            ("overall", "Efisiensi keseluruhan", "Overall efficiency"),
        ],
    );
    let quantities: Vec<Vec<f64>> = units.rows.iter().map(|at| row(priced, *at)).collect();
    let scaled: Vec<Vec<f64>> = (0..units.rows.len())
        .map(|unit| if cost { technology.outputs(unit).to_vec() } else { technology.inputs(unit).to_vec() })
        .collect();
    for (unit, name) in units.names.iter().enumerate() {
        let own: Vec<f64> = row(&prices, units.rows[unit]);
        let (technical, overall) = (
            technology.assess(unit, returns, towards)?.efficiency(),
            if cost {
                cost_efficiency(&quantities, &scaled, &own, unit, returns)?
            } else {
                revenue_efficiency(&scaled, &quantities, &own, unit, returns)?
            },
        );
        let technical = technical.map(|value| if cost { value } else { 1.0 / value });
        let allocative = overall.zip(technical).map(|(overall, technical)| overall / technical);
        table.push(vec![
            Cell::from(name.as_str()),
            Cell::from(technical),
            Cell::from(allocative),
            Cell::from(overall),
        ]);
    }
    Ok(Figures::new(units.rows.len()).table(table))
}

fn check_prices(prices: &[Term], rows: &[usize]) -> Result<(), MethodError> {
    for term in prices {
        if let Some(row) = rows.iter().find(|row| term.values[**row] <= 0.0) {
            return Err(MethodError::OutOfDomain {
                column: term.name.clone(),
                row: row + 1,
                value: term.values[*row],
                rule: Saying::new("harga harus positif", "a price must be positive"),
            });
        }
    }
    Ok(())
}
