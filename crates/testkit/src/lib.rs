//! Outside the walls: builders and synthetic enterprises with known truths.
//!
//! Everything here is deterministic: the same recipe and seed give the same bytes. Nothing here
//! is ever published without the word "synthetic" beside it, and no room of the house depends on
//! this crate except in its tests.

pub mod cohort;
pub mod cube;
pub mod synthetic;
