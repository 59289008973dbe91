//! The sums of cells: everything that can be added up, so that coarse cells follow from fine ones
//! and partial results can be put together in any order.

/// How many numbers of each kind a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub sums: usize,
    pub counts: usize,
    pub contributions: usize,
    pub singles: usize,
}

/// The two largest contributors of a cell to one total; NaN where there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Largest {
    pub first: f64,
    pub second: f64,
    /// Identity of the first; of contributors with equal parts, the smaller identity.
    pub identity: u64,
}

impl Default for Largest {
    fn default() -> Self {
        Largest { first: f64::NAN, second: f64::NAN, identity: u64::MAX }
    }
}

impl Largest {
    #[inline(always)]
    pub(crate) fn offer(&mut self, part: f64, identity: u64) {
        // Nearly every enterprise of a large cell is smaller than the second. Comparisons with
        // the NaN of a small cell fail.
        if part.abs() < self.second.abs() {
            return;
        }
        self.place(part, identity);
    }

    fn place(&mut self, part: f64, identity: u64) {
        let wins = self.first.is_nan()
            || part.abs() > self.first.abs()
            || (part.abs() == self.first.abs() && identity < self.identity);
        let loser = if wins { std::mem::replace(&mut self.first, part) } else { part };
        if wins {
            self.identity = identity;
        }
        // Of parts of equal size the positive one is kept, so that the order does not matter.
        let larger = (loser.abs(), loser) > (self.second.abs(), self.second);
        if !loser.is_nan() && (self.second.is_nan() || larger) {
            self.second = loser;
        }
    }

    /// Adds the contributors of another part of the same cell; the two sets are disjoint.
    pub(crate) fn merge(&mut self, other: &Largest) {
        if !other.first.is_nan() {
            self.offer(other.first, other.identity);
        }
        if !other.second.is_nan() {
            // The identity of a second can decide nothing: it stands behind its own first.
            self.offer(other.second, u64::MAX);
        }
    }
}

/// Columns of sums, grown as cells are met.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    pub shape: Shape,
    pub len: usize,
    pub sums: Vec<i128>,
    pub counts: Vec<u32>,
    pub largest: Vec<Largest>,
    pub singles: Vec<f64>,
}

impl Cells {
    pub(crate) fn new(shape: Shape) -> Self {
        Cells {
            shape,
            len: 0,
            sums: Vec::new(),
            counts: Vec::new(),
            largest: Vec::new(),
            singles: Vec::new(),
        }
    }

    /// Cells that nobody is in yet.
    pub(crate) fn empty(shape: Shape, len: usize) -> Self {
        let mut cells = Cells::new(shape);
        cells.extend_to(len);
        cells
    }

    fn extend_to(&mut self, len: usize) {
        self.len = len;
        self.sums.resize(len * self.shape.sums, 0);
        self.counts.resize(len * self.shape.counts, 0);
        self.largest.resize(len * self.shape.contributions, Largest::default());
        self.singles.resize(len * self.shape.singles, f64::NAN);
    }

    pub(crate) fn sums(&self, cell: usize) -> &[i128] {
        &self.sums[cell * self.shape.sums..(cell + 1) * self.shape.sums]
    }

    pub(crate) fn counts(&self, cell: usize) -> &[u32] {
        &self.counts[cell * self.shape.counts..(cell + 1) * self.shape.counts]
    }

    pub(crate) fn largest(&self, cell: usize) -> &[Largest] {
        &self.largest[cell * self.shape.contributions..(cell + 1) * self.shape.contributions]
    }

    pub(crate) fn largest_mut(&mut self, cell: usize) -> &mut [Largest] {
        &mut self.largest[cell * self.shape.contributions..(cell + 1) * self.shape.contributions]
    }

    pub(crate) fn singles(&self, cell: usize) -> &[f64] {
        &self.singles[cell * self.shape.singles..(cell + 1) * self.shape.singles]
    }

    /// Adds a cell of other cells of the same shape to one of these.
    pub(crate) fn add(&mut self, cell: usize, other: &Cells, from: usize) {
        let Shape { sums, counts, contributions, singles } = self.shape;
        for (to, from) in self.sums[cell * sums..(cell + 1) * sums].iter_mut().zip(other.sums(from)) {
            *to += from;
        }
        for (to, from) in self.counts[cell * counts..(cell + 1) * counts].iter_mut().zip(other.counts(from)) {
            *to += from;
        }
        let largest = &mut self.largest[cell * contributions..(cell + 1) * contributions];
        for (to, from) in largest.iter_mut().zip(other.largest(from)) {
            to.merge(from);
        }
        // Published as they are, and only where the cell has one row: which row is kept of
        // several does not matter.
        for (to, from) in
            self.singles[cell * singles..(cell + 1) * singles].iter_mut().zip(other.singles(from))
        {
            if !from.is_nan() {
                *to = *from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(largest: &Largest) -> (u64, u64, u64) {
        (largest.first.to_bits(), largest.second.to_bits(), largest.identity)
    }

    fn offer_all(parts: &[(i8, u8)]) -> Largest {
        let mut largest = Largest::default();
        for (part, identity) in parts {
            largest.offer(f64::from(*part), u64::from(*identity));
        }
        largest
    }

    #[test]
    fn the_two_largest_are_kept_whatever_their_sign() {
        let largest = offer_all(&[(3, 1), (-7, 2), (5, 3), (5, 4)]);
        assert_eq!((largest.first, largest.identity, largest.second), (-7.0, 2, 5.0));
        let alone = offer_all(&[(0, 9)]);
        assert!(alone.first == 0.0 && alone.identity == 9 && alone.second.is_nan());
    }

    proptest! {
        #[test]
        fn parts_of_a_cell_can_be_put_together_in_any_order(
            parts in prop::collection::btree_map(any::<u8>(), -4..4_i8, 0..12), split in 0..12_usize
        ) {
            let mut parts: Vec<(i8, u8)> = parts.into_iter().map(|(identity, part)| (part, identity)).collect();
            let whole = offer_all(&parts);
            let split = split.min(parts.len());
            let mut left = offer_all(&parts[..split]);
            left.merge(&offer_all(&parts[split..]));
            prop_assert_eq!(bits(&left), bits(&whole));
            parts.reverse();
            prop_assert_eq!(bits(&offer_all(&parts)), bits(&whole));
        }
    }
}
