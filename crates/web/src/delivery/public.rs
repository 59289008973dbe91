//! What everybody may see of a programme: what it is, its modules, stories, cases, and its reach.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::delivery::CaseStudy;
use domain::document::{CasePair, CaseStory, Fact};
use domain::programme::{Programme, Story};
use serde::Deserialize;
use store::delivery::case_studies::{self, Published};
use store::delivery::engagements;

use super::case::{self, PairView, PhotoPair};
use super::frame;
use crate::address;
use crate::chart::Caption;
use crate::chart::map::{AreaMap, AreaValue};
use crate::error::WebError;
use crate::kept::kept;
use crate::layout::{Link, Place, Shell, public_page};
use crate::parts::{FigureView, Stat};
use crate::results::public::{self, PublicResults};
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/programmes.html")]
struct ProgrammesPage {
    shell: Shell,
    programmes: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "delivery/programme.html")]
struct ProgrammePage {
    shell: Shell,
    lead: String,
    about: Vec<String>,
    modules: Vec<ModuleLine>,
    products: Vec<ProductLine>,
    phases: Vec<(String, String, String)>,
    partners: Vec<(String, String)>,
    problems: Vec<Link>,
    chosen: Option<String>,
    all: String,
    cases: Vec<CaseCard>,
    /// Headline figures, with what stands behind each.
    stats: Vec<Stat>,
    /// Cases that are not on this page.
    more: Option<Link>,
    results: Option<PublicResults>,
    map: Option<FigureView>,
    reach: Vec<(String, String)>,
    reach_lead: String,
    source: String,
}

struct ModuleLine {
    title: String,
    purpose: String,
    content: Vec<String>,
    facts: String,
}

struct ProductLine {
    title: String,
    description: String,
    source: String,
}

/// A story or a case, before and after.
pub(super) struct CaseCard {
    pub(super) title: String,
    pub(super) place: String,
    pub(super) problem: String,
    pub(super) before: String,
    pub(super) action: String,
    pub(super) after: String,
    pub(super) measured: Option<String>,
    pub(super) source: String,
    pub(super) href: Option<String>,
}

#[derive(Template)]
#[template(path = "delivery/case.html")]
struct CasePage {
    shell: Shell,
    card: CaseCard,
    pairs: Vec<PairView>,
    photos: Vec<PhotoPair>,
    facts: Vec<(String, String)>,
    pdf: String,
    back: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    problem: Option<String>,
}

/// Fewer enterprises than this in a province are not counted out: they might be recognised.
const SHOWN_FROM: i64 = 5;

/// Cases on the page of practices.
pub(super) const CASES_MAX: u32 = 60;
/// Cases that the page of a programme begins with; those that a source printed come first.
const CASES_FIRST: usize = 6;

/// `GET /programme`
pub(super) async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let speech = visit.speech;
    let programmes: Vec<&Programme> = app.content.programmes().collect();
    // One programme needs no list.
    if let [only] = programmes[..] {
        return Ok(Redirect::to(&speech.href(&format!("/programme/{}", only.id))).into_response());
    }
    let title = speech.t("programmes-title");
    public_page(&ProgrammesPage {
        shell: Shell::new(&visit, Place::Programmes, title.clone()).with_crumbs([("/programme", title)]),
        programmes: programmes
            .into_iter()
            .map(|one| {
                let href = speech.href(&format!("/programme/{}", one.id));
                (href, speech.say(&one.title).to_owned(), speech.say(&one.description).to_owned())
            })
            .collect(),
    })
}

/// Enterprises reached by province, counted once and kept while the count holds.
async fn reached(app: &AppState, programme: &str) -> Result<Vec<(String, i64)>, WebError> {
    let (own, id) = (app.clone(), programme.to_owned());
    let work = async move { Ok(engagements::reached_by_province(&own.desk.store, &id).await?) };
    Ok(kept(app, programme, "reached", work).await?.document)
}

/// `GET /programme/{programme}`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let programme = frame::programme(&app, &id)?;
    let store = &app.desk.store;
    let chosen = asked.problem.as_deref().and_then(|code| programme.problem(code));
    let kind = chosen.map(|problem| problem.code.as_str());
    let published = case_studies::published(store, &id, kind, CASES_MAX).await?;
    let reached = reached(&app, &id).await?;
    let synthetic = engagements::any_synthetic(store, &id).await?;
    let stories = programme.stories.iter().filter(|story| kind.is_none_or(|kind| kind == story.problem_kind));
    let mut cases: Vec<CaseCard> = stories.map(|story| story_card(&app, speech, programme, story)).collect();
    cases.extend(published.iter().map(|one| case_card(&app, speech, programme, one)));
    let all_cases = cases.len();
    if kind.is_none() {
        cases.truncate(CASES_FIRST);
    }
    let more = (cases.len() < all_cases).then(|| Link {
        href: speech.href(&format!("/programme/{id}/practices")),
        label: speech.with("programme-more-cases", &[("number", &all_cases.to_string())]),
        current: false,
    });
    let results = public::results(&app, speech, programme).await?;
    let here = format!("/programme/{id}");
    let title = speech.say(&programme.title).to_owned();
    let total: i64 = reached.iter().map(|(_, count)| count).sum();
    public_page(&ProgrammePage {
        shell: Shell::new(&visit, Place::Programmes, title.clone())
            .with_crumbs([(here.as_str(), title)])
            .with_description(speech.say(&programme.description))
            .synthetic_if(synthetic),
        lead: speech.say(&programme.description).to_owned(),
        about: programme.about.iter().map(|text| speech.say(text).to_owned()).collect(),
        modules: modules(&app, speech, programme),
        products: programme
            .products
            .iter()
            .map(|product| ProductLine {
                title: speech.say(&product.title).to_owned(),
                description: speech.say(&product.description).to_owned(),
                source: speech.say(&product.source).to_owned(),
            })
            .collect(),
        phases: phases(speech, programme),
        partners: programme
            .partners
            .iter()
            .map(|partner| (speech.say(&partner.name).to_owned(), speech.say(&partner.role).to_owned()))
            .collect(),
        problems: problem_links(speech, programme, &here, kind),
        chosen: chosen.map(|problem| speech.say(&problem.label).to_owned()),
        all: speech.href(&here),
        cases,
        reach_lead: match total {
            0 => speech.t("programme-reach-none"),
            _ => speech.t("programme-reach-lead"),
        },
        stats: stats(speech, &reached, results.as_ref(), all_cases, kind.is_none()),
        more,
        results,
        map: map(&app, speech, &reached),
        reach: reach(&app, speech, &reached),
        source: speech.say(&programme.source).to_owned(),
    })
}

/// What the programme is in four figures; what is not known is left out.
fn stats(
    speech: Speech,
    reached: &[(String, i64)],
    results: Option<&PublicResults>,
    cases: usize,
    all: bool,
) -> Vec<Stat> {
    let total: i64 = reached.iter().map(|(_, count)| count).sum();
    let mut stats = Vec::new();
    if total > 0 {
        stats.push(Stat::new(
            "is-main",
            speech.t("programme-stat-enterprises"),
            speech.integer(total.unsigned_abs()),
            speech.t("programme-stat-enterprises-note"),
        ));
        stats.push(Stat::new(
            "",
            speech.t("programme-stat-provinces"),
            speech.integer(reached.len() as u64),
            speech.t("programme-stat-provinces-note"),
        ));
    }
    if let Some(first) = results.and_then(|results| results.lines.first()) {
        let class = if first.is_thin { "is-warn" } else { "is-main" };
        let note = speech.with("programme-stat-change-note", &[("pairs", &first.pairs)]);
        stats.push(Stat::new(class, first.label.clone(), first.change.clone(), note));
    }
    if all && cases > 0 {
        stats.push(Stat::new(
            "",
            speech.t("programme-stat-cases"),
            speech.integer(cases as u64),
            speech.t("programme-stat-cases-note"),
        ));
    }
    stats
}

fn phases(speech: Speech, programme: &Programme) -> Vec<(String, String, String)> {
    let years = |phase: &domain::programme::Phase| match phase.to {
        Some(to) => format!("{}–{}", phase.from.year(), to.year()),
        None => speech.with("programme-since", &[("year", &phase.from.year().to_string())]),
    };
    programme
        .phases
        .iter()
        .map(|phase| (speech.say(&phase.title).to_owned(), years(phase), speech.say(&phase.focus).to_owned()))
        .collect()
}

fn modules(app: &AppState, speech: Speech, programme: &Programme) -> Vec<ModuleLine> {
    let today = frame::today(app);
    programme
        .modules
        .iter()
        .map(|module| {
            let edition = module.edition_on(today);
            ModuleLine {
                title: frame::module_title(app, speech, &programme.id, &module.code),
                purpose: speech.say(&module.purpose).to_owned(),
                content: edition.content.iter().map(|text| speech.say(text).to_owned()).collect(),
                facts: speech.with(
                    "programme-module-facts",
                    &[
                        ("days", &edition.workshop_days.to_string()),
                        ("visits", &edition.visits.to_string()),
                        ("edition", &edition.version),
                    ],
                ),
            }
        })
        .collect()
}

fn problem_links(speech: Speech, programme: &Programme, here: &str, kind: Option<&str>) -> Vec<Link> {
    programme
        .problems
        .iter()
        .map(|problem| Link {
            href: speech
                .href(&format!("{here}?{}#library", address::query([("problem", problem.code.as_str())]))),
            label: speech.say(&problem.label).to_owned(),
            current: kind == Some(problem.code.as_str()),
        })
        .collect()
}

/// Where the programme is: reached or not, since counts of enterprises are no rate.
fn map(app: &AppState, speech: Speech, reached: &[(String, i64)]) -> Option<FigureView> {
    let geometry = app.geometry.as_ref().filter(|_| !reached.is_empty())?;
    let href = |province: &str| speech.href(&format!("/provinces/{}", address::escape(province)));
    let nobody = |province: &str| AreaValue {
        value: None,
        name: frame::region_name(app, speech, province),
        words: speech.t("programme-map-nobody"),
        href: href(province),
    };
    let mut values: HashMap<String, AreaValue> =
        geometry.areas.iter().map(|area| (area.code.clone(), nobody(&area.code))).collect();
    let areas = reach(app, speech, reached).into_iter().zip(reached);
    values.extend(areas.map(|((name, words), (province, _))| {
        (province.clone(), AreaValue { value: Some(1.0), name, words, href: href(province) })
    }));
    let title = speech.with("programme-map-title", &[("number", &reached.len().to_string())]);
    let map = AreaMap {
        caption: Caption {
            id: "reach".to_owned(),
            title: title.clone(),
            description: speech.t("map-table-below"),
        },
        geometry,
        values,
        breaks: vec![1.0],
        decimals: 0,
        without: "programme-map-nobody",
    };
    Some(FigureView {
        title,
        heading: "h3",
        unit: format!("{} {}.", speech.t("programme-map-note"), speech.say(&geometry.vintage)),
        picture: map.element(),
        ..FigureView::default()
    })
}

/// Counts by province; small ones are words, so that nobody is recognised.
fn reach(app: &AppState, speech: Speech, reached: &[(String, i64)]) -> Vec<(String, String)> {
    reached
        .iter()
        .map(|(province, count)| {
            let said = if *count < SHOWN_FROM {
                speech.with("programme-fewer-than", &[("number", &SHOWN_FROM.to_string())])
            } else {
                speech.integer(count.unsigned_abs())
            };
            (frame::region_name(app, speech, province), said)
        })
        .collect()
}

pub(super) fn story_card(app: &AppState, speech: Speech, programme: &Programme, story: &Story) -> CaseCard {
    let year = story.year.map(|year| format!(", {year}")).unwrap_or_default();
    CaseCard {
        title: story.enterprise.clone(),
        place: format!("{}, {}{year}", speech.say(&story.sector), speech.say(&story.place)),
        problem: frame::module_title(app, speech, &programme.id, &story.module),
        before: speech.say(&story.before).to_owned(),
        action: speech.say(&story.action).to_owned(),
        after: speech.say(&story.after).to_owned(),
        measured: story.measured.as_ref().map(|pair| {
            format!("{}: {} → {}", speech.say(&pair.label), speech.say(&pair.before), speech.say(&pair.after))
        }),
        source: speech.with("programme-story-source", &[("source", speech.say(&story.source))]),
        href: None,
    }
}

pub(super) fn case_card(app: &AppState, speech: Speech, programme: &Programme, one: &Published) -> CaseCard {
    CaseCard {
        href: Some(speech.href(&format!("/programme/{}/cases/{}", programme.id, one.case_study.id))),
        ..card(app, speech, programme, &one.case_study, &one.module, &one.province)
    }
}

/// A case as its readers see it.
pub(super) fn card(
    app: &AppState,
    speech: Speech,
    programme: &Programme,
    case: &CaseStudy,
    module: &str,
    province: &str,
) -> CaseCard {
    let measured =
        case::views(app, speech, &programme.id, case).iter().map(PairView::line).collect::<Vec<_>>();
    CaseCard {
        title: case.title.clone(),
        place: format!("{}, {}", case.shown_as, frame::region_name(app, speech, province)),
        problem: frame::module_title(app, speech, &programme.id, module),
        before: case.problem.clone(),
        action: case.action.clone(),
        after: case.result.clone(),
        measured: Some(measured.join("; ")).filter(|words| !words.is_empty()),
        source: match case.consent_on {
            Some(on) => speech.with("programme-case-source", &[("day", &speech.date(on))]),
            None => speech.t("delivery-no-consent"),
        },
        href: None,
    }
}

/// A published case as paper tells it.
pub(super) struct ToldCase {
    pub(super) title: String,
    pub(super) programme: String,
    pub(super) synthetic: bool,
    pub(super) story: CaseStory,
}

/// Gathers a published case for its PDF.
pub(super) async fn told(app: &AppState, speech: Speech, id: &str, case: &str) -> Result<ToldCase, WebError> {
    let programme = frame::programme(app, id)?;
    let one = case_studies::find(&app.desk.store, id, case).await?.ok_or(WebError::NotFound)?;
    let card = case_card(app, speech, programme, &one);
    let facts = case_facts(speech, programme, &one, &card);
    let pairs = case::views(app, speech, id, &one.case_study).into_iter().map(|pair| CasePair {
        source: pair.source,
        what: pair.what,
        before: if pair.before.is_empty() { "–".to_owned() } else { pair.before },
        after: pair.after,
        unit: pair.unit,
    });
    Ok(ToldCase {
        title: card.title,
        programme: speech.say(&programme.title).to_owned(),
        synthetic: one.synthetic,
        story: CaseStory {
            place: card.place,
            problem: card.before,
            action: card.action,
            result: card.after,
            pairs: pairs.collect(),
            facts: facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
            source: card.source,
            ..CaseStory::default()
        },
    })
}

fn case_facts(
    speech: Speech,
    programme: &Programme,
    one: &Published,
    card: &CaseCard,
) -> Vec<(String, String)> {
    let problem = programme.problem(&one.case_study.problem_kind);
    let published = one.case_study.published_on.map(|on| speech.date(on)).unwrap_or_default();
    let mut facts = vec![(speech.t("delivery-fact-module"), card.problem.clone())];
    facts.extend(problem.map(|one| (speech.t("delivery-fact-problem"), speech.say(&one.label).to_owned())));
    facts.push((speech.t("delivery-fact-published"), published));
    facts
}

/// `GET /programme/{programme}/cases/{case}`
pub(super) async fn case(
    State(app): State<AppState>,
    visit: Visit,
    Path((id, case)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let programme = frame::programme(&app, &id)?;
    let one = case_studies::find(&app.desk.store, &id, &case).await?.ok_or(WebError::NotFound)?;
    let mut card = case_card(&app, speech, programme, &one);
    card.href = None;
    let photos = store::delivery::photos::published(&app.desk.store, &case).await?;
    let back = format!("/programme/{id}");
    let here = format!("{back}/cases/{case}");
    let facts = case_facts(speech, programme, &one, &card);
    public_page(&CasePage {
        shell: Shell::new(&visit, Place::Programmes, card.title.clone())
            .with_crumbs([
                (back.as_str(), speech.say(&programme.title).to_owned()),
                (here.as_str(), card.title.clone()),
            ])
            .synthetic_if(one.synthetic),
        facts,
        card,
        pairs: case::views(&app, speech, &id, &one.case_study),
        photos: case::photo_pairs(speech, &photos, &here),
        pdf: speech.href(&format!("{here}/case-study.pdf")),
        back: speech.href(&back),
    })
}
