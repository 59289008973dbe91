//! Domar aggregation: productivity of industries into productivity of the economy.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// An industry between two periods: nominal gross output at both ends and growth of its productivity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Industry {
    pub old_output: f64,
    pub output: f64,
    pub productivity: f64,
}

/// What each industry adds: mean of output over aggregate value added at both ends, times growth of
/// productivity. The weights sum to more than one, because industries also sell to each other.
pub fn domar(industries: &[Industry], old_value_added: f64, value_added: f64) -> Vec<f64> {
    let weight = |one: &Industry| (one.old_output / old_value_added + one.output / value_added) / 2.0;
    industries.iter().map(|one| weight(one) * one.productivity).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "domar",
    group: Group::GrowthAccounting,
    title: ["Agregasi Domar", "Domar aggregation"],
    question: [
        "Lapangan usaha mana yang menaikkan produktivitas seluruh perekonomian?",
        "Which industries raised the productivity of the whole economy?",
    ],
    definition: [
        "Bobot = output bruto nominal dibagi nilai tambah seluruh perekonomian, rata-rata dua periode",
        "Weight = nominal gross output over value added of the whole economy, mean of two periods",
    ],
    source: "Domar (1961), Economic Journal 71; Hulten (1978), Review of Economic Studies 45",
    arguments: &[
        Argument::required("unit", Kind::Column, ["kolom lapangan usaha", "column with the industry"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("output", Kind::Column, ["output bruto nominal", "nominal gross output"]),
        Argument::required(
            "value-added",
            Kind::Column,
            ["nilai tambah nominal lapangan usaha", "nominal value added of the industry"],
        ),
        Argument::required(
            "productivity",
            Kind::Column,
            ["pertumbuhan TFP sejak periode sebelumnya", "growth of TFP since the period before"],
        ),
    ],
    example: "domar --input docs/methods/data/sectors.csv --unit sector --period year --output output \
     --value-added nominal_value_added --productivity tfp_growth",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (output, added) = (request.numbers("output")?, request.numbers("value-added")?);
    let productivity = request.numbers("productivity")?;
    // The first period has no growth; its weights are needed all the same.
    let rows = request.complete(&[&output, &added])?;
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &rows)?;
    if panel.periods.len() < 2 {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 2, found: panel.periods.len() });
    }
    let mut columns = vec![
        ("period", "Periode", "Period"),
        ("aggregate", "Seluruhnya", "Aggregate"),
        ("weights", "Jumlah bobot", "Sum of weights"),
    ];
    columns.extend(panel.units.iter().map(|unit| (unit.as_str(), unit.as_str(), unit.as_str())));
    let mut table =
        Table::new("domar", ["Sumbangan pada TFP seluruhnya", "Contributions to aggregate TFP"], &columns);
    for at in 1..panel.periods.len() {
        let mut row = vec![Cell::from(panel.periods[at].as_str())];
        match step(&panel, at, &output, &added, &productivity) {
            Ok((weights, parts)) => {
                row.push(sum(parts.iter().copied()).into());
                row.push(weights.into());
                row.extend(parts.iter().map(|part| Cell::from(*part)));
            }
            Err(error) => row.extend((1..table.columns.len()).map(|_| Cell::Absent(error.text()))),
        }
        table.push(row);
    }
    Ok(Figures::new(panel.used).table(table))
}

fn step(
    panel: &Panel,
    at: usize,
    output: &[f64],
    added: &[f64],
    productivity: &[f64],
) -> Result<(f64, Vec<f64>), MethodError> {
    let units = 0..panel.units.len();
    let total = |at: usize| sum(units.clone().map(|unit| panel.value(added, unit, at)));
    let (before, now) = (total(at - 1), total(at));
    let industries: Vec<Industry> = units
        .clone()
        .map(|unit| Industry {
            old_output: panel.value(output, unit, at - 1),
            output: panel.value(output, unit, at),
            productivity: panel.value(productivity, unit, at),
        })
        .collect();
    if let Some(unit) = industries
        .iter()
        .position(|one| [one.old_output, one.output, one.productivity].iter().any(|value| !value.is_finite()))
    {
        let unit = &panel.units[unit];
        return Err(MethodError::Impossible(Saying::new(
            format!("`{unit}` tidak punya output atau pertumbuhan TFP; jumlahnya tidak lengkap"),
            format!("`{unit}` has no output or growth of TFP; the sum would be incomplete"),
        )));
    }
    if !(before > 0.0 && now > 0.0) {
        return Err(MethodError::Impossible(Saying::new(
            "nilai tambah seluruh perekonomian harus di atas nol",
            "value added of the whole economy must be above zero",
        )));
    }
    let weights = sum(industries.iter().map(|one| (one.old_output / before + one.output / now) / 2.0));
    Ok((weights, domar(&industries, before, now)))
}
