//! The diagnosis: which modules answer the problems that were found, and why.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::acts::href;
use super::frame::{self, May};
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::SignedIn;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/diagnosis.html")]
struct DiagnosisPage {
    shell: Shell,
    lead: String,
    problems: Vec<String>,
    advice: Vec<Advice>,
    others: Vec<String>,
    open: Option<String>,
    exit: Option<String>,
    baseline: Option<String>,
}

struct Advice {
    title: String,
    purpose: String,
    compulsory: bool,
    now: bool,
    problems: String,
    reasons: Vec<String>,
}

/// `GET /delivery/engagements/{engagement}/diagnosis`
pub(super) async fn show(
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
    let may = May::at(&signed_in.actor, &engagement.place());
    let begun = dossier.modules_begun();
    let problems: &[String] = dossier.assessments.first().map_or(&[], |one| &one.problems);
    let next = product.may_follow(&begun);
    let advice: Vec<Advice> = programme
        .recommend(product, problems, &begun)
        .into_iter()
        .map(|one| Advice {
            title: frame::module_title(&app, speech, &programme.id, one.module),
            purpose: programme
                .module(one.module)
                .map_or_else(String::new, |module| speech.say(&module.purpose).to_owned()),
            compulsory: one.compulsory,
            now: next.contains(&one.module),
            problems: one
                .problems
                .iter()
                .map(|problem| speech.say(&problem.label))
                .collect::<Vec<_>>()
                .join(", "),
            reasons: one.reasons.iter().map(|reason| speech.say(reason).to_owned()).collect(),
        })
        .collect();
    let advised = programme.recommend(product, problems, &begun);
    let others = next.iter().filter(|code| !advised.iter().any(|one| one.module == **code));
    let name = frame::enterprise_name(&app, &id, &engagement.enterprise).await?;
    let title = speech.t("delivery-diagnosis");
    let back = format!("/delivery/engagements/{id}");
    let here = format!("{back}/diagnosis");
    let shell = frame::shell(&visit, &signed_in, "/delivery/engagements", title.clone());
    let has_baseline = !dossier.assessments.is_empty();
    let free = dossier.open_course().is_none();
    private_page(&DiagnosisPage {
        shell: frame::crumbs(shell, [(back.as_str(), name.clone()), (here.as_str(), title)])
            .synthetic_if(engagement.synthetic),
        lead: speech.with(
            if has_baseline { "delivery-diagnosis-lead" } else { "delivery-diagnosis-early" },
            &[("name", &name)],
        ),
        problems: problems
            .iter()
            .filter_map(|code| programme.problem(code))
            .map(|problem| speech.say(&problem.question).to_owned())
            .collect(),
        advice,
        others: others.map(|code| frame::module_title(&app, speech, &programme.id, code)).collect(),
        open: (may.deliver && free && !next.is_empty()).then(|| href(speech, &id, "module", "", "")),
        exit: (may.deliver && free && !begun.is_empty()).then(|| href(speech, &id, "final", "", "")),
        baseline: (may.deliver && !has_baseline).then(|| href(speech, &id, "baseline", "", "")),
    })
}
