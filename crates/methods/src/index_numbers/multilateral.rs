//! Multilateral indices: comparisons between many situations that agree with each other, whichever is the
//! base.

use nalgebra::{DMatrix, DVector};

use super::bilateral::{FORMULAS, Formula};
use super::situations::Situations;
use super::splice::{self, Splice};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::linear::solve;
use crate::numerics::summation::sum;

/// How many situations are compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multilateral {
    /// Gini, Éltető–Köves and Szulc: the mean of all detours, on a bilateral formula.
    Geks(Formula),
    /// Caves, Christensen and Diewert (1982): Törnqvist against the average situation.
    Ccd,
    /// Geary and Khamis: average prices and purchasing powers that determine each other.
    GearyKhamis,
    /// The time-product dummy regression weighted by expenditure shares.
    TimeProductDummy,
}

/// Price indices of all situations, with 1 in the first.
pub fn compare(situations: &Situations, by: Multilateral) -> Result<Vec<f64>, MethodError> {
    let logs = match by {
        Multilateral::Geks(formula) => geks(situations, formula)?,
        Multilateral::Ccd => ccd(situations)?,
        Multilateral::GearyKhamis => geary_khamis(situations)?,
        Multilateral::TimeProductDummy => time_product_dummy(situations)?,
    };
    Ok(logs.iter().map(|log| (log - logs[0]).exp()).collect())
}

fn geks(situations: &Situations, formula: Formula) -> Result<Vec<f64>, MethodError> {
    let count = situations.len();
    let mut logs = vec![vec![0.0; count]; count];
    for from in 0..count {
        for to in 0..count {
            if from != to {
                logs[from][to] = situations.index(formula, false, from, to)?.ln();
            }
        }
    }
    let detours = |to: usize| sum((0..count).map(|over| logs[0][over] + logs[over][to])) / count as f64;
    Ok((0..count).map(detours).collect())
}

fn ccd(situations: &Situations) -> Result<Vec<f64>, MethodError> {
    let (count, items) = (situations.len(), situations.items.len());
    for (at, prices) in situations.prices.iter().enumerate() {
        if let Some(item) = prices.iter().position(|price| price.is_nan()) {
            let (item, name) = (&situations.items[item], &situations.names[at]);
            return Err(MethodError::Impossible(Saying::new(
                format!("harga `{item}` tidak ada pada {name}; pakai --method geks --formula tornqvist"),
                format!("`{item}` has no price in {name}; use --method geks --formula tornqvist"),
            )));
        }
    }
    let shares: Vec<Vec<f64>> = (0..count).map(|at| shares(situations, at)).collect::<Result<_, _>>()?;
    let average = |of: &dyn Fn(usize) -> f64| sum((0..count).map(of)) / count as f64;
    let mean_share: Vec<f64> = (0..items).map(|item| average(&|at| shares[at][item])).collect();
    let mean_log: Vec<f64> = (0..items).map(|item| average(&|at| situations.prices[at][item].ln())).collect();
    let level = |at: usize| {
        sum((0..items).map(|item| {
            (shares[at][item] + mean_share[item]) / 2.0 * (situations.prices[at][item].ln() - mean_log[item])
        }))
    };
    Ok((0..count).map(level).collect())
}

fn shares(situations: &Situations, at: usize) -> Result<Vec<f64>, MethodError> {
    let values = situations.values(at);
    let total = sum(values.iter().copied());
    if total > 0.0 && total.is_finite() {
        return Ok(values.iter().map(|value| value / total).collect());
    }
    let name = &situations.names[at];
    Err(MethodError::Impossible(Saying::new(
        format!("nilai total pada {name} harus di atas nol dan berhingga"),
        format!("the total value in {name} must be above zero and finite"),
    )))
}

/// With x the reciprocal price levels: V_t x_t = Σ_s A_ts x_s, A_ts = Σ_i (q_it / q_i) p_is q_is, and x_0 =
/// 1.
fn geary_khamis(situations: &Situations) -> Result<Vec<f64>, MethodError> {
    let count = situations.len();
    let values: Vec<Vec<f64>> = (0..count).map(|at| situations.values(at)).collect();
    let known = |quantity: f64| if quantity.is_nan() { 0.0 } else { quantity };
    let total: Vec<f64> = (0..situations.items.len())
        .map(|item| sum((0..count).map(|at| known(situations.quantities[at][item]))))
        .collect();
    let flow = |to: usize, from: usize| {
        sum((0..total.len())
            .filter(|item| total[*item] > 0.0)
            .map(|item| known(situations.quantities[to][item]) / total[item] * values[from][item]))
    };
    let mut matrix = DMatrix::zeros(count - 1, count - 1);
    let mut right = DVector::zeros(count - 1);
    for to in 1..count {
        let own = sum(values[to].iter().copied());
        for from in 1..count {
            matrix[(to - 1, from - 1)] = (f64::from(u8::from(to == from)) * own - flow(to, from)) / own;
        }
        right[to - 1] = flow(to, 0) / own;
    }
    let solved = solve(matrix, &right).ok_or_else(disconnected)?;
    if solved.iter().any(|value| *value <= 0.0 || !value.is_finite()) {
        return Err(disconnected());
    }
    Ok(std::iter::once(0.0).chain(solved.iter().map(|value| -value.ln())).collect())
}

/// ln p = level of the situation + level of the item, weighted by shares; the items are eliminated.
fn time_product_dummy(situations: &Situations) -> Result<Vec<f64>, MethodError> {
    let (count, items) = (situations.len(), situations.items.len());
    let shares: Vec<Vec<f64>> = (0..count).map(|at| shares(situations, at)).collect::<Result<_, _>>()?;
    let total: Vec<f64> = (0..items).map(|item| sum((0..count).map(|at| shares[at][item]))).collect();
    let log = |at: usize, item: usize| {
        let price = situations.prices[at][item];
        if price.is_nan() { 0.0 } else { price.ln() }
    };
    let (mut matrix, mut right) = (DMatrix::zeros(count, count), DVector::zeros(count));
    for item in (0..items).filter(|item| total[*item] > 0.0) {
        let mean = sum((0..count).map(|at| shares[at][item] * log(at, item))) / total[item];
        for at in 0..count {
            right[at] += shares[at][item] * (log(at, item) - mean);
            matrix[(at, at)] += shares[at][item];
            for other in 0..count {
                matrix[(at, other)] -= shares[at][item] * shares[other][item] / total[item];
            }
        }
    }
    let reduced = matrix.view((1, 1), (count - 1, count - 1)).into_owned();
    let solved = solve(reduced, &right.rows(1, count - 1).into_owned()).ok_or_else(disconnected)?;
    Ok(std::iter::once(0.0).chain(solved.iter().copied()).collect())
}

fn disconnected() -> MethodError {
    MethodError::Impossible(Saying::new(
        "beberapa situasi tidak terhubung oleh barang yang sama; tidak ada perbandingan tunggal",
        "some situations are not connected by common items; there is no single comparison",
    ))
}

pub(crate) static METHOD: Method = Method {
    id: "multilateral-index",
    group: Group::IndexNumbers,
    title: ["Indeks harga multilateral", "Multilateral price indices"],
    question: [
        "Bagaimana tingkat harga banyak periode, atau banyak provinsi, dibandingkan tanpa bergantung \
         pada dasar?",
        "How do price levels of many periods, or many provinces, compare, whichever is the base?",
    ],
    definition: [
        "GEKS atas indeks Fisher: rata-rata geometrik semua perbandingan langsung dan tak langsung; \
         tanpa jendela, semua periode sekaligus",
        "GEKS on Fisher indices: geometric mean of all direct and indirect comparisons; without a \
         window, all periods at once",
    ],
    source: "Balk (2008), ch. 7; Caves, Christensen and Diewert (1982); Rao (2005); IMF CPI Manual (2020), \
     ch. 10",
    arguments: &[
        Argument::required("item", Kind::Column, ["kolom barang", "column with the item"]),
        Argument::required(
            "period",
            Kind::Column,
            ["kolom periode atau provinsi", "column with the period or province"],
        ),
        Argument::required("price", Kind::Column, ["harga", "price"]),
        Argument::required("quantity", Kind::Column, ["kuantitas", "quantity"]),
        Argument::optional(
            "method",
            Kind::Choice(&["geks", "ccd", "geary-khamis", "time-product-dummy", "all"]),
            ["cara", "method"],
        ),
        Argument::optional(
            "formula",
            Kind::Choice(&["fisher", "tornqvist", "walsh"]),
            ["rumus bilateral untuk GEKS", "bilateral formula for GEKS"],
        ),
        Argument::optional(
            "window",
            Kind::Count(None),
            ["panjang jendela bergulir", "length of the rolling window"],
        ),
        Argument::optional(
            "splice",
            Kind::Choice(splice::WORDS),
            ["cara menyambung jendela", "how windows are joined"],
        ),
        Argument::optional(
            "base",
            Kind::Word,
            ["periode dasar; bila kosong, yang pertama", "base period; the first if empty"],
        ),
    ],
    example: "multilateral-index --input docs/methods/data/products.csv --item product --period year --price \
     price --quantity quantity --method all",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let situations = Situations::read(request)?;
    let base = match request.word("base") {
        None => 0,
        Some(name) => situations
            .names
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| request.bad("base", name, &situations.names.join(" | ")))?,
    };
    let wanted = request.choice("method")?;
    let formula = request.choice("formula")?;
    let formula =
        FORMULAS.iter().find(|(_, word, _)| *word == formula).map_or(Formula::Fisher, |found| found.0);
    let all = [
        ("geks", "GEKS", Multilateral::Geks(formula)),
        ("ccd", "CCD", Multilateral::Ccd),
        ("geary-khamis", "Geary–Khamis", Multilateral::GearyKhamis),
        ("time-product-dummy", "WTPD", Multilateral::TimeProductDummy),
    ];
    let window = request.count("window")?.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    let splice = Splice::named(request.choice("splice")?);
    let mut columns = vec![("period", "Periode", "Period"), ("items", "Barang", "Items")];
    let mut series = Vec::new();
    for (word, name, by) in all.into_iter().filter(|(word, ..)| wanted == "all" || wanted == *word) {
        columns.push((word, name, name));
        let found = match window {
            None => compare(&situations, by),
            Some(length) => splice::rolling(&situations, by, length, splice),
        };
        match found {
            Err(error) if wanted != "all" => return Err(error),
            found => series.push(found),
        }
    }
    let mut table = Table::new("index", ["Indeks harga", "Price index"], &columns);
    for (at, name) in situations.names.iter().enumerate() {
        let items = situations.prices[at].iter().filter(|price| price.is_finite()).count();
        let mut row = vec![Cell::from(name.as_str()), Cell::from(items)];
        row.extend(series.iter().map(|series| match series {
            Ok(series) => Cell::from(series[at] / series[base]),
            Err(error) => Cell::Absent(error.text()),
        }));
        table.push(row);
    }
    Ok(Figures::new(situations.used).table(table))
}
