//! An analysis of the released table: its visible cells as rows of a frame.

use disclosure::{ProtectedCube, Value};
use domain::analysis::AnalysedGroup;
use domain::cube::DimensionRole;
use domain::language::Text;
use domain::plan::AnalysisPlan;
use methods::bench::{Arguments, Categories, Column, Frame, Method};

use super::{group_of, public_group, wrong};

pub(super) fn group(
    plan: &AnalysisPlan,
    method: &Method,
    arguments: &Arguments,
    cube: &ProtectedCube,
) -> anyhow::Result<AnalysedGroup> {
    let cells = cells(plan, cube)?;
    let hidden = cells.iter().filter(|cell| cube.hidden(**cell).is_some()).count();
    let visible: Vec<usize> = cells.into_iter().filter(|cell| cube.hidden(*cell).is_none()).collect();
    let frame = frame(cube, &visible)?;
    Ok(match methods::bench::run(method, &frame, &[], arguments) {
        Ok(outcome) => {
            let (tables, mut notes, n) = group_of(outcome);
            if hidden > 0 {
                notes.push(Text::new(
                    format!("{hidden} sel tabel ditahan dan tidak ikut"),
                    format!("{hidden} cells of the table are held back and do not enter"),
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

/// Dimensions as words under their ids, measures as numbers under their codes.
fn frame(cube: &ProtectedCube, cells: &[usize]) -> anyhow::Result<Frame> {
    let mut columns = Vec::new();
    for (at, dimension) in cube.dimensions().iter().enumerate() {
        let code = |cell: &usize| Some(dimension.members[cube.key(*cell)[at] as usize].code.as_str());
        columns.push((dimension.id.clone(), Column::Text(Categories::of(cells.iter().map(code)))));
    }
    for (at, measure) in cube.measures().iter().enumerate() {
        let value = |cell: &usize| match cube.value(*cell, at) {
            Value::Visible(value) => value,
            Value::Withheld(_) | Value::NotAvailable => f64::NAN,
        };
        columns.push((measure.code.clone(), Column::Number(cells.iter().map(value).collect())));
    }
    Ok(Frame::new(columns)?)
}
