//! Prices and volumes: what remains of a change of value once prices are taken out.

pub mod chain;
pub mod deflator;
pub mod double;
pub mod rebase;

#[cfg(test)]
mod tests;
