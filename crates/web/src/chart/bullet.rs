//! Bullets: how far towards a target, inside a table's cell; the figures stand beside it.

use std::fmt::Write as _;

use super::canvas::At;

/// A bar towards a target on a scale to `scale_end`. `None`: nothing is known, only the target.
pub fn in_cell(value: Option<f64>, target: f64, scale_end: f64) -> String {
    let place = |value: f64| if scale_end > 0.0 { (value / scale_end).clamp(0.0, 1.0) * 120.0 } else { 0.0 };
    let mut svg = String::from(concat!(
        r#"<svg class="bar" viewBox="0 0 120 12" preserveAspectRatio="none" aria-hidden="true">"#,
        r#"<rect class="f-soft" y="1" width="120" height="10"/>"#,
    ));
    if let Some(value) = value {
        let width = At(place(value));
        write!(svg, r#"<rect class="f-main" y="3.5" width="{width}" height="5"/>"#)
            .expect("a string takes all");
    }
    let x = At(place(target));
    write!(svg, r#"<rect class="f-alt" x="{x}" width="1.5" height="12"/></svg>"#)
        .expect("a string takes all");
    svg
}
