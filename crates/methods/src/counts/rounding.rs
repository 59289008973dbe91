//! Controlled rounding: every cell of a two-way table to a multiple next to it, and the table still adds up.

use crate::bench::{Argument, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying, Table};
use crate::numerics::simplex::{Ending, Programme, Sense};

/// A rounded table with its margins.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounded {
    pub cells: Vec<Vec<u64>>,
    pub rows: Vec<u64>,
    pub columns: Vec<u64>,
    pub total: u64,
}

/// Rounds to multiples of `base` with the least sum of distances. Cells and margins go to one of the two
/// multiples next to them; the programme is a flow, so its corner is whole.
pub fn round(cells: &[Vec<u64>], base: u64) -> Result<Rounded, MethodError> {
    let (height, width) = (cells.len(), cells.first().map_or(0, Vec::len));
    let rows: Vec<u64> = cells.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> = (0..width).map(|column| cells.iter().map(|row| row[column]).sum()).collect();
    let total: u64 = rows.iter().sum();
    // All numbers in one list: cells, row sums, column sums, the total.
    let flat = cells.iter().flatten().copied();
    let all: Vec<u64> =
        flat.chain(rows.iter().copied()).chain(columns.iter().copied()).chain([total]).collect();
    let floors: Vec<f64> = all.iter().map(|value| (value / base) as f64).collect();
    let cell = |row: usize, column: usize| row * width + column;
    // Each equation: parts, whole.
    let mut equations: Vec<(Vec<usize>, usize)> = Vec::new();
    for row in 0..height {
        equations.push(((0..width).map(|column| cell(row, column)).collect(), height * width + row));
    }
    for column in 0..width {
        equations
            .push(((0..height).map(|row| cell(row, column)).collect(), height * width + height + column));
    }
    equations.push(((0..height).map(|row| height * width + row).collect(), all.len() - 1));
    // What is a multiple already stays.
    let moving: Vec<usize> = (0..all.len()).filter(|at| !all[*at].is_multiple_of(base)).collect();
    let mut bounds: Vec<(Sense, f64)> = equations
        .iter()
        .map(|(parts, whole)| {
            (Sense::Equal, floors[*whole] - parts.iter().map(|part| floors[*part]).sum::<f64>())
        })
        .collect();
    bounds.extend(moving.iter().map(|_| (Sense::AtMost, 1.0)));
    let mut programme = Programme::new(&bounds);
    for (place, at) in moving.iter().enumerate() {
        let rest = (all[*at] % base) as f64;
        let entries = equations
            .iter()
            .map(|(parts, whole)| f64::from(u8::from(parts.contains(at))) - f64::from(u8::from(whole == at)));
        let own = (0..moving.len()).map(|other| f64::from(u8::from(other == place)));
        programme.column((base as f64 - 2.0 * rest) / base as f64, entries.chain(own));
    }
    let Ending::Optimal(solution) = programme.solve()? else { return Err(impossible()) };
    let mut rounded: Vec<u64> = all.iter().map(|value| value / base * base).collect();
    for (place, value) in solution.basic {
        if (value - value.round()).abs() > 1e-6 {
            return Err(impossible());
        }
        rounded[moving[place]] += base * value.round() as u64;
    }
    let found = Rounded {
        cells: (0..height).map(|row| rounded[row * width..(row + 1) * width].to_vec()).collect(),
        rows: rounded[height * width..height * width + height].to_vec(),
        columns: rounded[height * width + height..all.len() - 1].to_vec(),
        total: rounded[all.len() - 1],
    };
    if adds_up(&found) { Ok(found) } else { Err(impossible()) }
}

fn adds_up(table: &Rounded) -> bool {
    let rows = table.cells.iter().zip(&table.rows).all(|(cells, sum)| cells.iter().sum::<u64>() == *sum);
    let column = |at: usize| table.cells.iter().map(|row| row[at]).sum::<u64>();
    rows && (0..table.columns.len()).all(|at| column(at) == table.columns[at])
        && table.rows.iter().sum::<u64>() == table.total
}

fn impossible() -> MethodError {
    MethodError::Impossible(Saying::new(
        "tabel ini tidak dapat dibulatkan sambil tetap berjumlah benar",
        "this table cannot be rounded and still add up",
    ))
}

/// Larger tables take too long in a dense programme.
const CELLS_MOST: usize = 600;

pub(crate) static METHOD: Method = Method {
    id: "controlled-rounding",
    group: Group::ConfidentialCounts,
    title: ["Pembulatan terkendali", "Controlled rounding"],
    question: [
        "Bagaimana membulatkan tabel dua arah sehingga jumlahnya tetap cocok?",
        "How is a two-way table rounded so that it still adds up?",
    ],
    definition: [
        "Setiap sel dan jumlah menjadi kelipatan terdekat di bawah atau di atasnya; jumlah jarak terkecil; \
         kelipatan tetap",
        "Every cell and sum goes to the multiple just below or above; least sum of distances; multiples stay",
    ],
    source: "Cox and Ernst (1982); Hundepool et al. (2012), ch. 5",
    arguments: &[
        Argument::required("row", Kind::Column, ["kolom baris tabel", "column with the rows"]),
        Argument::required("column", Kind::Column, ["kolom lajur tabel", "column with the columns"]),
        Argument::optional(
            "count",
            Kind::Column,
            ["kolom cacah (bawaan: satu per baris)", "column with counts (one per row by default)"],
        ),
        Argument::optional("base", Kind::Count(Some(5)), ["kelipatan", "the base"]),
    ],
    example: "controlled-rounding --input docs/methods/data/persons.csv --row district --column sex --base 5",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let (down, across) = (request.categories("row")?, request.categories("column")?);
    let counts = request.optional_numbers("count")?.unwrap_or_else(|| vec![1.0; request.rows()]);
    let base = request.count("base")?.unwrap_or(5);
    if !(2..=1_000_000).contains(&base) {
        return Err(request.bad("base", &base.to_string(), "2, 3, 5, 10 …"));
    }
    if down.levels.len() * across.levels.len() > CELLS_MOST {
        let size = format!("{} × {}", down.levels.len(), across.levels.len());
        return Err(request.bad("row", &size, &format!("<= {CELLS_MOST}")));
    }
    let mut cells = vec![vec![0_u64; across.levels.len()]; down.levels.len()];
    let mut used = 0;
    for row in 0..request.rows() {
        if down.codes[row] == MISSING || across.codes[row] == MISSING || counts[row].is_nan() {
            continue;
        }
        if counts[row] < 0.0 || counts[row].fract() != 0.0 || counts[row] > 1e12 {
            return Err(MethodError::OutOfDomain {
                column: request.word("count").unwrap_or_default().to_owned(),
                row: row + 1,
                value: counts[row],
                rule: Saying::new("cacah: bilangan bulat tak negatif", "counts are whole and not negative"),
            });
        }
        used += 1;
        cells[down.codes[row] as usize][across.codes[row] as usize] += counts[row] as u64;
    }
    if used == 0 {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let found = round(&cells, base)?;
    let mut headings = vec![("row", "Baris", "Row")];
    headings.extend(across.levels.iter().map(|level| (level.as_str(), level.as_str(), level.as_str())));
    headings.push(("total", "Jumlah", "Total"));
    let mut table = Table::new("rounded", ["Tabel dibulatkan", "Rounded table"], &headings);
    let mut push = |name: &str, cells: &[u64], sum: u64| {
        let numbers = cells.iter().chain([&sum]).map(|value| crate::bench::Cell::Count(*value));
        table.push(std::iter::once(name.into()).chain(numbers).collect());
    };
    for (level, (cells, sum)) in down.levels.iter().zip(found.cells.iter().zip(&found.rows)) {
        push(level, cells, *sum);
    }
    push("total", &found.columns, found.total);
    Ok(Figures::new(used).table(table))
}
