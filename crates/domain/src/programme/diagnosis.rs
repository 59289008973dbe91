//! From problems to modules, with the reason. A recommendation, never a decision.

use serde::Deserialize;

use super::{Order, Product, Programme};
use crate::language::Text;

/// Something that goes wrong in an enterprise, in words its owner uses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    pub code: String,
    pub question: Text,
    /// A few words for lists: "stok".
    pub label: Text,
    /// Activities (beginnings of KBLI codes) where it is asked first; empty: everywhere alike.
    #[serde(default)]
    pub activities: Vec<String>,
}

/// Problems that lead to a module, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub problems: Vec<String>,
    pub module: String,
    /// How much each of the problems counts.
    pub weight: u8,
    pub reason: Text,
}

/// A module that would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation<'a> {
    pub module: &'a str,
    /// It comes first for everybody, whatever the problems are.
    pub compulsory: bool,
    pub weight: u32,
    /// The problems that led here, and the reasons of the rules.
    pub problems: Vec<&'a Problem>,
    pub reasons: Vec<&'a Text>,
}

impl Programme {
    /// The modules of a product that answer the problems: the compulsory one first, then the one
    /// that answers most. Modules that were begun already are left out.
    pub fn recommend<'a>(
        &'a self,
        product: &'a Product,
        problems: &[String],
        begun: &[&str],
    ) -> Vec<Recommendation<'a>> {
        let mut found: Vec<Recommendation<'a>> = product
            .modules
            .iter()
            .filter(|module| !begun.contains(&module.as_str()))
            .map(|module| self.weigh(product, module, problems))
            .filter(|one| one.compulsory || one.weight > 0 || product.order == Order::Fixed)
            .collect();
        if product.order == Order::Diagnosis {
            // Stable: modules that answer as much stay in the order of the product.
            found.sort_by_key(|one| (!one.compulsory, std::cmp::Reverse(one.weight)));
        }
        found
    }

    fn weigh<'a>(&'a self, product: &'a Product, module: &'a str, problems: &[String]) -> Recommendation<'a> {
        let mut one = Recommendation {
            module,
            compulsory: product.first.as_deref() == Some(module),
            weight: 0,
            problems: Vec::new(),
            reasons: Vec::new(),
        };
        for rule in self.rules.iter().filter(|rule| rule.module == module) {
            let hit: Vec<&Problem> = rule
                .problems
                .iter()
                .filter(|code| problems.contains(code))
                .filter_map(|code| self.problem(code))
                .collect();
            if hit.is_empty() {
                continue;
            }
            one.weight += u32::from(rule.weight) * hit.len() as u32;
            one.reasons.push(&rule.reason);
            for problem in hit {
                if !one.problems.iter().any(|other| other.code == problem.code) {
                    one.problems.push(problem);
                }
            }
        }
        one
    }

    /// The problems, those that an activity knows best first.
    pub fn problems_for(&self, activity: &str) -> Vec<&Problem> {
        let mut problems: Vec<&Problem> = self.problems.iter().collect();
        problems.sort_by_key(|problem| {
            !problem
                .activities
                .iter()
                .any(|prefix| !prefix.is_empty() && activity.starts_with(prefix.as_str()))
        });
        problems
    }
}
