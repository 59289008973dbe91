//! The guard: a cube goes in, a protected cube with its proof comes out.
//!
//! A cell is safe when there is another complete table that agrees with every published figure
//! and moves the cell by the amount demanded. [`protect`] constructs such tables (*witnesses*),
//! hides exactly the cells they move, and keeps them; [`check`] finds them true by addition.
//!
//! This room never reads files except in [`table`], knows no clock and no chance, and never
//! lets a value pass that has no proof. It does not decide what is sensitive: the plan does.

mod analyses;
mod check;
mod circulation;
mod error;
mod family;
mod hypercube;
mod interval;
mod lattice;
mod network;
mod plan;
mod problem;
mod proof;
mod protect;
mod protected;
mod rule;
mod search;
pub mod table;

pub use analyses::{ProtectedAnalyses, ProtectedAnalysis, ProtectedGroup, Shown, protect_analyses};
pub use check::{AuditReport, WeakerProof, check};
pub use error::DisclosureError;
pub use interval::{Interval, exact_intervals};
pub use plan::{Attackers, Effort, PlanKind, ProtectionPlan};
pub use proof::{CellProof, Proof, Strength, Witness};
pub use protect::protect;
pub use protected::{CountClass, ProtectedCube, Reason, Value};
