//! How quick the register is when it is full. Sizes are small unless `LUMBUNG_REGISTER` names one:
//! the bounds hold at 100,000 enterprises, and at every size that a test can afford.

use std::time::Instant;

use domain::actor::{Actor, Role, Scope};
use domain::enterprise::{ReadEnterprise, RegisterEnterprise};
use store::register::{self, Wanted};
use store::{Store, enterprises};

use crate::ledger::{at, ledgers};
use crate::register::enterprise;

const FIRST: [&str; 20] = [
    "Sumber", "Maju", "Karya", "Cipta", "Sinar", "Jaya", "Mitra", "Berkah", "Anugerah", "Mekar", "Surya",
    "Bintang", "Rejeki", "Sari", "Makmur", "Tunas", "Abadi", "Prima", "Harapan", "Mulia",
];
const SECOND: [&str; 10] =
    ["Jaya", "Makmur", "Sejahtera", "Mandiri", "Sentosa", "Abadi", "Perkasa", "Utama", "Lestari", "Bersama"];

async fn fill(store: &Store, count: usize) {
    let mut tx = store.begin(at(1)).await.unwrap();
    for number in 0..count {
        let own = format!("{}{}", SYLLABLES[number % 23], SYLLABLES[number / 23 % 23]);
        let name = format!(
            "CV {} {} {own}{}",
            FIRST[number % 20],
            SECOND[number / 20 % 10],
            SYLLABLES[number / 529 % 23]
        );
        let region = format!("{}{:02}", 11 + number % 38, 1 + number / 38 % 20);
        let act = RegisterEnterprise {
            id: format!("e{number:06}"),
            enterprise: enterprise(&name, &region, None),
            workforce: None,
            contacts: Vec::new(),
            synthetic: true,
            not_the_same_as: Vec::new(),
        };
        enterprises::register(&mut tx, &Actor::operator().permit(act).unwrap()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

const SYLLABLES: [&str; 23] = [
    "ka", "ri", "to", "mu", "ne", "sa", "wi", "lo", "pu", "de", "ja", "ki", "bo", "tu", "me", "ra", "ni",
    "go", "su", "pe", "ma", "di", "ko",
];

#[tokio::test]
async fn a_page_of_a_full_register_comes_at_once() {
    let count = std::env::var("LUMBUNG_REGISTER").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    for ledger in ledgers().await {
        let store = &ledger.store;
        fill(store, count).await;
        let operator = Actor::operator();
        let officer = Actor::with("o", Role::ProductivityOfficer, Scope::region("33"));
        let name =
            register::list(store, &operator.reach().unwrap(), &Wanted::default(), None, 1).await.unwrap();
        let whole = name.lines[0].name.clone();
        for (who, words) in [
            (&operator, ""),
            (&officer, ""),
            (&operator, "jaya"),
            (&operator, "soember makmoer"),
            (&officer, "sejahtera"),
            (&operator, whole.as_str()),
            (&operator, "tidak ada begini"),
        ] {
            let reach = who.reach::<ReadEnterprise>().unwrap();
            let wanted = Wanted { words: words.into(), ..Wanted::default() };
            let mut took = Vec::new();
            for _ in 0..5 {
                let start = Instant::now();
                register::list(store, &reach, &wanted, None, 50).await.unwrap();
                took.push(start.elapsed());
            }
            took.sort();
            println!("{} {count}: {} `{words}`: {:?} (worst {:?})", ledger.name, who.id, took[2], took[4]);
            assert!(took[2].as_millis() < 1_000, "{} `{words}`: {took:?}", ledger.name);
        }
        let start = Instant::now();
        let act = RegisterEnterprise {
            id: "new".into(),
            enterprise: enterprise(&whole, "1101", None),
            workforce: None,
            contacts: Vec::new(),
            synthetic: true,
            not_the_same_as: Vec::new(),
        };
        let doubles = register::similar(store, &operator.permit(act).unwrap()).await.unwrap();
        println!("{} {count}: {} doubles in {:?}", ledger.name, doubles.len(), start.elapsed());
        let start = Instant::now();
        let reach = operator.reach::<ReadEnterprise>().unwrap();
        register::count(store, &reach, 100_000).await.unwrap();
        println!("{} {count}: counted in {:?}", ledger.name, start.elapsed());
    }
}
