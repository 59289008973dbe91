//! The perpetual inventory: what is left of past investment.

use crate::bench::{
    Argument, Categories, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// How an asset loses its use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pattern {
    /// The same share every year; with `mid_year` new assets lose half a year's share in their first.
    Geometric { rate: f64, mid_year: bool },
    /// (T - a) / (T - b a) after a years of a service life T, nothing after; b = 0 is a straight line, 1 one-
    /// hoss shay.
    Hyperbolic { life: usize, shape: f64 },
}

/// What was there before the first year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// A known stock at the beginning of the first year; an inventory by ages cannot use it.
    Stock(f64),
    /// Investment grew at this rate before the first year.
    Growth(f64),
    /// Nothing is known: an inventory by ages is complete only after a service life.
    Unknown,
}

/// Efficiency of an asset of an age.
pub fn efficiency(life: usize, shape: f64, age: usize) -> f64 {
    if age >= life {
        return 0.0;
    }
    let (life, age) = (life as f64, age as f64);
    (life - age) / (life - shape * age)
}

/// Stocks at the end of each year, from real investment of consecutive years. `None`: not yet complete.
pub fn stocks(investment: &[f64], pattern: Pattern, start: Start) -> Result<Vec<Option<f64>>, MethodError> {
    match pattern {
        Pattern::Geometric { rate, mid_year } => {
            let opening = match start {
                Start::Stock(stock) => stock,
                Start::Growth(growth) if growth + rate > 0.0 => {
                    investment.first().copied().unwrap_or(0.0) / (growth + rate)
                }
                Start::Growth(_) => return Err(no_start()),
                Start::Unknown => {
                    return Err(MethodError::Impossible(Saying::new(
                        "stok awal tidak diketahui; berikan --initial atau --growth",
                        "the first stock is unknown; give --initial or --growth",
                    )));
                }
            };
            let kept = if mid_year { 1.0 - rate / 2.0 } else { 1.0 };
            let mut stock = opening;
            Ok(investment
                .iter()
                .map(|added| {
                    stock = (1.0 - rate) * stock + kept * added;
                    Some(stock)
                })
                .collect())
        }
        Pattern::Hyperbolic { life, shape } => {
            let before = |years: usize| match start {
                Start::Growth(growth) => Some(investment[0] / (1.0 + growth).powi(years as i32)),
                _ => None,
            };
            let of = |at: usize, age: usize| {
                let added = if age <= at { Some(investment[at - age]) } else { before(age - at) };
                added.map(|added| efficiency(life, shape, age) * added)
            };
            let stock = |at: usize| (0..life).map(|age| of(at, age)).collect::<Option<Vec<f64>>>().map(sum);
            Ok((0..investment.len()).map(stock).collect())
        }
    }
}

fn no_start() -> MethodError {
    MethodError::Impossible(Saying::new(
        "laju pertumbuhan ditambah penyusutan harus di atas nol",
        "growth plus depreciation must be above zero",
    ))
}

/// The mean yearly growth of investment, by its first and last year; `None` if one of them is not above zero.
pub fn mean_growth(investment: &[f64]) -> Option<f64> {
    let (first, last) = (*investment.first()?, *investment.last()?);
    let years = (investment.len() - 1) as f64;
    (years > 0.0 && first > 0.0 && last > 0.0).then(|| ((last.ln() - first.ln()) / years).exp_m1())
}

pub(crate) static METHOD: Method = Method {
    id: "perpetual-inventory",
    group: Group::GrowthAccounting,
    title: ["Inventori perpetual", "Perpetual inventory"],
    question: [
        "Berapa stok modal bila yang diketahui hanya investasi tiap tahun?",
        "How large is the capital stock when only yearly investment is known?",
    ],
    definition: [
        "Geometrik: K = (1 − δ)K₋₁ + I; stok pembuka tahun pertama I₀/(g + δ), g = pertumbuhan \
         rata-rata investasi kecuali diberikan",
        "Geometric: K = (1 − δ)K₋₁ + I; opening stock of the first year I₀/(g + δ), g = mean growth \
         of investment unless given",
    ],
    source: "OECD (2009), Measuring Capital; Harberger (1978); BLS Handbook of Methods (hyperbolic \
     efficiency)",
    arguments: &[
        Argument::required("period", Kind::Column, ["kolom tahun", "column with the year"]),
        Argument::required("investment", Kind::Column, ["investasi riil", "real investment"]),
        Argument::optional(
            "pattern",
            Kind::Choice(&["geometric", "mid-year", "hyperbolic"]),
            ["pola penyusutan", "pattern of depreciation"],
        ),
        Argument::optional(
            "rate",
            Kind::Number(Some(0.05)),
            ["tingkat penyusutan δ setahun", "yearly rate of depreciation δ"],
        ),
        Argument::optional(
            "life",
            Kind::Count(None),
            ["umur pakai dalam tahun (hiperbolik)", "service life in years (hyperbolic)"],
        ),
        Argument::optional(
            "shape",
            Kind::Number(Some(0.5)),
            [
                "b: 0,5 peralatan, 0,75 bangunan (hiperbolik)",
                "b: 0.5 equipment, 0.75 structures (hyperbolic)",
            ],
        ),
        Argument::optional(
            "initial",
            Kind::Number(None),
            ["stok pada awal tahun pertama", "stock at the beginning of the first year"],
        ),
        Argument::optional(
            "growth",
            Kind::Number(None),
            ["pertumbuhan investasi sebelum tahun pertama", "growth of investment before the first year"],
        ),
    ],
    example: "perpetual-inventory --input docs/methods/data/economy.csv --period year --investment \
     investment --rate 0.06",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let column = request.numbers("investment")?;
    let rows = request.complete(&[&column])?;
    let one = Categories::of((0..request.rows()).map(|_| Some("-")));
    let panel = Panel::of(&one, &request.categories("period")?, &rows)?;
    gapless(&panel.periods)?;
    let investment: Vec<f64> = (0..panel.periods.len()).map(|at| panel.value(&column, 0, at)).collect();
    let rate = request.number("rate")?.unwrap_or(0.05);
    if !(0.0..=1.0).contains(&rate) {
        return Err(request.bad("rate", &rate.to_string(), "0 … 1"));
    }
    let word = request.choice("pattern")?;
    let pattern = if word == "hyperbolic" {
        let life = request.count("life")?.filter(|life| (1..=500).contains(life));
        let Some(life) = life else {
            return Err(request.bad("life", request.word("life").unwrap_or("-"), "1 … 500"));
        };
        let shape = request.number("shape")?.unwrap_or(0.5);
        if !(shape < 1.0 || shape == 1.0) || shape < 0.0 {
            return Err(request.bad("shape", &shape.to_string(), "0 … 1"));
        }
        Pattern::Hyperbolic { life: life as usize, shape }
    } else {
        Pattern::Geometric { rate, mid_year: word == "mid-year" }
    };
    let (mut figures, start) = start(request, &investment, pattern, panel.used)?;
    let found = stocks(&investment, pattern, start)?;
    let mut table = Table::new(
        "stocks",
        ["Stok modal akhir tahun", "Capital stock at the end of the year"],
        &[("period", "Tahun", "Year"), ("investment", "Investasi", "Investment"), ("stock", "Stok", "Stock")],
    );
    for ((period, added), stock) in panel.periods.iter().zip(&investment).zip(found) {
        let stock = stock.map_or_else(incomplete, Cell::from);
        table.push(vec![period.as_str().into(), (*added).into(), stock]);
    }
    figures.tables.push(table);
    Ok(figures)
}

fn incomplete() -> Cell {
    Cell::Absent(domain::language::Text::new(
        "investasi satu umur pakai ke belakang belum lengkap; berikan --growth",
        "investment of a full service life is not known yet; give --growth",
    ))
}

fn start(
    request: &Request<'_>,
    investment: &[f64],
    pattern: Pattern,
    used: usize,
) -> Result<(Figures, Start), MethodError> {
    let figures = Figures::new(used);
    let hyperbolic = matches!(pattern, Pattern::Hyperbolic { .. });
    if let Some(stock) = request.number("initial")? {
        if hyperbolic {
            return Err(request.bad("initial", &stock.to_string(), "--growth (--pattern hyperbolic)"));
        }
        return Ok((figures, Start::Stock(stock)));
    }
    if let Some(growth) = request.number("growth")? {
        if growth <= -1.0 {
            return Err(request.bad("growth", &growth.to_string(), "> -1"));
        }
        return Ok((figures, Start::Growth(growth)));
    }
    if hyperbolic {
        return Ok((figures, Start::Unknown));
    }
    let growth = mean_growth(investment).ok_or_else(|| {
        MethodError::Impossible(Saying::new(
            "pertumbuhan investasi tidak dapat ditaksir; berikan --initial atau --growth",
            "the growth of investment cannot be estimated; give --initial or --growth",
        ))
    })?;
    let percent = 100.0 * growth;
    let figures = figures.warn(
        format!(
            "stok awal ditaksir dengan pertumbuhan investasi {percent:.2} % setahun; tahun-tahun pertama \
         bergantung padanya"
        ),
        format!(
            "the first stock is estimated with investment growing {percent:.2} % a year; the first years \
         depend on it"
        ),
    );
    Ok((figures, Start::Growth(growth)))
}

/// An inventory needs every year between the first and the last.
fn gapless(periods: &[String]) -> Result<(), MethodError> {
    let years: Option<Vec<f64>> = periods.iter().map(|period| period.trim().parse().ok()).collect();
    let Some(years) = years else { return Ok(()) };
    match years.windows(2).find(|pair| pair[1] - pair[0] != 1.0) {
        None => Ok(()),
        Some(pair) => Err(MethodError::Impossible(Saying::new(
            format!("tahun antara {} dan {} tidak ada; inventori memerlukan setiap tahun", pair[0], pair[1]),
            format!("years between {} and {} are missing; an inventory needs every year", pair[0], pair[1]),
        ))),
    }
}
