//! How far apart enterprises are: quantiles, inequality, concentration, misallocation.

pub mod concentration;
pub mod inequality;
pub mod misallocation;
pub mod quantile;
pub mod quantile_means;
pub mod spread;
pub mod transition;

pub(crate) mod inequality_table;

#[cfg(test)]
mod tests;
