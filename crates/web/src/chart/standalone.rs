//! Pictures that travel: one SVG file with light colours and, inside the picture, its title,
//! unit and source, because it will be shown where the page is not.

use std::fmt::Write as _;

use super::Canvas;
use super::canvas::{At, escape};
use super::ink;
use super::scale::wrap;

/// What a picture must say about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub title: String,
    /// Measure, unit, price base, what the marks mean.
    pub unit: String,
    /// Source, release, address; "synthetic" where it is.
    pub source: String,
    pub language: &'static str,
}

const MARGIN: f64 = 24.0;
const FONT: &str = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/// The file.
pub fn standalone(canvas: &Canvas, label: &Label) -> String {
    let width = canvas.width.max(360.0);
    let title = wrap(&label.title, width * 0.78, true);
    let unit = wrap(&label.unit, width, false);
    let source = wrap(&label.source, width * 1.05, false);
    let picture_top = MARGIN + title.len() as f64 * 22.0 + unit.len() as f64 * 18.0 + 14.0;
    let source_top = picture_top + canvas.height + 24.0;
    let height = source_top + source.len() as f64 * 16.0 + 8.0;
    let (full_width, full_height) = (At(width + 2.0 * MARGIN), At(height));
    let mut svg = String::new();
    let text = |size: &str, colour: &str, weight: &str, lines: &[String], top: f64, step: f64| {
        let mut out = String::new();
        for (position, line) in lines.iter().enumerate() {
            let y = At(top + step * position as f64);
            let line = escape(line);
            write!(
                out,
                r#"<text x="{MARGIN}" y="{y}" font-size="{size}" fill="{colour}" font-weight="{weight}">"#
            )
            .expect("a string takes all");
            out.push_str(&line);
            out.push_str("</text>");
        }
        out
    };
    let head = text("17", "#16201f", "600", &title, MARGIN + 10.0, 22.0);
    let under = text("13", "#45524f", "400", &unit, MARGIN + 10.0 + title.len() as f64 * 22.0, 18.0);
    let foot = text("11.5", "#5d6966", "400", &source, source_top, 16.0);
    write!(
        svg,
        r##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{language}"
 width="{full_width}" height="{full_height}" viewBox="0 0 {full_width} {full_height}"
 font-family="{FONT}" font-size="13" fill="#45524f"><title>{title}</title>
<rect width="100%" height="100%" fill="#ffffff"/>{head}{under}
<g transform="translate({MARGIN} {top})">{marks}</g>{foot}</svg>
"##,
        language = label.language,
        title = escape(&label.title),
        top = At(picture_top),
        marks = ink::fixed(&canvas.marks),
    )
    .expect("a string takes all");
    svg
}
