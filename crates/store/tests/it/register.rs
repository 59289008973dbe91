use domain::actor::{Actor, Function, Grant, Place, Role, Scope};
use domain::enterprise::{
    ChangeEnterprise, Contact, Enterprise, Likeness, MergeEnterprises, Nib, ReadContacts, ReadEnterprise,
    RecordContacts, RecordSites, RecordWorkforce, RegisterEnterprise, Site, UndoMerge, Workforce,
};
use domain::organisation::{Organisation, OrganisationKind, RecordOrganisation};
use domain::person::{ConsentSubject, Purpose, RecordConsent};
use store::register::Wanted;
use store::{Store, StoreError, Vault, audit, consents, enterprises, merges, organisations, register};

use crate::ledger::{at, ledgers};

pub(crate) fn enterprise(name: &str, region: &str, organisation: Option<&str>) -> Enterprise {
    Enterprise {
        name: name.into(),
        region: region.into(),
        organisation: organisation.map(str::to_owned),
        ..Enterprise::default()
    }
}

pub(crate) async fn add_organisation(store: &Store, id: &str) {
    let organisation = Organisation {
        id: id.into(),
        name: id.to_uppercase(),
        kind: OrganisationKind::TrainingCentre,
        region: None,
        note: Default::default(),
        source: Default::default(),
    };
    let mut tx = store.begin(at(0)).await.unwrap();
    let permit = Actor::operator().permit(RecordOrganisation { organisation }).unwrap();
    organisations::record(&mut tx, &permit).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn enter(store: &Store, id: &str, enterprise: Enterprise) {
    let act = RegisterEnterprise {
        id: id.into(),
        enterprise,
        workforce: None,
        contacts: Vec::new(),
        synthetic: true,
        not_the_same_as: Vec::new(),
    };
    let mut tx = store.begin(at(1)).await.unwrap();
    enterprises::register(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn read(store: &Store, actor: &Actor, id: &str) -> Result<enterprises::Registered, StoreError> {
    let place = enterprises::place(store, id).await?;
    enterprises::get(store, &actor.permit(ReadEnterprise { enterprise: id.into(), place })?).await
}

async fn names(store: &Store, actor: &Actor, words: &str) -> Vec<String> {
    let wanted = Wanted { words: words.into(), ..Wanted::default() };
    let found = register::list(store, &actor.reach().unwrap(), &wanted, None, 50).await.unwrap();
    found.lines.into_iter().map(|line| line.name).collect()
}

#[tokio::test]
async fn an_enterprise_is_entered_corrected_and_every_version_stays() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_organisation(store, "blk").await;
        enter(store, "e1", enterprise("CV Contoh", "3374", Some("blk"))).await;
        let operator = Actor::operator();
        let first = read(store, &operator, "e1").await.unwrap();
        assert_eq!((first.version, first.enterprise.name.as_str(), first.synthetic), (1, "CV Contoh", true));
        assert_eq!(first.enterprise.union, None, "unknown is not no");

        let change = |version, name: &str| ChangeEnterprise {
            id: "e1".into(),
            version,
            place: first.place(),
            enterprise: enterprise(name, "3374", Some("blk")),
        };
        let mut tx = store.begin(at(2)).await.unwrap();
        let permit = operator.permit(change(1, "CV Contoh Baru")).unwrap();
        assert_eq!(enterprises::change(&mut tx, &permit).await.unwrap(), 2);
        tx.commit().await.unwrap();

        let mut tx = store.begin(at(3)).await.unwrap();
        let permit = operator.permit(change(1, "CV Lain")).unwrap();
        let late = enterprises::change(&mut tx, &permit).await;
        assert!(
            matches!(&late, Err(StoreError::Stale { by, at: then, .. }) if by == "operator" && *then == at(2)),
            "{}: {late:?}",
            ledger.name
        );
        drop(tx);
        let place = first.place();
        let permit = operator.permit(ReadEnterprise { enterprise: "e1".into(), place }).unwrap();
        let versions = enterprises::history(store, &permit).await.unwrap();
        let names: Vec<_> = versions.iter().map(|version| version.detail["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["CV Contoh Baru", "CV Contoh"]);
        let log = audit::of_subject(store, "e1", 10).await.unwrap();
        assert_eq!(
            log.last().unwrap().detail,
            serde_json::json!({ "fields": ["name"] }),
            "names, not values"
        );
        assert_eq!(audit::verify_chain(store).await.unwrap().entries, 3);
    }
}

#[tokio::test]
async fn nobody_moves_an_enterprise_out_of_reach_or_with_an_old_permit() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_organisation(store, "blk").await;
        add_organisation(store, "other").await;
        enter(store, "e1", enterprise("CV Contoh", "3374", Some("blk"))).await;
        let trainer = Actor::with("ani", Role::Trainer, Scope::organisation("blk"));
        let place = enterprises::place(store, "e1").await.unwrap();
        let act = ChangeEnterprise {
            id: "e1".into(),
            version: 1,
            place,
            enterprise: enterprise("CV Contoh", "3374", Some("other")),
        };
        let permit = trainer.permit(act.clone()).unwrap();
        let mut tx = store.begin(at(2)).await.unwrap();
        let refused = enterprises::change(&mut tx, &permit).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{}: {refused:?}", ledger.name);
        drop(tx);
        // A permit for a made-up place opens nothing: the truth is looked up again.
        let place = Place::shared().in_region("5101").of_organisation("other").of_enterprise("e1");
        let stranger = Actor::with("eve", Role::Trainer, Scope::organisation("other"));
        let permit = stranger.permit(ChangeEnterprise { place: place.clone(), ..act }).unwrap();
        let mut tx = store.begin(at(2)).await.unwrap();
        assert!(enterprises::change(&mut tx, &permit).await.is_err());
        drop(tx);
        let permit = stranger.permit(ReadEnterprise { enterprise: "e1".into(), place }).unwrap();
        assert!(enterprises::get(store, &permit).await.is_err());
    }
}

#[tokio::test]
async fn workers_are_counted_by_year_and_corrections_supersede() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "e1", enterprise("CV Contoh", "3374", None)).await;
        let operator = Actor::operator();
        let place = enterprises::place(store, "e1").await.unwrap();
        for (minute, year, male) in [(2, 2024, 10), (3, 2025, 20), (4, 2024, 12)] {
            let mut workforce = Workforce { year, ..Workforce::default() };
            workforce.permanent.male = Some(male);
            let act = RecordWorkforce { enterprise: "e1".into(), place: place.clone(), workforce };
            let mut tx = store.begin(at(minute)).await.unwrap();
            enterprises::record_workforce(&mut tx, &operator.permit(act).unwrap()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let permit =
            operator.permit(ReadEnterprise { enterprise: "e1".into(), place: place.clone() }).unwrap();
        let years = enterprises::workforce(store, &permit).await.unwrap();
        let years: Vec<_> = years.iter().map(|year| (year.year, year.total(), year.female())).collect();
        assert_eq!(years, [(2025, Some(20), None), (2024, Some(12), None)], "{}", ledger.name);
        let found =
            register::list(store, &operator.reach().unwrap(), &Wanted::default(), None, 5).await.unwrap();
        assert_eq!(found.lines[0].workers, Some(20), "the newest year, not the newest word");

        let sites = vec![Site { name: "Gudang".into(), region: "3322".into(), address: String::new() }];
        let act = RecordSites { enterprise: "e1".into(), place, sites: sites.clone() };
        let mut tx = store.begin(at(5)).await.unwrap();
        enterprises::record_sites(&mut tx, &operator.permit(act).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(read(store, &operator, "e1").await.unwrap().sites, sites);
    }
}

#[tokio::test]
async fn contacts_are_encrypted_and_every_look_is_on_record() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "e1", enterprise("CV Contoh", "3374", None)).await;
        let place = enterprises::place(store, "e1").await.unwrap();
        let contact = Contact { name: "Ibu Rahasia".into(), phone: "0812-9999".into(), ..Contact::default() };
        let act =
            RecordContacts { enterprise: "e1".into(), place: place.clone(), contacts: vec![contact.clone()] };
        let mut tx = store.begin(at(2)).await.unwrap();
        enterprises::record_contacts(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        if let Some(path) = ledger.url.strip_prefix("sqlite:") {
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(file).unwrap_or_default();
                let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
                assert!(!holds("Rahasia") && !holds("0812-9999"), "personal data in the clear");
            }
        }
        let permit =
            Actor::operator().permit(ReadContacts { enterprise: "e1".into(), place: place.clone() }).unwrap();
        let mut tx = store.begin(at(3)).await.unwrap();
        assert_eq!(enterprises::contacts(&mut tx, &permit).await.unwrap(), [contact]);
        tx.commit().await.unwrap();
        let log = audit::of_subject(store, "e1", 10).await.unwrap();
        assert_eq!(log.last().unwrap().action, "enterprise.contacts", "{}", ledger.name);

        let stranger = store.clone().with_vault(Vault::new([1; 32]));
        let mut tx = stranger.begin(at(4)).await.unwrap();
        assert!(matches!(enterprises::contacts(&mut tx, &permit).await, Err(StoreError::WrongKey { .. })));
        drop(tx);
        let worker = Actor {
            grants: vec![Grant::member(Function::Worker, "e1")],
            ..Actor::with("w", Role::Reader, Scope::default())
        };
        assert!(worker.permit(ReadContacts { enterprise: "e1".into(), place }).is_err());
    }
}

#[tokio::test]
async fn names_are_found_in_spite_of_spelling_and_cut_to_the_readers_scope() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        add_organisation(store, "blk").await;
        for (id, name, region, organisation) in [
            ("e1", "CV Mubarokfood Cipta Delicia", "3319", Some("blk")),
            ("e2", "PT Sukasari Jaya", "3374", None),
            ("e3", "CV KBT Bali Sarong", "5171", None),
            ("e4", "UD Sumber Jaya", "3374", Some("blk")),
        ] {
            enter(store, id, enterprise(name, region, organisation)).await;
        }
        let operator = Actor::operator();
        for (typed, expected) in [
            ("mubarok food", vec!["CV Mubarokfood Cipta Delicia"]),
            ("MUBARAKFOOD", vec!["CV Mubarokfood Cipta Delicia"]),
            ("mubarak fod", vec!["CV Mubarokfood Cipta Delicia"]),
            ("delisia", vec!["CV Mubarokfood Cipta Delicia"]),
            ("soekasari", vec!["PT Sukasari Jaya"]),
            ("djaya sumber", vec!["UD Sumber Jaya"]),
            ("bali sarung", vec!["CV KBT Bali Sarong"]),
            ("tidak ada begini", vec![]),
            ("%", vec![]),
            ("' or 1=1 --", vec![]),
        ] {
            assert_eq!(names(store, &operator, typed).await, expected, "{}: {typed}", ledger.name);
        }
        assert_eq!(names(store, &operator, "jaya").await.len(), 2);
        let officer = Actor::with("o", Role::ProductivityOfficer, Scope::region("33"));
        let trainer = Actor::with("t", Role::Trainer, Scope::organisation("blk").in_region("3374"));
        let mut both = trainer.clone();
        both.grants.push(Grant::member(Function::Owner, "e3"));
        for (actor, expected) in [
            (&operator, vec!["e3", "e1", "e2", "e4"]),
            (&officer, vec!["e1", "e2", "e4"]),
            (&trainer, vec!["e4"]),
            (&both, vec!["e3", "e4"]),
        ] {
            let mut seen = Vec::new();
            let mut after = None;
            loop {
                let reach = actor.reach::<ReadEnterprise>().unwrap();
                let page =
                    register::list(store, &reach, &Wanted::default(), after.as_deref(), 2).await.unwrap();
                seen.extend(page.lines.into_iter().map(|line| line.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{} {}", ledger.name, actor.id);
            let reach = actor.reach::<ReadEnterprise>().unwrap();
            assert_eq!(register::count(store, &reach, 1000).await.unwrap(), expected.len() as i64);
        }
        assert!(names(store, &trainer, "sukasari").await.is_empty(), "out of scope is not found");
    }
}

#[tokio::test]
async fn a_double_is_noticed_before_it_is_entered() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let mut first = enterprise("CV Mubarokfood Cipta Delicia", "3319", None);
        first.nib = Nib::parse("9120003112345").ok();
        enter(store, "e1", first).await;
        enter(store, "e2", enterprise("PT Cipta Karya", "3319", None)).await;
        let doubles = async |name: &str, region: &str, nib: &str| {
            let mut about = enterprise(name, region, None);
            about.nib = Nib::parse(nib).ok();
            let act = RegisterEnterprise {
                id: "new".into(),
                enterprise: about,
                workforce: None,
                contacts: Vec::new(),
                synthetic: false,
                not_the_same_as: Vec::new(),
            };
            register::similar(store, &Actor::operator().permit(act).unwrap()).await.unwrap()
        };
        let found = doubles("Mubarok Food Cipta Delisia", "3319", "").await;
        assert_eq!(found.len(), 1, "{}: {found:?}", ledger.name);
        assert!(found[0].id == "e1" && matches!(found[0].why, Likeness::Name(alike) if alike > 0.8));
        let found = doubles("Nama Lain Sekali", "5101", "9120003112345").await;
        assert!(found[0].id == "e1" && found[0].why == Likeness::SameNumber);
        assert!(doubles("Bali Sarong", "5171", "").await.is_empty());
    }
}

pub(crate) async fn merge(store: &Store, id: &str, kept: &str, merged: &str) -> Result<(), StoreError> {
    let act = MergeEnterprises {
        id: id.into(),
        kept: kept.into(),
        merged: merged.into(),
        place: enterprises::place(store, kept).await?,
        why: "sama".into(),
    };
    let mut tx = store.begin(at(5)).await?;
    merges::merge(&mut tx, &Actor::operator().permit(act).unwrap()).await?;
    tx.commit().await
}

pub(crate) async fn undo(store: &Store, id: &str) -> Result<(), StoreError> {
    let place = merges::place(store, id).await?;
    let mut tx = store.begin(at(6)).await?;
    let permit = Actor::operator().permit(UndoMerge { merge: id.into(), place }).unwrap();
    merges::undo(&mut tx, &permit).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_merge_counts_once_and_a_merge_undone_ends_well() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let operator = Actor::operator();
        for (id, name) in [("a", "CV Satu"), ("b", "CV Satoe"), ("c", "CV Sattu Lama")] {
            let mut about = enterprise(name, "3374", None);
            about.nib = (id == "b").then(|| Nib::parse("9120003112345").unwrap());
            enter(store, id, about).await;
        }
        merge(store, "m1", "b", "c").await.unwrap();
        merge(store, "m2", "a", "b").await.unwrap();
        assert_eq!(names(store, &operator, "").await, ["CV Satu"], "{}", ledger.name);
        assert_eq!(names(store, &operator, "sattu lama").await, ["CV Satu"], "found by its older name");
        let kept = read(store, &operator, "a").await.unwrap();
        assert_eq!(kept.enterprise.nib.as_ref().map(Nib::as_str), Some("9120003112345"), "taken over");
        assert_eq!(read(store, &operator, "c").await.unwrap().canonical_id, "a");

        for (id, kept, merged) in [("m3", "a", "b"), ("m3", "b", "a"), ("m3", "a", "a")] {
            assert!(merge(store, id, kept, merged).await.is_err(), "{kept} {merged}");
        }
        assert!(matches!(undo(store, "m1").await, Err(StoreError::State { .. })), "the later merge first");
        undo(store, "m2").await.unwrap();
        assert_eq!(read(store, &operator, "a").await.unwrap().enterprise.nib, None, "given back");
        assert_eq!(read(store, &operator, "c").await.unwrap().canonical_id, "b");
        assert!(matches!(undo(store, "m2").await, Err(StoreError::State { .. })), "once");
        undo(store, "m1").await.unwrap();
        assert_eq!(names(store, &operator, "").await.len(), 3);
        let place = enterprises::place(store, "b").await.unwrap();
        let permit = operator.permit(ReadEnterprise { enterprise: "b".into(), place }).unwrap();
        let history = merges::of(store, &permit).await.unwrap();
        assert!(history.len() == 2 && history.iter().all(|merge| merge.undone_at.is_some()));
        assert!(audit::verify_chain(store).await.is_ok());
    }
}

#[tokio::test]
async fn both_sides_of_a_merge_must_lie_within_reach() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "here", enterprise("CV Satu", "3374", None)).await;
        enter(store, "there", enterprise("CV Satu", "5171", None)).await;
        let officer = Actor::with("o", Role::ProductivityOfficer, Scope::region("33"));
        let place = enterprises::place(store, "here").await.unwrap();
        let act = MergeEnterprises {
            id: "m".into(),
            kept: "here".into(),
            merged: "there".into(),
            place,
            why: String::new(),
        };
        let mut tx = store.begin(at(5)).await.unwrap();
        let refused = merges::merge(&mut tx, &officer.permit(act).unwrap()).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{}: {refused:?}", ledger.name);
    }
}

#[tokio::test]
async fn the_newest_word_on_a_purpose_counts() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        enter(store, "e1", enterprise("CV Contoh", "3374", None)).await;
        let place = enterprises::place(store, "e1").await.unwrap();
        let subject = ConsentSubject::Enterprise("e1".into());
        for (id, given, on) in
            [("c1", true, "2026-03-01"), ("c3", false, "2026-09-01"), ("c2", true, "2026-06-01")]
        {
            let act = RecordConsent {
                id: id.into(),
                subject: subject.clone(),
                purpose: Purpose::Story,
                given,
                on: on.parse().unwrap(),
                evidence: "surat 12".into(),
                place: place.clone(),
            };
            let mut tx = store.begin(at(2)).await.unwrap();
            consents::record(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let permit = Actor::operator().permit(ReadEnterprise { enterprise: "e1".into(), place }).unwrap();
        let words = consents::of_enterprise(store, &permit).await.unwrap();
        assert_eq!((words.len(), words[0].given), (1, false), "{}", ledger.name);
        let mut tx = store.begin(at(3)).await.unwrap();
        assert!(!consents::stands(&mut tx, &subject, Purpose::Story).await.unwrap(), "taken back");
        assert!(!consents::stands(&mut tx, &subject, Purpose::Photos).await.unwrap(), "never asked is no");
    }
}
