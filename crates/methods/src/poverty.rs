//! Poverty and food security: who falls short, by how much, and how sure that is.

pub mod food_consumption;
pub mod food_insecurity;
pub mod measures;
pub mod rasch;
pub mod working;

#[cfg(test)]
mod tests;
