//! Ink for pictures that travel without the page: the light values of `tokens.css` as attributes.

/// What a class of the style sheet looks like in the light set; empty for mere hooks.
fn attributes(class: &str) -> &'static str {
    match class {
        "t1" => r##" fill="#16201f""##,
        "t3" => r##" fill="#5d6966""##,
        "tb" => r##" fill="#16201f" font-weight="600""##,
        "tm" => r##" fill="#0b5563" font-weight="600""##,
        "ta" => r##" fill="#a65700" font-weight="600""##,
        "halo" => r##" paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round""##,
        "end" => r#" text-anchor="end""#,
        "mid" => r#" text-anchor="middle""#,
        "g-grid" => r##" stroke="#dfe5e3" stroke-width="1""##,
        "g-axis" => r##" stroke="#7d8a87" stroke-width="1""##,
        "g-lead" => r##" stroke="#7d8a87" stroke-width="1" fill="none""##,
        "g-main" => r##" stroke="#0b5563""##,
        "g-alt" => r##" stroke="#a65700""##,
        "g-ctx" => r##" stroke="#a9b4b1""##,
        "ln" => r#" fill="none" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round""#,
        "band" => r#" stroke-width="6" stroke-linecap="round""#,
        "whisker" => r#" stroke-width="2""#,
        "thin" => r#" stroke-width="1.5""#,
        "dash" => r#" stroke-dasharray="5 5""#,
        "f-main" => r##" fill="#0b5563""##,
        "f-alt" => r##" fill="#a65700""##,
        "f-ctx" => r##" fill="#a9b4b1""##,
        "f-paper" => r##" fill="#ffffff""##,
        "f-none" => r##" fill="#eef1f0""##,
        "f-soft" => r##" fill="#e7edeb""##,
        "hatch" => r##" stroke="#98a4a1" stroke-width="1.2""##,
        "none" => r##" stroke="#7d8a87" stroke-width="0.5""##,
        "q1" => r##" fill="#e9f1d6""##,
        "q2" => r##" fill="#c2deb8""##,
        "q3" => r##" fill="#8ac3ad""##,
        "q4" => r##" fill="#4a9fa2""##,
        "q5" => r##" fill="#20748b""##,
        "q6" => r##" fill="#104862""##,
        "area" => r##" stroke="#ffffff" stroke-width="0.8" stroke-linejoin="round""##,
        _ => "",
    }
}

/// Replaces every `class="…"` by what the classes look like. Earlier classes yield to later ones,
/// because an attribute may stand only once.
pub(super) fn fixed(marks: &str) -> String {
    const OPENING: &str = " class=\"";
    let mut out = String::with_capacity(marks.len() * 2);
    let mut rest = marks;
    while let Some(at) = rest.find(OPENING) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let after = &after[OPENING.len()..];
        let Some(end) = after.find('"') else { break };
        let mut names: Vec<&str> = Vec::new();
        // What follows in the element may set an attribute too, such as `stroke-width`.
        let element_end = after.find('>').unwrap_or(after.len());
        let own = &after[end..element_end];
        for attribute in after[..end].split(' ').rev().flat_map(|class| pairs(attributes(class))) {
            let (name, _) = attribute.split_once('=').unwrap_or((attribute, ""));
            if !names.contains(&name) && !own.contains(&format!(" {name}=")) {
                names.push(name);
                out.push(' ');
                out.push_str(attribute);
            }
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Cuts ` a="x" b="1 2"` into `a="x"` and `b="1 2"`.
fn pairs(mut attributes: &'static str) -> impl Iterator<Item = &'static str> {
    std::iter::from_fn(move || {
        let opening = attributes.find('"')?;
        let closing = opening + 1 + attributes[opening + 1..].find('"')?;
        let (pair, rest) = attributes.split_at(closing + 1);
        attributes = rest;
        Some(pair.trim_start())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_light_values_and_no_attribute_stands_twice() {
        assert_eq!(
            fixed(r#"<line class="g-main dash" x1="0"/><circle class="f-paper g-alt" stroke-width="2.5"/>"#),
            "<line stroke-dasharray=\"5 5\" stroke=\"#0b5563\" x1=\"0\"/>\
             <circle stroke=\"#a65700\" fill=\"#ffffff\" stroke-width=\"2.5\"/>"
        );
        assert_eq!(fixed("<g class=\"map-label\"></g>"), "<g></g>");
    }
}
