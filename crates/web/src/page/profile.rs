//! Profiles: one sector, one province, and the pages that compare sizes, spreads and places.
//!
//! A profile is a list of tables of the explorer with their pictures, each under its finding.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::plan::PLAN;
use super::table::{self, Section};
use crate::address;
use crate::error::WebError;
use crate::layout::{self, Link, Place, Shell};
use crate::reading::Reading;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// A large figure on top of a profile.
struct Headline {
    label: String,
    figure: String,
    scale: String,
    note: String,
    synthetic: bool,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    shell: Shell,
    lead: String,
    headlines: Vec<Headline>,
    sections: Vec<Section>,
    /// Names that lead on: the provinces, the divisions of a sector.
    links_title: String,
    links: Vec<Link>,
    empty: bool,
}

/// The dataset, if it is released.
async fn released(app: &AppState, dataset: &str) -> Result<Option<Reading>, WebError> {
    match app.reading(dataset, None).await {
        Ok(reading) => Ok(Some(reading)),
        Err(WebError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

impl ProfilePage {
    fn new(shell: Shell, lead: String) -> Self {
        ProfilePage {
            shell,
            lead,
            headlines: Vec::new(),
            sections: Vec::new(),
            links_title: String::new(),
            links: Vec::new(),
            empty: false,
        }
    }

    fn answer(mut self) -> Result<Response, WebError> {
        self.empty = self.sections.is_empty() && self.headlines.is_empty() && self.links.is_empty();
        let synthetic = self.sections.iter().any(|section| section.synthetic)
            || self.headlines.iter().any(|headline| headline.synthetic);
        let real = self.sections.iter().any(|section| !section.synthetic);
        let speech = self.shell.speech;
        self.shell = self.shell.synthetic_if(synthetic);
        if synthetic && real {
            self.shell.strip =
                Some(layout::Strip { bold: speech.t("strip-mixed-bold"), rest: speech.t("strip-mixed") });
        }
        layout::public_page(&self)
    }

    fn show(&mut self, app: &AppState, reading: Option<&Reading>, query: &[(&str, &str)]) {
        let Some(reading) = reading else { return };
        let id = format!("s{}", self.sections.len() + 1);
        self.sections.extend(table::section(app, reading, self.shell.speech, &id, query));
    }

    /// The newest value of one member.
    fn headline(&mut self, reading: Option<&Reading>, measure: &str, dimension: &str, member: &str) {
        let speech = self.shell.speech;
        let Some(reading) = reading else { return };
        let (Some(measure), Some(at)) = (reading.measure(measure), reading.dimension(dimension)) else {
            return;
        };
        let Some(member) = reading.dimensions()[at].member(member) else { return };
        let mut key = reading.whole();
        key[at] = member;
        let Some((period, value)) = reading.newest(&key, measure) else { return };
        if let Some(time) = reading.time() {
            key[time] = period;
        }
        let definition = &reading.measures()[measure];
        let spoken = speech.spoken(value, &definition.unit, 3);
        let year = speech.say(&reading.periods()[period as usize].label).to_owned();
        let source = speech.say(&reading.dataset.title).to_owned();
        let count = reading.enterprises(&key).map(|count| {
            let count = count.parse::<u64>().map_or(count.clone(), |count| speech.integer(count));
            format!("{} · ", speech.with("fact-enterprises", &[("count", &count)]))
        });
        self.headlines.push(Headline {
            label: format!("{}, {year}", speech.say(&definition.label)),
            figure: spoken.figure,
            scale: spoken.scale.to_owned(),
            note: format!("{}{source}", count.unwrap_or_default()),
            synthetic: reading.is_synthetic(),
        });
    }
}

fn member_links(reading: &Reading, speech: Speech, dimension: &str, parent: u32, root: &str) -> Vec<Link> {
    let Some(at) = reading.dimension(dimension) else { return Vec::new() };
    let known = &reading.dimensions()[at];
    known
        .children(parent)
        .map(|member| {
            let member = &known.members[member as usize];
            let name = speech.say(&member.label);
            let label = if known.classification.starts_with("KBLI") {
                format!("{} {name}", member.code)
            } else {
                name.to_owned()
            };
            Link {
                href: speech.href(&format!("{root}/{}", address::escape(&member.code))),
                label,
                current: false,
            }
        })
        .collect()
}

/// `GET /sectors`.
pub(super) async fn sectors(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (plan, official) = (&PLAN.profiles, &PLAN.sectors);
    let title = speech.t("sectors-title");
    let shell = Shell::new(&visit, Place::Sectors, title).with_crumbs([("", speech.t("nav-sectors"))]);
    let mut page = ProfilePage::new(shell, speech.t("sectors-lead"));
    let macro_data = released(&app, &official.dataset).await?;
    let inside = released(&app, &plan.dataset).await?;
    let sector = format!("{}:{}", official.dimension, official.level);
    page.show(
        &app,
        macro_data.as_ref(),
        &[("measure", &official.measure), ("rows", &sector), ("columns", "year")],
    );
    let sections = format!("{}:section", plan.activity);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &sections)]);
    if let Some(reading) = &inside {
        page.links_title = speech.t("sectors-links");
        page.links = member_links(reading, speech, &plan.activity, 0, "/sectors");
    }
    page.answer()
}

/// `GET /sectors/{code}`.
pub(super) async fn sector(
    State(app): State<AppState>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let plan = &PLAN.profiles;
    let reading = app.reading(&plan.dataset, None).await?;
    let at = reading.dimension(&plan.activity).ok_or(WebError::NotFound)?;
    let known = &reading.dimensions()[at];
    let member = known.member(&code).filter(|member| *member != 0).ok_or(WebError::NotFound)?;
    let found = &known.members[member as usize];
    let title = format!("{} {}", found.code, speech.say(&found.label));
    let mut crumbs = vec![("/sectors".to_owned(), speech.t("nav-sectors"))];
    if let Some(parent) = found.parent.filter(|parent| *parent != 0) {
        let parent = &known.members[parent as usize];
        crumbs.push((format!("/sectors/{}", parent.code), speech.say(&parent.label).to_owned()));
    }
    crumbs.push((String::new(), title.clone()));
    let shell = Shell::new(&visit, Place::Sectors, title)
        .with_crumbs(crumbs.iter().map(|(path, label)| (path.as_str(), label.clone())));
    let lead = speech.with("sector-lead", &[("edition", &known.classification)]);
    let mut page = ProfilePage::new(shell, lead);
    let some = Some(&reading);
    page.headline(some, &plan.measure, &plan.activity, &code);
    page.headline(some, "LP_P50", &plan.activity, &code);
    let narrow = (plan.activity.as_str(), code.as_str());
    let (divisions, provinces) = (format!("{}:division", plan.activity), format!("{}:province", plan.region));
    let sizes = format!("{}:class", plan.size);
    page.show(&app, some, &[("measure", &plan.measure), ("rows", "year"), narrow]);
    if found.level == 1 {
        page.show(&app, some, &[("measure", "LP_P50"), ("rows", &divisions), narrow]);
    }
    page.show(&app, some, &[("measure", "LP_P50"), ("rows", &sizes), narrow]);
    page.show(&app, some, &[("measure", &plan.measure), ("rows", &provinces), narrow]);
    page.links_title = speech.t("sector-links");
    page.links = member_links(&reading, speech, &plan.activity, member, "/sectors");
    page.answer()
}

/// `GET /provinces`.
pub(super) async fn provinces(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (plan, official) = (&PLAN.profiles, &PLAN.places);
    let title = speech.t("provinces-title");
    let shell = Shell::new(&visit, Place::Provinces, title).with_crumbs([("", speech.t("nav-provinces"))]);
    let mut page = ProfilePage::new(shell, speech.t("provinces-lead"));
    let output = released(&app, &official.dataset).await?;
    let inside = released(&app, &plan.dataset).await?;
    let rows = format!("{}:{}", official.dimension, official.level);
    page.show(&app, output.as_ref(), &[("measure", &official.measure), ("rows", &rows)]);
    let rows = format!("{}:province", plan.region);
    page.show(&app, inside.as_ref(), &[("measure", &plan.measure), ("rows", &rows)]);
    if let Some(reading) = output.as_ref().or(inside.as_ref()) {
        page.links_title = speech.t("provinces-links");
        page.links = member_links(reading, speech, &official.dimension, 0, "/provinces");
    }
    page.answer()
}

/// `GET /provinces/{code}`; regencies have a page too.
pub(super) async fn province(
    State(app): State<AppState>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (plan, official) = (&PLAN.profiles, &PLAN.places);
    let output = released(&app, &official.dataset).await?;
    let inside = released(&app, &plan.dataset).await?;
    let named = [output.as_ref(), inside.as_ref()].into_iter().flatten().find_map(|reading| {
        let known = &reading.dimensions()[reading.dimension(&official.dimension)?];
        let member = known.member(&code).filter(|member| *member != 0)?;
        let found = &known.members[member as usize];
        let parent = found.parent.filter(|parent| *parent != 0).map(|parent| &known.members[parent as usize]);
        Some((reading, member, found, parent))
    });
    let (reading, member, found, parent) = named.ok_or(WebError::NotFound)?;
    let name = speech.say(&found.label).to_owned();
    let mut crumbs = vec![("/provinces".to_owned(), speech.t("nav-provinces"))];
    if let Some(parent) = parent {
        crumbs.push((format!("/provinces/{}", parent.code), speech.say(&parent.label).to_owned()));
    }
    crumbs.push((String::new(), name.clone()));
    let shell = Shell::new(&visit, Place::Provinces, name)
        .with_crumbs(crumbs.iter().map(|(path, label)| (path.as_str(), label.clone())));
    let mut page = ProfilePage::new(shell, speech.with("province-lead", &[("code", &code)]));
    page.headline(output.as_ref(), &official.measure, &official.dimension, &code);
    page.headline(inside.as_ref(), &plan.measure, &plan.region, &code);
    let narrow = (plan.region.as_str(), code.as_str());
    let regencies = format!("{}:regency", official.dimension);
    page.show(&app, output.as_ref(), &[("measure", &official.measure), ("rows", "year"), narrow]);
    if parent.is_none() {
        page.show(&app, output.as_ref(), &[("measure", &official.measure), ("rows", &regencies), narrow]);
    }
    let (sections, sizes) = (format!("{}:section", plan.activity), format!("{}:class", plan.size));
    page.show(&app, inside.as_ref(), &[("measure", &plan.measure), ("rows", "year"), narrow]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &sections), narrow]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &sizes), narrow]);
    page.links_title = speech.t("province-links");
    page.links = member_links(reading, speech, &official.dimension, member, "/provinces");
    page.answer()
}

/// `GET /sizes`: small against large.
pub(super) async fn sizes(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let plan = &PLAN.profiles;
    let title = speech.t("sizes-title");
    let shell = Shell::new(&visit, Place::Sectors, title).with_crumbs([("", speech.t("nav-sizes"))]);
    let mut page = ProfilePage::new(shell, speech.t("sizes-lead"));
    let inside = released(&app, &plan.dataset).await?;
    let (classes, sections) = (format!("{}:class", plan.size), format!("{}:section", plan.activity));
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &classes)]);
    page.show(&app, inside.as_ref(), &[("measure", &plan.measure), ("rows", &classes), ("columns", "year")]);
    page.show(&app, inside.as_ref(), &[("measure", "PERSONS_ENGAGED"), ("rows", &classes)]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &sections), ("columns", &classes)]);
    page.answer()
}

/// `GET /distribution`: not only means.
pub(super) async fn distribution(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let plan = &PLAN.profiles;
    let title = speech.t("distribution-title");
    let shell = Shell::new(&visit, Place::Sectors, title).with_crumbs([("", speech.t("nav-distribution"))]);
    let mut page = ProfilePage::new(shell, speech.t("distribution-lead"));
    let inside = released(&app, &plan.dataset).await?;
    let (classes, sections) = (format!("{}:class", plan.size), format!("{}:section", plan.activity));
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &sections)]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P50"), ("rows", &classes)]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P90_P10"), ("rows", &sections)]);
    page.show(&app, inside.as_ref(), &[("measure", "LP_P90_P10"), ("rows", "year")]);
    page.answer()
}

/// `GET /map?measure=…&year=…&activity=…`: every map that the data allow.
pub(super) async fn map(
    State(app): State<AppState>,
    visit: Visit,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let (plan, official) = (&PLAN.profiles, &PLAN.places);
    let title = speech.t("map-title");
    let shell = Shell::new(&visit, Place::Provinces, title).with_crumbs([("", speech.t("nav-map"))]);
    let mut page = ProfilePage::new(shell, speech.t("map-lead"));
    let output = released(&app, &official.dataset).await?;
    let inside = released(&app, &plan.dataset).await?;
    let rows = format!("{}:{}", official.dimension, official.level);
    let wished: Vec<(&str, &str)> =
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let with = |measure: &'static str| -> Vec<(&str, &str)> {
        let mut all = vec![("measure", measure), ("rows", rows.as_str())];
        all.extend(wished.iter().filter(|(name, _)| *name == plan.activity || *name == "year"));
        all
    };
    page.show(&app, output.as_ref(), &[("measure", &official.measure), ("rows", &rows)]);
    for measure in ["LP", "LP_P50", "ULC", "LP_P90_P10", "CAPITAL_INTENSITY"] {
        page.show(&app, inside.as_ref(), &with(measure));
    }
    page.answer()
}
