//! What an outside reader can derive about each hidden cell, exactly (`--audit=exact`).
//!
//! Maximises each hidden cell over all tables that agree with what is published, by the dual
//! simplex of the search. It is an option and never the gate: the gate is the check of the
//! witnesses. Where the steps run out the answer is "undecided", never a guess.

use domain::cube::Cube;
use domain::progress::Watch;
use hashbrown::HashSet;

use crate::DisclosureError;
use crate::circulation::{Circulation, Outcome, Terms};
use crate::family::Family;
use crate::lattice::{Lattice, NONE};
use crate::network::Network;
use crate::plan::{PlanKind, ProtectionPlan};
use crate::problem::{ClassTotal, Known, Problem, Target};
use crate::protect::totals_that_add_up;
use crate::protected::ProtectedCube;

/// What a reader can derive about one hidden value.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub cell: u32,
    /// Code of the total.
    pub total: String,
    pub value: f64,
    /// Bounds an attacker can derive; `None`: undecided within the steps allowed.
    pub bounds: Option<(f64, f64)>,
    /// How far it must be able to move, both ways; 0 for complementary cells.
    pub need: f64,
}

/// Pivots spent on one cell before it is called undecided.
const PIVOTS: u32 = 4000;

/// The interval of every hidden cell in every total that is proved.
///
/// The attacker sees everything published, knows that no total without losses is negative, and
/// every value to within the plan's prior knowledge. `holder`: an enterprise group (its
/// identity in the cube's contributions) that attacks with the cells in which it is alone.
pub fn exact_intervals(
    cube: &Cube,
    protected: &ProtectedCube,
    plan: &ProtectionPlan,
    holder: Option<u64>,
    watch: &dyn Watch,
) -> Result<Vec<Interval>, DisclosureError> {
    let mut intervals = Vec::new();
    if plan.kind == PlanKind::AlreadyPublic {
        return Ok(intervals);
    }
    let family = Family::judge(cube, plan)?;
    let known = attacker(cube, &family, holder);
    let trees = Lattice::trees(cube)?;
    let mut done = 0;
    for cells in Lattice::periods(cube) {
        let lattice = Lattice::build(cube, &trees, &cells)?;
        let totals = totals_that_add_up(cube, &family, &lattice)?;
        let network = Network::merge(&lattice);
        let mut problem = Problem::new(lattice, network, &family, &[], &vec![false; cube.len()], 1.0);
        let mut circulation = Circulation::new(problem.classes(), problem.network.rows.len());
        for index in totals {
            let total = &family.totals[index];
            let shown = |cell: usize| protected.hidden(cell).is_none();
            let unseen = |cell: usize| !shown(cell) || protected.withholds(total, cell);
            problem.totals = vec![ClassTotal::of(&problem.lattice, &problem.network, &family, index, &shown)];
            let mut hidden = problem.unpublished.clone();
            for (local, &cell) in problem.lattice.cells.iter().enumerate() {
                hidden[problem.network.class_of[local] as usize] |= unseen(cell as usize);
            }
            for (local, &cell) in problem.lattice.cells.iter().enumerate() {
                if protected.hidden(cell as usize).is_none() {
                    continue;
                }
                watch.report("audit.exact", done, 0);
                if watch.cancelled() {
                    return Err(DisclosureError::Cancelled);
                }
                done += 1;
                let class = problem.network.class_of[local] as usize;
                let value = total.values[cell as usize];
                let reach = furthest(&problem, &mut circulation, &hidden, class, &known);
                let low = |reach: f64| if total.one_sided(cell as usize) { value } else { value - reach };
                intervals.push(Interval {
                    cell,
                    total: total.code.clone(),
                    value,
                    bounds: reach.map(|reach| (low(reach), value + reach)),
                    need: total.need[cell as usize],
                });
            }
        }
    }
    intervals.sort_by_key(|interval| interval.cell);
    Ok(intervals)
}

fn attacker(cube: &Cube, family: &Family, holder: Option<u64>) -> Known {
    let Some(holder) = holder else { return Known::Nothing };
    let alone = |cell: &usize| {
        family.sole[*cell] != 0
            && cube.contributions.first().is_some_and(|c| c.largest_holding[*cell] == holder)
    };
    let numbers: HashSet<u32> = (0..cube.len()).filter(alone).map(|cell| family.sole[cell]).collect();
    Known::Holders(numbers)
}

/// How far a class can move among what is hidden; `None`: undecided.
fn furthest(
    problem: &Problem,
    circulation: &mut Circulation,
    hidden: &[bool],
    class: usize,
    known: &Known,
) -> Option<f64> {
    let totals = &problem.totals[0];
    let typical = totals.room.iter().copied().filter(|room| room.is_finite()).fold(0.0, f64::max);
    let most = if totals.one_sided[class] { typical } else { totals.room[class] };
    let own = matches!(known, Known::Holders(holders) if holders.contains(&problem.sole[class]));
    if most <= 0.0 || own {
        return Some(0.0);
    }
    let target = Target {
        problem,
        class,
        totals: vec![(0, 1.0 / most)],
        known: known.clone(),
        excluded: NONE,
        headlines: true,
    };
    let terms = Terms {
        target: &target,
        hidden,
        rung: 0.0,
        hidden_only: true,
        window: None,
        pivots: PIVOTS,
        furthest: true,
        limit: f64::INFINITY,
    };
    match circulation.solve(&terms) {
        Outcome::Found(changes) => Some(most * changes[0].1.clamp(0.0, 1.0)),
        Outcome::Infeasible | Outcome::Unfinished => None,
    }
}
