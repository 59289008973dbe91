//! One observation: what was read, by what evidence, what is doubtful, and what it corrects. Its review.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{Place, ReadObservations, RecordObservation, ReviewObservation};
use domain::indicator::Indicator;
use domain::observation::{Quality, Reading};
use serde::Deserialize;
use store::cases::EngagementHead;
use store::observations::{self, Recorded};
use store::{accounts, cases};

use super::room::Room;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::parts::{Field, Form, Kind, Notice, Section};
use crate::state::AppState;
use crate::visit::Visit;

/// Where the things of an engagement stand.
pub(super) fn place(head: &EngagementHead) -> Place {
    Place::programme(&head.programme)
        .in_region(&head.region)
        .of_organisation(&head.organisation_id)
        .of_enterprise(&head.enterprise_id)
}

/// `GET /results/{programme}/observations/{observation}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let (recorded, head, indicator) = find(&room, &id).await?;
    let speech = room.speech();
    signed_in.permit(ReadObservations { what: id.clone(), place: place(&head) })?;
    let new = &recorded.observation.new;
    let title = room.with(
        "results-record-title",
        &[
            ("indicator", speech.say(&indicator.label)),
            ("stage", &room.t(&format!("results-stage-{}", new.stage.code()))),
        ],
    );
    let mut sheet = room.sheet("/observations", title, value_words(&room, indicator, &recorded));
    sheet.shell = sheet.shell.synthetic_if(new.synthetic);
    let author = accounts::get(&app.desk.store, &recorded.recorded_by).await.map(|account| account.name);
    let author = author.unwrap_or_else(|_| room.t("office-operator"));
    sheet.sections.push(facts(&room, indicator, &recorded, &head, &author));
    if let Some(section) = review_form(&room, &recorded, &head) {
        sheet.sections.push(section);
    }
    private_page(&sheet)
}

async fn find<'a>(room: &Room<'a>, id: &str) -> Result<(Recorded, EngagementHead, &'a Indicator), WebError> {
    let recorded = observations::get(&room.app.desk.store, id).await?;
    let new = &recorded.observation.new;
    let indicator = room.measurement.indicators.version(&new.indicator, new.version);
    let indicator = indicator.filter(|_| new.programme == room.programme.id).ok_or(WebError::NotFound)?;
    let head = cases::engagement(&room.app.desk.store, &new.engagement).await?;
    Ok((recorded, head, indicator))
}

/// `12,3 %`, or why there is no number.
fn value_words(room: &Room<'_>, indicator: &Indicator, recorded: &Recorded) -> String {
    let speech = room.speech();
    match (&recorded.observation.new.reading, recorded.observation.value) {
        (Reading::NotTracked(why), _) => room.with(
            "results-not-tracked-because",
            &[("why", &room.t(&format!("results-not-tracked-{}", why.code())))],
        ),
        (_, Some(value)) if indicator.is_practice() => {
            room.t(if value > 0.0 { "results-practice-yes" } else { "results-practice-no" })
        }
        (_, Some(value)) => {
            format!("{} {}", speech.number(value, indicator.decimals), speech.say(&indicator.unit_label))
        }
        (_, None) => room.t("unknown"),
    }
}

fn facts(
    room: &Room<'_>,
    indicator: &Indicator,
    recorded: &Recorded,
    head: &EngagementHead,
    author: &str,
) -> Section {
    let speech = room.speech();
    let new = &recorded.observation.new;
    let period = format!("{} – {}", speech.short_date(new.from), speech.short_date(new.to));
    let verification = new.verification.map_or_else(
        || room.t("results-verification-none"),
        |means| room.t(&format!("results-verification-{}", means.code())),
    );
    let mut facts = vec![
        (room.t("results-head-enterprise"), head.enterprise_name.clone()),
        (room.t("results-period"), period),
        (room.t("results-verification"), verification),
        (room.t("results-evidence"), if new.evidence.is_empty() { "–".into() } else { new.evidence.clone() }),
        (
            room.t("results-quality"),
            room.t(&format!("results-quality-{}", recorded.observation.quality.code())),
        ),
        (room.t("results-version"), new.version.to_string()),
        (room.t("results-recorded"), format!("{author}, {}", speech.moment(recorded.recorded_at))),
    ];
    drop(facts.splice(1..1, given(room, &new.reading)));
    if !new.output_unit.is_empty() && indicator.is_own_unit() {
        facts.push((room.t("results-output-unit"), new.output_unit.clone()));
    }
    if !recorded.review_note.is_empty() {
        facts.push((room.t("results-review-note"), recorded.review_note.clone()));
    }
    let doubt = |doubt: &domain::observation::Doubt| Notice {
        class: "warn",
        text: speech.say(&doubt.message).to_owned(),
        ..Notice::default()
    };
    let mut notices: Vec<Notice> = recorded.observation.doubts.iter().map(doubt).collect();
    if recorded.replaced {
        notices.push(Notice { text: room.t("results-replaced"), ..Notice::default() });
    }
    let mut links = vec![room.link(&format!("/engagements/{}", head.id), room.t("results-back-engagement"))];
    let permit = RecordObservation { engagement: head.id.clone(), place: place(head) };
    if !recorded.replaced && room.signed_in.actor.permit(permit).is_ok() {
        links.push(Link {
            href: room.href(&format!(
                "/engagements/{}/{}/{}?replaces={}",
                head.id,
                new.indicator,
                new.stage.code(),
                new.id
            )),
            label: room.t("results-correct"),
            current: false,
        });
    }
    if let Some(old) = &new.replaces {
        links.push(room.link(&format!("/observations/{old}"), room.t("results-old-value")));
    }
    Section { facts, notices, links, ..Section::default() }
}

/// What the enterprise gave, input by input.
fn given(room: &Room<'_>, reading: &Reading) -> Vec<(String, String)> {
    let Reading::Inputs(inputs) = reading else { return Vec::new() };
    let speech = room.speech();
    let fact = |(code, value): (&String, &f64)| {
        let decimals = if value.fract() == 0.0 { 0 } else { 2 };
        let number = speech.number(*value, decimals);
        match room.measurement.indicators.input(code) {
            Some(input) => {
                let unit = input.unit.words();
                (speech.say(&input.label).to_owned(), format!("{number} {}", speech.say(&unit)))
            }
            None => (code.clone(), number),
        }
    };
    inputs.iter().map(fact).collect()
}

fn review_form(room: &Room<'_>, recorded: &Recorded, head: &EngagementHead) -> Option<Section> {
    let id = &recorded.observation.new.id;
    let permit = ReviewObservation { observation: id.clone(), place: place(head) };
    let waits = recorded.observation.quality == Quality::Doubtful && !recorded.replaced;
    if !waits || room.signed_in.actor.permit(permit).is_err() {
        return None;
    }
    let decision = Kind::Choice(vec![
        ("confirm".into(), room.t("results-review-confirm")),
        ("reject".into(), room.t("results-review-reject")),
    ]);
    let fields = vec![
        Field::new("decision", room.t("results-review-decision"), decision),
        Field::new("note", room.t("results-review-note"), Kind::Long).hint(room.t("results-review-hint")),
    ];
    let form =
        Form::post(room.href(&format!("/observations/{id}/review")), room.t("results-review-do"), fields);
    Some(Section { title: room.t("results-review-title"), form: Some(form), ..Section::default() })
}

#[derive(Deserialize)]
pub(super) struct Reviewed {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    note: String,
}

/// `POST /results/{programme}/observations/{observation}/review`
pub(super) async fn decide(
    State(app): State<AppState>,
    visit: Visit,
    Path((programme, id, _)): Path<(String, String, String)>,
    OwnForm(signed_in, form): OwnForm<Reviewed>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let (_, head, _) = find(&room, &id).await?;
    let permit = signed_in.permit(ReviewObservation { observation: id.clone(), place: place(&head) })?;
    let confirm = match form.decision.as_str() {
        "confirm" => true,
        "reject" => false,
        _ => return Err(incomplete()),
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    observations::review(&mut tx, &permit, confirm, &form.note).await?;
    tx.commit().await?;
    Ok(Redirect::to(&room.href("/review")).into_response())
}
