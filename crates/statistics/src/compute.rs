//! From files and a plan to a cube.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use domain::catalogue::Catalogue;
use domain::cube::{Cube, Provenance};
use domain::plan::CubePlan;
use domain::progress::Watch;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::assemble::assemble;
use crate::block::{DISTRIBUTION_SUMS, Values, complete};
use crate::bounds;
use crate::cells::{Cells, Shape};
use crate::codes::LearnedCode;
use crate::coverage::{Coverage, Tally};
use crate::deflation::{self, Deflation};
use crate::dimension::{self, DimensionRecipes};
use crate::error::StatisticsError;
use crate::lattice::CellSet;
use crate::members::{self, Members};
use crate::partition::Partition;
use crate::recipe::{self, Recipe};
use crate::source::{Input, RowGroup, Source};
use crate::sweep::Quantiles;
use crate::worker::{Affiliates, BatchError, Job, MISSING, Worker};

/// A cube and what it covers.
#[derive(Clone, Debug)]
pub struct Computation {
    pub cube: Cube,
    pub coverage: Coverage,
}

/// Computes the cube of a plan. The result is the same to the bit whatever the number of threads.
pub fn compute(
    input: &Input,
    plan: &CubePlan,
    catalogue: &Catalogue,
    provenance: Provenance,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Computation, StatisticsError> {
    compute_from(&Source::open(input)?, plan, catalogue, provenance, threads, watch)
}

pub(crate) fn compute_from(
    source: &Source,
    plan: &CubePlan,
    catalogue: &Catalogue,
    provenance: Provenance,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Computation, StatisticsError> {
    let threads = threads.clamp(1, 64);
    let mut recipe = recipe::resolve(plan, source)?;
    let dimensions = dimension::resolve(plan, catalogue, source, &mut recipe.columns)?;
    let deflation = deflation::resolve(plan, catalogue, &dimensions)?;
    let level_sets = level_sets(plan)?;
    let trusting = job(source, &recipe, &dimensions, deflation.as_ref(), false)?;
    let computed = run(source, plan, &trusting, &level_sets, &provenance, threads, watch);
    if !matches!(computed, Err(StatisticsError::FalseBounds)) {
        return computed;
    }
    // Some amount is out of all proportion: once more, with room for the largest there can be.
    let bounded = job(source, &recipe, &dimensions, deflation.as_ref(), true)?;
    run(source, plan, &bounded, &level_sets, &provenance, threads, watch)
}

fn run(
    source: &Source,
    plan: &CubePlan,
    job: &Job<'_>,
    level_sets: &[Vec<u8>],
    provenance: &Provenance,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Computation, StatisticsError> {
    let mut workers = read(source, job, threads, watch)?;
    let mut tally = workers[0].tally.clone();
    workers[1..].iter().for_each(|worker| tally.merge(&worker.tally));
    if let (Some(deflation), Some(gap)) = (job.deflation, tally.undeflated) {
        return Err(deflation.missing(job.dimensions, gap));
    }
    let pool = pool(threads)?;
    let merged = merge(&mut workers, job, &pool)?;
    drop(workers);

    let periods =
        sweep(merged.partitions, &merged.members, level_sets, job.recipe, &merged.cell_of, &pool, watch)?;
    let coverage = coverage(plan, job.recipe, job.dimensions, job.deflation, &tally);
    let provenance = describe(provenance.clone(), plan);
    let cube = assemble(plan, job, merged.time, merged.members, level_sets, periods, provenance, &pool);
    Ok(Computation { cube, coverage })
}

/// The combinations of levels over the dimensions that are not the time, from fine to coarse.
fn level_sets(plan: &CubePlan) -> Result<Vec<Vec<u8>>, StatisticsError> {
    let dimensions: Vec<_> = plan.dimensions.iter().filter(|dimension| !dimension.time).collect();
    let mut sets: Vec<Vec<u8>> = Vec::new();
    if plan.combinations.is_empty() {
        sets.push(Vec::new());
        for dimension in &dimensions {
            let levels = dimension.levels.len().max(1) as u8;
            sets = sets
                .into_iter()
                .flat_map(|set| (0..levels).map(move |level| [set.clone(), vec![level]].concat()))
                .collect();
        }
    }
    for combination in &plan.combinations {
        let place = format!("[cube] combinations {combination:?}");
        if combination.len() != dimensions.len() {
            let count = dimensions.len();
            return Err(StatisticsError::plan(
                place,
                format!("sebut satu tingkat untuk masing-masing dari {count} dimensi"),
                format!("name one level for each of the {count} dimensions"),
            ));
        }
        let mut set = Vec::new();
        for (name, dimension) in combination.iter().zip(&dimensions) {
            let level = dimension.levels.iter().position(|level| level == name);
            let level = level.or((name == "total").then_some(0)).ok_or_else(|| {
                StatisticsError::plan(
                    &place,
                    format!("`{name}` bukan tingkat dimensi {}", dimension.id),
                    format!("`{name}` is not a level of the dimension {}", dimension.id),
                )
            })?;
            set.push(level as u8);
        }
        sets.push(set);
    }
    sets.sort_by_key(|set| {
        (std::cmp::Reverse(set.iter().map(|level| u32::from(*level)).sum::<u32>()), set.clone())
    });
    sets.dedup();
    if sets.len() > 4096 {
        return Err(StatisticsError::plan(
            "[cube] dimension",
            "lebih dari 4.096 kombinasi tingkat; kurangi tingkatnya, atau sebut `combinations`",
            "more than 4,096 combinations of levels; leave out a level, or name `combinations`",
        ));
    }
    Ok(sets)
}

fn job<'a>(
    source: &Source,
    recipe: &'a Recipe,
    dimensions: &'a DimensionRecipes,
    deflation: Option<&'a Deflation>,
    bounded: bool,
) -> Result<Job<'a>, StatisticsError> {
    let times = dimensions.time.as_ref().map_or(1, |time| time.codes.len());
    let combinations =
        dimensions.others.iter().fold(times as u128, |count, dimension| count * dimension.slots as u128);
    if combinations >= u128::from(u32::MAX) {
        return Err(StatisticsError::TooManyCells { combinations });
    }
    let distribution = if recipe.moments().is_some() { DISTRIBUTION_SUMS } else { 0 };
    let shape = Shape {
        sums: 1 + recipe.amounts.len() + distribution,
        counts: MISSING + recipe.amounts.len(),
        contributions: recipe.contributions.len(),
        singles: recipe.singles.len(),
    };
    let scales = bounds::scales(source, recipe, deflation, bounded)?;
    Ok(Job {
        recipe,
        dimensions,
        deflation,
        scales,
        shape,
        combinations: combinations as u64,
        keep_values: recipe.wants_quantiles(),
    })
}

/// Reads all row groups with several workers. Row groups are shared out from both ends of their
/// order by period, so that two workers meet in as few cells as possible.
fn read<'a>(
    source: &Source,
    job: &'a Job<'a>,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Vec<Worker<'a>>, StatisticsError> {
    let mut groups: Vec<RowGroup> = source.row_groups().collect();
    if let Some(time) = &job.dimensions.time {
        let column = &job.recipe.columns.names[time.column];
        let period = |group: &RowGroup| source.stated_range(*group, column).map_or(0, |range| range.0 as i64);
        groups.sort_by_cached_key(|group| (period(group), group.first_row));
    }
    let threads = threads.min(groups.len()).max(1);
    let (next, last) = (AtomicUsize::new(0), AtomicUsize::new(groups.len()));
    let (taken, read_rows, total) = (AtomicUsize::new(0), AtomicU64::new(0), source.rows());
    let take = |from_front: bool| {
        // The count of row groups taken decides when all are gone; each end moves by itself.
        if taken.fetch_add(1, Ordering::Relaxed) >= groups.len() {
            return None;
        }
        let at = if from_front {
            next.fetch_add(1, Ordering::Relaxed)
        } else {
            last.fetch_sub(1, Ordering::Relaxed) - 1
        };
        Some(groups[at])
    };
    let work = |number: usize| -> Result<Worker<'a>, StatisticsError> {
        let mut worker = Worker::new(job);
        while let Some(group) = take(number % 2 == 0) {
            if watch.cancelled() {
                return Err(StatisticsError::Cancelled);
            }
            read_group(source, job, group, &mut worker)?;
            let rows = read_rows.fetch_add(group.rows as u64, Ordering::Relaxed) + group.rows as u64;
            watch.report("cube.read", rows, total);
        }
        Ok(worker)
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            (0..threads).map(|number| scope.spawn(move || work_of(&work, number))).collect();
        handles.into_iter().map(|handle| handle.join().expect("a worker does not panic")).collect()
    })
}

fn work_of<T>(work: &(impl Fn(usize) -> T + Sync), number: usize) -> T {
    work(number)
}

fn read_group(
    source: &Source,
    job: &Job<'_>,
    group: RowGroup,
    worker: &mut Worker<'_>,
) -> Result<(), StatisticsError> {
    let columns = &job.recipe.columns;
    let mut first_row = group.first_row;
    for batch in source.read(group, &columns.names, &columns.is_code)? {
        let batch = batch?;
        worker.add(&batch, first_row).map_err(|error| match error {
            BatchError::Column { column, message } => StatisticsError::Column {
                file: source.path(group.file).to_owned(),
                column: columns.names[column].clone(),
                message,
            },
            BatchError::Other(error) => error,
        })?;
        first_row += batch.num_rows() as u64;
    }
    Ok(())
}

/// What the workers found, put together by period.
struct Merged {
    time: Option<Members>,
    members: Vec<Members>,
    partitions: Vec<(u32, Partition)>,
    /// By worker: the finest cell, within its period, of each of the worker's cells.
    cell_of: Vec<Vec<u32>>,
}

fn merge(
    workers: &mut [Worker<'_>],
    job: &Job<'_>,
    pool: &rayon::ThreadPool,
) -> Result<Merged, StatisticsError> {
    let dimensions = job.dimensions;
    let times = dimensions.time.as_ref().map_or(1, |time| time.codes.len());
    let per_time = (job.combinations / times.max(1) as u64).max(1) as u32;
    let sorted: Vec<Vec<(u32, u32)>> = workers.iter().map(Worker::sorted).collect();
    let mut cell_of: Vec<Vec<u32>> = workers.iter().map(|worker| vec![0; worker.running.len]).collect();
    // The distinct combinations of each period in order, and who has which.
    let mut combinations: Vec<Vec<u32>> = vec![Vec::new(); times];
    let mut positions = vec![0; sorted.len()];
    loop {
        let heads = sorted.iter().zip(&positions).filter_map(|(pairs, at): (_, &usize)| pairs.get(*at));
        let Some(combination) = heads.map(|(combination, _)| *combination).min() else { break };
        let of_time = &mut combinations[(combination / per_time) as usize];
        for (worker, pairs) in sorted.iter().enumerate() {
            if let Some((found, cell)) = pairs.get(positions[worker]) {
                if *found == combination {
                    cell_of[worker][*cell as usize] = of_time.len() as u32;
                    positions[worker] += 1;
                }
            }
        }
        of_time.push(combination % per_time);
    }
    let members = all_members(workers, job, &combinations)?;
    let mut values: Vec<Vec<(usize, Values)>> = (0..times).map(|_| Vec::new()).collect();
    for (number, worker) in workers.iter_mut().enumerate() {
        for (time, chunk) in std::mem::take(&mut worker.values) {
            values[time as usize].push((number, chunk));
        }
    }
    let workers = &*workers;
    let partition = |(time, values): (usize, Vec<(usize, Values)>)| {
        let first = time as u32 * per_time;
        let last = first.saturating_add(per_time - 1);
        let mut finest = Cells::empty(job.shape, combinations[time].len());
        let mut affiliates = Affiliates::default();
        for (number, worker) in workers.iter().enumerate() {
            let from = sorted[number].partition_point(|(combination, _)| *combination < first);
            let to = sorted[number].partition_point(|(combination, _)| *combination <= last);
            let mut is_mine = vec![false; worker.running.len];
            for (_, cell) in &sorted[number][from..to] {
                let to = cell_of[number][*cell as usize] as usize;
                worker.running.add_to(&mut finest, to, *cell as usize);
                is_mine[*cell as usize] = true;
            }
            affiliates.take(&worker.affiliates, &is_mine, &cell_of[number], job.shape.contributions);
        }
        finest.sums.chunks_exact_mut(job.shape.sums).for_each(|sums| complete(job, sums));
        let slots =
            combinations[time].iter().flat_map(|combination| slots_of(dimensions, *combination)).collect();
        (time as u32, Partition { slots, finest, values, affiliates })
    };
    let partitions = pool.install(|| {
        let values: Vec<_> = values.into_iter().enumerate().collect();
        values.into_par_iter().map(partition).filter(|(_, partition)| partition.finest.len > 0).collect()
    });
    let (time, members) = members;
    Ok(Merged { time, members, partitions, cell_of })
}

/// The slots of a combination, one for each dimension but the time.
fn slots_of(dimensions: &DimensionRecipes, combination: u32) -> Vec<u32> {
    let mut rest = combination;
    let mut slots = vec![0; dimensions.others.len()];
    for (slot, dimension) in slots.iter_mut().zip(&dimensions.others).rev() {
        let count = dimension.slots.max(1) as u32;
        *slot = rest % count;
        rest /= count;
    }
    slots
}

fn all_members(
    workers: &[Worker<'_>],
    job: &Job<'_>,
    combinations: &[Vec<u32>],
) -> Result<(Option<Members>, Vec<Members>), StatisticsError> {
    let dimensions = job.dimensions;
    let mut occupied: Vec<Vec<bool>> = dimensions.others.iter().map(|d| vec![false; d.slots]).collect();
    for combination in combinations.iter().flatten() {
        for (occupied, slot) in occupied.iter_mut().zip(slots_of(dimensions, *combination)) {
            occupied[slot as usize] = true;
        }
    }
    let times: Vec<bool> = combinations.iter().map(|combinations| !combinations.is_empty()).collect();
    let mut days = Vec::new();
    let time = dimensions.time.as_ref().map(|time| {
        for (code, _) in time.codes.iter().zip(&times).filter(|(_, occupied)| **occupied) {
            let year = match code {
                LearnedCode::Number(year) => i16::try_from(*year).ok(),
                LearnedCode::Text(text) => text.get(..4).and_then(|year| year.parse().ok()),
            };
            days.extend(year.and_then(|year| Date::new(year, 12, 31).ok()));
        }
        members::of_time(&time.plan, time, &times)
    });
    let mut all = Vec::new();
    for (position, dimension) in dimensions.others.iter().enumerate() {
        let mut parents = workers[0].parents[position].clone();
        for worker in &workers[1..] {
            merge_parents(&mut parents, &worker.parents[position], dimension)?;
        }
        all.push(members::of_dimension(dimension, &occupied[position], &parents, &days)?);
    }
    Ok((time, all))
}

fn merge_parents(
    parents: &mut [Vec<u32>],
    other: &[Vec<u32>],
    dimension: &dimension::DimensionRecipe,
) -> Result<(), StatisticsError> {
    use crate::codes::NO_SLOT;
    for (level, (parents, other)) in parents.iter_mut().zip(other).enumerate() {
        for (slot, (known, new)) in parents.iter_mut().zip(other).enumerate() {
            if *known == NO_SLOT {
                *known = *new;
            } else if *new != NO_SLOT && *new != *known {
                return Err(dimension.two_parents(level, slot as u32, *known, *new));
            }
        }
    }
    Ok(())
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, StatisticsError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| StatisticsError::plan("threads", error.to_string(), error.to_string()))
}

fn sweep(
    partitions: Vec<(u32, Partition)>,
    members: &[Members],
    level_sets: &[Vec<u8>],
    recipe: &Recipe,
    cell_of: &[Vec<u32>],
    pool: &rayon::ThreadPool,
    watch: &dyn Watch,
) -> Result<Vec<(u32, Vec<CellSet>)>, StatisticsError> {
    let quantiles = Quantiles {
        definition: recipe.settings.definition,
        parts_per_million: if recipe.wants_quantiles() {
            recipe.settings.probabilities.clone()
        } else {
            Vec::new()
        },
    };
    let total = (partitions.len() * level_sets.len()) as u64;
    let done = AtomicU64::new(0);
    let progress = || watch.report("cube.sweep", done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let compute = |(time, partition): (u32, Partition)| {
        if watch.cancelled() {
            return Err(StatisticsError::Cancelled);
        }
        Ok((
            time,
            partition.compute(members, level_sets, &quantiles, cell_of, recipe.holding.is_some(), &progress),
        ))
    };
    pool.install(|| partitions.into_par_iter().map(compute).collect())
}

fn coverage(
    plan: &CubePlan,
    recipe: &Recipe,
    dimensions: &DimensionRecipes,
    deflation: Option<&Deflation>,
    tally: &Tally,
) -> Coverage {
    let time =
        plan.dimensions.iter().find(|dimension| dimension.time).map_or("time", |time| time.id.as_str());
    let levels = deflation.map_or(&[][..], |deflation| &deflation.levels);
    tally.coverage(recipe, dimensions, time, levels)
}

/// Completes the provenance with what the plan decided.
pub(crate) fn describe(mut provenance: Provenance, plan: &CubePlan) -> Provenance {
    use domain::language::Text;
    use domain::plan::QuantileDefinition;
    provenance.quantile_definition = match plan.quantiles.definition {
        QuantileDefinition::InverseEcdf => "inverse-ecdf".into(),
        QuantileDefinition::InverseEcdfAveraged => "inverse-ecdf-averaged".into(),
    };
    let prices = &plan.prices;
    provenance.price_basis = match (&prices.basis, &prices.deflator, prices.base_year) {
        (Some(basis), ..) => basis.clone(),
        (None, Some(deflator), Some(year)) => Text::new(
            format!("harga konstan {year}, deflator {deflator}"),
            format!("constant {year} prices, deflator {deflator}"),
        ),
        _ => Text::new("harga berlaku", "current prices"),
    };
    provenance
}
