//! How far an enterprise is from the best practice: data envelopment analysis and stochastic frontiers.

pub mod cost;
pub mod dea;
pub mod envelopment;

#[cfg(test)]
mod tests;
