//! How far apart enterprises are: quantiles, inequality, concentration, misallocation.

pub mod quantile;
