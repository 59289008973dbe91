//! A case study while it is made: figures from the records are proposed, others are typed with their source,
//! and whoever agrees or publishes reads first what everybody will read.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::delivery::{CaseStudy, CaseStudyState, Dossier, Origin, Pair, ReadDelivery};
use domain::outcome::Standing;
use domain::programme::Programme;
use store::delivery::photos::{self, Photo};

use super::fields::{Builder, Reader, Values, typed};
use super::form::Ground;
use super::frame::{self, May};
use super::public::{self, CaseCard};
use super::{acts, engagement, indicators};
use crate::error::WebError;
use crate::layout::{Link, Shell, private_page};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

/// Rows for figures that are in no record; the domain says how many figures there may be in all.
const ROWS_MAX: usize = 12;
/// Empty rows that a form offers.
const ROWS_EMPTY: usize = 2;

/// A pair that the records offer.
pub(super) struct Offer {
    /// As the form names it.
    key: String,
    pair: Pair,
    /// Photos of its project.
    photos: usize,
}

/// What the records of an engagement offer: projects that were measured twice, savings that were verified,
/// and indicators of which both points may be compared.
pub(super) async fn offers(
    app: &AppState,
    signed_in: &SignedIn,
    dossier: &Dossier,
) -> Result<Vec<Offer>, WebError> {
    let engagement = &dossier.engagement;
    let permit = ReadDelivery { what: engagement.id.clone(), place: engagement.place() };
    let all = photos::list(&app.desk.store, &signed_in.permit(permit)?).await?;
    let mut offers: Vec<Offer> = dossier
        .projects
        .iter()
        .filter_map(|project| {
            let photos = all.iter().filter(|photo| photo.subject_id == project.id).count();
            let pair = Pair::of_project(project)?;
            Some(Offer { key: format!("project.{}", project.id), pair, photos })
        })
        .collect();
    let saved = dossier.verified_yearly_saving();
    if saved > 0 {
        let pair = Pair {
            label: "Penghematan setahun".into(),
            unit: "rupiah".into(),
            before: None,
            after: saved as f64,
            source: "usulan yang sudah diperiksa".into(),
            origin: Origin::Savings,
        };
        offers.push(Offer { key: "savings".into(), pair, photos: 0 });
    }
    let compared = match indicators::compared(app, signed_in, dossier).await {
        Ok(compared) => compared,
        // Whoever may write the story and not see the numbers tells it without them.
        Err(WebError::Forbidden(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    for one in compared.iter().filter(|one| !one.indicator.is_practice()) {
        let (Standing::Pair { before, after, .. }, Some(later)) = (&one.judged, &one.later) else { continue };
        let new = &later.observation.new;
        let pair = Pair {
            label: one.indicator.label.id.clone(),
            unit: new.output_unit.trim().to_owned(),
            before: Some(*before),
            after: *after,
            source: "pengukuran di awal dan yang terakhir".into(),
            origin: Origin::Observed {
                indicator: one.indicator.code.clone(),
                prices: one.indicator.is_money().then(|| new.to.year()),
            },
        };
        offers.push(Offer { key: format!("observed.{}", one.indicator.code), pair, photos: 0 });
    }
    Ok(offers)
}

/// A pair as people read it.
pub(super) struct PairView {
    pub(super) what: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) unit: String,
    /// Where it comes from: the records, or the words of the enterprise.
    pub(super) source: String,
}

impl PairView {
    /// `Produk cacat: 9 → 4 %`.
    pub(super) fn line(&self) -> String {
        let arrow = if self.before.is_empty() { "" } else { " → " };
        format!("{}: {}{arrow}{}\u{a0}{}", self.what, self.before, self.after, self.unit)
            .trim_end()
            .to_owned()
    }
}

fn figure(speech: Speech, value: f64) -> String {
    speech.number(value, if value.fract() == 0.0 { 0 } else { 1 })
}

/// The words of a pair in the reader's language, as far as the records know them.
pub(super) fn view(app: &AppState, speech: Speech, programme: &str, pair: &Pair) -> PairView {
    let key = if pair.is_recorded() { "case-recorded" } else { "case-by-enterprise" };
    let from = |source: &str| speech.with(key, &[("source", source)]);
    let plain = PairView {
        what: pair.label.clone(),
        before: pair.before.map(|value| figure(speech, value)).unwrap_or_default(),
        after: figure(speech, pair.after),
        unit: pair.unit.clone(),
        source: from(&pair.source),
    };
    match &pair.origin {
        Origin::Told => plain,
        Origin::Project { .. } => {
            PairView { source: from(&speech.with("case-from-project", &[("action", &pair.source)])), ..plain }
        }
        Origin::Savings => PairView {
            what: speech.t("case-savings"),
            after: frame::rupiah(speech, Some(pair.after.round() as i64)),
            unit: String::new(),
            source: from(&speech.t("case-from-savings")),
            ..plain
        },
        Origin::Observed { indicator, prices } => {
            let measurement = app.content.measurement(programme);
            let Some(known) = measurement.and_then(|one| one.indicators.get(indicator)) else { return plain };
            let label = speech.say(&known.unit_label).to_owned();
            let number = |value: f64| speech.number(value, known.decimals);
            PairView {
                what: speech.say(&known.label).to_owned(),
                before: pair.before.map(number).unwrap_or_default(),
                after: number(pair.after),
                unit: match (prices, pair.unit.as_str()) {
                    (Some(year), _) => {
                        let values = [("unit", label.as_str()), ("year", &year.to_string())];
                        speech.with("delivery-indicators-prices", &values)
                    }
                    (None, "") => label,
                    (None, output) => format!("{label}: {output}"),
                },
                source: from(&speech.t("case-from-observations")),
                ..plain
            }
        }
    }
}

pub(super) fn views(app: &AppState, speech: Speech, programme: &str, case: &CaseStudy) -> Vec<PairView> {
    case.pairs.iter().map(|pair| view(app, speech, programme, pair)).collect()
}

/// The case study that a form is about.
fn written<'a>(ground: &'a Ground<'_>) -> Option<&'a CaseStudy> {
    ground.dossier.case_studies.iter().find(|one| one.id == ground.subject.thing)
}

/// The fields of a case study, as it is written so far.
pub(super) fn fields(ground: &Ground<'_>, build: &mut Builder<'_>, problems: Vec<(String, String)>) {
    let case = written(ground);
    let words = |part: fn(&CaseStudy) -> &String| case.map(part).cloned();
    build.text("title").needed().preset(words(|case| &case.title));
    build.select("problem_kind", problems).needed().preset(words(|case| &case.problem_kind));
    let name = Some(ground.enterprise.clone());
    build.text("shown_as").needed().preset(words(|case| &case.shown_as).or(name));
    build.area("problem").needed().preset(words(|case| &case.problem));
    build.area("action").needed().preset(words(|case| &case.action));
    build.area("result").needed().preset(words(|case| &case.result));
    let speech = ground.speech;
    build.heading(speech.t("case-figures"), speech.t("case-figures-hint"));
    if ground.offers.is_empty() {
        build.note(speech.t("case-figures-none"));
    }
    for offer in &ground.offers {
        let told = case.is_some_and(|case| case.pairs.iter().any(|pair| pair.origin == offer.pair.origin));
        let shown = view(ground.app, speech, &ground.programme.id, &offer.pair);
        let mut from = shown.source.clone();
        if offer.photos > 0 {
            from.push(' ');
            from.push_str(&speech.count("case-photos", offer.photos as u64, &[]));
        }
        build.tick(&format!("ledger.{}", offer.key)).labelled(shown.line(), from);
        build.preset(told.then(|| "on".to_owned()));
    }
    build.heading(speech.t("case-told"), speech.t("case-told-hint"));
    let told: Vec<&Pair> =
        case.map_or_else(Vec::new, |case| case.pairs.iter().filter(|pair| !pair.is_recorded()).collect());
    for number in 0..rows(build.values(), told.len()) {
        row(speech, build, number, told.get(number).copied());
    }
}

/// Rows that were sent, or those that are written and some empty ones.
fn rows(values: &Values, told: usize) -> usize {
    let sent = (0..ROWS_MAX).filter(|number| values.contains_key(&format!("pair.{number}.label"))).count();
    if sent > 0 { sent } else { (told + ROWS_EMPTY).min(ROWS_MAX) }
}

fn row(speech: Speech, build: &mut Builder<'_>, number: usize, pair: Option<&Pair>) {
    build.open(speech.with("case-row", &[("number", &(number + 1).to_string())]));
    let text = |value: f64| typed(speech, value);
    for (name, value) in [
        ("label", pair.map(|pair| pair.label.clone())),
        ("before", pair.and_then(|pair| pair.before).map(text)),
        ("after", pair.map(|pair| text(pair.after))),
        ("unit", pair.map(|pair| pair.unit.clone())),
        ("source", pair.map(|pair| pair.source.clone())),
    ] {
        let id = format!("pair.{number}.{name}");
        match name {
            "before" | "after" => build.number(&id),
            _ => build.text(&id),
        };
        build.labelled(speech.t(&format!("case-{name}")), "").preset(value);
    }
    build.close();
}

/// The pairs that were ticked or typed. What is wrong is said at its field.
pub(super) fn read(speech: Speech, read: &mut Reader<'_>, values: &Values, offers: &[Offer]) -> Vec<Pair> {
    let ticked = |offer: &&Offer| values.contains_key(&format!("ledger.{}", offer.key));
    let mut pairs: Vec<Pair> = offers.iter().filter(ticked).map(|offer| offer.pair.clone()).collect();
    for number in 0..ROWS_MAX {
        let name = |part: &str| format!("pair.{number}.{part}");
        let sent = ["label", "before", "after", "unit", "source"].map(|part| read.text(&name(part)));
        if sent.iter().all(String::is_empty) {
            continue;
        }
        let [label, _, _, unit, source] = sent;
        let (before, after) = (read.number(&name("before")), read.number(&name("after")));
        let empty = [
            ("label", label.is_empty()),
            ("before", before.is_none()),
            ("after", after.is_none()),
            ("source", source.is_empty()),
        ];
        for (part, _) in empty.into_iter().filter(|(_, empty)| *empty) {
            read.errors.entry(name(part)).or_insert_with(|| speech.t(&format!("case-error-{part}")));
        }
        if let Some(after) = after {
            pairs.push(Pair { label, unit, before, after, source, origin: Origin::Told });
        }
    }
    pairs
}

/// Two photos of one thing, side by side.
pub(super) struct PhotoPair {
    pub(super) before: Option<PhotoView>,
    pub(super) after: Option<PhotoView>,
}

pub(super) struct PhotoView {
    pub(super) src: String,
    pub(super) words: String,
}

/// The latest photo from before and the latest from after, of each thing that has any.
pub(super) fn photo_pairs(speech: Speech, photos: &[Photo], below: &str) -> Vec<PhotoPair> {
    let mut sides: BTreeMap<&str, [Option<&Photo>; 2]> = BTreeMap::new();
    for photo in photos {
        sides.entry(&photo.subject_id).or_default()[usize::from(photo.is_after)] = Some(photo);
    }
    let view = |photo: &Photo| PhotoView {
        src: format!("{below}/photos/{}", photo.id),
        words: crate::paper::picture(speech, photo).words,
    };
    sides
        .into_values()
        .map(|[before, after]| PhotoPair { before: before.map(view), after: after.map(view) })
        .collect()
}

#[derive(Template)]
#[template(path = "delivery/case_draft.html")]
struct DraftPage {
    shell: Shell,
    lead: String,
    card: CaseCard,
    pairs: Vec<PairView>,
    photos: Vec<PhotoPair>,
    facts: Vec<(String, String)>,
    status: String,
    chip: &'static str,
    note: String,
    first: Option<Link>,
    links: Vec<Link>,
}

/// `GET /delivery/engagements/{engagement}/cases/{case}`: as everybody will read it, for those who decide.
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path((id, case)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let engagement = &dossier.engagement;
    let programme = frame::programme(&app, &engagement.programme)?;
    let case = dossier.case_studies.iter().find(|one| one.id == case).ok_or(WebError::NotFound)?;
    let permit = ReadDelivery { what: id.clone(), place: engagement.place() };
    let all = photos::list(&app.desk.store, &signed_in.permit(permit)?).await?;
    let photos: Vec<Photo> = all.into_iter().filter(|photo| is_shown(&dossier, case, photo)).collect();
    let back = format!("/delivery/engagements/{id}");
    let name = frame::enterprise_name(&app, &id, &engagement.enterprise).await?;
    let module = dossier.course(&case.course).map_or("", |course| course.module.as_str());
    let province = engagement.region.get(..2).unwrap_or(&engagement.region);
    let card = public::card(&app, speech, programme, case, module, province);
    let links = links(speech, &dossier, case, May::at(&signed_in.actor, &engagement.place()));
    let shell = frame::shell(&visit, &signed_in, "/delivery/engagements", case.title.clone());
    let here = format!("{back}/cases/{}", case.id);
    private_page(&DraftPage {
        shell: frame::crumbs(shell, [(back.as_str(), name), (here.as_str(), case.title.clone())])
            .synthetic_if(engagement.synthetic),
        lead: speech.t("case-draft-lead"),
        pairs: views(&app, speech, &programme.id, case),
        photos: photo_pairs(speech, &photos, &back),
        facts: facts(speech, programme, case, &card),
        card,
        status: speech.t(&format!("delivery-case-{}", case.state.code())),
        chip: if case.state == CaseStudyState::Published { "ok" } else { "" },
        note: match case.consent_on {
            Some(on) => speech.with("delivery-consented", &[("day", &speech.date(on))]),
            None => speech.t("delivery-no-consent"),
        },
        first: links.0,
        links: links.1,
    })
}

fn is_shown(dossier: &Dossier, case: &CaseStudy, photo: &Photo) -> bool {
    let project = dossier.projects.iter().find(|project| project.id == photo.subject_id);
    project.is_some_and(|one| case.shows(&one.id, &one.course, one.problem_kind.as_deref()))
}

fn facts(speech: Speech, programme: &Programme, case: &CaseStudy, card: &CaseCard) -> Vec<(String, String)> {
    let mut facts = vec![(speech.t("delivery-fact-module"), card.problem.clone())];
    let problem = programme.problem(&case.problem_kind);
    facts.extend(problem.map(|one| (speech.t("delivery-fact-problem"), speech.say(&one.label).to_owned())));
    facts
}

/// What this reader may do with a case: the next thing, and the rest.
pub(super) fn links(
    speech: Speech,
    dossier: &Dossier,
    case: &CaseStudy,
    may: May,
) -> (Option<Link>, Vec<Link>) {
    let id = &dossier.engagement.id;
    let form = |form: &str| {
        let href = acts::href(speech, id, form, &case.course, &case.id);
        engagement::link(href, speech.t(&format!("delivery-form-{form}")))
    };
    let (mut first, mut links) = (None, Vec::new());
    match case.state {
        CaseStudyState::Draft => {
            match case.consent_on {
                None if may.consent => first = Some(form("consent")),
                Some(_) if may.guide => first = Some(form("publish")),
                _ => {}
            }
            if may.deliver {
                links.push(engagement::link(
                    acts::href(speech, id, "case", &case.course, &case.id),
                    speech.t("case-edit"),
                ));
            }
        }
        CaseStudyState::Published => {
            let programme = &dossier.engagement.programme;
            let page = speech.href(&format!("/programme/{programme}/cases/{}", case.id));
            links.push(engagement::link(page, speech.t("delivery-case-public")));
            if may.consent || may.guide {
                links.push(form("retract"));
            }
        }
        CaseStudyState::Retracted => {}
    }
    (first, links)
}
