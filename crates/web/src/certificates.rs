//! Is this certificate genuine? Anybody who holds the paper may ask; the address on it is the key.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::trainer::{NewStep, Step, standing};
use jiff::civil::Date;
use store::certificates::{self, Attendance};

use crate::delivery;
use crate::error::WebError;
use crate::layout::{Place, Shell, private_page};
use crate::paper;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificatePage {
    shell: Shell,
    name: String,
    status: String,
    chip: &'static str,
    facts: Vec<(String, String)>,
}

/// `GET /certificates/{certificate}`
pub(crate) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let store = &app.desk.store;
    if let Some(attendance) = certificates::attendance(store, &id).await? {
        return of_attendance(&app, &visit, &id, attendance);
    }
    match certificates::pathway(store, &id).await? {
        Some((step, name, all)) if step.step == Step::Certified => {
            let synthetic = store::delivery::engagements::any_synthetic(store, &step.programme).await?;
            of_trainer(&app, &visit, (&step, name, all), synthetic)
        }
        _ => Err(WebError::NotFound),
    }
}

fn page(
    visit: &Visit,
    name: String,
    (chip, status): (&'static str, String),
    facts: Vec<(String, String)>,
    synthetic: bool,
) -> Result<Response, WebError> {
    let mut shell =
        Shell::new(visit, Place::Nowhere, visit.speech.t("paper-check-title")).synthetic_if(synthetic);
    shell.indexed = false;
    private_page(&CertificatePage { shell, name, status, chip, facts })
}

fn day(speech: Speech, iso: &str) -> String {
    iso.parse::<Date>().map_or_else(|_| iso.to_owned(), |day| speech.date(day))
}

fn of_attendance(app: &AppState, visit: &Visit, id: &str, one: Attendance) -> Result<Response, WebError> {
    let speech = visit.speech;
    let days = match one.starts_on == one.ends_on {
        true => day(speech, &one.starts_on),
        false => format!("{} – {}", day(speech, &one.starts_on), day(speech, &one.ends_on)),
    };
    let fact = |key: &str, value: String| (speech.t(&format!("paper-fact-{key}")), value);
    let attended = one.days.unsigned_abs();
    let earned = is_earned(app, &one);
    let facts = vec![
        fact("what", speech.t("paper-certificate")),
        fact("number", paper::number(id)),
        fact("enterprise", one.enterprise_name),
        fact("module", delivery::module_title(app, speech, &one.programme, &one.module)),
        fact("days", days),
        fact("attended", speech.count("paper-days", attended, &[("number", &attended.to_string())])),
        fact("venue", one.venue),
        fact("provider", one.organisation_name),
    ];
    let status = match one.struck {
        true => ("err", speech.t("paper-check-struck")),
        false if !earned => ("warn", speech.t("paper-check-short")),
        false => ("ok", speech.t("paper-check-valid")),
    };
    page(visit, one.name, status, facts, one.synthetic)
}

/// Was it long enough, by the rule of the product? A programme that is gone keeps what it gave.
fn is_earned(app: &AppState, one: &Attendance) -> bool {
    let Some(programme) = app.content.programme(&one.programme) else { return true };
    let taught = programme.workshop_days(&one.product, &one.module, &one.edition);
    let day = |iso: &str| iso.parse::<Date>().ok();
    let span = day(&one.starts_on).zip(day(&one.ends_on)).and_then(|(first, last)| first.until(last).ok());
    let held = span.map_or(i64::MAX, |span| i64::from(span.get_days()) + 1);
    one.days >= i64::from(programme.certificate_days(&one.product).min(taught)).min(held)
}

fn of_trainer(
    app: &AppState,
    visit: &Visit,
    (step, name, all): (&NewStep, String, Vec<NewStep>),
    synthetic: bool,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let measurement = app.content.measurement(&step.programme).ok_or(WebError::NotFound)?;
    let today = store::delivery::day(app.now());
    let record = domain::trainer::Record { person: step.person.clone(), steps: all, deliveries: Vec::new() };
    let own = standing(&record, &measurement.certification, today);
    let module = step.module.clone().unwrap_or_default();
    // A renewed certificate has a step of its own; this one ends where it says.
    let this = |one: &&domain::trainer::Certificate| one.module == module && one.from == step.on;
    let (status, until) = match (own.valid.iter().find(this), own.expired.iter().find(this)) {
        (Some(one), _) => (("ok", speech.t("paper-check-valid")), Some(one.to)),
        (None, Some(one)) => (("warn", speech.t("paper-check-expired")), Some(one.to)),
        (None, None) => (("err", speech.t("paper-check-withdrawn")), None),
    };
    let fact = |key: &str, value: String| (speech.t(&format!("paper-fact-{key}")), value);
    let mut facts = vec![
        fact("what", speech.t("paper-trainer-certificate")),
        fact("number", paper::number(&step.id)),
        fact("module", delivery::module_title(app, speech, &step.programme, &module)),
        fact("from", speech.date(step.on)),
    ];
    facts.extend(until.map(|until| fact("until", speech.date(until))));
    page(visit, name, status, facts, synthetic)
}
