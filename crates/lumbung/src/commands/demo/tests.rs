//! What was planted is what the pages show.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::actor::{Actor, OwnAccount, Role};
use domain::language::Language;
use jiff::Timestamp;
use store::Secret;
use store::sessions::NewSession;
use testkit::cohort::Cohort;
use tower::ServiceExt;

use super::cohort;
use crate::folder::Folder;
use crate::rooms::Rooms;

/// A demonstration with the cohort alone, and its pages.
struct Demo {
    rooms: Rooms,
    cohort: Cohort,
    router: axum::Router,
    _folder: tempfile::TempDir,
}

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

impl Demo {
    async fn load() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rooms = Rooms::of(Folder::create(&folder.path().join("data")).unwrap()).await.unwrap();
        let cohort = cohort::load(&rooms, now(), Language::En).await.unwrap();
        let desk = web::office::Desk::new(
            rooms.store.clone(),
            Box::new(|| [7; 32]),
            rooms.archive.clone() as Arc<dyn domain::held::HeldRows>,
        );
        let state = web::AppState::new(web::Rooms {
            config: web::Config {
                data_dir: rooms.folder.root().to_owned(),
                base_url: "http://demo".into(),
                patience: std::time::Duration::from_secs(60),
            },
            clock: Box::new(now),
            ids: Box::new(crate::rooms::new_id),
            content: (*rooms.content).clone(),
            releases: publication::Catalogue::open(rooms.folder.releases()).unwrap(),
            geometry: None,
            desk,
            post: None,
            paper: web::Paper::new(std::sync::Arc::new(documents::Press::default()), 1),
        });
        Demo { rooms, cohort, router: web::router(state), _folder: folder }
    }

    /// The first of the cohort who signs in with a role, and a cookie.
    async fn sign_in(&self, role: Role) -> String {
        let person = self.cohort.people.iter().find(|one| one.signs_in && one.grant.role == role).unwrap();
        let account = store::accounts::get(&self.rooms.store, &person.account).await.unwrap();
        let actor: Actor = account.actor();
        let secret = Secret::from_bytes([role as u8 + 1; 32]);
        let cookie = format!("lumbung_session={}", secret.text());
        if store::sessions::find(&self.rooms.store, &secret, now()).await.unwrap().is_some() {
            return cookie;
        }
        let token = Secret::from_bytes([100 + role as u8; 32]);
        let id = format!("session-{}", role.code());
        let new = NewSession { id: &id, secret: &secret, form_token: &token, user_agent: "test" };
        let mut tx = self.rooms.store.begin(now()).await.unwrap();
        let permit = actor.permit(OwnAccount { account: person.account.clone() }).unwrap();
        store::sessions::begin(&mut tx, &permit, &new).await.unwrap();
        tx.commit().await.unwrap();
        cookie
    }

    async fn get(&self, cookie: &str, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, location) = (answer.status(), answer.headers().get(header::LOCATION).cloned());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let location = location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        (status, location, String::from_utf8_lossy(&body).into_owned())
    }
}

/// The row of a table that a name begins, without marks.
fn row(page: &str, name: &str) -> String {
    let row = page
        .split("<tr")
        .skip(1)
        .find(|row| row.contains(&format!(">{name}<")))
        .unwrap_or_else(|| panic!("no row {name}"));
    let row = row.split("</tr>").next().unwrap_or_default();
    let mut plain = String::new();
    let mut inside = true;
    for letter in row.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => plain.push(letter),
            _ => {}
        }
        if letter == '>' {
            plain.push(' ');
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_pages_show_what_was_planted() {
    let demo = Demo::load().await;
    let cookie = demo.sign_in(Role::ProgrammeOfficer).await;
    let programme = demo.rooms.content.programmes().next().unwrap().id.clone();
    let set = &demo.rooms.content.measurement(&programme).unwrap().indicators;
    let (status, _, page) = demo.get(&cookie, &format!("/en/results/{programme}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("class=\"strip\""), "an invented cohort says so");
    for indicator in set.current().filter(|indicator| indicator.core) {
        let planted = &demo.cohort.truth.indicators[&indicator.code];
        let shown = row(&page, &indicator.label.en);
        let coverage = 100.0 * planted.pairs as f64 / planted.engagements as f64;
        let improved = 100.0 * planted.improved as f64 / planted.pairs as f64;
        for figure in [planted.pairs.to_string(), format!("{coverage:.0}%"), format!("{improved:.0}%")] {
            assert!(shown.split(' ').any(|word| word == figure), "{figure} of {planted:?} in {shown}");
        }
        let median = planted.median.unwrap();
        let sign = if median < 0.0 { "\u{2212}" } else { "+" };
        let whole = format!("{sign}{:.0}%", median.abs());
        let points = format!("{sign}{:.1}", median.abs());
        let counts = indicator.comparison == domain::indicator::Comparison::Counts;
        assert!(counts || shown.contains(&whole) || shown.contains(&points), "{median} in {shown}");
    }
    one_by_one(&demo, &cookie, &programme).await;
    each_role_lands_on_its_own_day(&demo, &programme).await;
}

/// Every indicator: what is set apart, and what the ledger says of states, money and case studies.
async fn one_by_one(demo: &Demo, cookie: &str, programme: &str) {
    let truth = &demo.cohort.truth;
    let measurement = demo.rooms.content.measurement(programme).unwrap();
    let deflator = demo.rooms.content.deflator(&measurement.framework.deflator);
    for indicator in measurement.indicators.current() {
        let records = store::cases::all(&demo.rooms.store, programme, &indicator.code).await.unwrap();
        let cases: Vec<_> = records.into_iter().map(|record| record.case).collect();
        let found = domain::outcome::outcome(indicator, &cases, deflator);
        let planted = &truth.indicators[&indicator.code];
        assert_eq!(
            (found.engagements, found.pairs, found.set_apart, found.improved),
            (planted.engagements, planted.pairs, planted.set_apart, planted.improved),
            "{}",
            indicator.code
        );
        match (found.median, planted.median) {
            (Some(found), Some(planted)) => assert!((found - planted).abs() < 1e-6, "{}", indicator.code),
            (found, planted) => assert_eq!(found, planted, "{}", indicator.code),
        }
    }
    let (_, published) =
        store::tallies::case_studies(&demo.rooms.store, programme, store::delivery::day(now()))
            .await
            .unwrap();
    assert_eq!(published, truth.case_studies_published as u64);
    let savings = store::tallies::yearly_savings(&demo.rooms.store, programme).await.unwrap();
    assert_eq!(savings, Some(truth.yearly_savings));
    let entries = store::money::all(&demo.rooms.store, programme).await.unwrap();
    let years = domain::money::recoveries(&entries, &measurement.costs, domain::money::Grouping::Year);
    for (year, (cost, recovered)) in &truth.cost_by_year {
        let found = &years[&year.to_string()];
        assert_eq!((found.direct_cost, found.recovered), (*cost, *recovered), "{year}");
    }
    let (_, _, page) = demo.get(cookie, &format!("/en/results/{programme}/money")).await;
    let (cost, recovered) =
        truth.cost_by_year.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let share = format!("{:.0}%", recovered as f64 / cost as f64 * 100.0);
    assert!(page.contains(&share), "{share}");
    store::audit::verify_chain(&demo.rooms.store).await.unwrap();
}

async fn each_role_lands_on_its_own_day(demo: &Demo, programme: &str) {
    for (role, path, words) in [
        (Role::ProgrammeOfficer, format!("/results/{programme}/day"), "Target"),
        (Role::ProviderManager, format!("/results/{programme}/provider"), "Pemulihan biaya"),
        (Role::Trainer, "/delivery".to_owned(), "Catat kunjungan"),
        (Role::EnterpriseMember, format!("/results/{programme}/own"), "Rencana kami"),
    ] {
        let cookie = demo.sign_in(role).await;
        let (status, location, _) = demo.get(&cookie, "/office").await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, path.as_str()), "{role:?}");
        let (status, _, page) = demo.get(&cookie, &path).await;
        assert_eq!(status, StatusCode::OK, "{role:?}");
        assert!(page.contains(words), "{role:?}: no “{words}”");
        assert!(page.contains("class=\"strip\""), "{role:?}: an invented cohort says so");
        no_door_is_shut(demo, role, &cookie, &page).await;
    }
}

/// Pages that are looked through for each role: two doors deep is far enough to find a dead end.
const DOORS_MAX: usize = 60;

/// Every door of a page opens, and so does every door behind it.
async fn no_door_is_shut(demo: &Demo, role: Role, cookie: &str, page: &str) {
    let doors = |page: &str| -> Vec<String> {
        let links = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
        let rooms = ["register", "delivery", "results", "office"];
        let inside = links.filter(|link| rooms.iter().any(|room| link.starts_with(room)));
        inside.map(|link| format!("/{}", link.replace("&amp;", "&"))).collect()
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut waiting = doors(page);
    waiting.reverse();
    while let Some(door) = waiting.pop() {
        if seen.len() >= DOORS_MAX || !seen.insert(door.clone()) {
            continue;
        }
        let (status, _, behind) = demo.get(cookie, &door).await;
        assert!(status.is_success() || status.is_redirection(), "{role:?} {door}: {status}");
        // Breadth first: what stands on the first page is looked at before what lies behind it.
        waiting.splice(0..0, doors(&behind));
    }
}
