//! Rows of a CSV into cells of a cube.

use std::collections::BTreeMap;
use std::path::Path;

use domain::cube::{Contributions, Cube, Dimension, Provenance};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind, Unit};

use super::{MeasureColumns, TablePlan, hierarchy, refuse};
use crate::DisclosureError;

/// A table in memory, with the columns by name.
struct Rows {
    place: String,
    header: Vec<String>,
    records: Vec<csv::StringRecord>,
}

impl Rows {
    fn read(input: &Path) -> Result<Rows, DisclosureError> {
        let place = input.display().to_string();
        let file = std::fs::File::open(input)
            .map_err(|source| DisclosureError::File { path: place.clone(), source })?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
        let unreadable = |error: csv::Error| DisclosureError::Table {
            place: place.clone(),
            message: format!("is not a CSV table in UTF-8: {error}"),
        };
        let header: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(str::to_owned).collect();
        let records = reader.records().collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        if records.is_empty() {
            return refuse(place, "has no rows");
        }
        Ok(Rows { place, header, records })
    }

    fn column(&self, name: &str) -> Result<usize, DisclosureError> {
        match self.header.iter().position(|header| header == name) {
            Some(position) => Ok(position),
            None => refuse(
                self.place.clone(),
                format!("has no column `{name}`; its columns are: {}", self.header.join(", ")),
            ),
        }
    }

    /// Row numbers as a spreadsheet shows them: the header is row 1.
    fn cell_place(&self, row: usize, name: &str) -> String {
        format!("{}, row {}, column {name}", self.place, row + 2)
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>, DisclosureError> {
        let column = self.column(name)?;
        let parse = |(row, record): (usize, &csv::StringRecord)| match record[column].parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => refuse(
                self.cell_place(row, name),
                format!(
                    "`{}` is not a number; write it with a decimal point and no thousands separators",
                    &record[column]
                ),
            ),
        };
        self.records.iter().enumerate().map(parse).collect()
    }

    fn counts(&self, name: &str) -> Result<Vec<u32>, DisclosureError> {
        let parse = |(row, value): (usize, f64)| match value {
            value if value >= 0.0 && value.fract() == 0.0 && value <= u32::MAX as f64 => Ok(value as u32),
            value => refuse(self.cell_place(row, name), format!("{value} is not a count: 0, 1, 2 …")),
        };
        self.numbers(name)?.into_iter().enumerate().map(parse).collect()
    }
}

pub(super) fn read(input: &Path, plan: &TablePlan, folder: &Path) -> Result<Cube, DisclosureError> {
    let rows = Rows::read(input)?;
    let mut dimensions = Vec::new();
    let mut positions = Vec::new();
    for columns in &plan.dimensions {
        let position = rows.column(&columns.column)?;
        let mut occurring: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (row, record) in rows.records.iter().enumerate() {
            if record[position].is_empty() {
                return refuse(
                    rows.cell_place(row, &columns.column),
                    "is empty; write the code, or that of the total",
                );
            }
            if seen.insert(record[position].to_owned()) {
                occurring.push(record[position].to_owned());
            }
        }
        dimensions.push(hierarchy::build(columns, folder, &occurring)?);
        positions.push(position);
    }
    let order = sorted_cells(&rows, &dimensions, &positions)?;
    let mut level_sets: Vec<Vec<u8>> = order
        .iter()
        .map(|(key, _)| key.iter().zip(&dimensions).map(|(m, d)| d.members[*m as usize].level).collect())
        .collect();
    level_sets.sort();
    level_sets.dedup();
    let mut cube = Cube {
        dataset: plan.dataset.clone().unwrap_or_else(|| "TABLE".into()),
        title: plan.title.clone().unwrap_or_default(),
        dimensions,
        level_sets,
        keys: order.iter().flat_map(|(key, _)| key.iter().copied()).collect(),
        measures: Vec::new(),
        values: Vec::new(),
        contributions: Vec::new(),
        provenance: Provenance::default(),
    };
    let counts = plan.contributors.as_ref().map(|name| rows.counts(name)).transpose()?;
    for columns in &plan.measures {
        add_measure(&mut cube, &rows, columns, counts.as_deref(), &order)?;
    }
    if let (Some(name), Some(counts)) = (&plan.contributors, &counts) {
        cube.measures.push(measure(name, MeasureKind::Count));
        cube.values.push(order.iter().map(|(_, row)| counts[*row] as f64).collect());
    }
    Ok(cube)
}

/// Keys in order with their rows; a key that stands twice is refused.
fn sorted_cells(
    rows: &Rows,
    dimensions: &[Dimension],
    positions: &[usize],
) -> Result<Vec<(Vec<u32>, usize)>, DisclosureError> {
    let members: Vec<BTreeMap<&str, u32>> = dimensions
        .iter()
        .map(|dimension| {
            dimension.members.iter().enumerate().map(|(n, m)| (m.code.as_str(), n as u32)).collect()
        })
        .collect();
    let mut order: Vec<(Vec<u32>, usize)> = Vec::with_capacity(rows.records.len());
    for (row, record) in rows.records.iter().enumerate() {
        let key = positions.iter().zip(&members).map(|(position, members)| members[&record[*position]]);
        order.push((key.collect(), row));
    }
    order.sort();
    if let Some(pair) = order.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let codes: Vec<&str> = positions.iter().map(|position| &rows.records[pair[0].1][*position]).collect();
        return refuse(
            rows.place.clone(),
            format!(
                "cell {} stands twice, in rows {} and {}; keep one",
                codes.join(" / "),
                pair[0].1 + 2,
                pair[1].1 + 2
            ),
        );
    }
    Ok(order)
}

fn add_measure(
    cube: &mut Cube,
    rows: &Rows,
    columns: &MeasureColumns,
    counts: Option<&[u32]>,
    order: &[(Vec<u32>, usize)],
) -> Result<(), DisclosureError> {
    let definition = measure(&columns.column, MeasureKind::Additive);
    let values = rows.numbers(&columns.column)?;
    let optional = |name: &Option<String>| name.as_ref().map(|name| rows.numbers(name)).transpose();
    let largest = optional(&columns.largest)?;
    let second = optional(&columns.second_largest)?;
    let holding = columns.holding.as_ref().map(|name| rows.column(name)).transpose()?;
    let sorted =
        |column: &dyn Fn(usize) -> f64| -> Vec<f64> { order.iter().map(|(_, row)| column(*row)).collect() };
    let alone = |row: usize| match (counts, &largest) {
        (Some(counts), _) => counts[row],
        (None, Some(largest)) if (largest[row] - values[row]).abs() <= 1e-9 * values[row].abs() => 1,
        (None, _) => u32::MAX,
    };
    let identity = |row: usize| match holding.map(|column| &rows.records[row][column]) {
        Some(name) if !name.is_empty() => {
            let digest = blake3::hash(name.as_bytes());
            let first = digest.as_bytes().first_chunk::<8>().expect("a digest has 32 bytes");
            // The largest number means "not known who".
            u64::from_le_bytes(*first).min(u64::MAX - 1)
        }
        _ => u64::MAX,
    };
    cube.contributions.push(Contributions {
        measure: definition.code.clone(),
        holdings: order.iter().map(|(_, row)| alone(*row)).collect(),
        largest: sorted(&|row| match &largest {
            Some(largest) => largest[row],
            None if alone(row) == 1 => values[row],
            None => 0.0,
        }),
        second_largest: sorted(&|row| second.as_ref().map_or(0.0, |second| second[row])),
        largest_holding: order.iter().map(|(_, row)| identity(*row)).collect(),
    });
    cube.measures.push(definition);
    cube.values.push(sorted(&|row| values[row]));
    Ok(())
}

fn measure(column: &str, kind: MeasureKind) -> Measure {
    let code: String =
        column.to_uppercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    Measure {
        code,
        label: Text::same(column),
        unit: Unit { code: "XXX".into(), multiplier: 0, label: Text::default() },
        definition: Text::default(),
        formula: String::new(),
        kind,
        decimals: 0,
        higher_is_better: None,
    }
}
