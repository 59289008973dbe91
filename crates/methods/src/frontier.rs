//! How far an enterprise is from the best practice: data envelopment analysis and stochastic frontiers.

pub mod bootstrap;
pub mod cost;
pub mod dea;
pub mod envelopment;
pub mod malmquist;
pub mod sfa;
pub mod stochastic;

#[cfg(test)]
mod tests;
