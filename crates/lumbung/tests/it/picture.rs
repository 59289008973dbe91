//! A picture of a method's example: the first figures it prints, drawn as lines from zero with their values.

use std::fmt::Write;

use serde_json::Value;

/// Rows drawn at most; the page says how many there are.
const MOST: usize = 16;
const LEFT: f64 = 250.0;
const WIDE: f64 = 360.0;
const ROW: f64 = 24.0;

/// Draws the first table of an outcome that has a column of numbers; `None` if there is none.
pub(crate) fn draw(outcome: &Value) -> Option<String> {
    let tables = outcome["tables"].as_array()?;
    tables.iter().find_map(|table| {
        let rows = table["rows"].as_array()?;
        let columns = table["columns"].as_array()?;
        let is_fraction =
            |at: usize| rows.iter().any(|row| row[at].as_f64().is_some_and(|value| value.fract() != 0.0));
        let words = (0..columns.len()).filter(|at| rows.iter().any(|row| row[*at].is_string())).count();
        let from = words.max(usize::from(words == 0 && columns.len() > 1));
        let at = (from..columns.len())
            .find(|at| is_fraction(*at))
            .or_else(|| (from..columns.len()).find(|at| rows.iter().any(|row| row[*at].is_number())))?;
        let label = |row: &Value| {
            let parts: Vec<String> =
                (0..from).map(|at| plain(&row[at])).filter(|part| !part.is_empty()).collect();
            parts.join(", ")
        };
        let lines: Vec<(String, f64)> =
            rows.iter().filter_map(|row| Some((label(row), row[at].as_f64()?))).take(MOST).collect();
        (!lines.is_empty()).then(|| {
            let title = format!("{}: {}", plain(&outcome["title"]["en"]), plain(&columns[at]["label"]["en"]));
            svg(&title, &lines)
        })
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn svg(title: &str, lines: &[(String, f64)]) -> String {
    let values = || lines.iter().map(|(_, value)| *value);
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| LEFT + (value - low) / span * WIDE;
    let tall = 56.0 + ROW * lines.len() as f64;
    let title = escaped(title);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 {tall}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>{title}</title>\n\
         <rect width=\"720\" height=\"{tall}\" fill=\"#fffdf8\"/>\n\
         <text x=\"12\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"#24312b\">{title}</text>\n"
    );
    let zero = x(0.0);
    for (row, (label, value)) in lines.iter().enumerate() {
        let y = 56.0 + ROW * row as f64;
        let (end, beside) = (x(*value), x(value.max(0.0)) + 8.0);
        let (label, base) = (escaped(&short(label)), y + 4.0);
        let _ = writeln!(
            text,
            "<text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"end\" fill=\"#4a5650\">{label}</text>\
             <line x1=\"{zero:.1}\" x2=\"{end:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#2f6b4f\" stroke-width=\"6\"/>\
             <text x=\"{beside:.1}\" y=\"{base:.1}\" fill=\"#24312b\">{}</text>",
            LEFT - 10.0,
            figure(*value)
        );
    }
    let _ = writeln!(
        text,
        "<line x1=\"{zero:.1}\" x2=\"{zero:.1}\" y1=\"42\" y2=\"{:.1}\" stroke=\"#9aa59f\"/>\n</svg>",
        tall - 8.0
    );
    text
}

fn short(label: &str) -> String {
    match label.char_indices().nth(32) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

/// Four significant digits.
fn figure(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e9).contains(&value.abs()) {
        return format!("{value:.2e}");
    }
    let whole = if value.abs() >= 1.0 { value.abs().log10().floor() as usize + 1 } else { 1 };
    format!("{value:.digits$}", digits = 4_usize.saturating_sub(whole))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
