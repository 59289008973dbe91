//! The synthetic cohort of a programme: every deed goes through the same door as one from a page.
//!
//! Each act still stands or falls with its audit entry, and is dated by the day on which the recipe says it
//! was done. Many of them share a transaction, because a disk can keep some hundred promises a second and no
//! more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use domain::actor::{
    Actor, AttestTarget, BookMoney, CertifyTrainer, GuideTrainer, LockReport, ManageAccounts, Place,
    RecordObservation, ReviewObservation,
};
use domain::framework::NewReport;
use domain::language::Language;
use domain::network::{AnswerQuestion, AskPeer, JoinGroup, TendGroup};
use domain::trainer::{NewStep, Step};
use jiff::Timestamp;
use store::accounts::{Email, NewAccount};
use store::observations::Around;
use store::trainers::{Post, StepPermit};
use store::{Tx, delivery};
use testkit::cohort::{Cohort, Deed, Ground, Recipe, What};

use crate::content;
use crate::rooms::Rooms;
use crate::words::say;

/// Acts that are kept on disk together.
const TOGETHER: usize = 400;

/// Makes the cohort of the demonstration as of `now`, and writes it into the ledger.
pub(super) async fn load(rooms: &Rooms, now: Timestamp, language: Language) -> anyhow::Result<Cohort> {
    let text = content::text("demo/cohort.toml").context("demo/cohort.toml")?;
    let recipe: Recipe = toml::from_str(&text).context("demo/cohort.toml")?;
    let ground = ground(rooms, &recipe, now)?;
    let cohort = Cohort::make(&recipe, ground)?;
    let truth = serde_json::to_string_pretty(&cohort.truth)?;
    std::fs::write(rooms.folder.root().join("cohort-truth.json"), truth)?;
    for (digest, picture) in &cohort.pictures {
        std::fs::write(rooms.folder.blob(digest), picture)?;
    }
    open_accounts(rooms, &cohort).await?;
    execute(rooms, ground, &cohort).await?;
    let (acts, enterprises) = (cohort.deeds.len(), cohort.truth.enterprises);
    eprintln!(
        "  {}",
        say(
            language,
            format!("{enterprises} usaha rekaan, {acts} tindakan tercatat"),
            format!("{enterprises} invented enterprises, {acts} acts on record"),
        )
    );
    Ok(cohort)
}

fn ground<'a>(rooms: &'a Rooms, recipe: &Recipe, now: Timestamp) -> anyhow::Result<Ground<'a>> {
    let content = &rooms.content;
    let measurement = content.measurement(&recipe.programme).context("demo/cohort.toml: programme")?;
    Ok(Ground {
        programme: content.programme(&recipe.programme).context("demo/cohort.toml: programme")?,
        measurement,
        regions: content.classification("REGION").context("classifications/regions.toml")?,
        deflator: content.deflator(&measurement.framework.deflator),
        today: delivery::day(now),
    })
}

/// Everybody who does something can be looked up behind what they did.
async fn open_accounts(rooms: &Rooms, cohort: &Cohort) -> anyhow::Result<()> {
    let mut people: Vec<_> = cohort.people.iter().collect();
    people.sort_by_key(|person| person.since);
    let Some(first) = people.first() else { return Ok(()) };
    let mut tx = rooms.store.begin(first.since).await?;
    for person in people {
        tx.go_on_to(person.since);
        person.grant.check()?;
        let permit = Actor::operator().permit(ManageAccounts { account: person.account.clone() })?;
        let new = NewAccount {
            email: Email::parse(&person.email)?,
            name: person.name.clone(),
            grant_id: person.grant_id.clone(),
            grant: person.grant.clone(),
        };
        store::accounts::add(&mut tx, &permit, &new).await?;
    }
    Ok(tx.commit().await?)
}

async fn execute(rooms: &Rooms, ground: Ground<'_>, cohort: &Cohort) -> anyhow::Result<()> {
    let actors: Vec<Actor> = cohort
        .people
        .iter()
        .map(|person| Actor {
            id: person.account.clone(),
            email: person.email.clone(),
            grants: vec![person.grant.clone()],
        })
        .collect();
    let mut deeds = cohort.deeds.iter();
    loop {
        let mut batch: Vec<&Deed> = deeds.by_ref().take(TOGETHER).collect();
        let Some(first) = batch.first() else { return Ok(()) };
        let mut tx = rooms.store.begin(first.at).await?;
        for deed in batch.drain(..) {
            tx.go_on_to(deed.at);
            if is_expert(deed) || matches!(deed.what, What::Lock { .. }) {
                // What is counted is read from what is on disk.
                tx.commit().await?;
                tx = rooms.store.begin(deed.at).await?;
            }
            let actor = &actors[deed.by];
            perform(rooms, &mut tx, deed, actor, ground)
                .await
                .with_context(|| format!("{} {}: {:?}", deed.at, actor.email, deed.what))?;
        }
        tx.commit().await?;
    }
}

/// The pages over a folder that is being filled.
fn pages(rooms: &Rooms) -> anyhow::Result<web::AppState> {
    let random = Box::new(crate::rooms::secret_bytes);
    let archive = rooms.archive.clone() as Arc<dyn domain::held::HeldRows>;
    Ok(web::AppState::new(web::Rooms {
        config: web::Config {
            data_dir: rooms.folder.root().to_owned(),
            base_url: String::new(),
            patience: std::time::Duration::from_secs(60),
        },
        clock: Box::new(crate::rooms::now),
        ids: Box::new(crate::rooms::new_id),
        content: (*rooms.content).clone(),
        releases: publication::Catalogue::open(rooms.folder.releases())?,
        geometry: None,
        desk: web::office::Desk::new(rooms.store.clone(), random, archive),
        post: None,
        paper: web::Paper::new(Arc::new(documents::Press::default()), 1),
    }))
}

fn is_expert(deed: &Deed) -> bool {
    matches!(&deed.what, What::Step { new, .. } if new.step == Step::Expert)
}

async fn perform(
    rooms: &Rooms,
    tx: &mut Tx,
    deed: &Deed,
    actor: &Actor,
    ground: Ground<'_>,
) -> anyhow::Result<()> {
    let today = delivery::day(deed.at);
    match &deed.what {
        What::Register(act) => {
            store::enterprises::register(tx, &actor.permit((**act).clone())?).await?;
        }
        What::Merge(act) => store::merges::merge(tx, &actor.permit(act.clone())?).await?,
        What::Consent(act) => store::consents::record(tx, &actor.permit(act.clone())?).await?,
        What::Delivery(order) => {
            let allowed = (**order).clone().allow(actor)?;
            delivery::perform(tx, &allowed, ground.programme).await?;
        }
        What::Training(order) => {
            let allowed = (**order).clone().allow(actor)?;
            delivery::trainings::perform(tx, &allowed, ground.programme).await?;
        }
        What::Observe { new, place, workshop_on } => {
            let indicator = ground.measurement.indicators.get(&new.indicator).context("indicator")?;
            let action = RecordObservation { engagement: new.engagement.clone(), place: place.clone() };
            let around = Around { today, workshop_on: *workshop_on };
            store::observations::record(tx, &actor.permit(action)?, (**new).clone(), indicator, around)
                .await?;
        }
        What::Review { observation, place, confirm, note } => {
            let action = ReviewObservation { observation: observation.clone(), place: place.clone() };
            store::observations::review(tx, &actor.permit(action)?, *confirm, note).await?;
        }
        What::Step { new, organisation, region } => {
            let post = Post { organisation, region };
            step(rooms, tx, actor, new, post, ground, today).await?;
        }
        What::Book { entry, place } => {
            let action = BookMoney { entry: entry.id.clone(), place: place.clone() };
            store::money::book(tx, &actor.permit(action)?, entry, &ground.measurement.costs, today).await?;
        }
        What::Lock { report, period } => lock(rooms, tx, actor, (report, period), ground, today).await?,
        What::Ask { .. } | What::Reply { .. } | What::Tend { .. } | What::Join { .. } => {
            network(tx, actor, &deed.what).await?;
        }
        What::Attest(new) => {
            let place = Place::programme(&new.programme);
            let permit = actor.permit(AttestTarget { target: new.target.clone(), place })?;
            let framework = &ground.measurement.framework;
            store::results::attest(tx, &permit, new, framework, today).await?;
        }
    }
    Ok(())
}

async fn lock(
    rooms: &Rooms,
    tx: &mut Tx,
    actor: &Actor,
    (report, period): (&str, &str),
    ground: Ground<'_>,
    today: jiff::civil::Date,
) -> anyhow::Result<()> {
    let programme = &ground.programme.id;
    let permit =
        actor.permit(LockReport { report: report.to_owned(), place: Place::programme(programme) })?;
    // The pages count: what was locked is what they said on that day.
    let figures = web::targets_on(&pages(rooms)?, programme, today).await?;
    let new = NewReport {
        id: report.to_owned(),
        programme: programme.clone(),
        period: period.to_owned(),
        as_of: today,
        figures,
    };
    store::results::lock(tx, &permit, &new, &ground.measurement.framework, today).await?;
    Ok(())
}

async fn network(tx: &mut Tx, actor: &Actor, what: &What) -> anyhow::Result<()> {
    match what {
        What::Ask { new, place } => {
            let permit = actor.permit(AskPeer { question: new.id.clone(), place: place.clone() })?;
            store::network::ask(tx, &permit, new).await?;
        }
        What::Reply { question, place, reply } => {
            let action = AnswerQuestion { question: question.clone(), place: place.clone() };
            store::network::answer(tx, &actor.permit(action)?, reply).await?;
        }
        What::Tend { group, place } => {
            let action = TendGroup { group: group.id.clone(), place: place.clone() };
            store::network::tend(tx, &actor.permit(action)?, group).await?;
        }
        What::Join { group, enterprise, place } => {
            let action = JoinGroup { group: group.clone(), place: place.clone() };
            store::network::join(tx, &actor.permit(action)?, enterprise, true).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn step(
    rooms: &Rooms,
    tx: &mut Tx,
    actor: &Actor,
    new: &NewStep,
    post: Post<'_>,
    ground: Ground<'_>,
    today: jiff::civil::Date,
) -> anyhow::Result<()> {
    let place = Place::programme(&new.programme).in_region(post.region).of_organisation(post.organisation);
    let person = new.person.clone();
    let modules: BTreeSet<String> =
        ground.programme.modules.iter().map(|module| module.code.clone()).collect();
    let rules = (&modules, &ground.measurement.certification);
    let held: BTreeMap<_, _> = match new.step {
        Step::Expert => store::tallies::deliveries(&rooms.store, &new.programme, None).await?,
        _ => BTreeMap::new(),
    };
    let deliveries = held.get(&person).cloned().unwrap_or_default();
    match new.step {
        Step::Selected | Step::Trained | Step::Observed => {
            let permit = actor.permit(GuideTrainer { person, place })?;
            let permit = StepPermit::Guide(&permit);
            store::trainers::record(tx, &permit, new, post, &deliveries, rules, today).await?;
        }
        Step::Certified | Step::Expert | Step::Withdrawn => {
            let permit = actor.permit(CertifyTrainer { person, place })?;
            let permit = StepPermit::Certify(&permit);
            store::trainers::record(tx, &permit, new, post, &deliveries, rules, today).await?;
        }
    }
    Ok(())
}
