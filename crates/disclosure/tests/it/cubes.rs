//! Generated cubes: enterprises of lognormal size in activities, regions and size classes.

use std::collections::BTreeMap;

use domain::cube::{Contributions, Cube, Dimension, DimensionLevel, DimensionRole, Member, Provenance};
use domain::language::Text;
use domain::measure::{Measure, MeasureKind, Unit};

/// A small generator of chance: the same numbers everywhere.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.unit() * limit as f64) as usize
    }

    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// An index with probability proportional to its weight; `cumulated` ends at the sum.
    pub(crate) fn choose(&mut self, cumulated: &[f64]) -> usize {
        let wanted = self.unit() * cumulated.last().copied().unwrap_or(0.0);
        cumulated.partition_point(|sum| *sum <= wanted).min(cumulated.len() - 1)
    }
}

/// What is generated.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) seed: u64,
    pub(crate) enterprises: usize,
    /// Sections with their number of divisions, provinces with their number of regencies.
    pub(crate) sections: Vec<usize>,
    pub(crate) provinces: Vec<usize>,
    pub(crate) sizes: usize,
    /// Spread of the logarithm of values.
    pub(crate) spread: f64,
    pub(crate) holding_share: f64,
    pub(crate) years: usize,
    /// Value added with losses, beside turnover.
    pub(crate) signed: bool,
}

impl Spec {
    pub(crate) fn new(seed: u64, enterprises: usize, sections: &[usize], provinces: &[usize]) -> Self {
        Spec {
            seed,
            enterprises,
            sections: sections.to_vec(),
            provinces: provinces.to_vec(),
            sizes: 4,
            spread: 1.2,
            holding_share: 0.08,
            years: 1,
            signed: false,
        }
    }
}

/// One enterprise in one year.
#[derive(Clone, Debug)]
pub(crate) struct Enterprise {
    /// Leaf members, one per hierarchy.
    pub(crate) leaves: Vec<u32>,
    pub(crate) year: u32,
    pub(crate) holding: u64,
    pub(crate) values: Vec<f64>,
}

pub(crate) fn hierarchy(id: &str, groups: &[usize], prefix: &str) -> Dimension {
    let label = |code: &str| Text::same(code);
    let mut members = vec![Member { code: "_T".into(), parent: None, level: 0, label: label("_T") }];
    for group in 0..groups.len() {
        let code = format!("{prefix}{group}");
        members.push(Member { label: label(&code), code, parent: Some(0), level: 1 });
    }
    for (group, count) in groups.iter().enumerate() {
        for leaf in 0..*count {
            let code = format!("{prefix}{group}.{leaf}");
            members.push(Member { label: label(&code), code, parent: Some(1 + group as u32), level: 2 });
        }
    }
    let deep = groups.iter().any(|count| *count > 0);
    let names = if deep { vec!["total", "group", "leaf"] } else { vec!["total", "group"] };
    dimension(id, DimensionRole::Hierarchy, &names, members)
}

pub(crate) fn dimension(id: &str, role: DimensionRole, levels: &[&str], members: Vec<Member>) -> Dimension {
    let level = |name: &&str| DimensionLevel { id: (*name).into(), label: Text::same(*name) };
    Dimension {
        id: id.into(),
        concept: id.to_uppercase(),
        role,
        label: Text::same(id),
        classification: String::new(),
        levels: levels.iter().map(level).collect(),
        members,
    }
}

pub(crate) fn measure(code: &str, kind: MeasureKind) -> Measure {
    Measure {
        code: code.into(),
        label: Text::same(code),
        unit: Unit { code: "IDR".into(), multiplier: 0, label: Text::same("rupiah") },
        definition: Text::same(code),
        formula: String::new(),
        kind,
        decimals: 0,
        higher_is_better: None,
    }
}

fn leaves(dimension: &Dimension) -> Vec<u32> {
    let deepest = dimension.levels.len() as u8 - 1;
    (0..dimension.members.len() as u32).filter(|m| dimension.members[*m as usize].level == deepest).collect()
}

fn cumulated(chance: &mut Chance, count: usize) -> Vec<f64> {
    let mut sum = 0.0;
    (0..count)
        .map(|rank| {
            sum += (0.3 + chance.unit()) / (1.0 + rank as f64).powf(0.7);
            sum
        })
        .collect()
}

/// The enterprises of a specification and the dimensions they live in.
pub(crate) fn enterprises(spec: &Spec) -> (Vec<Dimension>, Vec<Enterprise>) {
    let mut chance = Chance::new(spec.seed);
    let mut dimensions =
        vec![hierarchy("activity", &spec.sections, "A"), hierarchy("region", &spec.provinces, "R")];
    if spec.sizes > 0 {
        dimensions.push(hierarchy("size", &vec![0; spec.sizes], "S"));
    }
    let (activities, regions) = (leaves(&dimensions[0]), leaves(&dimensions[1]));
    let (by_activity, by_region) =
        (cumulated(&mut chance, activities.len()), cumulated(&mut chance, regions.len()));
    let effects: Vec<f64> = activities.iter().map(|_| 0.4 * spec.spread * chance.normal()).collect();
    let mut found = Vec::new();
    for number in 0..spec.enterprises {
        let (activity, region) = (chance.choose(&by_activity), chance.choose(&by_region));
        let persons = (1.2 + spec.spread * chance.normal()).exp().ceil();
        let size = match persons as u64 {
            0..=4 => 0,
            5..=19 => 1,
            20..=99 => 2,
            _ => 3,
        };
        let holding = if chance.unit() < spec.holding_share {
            1 + chance.below(1 + spec.enterprises / 60)
        } else {
            1_000_000 + number
        };
        let base = persons * (3.0 + effects[activity] + 0.5 * spec.spread * chance.normal()).exp();
        for year in 0..spec.years as u32 {
            let turnover = (base * (0.2 * chance.normal()).exp()).round() + 1.0;
            let added =
                if chance.unit() < 0.04 { -0.2 * turnover } else { turnover * (0.2 + 0.4 * chance.unit()) };
            let mut leaves = vec![activities[activity], regions[region]];
            if spec.sizes > 0 {
                leaves.push(1 + size.min(spec.sizes as u32 - 1));
            }
            let values = if spec.signed { vec![turnover, added.round(), persons] } else { vec![turnover] };
            found.push(Enterprise { leaves, year, holding: holding as u64, values });
        }
    }
    (dimensions, found)
}

pub(crate) fn generate(spec: &Spec) -> Cube {
    let (dimensions, enterprises) = enterprises(spec);
    let codes: &[&str] = if spec.signed { &["TURNOVER", "VALUE_ADDED", "PERSONS"] } else { &["TURNOVER"] };
    tabulate(dimensions, &enterprises, codes, spec.years > 1)
}

/// Enterprises of a cell, and its holdings with their parts.
type Gathered = BTreeMap<Vec<u32>, (u32, BTreeMap<u64, Vec<f64>>)>;

fn gathered(hierarchies: &[Dimension], enterprises: &[Enterprise], codes: usize, timed: bool) -> Gathered {
    let mut cells = Gathered::new();
    for enterprise in enterprises {
        let mut keys: Vec<Vec<u32>> = vec![if timed { vec![enterprise.year] } else { Vec::new() }];
        for (dimension, leaf) in hierarchies.iter().zip(&enterprise.leaves) {
            let path: Vec<u32> =
                std::iter::successors(Some(*leaf), |member| dimension.members[*member as usize].parent)
                    .collect();
            keys = keys
                .iter()
                .flat_map(|key| {
                    path.iter().map(move |member| {
                        let mut key = key.clone();
                        key.push(*member);
                        key
                    })
                })
                .collect();
        }
        for key in keys {
            let cell = cells.entry(key).or_default();
            cell.0 += 1;
            let parts = cell.1.entry(enterprise.holding).or_insert_with(|| vec![0.0; codes]);
            parts.iter_mut().zip(&enterprise.values).for_each(|(part, value)| *part += value);
        }
    }
    cells
}

/// Sums enterprises up over every combination of levels.
pub(crate) fn tabulate(
    hierarchies: Vec<Dimension>,
    enterprises: &[Enterprise],
    codes: &[&str],
    timed: bool,
) -> Cube {
    let cells = gathered(&hierarchies, enterprises, codes.len(), timed);
    let mut dimensions = hierarchies;
    if timed {
        let years = enterprises.iter().map(|enterprise| enterprise.year).max().unwrap_or(0);
        let members = (0..=years).map(|year| {
            let code = (2020 + year).to_string();
            Member { label: Text::same(code.clone()), code, parent: None, level: 0 }
        });
        dimensions.insert(0, dimension("year", DimensionRole::Time, &["year"], members.collect()));
    }
    let mut level_sets: Vec<Vec<u8>> = vec![Vec::new()];
    for dimension in &dimensions {
        level_sets = level_sets
            .iter()
            .flat_map(|set| {
                (0..dimension.levels.len() as u8).map(move |level| {
                    let mut set = set.clone();
                    set.push(level);
                    set
                })
            })
            .collect();
    }
    let mut cube = Cube {
        dataset: "GENERATED".into(),
        title: Text::same("generated"),
        dimensions,
        level_sets,
        keys: Vec::new(),
        measures: codes.iter().map(|code| measure(code, MeasureKind::Additive)).collect(),
        values: vec![Vec::new(); codes.len()],
        contributions: codes
            .iter()
            .map(|code| Contributions { measure: (*code).into(), ..Default::default() })
            .collect(),
        provenance: Provenance { synthetic: true, ..Default::default() },
    };
    cube.measures.push(measure("ENTERPRISES", MeasureKind::Count));
    cube.values.push(Vec::new());
    for (key, (count, parts)) in cells {
        cube.keys.extend(key);
        cube.values[codes.len()].push(count as f64);
        for code in 0..codes.len() {
            cube.values[code].push(parts.values().map(|values| values[code]).sum());
            let mut ranked: Vec<(f64, u64)> =
                parts.iter().map(|(holding, values)| (values[code], *holding)).collect();
            ranked.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1)));
            let contributions = &mut cube.contributions[code];
            contributions.holdings.push(parts.len() as u32);
            contributions.largest.push(ranked[0].0);
            contributions.second_largest.push(ranked.get(1).map_or(0.0, |second| second.0));
            contributions.largest_holding.push(ranked[0].1);
        }
    }
    cube
}
