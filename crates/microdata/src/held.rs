//! Held rows of an import, for whoever decides about them one by one.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Field, Schema, UInt8Type, UInt64Type};
use domain::held::{HeldCase, HeldPage, HeldRow, HeldRows, RowVersion, Ruling, Value};
use domain::language::Text;
use domain::survey::Survey;

use crate::archive::Archive;
use crate::error::ArchiveError;
use crate::history::values_of;
use crate::key::Keys;
use crate::schema::{self, HELD, ROW, STATUS};
use crate::table::Rows;

/// Held rows of one import: row of the source file, and the Parquet file it lies in.
type Places = BTreeMap<u64, std::path::PathBuf>;

impl Archive {
    fn held_places(&self, survey: &Survey, import: &str) -> Result<Places, ArchiveError> {
        let record = self.import(&survey.id, import)?;
        let folder = self.import_folder(&survey.id, &record.id)?;
        let process =
            vec![Field::new(ROW, DataType::UInt64, false), Field::new(STATUS, DataType::UInt8, false)];
        let schema = std::sync::Arc::new(Schema::new(process));
        let mut places = Places::new();
        for file in &record.files {
            let path = folder.join(&file.name);
            for batch in Rows::open(&path, &schema)? {
                let batch = batch?;
                let rows = batch.column(0).as_primitive::<UInt64Type>().values();
                let status = batch.column(1).as_primitive::<UInt8Type>().values();
                let held = rows.iter().zip(status).filter(|(_, status)| **status == HELD);
                places.extend(held.map(|(row, _)| (*row, path.clone())));
            }
        }
        Ok(places)
    }

    /// The last decision about each row of an import that has one.
    fn last_rulings(&self, survey: &Survey, import: &str) -> Result<BTreeMap<u64, Ruling>, ArchiveError> {
        let mut rulings = BTreeMap::new();
        for decision in self.decisions(&survey.id)?.into_iter().filter(|other| other.import == import) {
            for row in decision.rows {
                let ruling = Ruling {
                    verdict: decision.verdict,
                    reason: decision.reason.clone(),
                    decided_at: decision.decided_at,
                    actor: decision.actor.clone(),
                };
                rulings.insert(row, ruling);
            }
        }
        Ok(rulings)
    }

    /// Held rows of an import from a row of the file on, with the last decision about each.
    pub fn held(
        &self,
        survey: &Survey,
        import: &str,
        from: u64,
        count: usize,
    ) -> Result<HeldPage, ArchiveError> {
        schema::check_survey(survey)?;
        let places = self.held_places(survey, import)?;
        let mut rulings = self.last_rulings(survey, import)?;
        let undecided = places.keys().filter(|row| !rulings.contains_key(row)).count() as u64;
        let mut following = places.range(from..).skip(count);
        let next = following.next().map(|(row, _)| *row);
        let mut wanted: BTreeMap<&std::path::Path, BTreeSet<u64>> = BTreeMap::new();
        for (row, path) in places.range(from..).take(count) {
            wanted.entry(path).or_default().insert(*row);
        }
        let mut page = HeldPage { rows: Vec::new(), total: places.len() as u64, undecided, next };
        let schema = schema::answers(survey);
        for (path, rows_wanted) in wanted {
            for batch in Rows::open(path, &schema)? {
                let batch = batch?;
                let rows = batch.column(0).as_primitive::<UInt64Type>();
                let mut keys = Keys::of(&batch, survey, path)?;
                for position in 0..batch.num_rows() {
                    let row = rows.value(position);
                    if rows_wanted.contains(&row) {
                        let values = values_of(&batch, survey, position);
                        let confirmable = keys.hash(position).is_some();
                        page.rows.push(held_row(survey, row, values, rulings.remove(&row), confirmable));
                    }
                }
            }
        }
        page.rows.sort_by_key(|row| row.row);
        Ok(page)
    }

    /// One held row, what counted of its unit the year before, and every version of it.
    pub fn held_case(
        &self,
        survey: &Survey,
        import: &str,
        row: u64,
    ) -> Result<Option<HeldCase>, ArchiveError> {
        let Some(held) = self.held(survey, import, row, 1)?.rows.pop().filter(|held| held.row == row) else {
            return Ok(None);
        };
        let mut case = HeldCase { row: held, year_before: Vec::new(), versions: Vec::new() };
        if !case.row.confirmable {
            return Ok(Some(case));
        }
        let key = key_of(survey, &case.row, 0);
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        case.versions = self
            .history(survey, &key, &())?
            .into_iter()
            .map(|version| RowVersion {
                import: version.import,
                row: version.row,
                imported_at: version.imported_at,
                held: version.status == HELD,
                verdict: version.verdict,
                current: version.current,
            })
            .collect();
        if survey.key.contains(&survey.year) {
            let before = key_of(survey, &case.row, 1);
            let before: Vec<&str> = before.iter().map(String::as_str).collect();
            let counting = self.history(survey, &before, &())?.into_iter().find(|version| version.current);
            case.year_before = counting.map(|version| version.values).unwrap_or_default();
        }
        Ok(Some(case))
    }
}

fn held_row(
    survey: &Survey,
    row: u64,
    values: Vec<(String, Value)>,
    ruling: Option<Ruling>,
    confirmable: bool,
) -> HeldRow {
    let value = |name: &str| values.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let parts: Vec<String> = survey.unit_key().filter_map(value).map(ToString::to_string).collect();
    let year = match value(&survey.year) {
        Some(Value::Integer(year)) => i32::try_from(*year).ok(),
        _ => None,
    };
    HeldRow { row, unit: parts.join(" · "), year, values, ruling, confirmable }
}

/// The parts of a row's key as a file writes them, some years earlier.
fn key_of(survey: &Survey, row: &HeldRow, years_before: i32) -> Vec<String> {
    let part = |name: &String| {
        if *name == survey.year {
            return row.year.map(|year| (year - years_before).to_string()).unwrap_or_default();
        }
        row.values
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.to_string())
            .unwrap_or_default()
    };
    survey.key.iter().map(part).collect()
}

impl HeldRows for Archive {
    fn held_page(&self, survey: &Survey, import: &str, from: u64, count: usize) -> Result<HeldPage, Text> {
        self.held(survey, import, from, count).map_err(|error| error.text())
    }

    fn held_case(&self, survey: &Survey, import: &str, row: u64) -> Result<Option<HeldCase>, Text> {
        Archive::held_case(self, survey, import, row).map_err(|error| error.text())
    }
}
