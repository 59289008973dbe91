//! The way out: CSV, XLSX, SDMX, JSON-stat and PX of protected cubes, and the catalogue of releases.
//!
//! Everything here takes a [`disclosure::ProtectedCube`] or what was made of one. This room never
//! sees an unprotected number, knows no clock (the moment is passed in) and speaks no HTTP: an
//! answer is a status, a media type and bytes.

pub mod analyses;
pub mod catalogue;
pub mod error;
pub mod format;
pub mod framework;
pub mod sdmx;
pub mod selection;
pub mod structure;
pub mod table;
pub mod words;

pub use catalogue::{Catalogue, Dataset, Draft, Release};
pub use error::PublicationError;
pub use format::{FORMATS, Format, Rendering};
pub use selection::Selection;
pub use table::{Figure, Table};
