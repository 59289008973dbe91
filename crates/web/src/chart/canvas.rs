//! A canvas: collects SVG marks and writes them out. Text is escaped here and nowhere else.

use std::fmt::{self, Write as _};

use super::Caption;
use super::scale::{clip, wrap};

/// Marks on a surface of a given size. Coordinates are rounded to a tenth of a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    pub width: f64,
    pub height: f64,
    /// `map` pictures hold links and are a group, others are one image.
    pub(super) class: &'static str,
    pub(super) marks: String,
}

/// A coordinate, without needless zeros.
pub(super) struct At(pub f64);

impl fmt::Display for At {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round();
        if tenths % 10.0 == 0.0 {
            write!(out, "{}", tenths / 10.0 + 0.0)
        } else {
            write!(out, "{:.1}", self.0)
        }
    }
}

/// Writes text so that it cannot be taken for markup, quotes included.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML knows no other control characters.
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

impl Canvas {
    pub fn new(width: f64, height: f64) -> Self {
        Canvas { width, height, class: "chart", marks: String::new() }
    }

    fn put(&mut self, arguments: fmt::Arguments<'_>) {
        self.marks.write_fmt(arguments).expect("writing to a string does not fail");
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (At(from.0), At(from.1), At(to.0), At(to.1));
        self.put(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
    }

    pub fn text(&mut self, class: &str, at: (f64, f64), text: &str) {
        let (x, y, text) = (At(at.0), At(at.1), escape(text));
        self.put(format_args!(r#"<text class="{class}" x="{x}" y="{y}">{text}</text>"#));
    }

    /// The name of a row, right-aligned at a place; a long one takes two lines.
    pub(super) fn name(&mut self, right: f64, baseline: f64, name: &str) {
        let mut lines = wrap(name, right, false);
        if lines.len() < 2 {
            return self.text("t1 end", (right, baseline), &clip(name, right, false));
        }
        let rest = lines.split_off(1).join(" ");
        self.text("t1 end", (right, baseline - 7.0), &lines[0]);
        self.text("t1 end", (right, baseline + 7.0), &clip(&rest, right, false));
    }

    pub fn circle(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let (x, y, r) = (At(at.0), At(at.1), At(radius));
        self.put(format_args!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#));
    }

    /// A mark of a weak source: hollow, with a coloured ring.
    pub fn ring(&mut self, stroke: &str, at: (f64, f64), radius: f64) {
        let (x, y, r) = (At(at.0), At(at.1), At(radius));
        self.put(format_args!(
            r#"<circle class="f-paper {stroke}" stroke-width="2.5" cx="{x}" cy="{y}" r="{r}"/>"#
        ));
    }

    pub fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64)) {
        let (x, y, w, h) = (At(at.0), At(at.1), At(size.0.max(0.0)), At(size.1.max(0.0)));
        self.put(format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}"/>"#));
    }

    /// A line through points.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut data = String::new();
        for (position, (x, y)) in points.iter().enumerate() {
            let letter = if position == 0 { 'M' } else { 'L' };
            write!(data, "{letter}{} {}", At(*x), At(*y)).expect("writing to a string does not fail");
        }
        self.path(class, &data);
    }

    /// Path data that we made or checked ourselves.
    pub fn path(&mut self, class: &str, data: &str) {
        self.put(format_args!(r#"<path class="{class}" d="{data}"/>"#));
    }

    pub fn open_group(&mut self, class: &str) {
        self.put(format_args!(r#"<g class="{class}">"#));
    }

    pub fn close_group(&mut self) {
        self.marks.push_str("</g>");
    }

    pub fn open_link(&mut self, href: &str) {
        let href = escape(href);
        self.put(format_args!(r#"<a href="{href}">"#));
    }

    pub fn close_link(&mut self) {
        self.marks.push_str("</a>");
    }

    /// A path with a name of its own, which a pointer and a screen reader find.
    pub fn named_path(&mut self, class: &str, data: &str, name: &str) {
        let name = escape(name);
        self.put(format_args!(r#"<path class="{class}" d="{data}"><title>{name}</title></path>"#));
    }

    /// The hatch of cells without a value, for `fill="url(#…)"`.
    pub fn define_hatch(&mut self, id: &str) {
        self.put(format_args!(
            concat!(
                r#"<defs><pattern id="{id}" width="5" height="5" patternUnits="userSpaceOnUse" "#,
                r#"patternTransform="rotate(45)"><rect class="f-none" width="5" height="5"/>"#,
                r#"<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>"#,
            ),
            id = id
        ));
    }

    pub fn hatched_path(&mut self, hatch: &str, data: &str, name: &str) {
        let name = escape(name);
        self.put(format_args!(
            r#"<path class="none" fill="url(#{hatch})" d="{data}"><title>{name}</title></path>"#
        ));
    }

    /// The `<svg>` element of a page. `class` and `suffix` tell the two drawings apart.
    pub(super) fn write_element(
        &self,
        out: &mut fmt::Formatter<'_>,
        caption: &Caption,
        class: &str,
        suffix: &str,
    ) -> fmt::Result {
        let id = format!("{}{suffix}", caption.id);
        let role = if self.class == "chart" { "img" } else { "group" };
        write!(
            out,
            concat!(
                r#"<svg class="{} {class}" viewBox="0 0 {} {}" role="{role}" "#,
                r#"aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{}</title>"#,
                r#"<desc id="{id}-d">{}</desc>{}</svg>"#,
            ),
            self.class,
            At(self.width),
            At(self.height),
            escape(&caption.title),
            escape(&caption.description),
            self.marks,
            class = class,
            role = role,
            id = id
        )
    }
}
