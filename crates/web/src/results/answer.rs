//! The answers: results of every indicator, protected, computed once and kept while they hold.

use disclosure::{DisclosureError, ProtectionPlan, Value};
use domain::indicator::Indicator;
use domain::language::Text;
use domain::outcome::{Breakdown, Case, Outcome, cube, outcome};

use serde::{Deserialize, Serialize};
use store::cases::{self, CaseRecord};
use store::results::Kept;

use super::groups::Groups;
use super::room::Ground;
use crate::error::WebError;
use crate::kept::kept;

/// The result of one indicator as it may be shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) indicator: String,
    /// N: engagements that could have both points.
    pub(super) engagements: usize,
    pub(super) set_apart: usize,
    /// Why cases give no pair, with their number.
    pub(super) unusable: Vec<(String, usize)>,
    pub(super) synthetic: bool,
    /// All cases together, then the groups.
    pub(super) cells: Vec<Cell>,
}

/// One group, after the guard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) code: String,
    /// Engagements of the group; who takes part is no secret.
    pub(super) engagements: usize,
    pub(super) pairs: Shown,
    pub(super) improved: Shown,
    pub(super) median: Shown,
    pub(super) quartiles: Option<(f64, f64)>,
    /// Sums before and after, for counts and practices; of visible cells alone.
    pub(super) sums: Option<(f64, f64)>,
    /// How the number of pairs of a hidden cell may be told.
    pub(super) class: String,
}

/// A value, or why there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) enum Shown {
    Value(f64),
    /// Too few stand behind it, or it would give another away.
    Held,
    #[default]
    Nothing,
}

impl Shown {
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Shown::Value(value) => Some(value),
            Shown::Held | Shown::Nothing => None,
        }
    }
}

impl Answer {
    /// All cases together.
    pub(super) fn total(&self) -> &Cell {
        &self.cells[0]
    }

    /// n of N in percent.
    pub(super) fn coverage(&self) -> Option<f64> {
        let pairs = self.total().pairs.value()?;
        (self.engagements > 0).then(|| pairs / self.engagements as f64 * 100.0)
    }
}

/// The answers of all current indicators, without groups.
pub(super) async fn all(ground: &Ground<'_>) -> Result<Kept<Vec<Answer>>, WebError> {
    let (app, programme) = (ground.app.clone(), ground.programme.id.clone());
    let work = async move {
        let ground = Ground::of(&app, &programme)?;
        let mut all = Vec::new();
        for indicator in ground.measurement.indicators.current() {
            let cases = cases::all(&app.desk.store, &programme, &indicator.code).await?;
            all.push(answer(&ground, indicator, Breakdown::Province, &grouped(&ground, cases), true)?);
        }
        Ok(all)
    };
    kept(ground.app, &ground.programme.id, "answers", work).await
}

/// The answer of one indicator by one breakdown.
pub(super) async fn one(
    ground: &Ground<'_>,
    indicator: &Indicator,
    by: Breakdown,
) -> Result<Kept<Answer>, WebError> {
    let (app, programme, code) = (ground.app.clone(), ground.programme.id.clone(), indicator.code.clone());
    let name = format!("answer/{code}/{}", by.code());
    let work = async move {
        let ground = Ground::of(&app, &programme)?;
        let indicator = ground.measurement.indicators.get(&code).ok_or(WebError::NotFound)?;
        let cases = cases::all(&app.desk.store, &programme, &code).await?;
        answer(&ground, indicator, by, &grouped(&ground, cases), false)
    };
    kept(ground.app, &ground.programme.id, &name, work).await
}

/// The answers of the first `count` indicators over the enterprises that one trainer served.
pub(super) async fn of_trainer(
    ground: &Ground<'_>,
    trainer: &str,
    count: usize,
) -> Result<Kept<Vec<Answer>>, WebError> {
    let (app, programme, person) = (ground.app.clone(), ground.programme.id.clone(), trainer.to_owned());
    let work = async move {
        let ground = Ground::of(&app, &programme)?;
        let mut all = Vec::new();
        for indicator in ground.measurement.indicators.current().take(count) {
            let cases = cases::of_trainer(&app.desk.store, &programme, &indicator.code, &person).await?;
            all.push(answer(&ground, indicator, Breakdown::Province, &grouped(&ground, cases), true)?);
        }
        Ok(all)
    };
    kept(ground.app, &ground.programme.id, &format!("trainer/{trainer}"), work).await
}

/// Adds the groups that follow from the classifications: size, section, and of whom most workers are.
fn grouped(ground: &Ground<'_>, records: Vec<CaseRecord>) -> Vec<Case> {
    let groups = Groups::new(&ground.app.content);
    let group = |record: CaseRecord| {
        let mut case = record.case;
        case.groups[Breakdown::Section as usize] = groups.section(record.activity.as_deref());
        case.groups[Breakdown::Size as usize] = groups.size(record.workers);
        case.groups[Breakdown::Sex as usize] = Groups::sex(record.women, record.workers);
        case
    };
    records.into_iter().map(group).collect()
}

fn answer(
    ground: &Ground<'_>,
    indicator: &Indicator,
    by: Breakdown,
    cases: &[Case],
    total_only: bool,
) -> Result<Answer, WebError> {
    let deflator = ground.deflator();
    let whole = outcome(indicator, cases, deflator);
    let mut cells = protect(ground, indicator, by, cases, &whole)?;
    if total_only {
        cells.truncate(1);
    }
    Ok(Answer {
        indicator: indicator.code.clone(),
        engagements: whole.engagements,
        set_apart: whole.set_apart,
        unusable: whole.unusable.iter().map(|(why, count)| (why.code().to_owned(), *count)).collect(),
        synthetic: whole.synthetic,
        cells,
    })
}

/// Sends the cube of one indicator through the guard.
fn protect(
    ground: &Ground<'_>,
    indicator: &Indicator,
    by: Breakdown,
    cases: &[Case],
    whole: &Outcome,
) -> Result<Vec<Cell>, WebError> {
    let framework = &ground.measurement.framework;
    let total = Cell { code: "_T".into(), engagements: whole.engagements, ..Cell::default() };
    if whole.pairs == 0 {
        // Nobody was measured twice: that is known, if there is anybody at all.
        let pairs = if whole.engagements > 0 { Shown::Value(0.0) } else { Shown::Nothing };
        return Ok(vec![Cell { pairs, ..total }]);
    }
    let plan = ProtectionPlan {
        threshold: Some(framework.pairs_min),
        quantile_contributors_min: framework.quantile_pairs_min,
        measures: vec!["PAIRS".into()],
        ..ProtectionPlan::default()
    };
    let cube = cube(indicator, by, cases, ground.deflator(), &|code| Text::same(code));
    let protected = match disclosure::protect(cube, &plan, None, &()) {
        Ok((protected, _proof)) => protected,
        Err(DisclosureError::ProofFailed(why)) => {
            // What cannot be proved safe is not shown; the rest of the page still is.
            tracing::warn!(indicator = indicator.code, why, "a result is held because its proof failed");
            return Ok(vec![Cell {
                pairs: Shown::Held,
                improved: Shown::Held,
                median: Shown::Held,
                class: format!("1–{}", whole.engagements),
                ..total
            }]);
        }
        Err(error) => return Err(WebError::internal(error)),
    };
    let shown = |cell: usize, code: &str| match protected.measure(code).map(|m| protected.value(cell, m)) {
        Some(Value::Visible(value)) => Shown::Value(value),
        Some(Value::Withheld(_)) => Shown::Held,
        Some(Value::NotAvailable) | None => Shown::Nothing,
    };
    let members = &protected.dimensions()[0].members;
    let cells = members.iter().enumerate().map(|(member, label)| {
        let engagements = cases.iter().filter(|case| member == 0 || group(case, by) == label.code).count();
        let Some(cell) = protected.find(&[member as u32]) else {
            return Cell {
                code: label.code.clone(),
                engagements,
                pairs: Shown::Value(0.0),
                ..Cell::default()
            };
        };
        let pairs = shown(cell, "PAIRS");
        Cell {
            code: label.code.clone(),
            engagements,
            pairs,
            improved: shown(cell, "IMPROVED"),
            median: shown(cell, "MEDIAN"),
            quartiles: shown(cell, "Q1").value().zip(shown(cell, "Q3").value()),
            sums: if member == 0 && pairs.value().is_some() { whole.sums } else { None },
            class: protected.count_class(cell).map(|class| class.to_string()).unwrap_or_default(),
        }
    });
    Ok(cells.collect())
}

fn group(case: &Case, by: Breakdown) -> &str {
    case.groups[by as usize].as_deref().unwrap_or("_U")
}
