//! Estimates from a sample: totals, means, ratios, quantiles, regressions, with the variance of the design.

pub mod calibration;
pub mod design;
pub mod estimate;
pub mod quantile;
pub mod regression;
pub mod replicates;
pub(crate) mod report;

#[cfg(test)]
mod tests;
