//! Anybody's table: a CSV with margins becomes a cube, and a protected cube becomes a CSV.
//!
//! The plan file names the columns in `[table]`; hierarchies are CSV files of child and parent.
//! What cannot be understood is refused with the row, the column and the remedy; nothing is
//! guessed.

use std::io::Write;
use std::path::Path;

use domain::cube::Cube;
use domain::language::Text;
use serde::Deserialize;

use crate::DisclosureError;
use crate::plan::ProtectionPlan;
use crate::protected::{ProtectedCube, Reason, Value};

mod hierarchy;
mod reader;

/// The `[table]` part of a plan file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TablePlan {
    #[serde(default)]
    dataset: Option<String>,
    #[serde(default)]
    title: Option<Text>,
    /// Column with the number of contributors.
    #[serde(default)]
    contributors: Option<String>,
    /// Name of the column that is written.
    #[serde(default)]
    status: Option<String>,
    #[serde(rename = "dimension")]
    dimensions: Vec<DimensionColumns>,
    #[serde(rename = "measure")]
    measures: Vec<MeasureColumns>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DimensionColumns {
    column: String,
    #[serde(default)]
    hierarchy: Option<String>,
    #[serde(default)]
    total: Option<String>,
    #[serde(default)]
    time: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureColumns {
    column: String,
    #[serde(default)]
    largest: Option<String>,
    #[serde(default)]
    second_largest: Option<String>,
    #[serde(default)]
    holding: Option<String>,
}

pub(crate) fn refuse<T>(place: impl Into<String>, message: impl Into<String>) -> Result<T, DisclosureError> {
    Err(DisclosureError::Table { place: place.into(), message: message.into() })
}

fn parse_plan(plan: &str) -> Result<TablePlan, DisclosureError> {
    #[derive(Deserialize)]
    struct File {
        table: Option<TablePlan>,
    }
    let file: File = match toml::from_str(plan) {
        Ok(file) => file,
        Err(error) => return refuse("plan", error.to_string()),
    };
    match file.table {
        Some(table) if table.dimensions.is_empty() => {
            refuse("[table]", "name at least one [[table.dimension]]")
        }
        Some(table) if table.measures.is_empty() => refuse("[table]", "name at least one [[table.measure]]"),
        Some(table) => Ok(table),
        None => refuse("plan", "it has no [table] part; add [[table.dimension]] and [[table.measure]]"),
    }
}

/// Reads a table. `plan`: text of the plan file; `folder`: where its hierarchies are.
pub fn read(input: &Path, plan: &str, folder: &Path) -> Result<Cube, DisclosureError> {
    let table = parse_plan(plan)?;
    let protection = ProtectionPlan::parse(plan)?;
    let shares = protection.p_percent.is_some() || !protection.dominance.is_empty();
    for measure in table.measures.iter().filter(|measure| shares && measure.largest.is_none()) {
        let message = format!(
            "p_percent and dominance need the largest contributor; name its column with `largest` for {}",
            measure.column
        );
        return refuse("[[table.measure]]", message);
    }
    if protection.threshold.is_some() && table.contributors.is_none() {
        return refuse(
            "[table]",
            "threshold needs the number of contributors; name its column with `contributors`",
        );
    }
    reader::read(input, &table, folder)
}

/// Writes a protected table: codes, values where they may be seen, and why not where they may not.
pub fn write(protected: &ProtectedCube, plan: &str, out: impl Write) -> Result<(), DisclosureError> {
    let plan = parse_plan(plan)?;
    let failed =
        |error: csv::Error| DisclosureError::Table { place: "output".into(), message: error.to_string() };
    let mut writer = csv::Writer::from_writer(out);
    let dimensions = protected.dimensions().iter().map(|dimension| dimension.id.as_str());
    let measures = protected.measures().iter().map(|measure| measure.label.id.as_str());
    let status = plan.status.as_deref().unwrap_or("status");
    writer.write_record(dimensions.chain(measures).chain([status])).map_err(failed)?;
    for cell in 0..protected.len() {
        let codes = protected.key(cell).iter().zip(protected.dimensions());
        let mut record: Vec<String> =
            codes.map(|(member, dimension)| dimension.members[*member as usize].code.clone()).collect();
        for (position, measure) in protected.measures().iter().enumerate() {
            let counted = matches!(measure.kind, domain::measure::MeasureKind::Count);
            record.push(match (protected.value(cell, position), protected.count_class(cell)) {
                (Value::Visible(value), _) => value.to_string(),
                (Value::Withheld(_), Some(class)) if counted => class.to_string(),
                _ => String::new(),
            });
        }
        record.push(status_of(protected.hidden(cell)).to_owned());
        writer.write_record(&record).map_err(failed)?;
    }
    writer.flush().map_err(|source| DisclosureError::File { path: "output".into(), source })
}

/// The word of the status column.
pub fn status_of(hidden: Option<Reason>) -> &'static str {
    match hidden {
        None => "visible",
        Some(Reason::TooFewContributors) => "hidden: too few contributors",
        Some(Reason::Dominated) => "hidden: dominated",
        Some(Reason::Complementary) => "hidden: complementary",
        Some(Reason::TooFewForQuantile) => "hidden: too few for this statistic",
    }
}
