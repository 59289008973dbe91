//! One reader: decodes batches, places every row in its finest cell, and adds it to the sums.
//!
//! Several workers run side by side and their results are put together afterwards; because every
//! sum is exact, it does not matter which worker read which row.

use std::ops::Range;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use domain::language::Text;
use hashbrown::HashMap;

use crate::block::{BLOCK, Block, Kept, Values, hot_sums, keep};
use crate::cells::Shape;
use crate::codes::{Lookup, NO_SLOT, spelled};
use crate::coverage::Tally;
use crate::deflation::Deflation;
use crate::dimension::{DimensionRecipes, Finder};
use crate::error::StatisticsError;
use crate::exact::Scale;
use crate::recipe::{AmountSource, Recipe};
use crate::running::Running;
use crate::source::numbers;

/// Everything a worker must know; the same for all of them.
pub(crate) struct Job<'a> {
    pub recipe: &'a Recipe,
    pub dimensions: &'a DimensionRecipes,
    pub deflation: Option<&'a Deflation>,
    pub scales: Scales,
    pub shape: Shape,
    /// Number of combinations of slots, over all periods.
    pub combinations: u64,
    /// Are the enterprises' own values of labour productivity wanted?
    pub keep_values: bool,
}

/// The scales of the exact sums.
#[derive(Clone, Debug)]
pub(crate) struct Scales {
    pub weight: Scale,
    pub amounts: Vec<Scale>,
    /// Sums of w, w x and w x^2.
    pub moments: [Scale; 3],
    /// Sums of w, w L, w ln x and w L ln x.
    pub olley_pakes: [Scale; 4],
}

/// Fewer persons than this (one day of work a year is 0.004) make no labour productivity.
pub(crate) const LEAST_PERSONS: f64 = 1.0 / 128.0;

/// Positions among the counts of a cell.
pub(crate) const ENTERPRISES: usize = 0;
pub(crate) const NONPOSITIVE: usize = 1;
/// Enterprises that belong to no holding.
pub(crate) const INDEPENDENT: usize = 2;
/// From here on: enterprises that did not tell each amount.
pub(crate) const MISSING: usize = 3;

/// Enterprises that belong to holdings, with their parts of the totals: parallel columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Affiliates {
    pub holdings: Vec<u64>,
    pub cells: Vec<u32>,
    /// As many for each as there are contributions.
    pub parts: Vec<f64>,
}

impl Affiliates {
    /// Takes those of a worker's affiliates whose cells are wanted, renaming the cells.
    pub(crate) fn take(&mut self, other: &Affiliates, wanted: &[bool], cell_of: &[u32], width: usize) {
        for (row, cell) in other.cells.iter().enumerate().filter(|(_, cell)| wanted[**cell as usize]) {
            self.holdings.push(other.holdings[row]);
            self.cells.push(cell_of[*cell as usize]);
            self.parts.extend_from_slice(&other.parts[row * width..(row + 1) * width]);
        }
    }
}

/// What a worker has found.
pub(crate) struct Worker<'a> {
    job: &'a Job<'a>,
    index: CellIndex,
    pub running: Running,
    /// By period.
    pub values: Vec<(u32, Values)>,
    pub affiliates: Affiliates,
    pub tally: Tally,
    /// By dimension, level (the finest excepted) and slot: the slot of the parent.
    pub parents: Vec<Vec<Vec<u32>>>,
    false_bounds: bool,
    batch: Buffers,
    block: Block,
}

/// Columns of the batch at hand.
#[derive(Default)]
pub(crate) struct Buffers {
    pub combination: Vec<u32>,
    slots: Vec<u32>,
    finest: Vec<u32>,
    pub numbers: Vec<Vec<f64>>,
    pub amounts: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
    pub times: Vec<u32>,
    pub enterprise: Vec<u64>,
    pub holding: Vec<u64>,
}

/// Finds the worker's cell of a combination of slots.
enum CellIndex {
    Table(Vec<u32>),
    Map(HashMap<u32, u32>),
}

/// Tables up to this length (16 MiB a worker) beat hashing.
const TABLE_MOST: u64 = 1 << 22;

impl CellIndex {
    fn new(combinations: u64) -> Self {
        if combinations <= TABLE_MOST {
            CellIndex::Table(vec![NO_SLOT; combinations as usize])
        } else {
            CellIndex::Map(HashMap::new())
        }
    }
}

impl<'a> Worker<'a> {
    pub(crate) fn new(job: &'a Job<'a>) -> Self {
        let parents = job.dimensions.others.iter().map(|dimension| match &dimension.finder {
            Finder::Levels { columns } => {
                vec![vec![NO_SLOT; dimension.slots]; columns.len().saturating_sub(1)]
            }
            _ => Vec::new(),
        });
        Worker {
            job,
            index: CellIndex::new(job.combinations),
            running: Running::new(job.shape, hot_sums(job)),
            values: Vec::new(),
            affiliates: Affiliates::default(),
            tally: Tally::new(job.dimensions.others.len() + 1, job.recipe.amounts.len()),
            parents: parents.collect(),
            false_bounds: false,
            batch: Buffers::default(),
            block: Block::default(),
        }
    }

    /// Adds the rows of a batch whose first row is at `first_row` of the whole input. An error
    /// names the column that could not be used.
    pub(crate) fn add(&mut self, batch: &RecordBatch, first_row: u64) -> Result<(), BatchError> {
        self.tally.rows += batch.num_rows() as u64;
        self.place(batch)?;
        self.read_numbers(batch)?;
        self.read_identities(batch, first_row)?;
        self.accumulate();
        if self.false_bounds { Err(BatchError::Other(StatisticsError::FalseBounds)) } else { Ok(()) }
    }

    /// Finds the combination of slots of every row, or tallies why it has none.
    fn place(&mut self, batch: &RecordBatch) -> Result<(), BatchError> {
        let job = self.job;
        let buffers = &mut self.batch;
        buffers.combination.clear();
        buffers.combination.resize(batch.num_rows(), 0);
        buffers.times.clear();
        if let Some(time) = &job.dimensions.time {
            slots_of(job, batch, time.column, &time.lookup, &mut buffers.slots)?;
            let count = time.codes.len();
            combine(&mut buffers.combination, &buffers.slots, count, |row| {
                self.tally.outside(0, || spelled(batch.column(time.column), row));
            });
            buffers.times.extend_from_slice(&buffers.slots);
        }
        for (position, dimension) in job.dimensions.others.iter().enumerate() {
            let column = match &dimension.finder {
                Finder::Total => continue,
                Finder::Code { column, lookup } => {
                    slots_of(job, batch, *column, lookup, &mut buffers.slots)?;
                    *column
                }
                Finder::Levels { columns } => {
                    let (finest, coarser) = columns.split_last().expect("a level below the total");
                    slots_of(job, batch, finest.0, &finest.1, &mut buffers.finest)?;
                    for (level, (column, lookup)) in coarser.iter().enumerate() {
                        slots_of(job, batch, *column, lookup, &mut buffers.slots)?;
                        let parents = &mut self.parents[position][level];
                        check_parents(parents, &mut buffers.finest, &buffers.slots).map_err(
                            |(slot, known, new)| {
                                BatchError::Other(dimension.two_parents(level, slot, known, new))
                            },
                        )?;
                    }
                    std::mem::swap(&mut buffers.finest, &mut buffers.slots);
                    finest.0
                }
                Finder::Scheme { column, scale, scheme, first_position } => {
                    let mut values = Vec::new();
                    numbers(batch.column(*column), &mut values)
                        .map_err(|m| BatchError::column(job, *column, m))?;
                    buffers.slots.clear();
                    buffers.slots.extend(values.iter().map(|value| {
                        scheme.class_of(value * scale).map_or(NO_SLOT, |class| first_position[class as usize])
                    }));
                    *column
                }
            };
            combine(&mut buffers.combination, &buffers.slots, dimension.slots, |row| {
                self.tally.outside(position + 1, || spelled(batch.column(column), row));
            });
        }
        Ok(())
    }

    /// Reads weights and amounts; deflates the amounts that are to be.
    fn read_numbers(&mut self, batch: &RecordBatch) -> Result<(), BatchError> {
        let job = self.job;
        let recipe = job.recipe;
        let buffers = &mut self.batch;
        match recipe.weight {
            Some(column) => {
                numbers(batch.column(column), &mut buffers.weights)
                    .map_err(|message| BatchError::column(job, column, message))?;
            }
            None => {
                buffers.weights.clear();
                buffers.weights.resize(batch.num_rows(), 1.0);
            }
        }
        buffers.numbers.resize_with(recipe.columns.names.len(), Vec::new);
        let mut wanted: Vec<usize> = recipe.singles.clone();
        wanted.extend(recipe.amounts.iter().flat_map(|amount| match amount.source {
            AmountSource::Column(column) => vec![column],
            AmountSource::Difference(left, right) => vec![left, right],
        }));
        wanted.sort_unstable();
        wanted.dedup();
        for column in wanted {
            numbers(batch.column(column), &mut buffers.numbers[column])
                .map_err(|message| BatchError::column(job, column, message))?;
        }
        buffers.amounts.resize_with(recipe.amounts.len(), Vec::new);
        for (amount, out) in recipe.amounts.iter().zip(&mut buffers.amounts) {
            out.clear();
            match amount.source {
                AmountSource::Column(column) => out.extend_from_slice(&buffers.numbers[column]),
                AmountSource::Difference(left, right) => {
                    let pairs = buffers.numbers[left].iter().zip(&buffers.numbers[right]);
                    out.extend(pairs.map(|(left, right)| left - right));
                }
            }
        }
        if let Some(deflation) = job.deflation {
            let series = match &deflation.series {
                Some((column, lookup)) => {
                    slots_of(job, batch, *column, lookup, &mut buffers.slots)?;
                    Some(&buffers.slots)
                }
                None => None,
            };
            let deflated =
                recipe.amounts.iter().zip(&mut buffers.amounts).filter(|(amount, _)| amount.deflated);
            let mut columns: Vec<&mut Vec<f64>> = deflated.map(|(_, column)| column).collect();
            deflation.apply(&buffers.combination, &buffers.times, series, &mut columns, &mut self.tally);
        }
        Ok(())
    }

    fn read_identities(&mut self, batch: &RecordBatch, first_row: u64) -> Result<(), BatchError> {
        let recipe = self.job.recipe;
        if recipe.contributions.is_empty() {
            return Ok(());
        }
        let buffers = &mut self.batch;
        match recipe.enterprise {
            Some(column) => identities(batch.column(column), OWN, &mut buffers.enterprise)
                .map_err(|message| BatchError::column(self.job, column, message))?,
            None => {
                buffers.enterprise.clear();
                buffers.enterprise.extend((0..batch.num_rows() as u64).map(|row| OWN | (first_row + row)));
            }
        }
        for (row, identity) in buffers.enterprise.iter_mut().enumerate() {
            // Nameless enterprises are told apart by their place in the file.
            if *identity == NOBODY {
                *identity = OWN | (1 << 62) | (first_row + row as u64);
            }
        }
        if let Some(column) = recipe.holding {
            identities(batch.column(column), HOLDING, &mut buffers.holding)
                .map_err(|message| BatchError::column(self.job, column, message))?;
        }
        Ok(())
    }

    /// Adds every row that has a place to its cell, block by block.
    fn accumulate(&mut self) {
        let buffers = std::mem::take(&mut self.batch);
        let rows = buffers.combination.len();
        let mut kept = Kept::new(if self.job.keep_values { rows } else { 0 });
        let mut block = std::mem::take(&mut self.block);
        for start in (0..rows).step_by(BLOCK) {
            let rows = start..rows.min(start + BLOCK);
            self.find_cells(&buffers, rows.clone(), &mut block.cells);
            block.fill(self.job, &buffers, rows.clone());
            self.add_words(&block);
            self.add_exceptions(&block, &buffers, rows.start);
            self.add_contributions(&block, &buffers, rows.start);
            if self.job.keep_values {
                keep(&mut kept, &block, &buffers, rows.start);
            }
        }
        self.block = block;
        self.values.extend(kept.by_time);
        self.batch = buffers;
    }

    fn find_cells(&mut self, buffers: &Buffers, rows: Range<usize>, cells: &mut Vec<u32>) {
        cells.clear();
        for row in rows {
            let combination = buffers.combination[row];
            if combination == NO_SLOT {
                cells.push(NO_SLOT);
            } else if buffers.weights[row] >= 0.0 {
                cells.push(self.cell_of(combination));
            } else {
                self.tally.bad_weight += 1;
                cells.push(NO_SLOT);
            }
        }
    }

    fn add_words(&mut self, block: &Block) {
        self.running.fetch(&block.cells);
        for (words, &cell) in block.words.chunks_exact(block.width).zip(&block.cells) {
            if cell != NO_SLOT {
                self.running.add(cell as usize, words);
            }
        }
    }

    /// Adds what has no word, and what only few rows have.
    fn add_exceptions(&mut self, block: &Block, buffers: &Buffers, start: usize) {
        let recipe = self.job.recipe;
        for odd in &block.odd {
            let cell = block.cells[odd.row as usize];
            if cell == NO_SLOT {
                continue;
            }
            if odd.value.is_nan() {
                let amount = odd.sum as usize - 1;
                self.tally.missing[amount] += 1;
                self.running.count(cell as usize, MISSING + amount);
                continue;
            }
            match odd.scale.steps(odd.value) {
                Some(steps) => self.running.spill(cell as usize, odd.sum as usize, steps),
                None => self.false_bounds = true,
            }
        }
        if let Some(value_added) = recipe.value_added {
            let values = &buffers.amounts[value_added][start..][..block.cells.len()];
            for (value, &cell) in values.iter().zip(&block.cells) {
                if *value <= 0.0 && cell != NO_SLOT {
                    self.running.count(cell as usize, NONPOSITIVE);
                }
            }
        }
        for (single, column) in recipe.singles.iter().enumerate() {
            let values = &buffers.numbers[*column][start..][..block.cells.len()];
            for (value, &cell) in values.iter().zip(&block.cells) {
                if cell != NO_SLOT {
                    self.running.set_single(cell as usize, single, *value);
                }
            }
        }
    }

    fn add_contributions(&mut self, block: &Block, buffers: &Buffers, start: usize) {
        let recipe = self.job.recipe;
        if recipe.contributions.is_empty() {
            return;
        }
        let parts = block.parts.chunks_exact(recipe.contributions.len());
        for ((row, &cell), parts) in (start..).zip(&block.cells).zip(parts) {
            if cell == NO_SLOT {
                continue;
            }
            let holding = if recipe.holding.is_some() { buffers.holding[row] } else { NOBODY };
            if holding == NOBODY {
                if recipe.holding.is_some() {
                    self.running.count(cell as usize, INDEPENDENT);
                }
                self.running.offer(cell as usize, parts, buffers.enterprise[row]);
            } else {
                self.affiliates.holdings.push(holding);
                self.affiliates.cells.push(cell);
                self.affiliates.parts.extend_from_slice(parts);
            }
        }
    }

    /// The cells in the order of their combinations: `(combination, cell)`.
    pub(crate) fn sorted(&self) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = match &self.index {
            CellIndex::Table(table) => {
                let cells = table.iter().enumerate().filter(|(_, cell)| **cell != NO_SLOT);
                return cells.map(|(combination, cell)| (combination as u32, *cell)).collect();
            }
            CellIndex::Map(map) => map.iter().map(|(combination, cell)| (*combination, *cell)).collect(),
        };
        pairs.sort_unstable();
        pairs
    }

    #[inline(always)]
    fn cell_of(&mut self, combination: u32) -> u32 {
        let known = match &self.index {
            CellIndex::Table(table) => table[combination as usize],
            CellIndex::Map(map) => map.get(&combination).copied().unwrap_or(NO_SLOT),
        };
        if known == NO_SLOT { self.new_cell(combination) } else { known }
    }

    #[cold]
    fn new_cell(&mut self, combination: u32) -> u32 {
        let cell = self.running.push() as u32;
        match &mut self.index {
            CellIndex::Table(table) => table[combination as usize] = cell,
            CellIndex::Map(map) => {
                map.insert(combination, cell);
            }
        }
        cell
    }
}

/// Why a batch could not be added.
pub(crate) enum BatchError {
    Column { column: usize, message: Text },
    Other(StatisticsError),
}

impl BatchError {
    fn column(_: &Job<'_>, column: usize, message: Text) -> Self {
        BatchError::Column { column, message }
    }
}

fn slots_of(
    job: &Job<'_>,
    batch: &RecordBatch,
    column: usize,
    lookup: &Lookup,
    out: &mut Vec<u32>,
) -> Result<(), BatchError> {
    lookup.slots(batch.column(column), out).map_err(|message| BatchError::column(job, column, message))
}

/// Extends combinations by the slots of one more dimension; calls `outside` for rows without one.
fn combine(combinations: &mut [u32], slots: &[u32], count: usize, mut outside: impl FnMut(usize)) {
    // At most 2^32 combinations exist (checked before the first row), so nothing overflows.
    let count = count as u32;
    for (row, (combination, &slot)) in combinations.iter_mut().zip(slots).enumerate() {
        if *combination == NO_SLOT {
            continue;
        }
        if slot == NO_SLOT {
            *combination = NO_SLOT;
            outside(row);
        } else {
            *combination = *combination * count + slot;
        }
    }
}

/// Notes the parent of each slot; fails with a slot and its two parents. Rows without a
/// parent have no place either.
fn check_parents(parents: &mut [u32], finest: &mut [u32], coarser: &[u32]) -> Result<(), (u32, u32, u32)> {
    for (slot, &parent) in finest.iter_mut().zip(coarser) {
        if *slot == NO_SLOT {
            continue;
        }
        if parent == NO_SLOT {
            *slot = NO_SLOT;
            continue;
        }
        let known = &mut parents[*slot as usize];
        if *known == NO_SLOT {
            *known = parent;
        } else if *known != parent {
            return Err((*slot, *known, parent));
        }
    }
    Ok(())
}

/// Marks of identities: an enterprise by itself, and a holding.
const OWN: u64 = 0;
const HOLDING: u64 = 1 << 63;
pub(crate) const NOBODY: u64 = u64::MAX;

/// A stable identity for each name: whole numbers stay recognisable, texts are hashed (FNV-1a).
fn identities(array: &dyn Array, mark: u64, out: &mut Vec<u64>) -> Result<(), Text> {
    out.clear();
    let own = |identity: u64| mark | (identity & !HOLDING);
    macro_rules! texts {
        ($array:expr) => {
            out.extend($array.iter().map(|text| match text {
                Some(text) if !text.is_empty() => own(hash(text)),
                _ => NOBODY,
            }))
        };
    }
    match array.data_type() {
        DataType::Utf8 => texts!(array.as_string::<i32>()),
        DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
        DataType::Utf8View => texts!(array.as_string_view()),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let mut of_values = Vec::new();
            identities(dictionary.values().as_ref(), mark, &mut of_values)?;
            let keys = if of_values.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            out.extend(keys.into_iter().map(|key| of_values.get(key).copied().unwrap_or(NOBODY)));
        }
        data_type if data_type.is_integer() => {
            let wide = arrow::compute::cast(array, &DataType::Int64)
                .map_err(|error| Text::same(error.to_string()))?;
            let wide = wide.as_primitive::<arrow::datatypes::Int64Type>();
            out.extend(wide.values().iter().map(|value| own(*value as u64)));
        }
        other => {
            return Err(Text::new(
                format!("rencana memakainya sebagai identitas, padahal isinya {other}"),
                format!("the plan uses it as an identity, but it holds {other}"),
            ));
        }
    }
    for (row, identity) in out.iter_mut().enumerate() {
        if array.is_null(row) {
            *identity = NOBODY;
        }
    }
    Ok(())
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
