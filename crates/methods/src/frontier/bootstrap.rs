//! How sure an efficiency is: the smoothed bootstrap of Simar and Wilson (1998).
//!
//! The estimated frontier lies inside the true one, so efficiencies look too good. New samples are drawn
//! from the smoothed distribution of distances (reflected at one), frontiers are rebuilt, and what is lost
//! between the estimated and the rebuilt frontier stands for what is lost between the true and the
//! estimated one.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::dea::{INPUTS, ORIENTATION, OUTPUTS, RETURNS, UNIT, Units, orientation, returns};
use super::envelopment::{Orientation, Returns, Technology};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::normal::quantile;

/// The bootstrapped efficiency of a unit, Farrell's for the orientation.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub efficiency: f64,
    pub corrected: f64,
    pub bias: f64,
    pub low: f64,
    pub high: f64,
}

/// Bootstraps the efficiencies of all units; `level` is that of the interval, say 0.95.
pub fn bootstrap(
    technology: &Technology,
    returns: Returns,
    towards: Orientation,
    replications: usize,
    level: f64,
    random: &mut Pcg64Mcg,
) -> Result<(Vec<Interval>, f64), MethodError> {
    let input = towards == Orientation::Input;
    // Distances of one or more: Shephard's for inputs, Farrell's for outputs; the same formula turns both
    // back.
    let turned = |value: f64| if input { 1.0 / value } else { value };
    let units = technology.units();
    let mut distances = Vec::with_capacity(units);
    for unit in 0..units {
        match technology.efficiency_of(technology, unit, returns, towards)? {
            Some(value) if value > 0.0 => distances.push(turned(value).max(1.0)),
            _ => return Err(no_efficiency(unit)),
        }
    }
    let width = bandwidth(&distances)?;
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(replications); units];
    for _ in 0..replications {
        // Each unit is moved to the frontier and away again by a drawn distance.
        let drawn = smoothed(&distances, width, random);
        let shares: Vec<f64> = distances.iter().zip(&drawn).map(|(own, drawn)| turned(own / drawn)).collect();
        let moved = technology.stretched(&shares, towards);
        for (unit, draws) in draws.iter_mut().enumerate() {
            if let Some(value) = moved.efficiency_of(technology, unit, returns, towards)? {
                draws.push(turned(value));
            }
        }
    }
    let found = distances.iter().zip(&mut draws).map(|(own, draws)| interval(*own, draws, level, input));
    Ok((found.collect(), width))
}

fn no_efficiency(unit: usize) -> MethodError {
    MethodError::Impossible(Saying::new(
        format!("unit ke-{} tidak punya efisiensi positif; keluarkan unit itu", unit + 1),
        format!("unit {} has no positive efficiency; leave it out", unit + 1),
    ))
}

/// The sample and its mirror image at one, sorted.
fn mirrored(distances: &[f64]) -> Vec<f64> {
    let mut both: Vec<f64> =
        distances.iter().copied().chain(distances.iter().map(|value| 2.0 - value)).collect();
    both.sort_by(f64::total_cmp);
    both
}

/// Silverman's rule on the mirrored sample of inefficient units, brought back to the size and spread of the
/// sample (Daraio and Simar, 2007, 3.23 and 3.26).
fn bandwidth(distances: &[f64]) -> Result<f64, MethodError> {
    let inside: Vec<f64> = distances.iter().copied().filter(|value| *value > 1.0 + 1e-6).collect();
    if inside.len() < 2 {
        return Err(MethodError::TooFew {
            what: Saying::new("unit yang tidak efisien", "units that are not efficient"),
            needed: 2,
            found: inside.len(),
        });
    }
    let both = mirrored(&inside);
    let (all, own) = (both.len() as f64, distances.len() as f64);
    let middle = (linear(&both, 0.75) - linear(&both, 0.25)) / 1.349;
    let rule = 0.9 * deviation(&both).min(middle) * all.powf(-0.2);
    Ok(rule * (all / own).powf(0.2) * deviation(distances) / deviation(&both))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// Linear between order statistics of a sorted sample.
fn linear(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Distances drawn from the smoothed mirrored sample, with its variance, and folded back at one.
fn smoothed(distances: &[f64], width: f64, random: &mut Pcg64Mcg) -> Vec<f64> {
    let both = mirrored(distances);
    let chosen: Vec<f64> = (0..distances.len()).map(|_| both[random.random_range(0..both.len())]).collect();
    let centre = mean(&chosen);
    let shrink = (1.0 + width * width / deviation(&both).powi(2)).sqrt();
    let draw = |chosen: &f64| {
        let noise = quantile(random.random::<f64>().clamp(1e-16, 1.0 - 1e-16));
        let value = centre + (chosen + width * noise - centre) / shrink;
        if value < 1.0 { 2.0 - value } else { value }
    };
    chosen.iter().map(draw).collect()
}

/// Bias and interval of a distance, turned back into an efficiency.
fn interval(distance: f64, draws: &mut [f64], level: f64, input: bool) -> Interval {
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let corrected = 2.0 * distance - mean(draws);
    let ends = [2.0 * distance - linear(draws, 1.0 - tail), 2.0 * distance - linear(draws, tail)];
    if input {
        let efficiency = 1.0 / distance;
        let corrected = 1.0 / corrected;
        Interval {
            efficiency,
            corrected,
            bias: efficiency - corrected,
            low: 1.0 / ends[1],
            high: 1.0 / ends[0],
        }
    } else {
        Interval { efficiency: distance, corrected, bias: distance - corrected, low: ends[0], high: ends[1] }
    }
}

pub(crate) static METHOD: Method = Method {
    id: "dea-bootstrap",
    group: Group::Frontier,
    title: ["Selang keyakinan DEA", "Bootstrap of data envelopment analysis"],
    question: [
        "Seberapa pasti efisiensi itu, dan seberapa jauh ia terlalu tinggi?",
        "How sure is the efficiency, and by how much is it too high?",
    ],
    definition: [
        "Bootstrap homogen yang dihaluskan atas jarak Shephard; lebar jendela Silverman pada sampel \
         terpantul; terkoreksi = jarak - bias; imbal hasil berubah, orientasi masukan",
        "Smoothed homogeneous bootstrap of Shephard distances; Silverman bandwidth on the reflected sample; \
         corrected = distance - bias; variable returns, input orientation",
    ],
    source: "Simar and Wilson (1998); Daraio and Simar (2007), section 3.4",
    arguments: &[
        INPUTS,
        OUTPUTS,
        UNIT,
        RETURNS,
        ORIENTATION,
        Argument::optional("replications", Kind::Count(Some(2000)), ["banyaknya ulangan", "replications"]),
        Argument::optional("level", Kind::Number(Some(0.95)), ["tingkat keyakinan", "level of the interval"]),
        Argument::SEED,
    ],
    example: "dea-bootstrap --input docs/methods/data/workshops.csv --unit workshop --inputs \"workers, \
        machines\" --outputs output --replications 500",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let units = Units::read(request, &[])?;
    let replications = request.count("replications")?.unwrap_or(2000);
    if !(100..=1_000_000).contains(&replications) {
        return Err(request.bad("replications", &replications.to_string(), "100 … 1000000"));
    }
    let level = request.number("level")?.unwrap_or(0.95);
    if !(0.5..1.0).contains(&level) {
        return Err(request.bad("level", &level.to_string(), "0.5 … 0.999"));
    }
    let mut random = Pcg64Mcg::seed_from_u64(request.count("seed")?.unwrap_or(1));
    let (returns, towards) = (returns(request)?, orientation(request)?);
    let (intervals, width) =
        bootstrap(&units.technology, returns, towards, replications as usize, level, &mut random)?;
    let mut table = Table::new(
        "efficiency",
        ["Efisiensi", "Efficiency"],
        &[
            ("unit", "Unit", "Unit"),
            ("efficiency", "Efisiensi", "Efficiency"),
            ("corrected", "Terkoreksi", "Corrected"),
            ("bias", "Bias", "Bias"),
            ("low", "Batas bawah", "Lower bound"),
            ("high", "Batas atas", "Upper bound"),
        ],
    );
    for (name, found) in units.names.iter().zip(&intervals) {
        let figures = [found.efficiency, found.corrected, found.bias, found.low, found.high];
        table.push([Cell::from(name.as_str())].into_iter().chain(figures.map(Cell::from)).collect());
    }
    Ok(Figures::new(units.rows.len())
        .table(table)
        .note(format!("lebar jendela {width:.6}"), format!("bandwidth {width:.6}")))
}
