//! The recipe as it is written, `demo/cohort.toml`.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Ground, ImpossibleCohort};

/// From and to; both may be drawn.
pub(super) type Range = [f64; 2];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub programme: String,
    pub(super) seed: u64,
    pub(super) home_provider: String,
    pub(super) home_line: String,
    #[serde(rename = "wave")]
    pub(super) waves: Vec<Wave>,
    #[serde(rename = "provider")]
    pub(super) providers: Vec<Provider>,
    #[serde(rename = "product")]
    pub(super) products: Vec<Weighted>,
    #[serde(rename = "line")]
    pub(super) lines: Vec<Line>,
    pub(super) names: Names,
    pub(super) words: Words,
    #[serde(rename = "project")]
    pub(super) projects: Vec<ProjectRecipe>,
    #[serde(rename = "measure")]
    pub(super) measures: Vec<Measure>,
    #[serde(rename = "practice")]
    pub(super) practices: Vec<PracticeRecipe>,
    pub(super) faults: Faults,
    pub(super) fates: Fates,
    pub(super) recovery: Vec<YearShare>,
}

/// Groups whose first workshops are spread evenly over a stretch of time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wave {
    #[serde(default)]
    pub(super) from: Option<Date>,
    #[serde(default)]
    pub(super) to: Option<Date>,
    #[serde(default)]
    pub(super) from_days_ago: i32,
    #[serde(default)]
    pub(super) to_days_ago: i32,
    pub(super) groups: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) id: String,
    pub(super) provinces: Vec<String>,
    pub(super) trainers: u32,
    pub(super) weight: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weighted {
    pub(super) id: String,
    pub(super) weight: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) activity: String,
    pub(super) word: String,
    pub(super) goods: String,
    pub(super) output: String,
    pub(super) products: Vec<String>,
    pub(super) women: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) forms: Vec<String>,
    pub(super) invented: Vec<String>,
    pub(super) first: Vec<String>,
    pub(super) second: Vec<String>,
    pub(super) people: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) signed_by: Vec<String>,
    pub(super) leaders: Vec<String>,
    pub(super) progress: Vec<String>,
    pub(super) findings: Vec<String>,
    pub(super) next_steps: Vec<String>,
    pub(super) reviews: Vec<String>,
    pub(super) summaries: Vec<String>,
    pub(super) lessons: Vec<String>,
    pub(super) comments: Vec<String>,
    pub(super) withdrawn: Vec<String>,
    pub(super) exited: Vec<String>,
    pub(super) not_tracked: Vec<String>,
    pub(super) not_reached: Vec<String>,
    pub(super) evidence: Vec<String>,
    pub(super) venues: Vec<String>,
    pub(super) retracted: String,
    /// Questions from one enterprise to another, and the answers to them, in the same order.
    pub(super) questions: Vec<String>,
    pub(super) answers: Vec<String>,
    /// Names of learning groups, and how they meet.
    pub(super) circles: Vec<String>,
    pub(super) circle_notes: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectRecipe {
    pub(super) problem_kind: String,
    pub(super) problem: String,
    pub(super) action: String,
    pub(super) owner: String,
    pub(super) measure: String,
    pub(super) unit: String,
    pub(super) before: Range,
    pub(super) after: Range,
    pub(super) cost: Range,
    pub(super) saving: Range,
}

/// How an indicator is measured and how it changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub(super) indicator: String,
    pub(super) numerator: String,
    #[serde(default)]
    pub(super) denominator: Option<String>,
    /// Of the denominator, or of the numerator where it stands alone.
    #[serde(default)]
    pub(super) range: Option<Range>,
    /// The denominator follows the number of workers: so many for each of them in a month.
    #[serde(default)]
    pub(super) per_worker_month: Option<f64>,
    #[serde(default)]
    pub(super) ratio: Option<Range>,
    /// Middle and spread, in percent of the baseline.
    pub(super) change: Range,
    #[serde(default = "a_quarter")]
    pub(super) months: i16,
    pub(super) asked: f64,
    /// The ratio cannot be larger.
    #[serde(default)]
    pub(super) most: Option<f64>,
    /// Asked after every module, too.
    #[serde(default)]
    pub(super) after_module: bool,
}

fn a_quarter() -> i16 {
    3
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PracticeRecipe {
    pub(super) indicator: String,
    pub(super) before: f64,
    pub(super) after: f64,
}

/// Shares of what is measured.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Faults {
    pub(super) no_baseline: f64,
    pub(super) not_tracked: f64,
    pub(super) no_later: f64,
    pub(super) unit_changed: f64,
    pub(super) set_apart: f64,
    pub(super) doubtful: f64,
    pub(super) zero_baseline: f64,
    pub(super) corrected: f64,
    pub(super) no_verification: f64,
}

/// Shares of the enterprises.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fates {
    pub(super) withdrawn: f64,
    pub(super) stuck: f64,
    pub(super) one_module: f64,
    pub(super) case_study: f64,
    pub(super) follow_up_6: f64,
    pub(super) follow_up_12: f64,
    pub(super) returned: f64,
}

/// Who pays in a year; the last year holds for all that follow.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct YearShare {
    pub(super) year: i16,
    pub(super) share: f64,
    pub(super) unfunded: f64,
}

impl Recipe {
    /// Everything that the recipe names is there.
    pub(super) fn check(&self, ground: &Ground<'_>) -> Result<(), ImpossibleCohort> {
        let refuse = |what: String| Err(ImpossibleCohort(what));
        if self.programme != ground.programme.id {
            return refuse(format!("the recipe is for `{}`", self.programme));
        }
        for product in &self.products {
            if ground.programme.product(&product.id).is_none() {
                return refuse(format!("there is no product `{}`", product.id));
            }
            if !self.lines.iter().any(|line| line.products.contains(&product.id)) {
                return refuse(format!("no line of business fits the product `{}`", product.id));
            }
        }
        for project in &self.projects {
            if ground.programme.problem(&project.problem_kind).is_none() {
                return refuse(format!("there is no problem `{}`", project.problem_kind));
            }
        }
        let indicators = self.measures.iter().map(|measure| &measure.indicator);
        for code in indicators.chain(self.practices.iter().map(|practice| &practice.indicator)) {
            if ground.measurement.indicators.get(code).is_none() {
                return refuse(format!("there is no indicator `{code}`"));
            }
        }
        if !self.providers.iter().any(|provider| provider.id == self.home_provider) {
            return refuse(format!("`{}` is no provider", self.home_provider));
        }
        if !self.lines.iter().any(|line| line.activity == self.home_line) {
            return refuse(format!("`{}` is no line of business", self.home_line));
        }
        let filled = [
            self.waves.len(),
            self.projects.len(),
            self.recovery.len(),
            self.names.people.len(),
            self.measures.len(),
        ];
        if filled.contains(&0) {
            return refuse("waves, projects, measures, names and recovery must not be empty".into());
        }
        Ok(())
    }
}
