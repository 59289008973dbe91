use proptest::prelude::*;

use super::chain::{Part, link};
use super::deflator::{Deflators, section};
use super::double::{Link, Year, double_deflated, single_deflated, tornqvist};
use super::rebase::splice;
use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, Outcome, Value, run};
use crate::numerics::summation::sum;

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

fn year(output: f64, inputs: f64, output_price: f64, input_price: f64) -> Year {
    Year { output, inputs, output_price, input_price }
}

#[test]
fn double_deflation_by_hand() {
    let old = year(100.0, 60.0, 1.0, 1.0);
    // Volumes: output 110, inputs 60; value added at old prices 50.
    let new = year(121.0, 90.0, 1.1, 1.5);
    let (factor, by) = double_deflated(&old, &new).unwrap();
    near(factor, 50.0 / 40.0, 1e-12, "double");
    assert_eq!(by, Link::Laspeyres);
    // Single deflation sees dearer inputs as a loss of volume: the bias the methods page tells of.
    near(single_deflated(&old, &new), (31.0 / 1.1) / 40.0, 1e-12, "single");
    // Inputs so dear that the old technique could not pay: output 100, inputs 120 at old prices.
    let squeezed = year(100.0, 60.0, 1.0, 0.5);
    let (factor, by) = double_deflated(&old, &squeezed).unwrap();
    assert_eq!(by, Link::Tornqvist);
    near(factor, (-0.6 * 2.0_f64.ln() / 0.4).exp(), 1e-12, "Törnqvist");
    assert!(double_deflated(&old, &year(100.0, 100.0, 1.0, 1.0)).is_err());
    assert!(double_deflated(&year(100.0, 120.0, 1.0, 1.0), &old).is_err());
}

#[test]
fn a_chain_by_hand_adds_up_in_each_year_and_its_levels_do_not() {
    let a = Part { old_value: 60.0, value: 90.0, old_price: 1.0, price: 1.5 };
    let b = Part { old_value: 40.0, value: 44.0, old_price: 1.0, price: 1.0 };
    let (factor, parts) = link(&[a, b]).unwrap();
    near(factor, 1.04, 1e-12, "volume");
    near(parts[0], 0.0, 1e-12, "price only");
    near(parts[1], 0.04, 1e-12, "volume only");
    assert!(link(&[Part { old_value: -60.0, ..a }, b]).is_err());
    assert!(link(&[Part { price: 0.0, ..a }, b]).is_err());
}

#[test]
fn a_deflator_falls_back_to_the_nearest_class_known_in_both_years() {
    let mut deflators = Deflators::default();
    for (class, period, index) in [
        ("10710", "2024", 1.3),
        ("107", "2022", 1.0),
        ("107", "2024", 1.2),
        ("C", "2022", 1.0),
        ("C", "2024", 1.1),
        ("TOTAL", "2022", 2.0),
        ("TOTAL", "2024", 2.1),
    ] {
        assert!(deflators.insert(class, period, index));
    }
    let found = |code: &'static str| deflators.resolve(code, "2024", "2022");
    // 10710 is known in 2024 alone, so that 107 serves.
    assert_eq!(found("10710"), Some((1.2, "107")));
    assert_eq!(found("13111"), Some((1.1, "C")));
    assert_eq!(found("01111"), Some((1.05, "TOTAL")));
    assert_eq!(found("é"), Some((1.05, "TOTAL")));
    assert_eq!(deflators.resolve("10710", "2030", "2022"), None);
    assert!(!deflators.insert("C", "2024", 1.1) && !deflators.insert("D", "2024", 0.0));
    for (code, letter) in
        [("01", Some("A")), ("47911", Some("G")), ("68", Some("L")), ("04", None), ("x", None)]
    {
        assert_eq!(section(code), letter, "{code}");
    }
}

#[test]
fn series_are_joined_at_their_overlap() {
    let gap = f64::NAN;
    let (old, new) = ([80.0, 100.0, 110.0], [gap, 50.0, 56.0]);
    assert_eq!(splice(&old, &new, Some(1)).unwrap(), [40.0, 50.0, 56.0]);
    near(
        splice(&old, &new, None).unwrap()[0],
        80.0 * (0.5_f64 * (56.0 / 110.0)).sqrt(),
        1e-12,
        "mean of overlaps",
    );
    assert!(splice(&old, &[gap; 3], None).is_err());
    assert!(splice(&old, &new, Some(0)).is_err());
}

fn frame(columns: &[(&str, Vec<f64>)], words: &[(&str, Vec<&str>)]) -> Frame {
    let numbers = columns.iter().map(|(name, values)| ((*name).to_owned(), Column::Number(values.clone())));
    let texts = words.iter().map(|(name, words)| {
        ((*name).to_owned(), Column::Text(Categories::of(words.iter().map(|word| Some(*word)))))
    });
    Frame::new(numbers.chain(texts).collect()).unwrap()
}

fn ask(
    method: &str,
    arguments: &[(&str, &str)],
    frame: &Frame,
    file: Option<Frame>,
) -> Result<Outcome, MethodError> {
    let mut all = arguments.iter().fold(Arguments::default(), |all, (name, value)| all.with(name, value));
    if let Some(file) = file {
        all.insert("deflators", Value::File(file));
    }
    run(Method::find(method).unwrap(), frame, &[], &all)
}

#[test]
fn codes_without_an_index_are_counted_and_named() {
    let rows = frame(
        &[("value", vec![120.0, 50.0])],
        &[("kbli", vec!["10710", "99000"]), ("year", vec!["2024", "2024"])],
    );
    let file = || {
        frame(&[("index", vec![1.0, 1.2])], &[("class", vec!["C", "C"]), ("period", vec!["2022", "2024"])])
    };
    let asked = [("value", "value"), ("class", "kbli"), ("period", "year"), ("base", "2022")];
    let found = ask("deflate", &asked, &rows, Some(file())).unwrap();
    assert_eq!((found.used, found.left_out), (1, 1));
    let Cell::Number(real) = found.tables[0].rows[0][4] else { panic!("no figure") };
    near(real, 100.0, 1e-12, "real");
    assert!(found.notes[0].text.en.ends_with("left out: 99000"));
    let rows_too = [asked[0], asked[1], asked[2], asked[3], ("unit", "kbli")];
    let found = ask("deflate", &rows_too, &rows, Some(file())).unwrap();
    assert_eq!(found.tables[1].rows[0][..3], ["10710", "2024", "C"].map(Cell::from));
    assert_eq!(found.tables[1].rows[0][4], Cell::Number(1.2));
    let other = [asked[0], asked[1], asked[2], ("base", "1999")];
    assert!(
        ask("deflate", &other, &rows, Some(file())).unwrap_err().to_string().contains("add the class TOTAL")
    );
    assert!(ask("deflate", &asked, &rows, None).is_err());
}

#[test]
fn bad_input_of_deflation_ends_well() {
    let asked =
        [("period", "year"), ("output", "y"), ("inputs", "m"), ("output-price", "p"), ("input-price", "q")];
    let deflate = |y: [f64; 2], m: [f64; 2], p: [f64; 2]| {
        let columns = [("y", y.to_vec()), ("m", m.to_vec()), ("p", p.to_vec()), ("q", vec![1.0, 1.0])];
        ask("deflate-value-added", &asked, &frame(&columns, &[("year", vec!["1", "2"])]), None)
    };
    let same = deflate([2.0; 2], [1.0; 2], [1.0; 2]).unwrap();
    assert_eq!(same.tables[0].rows[1][2], Cell::Number(100.0));
    assert!(deflate([2.0, 2.0], [1.0, -1.0], [1.0; 2]).is_err());
    assert!(deflate([2.0, 2.0], [1.0, 1.0], [1.0, 0.0]).is_err());
    assert!(deflate([f64::NAN; 2], [1.0; 2], [1.0; 2]).is_err());
    let loss = deflate([2.0, 1.0], [1.0, 3.0], [1.0; 2]).unwrap();
    assert!(matches!(loss.tables[0].rows[1][2], Cell::Absent(_)));
    for magnitude in [1e-300, 1e300] {
        let extreme = deflate([2.0 * magnitude; 2], [magnitude; 2], [1.0; 2]).unwrap();
        assert_eq!(extreme.tables[0].rows[1][2], Cell::Number(100.0));
    }
    let alone = frame(&[("v", vec![5.0]), ("p", vec![1.0])], &[("unit", vec!["a"]), ("year", vec!["2020"])]);
    let asked = [("unit", "unit"), ("period", "year"), ("value", "v"), ("price", "p")];
    assert_eq!(ask("chained-volume", &asked, &alone, None).unwrap().tables[0].rows.len(), 1);
    let gap = frame(
        &[("v", vec![5.0, 5.0, 5.0]), ("p", vec![1.0; 3])],
        &[("unit", vec!["a", "b", "a"]), ("year", vec!["2020", "2020", "2021"])],
    );
    let found = ask("chained-volume", &asked, &gap, None).unwrap();
    assert!(
        matches!(&found.tables[0].rows[1][2], Cell::Absent(text) if text.en.starts_with("`b` has no value"))
    );
}

proptest! {
    /// Where only volumes move, every form gives the growth of volume.
    #[test]
    fn without_price_changes_all_forms_are_nominal_growth(
        output in 2.0_f64..9.0,
        inputs in 0.1_f64..1.0,
        factor in 0.5_f64..2.0,
    ) {
        let (old, new) = (year(output, inputs, 1.0, 1.0), year(output * factor, inputs * factor, 1.0, 1.0));
        let double = double_deflated(&old, &new).unwrap().0;
        for found in [double, single_deflated(&old, &new), tornqvist(&old, &new).unwrap()] {
            prop_assert!((found - factor).abs() < 1e-12);
        }
    }

    #[test]
    fn contributions_sum_to_growth(
        parts in prop::collection::vec((0.1_f64..50.0, 0.1_f64..50.0, 0.1_f64..5.0, 0.1_f64..5.0), 1..30)
    ) {
        let parts: Vec<Part> = parts
            .iter()
            .map(|part| Part { old_value: part.0, value: part.1, old_price: part.2, price: part.3 })
            .collect();
        let (factor, added) = link(&parts).unwrap();
        prop_assert!((sum(added) - (factor - 1.0)).abs() < 1e-12 * factor.max(1.0));
    }
}
