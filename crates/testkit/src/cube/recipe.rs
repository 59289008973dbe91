//! Random magnitude cubes of the shape of a national enterprise survey.

use std::collections::HashSet;

use domain::cube::{Cube, Dimension, DimensionLevel, DimensionRole, Member};
use domain::language::Text;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal};
use rand_pcg::Pcg64Mcg;

use super::tabulate::{Respondent, additive, count, quantile, ratio, tabulate};

/// What a random cube looks like: sector all > section > division, region national > province >
/// regency, size all > classes, lognormal values, some enterprises in holdings.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Divisions of each section; a section with one division is a chain of single children.
    pub divisions: Vec<usize>,
    /// Regencies of each province; 0 leaves the regency level out of that province.
    pub regencies: Vec<usize>,
    pub sizes: usize,
    pub years: usize,
    /// Enterprises are drawn until so many cells are occupied (or none are left to occupy).
    pub cells: usize,
    /// Standard deviation of the logarithm of turnover; 1.5 is mild, 2.5 is very skewed.
    pub skew: f64,
    /// Share of enterprises that belong to a holding of several.
    pub holding_share: f64,
    /// Share of enterprises that report a turnover of zero.
    pub zero_share: f64,
    /// Share of enterprises whose value added is negative.
    pub negative_share: f64,
    pub seed: u64,
}

impl Recipe {
    /// A cube of about so many cells, with hierarchies that grow with it. 50 to 80,000 make
    /// sense: 755 and 7,227 resemble section and division tables by province, 77,000 a
    /// division table by regency.
    pub fn of_about(cells: usize, seed: u64) -> Self {
        let (divisions, regencies, sizes) = match cells {
            0..=120 => (vec![2, 1, 2], vec![0; 2], 2),
            121..=400 => (vec![3, 1, 4], vec![0; 4], 3),
            401..=1_500 => (vec![1, 2, 1, 6, 3], vec![2, 0, 1, 1], 4),
            1_501..=3_000 => (vec![3, 5, 8, 1, 4, 3, 1], vec![0; 14], 4),
            3_001..=15_000 => (KBLI_DIVISIONS.to_vec(), vec![0; 15], 4),
            _ => (KBLI_DIVISIONS.to_vec(), (0..38).map(|province| 6 - province / 7).collect(), 4),
        };
        Recipe {
            divisions,
            regencies,
            sizes,
            years: 1,
            cells,
            skew: 1.8,
            holding_share: 0.08,
            zero_share: 0.01,
            negative_share: 0.01,
            seed,
        }
    }

    /// The cube: `ENTERPRISES`, `TURNOVER`, `VALUE_ADDED`, `PERSONS_ENGAGED`, `LP` and `TURNOVER_P50`.
    pub fn build(&self) -> Cube {
        let measures = vec![
            count("ENTERPRISES"),
            additive("TURNOVER"),
            additive("VALUE_ADDED"),
            additive("PERSONS_ENGAGED"),
            ratio("LP", "VALUE_ADDED", "PERSONS_ENGAGED"),
            quantile("TURNOVER_P50", 0.5),
        ];
        let dimensions = self.dimensions();
        let respondents = self.respondents(&dimensions);
        tabulate("TEST_CUBE", dimensions, measures, &respondents)
    }

    pub fn dimensions(&self) -> Vec<Dimension> {
        let sections: Vec<(String, Vec<String>)> = self
            .divisions
            .iter()
            .enumerate()
            .map(|(section, &divisions)| {
                let letter = letters(section);
                let codes = (1..=divisions).map(|division| format!("{letter}{division:02}")).collect();
                (letter, codes)
            })
            .collect();
        let provinces: Vec<(String, Vec<String>)> = self
            .regencies
            .iter()
            .enumerate()
            .map(|(province, &regencies)| {
                let code = format!("{:02}", 11 + province);
                let codes = (1..=regencies).map(|regency| format!("{code}{regency:02}")).collect();
                (code, codes)
            })
            .collect();
        let classes: Vec<(String, Vec<String>)> =
            (1..=self.sizes).map(|class| (format!("S{class}"), Vec::new())).collect();
        let regions: &[&str] = if self.regencies.iter().all(|&n| n == 0) {
            &["national", "province"]
        } else {
            &["national", "province", "regency"]
        };
        let first_year = 2021;
        let years: Vec<String> = (0..self.years).map(|year| (first_year + year).to_string()).collect();
        vec![
            time(&years),
            hierarchy("activity", "ACTIVITY", &["total", "section", "division"], &sections),
            hierarchy("region", "REF_AREA", regions, &provinces),
            hierarchy("size", "SIZE", &["total", "class"], &classes),
        ]
    }

    /// Enterprises, one by one, until enough cells are occupied.
    pub fn respondents(&self, dimensions: &[Dimension]) -> Vec<Respondent> {
        let mut random = Pcg64Mcg::seed_from_u64(self.seed);
        let turnover = LogNormal::new(12.0, self.skew.clamp(0.1, 5.0)).expect("the deviation is positive");
        let leaves: Vec<Vec<u32>> = dimensions[1..].iter().map(leaves_of).collect();
        let mut occupied: HashSet<Vec<u32>> = HashSet::new();
        let mut respondents: Vec<Respondent> = Vec::new();
        let mut enterprise: u64 = 0;
        // Ten enterprises a cell fill what can be filled: small cubes have no more cells to occupy.
        while occupied.len() < self.cells && enterprise < 10 * self.cells as u64 + 100 {
            enterprise += 1;
            let place: Vec<u32> = leaves.iter().map(|leaves| skewed(leaves, &mut random)).collect();
            // A holding is numbered apart from enterprises and has four of them on average.
            let holding = if random.random::<f64>() < self.holding_share {
                let groups = (self.cells as f64 * self.holding_share / 4.0).max(1.0) as u64;
                1_000_000_000 + random.random_range(0..=groups)
            } else {
                enterprise
            };
            let size = f64::from(place[2] - leaves[2][0]);
            let base = turnover.sample(&mut random) * 6.0_f64.powf(size);
            for year in 0..self.years as u32 {
                if self.years > 1 && random.random::<f64>() < 0.08 {
                    continue;
                }
                let values = self.answers(base, size, &mut random);
                let members = [&[year], place.as_slice()].concat();
                occupy(&mut occupied, dimensions, &members);
                respondents.push(Respondent { members, holding, values });
            }
        }
        respondents
    }

    /// Turnover, value added and persons engaged.
    fn answers(&self, base: f64, size: f64, random: &mut Pcg64Mcg) -> Vec<f64> {
        let turnover = match random.random::<f64>() < self.zero_share {
            true => 0.0,
            false => (base * random.random_range(0.85..1.25)).round(),
        };
        let sign = if random.random::<f64>() < self.negative_share { -0.2 } else { 1.0 };
        let value_added = (turnover * sign * random.random_range(0.25..0.65)).round();
        let persons = (random.random_range(1.0..5.0_f64) * 5.0_f64.powf(size)).round();
        vec![turnover, value_added, persons]
    }
}

/// Divisions of the 21 sections of ISIC Rev. 4, which KBLI 2020 follows.
const KBLI_DIVISIONS: [usize; 21] = [3, 5, 24, 1, 4, 3, 3, 5, 2, 6, 3, 1, 7, 6, 1, 1, 3, 4, 3, 2, 1];

/// A time dimension; years are never added up.
pub fn time(years: &[String]) -> Dimension {
    let level = DimensionLevel { id: "year".into(), label: Text::new("Tahun", "Year") };
    let members = years
        .iter()
        .map(|year| Member { code: year.clone(), parent: None, level: 0, label: Text::same(year) })
        .collect();
    Dimension {
        id: "year".into(),
        concept: "TIME_PERIOD".into(),
        role: DimensionRole::Time,
        label: Text::new("Tahun", "Year"),
        classification: String::new(),
        levels: vec![level],
        members,
    }
}

/// A dimension with a total `_T`, and under it one or two levels.
pub fn hierarchy(id: &str, concept: &str, levels: &[&str], tree: &[(String, Vec<String>)]) -> Dimension {
    let member =
        |code: &str, parent, level| Member { code: code.into(), parent, level, label: Text::same(code) };
    let mut members = vec![member("_T", None, 0)];
    for (code, children) in tree {
        let parent = members.len() as u32;
        members.push(member(code, Some(0), 1));
        members.extend(children.iter().map(|child| member(child, Some(parent), 2)));
    }
    Dimension {
        id: id.into(),
        concept: concept.into(),
        role: DimensionRole::Hierarchy,
        label: Text::same(id),
        classification: String::new(),
        levels: levels.iter().map(|&id| DimensionLevel { id: id.into(), label: Text::same(id) }).collect(),
        members,
    }
}

fn leaves_of(dimension: &Dimension) -> Vec<u32> {
    (0..dimension.members.len() as u32)
        .filter(|&member| dimension.members.iter().all(|other| other.parent != Some(member)))
        .collect()
}

/// The first leaves are the crowded ones, as Java and trade are.
fn skewed(leaves: &[u32], random: &mut Pcg64Mcg) -> u32 {
    let position = random.random::<f64>().powf(1.7) * leaves.len() as f64;
    leaves[(position as usize).min(leaves.len() - 1)]
}

fn occupy(occupied: &mut HashSet<Vec<u32>>, dimensions: &[Dimension], members: &[u32]) {
    let mut keys: Vec<Vec<u32>> = vec![vec![members[0]]];
    for (dimension, &member) in dimensions[1..].iter().zip(&members[1..]) {
        let path: Vec<u32> =
            std::iter::successors(Some(member), |&m| dimension.members[m as usize].parent).collect();
        keys =
            keys.iter().flat_map(|key| path.iter().map(move |&m| [key.as_slice(), &[m]].concat())).collect();
    }
    occupied.extend(keys);
}

/// A, B, …, Z, AA, AB, …
fn letters(position: usize) -> String {
    let letter = char::from(b'A' + (position % 26) as u8);
    if position < 26 { letter.to_string() } else { format!("{}{letter}", letters(position / 26 - 1)) }
}
