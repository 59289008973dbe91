//! The numerics: productivity methods whose digits can be trusted.
//!
//! A method is a function on slices and matrices that returns figures, and an entry in [`METHODS`] that says
//! what it answers, by which definition and from which source, so that the command line, plans and pages can
//! offer it. This room does no I/O and knows no Arrow, clock or randomness of its own: a random method takes
//! a seed. It never papers over: what did not converge, is collinear, infeasible, empty or too small is said.

pub mod bench;
pub mod counts;
pub mod decomposition;
pub mod dispersion;
pub mod editing;
pub mod enterprise;
pub mod frontier;
pub mod growth;
pub mod impact;
pub mod index_numbers;
pub mod numerics;
pub mod panel;
pub mod poverty;
pub mod prices;
pub mod production;
pub mod survey;

pub use bench::{METHODS, Method};

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
