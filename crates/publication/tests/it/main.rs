//! The way out, tested from outside: a small release in every format, and nothing hidden in any.

mod catalogue;
mod formats;
mod framework;
mod leaks;
mod python;
mod sample;
mod sdmx;
mod structures;
