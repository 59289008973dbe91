//! The equations of one period: which published cells are sums of which others.
//!
//! Every pair of published level combinations of which one is directly below the other gives
//! equations. Two combinations that are not comparable still share their unpublished common
//! margin, which anybody can compute: it joins as a *virtual* cell, so that no equation between
//! published cells is overlooked. A sum of which some part is not published is no equation.

use domain::cube::{Cube, Dimension, DimensionRole};
use hashbrown::HashMap;

use crate::DisclosureError;

pub(crate) const NONE: u32 = u32::MAX;

/// Lists of different lengths in one block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists<T> {
    offsets: Vec<u32>,
    entries: Vec<T>,
}

impl<T: Copy> Lists<T> {
    pub(crate) fn from_lists<'a>(lists: impl Iterator<Item = &'a [T]>) -> Self
    where
        T: 'a,
    {
        let mut result = Lists { offsets: vec![0], entries: Vec::new() };
        for list in lists {
            result.entries.extend_from_slice(list);
            result.offsets.push(result.entries.len() as u32);
        }
        result
    }

    /// Groups `(list, entry)` pairs, keeping the order inside each list.
    pub(crate) fn grouped(count: usize, pairs: impl Iterator<Item = (u32, T)> + Clone, blank: T) -> Self {
        let mut offsets = vec![0u32; count + 1];
        for (list, _) in pairs.clone() {
            offsets[list as usize + 1] += 1;
        }
        for list in 0..count {
            offsets[list + 1] += offsets[list];
        }
        let mut next = offsets.clone();
        let mut entries = vec![blank; offsets[count] as usize];
        for (list, entry) in pairs {
            entries[next[list as usize] as usize] = entry;
            next[list as usize] += 1;
        }
        Lists { offsets, entries }
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, list: usize) -> &[T] {
        &self.entries[self.offsets[list] as usize..self.offsets[list + 1] as usize]
    }
}

/// A hierarchy with its ancestors at every level.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// Position of the dimension in the cube.
    pub(crate) dimension: usize,
    pub(crate) level: Vec<u8>,
    pub(crate) parent: Vec<u32>,
    pub(crate) children: Lists<u32>,
    levels: usize,
    /// `ancestor[member * levels + level]`, itself at its own level.
    ancestor: Vec<u32>,
    /// Does every branch below the member reach the level?
    complete: Vec<bool>,
}

impl Tree {
    fn of(dimension: usize, source: &Dimension) -> Result<Self, DisclosureError> {
        let damaged = |message: String| Err(DisclosureError::Damaged(message));
        let (count, levels) = (source.members.len(), source.levels.len());
        let parent: Vec<u32> = source.members.iter().map(|member| member.parent.unwrap_or(NONE)).collect();
        let level: Vec<u8> = source.members.iter().map(|member| member.level).collect();
        for (member, &above) in parent.iter().enumerate() {
            let place = || format!("dimension {}, member {}", source.id, source.members[member].code);
            if level[member] as usize >= levels {
                return damaged(format!("{}: there is no level {}", place(), level[member]));
            }
            if above != NONE && (above as usize >= member || level[above as usize] >= level[member]) {
                return damaged(format!(
                    "{}: its parent must come before it and be of a coarser level",
                    place()
                ));
            }
        }
        let mut ancestor = vec![NONE; count * levels];
        for member in 0..count {
            if parent[member] != NONE {
                let above = parent[member] as usize * levels;
                ancestor.copy_within(above..above + levels, member * levels);
            }
            ancestor[member * levels + level[member] as usize] = member as u32;
        }
        let pairs = parent.iter().enumerate().filter(|(_, above)| **above != NONE);
        let children = Lists::grouped(count, pairs.map(|(member, above)| (*above, member as u32)), 0);
        let mut complete = vec![false; count * levels];
        for member in (0..count).rev() {
            for target in 0..levels {
                let below = children.get(member);
                complete[member * levels + target] = level[member] as usize == target
                    || ((level[member] as usize) < target
                        && !below.is_empty()
                        && below.iter().all(|child| complete[*child as usize * levels + target]));
            }
        }
        Ok(Tree { dimension, level, parent, children, levels, ancestor, complete })
    }

    pub(crate) fn ancestor_at(&self, member: u32, level: u8) -> u32 {
        self.ancestor[member as usize * self.levels + level as usize]
    }

    pub(crate) fn complete_at(&self, member: u32, level: u8) -> bool {
        self.complete[member as usize * self.levels + level as usize]
    }
}

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Cell(u32),
    /// Published as zero: nobody is there and everybody knows it.
    Zero,
    /// Not published.
    Unlisted,
}

/// One period of a cube. Cells are numbered from 0; those from `published` on are virtual.
#[derive(Debug)]
pub(crate) struct Lattice {
    pub(crate) trees: Vec<Tree>,
    pub(crate) published: usize,
    /// Global number of each published cell.
    pub(crate) cells: Vec<u32>,
    /// Members of every cell, hierarchies only.
    pub(crate) keys: Vec<u32>,
    /// Published and virtual level combinations; by mixed-radix code: is it among them?
    sets: Vec<Vec<u8>>,
    listed: Vec<bool>,
    radix: Vec<usize>,
    index: HashMap<u64, u32>,
    dense: Vec<u32>,
    stride: Vec<u64>,
    /// `(parent, children)`.
    pub(crate) parents: Vec<u32>,
    pub(crate) parts: Lists<u32>,
}

const DENSE_LIMIT: u64 = 16_000_000;

impl Lattice {
    /// The periods of a cube: cells that share their times, in order of time.
    pub(crate) fn periods(cube: &Cube) -> Vec<Vec<u32>> {
        let times: Vec<usize> =
            (0..cube.dimensions.len()).filter(|d| cube.dimensions[*d].role == DimensionRole::Time).collect();
        let mut periods: std::collections::BTreeMap<Vec<u32>, Vec<u32>> = Default::default();
        for cell in 0..cube.len() {
            let key = cube.key(cell);
            periods.entry(times.iter().map(|d| key[*d]).collect()).or_default().push(cell as u32);
        }
        periods.into_values().collect()
    }

    pub(crate) fn trees(cube: &Cube) -> Result<Vec<Tree>, DisclosureError> {
        (0..cube.dimensions.len())
            .filter(|d| cube.dimensions[*d].role == DimensionRole::Hierarchy)
            .map(|d| Tree::of(d, &cube.dimensions[d]))
            .collect()
    }

    pub(crate) fn build(cube: &Cube, trees: &[Tree], cells: &[u32]) -> Result<Self, DisclosureError> {
        let trees = trees.to_vec();
        let radix: Vec<usize> = trees.iter().map(|tree| tree.levels).collect();
        let mut sets: Vec<Vec<u8>> = cube
            .level_sets
            .iter()
            .map(|set| trees.iter().map(|tree| set[tree.dimension]).collect())
            .collect();
        sets.sort();
        sets.dedup();
        let mut stride = vec![1u64; trees.len()];
        let mut product = 1u64;
        for (position, tree) in trees.iter().enumerate() {
            stride[position] = product;
            product = product.saturating_mul(tree.level.len() as u64);
        }
        let dense = if product <= DENSE_LIMIT { vec![NONE; product as usize] } else { Vec::new() };
        let mut lattice = Lattice {
            listed: vec![false; radix.iter().product::<usize>().max(1)],
            trees,
            published: cells.len(),
            cells: cells.to_vec(),
            keys: Vec::new(),
            sets: sets.clone(),
            radix,
            index: HashMap::new(),
            dense,
            stride,
            parents: Vec::new(),
            parts: Lists::default(),
        };
        for set in &sets {
            let code = lattice.set_code(set);
            lattice.listed[code] = true;
        }
        for (local, &cell) in cells.iter().enumerate() {
            let key: Vec<u32> =
                lattice.trees.iter().map(|tree| cube.key(cell as usize)[tree.dimension]).collect();
            if !lattice.is_listed(&key) {
                return Err(DisclosureError::Damaged(format!(
                    "cell {} is of a combination of levels that the cube does not list",
                    name(cube, cell as usize)
                )));
            }
            lattice.insert(&key, local as u32);
        }
        lattice.add_virtual_sets();
        lattice.add_equations(cube)?;
        Ok(lattice)
    }

    pub(crate) fn len(&self) -> usize {
        if self.trees.is_empty() { self.published } else { self.keys.len() / self.trees.len() }
    }

    pub(crate) fn key(&self, cell: usize) -> &[u32] {
        &self.keys[cell * self.trees.len()..(cell + 1) * self.trees.len()]
    }

    fn set_code(&self, set: &[u8]) -> usize {
        set.iter().zip(&self.radix).fold(0, |code, (level, radix)| code * radix + *level as usize)
    }

    fn levels_of(&self, key: &[u32]) -> Vec<u8> {
        key.iter().zip(&self.trees).map(|(member, tree)| tree.level[*member as usize]).collect()
    }

    fn is_listed(&self, key: &[u32]) -> bool {
        let code = key
            .iter()
            .zip(&self.trees)
            .fold(0, |code, (member, tree)| code * tree.levels + tree.level[*member as usize] as usize);
        self.listed[code]
    }

    fn code(&self, key: &[u32]) -> u64 {
        key.iter().zip(&self.stride).map(|(member, stride)| *member as u64 * stride).sum()
    }

    fn insert(&mut self, key: &[u32], cell: u32) {
        let code = self.code(key);
        if self.dense.is_empty() {
            self.index.insert(code, cell);
        } else {
            self.dense[code as usize] = cell;
        }
        self.keys.extend_from_slice(key);
    }

    /// The cell with this key, or why there is none.
    pub(crate) fn place(&self, key: &[u32]) -> Place {
        let code = self.code(key);
        let cell = if self.dense.is_empty() {
            self.index.get(&code).copied().unwrap_or(NONE)
        } else {
            self.dense[code as usize]
        };
        match cell {
            NONE if self.is_listed(key) => Place::Zero,
            NONE => Place::Unlisted,
            cell => Place::Cell(cell),
        }
    }

    /// The deepest level of a dimension that any combination shows.
    pub(crate) fn deepest_level(&self, dimension: usize) -> u8 {
        self.sets.iter().map(|set| set[dimension]).max().unwrap_or(0)
    }

    /// How many levels a cell stands above the finest that is published, over all dimensions.
    pub(crate) fn height(&self, cell: usize) -> i32 {
        let levels = self.key(cell).iter().zip(&self.trees).enumerate();
        levels
            .map(|(dimension, (member, tree))| {
                i32::from(self.deepest_level(dimension)) - i32::from(tree.level[*member as usize])
            })
            .sum()
    }

    /// Leaves in all dimensions at or under a key: existing cells of the finest combination if
    /// that is published, else every product of leaves, up to a limit.
    pub(crate) fn leaf_keys(&self, key: &[u32], limit: usize) -> Vec<Vec<u32>> {
        let mut keys: Vec<Vec<u32>> = vec![Vec::new()];
        for ((dimension, tree), member) in self.trees.iter().enumerate().zip(key) {
            let deepest = self.deepest_level(dimension);
            let leaves: Vec<u32> = (*member..tree.level.len() as u32)
                .filter(|leaf| tree.ancestor_at(*leaf, tree.level[*member as usize]) == *member)
                .filter(|leaf| {
                    let level = tree.level[*leaf as usize];
                    level == deepest || level < deepest && tree.children.get(*leaf as usize).is_empty()
                })
                .collect();
            let longer = keys.iter().flat_map(|key| {
                leaves.iter().map(move |leaf| {
                    let mut key = key.clone();
                    key.push(*leaf);
                    key
                })
            });
            keys = longer.take(limit * 16).collect();
        }
        keys.retain(|key| self.place(key) != Place::Zero);
        keys.truncate(limit);
        keys
    }

    /// Closes the combinations under the common margin and adds the cells of those not published.
    fn add_virtual_sets(&mut self) {
        let published = self.sets.len();
        let mut next = 1;
        while next < self.sets.len() {
            for other in 0..next {
                let margin: Vec<u8> =
                    self.sets[next].iter().zip(&self.sets[other]).map(|(a, b)| *a.min(b)).collect();
                if !self.sets.contains(&margin) {
                    self.sets.push(margin);
                }
            }
            next += 1;
        }
        let mut added = self.sets[published..].to_vec();
        added.sort_by_key(|set| std::cmp::Reverse(set.clone()));
        for set in added {
            let code = self.set_code(&set);
            self.listed[code] = true;
            for cell in 0..self.len() {
                let key = self.key(cell).to_vec();
                if let Some(above) = self.ancestor_key(&key, &set)
                    && self.place(&above) == Place::Zero
                {
                    let number = self.len() as u32;
                    self.insert(&above, number);
                }
            }
        }
    }

    /// The key at coarser levels, if every branch below it reaches the levels of `key`.
    fn ancestor_key(&self, key: &[u32], set: &[u8]) -> Option<Vec<u32>> {
        let mut above = Vec::with_capacity(key.len());
        for ((member, tree), level) in key.iter().zip(&self.trees).zip(set) {
            let ancestor = tree.ancestor_at(*member, *level);
            if ancestor == NONE || !tree.complete_at(ancestor, tree.level[*member as usize]) {
                return None;
            }
            above.push(ancestor);
        }
        Some(above)
    }

    /// Pairs of combinations with nothing between them.
    fn covers(&self) -> Vec<(usize, usize)> {
        let below = |a: usize, b: usize| {
            a != b && self.sets[a].iter().zip(&self.sets[b]).all(|(coarse, fine)| coarse <= fine)
        };
        let count = self.sets.len();
        let mut covers = Vec::new();
        for a in 0..count {
            for b in 0..count {
                if below(a, b) && !(0..count).any(|c| below(a, c) && below(c, b)) {
                    covers.push((a, b));
                }
            }
        }
        covers
    }

    fn add_equations(&mut self, cube: &Cube) -> Result<(), DisclosureError> {
        let mut by_set: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
        for cell in 0..self.len() {
            by_set.entry(self.levels_of(self.key(cell))).or_default().push(cell as u32);
        }
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut parents: Vec<u32> = Vec::new();
        let mut row_of = vec![NONE; self.len()];
        for (coarse, fine) in self.covers() {
            let first = parents.len();
            for &cell in by_set.get(&self.sets[fine]).map(Vec::as_slice).unwrap_or_default() {
                let Some(above) = self.ancestor_key(self.key(cell as usize), &self.sets[coarse]) else {
                    continue;
                };
                let Place::Cell(parent) = self.place(&above) else {
                    return Err(DisclosureError::Damaged(format!(
                        "a cell is there but the margin it belongs to is not: {}",
                        self.cell_name(cube, cell as usize)
                    )));
                };
                if row_of[parent as usize] == NONE || (row_of[parent as usize] as usize) < first {
                    row_of[parent as usize] = parents.len() as u32;
                    parents.push(parent);
                }
                pairs.push((row_of[parent as usize], cell));
            }
            // A margin of which every part is a true zero is zero: an equation without parts.
            for &cell in by_set.get(&self.sets[coarse]).map(Vec::as_slice).unwrap_or_default() {
                let no_row = row_of[cell as usize] == NONE || (row_of[cell as usize] as usize) < first;
                let key = self.key(cell as usize);
                let whole = key.iter().zip(&self.trees).zip(&self.sets[fine]);
                if no_row && whole.clone().all(|((m, tree), level)| tree.complete_at(*m, *level)) {
                    parents.push(cell);
                }
            }
        }
        self.parts = Lists::grouped(parents.len(), pairs.iter().copied(), 0);
        self.parents = parents;
        Ok(())
    }

    fn cell_name(&self, cube: &Cube, cell: usize) -> String {
        if cell < self.published {
            return name(cube, self.cells[cell] as usize);
        }
        let codes = self.key(cell).iter().zip(&self.trees);
        let codes: Vec<&str> = codes
            .map(|(member, tree)| cube.dimensions[tree.dimension].members[*member as usize].code.as_str())
            .collect();
        codes.join(" / ")
    }

    /// Fills in virtual margins and makes sure that `values` (by local cell) add up.
    pub(crate) fn verify_sums(
        &self,
        cube: &Cube,
        measure: &str,
        values: &mut [f64],
    ) -> Result<(), DisclosureError> {
        let mut filled = vec![false; self.len()];
        filled[..self.published].fill(true);
        // Virtual cells are numbered from fine to coarse, so their parts are filled before them.
        let mut order: Vec<usize> = (0..self.parents.len()).collect();
        order.sort_by_key(|row| ((self.parents[*row] as usize) < self.published, self.parents[*row]));
        for row in order {
            let parts = self.parts.get(row);
            let sum: f64 = parts.iter().map(|part| values[*part as usize]).sum();
            let size: f64 = parts.iter().map(|part| values[*part as usize].abs()).sum();
            let parent = self.parents[row] as usize;
            if !filled[parent] {
                values[parent] = sum;
                filled[parent] = true;
            }
            if (values[parent] - sum).abs() > 1e-6 * size.max(values[parent].abs()) {
                return Err(DisclosureError::DoesNotAddUp {
                    measure: measure.to_owned(),
                    cell: self.cell_name(cube, parent),
                    stated: values[parent],
                    sum,
                });
            }
        }
        Ok(())
    }
}

/// A cell by its codes, as people read it.
pub(crate) fn name(cube: &Cube, cell: usize) -> String {
    let codes: Vec<&str> = cube
        .dimensions
        .iter()
        .zip(cube.key(cell))
        .map(|(dimension, member)| dimension.members[*member as usize].code.as_str())
        .collect();
    codes.join(" / ")
}
