//! The audit: arithmetic on the original cells, written apart from the search.
//!
//! It knows no classes, no network and no optimiser. For every witness it adds up the changes
//! over every pair of published level combinations and finds 0, or the release fails.

use domain::cube::{Cube, DimensionRole};
use domain::language::Text;
use domain::measure::MeasureKind;
use hashbrown::{HashMap, HashSet};

use crate::DisclosureError;
use crate::family::{Family, Total, in_common, needs_many};
use crate::lattice::{Lattice, name};
use crate::plan::{Attackers, PlanKind, ProtectionPlan};
use crate::proof::{CellProof, Proof, Strength, Witness};
use crate::protect::totals_that_add_up;
use crate::protected::{ProtectedCube, Reason};

/// What the audit found.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditReport {
    /// Empty if everything holds. A failure is an error of the program or a changed file.
    pub failures: Vec<String>,
    pub cells: u64,
    pub primary: u64,
    pub complementary: u64,
    pub visible: u64,
    /// By total of the cube: share of the cells' summed value that is hidden, in percent.
    pub value_hidden_percent: Vec<(String, f64)>,
    /// The same for complementary cells alone.
    pub complementary_percent: Vec<(String, f64)>,
    /// Cells with a weaker proof: codes, total, and how far it goes.
    pub weaker: Vec<WeakerProof>,
    pub witnesses: u64,
    pub proofs: u64,
}

/// A primary whose proof does not hold against everybody the plan names.
#[derive(Clone, Debug, PartialEq)]
pub struct WeakerProof {
    pub cell: u32,
    /// The cell's codes, such as `2025 / C / 3201 / _T`.
    pub name: String,
    pub total: String,
    pub strength: Strength,
    /// How much of the level asked for is proved against outsiders, in percent.
    pub reached_percent: f64,
}

impl AuditReport {
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// In words, for the release page.
    pub fn text(&self) -> Text {
        if let Some(first) = self.failures.first() {
            return Text { id: format!("Audit gagal: {first}"), en: format!("The audit failed: {first}") };
        }
        Text {
            id: format!(
                "Audit lulus: {} bukti untuk {} sel peka diperiksa dengan {} tabel tandingan; {} bukti lebih lemah.",
                self.proofs,
                self.primary,
                self.witnesses,
                self.weaker.len()
            ),
            en: format!(
                "Audit passed: {} proofs for {} sensitive cells checked with {} alternative tables; {} weaker proofs.",
                self.proofs,
                self.primary,
                self.witnesses,
                self.weaker.len()
            ),
        }
    }
}

/// Checks a protected cube and its proof against the original and the plan.
pub fn check(
    cube: &Cube,
    protected: &ProtectedCube,
    proof: &Proof,
    plan: &ProtectionPlan,
) -> Result<AuditReport, DisclosureError> {
    let mut failures = Vec::new();
    let (id, keys, measures) = (&protected.dimensions, &protected.keys, &protected.measures);
    if *id != cube.dimensions || *keys != cube.keys || *measures != cube.measures {
        failures.push("the protected cube is not of this cube: cells or measures differ".to_owned());
        return Ok(summary(cube, protected, proof, &[], failures, Vec::new()));
    }
    if plan.kind == PlanKind::AlreadyPublic {
        check_values(cube, protected, None, plan, &mut failures);
        return Ok(summary(cube, protected, proof, &[], failures, Vec::new()));
    }
    let family = Family::judge(cube, plan)?;
    check_values(cube, protected, Some(&family), plan, &mut failures);
    let mut demanded = demanded_proofs(cube, &family)?;
    let equations = Equations::of(cube, &Lattice::trees(cube)?);
    for (number, witness) in proof.witnesses.iter().enumerate() {
        if let Err(failure) = equations.balanced(witness, cube.len()) {
            failures.push(format!("witness {number}: {failure}"));
        }
    }
    let mut weaker = Vec::new();
    for cell_proof in &proof.cells {
        let code = proof.totals.get(cell_proof.total as usize);
        let Some(position) = family.totals.iter().position(|total| Some(&total.code) == code) else {
            failures.push(format!("a proof names an unknown total, number {}", cell_proof.total));
            continue;
        };
        let place =
            || format!("{} of {}", family.totals[position].code, name(cube, cell_proof.cell as usize));
        if cell_proof.cell as usize >= cube.len() {
            failures.push("a proof names a cell that does not exist".into());
            continue;
        }
        match check_cell(&family, position, cell_proof, proof, protected, plan) {
            Ok((strength, reached)) => {
                demanded.remove(&(position, cell_proof.cell));
                if strength != Strength::Full {
                    weaker.push(WeakerProof {
                        cell: cell_proof.cell,
                        name: name(cube, cell_proof.cell as usize),
                        total: family.totals[position].code.clone(),
                        strength,
                        reached_percent: 100.0 * reached,
                    });
                }
            }
            Err(failure) => failures.push(format!("{}: {failure}", place())),
        }
    }
    let mut missing: Vec<(usize, u32)> = demanded.into_iter().collect();
    missing.sort_unstable();
    for (position, cell) in missing {
        failures.push(format!(
            "no proof for {} of {}",
            family.totals[position].code,
            name(cube, cell as usize)
        ));
    }
    let explicit: Vec<&Total> = family.totals.iter().filter(|total| total.explicit).collect();
    Ok(summary(cube, protected, proof, &explicit, failures, weaker))
}

/// Every (total, cell) that needs a proof.
fn demanded_proofs(cube: &Cube, family: &Family) -> Result<HashSet<(usize, u32)>, DisclosureError> {
    let trees = Lattice::trees(cube)?;
    let mut demanded = HashSet::new();
    for cells in Lattice::periods(cube) {
        let lattice = Lattice::build(cube, &trees, &cells)?;
        for position in totals_that_add_up(cube, family, &lattice)? {
            let needy = cells.iter().filter(|cell| family.totals[position].need[**cell as usize] > 0.0);
            demanded.extend(needy.map(|cell| (position, *cell)));
        }
    }
    Ok(demanded)
}

/// Visible values are those of the cube; what must be hidden is.
fn check_values(
    cube: &Cube,
    protected: &ProtectedCube,
    family: Option<&Family>,
    plan: &ProtectionPlan,
    failures: &mut Vec<String>,
) {
    for cell in 0..cube.len() {
        if family.is_some_and(|family| family.primary[cell].is_some()) && protected.hidden[cell].is_none() {
            failures.push(format!("{} is sensitive and visible", name(cube, cell)));
        }
        for (measure, definition) in cube.measures.iter().enumerate() {
            let few = needs_many(definition)
                && family.is_some_and(|family| family.holdings[cell] < plan.quantile_contributors_min);
            // A deviation may be withheld beyond what the rule asks, so that no other can be computed.
            let more =
                matches!(definition.kind, MeasureKind::Deviation { .. }) && protected.too_few[measure][cell];
            let withheld = protected.hidden[cell].is_some() || few || more;
            let (original, shown) = (cube.values[measure][cell], protected.values[measure][cell]);
            let right = if withheld { shown.is_nan() } else { shown.to_bits() == original.to_bits() };
            if !right {
                failures.push(format!(
                    "{} of {} is not what it should be",
                    definition.code,
                    name(cube, cell)
                ));
            }
        }
    }
}

/// Checks one proof; returns how strong it is and how much of the need it reaches.
fn check_cell(
    family: &Family,
    position: usize,
    cell_proof: &CellProof,
    proof: &Proof,
    protected: &ProtectedCube,
    plan: &ProtectionPlan,
) -> Result<(Strength, f64), String> {
    let total = &family.totals[position];
    let cell = cell_proof.cell;
    let need = total.need[cell as usize];
    let mut reached = f64::INFINITY;
    let mut common: Option<HashSet<u32>> = None;
    for &(number, factor) in &cell_proof.witnesses {
        let witness = proof.witnesses.get(number as usize).ok_or("its witness is missing")?;
        let own = check_witness(family, total, cell, witness, factor, protected)?;
        reached = reached.min(own / need);
        let holders = witness.changes.iter().map(|(moved, _)| family.sole[*moved as usize]);
        let holders =
            holders.filter(|holder| *holder != 0 && *holder != family.sole[cell as usize]).collect();
        common = Some(match common {
            None => holders,
            Some(common) => in_common(&common, &holders),
        });
    }
    let common = common.ok_or("it has no witness")?;
    let spoiled = plan.contributors != Attackers::None && !common.is_empty();
    let enough = reached >= 1.0 - 1e-6;
    let strength = match (enough, spoiled) {
        (true, false) => Strength::Full,
        (true, true) => Strength::OutsidersOnly,
        (false, _) => Strength::Narrow,
    };
    if strength > cell_proof.strength {
        return Err(format!("its proof claims to be {:?} and is {strength:?}", cell_proof.strength));
    }
    if reached <= 1e-9 {
        return Err("its proof does not move it".into());
    }
    Ok((strength, reached.min(1.0)))
}

/// Does the witness, taken `factor` times, stay within bounds? Returns how far the cell moves.
fn check_witness(
    family: &Family,
    total: &Total,
    cell: u32,
    witness: &Witness,
    factor: f64,
    protected: &ProtectedCube,
) -> Result<f64, String> {
    let mut own = 0.0;
    for &(moved, change) in &witness.changes {
        let moved_cell = moved as usize;
        if moved_cell >= family.sole.len() {
            return Err("its witness moves a cell that does not exist".into());
        }
        let shown = protected.hidden[moved_cell].is_none();
        if shown && !protected.withholds(total, moved_cell) {
            return Err("its witness moves a published cell".into());
        }
        let change = change * factor;
        let up_only = moved == cell && total.one_sided(moved_cell);
        if up_only && change < 0.0 {
            return Err("its witness moves a zero below zero".into());
        }
        if !up_only && change.abs() > total.room(moved_cell, shown) * (1.0 + 1e-7) {
            return Err("its witness moves a cell further than anybody would believe".into());
        }
        if moved == cell {
            own = change.abs();
        }
    }
    Ok(own)
}

/// Each cell's equations, from every pair of level combinations.
///
/// Both combinations of a pair, summed to the margin they have in common, give the same figure.
struct Equations {
    /// By cell: equation and sign.
    memberships: Vec<Vec<(u32, f64)>>,
}

impl Equations {
    fn of(cube: &Cube, trees: &[crate::lattice::Tree]) -> Equations {
        let mut numbers: HashMap<(u32, Vec<u32>), u32> = HashMap::new();
        let mut by_set: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
        let level = |cell: usize, dimension: usize| {
            cube.dimensions[dimension].members[cube.key(cell)[dimension] as usize].level
        };
        let levels = |cell: usize| trees.iter().map(|tree| level(cell, tree.dimension)).collect::<Vec<u8>>();
        for cell in 0..cube.len() {
            by_set.entry(levels(cell)).or_default().push(cell as u32);
        }
        let mut sets: Vec<Vec<u8>> = cube
            .level_sets
            .iter()
            .map(|set| trees.iter().map(|tree| set[tree.dimension]).collect())
            .collect();
        sets.sort();
        sets.dedup();
        let mut memberships = vec![Vec::new(); cube.len()];
        let mut pair = 0;
        for (position, first) in sets.iter().enumerate() {
            for second in &sets[position + 1..] {
                pair += 1;
                let margin: Vec<u8> = first.iter().zip(second).map(|(a, b)| *a.min(b)).collect();
                for (set, sign) in [(first, 1.0), (second, -1.0)] {
                    for &cell in by_set.get(set).map(Vec::as_slice).unwrap_or_default() {
                        let Some(key) = margin_key(cube, trees, cell as usize, &margin, [first, second])
                        else {
                            continue;
                        };
                        let next = numbers.len() as u32;
                        let number = *numbers.entry((pair, key)).or_insert(next);
                        memberships[cell as usize].push((number, sign));
                    }
                }
            }
        }
        Equations { memberships }
    }

    /// Do the changes cancel in every equation?
    fn balanced(&self, witness: &Witness, cells: usize) -> Result<(), String> {
        let mut sums: HashMap<u32, f64> = HashMap::new();
        let mut largest = 0.0f64;
        for &(cell, change) in &witness.changes {
            if cell as usize >= cells || !change.is_finite() {
                return Err("it is damaged".into());
            }
            largest = largest.max(change.abs());
            for &(equation, sign) in &self.memberships[cell as usize] {
                *sums.entry(equation).or_default() += sign * change;
            }
        }
        let off = sums.values().fold(0.0f64, |worst, sum| worst.max(sum.abs()));
        if off > 1e-7 * largest { Err(format!("it changes a published sum by {off}")) } else { Ok(()) }
    }
}

/// A cell's key at coarser levels (with its times), if both combinations sum up to it in full.
fn margin_key(
    cube: &Cube,
    trees: &[crate::lattice::Tree],
    cell: usize,
    margin: &[u8],
    sets: [&Vec<u8>; 2],
) -> Option<Vec<u32>> {
    let key = cube.key(cell);
    let mut above = Vec::with_capacity(key.len());
    for (position, tree) in trees.iter().enumerate() {
        let ancestor = tree.ancestor_at(key[tree.dimension], margin[position]);
        let whole = |set: &Vec<u8>| tree.complete_at(ancestor, set[position]);
        if ancestor == u32::MAX || !sets.into_iter().all(whole) {
            return None;
        }
        above.push(ancestor);
    }
    let times = cube.dimensions.iter().zip(key).filter(|(d, _)| d.role == DimensionRole::Time);
    above.extend(times.map(|(_, member)| *member));
    Some(above)
}

fn summary(
    cube: &Cube,
    protected: &ProtectedCube,
    proof: &Proof,
    totals: &[&Total],
    failures: Vec<String>,
    weaker: Vec<WeakerProof>,
) -> AuditReport {
    let count = |wanted: &dyn Fn(&Option<Reason>) -> bool| {
        protected.hidden.iter().filter(|r| wanted(r)).count() as u64
    };
    let share = |total: &&Total, wanted: &dyn Fn(&Option<Reason>) -> bool| {
        let all: f64 = total.values.iter().map(|value| value.abs()).sum();
        let cells = total.values.iter().zip(&protected.hidden).filter(|(_, reason)| wanted(reason));
        let hidden: f64 = cells.map(|(value, _)| value.abs()).sum();
        (total.code.clone(), if all > 0.0 { 100.0 * hidden / all } else { 0.0 })
    };
    debug_assert!(cube.measures.iter().all(|m| !matches!(m.kind, MeasureKind::Count) || !needs_many(m)));
    let complementary = |reason: &Option<Reason>| *reason == Some(Reason::Complementary);
    AuditReport {
        failures,
        cells: protected.len() as u64,
        primary: count(&|reason| reason.is_some_and(Reason::is_primary)),
        complementary: count(&complementary),
        visible: count(&|reason| reason.is_none()),
        value_hidden_percent: totals.iter().map(|total| share(total, &|reason| reason.is_some())).collect(),
        complementary_percent: totals.iter().map(|total| share(total, &complementary)).collect(),
        weaker,
        witnesses: proof.witnesses.len() as u64,
        proofs: proof.cells.len() as u64,
    }
}
