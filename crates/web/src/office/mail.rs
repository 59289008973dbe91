//! The post room: is mail set up, does the server take it, what was sent. And the choice to get none.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{OwnAccount, SendReminders};
use domain::mail::{self, Letter};
use jiff::civil::Date;
use serde::Deserialize;
use store::accounts::Account;
use store::reminders::{self, Line, PostRoom};

use super::desk;
use super::guard::{OwnForm, SignedIn};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Letters on the page.
const LINES: u32 = 50;

#[derive(Template)]
#[template(path = "office/mail.html")]
struct MailPage {
    shell: Shell,
    set_up: bool,
    lead: String,
    failure: Option<String>,
    lines: Vec<LetterLine>,
}

struct LetterLine {
    what: String,
    who: String,
    due: String,
    chip: &'static str,
    state: String,
    note: String,
}

/// `GET /office/mail`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(SendReminders { what: "post-room".into() })?;
    let speech = visit.speech;
    let room = reminders::post_room(&app.desk.store, &permit, LINES).await?;
    let shell = desk::shell(&visit, &signed_in.session, "/office/accounts", speech.t("mail-title"));
    let failure = failure(speech, &room);
    let counts = [("sent", &*speech.integer(room.sent)), ("waiting", &speech.integer(room.waiting))];
    private_page(&MailPage {
        shell: desk::crumbs(
            shell,
            [("/office/accounts", speech.t("office-accounts")), ("/office/mail", speech.t("mail-title"))],
        ),
        set_up: app.post.is_some(),
        lead: speech.with("mail-lead", &counts),
        failure,
        lines: room.latest.iter().map(|line| letter_line(speech, line)).collect(),
    })
}

/// What the server said when it did not take a letter that still waits.
fn failure(speech: Speech, room: &PostRoom) -> Option<String> {
    let reason = room.failure.as_ref()?;
    let when = room.tried_at.map_or_else(|| speech.t("unknown"), |at| speech.moment(at));
    Some(speech.with("mail-failure", &[("when", &when), ("reason", reason)]))
}

/// The same for the desk of whoever can do something about it.
pub(super) async fn warning(
    app: &AppState,
    speech: Speech,
    signed_in: &SignedIn,
) -> Result<Option<String>, WebError> {
    let Ok(permit) = signed_in.permit(SendReminders { what: "post-room".into() }) else { return Ok(None) };
    Ok(failure(speech, &reminders::post_room(&app.desk.store, &permit, 0).await?))
}

fn letter_line(speech: Speech, line: &Line) -> LetterLine {
    let day = |iso: &str| iso.parse::<Date>().map_or_else(|_| iso.to_owned(), |day| speech.short_date(day));
    let note = match (line.sent_at, &line.failure) {
        (Some(at), _) => speech.moment(at),
        (None, Some(reason)) => {
            let tries = speech.integer(line.tries.unsigned_abs());
            speech.with("mail-tried", &[("tries", &tries), ("reason", reason)])
        }
        (None, None) => String::new(),
    };
    LetterLine {
        what: format!("{}: {}", speech.t(&format!("mail-kind-{}", line.kind)), line.about),
        who: line.name.clone(),
        due: day(&line.due_on),
        chip: match line.state.as_str() {
            "sent" => "ok",
            "due" if line.failure.is_some() => "warn",
            "due" => "info",
            _ => "",
        },
        state: speech.t(&format!("mail-state-{}", line.state)),
        note,
    }
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    reminders: String,
    #[serde(default)]
    questions: String,
}

/// `POST /office/account/reminders`
pub(super) async fn choose(
    State(app): State<AppState>,
    visit: Visit,
    OwnForm(signed_in, choice): OwnForm<Choice>,
) -> Result<Response, WebError> {
    let permit = signed_in.permit(OwnAccount { account: signed_in.actor.id.clone() })?;
    let choice = mail::Choice { reminders: choice.reminders == "yes", questions: choice.questions == "yes" };
    let mut tx = app.desk.store.begin(app.now()).await?;
    reminders::choose(&mut tx, &permit, choice).await?;
    tx.commit().await?;
    Ok(Redirect::to(&visit.speech.href("/office/account?done=reminders")).into_response())
}

/// Sends a sign-in link to its owner. What came of it, in words; nothing where no mail server is set.
pub(super) async fn send_link(
    app: &AppState,
    speech: Speech,
    account: &Account,
    link: &str,
    until: &str,
) -> Option<Result<String, String>> {
    let post = app.post.clone()?;
    let letter = Letter {
        name: account.name.clone(),
        address: account.email.clone(),
        subject: speech.t("mail-link-subject"),
        body: speech.with("mail-link-body", &[("name", &account.name), ("link", link), ("until", until)]),
        mark: format!("link-{}", app.new_id()),
    };
    let sent = tokio::task::spawn_blocking(move || post.send(&letter)).await;
    Some(match sent {
        Ok(Ok(())) => Ok(speech.with("mail-link-sent", &[("email", &account.email)])),
        Ok(Err(error)) => {
            tracing::warn!(reason = error.reason, "a sign-in link was not sent");
            Err(speech.with("mail-link-failed", &[("reason", &error.reason)]))
        }
        Err(error) => Err(speech.with("mail-link-failed", &[("reason", &error.to_string())])),
    })
}
