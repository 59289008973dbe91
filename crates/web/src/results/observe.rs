//! Recording what was measured: an overview of one engagement, and one form for each indicator and stage.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{ReadObservations, ReadResults, RecordObservation};
use domain::formula::PERIOD;
use domain::indicator::{Indicator, Verification};
use domain::language::Language;
use domain::observation::{NewObservation, NotTracked, Reading, Stage};
use jiff::civil::Date;
use serde::Deserialize;
use store::cases::{self, EngagementHead};
use store::observations::{self, Around, Recorded};
use store::{StoreError, tallies};

use super::record::place;
use super::room::Room;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::{OwnForm, SignedIn};
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Section, Square};
use crate::state::AppState;
use crate::visit::Visit;

/// `GET /results/{programme}/engagements/{engagement}`: what is measured, and what is missing.
pub(super) async fn overview(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, engagement)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let head = head(&room, &engagement).await?;
    signed_in.permit(ReadObservations { what: engagement.clone(), place: place(&head) })?;
    let all = observations::of_engagement(&app.desk.store, &engagement).await?;
    let permit = RecordObservation { engagement: engagement.clone(), place: place(&head) };
    let may_record = signed_in.actor.permit(permit).is_ok();
    let title = room.with("results-engagement-title", &[("enterprise", &head.enterprise_name)]);
    let mut sheet = room.sheet("/engagements", title, room.t("results-engagement-lead"));
    sheet.shell = sheet.shell.synthetic_if(head.synthetic);
    for (core, key) in [(true, "results-core"), (false, "results-other")] {
        let indicators = room.measurement.indicators.current().filter(|indicator| indicator.core == core);
        let rows = indicators.map(|indicator| overview_line(&room, indicator, &engagement, &all, may_record));
        let stages = [Stage::Baseline, Stage::Final, Stage::FollowUp6, Stage::FollowUp12];
        let mut heads = vec![Column::words(room.t("results-head-indicator"))];
        heads.extend(
            stages.map(|stage| Column::number(room.t(&format!("results-stage-{}", stage.code())), "")),
        );
        sheet.sections.push(Section {
            title: room.t(key),
            grid: Some(Grid {
                caption: room.t("results-engagement-caption"),
                note: room.t("results-engagement-note"),
                heads,
                rows: rows.collect(),
                ..Grid::default()
            }),
            ..Section::default()
        });
    }
    let back = room.speech().href(&format!("/delivery/engagements/{engagement}"));
    sheet.sections.push(Section {
        links: vec![Link { href: back, label: room.t("home-back-to-engagement"), current: false }],
        ..Section::default()
    });
    private_page(&sheet)
}

fn overview_line(
    room: &Room<'_>,
    indicator: &Indicator,
    engagement: &str,
    all: &[Recorded],
    may_record: bool,
) -> Line {
    let speech = room.speech();
    let cell = |stage: Stage| {
        let standing = all.iter().find(|recorded| {
            let new = &recorded.observation.new;
            !recorded.replaced && new.indicator == indicator.code && new.stage == stage
        });
        match standing {
            Some(recorded) => {
                let text = match recorded.observation.value {
                    Some(value) => speech.number(value, indicator.decimals),
                    None => room.t("results-not-tracked"),
                };
                let mark = if recorded.observation.quality.counts() { "" } else { " ?" };
                let href = room.href(&format!("/observations/{}", recorded.observation.new.id));
                Square::Opens(format!("{text}{mark}"), href)
            }
            None if !indicator.stages.contains(&stage) => Square::Nobody,
            None if may_record => Square::Go(
                room.t("results-fill-in"),
                room.href(&format!("/engagements/{engagement}/{}/{}", indicator.code, stage.code())),
            ),
            None => Square::Unknown,
        }
    };
    Line {
        name: speech.say(&indicator.label).to_owned(),
        sub: speech.say(&indicator.unit_label).to_owned(),
        // Results of all are not for everybody: those who may not read them get no link that would be shut.
        href: room
            .signed_in
            .actor
            .may_somewhere::<ReadResults>()
            .then(|| room.href(&format!("/indicators/{}", indicator.code))),
        cells: [Stage::Baseline, Stage::Final, Stage::FollowUp6, Stage::FollowUp12].map(cell).into(),
        ..Line::default()
    }
}

async fn head(room: &Room<'_>, engagement: &str) -> Result<EngagementHead, WebError> {
    let head = cases::engagement(&room.app.desk.store, engagement).await?;
    if head.programme == room.programme.id { Ok(head) } else { Err(WebError::NotFound) }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    replaces: Option<String>,
    training: Option<String>,
}

/// `GET /results/{programme}/engagements/{engagement}/{indicator}/{stage}`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, engagement, indicator, stage)): Path<(String, String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let head = head(&room, &engagement).await?;
    signed_in.permit(RecordObservation { engagement: engagement.clone(), place: place(&head) })?;
    let (indicator, stage) = asked(&room, &indicator, &stage)?;
    let mut typed = HashMap::new();
    if let Some(old) = &wanted.replaces {
        let recorded = observations::get(&app.desk.store, old).await?;
        typed = typed_before(&recorded, room.speech().language());
        typed.insert("replaces".into(), old.clone());
    }
    if let Some(training) = wanted.training {
        typed.insert("training".into(), training);
    }
    page(&room, &head, indicator, stage, &typed, String::new())
}

fn asked<'a>(room: &Room<'a>, indicator: &str, stage: &str) -> Result<(&'a Indicator, Stage), WebError> {
    let indicator = room.measurement.indicators.get(indicator);
    let stage = Stage::parse(stage);
    indicator
        .zip(stage)
        .filter(|(indicator, stage)| indicator.stages.contains(stage))
        .ok_or(WebError::NotFound)
}

/// What stood in the form when the value was recorded.
fn typed_before(recorded: &Recorded, language: Language) -> HashMap<String, String> {
    let new = &recorded.observation.new;
    let write = |value: f64| match language {
        Language::Id => value.to_string().replace('.', ","),
        Language::En => value.to_string(),
    };
    let mut typed: HashMap<String, String> = [
        ("from", new.from.to_string()),
        ("to", new.to.to_string()),
        ("output_unit", new.output_unit.clone()),
        ("verification", new.verification.map_or(String::new(), |means| means.code().to_owned())),
        ("evidence", new.evidence.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    match &new.reading {
        Reading::Inputs(inputs) => {
            typed.extend(inputs.iter().map(|(code, value)| (format!("input_{code}"), write(*value))));
        }
        Reading::Value(value) => drop(typed.insert("value".into(), write(*value))),
        Reading::NotTracked(why) => drop(typed.insert("not_tracked".into(), why.code().to_owned())),
    }
    typed
}

fn page(
    room: &Room<'_>,
    head: &EngagementHead,
    indicator: &Indicator,
    stage: Stage,
    typed: &HashMap<String, String>,
    error: String,
) -> Result<Response, WebError> {
    let speech = room.speech();
    let refused = !error.is_empty();
    let title = room.with(
        "results-record-title",
        &[
            ("indicator", speech.say(&indicator.label)),
            ("stage", &room.t(&format!("results-stage-{}", stage.code()))),
        ],
    );
    let lead = format!("{}. {}", head.enterprise_name, speech.say(&indicator.definition));
    let mut sheet = room.sheet("/engagements", title, lead);
    sheet.shell = sheet.shell.synthetic_if(head.synthetic);
    let path = format!("/engagements/{}/{}/{}", head.id, indicator.code, stage.code());
    let mut form =
        Form::post(room.href(&path), room.t("results-save-value"), fields(room, indicator, stage, typed));
    form.error = error;
    sheet.sections.push(Section {
        form: Some(form),
        links: vec![room.link(&format!("/engagements/{}", head.id), room.t("results-back-engagement"))],
        ..Section::default()
    });
    let page = private_page(&sheet)?;
    Ok(if refused { (StatusCode::BAD_REQUEST, page).into_response() } else { page })
}

fn fields(
    room: &Room<'_>,
    indicator: &Indicator,
    stage: Stage,
    typed: &HashMap<String, String>,
) -> Vec<Field> {
    let speech = room.speech();
    let was = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let mut fields = vec![
        Field::new("from", room.t("results-from"), Kind::Date).with(was("from")),
        Field::new("to", room.t("results-to"), Kind::Date).with(was("to")),
    ];
    match &indicator.formula {
        None => {
            let options = vec![
                (String::new(), room.t("results-choose")),
                ("1".into(), room.t("results-practice-yes")),
                ("0".into(), room.t("results-practice-no")),
            ];
            fields.push(
                Field::new("value", speech.say(&indicator.label), Kind::Choice(options))
                    .with(was("value"))
                    .optional(),
            );
        }
        Some(formula) => {
            for code in formula.inputs().iter().filter(|code| *code != PERIOD) {
                let Some(input) = room.measurement.indicators.input(code) else { continue };
                let (name, unit) = (format!("input_{code}"), speech.say(&input.unit.words()).to_owned());
                fields.push(
                    Field::new(&name, speech.say(&input.label), Kind::Number(unit))
                        .with(was(&name))
                        .optional(),
                );
            }
        }
    }
    if indicator.is_own_unit() {
        fields.push(
            Field::new("output_unit", room.t("results-output-unit"), Kind::Text)
                .hint(room.t("results-output-unit-hint"))
                .with(was("output_unit"))
                .optional(),
        );
    }
    fields.extend(proof_fields(room, indicator, typed));
    fields.push(Field::hidden("replaces", was("replaces")));
    if stage == Stage::AfterModule {
        fields.push(Field::hidden("training", was("training")));
    }
    fields
}

/// Why there is no number, and how the number can be verified.
fn proof_fields(room: &Room<'_>, indicator: &Indicator, typed: &HashMap<String, String>) -> Vec<Field> {
    let was = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let mut fields = Vec::new();
    let mut reasons = vec![(String::new(), room.t("results-tracked"))];
    reasons.extend(
        NotTracked::ALL
            .map(|why| (why.code().to_owned(), room.t(&format!("results-not-tracked-{}", why.code())))),
    );
    fields.push(
        Field::new("not_tracked", room.t("results-not-tracked-field"), Kind::Choice(reasons))
            .hint(room.t("results-not-tracked-hint"))
            .with(was("not_tracked"))
            .optional(),
    );
    let mut means = vec![(String::new(), room.t("results-verification-none"))];
    means.extend(
        indicator.verification.iter().map(|means| {
            (means.code().to_owned(), room.t(&format!("results-verification-{}", means.code())))
        }),
    );
    fields.push(
        Field::new("verification", room.t("results-verification"), Kind::Choice(means))
            .with(was("verification"))
            .optional(),
    );
    fields.push(
        Field::new("evidence", room.t("results-evidence"), Kind::Text)
            .hint(room.t("results-evidence-hint"))
            .with(was("evidence"))
            .optional(),
    );
    fields
}

/// `POST /results/{programme}/engagements/{engagement}/{indicator}/{stage}`
pub(super) async fn submit(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, engagement, indicator, stage)): Path<(String, String, String, String)>,
    OwnForm(signed_in, typed): OwnForm<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let head = head(&room, &engagement).await?;
    let permit =
        signed_in.permit(RecordObservation { engagement: engagement.clone(), place: place(&head) })?;
    let (indicator, stage) = asked(&room, &indicator, &stage)?;
    let new = match read(&room, &head, indicator, stage, &typed) {
        Ok(new) => new,
        Err(key) => return page(&room, &head, indicator, stage, &typed, room.t(key)),
    };
    if let Some(training) = &new.training {
        tallies::training(&app.desk.store, training).await?;
    }
    let workshop_on = head.workshop_on.as_deref().and_then(|on| on.parse::<Date>().ok());
    let around = Around { today: room.today(), workshop_on };
    let mut tx = app.desk.store.begin(app.now()).await?;
    match observations::record(&mut tx, &permit, new, indicator, around).await {
        Ok(recorded) => {
            tx.commit().await?;
            let to = match recorded.doubts.is_empty() {
                true => format!("/engagements/{engagement}"),
                false => format!("/observations/{}", recorded.new.id),
            };
            Ok(Redirect::to(&room.href(&to)).into_response())
        }
        Err(StoreError::Rule(text)) => {
            page(&room, &head, indicator, stage, &typed, in_words(&room, room.speech().say(&text)))
        }
        Err(error) => Err(error.into()),
    }
}

/// A refusal with the names of inputs as the form says them, not as files write them.
fn in_words(room: &Room<'_>, refusal: &str) -> String {
    let speech = room.speech();
    room.measurement.indicators.inputs().fold(refusal.to_owned(), |text, input| {
        text.replace(&format!("`{}`", input.code), &format!("“{}”", speech.say(&input.label)))
    })
}

/// What was typed as an observation, or the key of what is wrong.
fn read(
    room: &Room<'_>,
    head: &EngagementHead,
    indicator: &Indicator,
    stage: Stage,
    typed: &HashMap<String, String>,
) -> Result<NewObservation, &'static str> {
    let text = |name: &str| typed.get(name).map_or("", |value| value.trim());
    let date = |name: &str| text(name).parse::<Date>().map_err(|_| "results-wrong-period");
    let reading = match NotTracked::parse(text("not_tracked")) {
        Some(why) => Reading::NotTracked(why),
        None => typed_reading(room, indicator, typed)?,
    };
    let some = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
    if text("evidence").len() > 1000 || text("output_unit").len() > 60 {
        return Err("results-too-long");
    }
    Ok(NewObservation {
        id: room.app.new_id(),
        programme: head.programme.clone(),
        indicator: indicator.code.clone(),
        version: indicator.version,
        enterprise: head.enterprise_id.clone(),
        engagement: head.id.clone(),
        training: some("training").filter(|_| stage == Stage::AfterModule),
        stage,
        from: date("from")?,
        to: date("to")?,
        reading,
        output_unit: text("output_unit").to_owned(),
        verification: Verification::parse(text("verification")),
        evidence: text("evidence").to_owned(),
        replaces: some("replaces"),
        synthetic: head.synthetic,
    })
}

fn typed_reading(
    room: &Room<'_>,
    indicator: &Indicator,
    typed: &HashMap<String, String>,
) -> Result<Reading, &'static str> {
    let language = room.speech().language();
    let text = |name: &str| typed.get(name).map_or("", |value| value.trim());
    let Some(formula) = &indicator.formula else {
        return match text("value") {
            "1" => Ok(Reading::Value(1.0)),
            "0" => Ok(Reading::Value(0.0)),
            _ => Err("results-wrong-practice"),
        };
    };
    let mut inputs = BTreeMap::new();
    for code in formula.inputs().iter().filter(|code| *code != PERIOD) {
        let typed = text(&format!("input_{code}"));
        let value = number(typed, language).ok_or("results-wrong-number")?;
        let negative = room.measurement.indicators.input(code).is_some_and(|input| input.negative);
        if value < 0.0 && !negative {
            return Err("results-negative");
        }
        inputs.insert(code.clone(), value);
    }
    Ok(Reading::Inputs(inputs))
}

/// A number as readers of the language write it: `1.234,5` or `1,234.5`. What could be read two ways is
/// refused.
pub(crate) fn number(text: &str, language: Language) -> Option<f64> {
    let (group, point) = match language {
        Language::Id => ('.', ','),
        Language::En => (',', '.'),
    };
    let text = text.replace(['\u{a0}', ' '], "").replace('\u{2212}', "-");
    let (whole, decimals) = text.split_once(point).unwrap_or((&text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let groups: Vec<&str> = digits.split(group).collect();
    let grouped =
        groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|part| part.len() == 3));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped
        || digits.is_empty()
        || !groups.iter().all(|part| plain(part))
        || !plain(decimals)
        || text.len() > 30
    {
        return None;
    }
    let sign = if whole.starts_with('-') { "-" } else { "" };
    format!("{sign}{}.{decimals}0", groups.concat()).parse().ok().filter(|value: &f64| value.is_finite())
}
