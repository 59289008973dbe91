//! What a file comes to, row by row: new, changed, the same, perhaps a double, or refused with the reason.

use std::collections::{BTreeMap, BTreeSet};

use domain::enterprise::batch::{self, Known, Meaning, Row};
use domain::enterprise::doubles::Doubles;
use domain::enterprise::{
    ChangeEnterprise, Enterprise, Entry, Extract, Read, ReadEnterprise, RecordWorkforce, RegisterEnterprise,
    Workforce,
};
use domain::finding::{Finding, Severity};
use domain::language::Text;
use store::enterprises::Registered;
use store::organisations;
use store::register::{self, Similar, likeliest};

use super::incoming::Kept;
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
#[derive(Clone)]
pub(super) struct Checker {
    pub(super) app: AppState,
    pub(super) signed_in: SignedIn,
    /// The file: rows of it get ids that come out the same when it is read again.
    pub(super) digest: String,
    /// Rows of which somebody said that they are other enterprises than those on record.
    pub(super) others: BTreeSet<u64>,
}

/// A row that was read and not yet judged.
enum Step {
    Done(Verdict),
    New(Box<RegisterEnterprise>),
}

type OnRecord = BTreeMap<String, (Registered, Option<Workforce>)>;

impl Checker {
    /// Asks the ledger a few times for all rows at once; reading and comparing happen off the threads that
    /// serve.
    pub(super) async fn check(&self, kept: Kept) -> Result<Checked, WebError> {
        let store = &self.app.desk.store;
        let organisations = organisations::all(store).await?.into_iter().map(|each| each.id).collect();
        let (fresh, known): (Vec<&Row>, Vec<&Row>) = kept.rows.iter().partition(|row| id_of(row).is_empty());
        let known: Vec<String> = known.into_iter().map(|row| id_of(row).to_owned()).collect();
        let on_record = match self.signed_in.actor.reach::<ReadEnterprise>() {
            Ok(reach) => register::known(store, &reach, &known).await?,
            Err(_) => OnRecord::new(),
        };
        let fresh: Vec<String> = fresh.into_iter().map(|row| self.fresh_id(row)).collect();
        let reach = self.signed_in.actor.reach::<RegisterEnterprise>()?;
        let taken = register::taken(store, &reach, &fresh).await?;
        let reader = self.clone();
        let reading = move || reader.read(kept, organisations, &on_record, &taken);
        let (rows, findings) = tokio::task::spawn_blocking(reading).await.map_err(WebError::internal)?;
        let new: Vec<&Enterprise> = rows
            .iter()
            .filter_map(|(_, step)| if let Step::New(act) = step { Some(&act.enterprise) } else { None })
            .collect();
        let identities = register::identities(store, &reach, &new).await?;
        let judge = self.clone();
        let judging = move || judge.judge(rows, findings, identities);
        tokio::task::spawn_blocking(judging).await.map_err(WebError::internal)
    }

    fn fresh_id(&self, row: &Row) -> String {
        let hash = blake3::hash(format!("{}/{}", self.digest, row.number).as_bytes()).to_hex();
        format!("f-{}", &hash[..32])
    }

    /// Every row by itself and against what is on record under its id.
    fn read(
        &self,
        kept: Kept,
        organisations: Vec<String>,
        on_record: &OnRecord,
        taken: &BTreeSet<String>,
    ) -> (Vec<(Row, Step)>, Vec<Finding>) {
        let lists = Read {
            activities: self.app.content.classification("KBLI2020"),
            regions: self.app.content.classification("REGION"),
            organisations: &organisations,
            this_year: self.app.today().year(),
        };
        let extract = self.app.content.extract(&kept.extract);
        let mut findings = Vec::new();
        let mut rows = Vec::with_capacity(kept.rows.len());
        for mut row in kept.rows {
            if let Some(extract) = extract {
                extract.translate(&mut row.values);
            }
            let step = if id_of(&row).is_empty() {
                match batch::meaning(&row, None, &lists, &mut findings) {
                    Meaning::New(_) if taken.contains(&self.fresh_id(&row)) => Step::Done(Verdict::Same),
                    Meaning::New(entry) => self.fresh(&row, *entry, &mut findings),
                    _ => Step::Done(Verdict::Refused),
                }
            } else {
                Step::Done(self.against(&row, on_record.get(id_of(&row)), &lists, &mut findings))
            };
            rows.push((row, step));
        }
        (rows, findings)
    }

    /// A row about an enterprise that should be on record.
    fn against(
        &self,
        row: &Row,
        on_record: Option<&(Registered, Option<Workforce>)>,
        lists: &Read<'_>,
        findings: &mut Vec<Finding>,
    ) -> Verdict {
        let Some((now, workforce)) = on_record else {
            let said = Text::new(
                "Nomor daftar ini tidak ada, atau di luar wewenang Anda.",
                "There is no such register id, or it lies outside what you answer for.",
            );
            let id = id_of(row).to_owned();
            findings.push(batch::finding(row, batch::ID, id, "unknown-id", Severity::Refused, said));
            return Verdict::Refused;
        };
        let known = Known { enterprise: now.enterprise.clone(), workforce: *workforce };
        match batch::meaning(row, Some(&known), lists, findings) {
            Meaning::Changed { enterprise, workforce } => {
                self.changed(row, now, enterprise.map(|one| *one), workforce, findings)
            }
            Meaning::Same => Verdict::Same,
            Meaning::New(_) | Meaning::Refused => Verdict::Refused,
        }
    }

    /// A row about a new enterprise, if this person may enter it there.
    fn fresh(&self, row: &Row, entry: Entry, findings: &mut Vec<Finding>) -> Step {
        let act = RegisterEnterprise {
            id: self.fresh_id(row),
            enterprise: entry.enterprise,
            workforce: entry.workforce,
            contacts: entry.contacts,
            synthetic: false,
            not_the_same_as: Vec::new(),
        };
        let Err(refused) = self.signed_in.actor.permit(act.clone()) else { return Step::New(Box::new(act)) };
        let field = if act.enterprise.organisation.is_some() { "organisation" } else { "region" };
        let value = row.values.get(field).cloned().unwrap_or_default();
        findings.push(batch::finding(row, field, value, "scope", Severity::Refused, refused.text()));
        Step::Done(Verdict::Refused)
    }

    /// Looks for doubles, on record and among the rows before.
    fn judge(
        &self,
        rows: Vec<(Row, Step)>,
        mut findings: Vec<Finding>,
        on_record: Vec<(String, Enterprise)>,
    ) -> Checked {
        let (mut recorded, mut before) = (Doubles::default(), Doubles::default());
        for (_, enterprise) in &on_record {
            recorded.add(enterprise);
        }
        let mut numbers_before = Vec::new();
        let mut judged = Vec::with_capacity(rows.len());
        for (row, step) in rows {
            let verdict = match step {
                Step::Done(verdict) => verdict,
                Step::New(mut act) => {
                    let similar = recorded.alike(&act.enterprise).into_iter().map(|(at, why)| {
                        let (id, other) = &on_record[at];
                        let place = other.place(id);
                        let (name, region) = (other.name.clone(), other.region.clone());
                        Similar { id: id.clone(), name, region, why, place }
                    });
                    let similar = likeliest(similar.collect());
                    let twice = before.alike(&act.enterprise).pop().map(|(at, _)| numbers_before[at]);
                    match doubtful(similar.first(), twice).filter(|_| !self.others.contains(&row.number)) {
                        Some(said) => {
                            let name = act.enterprise.name;
                            findings.push(batch::finding(&row, "name", name, "double", Severity::Held, said));
                            Verdict::Double
                        }
                        None => {
                            before.add(&act.enterprise);
                            numbers_before.push(row.number);
                            act.not_the_same_as = similar.into_iter().map(|one| one.id).collect();
                            Verdict::New(act)
                        }
                    }
                }
            };
            let said = |field: &str| row.values.get(field).cloned().unwrap_or_default();
            judged.push(Judged { number: row.number, name: said("name"), region: said("region"), verdict });
        }
        findings.sort_by_key(|finding| finding.row);
        Checked { rows: judged, findings }
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

fn id_of(row: &Row) -> &str {
    row.values.get(batch::ID).map(|id| id.trim()).unwrap_or_default()
}

/// What is said of a row that is perhaps on record, or perhaps an earlier row.
fn doubtful(similar: Option<&Similar>, twice: Option<u64>) -> Option<Text> {
    match (similar, twice) {
        (Some(Similar { name, region, .. }), _) => Some(Text::new(
            format!("Mungkin sudah tercatat: {name} ({region})."),
            format!("Perhaps on record already: {name} ({region})."),
        )),
        (None, Some(number)) => Some(Text::new(
            format!("Mungkin sama dengan baris {number} berkas ini."),
            format!("Perhaps the same as row {number} of this file."),
        )),
        (None, None) => None,
    }
}
