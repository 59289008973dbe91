//! Transition matrices: do the lowest stay low, and who arrives and leaves?

use super::quantile_means::{checked_bounds, labels, quantile_groups};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Table};
use crate::numerics::summation::sum;
use crate::panel::{Panel, say_span, span};

/// Weighted counts of units that moved from group to group; the last row is who was absent before, the last
/// column who is absent after.
pub fn transitions(moves: &[(Option<usize>, Option<usize>, f64)], groups: usize) -> Vec<Vec<f64>> {
    let mut matrix = vec![vec![Vec::new(); groups + 1]; groups + 1];
    for (from, to, weight) in moves {
        matrix[from.unwrap_or(groups)][to.unwrap_or(groups)].push(*weight);
    }
    matrix.into_iter().map(|row| row.into_iter().map(|weights: Vec<f64>| sum(weights)).collect()).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "transitions",
    group: Group::Dispersion,
    title: ["Matriks transisi", "Transition matrix"],
    question: [
        "Apakah usaha yang tertinggal mengejar, dan siapa yang masuk atau keluar?",
        "Do enterprises that lag catch up, and who enters or leaves?",
    ],
    definition: [
        "Persen menurut baris dari kelompok kuantil periode awal ke kelompok periode akhir; kelompok \
         dihitung tiap periode dengan bobotnya; perpindahan berbobot periode awal (yang masuk: akhir)",
        "Row percents from the quantile group of the first period to that of the last; groups by \
         period with its weights; moves weighted by the first period (entrants: the last)",
    ],
    source: "Bartelsman and Dhrymes (1998), J. Productivity Analysis 9; CompNet User Guide (2016)",
    arguments: &[
        Argument::required("unit", Kind::Column, ["kolom usaha", "column with the enterprise"]),
        Argument::required("period", Kind::Column, ["kolom periode", "column with the period"]),
        Argument::required("value", Kind::Column, ["nilai yang mengelompokkan", "the value that groups"]),
        Argument::WEIGHT,
        Argument::optional(
            "bounds",
            Kind::Numbers(&[0.2, 0.4, 0.6, 0.8]),
            ["batas kelompok", "bounds of the groups"],
        ),
        Argument::optional("from", Kind::Word, ["periode awal", "first period"]),
        Argument::optional("to", Kind::Word, ["periode akhir", "last period"]),
    ],
    example: "transitions --input docs/methods/data/enterprises.csv --unit enterprise --period year --value \
     \"value_added / workers\"",
    run: figures,
};

/// The group of every unit in a period; `None` where the unit has no row, `Some(None)` where it was not
/// measured.
fn groups_at(
    panel: &Panel,
    at: usize,
    values: &[f64],
    weights: &[f64],
    bounds: &[f64],
) -> Vec<Option<Option<usize>>> {
    let measured: Vec<usize> = (0..panel.units.len())
        .filter(|unit| panel.row(*unit, at).is_some_and(|row| values[row].is_finite() && weights[row] > 0.0))
        .collect();
    let of =
        |column: &[f64]| measured.iter().map(|unit| panel.value(column, *unit, at)).collect::<Vec<f64>>();
    let groups = quantile_groups(&of(values), &of(weights), bounds).unwrap_or_default();
    let mut found: Vec<Option<Option<usize>>> =
        (0..panel.units.len()).map(|unit| panel.row(unit, at).map(|_| None)).collect();
    for (unit, group) in measured.iter().zip(groups) {
        found[*unit] = Some(Some(group));
    }
    found
}

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (values, weights) = (request.numbers("value")?, request.weights()?);
    let bounds = checked_bounds(request)?;
    let everyone: Vec<usize> = (0..request.rows()).collect();
    let panel = Panel::of(&request.categories("unit")?, &request.categories("period")?, &everyone)?;
    let (from, to) = span(request, &panel)?;
    let old = groups_at(&panel, from, &values, &weights, &bounds);
    let new = groups_at(&panel, to, &values, &weights, &bounds);
    let (mut moves, mut unseen, mut used) = (Vec::new(), 0, 0);
    for unit in 0..panel.units.len() {
        let (before, after) = (old[unit], new[unit]);
        let weight = |at: usize| panel.value(&weights, unit, at);
        match (before, after) {
            (Some(Some(old)), Some(Some(new))) => moves.push((Some(old), Some(new), weight(from))),
            (Some(Some(old)), None) => moves.push((Some(old), None, weight(from))),
            (None, Some(Some(new))) => moves.push((None, Some(new), weight(to))),
            (None, None) => continue,
            _ => {
                unseen += 1;
                continue;
            }
        }
        used += usize::from(before.is_some()) + usize::from(after.is_some());
    }
    if moves.is_empty() {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let table = matrix_table(&moves, &bounds);
    let figures = say_span(Figures::new(used).table(table), &panel, (from, to));
    Ok(if unseen == 0 {
        figures
    } else {
        figures.warn(
            format!("{unseen} usaha hidup tetapi tidak terukur pada salah satu periode; tidak dihitung"),
            format!("{unseen} units were alive but not measured in one of the periods; they do not count"),
        )
    })
}

fn matrix_table(moves: &[(Option<usize>, Option<usize>, f64)], bounds: &[f64]) -> Table {
    let count = bounds.len();
    let labels = labels(bounds);
    let mut columns = vec![("from", "Dari", "From"), ("n", "n", "n")];
    columns.extend(labels.iter().map(|label| (label.as_str(), label.as_str(), label.as_str())));
    columns.push(("exit", "Keluar", "Exit"));
    let mut table = Table::new("transitions", ["Ke kelompok, % baris", "To group, row %"], &columns);
    for (group, row) in transitions(moves, count).iter().enumerate() {
        let place = (group < count).then_some(group);
        let n = moves.iter().filter(|(from, ..)| *from == place).count();
        let total = sum(row.iter().copied());
        let name = place.map_or("masuk / entry", |group| labels[group].as_str());
        let mut cells = vec![Cell::from(name), n.into()];
        for (to, weight) in row.iter().enumerate() {
            // Nobody is absent twice.
            let nobody = place.is_none() && to == count;
            cells.push(if nobody { Cell::from(f64::NAN) } else { Cell::from(100.0 * weight / total) });
        }
        table.push(cells);
    }
    table
}
