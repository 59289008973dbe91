//! Reminders by e-mail: looks what is due, notes it, sends each once. What the server does not take stays
//! due.

use std::sync::Arc;
use std::time::Duration;

use domain::actor::{Actor, Permit, Place, SendReminders};
use domain::language::Language;
use domain::mail::{Letter, Postman};
use domain::reminder::{Kind, Occasion, People, due_reminders};
use domain::trainer::standing;
use jiff::civil::Date;
use store::reminders::{self, Taken};
use web::speech::Speech;

use crate::rooms::{Rooms, new_id, now};

const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Round {
    pub sent: u64,
    /// What the server said when it did not take a letter; the rest waits for the next round.
    pub failure: Option<String>,
}

/// Looks and sends until the program ends.
pub(crate) async fn remind_forever(rooms: Rooms, postman: Arc<dyn Postman>, base_url: String) {
    loop {
        match remind(&rooms, Arc::clone(&postman), &base_url).await {
            Ok(Round { failure: Some(failure), sent }) => {
                tracing::warn!(sent, failure, "letters wait: the mail server did not take one");
            }
            Ok(Round { sent, .. }) if sent > 0 => tracing::info!(sent, "reminders sent"),
            Ok(_) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "reminders were not sent"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// One round: what is due is noted, then sent letter by letter, until the server refuses one.
pub(crate) async fn remind(
    rooms: &Rooms,
    postman: Arc<dyn Postman>,
    base_url: &str,
) -> anyhow::Result<Round> {
    let permit = Actor::operator().permit(SendReminders { what: "reminders".into() })?;
    let today = store::delivery::day(now());
    let mut occasions = reminders::occasions(&rooms.store, today).await?;
    occasions.extend(certificates(rooms, today).await?);
    let deciders = reminders::deciders(&rooms.store).await?;
    let listeners = reminders::listeners(&rooms.store).await?;
    let due = due_reminders(today, &occasions, People { deciders: &deciders, network: &listeners });
    let mut tx = rooms.store.begin(now()).await?;
    reminders::note(&mut tx, &permit, &due, &new_id).await?;
    tx.commit().await?;
    let (mut round, began) = (Round::default(), now());
    while let Some(taken) = reminders::take(&rooms.store, &permit, now(), began).await? {
        let (letter, postman) = (letter(&taken, base_url), Arc::clone(&postman));
        let outcome = tokio::task::spawn_blocking(move || postman.send(&letter)).await?;
        match outcome {
            Ok(()) => {
                record(rooms, &permit, &taken).await?;
                round.sent += 1;
            }
            Err(error) => {
                reminders::failed(&rooms.store, &permit, &taken.id, &error).await?;
                round.failure = Some(error.reason);
                if !error.this_letter {
                    // A server that is down is not asked again for every letter.
                    break;
                }
            }
        }
    }
    Ok(round)
}

async fn record(rooms: &Rooms, permit: &Permit<SendReminders>, taken: &Taken) -> anyhow::Result<()> {
    let mut tx = rooms.store.begin(now()).await?;
    reminders::sent(&mut tx, permit, taken).await?;
    Ok(tx.commit().await?)
}

/// Certificates that end soon, by the rules of each programme.
async fn certificates(rooms: &Rooms, today: Date) -> anyhow::Result<Vec<Occasion>> {
    let mut found = Vec::new();
    for programme in rooms.content.programmes() {
        let Some(measurement) = rooms.content.measurement(&programme.id) else { continue };
        let synthetic = store::delivery::engagements::any_synthetic(&rooms.store, &programme.id).await?;
        for (person, trainer) in store::trainers::all(&rooms.store, &programme.id).await? {
            let own = standing(&trainer.record, &measurement.certification, today);
            found.extend(own.valid.into_iter().map(|certificate| {
                let module = programme.module(&certificate.module);
                Occasion {
                    kind: Kind::Certificate,
                    subject: format!("{}/{}", programme.id, certificate.module),
                    on: certificate.to,
                    in_charge: Some(person.clone()),
                    place: Place::programme(&programme.id),
                    about: module.map_or(certificate.module.clone(), |module| module.title.id.clone()),
                    path: format!("/results/{}/trainers/{person}", programme.id),
                    synthetic,
                }
            }));
        }
    }
    Ok(found)
}

/// The letter: Indonesian first, then English.
fn letter(taken: &Taken, base_url: &str) -> Letter {
    let day: Option<Date> = taken.due_on.parse().ok();
    let side = |language: Language| {
        let speech = Speech(language);
        let day = day.map_or_else(|| taken.due_on.clone(), |day| speech.date(day));
        let values = [("about", taken.about.as_str()), ("day", day.as_str())];
        let key = format!("reminder-{}", taken.kind);
        let subject = speech.with(&format!("{key}-subject"), &values);
        let link = format!("{base_url}{}", speech.href(&taken.path));
        let off = format!("{base_url}{}", speech.href("/office/account"));
        let body = [
            speech.with("reminder-hello", &[("name", &taken.name)]),
            String::new(),
            speech.with(&key, &values),
            link,
            String::new(),
            speech.with("reminder-off", &[("link", &off)]),
        ];
        (subject, body.join("\n"))
    };
    let ((subject, indonesian), (_, english)) = (side(Language::Id), side(Language::En));
    let mark = if taken.synthetic { Speech(Language::Id).t("reminder-synthetic") } else { String::new() };
    Letter {
        name: taken.name.clone(),
        address: taken.email.clone(),
        subject: format!("{mark} {subject}").trim().to_owned(),
        body: format!("{indonesian}\n\n--\n\n{english}\n"),
        mark: format!("reminder-{}", taken.id),
    }
}
