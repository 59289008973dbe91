//! The cube against independent computations of the same numbers.

mod duckdb;
