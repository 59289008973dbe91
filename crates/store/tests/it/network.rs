//! The peer network: found with consent alone, asked without an address, answered once.

use domain::actor::{Actor, Function, Grant, Place, Role, Scope};
use domain::network::{
    AnswerQuestion, AskPeer, Group, JoinGroup, NewQuestion, ReadNetwork, Reply, TendGroup,
};
use domain::person::{ConsentSubject, Purpose, RecordConsent};
use store::network::Side;
use store::{Store, StoreError, consents, enterprises, network};

use crate::delivery::{programme, up_to_closing};
use crate::ledger::{at, ledgers};
use crate::register::{enter, enterprise};

fn member(enterprise: &str) -> Actor {
    let grants = vec![Grant::member(Function::Owner, enterprise)];
    Actor { id: format!("owner-{enterprise}"), email: String::new(), grants }
}

async fn consent(store: &Store, id: &str, enterprise: &str, given: bool, on: &str) {
    let act = RecordConsent {
        id: id.into(),
        subject: ConsentSubject::Enterprise(enterprise.into()),
        purpose: Purpose::Network,
        given,
        on: on.parse().unwrap(),
        evidence: String::new(),
        place: enterprises::place(store, enterprise).await.unwrap(),
    };
    let mut tx = store.begin(at(1)).await.unwrap();
    consents::record(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ask(store: &Store, id: &str, from: &str, words: &str) -> Result<(), StoreError> {
    let new = NewQuestion {
        id: id.into(),
        programme: programme().id,
        from: from.into(),
        project: "x1".into(),
        words: words.into(),
    };
    let place = enterprises::place(store, from).await.unwrap();
    let permit = member(from).permit(AskPeer { question: id.into(), place }).unwrap();
    let mut tx = store.begin(at(2)).await.unwrap();
    network::ask(&mut tx, &permit, &new).await?;
    tx.commit().await
}

/// `e1` agrees to be asked, and `from` asks it.
pub(crate) async fn agree_and_ask(store: &Store, from: &str, words: &str) {
    consent(store, "c1", "e1", true, "2026-06-01").await;
    ask(store, "q1", from, words).await.unwrap();
}

async fn answer(store: &Store, id: &str, reply: Reply) -> Result<(), StoreError> {
    let to = network::asked(store, id).await?;
    let place = enterprises::place(store, &to).await?;
    let permit = member(&to).permit(AnswerQuestion { question: id.into(), place })?;
    let mut tx = store.begin(at(3)).await?;
    network::answer(&mut tx, &permit, &reply).await?;
    tx.commit().await
}

pub(crate) async fn answer_with(store: &Store, id: &str, words: &str) {
    answer(store, id, Reply::Answer(words.into())).await.unwrap();
}

#[tokio::test]
async fn a_question_reaches_an_enterprise_that_agreed_and_its_answer_comes_back() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        enter(store, "e2", enterprise("CV Tetangga", "3319", None)).await;
        let e2 = member("e2");
        let reach = e2.reach::<ReadNetwork>().unwrap();
        let found = async |problem: Option<&str>, sector: &str| {
            network::solved(store, &reach, &programme.id, problem, sector, 10).await.unwrap()
        };
        assert!(found(None, "").await.is_empty(), "{}: nobody agreed", ledger.name);
        assert!(ask(store, "q0", "e2", "Rak apa?").await.is_err());
        consent(store, "c1", "e1", true, "2026-06-01").await;
        let solved = found(Some("stock"), "").await;
        assert_eq!((solved[0].project.as_str(), solved[0].enterprise.as_str()), ("x1", "e1"));
        assert_eq!((solved[0].before_value, solved[0].after_value), (Some(12.0), Some(3.0)));
        assert!(found(Some("menu"), "").await.is_empty() && found(None, "13").await.is_empty());

        assert!(
            matches!(ask(store, "q1", "e1", "Rak apa?").await, Err(StoreError::Rule(_))),
            "own enterprise"
        );
        assert!(matches!(ask(store, "q1", "e2", "WA 0812-3456-7890").await, Err(StoreError::Rule(_))));
        ask(store, "q1", "e2", "Rak seperti apa yang dipakai?").await.unwrap();
        let received = |actor: Actor| async move {
            network::questions(store, &actor.reach().unwrap(), Side::Received, 10).await.unwrap()
        };
        assert_eq!(received(member("e1")).await[0].from_name, "CV Tetangga");
        assert!(received(member("e2")).await.is_empty());
        let stranger = Actor::with("t", Role::Trainer, Scope::organisation("other"));
        assert!(received(stranger).await.is_empty());

        answer(store, "q1", Reply::Answer("Rak besi berlabel.".into())).await.unwrap();
        let twice = answer(store, "q1", Reply::Decline).await;
        assert!(matches!(twice, Err(StoreError::State { .. })), "{}", ledger.name);
        let asked = network::questions(store, &reach, Side::Asked, 10).await.unwrap();
        assert_eq!((asked[0].state.as_str(), asked[0].answer.as_str()), ("answered", "Rak besi berlabel."));

        consent(store, "c2", "e1", false, "2026-07-01").await;
        assert!(found(None, "").await.is_empty(), "{}: the newest word counts", ledger.name);
        assert!(matches!(ask(store, "q2", "e2", "Lagi?").await, Err(StoreError::Rule(_))));
    }
}

#[tokio::test]
async fn an_enterprise_asks_ten_times_a_day_and_no_more() {
    let programme = programme();
    for ledger in ledgers().await {
        let store = &ledger.store;
        up_to_closing(&ledger, &programme).await;
        enter(store, "e2", enterprise("CV Tetangga", "3319", None)).await;
        consent(store, "c1", "e1", true, "2026-06-01").await;
        for number in 0..10 {
            ask(store, &format!("q{number}"), "e2", "Rak apa?").await.unwrap();
        }
        let eleventh = ask(store, "q10", "e2", "Rak apa?").await.unwrap_err();
        assert!(eleventh.text().id.contains("sepuluh pertanyaan"), "{}: {eleventh}", ledger.name);
    }
}

#[tokio::test]
async fn a_group_shows_only_members_that_agreed_to_be_seen() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "e1", enterprise("CV Satu", "3319", None)).await;
        let place = Place::programme("p").in_region("33").of_organisation("blk");
        let group = Group {
            id: "g1".into(),
            programme: "p".into(),
            organisation: "blk".into(),
            region: "33".into(),
            title: "Belajar 5S".into(),
            problem_kind: None,
            next_on: "2026-12-01".parse().ok(),
            note: "di BLK".into(),
        };
        let trainer = Actor::with("t", Role::Trainer, Scope::organisation("blk"));
        let permit = trainer.permit(TendGroup { group: "g1".into(), place }).unwrap();
        let mut tx = store.begin(at(1)).await.unwrap();
        network::tend(&mut tx, &permit, &group).await.unwrap();
        let elsewhere = Group { region: "34".into(), ..group.clone() };
        assert!(network::tend(&mut tx, &permit, &elsewhere).await.is_err());
        tx.commit().await.unwrap();
        let join = async |stays: bool| {
            let place = enterprises::place(store, "e1").await?;
            let permit = member("e1").permit(JoinGroup { group: "g1".into(), place })?;
            let mut tx = store.begin(at(2)).await?;
            network::join(&mut tx, &permit, "e1", stays).await?;
            tx.commit().await
        };
        let reach = trainer.reach::<ReadNetwork>().unwrap();
        let names = async || network::groups(store, &reach, "p").await.unwrap()[0].members.clone();
        assert!(matches!(join(true).await, Err(StoreError::Rule(_))), "{}: no consent yet", ledger.name);
        consent(store, "c1", "e1", true, "2026-06-01").await;
        join(true).await.unwrap();
        assert_eq!(names().await, [("e1".to_owned(), "CV Satu".to_owned())]);
        consent(store, "c2", "e1", false, "2026-06-02").await;
        assert!(names().await.is_empty(), "{}", ledger.name);
        join(false).await.unwrap();
    }
}
