//! The equations with what is forced equal made one: cells become classes.
//!
//! A sum with one part forces parent and part to be equal. Without merging such chains every
//! search in the neighbourhood of a cell breaks on them.

use crate::lattice::{Lattice, Lists, NONE};

/// Classes of cells and the equations between them.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) class_of: Vec<u32>,
    /// Local cells of each class.
    pub(crate) members: Lists<u32>,
    /// Equation: class and coefficient.
    pub(crate) rows: Lists<(u32, f64)>,
    /// Class: equation and coefficient.
    pub(crate) columns: Lists<(u32, f64)>,
}

fn root(above: &mut [u32], mut cell: u32) -> u32 {
    while above[cell as usize] != cell {
        above[cell as usize] = above[above[cell as usize] as usize];
        cell = above[cell as usize];
    }
    cell
}

impl Network {
    pub(crate) fn merge(lattice: &Lattice) -> Self {
        let count = lattice.len();
        let mut above: Vec<u32> = (0..count as u32).collect();
        for (row, &parent) in lattice.parents.iter().enumerate() {
            if let [part] = lattice.parts.get(row) {
                let (a, b) = (root(&mut above, parent), root(&mut above, *part));
                above[a.max(b) as usize] = a.min(b);
            }
        }
        let mut class_of = vec![NONE; count];
        let mut classes = 0;
        for cell in 0..count as u32 {
            let head = root(&mut above, cell) as usize;
            if class_of[head] == NONE {
                class_of[head] = classes;
                classes += 1;
            }
            class_of[cell as usize] = class_of[head];
        }
        let pairs = class_of.iter().enumerate().map(|(cell, class)| (*class, cell as u32));
        let members = Lists::grouped(classes as usize, pairs, 0);
        let rows = Network::distinct_rows(lattice, &class_of);
        let rows = Lists::from_lists(rows.iter().map(Vec::as_slice));
        let entries = (0..rows.len()).flat_map(|row| {
            rows.get(row).iter().map(move |(class, coefficient)| (*class, (row as u32, *coefficient)))
        });
        let columns = Lists::grouped(classes as usize, entries.collect::<Vec<_>>().into_iter(), (0, 0.0));
        Network { class_of, members, rows, columns }
    }

    fn distinct_rows(lattice: &Lattice, class_of: &[u32]) -> Vec<Vec<(u32, f64)>> {
        let mut rows: Vec<Vec<(u32, f64)>> = Vec::new();
        for (row, &parent) in lattice.parents.iter().enumerate() {
            let mut entries = vec![(class_of[parent as usize], 1.0)];
            entries.extend(lattice.parts.get(row).iter().map(|part| (class_of[*part as usize], -1.0)));
            entries.sort_by_key(|(class, _)| *class);
            entries.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
            entries.retain(|(_, coefficient)| *coefficient != 0.0);
            if !entries.is_empty() {
                rows.push(entries);
            }
        }
        let bits = |row: &Vec<(u32, f64)>| -> Vec<(u32, u64)> {
            row.iter().map(|(c, v)| (*c, v.to_bits())).collect()
        };
        let mut seen = hashbrown::HashSet::new();
        rows.retain(|row| seen.insert(bits(row)));
        rows
    }

    pub(crate) fn classes(&self) -> usize {
        self.members.len()
    }
}
