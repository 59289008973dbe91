//! Paper: what leaves the house to be printed, signed and hung on a wall, as tagged PDF (PDF/UA-1).
//!
//! A template in `templates/` reads one JSON value and pictures by name; this room sets them with
//! typst. It knows no database and computes nothing: whoever asks brings the finished words and
//! figures. What comes from people reaches a template as strings, so nothing of it is ever executed.

mod alphabet;
mod press;
#[cfg(test)]
mod tests;

pub use press::Press;
