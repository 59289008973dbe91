//! The enterprise: value added from the books, the tree of productivity ratios, unit labour cost, the owner's
//! own work.

pub mod owner_wage;
pub mod productivity_index;
pub mod ratios;
pub mod unit_labour_cost;
pub mod value_added;

#[cfg(test)]
mod tests;
