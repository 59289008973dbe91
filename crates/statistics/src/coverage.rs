//! What became of the rows: nothing is left out of a cube in silence.

use crate::dimension::DimensionRecipes;
use crate::recipe::Recipe;

/// Examples kept of codes that have no place.
const EXAMPLES: usize = 5;

/// What a cube covers of its input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rows read.
    pub rows: u64,
    /// Rows that are in the cube.
    pub used: u64,
    /// Rows that have no place in a dimension, each counted at the first dimension that lacks it.
    pub outside: Vec<Outside>,
    /// Rows whose weight is empty or negative.
    pub without_weight: u64,
    /// Rows in the cube that lack a variable, by measure.
    pub missing: Vec<(String, u64)>,
    /// Rows brought to constant prices, by the level of the deflator that was found.
    pub deflated: Vec<(String, u64)>,
}

/// Rows whose code in a dimension is empty, unknown or too coarse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    pub dimension: String,
    pub rows: u64,
    /// Some of the codes, in order.
    pub examples: Vec<String>,
}

/// What one worker has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub rows: u64,
    pub bad_weight: u64,
    outside: Vec<(u64, Vec<String>)>,
    pub missing: Vec<u64>,
    /// By series of the deflator.
    pub deflated: Vec<u64>,
    /// A period and a series without an index that some row needed.
    pub undeflated: Option<(u32, u32)>,
}

impl Tally {
    pub(crate) fn new(dimensions: usize, amounts: usize) -> Self {
        Tally { outside: vec![(0, Vec::new()); dimensions], missing: vec![0; amounts], ..Tally::default() }
    }

    #[cold]
    pub(crate) fn outside(&mut self, dimension: usize, code: impl FnOnce() -> String) {
        let (rows, examples) = &mut self.outside[dimension];
        *rows += 1;
        // The smallest codes, so that the examples do not depend on who read what.
        let code = code();
        if let Err(at) = examples.binary_search(&code) {
            examples.insert(at, code);
            examples.truncate(EXAMPLES);
        }
    }

    pub(crate) fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.bad_weight += other.bad_weight;
        for ((rows, examples), (more, codes)) in self.outside.iter_mut().zip(&other.outside) {
            *rows += more;
            examples.extend(codes.iter().cloned());
            examples.sort();
            examples.dedup();
            examples.truncate(EXAMPLES);
        }
        for (to, from) in self.missing.iter_mut().zip(&other.missing) {
            *to += from;
        }
        self.deflated.resize(self.deflated.len().max(other.deflated.len()), 0);
        for (to, from) in self.deflated.iter_mut().zip(&other.deflated) {
            *to += from;
        }
        self.undeflated = self.undeflated.or(other.undeflated);
    }

    pub(crate) fn coverage(
        &self,
        recipe: &Recipe,
        dimensions: &DimensionRecipes,
        time: &str,
        deflator_levels: &[String],
    ) -> Coverage {
        let names = std::iter::once(time).chain(dimensions.others.iter().map(|d| d.plan.id.as_str()));
        let outside: Vec<Outside> = names
            .zip(&self.outside)
            .filter(|(_, (rows, _))| *rows > 0)
            .map(|(dimension, (rows, examples))| Outside {
                dimension: dimension.to_owned(),
                rows: *rows,
                examples: examples.clone(),
            })
            .collect();
        let missing = recipe.amounts.iter().zip(&self.missing).filter(|(_, rows)| **rows > 0);
        let mut deflated: Vec<(String, u64)> = Vec::new();
        for (level, rows) in deflator_levels.iter().zip(&self.deflated).filter(|(_, rows)| **rows > 0) {
            match deflated.iter_mut().find(|(known, _)| known == level) {
                Some((_, count)) => *count += rows,
                None => deflated.push((level.clone(), *rows)),
            }
        }
        Coverage {
            rows: self.rows,
            used: self.rows - self.bad_weight - outside.iter().map(|outside| outside.rows).sum::<u64>(),
            outside,
            without_weight: self.bad_weight,
            missing: missing.map(|(amount, rows)| (amount.code.clone(), *rows)).collect(),
            deflated,
        }
    }
}
