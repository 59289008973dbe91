//! The structure of a dataset in the words of SDMX: its key, its codes and its attributes.
//!
//! Codes carry the edition of their classification (`KBLI2020_C`), because the same letter means
//! something else in the next edition. Nothing here knows a figure.

use std::collections::{BTreeSet, HashMap};

use domain::cube::{Dimension, DimensionRole};
use domain::language::Text;
use domain::measure::Measure;

use crate::words;

/// Where the codes of a dimension of the key come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The frequency, read off the time.
    Frequency,
    /// The measures of the cube.
    Measure,
    /// A dimension of the cube, by its position there.
    Cube(usize),
}

/// A code as files show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub id: String,
    pub name: Text,
    pub description: Option<Text>,
    /// Position of the parent among the codes of the same list.
    pub parent: Option<u32>,
}

/// A dimension of the key, in the order of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDimension {
    pub id: String,
    pub name: Text,
    pub origin: Origin,
    pub codelist: String,
    pub codelist_name: Text,
    /// Parallel to the frequencies, the measures or the members of the cube's dimension.
    pub codes: Vec<Code>,
    index: HashMap<String, u32>,
}

impl KeyDimension {
    fn new(id: String, name: Text, origin: Origin, codelist: (String, Text), codes: Vec<Code>) -> Self {
        let index = codes.iter().enumerate().map(|(at, code)| (code.id.clone(), at as u32)).collect();
        KeyDimension { id, name, origin, codelist: codelist.0, codelist_name: codelist.1, codes, index }
    }

    /// The position of a code by its SDMX id.
    pub fn find(&self, code: &str) -> Option<u32> {
        self.index.get(code).copied()
    }
}

/// The time of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeDimension {
    /// Position among the dimensions of the cube.
    pub dimension: usize,
    pub name: Text,
    /// SDMX periods, parallel to the members.
    pub periods: Vec<String>,
    /// Position of each member's frequency among the codes of `FREQ`.
    pub frequencies: Vec<u32>,
}

/// The key of a dataset. Invariant: ids are SDMX-safe and differ from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    pub dataset: String,
    pub title: Text,
    pub key: Vec<KeyDimension>,
    pub time: Option<TimeDimension>,
    /// Position of `MEASURE` in the key.
    pub measure: usize,
    /// `UNIT_MEASURE` codes, parallel to the measures.
    pub units: Vec<Code>,
}

/// The id of the time dimension, which SDMX prescribes.
pub const TIME_PERIOD: &str = "TIME_PERIOD";

impl Structure {
    /// Reads the structure off the dimensions and measures of a cube.
    pub fn new(dataset: &str, title: &Text, dimensions: &[Dimension], measures: &[Measure]) -> Self {
        let time = dimensions
            .iter()
            .position(|dimension| dimension.role == DimensionRole::Time)
            .map(|position| TimeDimension::new(position, &dimensions[position]));
        let dataset = safe_name(dataset);
        let mut taken: BTreeSet<String> =
            words::ATTRIBUTES.iter().map(|attribute| attribute.id.into()).collect();
        taken.extend(["OBS_VALUE", TIME_PERIOD, "FREQ", "MEASURE"].map(String::from));
        let mut places = Vec::new();
        let mut others = Vec::new();
        for (position, dimension) in dimensions.iter().enumerate() {
            if time.as_ref().is_some_and(|time| time.dimension == position) {
                continue;
            }
            let id = unique(&mut taken, safe_name(&dimension.concept));
            let is_place = id == "REF_AREA";
            let key = cube_dimension(&dataset, id, position, dimension);
            if is_place { places.push(key) } else { others.push(key) }
        }
        let mut key = vec![frequency_dimension(time.as_ref())];
        key.append(&mut places);
        let measure = key.len();
        key.push(measure_dimension(&dataset, measures));
        key.append(&mut others);
        Structure { dataset, title: title.clone(), key, time, measure, units: units(measures) }
    }

    /// The position of a dimension of the key by its id, whatever its case.
    pub fn dimension(&self, id: &str) -> Option<usize> {
        self.key.iter().position(|dimension| dimension.id.eq_ignore_ascii_case(id))
    }

    /// The code of a cell in a dimension of the key.
    pub fn code(&self, dimension: usize, cell: &[u32], measure: usize) -> &Code {
        &self.key[dimension].codes[self.code_position(dimension, cell, measure)]
    }

    pub fn code_position(&self, dimension: usize, cell: &[u32], measure: usize) -> usize {
        match self.key[dimension].origin {
            Origin::Frequency => {
                self.time.as_ref().map_or(0, |time| time.frequencies[cell[time.dimension] as usize] as usize)
            }
            Origin::Measure => measure,
            Origin::Cube(position) => cell[position] as usize,
        }
    }

    /// The period of a cell; empty if the dataset has no time.
    pub fn period(&self, cell: &[u32]) -> &str {
        self.time.as_ref().map_or("", |time| &time.periods[cell[time.dimension] as usize])
    }
}

impl TimeDimension {
    fn new(dimension: usize, of: &Dimension) -> Self {
        let periods: Vec<String> = of.members.iter().map(|member| period(&member.code)).collect();
        let mut frequencies: Vec<u32> = Vec::new();
        let used = frequency_codes(periods.iter().map(String::as_str));
        for period in &periods {
            let wanted = frequency(period);
            frequencies.push(used.iter().position(|code| code.id == wanted).unwrap_or(0) as u32);
        }
        TimeDimension { dimension, name: of.label.clone(), periods, frequencies }
    }
}

fn frequency_dimension(time: Option<&TimeDimension>) -> KeyDimension {
    let codes = match time {
        Some(time) => frequency_codes(time.periods.iter().map(String::as_str)),
        None => frequency_codes(std::iter::once("2000")),
    };
    let list = ("CL_FREQ".to_owned(), words::FREQUENCY.text());
    KeyDimension::new("FREQ".into(), words::FREQUENCY.text(), Origin::Frequency, list, codes)
}

fn measure_dimension(dataset: &str, measures: &[Measure]) -> KeyDimension {
    let mut taken = BTreeSet::new();
    let codes = measures
        .iter()
        .map(|measure| Code {
            id: unique(&mut taken, safe_id(&measure.code)),
            name: measure.label.clone(),
            description: Some(measure.definition.clone()),
            parent: None,
        })
        .collect();
    let list = (format!("CL_{dataset}_MEASURE"), words::MEASURE.text());
    KeyDimension::new("MEASURE".into(), words::MEASURE.text(), Origin::Measure, list, codes)
}

fn cube_dimension(dataset: &str, id: String, position: usize, dimension: &Dimension) -> KeyDimension {
    let classification = safe_id(&dimension.classification);
    let is_place = id == "REF_AREA";
    let mut taken = BTreeSet::new();
    let codes = dimension
        .members
        .iter()
        .enumerate()
        .map(|(at, member)| {
            let is_total = at == 0 && member.parent.is_none() && member.level == 0 && is_total(dimension);
            let wanted = match (is_total, is_place) {
                (true, true) => "ID".to_owned(),
                (true, false) => "_T".to_owned(),
                (false, true) => place_code(&member.code),
                (false, false) if classification.is_empty() || member.code.starts_with('_') => {
                    safe_id(&member.code)
                }
                (false, false) => format!("{classification}_{}", safe_id(&member.code)),
            };
            Code {
                id: unique(&mut taken, wanted),
                name: member.label.clone(),
                description: None,
                parent: member.parent,
            }
        })
        .collect();
    let list = if classification.is_empty() {
        (format!("CL_{dataset}_{id}"), dimension.label.clone())
    } else {
        (format!("CL_{classification}"), titled(&dimension.label, &dimension.classification))
    };
    KeyDimension::new(id, dimension.label.clone(), Origin::Cube(position), list, codes)
}

/// Does member 0 stand for all the others? One member alone is a total if it is called so.
fn is_total(dimension: &Dimension) -> bool {
    let mut others = dimension.members.iter().skip(1).peekable();
    let named = dimension.members.first().is_some_and(|member| member.code == "_T");
    let above = others.peek().is_some() && others.all(|member| member.parent.is_some());
    dimension.role == DimensionRole::Hierarchy && (named || above)
}

fn titled(label: &Text, classification: &str) -> Text {
    Text::new(format!("{} ({classification})", label.id), format!("{} ({classification})", label.en))
}

/// ISO 3166 writes Indonesia `ID`; codes of provinces and regencies follow it: `ID32`, `ID3204`.
fn place_code(code: &str) -> String {
    let bare: String = code.chars().filter(|letter| *letter != '.').collect();
    if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("ID{bare}")
    } else {
        safe_id(code)
    }
}

/// Letters, digits, `_`, `@`, `$` and `-` are what an SDMX id may hold; it is never empty.
pub fn safe_id(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "_@$-".contains(letter) { letter } else { '_' })
        .collect()
}

/// An id that is a name in XML too, as dimensions and datasets must be: it begins with a letter.
pub fn safe_name(text: &str) -> String {
    let name: String = text
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "_-".contains(letter) { letter } else { '_' })
        .collect();
    if name.starts_with(|letter: char| letter.is_ascii_alphabetic()) { name } else { format!("X{name}") }
}

/// The id itself, or with a number behind it if it is taken or empty.
fn unique(taken: &mut BTreeSet<String>, id: String) -> String {
    let mut candidate = if id.is_empty() { "_X".to_owned() } else { id.clone() };
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{id}_{number}");
        number += 1;
    }
    candidate
}

/// The SDMX spelling of a period: `2021`, `2021-Q1`, `2021-S1`, `2021-03`.
fn period(code: &str) -> String {
    let compact: String = code.trim().to_ascii_uppercase().replace(' ', "-");
    match (compact.get(..4), compact.get(4..)) {
        (Some(year), Some(rest))
            if year.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with('Q') =>
        {
            format!("{year}-{rest}")
        }
        _ => safe_id(&compact),
    }
}

/// The frequency a period belongs to.
fn frequency(period: &str) -> &'static str {
    match period.get(4..).unwrap_or_default().as_bytes() {
        [] => "A",
        [b'-', b'Q', ..] => "Q",
        [b'-', b'S', ..] => "S",
        [b'-', month, _] if month.is_ascii_digit() => "M",
        [b'-', ..] => "D",
        _ => "A",
    }
}

fn frequency_codes<'a>(periods: impl Iterator<Item = &'a str>) -> Vec<Code> {
    let mut used: Vec<&str> = periods.map(frequency).collect();
    used.sort_by_key(|id| words::FREQUENCIES.iter().position(|(code, _)| code == id));
    used.dedup();
    used.into_iter()
        .filter_map(|id| words::FREQUENCIES.iter().find(|(code, _)| *code == id))
        .map(|(id, name)| Code { id: (*id).into(), name: name.text(), description: None, parent: None })
        .collect()
}

fn units(measures: &[Measure]) -> Vec<Code> {
    measures
        .iter()
        .map(|measure| Code {
            id: unique(&mut BTreeSet::new(), safe_id(&measure.unit.code)),
            name: measure.unit.label.clone(),
            description: None,
            parent: None,
        })
        .collect()
}
