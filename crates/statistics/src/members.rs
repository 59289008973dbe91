//! The members of the finished cube's dimensions, and the way from slots to members.

use domain::cube::{Dimension, DimensionLevel, DimensionRole, Member};
use domain::language::Text;
use domain::plan::DimensionPlan;
use jiff::civil::Date;

use crate::codes::{LearnedCode, NO_SLOT};
use crate::dimension::{DimensionRecipe, TimeRecipe, Tree};
use crate::error::StatisticsError;

/// A dimension with its members, parents before children.
pub(crate) struct Members {
    pub dimension: Dimension,
    /// By level: the member of each slot (`NO_SLOT` for slots that nobody uses).
    pub of_slot: Vec<Vec<u32>>,
}

/// The code of the member that is everybody.
pub(crate) const TOTAL: &str = "_T";

/// The members of the time: only the periods that occur.
pub(crate) fn of_time(plan: &DimensionPlan, recipe: &TimeRecipe, occupied: &[bool]) -> Members {
    let id = plan.levels.first().cloned().unwrap_or_else(|| plan.id.clone());
    let mut dimension = dimension(plan, DimensionRole::Time);
    dimension.levels.push(DimensionLevel { id, label: plan.label.clone() });
    let mut of_slot = vec![NO_SLOT; occupied.len()];
    for (slot, code) in recipe.codes.iter().enumerate().filter(|(slot, _)| occupied[*slot]) {
        of_slot[slot] = push(&mut dimension, code.to_string(), None, 0, Text::same(code.to_string()));
    }
    Members { dimension, of_slot: vec![of_slot] }
}

/// The members of another dimension. `parents` leads, by level, from slots to the slots of the
/// coarser levels where those were learned; `days` are days of the periods, for validity.
pub(crate) fn of_dimension(
    recipe: &DimensionRecipe,
    occupied: &[bool],
    parents: &[Vec<u32>],
    days: &[Date],
) -> Result<Members, StatisticsError> {
    let mut dimension = dimension(&recipe.plan, DimensionRole::Hierarchy);
    dimension.levels.push(DimensionLevel { id: "total".into(), label: Text::new("Jumlah", "Total") });
    push(&mut dimension, TOTAL.to_owned(), None, 0, Text::new("Jumlah", "Total"));
    let mut members = Members { dimension, of_slot: vec![vec![0; recipe.slots]] };
    match &recipe.tree {
        Tree::Total => {}
        Tree::Classification { .. } => members.add_classification(recipe, occupied, days),
        Tree::Learned { codes } => members.add_learned(recipe, codes, occupied, parents)?,
    }
    Ok(members)
}

fn dimension(plan: &DimensionPlan, role: DimensionRole) -> Dimension {
    Dimension {
        id: plan.id.clone(),
        concept: plan.concept.clone(),
        role,
        label: plan.label.clone(),
        classification: plan.classification.clone().unwrap_or_default(),
        levels: Vec::new(),
        members: Vec::new(),
    }
}

fn push(dimension: &mut Dimension, code: String, parent: Option<u32>, level: u8, label: Text) -> u32 {
    dimension.members.push(Member { code, parent, level, label });
    dimension.members.len() as u32 - 1
}

impl Members {
    fn add_classification(&mut self, recipe: &DimensionRecipe, occupied: &[bool], days: &[Date]) {
        let Tree::Classification { classification, positions, levels } = &recipe.tree else { return };
        let mut wanted = vec![false; classification.codes.len()];
        for (slot, position) in positions.iter().enumerate() {
            let code = classification.get(*position);
            let in_force = days.is_empty() || days.iter().any(|day| code.in_force(*day));
            if occupied[slot] || in_force {
                for level in levels {
                    if let Some(at) = classification.ancestor_at(*position, *level) {
                        wanted[at as usize] = true;
                    }
                }
            }
        }
        let mut member_of = vec![NO_SLOT; classification.codes.len()];
        for (depth, level) in levels.iter().enumerate() {
            let label = classification.levels[usize::from(*level)].label.clone();
            let id = recipe.plan.levels[depth + 1].clone();
            self.dimension.levels.push(DimensionLevel { id, label });
            for (position, code) in classification.at_level(*level, None) {
                if !wanted[position as usize] {
                    continue;
                }
                let parent = match depth {
                    0 => 0,
                    _ => classification
                        .ancestor_at(position, levels[depth - 1])
                        .map_or(0, |at| member_of[at as usize]),
                };
                let depth = depth as u8 + 1;
                member_of[position as usize] =
                    push(&mut self.dimension, code.code.clone(), Some(parent), depth, code.label.clone());
            }
            let of_slot = positions.iter().map(|position| {
                classification.ancestor_at(*position, *level).map_or(NO_SLOT, |at| member_of[at as usize])
            });
            self.of_slot.push(of_slot.collect());
        }
    }

    fn add_learned(
        &mut self,
        recipe: &DimensionRecipe,
        codes: &[Vec<LearnedCode>],
        occupied: &[bool],
        parents: &[Vec<u32>],
    ) -> Result<(), StatisticsError> {
        for (depth, codes) in codes.iter().enumerate() {
            let id = &recipe.plan.levels[depth + 1];
            self.dimension.levels.push(DimensionLevel { id: id.clone(), label: Text::same(id.clone()) });
            // The slot at this level of each finest slot.
            let own: Vec<u32> = match parents.get(depth) {
                Some(parents) => parents.clone(),
                None => (0..recipe.slots as u32).collect(),
            };
            let mut above = vec![NO_SLOT; codes.len()];
            for slot in (0..recipe.slots).filter(|slot| occupied[*slot]) {
                let (at, parent) = (own[slot] as usize, self.of_slot[depth][slot]);
                if above[at] != NO_SLOT && above[at] != parent {
                    return Err(StatisticsError::TwoParents {
                        dimension: recipe.plan.id.clone(),
                        code: codes[at].to_string(),
                        first: self.dimension.members[above[at] as usize].code.clone(),
                        second: self.dimension.members[parent as usize].code.clone(),
                    });
                }
                above[at] = parent;
            }
            let prefixed =
                recipe.plan.levels.len() > 2 && matches!(codes.first(), Some(LearnedCode::Number(_)));
            let mut member_of = vec![NO_SLOT; codes.len()];
            for (at, code) in codes.iter().enumerate().filter(|(at, _)| above[*at] != NO_SLOT) {
                // Numbers of different levels would be confused with each other.
                let code = if prefixed { format!("{id}_{code}") } else { code.to_string() };
                if self.dimension.member(&code).is_some() {
                    return Err(StatisticsError::plan(
                        format!("[[cube.dimension]] {}", recipe.plan.id),
                        format!("kode `{code}` ada di dua tingkat; beri dimensi ini sebuah klasifikasi"),
                        format!(
                            "the code `{code}` stands at two levels; give the dimension a classification"
                        ),
                    ));
                }
                let label = Text::same(code.clone());
                member_of[at] = push(&mut self.dimension, code, Some(above[at]), depth as u8 + 1, label);
            }
            let of_slot = own.iter().map(|at| member_of.get(*at as usize).copied().unwrap_or(NO_SLOT));
            self.of_slot.push(of_slot.collect());
        }
        Ok(())
    }
}
