//! The order in which SDMX messages visit figures: group by group, observation by observation.

use super::{AtObservation, Rendering};
use crate::error::PublicationError;
use crate::structure::Origin;

/// Observations that share all dimensions but the one at the observation.
pub(super) struct Group {
    /// (cell, measure), in order; never empty.
    pub(super) observations: Vec<(usize, usize)>,
}

impl Group {
    /// One observation of the group, to read the shared codes from.
    pub(super) fn first(&self) -> (usize, usize) {
        self.observations[0]
    }
}

/// What varies inside a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varies {
    Time,
    /// Position in the key.
    Key(usize),
    /// Nothing is shared: each observation says its whole key.
    Everything,
}

/// What varies inside the groups of a message. A dataset without time has no series.
pub(super) fn varies(rendering: &Rendering<'_>) -> Varies {
    match rendering.options.at_observation {
        AtObservation::Time if rendering.table.structure().time.is_some() => Varies::Time,
        AtObservation::Dimension(position) => Varies::Key(position),
        AtObservation::Time | AtObservation::AllDimensions => Varies::Everything,
    }
}

/// Visits every group of the chosen figures.
pub(super) fn for_each_group(
    rendering: &Rendering<'_>,
    mut visit: impl FnMut(&Group) -> Result<(), PublicationError>,
) -> Result<(), PublicationError> {
    let table = rendering.table;
    let mut visit = |mut group: Group| {
        if rendering.selection.is_mixed() {
            group.observations.retain(|(cell, measure)| rendering.selection.has(table.key(*cell), *measure));
        }
        if group.observations.is_empty() { Ok(()) } else { visit(&group) }
    };
    let measures = rendering.selection.measures(table);
    let cube_dimension = match varies(rendering) {
        Varies::Key(position) => match table.structure().key[position].origin {
            Origin::Measure => return each_cell(rendering, &measures, &mut visit),
            Origin::Cube(dimension) => Some(dimension),
            Origin::Frequency => None,
        },
        Varies::Time | Varies::Everything => None,
    };
    if let Some(dimension) = cube_dimension {
        return across(rendering, dimension, &measures, &mut visit);
    }
    let one_by_one = matches!(varies(rendering), Varies::Key(_));
    for (done, cells) in table.series(rendering.selection).enumerate() {
        rendering.keep_on(done)?;
        for measure in &measures {
            let observations: Vec<_> = cells.iter().map(|cell| (*cell as usize, *measure)).collect();
            if one_by_one {
                for observation in observations {
                    visit(Group { observations: vec![observation] })?;
                }
            } else {
                visit(Group { observations })?;
            }
        }
    }
    Ok(())
}

/// The measures of a cell together.
fn each_cell(
    rendering: &Rendering<'_>,
    measures: &[usize],
    visit: &mut impl FnMut(Group) -> Result<(), PublicationError>,
) -> Result<(), PublicationError> {
    if measures.is_empty() {
        return Ok(());
    }
    for (done, cells) in rendering.table.series(rendering.selection).enumerate() {
        rendering.keep_on(done)?;
        for cell in cells {
            let observations = measures.iter().map(|measure| (cell as usize, *measure)).collect();
            visit(Group { observations })?;
        }
    }
    Ok(())
}

/// Cells that differ in one dimension of the cube together.
fn across(
    rendering: &Rendering<'_>,
    dimension: usize,
    measures: &[usize],
    visit: &mut impl FnMut(Group) -> Result<(), PublicationError>,
) -> Result<(), PublicationError> {
    let table = rendering.table;
    let others = |cell: u32| {
        let key = table.key(cell as usize);
        (&key[..dimension], &key[dimension + 1..])
    };
    let mut cells: Vec<u32> = table.series(rendering.selection).flatten().collect();
    cells.sort_unstable_by_key(|cell| (others(*cell), table.key(*cell as usize)[dimension]));
    for (done, group) in cells.chunk_by(|left, right| others(*left) == others(*right)).enumerate() {
        rendering.keep_on(done)?;
        for measure in measures {
            let observations = group.iter().map(|cell| (*cell as usize, *measure)).collect();
            visit(Group { observations })?;
        }
    }
    Ok(())
}
