//! Effects by group and period where units start at different times (Callaway and Sant'Anna).

mod aggregate;
mod command;
mod group_time;

pub use aggregate::{Aggregate, Aggregation, Bands, aggregate, bands, pre_trend};
pub(crate) use command::METHOD;
pub use group_time::{Base, Control, GroupTime, Options, Staggered, Units, group_time};
