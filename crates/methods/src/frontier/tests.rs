mod stochastic;

use super::cost::cost_efficiency;
use super::envelopment::{Orientation, Returns, Technology, Verdict};
use crate::bench::{Cell, Frame, MethodError, Term};
use crate::tests::{agree, ask, case, numbers, read};
use proptest::prelude::*;

fn terms(frame: &Frame, names: &[&str]) -> Vec<Term> {
    names.iter().map(|name| Term { name: (*name).into(), values: frame.numbers(name).unwrap() }).collect()
}

/// Five workshops: one input, one output, worked by hand.
const HAND: &str = "unit,x,y\nA,2,1\nB,4,4\nC,8,6\nD,8,4\nE,4,0\n";

#[test]
fn five_workshops_by_hand() {
    let frame = read(HAND);
    let pairs = [("inputs", "x"), ("outputs", "y"), ("unit", "unit")];
    let outcome = ask("dea", &frame, &pairs).unwrap();
    let table = &outcome.tables[0];
    agree(&numbers(table, "efficiency"), &[1.0, 1.0, 1.0, 0.5, 0.5], 1e-12, "variable returns");
    agree(&numbers(table, "scale_efficiency"), &[0.5, 1.0, 0.75, 1.0, 0.0], 1e-12, "scale");
    assert_eq!(numbers(table, "slack_y"), [0.0, 0.0, 0.0, 0.0, 1.0]);
    let last = table.columns.len() - 1;
    assert_eq!(table.rows[3][last], Cell::Text("B 1.000".into()));
    let sides: Vec<&Cell> = table.rows.iter().map(|row| &row[3]).collect();
    assert_eq!(
        sides[..4],
        [&"increasing".into(), &"constant".into(), &"decreasing".into(), &"constant".into()]
    );
    let output = ask("dea", &frame, &[pairs[0], pairs[1], ("orientation", "output")]).unwrap();
    let table = &output.tables[0];
    agree(&numbers(table, "efficiency"), &[1.0, 1.0, 1.0, 1.5, f64::NAN], 1e-12, "outputs");
    assert!(matches!(&table.rows[4][1], Cell::Absent(why) if why.en.starts_with("unbounded")));
}

#[test]
fn a_unit_that_the_others_cannot_reach_is_said() {
    let frame = read("x,y\n2,1\n4,4\n8,6\n");
    let outcome = ask("dea", &frame, &[("inputs", "x"), ("outputs", "y"), ("super", "")]).unwrap();
    let rows = &outcome.tables[0].rows;
    assert!(matches!(&rows[2][1], Cell::Absent(why) if why.en.starts_with("infeasible")), "{rows:?}");
    assert!(
        outcome.notes.iter().any(|note| note.warning && note.text.en.starts_with("1 units are infeasible"))
    );
}

const FLAVOURS: [(&str, Returns); 4] = [
    ("crs", Returns::Constant),
    ("vrs", Returns::Variable),
    ("drs", Returns::NonIncreasing),
    ("irs", Returns::NonDecreasing),
];

/// All columns of a case's `expected.csv`.
#[track_caller]
fn envelopment(name: &str, inputs: &[&str], outputs: &[&str], tolerance: f64) {
    let (Some(data), Some(expected)) = (case(name, "data.csv"), case(name, "expected.csv")) else { return };
    let rows: Vec<usize> = (0..data.rows()).collect();
    let technology = Technology::new(&terms(&data, inputs), &terms(&data, outputs), &rows).unwrap();
    for (towards, end) in [(Orientation::Input, "in"), (Orientation::Output, "out")] {
        for (word, returns) in FLAVOURS {
            let assess = |unit: &usize| technology.assess(*unit, returns, towards).unwrap();
            let found: Vec<f64> = rows.iter().map(|unit| assess(unit).efficiency().unwrap()).collect();
            let column = format!("{word}_{end}");
            agree(&found, &expected.numbers(&column).unwrap(), tolerance, &format!("{name} {column}"));
            if matches!(returns, Returns::Constant | Returns::Variable) {
                let apart = |unit: &usize| technology.assess_apart(*unit, returns, towards).unwrap();
                let found: Vec<f64> =
                    rows.iter().map(|unit| apart(unit).efficiency().unwrap_or(f64::NAN)).collect();
                let column = format!("super_{word}_{end}");
                agree(&found, &expected.numbers(&column).unwrap(), tolerance, &format!("{name} {column}"));
            }
        }
    }
    let slacks = |unit: &usize| match technology.assess(*unit, Returns::Constant, Orientation::Input).unwrap()
    {
        Verdict::Assessed(found) => found.input_slacks.iter().chain(&found.output_slacks).sum::<f64>(),
        verdict => panic!("{verdict:?}"),
    };
    // Sums run to hundreds in the units of the data: the tolerance is a share of them.
    for (unit, wanted) in expected.numbers("slack_sum_crs_in").unwrap().iter().enumerate() {
        agree(&[slacks(&unit)], &[*wanted], tolerance * wanted.max(1.0), &format!("{name} slacks of {unit}"));
    }
    let at = |unit: usize, returns| {
        technology.assess(unit, returns, Orientation::Input).unwrap().efficiency().unwrap()
    };
    let found: Vec<f64> =
        rows.iter().map(|unit| at(*unit, Returns::Constant) / at(*unit, Returns::Variable)).collect();
    agree(&found, &expected.numbers("scale_eff_in").unwrap(), tolerance, &format!("{name} scale"));
}

#[test]
fn program_follow_through_of_charnes_cooper_and_rhodes() {
    let inputs = ["Education", "Occupation", "Parental", "Counseling", "Teachers"];
    envelopment("04_dea_pft1981", &inputs, &["Reading", "Math", "Coopersmith"], 1e-8);
}

#[test]
fn power_plants_of_simar_and_wilson() {
    envelopment("06_dea_simarwilson1998", &["Labor", "Fuel", "Capital"], &["Output"], 1e-8);
}

#[test]
fn eleven_units_of_ali_and_seiford() {
    envelopment("08_dea_fried1993", &["x1", "x2"], &["y"], 1e-8);
}

#[test]
fn within_its_programme_a_site_is_compared_to_its_own() {
    let name = "04_dea_pft1981";
    let (Some(data), Some(expected)) = (case(name, "data.csv"), case(name, "expected_within_program.csv"))
    else {
        return;
    };
    let programmes = data.categories("Program").unwrap();
    for code in 0..programmes.levels.len() as u32 {
        let rows: Vec<usize> = (0..data.rows()).filter(|row| programmes.codes[*row] == code).collect();
        let kept = data.keep(&rows);
        let arguments = [
            ("inputs", "Education, Occupation, Parental, Counseling, Teachers"),
            ("outputs", "Reading, Math, Coopersmith"),
            ("returns", "constant"),
        ];
        let outcome = ask("dea", &kept, &arguments).unwrap();
        let all = expected.numbers("eff_crs_within_program").unwrap();
        let wanted: Vec<f64> = rows.iter().map(|row| all[*row]).collect();
        agree(&numbers(&outcome.tables[0], "efficiency"), &wanted, 1e-8, "within programme");
    }
}

#[test]
fn five_firms_of_coelli_rao_and_battese() {
    let name = "03_dea_coelli1998_cost";
    let (Some(data), Some(expected)) = (case(name, "data.csv"), case(name, "expected.csv")) else { return };
    let arguments = [
        ("inputs", "input1, input2"),
        ("outputs", "output"),
        ("prices", "price_input1, price_input2"),
        ("returns", "constant"),
    ];
    let outcome = ask("dea-cost", &data, &arguments).unwrap();
    for (column, wanted) in [("technical", "te_crs_in"), ("allocative", "ae"), ("overall", "ce_crs")] {
        agree(&numbers(&outcome.tables[0], column), &expected.numbers(wanted).unwrap(), 1e-9, column);
    }
    let technical = [("inputs", "input1, input2"), ("outputs", "output")];
    for (more, wanted) in [
        (&[("returns", "variable")][..], "te_vrs_in"),
        (&[("returns", "constant"), ("super", "")][..], "super_crs_in"),
    ] {
        let outcome = ask("dea", &data, &[&technical[..], more].concat()).unwrap();
        let found = numbers(&outcome.tables[0], "efficiency");
        agree(&found, &expected.numbers(wanted).unwrap(), 1e-9, wanted);
    }
}

#[test]
fn eight_firms_of_grifell_tatje_and_lovell() {
    let name = "11_malmquist_grifelllovell1999";
    let Some(data) = case(name, "data.csv") else { return };
    for (returns, file) in [("constant", "expected_crs.csv"), ("variable", "expected_vrs.csv")] {
        let expected = case(name, file).unwrap();
        let arguments =
            [("inputs", "X"), ("outputs", "Y"), ("unit", "DMU"), ("period", "Year"), ("returns", returns)];
        let outcome = ask("malmquist", &data, &arguments).unwrap();
        // The package that gave these figures prints the reciprocal: below one is growth there.
        for (ours, theirs) in
            [("index", "malmquist"), ("efficiency_change", "effch"), ("technical_change", "techch")]
        {
            let turned: Vec<f64> =
                expected.numbers(theirs).unwrap().iter().map(|value| 1.0 / value).collect();
            agree(&numbers(&outcome.tables[0], ours), &turned, 1e-9, &format!("{returns} {ours}"));
        }
    }
}

#[test]
fn a_unit_out_of_the_other_years_reach_has_no_index() {
    let text = "unit,year,x,y\nA,1,2,1\nB,1,4,3\nA,2,2,1\nB,2,4,5\nC,2,9,9\n";
    let arguments =
        [("inputs", "x"), ("outputs", "y"), ("unit", "unit"), ("period", "year"), ("returns", "variable")];
    let input = [&arguments[..], &[("orientation", "input")]].concat();
    let outcome = ask("malmquist", &read(text), &input).unwrap();
    let rows = &outcome.tables[0].rows;
    assert_eq!(rows[0][2], Cell::Number(1.0));
    assert!(matches!(&rows[1][2], Cell::Absent(why) if why.en.starts_with("infeasible")), "{rows:?}");
    assert!(outcome.notes[0].text.en.starts_with("1 times a unit is in one of two periods only"));
}

#[test]
fn the_bootstrap_of_simar_and_wilson() {
    let name = "36_dea_bootstrap_simarwilson";
    let Some(data) = case(name, "data.csv") else { return };
    let expected = case(name, "expected_benchmarking_boot2000.csv").unwrap();
    let arguments = [("inputs", "Labor, Fuel, Capital"), ("outputs", "Output"), ("seed", "42")];
    let table = &ask("dea-bootstrap", &data, &arguments).unwrap().tables[0];
    for (ours, theirs, tolerance) in [
        ("efficiency", "eff", 1e-8),
        ("corrected", "eff_bc", 0.01),
        ("low", "lo", 0.02),
        ("high", "hi", 0.02),
    ] {
        agree(&numbers(table, ours), &expected.numbers(theirs).unwrap(), tolerance, ours);
    }
    let again = &ask("dea-bootstrap", &data, &arguments).unwrap().tables[0];
    assert_eq!(again, table, "a seed gives the same figures");
    let pairs = numbers(table, "efficiency").into_iter().zip(numbers(table, "high"));
    assert!(pairs.into_iter().all(|(efficiency, high)| efficiency > high), "bias is positive");
}

#[test]
fn bad_data_end_well() {
    let pairs = [("inputs", "x"), ("outputs", "y")];
    let same = ask("dea", &read("x,y\n3,5\n3,5\n3,5\n"), &pairs).unwrap();
    assert_eq!(numbers(&same.tables[0], "efficiency"), [1.0; 3]);
    let one = ask("dea", &read("x,y\n3,5\n"), &pairs).unwrap_err();
    assert!(matches!(one, MethodError::TooFew { needed: 2, found: 1, .. }));
    let negative = ask("dea", &read("x,y\n3,5\n-3,5\n"), &pairs).unwrap_err();
    assert!(matches!(negative, MethodError::OutOfDomain { row: 2, .. }));
    let zero = ask("dea", &read("x,y\n0,5\n0,5\n"), &pairs).unwrap_err();
    assert!(matches!(zero, MethodError::Impossible(_)));
    let text = ask("dea", &read("x,y\ntiga,5\n3,5\n"), &pairs).unwrap_err();
    assert!(matches!(text, MethodError::NotANumber { .. }));
    let missing = ask("dea", &read("x,y\n,5\n3,5\n6,5\n"), &pairs).unwrap();
    assert_eq!((missing.left_out, numbers(&missing.tables[0], "efficiency")), (1, vec![1.0, 0.5]));
    let sizes = ask("dea", &read("x,y\n1e-300,1e300\n2e-300,1e300\n2e-300,2e299\n"), &pairs).unwrap();
    agree(&numbers(&sizes.tables[0], "efficiency"), &[1.0, 0.5, 0.5], 1e-9, "sizes");
}

#[test]
fn a_unit_of_any_size_is_assessed_with_the_same_digits() {
    let rows = [(2.0, 3.0, 1.0), (4.0, 1.0, 2.0), (3.0, 3.0, 2.0), (5.0, 2.0, 2.0), (2.0, 6.0, 3.0)];
    let table = |size: f64| {
        let line = |(at, (a, b, y)): (usize, &(f64, f64, f64))| {
            let size = if at % 2 == 0 { size } else { 1.0 };
            format!("{},{},{}\n", a * size, b * size, y * size)
        };
        let text: String = rows.iter().enumerate().map(line).collect();
        let arguments = [("inputs", "a, b"), ("outputs", "y"), ("returns", "constant")];
        numbers(&ask("dea", &read(&format!("a,b,y\n{text}")), &arguments).unwrap().tables[0], "efficiency")
    };
    for size in [1e-9, 1e-3, 1e6] {
        agree(&table(size), &table(1.0), 1e-10, &format!("size {size}"));
    }
}

proptest! {
    /// Units of measurement do not matter; nor does the order of the units; the best is one; and the
    /// technologies contain each other.
    #[test]
    fn efficiencies_obey_their_laws(values in proptest::collection::vec(0.1..10.0_f64, 36), size in 1e-6..1e6_f64) {
        let column = |from: usize| Term { name: from.to_string(), values: values[from * 12..(from + 1) * 12].to_vec() };
        let rows: Vec<usize> = (0..12).collect();
        let plain = Technology::new(&[column(0), column(1)], &[column(2)], &rows).unwrap();
        let mut resized = column(0);
        resized.values.iter_mut().for_each(|value| *value *= size);
        let backwards: Vec<usize> = (0..12).rev().collect();
        let other = Technology::new(&[resized, column(1)], &[column(2)], &backwards).unwrap();
        let mut best = 0.0_f64;
        for unit in 0..12 {
            let at = |technology: &Technology, unit, returns| {
                technology.assess(unit, returns, Orientation::Input).unwrap().efficiency().unwrap()
            };
            let [crs, vrs, nirs, ndrs] = FLAVOURS.map(|(_, returns)| at(&plain, unit, returns));
            prop_assert!((crs - at(&other, 11 - unit, Returns::Constant)).abs() < 1e-9);
            prop_assert!(crs <= nirs + 1e-9 && nirs <= vrs + 1e-9 && ndrs <= vrs + 1e-9 && vrs <= 1.0 + 1e-9);
            let output = plain.assess(unit, Returns::Constant, Orientation::Output).unwrap().efficiency().unwrap();
            prop_assert!((crs * output - 1.0).abs() < 1e-8, "under constant returns both directions agree");
            let inputs: Vec<Vec<f64>> = (0..12).map(|unit| plain.inputs(unit).to_vec()).collect();
            let outputs: Vec<Vec<f64>> = (0..12).map(|unit| plain.outputs(unit).to_vec()).collect();
            let cost = cost_efficiency(&inputs, &outputs, &[1.0, 2.0], unit, Returns::Constant).unwrap().unwrap();
            prop_assert!(cost <= crs + 1e-9, "the mix cannot make it better");
            best = best.max(crs);
        }
        prop_assert!((best - 1.0).abs() < 1e-9);
    }
}
