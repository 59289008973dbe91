//! The second pass: flags become findings and statuses.
//!
//! Only the columns that sentences need are decoded, and only `_status` is written anew; all
//! other columns are copied as the bytes they are.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt8Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, UInt8Type, UInt64Type};
use domain::finding::Severity;
use domain::progress::Watch;
use domain::survey::{EditRule, Survey, placeholders};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::writer::SerializedFileWriter;

use super::{Comparisons, DUPLICATE, Groups, Medians, NO_GROUP};
use crate::code::CodeBook;
use crate::columns::{ROW, STATUS, status_number, status_of, writer};
use crate::error::IntakeError;
use crate::findings::{Findings, Place, Spool};
use crate::header::Header;
use crate::spill::{Flag, FlagReader};
use crate::summary::Tally;
use crate::wording::{Value, Wording, plain};

/// What the second pass works with.
pub(crate) struct Rewrite<'a> {
    pub(crate) survey: &'a Survey,
    pub(crate) header: &'a Header,
    pub(crate) books: &'a [Option<CodeBook<'a>>],
    pub(crate) comparisons: &'a Comparisons<'a>,
    pub(crate) medians: Medians,
    pub(crate) file: &'a Arc<str>,
    pub(crate) watch: &'a dyn Watch,
}

/// Writes the staged rows to their final place with what the whole file has shown about them.
pub(crate) fn rewrite(
    with: &Rewrite,
    staged: &Path,
    target: &Path,
    mut flags: FlagReader,
    spool: &mut Spool,
    tally: &mut Tally,
) -> Result<(), IntakeError> {
    if flags.is_empty() && with.comparisons.units.is_empty() {
        return std::fs::rename(staged, target).map_err(IntakeError::writing(target));
    }
    let file = File::open(staged).map_err(IntakeError::reading(staged))?;
    let metadata = ArrowReaderMetadata::load(&file, Default::default())?;
    let names = with.needed();
    let mask = ProjectionMask::columns(metadata.parquet_schema(), names.iter().map(String::as_str));
    let (mut out, factory) = writer(target, with.survey)?;
    let total = metadata.metadata().file_metadata().num_rows() as u64;
    let mut done = 0;
    for group in 0..metadata.metadata().num_row_groups() {
        if with.watch.cancelled() {
            return Err(IntakeError::Cancelled);
        }
        with.watch.report("import.write", done, total);
        let rows = metadata.metadata().row_group(group).num_rows() as usize;
        done += rows as u64;
        let input = file.try_clone().map_err(IntakeError::reading(staged))?;
        let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(input, metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask.clone())
            .with_batch_size(rows.max(1))
            .build()?;
        let Some(batch) = reader.next() else { continue };
        let status = with.judge(&batch?, &mut flags, spool, tally)?;
        copy(&file, &metadata, group, status, &mut out, &factory)?;
    }
    out.close()?;
    drop(file);
    std::fs::remove_file(staged).map_err(IntakeError::writing(staged))
}

/// Copies a row group, with another `_status` if it has changed.
fn copy(
    file: &File,
    metadata: &ArrowReaderMetadata,
    group: usize,
    status: Option<UInt8Array>,
    out: &mut SerializedFileWriter<File>,
    factory: &ArrowRowGroupWriterFactory,
) -> Result<(), IntakeError> {
    let group = metadata.metadata().row_group(group);
    let mut row_group = out.next_row_group()?;
    for (position, column) in group.columns().iter().enumerate() {
        if let Some(status) = &status
            && column.column_path().string() == STATUS
        {
            let mut writer = factory.create_column_writers(0)?.swap_remove(position);
            let array: ArrayRef = Arc::new(status.clone());
            for leaf in compute_leaves(metadata.schema().field(position), &array)? {
                writer.write(&leaf)?;
            }
            writer.close()?.append_to_row_group(&mut row_group)?;
            continue;
        }
        row_group.append_column(
            file,
            ColumnCloseResult {
                bytes_written: column.compressed_size().unsigned_abs(),
                rows_written: group.num_rows().unsigned_abs(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            },
        )?;
    }
    row_group.close()?;
    Ok(())
}

/// A row whose amount seems to be in another unit.
struct Suspect {
    row: usize,
    rule: usize,
    /// How many times the usual ratio.
    times: f64,
    median: f64,
}

/// The columns of a row group that are looked at.
struct Columns<'a> {
    batch: &'a RecordBatch,
    survey: &'a Survey,
}

impl Columns<'_> {
    fn numbers(&self, name: &str) -> Vec<f64> {
        let array = self.batch.column_by_name(name);
        let array = array.and_then(|array| cast(array, &DataType::Float64).ok());
        match array.as_ref().and_then(|array| array.as_primitive_opt::<Float64Type>()) {
            Some(values) => values.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
            None => vec![f64::NAN; self.batch.num_rows()],
        }
    }

    fn number(&self, name: &str, row: usize) -> f64 {
        let Some(array) = self.batch.column_by_name(name) else { return f64::NAN };
        if array.is_null(row) {
            return f64::NAN;
        }
        if let Some(values) = array.as_primitive_opt::<Float64Type>() {
            values.value(row)
        } else if let Some(values) = array.as_primitive_opt::<Int64Type>() {
            values.value(row) as f64
        } else if let Some(values) = array.as_primitive_opt::<Int32Type>() {
            f64::from(values.value(row))
        } else {
            f64::NAN
        }
    }

    fn text(&self, name: &str, row: usize) -> &str {
        let array = self.batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        array.filter(|array| array.is_valid(row)).map_or("", |array| array.value(row))
    }

    fn unit(&self, row: usize) -> String {
        let parts: Vec<String> = self.survey.unit_key().map(|name| self.shown(name, row)).collect();
        parts.join(" · ")
    }

    fn shown(&self, name: &str, row: usize) -> String {
        match self.number(name, row) {
            value if value.is_nan() => self.text(name, row).to_owned(),
            value => plain(value),
        }
    }

    fn value(&self, name: &str, row: usize) -> Option<Value> {
        self.batch.column_by_name(name)?;
        Some(match self.number(name, row) {
            value if value.is_nan() => Value::Text(self.text(name, row).to_owned()),
            value => Value::Number(value),
        })
    }
}

impl Rewrite<'_> {
    fn needed(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = [ROW, STATUS].map(str::to_owned).into();
        names.insert(self.survey.year.clone());
        names.extend(self.survey.unit_key().map(str::to_owned));
        let comparisons = self.comparisons;
        let rules = comparisons.duplicate.into_iter();
        let rules = rules.chain(comparisons.changes.iter().map(|change| change.rule));
        for rule in rules.chain(comparisons.units.iter().map(|unit| unit.rule)) {
            names.extend(rule.check.variables().into_iter().chain(rule.check.within()).map(str::to_owned));
            for text in [&rule.message.id, &rule.message.en, &rule.remedy.id, &rule.remedy.en] {
                names.extend(placeholders(text).map(str::to_owned));
            }
        }
        names
    }

    /// Judges a row group; answers with its statuses if any has changed.
    fn judge(
        &self,
        batch: &RecordBatch,
        flags: &mut FlagReader,
        spool: &mut Spool,
        tally: &mut Tally,
    ) -> Result<Option<UInt8Array>, IntakeError> {
        let missing = || IntakeError::Internal("the staged rows lack their own columns".into());
        let column = |name: &str| batch.column_by_name(name).ok_or_else(missing);
        let numbers = column(ROW)?.as_primitive::<UInt64Type>();
        let before = column(STATUS)?.as_primitive::<UInt8Type>();
        let columns = Columns { batch, survey: self.survey };
        let mut findings = Findings::new(self.file);
        let mut status: Vec<u8> = before.values().to_vec();
        let suspects = self.unit_errors(&columns);
        let mut suspects = suspects.as_slice();
        for row in 0..batch.num_rows() {
            let (here, later) = suspects.split_at(suspects.partition_point(|suspect| suspect.row <= row));
            suspects = later;
            let flags = flags.of(numbers.value(row))?;
            if here.is_empty() && flags.is_empty() {
                continue;
            }
            let place = (row, numbers.value(row));
            let worst = self.tell_all(&mut findings, &columns, place, here, flags);
            let (was, is) = (status_of(status[row]), status_of(status[row]).max(worst));
            if was != is {
                tally.change(columns.number(&self.survey.year, row) as i32, was, is);
                status[row] = status_number(is);
            }
        }
        tally.findings += findings.count();
        spool.add(findings.in_order())?;
        tally.add_causes(findings.causes());
        Ok((status != before.values()[..]).then(|| UInt8Array::from(status)))
    }

    /// Words all that was found about a row; answers with the worst of it.
    fn tell_all(
        &self,
        findings: &mut Findings,
        columns: &Columns,
        (row, number): (usize, u64),
        suspects: &[Suspect],
        flags: &[Flag],
    ) -> Option<Severity> {
        let mut worst = None;
        let mut tell = |rule: &EditRule, variable: &str, word: &dyn Fn(&str) -> Option<Value>| {
            // A row that could be read is not refused for what other rows say.
            worst = worst.max(Some(rule.severity.min(Severity::Held)));
            self.tell(findings, columns, (row, number), rule, variable, word);
        };
        for suspect in suspects {
            let unit = &self.comparisons.units[suspect.rule];
            let name = &self.survey.variables[unit.variable].name;
            tell(unit.rule, name, &|word| self.unit_word(columns, suspect, word));
        }
        for flag in flags.iter().filter(|flag| flag.comparison != DUPLICATE) {
            let change = &self.comparisons.changes[flag.comparison - 1];
            let name = &self.survey.variables[change.variable].name;
            tell(change.rule, name, &|word| change_word(columns, row, name, flag, word));
        }
        if let Some(flag) = flags.iter().find(|flag| flag.comparison == DUPLICATE) {
            worst = worst.max(Some(self.duplicate_severity()));
            self.tell_duplicate(findings, columns, (row, number), flag);
        }
        worst
    }

    /// Rows of the group that a unit error rule suspects, in their order.
    fn unit_errors(&self, columns: &Columns) -> Vec<Suspect> {
        let mut suspects = Vec::new();
        for (rule, unit) in self.comparisons.units.iter().enumerate() {
            let values = |variable: usize| columns.numbers(&self.survey.variables[variable].name);
            let (values, per) = (values(unit.variable), values(unit.per));
            let groups = unit.groups.as_ref().map(|groups| self.groups(groups, columns));
            for row in 0..columns.batch.num_rows() {
                let group = groups.as_ref().map_or(0, |groups| groups[row]);
                if let Some(median) = self.medians.get(rule, group)
                    && let Some(times) = unit.suspects(values[row], per[row], median)
                {
                    suspects.push(Suspect { row, rule, times, median });
                }
            }
        }
        suspects.sort_by_key(|suspect| (suspect.row, suspect.rule));
        suspects
    }

    fn groups(&self, groups: &Groups, columns: &Columns) -> Vec<u32> {
        let name = &self.survey.variables[groups.variable].name;
        let book = self.books[groups.variable].as_ref();
        let codes = columns.batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let (Some(book), Some(codes)) = (book, codes) else {
            return vec![NO_GROUP; columns.batch.num_rows()];
        };
        let group = |code: Option<&str>| {
            let position = code.and_then(|code| book.classification.find(code));
            position.map_or(NO_GROUP, |position| groups.of(position))
        };
        codes.iter().map(group).collect()
    }

    fn tell(
        &self,
        findings: &mut Findings,
        columns: &Columns,
        (row, number): (usize, u64),
        rule: &EditRule,
        variable: &str,
        word: &dyn Fn(&str) -> Option<Value>,
    ) {
        let value = columns.shown(variable, row);
        let unit = columns.unit(row);
        let column = self.survey.position(variable).and_then(|position| self.header.source_of(position));
        let column = column.map_or(variable, |(_, name)| name);
        let place = Place { row: number, order: row as u32, column, value: &value, unit: &unit };
        findings.add_rule(rule, &place, &|name| word(name).or_else(|| columns.value(name, row)));
    }

    fn unit_word(&self, columns: &Columns, suspect: &Suspect, word: &str) -> Option<Value> {
        let unit = &self.comparisons.units[suspect.rule];
        let value = columns.number(&self.survey.variables[unit.variable].name, suspect.row);
        Some(Value::Number(match word {
            "value" => value,
            "ratio" => suspect.times * suspect.median,
            "median" => suspect.median,
            "times" => suspect.times,
            "likely" if suspect.times > 1.0 => value / unit.factor,
            "likely" => value * unit.factor,
            _ => return None,
        }))
    }

    fn duplicate_severity(&self) -> Severity {
        let severity = match self.comparisons.duplicate {
            Some(rule) => rule.severity,
            None => Wording::of("duplicate").severity,
        };
        severity.min(Severity::Held)
    }

    fn tell_duplicate(
        &self,
        findings: &mut Findings,
        columns: &Columns,
        (row, number): (usize, u64),
        flag: &Flag,
    ) {
        let unit = columns.unit(row);
        let key = self.survey.key.iter().map(|name| columns.shown(name, row)).collect::<Vec<_>>().join(" · ");
        let name = self.survey.key.first().map_or("", String::as_str);
        let column = self.survey.position(name).and_then(|position| self.header.source_of(position));
        let column = column.map_or(name, |(_, name)| name);
        let place = Place { row: number, order: row as u32, column, value: &key, unit: &unit };
        let words = [("key", Value::Text(key.clone())), ("other_row", Value::Count(flag.first as u64))];
        match self.comparisons.duplicate {
            Some(rule) => findings.add_rule(rule, &place, &|word| {
                let known = words.iter().find(|(name, _)| *name == word).map(|(_, value)| value.clone());
                known.or_else(|| columns.value(word, row))
            }),
            None => findings.add_builtin(Wording::of("duplicate"), Severity::Held, &place, &words),
        }
    }
}

fn change_word(columns: &Columns, row: usize, variable: &str, flag: &Flag, word: &str) -> Option<Value> {
    let value = columns.number(variable, row);
    Some(Value::Number(match word {
        "value" => value,
        "previous" => flag.first,
        "times" => value / flag.first,
        "usual" => flag.second,
        _ => return None,
    }))
}
