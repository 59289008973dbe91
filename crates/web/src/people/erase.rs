//! To be forgotten: what goes, what stays, and where somebody must say whether a name is that of the person.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::person::{ErasePerson, Erasure, Person};
use store::people::{self, Mention, Participation, Traces};

use super::show::look;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "people/erase.html")]
struct ErasePage {
    shell: Shell,
    form_token: String,
    here: String,
    goes: Vec<String>,
    stays: Vec<String>,
    /// Names in lists of participants.
    seats: Vec<Choice>,
    /// Texts in which the name may stand.
    texts: Vec<Choice>,
}

/// Something to decide about.
struct Choice {
    field: String,
    ticked: bool,
    title: String,
    words: String,
    without: String,
}

/// `GET /people/{person}/erase`: what goes and what stays, before anything happens.
pub(super) async fn confirm(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (person, look) = look(&app, &signed_in, &id).await?;
    let person = person.ok_or(WebError::NotFound)?;
    signed_in.permit(ErasePerson { person: id.clone(), place: look.action().place.clone() })?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    let traces = people::traces_of(&mut tx, &look).await?;
    drop(tx);
    let here = format!("/people/{id}");
    let shell = desk::shell(&visit, &signed_in.session, "/register", speech.t("person-erase"));
    let trails = [
        ("/people", speech.t("person-title")),
        (here.as_str(), person.name.clone()),
        ("", speech.t("person-erase")),
    ];
    private_page(&ErasePage {
        shell: desk::crumbs(shell, trails),
        form_token: signed_in.session.form_token.clone(),
        here: speech.href(&here),
        goes: goes(speech, &person, &traces),
        stays: ["person-stays-counts", "person-stays-consent", "person-stays-audit", "person-stays-backup"]
            .map(|key| speech.t(key))
            .into(),
        seats: traces.participations.iter().map(|one| seat(&app, speech, &person, one)).collect(),
        texts: traces.mentions.iter().map(|one| text(speech, one)).collect(),
    })
}

fn goes(speech: Speech, person: &Person, traces: &Traces) -> Vec<String> {
    let mut goes = vec![speech.t("person-goes-record")];
    if traces.contacts > 0 {
        let count = speech.integer(traces.contacts as u64);
        goes.push(speech.with("person-goes-contacts", &[("count", &count)]));
    }
    if person.account.is_some() {
        goes.push(speech.t("person-goes-account"));
    }
    goes
}

/// Ticked unless the list says another sex than the record: then it is a namesake's.
fn seat(app: &AppState, speech: Speech, person: &Person, one: &Participation) -> Choice {
    let sex = person.sex.map(|sex| if sex == domain::person::Sex::Female { "woman" } else { "man" });
    let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |day| speech.date(day));
    let module = app.content.programmes().find_map(|programme| programme.module(&one.module));
    let module = module.map_or_else(|| one.module.clone(), |module| speech.say(&module.title).to_owned());
    Choice {
        field: format!("seat-{}", one.id),
        ticked: sex.is_none_or(|sex| sex == one.sex),
        title: speech.with("person-seat", &[("module", &module), ("from", &day(&one.from))]),
        words: [
            one.venue.clone(),
            speech.t(&format!("delivery-position-{}", one.position)),
            speech.t(&format!("delivery-{}", one.sex)),
        ]
        .join(" · "),
        without: String::new(),
    }
}

/// Never ticked beforehand: only a reader knows who is meant.
fn text(speech: Speech, one: &Mention) -> Choice {
    Choice {
        field: format!("text-{}", one.key),
        ticked: false,
        title: speech.t(&format!("person-text-{}", one.kind.replace('_', "-"))),
        words: one.text.clone(),
        without: one.without.clone(),
    }
}

/// `POST /people/{person}/erase`
pub(super) async fn erase(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    OwnForm(signed_in, chosen): OwnForm<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let place = people::place(&app.desk.store, &id).await?;
    let permit = signed_in.permit(ErasePerson { person: id.clone(), place })?;
    let those =
        |kind: &str| chosen.keys().filter_map(|field| field.strip_prefix(kind)).map(str::to_owned).collect();
    let erasure = Erasure { participations: those("seat-"), mentions: those("text-") };
    let mut tx = app.desk.store.begin(app.now()).await?;
    people::erase(&mut tx, &permit, &erasure).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{id}"))).into_response())
}
