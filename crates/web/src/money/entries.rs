//! The entries of the ledger, and the form by which one is booked or corrected.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::actor::{BookMoney, Place, ReadMoney};
use domain::money::{Grouping, NewEntry, Side};
use jiff::civil::Date;
use serde::Deserialize;
use store::StoreError;
use store::money::{self, Booked};
use store::tallies::{self, TrainingHead};

use super::recovery::group_names;
use super::rupiah;
use crate::address;
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::{OwnForm, SignedIn};
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Section, Square};
use crate::results::room::Room;
use crate::state::AppState;
use crate::visit::Visit;

const PAGE_ROWS: u32 = 50;
/// Trainings offered in the form.
const TRAININGS: u32 = 500;

#[derive(Deserialize)]
pub(super) struct Position {
    training: Option<String>,
    /// A grouping of the page of cost recovery, and one of its groups.
    by: Option<String>,
    group: Option<String>,
    before: Option<String>,
}

impl Position {
    /// The group that is wanted, if any.
    fn wanted(&self) -> Option<(Grouping, &str)> {
        let of_training = self.training.as_deref().map(|training| (Grouping::Training, training));
        of_training.or_else(|| Some((Grouping::parse(self.by.as_deref()?)?, self.group.as_deref()?)))
    }
}

/// `GET /results/{programme}/money/entries?by=provider&group=…`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(position): Query<Position>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadMoney>()?;
    let wanted = position.wanted();
    let page =
        money::list(&app.desk.store, &reach, &programme, wanted, position.before.as_deref(), PAGE_ROWS)
            .await?;
    let may_book = signed_in.actor.may_somewhere::<BookMoney>();
    let mut sheet = room.sheet("/money/entries", room.t("money-entries"), room.t("money-entries-lead"));
    sheet.shell = sheet.shell.synthetic_if(page.rows.iter().any(|booked| booked.entry.synthetic));
    let rows: Vec<Line> = page.rows.iter().map(|booked| line(&room, booked, may_book)).collect();
    let empty = if rows.is_empty() { room.t("money-none") } else { String::new() };
    let next = page.next.map(|next| {
        let mut pairs = vec![("before", next.as_str())];
        pairs.extend(wanted.into_iter().flat_map(|(by, group)| [("by", by.code()), ("group", group)]));
        room.href(&format!("/money/entries?{}", address::query(pairs)))
    });
    let new = may_book.then(|| room.link("/money/entries/new", room.t("money-new")));
    let hint = match wanted {
        Some((by, group)) => {
            let name = group_names(&room, by).await?;
            format!("{}: {}", room.t(&format!("money-by-{}", by.code())), name(group))
        }
        None => String::new(),
    };
    let all = (!hint.is_empty()).then(|| room.link("/money/entries", room.t("money-entries-all")));
    sheet.sections.push(Section {
        hint,
        grid: empty.is_empty().then(|| Grid {
            caption: room.t("money-entries-caption"),
            note: room.t("money-entries-note"),
            heads: vec![
                Column::words(room.t("money-what")),
                Column::number(room.t("money-amount"), ""),
                Column::words(room.t("money-evidence")),
                Column::words(room.t("money-booked")),
                Column::words(room.t("money-state")),
                Column::words(room.t("paper-print")),
            ],
            rows,
            cards: true,
            next,
            next_label: room.t("results-more"),
        }),
        empty,
        links: new.into_iter().chain(all).collect(),
        ..Section::default()
    });
    private_page(&sheet)
}

fn line(room: &Room<'_>, booked: &Booked, may_book: bool) -> Line {
    let speech = room.speech();
    let entry = &booked.entry;
    let costs = &room.measurement.costs;
    let (name, sign) = match &entry.side {
        Side::Cost(code) => (costs.category(code).map(|category| speech.say(&category.label)), "money-cost"),
        Side::Contribution(code) => {
            (costs.payer(code).map(|payer| speech.say(&payer.label)), "money-contribution")
        }
    };
    let kind = room.t(sign);
    let sub = if entry.in_kind { format!("{kind}, {}", room.t("money-kind")) } else { kind };
    let state = match (booked.replaced, may_book) {
        (true, _) => Square::Chip("plain", room.t("money-replaced")),
        (false, true) => Square::Go(
            room.t("results-correct"),
            room.href(&format!("/money/entries/new?replaces={}", entry.id)),
        ),
        (false, false) => Square::Words(String::new()),
    };
    let receipt = match (&entry.side, booked.replaced) {
        (Side::Contribution(_), false) => Square::Go(
            room.t("paper-receipt"),
            room.href(&format!("/money/entries/{}/receipt.pdf", entry.id)),
        ),
        _ => Square::Words(String::new()),
    };
    Line {
        name: name.unwrap_or_default().to_owned(),
        sub,
        cells: vec![
            Square::Number(rupiah(speech, entry.amount)),
            Square::Words(if entry.evidence.is_empty() { "–".into() } else { entry.evidence.clone() }),
            Square::Words(speech.short_date(entry.on)),
            state,
            receipt,
        ],
        ..Line::default()
    }
}

#[derive(Default, Deserialize)]
pub(super) struct EntryForm {
    #[serde(default)]
    training: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    in_kind: String,
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    replaces: String,
}

/// `GET /results/{programme}/money/entries/new?training=…&replaces=…`
pub(super) async fn form(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(mut typed): Query<EntryForm>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    signed_in.actor.reach::<BookMoney>()?;
    if !typed.replaces.is_empty() {
        let old = money::get(&app.desk.store, &typed.replaces).await?.entry;
        let training = tallies::training(&app.desk.store, &old.training).await?;
        signed_in.permit(BookMoney { entry: old.id.clone(), place: place(&training) })?;
        typed = EntryForm {
            training: old.training,
            what: match old.side {
                Side::Cost(code) => format!("cost.{code}"),
                Side::Contribution(code) => format!("contribution.{code}"),
            },
            amount: room.speech().integer(old.amount.unsigned_abs()),
            on: old.on.to_string(),
            in_kind: if old.in_kind { "yes".into() } else { String::new() },
            evidence: old.evidence,
            replaces: typed.replaces,
        };
    }
    page(&room, &typed, String::new()).await
}

/// Where the money of a training stands.
fn place(training: &TrainingHead) -> Place {
    Place::programme(&training.programme)
        .in_region(&training.region)
        .of_organisation(&training.organisation_id)
}

async fn page(room: &Room<'_>, typed: &EntryForm, error: String) -> Result<Response, WebError> {
    let speech = room.speech();
    let refused = !error.is_empty();
    let reach = room.signed_in.actor.reach::<BookMoney>()?;
    let trainings = tallies::trainings(&room.app.desk.store, &room.programme.id, TRAININGS).await?;
    let mut options = vec![(String::new(), room.t("results-choose"))];
    options.extend(trainings.into_iter().filter(|training| reach.covers(&place(training))).map(|training| {
        let module = room.programme.modules.iter().find(|module| module.code == training.module);
        let module = module.map_or(training.module.as_str(), |module| speech.say(&module.title));
        let day = training.starts_on.parse().map(|day: Date| speech.short_date(day));
        let label = format!("{module}, {}", day.unwrap_or_default());
        (training.id, label)
    }));
    let costs = &room.measurement.costs;
    let (cost, contribution) = (room.t("money-cost"), room.t("money-contribution"));
    let mut what = vec![(String::new(), room.t("results-choose"))];
    what.extend(costs.categories.iter().map(|category| {
        (format!("cost.{}", category.code), format!("{cost}: {}", speech.say(&category.label)))
    }));
    what.extend(costs.payers.iter().map(|payer| {
        (format!("contribution.{}", payer.code), format!("{contribution}: {}", speech.say(&payer.label)))
    }));
    let fields = vec![
        Field::new("training", room.t("money-training"), Kind::Choice(options)).with(&typed.training),
        Field::new("what", room.t("money-what"), Kind::Choice(what)).with(&typed.what),
        Field::new("amount", room.t("money-amount"), Kind::Number(room.t("money-rupiah")))
            .with(&typed.amount),
        Field::new("on", room.t("results-day"), Kind::Date).with(&typed.on),
        Field::new("in_kind", room.t("money-kind-tick"), Kind::Tick)
            .hint(room.t("money-kind-hint"))
            .with(&typed.in_kind)
            .optional(),
        Field::new("evidence", room.t("money-evidence"), Kind::Text)
            .hint(room.t("money-evidence-hint"))
            .with(&typed.evidence)
            .optional(),
        Field::hidden("replaces", &typed.replaces),
    ];
    let title = if typed.replaces.is_empty() { "money-new" } else { "money-correct" };
    let mut sheet = room.sheet("/money/entries", room.t(title), room.t("money-new-lead"));
    let form = Form { error, ..Form::post(room.href("/money/entries/new"), room.t("money-book"), fields) };
    sheet.sections.push(Section { form: Some(form), ..Section::default() });
    let page = private_page(&sheet)?;
    Ok(if refused { (StatusCode::BAD_REQUEST, page).into_response() } else { page })
}

/// `POST /results/{programme}/money/entries/new`
pub(super) async fn book(
    State(app): State<AppState>,
    visit: Visit,
    Path(programme): Path<String>,
    OwnForm(signed_in, typed): OwnForm<EntryForm>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    if typed.training.is_empty() {
        return page(&room, &typed, room.t("money-wrong-training")).await;
    }
    let training = tallies::training(&app.desk.store, &typed.training).await?;
    let id = app.new_id();
    let permit = signed_in.permit(BookMoney { entry: id.clone(), place: place(&training) })?;
    let new = match read(&room, &training, &typed, id) {
        Ok(new) => new,
        Err(key) => return page(&room, &typed, room.t(key)).await,
    };
    let mut tx = app.desk.store.begin(app.now()).await?;
    match money::book(&mut tx, &permit, &new, &room.measurement.costs, room.today()).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Rule(text)) => {
            drop(tx);
            return page(&room, &typed, room.speech().say(&text).to_owned()).await;
        }
        Err(error) => return Err(error.into()),
    }
    let query = address::query([("training", training.id.as_str())]);
    Ok(Redirect::to(&room.href(&format!("/money/entries?{query}"))).into_response())
}

fn read(
    room: &Room<'_>,
    training: &TrainingHead,
    typed: &EntryForm,
    id: String,
) -> Result<NewEntry, &'static str> {
    let side = match typed.what.split_once('.') {
        Some(("cost", code)) => Side::Cost(code.to_owned()),
        Some(("contribution", code)) => Side::Contribution(code.to_owned()),
        _ => return Err("money-wrong-what"),
    };
    let amount = whole_rupiah(&typed.amount).ok_or("money-wrong-amount")?;
    let on: Date = typed.on.parse().map_err(|_| "results-wrong-date")?;
    if typed.evidence.len() > 500 {
        return Err("results-too-long");
    }
    // The phase is that of the day on which the money moved.
    let phase =
        room.programme.phases.iter().find(|phase| phase.from <= on && phase.to.is_none_or(|to| on <= to));
    Ok(NewEntry {
        id,
        programme: training.programme.clone(),
        training: training.id.clone(),
        organisation: training.organisation_id.clone(),
        phase: phase.map(|phase| phase.id.clone()).unwrap_or_default(),
        module: training.module.clone(),
        product: training.product.clone(),
        region: training.region.clone(),
        on,
        side,
        in_kind: typed.in_kind == "yes",
        amount,
        evidence: typed.evidence.trim().to_owned(),
        replaces: Some(typed.replaces.clone()).filter(|old| !old.is_empty()),
        synthetic: false,
    })
}

/// Whole rupiah in either language's grouping: `Rp 1.850.000`, `1,850,000` or `1850000`.
fn whole_rupiah(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches("Rp").trim();
    let parts: Vec<&str> = text.split(['.', ',', ' ', '\u{a0}']).collect();
    let grouped = parts.len() == 1
        || (parts[0].len() <= 3 && !parts[0].is_empty() && parts[1..].iter().all(|part| part.len() == 3));
    let digits = parts.concat();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if grouped && plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::whole_rupiah;

    #[test]
    fn amounts_are_whole_and_read_in_either_grouping() {
        for (text, expected) in [
            ("1850000", Some(1_850_000)),
            ("Rp 1.850.000", Some(1_850_000)),
            ("1,850,000", Some(1_850_000)),
            ("1.850,50", None),
            ("1.85", None),
            ("-5", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(whole_rupiah(text), expected, "{text}");
        }
    }
}
