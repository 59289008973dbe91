//! What the records say of every target today.

use std::collections::{BTreeMap, BTreeSet};

use domain::framework::{Actual, Measure, Period, Status, Target, reached};
use domain::money::{NewEntry, Side, recovery};
use domain::trainer::{Step, standing};
use jiff::Timestamp;
use jiff::civil::Date;
use store::results::Kept;
use store::{money, results, tallies, trainers};

use super::room::Ground;
use crate::error::WebError;
use crate::kept::kept;

/// Every target with what the records say of it.
pub(crate) struct Actuals {
    pub(crate) computed_at: Timestamp,
    /// Nothing was recorded since.
    pub(crate) holds: bool,
    pub(crate) all: Vec<Counted>,
}

/// A target, what was counted for it, and where that puts it.
pub(crate) type Counted = (Target, Actual, Status);

impl Actuals {
    pub(super) fn with(&self, status: Status) -> usize {
        self.all.iter().filter(|(_, _, own)| *own == status).count()
    }

    pub(super) fn synthetic(&self) -> bool {
        self.all.iter().any(|(_, actual, _)| actual.synthetic)
    }
}

/// Every target as it was counted last; counted anew once something was recorded.
pub(crate) async fn actuals(ground: &Ground<'_>) -> Result<Actuals, WebError> {
    until(ground, "actuals", ground.today()).await
}

/// Every target as it stood when a period ended, or as it stands while the period lasts.
pub(super) async fn of_period(ground: &Ground<'_>, period: &Period) -> Result<Actuals, WebError> {
    until(ground, &format!("actuals/{}", period.code), period.to.min(ground.today())).await
}

async fn until(ground: &Ground<'_>, name: &str, day: Date) -> Result<Actuals, WebError> {
    let (app, programme) = (ground.app.clone(), ground.programme.id.clone());
    let work = async move {
        let counted = count(&Ground::of(&app, &programme)?, day).await?;
        let document = counted.into_iter().map(|(target, actual, _)| (target.code, actual));
        Ok(document.collect::<Vec<(String, Actual)>>())
    };
    let Kept { computed_at, holds, document, .. } =
        kept(ground.app, &ground.programme.id, name, work).await?;
    let all = document.into_iter().filter_map(|(code, actual)| {
        let target = ground.measurement.framework.target(&code)?;
        Some((target.clone(), actual, target.status(actual, day)))
    });
    Ok(Actuals { computed_at, holds, all: all.collect() })
}

/// Counts every target from the records, up to a day.
pub(super) async fn count(ground: &Ground<'_>, until: Date) -> Result<Vec<Counted>, WebError> {
    let (store, programme) = (&ground.app.desk.store, ground.programme.id.as_str());
    let mut entries = money::all(store, programme).await?;
    entries.retain(|entry| entry.on <= until);
    let funded = funded(ground, &entries);
    let mut all = Vec::new();
    for target in &ground.measurement.framework.targets {
        let actual = match target.measure {
            Measure::EnterprisesFunded | Measure::EnterprisesUnfunded | Measure::ProvidersIndependent => {
                attended(ground, target, &funded, until).await?
            }
            Measure::CaseStudies => {
                let (records, published) = tallies::case_studies(store, programme, until).await?;
                Actual::counted(published, records)
            }
            Measure::Trainers | Measure::TrainersCertified => trained(ground, target, until).await?,
            Measure::CostRecovery => {
                let phase = entries.iter().filter(|entry| entry.phase == target.phase);
                let recovery = recovery(phase, &ground.measurement.costs);
                Actual { value: recovery.pooled(), undetermined: 0, synthetic: recovery.synthetic }
            }
            Measure::Attested => {
                let all = results::attestations(store, programme).await?;
                let newest = all.into_iter().find(|attested| {
                    attested.attestation.target == target.code && attested.attestation.as_of <= until
                });
                Actual { value: newest.and_then(|attested| attested.attestation.value), ..Actual::default() }
            }
        };
        all.push((target.clone(), actual, target.status(actual, until)));
    }
    Ok(all)
}

/// Of each training with money on record: did the programme's funder pay a part?
pub(super) fn funded(ground: &Ground<'_>, entries: &[NewEntry]) -> BTreeMap<String, bool> {
    let mut funded = BTreeMap::new();
    for entry in entries {
        let by_funder = match &entry.side {
            Side::Cost(_) => false,
            Side::Contribution(payer) => {
                ground.measurement.costs.payer(payer).is_some_and(|payer| !payer.recovers)
            }
        };
        *funded.entry(entry.training.clone()).or_insert(false) |= by_funder;
    }
    funded
}

async fn attended(
    ground: &Ground<'_>,
    target: &Target,
    funded: &BTreeMap<String, bool>,
    until: Date,
) -> Result<Actual, WebError> {
    let (store, programme) = (&ground.app.desk.store, &ground.programme.id);
    let all = tallies::attended(store, programme, &target.phase, until).await?;
    let providers = target.measure == Measure::ProvidersIndependent;
    let units = all.iter().map(|one| {
        let unit = if providers { &one.organisation } else { &one.enterprise };
        (unit.as_str(), one.training.as_deref())
    });
    let sorted = reached(units, funded);
    let count = match target.measure {
        Measure::EnterprisesFunded => sorted.funded.len(),
        Measure::EnterprisesUnfunded => sorted.unfunded.len(),
        // A provider that was funded once may have run another training on its own.
        _ => {
            let alone = all.iter().filter(|one| {
                one.training.as_ref().and_then(|training| funded.get(training)) == Some(&false)
            });
            alone.map(|one| &one.organisation).collect::<BTreeSet<_>>().len()
        }
    };
    let known = sorted.funded.len() + sorted.unfunded.len();
    Ok(Actual {
        undetermined: sorted.undetermined.len() as u64,
        synthetic: all.iter().any(|one| one.synthetic),
        ..Actual::counted(count as u64, known as u64)
    })
}

async fn trained(ground: &Ground<'_>, target: &Target, today: Date) -> Result<Actual, WebError> {
    let all = trainers::all(&ground.app.desk.store, &ground.programme.id).await?;
    let rules = &ground.measurement.certification;
    let counts = |trainer: &&trainers::Trainer| match target.measure {
        Measure::TrainersCertified => !standing(&trainer.record, rules, today).valid.is_empty(),
        _ => trainer.record.steps.iter().any(|step| step.step == Step::Trained && step.on <= today),
    };
    let count = all.values().filter(counts).count();
    Ok(Actual::counted(count as u64, all.len() as u64))
}
