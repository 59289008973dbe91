use domain::actor::{Actor, BookMoney, Place, ReadMoney, Role, Scope};
use domain::money::{Costs, Grouping, NewEntry, Side, recovery};
use jiff::civil::date;
use store::{Store, StoreError, money};

use crate::ledger::{at, ledgers};

const COSTS: &str = r#"
definition = { id = "…", en = "…" }
source = { id = "…", en = "…" }
assumption = { id = "…", en = "…" }
[[category]]
code = "fee"
label = { id = "…", en = "…" }
direct = true
basis = "training"
[[payer]]
code = "enterprise"
label = { id = "…", en = "…" }
recovers = true
[[payer]]
code = "funder"
label = { id = "…", en = "…" }
recovers = false
"#;

fn entry(id: &str, organisation: &str, side: Side, amount: i64) -> NewEntry {
    NewEntry {
        id: id.into(),
        programme: "p".into(),
        training: format!("training-{organisation}"),
        organisation: organisation.into(),
        phase: "III".into(),
        module: "m".into(),
        product: "s".into(),
        region: "3319".into(),
        on: date(2019, 4, 2),
        side,
        in_kind: false,
        amount,
        evidence: String::new(),
        replaces: None,
        synthetic: true,
    }
}

async fn book(store: &Store, entry: &NewEntry) -> Result<(), StoreError> {
    let place = Place::programme("p").in_region("3319").of_organisation(&entry.organisation);
    let actor = Actor::with("manager", Role::ProviderManager, Scope::organisation(&entry.organisation));
    let permit = actor.permit(BookMoney { entry: entry.id.clone(), place }).unwrap();
    let costs = Costs::parse("x", COSTS).unwrap();
    let mut tx = store.begin(at(0)).await.unwrap();
    money::book(&mut tx, &permit, entry, &costs, date(2026, 11, 22)).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_provider_sees_its_own_money_and_a_correction_leaves_the_old_entry() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        let cost = || Side::Cost("fee".into());
        book(store, &entry("1", "bedo", cost(), 2000)).await.unwrap();
        book(store, &entry("2", "bedo", Side::Contribution("enterprise".into()), 900)).await.unwrap();
        book(store, &entry("3", "app", cost(), 5000)).await.unwrap();
        let mut correction = entry("4", "bedo", Side::Contribution("enterprise".into()), 500);
        correction.replaces = Some("2".into());
        book(store, &correction).await.unwrap();
        correction.id = "5".into();
        assert!(matches!(book(store, &correction).await, Err(StoreError::NotFound { .. })));
        let bad = book(store, &entry("6", "bedo", cost(), -1)).await.unwrap_err();
        assert!(matches!(bad, StoreError::Rule(_)), "{bad}");

        let costs = Costs::parse("x", COSTS).unwrap();
        for (scope, pooled) in [
            (Scope::organisation("bedo"), Some(25.0)),
            (Scope::organisation("app"), Some(0.0)),
            (Scope::organisation("nobody"), None),
            (Scope::region("33"), Some(500.0 / 7000.0 * 100.0)),
            (Scope::region("51"), None),
            (Scope::default(), Some(500.0 / 7000.0 * 100.0)),
        ] {
            let reader = Actor::with("reader", Role::Funder, scope.clone());
            let reach = reader.reach::<ReadMoney>().unwrap();
            let entries = money::standing(store, &reach, "p").await.unwrap();
            assert_eq!(recovery(&entries, &costs).pooled(), pooled, "{} {scope:?}", ledger.name);
        }
        let reach = Actor::operator().reach::<ReadMoney>().unwrap();
        let page = money::list(store, &reach, "p", Some((Grouping::Training, "training-bedo")), None, 2)
            .await
            .unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| (row.entry.id.as_str(), row.replaced)).collect();
        assert_eq!(ids, [("4", false), ("2", true)]);
        let page = money::list(
            store,
            &reach,
            "p",
            Some((Grouping::Training, "training-bedo")),
            page.next.as_deref(),
            2,
        )
        .await
        .unwrap();
        assert_eq!((page.rows.len(), page.next), (1, None));
    }
}
