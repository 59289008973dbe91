//! Reading a release: one vintage of a dataset with its table, and what a cell may say.
//!
//! It looks things up and never computes a statistic.

use std::sync::Arc;

use disclosure::Reason;
use domain::cube::{Dimension, DimensionRole, Member};
use domain::measure::Measure;
use publication::{Dataset, Figure, PublicationError, Release, Table};

use crate::error::WebError;
use crate::state::AppState;

/// What a reader is told about one measure in one cell: a value, or one of the kinds of nothing,
/// which never swap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    Value(f64),
    /// Held back, with the reason.
    Withheld(Reason),
    /// Nobody knows: not collected, not reported, not computable.
    Unknown,
    /// True zero: nobody is there.
    Nobody,
}

impl Shown {
    pub fn value(self) -> Option<f64> {
        match self {
            Shown::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// One vintage of a dataset, as pages read it.
#[derive(Clone)]
pub struct Reading {
    pub dataset: Dataset,
    pub release: Release,
    pub table: Arc<Table>,
}

impl AppState {
    /// The public datasets of this moment.
    pub fn datasets(&self) -> Vec<Dataset> {
        self.releases.datasets(self.now())
    }

    /// Reads a dataset in its newest vintage, or in the one asked for.
    pub async fn reading(&self, dataset: &str, release: Option<&str>) -> Result<Reading, WebError> {
        let dataset = self.releases.dataset(dataset, self.now()).map_err(not_found)?;
        let release = match release {
            None => dataset.latest().clone(),
            Some(id) => {
                let found = dataset.releases.iter().find(|release| release.manifest.id == id);
                found.cloned().ok_or(WebError::NotFound)?
            }
        };
        self.read(dataset, release).await
    }

    /// Reads one release by its id.
    pub async fn reading_of(&self, release: &str) -> Result<Reading, WebError> {
        let release = self.releases.release(release, self.now()).map_err(not_found)?;
        let dataset = self.releases.dataset(&release.manifest.dataset, self.now()).map_err(not_found)?;
        self.read(dataset, release).await
    }

    async fn read(&self, dataset: Dataset, release: Release) -> Result<Reading, WebError> {
        let (app, wanted) = (self.clone(), release.clone());
        // The first reader waits for the disk, on a thread that may wait.
        let table = tokio::task::spawn_blocking(move || app.releases.table(&wanted)).await;
        let table = table.map_err(WebError::internal)?.map_err(WebError::internal)?;
        Ok(Reading { dataset, release, table })
    }
}

pub(crate) fn not_found(error: PublicationError) -> WebError {
    match error {
        PublicationError::NoDataset { .. } | PublicationError::NoRelease { .. } => WebError::NotFound,
        error => WebError::internal(error),
    }
}

impl Reading {
    pub fn is_synthetic(&self) -> bool {
        self.release.manifest.synthetic || self.table.provenance().synthetic
    }

    pub fn dimensions(&self) -> &[Dimension] {
        self.table.dimensions()
    }

    pub fn dimension(&self, id: &str) -> Option<usize> {
        self.dimensions().iter().position(|dimension| dimension.id == id)
    }

    /// The dimension of time.
    pub fn time(&self) -> Option<usize> {
        self.dimensions().iter().position(|dimension| dimension.role == DimensionRole::Time)
    }

    pub fn measures(&self) -> &[Measure] {
        self.table.measures()
    }

    pub fn measure(&self, code: &str) -> Option<usize> {
        self.measures().iter().position(|measure| measure.code == code)
    }

    /// The first of several measures that the table has.
    pub fn first_measure(&self, codes: &[&str]) -> Option<usize> {
        codes.iter().find_map(|code| self.measure(code))
    }

    /// Everything together in the newest period.
    pub fn whole(&self) -> Vec<u32> {
        self.dimensions()
            .iter()
            .map(|dimension| match dimension.role {
                DimensionRole::Time => (dimension.members.len() as u32).saturating_sub(1),
                DimensionRole::Hierarchy => 0,
            })
            .collect()
    }

    /// The periods, oldest first; empty if the table knows no time.
    pub fn periods(&self) -> &[Member] {
        self.time().map_or(&[], |time| &self.dimensions()[time].members)
    }

    /// The name of the dimension of time; empty if there is none.
    pub fn periods_id(&self) -> &str {
        self.time().map_or("", |time| &self.dimensions()[time].id)
    }

    /// What a reader is told about a measure in the cell of a key.
    pub fn shown(&self, key: &[u32], measure: usize) -> Shown {
        match self.table.find(key) {
            Some(cell) => match self.table.figure(cell, measure) {
                Figure::Value(value) => Shown::Value(value),
                Figure::Withheld(reason) => Shown::Withheld(reason),
                Figure::Missing => Shown::Unknown,
            },
            // An absent cell means that nobody is there, if enterprises were counted and this
            // combination was; among figures published by others it means that nothing is known.
            None if self.table.count_measure().is_some() && self.is_computed(key) => Shown::Nobody,
            None => Shown::Unknown,
        }
    }

    pub fn value(&self, key: &[u32], measure: usize) -> Option<f64> {
        self.shown(key, measure).value()
    }

    /// Were cells of these levels computed at all?
    pub fn is_computed(&self, key: &[u32]) -> bool {
        let dimensions = self.dimensions();
        let level = |at: usize| dimensions[at].members.get(key[at] as usize).map(|member| member.level);
        self.table.cube().level_sets().iter().any(|set| {
            set.iter()
                .enumerate()
                .all(|(at, wanted)| dimensions[at].role == DimensionRole::Time || level(at) == Some(*wanted))
        })
    }

    /// The newest period in which a measure has a value, everything else as in the key.
    pub fn newest(&self, key: &[u32], measure: usize) -> Option<(u32, f64)> {
        let time = self.time()?;
        let mut key = key.to_vec();
        (0..self.periods().len() as u32).rev().find_map(|period| {
            key[time] = period;
            Some((period, self.value(&key, measure)?))
        })
    }

    /// The values of a measure over time, with the year as a number where the code is one.
    pub fn series(&self, key: &[u32], measure: usize) -> Vec<(i32, Shown)> {
        let Some(time) = self.time() else { return Vec::new() };
        let mut key = key.to_vec();
        let periods = self.periods().iter().enumerate();
        periods
            .filter_map(|(period, member)| {
                key[time] = period as u32;
                Some((member.code.get(..4)?.parse().ok()?, self.shown(&key, measure)))
            })
            .collect()
    }

    /// Members of a dimension at a level, in order.
    pub fn at_level(&self, dimension: usize, level: u8) -> impl Iterator<Item = u32> + '_ {
        self.dimensions()[dimension]
            .members
            .iter()
            .enumerate()
            .filter(move |(_, member)| member.level == level)
            .map(|(at, _)| at as u32)
    }

    /// Is a member the other one, or below it?
    pub fn is_within(&self, dimension: usize, member: u32, scope: u32) -> bool {
        let members = &self.dimensions()[dimension].members;
        let mut current = Some(member);
        while let Some(at) = current {
            if at == scope {
                return true;
            }
            current = members[at as usize].parent;
        }
        false
    }

    /// The number of enterprises behind a cell as it may be told, for people: `17`, `3–9`.
    pub fn enterprises(&self, key: &[u32]) -> Option<String> {
        let cell = self.table.find(key)?;
        if let Some(class) = self.table.cube().count_class(cell) {
            return Some(class.to_string());
        }
        self.table.enterprises(cell)
    }
}
