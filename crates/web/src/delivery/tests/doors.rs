//! Every address of the program, tried by people who have no business there: `docs/routes.md` is the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use domain::actor::{Actor, Grant, Role, Scope};
use domain::person::{Person, RecordPerson};

use super::paper::{at_work, from_a_phone, project, training};
use crate::office::tests::{Answer, Browser, TestOffice};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of a table in `docs/`.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs").join(name)).expect(name);
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("|---"));
    let cells = |line: &str| {
        let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).expect("a row");
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    rows.skip(1).map(cells).collect()
}

/// Address by address, whether it is read and whether something is sent there: as the sources declare it.
fn declared() -> BTreeMap<String, (bool, bool)> {
    fn gather(folder: &Path, found: &mut BTreeMap<String, (bool, bool)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && name != "tests" && name != "testing" {
                gather(&path, found);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(&path).unwrap();
                for part in text.split(".route(").skip(1) {
                    let Some((_, rest)) = part.split_once('"') else { continue };
                    let (address, rest) = rest.split_once('"').unwrap();
                    let (mut depth, mut end) = (1, 0);
                    for (at, letter) in rest.char_indices() {
                        depth += match letter {
                            '(' => 1,
                            ')' => -1,
                            _ => 0,
                        };
                        if depth == 0 {
                            end = at;
                            break;
                        }
                    }
                    let (read, sent) = found.entry(address.to_owned()).or_default();
                    *read |= rest[..end].contains("get(");
                    *sent |= rest[..end].contains("post(");
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

#[test]
fn every_route_names_its_act() {
    let acts: BTreeSet<String> = table("roles.md").into_iter().map(|row| row[0].clone()).collect();
    let words = ["everybody", "secret", "signed-in", "form"];
    let rows = table("routes.md");
    for act in rows.iter().flat_map(|row| &row[1..]).filter(|act| !act.is_empty()) {
        assert!(words.contains(&act.as_str()) || acts.contains(act), "`{act}` is no act of docs/roles.md");
    }
    let told: BTreeMap<String, (bool, bool)> =
        rows.iter().map(|row| (row[0].clone(), (!row[1].is_empty(), !row[2].is_empty()))).collect();
    assert_eq!(told, declared(), "docs/routes.md and the routes of this room differ");
}

/// Real things of one provider and one enterprise in place of the words in braces.
struct Things {
    engagement: String,
    photo: String,
    training: String,
    project: String,
}

impl Things {
    fn at(&self, address: &str) -> String {
        let person = if address.starts_with("/people") { "p1" } else { "siti" };
        let known = [
            ("engagement", self.engagement.as_str()),
            ("photo", self.photo.as_str()),
            ("training", self.training.as_str()),
            ("project", self.project.as_str()),
            ("programme", "score-id"),
            ("enterprise", "e1"),
            ("person", person),
            ("account", "siti"),
            ("form", "team"),
            ("decision", "approve"),
            ("stage", "baseline"),
            ("change", "disable"),
            ("word", "join"),
            ("row", "1"),
        ];
        let asked = match address.rsplit('/').next() {
            Some("merge") => "?with=e1",
            Some("quote.pdf") => "?product=standard",
            Some("certificate.pdf") => "?module=cooperation",
            _ => "",
        };
        let address = address
            .split('/')
            .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => known.iter().find(|(known, _)| *known == name).map_or("x", |(_, value)| *value),
                None => part,
            })
            .collect::<Vec<_>>()
            .join("/");
        format!("{address}{asked}")
    }
}

async fn with_things() -> (TestOffice, Browser, Things) {
    let (office, people, page) = at_work().await;
    let project = project(&office, &people, &page).await;
    let fields =
        [("thing", project.as_str()), ("moment", "before"), ("caption", "rak"), ("people_agreed", "on")];
    let photo = from_a_phone();
    let sent = office.send_photo(&people.owner, &format!("{page}/photos"), &fields, &photo).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let report = office.get(&people.trainer, &format!("{page}/report")).await;
    let photo = report.body.split("<img src=\"").nth(1).expect("the report shows the photo");
    let photo = photo.split(['"', '?']).next().unwrap().rsplit('/').next().unwrap();
    let training = training(&office, &people).await;
    let act = RecordPerson {
        id: "p1".into(),
        person: Person { name: "Wulan".into(), enterprise: Some("e1".into()), ..Person::default() },
        place: store::enterprises::place(&office.store, "e1").await.unwrap(),
    };
    let mut tx = office.store.begin(office.now()).await.unwrap();
    store::people::record(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let last = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let things = Things {
        engagement: last(&page),
        photo: photo.to_owned(),
        training: last(&training),
        project: last(&project),
    };
    (office, people.owner, things)
}

async fn entries(office: &TestOffice) -> i64 {
    store::audit::verify_chain(&office.store).await.unwrap().entries
}

/// Both ways to knock at an address, where the table names something else than the world.
async fn knock(office: &TestOffice, who: &Browser, row: &[String], things: &Things) -> Vec<(String, Answer)> {
    let address = things.at(&row[0]);
    let mut answers = Vec::new();
    for (act, sends) in [(&row[1], false), (&row[2], true)] {
        if !["", "everybody", "secret"].contains(&act.as_str()) {
            let answer =
                if sends { office.post(who, &address, &[]).await } else { office.get(who, &address).await };
            answers.push((format!("{} {address} ({act})", if sends { "POST" } else { "GET" }), answer));
        }
    }
    answers
}

#[tokio::test]
async fn without_a_session_nobody_gets_past_a_row_that_names_an_act() {
    let (office, _, things) = with_things().await;
    let before = entries(&office).await;
    let (mut tried, mut open) = (0, Vec::new());
    for row in table("routes.md") {
        for (what, answer) in knock(&office, &Browser::default(), &row, &things).await {
            let asked = answer.status == StatusCode::SEE_OTHER;
            if !asked || !answer.location().starts_with("/sign-in?next=") {
                open.push(format!("{what}: {} {}", answer.status, answer.location()));
            }
            tried += 1;
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
    assert!(tried > 100, "only {tried} doors were tried");
    assert_eq!(entries(&office).await, before, "nothing happened");
}

#[tokio::test]
async fn a_role_that_may_not_is_refused_at_every_door() {
    let (office, owner, things) = with_things().await;
    let reader = office.signed_in_with("rudi", Grant::everywhere(Role::Reader)).await;
    let before = entries(&office).await;
    let mut open = Vec::new();
    for row in table("routes.md") {
        // What is everybody's own is no door to be shut.
        if row[1..].iter().any(|act| act == "signed-in" || act == "account.own") {
            continue;
        }
        for (what, answer) in knock(&office, &reader, &row, &things).await {
            // Whatever does not exist may say so; what is sent may be refused before it is asked who sends.
            let refused = match answer.status {
                StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => true,
                StatusCode::BAD_REQUEST => what.starts_with("POST"),
                _ => false,
            };
            if !refused || answer.body.contains("Lasem") {
                open.push(format!("{what}: {} {}", answer.status, answer.location()));
            }
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
    assert_eq!(entries(&office).await, before, "nothing happened");
    let seen = office.get(&owner, &things.at("/delivery/engagements/{engagement}")).await;
    assert!(seen.body.contains("Lasem"), "the things are there for those whose they are");
}

#[tokio::test]
async fn whoever_answers_for_another_place_learns_nothing_of_this_one() {
    let (office, _, things) = with_things().await;
    let elsewhere = Scope::organisation("other").in_region("35");
    let strangers = [
        ("tono", Grant::new(Role::Trainer, elsewhere.clone())),
        ("lina", Grant::new(Role::ProviderManager, elsewhere)),
        ("dedi", Grant::new(Role::ProductivityOfficer, Scope::region("35"))),
        ("nina", Grant::member(domain::actor::Function::Owner, "e9")),
    ];
    let mut open = Vec::new();
    for (id, grant) in strangers {
        let stranger = office.signed_in_with(id, grant).await;
        for row in table("routes.md") {
            for (what, answer) in knock(&office, &stranger, &row, &things).await {
                let told = ["Lasem", "Wulan", "rak berlabel"].map(|words| answer.body.contains(words));
                // Whatever names a thing of theirs is shut, whichever way one knocks.
                let theirs = ["{engagement}", "{training}", "{enterprise}", "/people/{person}"];
                let theirs = theirs.iter().any(|thing| row[0].contains(thing));
                let shut = match answer.status {
                    StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => true,
                    StatusCode::BAD_REQUEST => what.starts_with("POST"),
                    status => !theirs && !status.is_server_error(),
                };
                if told.contains(&true) || !shut {
                    open.push(format!("{id} {what}: {} {told:?}", answer.status));
                }
            }
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}
