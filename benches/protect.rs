//! How many cells are protected and proved in how many seconds, and how much they hide.

#[path = "../crates/disclosure/tests/it/cubes.rs"]
#[allow(dead_code)]
mod cubes;

use std::time::Instant;

use cubes::{Spec, generate};
use disclosure::{ProtectionPlan, check, protect};
use domain::cube::Cube;

/// Processor seconds of this process so far (Linux), for machines that are busy elsewhere too.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|first| first.parse::<f64>().ok())
        .map_or(0.0, |nanoseconds| nanoseconds / 1e9)
}

/// Largest resident memory of this process so far, in MB (Linux).
fn resident_megabytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let is_wanted = |name: &str, among: &[&str]| {
        let mut asked = wanted.iter().filter(|wanted| among.contains(&wanted.as_str())).peekable();
        asked.peek().is_none() || asked.any(|asked| asked == name)
    };
    let cases = [
        ("small", Spec { sizes: 3, ..Spec::new(3, 900, &[3; 4], &[3; 3]) }),
        ("middle", Spec { spread: 0.8, ..Spec::new(7, 26_000, &[3; 10], &[4; 10]) }),
        ("family", Spec { spread: 0.8, years: 2, signed: true, ..Spec::new(7, 26_000, &[3; 10], &[4; 10]) }),
        ("large", Spec { spread: 0.9, ..Spec::new(7, 185_000, &[4; 16], &[8; 21]) }),
    ];
    for (name, spec) in cases {
        if !is_wanted(name, &["small", "middle", "family", "large"]) {
            continue;
        }
        let cube = generate(&spec);
        for contributors in ["none", "sole"] {
            for effort in ["low", "normal", "high"] {
                let asked = is_wanted(contributors, &["none", "sole"])
                    && is_wanted(effort, &["low", "normal", "high"]);
                if asked && (effort != "high" || wanted.iter().any(|wanted| wanted == "high")) {
                    run(name, &cube, contributors, effort);
                }
            }
        }
    }
    println!(
        "for comparison: GaussSuppression 1.0.0 (R) takes 13 processor s for 3,380 cells, without any audit"
    );
}

fn run(name: &str, cube: &Cube, contributors: &str, effort: &str) {
    let text = format!(
        "[protection]\nthreshold = 3\np_percent = 10.0\ncontributors = \"{contributors}\"\neffort = \"{effort}\""
    );
    let plan = ProtectionPlan::parse(&text).expect("a good plan");
    let input = cube.clone();
    let (start, processor) = (Instant::now(), processor_seconds());
    let (protected, proof) = protect(input, &plan, None, &()).expect("protected");
    let (seconds, processor) = (start.elapsed().as_secs_f64(), processor_seconds() - processor);
    let report = check(cube, &protected, &proof, &plan).expect("checked");
    assert!(report.passed());
    println!(
        "{name:6} {contributors:4} {effort:6} {:6} cells {:5} primary {:5} complementary {:5.2} % of value {:6.2} s ({:.2} s of processor) weaker {} {} MB",
        report.cells,
        report.primary,
        report.complementary,
        report.complementary_percent[0].1,
        seconds,
        processor,
        report.weaker.len(),
        resident_megabytes(),
    );
}
