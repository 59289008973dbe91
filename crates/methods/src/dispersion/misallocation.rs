//! Hsieh and Klenow: how much more a sector would produce if its resources earned the same everywhere.
//!
//! All products are computed in logarithms, so that the size of the numbers does not matter.

use super::quantile::{Definition, quantiles};
use crate::bench::{
    Argument, Cell, Figures, Group, Kind, MISSING, Method, MethodError, Request, Saying, Table,
};
use crate::numerics::summation::{mean, sum};

/// An enterprise: value added, capital and labour cost in money, all above zero; the weight says for how many
/// it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enterprise {
    pub sector: usize,
    pub value_added: f64,
    pub capital: f64,
    pub labour_cost: f64,
    pub weight: f64,
}

/// The substitution between products of a sector, and the capital share of each sector.
#[derive(Clone, Debug, PartialEq)]
pub struct Technology {
    pub substitution: f64,
    pub capital_shares: Vec<f64>,
}

/// The figures of a sector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    pub n: usize,
    /// Share in value added.
    pub share: f64,
    /// Total factor productivity over what it would be if marginal revenue products were equal, 0 to 1.
    pub efficiency: f64,
    /// Logarithm of the sector's total factor productivity.
    pub log_productivity: f64,
    /// Weighted standard deviation of ln(TFPR over the sector's).
    pub revenue_deviation: f64,
    /// The same of physical productivity.
    pub quantity_deviation: f64,
}

/// Sectors, and actual output over efficient output for all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Misallocation {
    pub sectors: Vec<Option<Sector>>,
    pub efficiency: f64,
    /// For each enterprise: ln(TFPR / sector TFPR), and ln(TFPQ M^(1/(σ-1)) / efficient TFP).
    pub distances: Vec<[f64; 2]>,
}

impl Misallocation {
    /// Percent by which output would rise.
    pub fn gain_percent(&self) -> f64 {
        100.0 * (1.0 / self.efficiency - 1.0)
    }
}

/// Computes misallocation; a sector without enterprises is `None`.
pub fn misallocation(enterprises: &[Enterprise], technology: &Technology) -> Misallocation {
    let count = technology.capital_shares.len();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (place, enterprise) in enterprises.iter().enumerate() {
        members[enterprise.sector].push(place);
    }
    let largest = enterprises.iter().map(|one| one.value_added).fold(0.0, f64::max);
    let value = |inside: &[usize]| {
        sum(inside
            .iter()
            .map(|place| enterprises[*place].weight * (enterprises[*place].value_added / largest)))
    };
    let total = sum(members.iter().map(|inside| value(inside)));
    let mut distances = vec![[f64::NAN; 2]; enterprises.len()];
    let sectors: Vec<Option<Sector>> = members
        .iter()
        .enumerate()
        .map(|(sector, inside)| {
            let alpha = technology.capital_shares[sector];
            let found = one_sector(enterprises, inside, alpha, technology.substitution, &mut distances)?;
            Some(Sector { share: value(inside) / total, ..found })
        })
        .collect();
    let log = sum(sectors.iter().flatten().map(|sector| sector.share * sector.efficiency.ln()));
    Misallocation { sectors, efficiency: log.exp(), distances }
}

fn one_sector(
    all: &[Enterprise],
    inside: &[usize],
    alpha: f64,
    sigma: f64,
    distances: &mut [[f64; 2]],
) -> Option<Sector> {
    if inside.is_empty() {
        return None;
    }
    let weights: Vec<f64> = inside.iter().map(|place| all[*place].weight).collect();
    let inputs = |one: &Enterprise| alpha * one.capital.ln() + (1.0 - alpha) * one.labour_cost.ln();
    let revenue: Vec<f64> =
        inside.iter().map(|place| all[*place].value_added.ln() - inputs(&all[*place])).collect();
    let quantity: Vec<f64> = inside
        .iter()
        .map(|place| sigma / (sigma - 1.0) * all[*place].value_added.ln() - inputs(&all[*place]))
        .collect();
    let log_total = |of: fn(&Enterprise) -> f64| {
        log_sum(inside.iter().map(|place| (of(&all[*place]).ln(), all[*place].weight)))
    };
    // Harmonic means of marginal revenue products by revenue share are totals over totals.
    let revenue_bar = log_total(|one| one.value_added)
        - alpha * log_total(|one| one.capital)
        - (1.0 - alpha) * log_total(|one| one.labour_cost);
    let power = |log: f64| (sigma - 1.0) * log;
    let actual = log_sum(
        quantity
            .iter()
            .zip(&revenue)
            .zip(&weights)
            .map(|((quantity, revenue), weight)| (power(quantity + revenue_bar - revenue), *weight)),
    ) / (sigma - 1.0);
    let efficient =
        log_sum(quantity.iter().zip(&weights).map(|(quantity, weight)| (power(*quantity), *weight)))
            / (sigma - 1.0);
    let units = sum(weights.iter().copied());
    for (place, (revenue, quantity)) in inside.iter().zip(revenue.iter().zip(&quantity)) {
        distances[*place] = [revenue - revenue_bar, quantity + units.ln() / (sigma - 1.0) - efficient];
    }
    Some(Sector {
        n: inside.len(),
        share: f64::NAN,
        efficiency: (actual - efficient).exp(),
        log_productivity: actual,
        revenue_deviation: deviation(&revenue, &weights),
        quantity_deviation: deviation(&quantity, &weights),
    })
}

/// ln Σ weight × exp(log) without leaving the range of numbers.
fn log_sum(terms: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let top = terms.clone().map(|(log, _)| log).fold(f64::NEG_INFINITY, f64::max);
    top + sum(terms.map(|(log, weight)| weight * (log - top).exp())).ln()
}

fn deviation(values: &[f64], weights: &[f64]) -> f64 {
    let centre = mean(values, weights);
    let squares = values.iter().zip(weights).map(|(value, weight)| weight * (value - centre).powi(2));
    (sum(squares) / sum(weights.iter().copied())).sqrt()
}

/// The enterprises whose distances both lie between the tails cut off on each side (0.01 for one percent).
pub fn trimmed(enterprises: &[Enterprise], found: &Misallocation, tail: f64) -> Vec<usize> {
    let ones = vec![1.0; enterprises.len()];
    let bounds: Vec<Vec<f64>> = (0..2)
        .map(|which| {
            let distances: Vec<f64> = found.distances.iter().map(|both| both[which]).collect();
            quantiles(&distances, &ones, &[tail, 1.0 - tail], Definition::InverseEcdf).unwrap_or_default()
        })
        .collect();
    let inside = |both: &[f64; 2]| (0..2).all(|at| bounds[at][0] <= both[at] && both[at] <= bounds[at][1]);
    (0..enterprises.len()).filter(|place| inside(&found.distances[*place])).collect()
}

pub(crate) static METHOD: Method = Method {
    id: "misallocation",
    group: Group::Dispersion,
    title: ["Misalokasi Hsieh–Klenow", "Hsieh–Klenow misallocation"],
    question: [
        "Berapa output akan naik bila modal dan tenaga kerja menghasilkan sama di setiap usaha dalam \
         sektornya?",
        "How much would output rise if capital and labour earned the same in every enterprise of a sector?",
    ],
    definition: [
        "σ = 3; pangsa modal = 1 − pangsa tenaga kerja yang diberikan per sektor; 1 % tiap ekor ln \
         TFPR dan ln TFPQ dibuang lalu dihitung ulang",
        "σ = 3; capital share = 1 − labour share given for each sector; 1 % of each tail of ln TFPR \
         and ln TFPQ cut, then computed again",
    ],
    source: "Hsieh and Klenow (2009), Quarterly Journal of Economics 124",
    arguments: &[
        Argument::required("sector", Kind::Column, ["kolom sektor", "column with the sector"]),
        Argument::required("value-added", Kind::Column, ["nilai tambah", "value added"]),
        Argument::required("capital", Kind::Column, ["modal", "capital"]),
        Argument::required("labour-cost", Kind::Column, ["biaya tenaga kerja", "labour cost"]),
        Argument::WEIGHT,
        Argument::optional(
            "labour-share",
            Kind::Column,
            [
                "pangsa tenaga kerja sektor, dari negara pembanding",
                "labour share of the sector, from the benchmark country",
            ],
        ),
        Argument::optional(
            "substitution",
            Kind::Number(Some(3.0)),
            ["elastisitas substitusi σ", "elasticity of substitution σ"],
        ),
        Argument::optional(
            "trim",
            Kind::Number(Some(0.01)),
            ["bagian tiap ekor yang dibuang", "share of each tail cut off"],
        ),
    ],
    example: "misallocation --input docs/methods/data/enterprises.csv --sector sector --value-added \
     value_added --capital capital --labour-cost labour_cost --labour-share 0.6 --weight weight",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let names = ["value-added", "capital", "labour-cost"];
    let columns: Vec<Vec<f64>> = names.iter().map(|name| request.numbers(name)).collect::<Result<_, _>>()?;
    let (weights, sectors) = (request.weights()?, request.categories("sector")?);
    let sigma = request.number("substitution")?.unwrap_or(3.0);
    if sigma <= 1.0 {
        return Err(request.bad("substitution", &sigma.to_string(), "> 1"));
    }
    let tail = request.number("trim")?.unwrap_or(0.01);
    if !(0.0..0.5).contains(&tail) {
        return Err(request.bad("trim", &tail.to_string(), "0 … 0.5"));
    }
    let usable = |row: &usize| {
        columns.iter().all(|column| column[*row] > 0.0 && column[*row].is_finite())
            && weights[*row] > 0.0
            && sectors.codes[*row] != MISSING
    };
    let rows: Vec<usize> = (0..request.rows()).filter(usable).collect();
    if rows.is_empty() {
        return Err(MethodError::NoRows { rows: request.rows() });
    }
    let enterprises: Vec<Enterprise> = rows
        .iter()
        .map(|row| Enterprise {
            sector: sectors.codes[*row] as usize,
            value_added: columns[0][*row],
            capital: columns[1][*row],
            labour_cost: columns[2][*row],
            weight: weights[*row],
        })
        .collect();
    let shares = request.optional_numbers("labour-share")?;
    let capital_shares = capital_shares(&enterprises, sectors.levels.len(), shares.as_deref(), &rows)?;
    let technology = Technology { substitution: sigma, capital_shares };
    let all = misallocation(&enterprises, &technology);
    let kept: Vec<Enterprise> = if tail > 0.0 {
        trimmed(&enterprises, &all, tail).into_iter().map(|place| enterprises[place]).collect()
    } else {
        enterprises.clone()
    };
    let found = misallocation(&kept, &technology);
    let (total, by_sector) = tables(&found, &sectors.levels, kept.len(), enterprises.len());
    let mut figures = Figures::new(kept.len()).table(total).table(by_sector);
    let cut = enterprises.len() - kept.len();
    let unusable = request.rows() - enterprises.len();
    figures = figures.note(
        format!(
            "{unusable} baris tanpa nilai tambah, modal, dan biaya tenaga kerja di atas nol; {cut} \
         dibuang sebagai ekor"
        ),
        format!(
            "{unusable} rows without value added, capital and labour cost above zero; {cut} cut as tails"
        ),
    );
    Ok(if shares.is_some() {
        figures
    } else {
        figures.warn(
            "pangsa tenaga kerja diambil dari data sendiri; dengan --labour-share dari negara \
             pembanding, penyimpangan rata-rata sektor pun terlihat",
            "labour shares come from the data themselves; with --labour-share from a benchmark \
             country the mean distortion of a sector shows too",
        )
    })
}

/// One capital share per sector: from the column given, or from the sector's own labour cost.
fn capital_shares(
    enterprises: &[Enterprise],
    count: usize,
    given: Option<&[f64]>,
    rows: &[usize],
) -> Result<Vec<f64>, MethodError> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (place, enterprise) in enterprises.iter().enumerate() {
        members[enterprise.sector].push(place);
    }
    let mut shares = vec![0.5; count];
    for (sector, inside) in members.iter().enumerate() {
        let Some(first) = inside.first() else { continue };
        let total = |of: fn(&Enterprise) -> f64| {
            sum(inside.iter().map(|at| enterprises[*at].weight * of(&enterprises[*at])))
        };
        let labour = match given {
            None => total(|one| one.labour_cost) / total(|one| one.value_added),
            Some(given) => given[rows[*first]],
        };
        if !(labour > 0.0 && labour < 1.0) {
            return Err(MethodError::Impossible(Saying::new(
                format!(
                    "pangsa tenaga kerja sektor adalah {labour}; harus di antara 0 dan 1, berikan \
                     --labour-share"
                ),
                format!(
                    "the labour share of a sector is {labour}; it must lie between 0 and 1, give \
                     --labour-share"
                ),
            )));
        }
        shares[sector] = 1.0 - labour;
    }
    Ok(shares)
}

fn tables(found: &Misallocation, levels: &[String], kept: usize, all: usize) -> (Table, Table) {
    let mut total = Table::new(
        "total",
        ["Seluruh sektor", "All sectors"],
        &[
            ("n", "n", "n"),
            ("n_before_trim", "n sebelum dibuang ekornya", "n before trimming"),
            ("efficiency", "Output / output efisien", "Output / efficient output"),
            ("gain_percent", "Kenaikan %", "Gain %"),
        ],
    );
    total.push(vec![kept.into(), all.into(), found.efficiency.into(), found.gain_percent().into()]);
    let mut by_sector = Table::new(
        "sectors",
        ["Sektor", "Sectors"],
        &[
            ("sector", "Sektor", "Sector"),
            ("n", "n", "n"),
            ("share_percent", "Pangsa nilai tambah %", "Share of value added %"),
            ("efficiency", "TFP / TFP efisien", "TFP / efficient TFP"),
            ("revenue_deviation", "SD ln TFPR", "SD ln TFPR"),
            ("quantity_deviation", "SD ln TFPQ", "SD ln TFPQ"),
        ],
    );
    for (level, sector) in levels.iter().zip(&found.sectors) {
        if let Some(sector) = sector {
            by_sector.push(vec![
                Cell::from(level.as_str()),
                sector.n.into(),
                (100.0 * sector.share).into(),
                sector.efficiency.into(),
                sector.revenue_deviation.into(),
                sector.quantity_deviation.into(),
            ]);
        }
    }
    (total, by_sector)
}
