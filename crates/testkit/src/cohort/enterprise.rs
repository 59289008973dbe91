//! Invented enterprises: names that say so, workers, places; doubles that wait to be merged.

use domain::actor::Place;
use domain::enterprise::{
    BySex, Contact, Enterprise, MergeEnterprises, Ownership, RegisterEnterprise, Workforce,
};
use domain::person::{ConsentSubject, Purpose, RecordConsent};
use jiff::civil::Date;

use super::What;
use super::calendar::later;
use super::plan::Draft;
use super::recipe::Line;

/// Enterprises on the register that nobody has selected yet.
const WAITING: i64 = 26;
/// Entered twice under another spelling; the first ones are merged.
const DOUBLES: usize = 9;
const MERGED: usize = 3;

/// An enterprise as its history needs it.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    pub(super) id: String,
    pub(super) enterprise: Enterprise,
    pub(super) workers: u32,
}

impl Draft<'_> {
    /// A name that no other has: form, line, a word for "invented", two names of things.
    fn enterprise_name(&mut self, line: &Line, form: &str) -> String {
        let names = &self.recipe.names;
        loop {
            let invented = self.one_of(&names.invented);
            let (first, second) = (self.one_of(&names.first), self.one_of(&names.second));
            let name = format!("{form} {} {invented} {first} {second}", line.word);
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A regency of a province.
    fn regency(&mut self, province: &str) -> String {
        let regions = self.ground.regions;
        let finest = u8::try_from(regions.levels.len().saturating_sub(1)).unwrap_or(0);
        let all: Vec<&str> = regions
            .at_level(finest, Some(self.ground.today))
            .map(|(_, code)| code.code.as_str())
            .filter(|code| code.starts_with(province))
            .collect();
        let place = self.whole(0, all.len() as i64 - 1);
        all.get(usize::try_from(place).unwrap_or(0)).map_or(province, |code| code).to_owned()
    }

    /// Enters an enterprise of a line of business that a provider looks after.
    pub(super) fn register(&mut self, provider: usize, line: &Line, province: &str, on: Date) -> Entered {
        let forms = &self.recipe.names.forms;
        let form = self.one_of(forms);
        let ownership = match form {
            "PT" => Ownership::Company,
            "CV" => Ownership::Partnership,
            _ => Ownership::Sole,
        };
        let name = self.enterprise_name(line, form);
        let exports = self.chance(0.2);
        let enterprise = Enterprise {
            trade_name: name.splitn(2, ' ').nth(1).unwrap_or_default().to_owned(),
            name,
            activity: Some(line.activity.clone()),
            products: line.goods.clone(),
            region: self.regency(province),
            founded: i16::try_from(self.whole(1988, 2015)).ok(),
            ownership: Some(ownership),
            foreign_owned: Some(false),
            organisation: Some(self.recipe.providers[provider].id.clone()),
            union: Some(self.chance(0.3)),
            bipartite: Some(self.chance(0.25)),
            exports: Some(exports),
            export_share: exports.then_some(30.0),
            markets: if exports { "dalam negeri, Jepang" } else { "dalam negeri" }.to_owned(),
            ..Enterprise::default()
        };
        let workers = self.size([18.0, 190.0]).round() as u32;
        let id = self.id(on);
        let workforce = self.workforce(workers, line.women, on.year());
        let person = &self.recipe.names.people;
        let contact = Contact {
            name: format!("{} {}", person[workers as usize % person.len()], self.recipe.names.invented[0]),
            position: "pemilik".into(),
            phone: String::new(),
            email: format!("usaha{}@contoh.example", self.names.len()),
        };
        let register = RegisterEnterprise {
            id: id.clone(),
            enterprise: enterprise.clone(),
            workforce: Some(workforce),
            contacts: vec![contact],
            synthetic: true,
            not_the_same_as: Vec::new(),
        };
        self.deed(self.staff[provider].manager, on, What::Register(Box::new(register)));
        Entered { id, enterprise, workers }
    }

    fn workforce(&mut self, workers: u32, women: f64, year: i16) -> Workforce {
        let share = self.around(women, 0.1).clamp(0.02, 0.95);
        let female = (f64::from(workers) * share).round() as u32;
        let split = |all: u32| (all * 2 / 3, all - all * 2 / 3);
        let (permanent_women, contract_women) = split(female);
        let (permanent_men, contract_men) = split(workers - female.min(workers));
        Workforce {
            year,
            permanent: BySex { male: Some(permanent_men), female: Some(permanent_women) },
            contract: BySex { male: Some(contract_men), female: Some(contract_women) },
            casual: BySex::default(),
            sales: Some(i64::from(workers) * self.rupiah([110e6, 240e6])),
        }
    }

    /// The enterprise agrees, for one purpose.
    pub(super) fn consent(&mut self, entered: &Entered, by: usize, purpose: Purpose, on: Date) {
        let consent = RecordConsent {
            id: self.id(on),
            subject: ConsentSubject::Enterprise(entered.id.clone()),
            purpose,
            given: true,
            on,
            evidence: "surat komitmen (contoh)".into(),
            place: entered.enterprise.place(&entered.id),
        };
        self.deed(by, on, What::Consent(consent));
    }

    /// Enterprises beside the groups: some wait, some were entered twice.
    pub(super) fn bystanders(&mut self) {
        let mut first = Vec::new();
        for number in 0..WAITING {
            let weights: Vec<u32> = self.recipe.providers.iter().map(|one| one.weight).collect();
            let provider = self.weighted(&weights);
            let line = &self.recipe.lines[usize::try_from(number).unwrap_or(0) % self.recipe.lines.len()];
            let provinces = &self.recipe.providers[provider].provinces;
            let province = self.one_of(provinces).to_owned();
            let on = later(self.ground.today, -self.days(12, 200));
            let on = self.calendar.workday(on).min(later(self.ground.today, -9));
            first.push((provider, self.register(provider, line, &province, on), on));
        }
        for (number, (provider, entered, on)) in first.into_iter().take(DOUBLES).enumerate() {
            let day = later(on, 3);
            let id = self.id(day);
            let mut enterprise = entered.enterprise.clone();
            // The form at the end, one letter less: as two people write the same name.
            let (form, rest) = enterprise.name.split_once(' ').unwrap_or(("", &enterprise.name));
            enterprise.name = format!("{}, {form}", rest.replacen("aa", "a", 1).replacen("ti", "t", 1));
            enterprise.trade_name = String::new();
            let register = RegisterEnterprise {
                id: id.clone(),
                enterprise,
                workforce: None,
                contacts: Vec::new(),
                synthetic: true,
                not_the_same_as: Vec::new(),
            };
            self.deed(self.staff[provider].manager, day, What::Register(Box::new(register)));
            if number < MERGED {
                let day = later(on, 6);
                let merge = MergeEnterprises {
                    id: self.id(day),
                    kept: entered.id.clone(),
                    merged: id,
                    place: self.place_of(&entered),
                    why: "nama, tempat dan produk sama (contoh)".into(),
                };
                self.deed(self.officer, day, What::Merge(merge));
            }
        }
    }

    fn place_of(&self, entered: &Entered) -> Place {
        entered.enterprise.place(&entered.id)
    }
}
