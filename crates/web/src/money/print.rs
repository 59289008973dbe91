//! Papers about money: a quote before a training, a receipt for what was paid.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::{Place, ReadMoney};
use domain::document::{Amount, Body, Fact, FeeQuote, Masthead, Receipt};
use domain::language::Text;
use domain::money::{Rupiah, Side, estimate, in_words};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use store::money::{self, Booked};
use store::tallies::{self, TrainingHead};

use super::rupiah;
use super::what_if::{Bounded, Wanted, scenario};
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::paper;
use crate::results::room::Room;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Days for which a quote holds.
const QUOTE_DAYS: i64 = 30;

#[derive(Deserialize)]
pub(super) struct For {
    product: String,
    #[serde(default)]
    to: String,
}

fn amount(speech: Speech, amount: Rupiah) -> Amount {
    let words = in_words(amount.unsigned_abs());
    Amount { figures: rupiah(speech, amount), words: words.get(speech.language()).to_owned() }
}

/// `GET /results/{programme}/money/quote.pdf?product=…&enterprises=5&fee=2000000&to=…`
pub(super) async fn quote(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(asked): Query<For>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadMoney>()?;
    let speech = room.speech();
    let product = room.programme.product(&asked.product).ok_or(WebError::NotFound)?;
    let Bounded { enterprises, participants, fee, sponsors, .. } = wanted.bounded();
    let scenario = scenario(&room, product, enterprises, participants, (fee, sponsors));
    let found = estimate(&scenario, &room.measurement.costs);
    // Whoever quotes for one organisation quotes in its name.
    let organisations = store::cases::organisations(&app.desk.store).await?;
    let own = reach.scopes().iter().find_map(|scope| organisations.get(scope.organisation.as_deref()?));
    let provider = own.cloned().unwrap_or_else(|| speech.say(&room.programme.title).to_owned());
    let number = |value: u16| speech.integer(u64::from(value));
    let label = |code: &str| {
        let category = room.measurement.costs.category(code);
        category.map_or_else(|| code.to_owned(), |category| speech.say(&category.label).to_owned())
    };
    let until = room.today().checked_add(QUOTE_DAYS.days()).unwrap_or(room.today());
    let quote = FeeQuote {
        provider: provider.clone(),
        to: asked.to.chars().take(200).collect(),
        product: speech.say(&product.title).to_owned(),
        facts: vec![
            Fact::new(room.t("money-enterprises"), number(enterprises)),
            Fact::new(room.t("money-participants"), number(participants)),
            Fact::new(room.t("money-days"), number(scenario.workshop_days)),
            Fact::new(room.t("money-visits"), number(scenario.visits)),
        ],
        lines: found
            .lines
            .iter()
            .filter(|(_, amount)| *amount > 0)
            .map(|(code, amount)| Fact::new(label(code), rupiah(speech, *amount)))
            .collect(),
        direct_cost: rupiah(speech, found.direct_cost),
        sponsors: rupiah(speech, sponsors),
        fee: amount(speech, fee),
        recovery: found.recovery.map(|share| speech.percent(share, 0)).unwrap_or_default(),
        assumption: speech.say(&room.measurement.costs.assumption).to_owned(),
        valid_until: speech.date(until),
    };
    let head = Masthead {
        organisation: provider,
        programme: speech.say(&room.programme.title).to_owned(),
        ..paper::masthead(
            &app,
            speech,
            room.t("paper-quote-title"),
            &format!("/results/{programme}/money/what-if"),
        )
    };
    paper::private(&app, head, Body::FeeQuote(quote), &[]).await
}

/// `GET /results/{programme}/money/entries/{entry}/receipt.pdf`: for a contribution that stands.
pub(super) async fn receipt(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, entry)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let store = &app.desk.store;
    let booked = money::get(store, &entry).await?;
    let Side::Contribution(payer) = &booked.entry.side else { return Err(WebError::NotFound) };
    if booked.entry.programme != programme {
        return Err(WebError::NotFound);
    }
    let place = Place::programme(&programme)
        .in_region(&booked.entry.region)
        .of_organisation(&booked.entry.organisation);
    signed_in.permit(ReadMoney { what: entry.clone(), place })?;
    if booked.replaced {
        return Err(WebError::Conflict(Text::new(
            "Catatan ini sudah diperbaiki. Cetak kuitansi dari catatan yang menggantikannya.",
            "This entry was corrected. Print the receipt of the entry that replaces it.",
        )));
    }
    let serial = money::serial(store, &booked.entry).await?;
    let training = tallies::training(store, &booked.entry.training).await.ok();
    let found = store::organisations::find(store, &booked.entry.organisation).await?;
    let provider = found.map_or_else(|| booked.entry.organisation.clone(), |organisation| organisation.name);
    let payer = room.measurement.costs.payer(payer).map(|payer| room.speech().say(&payer.label).to_owned());
    let paper =
        told(&room, &booked, training.as_ref(), (serial, provider.clone(), payer.unwrap_or_default()));
    let head = Masthead {
        organisation: provider,
        programme: room.speech().say(&room.programme.title).to_owned(),
        synthetic: booked.entry.synthetic,
        ..paper::masthead(
            &app,
            room.speech(),
            room.t("paper-receipt-title"),
            &format!("/results/{programme}/money/entries"),
        )
    };
    paper::private(&app, head, Body::Receipt(paper), &[]).await
}

fn told(
    room: &Room<'_>,
    booked: &Booked,
    training: Option<&TrainingHead>,
    (serial, provider, payer): (u64, String, String),
) -> Receipt {
    let speech = room.speech();
    let entry = &booked.entry;
    let module = room.programme.module(&entry.module);
    let module = module.map_or_else(|| entry.module.clone(), |module| speech.say(&module.title).to_owned());
    let day = training.and_then(|training| training.starts_on.parse::<Date>().ok());
    let purpose = match day {
        Some(day) => room.with("paper-receipt-for", &[("module", &module), ("day", &speech.date(day))]),
        None => module,
    };
    let mut facts = vec![Fact::new(room.t("paper-receipt-entry"), paper::number(&entry.id))];
    if !entry.evidence.trim().is_empty() {
        facts.insert(0, Fact::new(room.t("money-evidence"), entry.evidence.clone()));
    }
    Receipt {
        number: format!("{}/{}/{serial:04}", entry.organisation.to_uppercase(), entry.on.year()),
        provider,
        payer,
        amount: amount(speech, entry.amount),
        purpose,
        day: speech.date(entry.on),
        in_kind: entry.in_kind,
        facts,
    }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;

    use super::*;

    #[test]
    fn amounts_are_written_in_figures_and_in_the_words_of_the_language() {
        let id = amount(Speech(Language::Id), 1_850_000);
        assert_eq!(id.figures, "Rp\u{a0}1.850.000");
        assert_eq!(id.words, "satu juta delapan ratus lima puluh ribu rupiah");
        assert_eq!(amount(Speech(Language::En), 21).words, "twenty-one rupiah");
    }
}
