//! An analysis of the released table: its visible cells as rows of a frame, and what is left of the total.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::{ProtectedCube, Value};
use domain::analysis::AnalysedGroup;
use domain::cube::DimensionRole;
use domain::language::Text;
use domain::measure::MeasureKind;
use domain::plan::AnalysisPlan;
use methods::bench::{Arguments, Categories, Column, Frame, Method};
use methods::numerics::summation::sum;

use super::{group_of, public_group, wrong};

pub(super) fn group(
    plan: &AnalysisPlan,
    method: &Method,
    arguments: &Arguments,
    cube: &ProtectedCube,
) -> anyhow::Result<AnalysedGroup> {
    let cells = cells(plan, cube)?;
    let (visible, rest) = match only_dimension(plan, cube) {
        Some(at) => visible_and_rest(cube, cells, at),
        None => (cells.into_iter().filter(|cell| cube.hidden(*cell).is_none()).collect(), Vec::new()),
    };
    let frame = frame(cube, &visible, &rest)?;
    Ok(match methods::bench::run(method, &frame, &[], arguments) {
        Ok(outcome) => {
            let (tables, mut notes, n) = group_of(outcome);
            if let Some(rest) = rest.first() {
                let names = rest.names.join(", ");
                notes.push(Text::new(
                    format!("{REST}: total dikurangi yang terbit ({names}), sebab sebagian selnya ditahan"),
                    format!("{REST}: the total less what is published ({names}), some of whose cells are held back"),
                ));
            }
            public_group(Ok(tables), notes, n)
        }
        Err(error) => public_group(Err(error.text()), Vec::new(), 0),
    })
}

/// Cells at the levels named, at the total of every other dimension, of every period.
fn cells(plan: &AnalysisPlan, cube: &ProtectedCube) -> anyhow::Result<Vec<usize>> {
    let mut wanted = Vec::new();
    for dimension in cube.dimensions() {
        let level = match (dimension.role, plan.by.get(&dimension.id)) {
            (DimensionRole::Time, _) => None,
            (DimensionRole::Hierarchy, None) => Some(0),
            (DimensionRole::Hierarchy, Some(name)) => {
                let found = dimension.levels.iter().position(|level| level.id == *name);
                let known =
                    || dimension.levels.iter().map(|level| level.id.as_str()).collect::<Vec<_>>().join(", ");
                Some(found.ok_or_else(|| {
                    wrong(
                        plan,
                        "by",
                        format!("menyebut tingkat `{name}`; yang ada: {}", known()),
                        format!("names the level `{name}`; there are: {}", known()),
                    )
                })? as u8)
            }
        };
        wanted.push(level);
    }
    let stands = |cell: &usize| {
        let members = cube.key(*cell).iter().zip(cube.dimensions());
        let level =
            |(member, dimension): (&u32, &domain::cube::Dimension)| dimension.members[*member as usize].level;
        members.map(level).zip(&wanted).all(|(level, wanted)| wanted.is_none_or(|wanted| level == wanted))
    };
    Ok((0..cube.len()).filter(stands).collect())
}

/// What the members that are not published in every period are called together.
const REST: &str = "…";

/// All but the published members in one period: the total less the others, which every reader can compute.
struct Rest {
    total: usize,
    others: Vec<usize>,
    names: Vec<String>,
}

/// The hierarchy that the analysis goes along, where it is one.
fn only_dimension(plan: &AnalysisPlan, cube: &ProtectedCube) -> Option<usize> {
    let named = |at: &usize| {
        let dimension = &cube.dimensions()[*at];
        dimension.role == DimensionRole::Hierarchy && plan.by.contains_key(&dimension.id)
    };
    let mut found = (0..cube.dimensions().len()).filter(named);
    found.next().filter(|_| found.next().is_none())
}

/// Cells of members that are visible in every period, and for each period the rest. There is no rest where
/// nothing is hidden, nor in a period whose total is.
fn visible_and_rest(cube: &ProtectedCube, cells: Vec<usize>, at: usize) -> (Vec<usize>, Vec<Rest>) {
    let hidden: BTreeSet<u32> =
        cells.iter().filter(|cell| cube.hidden(**cell).is_some()).map(|cell| cube.key(*cell)[at]).collect();
    let names: Vec<String> =
        hidden.iter().map(|member| cube.dimensions()[at].members[*member as usize].code.clone()).collect();
    let visible: Vec<usize> =
        cells.into_iter().filter(|cell| !hidden.contains(&cube.key(*cell)[at])).collect();
    let mut periods: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
    for cell in &visible {
        let mut key = cube.key(*cell).to_vec();
        key[at] = 0;
        periods.entry(key).or_default().push(*cell);
    }
    let rest = |(key, others): (Vec<u32>, Vec<usize>)| {
        let total = cube.find(&key).filter(|total| cube.hidden(*total).is_none())?;
        Some(Rest { total, others, names: names.clone() })
    };
    let rest = if names.is_empty() { Vec::new() } else { periods.into_iter().filter_map(rest).collect() };
    (visible, rest)
}

/// Dimensions as words under their ids, measures as numbers under their codes; a rest has totals only.
fn frame(cube: &ProtectedCube, cells: &[usize], rest: &[Rest]) -> anyhow::Result<Frame> {
    let mut columns = Vec::new();
    for (at, dimension) in cube.dimensions().iter().enumerate() {
        let code = |cell: &usize| dimension.members[cube.key(*cell)[at] as usize].code.as_str();
        let along =
            |rest: &Rest| rest.others.iter().any(|other| cube.key(*other)[at] != cube.key(rest.total)[at]);
        let of_rest = |rest: &Rest| if along(rest) { REST } else { code(&rest.total) };
        let words: Vec<&str> = cells.iter().map(code).chain(rest.iter().map(of_rest)).collect();
        columns.push((dimension.id.clone(), Column::Text(Categories::of(words.into_iter().map(Some)))));
    }
    for (at, measure) in cube.measures().iter().enumerate() {
        let value = |cell: &usize| match cube.value(*cell, at) {
            Value::Visible(value) => value,
            Value::Withheld(_) | Value::NotAvailable => f64::NAN,
        };
        let left = |rest: &Rest| match measure.kind {
            MeasureKind::Count | MeasureKind::Additive => {
                value(&rest.total) - sum(rest.others.iter().map(&value))
            }
            _ => f64::NAN,
        };
        let values = cells.iter().map(value).chain(rest.iter().map(left)).collect();
        columns.push((measure.code.clone(), Column::Number(values)));
    }
    Ok(Frame::new(columns)?)
}
