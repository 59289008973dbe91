//! The vocabulary of Lumbung and its rules.
//!
//! This room does no I/O and knows no clock, SQL, HTTP or Arrow. Definitions (classifications,
//! surveys, plans) arrive here as text and leave as values that are valid because they exist.
//! Every other room speaks the nouns that are named here.

pub mod actor;
pub mod analysis;
pub mod assertion;
pub mod catalogue;
pub mod classification;
pub mod cube;
pub mod deflator;
pub mod delivery;
pub mod document;
pub mod enterprise;
pub mod finding;
pub mod formula;
pub mod framework;
pub mod held;
pub mod indicator;
pub mod language;
pub mod mail;
pub mod measure;
pub mod measurement;
pub mod money;
pub mod network;
pub mod observation;
pub mod organisation;
pub mod outcome;
pub mod person;
pub mod plan;
pub mod programme;
pub mod progress;
pub mod release;
pub mod reminder;
pub mod survey;
pub mod syntax;
pub mod trainer;
