//! How output depends on inputs, and what remains: regressions, panels, production functions, dynamic panels.

pub mod acf;
pub mod dynamic;
pub mod dynamic_panel;
pub mod estimates;
pub mod index;
pub mod ols;
pub mod panel;
pub mod probit;
pub mod proxy;
pub mod stacked;
pub mod two_stage;
pub mod wooldridge;

#[cfg(test)]
mod tests;
