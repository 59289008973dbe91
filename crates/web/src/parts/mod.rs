//! The parts that pages are made of: figures with their frame, tables, the words of nothing.

pub mod figure;
pub mod sheet;
pub mod table;

pub use figure::FigureView;
pub use sheet::{Column, Field, Form, Grid, Kind, Line, Notice, Section, Sheet, Square, Stat};
pub use table::{Cell, Head, Row, TableView};
