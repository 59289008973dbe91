//! The analyst's bench: named columns in, tables with definition, n and missing values out.

mod argument;
mod error;
mod expression;
mod frame;
mod method;
mod outcome;
mod request;
mod run;

pub use argument::{Argument, Arguments, Kind, Value};
pub use error::{MethodError, Saying};
pub use frame::{Categories, Column, Frame, MISSING};
pub use method::{Group, METHODS, Method};
pub use outcome::{Cell, Figures, Heading, Note, Outcome, Table};
pub use request::{Model, Request, Term};
pub use run::{entering, run, values};

#[cfg(test)]
mod tests;
