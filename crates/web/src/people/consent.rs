//! Consent on the pages of people and enterprises: what stands on record, and the form that adds a word.

use domain::actor::Place;
use domain::language::Text;
use domain::person::{ConsentSubject, Purpose, RecordConsent};
use jiff::civil::Date;
use serde::Deserialize;
use store::consents::{self, Consent};

use crate::error::WebError;
use crate::office::guard::{SignedIn, incomplete};
use crate::speech::Speech;
use crate::state::AppState;

/// A word on record, as a page shows it.
pub(crate) struct Row {
    pub(crate) purpose: String,
    pub(crate) given: bool,
    pub(crate) words: String,
}

pub(crate) fn rows(speech: Speech, consents: Vec<Consent>) -> Vec<Row> {
    let row = |consent: Consent| {
        let key = if consent.given { "register-consent-given" } else { "register-consent-refused" };
        let on = speech.date(consent.said_on);
        Row {
            purpose: purpose(speech, consent.purpose),
            given: consent.given,
            words: speech.with(key, &[("on", &on), ("evidence", &consent.evidence)]),
        }
    };
    consents.into_iter().map(row).collect()
}

pub(crate) fn purpose(speech: Speech, purpose: Purpose) -> String {
    speech.t(&format!("register-purpose-{}", purpose.code()))
}

/// What may be agreed to, by code.
pub(crate) fn purposes(speech: Speech) -> Vec<(&'static str, String)> {
    Purpose::ALL.map(|each| (each.code(), purpose(speech, each))).into()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    purpose: String,
    given: String,
    on: String,
    #[serde(default)]
    evidence: String,
}

/// Puts the word on record, for whoever stands at `place`.
pub(crate) async fn record(
    app: &AppState,
    signed_in: &SignedIn,
    subject: ConsentSubject,
    place: Place,
    form: Form,
) -> Result<(), WebError> {
    let on: Date = form.on.parse().map_err(|_| incomplete())?;
    if on > app.today() {
        return Err(WebError::BadRequest(Text::new(
            "Tanggal itu belum tiba. Tulis hari persetujuan itu diucapkan atau ditandatangani.",
            "That day has not come yet. Write the day on which it was said or signed.",
        )));
    }
    let given = match form.given.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(incomplete()),
    };
    let act = RecordConsent {
        id: app.new_id(),
        subject,
        purpose: Purpose::parse(&form.purpose).ok_or_else(incomplete)?,
        given,
        on,
        evidence: form.evidence.trim().chars().filter(|letter| !letter.is_control()).take(200).collect(),
        place,
    };
    let permit = signed_in.permit(act)?;
    let mut tx = app.desk.store.begin(app.now()).await?;
    consents::record(&mut tx, &permit).await?;
    Ok(tx.commit().await?)
}
