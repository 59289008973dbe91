use disclosure::{ProtectionPlan, protect};
use domain::language::Language;
use proptest::prelude::*;
use publication::{FORMATS, Figure, Selection, Table};
use testkit::cube::Recipe;

use crate::formats::render;

/// Text of a file, unpacked where it is packed.
fn readable(bytes: Vec<u8>) -> String {
    if !bytes.starts_with(b"PK") {
        return String::from_utf8(bytes).unwrap();
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for at in 0..archive.len() {
        let mut part = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_index(at).unwrap(), &mut part).unwrap();
        text.push_str(&String::from_utf8_lossy(&part));
        text.push('\n');
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The digits of a hidden value are in no file. Values get a fraction of their own, so that
    /// the same digits cannot stand in a file by chance.
    #[test]
    fn no_format_carries_a_hidden_value(seed in 0u64..1000) {
        let mut cube = Recipe::of_about(150, seed).build();
        for (column, values) in cube.values.iter_mut().enumerate() {
            for (cell, value) in values.iter_mut().enumerate() {
                // Ratios and quantiles alone: totals must add up to be protected.
                if column >= 4 && value.is_finite() {
                    *value += 0.123_456_7 + (cell * 10 + column) as f64 * 1e-7;
                }
            }
        }
        let plan = ProtectionPlan { threshold: Some(3), p_percent: Some(10.0), ..Default::default() };
        let original = cube.values.clone();
        let Ok((protected, _)) = protect(cube, &plan, None, &()) else { return Ok(()) };
        let table = Table::new(protected);
        let mut hidden = Vec::new();
        let mut shown = std::collections::HashSet::new();
        for cell in 0..table.len() {
            for (measure, values) in original.iter().enumerate() {
                let digits = publication::format::number(values[cell]);
                match table.figure(cell, measure) {
                    Figure::Value(_) => drop(shown.insert(digits)),
                    // Short numbers stand in files for other reasons: codes, counts, years.
                    _ if digits.len() >= 9 => hidden.push(digits),
                    _ => {}
                }
            }
        }
        hidden.retain(|digits| !shown.contains(digits));
        prop_assume!(!hidden.is_empty());
        for format in FORMATS {
            let text = readable(render(format.id(), &table, &Selection::all(), Language::En));
            for digits in &hidden {
                prop_assert!(!text.contains(digits.as_str()), "{} carries {digits}", format.id());
            }
        }
    }
}
