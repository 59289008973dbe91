//! What a file comes to, row by row: new, changed, the same, perhaps a double, or refused with the reason.

use std::collections::{BTreeMap, BTreeSet};

use domain::enterprise::batch::{self, Known, Meaning, Row};
use domain::enterprise::{
    ChangeEnterprise, Enterprise, Extract, Read, ReadEnterprise, RecordWorkforce, RegisterEnterprise,
    Workforce,
};
use domain::finding::{Finding, Severity};
use domain::language::Text;
use store::enterprises::{self, Registered};
use store::register;
use store::{StoreError, organisations};

use crate::error::WebError;
use crate::office::guard::SignedIn;
use crate::state::AppState;

/// What is to be done about a row once it is accepted.
#[derive(Debug)]
pub(super) enum Verdict {
    New(Box<RegisterEnterprise>),
    Changed {
        change: Option<Box<ChangeEnterprise>>,
        workforce: Option<Box<RecordWorkforce>>,
    },
    Same,
    /// Perhaps on record already: somebody must say that it is another one.
    Double,
    Refused,
}

pub(super) struct Judged {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) verdict: Verdict,
}

#[derive(Default)]
pub(super) struct Checked {
    pub(super) rows: Vec<Judged>,
    pub(super) findings: Vec<Finding>,
}

impl Checked {
    pub(super) fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| is(&row.verdict)).count()
    }

    pub(super) fn is_worth_accepting(&self) -> bool {
        self.count(|verdict| matches!(verdict, Verdict::New(_) | Verdict::Changed { .. })) > 0
    }
}

/// Whoever reads a file against the register.
pub(super) struct Checker<'a> {
    pub(super) app: &'a AppState,
    pub(super) signed_in: &'a SignedIn,
    pub(super) extract: Option<&'a Extract>,
    /// The file: rows of it get ids that come out the same when it is read again.
    pub(super) digest: &'a str,
    /// Rows of which somebody said that they are other enterprises than those on record.
    pub(super) others: &'a BTreeSet<u64>,
}

impl Checker<'_> {
    pub(super) async fn check(&self, rows: Vec<Row>) -> Result<Checked, WebError> {
        let organisations: Vec<String> =
            organisations::all(&self.app.desk.store).await?.into_iter().map(|each| each.id).collect();
        let lists = Read {
            activities: self.app.content.classification("KBLI2020"),
            regions: self.app.content.classification("REGION"),
            organisations: &organisations,
            this_year: self.app.now().to_zoned(jiff::tz::TimeZone::UTC).year(),
        };
        let mut checked = Checked::default();
        let mut before = Vec::new();
        for mut row in rows {
            if let Some(extract) = self.extract {
                extract.translate(&mut row.values);
            }
            let verdict = self.judge(&row, &lists, &mut before, &mut checked.findings).await?;
            let said = |field: &str| row.values.get(field).cloned().unwrap_or_default();
            checked.rows.push(Judged {
                number: row.number,
                name: said("name"),
                region: said("region"),
                verdict,
            });
        }
        Ok(checked)
    }

    async fn judge(
        &self,
        row: &Row,
        lists: &Read<'_>,
        before: &mut Vec<(u64, Enterprise)>,
        findings: &mut Vec<Finding>,
    ) -> Result<Verdict, WebError> {
        let id = row.values.get(batch::ID).map(|id| id.trim()).unwrap_or_default();
        if id.is_empty() {
            return match batch::meaning(row, None, lists, findings) {
                Meaning::New(entry) => self.new(row, *entry, before, findings).await,
                _ => Ok(Verdict::Refused),
            };
        }
        let Some((now, known)) = self.on_record(id).await? else {
            let said = Text::new(
                "Nomor daftar ini tidak ada, atau di luar wewenang Anda.",
                "There is no such register id, or it lies outside what you answer for.",
            );
            findings.push(batch::finding(
                row,
                batch::ID,
                id.to_owned(),
                "unknown-id",
                Severity::Refused,
                said,
            ));
            return Ok(Verdict::Refused);
        };
        match batch::meaning(row, Some(&known), lists, findings) {
            Meaning::Changed { enterprise, workforce } => {
                Ok(self.changed(row, &now, enterprise.map(|one| *one), workforce, findings))
            }
            Meaning::Same => Ok(Verdict::Same),
            Meaning::New(_) | Meaning::Refused => Ok(Verdict::Refused),
        }
    }

    /// What is on record under an id, if this person may see it and it stands for itself.
    async fn on_record(&self, id: &str) -> Result<Option<(Registered, Known)>, WebError> {
        let store = &self.app.desk.store;
        let place = match enterprises::place(store, id).await {
            Ok(place) => place,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Ok(permit) = self.signed_in.actor.permit(ReadEnterprise { enterprise: id.to_owned(), place })
        else {
            return Ok(None);
        };
        let now = enterprises::get(store, &permit).await?;
        let workforce = enterprises::workforce(store, &permit).await?.into_iter().next();
        let known = Known { enterprise: now.enterprise.clone(), workforce };
        Ok((now.canonical_id == now.id).then_some((now, known)))
    }

    async fn new(
        &self,
        row: &Row,
        entry: domain::enterprise::Entry,
        before: &mut Vec<(u64, Enterprise)>,
        findings: &mut Vec<Finding>,
    ) -> Result<Verdict, WebError> {
        let store = &self.app.desk.store;
        let hash = blake3::hash(format!("{}/{}", self.digest, row.number).as_bytes()).to_hex();
        let id = format!("f-{}", &hash[..32]);
        if enterprises::place(store, &id).await.is_ok() {
            return Ok(Verdict::Same);
        }
        let mut act = RegisterEnterprise {
            id,
            enterprise: entry.enterprise,
            workforce: entry.workforce,
            contacts: entry.contacts,
            synthetic: false,
            not_the_same_as: Vec::new(),
        };
        let permit = match self.signed_in.actor.permit(act.clone()) {
            Ok(permit) => permit,
            Err(refused) => {
                let field = if act.enterprise.organisation.is_some() { "organisation" } else { "region" };
                let value = row.values.get(field).cloned().unwrap_or_default();
                findings.push(batch::finding(row, field, value, "scope", Severity::Refused, refused.text()));
                return Ok(Verdict::Refused);
            }
        };
        let similar = register::similar(store, &permit).await?;
        let ticked = self.others.contains(&row.number);
        let twice = batch::earlier(&act.enterprise, before);
        let double = similar.first().map(|one| (one.name.clone(), one.region.clone()));
        let said = match (double, twice) {
            (Some((name, region)), _) => Text::new(
                format!("Mungkin sudah tercatat: {name} ({region})."),
                format!("Perhaps on record already: {name} ({region})."),
            ),
            (None, Some((number, _))) => Text::new(
                format!("Mungkin sama dengan baris {number} berkas ini."),
                format!("Perhaps the same as row {number} of this file."),
            ),
            (None, None) => Text::default(),
        };
        if !said.id.is_empty() && !ticked {
            findings.push(batch::finding(row, "name", act.enterprise.name, "double", Severity::Held, said));
            return Ok(Verdict::Double);
        }
        before.push((row.number, act.enterprise.clone()));
        act.not_the_same_as = similar.into_iter().map(|one| one.id).collect();
        Ok(Verdict::New(Box::new(act)))
    }

    fn changed(
        &self,
        row: &Row,
        now: &Registered,
        enterprise: Option<Enterprise>,
        workforce: Option<Workforce>,
        findings: &mut Vec<Finding>,
    ) -> Verdict {
        let change = ChangeEnterprise {
            id: now.id.clone(),
            version: now.version,
            place: now.place(),
            enterprise: enterprise.clone().unwrap_or_else(|| now.enterprise.clone()),
        };
        // Where it stands now, and where the file would move it.
        let there = ChangeEnterprise { place: change.enterprise.place(&now.id), ..change.clone() };
        let actor = &self.signed_in.actor;
        let refused = actor.permit(change.clone()).err().or_else(|| actor.permit(there).err());
        if let Some(refused) = refused {
            findings.push(batch::finding(
                row,
                batch::ID,
                now.id.clone(),
                "scope",
                Severity::Refused,
                refused.text(),
            ));
            return Verdict::Refused;
        }
        let counted = workforce.map(|workforce| {
            let place = change.enterprise.place(&now.id);
            Box::new(RecordWorkforce { enterprise: now.id.clone(), place, workforce })
        });
        Verdict::Changed { change: enterprise.map(|_| Box::new(change)), workforce: counted }
    }
}

/// By field: the headings of the template in both languages, and those of the extract.
pub(super) fn headings(extract: Option<&Extract>) -> BTreeMap<String, Vec<String>> {
    use crate::speech::Speech;
    use domain::language::Language;
    let fields = domain::enterprise::FIELDS.iter().map(|field| field.name);
    let mut all: BTreeMap<String, Vec<String>> = std::iter::once(batch::ID)
        .chain(fields)
        .map(|field| {
            let ways = [Language::Id, Language::En]
                .map(|language| super::workbook::heading(Speech(language), field));
            (field.to_owned(), ways.to_vec())
        })
        .collect();
    for (field, ways) in extract.into_iter().flat_map(|extract| &extract.columns) {
        all.entry(field.clone()).or_default().extend(ways.iter().cloned());
    }
    all
}
