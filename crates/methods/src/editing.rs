//! Editing and imputation: what looks wrong, which field is likely at fault, what may stand in for it.

pub mod edit;
pub mod hidiroglou_berthelot;
pub mod imputation;
pub mod localisation;
pub mod multivariate;
pub mod outliers;
pub mod selective;

#[cfg(test)]
mod tests;
