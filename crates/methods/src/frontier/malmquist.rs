//! The Malmquist index: productivity growth between two periods, split into catching up and moving the
//! frontier.

use domain::language::Text;

use super::dea::{INPUTS, ORIENTATION, OUTPUTS, orientation};
use super::envelopment::{Orientation, Returns, Technology};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::panel::Panel;

/// A unit in two periods. Above one is growth in every figure; `None` where a programme had no solution.
#[derive(Clone, Debug, PartialEq)]
pub struct Malmquist {
    pub index: Option<f64>,
    /// Catching up with the frontier: the change of efficiency.
    pub efficiency_change: Option<f64>,
    /// The move of the frontier: the rest.
    pub technical_change: Option<f64>,
    /// Farrell efficiencies; the first letter names the technology's period, the second the unit's.
    pub e00: Option<f64>,
    pub e01: Option<f64>,
    pub e10: Option<f64>,
    pub e11: Option<f64>,
}

/// The index of a unit with rows `before` and `after` in the technologies of the two periods (which share
/// scales).
pub fn malmquist(
    periods: [&Technology; 2],
    [before, after]: [usize; 2],
    returns: Returns,
    towards: Orientation,
) -> Result<Malmquist, MethodError> {
    let reach = |technology: &Technology, other: &Technology, unit| {
        Ok::<_, MethodError>(technology.assess_other(other, unit, returns, towards)?.efficiency())
    };
    let e00 = reach(periods[0], periods[0], before)?;
    let e01 = reach(periods[0], periods[1], after)?;
    let e10 = reach(periods[1], periods[0], before)?;
    let e11 = reach(periods[1], periods[1], after)?;
    // Distance functions: outputs have the reciprocal of the Farrell efficiency, inputs count the other way
    // round.
    let grown = |from: Option<f64>, to: Option<f64>| {
        let (from, to) = (from?, to?);
        Some(if towards == Orientation::Output { from / to } else { to / from })
    };
    let efficiency_change = grown(e00, e11);
    let index = grown(e00, e01).zip(grown(e10, e11)).map(|(first, second)| (first * second).sqrt());
    let technical_change = index.zip(efficiency_change).map(|(index, change)| index / change);
    Ok(Malmquist { index, efficiency_change, technical_change, e00, e01, e10, e11 })
}

pub(crate) static METHOD: Method = Method {
    id: "malmquist",
    group: Group::Frontier,
    title: ["Indeks Malmquist", "Malmquist index"],
    question: [
        "Seberapa cepat produktivitas tumbuh, dan berapa yang mengejar praktik terbaik atau menggeser \
         batasnya?",
        "How fast did productivity grow, and how much of it was catching up or moving the frontier?",
    ],
    definition: [
        "Rata-rata geometris indeks dua periode, imbal hasil tetap, orientasi keluaran; di atas satu \
         berarti tumbuh",
        "Geometric mean of the indices of both periods, constant returns, output orientation; above one is \
         growth",
    ],
    source: "Färe, Grosskopf, Norris and Zhang (1994); Ray and Desli (1997) for --returns variable",
    arguments: &[
        INPUTS,
        OUTPUTS,
        Argument::required("unit", Kind::Column, ["kolom nama unit", "column with the name of the unit"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::optional(
            "returns",
            Kind::Choice(&["constant", "variable"]),
            ["imbal hasil menurut skala", "returns to scale"],
        ),
        Argument::optional("orientation", Kind::Choice(&["output", "input"]), ORIENTATION.help),
    ],
    example: "malmquist --input docs/methods/data/workshop-years.csv --unit workshop --period year --inputs \
        \"workers, machines\" --outputs output",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (inputs, outputs) = (request.columns("inputs")?, request.columns("outputs")?);
    let columns: Vec<&[f64]> = inputs.iter().chain(&outputs).map(|term| term.values.as_slice()).collect();
    let rows = request.complete(&columns)?;
    let (units, periods) = (request.categories("unit")?, request.categories("period")?);
    let panel = Panel::of(&units, &periods, &rows)?;
    if panel.periods.len() < 2 {
        return Err(MethodError::TooFew {
            what: Saying::new("periode", "periods"),
            needed: 2,
            found: panel.periods.len(),
        });
    }
    let technology = Technology::new(&inputs, &outputs, &rows)?;
    let towards = orientation(request)?;
    let returns =
        if request.choice("returns")? == "variable" { Returns::Variable } else { Returns::Constant };
    // Where a row of the file stands in the technology.
    let mut place = vec![usize::MAX; request.rows()];
    rows.iter().enumerate().for_each(|(at, row)| place[*row] = at);
    let years: Vec<Vec<Option<usize>>> = (0..panel.periods.len())
        .map(|period| {
            (0..panel.units.len()).map(|unit| panel.row(unit, period).map(|row| place[row])).collect()
        })
        .collect();
    let mut table = heads();
    let mut alone = 0;
    for (at, pair) in years.windows(2).enumerate() {
        let technologies: Vec<Technology> = pair
            .iter()
            .map(|year| technology.keep(&year.iter().flatten().copied().collect::<Vec<_>>()))
            .collect();
        let both = [&technologies[0], &technologies[1]];
        let mut next = [0, 0];
        for (unit, name) in panel.units.iter().enumerate() {
            let found = [pair[0][unit].is_some(), pair[1][unit].is_some()];
            if found == [true, true] {
                let row = Row::of(both, next, returns, towards)?;
                table.push(row.cells(name, &panel.periods[at + 1]));
            } else if found != [false, false] {
                alone += 1;
            }
            next = [next[0] + usize::from(found[0]), next[1] + usize::from(found[1])];
        }
    }
    let mut figures = Figures::new(panel.used).table(table);
    if alone > 0 {
        figures = figures.note(
            format!("{alone} kali unit hanya ada di satu dari dua periode: tanpa indeks, tetapi ikut membentuk batas"),
            format!("{alone} times a unit is in one of two periods only: no index, but it helps to form the frontier"),
        );
    }
    Ok(figures)
}

fn heads() -> Table {
    Table::new(
        "malmquist",
        ["Indeks Malmquist", "Malmquist index"],
        &[
            ("unit", "Unit", "Unit"),
            ("period", "Periode", "Period"),
            ("index", "Indeks", "Index"),
            ("efficiency_change", "Perubahan efisiensi", "Efficiency change"),
            ("technical_change", "Perubahan teknologi", "Technical change"),
            ("pure_efficiency_change", "Perubahan efisiensi murni", "Pure efficiency change"),
            ("scale_change", "Perubahan efisiensi skala", "Scale efficiency change"),
        ],
    )
}

/// The index and, with it, the split of efficiency change under constant returns into pure and scale.
struct Row {
    index: Malmquist,
    pure: Option<f64>,
    scale: Option<f64>,
}

impl Row {
    fn of(
        both: [&Technology; 2],
        places: [usize; 2],
        returns: Returns,
        towards: Orientation,
    ) -> Result<Self, MethodError> {
        let change = |returns| {
            let at = |period: usize| {
                Ok::<_, MethodError>(both[period].assess(places[period], returns, towards)?.efficiency())
            };
            let (from, to) = (at(0)?, at(1)?);
            Ok::<_, MethodError>(
                from.zip(to).map(
                    |(from, to)| {
                        if towards == Orientation::Output { from / to } else { to / from }
                    },
                ),
            )
        };
        let (pure, all) = (change(Returns::Variable)?, change(Returns::Constant)?);
        let scale = all.zip(pure).map(|(all, pure)| all / pure);
        Ok(Row { index: malmquist(both, places, returns, towards)?, pure, scale })
    }

    fn cells(&self, name: &str, period: &str) -> Vec<Cell> {
        let cell = |value: Option<f64>| {
            value.map_or_else(
                || {
                    Cell::Absent(Text::new(
                        "tidak layak: unit tidak tercapai oleh batas periode lain",
                        "infeasible: the frontier of the other period does not reach the unit",
                    ))
                },
                Cell::from,
            )
        };
        vec![
            Cell::from(name),
            Cell::from(period),
            cell(self.index.index),
            cell(self.index.efficiency_change),
            cell(self.index.technical_change),
            cell(self.pure),
            cell(self.scale),
        ]
    }
}
