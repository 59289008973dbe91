//! Numerics that several methods need: sums that do not drift, linear systems.

pub mod linear;
pub mod summation;
