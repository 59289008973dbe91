//! The core indicators of one engagement: before, latest, and what may be said of the change.

use domain::actor::ReadObservations;
use domain::delivery::{Dossier, Stage};
use domain::document::IndicatorLine;
use domain::indicator::{Comparison, Indicator};
use domain::observation::Reading;
use domain::outcome::{Case, Point, Standing, Unusable, judge};
use store::observations::{self, Recorded};

use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;

/// What is known of the core indicators, and how many of how many can be compared.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) lead: String,
    pub(super) lines: Vec<IndicatorLine>,
}

/// One indicator of an engagement: the two observations that stand, and what may be said of them.
pub(super) struct Compared<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) before: Option<Recorded>,
    pub(super) later: Option<Recorded>,
    pub(super) judged: Standing,
}

/// Compares what was observed of an engagement, indicator by indicator; nothing where nothing was recorded.
pub(super) async fn compared<'a>(
    app: &'a AppState,
    signed_in: &SignedIn,
    dossier: &Dossier,
) -> Result<Vec<Compared<'a>>, WebError> {
    let engagement = &dossier.engagement;
    let Some(measurement) = app.content.measurement(&engagement.programme) else {
        return Ok(Vec::new());
    };
    let asked = ReadObservations { what: engagement.id.clone(), place: engagement.place() };
    signed_in.permit(asked)?;
    let all = observations::of_engagement(&app.desk.store, &engagement.id).await?;
    let standing: Vec<&Recorded> = all.iter().filter(|recorded| !recorded.replaced).collect();
    if standing.is_empty() {
        return Ok(Vec::new());
    }
    let deflator = app.content.deflator(&measurement.framework.deflator);
    let compare = |indicator: &'a Indicator| {
        let own = || standing.iter().copied().filter(|one| one.observation.new.indicator == indicator.code);
        let before = own().find(|one| one.observation.new.stage == Stage::Baseline);
        let later = own()
            .filter(|one| one.observation.new.stage != Stage::Baseline)
            .max_by_key(|one| (one.observation.new.to, one.observation.new.id.clone()));
        let case = Case { baseline: before.map(point), later: later.map(point), ..Case::default() };
        let judged = judge(indicator, &case, deflator);
        Compared { indicator, before: before.cloned(), later: later.cloned(), judged }
    };
    Ok(measurement.indicators.current().map(compare).collect())
}

/// Tells the core indicators of an engagement; nothing where the programme measures none, or none was
/// recorded.
pub(super) async fn told(
    app: &AppState,
    speech: Speech,
    signed_in: &SignedIn,
    dossier: &Dossier,
) -> Result<Measured, WebError> {
    let all = compared(app, signed_in, dossier).await?;
    if all.is_empty() {
        return Ok(Measured::default());
    }
    let (mut usable, mut lines) = (0u64, Vec::new());
    for one in all.iter().filter(|one| one.indicator.core) {
        usable += u64::from(matches!(one.judged, Standing::Pair { .. }));
        lines.push(line(speech, one.indicator, one.before.as_ref(), one.later.as_ref(), &one.judged));
    }
    let values = [("pairs", &*speech.integer(usable)), ("all", &speech.integer(lines.len() as u64))];
    Ok(Measured { lead: speech.with("delivery-indicators-lead", &values), lines })
}

fn point(recorded: &Recorded) -> Point {
    let observation = &recorded.observation;
    Point {
        value: observation.value,
        quality: observation.quality,
        output: observation.new.output(),
        version: observation.new.version,
        year: observation.new.to.year(),
    }
}

fn line(
    speech: Speech,
    indicator: &Indicator,
    before: Option<&Recorded>,
    later: Option<&Recorded>,
    judged: &Standing,
) -> IndicatorLine {
    let recorded = |one: Option<&Recorded>| match one.map(|one| one.observation.value) {
        None => speech.t("unknown"),
        Some(None) => "–".to_owned(),
        Some(Some(value)) => said(speech, indicator, value),
    };
    let (before_words, after_words) = match judged {
        // At the prices of the later year, as the change is.
        Standing::Pair { before, after, .. } => {
            (said(speech, indicator, *before), said(speech, indicator, *after))
        }
        _ => (recorded(before), recorded(later)),
    };
    let latest = later.or(before);
    IndicatorLine {
        label: speech.say(&indicator.label).to_owned(),
        unit: unit(speech, indicator, latest),
        before: before_words,
        after: after_words,
        change: change(speech, indicator, judged, [before, later]),
        known: matches!(judged, Standing::Pair { .. }),
        version: latest.map_or(indicator.version, |one| one.observation.new.version).to_string(),
    }
}

fn unit(speech: Speech, indicator: &Indicator, latest: Option<&Recorded>) -> String {
    let label = speech.say(&indicator.unit_label).to_owned();
    let Some(latest) = latest else { return label };
    let new = &latest.observation.new;
    if indicator.is_money() {
        return speech
            .with("delivery-indicators-prices", &[("unit", &label), ("year", &new.to.year().to_string())]);
    }
    match new.output_unit.trim() {
        "" => label,
        output => format!("{label}: {output}"),
    }
}

fn said(speech: Speech, indicator: &Indicator, value: f64) -> String {
    match indicator.is_practice() {
        true => speech.t(if value > 0.0 { "delivery-answer-yes" } else { "delivery-answer-no" }),
        false => speech.number(value, indicator.decimals),
    }
}

fn change(speech: Speech, indicator: &Indicator, judged: &Standing, both: [Option<&Recorded>; 2]) -> String {
    match judged {
        Standing::Pair { before, after, .. } if indicator.is_practice() => {
            format!("{} → {}", said(speech, indicator, *before), said(speech, indicator, *after))
        }
        Standing::Pair { before, after, change, .. } => match indicator.comparison {
            Comparison::Percent => speech.change(*change, 0),
            Comparison::Points => {
                let sign = if *change > 0.0 { "+" } else { "" };
                let number = format!("{sign}{}", speech.number(*change, indicator.decimals.max(1)));
                speech.with("results-points", &[("number", &number)])
            }
            // Too small for a percentage.
            Comparison::Counts => format!("{} → {}", speech.number(*before, 0), speech.number(*after, 0)),
        },
        Standing::SetApart { .. } => speech.t("delivery-indicators-set-apart"),
        Standing::Unusable(Unusable::NotTracked) => not_tracked(speech, both),
        Standing::Unusable(why) => speech.t(&format!("results-unusable-{}", why.code())),
    }
}

/// "Not tracked: …", with the reason that was given.
fn not_tracked(speech: Speech, both: [Option<&Recorded>; 2]) -> String {
    let why = both.into_iter().rev().flatten().find_map(|one| match &one.observation.new.reading {
        Reading::NotTracked(why) => Some(why.code()),
        _ => None,
    });
    match why {
        Some(code) => {
            let why = speech.t(&format!("results-not-tracked-{code}"));
            speech.with("results-not-tracked-because", &[("why", &why)])
        }
        None => speech.t("results-not-tracked"),
    }
}
