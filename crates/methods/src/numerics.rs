//! Numerics that several methods need: sums that do not drift, linear systems, least squares that sees
//! collinearity, optimisers that say when they fail, linear programmes.

pub mod covariance;
pub mod least_squares;
pub mod linear;
pub mod moments;
pub mod normal;
pub mod optimise;
pub(crate) mod random;
pub mod simplex;
pub mod summation;
pub(crate) mod weighted;

#[cfg(test)]
mod tests;
