//! A choice of cells: which members, which measures, which of the newest or oldest periods.

use crate::error::SelectionError;
use crate::structure::{Origin, TIME_PERIOD};
use crate::table::Table;

/// A choice of cells of one table; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// For each dimension of the cube the members that are wanted; empty: every member of all.
    members: Vec<Option<Vec<bool>>>,
    /// The measures that are wanted; `None`: all.
    measures: Option<Vec<bool>>,
    /// Of each list of keys at least one must match.
    keys: Vec<Vec<KeyPattern>>,
    /// Only so many observations of each series, counted from the oldest.
    pub first: Option<usize>,
    /// Only so many observations of each series, counted from the newest.
    pub last: Option<usize>,
}

impl Selection {
    pub fn all() -> Self {
        Selection::default()
    }

    /// Reads a choice as web addresses carry it: a name (`activity`, `ACTIVITY`, `measure`,
    /// `year`) and its codes, either the classification's own (`C`, `3204`) or SDMX's
    /// (`KBLI2020_C`, `ID3204`). A name that stands twice adds codes.
    pub fn parse<'a>(
        table: &Table,
        choices: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SelectionError> {
        let mut wanted: Vec<(Place, Vec<u32>)> = Vec::new();
        for (name, codes) in choices {
            let place = Place::find(table, name)?;
            let mut found = Vec::new();
            for code in codes.split([',', '+']).map(str::trim).filter(|code| !code.is_empty()) {
                found.push(place.member(table, code).ok_or_else(|| SelectionError::UnknownCode {
                    dimension: name.to_owned(),
                    code: code.to_owned(),
                })?);
            }
            match wanted.iter_mut().find(|(known, _)| *known == place) {
                Some((_, members)) => members.append(&mut found),
                None => wanted.push((place, found)),
            }
        }
        let mut selection = Selection::all();
        for (place, members) in wanted {
            if members.is_empty() {
                continue;
            }
            match place {
                Place::Measure => {
                    selection.keep_measures(table, |measure| members.contains(&(measure as u32)))
                }
                Place::Dimension(at) => selection.keep_members(table, at, |member| members.contains(&member)),
            }
        }
        Ok(selection)
    }

    /// Narrows a dimension of the cube to the members that a test keeps.
    pub fn keep_members(&mut self, table: &Table, dimension: usize, keep: impl Fn(u32) -> bool) {
        self.members.resize(table.dimensions().len(), None);
        let count = table.dimensions()[dimension].members.len() as u32;
        let before = self.members[dimension].take();
        let kept = (0..count)
            .map(|member| before.as_ref().is_none_or(|mask| mask[member as usize]) && keep(member))
            .collect();
        self.members[dimension] = Some(kept);
    }

    /// Narrows the measures to those that a test keeps.
    pub fn keep_measures(&mut self, table: &Table, keep: impl Fn(usize) -> bool) {
        let before = self.measures.take();
        let kept = (0..table.measures().len())
            .map(|measure| before.as_ref().is_none_or(|mask| mask[measure]) && keep(measure))
            .collect();
        self.measures = Some(kept);
    }

    /// Narrows the choice to cells and measures that match one of the keys.
    pub fn keep_keys(&mut self, mut keys: Vec<KeyPattern>) {
        // One key is a narrowing by dimension, which is quicker to test.
        match (keys.len(), keys.pop()) {
            (1, Some(key)) => {
                self.members.resize(self.members.len().max(key.members.len()), None);
                for (mask, other) in self.members.iter_mut().zip(key.members) {
                    narrow(mask, other);
                }
                narrow(&mut self.measures, key.measures);
            }
            (_, Some(key)) => {
                keys.push(key);
                self.keys.push(keys);
            }
            (_, None) => {}
        }
    }

    /// The same choice with one dimension of the cube, or the measures, left open.
    pub fn opened(&self, open: Origin) -> Self {
        let mut selection = self.clone();
        let open_pattern = |key: &mut KeyPattern| match open {
            Origin::Measure => key.measures = None,
            Origin::Cube(position) => drop(key.members.get_mut(position).map(Option::take)),
            Origin::Frequency => {}
        };
        let mut own = KeyPattern { members: selection.members, measures: selection.measures };
        open_pattern(&mut own);
        (selection.members, selection.measures) = (own.members, own.measures);
        selection.keys.iter_mut().flatten().for_each(open_pattern);
        selection
    }

    /// Is a measure of a cell chosen?
    pub fn has(&self, key: &[u32], measure: usize) -> bool {
        self.has_measure(measure)
            && self.has_cell(key)
            && self.keys.iter().all(|any| any.iter().any(|pattern| pattern.matches(key, Some(measure))))
    }

    /// Is a cell chosen, whatever the measure?
    pub fn has_cell(&self, key: &[u32]) -> bool {
        mask_matches(&self.members, key)
            && self.keys.iter().all(|any| any.iter().any(|pattern| pattern.matches(key, None)))
    }

    /// Does the choice depend on cell and measure together?
    pub(crate) fn is_mixed(&self) -> bool {
        !self.keys.is_empty()
    }

    pub fn has_measure(&self, measure: usize) -> bool {
        self.measures.as_ref().is_none_or(|mask| mask.get(measure).copied().unwrap_or(false))
    }

    /// The chosen measures, in the order of the table.
    pub fn measures(&self, table: &Table) -> Vec<usize> {
        (0..table.measures().len()).filter(|measure| self.has_measure(*measure)).collect()
    }
}

/// A key of SDMX: for each dimension of the cube, and for the measures, what matches it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPattern {
    members: Vec<Option<Vec<bool>>>,
    measures: Option<Vec<bool>>,
}

impl KeyPattern {
    pub(crate) fn keep_members(&mut self, dimension: usize, kept: Vec<bool>) {
        self.members.resize(self.members.len().max(dimension + 1), None);
        narrow(&mut self.members[dimension], Some(kept));
    }

    pub(crate) fn keep_measures(&mut self, kept: Vec<bool>) {
        narrow(&mut self.measures, Some(kept));
    }

    pub(crate) fn keep_nothing(&mut self) {
        self.measures = Some(Vec::new());
    }

    fn matches(&self, key: &[u32], measure: Option<usize>) -> bool {
        let measure_matches = match (&self.measures, measure) {
            (Some(mask), Some(measure)) => mask.get(measure).copied().unwrap_or(false),
            (Some(mask), None) => mask.contains(&true),
            (None, _) => true,
        };
        measure_matches && mask_matches(&self.members, key)
    }
}

fn mask_matches(members: &[Option<Vec<bool>>], key: &[u32]) -> bool {
    members.iter().zip(key).all(|(mask, member)| {
        mask.as_ref().is_none_or(|mask| mask.get(*member as usize).copied().unwrap_or(false))
    })
}

/// Both masks together; an absent one keeps everything.
fn narrow(mask: &mut Option<Vec<bool>>, other: Option<Vec<bool>>) {
    match (mask.as_mut(), other) {
        (_, None) => {}
        (None, other) => *mask = other,
        (Some(mask), Some(other)) => {
            for (at, kept) in mask.iter_mut().enumerate() {
                *kept = *kept && other.get(at).copied().unwrap_or(false);
            }
        }
    }
}

/// What a name in a choice stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Measure,
    Dimension(usize),
}

impl Place {
    fn find(table: &Table, name: &str) -> Result<Self, SelectionError> {
        let structure = table.structure();
        if name.eq_ignore_ascii_case("measure") {
            return Ok(Place::Measure);
        }
        let by_concept = structure.dimension(name).map(|dimension| structure.key[dimension].origin);
        if let Some(Origin::Cube(position)) = by_concept {
            return Ok(Place::Dimension(position));
        }
        let own = table.dimensions().iter().position(|dimension| dimension.id.eq_ignore_ascii_case(name));
        let time = structure.time.as_ref().map(|time| time.dimension);
        let named = own.or_else(|| time.filter(|_| name.eq_ignore_ascii_case(TIME_PERIOD)));
        named.map(Place::Dimension).ok_or_else(|| {
            let names: Vec<&str> = table.dimensions().iter().map(|dimension| dimension.id.as_str()).collect();
            SelectionError::UnknownDimension {
                name: name.to_owned(),
                known: format!("{}, measure", names.join(", ")),
            }
        })
    }

    fn member(self, table: &Table, code: &str) -> Option<u32> {
        let structure = table.structure();
        match self {
            Place::Measure => structure.key[structure.measure].find(code).or_else(|| {
                table.measures().iter().position(|measure| measure.code == code).map(|at| at as u32)
            }),
            Place::Dimension(position) => {
                let own = table.dimensions()[position].member(code);
                own.or_else(|| match &structure.time {
                    Some(time) if time.dimension == position => {
                        time.periods.iter().position(|period| period == code).map(|at| at as u32)
                    }
                    _ => structure
                        .key
                        .iter()
                        .find(|dimension| dimension.origin == Origin::Cube(position))
                        .and_then(|dimension| dimension.find(code)),
                })
            }
        }
    }
}
