//! Analyses leave the house as cubes do: a group of which too few stand behind a figure, or which one of
//! them dominates, or which the released table hides, is held back.
//!
//! The figures judged here are of many enterprises at once (spreads, covariances, decompositions): no sum
//! of groups is published with them, so nothing held back can be computed from its neighbours.

use std::collections::BTreeMap;

use domain::analysis::{AnalysedGroup, Analysis, Basis, Description, FigureTable, Heading, Part};
use domain::cube::DimensionRole;
use domain::language::Text;
use serde::{Deserialize, Serialize};

use crate::plan::{PlanKind, ProtectionPlan};
use crate::protected::{ProtectedCube, Reason};
use crate::rule::{Behind, sensitivity};

/// What a reader sees of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    Tables(Vec<FigureTable>),
    /// Held back, and why.
    Withheld(Reason),
    /// The method has no figure for this group, and why.
    NoFigure(Text),
}

/// A group after judgement. A withheld group has no n and no notes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtectedGroup {
    members: Vec<String>,
    labels: Vec<Text>,
    n: Option<u64>,
    notes: Vec<Text>,
    shown: Shown,
}

impl ProtectedGroup {
    /// Codes of its members, one a dimension.
    pub fn members(&self) -> &[String] {
        &self.members
    }

    pub fn labels(&self) -> &[Text] {
        &self.labels
    }

    pub fn n(&self) -> Option<u64> {
        self.n
    }

    pub fn notes(&self) -> &[Text] {
        &self.notes
    }

    pub fn shown(&self) -> &Shown {
        &self.shown
    }
}

/// An analysis that may be read by everybody. Only [`protect_analyses`] makes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtectedAnalysis {
    about: Description,
    by: Vec<Heading>,
    groups: Vec<ProtectedGroup>,
}

impl ProtectedAnalysis {
    pub fn about(&self) -> &Description {
        &self.about
    }

    pub fn by(&self) -> &[Heading] {
        &self.by
    }

    pub fn groups(&self) -> &[ProtectedGroup] {
        &self.groups
    }

    /// Groups that are held back.
    pub fn withheld(&self) -> usize {
        self.groups.iter().filter(|group| matches!(group.shown, Shown::Withheld(_))).count()
    }
}

/// The analyses of a release: a JSON file that people and programs read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProtectedAnalyses {
    synthetic: bool,
    analyses: Vec<ProtectedAnalysis>,
}

impl ProtectedAnalyses {
    /// Made by a generator and not by enterprises.
    pub fn synthetic(&self) -> bool {
        self.synthetic
    }

    pub fn analyses(&self) -> &[ProtectedAnalysis] {
        &self.analyses
    }

    /// The same analyses give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("texts, numbers and lists can be written");
        bytes.push(b'\n');
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; the error is serde's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

/// Judges every group by the rules of the plan and by the protected cube of the same release.
pub fn protect_analyses(
    analyses: Vec<Analysis>,
    plan: &ProtectionPlan,
    cube: &ProtectedCube,
) -> ProtectedAnalyses {
    let protect = |analysis: Analysis| {
        let Analysis { about, by, groups } = analysis;
        let group = |group: AnalysedGroup| {
            let reason = match about.basis {
                Basis::Table => None,
                Basis::Rows => withheld(&by, &group, plan, cube),
            };
            let AnalysedGroup { members, labels, tables, notes, n, .. } = group;
            match (reason, tables) {
                (Some(reason), _) => ProtectedGroup {
                    members,
                    labels,
                    n: None,
                    notes: Vec::new(),
                    shown: Shown::Withheld(reason),
                },
                (None, Ok(tables)) => {
                    ProtectedGroup { members, labels, n: Some(n), notes, shown: Shown::Tables(tables) }
                }
                (None, Err(text)) => {
                    ProtectedGroup { members, labels, n: Some(n), notes, shown: Shown::NoFigure(text) }
                }
            }
        };
        let groups = groups.into_iter().map(group).collect();
        ProtectedAnalysis { about, by, groups }
    };
    ProtectedAnalyses {
        synthetic: cube.provenance().synthetic,
        analyses: analyses.into_iter().map(protect).collect(),
    }
}

fn withheld(
    by: &[Heading],
    group: &AnalysedGroup,
    plan: &ProtectionPlan,
    cube: &ProtectedCube,
) -> Option<Reason> {
    if plan.kind == PlanKind::AlreadyPublic {
        return None;
    }
    let judged = group.sets.iter().filter(|set| !set.is_empty()).find_map(|set| judge(set, plan));
    // Nobody behind it: nothing to tell, and a fault of whoever computed it.
    let nobody = group.sets.iter().all(Vec::is_empty).then_some(Reason::TooFewContributors);
    judged.or(nobody).or_else(|| in_the_table(by, group, cube))
}

/// The rules on a set of contributors: enough holdings for a statistic of single enterprises, none that
/// dominates.
fn judge(set: &[Part], plan: &ProtectionPlan) -> Option<Reason> {
    let mut holdings: BTreeMap<u32, f64> = BTreeMap::new();
    for part in set {
        *holdings.entry(part.holding).or_default() += part.size.abs();
    }
    let mut sizes: Vec<f64> = holdings.values().copied().collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    if (sizes.len() as u64) < u64::from(plan.quantile_contributors_min.max(1)) {
        return Some(Reason::TooFewForQuantile);
    }
    let behind = Behind {
        total: sizes.iter().sum(),
        holdings: u32::try_from(sizes.len()).unwrap_or(u32::MAX),
        largest: sizes[0],
        second_largest: sizes.get(1).copied().unwrap_or_default(),
    };
    sensitivity(&behind, plan).map(|found| found.reason)
}

/// What the table says of the group's cells, totals in every other dimension: one that is hidden, or not in
/// the table at all, holds the group back.
fn in_the_table(by: &[Heading], group: &AnalysedGroup, cube: &ProtectedCube) -> Option<Reason> {
    let member = |dimension: &domain::cube::Dimension, period: &str| match dimension.role {
        DimensionRole::Time => dimension.member(period),
        DimensionRole::Hierarchy => match by.iter().position(|heading| heading.id == dimension.id) {
            Some(at) => dimension.member(&group.members[at]),
            None => Some(0),
        },
    };
    group.periods.iter().find_map(|period| {
        let key: Option<Vec<u32>> =
            cube.dimensions().iter().map(|dimension| member(dimension, period)).collect();
        match key.and_then(|key| cube.find(&key)) {
            Some(cell) => cube.hidden(cell),
            None => Some(Reason::Complementary),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(toml: &str) -> ProtectionPlan {
        ProtectionPlan::from_table(&toml::from_str(toml).unwrap()).unwrap()
    }

    fn parts(sizes: &[f64]) -> Vec<Part> {
        sizes
            .iter()
            .enumerate()
            .map(|(holding, size)| Part { holding: holding as u32, size: *size })
            .collect()
    }

    #[test]
    fn few_holdings_and_one_that_dominates_are_held_back() {
        let plan = plan("threshold = 3\np_percent = 10.0\nquantile_contributors_min = 4");
        assert_eq!(judge(&parts(&[5.0, 4.0, 3.0, 2.0]), &plan), None);
        assert_eq!(judge(&parts(&[5.0, 4.0, 3.0]), &plan), Some(Reason::TooFewForQuantile));
        assert_eq!(judge(&parts(&[100.0, 4.0, 3.0, 2.0]), &plan), Some(Reason::Dominated));
        // Four enterprises of three holdings are three contributors.
        let mut one_group = parts(&[5.0, 4.0, 3.0, 2.0]);
        one_group[3].holding = 0;
        assert_eq!(judge(&one_group, &plan), Some(Reason::TooFewForQuantile));
    }
}
