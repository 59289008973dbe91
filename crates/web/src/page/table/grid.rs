//! The grid: the cells of a choice as a table of the page.

use domain::cube::DimensionRole;
use domain::measure::MeasureKind;

use super::choice::{Axis, Choice, PAGE};
use crate::chart::{Tone, bar};
use crate::parts::{Cell, Head, Row, TableView};
use crate::reading::{Reading, Shown};
use crate::speech::Speech;

/// Names what stands on an axis: "Wilayah (provinsi)", "Tahun".
pub(super) fn axis_label(reading: &Reading, speech: Speech, axis: Axis) -> String {
    let dimension = &reading.dimensions()[axis.dimension];
    let name = speech.say(&dimension.label);
    if dimension.role == DimensionRole::Time || dimension.levels.len() <= 2 {
        return name.to_owned();
    }
    let level = speech.say(&dimension.levels[usize::from(axis.level)].label);
    format!("{name} ({})", crate::finding::lower_first(level))
}

/// A member as people read it; codes that say more than a number stand before the name.
pub(super) fn member_name(reading: &Reading, speech: Speech, dimension: usize, member: u32) -> String {
    let known = &reading.dimensions()[dimension].members[member as usize];
    speech.say(&known.label).to_owned()
}

/// The code, where the dimension has a classification whose codes people use.
fn member_code(reading: &Reading, dimension: usize, member: u32) -> String {
    let known = &reading.dimensions()[dimension];
    let code = &known.members[member as usize].code;
    let shown = known.classification.starts_with("KBLI") && member != 0 && code.len() <= 2;
    if shown { code.clone() } else { String::new() }
}

/// Positions of the quartiles, if the table has them and the measure is of their family.
fn quartiles(reading: &Reading, measure: usize) -> Option<(usize, usize)> {
    let family = matches!(reading.measures()[measure].code.as_str(), "LP" | "LP_P50" | "LP_MEAN");
    if !family {
        return None;
    }
    Some((reading.measure("LP_P25")?, reading.measure("LP_P75")?))
}

/// Builds the rows of one page of the choice.
pub(super) fn build(reading: &Reading, speech: Speech, choice: &Choice) -> TableView {
    let mut table = TableView::new(speech, "table");
    table.sticky = true;
    let measure = &reading.measures()[choice.measure];
    let unit = speech.say(&measure.unit.label).to_owned();
    let columns = choice.column_members(reading);
    let row_label = axis_label(reading, speech, choice.rows);
    let counts = reading.table.count_measure().is_some() && measure.kind != MeasureKind::Count;
    let quartiles = if choice.columns.is_none() { quartiles(reading, choice.measure) } else { None };
    let corner = |rows: usize| Head { class: "corner", rows, ..Head::words(row_label.clone()) };
    let name = speech.say(&measure.label).to_owned();
    let counted = || Head::number(speech.t("column-enterprises"), speech.t("unit-count"));
    match choice.columns {
        Some(axis) => {
            table.groups.push(corner(2));
            let group = Head { columns: columns.len(), ..Head::number(name, unit) };
            table.groups.push(group);
            if counts && reading.dimensions()[axis.dimension].role == DimensionRole::Hierarchy {
                table.groups.push(Head { rows: 2, ..counted() });
            }
            table.heads.extend(columns.iter().map(|member| Head {
                numeric: true,
                ..Head::words(member_name(reading, speech, axis.dimension, *member))
            }));
        }
        None => {
            table.heads.push(corner(1));
            table.heads.push(Head::number(name, unit.clone()));
            table.heads.push(Head::bars());
            if quartiles.is_some() {
                table.heads.push(Head::number(speech.t("column-half"), unit));
            }
            if counts {
                table.heads.push(counted());
            }
        }
    }
    let members = choice.row_members(reading);
    let largest = members
        .iter()
        .filter_map(|member| reading.value(&choice.key(*member, None), choice.measure))
        .map(f64::abs)
        .fold(0.0, f64::max);
    let frame = Frame { reading, speech, choice, columns: &columns, quartiles, counts, largest };
    let skip = (choice.page - 1) * PAGE;
    table.rows = members.iter().skip(skip).take(PAGE).map(|member| frame.row(*member, "")).collect();
    // The whole stands last, unless it is a row already or was never computed.
    let scope = choice.scope[choice.rows.dimension];
    let is_time = reading.time() == Some(choice.rows.dimension);
    if !is_time && !members.contains(&scope) && reading.is_computed(&choice.key(scope, None)) {
        table.rows.push(frame.row(scope, "total"));
    }
    table
}

struct Frame<'a> {
    reading: &'a Reading,
    speech: Speech,
    choice: &'a Choice,
    columns: &'a [u32],
    quartiles: Option<(usize, usize)>,
    counts: bool,
    largest: f64,
}

impl Frame<'_> {
    fn row(&self, member: u32, class: &'static str) -> Row {
        let (reading, speech, choice) = (self.reading, self.speech, self.choice);
        let decimals = reading.measures()[choice.measure].decimals;
        let dimension = choice.rows.dimension;
        let mut cells = Vec::new();
        let whole = choice.key(member, None);
        match choice.columns {
            Some(axis) => {
                for column in self.columns {
                    let shown = reading.shown(&choice.key(member, Some(*column)), choice.measure);
                    cells.push(Cell::of(speech, shown, decimals));
                }
                if self.counts && reading.dimensions()[axis.dimension].role == DimensionRole::Hierarchy {
                    cells.push(self.count(&whole));
                }
            }
            None => {
                let shown = reading.shown(&whole, choice.measure);
                cells.push(Cell::of(speech, shown, decimals));
                let tone = if class == "total" { Tone::Alternative } else { Tone::Main };
                // The total of a sum would dwarf its parts.
                let drawn = shown.value().filter(|value| *value >= 0.0 && *value <= self.largest);
                cells.push(Cell::Picture(bar::in_cell(drawn, self.largest, tone, None)));
                if let Some((low, high)) = self.quartiles {
                    let ends = (reading.shown(&whole, low), reading.shown(&whole, high));
                    cells.push(Cell::range(speech, ends.0, ends.1, decimals));
                }
                if self.counts {
                    cells.push(self.count(&whole));
                }
            }
        }
        Row {
            name: member_name(reading, speech, dimension, member),
            code: member_code(reading, dimension, member),
            href: None,
            class,
            cells,
        }
    }

    /// The number of enterprises; of hidden cells its class.
    fn count(&self, key: &[u32]) -> Cell {
        let Some(measure) = self.reading.table.count_measure() else { return Cell::Unknown };
        match self.reading.shown(key, measure) {
            Shown::Value(count) => Cell::Number(self.speech.number(count, 0)),
            Shown::Nobody => Cell::Nobody,
            _ => Cell::optional(self.reading.enterprises(key)),
        }
    }
}
