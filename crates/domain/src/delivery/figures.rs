//! The 5S score: five questions, each 0 to 5.

use serde::{Deserialize, Serialize};

/// Sort, set in order, shine, standardise, sustain: 0 to 5 each, 25 in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[u8; 5]", into = "[u8; 5]")]
pub struct FiveS([u8; 5]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("each of the five parts of a 5S score lies between 0 and 5; found {0}")]
pub struct InvalidFiveS(pub u8);

impl FiveS {
    pub const MAX: u8 = 25;

    pub fn new(parts: [u8; 5]) -> Result<Self, InvalidFiveS> {
        match parts.into_iter().find(|part| *part > 5) {
            Some(part) => Err(InvalidFiveS(part)),
            None => Ok(FiveS(parts)),
        }
    }

    pub fn parts(self) -> [u8; 5] {
        self.0
    }

    pub fn total(self) -> u8 {
        self.0.iter().sum()
    }
}

impl TryFrom<[u8; 5]> for FiveS {
    type Error = InvalidFiveS;

    fn try_from(parts: [u8; 5]) -> Result<Self, InvalidFiveS> {
        FiveS::new(parts)
    }
}

impl From<FiveS> for [u8; 5] {
    fn from(score: FiveS) -> Self {
        score.0
    }
}
