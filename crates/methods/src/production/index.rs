//! Total factor productivity of an enterprise as an index: no regression, only cost shares.

use nalgebra::DVector;

use super::estimates::summary;
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table, Term};
use crate::panel::Panel;

/// Logs of output and inputs and shares of inputs, one row per enterprise and period.
#[derive(Clone, Debug)]
pub struct Data {
    pub output: Vec<f64>,
    pub inputs: Vec<Vec<f64>>,
    pub shares: Vec<Vec<f64>>,
    /// Place of the period of each row, in order of time.
    pub period: Vec<usize>,
    pub periods: usize,
}

/// ln TFP of each row against the average enterprise of the first period: within a period against its average
/// (Caves, Christensen and Diewert, 1982), and the averages chained over time (Good, Nadiri and Sickles,
/// 1997).
pub fn tfp(data: &Data) -> Vec<f64> {
    let average = |values: &[f64]| -> Vec<f64> {
        let (mut sums, mut sizes) = (vec![0.0; data.periods], vec![0.0_f64; data.periods]);
        for (value, period) in values.iter().zip(&data.period) {
            sums[*period] += value;
            sizes[*period] += 1.0;
        }
        sums.iter().zip(&sizes).map(|(sum, size)| sum / size).collect()
    };
    let output = average(&data.output);
    let inputs: Vec<Vec<f64>> = data.inputs.iter().map(|input| average(input)).collect();
    let shares: Vec<Vec<f64>> = data.shares.iter().map(|share| average(share)).collect();
    let mut chained = vec![0.0; data.periods];
    for period in 1..data.periods {
        let used: f64 = (0..inputs.len())
            .map(|at| {
                0.5 * (shares[at][period] + shares[at][period - 1])
                    * (inputs[at][period] - inputs[at][period - 1])
            })
            .sum();
        chained[period] = chained[period - 1] + output[period] - output[period - 1] - used;
    }
    (0..data.output.len())
        .map(|row| {
            let period = data.period[row];
            let used: f64 = (0..inputs.len())
                .map(|at| {
                    0.5 * (data.shares[at][row] + shares[at][period])
                        * (data.inputs[at][row] - inputs[at][period])
                })
                .sum();
            chained[period] + data.output[row] - output[period] - used
        })
        .collect()
}

pub(crate) static METHOD: Method = Method {
    id: "tfp-index",
    group: Group::ProductionFunction,
    title: ["Indeks TFP perusahaan", "Index of enterprise productivity"],
    question: [
        "Berapa persen satu perusahaan lebih produktif daripada rata-rata, dan daripada tahun pertama?",
        "By how many percent is an enterprise more productive than the average, and than in the first year?",
    ],
    definition: [
        "ln TFP terhadap perusahaan rata-rata periode itu (rata-rata log dan pangsa), dirantai ke periode \
         pertama; pangsa biaya dinormalkan berjumlah satu",
        "ln TFP against the average enterprise of the period (mean logs and shares), chained to the first \
         period; cost shares scaled to sum to one",
    ],
    source: "Caves, Christensen and Diewert (1982); Good, Nadiri and Sickles (1997)",
    arguments: &[
        Argument::required("output", Kind::Column, ["keluaran (bukan logaritma)", "output (not in logs)"]),
        Argument::required("inputs", Kind::Columns, ["masukan (bukan logaritma)", "inputs (not in logs)"]),
        Argument::required(
            "costs",
            Kind::Columns,
            ["biaya tiap masukan, urutan sama", "cost of each input, in the same order"],
        ),
        Argument::required("unit", Kind::Column, ["kolom perusahaan", "column with the enterprise"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
    ],
    example: "tfp-index --input docs/methods/data/workshop-years.csv --unit workshop --period year --output \
        output --inputs \"workers, machines\" --costs \"workers * wage, machines * rent\"",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let output = request.numbers("output")?;
    let (inputs, costs) = (request.columns("inputs")?, request.columns("costs")?);
    if inputs.len() != costs.len() {
        let given = request.word("costs").unwrap_or_default();
        return Err(request.bad("costs", given, &format!("{} columns", inputs.len())));
    }
    let all = inputs.iter().chain(&costs).map(|term| term.values.as_slice());
    let columns: Vec<&[f64]> = std::iter::once(output.as_slice()).chain(all).collect();
    let mut rows = request.complete(&columns)?;
    let total = |row: usize| costs.iter().map(|cost| cost.values[row]).sum::<f64>();
    // A logarithm needs something to take it of, and a share a positive total.
    rows.retain(|row| {
        let positive = |term: &Term| term.values[*row] > 0.0;
        output[*row] > 0.0
            && inputs.iter().all(positive)
            && costs.iter().all(|cost| cost.values[*row] >= 0.0)
            && total(*row) > 0.0
    });
    if rows.is_empty() {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let (units, periods) = (request.categories("unit")?, request.categories("period")?);
    let panel = Panel::of(&units, &periods, &rows)?;
    let keyed: Vec<(usize, usize, usize)> = (0..panel.units.len())
        .flat_map(|unit| (0..panel.periods.len()).map(move |period| (unit, period)))
        .filter_map(|(unit, period)| Some((panel.row(unit, period)?, unit, period)))
        .collect();
    if keyed.len() < 2 {
        let what = Saying::new("baris untuk dibandingkan", "rows to compare");
        return Err(MethodError::TooFew { what, needed: 2, found: keyed.len() });
    }
    let log = |values: &[f64]| keyed.iter().map(|(row, ..)| values[*row].ln()).collect::<Vec<f64>>();
    let share = |cost: &Term| keyed.iter().map(|(row, ..)| cost.values[*row] / total(*row)).collect();
    let data = Data {
        output: log(&output),
        inputs: inputs.iter().map(|input| log(&input.values)).collect(),
        shares: costs.iter().map(share).collect(),
        period: keyed.iter().map(|(_, _, period)| *period).collect(),
        periods: panel.periods.len(),
    };
    let found = DVector::from_vec(tfp(&data));
    let mut table = Table::new(
        "tfp",
        ["TFP", "TFP"],
        &[
            ("unit", "Unit", "Unit"),
            ("period", "Periode", "Period"),
            ("ln_tfp", "ln TFP", "ln TFP"),
            ("index", "Indeks (rata-rata periode pertama = 1)", "Index (average of the first period = 1)"),
        ],
    );
    for ((_, unit, period), value) in keyed.iter().zip(found.iter()) {
        table.push(vec![
            Cell::from(panel.units[*unit].as_str()),
            Cell::from(panel.periods[*period].as_str()),
            Cell::from(*value),
            Cell::from(value.exp()),
        ]);
    }
    let spread = if keyed.len() > 1 { found.variance().sqrt() } else { f64::NAN };
    Ok(Figures::new(keyed.len()).table(table).table(summary(vec![
        ("n", Cell::from(keyed.len())),
        ("standard_deviation_ln_tfp", Cell::from(spread)),
    ])))
}
