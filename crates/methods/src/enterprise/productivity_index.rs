//! The index of a productivity ratio: how far it is from the base period.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// `100 × ratio / ratio of the base`; `None` where one of them is not above zero.
pub fn index(numerators: &[f64], denominators: &[f64], base: usize) -> Vec<Option<f64>> {
    let ratio = |at: usize| (denominators[at] > 0.0).then(|| numerators[at] / denominators[at]);
    let reference = ratio(base).filter(|ratio| *ratio > 0.0 && ratio.is_finite());
    (0..numerators.len()).map(|at| Some(100.0 * ratio(at)? / reference?)).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "productivity-index",
    group: Group::Enterprise,
    title: ["Indeks produktivitas", "Productivity index"],
    question: [
        "Berapa persen produktivitas berubah sejak tahun dasar?",
        "By how many percent has productivity changed since the base year?",
    ],
    definition: [
        "100 × (jumlah pembilang ÷ jumlah penyebut) periode ini ÷ rasio yang sama pada periode \
         dasar; dengan --unit, tiap usaha tersendiri",
        "100 × (sum of numerators ÷ sum of denominators) of the period ÷ the same ratio in the base \
         period; with --unit, each enterprise apart",
    ],
    source: "APO, Productivity Measurement; MPC, Productivity Gain Measurement",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required(
            "numerator",
            Kind::Column,
            ["pembilang: nilai tambah atau output riil", "numerator: real value added or output"],
        ),
        Argument::required(
            "denominator",
            Kind::Column,
            ["penyebut: tenaga kerja, jam, modal", "denominator: workers, hours, capital"],
        ),
        Argument::optional("unit", Kind::Column, ["kolom usaha", "column with the enterprise"]),
        Argument::optional(
            "base",
            Kind::Word,
            ["periode dasar; bila kosong, yang pertama", "base period; the first if empty"],
        ),
        Argument::WEIGHT,
    ],
    example: "productivity-index --input docs/methods/data/enterprises.csv --period year --numerator \
     real_value_added --denominator workers --weight weight",
    run: figures,
};

const COLUMNS: &[(&str, &str, &str)] = &[
    ("unit", "Usaha", "Unit"),
    ("period", "Periode", "Period"),
    ("n", "n", "n"),
    ("ratio", "Rasio", "Ratio"),
    ("index", "Indeks", "Index"),
];

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (over, under, weights) =
        (request.numbers("numerator")?, request.numbers("denominator")?, request.weights()?);
    let rows = request.complete(&[&over, &under, &weights])?;
    let categories = request.categories("period")?;
    let periods = crate::panel::periods(&categories, &rows);
    let base = match request.word("base") {
        None => 0,
        Some(name) => periods
            .iter()
            .position(|period| period == name)
            .ok_or_else(|| request.bad("base", name, &periods.join(" | ")))?,
    };
    if periods.is_empty() {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 1, found: 0 });
    }
    let mut table = Table::new("index", METHOD.title, COLUMNS);
    let mut add = |unit: &str, sums: &[(f64, f64, usize)]| {
        let (over, under): (Vec<f64>, Vec<f64>) = sums.iter().map(|sums| (sums.0, sums.1)).unzip();
        for ((period, sums), index) in periods.iter().zip(sums).zip(index(&over, &under, base)) {
            let absent = || Cell::Absent(domain::language::Text::new("tidak ada data", "no data"));
            let ratio = if sums.1 > 0.0 { Cell::from(sums.0 / sums.1) } else { absent() };
            table.push(vec![
                unit.into(),
                period.as_str().into(),
                sums.2.into(),
                ratio,
                index.map_or_else(absent, Cell::from),
            ]);
        }
    };
    let used = match request.optional_categories("unit")? {
        None => {
            let inside = |period: &str| {
                rows.iter().copied().filter(|row| categories.word(*row) == Some(period)).collect()
            };
            let sums: Vec<(f64, f64, usize)> = periods
                .iter()
                .map(|period| {
                    let inside: Vec<usize> = inside(period);
                    let total = |column: &[f64]| sum(inside.iter().map(|row| weights[*row] * column[*row]));
                    (total(&over), total(&under), inside.len())
                })
                .collect();
            add("Σ", &sums);
            sums.iter().map(|sums| sums.2).sum()
        }
        Some(units) => {
            let panel = Panel::of(&units, &categories, &rows)?;
            for (unit, name) in panel.units.iter().enumerate() {
                let known = |at: usize| usize::from(panel.row(unit, at).is_some());
                let of = |column: &[f64], at: usize| panel.value(column, unit, at);
                let sums: Vec<_> =
                    (0..periods.len()).map(|at| (of(&over, at), of(&under, at), known(at))).collect();
                add(name, &sums);
            }
            panel.used
        }
    };
    Ok(Figures::new(used).table(table))
}
