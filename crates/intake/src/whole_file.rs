//! Rules that need the whole file: duplicates, unit errors, and change since the year before.
//!
//! While rows are read, each leaves a small record ([`crate::spill`]) and its ratios to the
//! medians. Afterwards the records are compared, and the rows that stand out are flagged.

mod change;
mod rewrite;

use domain::finding::Severity;
use domain::survey::{Check, EditRule, Survey};
use hashbrown::HashMap;

use crate::code::CodeBook;
use crate::convert::{Column, Frame, NO_CODE, Rows};
use crate::error::IntakeError;
use crate::previous::PreviousValues;
use crate::quantile::Quantiles;
use crate::spill::{Flag, Flags, Partitions, Record, hash, unit_hash};

pub(crate) use rewrite::{Rewrite, rewrite};

/// The rules of a survey that compare rows.
pub(crate) struct Comparisons<'a> {
    pub(crate) duplicate: Option<&'a EditRule>,
    pub(crate) changes: Vec<Change<'a>>,
    pub(crate) units: Vec<UnitError<'a>>,
}

/// A Hidiroglou–Berthelot rule.
pub(crate) struct Change<'a> {
    pub(crate) rule: &'a EditRule,
    pub(crate) variable: usize,
    pub(crate) u: f64,
    pub(crate) a: f64,
    pub(crate) c: f64,
    groups: Option<Groups>,
}

/// A unit error rule.
pub(crate) struct UnitError<'a> {
    pub(crate) rule: &'a EditRule,
    pub(crate) variable: usize,
    pub(crate) per: usize,
    pub(crate) factor: f64,
    pub(crate) tolerance: f64,
    pub(crate) groups: Option<Groups>,
}

/// Codes of a variable, put together at a level: by position in the classification.
pub(crate) struct Groups {
    pub(crate) variable: usize,
    of: Vec<u32>,
}

/// The group of rows whose group variable is empty or unknown.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// Medians of ratios, by rule and group.
#[derive(Default)]
pub(crate) struct Ratios {
    by_rule: Vec<HashMap<u32, Quantiles>>,
}

impl Groups {
    fn new(survey: &Survey, books: &[Option<CodeBook>], name: &str, level: Option<&str>) -> Option<Groups> {
        let variable = survey.position(name)?;
        let classification = books[variable].as_ref()?.classification;
        let level = level.and_then(|level| classification.level(level));
        let of = (0..classification.codes.len() as u32)
            .map(|position| match level {
                Some(level) => classification.ancestor_at(position, level).unwrap_or(position),
                None => position,
            })
            .collect();
        Some(Groups { variable, of })
    }

    pub(crate) fn of(&self, position: u32) -> u32 {
        self.of.get(position as usize).copied().unwrap_or(NO_GROUP)
    }
}

fn group(groups: Option<&Groups>, rows: &Rows, row: usize) -> u32 {
    let Some(groups) = groups else { return 0 };
    match &rows.columns[groups.variable] {
        Column::Codes(positions) if positions[row] != NO_CODE => groups.of(positions[row]),
        _ => NO_GROUP,
    }
}

impl<'a> Comparisons<'a> {
    pub(crate) fn new(survey: &'a Survey, books: &[Option<CodeBook>]) -> Self {
        let at = |name: &String| survey.position(name).expect("a survey is only made of names that exist");
        let mut comparisons = Comparisons { duplicate: None, changes: Vec::new(), units: Vec::new() };
        for rule in &survey.rules {
            let groups = |within: &Option<String>, level: &Option<String>| {
                Groups::new(survey, books, within.as_deref()?, level.as_deref())
            };
            match &rule.check {
                Check::Duplicate => comparisons.duplicate = Some(rule),
                Check::HidiroglouBerthelot { variable, u, a, c, within, within_level } => {
                    let groups = groups(within, within_level);
                    let variable = at(variable);
                    comparisons.changes.push(Change { rule, variable, u: *u, a: *a, c: *c, groups });
                }
                Check::UnitError { variable, per, factor, tolerance, within, within_level } => {
                    comparisons.units.push(UnitError {
                        rule,
                        variable: at(variable),
                        per: at(per),
                        factor: *factor,
                        tolerance: *tolerance,
                        groups: groups(within, within_level),
                    });
                }
                _ => {}
            }
        }
        comparisons
    }

    /// What the rows of a block leave behind for the comparison.
    pub(crate) fn records(&self, frame: &Frame, rows: &Rows, previous: &dyn PreviousValues) -> Vec<Record> {
        let mut records = Vec::with_capacity(rows.status.len());
        for row in (0..rows.status.len()).filter(|row| !rows.is_refused(*row)) {
            let unit = rows.unit_of(frame, row);
            let year = rows.number(frame.year, row) as i32;
            let values = self.changes.iter().map(|change| {
                let variable = &frame.survey.variables[change.variable].name;
                let before = previous.value(variable, &unit, year - 1).unwrap_or(f64::NAN);
                (rows.number(change.variable, row), before, group(change.groups.as_ref(), rows, row))
            });
            records.push(Record {
                unit: unit_hash(&unit),
                row: rows.cells.rows[row].number,
                year,
                content: hash(rows.cells.row_text(row).as_bytes(), 3),
                sound: rows.status[row] < Some(Severity::Held),
                values: values.collect(),
            });
        }
        records
    }

    /// Adds the ratios of a block.
    pub(crate) fn measure(&self, rows: &Rows, ratios: &mut Ratios) {
        ratios.by_rule.resize_with(self.units.len(), HashMap::new);
        for (rule, ratios) in self.units.iter().zip(&mut ratios.by_rule) {
            for row in (0..rows.status.len()).filter(|row| !rows.is_refused(*row)) {
                let ratio = rows.number(rule.variable, row) / rows.number(rule.per, row);
                if ratio > 0.0 && ratio.is_finite() {
                    ratios.entry(group(rule.groups.as_ref(), rows, row)).or_default().add(ratio);
                }
            }
        }
    }

    /// Compares the rows of each unit: flags duplicates, and rows whose change stands out.
    pub(crate) fn compare(
        &self,
        partitions: Partitions,
        by_year: bool,
        folder: &std::path::Path,
        watch: &dyn domain::progress::Watch,
    ) -> Result<Flags, IntakeError> {
        let mut flags = Flags::new(folder);
        let mut pairs = change::Pairs::new(folder, self.changes.len())?;
        let mut done = 0;
        partitions.each(|records| {
            if watch.cancelled() {
                return Err(IntakeError::Cancelled);
            }
            watch.report("import.compare", done, 0);
            done += records.len() as u64;
            let same = |a: &Record, b: &Record| a.unit == b.unit && (!by_year || a.year == b.year);
            for twins in records.chunk_by(same).filter(|twins| twins.len() > 1) {
                flag_duplicates(twins, &mut flags)?;
            }
            for unit in records.chunk_by(|a, b| a.unit == b.unit) {
                pairs.add_unit(unit)?;
            }
            Ok(())
        })?;
        pairs.flag(&self.changes, &mut flags)?;
        Ok(flags)
    }
}

/// The index of the comparison in a [`Flag`]: duplicates first, then changes.
const DUPLICATE: usize = 0;

/// Rows that repeat each other word for word lose all but the first; rows that contradict each
/// other are all flagged, because nobody knows which is right.
fn flag_duplicates(twins: &[Record], flags: &mut Flags) -> Result<(), IntakeError> {
    let repeated = twins.iter().all(|twin| twin.content == twins[0].content);
    for (position, twin) in twins.iter().enumerate() {
        let other = if position == 0 { twins[1].row } else { twins[0].row };
        if position > 0 || !repeated {
            let first = other as f64;
            flags.add(Flag { row: twin.row, comparison: DUPLICATE, first, second: f64::NAN })?;
        }
    }
    Ok(())
}

impl Ratios {
    pub(crate) fn merge(&mut self, other: Ratios) {
        self.by_rule.resize_with(self.by_rule.len().max(other.by_rule.len()), HashMap::new);
        for (mine, theirs) in self.by_rule.iter_mut().zip(other.by_rule) {
            for (group, ratios) in theirs {
                mine.entry(group).or_default().merge(ratios);
            }
        }
    }

    /// Medians by rule and group. A small group says little, so the whole file speaks for it.
    pub(crate) fn medians(self) -> Medians {
        let mut medians = Medians::default();
        for groups in self.by_rule {
            let mut all = Quantiles::default();
            let mut by_group = HashMap::new();
            for (group, ratios) in groups {
                if ratios.count() >= Medians::GROUP_MIN
                    && let Some(median) = ratios.median()
                {
                    by_group.insert(group, median);
                }
                all.merge(ratios);
            }
            let overall = (all.count() >= Medians::FILE_MIN).then(|| all.median()).flatten();
            medians.by_rule.push((by_group, overall));
        }
        medians
    }
}

#[derive(Default)]
pub(crate) struct Medians {
    by_rule: Vec<(HashMap<u32, f64>, Option<f64>)>,
}

impl Medians {
    const GROUP_MIN: u64 = 20;
    /// With fewer rows a median is no yardstick.
    const FILE_MIN: u64 = 5;

    pub(crate) fn get(&self, rule: usize, group: u32) -> Option<f64> {
        let (by_group, overall) = self.by_rule.get(rule)?;
        by_group.get(&group).copied().or(*overall)
    }
}

impl UnitError<'_> {
    /// How many times the usual ratio this one is, if that is about the factor (or its inverse).
    pub(crate) fn suspects(&self, value: f64, per: f64, median: f64) -> Option<f64> {
        let times = value / per / median;
        if !(times > 0.0 && times.is_finite()) {
            return None;
        }
        let off = (times.ln().abs() - self.factor.ln()).abs();
        (off <= self.tolerance.ln()).then_some(times)
    }
}
