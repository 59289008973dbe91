//! The records behind a figure: every engagement with its two points, for those who may read them.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::actor::{Reach, ReadObservations, ReadResults};
use domain::indicator::Indicator;
use domain::outcome::{Breakdown, Standing, judge};
use serde::Deserialize;
use store::cases::{self, CaseRecord};
use store::delivery::engagements;

use super::answer::Shown;
use super::dashboard::change;
use super::groups::Groups;
use super::indicator::names;
use super::room::Room;
use crate::address;
use crate::error::WebError;
use crate::layout::{Link, private_page};
use crate::office::guard::SignedIn;
use crate::parts::{Column, Grid, Line, Section, Square};
use crate::state::AppState;
use crate::visit::Visit;

const PAGE_ROWS: usize = 100;

/// Records read at once, and how many are looked through for one page: a rare standing is looked for further
/// on the next.
const STRETCH: u32 = 100;
const SEARCHED: u64 = 500;

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// `pair`, `set-apart` or why there is no pair; empty: all.
    #[serde(default)]
    show: String,
    /// A breakdown and one of its groups; empty: everybody.
    #[serde(default)]
    by: String,
    #[serde(default)]
    group: String,
    /// The last engagement of the page before.
    #[serde(default)]
    after: String,
}

impl Wanted {
    /// The group that is wanted, if any.
    fn group(&self) -> Option<(Breakdown, &str)> {
        let by = Breakdown::parse(&self.by).filter(|_| !self.group.is_empty());
        by.map(|by| (by, self.group.as_str()))
    }
}

/// `GET /results/{programme}/indicators/{indicator}/records`
pub(super) async fn list(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((programme, code)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let room = Room::enter(&app, &visit, &signed_in, &programme)?;
    let reach = signed_in.actor.reach::<ReadObservations>()?;
    let indicator = room.measurement.indicators.get(&code).ok_or(WebError::NotFound)?;
    let store = &app.desk.store;
    let (page, further) = search(&room, &reach, indicator, &wanted).await?;
    let found = cases::count(store, &reach, &programme).await?;
    let synthetic = engagements::any_synthetic(store, &programme).await?;
    let next = further.map(|after| {
        let mut asked = vec![("show", wanted.show.as_str()), ("after", after.as_str())];
        asked
            .extend(wanted.group().into_iter().flat_map(|(by, group)| [("by", by.code()), ("group", group)]));
        let query = address::query(asked);
        room.href(&format!("/indicators/{code}/records?{query}"))
    });
    let speech = room.speech();
    let title = room.with("results-records-title", &[("indicator", speech.say(&indicator.label))]);
    let lead = speech.count("results-records-lead", found, &[("number", &speech.integer(found))]);
    let mut sheet = room.sheet("/records", title, lead);
    sheet.shell = sheet.shell.synthetic_if(synthetic);
    let mut said = Vec::new();
    if let Some((by, group)) = wanted.group() {
        let name = names(&room, by).await?;
        said.push(format!("{}: {}", room.t(&format!("results-by-{}", by.code())), name(group)));
    }
    said.extend(Some(filter_words(&room, &wanted.show)).filter(|words| !words.is_empty()));
    let mut links = links(&room, &code, !said.is_empty());
    let empty = match (&next, page.is_empty()) {
        (_, false) => String::new(),
        (None, true) => room.t("results-records-none"),
        (Some(next), true) => {
            links.insert(0, Link { href: next.clone(), label: room.t("results-more"), current: false });
            room.with("results-records-further", &[("number", &speech.integer(SEARCHED))])
        }
    };
    let rows = page.iter().map(|(record, standing)| line(&room, indicator, record, standing)).collect();
    sheet.sections.push(Section {
        hint: said.join(" · "),
        grid: empty.is_empty().then(|| grid(&room, indicator, rows, next)),
        empty,
        links,
        ..Section::default()
    });
    private_page(&sheet)
}

/// A page of records of the wanted standing, and the engagement after which the search goes on; `None` at the
/// end.
async fn search(
    room: &Room<'_>,
    reach: &Reach<ReadObservations>,
    indicator: &Indicator,
    wanted: &Wanted,
) -> Result<(Vec<(CaseRecord, Standing)>, Option<String>), WebError> {
    let (store, programme) = (&room.app.desk.store, &room.programme.id);
    let deflator = room.ground().deflator();
    let groups = Groups::new(&room.app.content);
    let mut page = Vec::with_capacity(PAGE_ROWS);
    let mut last = wanted.after.clone();
    for _ in 0..SEARCHED / u64::from(STRETCH) {
        let stretch = cases::after(store, reach, programme, &indicator.code, &last, STRETCH).await?;
        let is_end = stretch.len() < STRETCH as usize;
        let mut rest = stretch.into_iter().peekable();
        while let Some(record) = rest.next() {
            last.clone_from(&record.case.engagement);
            let standing = judge(indicator, &record.case, deflator);
            let in_group = wanted.group().is_none_or(|(by, group)| groups.of(&record, by) == group);
            if in_group && (wanted.show.is_empty() || word(&standing) == wanted.show) {
                page.push((record, standing));
            }
            if page.len() == PAGE_ROWS {
                let is_over = is_end && rest.peek().is_none();
                return Ok((page, (!is_over).then_some(last)));
            }
        }
        if is_end {
            return Ok((page, None));
        }
    }
    Ok((page, Some(last)))
}

/// Back to the result, and to all records if the list holds some of them.
fn links(room: &Room<'_>, code: &str, is_part: bool) -> Vec<Link> {
    let all = room.link(&format!("/indicators/{code}/records"), room.t("results-records-all"));
    let back = room.link(&format!("/indicators/{code}"), room.t("results-back-indicator"));
    let may_go_back = room.signed_in.actor.may_somewhere::<ReadResults>();
    is_part.then_some(all).into_iter().chain(may_go_back.then_some(back)).collect()
}

fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Pair { .. } => "pair",
        Standing::SetApart { .. } => "set-apart",
        Standing::Unusable(why) => why.code(),
    }
}

fn filter_words(room: &Room<'_>, show: &str) -> String {
    match show {
        "set-apart" => room.t("results-set-apart"),
        "pair" => room.t("results-pair"),
        _ => {
            let key = format!("results-unusable-{show}");
            if room.speech().knows(&key) { room.t(&key) } else { String::new() }
        }
    }
}

fn grid(room: &Room<'_>, indicator: &Indicator, rows: Vec<Line>, next: Option<String>) -> Grid {
    let unit = room.speech().say(&indicator.unit_label).to_owned();
    Grid {
        caption: room.t("results-records-caption"),
        heads: vec![
            Column::words(room.t("results-head-enterprise")),
            Column::number(room.t("results-stage-baseline"), unit.clone()),
            Column::number(room.t("results-later"), unit),
            Column::number(room.t("results-head-change"), ""),
            Column::words(room.t("results-head-standing")),
        ],
        rows,
        cards: true,
        next,
        next_label: room.t("results-more"),
        ..Grid::default()
    }
}

fn line(room: &Room<'_>, indicator: &Indicator, record: &CaseRecord, standing: &Standing) -> Line {
    let speech = room.speech();
    let point = |id: &Option<String>, value: Option<Option<f64>>| match (id, value) {
        (Some(id), Some(value)) => {
            let text = value.map_or_else(
                || room.t("results-not-tracked"),
                |value| speech.number(value, indicator.decimals),
            );
            Square::Opens(text, room.href(&format!("/observations/{id}")))
        }
        _ => Square::Unknown,
    };
    let (shown, class) = match standing {
        Standing::Pair { change, progress, .. } => {
            let class = match progress {
                Some(progress) if *progress > 0.0 => "ok",
                _ => "plain",
            };
            (Shown::Value(*change), class)
        }
        Standing::SetApart { change } => (Shown::Value(*change), "warn"),
        Standing::Unusable(_) => (Shown::Nothing, "plain"),
    };
    Line {
        name: record.enterprise_name.clone(),
        href: Some(room.href(&format!("/engagements/{}", record.case.engagement))),
        cells: vec![
            point(&record.baseline, record.case.baseline.as_ref().map(|point| point.value)),
            point(&record.later, record.case.later.as_ref().map(|point| point.value)),
            change(speech, indicator, shown).map_or(Square::Unknown, Square::Number),
            Square::Chip(class, room.t(&format!("results-standing-{}", word(standing)))),
        ],
        ..Line::default()
    }
}
