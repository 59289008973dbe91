//! The combinations of levels of one period: which cell every finest cell belongs to in each of
//! them, and the sums of coarse cells from those of finer ones.

use hashbrown::HashMap;

use crate::cells::{Cells, Largest};
use crate::members::Members;
use crate::worker::Affiliates;

/// One combination of levels of one period.
pub(crate) struct CellSet {
    pub levels: Vec<u8>,
    /// The cell of each finest cell; `None` if they are the same.
    pub map: Option<Vec<u32>>,
    /// Members of each cell, one for each dimension.
    pub keys: Vec<u32>,
    pub cells: Cells,
    /// Holdings in each cell; empty if holdings are not known.
    pub holdings: Vec<u32>,
    pub quantiles: Vec<f64>,
    /// A finest cell of each cell.
    representative: Vec<u32>,
}

/// Tables up to this length find cells faster than hashing does.
const TABLE_MOST: u64 = 1 << 22;

/// Builds the sets of a period from its finest cells, whose slots are given cell after cell.
/// `level_sets` must stand from fine to coarse.
pub(crate) fn build(
    members: &[Members],
    level_sets: &[Vec<u8>],
    slots: &[u32],
    finest: &Cells,
) -> Vec<CellSet> {
    let mut sets: Vec<CellSet> = Vec::with_capacity(level_sets.len());
    for levels in level_sets {
        let (map, representative, keys) = place(members, levels, slots, finest.len);
        let len = representative.len();
        let same = map.iter().enumerate().all(|(base, cell)| base as u32 == *cell);
        let ancestor = sets
            .iter()
            .filter(|set| set.levels.iter().zip(levels).all(|(finer, coarser)| finer >= coarser))
            .min_by_key(|set| set.cells.len)
            .filter(|set| set.cells.len < finest.len);
        let mut cells;
        match ancestor {
            Some(ancestor) => {
                cells = Cells::empty(finest.shape, len);
                for (cell, base) in ancestor.representative.iter().enumerate() {
                    cells.add(map[*base as usize] as usize, &ancestor.cells, cell);
                }
            }
            None if same => cells = finest.clone(),
            None => {
                cells = Cells::empty(finest.shape, len);
                for (base, cell) in map.iter().enumerate() {
                    cells.add(*cell as usize, finest, base);
                }
            }
        }
        sets.push(CellSet {
            levels: levels.clone(),
            map: (!same).then_some(map),
            keys,
            cells,
            holdings: Vec::new(),
            quantiles: Vec::new(),
            representative,
        });
    }
    sets
}

/// The cell of each finest cell, a finest cell of each cell, and the cells' members. Cells stand
/// in the order of their members.
fn place(members: &[Members], levels: &[u8], slots: &[u32], finest: usize) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let width = members.len();
    let of_slot: Vec<&[u32]> = members
        .iter()
        .zip(levels)
        .map(|(members, level)| members.of_slot[usize::from(*level)].as_slice())
        .collect();
    let sizes: Vec<u64> = members.iter().map(|members| members.dimension.members.len() as u64).collect();
    let packed: Vec<u64> = (0..finest)
        .map(|base| {
            let slots = &slots[base * width..(base + 1) * width];
            let members = slots.iter().zip(&of_slot).map(|(slot, of_slot)| of_slot[*slot as usize]);
            members.zip(&sizes).fold(0, |packed, (member, size)| packed * size + u64::from(member))
        })
        .collect();
    let (map, distinct) = number(&packed, sizes.iter().product());
    let mut representative = vec![u32::MAX; distinct];
    for (base, cell) in map.iter().enumerate() {
        representative[*cell as usize] = base as u32;
    }
    let mut keys = Vec::with_capacity(distinct * width);
    for base in &representative {
        let slots = &slots[*base as usize * width..][..width];
        keys.extend(slots.iter().zip(&of_slot).map(|(slot, of_slot)| of_slot[*slot as usize]));
    }
    (map, representative, keys)
}

/// Numbers the distinct values in ascending order.
fn number(packed: &[u64], bound: u64) -> (Vec<u32>, usize) {
    if bound <= TABLE_MOST {
        let mut table = vec![u32::MAX; bound as usize];
        for value in packed {
            table[*value as usize] = 0;
        }
        let mut next = 0;
        for entry in table.iter_mut().filter(|entry| **entry == 0) {
            *entry = next;
            next += 1;
        }
        return (packed.iter().map(|value| table[*value as usize]).collect(), next as usize);
    }
    let mut distinct = packed.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let numbers: HashMap<u64, u32> =
        distinct.iter().enumerate().map(|(at, value)| (*value, at as u32)).collect();
    (packed.iter().map(|value| numbers[value]).collect(), distinct.len())
}

/// Adds holdings to the largest contributors of a set: a holding's enterprises in one cell are
/// one contributor there. `affiliates` names finest cells.
pub(crate) fn add_holdings(set: &mut CellSet, affiliates: &Affiliates, independent: usize) {
    let width = set.cells.shape.contributions;
    set.holdings = (0..set.cells.len).map(|cell| set.cells.counts(cell)[independent]).collect();
    let cell_of = |at: usize| {
        let base = affiliates.cells[at];
        set.map.as_ref().map_or(base, |map| map[base as usize])
    };
    let parts_of = |at: usize| &affiliates.parts[at * width..(at + 1) * width];
    let mut order: Vec<u32> = (0..affiliates.cells.len() as u32).collect();
    // Parts are added in the order of their values, so that the digits do not depend on who
    // read which enterprise first.
    order.sort_unstable_by(|left, right| {
        let (left, right) = (*left as usize, *right as usize);
        let key = |at: usize| (cell_of(at), affiliates.holdings[at]);
        let by_parts = || {
            let pairs = parts_of(left).iter().zip(parts_of(right));
            pairs
                .map(|(a, b)| a.total_cmp(b))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        };
        key(left).cmp(&key(right)).then_with(by_parts)
    });
    let mut at = 0;
    let mut sums = vec![0.0; width];
    while at < order.len() {
        let first = order[at] as usize;
        let (cell, holding) = (cell_of(first), affiliates.holdings[first]);
        sums.fill(0.0);
        while at < order.len() {
            let row = order[at] as usize;
            if cell_of(row) != cell || affiliates.holdings[row] != holding {
                break;
            }
            sums.iter_mut().zip(parts_of(row)).for_each(|(sum, part)| *sum += part);
            at += 1;
        }
        set.holdings[cell as usize] += 1;
        let largest: &mut [Largest] = set.cells.largest_mut(cell as usize);
        largest.iter_mut().zip(&sums).for_each(|(largest, part)| largest.offer(*part, holding));
    }
}
