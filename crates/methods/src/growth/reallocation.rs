//! Aggregate productivity beside that of the industries: what moving value added, capital and labour
//! between industries adds (Jorgenson).

use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::summation::sum;
use crate::panel::Panel;

/// An industry in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Industry {
    /// Nominal value added and the part of it that labour earns; the rest is that of capital.
    pub value_added: f64,
    pub labour_cost: f64,
    /// Volumes: value added at constant prices, capital, labour.
    pub volume: f64,
    pub capital: f64,
    pub labour: f64,
}

/// Growth of aggregate productivity in logarithms and its parts, which add up exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reallocation {
    pub aggregate: f64,
    /// Industries' own growth, weighted by value added: equal to Domar weights times gross-output
    /// productivity.
    pub industries: f64,
    pub value_added: f64,
    pub capital: f64,
    pub labour: f64,
}

/// The aggregate production function counts a unit of value added, capital or labour alike in every
/// industry; industries weigh it by what it is worth there. The differences are the reallocations. `None`
/// where a total or a logarithm is undefined.
pub fn reallocation(periods: &[[Industry; 2]]) -> Option<Reallocation> {
    let total = |of: fn(&Industry) -> f64, at: usize| sum(periods.iter().map(|pair| of(&pair[at])));
    let growth = |of: fn(&Industry) -> f64| (total(of, 1) / total(of, 0)).ln();
    let added = [total(|one| one.value_added, 0), total(|one| one.value_added, 1)];
    let paid = [total(|one| one.labour_cost, 0), total(|one| one.labour_cost, 1)];
    let labour_share = (paid[0] / added[0] + paid[1] / added[1]) / 2.0;
    let whole = |of: fn(&Industry) -> f64, share: f64| share * growth(of);
    let aggregate_capital = whole(|one| one.capital, 1.0 - labour_share);
    let aggregate_labour = whole(|one| one.labour, labour_share);
    let mut found = Reallocation::default();
    let (mut volumes, mut capital, mut labour) = (Vec::new(), Vec::new(), Vec::new());
    for [old, new] in periods {
        let weight = (old.value_added / added[0] + new.value_added / added[1]) / 2.0;
        let share = (old.labour_cost / old.value_added + new.labour_cost / new.value_added) / 2.0;
        volumes.push(weight * (new.volume / old.volume).ln());
        capital.push(weight * (1.0 - share) * (new.capital / old.capital).ln());
        labour.push(weight * share * (new.labour / old.labour).ln());
    }
    let [volumes, capital, labour] = [volumes, capital, labour].map(sum);
    let volume = growth(|one| one.volume);
    found.aggregate = volume - aggregate_capital - aggregate_labour;
    found.industries = volumes - capital - labour;
    found.value_added = volume - volumes;
    found.capital = capital - aggregate_capital;
    found.labour = labour - aggregate_labour;
    let all = [found.aggregate, found.industries, found.value_added, found.capital, found.labour];
    all.iter().all(|value| value.is_finite()).then_some(found)
}

pub(crate) static METHOD: Method = Method {
    id: "industry-reallocation",
    group: Group::GrowthAccounting,
    title: ["Realokasi antarlapangan usaha (Jorgenson)", "Reallocation between industries (Jorgenson)"],
    question: [
        "Berapa TFP seluruhnya naik di dalam lapangan usaha, dan berapa karena modal dan tenaga kerja \
         berpindah?",
        "How much of aggregate TFP grew inside industries, and how much because capital and labour moved?",
    ],
    definition: [
        "Δln V − s_K Δln K − s_L Δln L dari jumlah seluruhnya = TFP lapangan usaha berbobot nilai tambah + realokasi \
         nilai tambah, modal, dan tenaga kerja; bagian rata-rata dua periode",
        "Δln V − s_K Δln K − s_L Δln L of the totals = industries' TFP weighted by value added + reallocation of value \
         added, capital and labour; shares are means of two periods",
    ],
    source: "Jorgenson, Gollop and Fraumeni (1987), Productivity and U.S. Economic Growth; Jorgenson, Ho, Samuels and \
             Stiroh (2007), Economic Systems Research 19",
    arguments: &[
        Argument::required("unit", Kind::Column, ["kolom lapangan usaha", "column with the industry"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("value-added", Kind::Column, ["nilai tambah nominal", "nominal value added"]),
        Argument::required("labour-cost", Kind::Column, ["balas jasa tenaga kerja", "cost of labour"]),
        Argument::required(
            "volume",
            Kind::Column,
            ["nilai tambah harga konstan", "value added at constant prices"],
        ),
        Argument::required("capital", Kind::Column, ["jumlah modal", "quantity of capital"]),
        Argument::required("labour", Kind::Column, ["jumlah tenaga kerja", "quantity of labour"]),
    ],
    example: "industry-reallocation --input docs/methods/data/industries.csv --unit industry --period year \
              --value-added value_added --labour-cost labour_cost --volume volume --capital capital --labour hours",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["value-added", "labour-cost", "volume", "capital", "labour"];
    let columns = names.iter().map(|name| request.numbers(name)).collect::<Result<Vec<_>, _>>()?;
    let rows = request.complete(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &rows)?;
    if panel.periods.len() < 2 {
        let what = Saying::new("periode", "periods");
        return Err(MethodError::TooFew { what, needed: 2, found: panel.periods.len() });
    }
    for (name, values) in names.iter().zip(&columns) {
        if let Some(row) = rows.iter().find(|row| values[**row] <= 0.0) {
            let rule = Saying::new(
                "harus di atas nol: logaritmanya dipakai",
                "must be above zero: its logarithm is used",
            );
            let column = request.word(name).unwrap_or_default().to_owned();
            return Err(MethodError::OutOfDomain { column, row: row + 1, value: values[*row], rule });
        }
    }
    let mut table = Table::new(
        "reallocation",
        ["TFP seluruhnya dan sumbernya (selisih logaritma)", "Aggregate TFP and its sources (log points)"],
        &[
            ("period", "Periode", "Period"),
            ("aggregate", "Seluruhnya", "Aggregate"),
            ("industries", "Di dalam lapangan usaha", "Inside industries"),
            ("value_added", "Realokasi nilai tambah", "Reallocation of value added"),
            ("capital", "Realokasi modal", "Reallocation of capital"),
            ("labour", "Realokasi tenaga kerja", "Reallocation of labour"),
        ],
    );
    for at in 1..panel.periods.len() {
        let mut row = vec![Cell::from(panel.periods[at].as_str())];
        match step(&panel, at, &columns) {
            Ok(found) => row.extend(
                [found.aggregate, found.industries, found.value_added, found.capital, found.labour]
                    .map(Cell::from),
            ),
            Err(error) => row.extend((1..6).map(|_| Cell::Absent(error.text()))),
        }
        table.push(row);
    }
    Ok(Figures::new(panel.used).table(table))
}

fn step(panel: &Panel, at: usize, columns: &[Vec<f64>]) -> Result<Reallocation, MethodError> {
    let industry = |unit: usize, at: usize| {
        let value = |column: usize| panel.value(&columns[column], unit, at);
        Industry {
            value_added: value(0),
            labour_cost: value(1),
            volume: value(2),
            capital: value(3),
            labour: value(4),
        }
    };
    let mut pairs = Vec::new();
    for unit in 0..panel.units.len() {
        let there = [at - 1, at].map(|period| panel.row(unit, period).is_some());
        match there {
            [true, true] => pairs.push([industry(unit, at - 1), industry(unit, at)]),
            [false, false] => {}
            _ => {
                let unit = &panel.units[unit];
                return Err(MethodError::Impossible(Saying::new(
                    format!("`{unit}` hanya ada pada satu dari dua periode; jumlahnya tidak lengkap"),
                    format!("`{unit}` is in one of the two periods only; the sum would be incomplete"),
                )));
            }
        }
    }
    reallocation(&pairs).ok_or_else(|| {
        MethodError::Impossible(Saying::new("pertumbuhannya tidak terdefinisi", "growth is undefined"))
    })
}
