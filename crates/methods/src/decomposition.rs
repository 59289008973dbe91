//! Decompositions of aggregate productivity: what happened inside, what moved between, who entered and who
//! left.
//!
//! The terms of every decomposition add up to the change they explain; the tests hold this to 1e-12.

pub mod dynamics;
pub mod gap;
pub mod generalised;
pub mod shift_share;
pub mod value_added_growth;

#[cfg(test)]
mod tests;
