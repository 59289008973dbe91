//! Small cubes for the tests of the guard and of the way out: from a handful of hand-written
//! respondents, or random ones of a wanted number of cells.
//!
//! The arithmetic is the plain one (every respondent is added to every cell above it, one by
//! one), so that it may serve as an oracle. It must never use the sweep of `statistics`.

mod recipe;
mod tabulate;

pub use recipe::{Recipe, hierarchy, time};
pub use tabulate::{Respondent, additive, count, quantile, ratio, tabulate};

#[cfg(test)]
mod tests;
