//! Growth accounting: what inputs explain of growth, and what they do not.

pub mod accounting;
pub mod capital;
pub mod domar;
pub mod reallocation;
pub mod services;

#[cfg(test)]
mod tests;
