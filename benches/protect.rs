//! How many cells are protected and proved in how many seconds, and how much they hide.

#[path = "../crates/disclosure/tests/it/cubes.rs"]
#[allow(dead_code)]
mod cubes;

use std::time::Instant;

use cubes::{Spec, generate};
use disclosure::{ProtectionPlan, check, protect};

fn main() {
    let wanted = std::env::args().nth(1).filter(|argument| argument != "--bench");
    let middle = Spec::new(7, 60_000, &[3; 10], &[4; 10]);
    let large = Spec::new(7, 300_000, &[5; 18], &[14; 37]);
    let cases = [
        ("755-like", Spec { sizes: 3, ..Spec::new(3, 900, &[3; 4], &[3; 3]) }),
        ("middle", middle),
        ("large", large),
    ];
    for (name, spec) in cases {
        if wanted.as_ref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let cube = generate(&spec);
        for contributors in ["none", "sole"] {
            for effort in ["low", "normal", "high"] {
                if name == "large" && effort == "high" {
                    continue;
                }
                let text = format!(
                    "[protection]\nthreshold = 3\np_percent = 10.0\ncontributors = \"{contributors}\"\neffort = \"{effort}\""
                );
                let plan = ProtectionPlan::parse(&text).expect("a good plan");
                let input = cube.clone();
                let start = Instant::now();
                let (protected, proof) = protect(input, &plan, None, &()).expect("protected");
                let seconds = start.elapsed().as_secs_f64();
                let mut top: Vec<(f64, usize)> = (0..cube.len())
                    .filter(|c| protected.hidden(*c) == Some(disclosure::Reason::Complementary))
                    .map(|c| (cube.values[0][c], c))
                    .collect();
                top.sort_by(|a, b| b.0.total_cmp(&a.0));
                let sum: f64 = cube.values[0].iter().sum();
                for (v, c) in top.iter().take(12) {
                    eprint!("{:.2}:{:?} ", 100.0 * v / sum, cube.key(*c));
                }
                eprintln!();
                let start = Instant::now();
                let report = check(&cube, &protected, &proof, &plan).expect("checked");
                println!(
                    "{name:9} {contributors:5} {effort:7} {:6} cells {:5} primary {:5} complementary {:6.2} % of value {:7.3} s (check {:.3} s) weaker {}",
                    report.cells,
                    report.primary,
                    report.complementary,
                    report.complementary_percent[0].1,
                    seconds,
                    start.elapsed().as_secs_f64(),
                    report.weaker.len(),
                );
            }
        }
    }
}
