//! What a reader asks of a table: which measure, what stands on the rows and on the columns,
//! and to which members everything else is narrowed. It is the query of the address, and back.

use domain::cube::DimensionRole;
use domain::language::Text;

use crate::address;
use crate::error::WebError;
use crate::reading::Reading;

/// Rows on a page.
pub(super) const PAGE: usize = 100;
/// More columns than this are no table any more.
const MOST_COLUMNS: usize = 40;

/// What stands on an axis: a level of a hierarchy, or the periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub dimension: usize,
    pub level: u8,
}

/// A choice that fits the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub measure: usize,
    pub rows: Axis,
    pub columns: Option<Axis>,
    /// A member per dimension: what an axis is narrowed to, or what is shown of the others.
    pub scope: Vec<u32>,
    pub page: usize,
    /// The vintage, if not the newest.
    pub release: Option<String>,
}

/// Measures that say most, in the order in which they are offered first.
const HEADLINES: [&str; 5] = ["LP", "LP_P50", "GRDP_PER_CAPITA", "VALUE_ADDED", "YIELD"];

fn unknown(what: &str, value: &str) -> WebError {
    let value: String = value.chars().take(60).collect();
    WebError::BadRequest(Text::new(
        format!("“{value}” tidak dikenal sebagai {what} dalam data ini. Pilih dari daftar di halaman tabel."),
        format!("“{value}” is not known as {what} in this dataset. Choose from the lists on the table page."),
    ))
}

impl Choice {
    /// Reads the query of an address. What is absent or empty gets its default.
    pub(super) fn parse(reading: &Reading, query: &[(String, String)]) -> Result<Self, WebError> {
        let get = |name: &str| {
            query
                .iter()
                .rev()
                .find(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };
        if reading.measures().is_empty() || reading.dimensions().is_empty() {
            return Err(WebError::NotFound);
        }
        let measure = match get("measure") {
            Some(code) => reading.measure(code).ok_or_else(|| unknown("measure", code))?,
            None => reading.first_measure(&HEADLINES).unwrap_or(0),
        };
        let mut scope = reading.whole();
        for (at, dimension) in reading.dimensions().iter().enumerate() {
            if let Some(code) = get(&dimension.id) {
                scope[at] = dimension.member(code).ok_or_else(|| unknown(&dimension.id, code))?;
            }
        }
        let axis = |name: &str| match get(name) {
            None | Some("-") => Ok(None),
            Some(text) => Axis::parse(reading, text).map(Some).ok_or_else(|| unknown(name, text)),
        };
        let rows = axis("rows")?.unwrap_or_else(|| Axis::first(reading, &scope));
        let columns = axis("columns")?.filter(|axis| axis.dimension != rows.dimension);
        let page = get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 100_000);
        let release = get("release").map(str::to_owned);
        let mut choice = Choice { measure, rows, columns, scope, page, release };
        if get(reading.periods_id()).is_none() {
            choice.show_a_known_period(reading);
        }
        if choice.column_members(reading).len() > MOST_COLUMNS {
            return Err(unknown("columns (at most 40)", get("columns").unwrap_or_default()));
        }
        Ok(choice)
    }

    /// Without a year in the address, the newest in which the measure is known at all.
    fn show_a_known_period(&mut self, reading: &Reading) {
        let Some(time) = reading.time() else { return };
        if let Some((period, _)) = reading.newest(&self.scope, self.measure) {
            self.scope[time] = period;
        }
    }

    /// The members on an axis, within the scope.
    fn members(&self, reading: &Reading, axis: Axis) -> Vec<u32> {
        let dimension = axis.dimension;
        if reading.dimensions()[dimension].role == DimensionRole::Time {
            return (0..reading.periods().len() as u32).collect();
        }
        let scope = self.scope[dimension];
        let mut members: Vec<u32> = reading
            .at_level(dimension, axis.level)
            .filter(|member| reading.is_within(dimension, *member, scope))
            .collect();
        if members.is_empty() {
            // The scope is as fine as the axis, or finer: what lies below it, or it alone.
            members = reading.dimensions()[dimension].children(scope).collect();
        }
        if members.is_empty() {
            members.push(scope);
        }
        members
    }

    pub(super) fn row_members(&self, reading: &Reading) -> Vec<u32> {
        self.members(reading, self.rows)
    }

    pub(super) fn column_members(&self, reading: &Reading) -> Vec<u32> {
        self.columns.map_or_else(Vec::new, |axis| self.members(reading, axis))
    }

    /// The key of a cell: the scope with the members of the axes put in.
    pub(super) fn key(&self, row: u32, column: Option<u32>) -> Vec<u32> {
        let mut key = self.scope.clone();
        key[self.rows.dimension] = row;
        if let (Some(axis), Some(column)) = (self.columns, column) {
            key[axis.dimension] = column;
        }
        key
    }

    /// Is the period on an axis, and so not narrowed?
    pub(super) fn time_on_axis(&self, reading: &Reading) -> bool {
        let time = reading.time();
        time == Some(self.rows.dimension) || self.columns.is_some_and(|axis| time == Some(axis.dimension))
    }

    /// The query that reproduces this choice.
    pub(super) fn query(&self, reading: &Reading) -> String {
        let mut pairs: Vec<(&str, String)> = vec![
            ("measure", reading.measures()[self.measure].code.clone()),
            ("rows", self.rows.name(reading)),
        ];
        if let Some(columns) = self.columns {
            pairs.push(("columns", columns.name(reading)));
        }
        for (at, dimension) in reading.dimensions().iter().enumerate() {
            let is_time = dimension.role == DimensionRole::Time;
            let narrowed = if is_time { !self.time_on_axis(reading) } else { self.scope[at] != 0 };
            if narrowed {
                pairs.push((&dimension.id, dimension.members[self.scope[at] as usize].code.clone()));
            }
        }
        if let Some(release) = &self.release {
            pairs.push(("release", release.clone()));
        }
        address::query(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// The query of a download of these cells: codes by dimension, and the measure.
    pub(super) fn download_query(&self, reading: &Reading) -> String {
        // Beyond this an address gets too long for some programs; then the whole dimension comes.
        const MOST_CODES: usize = 150;
        let mut pairs = vec![("measure".to_owned(), reading.measures()[self.measure].code.clone())];
        for (at, dimension) in reading.dimensions().iter().enumerate() {
            let axis =
                [Some(self.rows), self.columns].into_iter().flatten().find(|axis| axis.dimension == at);
            let mut members = match axis {
                Some(axis) => self.members(reading, axis),
                None => vec![self.scope[at]],
            };
            if axis.is_some() && dimension.role == DimensionRole::Hierarchy {
                members.insert(0, self.scope[at]);
            }
            if members.len() > MOST_CODES {
                continue;
            }
            let codes: Vec<&str> =
                members.iter().map(|member| dimension.members[*member as usize].code.as_str()).collect();
            pairs.push((dimension.id.clone(), codes.join(",")));
        }
        address::query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

impl Axis {
    /// `activity:section`, `year`.
    fn parse(reading: &Reading, text: &str) -> Option<Self> {
        let (id, level) = text.split_once(':').unwrap_or((text, ""));
        let dimension = reading.dimension(id)?;
        let known = &reading.dimensions()[dimension];
        let level = match level {
            "" => u8::from(known.levels.len() > 1),
            id => known.levels.iter().position(|level| level.id == id)? as u8,
        };
        Some(Axis { dimension, level })
    }

    pub(super) fn name(&self, reading: &Reading) -> String {
        let dimension = &reading.dimensions()[self.dimension];
        match (dimension.role, dimension.levels.get(usize::from(self.level))) {
            (DimensionRole::Hierarchy, Some(level)) => format!("{}:{}", dimension.id, level.id),
            _ => dimension.id.clone(),
        }
    }

    /// Every axis that a table offers, in its order.
    pub(super) fn all(reading: &Reading) -> Vec<Axis> {
        let mut axes = Vec::new();
        for (at, dimension) in reading.dimensions().iter().enumerate() {
            match dimension.role {
                DimensionRole::Time => axes.push(Axis { dimension: at, level: 0 }),
                DimensionRole::Hierarchy => {
                    for level in 1..dimension.levels.len() as u8 {
                        if reading.at_level(at, level).next().is_some() {
                            axes.push(Axis { dimension: at, level });
                        }
                    }
                }
            }
        }
        axes
    }

    /// The first level of the first hierarchy that was computed; the periods if there is none.
    fn first(reading: &Reading, scope: &[u32]) -> Axis {
        let computed = |axis: &Axis| {
            let dimension = axis.dimension;
            let role = reading.dimensions()[dimension].role;
            let first = reading.at_level(dimension, axis.level).next();
            role == DimensionRole::Hierarchy
                && first.is_some_and(|member| {
                    let mut key = scope.to_vec();
                    key[dimension] = member;
                    reading.is_computed(&key)
                })
        };
        let axes = Axis::all(reading);
        let periods = Axis { dimension: reading.time().unwrap_or(0), level: 0 };
        axes.into_iter().find(computed).unwrap_or(periods)
    }
}
