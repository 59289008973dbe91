//! Releases for tests: the real published series of `demo/`, and a small made-up register of
//! enterprises that goes through the real disclosure control.

use std::collections::BTreeMap;

use disclosure::{ProtectionPlan, protect};
use domain::classification::Classification;
use domain::cube::{Contributions, Cube, Dimension, DimensionLevel, DimensionRole, Member, Provenance};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind, Unit};
use domain::release::Manifest;

use super::{content, manifest, repository};

/// A released cube.
pub(super) type Release = (Manifest, Vec<u8>);

/// Everything that the tests look at.
pub(super) fn releases() -> Vec<Release> {
    vec![national(), sectors(), places(), enterprises(1, 2_000), enterprises(2, 3_000)]
}

fn text(id: &str, en: &str) -> Text {
    Text::new(id, en)
}

fn measure(code: &str, label: Text, unit: (&str, i8, Text), kind: MeasureKind, decimals: u8) -> Measure {
    Measure {
        code: code.into(),
        definition: label.clone(),
        label,
        unit: Unit { code: unit.0.into(), multiplier: unit.1, label: unit.2 },
        formula: "sum(w*VA)/sum(w*L)".into(),
        kind,
        decimals,
        higher_is_better: Some(true),
    }
}

fn rupiah_per_worker() -> (&'static str, i8, Text) {
    ("IDR", 6, text("juta rupiah per pekerja", "million rupiah per worker"))
}

fn ratio(numerator: &str, denominator: &str) -> MeasureKind {
    MeasureKind::Ratio { numerator: numerator.into(), denominator: denominator.into() }
}

fn years(years: impl IntoIterator<Item = i32>) -> Dimension {
    Dimension {
        id: "year".into(),
        concept: "TIME_PERIOD".into(),
        role: DimensionRole::Time,
        label: text("Tahun", "Year"),
        classification: String::new(),
        levels: vec![DimensionLevel { id: "year".into(), label: text("Tahun", "Year") }],
        members: years
            .into_iter()
            .map(|year| Member {
                code: year.to_string(),
                parent: None,
                level: 0,
                label: Text::same(year.to_string()),
            })
            .collect(),
    }
}

/// A hierarchy of a classification under one total, for codes that a test keeps.
fn hierarchy(
    id: &str,
    concept: &str,
    label: Text,
    classification: &Classification,
    levels: &[&str],
    keep: impl Fn(&str) -> bool,
) -> Dimension {
    let total = DimensionLevel { id: "total".into(), label: text("Seluruhnya", "Total") };
    let named = |name: &str| {
        text(
            if id == "region" { "Indonesia" } else { name },
            if id == "region" { "Indonesia" } else { "All" },
        )
    };
    let mut members = vec![Member { code: "_T".into(), parent: None, level: 0, label: named("Semua") }];
    let mut place = BTreeMap::new();
    for (depth, name) in levels.iter().enumerate() {
        let level = classification.level(name).expect("a level of the classification");
        for (position, code) in classification.at_level(level, Some("2024-01-01".parse().expect("a day"))) {
            let parent = match depth {
                0 => 0,
                _ => match code.parent.and_then(|parent| place.get(&parent)) {
                    Some(parent) => *parent,
                    None => continue,
                },
            };
            if !keep(&code.code) {
                continue;
            }
            place.insert(position, members.len() as u32);
            members.push(Member {
                code: code.code.clone(),
                parent: Some(parent),
                level: depth as u8 + 1,
                label: code.label.clone(),
            });
        }
    }
    let mut all = vec![total];
    all.extend(levels.iter().map(|name| {
        let level = classification.level(name).expect("a level of the classification");
        let level = &classification.levels[usize::from(level)];
        DimensionLevel { id: level.id.clone(), label: level.label.clone() }
    }));
    Dimension {
        id: id.into(),
        concept: concept.into(),
        role: DimensionRole::Hierarchy,
        label,
        classification: classification.id.clone(),
        levels: all,
        members,
    }
}

/// Publishes a cube under a protection plan.
fn published(cube: Cube, plan: &str, mut manifest: Manifest) -> Release {
    let plan = ProtectionPlan::parse(&format!("[protection]\n{plan}")).expect("the plan of a test is valid");
    let (protected, _proof) = protect(cube, &plan, None, &()).expect("the cube of a test can be protected");
    manifest.quality.rules = protected.rules().to_vec();
    manifest.quality.cells = protected.len() as u64;
    let hidden = |primary: bool| {
        (0..protected.len())
            .filter(|cell| protected.hidden(*cell).is_some_and(|reason| reason.is_primary() == primary))
            .count() as u64
    };
    (manifest.quality.cells_primary, manifest.quality.cells_complementary) = (hidden(true), hidden(false));
    manifest.quality.cells_visible =
        manifest.quality.cells - manifest.quality.cells_primary - manifest.quality.cells_complementary;
    (manifest, protected.to_bytes())
}

fn public(cube: Cube, manifest: Manifest) -> Release {
    published(cube, "kind = \"already-public\"", manifest)
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let text =
        std::fs::read_to_string(repository().join("demo").join(file)).expect("the demo table is there");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn number(text: &str) -> f64 {
    if text.is_empty() { f64::NAN } else { text.parse().expect("a number of a demo table") }
}

/// Cells from keys and values, in the order that a cube wants.
fn cube(
    dataset: &str,
    title: Text,
    dimensions: Vec<Dimension>,
    level_sets: Vec<Vec<u8>>,
    measures: Vec<Measure>,
    cells: BTreeMap<Vec<u32>, Vec<f64>>,
    provenance: Provenance,
) -> Cube {
    let mut values = vec![Vec::with_capacity(cells.len()); measures.len()];
    let mut keys = Vec::with_capacity(cells.len() * dimensions.len());
    for (key, row) in cells {
        keys.extend(key);
        for (column, value) in values.iter_mut().zip(row) {
            column.push(value);
        }
    }
    Cube {
        dataset: dataset.into(),
        title,
        dimensions,
        level_sets,
        keys,
        measures,
        values,
        contributions: Vec::new(),
        provenance,
    }
}

fn constant_prices(base: u16) -> Provenance {
    Provenance {
        price_basis: text(
            &format!("Harga konstan {base} menurut sumber"),
            &format!("Constant {base} prices as published"),
        ),
        ..Provenance::default()
    }
}

fn national() -> Release {
    let content = content();
    let regions = content.classification("REGION").expect("regions");
    let table = rows("national-headline.csv");
    let year = years(table.iter().map(|row| row[0].parse().expect("a year")));
    let region = hierarchy("region", "REF_AREA", text("Wilayah", "Region"), regions, &[], |_| true);
    let cells = table.iter().enumerate().map(|(at, row)| {
        (
            vec![at as u32, 0],
            vec![
                number(&row[1]) / number(&row[2]) / 1e3,
                number(&row[3]),
                number(&row[1]) / 1e6,
                number(&row[2]),
            ],
        )
    });
    let measures = vec![
        measure(
            "LP",
            text("Produktivitas tenaga kerja", "Labour productivity"),
            rupiah_per_worker(),
            ratio("VALUE_ADDED", "PERSONS_ENGAGED"),
            1,
        ),
        measure(
            "LP_PUBLISHED",
            text("Produktivitas menurut Kemnaker–BPS", "Productivity as published"),
            rupiah_per_worker(),
            MeasureKind::Statistic,
            2,
        ),
        measure(
            "VALUE_ADDED",
            text("Nilai tambah", "Value added"),
            ("IDR", 9, text("miliar rupiah", "billion rupiah")),
            MeasureKind::Additive,
            0,
        ),
        measure(
            "PERSONS_ENGAGED",
            text("Pekerja", "Persons engaged"),
            ("PS", 0, text("orang", "people")),
            MeasureKind::Additive,
            0,
        ),
    ];
    let title = text("Produktivitas tenaga kerja Indonesia", "Labour productivity of Indonesia");
    let made = cube(
        "NPD_NATIONAL",
        title.clone(),
        vec![year, region],
        vec![vec![0, 0]],
        measures,
        cells.collect(),
        constant_prices(2010),
    );
    let source = text("UN SNA, BPS dan Kemnaker", "UN SNA, BPS and the Ministry of Manpower");
    public(made, manifest("NPD_NATIONAL", 1, title, source, false))
}

fn sectors() -> Release {
    let content = content();
    let sector = content.classification("SECTOR7").expect("sectors");
    let table = rows("national-sectors.csv");
    let mut known: Vec<i32> = table.iter().map(|row| row[0].parse().expect("a year")).collect();
    known.dedup();
    let year = years(known.clone());
    let activity = hierarchy("activity", "ACTIVITY", text("Sektor", "Sector"), sector, &["sector"], |_| true);
    let mut sums: BTreeMap<Vec<u32>, (f64, f64)> = BTreeMap::new();
    for row in &table {
        let at = known.iter().position(|year| year.to_string() == row[0]).expect("a year") as u32;
        let member = activity.member(&row[1]).expect("a sector");
        for key in [vec![at, 0], vec![at, member]] {
            let sum = sums.entry(key).or_default();
            sum.0 += number(&row[2]);
            sum.1 += number(&row[3]);
        }
    }
    let cells =
        sums.into_iter().map(|(key, (value, people))| (key, vec![value / people / 1e3, value / 1e6, people]));
    let measures = vec![
        measure(
            "LP",
            text("Nilai tambah per pekerja", "Value added per worker"),
            rupiah_per_worker(),
            ratio("VALUE_ADDED", "PERSONS_ENGAGED"),
            1,
        ),
        measure(
            "VALUE_ADDED",
            text("Nilai tambah", "Value added"),
            ("IDR", 9, text("miliar rupiah", "billion rupiah")),
            MeasureKind::Additive,
            0,
        ),
        measure(
            "PERSONS_ENGAGED",
            text("Pekerja", "Workers"),
            ("PS", 0, text("orang", "people")),
            MeasureKind::Additive,
            0,
        ),
    ];
    let title = text(
        "Produktivitas tenaga kerja menurut sektor, Indonesia",
        "Labour productivity by sector, Indonesia",
    );
    let made = cube(
        "NPD_MACRO",
        title.clone(),
        vec![year, activity],
        vec![vec![0, 0], vec![0, 1]],
        measures,
        cells.collect(),
        constant_prices(2015),
    );
    public(
        made,
        manifest("NPD_MACRO", 1, title, text("UN SNA dan BPS Sakernas", "UN SNA and BPS Sakernas"), false),
    )
}

fn places() -> Release {
    let content = content();
    let regions = content.classification("REGION").expect("regions");
    let table = rows("grdp-regencies.csv");
    let year = years(2000..=2017);
    let region =
        hierarchy("region", "REF_AREA", text("Wilayah", "Region"), regions, &["province", "regency"], |_| {
            true
        });
    let mut sums: BTreeMap<Vec<u32>, (f64, f64)> = BTreeMap::new();
    for row in &table {
        let at = (row[0].parse::<i32>().expect("a year") - 2000) as u32;
        let mut member = region.member(&row[1]);
        while let Some(here) = member {
            let sum = sums.entry(vec![at, here]).or_default();
            sum.0 += number(&row[2]);
            sum.1 += number(&row[3]);
            member = region.members[here as usize].parent;
        }
    }
    let cells =
        sums.into_iter().map(|(key, (output, people))| (key, vec![output / people * 1000.0, output, people]));
    let measures = vec![
        measure(
            "GRDP_PER_RESIDENT",
            text("PDRB per penduduk", "GRDP per resident"),
            ("IDR", 6, text("juta rupiah per penduduk", "million rupiah per resident")),
            ratio("GRDP", "RESIDENTS"),
            1,
        ),
        measure(
            "GRDP",
            text("PDRB", "GRDP"),
            ("IDR", 9, text("miliar rupiah", "billion rupiah")),
            MeasureKind::Additive,
            1,
        ),
        measure(
            "RESIDENTS",
            text("Penduduk", "Residents"),
            ("PS", 0, text("orang", "people")),
            MeasureKind::Additive,
            0,
        ),
    ];
    let title = text(
        "Produksi per penduduk menurut provinsi dan kabupaten/kota",
        "Output per resident by province and regency",
    );
    let sets = vec![vec![0, 0], vec![0, 1], vec![0, 2]];
    let made = cube(
        "NPD_GRDP",
        title.clone(),
        vec![year, region],
        sets,
        measures,
        cells.collect(),
        constant_prices(2010),
    );
    public(
        made,
        manifest(
            "NPD_GRDP",
            1,
            title,
            text("QuaRCS dari BPS, CC BY 4.0", "QuaRCS from BPS, CC BY 4.0"),
            false,
        ),
    )
}

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.roll().ln()).sqrt() * (std::f64::consts::TAU * self.roll()).cos()
    }
}

#[derive(Default)]
struct Gathered {
    firms: Vec<(f64, f64)>,
    largest: [(f64, u64); 2],
    value: f64,
    people: f64,
}

/// Levels of activity, region and size that are computed together.
const COMPUTED: [(u8, u8, u8); 9] =
    [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (2, 0, 1), (0, 1, 1), (1, 1, 0)];

fn is_computed(activity: &Dimension, a: u32, r: u32, s: u32) -> bool {
    COMPUTED.contains(&(activity.members[a as usize].level, u8::from(r > 0), u8::from(s > 0)))
}

/// A made-up register: value added and workers by activity, province and size.
/// Simulated firms, gathered into the cells that they belong to.
fn gathered(
    vintage: u32,
    count: u32,
    activity: &Dimension,
    region: &Dimension,
) -> BTreeMap<Vec<u32>, Gathered> {
    let divisions: Vec<u32> =
        (0..activity.members.len() as u32).filter(|at| activity.members[*at as usize].level == 2).collect();
    let provinces = region.members.len() as u32 - 1;
    let mut dice = Dice(u64::from(vintage));
    let mut cells: BTreeMap<Vec<u32>, Gathered> = BTreeMap::new();
    for firm in 0..count {
        let division = divisions[((dice.roll() * dice.roll()) * divisions.len() as f64) as usize];
        let province = 1 + ((dice.roll().powi(2)) * f64::from(provinces)) as u32;
        let people = (dice.normal() * 1.3 + 2.2).exp().clamp(1.0, 3000.0).round();
        let class = [5.0, 20.0, 100.0].iter().filter(|bound| people >= **bound).count() as u32 + 1;
        let level = 3.4 + f64::from(division % 7) * 0.15 + f64::from(class) * 0.25 + dice.normal() * 0.6;
        for time in 0..4u32 {
            let value = people * (level + 0.02 * f64::from(time) + dice.normal() * 0.1).exp();
            let section = activity.members[division as usize].parent.expect("a division has a section");
            for a in [0, section, division] {
                for r in [0, province] {
                    for s in [0, class] {
                        if !is_computed(activity, a, r, s) {
                            continue;
                        }
                        let cell = cells.entry(vec![time, a, r, s]).or_default();
                        cell.firms.push((value / people, people));
                        cell.value += value;
                        cell.people += people;
                        if value > cell.largest[0].0 {
                            cell.largest = [(value, u64::from(firm)), cell.largest[0]];
                        } else if value > cell.largest[1].0 {
                            cell.largest[1] = (value, u64::from(firm));
                        }
                    }
                }
            }
        }
    }
    cells
}

/// The measures of every cell, and its largest contributors.
fn tabulated(cells: BTreeMap<Vec<u32>, Gathered>) -> (Contributions, BTreeMap<Vec<u32>, Vec<f64>>) {
    let mut contributions = Contributions { measure: "VALUE_ADDED".into(), ..Contributions::default() };
    let mut all = BTreeMap::new();
    for (key, mut cell) in cells {
        contributions.holdings.push(cell.firms.len() as u32);
        contributions.largest.push(cell.largest[0].0);
        contributions.second_largest.push(cell.largest[1].0);
        contributions.largest_holding.push(cell.largest[0].1);
        cell.firms.sort_by(|a, b| a.0.total_cmp(&b.0));
        let quantile = |p: f64| {
            cell.firms[((cell.firms.len() as f64 * p).ceil() as usize).clamp(1, cell.firms.len()) - 1].0
        };
        let row = vec![
            cell.firms.len() as f64,
            cell.value,
            cell.people,
            cell.value / cell.people,
            quantile(0.1),
            quantile(0.25),
            quantile(0.5),
            quantile(0.75),
            quantile(0.9),
            quantile(0.9) / quantile(0.1),
        ];
        all.insert(key, row);
    }
    (contributions, all)
}

pub(super) fn enterprises(vintage: u32, count: u32) -> Release {
    let content = content();
    let kbli = content.classification("KBLI2020").expect("KBLI 2020");
    let regions = content.classification("REGION").expect("regions");
    let sizes = content.classification("SIZE_BPS").expect("size classes");
    let year = years(2021..=2024);
    let wanted = [
        "A", "B", "C", "F", "G", "I", "01", "03", "05", "10", "11", "13", "14", "20", "29", "31", "41", "46",
        "47", "55", "56",
    ];
    let activity = hierarchy(
        "activity",
        "ACTIVITY",
        text("Lapangan usaha", "Activity"),
        kbli,
        &["section", "division"],
        |code| wanted.contains(&code),
    );
    let region = hierarchy("region", "REF_AREA", text("Wilayah", "Region"), regions, &["province"], |_| true);
    let size = hierarchy("size", "SIZE", text("Ukuran usaha", "Size class"), sizes, &["class"], |_| true);
    let cells = gathered(vintage, count, &activity, &region);
    let (contributions, all) = tabulated(cells);
    let provenance = Provenance {
        synthetic: true,
        price_basis: text("Harga berlaku", "Current prices"),
        quantile_definition: "inverse-ecdf".into(),
        ..Provenance::default()
    };
    let sets = COMPUTED.iter().map(|(a, r, s)| vec![0, *a, *r, *s]).collect();
    let title = text(
        "Produktivitas usaha menurut lapangan usaha, wilayah dan ukuran",
        "Productivity of enterprises by activity, region and size",
    );
    let dimensions = vec![year, activity, region, size];
    let mut made =
        cube("NPD_ENTERPRISE", title.clone(), dimensions, sets, enterprise_measures(), all, provenance);
    made.contributions = vec![contributions];
    let source = text("Register usaha simulasi", "Simulated register of enterprises");
    let mut manifest = manifest("NPD_ENTERPRISE", vintage, title, source, true);
    manifest.note = text(
        "Data simulasi: bukan angka tentang usaha yang sungguh ada.",
        "Simulated data: not figures about enterprises that exist.",
    );
    published(made, "threshold = 3\np_percent = 10.0\neffort = \"low\"", manifest)
}

fn enterprise_measures() -> Vec<Measure> {
    let quantile = |percent: u8| {
        let label = match percent {
            50 => text("Median nilai tambah per pekerja", "Median value added per worker"),
            other => text(
                &format!("Persentil {other} nilai tambah per pekerja"),
                &format!("Percentile {other} of value added per worker"),
            ),
        };
        let kind = MeasureKind::Quantile { probability: f64::from(percent) / 100.0 };
        measure(&format!("LP_P{percent}"), label, rupiah_per_worker(), kind, 1)
    };
    vec![
        measure(
            "ENTERPRISES",
            text("Usaha", "Enterprises"),
            ("ENT", 0, text("usaha", "enterprises")),
            MeasureKind::Count,
            0,
        ),
        measure(
            "VALUE_ADDED",
            text("Nilai tambah", "Value added"),
            ("IDR", 6, text("juta rupiah", "million rupiah")),
            MeasureKind::Additive,
            0,
        ),
        measure(
            "PERSONS_ENGAGED",
            text("Pekerja", "Persons engaged"),
            ("PS", 0, text("orang", "people")),
            MeasureKind::Additive,
            0,
        ),
        measure(
            "LP",
            text("Nilai tambah per pekerja", "Value added per worker"),
            rupiah_per_worker(),
            ratio("VALUE_ADDED", "PERSONS_ENGAGED"),
            1,
        ),
        quantile(10),
        quantile(25),
        quantile(50),
        quantile(75),
        quantile(90),
        measure(
            "LP_P90_P10",
            text("Jarak P90 ke P10", "Ratio of P90 to P10"),
            ("RT", 0, text("kali", "times")),
            MeasureKind::Statistic,
            1,
        ),
    ]
}
