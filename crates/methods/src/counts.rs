//! Counts that may be told: perturbation by cell key, tables of perturbation, rounding that still adds up.

pub mod cell_key;
pub mod perturbation;
pub mod rounding;

#[cfg(test)]
mod tests;
