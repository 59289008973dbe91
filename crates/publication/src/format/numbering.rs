//! A numbering of the chosen members: the place of each cell among all combinations.

use super::Rendering;

/// Which members take part, and the place of each cell among all combinations.
pub(super) struct Numbering {
    /// By dimension of the cube: the members in use, and the place of each member.
    pub(super) members: Vec<(Vec<u32>, Vec<Option<u32>>)>,
    pub(super) measures: Vec<usize>,
}

impl Numbering {
    pub(super) fn new(rendering: &Rendering<'_>) -> Self {
        let table = rendering.table;
        let mut used: Vec<Vec<bool>> =
            table.dimensions().iter().map(|dimension| vec![false; dimension.members.len()]).collect();
        for cell in table.series(rendering.selection).flatten() {
            for (used, member) in used.iter_mut().zip(table.key(cell as usize)) {
                used[*member as usize] = true;
            }
        }
        let members = used
            .into_iter()
            .map(|used| {
                let kept: Vec<u32> = (0..used.len() as u32).filter(|member| used[*member as usize]).collect();
                let mut places = vec![None; used.len()];
                for (place, member) in kept.iter().enumerate() {
                    places[*member as usize] = Some(place as u32);
                }
                (kept, places)
            })
            .collect();
        Numbering { members, measures: rendering.selection.measures(table) }
    }

    /// The place of a cell, before the measure. Wide, because combinations multiply.
    pub(super) fn place(&self, key: &[u32]) -> u128 {
        self.members.iter().zip(key).fold(0, |place, ((kept, places), member)| {
            place * kept.len() as u128 + u128::from(places[*member as usize].unwrap_or(0))
        })
    }

    /// How many combinations there are, before the measure.
    pub(super) fn combinations(&self) -> u128 {
        self.members.iter().map(|(kept, _)| kept.len() as u128).product()
    }
}
