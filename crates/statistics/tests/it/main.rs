//! The cube against independent computations of the same numbers, and against bad input.

mod build;
mod duckdb;
mod edges;
mod engine;
mod laws;
mod own_measures;
