//! Paper: what leaves the house to be printed, signed and hung on a wall, as tagged PDF (PDF/UA-1).
//!
//! A template in `templates/` reads one JSON value and pictures by name; this room sets them with
//! typst. It knows no database and computes nothing: whoever asks brings the finished words and
//! figures.

mod press;

pub use press::{Fault, Pictures, Press};
