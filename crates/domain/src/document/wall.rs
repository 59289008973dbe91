//! What hangs on the wall of a workshop, A3.

use serde::Serialize;

use super::Picture;

/// The improvement plan as a board: what, who, until when, how far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImprovementBoard {
    pub enterprise: String,
    pub module: String,
    pub team: String,
    /// The plan as of this day, in words.
    pub as_of: String,
    pub lines: Vec<BoardLine>,
    /// Empty lines for ideas that come up on the floor.
    pub blanks: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BoardLine {
    pub problem: String,
    pub action: String,
    pub owner: String,
    pub due: String,
    pub late: bool,
    /// Quarters of a circle: 1 planned, 2 under way, 3 done, 4 verified.
    pub quarters: u8,
    pub status: String,
    pub before: Option<Picture>,
    pub after: Option<Picture>,
    /// As measured, in words; empty if nothing was.
    pub pair: String,
}

/// The sheet on which a team scores its own place of work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FiveSSheet {
    pub enterprise: String,
    /// Columns to be filled in by hand, one for each round.
    pub rounds: usize,
    /// Scores of the visits so far, oldest first.
    pub scores: Vec<FiveSScore>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FiveSScore {
    pub day: String,
    pub parts: [u8; 5],
    pub total: u8,
}
