//! Decisions about single rows, taken after their import: append-only, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Field, UInt8Type, UInt64Type};
use domain::held::Verdict;
use domain::language::Text;
use domain::progress::Watch;
use domain::survey::Survey;

use crate::archive::{Archive, check_name, read_json, to_json};
use crate::disk::{self, Staged};
use crate::error::ArchiveError;
use crate::key::{Keys, schema_with};
use crate::manifest::{Decision, ImportRecord};
use crate::schema::{HELD, ROW, STATUS};
use crate::table::Rows;

/// The last verdict on each row that has one, by import.
pub(crate) type Rulings = BTreeMap<String, hashbrown::HashMap<u64, Verdict>>;

impl Archive {
    /// Records a decision; its `sequence` is given here. The same id again changes nothing.
    pub fn decide(
        &self,
        survey: &Survey,
        decision: Decision,
        watch: &dyn Watch,
    ) -> Result<Decision, ArchiveError> {
        check_name("decision", &decision.id)?;
        let refuse = |id: &str, en: &str| ArchiveError::Decision { message: Text::new(id, en) };
        if decision.survey != survey.id {
            return Err(refuse("isinya tentang survei lain", "it speaks of another survey"));
        }
        if decision.reason.trim().is_empty() {
            return Err(refuse("tulis alasannya dalam beberapa kata", "give the reason in a few words"));
        }
        if decision.rows.is_empty() {
            return Err(refuse("tidak ada baris yang disebut", "it names no row"));
        }
        let _lock = self.lock(watch)?;
        let earlier = self.decisions(&survey.id)?;
        if let Some(same) = earlier.iter().find(|other| other.id == decision.id) {
            return Ok(same.clone());
        }
        let record = self.import(&survey.id, &decision.import)?;
        self.check_rows(survey, &record, &decision)?;

        let sequence = earlier.last().map_or(0, |last| last.sequence) + 1;
        let decision = Decision { sequence, ..decision };
        let folder = Staged::create(self.disk(), self.staging_folder(&decision.id))?;
        disk::write_file(self.disk(), &folder.path().join("decision.json"), &to_json(&decision))?;
        let destination = self.survey_folder(&survey.id)?.join("decisions").join(&decision.id);
        folder.commit(&destination)?;
        Ok(decision)
    }

    /// The decisions about a survey's rows, oldest first.
    pub fn decisions(&self, survey: &str) -> Result<Vec<Decision>, ArchiveError> {
        let folder = self.survey_folder(survey)?.join("decisions");
        let mut decisions = Vec::new();
        for name in disk::list(&folder)? {
            decisions.push(read_json::<Decision>(&folder.join(name).join("decision.json"))?);
        }
        decisions.sort_by_key(|decision| decision.sequence);
        Ok(decisions)
    }

    pub(crate) fn rulings(&self, survey: &str) -> Result<Rulings, ArchiveError> {
        let mut rulings = Rulings::new();
        for decision in self.decisions(survey)? {
            let rows = rulings.entry(decision.import).or_default();
            rows.extend(decision.rows.into_iter().map(|row| (row, decision.verdict)));
        }
        Ok(rulings)
    }

    /// Every row named must be there; one to be confirmed must be held and have a whole key.
    fn check_rows(
        &self,
        survey: &Survey,
        record: &ImportRecord,
        decision: &Decision,
    ) -> Result<(), ArchiveError> {
        let mut wanted: BTreeSet<u64> = decision.rows.iter().copied().collect();
        let folder = self.import_folder(&survey.id, &record.id)?;
        let process =
            vec![Field::new(ROW, DataType::UInt64, false), Field::new(STATUS, DataType::UInt8, false)];
        let schema = schema_with(survey, process);
        for file in &record.files {
            let path = folder.join(&file.name);
            for batch in Rows::open(&path, &schema)? {
                let batch = batch?;
                let rows = batch.column(0).as_primitive::<UInt64Type>();
                let status = batch.column(1).as_primitive::<UInt8Type>();
                let mut keys = Keys::of(&batch, survey, &path)?;
                for position in 0..rows.len() {
                    let row = rows.value(position);
                    if !wanted.remove(&row) || decision.verdict == Verdict::Withdraw {
                        continue;
                    }
                    if status.value(position) != HELD {
                        let message = Text::new(
                            format!("baris {row} tidak ditahan, jadi tidak ada yang perlu dibenarkan"),
                            format!("row {row} is not held, so there is nothing to confirm"),
                        );
                        return Err(ArchiveError::Decision { message });
                    }
                    if keys.hash(position).is_none() {
                        let message = Text::new(
                            format!("baris {row} tidak menyebut usaha dan tahunnya: perbaiki berkasnya"),
                            format!(
                                "row {row} does not say which unit and year it speaks of: correct the file instead"
                            ),
                        );
                        return Err(ArchiveError::Decision { message });
                    }
                }
            }
        }
        match wanted.first() {
            None => Ok(()),
            Some(row) => {
                let message = Text::new(
                    format!("impor `{}` tidak punya baris {row}", record.id),
                    format!("the import `{}` has no row {row}", record.id),
                );
                Err(ArchiveError::Decision { message })
            }
        }
    }
}
