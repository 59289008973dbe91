//! The front desk: HTTP, HTML, the API, SDMX, sessions and languages.
//!
//! It shows what was released and takes orders for work. It computes no statistics, reads no
//! microdata, and never sees a number that did not come out of `disclosure::protect`.

pub mod address;
mod assets;
mod certificates;
pub mod chart;
pub mod dates;
pub mod delivery;
pub mod error;
pub mod figures;
pub mod finding;
mod front_door;
mod kept;
pub mod layout;
mod money;
mod network;
pub mod office;
pub mod page;
pub mod paper;
pub mod parts;
mod people;
pub mod reading;
mod register;
mod results;
pub mod sdmx;
pub mod speech;
pub mod state;
pub mod visit;

pub use error::WebError;
pub use front_door::router;
pub use paper::Paper;
pub use register::sweep_files;
pub use results::targets_on;
pub use state::{AppState, Config, Rooms};

#[cfg(test)]
mod testing;
