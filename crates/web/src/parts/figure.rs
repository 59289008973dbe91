//! A figure: title that states the finding, measure and unit, picture, source, downloads.

use askama::Template;

use crate::layout::Link;

/// A chart or a map with everything that must stand around it.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "part/figure.html")]
pub struct FigureView {
    /// `h2` or `h3`; empty: the title stands elsewhere.
    pub heading: &'static str,
    /// The finding, or the content if no finding is sure.
    pub title: String,
    /// Measure, unit, price base, what the marks mean.
    pub unit: String,
    /// SVG made by `chart`.
    pub picture: String,
    /// Legend of a map.
    pub legend: String,
    pub source: String,
    pub take: Vec<Link>,
    pub take_label: String,
}
