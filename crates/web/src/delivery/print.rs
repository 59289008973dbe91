//! What delivery prints: reports, letters, boards, invitations, certificates, case studies.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::delivery::{Course, Dossier, Engagement, Project, ProjectState, VisitState};
use domain::document::{
    BoardLine, Body, CaseStory, CommitmentLetter, Fact, FiveSScore, FiveSSheet, ImprovementBoard, Masthead,
};
use jiff::civil::Date;
use serde::Deserialize;
use store::delivery::photos::{self, Photo};

use super::told::{self, Told};
use super::{frame, modules, public};
use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::paper;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

mod training;

pub(super) use training::{certificates, invitations};

/// Lines of a board on its only sheet, beside the key.
const BOARD_LINES: usize = 5;
/// Lines on each sheet where there are several.
const SHEET_LINES: usize = 6;
/// Columns for scoring, and scores of visits shown below.
const ROUNDS: usize = 8;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    course: String,
}

/// The head of what is printed about an engagement.
async fn masthead(
    app: &AppState,
    speech: Speech,
    engagement: &Engagement,
    title: String,
    path: &str,
) -> Result<Masthead, WebError> {
    let programme = frame::programme(app, &engagement.programme)?;
    Ok(Masthead {
        organisation: provider(app, &engagement.organisation).await?,
        programme: speech.say(&programme.title).to_owned(),
        synthetic: engagement.synthetic,
        ..paper::masthead(app, speech, title, path)
    })
}

/// What an organisation is called.
async fn provider(app: &AppState, id: &str) -> Result<String, WebError> {
    let found = store::organisations::find(&app.desk.store, id).await?;
    Ok(found.map_or_else(|| id.to_owned(), |organisation| organisation.name))
}

fn course<'a>(dossier: &'a Dossier, asked: &str) -> Result<&'a Course, WebError> {
    dossier.course(asked).or(dossier.courses.last()).ok_or(WebError::NotFound)
}

/// `GET /delivery/engagements/{engagement}/report.pdf?course=…`
pub(super) async fn report(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let course = course(&dossier, &asked.course)?;
    let Told { report, photos, definition } = told::tell(&app, speech, &signed_in, &dossier, course).await?;
    let title = speech.with("delivery-report-title", &[("module", &report.module)]);
    let path = format!("/delivery/engagements/{id}/report?course={}", crate::address::escape(&course.id));
    let head = masthead(&app, speech, &dossier.engagement, title, &path).await?;
    let shown: Vec<&Photo> = photos.iter().collect();
    paper::private(&app, Masthead { definition, ..head }, Body::ModuleReport(report), &shown).await
}

/// `GET /delivery/engagements/{engagement}/letter.pdf`: to be signed, or as it was.
pub(super) async fn letter(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let engagement = &dossier.engagement;
    let programme = frame::programme(&app, &engagement.programme)?;
    let product = programme.product(&engagement.product).ok_or(WebError::NotFound)?;
    let path = format!("/delivery/engagements/{id}");
    let head = masthead(&app, speech, engagement, speech.t("paper-letter"), &path).await?;
    let enterprise = frame::enterprise_name(&app, &engagement.id, &engagement.enterprise).await?;
    let product_title = speech.say(&product.title).to_owned();
    let fact = |key: &str, value: String| Fact::new(speech.t(&format!("delivery-fact-{key}")), value);
    let signed = engagement.committed_on.map(|on| speech.date(on));
    let letter = CommitmentLetter {
        number: paper::number(&engagement.id),
        provider: head.organisation.clone(),
        programme: head.programme.clone(),
        facts: vec![
            fact("region", frame::region_name(&app, speech, &engagement.region)),
            fact("product", product_title.clone()),
            fact("trainer", frame::person(&app, speech, engagement.trainer.as_deref()).await?),
        ],
        enterprise,
        product: product_title,
        modules: product
            .modules
            .iter()
            .map(|code| frame::module_title(&app, speech, &programme.id, code))
            .collect(),
        shares_data: signed.is_some().then_some(engagement.shares_data),
        signed: signed.map(|day| speech.with("delivery-committed", &[("day", &day)])),
    };
    paper::private(&app, head, Body::CommitmentLetter(letter), &[]).await
}

/// `GET /delivery/engagements/{engagement}/board.pdf?course=…`: A3, for the wall.
pub(super) async fn board(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let course = course(&dossier, &asked.course)?;
    let engagement = &dossier.engagement;
    let permit = domain::delivery::ReadDelivery { what: id.clone(), place: engagement.place() };
    let all = photos::list(&app.desk.store, &signed_in.permit(permit)?).await?;
    let today = frame::today(&app);
    let mut shown: Vec<&Photo> = Vec::new();
    let lines: Vec<BoardLine> = dossier
        .projects_of(&course.id)
        .filter(|project| project.state != ProjectState::Dropped)
        .map(|project| {
            let (before, after) = paper::pair(&all, &project.id);
            let latest = [before.last().copied(), after.last().copied()];
            shown.extend(latest.into_iter().flatten());
            board_line(speech, project, latest, today)
        })
        .collect();
    let path = format!("/delivery/engagements/{id}");
    let head = masthead(&app, speech, engagement, speech.t("paper-board"), &path).await?;
    let board = ImprovementBoard {
        enterprise: frame::enterprise_name(&app, &engagement.id, &engagement.enterprise).await?,
        module: frame::module_title(&app, speech, &engagement.programme, &course.module),
        team: told::team(speech, course),
        as_of: head.printed.clone(),
        blanks: blanks(lines.len()),
        lines,
    };
    paper::private(&app, head, Body::ImprovementBoard(board), &shown).await
}

/// Empty lines that fill the last sheet: ideas come up on the floor.
fn blanks(lines: usize) -> usize {
    match BOARD_LINES.checked_sub(lines) {
        Some(left) => left,
        None => lines.next_multiple_of(SHEET_LINES) - lines,
    }
}

fn board_line(speech: Speech, project: &Project, photos: [Option<&Photo>; 2], today: Date) -> BoardLine {
    let [before, after] = photos.map(|photo| photo.map(|photo| paper::picture(speech, photo)));
    let measured = project.before.is_some();
    BoardLine {
        problem: project.problem.clone(),
        action: project.action.clone(),
        owner: project.owner.clone(),
        due: speech.short_date(project.due),
        late: project.is_open() && project.due < today,
        // What lies between planned and done the team fills in by hand.
        quarters: match project.state {
            ProjectState::Open | ProjectState::Dropped => 1,
            ProjectState::Done => 3,
            ProjectState::Verified => 4,
        },
        status: speech.t(&format!("delivery-project-{}", project.state.code())),
        before,
        after,
        pair: if measured { modules::pair(speech, project) } else { String::new() },
    }
}

/// `GET /delivery/engagements/{engagement}/five-s.pdf`: A3, for scoring the own place of work.
pub(super) async fn five_s(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let dossier = frame::dossier(&app, &signed_in, &id).await?;
    let engagement = &dossier.engagement;
    let done = dossier.visits.iter().filter(|visit| visit.state == VisitState::Done);
    let mut scored: Vec<_> = done.filter_map(|visit| Some((visit.done_on?, visit.five_s?))).collect();
    scored.sort_by_key(|(on, _)| *on);
    let latest = &scored[scored.len().saturating_sub(ROUNDS)..];
    let scores = latest.iter().map(|(on, score)| FiveSScore {
        day: speech.short_date(*on),
        parts: score.parts(),
        total: score.total(),
    });
    let sheet = FiveSSheet {
        enterprise: frame::enterprise_name(&app, &engagement.id, &engagement.enterprise).await?,
        rounds: ROUNDS,
        scores: scores.collect(),
    };
    let path = format!("/delivery/engagements/{id}");
    let head = masthead(&app, speech, engagement, speech.t("paper-five-s"), &path).await?;
    paper::private(&app, head, Body::FiveSSheet(sheet), &[]).await
}

/// `GET /programme/{programme}/cases/{case}/case-study.pdf`
pub(super) async fn case(
    State(app): State<AppState>,
    visit: Visit,
    Path((id, case)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let told = public::told(&app, speech, &id, &case).await?;
    let photos = photos::published(&app.desk.store, &case).await?;
    let side = |after: bool| {
        let own = photos.iter().filter(|photo| photo.is_after == after).take(2);
        own.map(|photo| paper::picture(speech, photo)).collect::<Vec<_>>()
    };
    let (before, after) = (side(false), side(true));
    let named = |photo: &&Photo| before.iter().chain(&after).any(|picture| picture.file == photo.id);
    let shown: Vec<&Photo> = photos.iter().filter(named).collect();
    let path = format!("/programme/{id}/cases/{case}");
    let head = Masthead {
        organisation: told.programme.clone(),
        synthetic: told.synthetic,
        ..paper::masthead(&app, speech, told.title, &path)
    };
    let story = CaseStory { before, after, ..told.story };
    paper::public(&app, head, Body::CaseStory(story), &shown).await
}
