//! How fast and in how much memory a large CSV is checked: `import_speed ROWS [FOLDER]`.
//!
//! Writes a file of the national enterprise survey with ROWS rows (four years each, one row in
//! five hundred spoilt), checks it with all rules of the survey on two threads, and prints rows
//! per second and the peak of resident memory. `benches/import.sh` runs it beside a peer.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use domain::classification::Classification;
use domain::progress::Watch;
use domain::survey::Survey;
use intake::mapping::Mapping;
use intake::{Task, check};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().and_then(|rows| rows.parse().ok()).unwrap_or(2_000_000);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("lumbung-import"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("the folder for the benchmark can be made");
    let read = |path: &str| std::fs::read_to_string(path).expect("run it at the root of the project");
    let survey = Survey::parse(&read("surveys/national-enterprise.toml")).expect("the survey is tested");
    let classifications = ["kbli-2020", "kbli-2025", "regions"].map(|name| {
        let text = |kind| read(&format!("classifications/{name}.{kind}"));
        Classification::parse(&text("toml"), &text("csv")).expect("classifications are tested")
    });
    let source = folder.join(format!("enterprises-{rows}.csv"));
    if !source.exists() {
        write_enterprises(&source, rows, &classifications).expect("the file can be written");
    }
    let started = Instant::now();
    let task = Task {
        source: &source,
        file_name: "enterprises.csv",
        survey: &survey,
        classifications: &classifications.each_ref(),
        mapping: &Mapping::default(),
        previous: &(),
        period: None,
        staging: &folder.join("staging"),
        threads: 2,
    };
    let stages = Stages::default();
    let summary = check(&task, &stages).expect("the file can be checked");
    let seconds = started.elapsed().as_secs_f64();
    let counts = summary.rows;
    println!(
        "import: {} rows, {:.1} MB, {} rules, {:.2} s, {:.0} rows/s, {:.0} MB/s, peak memory {} MiB",
        counts.received,
        summary.bytes as f64 / 1e6,
        summary.rules,
        seconds,
        counts.received as f64 / seconds,
        summary.bytes as f64 / 1e6 / seconds,
        peak_mebibytes().map_or("?".into(), |peak| peak.to_string()),
    );
    let mut stages = stages.0.into_inner().expect("nobody panics while holding it");
    stages.push(("end", Instant::now(), processor_seconds()));
    for pair in stages.windows(2) {
        let [(step, began, processor), (_, ended, later)] = pair else { continue };
        println!(
            "  {step}: {:.2} s, of processors {:.2} s",
            (*ended - *began).as_secs_f64(),
            later - processor
        );
    }
    println!(
        "accepted {} · with warning {} · held {} · refused {} · findings {}",
        counts.accepted, counts.warned, counts.held, counts.refused, summary.findings
    );
}

/// When each step began, in wall and in processor time.
#[derive(Default)]
struct Stages(Mutex<Vec<(&'static str, Instant, f64)>>);

impl Watch for Stages {
    fn report(&self, step: &'static str, _: u64, _: u64) {
        let mut stages = self.0.lock().expect("nobody panics while holding it");
        if stages.last().is_none_or(|(last, ..)| *last != step) {
            stages.push((step, Instant::now(), processor_seconds()));
        }
    }
}

/// User and system time of this process so far; 0 where nobody knows.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// `VmHWM` of Linux; elsewhere nobody knows.
fn peak_mebibytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kibibytes| kibibytes / 1024)
}

/// A small generator of its own, so that the benchmark measures reading and nothing else.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve rolls.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }
}

fn write_enterprises(path: &Path, rows: u64, classifications: &[Classification]) -> std::io::Result<()> {
    let codes = |classification: &Classification, length: usize| -> Vec<String> {
        let long =
            classification.codes.iter().filter(|code| code.code.len() == length && code.valid_to.is_none());
        long.map(|code| code.code.clone()).collect()
    };
    let (activities, regions) = (codes(&classifications[0], 5), codes(&classifications[2], 4));
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    writeln!(
        out,
        "enterprise_id,year,activity,region,persons_engaged_male,persons_engaged_female,persons_engaged,\
         hours_worked,turnover,output,intermediate_inputs,labour_cost,depreciation,interest,\
         taxes_on_production,operating_profit,fixed_assets,energy,weight,holding_id"
    )?;
    let mut dice = Dice(20_260_101);
    for enterprise in 0..rows.div_ceil(4) {
        let activity = &activities[(dice.roll() * activities.len() as f64) as usize];
        let region = &regions[(dice.roll() * regions.len() as f64) as usize];
        let persons = (dice.normal() * 0.8 + 1.5).exp().round().max(1.0);
        let mut productivity = (dice.normal() * 0.6 + 11.0).exp();
        for year in 0..4_u64.min(rows - enterprise * 4) {
            productivity *= (dice.normal() * 0.1 + 0.03).exp();
            let male = (persons * dice.roll()).round();
            let turnover = (persons * productivity).round();
            let output = (turnover * 0.95).round();
            let inputs = (output * 0.6).round();
            let labour = (output * 0.2).round();
            let (depreciation, interest, taxes) =
                ((output * 0.05).round(), (output * 0.01).round(), (output * 0.01).round());
            let mut profit = output - inputs - labour - depreciation - interest - taxes;
            if dice.roll() < 0.002 {
                profit += output / 2.0;
            }
            writeln!(
                out,
                "E{enterprise:08},{},{activity},{region},{male},{},{persons},{},{turnover},{output},{inputs},{labour},\
                 {depreciation},{interest},{taxes},{profit},{},{},{:.4},",
                2021 + year,
                persons - male,
                persons * 2000.0,
                (output * 1.7).round(),
                (inputs * 0.1).round(),
                1.0 + dice.roll() * 20.0,
            )?;
        }
    }
    out.flush()
}
