//! Analyses: figures of the bench that a plan orders and a release carries.
//!
//! An [`Analysis`] is unprotected. Like a cube it may be shown to whoever computed it and to nobody else;
//! what leaves the house is made from it by the `disclosure` room alone.

use serde::{Deserialize, Serialize};

use crate::language::Text;

/// A cell of a table of figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Figure {
    Count(u64),
    Number(f64),
    Text(String),
    /// There is no figure, and this is why.
    Absent {
        absent: Text,
    },
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    pub id: String,
    pub label: Text,
}

/// A table of figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureTable {
    pub id: String,
    pub title: Text,
    pub columns: Vec<Heading>,
    pub rows: Vec<Vec<Figure>>,
}

/// One contributor's part of a set of rows: a holding (enterprises of one group count as one), and its
/// size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub holding: u32,
    pub size: f64,
}

/// What was computed for one group, and from whom.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysedGroup {
    /// The member of every dimension in [`Analysis::by`].
    pub members: Vec<String>,
    pub labels: Vec<Text>,
    /// The periods whose rows stand behind the figures.
    pub periods: Vec<String>,
    /// Every set of rows of which the figures are a mean, a spread or a share: each must be large enough by
    /// itself.
    pub sets: Vec<Vec<Part>>,
    /// The figures, or why there are none.
    pub tables: Result<Vec<FigureTable>, Text>,
    pub notes: Vec<Text>,
    /// Rows that entered.
    pub n: u64,
}

/// From what an analysis was computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The rows of the snapshot: every group is judged.
    #[default]
    Rows,
    /// The visible cells of the released table: nothing in it that a reader could not compute.
    Table,
}

/// What an analysis is and where its formula comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub id: String,
    pub title: Text,
    /// The word on the command line: `lumbung stat METHOD`.
    pub method: String,
    pub definition: Text,
    pub source: String,
    /// At which prices, in words.
    pub prices: Text,
    pub note: Text,
    pub basis: Basis,
}

/// An analysis before protection.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    pub about: Description,
    /// Dimensions of the cube that tell the groups apart.
    pub by: Vec<Heading>,
    pub groups: Vec<AnalysedGroup>,
}
