//! Witnesses by construction: products of moves along the hierarchies.
//!
//! Moving leaf l up by one with all its ancestors, and leaf l' down by one with all its
//! ancestors, changes no sum above both. One such move in every dimension, multiplied, is a
//! table that agrees with all margins; so is a leaf's whole path up to the total, at the price
//! of hiding the total.

use crate::lattice::{Lattice, Place};
use crate::problem::{Problem, Target, Window};

/// Members with +1 or -1.
type Move = Vec<(u32, f64)>;

/// Moves of one member of one dimension, shortest first.
struct Moves {
    list: Vec<Move>,
}

/// Working memory and what can be known of the dimensions beforehand.
pub(crate) struct Hypercube {
    /// By dimension: the leaves under the deepest published level, and the size of their margin.
    leaves: Vec<Vec<(u32, f64)>>,
    /// By dimension and member: computed at first use.
    moves: Vec<Vec<Option<Moves>>>,
    stamp: u32,
    seen: Vec<u32>,
}

/// At most so many moves a dimension and so many products a primary are looked at.
const MOVES: usize = 64;
const PRODUCTS: usize = 200;
/// Products that share what one cannot carry, and the smallest share worth the trouble.
const SPLIT_PRODUCTS: usize = 4000;
const SMALLEST: f64 = 1e-4;

impl Hypercube {
    pub(crate) fn new(problem: &Problem) -> Self {
        let lattice = &problem.lattice;
        let leaves = (0..lattice.trees.len()).map(|dimension| leaves(problem, dimension)).collect();
        let moves = lattice.trees.iter().map(|tree| (0..tree.level.len()).map(|_| None).collect()).collect();
        Hypercube { leaves, moves, stamp: 0, seen: vec![0; problem.classes()] }
    }

    /// The cheapest product of moves found, with its cost.
    pub(crate) fn search(
        &mut self,
        target: &Target<'_>,
        hidden: &[bool],
        limit: f64,
    ) -> Option<(f64, Vec<(u32, f64)>)> {
        let problem = target.problem;
        let key = problem.key(target.class).to_vec();
        for (dimension, member) in key.iter().enumerate() {
            self.prepare(&problem.lattice, dimension, *member);
        }
        let ranked = self.ranked(target, hidden, &key, MOVES);
        let mut best: Option<(f64, Vec<usize>)> = None;
        let mut limit = limit;
        let mut budget = PRODUCTS;
        each_choice(&ranked.iter().map(Vec::len).collect::<Vec<_>>(), &mut |places| {
            let choice: Vec<usize> =
                places.iter().zip(&ranked).map(|(place, moves)| moves[*place].1).collect();
            let least: f64 = places.iter().zip(&ranked).map(|(place, moves)| moves[*place].0).sum();
            if least < limit {
                budget -= 1;
                if let Some(cost) = self.evaluate(target, hidden, &key, &choice, limit) {
                    limit = cost;
                    best = Some((cost, choice));
                }
            }
            budget > 0
        });
        let (cost, choice) = best?;
        let changes = self.product(&problem.lattice, &key, &choice);
        Some((cost, class_changes(problem, target.class, &changes)))
    }

    /// By dimension: moves with what their own cells would cost, cheapest first.
    fn ranked(
        &mut self,
        target: &Target<'_>,
        hidden: &[bool],
        key: &[u32],
        most: usize,
    ) -> Vec<Vec<(f64, usize)>> {
        let problem = target.problem;
        let mut place = key.to_vec();
        let mut ranked = Vec::with_capacity(key.len());
        for (dimension, member) in key.iter().enumerate() {
            let mut moves: Vec<(f64, usize)> = Vec::new();
            'moves: for (position, moved) in self.moves_of(dimension, *member).iter().enumerate() {
                let mut cost = 0.0;
                for (other, _) in moved.iter().filter(|(other, _)| other != member) {
                    place[dimension] = *other;
                    match problem.lattice.place(&place) {
                        Place::Zero => continue 'moves,
                        Place::Unlisted => {}
                        Place::Cell(local) => {
                            let class = problem.network.class_of[local as usize] as usize;
                            if target.reach(class) <= SMALLEST {
                                continue 'moves;
                            }
                            cost += problem.cost[class] * if hidden[class] { 1e-3 } else { 1.0 };
                        }
                    }
                }
                moves.push((cost, position));
            }
            place[dimension] = *member;
            moves.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            moves.truncate(most);
            ranked.push(moves);
        }
        ranked
    }

    /// Many products together, each as far as it goes: for what no single one can carry.
    /// Returns how far the primary moves (1 if all went well) and the changes.
    pub(crate) fn split(&mut self, target: &Target<'_>, hidden: &[bool]) -> (f64, Vec<(u32, f64)>) {
        let problem = target.problem;
        let key = problem.key(target.class).to_vec();
        for (dimension, member) in key.iter().enumerate() {
            self.prepare(&problem.lattice, dimension, *member);
        }
        let ranked = self.ranked(target, hidden, &key, MOVES);
        let mut products: Vec<(f64, Vec<(u32, f64)>)> = Vec::new();
        let mut budget = SPLIT_PRODUCTS;
        each_choice(&ranked.iter().map(Vec::len).collect::<Vec<_>>(), &mut |places| {
            let choice: Vec<usize> =
                places.iter().zip(&ranked).map(|(place, moves)| moves[*place].1).collect();
            if self.whole(&problem.lattice, &key, &choice) {
                let changes = self.product(&problem.lattice, &key, &choice);
                let changes = class_changes(problem, target.class, &changes);
                let reach = changes.iter().map(|(class, _)| target.reach(*class as usize));
                let reach = reach.fold(1.0, f64::min);
                if reach > SMALLEST {
                    let new = changes.iter().filter(|(class, _)| !hidden[*class as usize]);
                    let cost: f64 = new.map(|(class, _)| problem.cost[*class as usize]).sum();
                    products.push((cost / reach, changes));
                }
            }
            budget -= 1;
            budget > 0
        });
        products.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut used: hashbrown::HashMap<u32, f64> = Default::default();
        let mut moved = 0.0;
        for (_, changes) in &products {
            let left = |(class, sign): &(u32, f64)| {
                let used = used.get(class).copied().unwrap_or(0.0);
                target.reach(*class as usize) - sign * used
            };
            let step = changes.iter().map(left).fold(1.0 - moved, f64::min);
            if step > SMALLEST {
                changes.iter().for_each(|(class, sign)| *used.entry(*class).or_default() += sign * step);
                moved += step;
            }
            if moved >= 1.0 - 1e-12 {
                break;
            }
        }
        let mut changes: Vec<(u32, f64)> =
            used.into_iter().filter(|(_, change)| change.abs() > 1e-12).collect();
        changes.sort_by_key(|(class, _)| (*class != target.class as u32, *class));
        (moved, changes)
    }

    /// Is no cell of the product a true zero?
    fn whole(&self, lattice: &Lattice, key: &[u32], choice: &[usize]) -> bool {
        let chosen = key.iter().zip(choice).enumerate();
        let chosen: Vec<&Move> =
            chosen.map(|(d, (member, position))| &self.moves_of(d, *member)[*position]).collect();
        let mut cell = vec![0u32; key.len()];
        (0..chosen.iter().map(|moved| moved.len()).product()).all(|number: usize| {
            let mut rest = number;
            for (member, moved) in cell.iter_mut().zip(&chosen) {
                *member = moved[rest % moved.len()].0;
                rest /= moved.len();
            }
            lattice.place(&cell) != Place::Zero
        })
    }

    /// The part of the cube around a class: its own branches, the partners that would come
    /// cheapest in its place, and the largest others; `breadth` of each in every dimension.
    pub(crate) fn window(&self, target: &Target<'_>, hidden: &[bool], breadth: usize) -> Window {
        let problem = target.problem;
        let lattice = &problem.lattice;
        let key = problem.key(target.class);
        let members = key.iter().enumerate().map(|(dimension, &member)| {
            let tree = &lattice.trees[dimension];
            let level = tree.level[member as usize];
            let mut heads = vec![member];
            let mut partners: Vec<(f64, u32)> = Vec::new();
            let mut place = key.to_vec();
            for other in 0..tree.level.len() as u32 {
                if tree.level[other as usize] != level || other == member {
                    continue;
                }
                place[dimension] = other;
                if let Place::Cell(local) = lattice.place(&place) {
                    let class = problem.network.class_of[local as usize] as usize;
                    let reach = target.reach(class).min(1.0);
                    if reach > 0.05 {
                        let cost = problem.cost[class] * if hidden[class] { 1e-3 } else { 1.0 };
                        partners.push((cost / reach, other));
                    }
                }
            }
            partners.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            heads.extend(partners.iter().take(breadth).map(|(_, other)| *other));
            let mut inside = vec![false; tree.level.len()];
            let mut add =
                |leaf: u32| path(lattice, dimension, leaf).iter().for_each(|m| inside[*m as usize] = true);
            let leaves = || self.leaves[dimension].iter().map(|(leaf, _)| *leaf);
            for head in heads {
                add(head);
                let under = |leaf: &u32| tree.ancestor_at(*leaf, level) == head && *leaf != head;
                leaves().filter(under).take(breadth).for_each(&mut add);
            }
            leaves().take(breadth / 2).for_each(&mut add);
            inside
        });
        Window { members: members.collect() }
    }

    fn moves_of(&self, dimension: usize, member: u32) -> &[Move] {
        self.moves[dimension][member as usize].as_ref().map(|moves| moves.list.as_slice()).unwrap_or_default()
    }

    /// Lists the moves that raise `member` by one.
    fn prepare(&mut self, lattice: &Lattice, dimension: usize, member: u32) {
        if self.moves[dimension][member as usize].is_some() {
            return;
        }
        let tree = &lattice.trees[dimension];
        let level = tree.level[member as usize];
        let under = |leaf: u32| tree.ancestor_at(leaf, level) == member;
        let inside: Vec<(u32, f64)> =
            self.leaves[dimension].iter().copied().filter(|(leaf, _)| under(*leaf)).take(12).collect();
        let mut outside: Vec<(u32, f64)> =
            self.leaves[dimension].iter().copied().filter(|(leaf, _)| !under(*leaf)).collect();
        let parent = tree.parent[member as usize];
        // Siblings first, then by size.
        let related =
            |leaf: u32| parent != u32::MAX && tree.ancestor_at(leaf, tree.level[parent as usize]) == parent;
        outside.sort_by_key(|(leaf, _)| !related(*leaf));
        outside.truncate(MOVES);
        let mut list: Vec<Move> = Vec::new();
        for &(leaf, _) in &inside {
            let up = path(lattice, dimension, leaf);
            if outside.is_empty() {
                list.push(up.iter().map(|member| (*member, 1.0)).collect());
            }
            for &(other, _) in &outside {
                let down = path(lattice, dimension, other);
                let mut moved: Move = up.iter().filter(|m| !down.contains(m)).map(|m| (*m, 1.0)).collect();
                moved.extend(down.iter().filter(|m| !up.contains(m)).map(|m| (*m, -1.0)));
                list.push(moved);
            }
        }
        list.sort_by_key(Vec::len);
        list.truncate(MOVES);
        self.moves[dimension][member as usize] = Some(Moves { list });
    }

    /// The cost of one product, or `None` if it cannot be or costs `limit` or more.
    fn evaluate(
        &mut self,
        target: &Target<'_>,
        hidden: &[bool],
        key: &[u32],
        choice: &[usize],
        limit: f64,
    ) -> Option<f64> {
        let problem = target.problem;
        self.stamp += 1;
        let chosen: Vec<&Move> = key
            .iter()
            .zip(choice)
            .enumerate()
            .map(|(dimension, (member, position))| {
                &self.moves[dimension][*member as usize].as_ref().expect("prepared before").list[*position]
            })
            .collect();
        let mut cost = 0.0;
        let mut cell = vec![0u32; key.len()];
        let count: usize = chosen.iter().map(|moved| moved.len()).product();
        for number in 0..count {
            let mut rest = number;
            for (member, moved) in cell.iter_mut().zip(&chosen) {
                *member = moved[rest % moved.len()].0;
                rest /= moved.len();
            }
            match problem.lattice.place(&cell) {
                Place::Zero => return None,
                Place::Unlisted => {}
                Place::Cell(local) => {
                    let class = problem.network.class_of[local as usize] as usize;
                    if self.seen[class] == self.stamp {
                        continue;
                    }
                    self.seen[class] = self.stamp;
                    if target.reach(class) < 1.0 {
                        return None;
                    }
                    cost += problem.cost[class] * if hidden[class] { 1e-3 } else { 1.0 };
                    if cost >= limit {
                        return None;
                    }
                }
            }
        }
        Some(cost)
    }

    fn product(&self, lattice: &Lattice, key: &[u32], choice: &[usize]) -> Vec<(u32, f64)> {
        let mut changes: Vec<(Vec<u32>, f64)> = vec![(Vec::new(), 1.0)];
        for (dimension, (member, position)) in key.iter().zip(choice).enumerate() {
            let moved = &self.moves_of(dimension, *member)[*position];
            changes = changes
                .iter()
                .flat_map(|(cell, sign)| {
                    moved.iter().map(move |(member, own)| {
                        let mut cell = cell.clone();
                        cell.push(*member);
                        (cell, sign * own)
                    })
                })
                .collect();
        }
        let cells = changes.into_iter().filter_map(|(cell, sign)| match lattice.place(&cell) {
            Place::Cell(local) => Some((local, sign)),
            _ => None,
        });
        cells.collect()
    }
}

/// Leaves of a dimension under the deepest published level, largest margin first.
fn leaves(problem: &Problem, dimension: usize) -> Vec<(u32, f64)> {
    let lattice = &problem.lattice;
    let tree = &lattice.trees[dimension];
    let mut margin = vec![0.0; tree.level.len()];
    for cell in 0..lattice.published {
        let member = lattice.key(cell)[dimension] as usize;
        margin[member] += problem.cost[problem.network.class_of[cell] as usize];
    }
    let deepest = lattice.deepest_level(dimension);
    let is_leaf = |member: usize| {
        tree.level[member] == deepest || tree.level[member] < deepest && tree.children.get(member).is_empty()
    };
    let mut leaves: Vec<(u32, f64)> = (0..margin.len())
        .filter(|m| is_leaf(*m) && margin[*m] > 0.0)
        .map(|m| (m as u32, margin[m]))
        .collect();
    leaves.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    leaves
}

/// A member and all its ancestors.
fn path(lattice: &Lattice, dimension: usize, leaf: u32) -> Vec<u32> {
    let tree = &lattice.trees[dimension];
    std::iter::successors(Some(leaf), |member| {
        let parent = tree.parent[*member as usize];
        (parent != u32::MAX).then_some(parent)
    })
    .collect()
}

/// Cells to classes, each once, the primary first.
fn class_changes(problem: &Problem, primary: usize, changes: &[(u32, f64)]) -> Vec<(u32, f64)> {
    let mut classes: Vec<(u32, f64)> =
        changes.iter().map(|(cell, change)| (problem.network.class_of[*cell as usize], *change)).collect();
    classes.sort_by_key(|(class, _)| (*class != primary as u32, *class));
    classes.dedup_by_key(|(class, _)| *class);
    classes
}

/// Every choice of one move a dimension, those with small positions first, while `visit` wants more.
fn each_choice(counts: &[usize], visit: &mut dyn FnMut(&[usize]) -> bool) {
    let most: usize = counts.iter().map(|count| count.saturating_sub(1)).sum();
    for total in 0..=most {
        let mut choice = vec![0; counts.len()];
        if !first_choice(&mut choice, counts, total, 0) {
            continue;
        }
        loop {
            if !visit(&choice) {
                return;
            }
            if !next_choice(&mut choice, counts) {
                break;
            }
        }
    }
}

fn first_choice(choice: &mut [usize], counts: &[usize], total: usize, from: usize) -> bool {
    if counts.contains(&0) {
        return false;
    }
    let mut left = total;
    for position in (from..choice.len()).rev() {
        choice[position] = left.min(counts[position] - 1);
        left -= choice[position];
    }
    left == 0
}

/// The next choice with the same sum of positions; false after the last.
fn next_choice(choice: &mut [usize], counts: &[usize]) -> bool {
    let width = choice.len();
    let mut right = 0;
    for position in (0..width).rev() {
        if position + 1 < width {
            right += choice[position + 1];
        }
        if right > 0 && choice[position] + 1 < counts[position] {
            choice[position] += 1;
            return first_choice(choice, counts, right - 1, position + 1) || next_choice(choice, counts);
        }
    }
    false
}

/// Moves along whole paths up to the total, over as many leaves under the primary as it takes.
/// Every margin above a leaf contains it, so this fails only where contributors know too much.
/// Returns how far the primary moves (1 if all went well) and the changes.
pub(crate) fn up_to_total(target: &Target<'_>, hidden: &[bool]) -> (f64, Vec<(u32, f64)>) {
    let problem = target.problem;
    let mut paths = candidate_paths(target);
    // Fewest new cells first, then the roomiest.
    paths.sort_by(|a, b| {
        let cost = |path: &Path| -> f64 {
            let new = path.classes.iter().filter(|class| !hidden[**class as usize]);
            new.map(|class| problem.cost[*class as usize]).sum::<f64>() / path.reach.min(1.0)
        };
        cost(a).total_cmp(&cost(b))
    });
    let mut used: hashbrown::HashMap<u32, f64> = Default::default();
    let mut moved = 0.0;
    for path in &paths {
        let left = |class: &u32| target.reach(*class as usize) - used.get(class).copied().unwrap_or(0.0);
        let step = path.classes.iter().map(left).fold(1.0 - moved, f64::min);
        if step > 1e-6 {
            path.classes.iter().for_each(|class| *used.entry(*class).or_default() += step);
            moved += step;
        }
        if moved >= 1.0 - 1e-12 {
            break;
        }
    }
    let mut changes: Vec<(u32, f64)> = used.into_iter().collect();
    changes.sort_by_key(|(class, _)| (*class != target.class as u32, *class));
    (moved, changes)
}

/// The classes above one leaf in all dimensions.
struct Path {
    classes: Vec<u32>,
    reach: f64,
}

fn candidate_paths(target: &Target<'_>) -> Vec<Path> {
    let problem = target.problem;
    let lattice = &problem.lattice;
    let key = problem.key(target.class).to_vec();
    let below = |leaf: &[u32]| {
        leaf.iter()
            .zip(&key)
            .zip(&lattice.trees)
            .all(|((leaf, member), tree)| tree.ancestor_at(*leaf, tree.level[*member as usize]) == *member)
    };
    lattice
        .leaf_keys(&key, 4096)
        .iter()
        .filter(|leaf| below(leaf))
        .filter_map(|leaf| path_of(target, leaf))
        .collect()
}

fn path_of(target: &Target<'_>, leaf: &[u32]) -> Option<Path> {
    let problem = target.problem;
    let lattice = &problem.lattice;
    let paths: Vec<Vec<u32>> =
        leaf.iter().enumerate().map(|(dimension, leaf)| path(lattice, dimension, *leaf)).collect();
    let count: usize = paths.iter().map(Vec::len).product();
    let mut classes = Vec::new();
    let mut reach = f64::INFINITY;
    for number in 0..count {
        let mut rest = number;
        let cell: Vec<u32> = paths
            .iter()
            .map(|path| {
                let member = path[rest % path.len()];
                rest /= path.len();
                member
            })
            .collect();
        match lattice.place(&cell) {
            Place::Zero => return None,
            Place::Unlisted => {}
            Place::Cell(local) => {
                let class = problem.network.class_of[local as usize];
                reach = reach.min(target.reach(class as usize));
                classes.push(class);
            }
        }
    }
    classes.sort_unstable();
    classes.dedup();
    (reach > 1e-6).then_some(Path { classes, reach })
}
