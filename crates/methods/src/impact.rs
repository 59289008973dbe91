//! What a programme changed: before and after, differences in differences, matching and weighting, staggered
//! starts.

pub mod before_after;
pub mod coarsened;
pub mod comparison;
pub mod effect;
pub mod entropy;
pub mod event_study;
pub mod matching;
pub mod precision;
pub mod propensity;
pub mod staggered;

#[cfg(test)]
mod tests;
