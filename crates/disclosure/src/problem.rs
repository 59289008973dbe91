//! One period, ready for the search: classes with their costs, needs and rooms.

use hashbrown::HashSet;

use crate::family::{Family, UNKNOWN};
use crate::lattice::Lattice;
use crate::network::Network;

/// Needs and rooms of one total by class.
#[derive(Debug)]
pub(crate) struct ClassTotal {
    /// Index into [`Family::totals`].
    pub(crate) total: usize,
    pub(crate) need: Vec<f64>,
    pub(crate) room: Vec<f64>,
    /// Value 0 that can only go up.
    pub(crate) one_sided: Vec<bool>,
}

impl ClassTotal {
    /// `shown`: is only the statistic withheld in this cell of the cube?
    pub(crate) fn of(
        lattice: &Lattice,
        network: &Network,
        family: &Family,
        index: usize,
        shown: &dyn Fn(usize) -> bool,
    ) -> ClassTotal {
        let total = &family.totals[index];
        let published = |class: usize| {
            let members = network.members.get(class).iter();
            members
                .filter(|l| (**l as usize) < lattice.published)
                .map(|l| lattice.cells[*l as usize] as usize)
        };
        let classes = 0..network.classes();
        let need = |class| published(class).map(|cell| total.need[cell]).fold(0.0, f64::max);
        let room =
            |class| published(class).map(|cell| total.room(cell, shown(cell))).fold(f64::INFINITY, f64::min);
        ClassTotal {
            total: index,
            need: classes.clone().map(need).collect(),
            room: classes.clone().map(room).collect(),
            one_sided: classes.map(|class| published(class).any(|cell| total.one_sided(cell))).collect(),
        }
    }
}

/// The search works on this and on nothing else.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) lattice: Lattice,
    pub(crate) network: Network,
    pub(crate) totals: Vec<ClassTotal>,
    /// What it costs to hide a class: its share of the totals, summed over its cells.
    pub(crate) cost: Vec<f64>,
    /// Who is alone in the class (0: nobody).
    pub(crate) sole: Vec<u32>,
    pub(crate) primary: Vec<bool>,
    /// The total of all and what is directly under it: moved only when nothing else is left.
    pub(crate) headline: Vec<bool>,
    /// Not published at all: free to move, hidden from the start.
    pub(crate) unpublished: Vec<bool>,
    /// Members of the finest cell of each class.
    keys: Vec<u32>,
}

/// A part of the cube: some members of each dimension.
pub(crate) struct Window {
    pub(crate) members: Vec<Vec<bool>>,
}

impl Window {
    pub(crate) fn contains(&self, problem: &Problem, class: usize) -> bool {
        problem.key(class).iter().zip(&self.members).all(|(member, inside)| inside[*member as usize])
    }
}

impl Problem {
    /// `totals`: those of the family that add up here and are no statistics. `preferred`: by cell,
    /// hidden before.
    pub(crate) fn new(
        lattice: Lattice,
        network: Network,
        family: &Family,
        totals: &[usize],
        preferred: &[bool],
        margin_cost: f64,
    ) -> Problem {
        let classes = network.classes();
        let published = |class: usize| {
            network.members.get(class).iter().filter(|cell| (**cell as usize) < lattice.published)
        };
        let cell_of = |local: &u32| lattice.cells[*local as usize] as usize;
        let cost = costs(&lattice, &network, family, totals, preferred, margin_cost);
        let totals = totals.iter().map(|total| {
            // Totals of statistics come later, when it is known which cells are hidden.
            ClassTotal::of(&lattice, &network, family, *total, &|_| false)
        });
        let totals = totals.collect();
        let sole = (0..classes).map(|c| published(c).map(|l| family.sole[cell_of(l)]).max().unwrap_or(0));
        let primary = (0..classes).map(|c| published(c).any(|l| family.primary[cell_of(l)].is_some()));
        let unpublished = (0..classes).map(|c| published(c).next().is_none());
        let (primary, unpublished): (Vec<bool>, Vec<bool>) = (primary.collect(), unpublished.collect());
        let sole = sole.collect();
        let headline = headlines(&lattice, &network, &primary, &unpublished);
        let keys = (0..classes).flat_map(|class| deepest(&lattice, &network, class)).collect();
        Problem { cost, sole, primary, headline, unpublished, keys, totals, lattice, network }
    }

    /// The members of the finest cell of a class.
    pub(crate) fn key(&self, class: usize) -> &[u32] {
        let width = self.lattice.trees.len();
        &self.keys[class * width..(class + 1) * width]
    }

    pub(crate) fn classes(&self) -> usize {
        self.cost.len()
    }

    /// The cells of the cube in a class.
    pub(crate) fn cells(&self, class: usize) -> impl Iterator<Item = u32> {
        let members = self.network.members.get(class).iter();
        members.filter(|l| (**l as usize) < self.lattice.published).map(|l| self.lattice.cells[*l as usize])
    }
}

fn deepest(lattice: &Lattice, network: &Network, class: usize) -> Vec<u32> {
    let depth = |cell: &&u32| -> usize {
        let key = lattice.key(**cell as usize);
        key.iter().zip(&lattice.trees).map(|(member, tree)| tree.level[*member as usize] as usize).sum()
    };
    let deepest = network.members.get(class).iter().max_by_key(depth);
    lattice.key(*deepest.expect("a class has cells") as usize).to_vec()
}

fn headlines(lattice: &Lattice, network: &Network, primary: &[bool], unpublished: &[bool]) -> Vec<bool> {
    let height = |class: usize| {
        let members = network.members.get(class).iter();
        members.map(|cell| lattice.height(*cell as usize)).max().unwrap_or(0)
    };
    let heights: Vec<i32> = (0..network.classes()).map(height).collect();
    let top = heights.iter().copied().max().unwrap_or(0);
    // In a flat table everything is directly under the total.
    let is_headline = |class: usize| top >= 3 && heights[class] >= top - 1;
    (0..network.classes()).map(|c| is_headline(c) && !primary[c] && !unpublished[c]).collect()
}

/// Share of the explicit totals, averaged over them, so that totals in rupiah and in persons
/// weigh the same; a small amount on top so that an empty-looking cell is not free. Margins are
/// given up last: each level above the finest makes a cell so many times dearer.
fn costs(
    lattice: &Lattice,
    network: &Network,
    family: &Family,
    totals: &[usize],
    preferred: &[bool],
    margin_cost: f64,
) -> Vec<f64> {
    let mut cell_cost = vec![0.0; lattice.published];
    let explicit: Vec<usize> = totals.iter().copied().filter(|t| family.totals[*t].explicit).collect();
    for &index in &explicit {
        let total = &family.totals[index];
        let sum: f64 = lattice.cells.iter().map(|cell| total.values[*cell as usize].abs()).sum();
        if sum > 0.0 {
            let scale = lattice.published as f64 / sum / explicit.len() as f64;
            for (local, &cell) in lattice.cells.iter().enumerate() {
                cell_cost[local] += total.values[cell as usize].abs() * scale;
            }
        }
    }
    for (local, &cell) in lattice.cells.iter().enumerate() {
        let margin = margin_cost.powi(lattice.height(local));
        cell_cost[local] =
            (cell_cost[local] + 1e-4) * margin * if preferred[cell as usize] { 0.5 } else { 1.0 };
    }
    let of_class = |class: usize| {
        let members = network.members.get(class).iter();
        members
            .filter(|cell| (**cell as usize) < lattice.published)
            .map(|cell| cell_cost[*cell as usize])
            .sum()
    };
    (0..network.classes()).map(of_class).collect()
}

/// How many times dearer a cell is that somebody else knows.
const DOUBT: f64 = 3.0;

/// Which cells a witness must leave alone because somebody knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nobody knows any: outsiders.
    Nothing,
    /// Everybody who is alone knows its cells.
    EverySole,
    /// These know their cells (each of them known by name).
    Holders(HashSet<u32>),
}

/// What one witness has to do: move `class` by 1, in units of its need, within `reach`.
pub(crate) struct Target<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) class: usize,
    /// Positions in [`Problem::totals`] for which the witness is wanted, with `1 / need`.
    pub(crate) totals: Vec<(usize, f64)>,
    pub(crate) known: Known,
    /// Never moved: the class that is to be published again.
    pub(crate) excluded: u32,
    /// May headlines move?
    pub(crate) headlines: bool,
}

impl Target<'_> {
    /// May the holder of this class spoil the witness?
    pub(crate) fn blocked(&self, class: usize) -> bool {
        let holder = self.problem.sole[class];
        if holder == 0 || holder == self.problem.sole[self.class] {
            return false;
        }
        match &self.known {
            Known::Nothing => false,
            Known::EverySole => true,
            Known::Holders(holders) => holder >= UNKNOWN || holders.contains(&holder),
        }
    }

    /// Cells that somebody else knows are dearer: each asks for one more witness without it.
    pub(crate) fn doubt(&self, class: usize) -> f64 {
        let holder = self.problem.sole[class];
        if holder == 0 || holder == self.problem.sole[self.class] { 1.0 } else { DOUBT }
    }

    /// How far a class may move, in units of the need; 0 where it is blocked.
    pub(crate) fn reach(&self, class: usize) -> f64 {
        let spared = !self.headlines && self.problem.headline[class] && class != self.class;
        if spared || class as u32 == self.excluded || self.blocked(class) {
            return 0.0;
        }
        self.totals
            .iter()
            .map(|(total, per_need)| {
                let total = &self.problem.totals[*total];
                if class == self.class && total.one_sided[class] {
                    f64::INFINITY
                } else {
                    total.room[class] * per_need
                }
            })
            .fold(f64::INFINITY, f64::min)
    }
}
