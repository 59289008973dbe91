//! A cube goes in; a protected cube with its proof comes out.

use std::collections::BTreeMap;

use domain::cube::{Cube, DimensionRole};
use domain::language::Text;
use domain::measure::MeasureKind;
use domain::progress::Watch;

use crate::DisclosureError;
use crate::check::check;
use crate::family::{Family, needs_many};
use crate::lattice::Lattice;
use crate::network::Network;
use crate::plan::{Attackers, PlanKind, ProtectionPlan};
use crate::problem::{ClassTotal, Problem};
use crate::proof::{CellProof, Proof, Witness};
use crate::protected::{CountClass, ProtectedCube, Reason};
use crate::search::Search;

/// Hides what the plan demands and all that would give it away, and proves it.
///
/// `previous`: the last release, whose pattern is preferred. The result depends on nothing but
/// the arguments; `watch` only listens and may stop the work.
pub fn protect(
    cube: Cube,
    plan: &ProtectionPlan,
    previous: Option<&ProtectedCube>,
    watch: &dyn Watch,
) -> Result<(ProtectedCube, Proof), DisclosureError> {
    verify_shape(&cube)?;
    let (pattern, proof) = match plan.kind {
        PlanKind::AlreadyPublic => {
            (Pattern { hidden: vec![None; cube.len()], ..Pattern::default() }, Proof::default())
        }
        PlanKind::Magnitude => hide(&cube, plan, previous, watch)?,
    };
    let protected = publish(&cube, plan, pattern);
    let report = check(&cube, &protected, &proof, plan)?;
    match report.failures.first() {
        None => Ok((protected, proof)),
        Some(failure) => Err(DisclosureError::ProofFailed(failure.clone())),
    }
}

/// What is withheld.
#[derive(Default)]
struct Pattern {
    /// By cell: why the cell as a whole is hidden.
    hidden: Vec<Option<Reason>>,
    /// By cell: number of holdings.
    holdings: Vec<u32>,
    /// By measure: cells in which this statistic alone is withheld, so that none can be computed.
    statistics: BTreeMap<usize, Vec<bool>>,
}

fn hide(
    cube: &Cube,
    plan: &ProtectionPlan,
    previous: Option<&ProtectedCube>,
    watch: &dyn Watch,
) -> Result<(Pattern, Proof), DisclosureError> {
    let family = Family::judge(cube, plan)?;
    let mut pattern =
        Pattern { hidden: family.primary.clone(), holdings: family.holdings.clone(), ..Pattern::default() };
    let mut preferred =
        if plan.prefer_previous { hidden_before(cube, previous) } else { vec![false; cube.len()] };
    let mut proof =
        Proof { totals: family.totals.iter().map(|total| total.code.clone()).collect(), ..Proof::default() };
    let trees = Lattice::trees(cube)?;
    for cells in Lattice::periods(cube) {
        watch.report("protect.read", 0, 0);
        let lattice = Lattice::build(cube, &trees, &cells)?;
        let totals = totals_that_add_up(cube, &family, &lattice)?;
        let (statistics, totals): (Vec<usize>, Vec<usize>) =
            totals.iter().partition(|total| family.totals[**total].statistic.is_some());
        let network = Network::merge(&lattice);
        let mut problem = Problem::new(lattice, network, &family, &totals, &preferred, plan.margin_cost);
        let start = problem.primary.iter().zip(&problem.unpublished).map(|(a, b)| *a || *b).collect();
        let mut search = Search::new(&problem, plan.contributors, plan.effort, start);
        search.run(watch)?;
        record(&problem, &search, &family, &mut proof);
        let found = search.hidden;
        for (local, &cell) in problem.lattice.cells.iter().enumerate() {
            let class = problem.network.class_of[local] as usize;
            if found[class] && pattern.hidden[cell as usize].is_none() {
                pattern.hidden[cell as usize] = Some(Reason::Complementary);
            }
        }
        for total in statistics {
            hide_statistic(&mut problem, &family, total, plan, &found, &mut pattern, &mut proof, watch)?;
        }
        if plan.prefer_previous {
            prefer_in_other_years(cube, &cells, &pattern.hidden, &mut preferred);
        }
    }
    proof.cells.sort_by_key(|proof| (proof.cell, proof.total));
    Ok((pattern, proof))
}

/// Proves the total behind a statistic, once it is known which cells are hidden. Where more must
/// be withheld, the statistic alone goes; the cell stays.
#[expect(clippy::too_many_arguments)]
fn hide_statistic(
    problem: &mut Problem,
    family: &Family,
    total: usize,
    plan: &ProtectionPlan,
    found: &[bool],
    pattern: &mut Pattern,
    proof: &mut Proof,
    watch: &dyn Watch,
) -> Result<(), DisclosureError> {
    let Some(statistic) = &family.totals[total].statistic else { return Ok(()) };
    let shown = |cell: usize| pattern.hidden[cell].is_none();
    problem.totals = vec![ClassTotal::of(&problem.lattice, &problem.network, family, total, &shown)];
    let few = |class: usize| {
        problem.cells(class).all(|cell| family.holdings[cell as usize] < plan.quantile_contributors_min)
    };
    let start = (0..problem.classes()).map(|class| found[class] || few(class)).collect();
    let mut search = Search::new(problem, plan.contributors, plan.effort, start);
    search.run(watch)?;
    record(problem, &search, family, proof);
    let withheld =
        pattern.statistics.entry(statistic.measure).or_insert_with(|| vec![false; family.holdings.len()]);
    for (class, _) in search.hidden.iter().enumerate().filter(|(_, hidden)| **hidden) {
        problem.cells(class).for_each(|cell| withheld[cell as usize] = true);
    }
    Ok(())
}

/// Totals whose sums hold in this period. One that the cube names must; an implied one that does
/// not add up cannot be subtracted either.
pub(crate) fn totals_that_add_up(
    cube: &Cube,
    family: &Family,
    lattice: &Lattice,
) -> Result<Vec<usize>, DisclosureError> {
    let mut good = Vec::new();
    for (position, total) in family.totals.iter().enumerate() {
        let mut values: Vec<f64> = lattice.cells.iter().map(|cell| total.values[*cell as usize]).collect();
        values.resize(lattice.len(), 0.0);
        match lattice.verify_sums(cube, &total.code, &mut values) {
            Ok(()) => good.push(position),
            Err(error) if total.explicit => return Err(error),
            Err(_) => {}
        }
    }
    Ok(good)
}

/// Cells hidden in the last release, matched by their codes.
fn hidden_before(cube: &Cube, previous: Option<&ProtectedCube>) -> Vec<bool> {
    let mut preferred = vec![false; cube.len()];
    let Some(previous) = previous else { return preferred };
    let positions: Option<Vec<usize>> = cube.dimensions.iter().map(|d| previous.dimension(&d.id)).collect();
    let Some(positions) = positions.filter(|positions| positions.len() == previous.dimensions().len()) else {
        return preferred;
    };
    let members: Vec<Vec<Option<u32>>> = cube
        .dimensions
        .iter()
        .zip(&positions)
        .map(|(dimension, position)| {
            let codes: hashbrown::HashMap<&str, u32> = previous.dimensions()[*position]
                .members
                .iter()
                .enumerate()
                .map(|(number, member)| (member.code.as_str(), number as u32))
                .collect();
            dimension.members.iter().map(|member| codes.get(member.code.as_str()).copied()).collect()
        })
        .collect();
    let mut key = vec![0u32; positions.len()];
    'cells: for (cell, preferred) in preferred.iter_mut().enumerate() {
        for (dimension, member) in cube.key(cell).iter().enumerate() {
            match members[dimension][*member as usize] {
                Some(there) => key[positions[dimension]] = there,
                None => continue 'cells,
            }
        }
        *preferred = previous.find(&key).is_some_and(|there| previous.hidden(there).is_some());
    }
    preferred
}

/// The pattern of this year is preferred in the years that follow.
fn prefer_in_other_years(cube: &Cube, cells: &[u32], hidden: &[Option<Reason>], preferred: &mut [bool]) {
    let times: Vec<usize> =
        (0..cube.dimensions.len()).filter(|d| cube.dimensions[*d].role == DimensionRole::Time).collect();
    let [time] = times[..] else { return };
    let (Some(&first), width) = (cells.first(), cube.dimensions[time].members.len() as u32) else { return };
    let now = cube.key(first as usize)[time];
    if now + 1 >= width {
        return;
    }
    for &cell in cells.iter().filter(|cell| hidden[**cell as usize].is_some()) {
        let mut key = cube.key(cell as usize).to_vec();
        key[time] = now + 1;
        if let Some(next) = cube.find(&key) {
            preferred[next] = true;
        }
    }
}

/// Puts the proofs of one period into words of the cube: cells instead of classes.
fn record(problem: &Problem, search: &Search<'_>, family: &Family, proof: &mut Proof) {
    let mut number_of = vec![u32::MAX; search.witnesses.len()];
    for (position, totals) in problem.totals.iter().enumerate() {
        for (class, found) in search.proofs[position].iter().enumerate() {
            let Some(found) = found else { continue };
            let mut witnesses = Vec::with_capacity(found.witnesses.len());
            for &(witness, factor) in &found.witnesses {
                let number = &mut number_of[witness as usize];
                if *number == u32::MAX {
                    *number = proof.witnesses.len() as u32;
                    let changes = search.witnesses[witness as usize].iter();
                    let changes = changes.flat_map(|(class, change)| {
                        problem.cells(*class as usize).map(move |c| (c, *change))
                    });
                    let mut changes: Vec<(u32, f64)> = changes.collect();
                    changes.sort_by_key(|(cell, _)| *cell);
                    proof.witnesses.push(Witness { changes });
                }
                witnesses.push((*number, factor));
            }
            for cell in problem.cells(class) {
                let need = family.totals[totals.total].need[cell as usize];
                if need > 0.0 {
                    let total = totals.total as u16;
                    let witnesses = witnesses.clone();
                    proof.cells.push(CellProof { cell, total, need, strength: found.strength, witnesses });
                }
            }
        }
    }
}

fn verify_shape(cube: &Cube) -> Result<(), DisclosureError> {
    let damaged = |message: String| Err(DisclosureError::Damaged(message));
    let (cells, width) = (cube.len(), cube.dimensions.len());
    if width == 0 || cube.keys.len() != cells * width {
        return damaged("its keys do not match its dimensions".into());
    }
    if cube.values.len() != cube.measures.len() || cube.values.iter().any(|column| column.len() != cells) {
        return damaged("its columns do not match its measures and cells".into());
    }
    if cube.level_sets.iter().any(|set| set.len() != width) {
        return damaged("its combinations of levels do not match its dimensions".into());
    }
    let in_range = |cell: usize| {
        cube.key(cell)
            .iter()
            .zip(&cube.dimensions)
            .all(|(m, dimension)| (*m as usize) < dimension.members.len())
    };
    if !(0..cells).all(in_range) || !(1..cells).all(|cell| cube.key(cell - 1) < cube.key(cell)) {
        return damaged("its cells are out of order, stand twice or name unknown members".into());
    }
    for behind in &cube.contributions {
        let lengths = [
            behind.holdings.len(),
            behind.largest.len(),
            behind.second_largest.len(),
            behind.largest_holding.len(),
        ];
        if lengths.iter().any(|length| *length != cells) {
            return damaged(format!("the contributions of {} do not match its cells", behind.measure));
        }
    }
    Ok(())
}

/// Copies what may be seen and nothing else.
fn publish(cube: &Cube, plan: &ProtectionPlan, pattern: Pattern) -> ProtectedCube {
    let Pattern { hidden, holdings, statistics } = pattern;
    let count = cube.measures.iter().position(|measure| matches!(measure.kind, MeasureKind::Count));
    let count_of = |cell: usize| match count {
        Some(measure) => cube.values[measure][cell] as u32,
        None => holdings.get(cell).copied().unwrap_or(0),
    };
    let class_of = |(cell, reason): (usize, &Option<Reason>)| {
        reason.map(|_| {
            let (from, to) = plan.count_class(count_of(cell));
            CountClass { from, to }
        })
    };
    let count_classes = hidden.iter().enumerate().map(class_of).collect();
    let few = |cell: usize| holdings.get(cell).is_some_and(|count| *count < plan.quantile_contributors_min);
    let mut values = Vec::with_capacity(cube.measures.len());
    let mut too_few = Vec::with_capacity(cube.measures.len());
    for (position, (measure, column)) in cube.measures.iter().zip(&cube.values).enumerate() {
        let (guarded, alone) = (needs_many(measure), statistics.get(&position));
        let kept_back = |cell: usize| guarded && few(cell) || alone.is_some_and(|alone| alone[cell]);
        let withheld: Vec<bool> =
            (0..cube.len()).map(|cell| hidden[cell].is_none() && kept_back(cell)).collect();
        let shown = |(cell, value): (usize, &f64)| {
            if hidden[cell].is_some() || withheld[cell] { f64::NAN } else { *value }
        };
        values.push(column.iter().enumerate().map(shown).collect());
        too_few.push(withheld);
    }
    ProtectedCube {
        dataset: cube.dataset.clone(),
        title: cube.title.clone(),
        dimensions: cube.dimensions.clone(),
        level_sets: cube.level_sets.clone(),
        keys: cube.keys.clone(),
        measures: cube.measures.clone(),
        provenance: cube.provenance.clone(),
        hidden,
        count_classes,
        values,
        too_few,
        rules: rules(plan),
    }
}

/// The rules in words, for the release page.
fn rules(plan: &ProtectionPlan) -> Vec<Text> {
    let text = |id: String, en: String| Text { id, en };
    if plan.kind == PlanKind::AlreadyPublic {
        return vec![text(
            "Angka ini sudah diterbitkan oleh sumbernya; tidak ada yang disembunyikan.".into(),
            "These figures were published by their source already; nothing is hidden.".into(),
        )];
    }
    let mut rules = Vec::new();
    if let Some(threshold) = plan.threshold {
        rules.push(text(
            format!("Sel dengan kurang dari {threshold} kelompok usaha disembunyikan."),
            format!("Cells with fewer than {threshold} enterprise groups are hidden."),
        ));
    }
    if let Some(p) = plan.p_percent {
        rules.push(text(
            format!("Sel disembunyikan bila usaha terbesar dapat diperkirakan orang lain hingga {p} % (aturan p %)."),
            format!("A cell is hidden if another could estimate its largest enterprise to within {p} % (p % rule)."),
        ));
    }
    for (n, k) in &plan.dominance {
        rules.push(text(
            format!("Sel disembunyikan bila {n} kelompok usaha terbesar memegang lebih dari {k} %."),
            format!("A cell is hidden if its {n} largest enterprise groups hold more than {k} %."),
        ));
    }
    rules.push(text(
        format!(
            "Kuantil dan simpangan hanya ditampilkan bila ada sedikitnya {} kelompok usaha.",
            plan.quantile_contributors_min
        ),
        format!(
            "Quantiles and deviations are shown only where at least {} groups stand behind them.",
            plan.quantile_contributors_min
        ),
    ));
    let (id, en) = match plan.contributors {
        Attackers::None => ("pembaca luar", "outside readers"),
        Attackers::Sole => (
            "pembaca luar dan usaha yang sendirian dalam suatu sel",
            "outside readers and enterprises that are alone in a cell",
        ),
        Attackers::All => {
            ("pembaca luar dan setiap usaha penyumbang", "outside readers and every contributor")
        }
    };
    rules.push(text(
        format!("Sel lain ikut disembunyikan agar nilai itu tidak dapat dihitung kembali oleh {id}."),
        format!("Further cells are hidden so that those values cannot be computed back by {en}."),
    ));
    rules
}
