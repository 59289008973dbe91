//! Index numbers: how prices and quantities differ between two situations, over time and between places.

pub mod bilateral;
pub mod multilateral;
pub mod price_index;
pub mod spatial;
pub mod splice;

mod situations;

#[cfg(test)]
mod tests;
