//! Replicate weights: the sample again and again, so that any figure gets a variance.

use rand::RngExt;

use super::design::Design;
use super::report::{SAMPLE, Sample};
use crate::bench::{Argument, Cell, Figures, Group, Kind, Method, MethodError, Request, Saying, Table};
use crate::numerics::random::generator;

/// Weights of every replicate, and how its squared distance from the figure counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Replicates {
    pub weights: Vec<Vec<f64>>,
    pub scales: Vec<f64>,
}

impl Replicates {
    /// One first-stage unit left out at a time, its stratum weighted up (JK1 without strata, JKn with).
    pub fn jackknife(design: &Design) -> Result<Self, MethodError> {
        let mut found = Replicates { weights: Vec::new(), scales: Vec::new() };
        for units in design.first_stage() {
            let (n, fraction) = (units.len() as f64, design.fraction(0, &units)?);
            if units.len() < 2 {
                if fraction < 1.0 {
                    return Err(too_few(2, units.len()));
                }
                continue;
            }
            for left_out in 0..units.len() {
                let mut weights = design.weights.clone();
                for (unit, rows) in units.iter().enumerate() {
                    let factor = if unit == left_out { 0.0 } else { n / (n - 1.0) };
                    rows.iter().for_each(|row| weights[*row] *= factor);
                }
                found.weights.push(weights);
                found.scales.push((1.0 - fraction) * (n - 1.0) / n);
            }
        }
        Ok(found)
    }

    /// The rescaled bootstrap of Rao and Wu: n - 1 first-stage units drawn with replacement in every stratum.
    pub fn bootstrap(design: &Design, count: usize, seed: u64) -> Result<Self, MethodError> {
        let strata = design.first_stage();
        let mut random = generator(seed);
        let mut found = Replicates { weights: Vec::new(), scales: vec![1.0 / count as f64; count] };
        for _ in 0..count {
            let mut weights = design.weights.clone();
            for units in &strata {
                let (n, fraction) = (units.len(), design.fraction(0, units)?);
                if n < 2 {
                    if fraction < 1.0 {
                        return Err(too_few(2, n));
                    }
                    continue;
                }
                let mut times = vec![0_u32; n];
                (1..n).for_each(|_| times[random.random_range(0..n)] += 1);
                for (rows, times) in units.iter().zip(times) {
                    let drawn = f64::from(times) * n as f64 / (n - 1) as f64;
                    let factor = 1.0 + (1.0 - fraction).sqrt() * (drawn - 1.0);
                    rows.iter().for_each(|row| weights[*row] *= factor);
                }
            }
            found.weights.push(weights);
        }
        Ok(found)
    }

    /// Balanced half samples of a design with two units in every stratum.
    pub fn balanced(design: &Design) -> Result<Self, MethodError> {
        let strata = design.first_stage();
        if let Some(other) = strata.iter().find(|units| units.len() != 2) {
            return Err(MethodError::Impossible(Saying::new(
                format!("BRR memerlukan tepat dua unit per strata; ada strata dengan {}", other.len()),
                format!("BRR needs exactly two units in every stratum; one has {}", other.len()),
            )));
        }
        let size = (strata.len() + 1).next_power_of_two();
        let mut found = Replicates { weights: Vec::new(), scales: vec![1.0 / size as f64; size] };
        for replicate in 0..size {
            let mut weights = design.weights.clone();
            for (stratum, units) in strata.iter().enumerate() {
                // Sylvester's Hadamard matrix: the sign is the parity of the bits in common.
                let first = (replicate & (stratum + 1)).count_ones().is_multiple_of(2);
                for (unit, rows) in units.iter().enumerate() {
                    let factor = if (unit == 0) == first { 2.0 } else { 0.0 };
                    rows.iter().for_each(|row| weights[*row] *= factor);
                }
            }
            found.weights.push(weights);
        }
        Ok(found)
    }

    /// The standard error of a figure of the weights; NaN if a replicate has none.
    pub fn standard_error(&self, value: f64, of: impl Fn(&[f64]) -> Option<f64>) -> f64 {
        let square =
            |(weights, scale): (&Vec<f64>, &f64)| scale * (of(weights).unwrap_or(f64::NAN) - value).powi(2);
        self.weights.iter().zip(&self.scales).map(square).sum::<f64>().sqrt()
    }
}

fn too_few(needed: usize, found: usize) -> MethodError {
    MethodError::TooFew {
        what: Saying::new(
            "unit sampel dalam sebuah strata (gabungkan strata)",
            "sampled units in a stratum (join strata)",
        ),
        needed,
        found,
    }
}

pub(crate) static METHOD: Method = Method {
    id: "survey-replicates",
    group: Group::Survey,
    title: ["Bobot ulangan", "Replicate weights"],
    question: [
        "Bobot ulangan apa yang dapat dibagikan agar orang lain menghitung galat baku?",
        "Which replicate weights can be shared so that others can compute standard errors?",
    ],
    definition: [
        "Jackknife: satu unit tahap pertama ditinggalkan; bootstrap Rao-Wu: n-1 unit ditarik dengan \
         pengembalian; BRR: setengah sampel seimbang. Ragam = jumlah skala × (ulangan − dugaan)²",
        "Jackknife: one first-stage unit left out; Rao-Wu bootstrap: n-1 units drawn with replacement; BRR: \
         balanced half samples. Variance = sum of scale × (replicate − estimate)²",
    ],
    source: "Rao and Wu (1988); Wolter (2007), ch. 3 and 4",
    arguments: &[
        SAMPLE[0],
        SAMPLE[1],
        SAMPLE[2],
        SAMPLE[3],
        SAMPLE[4],
        SAMPLE[5],
        SAMPLE[7],
        SAMPLE[8],
        Argument::optional(
            "variance",
            Kind::Choice(&["jackknife", "bootstrap", "brr"]),
            ["cara membuat ulangan", "how the replicates are made"],
        ),
    ],
    example: "survey-replicates --input docs/methods/data/survey.csv --weight weight --strata size \
              --variance bootstrap --replicates 4 --seed 7",
    run: figures,
};

fn figures(request: &Request<'_>) -> Result<Figures, MethodError> {
    let sample = Sample::read(request)?;
    let replicates = match &sample.replicates {
        Some(replicates) => replicates,
        None => &Replicates::jackknife(&sample.design)?,
    };
    let names: Vec<String> = (1..=replicates.weights.len()).map(|number| format!("r{number}")).collect();
    let mut columns = vec![("row", "Baris", "Row"), ("weight", "Bobot", "Weight")];
    columns.extend(names.iter().map(|name| (name.as_str(), name.as_str(), name.as_str())));
    let mut table = Table::new("weights", ["Bobot ulangan", "Replicate weights"], &columns);
    for (place, row) in sample.rows.iter().enumerate() {
        let mut cells = vec![Cell::from(row + 1), Cell::from(sample.design.weights[place])];
        cells.extend(replicates.weights.iter().map(|weights| Cell::from(weights[place])));
        table.push(cells);
    }
    let mut scales = Table::new(
        "scales",
        ["Skala", "Scales"],
        &[("replicate", "Ulangan", "Replicate"), ("scale", "Skala", "Scale")],
    );
    for (name, scale) in names.iter().zip(&replicates.scales) {
        scales.push(vec![name.as_str().into(), (*scale).into()]);
    }
    Ok(Figures::new(sample.rows.len()).table(table).table(scales))
}
