//! The parts that pages are made of: figures with their frame, tables, the words of nothing.

pub mod figure;
pub mod table;

pub use figure::FigureView;
pub use table::{Cell, Head, Row, TableView};
