//! The people of one enterprise, or of everywhere within reach, and the form that puts one on record.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::Actor;
use domain::enterprise::Read;
use domain::language::Text;
use domain::person::{Person, ReadPerson, RecordPerson, Sex};
use serde::Deserialize;
use store::{enterprises, people};

use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::desk;
use crate::office::guard::{OwnForm, SignedIn, incomplete};
use crate::state::AppState;
use crate::visit::Visit;

const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListPage {
    shell: Shell,
    form_token: String,
    /// The enterprise whose people these are, and its name.
    enterprise: Option<(String, String)>,
    rows: Vec<Row>,
    may_record: bool,
    /// What was typed and not taken, or an empty form with a fresh id.
    typed: NewPerson,
    error: Option<String>,
    /// People on record with the same phone or e-mail: their pages.
    doubles: Vec<String>,
}

struct Row {
    href: String,
    /// `None`: forgotten.
    name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    enterprise: String,
}

/// `GET /people?enterprise=…`: one look that names them all goes on record.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let typed = NewPerson { id: app.new_id(), enterprise: asked.enterprise, ..NewPerson::default() };
    page(&app, &visit, &signed_in, typed, None, Vec::new()).await
}

async fn page(
    app: &AppState,
    visit: &Visit,
    signed_in: &SignedIn,
    typed: NewPerson,
    error: Option<String>,
    doubles: Vec<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let store = &app.desk.store;
    let reach = signed_in.actor.reach::<ReadPerson>()?;
    let enterprise = match typed.enterprise.as_str() {
        "" => None,
        id => Some((id.to_owned(), enterprise_name(app, &signed_in.actor, id).await?)),
    };
    let id = enterprise.as_ref().map(|(id, _)| id.as_str());
    let lines = people::list(store, &reach, id, SHOWN).await?;
    let there: Vec<String> =
        lines.iter().filter(|line| line.erased_at.is_none()).map(|line| line.id.clone()).collect();
    let mut names = Vec::new();
    if !there.is_empty() {
        let mut tx = store.begin(app.now()).await?;
        names = people::read_many(&mut tx, &signed_in.actor, id.unwrap_or("people"), &there).await?;
        tx.commit().await?;
    }
    let name = |id: &str| {
        let found = names.iter().find(|(known, _)| known == id)?;
        Some(found.1.as_ref()?.name.clone())
    };
    let shell = desk::shell(visit, &signed_in.session, "/register", speech.t("person-title"));
    private_page(&ListPage {
        shell: desk::crumbs(
            shell,
            [("/register", speech.t("register-title")), ("/people", speech.t("person-title"))],
        ),
        form_token: signed_in.session.form_token.clone(),
        rows: lines
            .iter()
            .map(|line| Row { href: speech.href(&format!("/people/{}", line.id)), name: name(&line.id) })
            .collect(),
        may_record: enterprise.is_some() && signed_in.actor.may_somewhere::<RecordPerson>(),
        enterprise,
        typed,
        error,
        doubles: doubles.iter().map(|id| speech.href(&format!("/people/{id}"))).collect(),
    })
}

async fn enterprise_name(app: &AppState, actor: &Actor, id: &str) -> Result<String, WebError> {
    let place = enterprises::place(&app.desk.store, id).await?;
    let permit = actor.permit(domain::enterprise::ReadEnterprise { enterprise: id.to_owned(), place })?;
    Ok(enterprises::get(&app.desk.store, &permit).await?.enterprise.name)
}

#[derive(Default, Deserialize)]
pub(super) struct NewPerson {
    /// From the form: whoever sends it twice puts one person on record.
    id: String,
    enterprise: String,
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    sex: String,
    /// `yes`: it is another person than the one with the same phone or e-mail.
    #[serde(default)]
    different: String,
}

impl NewPerson {
    /// Name, phone and e-mail are read as those of a contact.
    fn read(&self, this_year: i16) -> Result<Person, Text> {
        let lists = Read { activities: None, regions: None, organisations: &[], this_year };
        let typed = [
            ("name", self.name.as_str()),
            ("region", "-"),
            ("contact_name", &self.name),
            ("contact_phone", &self.phone),
            ("contact_email", &self.email),
        ];
        let typed = typed.map(|(field, value)| (field.to_owned(), value.to_owned())).into();
        let contact = match domain::enterprise::read(&typed, &lists) {
            Ok(entry) => entry.contacts.into_iter().next().unwrap_or_default(),
            Err(faults) => {
                let why = faults.into_iter().find(|fault| fault.field != "name").map(|fault| fault.message);
                return Err(why.unwrap_or_else(|| {
                    Text::new(
                        "Tulis nama orang itu, paling panjang 500 huruf.",
                        "Write the name, 500 letters at most.",
                    )
                }));
            }
        };
        Ok(Person {
            name: contact.name,
            phone: contact.phone,
            email: contact.email,
            sex: Sex::parse(&self.sex),
            enterprise: Some(self.enterprise.clone()),
            ..Person::default()
        })
    }
}

/// `POST /people`
pub(super) async fn record(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, form): OwnForm<NewPerson>,
) -> Result<Response, WebError> {
    let store = &app.desk.store;
    let place = people::place_for(store, Some(&form.enterprise), None).await?;
    let person = match form.read(app.today().year()) {
        Ok(person) => person,
        Err(why) => {
            let why = visit.speech.say(&why).to_owned();
            let page = page(&app, &visit, &signed_in, form, Some(why), Vec::new()).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    if !crate::register::is_id(&form.id) {
        return Err(incomplete());
    }
    let act = RecordPerson { id: form.id.clone(), person, place };
    let permit = signed_in.permit(act)?;
    let doubles = doubles(&app, &signed_in.actor, &permit.action().person, &form.id).await?;
    if !doubles.is_empty() && form.different != "yes" {
        let why = visit.speech.t("person-double");
        let page = page(&app, &visit, &signed_in, form, Some(why), doubles).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let mut tx = store.begin(app.now()).await?;
    people::record(&mut tx, &permit).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href(&format!("/people/{}", form.id))).into_response())
}

/// Others on record with the same phone or e-mail whom this person may see.
async fn doubles(
    app: &AppState,
    actor: &Actor,
    person: &Person,
    itself: &str,
) -> Result<Vec<String>, WebError> {
    let mut seen = Vec::new();
    for id in people::same_as(&app.desk.store, person).await? {
        let place = people::place(&app.desk.store, &id).await?;
        if id != itself && actor.permit(ReadPerson { person: id.clone(), place }).is_ok() {
            seen.push(id);
        }
    }
    Ok(seen)
}
