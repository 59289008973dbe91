//! Cubes of partitions put together: the same cube as if all rows had been computed at once.

use std::cmp::Ordering;

use domain::catalogue::Catalogue;
use domain::cube::{Contributions, Cube, Dimension, Member};
use domain::plan::CubePlan;

use crate::codes::LearnedCode;
use crate::error::StatisticsError;

/// Puts together cubes of one plan that have no period in common.
pub fn combine(cubes: Vec<Cube>, plan: &CubePlan, catalogue: &Catalogue) -> Result<Cube, StatisticsError> {
    let Some(first) = cubes.first() else {
        return Err(StatisticsError::Query("no partition has any row".into()));
    };
    let dimensions: Vec<Dimension> =
        (0..first.dimensions.len()).map(|at| union(&cubes, at, plan, catalogue)).collect();
    let width = dimensions.len();
    // Keys in the new members, each with its cube and cell.
    let mut rows: Vec<(Vec<u32>, usize, usize)> = Vec::new();
    for (number, cube) in cubes.iter().enumerate() {
        let renamed: Vec<Vec<u32>> = cube
            .dimensions
            .iter()
            .zip(&dimensions)
            .map(|(old, new)| old.members.iter().filter_map(|member| new.member(&member.code)).collect())
            .collect();
        for cell in 0..cube.len() {
            let key = cube.key(cell).iter().zip(&renamed).map(|(member, renamed)| renamed[*member as usize]);
            rows.push((key.collect(), number, cell));
        }
    }
    rows.sort_unstable();
    if rows.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(StatisticsError::Query("two partitions have the same cell; group by the time".into()));
    }
    let column = |of: &dyn Fn(&Cube) -> &Vec<f64>| -> Vec<f64> {
        rows.iter().map(|(_, number, cell)| of(&cubes[*number])[*cell]).collect()
    };
    let values = (0..first.measures.len()).map(|at| column(&|cube| &cube.values[at])).collect();
    let contributions = (0..first.contributions.len())
        .map(|at| Contributions {
            measure: first.contributions[at].measure.clone(),
            holdings: rows.iter().map(|(_, n, cell)| cubes[*n].contributions[at].holdings[*cell]).collect(),
            largest: column(&|cube| &cube.contributions[at].largest),
            second_largest: column(&|cube| &cube.contributions[at].second_largest),
            largest_holding: rows
                .iter()
                .map(|(_, n, cell)| cubes[*n].contributions[at].largest_holding[*cell])
                .collect(),
        })
        .collect();
    let mut keys = Vec::with_capacity(rows.len() * width);
    rows.iter().for_each(|(key, ..)| keys.extend_from_slice(key));
    Ok(Cube {
        dataset: first.dataset.clone(),
        title: first.title.clone(),
        dimensions,
        level_sets: first.level_sets.clone(),
        keys,
        measures: first.measures.clone(),
        values,
        contributions,
        provenance: first.provenance.clone(),
    })
}

/// A dimension with the members of all cubes, level by level, in the order of its codes.
fn union(cubes: &[Cube], at: usize, plan: &CubePlan, catalogue: &Catalogue) -> Dimension {
    let mut dimension = cubes[0].dimensions[at].clone();
    let mut found: Vec<(&Member, Option<&str>)> = Vec::new();
    for cube in cubes {
        let members = &cube.dimensions[at].members;
        for member in members {
            if !found.iter().any(|(known, _)| known.code == member.code) {
                found.push((member, member.parent.map(|parent| members[parent as usize].code.as_str())));
            }
        }
    }
    let classification = catalogue.classification(&dimension.classification);
    let levels = &plan.dimensions[at].levels;
    let rank = |member: &Member| -> (u8, Option<u32>, LearnedCode) {
        let position = classification.and_then(|known| known.find(&member.code));
        let prefix = levels.get(usize::from(member.level)).map_or(String::new(), |level| format!("{level}_"));
        let bare = member.code.strip_prefix(&prefix).unwrap_or(&member.code);
        let code = match bare.parse::<i64>() {
            Ok(number) if number.to_string() == bare => LearnedCode::Number(number),
            _ => LearnedCode::Text(member.code.clone()),
        };
        (member.level, position, code)
    };
    found.sort_by(|(left, _), (right, _)| match rank(left).cmp(&rank(right)) {
        Ordering::Equal => left.code.cmp(&right.code),
        order => order,
    });
    let position = |code: &str| found.iter().position(|(member, _)| member.code == code).map(|at| at as u32);
    dimension.members = found
        .iter()
        .map(|(member, parent)| Member { parent: parent.and_then(position), ..(*member).clone() })
        .collect();
    dimension
}
