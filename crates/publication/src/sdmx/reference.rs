//! Which artefacts come along with those that were asked for.

use std::collections::BTreeSet;

use super::artefact::{Kind, Shelf};
use super::problem::Problem;

/// SDMX `references`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum References {
    None,
    Parents,
    ParentsAndSiblings,
    Children,
    Descendants,
    Ancestors,
    All,
    /// Related artefacts of one kind alone.
    Of(Kind),
}

impl References {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, Problem> {
        let text = text.unwrap_or("none").to_ascii_lowercase();
        Ok(match text.as_str() {
            "none" => References::None,
            "parents" => References::Parents,
            "parentsandsiblings" => References::ParentsAndSiblings,
            "children" => References::Children,
            "descendants" => References::Descendants,
            "ancestors" => References::Ancestors,
            "all" => References::All,
            other => References::Of(kind(other).ok_or_else(|| {
                let known = "none, parents, parentsandsiblings, children, descendants, all or a resource";
                Problem::syntax(format!("`references={other}`: choose {known}"))
            })?),
        })
    }
}

/// A kind by its name in addresses of either edition.
pub(super) fn kind(resource: &str) -> Option<Kind> {
    let resource = resource.to_ascii_lowercase();
    match resource.as_str() {
        "dataconstraint" => Some(Kind::Constraint),
        _ => Kind::ALL.into_iter().find(|kind| kind.resource() == resource),
    }
}

/// The positions of the artefacts that come along; those asked for are not among them.
pub(super) fn related(shelf: &Shelf, asked: &[usize], references: References) -> Vec<usize> {
    let graph = Graph::new(shelf);
    let start: BTreeSet<usize> = asked.iter().copied().collect();
    let mut found = match references {
        References::None => BTreeSet::new(),
        References::Parents => graph.step(&start, &graph.parents),
        References::ParentsAndSiblings => {
            let parents = graph.step(&start, &graph.parents);
            &parents | &graph.step(&parents, &graph.children)
        }
        References::Children => graph.step(&start, &graph.children),
        References::Descendants => graph.reach(&start, &graph.children),
        References::Ancestors => graph.reach(&start, &graph.parents),
        References::All | References::Of(_) => graph.all(&start),
    };
    if let References::Of(kind) = references {
        found.retain(|at| shelf.artefacts[*at].kind == kind);
    }
    (&found - &start).into_iter().collect()
}

/// Who names whom.
struct Graph {
    children: Vec<Vec<usize>>,
    parents: Vec<Vec<usize>>,
}

impl Graph {
    fn new(shelf: &Shelf) -> Self {
        let count = shelf.artefacts.len();
        let mut graph = Graph { children: vec![Vec::new(); count], parents: vec![Vec::new(); count] };
        for (at, artefact) in shelf.artefacts.iter().enumerate() {
            for (kind, id) in artefact.children() {
                if let Some(child) = shelf.find(kind, &id) {
                    graph.children[at].push(child);
                    graph.parents[child].push(at);
                }
            }
        }
        graph
    }

    fn step(&self, from: &BTreeSet<usize>, along: &[Vec<usize>]) -> BTreeSet<usize> {
        from.iter().flat_map(|at| along[*at].iter().copied()).collect()
    }

    fn reach(&self, from: &BTreeSet<usize>, along: &[Vec<usize>]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut edge = from.clone();
        while !edge.is_empty() {
            edge = &self.step(&edge, along) - &reached;
            reached.extend(&edge);
        }
        reached
    }

    /// Parents with their children, and everything below those asked for.
    fn all(&self, start: &BTreeSet<usize>) -> BTreeSet<usize> {
        let below = self.reach(start, &self.children);
        let parents = self.step(start, &self.parents);
        let siblings = self.step(&parents, &self.children);
        &(&below | &parents) | &siblings
    }
}
