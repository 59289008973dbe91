//! What anybody may know of a programme's results: the core indicators, after the guard, with n of N.

use domain::indicator::Comparison;
use domain::outcome::COVERAGE_MIN_PERCENT;
use domain::programme::Programme;

use super::answer::{self, Shown};
use super::dashboard::change;
use super::room::Ground;
use crate::error::WebError;
use crate::speech::Speech;
use crate::state::AppState;

/// One core indicator in a line.
pub(crate) struct PublicResult {
    pub(crate) label: String,
    pub(crate) definition: String,
    pub(crate) change: String,
    pub(crate) improved: String,
    /// `102 dari 167`
    pub(crate) pairs: String,
    /// Fewer were measured twice than a reader should rely on.
    pub(crate) is_thin: bool,
}

/// The lines, and when they were computed.
pub(crate) struct PublicResults {
    pub(crate) lines: Vec<PublicResult>,
    pub(crate) source: String,
}

/// Core indicators whose median may be told; nothing if there is none.
pub(crate) async fn results(
    app: &AppState,
    speech: Speech,
    programme: &Programme,
) -> Result<Option<PublicResults>, WebError> {
    let Some(measurement) = app.content.measurement(&programme.id) else { return Ok(None) };
    let answers = answer::all(&Ground { app, programme, measurement }).await?;
    let mut lines = Vec::new();
    for indicator in measurement.indicators.current().filter(|indicator| indicator.core) {
        let Some(answer) = answers.document.iter().find(|answer| answer.indicator == indicator.code) else {
            continue;
        };
        let total = answer.total();
        let (Some(change), Shown::Value(pairs)) = (change(speech, indicator, total.median), total.pairs)
        else {
            continue;
        };
        // Few events make no percentage: they are told as they are.
        let change = match total.sums.filter(|_| indicator.comparison == Comparison::Counts) {
            Some((before, after)) => format!("{} → {}", speech.number(before, 0), speech.number(after, 0)),
            None => change,
        };
        let improved = total.improved.value().filter(|_| indicator.better.progress(1.0).is_some());
        lines.push(PublicResult {
            label: speech.say(&indicator.label).to_owned(),
            definition: speech.say(&indicator.definition).to_owned(),
            change,
            improved: improved
                .map_or_else(|| "–".to_owned(), |improved| speech.percent(improved / pairs * 100.0, 0)),
            pairs: speech.with(
                "programme-results-of",
                &[("pairs", &speech.number(pairs, 0)), ("all", &speech.integer(answer.engagements as u64))],
            ),
            is_thin: answer.coverage().is_none_or(|share| share < COVERAGE_MIN_PERCENT),
        });
    }
    let at = speech.moment(answers.computed_at);
    let source =
        format!("{} {}", speech.t("results-no-comparison"), speech.with("results-computed", &[("at", &at)]));
    Ok((!lines.is_empty()).then_some(PublicResults { lines, source }))
}
