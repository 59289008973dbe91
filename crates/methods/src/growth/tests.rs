use std::collections::HashMap;

use proptest::prelude::*;

use super::accounting::{Period, growth};
use super::capital::{Pattern, Start, efficiency, stocks};
use super::domar::{self, domar};
use super::reallocation::{Industry, reallocation};
use super::services::{Asset, rate_of_return, services_growth};
use crate::bench::{Arguments, Categories, Cell, Column, Frame, Method, MethodError, Outcome, run};
use crate::numerics::summation::sum;

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

/// Paper products of the USA, 2008-2018: U.S. Bureau of Labor Statistics, KLEMS multifactor productivity
/// tables (public domain).
const PAPER: &str = include_str!("../../../../docs/methods/data/bls-paper.csv");

fn read(text: &str) -> Vec<HashMap<String, f64>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let cells = |row: csv::StringRecord| {
        headers
            .iter()
            .map(str::to_owned)
            .zip(row.iter().map(|cell| cell.parse().unwrap_or(f64::NAN)))
            .collect()
    };
    reader.records().map(|row| cells(row.unwrap())).collect()
}

const INPUTS: [&str; 5] = ["capital", "labor", "energy", "materials", "services"];

#[test]
fn published_productivity_of_paper_products_is_met() {
    let years: Vec<(Period, f64)> = read(PAPER)
        .iter()
        .map(|row| {
            let of = |suffix: &str| INPUTS.iter().map(|input| row[&format!("{input}{suffix}")]).collect();
            (Period { output: row["output"], inputs: of(""), costs: of("_cost") }, row["published_mfp"])
        })
        .collect();
    assert_eq!(years.len(), 11);
    for pair in years.windows(2) {
        let found = growth(&pair[0].0, &pair[1].0).unwrap();
        // Indices are published to three decimals: 1e-4 is the tolerance stated with the case.
        near(found.productivity, (pair[1].1 / pair[0].1).ln(), 1e-4, "multifactor productivity");
    }
}

/// Ten industries, 1987-2018, with the contributions to labour productivity that are published too.
#[test]
fn ten_industries_meet_productivity_and_contributions_as_published() {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        eprintln!("skipped: LUMBUNG_SHARED is not set");
        return;
    };
    const TITLES: [(&str, &str, &str); 5] = [
        ("Capital Input", "Cost of Capital, billions of current dollars", "Capital Intensity"),
        ("Labor Input", "Cost of Labor, billions of current dollars", "Labor Composition"),
        ("Energy Input", "Cost of Energy, billions of current dollars", "Energy Intensity"),
        ("Materials Input", "Cost of Materials, billions of current dollars", "Materials Intensity"),
        (
            "Purchased Business Services Input",
            "Cost of Purchased Business Services, billions of current dollars",
            "Purchased Business Services Intensity",
        ),
    ];
    let mut table: HashMap<(String, String, i32), f64> = HashMap::new();
    let path = format!("{shared}/refdata/27_growthacct_bls_klems/data.csv");
    for row in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        if let Ok(value) = row[5].parse() {
            table.insert((row[0].to_owned(), row[2].to_owned(), row[4].parse().unwrap()), value);
        }
    }
    let mut industries: Vec<String> = table.keys().map(|key| key.0.clone()).collect();
    industries.sort_unstable();
    industries.dedup();
    assert_eq!(industries.len(), 10);
    for industry in &industries {
        let of = |title: &str, year: i32| table[&(industry.clone(), title.to_owned(), year)];
        let log = |title: &str, year: i32| (of(title, year) / of(title, year - 1)).ln();
        let period = |year: i32| Period {
            output: of("Sectoral Output", year),
            inputs: TITLES.iter().map(|titles| of(titles.0, year)).collect(),
            costs: TITLES.iter().map(|titles| of(titles.1, year)).collect(),
        };
        for year in 1988..=2018 {
            let found = growth(&period(year - 1), &period(year)).unwrap();
            near(found.productivity, log("Multifactor Productivity", year), 1e-4, industry);
            let hours = log("Sectoral Output", year) - log("Labor Productivity", year);
            for (part, titles) in found.contributions_per_hour(hours).iter().zip(&TITLES) {
                let title = format!("Contribution of {} to Labor Productivity", titles.2);
                near(*part, log(&title, year), 1e-4, &format!("{industry} {title} {year}"));
            }
        }
    }
}

/// Penn World Table 10.01, Indonesia: labour is persons × hours × human capital, capital is rkna (CC BY 4.0).
#[test]
fn productivity_of_indonesia_in_the_penn_world_table_is_met() {
    let Ok(shared) = std::env::var("LUMBUNG_SHARED") else {
        eprintln!("skipped: LUMBUNG_SHARED is not set");
        return;
    };
    let text = std::fs::read_to_string(format!("{shared}/data/pwt10/pwt10.01-IDN.csv")).unwrap();
    let rows = read(&text);
    let mut met = 0;
    for pair in rows.windows(2) {
        let period = |row: &HashMap<String, f64>| Period {
            output: row["rgdpna"],
            inputs: vec![row["emp"] * row["avh"] * row["hc"], row["rkna"]],
            costs: vec![row["labsh"], 1.0 - row["labsh"]],
        };
        let published = (pair[1]["rtfpna"] / pair[0]["rtfpna"]).ln();
        if let Ok(found) = growth(&period(&pair[0]), &period(&pair[1])) {
            near(found.productivity, published, 5e-7, &format!("{}", pair[1]["year"]));
            met += 1;
        }
    }
    assert_eq!(met, 49);
}

#[test]
fn stocks_by_hand() {
    let geometric = |mid_year| Pattern::Geometric { rate: 0.1, mid_year };
    let found = stocks(&[10.0, 20.0], geometric(false), Start::Stock(100.0)).unwrap();
    assert_eq!(found, [Some(100.0), Some(110.0)]);
    let found = stocks(&[10.0], geometric(true), Start::Stock(100.0)).unwrap();
    near(found[0].unwrap(), 99.5, 1e-12, "mid-year");
    // I0 / (g + δ) = 10 / 0.2 = 50 at the beginning; 0.9 × 50 + 10 at the end.
    let found = stocks(&[10.0], geometric(false), Start::Growth(0.1)).unwrap();
    near(found[0].unwrap(), 55.0, 1e-12, "start");
    assert!(stocks(&[10.0], geometric(false), Start::Growth(-0.1)).is_err());
    assert!(stocks(&[10.0], geometric(false), Start::Unknown).is_err());
    assert_eq!((0..4).map(|age| efficiency(3, 0.5, age)).collect::<Vec<_>>(), [1.0, 0.8, 0.5, 0.0]);
    let hyperbolic = Pattern::Hyperbolic { life: 3, shape: 0.5 };
    let found = stocks(&[10.0, 10.0, 10.0], hyperbolic, Start::Unknown).unwrap();
    assert_eq!((found[0], found[1]), (None, None));
    near(found[2].unwrap(), 23.0, 1e-12, "a full life");
    let found = stocks(&[10.0], hyperbolic, Start::Growth(0.0)).unwrap();
    near(found[0].unwrap(), 23.0, 1e-12, "constant before");
}

#[test]
fn rentals_exhaust_capital_income_and_price_gains_lower_them() {
    let machines = Asset { stock: 100.0, price: 1.0, price_before: 1.0, depreciation: 0.2 };
    let land = Asset { stock: 50.0, price: 1.1, price_before: 1.0, depreciation: 0.0 };
    let rate = rate_of_return(&[machines, land], 30.0).unwrap();
    near(rate, (30.0 - 20.0 + 5.0) / 150.0, 1e-15, "rate of return");
    let income = machines.rental_price(rate) * 100.0 + land.rental_price(rate) * 50.0;
    near(income, 30.0, 1e-12, "income");
    assert!(rate_of_return(&[], 1.0).is_err());
    assert!(services_growth(&[1.0, 0.0], &[1.0, 1.0], &[1.0, 0.0], &[1.0, 1.0]).is_err());
}

/// Where intermediate inputs are bought inside the economy only, Domar weights sum to more than one.
#[test]
fn domar_by_hand() {
    let industry = |output: f64| domar::Industry { old_output: output, output, productivity: 0.01 };
    let parts = domar(&[industry(150.0), industry(50.0)], 100.0, 100.0);
    near(parts[0], 0.015, 1e-15, "large");
    near(sum(parts), 0.02, 1e-15, "economy");
}

fn economy(years: &[&str], output: &[f64], labour: &[f64]) -> Frame {
    Frame::new(vec![
        ("year".into(), Column::Text(Categories::of(years.iter().map(|year| Some(*year))))),
        ("y".into(), Column::Number(output.to_vec())),
        ("l".into(), Column::Number(labour.to_vec())),
        ("c".into(), Column::Number(vec![1.0; years.len()])),
        ("word".into(), Column::Text(Categories::of(years.iter().map(|_| Some("banyak"))))),
    ])
    .unwrap()
}

fn ask(method: &str, arguments: &[(&str, &str)], frame: &Frame) -> Result<Outcome, MethodError> {
    let all = arguments.iter().fold(Arguments::default(), |all, (name, value)| all.with(name, value));
    run(Method::find(method).unwrap(), frame, &[], &all)
}

#[test]
fn bad_input_of_growth_accounting_ends_well() {
    let asked = [("period", "year"), ("output", "y"), ("inputs", "l"), ("costs", "c")];
    let account = |frame: &Frame| ask("growth-accounting", &asked, frame);
    let zero = account(&economy(&["1", "2", "3"], &[1.0, 0.0, 2.0], &[1.0, 1.0, 1.0])).unwrap();
    assert!(zero.tables[0].rows.iter().all(|row| matches!(row[1], Cell::Absent(_))));
    let error = account(&economy(&["1"], &[1.0], &[1.0])).unwrap_err();
    assert_eq!(error.to_string(), "periods: at least 2 are needed, there are 1");
    let error = account(&economy(&["1", "1"], &[1.0, 1.0], &[1.0, 1.0])).unwrap_err();
    assert!(error.to_string().contains("stands twice in period 1"));
    let gap = account(&economy(&["1", "2", "3"], &[1.0, f64::NAN, 2.0], &[1.0, 1.0, 1.0])).unwrap();
    assert_eq!((gap.used, gap.left_out), (2, 1));
    let extreme = account(&economy(&["1", "2"], &[1e-300, 1e300], &[1e300, 1e300])).unwrap();
    assert!(matches!(extreme.tables[0].rows[0][1], Cell::Number(_)));
    let same = account(&economy(&["1", "2"], &[5.0, 5.0], &[5.0, 5.0])).unwrap();
    assert_eq!(same.tables[0].rows[0][3], Cell::Number(0.0));
    let words = [("period", "year"), ("output", "word"), ("inputs", "l"), ("costs", "c")];
    assert!(ask("growth-accounting", &words, &economy(&["1", "2"], &[1.0; 2], &[1.0; 2])).is_err());
    let two = [("period", "year"), ("output", "y"), ("inputs", "l"), ("costs", "c, c")];
    assert!(ask("growth-accounting", &two, &economy(&["1", "2"], &[1.0; 2], &[1.0; 2])).is_err());
}

#[test]
fn an_inventory_with_a_missing_year_is_refused_and_a_guessed_start_is_said() {
    let asked = [("period", "year"), ("investment", "y")];
    let error =
        ask("perpetual-inventory", &asked, &economy(&["2001", "2003"], &[1.0; 2], &[1.0; 2])).unwrap_err();
    assert_eq!(error.to_string(), "years between 2001 and 2003 are missing; an inventory needs every year");
    let found =
        ask("perpetual-inventory", &asked, &economy(&["2001", "2002"], &[1.0, 1.1], &[1.0; 2])).unwrap();
    assert!(found.notes[0].warning && found.notes[0].text.en.contains("10.00 % a year"));
    let hyperbolic = [asked[0], asked[1], ("pattern", "hyperbolic"), ("life", "5")];
    let found =
        ask("perpetual-inventory", &hyperbolic, &economy(&["2001", "2002"], &[1.0; 2], &[1.0; 2])).unwrap();
    assert!(found.tables[0].rows.iter().all(|row| matches!(row[2], Cell::Absent(_))));
    let lifeless = [asked[0], asked[1], ("pattern", "hyperbolic")];
    assert!(ask("perpetual-inventory", &lifeless, &economy(&["2001"], &[1.0], &[1.0])).is_err());
    let zero = ask("perpetual-inventory", &asked, &economy(&["2001", "2002"], &[0.0, 1.0], &[1.0; 2]));
    assert!(zero.unwrap_err().to_string().contains("cannot be estimated"));
}

fn period() -> impl Strategy<Value = Period> {
    (0.1_f64..50.0, prop::collection::vec((0.1_f64..50.0, 0.1_f64..50.0), 4)).prop_map(|(output, inputs)| {
        Period {
            output,
            inputs: inputs.iter().map(|input| input.0).collect(),
            costs: inputs.iter().map(|input| input.1).collect(),
        }
    })
}

proptest! {
    #[test]
    fn contributions_and_residual_add_up_and_time_can_be_turned(
        old in period(),
        new in period(),
        hours in -1.0_f64..1.0,
    ) {
        let found = growth(&old, &new).unwrap();
        prop_assert!((sum(found.shares.iter().copied()) - 1.0).abs() < 1e-12);
        let all = sum(found.contributions()) + found.productivity;
        prop_assert!((all - found.output).abs() < 1e-12);
        let per_hour = sum(found.contributions_per_hour(hours)) + found.productivity;
        prop_assert!((per_hour - (found.output - hours)).abs() < 1e-12);
        let back = growth(&new, &old).unwrap();
        prop_assert!((back.productivity + found.productivity).abs() < 1e-12);
    }

    /// Steady growth of investment leaves the stock growing at the same rate.
    #[test]
    fn a_steady_state_stays_steady(rate in 0.01_f64..0.3, growth in 0.0_f64..0.2) {
        let investment: Vec<f64> = (0..20).map(|year| 5.0 * (1.0_f64 + growth).powi(year)).collect();
        let pattern = Pattern::Geometric { rate, mid_year: false };
        let found = stocks(&investment, pattern, Start::Growth(growth)).unwrap();
        for pair in found.windows(2) {
            prop_assert!((pair[1].unwrap() / pair[0].unwrap() - 1.0 - growth).abs() < 1e-10);
        }
    }

    #[test]
    fn one_type_alone_grows_as_it_grows(old in 0.1_f64..9.0, new in 0.1_f64..9.0, pay in 0.1_f64..9.0) {
        let found = services_growth(&[old], &[new], &[pay], &[pay]).unwrap();
        prop_assert!((found - (new / old).ln()).abs() < 1e-12);
    }
}

fn industry(values: &[f64]) -> Industry {
    let [value_added, share, volume, capital, labour] = values[..] else { unreachable!("five values each") };
    Industry { value_added, labour_cost: share * value_added, volume, capital, labour }
}

/// Two alike industries between which a tenth of the capital moves: nothing grows inside, and what the move
/// does to the sums is all.
#[test]
fn moving_capital_to_where_it_earns_more_is_reallocation() {
    let one =
        |capital, volume| Industry { value_added: 100.0, labour_cost: 50.0, volume, capital, labour: 10.0 };
    // Capital of the first earns twice per unit of what it earns in the second.
    let pairs = [
        [one(100.0, 100.0), one(110.0, 100.0 * 1.1_f64.sqrt())],
        [one(200.0, 100.0), one(190.0, 100.0 * 0.95_f64.sqrt())],
    ];
    let found = reallocation(&pairs).unwrap();
    assert!(found.industries.abs() < 1e-15 && found.labour.abs() < 1e-15);
    assert!((found.capital - 0.25 * (1.1_f64.ln() + 0.95_f64.ln())).abs() < 1e-15 && found.capital > 0.0);
    assert!((found.aggregate - found.capital - found.value_added).abs() < 1e-15);
}

proptest! {
    #[test]
    fn reallocations_and_industries_add_up(values in prop::collection::vec(0.1_f64..0.9, 40)) {
        let pairs: Vec<[Industry; 2]> = values.chunks(10).map(|two| [industry(&two[..5]), industry(&two[5..])]).collect();
        let found = reallocation(&pairs).unwrap();
        let parts = found.industries + found.value_added + found.capital + found.labour;
        prop_assert!((found.aggregate - parts).abs() < 1e-12);
        let one = reallocation(&pairs[..1]).unwrap();
        prop_assert!((one.aggregate - one.industries).abs() < 1e-12, "one industry moves nothing");
    }
}
