//! The proof of safety: other tables that agree with everything published.
//!
//! A proof is as confidential as the cube it belongs to: it is kept with the release and never
//! published. Whoever holds the cube can check it by addition alone.

use serde::{Deserialize, Serialize};

use crate::DisclosureError;
use crate::protected::{pack, unpack};

/// A change of hidden cells under which every published figure stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// Cells of the cube, ascending, with their change.
    pub changes: Vec<(u32, f64)>,
}

/// Against whom a cell is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Against every reader and every single contributor the plan names.
    Full,
    /// Against outsiders; some contributor who is alone in another cell may learn more.
    OutsidersOnly,
    /// Against outsiders, and to less than the level the rule asks for.
    Narrow,
}

/// Why one total of one primary cell is safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellProof {
    pub cell: u32,
    /// Index into [`Proof::totals`].
    pub total: u16,
    /// How far the value must be able to move, both ways.
    pub need: f64,
    pub strength: Strength,
    /// Witnesses with the factor by which each is taken. If there are several, no contributor
    /// who is alone somewhere knows a cell of all of them.
    pub witnesses: Vec<(u32, f64)>,
}

/// All that is needed to check a protected cube against its original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The totals that are proved: codes of measures, or `MEAN*WEIGHT` for implied ones.
    pub totals: Vec<String>,
    pub witnesses: Vec<Witness>,
    pub cells: Vec<CellProof>,
}

const MAGIC: &[u8; 8] = b"LMBPROOF";

impl Proof {
    pub fn to_bytes(&self) -> Vec<u8> {
        pack(MAGIC, self)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DisclosureError> {
        unpack(MAGIC, bytes).map_err(DisclosureError::NotAProof)
    }
}
