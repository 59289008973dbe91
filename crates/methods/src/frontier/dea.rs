//! The table of a data envelopment analysis: efficiency, scale, slacks and peers of every unit.

use domain::language::Text;

use super::envelopment::{Orientation, Returns, Technology, Verdict};
use crate::bench::{
    Argument, Cell, Figures, Group, Heading, Kind, Method, MethodError, Request, Saying, Table, Term,
};

pub(super) const INPUTS: Argument = Argument::required(
    "inputs",
    Kind::Columns,
    ["kolom masukan, dipisah koma", "columns of inputs, with commas"],
);
pub(super) const OUTPUTS: Argument = Argument::required(
    "outputs",
    Kind::Columns,
    ["kolom keluaran, dipisah koma", "columns of outputs, with commas"],
);
pub(super) const UNIT: Argument =
    Argument::optional("unit", Kind::Column, ["kolom nama unit", "column with the name of the unit"]);
pub(super) const RETURNS: Argument = Argument::optional(
    "returns",
    Kind::Choice(&["variable", "constant", "non-increasing", "non-decreasing"]),
    ["imbal hasil menurut skala", "returns to scale"],
);
pub(super) const ORIENTATION: Argument = Argument::optional(
    "orientation",
    Kind::Choice(&["input", "output"]),
    ["hemat masukan atau tambah keluaran", "save inputs or add outputs"],
);

/// The data of a request: technology, names of its units, and the rows they stand in.
pub(super) struct Units {
    pub technology: Technology,
    pub names: Vec<String>,
    pub rows: Vec<usize>,
    pub inputs: Vec<Term>,
    pub outputs: Vec<Term>,
}

impl Units {
    /// Reads inputs and outputs; rows in which one of them, or of `also`, is missing are left out.
    pub(super) fn read(request: &Request<'_>, also: &[Term]) -> Result<Self, MethodError> {
        let (inputs, outputs) = (request.columns("inputs")?, request.columns("outputs")?);
        let all = inputs.iter().chain(&outputs).chain(also);
        let columns: Vec<&[f64]> = all.map(|term| term.values.as_slice()).collect();
        let rows = request.complete(&columns)?;
        if rows.len() < 2 {
            return Err(MethodError::TooFew {
                what: Saying::new("unit untuk dibandingkan", "units to compare"),
                needed: 2,
                found: rows.len(),
            });
        }
        let technology = Technology::new(&inputs, &outputs, &rows)?;
        let names = unit_names(request, &rows)?;
        Ok(Units { technology, names, rows, inputs, outputs })
    }
}

/// The names of units, their row numbers where there are none.
pub(super) fn unit_names(request: &Request<'_>, rows: &[usize]) -> Result<Vec<String>, MethodError> {
    let words = request.optional_categories("unit")?;
    let name = |row: &usize| {
        let word = words.as_ref().and_then(|words| words.word(*row));
        word.map_or_else(|| (row + 1).to_string(), str::to_owned)
    };
    Ok(rows.iter().map(name).collect())
}

pub(super) fn returns(request: &Request<'_>) -> Result<Returns, MethodError> {
    Ok(match request.choice("returns")? {
        "constant" => Returns::Constant,
        "non-increasing" => Returns::NonIncreasing,
        "non-decreasing" => Returns::NonDecreasing,
        _ => Returns::Variable,
    })
}

pub(super) fn orientation(request: &Request<'_>) -> Result<Orientation, MethodError> {
    Ok(if request.choice("orientation")? == "output" { Orientation::Output } else { Orientation::Input })
}

/// Why there is no efficiency.
pub(super) fn absent(verdict: &Verdict) -> Cell {
    match verdict {
        Verdict::Assessed(assessment) => Cell::from(assessment.efficiency),
        Verdict::Infeasible => Cell::Absent(Text::new(
            "tidak layak: tidak ada kombinasi unit acuan yang mencapai unit ini",
            "infeasible: no combination of the reference units reaches this unit",
        )),
        Verdict::Unbounded => {
            Cell::Absent(Text::new("tak terbatas: semua keluaran nol", "unbounded: all outputs are zero"))
        }
    }
}

pub(crate) static METHOD: Method = Method {
    id: "dea",
    group: Group::Frontier,
    title: ["Efisiensi relatif (DEA)", "Data envelopment analysis"],
    question: [
        "Seberapa jauh tiap unit dari praktik terbaik, siapa contohnya, dan apakah skalanya tepat?",
        "How far is each unit from best practice, who sets the example, and is its scale right?",
    ],
    definition: [
        "Efisiensi Farrell berorientasi masukan dengan imbal hasil berubah; slack dua tahap (jumlah \
         terbesar dalam satuan data)",
        "Farrell input efficiency under variable returns; two-stage slacks (largest sum in the units of the \
         data)",
    ],
    source: "Charnes, Cooper and Rhodes (1978); Banker, Charnes and Cooper (1984); Andersen and Petersen \
        (1993)",
    arguments: &[
        INPUTS,
        OUTPUTS,
        UNIT,
        RETURNS,
        ORIENTATION,
        Argument::optional(
            "super",
            Kind::Flag,
            ["nilai tiap unit terhadap unit lainnya saja", "assess each unit against the others only"],
        ),
    ],
    example: "dea --input docs/methods/data/workshops.csv --unit workshop --inputs \"workers, machines\" \
        --outputs output",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let units = Units::read(request, &[])?;
    let (returns, towards, apart) = (returns(request)?, orientation(request)?, request.flag("super"));
    let mut table = heads(&units, apart);
    let (mut efficient, mut sum, mut infeasible) = (0, 0.0, 0);
    for (unit, name) in units.names.iter().enumerate() {
        let technology = &units.technology;
        let mut row = vec![Cell::from(name.as_str())];
        let verdict = if apart {
            technology.assess_apart(unit, returns, towards)?
        } else {
            technology.assess(unit, returns, towards)?
        };
        row.push(absent(&verdict));
        if !apart {
            row.extend(scale(technology, unit, (returns, verdict.efficiency()), towards)?);
        }
        match &verdict {
            Verdict::Assessed(found) => {
                sum += found.efficiency;
                efficient += usize::from((found.efficiency - 1.0).abs() < 1e-8);
                let slacks = found.input_slacks.iter().chain(&found.output_slacks);
                row.extend(slacks.map(|slack| Cell::from(*slack)));
                let peers =
                    found.peers.iter().map(|(peer, weight)| format!("{} {weight:.3}", units.names[*peer]));
                row.push(Cell::Text(peers.collect::<Vec<_>>().join("; ")));
            }
            verdict => {
                infeasible += 1;
                row.extend(vec![absent(verdict); units.inputs.len() + units.outputs.len() + 1]);
            }
        }
        table.push(row);
    }
    let assessed = units.names.len() - infeasible;
    let mut figures = Figures::new(units.rows.len()).table(table);
    if assessed > 0 {
        let mean = sum / assessed as f64;
        figures = figures.note(
            format!("rata-rata efisiensi {mean:.6} dari {assessed} unit; {efficient} unit bernilai satu"),
            format!("mean efficiency {mean:.6} of {assessed} units; {efficient} units at one"),
        );
    }
    if infeasible > 0 {
        figures = figures.warn(
            format!("{infeasible} unit tidak layak dan tidak masuk rata-rata"),
            format!("{infeasible} units are infeasible and not in the mean"),
        );
    }
    Ok(few(figures, &units))
}

/// With few units per input and output nearly all of them look efficient.
fn few(figures: Figures, units: &Units) -> Figures {
    let needed = 3 * (units.inputs.len() + units.outputs.len());
    if units.rows.len() >= needed {
        return figures;
    }
    figures.warn(
        format!(
            "hanya {} unit: dengan jumlah masukan dan keluaran ini sebaiknya ada {needed}",
            units.rows.len()
        ),
        format!("only {} units: with these inputs and outputs there should be {needed}", units.rows.len()),
    )
}

fn heads(units: &Units, apart: bool) -> Table {
    let mut columns = vec![("unit", "Unit", "Unit"), ("efficiency", "Efisiensi", "Efficiency")];
    if !apart {
        columns.push(("scale_efficiency", "Efisiensi skala", "Scale efficiency"));
        columns.push(("returns", "Imbal hasil", "Returns to scale"));
    }
    let mut table = Table::new("efficiency", ["Efisiensi", "Efficiency"], &columns);
    for term in units.inputs.iter().chain(&units.outputs) {
        table.columns.push(Heading {
            id: format!("slack_{}", term.name),
            label: Text::new(format!("Slack {}", term.name), format!("Slack of {}", term.name)),
        });
    }
    table.columns.push(Heading { id: "peers".into(), label: Text::new("Contoh", "Peers") });
    table
}

/// Scale efficiency (constant over variable returns) and on which side of the best scale the unit stands;
/// `known` is what was assessed already.
fn scale(
    technology: &Technology,
    unit: usize,
    known: (Returns, Option<f64>),
    towards: Orientation,
) -> Result<[Cell; 2], MethodError> {
    let at = |returns| match returns == known.0 {
        true => Ok(known.1),
        false => technology.efficiency_of(technology, unit, returns, towards),
    };
    let (Some(constant), Some(variable)) = (at(Returns::Constant)?, at(Returns::Variable)?) else {
        return Ok([Cell::from(None), Cell::from(None)]);
    };
    let side = if (constant - variable).abs() < 1e-8 {
        "constant"
    } else if at(Returns::NonIncreasing)?.is_some_and(|found| (found - variable).abs() < 1e-8) {
        "decreasing"
    } else {
        "increasing"
    };
    Ok([Cell::from(constant / variable), Cell::from(side)])
}
