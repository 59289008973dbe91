//! Results by group as a cube, so that the guard can hide what would give one enterprise away.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Outcome, Standing, judge, outcome};
use crate::cube::{Contributions, Cube, Dimension, DimensionLevel, DimensionRole, Member, Provenance};
use crate::deflator::Deflator;
use crate::indicator::{Comparison, Indicator};
use crate::language::Text;
use crate::measure::{Measure, MeasureKind, Unit};

/// By what results are broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breakdown {
    /// Of the owner or director.
    Sex,
    Size,
    Section,
    Province,
    Provider,
}

/// How many there are.
pub const BREAKDOWNS: usize = Breakdown::ALL.len();

/// The group of cases whose group is not known.
const UNKNOWN: &str = "_U";
const TOTAL: &str = "_T";

impl Breakdown {
    pub const ALL: [Breakdown; 5] =
        [Breakdown::Sex, Breakdown::Size, Breakdown::Section, Breakdown::Province, Breakdown::Provider];

    pub fn code(self) -> &'static str {
        match self {
            Breakdown::Sex => "sex",
            Breakdown::Size => "size",
            Breakdown::Section => "section",
            Breakdown::Province => "province",
            Breakdown::Provider => "provider",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Breakdown::ALL.into_iter().find(|breakdown| breakdown.code() == code)
    }

    fn place(self) -> usize {
        self as usize
    }
}

/// The cube of one indicator by one breakdown: pairs, how many improved, median and quartiles of change.
///
/// Every enterprise is a contributor of one; `label` says a group's name. Unprotected: it goes to the guard.
pub fn cube(
    indicator: &Indicator,
    breakdown: Breakdown,
    cases: &[Case],
    deflator: Option<&Deflator>,
    label: &dyn Fn(&str) -> Text,
) -> Cube {
    let code = |case: &Case| case.groups[breakdown.place()].clone().unwrap_or_else(|| UNKNOWN.into());
    let codes: BTreeSet<String> = cases.iter().map(code).collect();
    let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(code(case)).or_default().push(case);
    }
    let total = Member { code: TOTAL.into(), parent: None, level: 0, label: label(TOTAL) };
    let members =
        codes.iter().map(|code| Member { code: code.clone(), parent: Some(0), level: 1, label: label(code) });
    let mut outcomes = vec![outcome(indicator, cases, deflator)];
    outcomes.extend(groups.values().map(|cases| outcome(indicator, cases.iter().copied(), deflator)));
    let synthetic = outcomes[0].synthetic;
    // A group without pairs is absent: nobody is there, which is a true zero.
    let present: Vec<usize> = (0..outcomes.len()).filter(|place| outcomes[*place].pairs > 0).collect();
    let column =
        |value: &dyn Fn(&Outcome) -> f64| present.iter().map(|place| value(&outcomes[*place])).collect();
    let all: Vec<&Case> = cases.iter().collect();
    let by_group: Vec<&Vec<&Case>> = std::iter::once(&all).chain(groups.values()).collect();
    let members_of = |place: usize| by_group[place].as_slice();
    let enterprises: BTreeSet<&str> = cases.iter().map(|case| case.enterprise.as_str()).collect();
    let level = |id: &str| DimensionLevel { id: id.into(), label: Text::same(id) };
    Cube {
        dataset: format!("PROGRAMME_{}", indicator.code.to_uppercase().replace('-', "_")),
        title: indicator.label.clone(),
        dimensions: vec![Dimension {
            id: breakdown.code().into(),
            concept: breakdown.code().to_uppercase(),
            role: DimensionRole::Hierarchy,
            label: Text::same(breakdown.code()),
            classification: String::new(),
            levels: vec![level("total"), level(breakdown.code())],
            members: std::iter::once(total).chain(members).collect(),
        }],
        level_sets: vec![vec![0], vec![1]],
        keys: present.iter().map(|place| *place as u32).collect(),
        measures: measures(indicator),
        values: vec![
            column(&|outcome| outcome.pairs as f64),
            column(&|outcome| outcome.improved as f64),
            column(&|outcome| outcome.median.unwrap_or(f64::NAN)),
            column(&|outcome| outcome.quartiles.map_or(f64::NAN, |(low, _)| low)),
            column(&|outcome| outcome.quartiles.map_or(f64::NAN, |(_, high)| high)),
        ],
        contributions: vec![Contributions {
            measure: "PAIRS".into(),
            holdings: present.iter().map(|place| outcomes[*place].pairs as u32).collect(),
            largest: column(&|_| 1.0),
            second_largest: column(&|outcome| f64::from(u8::from(outcome.pairs > 1))),
            largest_holding: present
                .iter()
                .map(|place| holder(indicator, members_of(*place), deflator, &enterprises))
                .collect(),
        }],
        provenance: Provenance {
            synthetic,
            source: indicator.source.clone(),
            quantile_definition: "hyndman-fan-7".into(),
            ..Provenance::default()
        },
    }
}

/// Who stands behind a group, or one of them, by its place in `enterprises`: the same number for the same
/// enterprise in every group, so that the guard knows whom a total and its only part have in common.
fn holder(
    indicator: &Indicator,
    cases: &[&Case],
    deflator: Option<&Deflator>,
    enterprises: &BTreeSet<&str>,
) -> u64 {
    let paired = |case: &&&Case| matches!(judge(indicator, case, deflator), Standing::Pair { .. });
    let found = cases.iter().find(paired).map(|case| case.enterprise.as_str());
    found.map_or(0, |name| enterprises.range(..name).count() as u64)
}

fn measures(indicator: &Indicator) -> Vec<Measure> {
    let enterprises =
        Unit { code: "ENT".into(), multiplier: 0, label: Text::new("perusahaan", "enterprises") };
    let changes = match indicator.comparison {
        Comparison::Percent => {
            Unit { code: "PC".into(), multiplier: 0, label: Text::new("persen", "per cent") }
        }
        _ => Unit { code: "PT".into(), multiplier: 0, label: Text::new("poin", "points") },
    };
    let measure = |code: &str, id: &str, en: &str, unit: &Unit, formula: &str, kind| Measure {
        code: code.into(),
        label: Text::new(id, en),
        unit: unit.clone(),
        definition: indicator.definition.clone(),
        formula: formula.into(),
        kind,
        decimals: 0,
        higher_is_better: indicator.better.progress(1.0).map(|progress| progress > 0.0),
    };
    let quantile = |probability| MeasureKind::Quantile { probability };
    vec![
        measure("PAIRS", "Berpasangan", "Pairs", &enterprises, "count(pairs)", MeasureKind::Additive),
        measure("IMPROVED", "Membaik", "Improved", &enterprises, "count(better)", MeasureKind::Additive),
        measure("MEDIAN", "Median", "Median", &changes, "median(change)", quantile(0.5)),
        measure("Q1", "Kuartil bawah", "Lower quartile", &changes, "quantile(change, 0.25)", quantile(0.25)),
        measure("Q3", "Kuartil atas", "Upper quartile", &changes, "quantile(change, 0.75)", quantile(0.75)),
    ]
}
