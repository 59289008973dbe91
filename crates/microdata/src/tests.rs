//! A small survey, staged imports and the sentences about them.

mod crashes;
mod snapshots;
mod staging;
