//! Poverty of a population below a line: headcount, gap, severity, Watts, Sen, Sen–Shorrocks–Thon.

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::dispersion::quantile::{Definition, quantiles};
use crate::survey::design::Design;
use crate::survey::estimate::{Estimate, Statistic, Variance, estimate, linearised, population};
use crate::survey::report::{Report, Sample, with_sample};

/// Whether an income exactly on the line is poor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTheLine {
    Poor,
    NotPoor,
}

/// The line: a sum, or a share of a quantile of the same incomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    Absolute(f64),
    Relative { share: f64, quantile: f64 },
}

fn is_poor(income: f64, line: f64, rule: OnTheLine) -> bool {
    income < line || income == line && rule == OnTheLine::Poor
}

/// Foster, Greer and Thorbecke: ((line − income) / line) ^ power of the poor, 0 of the others.
pub fn shortfall(income: f64, line: f64, power: f64, rule: OnTheLine) -> f64 {
    match is_poor(income, line, rule) {
        false => 0.0,
        // 0^0 is one: whoever is poor counts in the headcount, however near the line.
        true if power == 0.0 => 1.0,
        true => ((line - income) / line).powf(power),
    }
}

/// The line as a sum of money; `None` where no row has a weight.
pub fn line_of(line: Line, incomes: &[f64], weights: &[f64], inside: &[bool]) -> Option<f64> {
    match line {
        Line::Absolute(line) => Some(line),
        Line::Relative { share, quantile } => {
            let own: Vec<f64> =
                (0..weights.len()).map(|row| if inside[row] { weights[row] } else { 0.0 }).collect();
            Some(share * quantiles(incomes, &own, &[quantile], Definition::InverseEcdf)?[0])
        }
    }
}

/// The FGT measure of the rows inside. The line is that of the rows `behind`; a relative one is itself
/// estimated, and adds to the variance by the density of incomes around it.
pub fn fgt(
    incomes: &[f64],
    line: Line,
    power: f64,
    rule: OnTheLine,
    design: &Design,
    inside: &[bool],
) -> Result<Estimate, MethodError> {
    let weights = &design.weights;
    let missing = MethodError::NoRows { rows: design.rows() };
    let everyone: Vec<bool> = incomes.iter().map(|income| income.is_finite()).collect();
    let at = line_of(line, incomes, weights, &everyone).ok_or(missing)?;
    if at <= 0.0 || at.is_nan() {
        return Err(not_positive(at));
    }
    let gaps: Vec<f64> = incomes.iter().map(|income| shortfall(*income, at, power, rule)).collect();
    let mut found = estimate(Statistic::Mean(&gaps), design, inside, Variance::Linearised)?;
    if let Line::Relative { share, quantile } = line {
        let mut influence = Statistic::Mean(&gaps).influence(found.value, weights, inside);
        let slope = slope(incomes, at, power, rule, weights, inside);
        let middle = at / share;
        let (size, density) = (population(weights, &everyone), density(incomes, middle, weights, &everyone));
        for (row, influence) in influence.iter_mut().enumerate().filter(|(row, _)| everyone[*row]) {
            let below = f64::from(u8::from(incomes[row] <= middle));
            *influence -= slope * share * (below - quantile) / (density * size);
        }
        found.standard_error = linearised(design, influence)?;
        found.design_effect = None;
    }
    Ok(found)
}

pub(crate) fn not_positive(line: f64) -> MethodError {
    MethodError::Impossible(Saying::new(
        format!("garis kemiskinan {line} tidak dapat dipakai; berikan jumlah di atas nol"),
        format!("a poverty line of {line} cannot be used; give an amount above zero"),
    ))
}

/// How the measure moves with the line.
fn slope(incomes: &[f64], at: f64, power: f64, rule: OnTheLine, weights: &[f64], inside: &[bool]) -> f64 {
    if power == 0.0 {
        return density(incomes, at, weights, inside);
    }
    let of = |income: f64| match is_poor(income, at, rule) {
        true => power * ((at - income) / at).powf(power - 1.0) * income / (at * at),
        false => 0.0,
    };
    let slopes: Vec<f64> = incomes.iter().map(|income| of(*income)).collect();
    Statistic::Mean(&slopes).value(weights, inside).unwrap_or(f64::NAN)
}

/// The density of incomes at a point: normal kernel, bandwidth standard deviation × population ^ −0.2.
fn density(incomes: &[f64], at: f64, weights: &[f64], inside: &[bool]) -> f64 {
    let size = population(weights, inside);
    let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
        (0..weights.len()).filter(|row| inside[*row]).map(|row| weights[row] * of(incomes[row])).sum()
    };
    let mean = sum(&|income| income) / size;
    let spread = (sum(&|income| (income - mean).powi(2)) / size).sqrt();
    let width = spread * size.powf(-0.2);
    let root = (2.0 * std::f64::consts::PI).sqrt();
    sum(&|income| (-((at - income) / width).powi(2) / 2.0).exp() / root) / (size * width)
}

/// The Watts measure: the mean of ln(line / income) of the poor; incomes must be above zero.
pub fn watts(
    incomes: &[f64],
    line: f64,
    rule: OnTheLine,
    design: &Design,
    inside: &[bool],
) -> Result<Estimate, MethodError> {
    let of = |income: f64| if is_poor(income, line, rule) { (line / income).ln() } else { 0.0 };
    let logs: Vec<f64> = incomes.iter().map(|income| of(*income)).collect();
    estimate(Statistic::Mean(&logs), design, inside, Variance::Linearised)
}

/// Measures that also look at how unequal the poor are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unequal {
    pub headcount: f64,
    /// The mean gap of the poor alone.
    pub gap_of_the_poor: f64,
    /// The Gini coefficient of the incomes of the poor.
    pub gini_of_the_poor: f64,
    /// P0·Gp + P1·(1 − Gp).
    pub sen: f64,
    /// P0 · gap of the poor · (1 + Gini of all gaps).
    pub sen_shorrocks_thon: f64,
}

/// Sen and Sen–Shorrocks–Thon; `None` where there is nobody.
pub fn unequal(incomes: &[f64], line: f64, rule: OnTheLine, weights: &[f64]) -> Option<Unequal> {
    let size: f64 = weights.iter().sum();
    let gaps: Vec<f64> = incomes.iter().map(|income| shortfall(*income, line, 1.0, rule)).collect();
    let own: Vec<f64> = incomes
        .iter()
        .zip(weights)
        .map(|(income, weight)| if is_poor(*income, line, rule) { *weight } else { 0.0 })
        .collect();
    if size <= 0.0 {
        return None;
    }
    let poor: f64 = own.iter().sum();
    let headcount = poor / size;
    let gap = gaps.iter().zip(weights).map(|(gap, weight)| gap * weight).sum::<f64>() / size;
    let gini_of_the_poor = gini(incomes, &own).unwrap_or(0.0);
    let gap_of_the_poor = if poor > 0.0 { gap / headcount } else { 0.0 };
    let sen_shorrocks_thon = gap * (1.0 + gini(&gaps, weights).unwrap_or(0.0));
    let sen = headcount * gini_of_the_poor + gap * (1.0 - gini_of_the_poor);
    Some(Unequal { headcount, gap_of_the_poor, gini_of_the_poor, sen, sen_shorrocks_thon })
}

/// Half the mean difference over the mean, of a population: no correction for small samples.
fn gini(values: &[f64], weights: &[f64]) -> Option<f64> {
    let mut rows: Vec<usize> = (0..values.len()).filter(|row| weights[*row] > 0.0).collect();
    rows.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let size: f64 = rows.iter().map(|row| weights[*row]).sum();
    let total: f64 = rows.iter().map(|row| weights[*row] * values[*row]).sum();
    let mut upto = 0.0;
    let mut sum = 0.0;
    for row in rows {
        sum += weights[row] * values[row] * (2.0 * upto + weights[row]);
        upto += weights[row];
    }
    (total > 0.0).then(|| sum / (size * total) - 1.0)
}

pub(super) const INCOME: Argument = Argument::required(
    "income",
    Kind::Column,
    ["pengeluaran atau pendapatan per orang", "expenditure or income per person"],
);
pub(super) const ON_THE_LINE: Argument = Argument::optional(
    "on-the-line",
    Kind::Choice(&["not-poor", "poor"]),
    ["yang tepat pada garis", "whoever is exactly on the line"],
);

pub(super) fn on_the_line(request: &Request<'_>) -> Result<OnTheLine, MethodError> {
    Ok(if request.choice("on-the-line")? == "poor" { OnTheLine::Poor } else { OnTheLine::NotPoor })
}

pub(crate) static METHOD: Method = Method {
    id: "poverty",
    group: Group::Poverty,
    title: ["Kemiskinan", "Poverty"],
    question: [
        "Berapa banyak orang di bawah garis kemiskinan, seberapa dalam, dan seberapa parah?",
        "How many are below the poverty line, how far, and how unequally?",
    ],
    definition: [
        "FGT: P0, P1, P2 dengan y < garis; Watts, Sen, Sen-Shorrocks-Thon; galat baku linearisasi; garis relatif: \
         bagian dari kuantil (F(x) >= p), ragamnya ikut dihitung",
        "FGT: P0, P1, P2 with y < line; Watts, Sen, Sen-Shorrocks-Thon; linearised standard errors; a relative \
         line is a share of a quantile (F(x) >= p) whose variance is counted too",
    ],
    source: "Foster, Greer and Thorbecke (1984); Haughton and Khandker (2009), ch. 4; Deville (1999)",
    arguments: &with_sample::<5, 14>([
        INCOME,
        Argument::optional("line", Kind::Number(None), ["garis kemiskinan", "the poverty line"]),
        Argument::optional(
            "relative",
            Kind::Number(None),
            ["garis sebagai bagian dari kuantil, mis. 0.6", "the line as a share of a quantile, such as 0.6"],
        ),
        Argument::optional(
            "quantile",
            Kind::Number(Some(0.5)),
            ["kuantil garis relatif", "quantile of the relative line"],
        ),
        ON_THE_LINE,
    ]),
    example: "poverty --input docs/methods/data/households.csv --income expenditure --line 450 --weight weight \
              --cluster village",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let line = match (request.number("line")?, request.number("relative")?) {
        (Some(line), None) if line > 0.0 => Line::Absolute(line),
        (Some(line), None) => return Err(not_positive(line)),
        (None, Some(share)) if share > 0.0 => {
            let quantile = request.number("quantile")?.unwrap_or(0.5);
            if !(0.0..=1.0).contains(&quantile) {
                return Err(request.bad("quantile", &quantile.to_string(), "0 … 1"));
            }
            Line::Relative { share, quantile }
        }
        _ => return Err(request.bad("line", "", "--line 450000 | --relative 0.6")),
    };
    let rule = on_the_line(request)?;
    let incomes = request.numbers("income")?;
    let sample = Sample::read(request)?;
    if request.choice("variance")? != "taylor" {
        return Err(request.bad("variance", request.choice("variance")?, "taylor"));
    }
    let incomes = sample.pick(&incomes);
    let mut report = Report::new(&sample);
    for (name, power) in [("P0", 0.0), ("P1", 1.0), ("P2", 2.0)] {
        report.add(name, &incomes, |inside, _| fgt(&incomes, line, power, rule, &sample.design, inside))?;
    }
    let known: Vec<bool> = incomes.iter().map(|income| income.is_finite()).collect();
    let missing = MethodError::NoRows { rows: request.rows() };
    let at = line_of(line, &incomes, &sample.design.weights, &known).ok_or(missing)?;
    let without = incomes.iter().filter(|income| **income <= 0.0).count();
    if without == 0 {
        report.add("Watts", &incomes, |inside, _| watts(&incomes, at, rule, &sample.design, inside))?;
    }
    let mut figures = report.figures()?.table(inequality(&incomes, at, rule, &sample.design.weights));
    if without > 0 {
        figures = figures.warn(
            format!("{without} baris tanpa pendapatan di atas nol: ukuran Watts tidak terdefinisi"),
            format!("{without} rows without an income above zero: the Watts measure is undefined"),
        );
    }
    Ok(figures.note(format!("garis kemiskinan {at}"), format!("poverty line {at}")))
}

fn inequality(incomes: &[f64], line: f64, rule: OnTheLine, weights: &[f64]) -> Table {
    let rows = || (0..incomes.len()).filter(|row| incomes[*row].is_finite());
    let (known, own): (Vec<f64>, Vec<f64>) = rows().map(|row| (incomes[row], weights[row])).unzip();
    let mut table = Table::new(
        "inequality",
        ["Kemiskinan dan ketimpangan di antara yang miskin", "Poverty and inequality among the poor"],
        &[
            ("headcount", "P0", "P0"),
            ("gap_of_the_poor", "Kedalaman rata-rata yang miskin", "Mean gap of the poor"),
            ("gini_of_the_poor", "Gini yang miskin", "Gini of the poor"),
            ("sen", "Sen", "Sen"),
            ("sen_shorrocks_thon", "Sen–Shorrocks–Thon", "Sen–Shorrocks–Thon"),
        ],
    );
    let found = unequal(&known, line, rule, &own);
    let cell = |of: fn(&Unequal) -> f64| Cell::from(found.as_ref().map(of));
    table.push(vec![
        cell(|found| found.headcount),
        cell(|found| found.gap_of_the_poor),
        cell(|found| found.gini_of_the_poor),
        cell(|found| found.sen),
        cell(|found| found.sen_shorrocks_thon),
    ]);
    table
}
