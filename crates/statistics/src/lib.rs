//! The workshop: the cube and its statistics, the only room that knows DataFusion.
//!
//! Files of enterprises and a plan go in, a [`domain::cube::Cube`] comes out: every statistic of
//! every cell of every combination of levels. Nothing here is protected: a cube is for the
//! statistician alone, and only `disclosure` makes something publishable of it.
//!
//! How it works: rows are read once and added to their finest cell; coarser cells follow from
//! finer ones. For the quantiles the enterprises of a period are ordered once by their value and
//! swept once for each combination of levels. All sums are exact, so the result does not depend
//! on the number of threads or on the order in which partial results meet.
//!
//! This room never opens a database, speaks HTTP, or drops a row in silence (see [`Coverage`]).

mod assemble;
mod block;
mod bounds;
mod cells;
mod codes;
mod compute;
mod coverage;
pub mod cube_file;
mod deflation;
mod dimension;
pub mod engine;
mod error;
mod exact;
mod lattice;
mod members;
mod partition;
mod quality;
mod radix;
mod recipe;
mod running;
mod source;
mod statistic;
mod sweep;
mod weight;
mod worker;

pub use compute::{Computation, compute};
pub use coverage::{Coverage, Outside};
pub use error::StatisticsError;
pub use quality::{VARIATION_FORMULA, Variation, quality};
pub use source::Input;
pub use statistic::{Cell, Need, Noun, STATISTICS, Settings, Statistic};
