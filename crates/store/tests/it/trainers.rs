use std::collections::BTreeSet;

use domain::actor::{Actor, CertifyTrainer, GuideTrainer, Place, Role, Scope};
use domain::trainer::{Certification, Level, NewStep, Step, standing};
use jiff::civil::date;
use store::trainers::{self, Post, StepPermit};
use store::{Store, StoreError};

use crate::ledger::{at, ledgers};

fn rules() -> Certification {
    Certification {
        valid_months: 36,
        active_months: 12,
        observed_min: 1,
        enterprises_per_trainer: 10,
        ..Certification::default()
    }
}

async fn step(store: &Store, step: Step, certifies: bool) -> Result<(), StoreError> {
    let new = NewStep {
        id: format!("s-{}", step.code()),
        programme: "p".into(),
        person: "ani".into(),
        step,
        module: matches!(step, Step::Observed | Step::Certified).then(|| "m1".into()),
        on: date(2020, 1, 1),
        vouched_by: Some("budi".into()),
        note: String::new(),
    };
    let place = Place::programme("p").of_organisation("bedo");
    let manager = Actor::with("manager", Role::ProviderManager, Scope::organisation("bedo"));
    let guide = manager.permit(GuideTrainer { person: "ani".into(), place: place.clone() }).unwrap();
    let certify = Actor::operator().permit(CertifyTrainer { person: "ani".into(), place }).unwrap();
    let permit = if certifies { StepPermit::Certify(&certify) } else { StepPermit::Guide(&guide) };
    let modules: BTreeSet<String> = ["m1".to_owned()].into();
    let post = Post { organisation: "bedo", region: "33" };
    let mut tx = store.begin(at(0)).await.unwrap();
    trainers::record(&mut tx, &permit, &new, post, &[], (&modules, &rules()), date(2026, 1, 1)).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_provider_guides_its_trainer_and_somebody_else_certifies() {
    for ledger in ledgers().await {
        let store = &ledger.store;
        assert!(matches!(step(store, Step::Trained, false).await, Err(StoreError::Rule(_))), "no short cut");
        for one in [Step::Selected, Step::Trained, Step::Observed] {
            step(store, one, false).await.unwrap();
        }
        assert!(matches!(step(store, Step::Certified, false).await, Err(StoreError::Conflict { .. })));
        step(store, Step::Certified, true).await.unwrap();
        let all = trainers::all(store, "p").await.unwrap();
        let ani = &all["ani"];
        assert_eq!((ani.organisation.as_str(), ani.record.steps.len()), ("bedo", 4), "{}", ledger.name);
        assert_eq!(standing(&ani.record, &rules(), date(2020, 6, 1)).level, Level::Certified);
        assert!(trainers::all(store, "another").await.unwrap().is_empty());
    }
}
