//! What the trainings cost and who paid: cost recovery moves by year, as the recipe says.

use domain::actor::Place;
use domain::money::{Basis, NewEntry, Side};
use jiff::civil::Date;

use super::What;
use super::calendar::later;
use super::plan::{Draft, Taught};
use super::recipe::YearShare;

impl Draft<'_> {
    /// Books every training that was held; a few cost sheets were never handed in.
    pub(super) fn money(&mut self) {
        for taught in self.taught.clone() {
            if taught.participants == 0 || self.chance(0.05) {
                continue;
            }
            self.book_training(&taught);
        }
    }

    fn year_share(&self, year: i16) -> YearShare {
        let known = self.recipe.recovery.iter().rev().find(|one| one.year <= year);
        *known.unwrap_or(&self.recipe.recovery[0])
    }

    fn book_training(&mut self, taught: &Taught) {
        let costs = &self.ground.measurement.costs;
        let on = self.workday_after(taught.starts_on, taught.days + 8, taught.days + 20);
        let mut direct = 0;
        let mut in_kind = 0;
        for category in &costs.categories {
            let basis = match category.basis {
                Basis::Training => 1,
                Basis::WorkshopDay => i64::from(taught.days),
                Basis::Visit => i64::from(taught.visits * taught.enterprises),
                Basis::Enterprise => i64::from(taught.enterprises),
                Basis::ParticipantDay => i64::from(taught.participants) * i64::from(taught.days),
            };
            let each = if category.direct { category.assumed as f64 } else { 1_200_000.0 };
            if !category.direct && !self.chance(0.4) {
                continue;
            }
            let amount = (each * basis as f64 * self.between([0.85, 1.2]) / 1000.0).round() as i64 * 1000;
            if amount <= 0 {
                continue;
            }
            let given = category.direct && category.basis == Basis::WorkshopDay && self.chance(0.08);
            let entry = self.entry(taught, on, Side::Cost(category.code.clone()), amount, given);
            if category.direct {
                direct += amount;
                in_kind += if given { amount } else { 0 };
            }
            self.book(taught, on, entry);
        }
        self.contributions(taught, on, direct, in_kind);
    }

    /// Who paid: others than the programme's funder first, the funder the rest.
    fn contributions(&mut self, taught: &Taught, on: Date, direct: i64, in_kind: i64) {
        let costs = &self.ground.measurement.costs;
        let year = self.year_share(taught.starts_on.year());
        let alone = self.chance(year.unfunded);
        let expected = ((year.share - year.unfunded) / (1.0 - year.unfunded).max(0.01)).clamp(0.05, 0.98);
        let share = if alone { 1.0 } else { self.around(expected, 0.06).clamp(0.03, 0.99) };
        let recovered = (direct as f64 * share / 1000.0).round() as i64 * 1000;
        let recovered = if alone { direct } else { recovered };
        let payers: Vec<&str> =
            costs.payers.iter().filter(|payer| payer.recovers).map(|payer| payer.code.as_str()).collect();
        let funder = costs.payers.iter().find(|payer| !payer.recovers);
        if payers.is_empty() {
            return;
        }
        let mut left = recovered;
        if in_kind > 0 && in_kind <= left {
            let code = payers[payers.len().saturating_sub(2)].to_owned();
            let entry = self.entry(taught, on, Side::Contribution(code), in_kind, true);
            self.book(taught, on, entry);
            left -= in_kind;
        }
        let paid_on = self.calendar.workday(later(on, 6));
        let first = usize::try_from(self.whole(0, payers.len() as i64 - 1)).unwrap_or(0);
        let parts = usize::try_from(self.whole(1, 3)).unwrap_or(1).min(payers.len());
        for part in 0..parts {
            let last = part + 1 == parts;
            let amount = if last {
                left
            } else {
                (left as f64 * self.between([0.4, 0.7]) / 1000.0).round() as i64 * 1000
            };
            if amount > 0 {
                let code = payers[(first + part) % payers.len()].to_owned();
                let entry = self.entry(taught, paid_on, Side::Contribution(code), amount, false);
                self.book(taught, paid_on, entry);
                left -= amount;
            }
        }
        if let Some(funder) = funder.filter(|_| direct > recovered) {
            let side = Side::Contribution(funder.code.clone());
            let entry = self.entry(taught, paid_on, side, direct - recovered, false);
            self.book(taught, paid_on, entry);
        }
    }

    fn entry(&mut self, taught: &Taught, on: Date, side: Side, amount: i64, in_kind: bool) -> NewEntry {
        let phase = self.ground.programme.phase_on(taught.starts_on);
        let number = self.whole(1, 9999);
        NewEntry {
            id: self.id(on),
            programme: self.recipe.programme.clone(),
            training: taught.id.clone(),
            organisation: self.recipe.providers[taught.provider].id.clone(),
            phase: phase.map(|phase| phase.id.clone()).unwrap_or_default(),
            module: taught.module.clone(),
            product: taught.product.clone(),
            region: taught.province.clone(),
            on,
            side,
            in_kind,
            amount,
            evidence: if in_kind {
                "dinilai menurut tarif sewa setempat (contoh)".into()
            } else {
                format!("contoh/{}/{number:04}", on.year())
            },
            replaces: None,
            synthetic: true,
        }
    }

    /// Books an entry; one in forty was written with a nought too many at first.
    fn book(&mut self, taught: &Taught, on: Date, entry: NewEntry) {
        let manager = self.staff[taught.provider].manager;
        let place =
            Place::programme(&entry.programme).in_region(&entry.region).of_organisation(&entry.organisation);
        if self.chance(0.025) {
            let day = later(on, 1);
            let wrong = NewEntry { amount: entry.amount * 10, ..entry.clone() };
            let right = NewEntry { id: self.id(day), replaces: Some(wrong.id.clone()), ..entry };
            self.deed(manager, on, What::Book { entry: Box::new(wrong), place: place.clone() });
            // The correction keeps the day of the entry; without it the wrong one would stand alone.
            if day < self.ground.today {
                self.deed(manager, day, What::Book { entry: Box::new(right), place });
            }
            return;
        }
        self.deed(manager, on, What::Book { entry: Box::new(entry), place });
    }
}
