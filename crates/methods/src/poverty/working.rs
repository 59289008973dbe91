//! Working poverty: people at work whose household is below an international line, converted by purchasing
//! power.

use super::measures::Line;
use super::measures::{INCOME, ON_THE_LINE, OnTheLine, fgt, not_positive, on_the_line};
use crate::bench::{Argument, Figures, Group, Kind, Method, MethodError, Request};
use crate::survey::report::{Report, Sample, with_sample};

/// Days in a month, by which a daily line becomes a monthly one.
const DAYS: f64 = 365.25 / 12.0;

/// A line in dollars of a price year as local currency per month at the prices of the survey.
///
/// The rate is that of purchasing power for household consumption, never a market rate: with a market rate
/// the line of Indonesia comes out more than twice too high.
pub fn monthly_line(dollars_per_day: f64, ppp: f64, price_index: f64) -> f64 {
    dollars_per_day * ppp * price_index * DAYS
}

pub(crate) static METHOD: Method = Method {
    id: "working-poverty",
    group: Group::Poverty,
    title: ["Pekerja miskin", "Working poverty"],
    question: [
        "Berapa bagian orang bekerja yang rumah tangganya di bawah garis kemiskinan internasional?",
        "What share of people at work live in households below the international poverty line?",
    ],
    definition: [
        "Orang bekerja di rumah tangga di bawah garis / orang bekerja (SDG 1.1.1); garis = dolar per hari × PPP \
         konsumsi rumah tangga × indeks harga × 30,4375 hari",
        "Employed in households below the line / employed (SDG 1.1.1); line = dollars a day × PPP of household \
         consumption × price index × 30.4375 days",
    ],
    source: "SDG indicator 1.1.1 metadata (World Bank, ILO)",
    arguments: &with_sample::<6, 15>([
        INCOME,
        Argument::required("employed", Kind::Column, ["bekerja: 1, tidak: 0", "employed: 1, not: 0"]),
        Argument::optional(
            "dollars",
            Kind::Number(Some(2.15)),
            ["garis dalam dolar PPP per orang per hari", "the line in PPP dollars a person a day"],
        ),
        Argument::required(
            "ppp",
            Kind::Number(None),
            [
                "rupiah per dolar PPP konsumsi rumah tangga, tahun harga garis",
                "rupiah per PPP dollar of household consumption, price year of the line",
            ],
        ),
        Argument::optional(
            "price-index",
            Kind::Number(Some(1.0)),
            [
                "indeks harga konsumen survei terhadap tahun harga garis",
                "consumer prices of the survey over those of the line's price year",
            ],
        ),
        ON_THE_LINE,
    ]),
    example: "working-poverty --input docs/methods/data/households.csv --income \"expenditure * 1000\" \
              --employed employed --dollars 2.15 --ppp 5239 --weight weight --cluster village",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let number = |name: &str, default: f64| Ok(request.number(name)?.unwrap_or(default));
    let (dollars, ppp, prices) = (number("dollars", 2.15)?, number("ppp", 0.0)?, number("price-index", 1.0)?);
    let line = monthly_line(dollars, ppp, prices);
    if line <= 0.0 || !line.is_finite() {
        return Err(not_positive(line));
    }
    let rule: OnTheLine = on_the_line(request)?;
    let (incomes, employed) = (request.numbers("income")?, request.numbers("employed")?);
    let sample = Sample::read(request)?;
    let (incomes, employed) = (sample.pick(&incomes), sample.pick(&employed));
    // Whoever is not at work, or of whom it is not known, is outside.
    let at_work: Vec<f64> = incomes
        .iter()
        .zip(&employed)
        .map(|(income, employed)| if *employed == 1.0 { *income } else { f64::NAN })
        .collect();
    let mut report = Report::new(&sample);
    for (name, power) in [("P0", 0.0), ("P1", 1.0)] {
        report.add(name, &at_work, |inside, _| {
            fgt(&incomes, Line::Absolute(line), power, rule, &sample.design, inside)
        })?;
    }
    Ok(report.figures()?.note(
        format!("garis per orang per bulan: {line:.2} (mata uang dan harga survei)"),
        format!("line per person per month: {line:.2} (currency and prices of the survey)"),
    ))
}
