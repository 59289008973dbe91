//! From the sums of cells to the finished cube: one column a measure, cells in order of their keys.

use domain::cube::{Contributions, Cube, Dimension, Provenance};
use domain::plan::CubePlan;
use rayon::prelude::*;

use crate::lattice::CellSet;
use crate::members::Members;
use crate::recipe::{FormulaKind, Recipe};
use crate::statistic::{Cell, Noun};
use crate::worker::{ENTERPRISES, Job, MISSING, NONPOSITIVE};

/// Where a cell of the cube comes from.
#[derive(Clone, Copy)]
struct Origin {
    set: u32,
    cell: u32,
}

/// Cells worked on at a time by one thread.
const CHUNK: usize = 4096;

#[expect(clippy::too_many_arguments, reason = "the last step takes what all others have made")]
pub(crate) fn assemble(
    plan: &CubePlan,
    job: &Job<'_>,
    time: Option<Members>,
    members: Vec<Members>,
    level_sets: &[Vec<u8>],
    periods: Vec<(u32, Vec<CellSet>)>,
    provenance: Provenance,
    pool: &rayon::ThreadPool,
) -> Cube {
    let time_at = plan.dimensions.iter().position(|dimension| dimension.time);
    let time_member = |slot: u32| time.as_ref().map_or(0, |time| time.of_slot[0][slot as usize]);
    let sets: Vec<(u32, CellSet)> = periods
        .into_iter()
        .flat_map(|(slot, sets)| sets.into_iter().map(move |set| (slot, set)))
        .map(|(slot, set)| (time_member(slot), set))
        .collect();
    let mut others = members.into_iter().map(|members| members.dimension);
    let mut time = time.map(|time| time.dimension);
    let dimensions: Vec<Dimension> = plan
        .dimensions
        .iter()
        .filter_map(|dimension| if dimension.time { time.take() } else { others.next() })
        .collect();
    let (keys, origins) = order(&sets, time_at, dimensions.len());

    let recipe = job.recipe;
    let mut values: Vec<Vec<f64>> = vec![vec![f64::NAN; origins.len()]; recipe.shown.len()];
    let mut contributions: Vec<Contributions> = recipe
        .contributions
        .iter()
        .map(|amount| empty_contributions(recipe, *amount, origins.len()))
        .collect();
    pool.install(|| {
        fill_values(job, &sets, &origins, &mut values);
        let holdings = contributions.par_iter_mut().enumerate();
        holdings.for_each(|(position, contributions)| {
            let factor = recipe.amounts[recipe.contributions[position]].factor;
            for (at, origin) in origins.iter().enumerate() {
                let set = &sets[origin.set as usize].1;
                let largest = set.cells.largest(origin.cell as usize)[position];
                contributions.holdings[at] = set.holdings[origin.cell as usize];
                contributions.largest[at] = largest.first * factor;
                contributions.second_largest[at] =
                    if largest.second.is_nan() { 0.0 } else { largest.second * factor };
                contributions.largest_holding[at] = largest.identity;
            }
        });
    });
    let level_sets = with_time(level_sets, time_at);
    Cube {
        dataset: plan.dataset.clone(),
        title: plan.title.clone(),
        dimensions,
        level_sets,
        keys,
        measures: recipe.shown.iter().map(|formula| recipe.formulas[*formula].measure.clone()).collect(),
        values,
        contributions,
        provenance,
    }
}

/// The combinations of levels with that of the time put in, in order.
fn with_time(level_sets: &[Vec<u8>], time_at: Option<usize>) -> Vec<Vec<u8>> {
    let mut level_sets = level_sets.to_vec();
    if let Some(at) = time_at {
        level_sets.iter_mut().for_each(|levels| levels.insert(at, 0));
    }
    level_sets.sort();
    level_sets
}

fn empty_contributions(recipe: &Recipe, amount: usize, cells: usize) -> Contributions {
    Contributions {
        measure: recipe.amounts[amount].code.clone(),
        holdings: vec![0; cells],
        largest: vec![0.0; cells],
        second_largest: vec![0.0; cells],
        largest_holding: vec![0; cells],
    }
}

/// The keys of all cells in order, and where each cell comes from.
fn order(sets: &[(u32, CellSet)], time_at: Option<usize>, width: usize) -> (Vec<u32>, Vec<Origin>) {
    let others = width - usize::from(time_at.is_some());
    let count = sets.iter().map(|(_, set)| set.cells.len).sum();
    let mut unordered: Vec<u32> = Vec::with_capacity(count * width);
    let mut origins = Vec::with_capacity(count);
    for (number, (time, set)) in sets.iter().enumerate() {
        for cell in 0..set.cells.len {
            let key = &set.keys[cell * others..(cell + 1) * others];
            match time_at {
                Some(at) => {
                    unordered.extend_from_slice(&key[..at]);
                    unordered.push(*time);
                    unordered.extend_from_slice(&key[at..]);
                }
                None => unordered.extend_from_slice(key),
            }
            origins.push(Origin { set: number as u32, cell: cell as u32 });
        }
    }
    let key = |at: u32| &unordered[at as usize * width..(at as usize + 1) * width];
    let mut order: Vec<u32> = (0..count as u32).collect();
    let bits: Vec<u32> = (0..width)
        .map(|dimension| {
            let most = unordered.iter().skip(dimension).step_by(width).copied().max().unwrap_or(0);
            32 - most.leading_zeros()
        })
        .collect();
    if bits.iter().sum::<u32>() <= 64 {
        // Keys packed into one number sort faster than slices do.
        let pack = |at: u32| {
            key(at).iter().zip(&bits).fold(0_u64, |packed, (member, bits)| {
                packed.checked_shl(*bits).unwrap_or(0) | u64::from(*member)
            })
        };
        let mut packed: Vec<(u64, u32)> = order.iter().map(|at| (pack(*at), *at)).collect();
        packed.sort_unstable();
        order = packed.into_iter().map(|(_, at)| at).collect();
    } else {
        order.sort_unstable_by(|left, right| key(*left).cmp(key(*right)));
    }
    let keys = order.iter().flat_map(|at| key(*at)).copied().collect();
    (keys, order.iter().map(|at| origins[*at as usize]).collect())
}

/// Computes every measure of every cell, chunk by chunk.
fn fill_values(job: &Job<'_>, sets: &[(u32, CellSet)], origins: &[Origin], values: &mut [Vec<f64>]) {
    let mut chunks: Vec<Vec<&mut [f64]>> = origins.chunks(CHUNK).map(|_| Vec::new()).collect();
    for column in values.iter_mut() {
        for (chunk, part) in chunks.iter_mut().zip(column.chunks_mut(CHUNK)) {
            chunk.push(part);
        }
    }
    let shown = &job.recipe.shown;
    chunks.into_par_iter().zip(origins.par_chunks(CHUNK)).for_each(|(mut columns, origins)| {
        let mut computed = vec![f64::NAN; job.recipe.formulas.len()];
        for (at, origin) in origins.iter().enumerate() {
            let set = &sets[origin.set as usize].1;
            evaluate(job, set, origin.cell as usize, &mut computed);
            for (column, formula) in columns.iter_mut().zip(shown) {
                column[at] = computed[*formula];
            }
        }
    });
}

/// The values of all formulas in one cell.
fn evaluate(job: &Job<'_>, set: &CellSet, at: usize, computed: &mut [f64]) {
    let recipe = job.recipe;
    let (sums, counts) = (set.cells.sums(at), set.cells.counts(at));
    // Of what nobody told there is no total, not a total of 0.
    let total = |amount: usize| {
        let told = counts[ENTERPRISES] - counts[MISSING + amount];
        if told == 0 { f64::NAN } else { job.scales.amounts[amount].value(sums[1 + amount]) }
    };
    let quantiles = set.quantiles.len() / set.cells.len.max(1);
    let mut cell = Cell {
        enterprises: counts[ENTERPRISES],
        value_added_nonpositive: counts[NONPOSITIVE],
        population: job.scales.weight.value(sums[0]),
        totals: [f64::NAN; Noun::ALL.len()],
        quantiles: &set.quantiles[at * quantiles..(at + 1) * quantiles],
        factors: recipe.settings.factors(),
        tails: recipe.settings.tails(),
        ..Cell::default()
    };
    for (position, amount) in recipe.amounts.iter().enumerate() {
        if let Some(noun) = amount.noun {
            cell.totals[noun as usize] = total(position);
        }
    }
    if recipe.moments().is_some() {
        let distribution = &sums[1 + recipe.amounts.len()..];
        for (position, scale) in job.scales.moments.iter().enumerate() {
            cell.moments[position] = scale.value(distribution[position]);
            if position > 0 {
                // What the words of w x and w x^2 left out stands behind the sums of Olley-Pakes.
                cell.moments[position] += scale.rest().value(distribution[6 + position]);
            }
        }
        for (position, scale) in job.scales.olley_pakes.iter().enumerate() {
            cell.olley_pakes[position] = scale.value(distribution[3 + position]);
        }
    }
    for (position, formula) in recipe.formulas.iter().enumerate() {
        computed[position] = match &formula.kind {
            FormulaKind::Standard { statistic, index } => statistic.value(&cell, *index),
            FormulaKind::Total(amount) => total(*amount),
            FormulaKind::Ratio { numerator, denominator, scale } => {
                let under = computed[*denominator];
                if under == 0.0 { f64::NAN } else { scale * computed[*numerator] / under }
            }
            FormulaKind::Single(single) => match counts[ENTERPRISES] {
                1 => set.cells.singles(at)[*single],
                _ => f64::NAN,
            },
        };
    }
}
