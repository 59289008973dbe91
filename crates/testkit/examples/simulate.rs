//! Writes synthetic enterprises from the project's classifications and says how long it took:
//! `cargo run --release -p testkit --example simulate -- 300000 2021 2024 FOLDER [threads]`.

use std::path::Path;
use std::time::Instant;

use domain::classification::Classification;
use testkit::synthetic::{Enterprises, Format};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, count, first, last, folder, rest @ ..] = arguments.as_slice() else {
        eprintln!("simulate ENTERPRISES FIRST_YEAR LAST_YEAR FOLDER [THREADS]");
        std::process::exit(2);
    };
    let read = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../classifications");
        let text = |ending| std::fs::read_to_string(folder.join(format!("{name}.{ending}"))).expect(name);
        Classification::parse(&text("toml"), &text("csv")).expect(name)
    };
    let number = |text: &String| text.parse::<i64>().expect("a number");
    let recipe = Enterprises {
        threads: rest.first().map_or(1, number) as usize,
        ..Enterprises::new(number(count) as u64, number(first) as i32, number(last) as i32, 1)
    }
    .with_classifications(&read("kbli-2020"), Some(&read("kbli-2025")), &read("regions"));
    let start = Instant::now();
    let written =
        recipe.write(Path::new(folder), &[Format::Csv, Format::Parquet], &()).expect("it can be written");
    let rows: u64 = written.truth.rows.values().sum();
    println!("{rows} rows in {:.2} s", start.elapsed().as_secs_f64());
}
