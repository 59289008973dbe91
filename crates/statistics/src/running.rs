//! The running sums of a worker: laid out so that a row touches as little memory as possible.
//!
//! What every row changes (the count, the sums, the parts that a newcomer must beat to be among
//! the two largest) stands together in one short record a cell. What few rows change stands
//! apart: who is largest, counts of exceptions, and summands or sums that do not fit a word.

use crate::cells::{Cells, Largest, Shape};
use crate::codes::NO_SLOT;
use crate::exact::{Scale, WORD_SUMMANDS};

/// Positions among the counts of exceptions, as in [`Cells`] after the count of enterprises.
const COUNT: usize = 0;

/// The sums of one worker, cell after cell.
pub(crate) struct Running {
    shape: Shape,
    /// Sums that every row changes; positions of them among all sums of a cell.
    hot_sums: Vec<usize>,
    /// Record after record: the count, the hot sums, then the second largest parts as bits.
    hot: Vec<i64>,
    width: usize,
    /// The largest part and whose it is.
    first: Vec<(f64, u64)>,
    /// Counts but that of enterprises.
    counts: Vec<u32>,
    singles: Vec<f64>,
    /// All sums: what has left the hot record, and what never entered it.
    wide: Vec<i128>,
    pub len: usize,
}

impl Running {
    pub(crate) fn new(shape: Shape, hot_sums: Vec<usize>) -> Self {
        let width = 1 + hot_sums.len() + shape.contributions;
        Running {
            shape,
            hot_sums,
            hot: Vec::new(),
            width,
            first: Vec::new(),
            counts: Vec::new(),
            singles: Vec::new(),
            wide: Vec::new(),
            len: 0,
        }
    }

    pub(crate) fn push(&mut self) -> usize {
        self.len += 1;
        let seconds = self.hot.len() + 1 + self.hot_sums.len();
        self.hot.resize(self.len * self.width, 0);
        self.hot[seconds..].fill(f64::NAN.to_bits() as i64);
        self.wide.resize(self.len * self.shape.sums, 0);
        self.first.resize(self.len * self.shape.contributions, (f64::NAN, u64::MAX));
        self.counts.resize(self.len * (self.shape.counts - 1), 0);
        self.singles.resize(self.len * self.shape.singles, f64::NAN);
        self.len - 1
    }

    /// Looks at the records of cells before they are changed. Nothing depends on what is seen, so
    /// that the processor fetches many records at the same time; changing them one after the
    /// other, it would wait for each.
    pub(crate) fn fetch(&self, cells: &[u32]) {
        let mut seen = 0;
        for &cell in cells.iter().filter(|cell| **cell != NO_SLOT) {
            let record = &self.hot[cell as usize * self.width..][..self.width];
            // One word in each line of 64 bytes.
            for line in record.chunks(8) {
                seen ^= line[0];
            }
            seen ^= record[self.width - 1];
        }
        std::hint::black_box(seen);
    }

    /// Counts an enterprise and adds its words to the hot sums.
    #[inline(always)]
    pub(crate) fn add(&mut self, cell: usize, words: &[i64]) {
        let record = &mut self.hot[cell * self.width..][..self.width];
        record[COUNT] += 1;
        let full = record[COUNT] % WORD_SUMMANDS == 0;
        for (sum, word) in record[1..].iter_mut().zip(words) {
            // Room for 64 words was made; after as many the record is emptied.
            *sum = sum.wrapping_add(*word);
        }
        if full {
            self.flush(cell);
        }
    }

    /// Empties the hot sums of a cell.
    #[inline(never)]
    fn flush(&mut self, cell: usize) {
        let wide = &mut self.wide[cell * self.shape.sums..][..self.shape.sums];
        let record = &mut self.hot[cell * self.width + 1..][..self.hot_sums.len()];
        for (value, sum) in record.iter_mut().zip(&self.hot_sums) {
            wide[*sum] += Scale::finer(*value);
            *value = 0;
        }
    }

    /// Adds to a sum what has no word.
    pub(crate) fn spill(&mut self, cell: usize, sum: usize, steps: i128) {
        self.wide[cell * self.shape.sums + sum] += steps;
    }

    /// Adds one to a count other than that of enterprises.
    pub(crate) fn count(&mut self, cell: usize, count: usize) {
        self.counts[cell * (self.shape.counts - 1) + count - 1] += 1;
    }

    /// Offers an enterprise's parts of the totals to the two largest of each.
    #[inline(always)]
    pub(crate) fn offer(&mut self, cell: usize, parts: &[f64], identity: u64) {
        let start = cell * self.width + 1 + self.hot_sums.len();
        for (contribution, part) in parts.iter().enumerate() {
            let second = f64::from_bits(self.hot[start + contribution] as u64);
            // Nearly every enterprise of a large cell is smaller than the second. Comparisons
            // with the NaN of a small cell fail.
            if part.abs() < second.abs() {
                continue;
            }
            self.place(cell, contribution, start + contribution, *part, identity);
        }
    }

    #[cold]
    fn place(&mut self, cell: usize, contribution: usize, at: usize, part: f64, identity: u64) {
        let first = &mut self.first[cell * self.shape.contributions + contribution];
        let second = f64::from_bits(self.hot[at] as u64);
        let mut largest = Largest { first: first.0, second, identity: first.1 };
        largest.offer(part, identity);
        *first = (largest.first, largest.identity);
        self.hot[at] = largest.second.to_bits() as i64;
    }

    pub(crate) fn set_single(&mut self, cell: usize, single: usize, value: f64) {
        self.singles[cell * self.shape.singles + single] = value;
    }

    /// Adds a cell to one of finished cells.
    pub(crate) fn add_to(&self, cells: &mut Cells, to: usize, cell: usize) {
        let record = &self.hot[cell * self.width..][..self.width];
        let Shape { sums, counts, contributions, singles } = self.shape;
        let wide = &self.wide[cell * sums..(cell + 1) * sums];
        cells.sums[to * sums..(to + 1) * sums].iter_mut().zip(wide).for_each(|(to, wide)| *to += wide);
        for (word, sum) in record[1..].iter().zip(&self.hot_sums) {
            cells.sums[to * sums + sum] += Scale::finer(*word);
        }
        cells.counts[to * counts] += record[COUNT] as u32;
        let own = &self.counts[cell * (counts - 1)..(cell + 1) * (counts - 1)];
        cells.counts[to * counts + 1..(to + 1) * counts].iter_mut().zip(own).for_each(|(to, own)| *to += own);
        let seconds = &record[1 + self.hot_sums.len()..];
        let firsts = &self.first[cell * contributions..(cell + 1) * contributions];
        for ((largest, second), first) in cells.largest_mut(to).iter_mut().zip(seconds).zip(firsts) {
            let second = f64::from_bits(*second as u64);
            largest.merge(&Largest { first: first.0, second, identity: first.1 });
        }
        for single in 0..singles {
            let value = self.singles[cell * singles + single];
            if !value.is_nan() {
                cells.singles[to * singles + single] = value;
            }
        }
    }
}
