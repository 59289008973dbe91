//! The cube: statistics by cell, where a cell is one member of each dimension.
//!
//! A [`Cube`] is unprotected. It may be shown to the statistician who computed it and to
//! nobody else; what leaves the house is made from it by the `disclosure` room alone.

use serde::{Deserialize, Serialize};

use crate::language::Text;
use crate::measure::Measure;

/// One member of a dimension: a code, or the total of all codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub code: String,
    /// Index of the parent in [`Dimension::members`]; `None` for the total and for times.
    pub parent: Option<u32>,
    /// Index into [`Dimension::levels`].
    pub level: u8,
    pub label: Text,
}

/// A level of a dimension, such as total, section or division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionLevel {
    pub id: String,
    pub label: Text,
}

/// What a dimension is to the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DimensionRole {
    /// Periods: never added up.
    Time,
    /// A hierarchy whose parents are the sums of their children; member 0 is the total.
    Hierarchy,
}

/// A dimension of a cube with all its members, parents before children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// As plans name it: `activity`, `region`, `size`, `year`.
    pub id: String,
    /// SDMX concept: `ACTIVITY`, `REF_AREA`, `SIZE`, `TIME_PERIOD`.
    pub concept: String,
    pub role: DimensionRole,
    pub label: Text,
    /// The classification and its edition, such as `KBLI2020`; empty if there is none.
    pub classification: String,
    pub levels: Vec<DimensionLevel>,
    pub members: Vec<Member>,
}

impl Dimension {
    /// The index of a member by its code.
    pub fn member(&self, code: &str) -> Option<u32> {
        self.members.iter().position(|member| member.code == code).map(|position| position as u32)
    }

    /// The children of a member, in order.
    pub fn children(&self, parent: u32) -> impl Iterator<Item = u32> + '_ {
        self.members
            .iter()
            .enumerate()
            .filter(move |(_, member)| member.parent == Some(parent))
            .map(|(position, _)| position as u32)
    }
}

/// Who stands behind the cells of one additive measure, needed to judge and protect them.
///
/// A contributor is a holding: enterprises of one group count as one. Columns run parallel to
/// the cells of the cube.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// Code of the measure these contributions add up to.
    pub measure: String,
    /// Number of holdings with at least one enterprise in the cell.
    pub holdings: Vec<u32>,
    /// The largest holding's part (by absolute value; weighted like the total).
    pub largest: Vec<f64>,
    /// The second largest holding's part; 0 if there is none.
    pub second_largest: Vec<f64>,
    /// A stable identity of the largest holding, so that a sole contributor is recognised in all
    /// its cells.
    pub largest_holding: Vec<u64>,
}

/// Where the numbers come from; travels with them into every file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Made by a generator and not by enterprises: said on every page and in every file.
    pub synthetic: bool,
    pub source: Text,
    pub licence: String,
    pub snapshot: String,
    /// "Harga berlaku" or "harga konstan 2020, deflator …".
    pub price_basis: Text,
    /// The definition of quantiles used, such as `inverse-ecdf`.
    pub quantile_definition: String,
}

/// Statistics by cell, unprotected. Invariant: all columns have one entry a cell, cells are
/// sorted by key and stand once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cube {
    /// SDMX-safe id of the dataset, which is its dataflow: `NPD_ENTERPRISE`.
    pub dataset: String,
    pub title: Text,
    pub dimensions: Vec<Dimension>,
    /// The combinations of levels that were computed, one level index per dimension. A cell of
    /// a combination that is listed and is absent is a true zero: no enterprise is there.
    pub level_sets: Vec<Vec<u8>>,
    /// Member indices, one per dimension, cell after cell.
    pub keys: Vec<u32>,
    pub measures: Vec<Measure>,
    /// One column a measure. NaN: not available (an empty denominator, too few enterprises).
    pub values: Vec<Vec<f64>>,
    pub contributions: Vec<Contributions>,
    pub provenance: Provenance,
}

impl Cube {
    /// Number of cells.
    pub fn len(&self) -> usize {
        if self.dimensions.is_empty() { 0 } else { self.keys.len() / self.dimensions.len() }
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The members of a cell, one per dimension.
    pub fn key(&self, cell: usize) -> &[u32] {
        let width = self.dimensions.len();
        &self.keys[cell * width..(cell + 1) * width]
    }

    /// The position of a cell by its key.
    pub fn find(&self, key: &[u32]) -> Option<usize> {
        find_key(&self.keys, key)
    }

    pub fn dimension(&self, id: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.id == id)
    }

    pub fn measure(&self, code: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.code == code)
    }
}

/// Binary search of a key among sorted, row-major keys.
pub fn find_key(keys: &[u32], key: &[u32]) -> Option<usize> {
    let width = key.len();
    let (mut low, mut high) = (0, keys.len().checked_div(width)?);
    while low < high {
        let middle = (low + high) / 2;
        match keys[middle * width..(middle + 1) * width].cmp(key) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(middle),
        }
    }
    None
}
