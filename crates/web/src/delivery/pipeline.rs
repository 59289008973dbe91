//! The pipeline: engagements by stage, what is due first on top.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::delivery::{Arrange, ReadDelivery, State as Stands};
use serde::Deserialize;
use store::delivery::engagements::{self, Filter, Line};

use super::frame;
use crate::address;
use crate::error::WebError;
use crate::layout::{Shell, private_page};
use crate::office::guard::SignedIn;
use crate::speech::Speech;
use crate::state::AppState;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "delivery/pipeline.html")]
struct PipelinePage {
    shell: Shell,
    lead: String,
    arrange: bool,
    stages: Vec<StageView>,
    filter: Option<String>,
    rows: Vec<RowView>,
    next: Option<String>,
}

struct StageView {
    title: String,
    count: String,
    href: String,
    current: bool,
}

pub(super) struct RowView {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) product: String,
    pub(super) status: String,
    pub(super) chip: &'static str,
    pub(super) next: String,
    pub(super) due: String,
    pub(super) synthetic: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: Option<String>,
    enterprise: Option<String>,
    after: Option<String>,
}

/// `GET /delivery/engagements`
pub(super) async fn show(
    State(app): State<AppState>,
    visit: Visit,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let speech = visit.speech;
    let reach = signed_in.actor.reach::<ReadDelivery>()?;
    let store = &app.desk.store;
    let state = asked.state.as_deref().and_then(Stands::parse).map(Stands::code);
    let filter = Filter { state, enterprise: asked.enterprise.as_deref(), ..Filter::default() };
    let counts = engagements::pipeline(store, &reach, None).await?;
    let page = engagements::list(store, &reach, &filter, asked.after.as_deref(), frame::PAGE_ROWS).await?;
    let all: i64 = counts.iter().map(|(_, _, count)| count).sum();
    let stages = Stands::ALL.iter().map(|stands| {
        let own = counts.iter().filter(|(state, _, _)| state == stands.code());
        StageView {
            title: speech.t(&format!("delivery-state-{}", stands.code())),
            count: speech.integer(own.map(|(_, _, count)| count.unsigned_abs()).sum()),
            href: speech.href(&format!("/delivery/engagements?state={}", stands.code())),
            current: state == Some(stands.code()),
        }
    });
    let title = speech.t("delivery-nav-engagements");
    let shell = frame::shell(&visit, &signed_in, "/delivery/engagements", title.clone());
    let synthetic = page.rows.iter().any(|line| line.synthetic);
    private_page(&PipelinePage {
        shell: frame::crumbs(shell, [("/delivery/engagements", title)]).synthetic_if(synthetic),
        lead: speech.count(
            "delivery-pipeline-lead",
            all.unsigned_abs(),
            &[("number", &speech.integer(all.unsigned_abs()))],
        ),
        arrange: signed_in.actor.may_somewhere::<Arrange>(),
        stages: stages.collect(),
        filter: state.map(|state| speech.t(&format!("delivery-state-{state}"))),
        rows: page.rows.iter().map(|line| row(&app, speech, line)).collect(),
        next: page.next.map(|next| {
            let mut pairs = vec![("after", next.as_str())];
            pairs.extend(state.map(|state| ("state", state)));
            speech.href(&format!("/delivery/engagements?{}", address::query(pairs)))
        }),
    })
}

pub(super) fn row(app: &AppState, speech: Speech, line: &Line) -> RowView {
    let product = app.content.programme(&line.programme).and_then(|one| one.product(&line.product));
    let next = match (&line.next_step, &line.module) {
        (Some(step), Some(module)) => {
            let module = frame::module_title(app, speech, &line.programme, module);
            format!("{}, {module}", speech.t(&format!("delivery-step-{step}")))
        }
        (Some(step), None) => speech.t(&format!("delivery-step-{step}")),
        (None, _) => speech.t("delivery-nothing-more"),
    };
    RowView {
        href: speech.href(&format!("/delivery/engagements/{}", line.id)),
        name: line.enterprise_name.clone(),
        region: frame::region_name(app, speech, &line.region),
        product: product.map_or_else(|| line.product.clone(), |one| speech.say(&one.title).to_owned()),
        status: speech.t(&format!("delivery-state-{}", line.state)),
        chip: match line.state.as_str() {
            "exited" => "ok",
            "delivering" | "assessed" => "info",
            _ => "",
        },
        next,
        due: line.next_on.as_deref().map(|on| frame::day(speech, on)).unwrap_or_default(),
        synthetic: line.synthetic,
    }
}
