//! How output depends on inputs, and what remains: regressions, panels, production functions, dynamic panels.

pub mod estimates;
pub mod ols;
pub mod panel;

#[cfg(test)]
mod tests;
