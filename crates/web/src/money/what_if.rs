//! What if: a training of another length or size, its cost, its recovery and the fee that would cover it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::ReadMoney;
use domain::money::{AMOUNT_MAX, Estimate, Rupiah, Scenario, estimate};
use domain::programme::Product;
use serde::Deserialize;

use super::rupiah;
use crate::address;
use crate::error::WebError;
use crate::layout::private_page;
use crate::office::guard::SignedIn;
use crate::parts::{Column, Field, Form, Grid, Kind, Line, Notice, Section, Square};
use crate::results::room::Room;
use crate::state::AppState;
use crate::visit::Visit;

/// As people write it: `2.000.000`, `Rp 2,000,000`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    enterprises: String,
    participants: String,
    fee: String,
    sponsors: String,
}

/// What was asked for, within bounds.
pub(super) struct Bounded {
    pub(super) enterprises: u16,
    pub(super) participants: u16,
    pub(super) fee: Rupiah,
    pub(super) sponsors: Rupiah,
    /// Something was written that is no whole number, and the usual one stands in its place.
    unread: bool,
}

impl Wanted {
    pub(super) fn bounded(&self) -> Bounded {
        let all = [
            (&self.enterprises, 5, 1, 1000),
            (&self.participants, 4, 1, 1000),
            (&self.fee, 2_000_000, 0, AMOUNT_MAX),
            (&self.sponsors, 0, 0, AMOUNT_MAX),
        ];
        let read = all.map(|(written, usual, least, most)| match whole(written) {
            Some(number) => (number.clamp(least, most), false),
            None => (usual, !written.trim().is_empty()),
        });
        let small = |number: Rupiah| u16::try_from(number).unwrap_or(u16::MAX);
        Bounded {
            enterprises: small(read[0].0),
            participants: small(read[1].0),
            fee: read[2].0,
            sponsors: read[3].0,
            unread: read.iter().any(|(_, unread)| *unread),
        }
    }
}

/// A whole number, with or without marks between its thousands.
fn whole(written: &str) -> Option<Rupiah> {
    let written = written.trim().trim_start_matches("Rp").trim();
    let mut groups = written.split(['.', ',', ' ', '\u{a0}']);
    let first = groups.next().filter(|first| !first.is_empty() && first.len() <= 15)?;
    let mut digits = first.to_owned();
    for group in groups {
        // What follows a mark is a group of three, or the mark was not one of thousands.
        (group.len() == 3).then(|| digits.push_str(group))?;
    }
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().unwrap_or(Rupiah::MAX))
}

/// `GET /results/{programme}/money/what-if?enterprises=5&fee=2000000`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(programme): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    signed_in.actor.reach::<ReadMoney>()?;
    let Bounded { enterprises, participants, fee, sponsors, unread } = wanted.bounded();
    let speech = room.speech();
    let mut sheet = room.sheet("/money/what-if", room.t("money-what-if"), room.t("money-what-if-lead"));
    let number = |name: &str, label: &str, unit: &str, value: i64| {
        Field::new(name, room.t(label), Kind::Number(room.t(unit))).with(speech.integer(value.unsigned_abs()))
    };
    sheet.sections.push(Section {
        form: Some(Form {
            asks: true,
            error: if unread { room.t("money-wrong-amount") } else { String::new() },
            ..Form::post(
                room.href("/money/what-if"),
                room.t("money-what-if-do"),
                vec![
                    number(
                        "enterprises",
                        "money-enterprises",
                        "results-head-enterprises",
                        enterprises.into(),
                    ),
                    number("participants", "money-participants", "results-people", participants.into()),
                    number("fee", "money-fee", "money-rupiah", fee),
                    number("sponsors", "money-sponsors", "money-rupiah", sponsors),
                ],
            )
        }),
        ..Section::default()
    });
    let rows = room.programme.products.iter().map(|product| {
        let scenario = scenario(&room, product, enterprises, participants, (fee, sponsors));
        let found = estimate(&scenario, &room.measurement.costs);
        line(&room, product, &scenario, &found)
    });
    sheet.sections.push(Section {
        title: room.t("money-what-if-result"),
        grid: Some(Grid {
            caption: room.t("money-what-if-caption"),
            heads: vec![
                Column::words(room.t("money-product")),
                Column::number(room.t("money-days"), ""),
                Column::number(room.t("money-visits"), ""),
                Column::number(room.t("money-direct-cost"), ""),
                Column::number(room.t("money-pooled"), ""),
                Column::number(room.t("money-full-fee"), room.t("money-per-enterprise")),
                Column::words(room.t("paper-print")),
            ],
            rows: rows.collect(),
            cards: true,
            ..Grid::default()
        }),
        notices: vec![
            Notice {
                class: "warn",
                text: speech.say(&room.measurement.costs.assumption).to_owned(),
                ..Notice::default()
            },
            Notice { text: room.t("money-short-note"), ..Notice::default() },
        ],
        ..Section::default()
    });
    private_page(&sheet)
}

/// All modules of a product, as the content describes them.
pub(super) fn scenario(
    room: &Room<'_>,
    product: &Product,
    enterprises: u16,
    participants: u16,
    (fee, sponsors): (Rupiah, Rupiah),
) -> Scenario {
    let editions = || {
        product.modules.iter().filter_map(|code| {
            let module = room.programme.modules.iter().find(|module| module.code == *code)?;
            module.editions.last()
        })
    };
    let days: u16 = match product.workshop_days {
        Some(days) => days.into(),
        None => editions().map(|edition| u16::from(edition.workshop_days)).sum(),
    };
    let visits: u16 = editions().map(|edition| u16::from(product.visits.unwrap_or(edition.visits))).sum();
    Scenario { workshop_days: days, visits, enterprises, participants, fee, sponsors }
}

fn line(room: &Room<'_>, product: &Product, scenario: &Scenario, found: &Estimate) -> Line {
    let speech = room.speech();
    let query = address::query([
        ("product", product.id.as_str()),
        ("enterprises", &scenario.enterprises.to_string()),
        ("participants", &scenario.participants.to_string()),
        ("fee", &scenario.fee.to_string()),
        ("sponsors", &scenario.sponsors.to_string()),
    ]);
    let quote = room.href(&format!("/money/quote.pdf?{query}"));
    Line {
        name: speech.say(&product.title).to_owned(),
        cells: vec![
            Square::Number(scenario.workshop_days.to_string()),
            Square::Number(scenario.visits.to_string()),
            Square::Number(rupiah(speech, found.direct_cost)),
            Square::known(found.recovery.map(|share| speech.percent(share, 0))),
            Square::known(found.full_fee.map(|fee| rupiah(speech, fee))),
            Square::Go(room.t("paper-quote"), quote),
        ],
        ..Line::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{AMOUNT_MAX, Wanted, whole};

    #[test]
    fn amounts_are_read_as_people_write_them_and_kept_within_bounds() {
        for (written, number) in [
            ("2000000", Some(2_000_000)),
            ("2.000.000", Some(2_000_000)),
            ("Rp 2,000,000", Some(2_000_000)),
            ("", None),
            ("1,5", None),
            ("-3", None),
            ("dua juta", None),
            ("٣", None),
        ] {
            assert_eq!(whole(written), number, "{written}");
        }
        let absurd = Wanted { enterprises: "0".into(), fee: "9".repeat(15), ..Wanted::default() };
        let bounded = absurd.bounded();
        assert_eq!((bounded.enterprises, bounded.participants, bounded.fee), (1, 4, AMOUNT_MAX));
        assert!(!bounded.unread);
        assert!(Wanted { fee: "dua juta".into(), ..Wanted::default() }.bounded().unread);
    }
}
