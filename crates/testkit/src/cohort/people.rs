//! The people: an officer, a manager for every provider, trainers, and the steps on their pathway.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Grant, Role, Scope};
use domain::trainer::{NewStep, Record, Step, check, standing};
use jiff::civil::Date;

use super::calendar::{later, months_later};
use super::plan::{Draft, Staff};
use super::{Person, What};

/// Those who stay candidates, and those who were trained and never taught: so many for each provider.
const CANDIDATES: usize = 1;
const TRAINED_ONLY: usize = 3;

impl Draft<'_> {
    /// Accounts of everybody who does something.
    pub(super) fn people(&mut self) {
        let since = Date::constant(2017, 11, 15);
        let officer = Grant::everywhere(Role::ProgrammeOfficer);
        self.officer = self.person("petugas", "Rina Rekaan", officer, since, true);
        let mut serial = 0;
        for provider in &self.recipe.providers {
            let home = provider.id == self.recipe.home_provider;
            let scope = || Scope::organisation(&provider.id).in_programme(&self.recipe.programme);
            let email = if home { "manajer".to_owned() } else { format!("manajer.{}", provider.id) };
            let name = self.somebody(serial);
            let grant = Grant::new(Role::ProviderManager, scope());
            let manager = self.person(&email, &name, grant, since, home);
            let mut trainers = Vec::new();
            for number in 0..provider.trainers as usize + CANDIDATES + TRAINED_ONLY {
                serial += 1;
                let first = home && number == 0;
                let email = if first {
                    "pelatih".to_owned()
                } else {
                    format!("pelatih{}.{}", number + 1, provider.id)
                };
                let name = self.somebody(serial);
                trainers.push(self.person(&email, &name, Grant::new(Role::Trainer, scope()), since, first));
            }
            serial += 1;
            self.staff.push(Staff { manager, trainers });
        }
    }

    /// A name that nobody bears, and that differs from the ones before.
    fn somebody(&self, serial: usize) -> String {
        let names = &self.recipe.names;
        let first = &names.people[serial % names.people.len()];
        let round = serial / names.people.len();
        let second = &names.invented[round % names.invented.len()];
        format!("{first} {second}")
    }

    pub(super) fn person(
        &mut self,
        email: &str,
        name: &str,
        grant: Grant,
        on: Date,
        signs_in: bool,
    ) -> usize {
        let (account, grant_id) = (self.id(on), self.id(on));
        let since = self.calendar.moment(on);
        self.people.push(Person {
            account,
            grant_id,
            email: format!("{email}@demo.example"),
            name: name.to_owned(),
            grant,
            since,
            signs_in,
        });
        self.people.len() - 1
    }

    /// Everybody's steps, from what they taught.
    pub(super) fn pathways(&mut self) {
        for provider in 0..self.staff.len() {
            let working = self.recipe.providers[provider].trainers as usize;
            let trainers = self.staff[provider].trainers.clone();
            for (number, trainer) in trainers.into_iter().enumerate() {
                if number < working {
                    self.pathway_of_a_trainer(provider, trainer);
                } else {
                    let on = Date::constant(2018, 1, 15);
                    let on = later(on, self.days(0, 1100));
                    let mut record = Record::default();
                    self.step(provider, trainer, Step::Selected, None, on, &mut record);
                    if number >= working + CANDIDATES {
                        self.step(provider, trainer, Step::Trained, None, later(on, 40), &mut record);
                    }
                }
            }
        }
    }

    fn pathway_of_a_trainer(&mut self, provider: usize, trainer: usize) {
        let mut held: Vec<(Date, String)> = self
            .taught
            .iter()
            .filter(|one| one.trainer == trainer && one.starts_on < self.ground.today)
            .map(|one| (one.starts_on, one.module.clone()))
            .collect();
        held.sort();
        let Some((begin, _)) = held.first().cloned() else {
            return self.step(
                provider,
                trainer,
                Step::Selected,
                None,
                Date::constant(2018, 3, 5),
                &mut Record::default(),
            );
        };
        let mut record = Record { deliveries: held.clone(), ..Record::default() };
        self.step(provider, trainer, Step::Selected, None, later(begin, -120), &mut record);
        self.step(provider, trainer, Step::Trained, None, later(begin, -90), &mut record);
        let rules = &self.ground.measurement.certification;
        let mut renewed: BTreeMap<String, Date> = BTreeMap::new();
        for (on, module) in &held {
            match renewed.get(module) {
                None => {
                    self.step(provider, trainer, Step::Observed, Some(module), later(*on, 90), &mut record);
                    // Not everybody who was observed is recommended.
                    if self.chance(0.85) {
                        let on = later(*on, 130);
                        self.step(provider, trainer, Step::Certified, Some(module), on, &mut record);
                        renewed.insert(module.clone(), on);
                    }
                }
                Some(last) if *on > months_later(*last, rules.valid_months as i32 - 6) => {
                    let on = later(*on, 60);
                    if self.chance(0.6) {
                        self.step(provider, trainer, Step::Certified, Some(module), on, &mut record);
                        renewed.insert(module.clone(), on);
                    }
                }
                Some(_) => {}
            }
        }
        self.expert(provider, trainer, record);
    }

    /// The first day on which the rules let somebody be an expert.
    fn expert(&mut self, provider: usize, trainer: usize, mut record: Record) {
        let rules = &self.ground.measurement.certification;
        let needed = rules.expert_deliveries_min as usize;
        let Some((tenth, _)) = record.deliveries.get(needed.saturating_sub(1)).cloned() else { return };
        // A training counts once attendance was taken, on its last day.
        let counted = later(tenth, 7);
        let ready = (0..48).map(|month| months_later(counted, month)).find(|on| {
            standing(&record, rules, *on).valid.len() >= rules.expert_modules_min as usize
                && *on < self.ground.today
        });
        if let Some(on) = ready {
            self.step(provider, trainer, Step::Expert, None, later(on, 1), &mut record);
        }
    }

    /// A step, if the rules allow it on that day.
    fn step(
        &mut self,
        provider: usize,
        trainer: usize,
        step: Step,
        module: Option<&String>,
        on: Date,
        record: &mut Record,
    ) {
        let on = self.calendar.workday(on);
        let certifies = matches!(step, Step::Certified | Step::Expert);
        let by = if certifies { self.officer } else { self.staff[provider].manager };
        let new = NewStep {
            id: self.id(on),
            programme: self.recipe.programme.clone(),
            person: self.people[trainer].account.clone(),
            step,
            module: module.cloned(),
            on,
            vouched_by: certifies.then(|| self.people[self.officer].account.clone()),
            note: String::new(),
        };
        let modules: BTreeSet<String> =
            self.ground.programme.modules.iter().map(|module| module.code.clone()).collect();
        let rules = &self.ground.measurement.certification;
        record.person.clone_from(&new.person);
        if check(&new, record, &modules, rules, on).is_err() {
            return;
        }
        record.steps.push(new.clone());
        let home = &self.recipe.providers[provider];
        let region = home.provinces.first().cloned().unwrap_or_default();
        self.deed(by, on, What::Step { new, organisation: home.id.clone(), region });
    }
}
