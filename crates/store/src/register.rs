//! The register as a list: by name, cut to where the reader may look, found in spite of spelling,
//! and searched for doubles before something is entered twice.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Permit, Place, Reach};
use domain::enterprise::name::{self, index_words, slips, words};
use domain::enterprise::{Enterprise, Likeness, ReadEnterprise, RegisterEnterprise, Workforce, likeness};
use serde_json::Value;

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::Document;
use crate::enterprises::{self, Registered, read};
use crate::{Pool, Store, StoreError};

/// What a list of enterprises shows of one.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: String,
    pub name: String,
    pub name_key: String,
    pub region: String,
    pub activity: Option<String>,
    pub organisation_id: Option<String>,
    /// Newest count of workers; `None` if nobody counted.
    pub workers: Option<i64>,
    pub synthetic: bool,
}

/// What is looked for; an empty part is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A name, spelled somehow, or a NIB or NPWP.
    pub words: String,
    /// Beginning of a code of BPS.
    pub region: String,
    /// Beginning of a code of KBLI.
    pub activity: String,
    pub organisation: String,
}

/// One page of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub lines: Vec<Line>,
    /// Give this as `after` to get the next page; `None` at the end.
    pub next: Option<String>,
    /// A search found more than it shows: one more word would help.
    pub more: bool,
}

const COLUMNS: PlaceColumns = PlaceColumns {
    programme: None,
    region: "e.region",
    organisation: "e.organisation_id",
    enterprise: "e.id",
};
const SHOWN: &str =
    "e.id, e.name, e.name_key, e.region, e.activity, e.organisation_id, e.workers, e.synthetic";

/// Entries that a search looks at before it ranks them.
const SEARCHED_MAX: usize = 400;
/// Words that a typed word may have meant.
const MEANT_MAX: usize = 40;
/// Typed words that are looked at.
const TYPED_MAX: usize = 6;

/// The register by name, or the best answers to a search.
pub async fn list(
    store: &Store,
    reach: &Reach<ReadEnterprise>,
    wanted: &Wanted,
    after: Option<&str>,
    limit: u32,
) -> Result<Found, StoreError> {
    let mut clauses = Clauses::default();
    clauses.and("e.canonical_id = e.id");
    clauses.within(reach.scopes(), COLUMNS);
    if !wanted.region.is_empty() {
        clauses.starts_with("e.region", &wanted.region);
    }
    if !wanted.activity.is_empty() {
        clauses.starts_with("e.activity", &wanted.activity);
    }
    if !wanted.organisation.is_empty() {
        let organisation = clauses.bind(&wanted.organisation);
        clauses.and(format!("e.organisation_id = {organisation}"));
    }
    if wanted.words.trim().is_empty() {
        by_name(store, clauses, after, limit).await
    } else {
        let limits = [&wanted.region, &wanted.activity, &wanted.organisation];
        let anywhere = reach.scopes().iter().any(domain::actor::Scope::is_whole)
            && limits.iter().all(|limit| limit.is_empty());
        search(store, clauses, anywhere, wanted.words.trim(), limit).await
    }
}

/// Everything the register says of a stretch of enterprises, by name, with the newest count of workers: for
/// files. Contacts are not in it.
pub async fn entries(
    store: &Store,
    reach: &Reach<ReadEnterprise>,
    region: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<(Registered, Option<Workforce>)>, Option<String>), StoreError> {
    let mut clauses = Clauses::default();
    clauses.and("e.canonical_id = e.id");
    clauses.within(reach.scopes(), COLUMNS);
    if !region.is_empty() {
        clauses.starts_with("e.region", region);
    }
    begin_after(&mut clauses, after);
    let sql = format!(
        "select e.* from enterprise e where {} order by e.name_key, e.id limit {limit}",
        clauses.text()
    );
    let rows = fetch_clauses!(store, enterprises::Row, sql, &clauses.values);
    let found: Vec<Registered> = rows.into_iter().map(enterprises::Row::read).collect::<Result<_, _>>()?;
    let next = (found.len() == limit as usize)
        .then(|| found.last())
        .flatten()
        .map(|last| format!("{}~{}", name::words(&last.enterprise.name).join(" "), last.id));
    let mut newest = newest_workforce(store, &found).await?;
    let entries = found.into_iter().map(|one| {
        let workforce = newest.remove(&one.id);
        (one, workforce)
    });
    Ok((entries.collect(), next))
}

async fn newest_workforce(
    store: &Store,
    found: &[Registered],
) -> Result<BTreeMap<String, Workforce>, StoreError> {
    if found.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut clauses = Clauses::default();
    let ids = clauses.bind_all(found.iter().map(|one| &one.id));
    let sql = format!(
        "select e.canonical_id, w.detail from enterprise_workforce w join enterprise e on e.id = w.enterprise_id
        where e.canonical_id in ({ids}) and w.superseded_at is null order by w.year, w.recorded_at"
    );
    let rows = fetch_clauses!(store, (String, Document), sql, &clauses.values);
    rows.into_iter().map(|(id, detail)| Ok((id, read(detail.into())?))).collect()
}

/// Values bound in one question to the ledger: each is looked for among the others.
const BOUND_MAX: usize = 100;

/// What is on record under these ids, with the newest count of workers; entries that the reader may not see,
/// and those that were merged into others, are left out.
pub async fn known(
    store: &Store,
    reach: &Reach<ReadEnterprise>,
    ids: &[String],
) -> Result<BTreeMap<String, (Registered, Option<Workforce>)>, StoreError> {
    let mut known = BTreeMap::new();
    for some in ids.chunks(BOUND_MAX) {
        let mut clauses = Clauses::default();
        clauses.and("e.canonical_id = e.id");
        clauses.within(reach.scopes(), COLUMNS);
        let some = clauses.bind_all(some);
        clauses.and(format!("e.id in ({some})"));
        let sql = format!("select e.* from enterprise e where {}", clauses.text());
        let rows = fetch_clauses!(store, enterprises::Row, sql, &clauses.values);
        let found: Vec<Registered> =
            rows.into_iter().map(enterprises::Row::read).collect::<Result<_, _>>()?;
        let mut newest = newest_workforce(store, &found).await?;
        known.extend(found.into_iter().map(|one| {
            let workforce = newest.remove(&one.id);
            (one.id.clone(), (one, workforce))
        }));
    }
    Ok(known)
}

/// Which of these ids are taken: rows of a file that were entered already.
pub async fn taken(
    store: &Store,
    _reach: &Reach<RegisterEnterprise>,
    ids: &[String],
) -> Result<BTreeSet<String>, StoreError> {
    let mut taken = BTreeSet::new();
    for some in ids.chunks(BOUND_MAX) {
        let mut clauses = Clauses::default();
        let some = clauses.bind_all(some);
        let sql = format!("select id from enterprise where id in ({some})");
        let found = fetch_clauses!(store, (String,), sql, &clauses.values);
        taken.extend(found.into_iter().map(|(id,)| id));
    }
    Ok(taken)
}

/// What tells enterprises apart and where they stand, and nothing else of them.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Identity {
    name: String,
    trade_name: String,
    nib: Option<domain::enterprise::Nib>,
    npwp: Option<domain::enterprise::Npwp>,
    region: String,
    organisation: Option<String>,
}

/// Every entry that may be the same as one of `new`: those of the same provinces, and those with one of the
/// numbers. Looked for in the whole register, as [`similar`]; only what tells enterprises apart, and where
/// they stand, is filled in.
pub async fn identities(
    store: &Store,
    _reach: &Reach<RegisterEnterprise>,
    new: &[&Enterprise],
) -> Result<Vec<(String, Enterprise)>, StoreError> {
    let provinces: BTreeSet<String> =
        new.iter().filter_map(|one| one.region.get(..2).map(str::to_owned)).collect();
    let provinces: Vec<String> = provinces.into_iter().collect();
    let nibs: Vec<String> =
        new.iter().filter_map(|one| Some(one.nib.as_ref()?.as_str().to_owned())).collect();
    let npwps: Vec<String> =
        new.iter().filter_map(|one| Some(one.npwp.as_ref()?.as_str().to_owned())).collect();
    let mut found = BTreeMap::new();
    for (column, values) in [("substr(e.region, 1, 2)", provinces), ("e.nib", nibs), ("e.npwp", npwps)] {
        for some in values.chunks(BOUND_MAX) {
            let mut clauses = Clauses::default();
            let some = clauses.bind_all(some);
            let sql = format!(
                "select e.id, e.detail from enterprise e where e.canonical_id = e.id and {column} in ({some})"
            );
            let rows = fetch_clauses!(store, (String, String), sql, &clauses.values);
            for (id, detail) in rows {
                let identity: Identity = serde_json::from_str(&detail).map_err(|error| {
                    StoreError::Unreadable { what: format!("enterprise `{id}`: {error}") }
                })?;
                found.insert(id, identity);
            }
        }
    }
    let whole = |identity: Identity| Enterprise {
        name: identity.name,
        trade_name: identity.trade_name,
        nib: identity.nib,
        npwp: identity.npwp,
        region: identity.region,
        organisation: identity.organisation,
        ..Enterprise::default()
    };
    Ok(found.into_iter().map(|(id, identity)| (id, whole(identity))).collect())
}

/// The position is the name and, among equal names, the id.
fn begin_after(clauses: &mut Clauses, after: Option<&str>) {
    if let Some((key, id)) = after.and_then(|after| after.rsplit_once('~')) {
        let (key, id) = (clauses.bind(key), clauses.bind(id));
        clauses.and(format!("(e.name_key, e.id) > ({key}, {id})"));
    }
}

async fn by_name(
    store: &Store,
    mut clauses: Clauses,
    after: Option<&str>,
    limit: u32,
) -> Result<Found, StoreError> {
    begin_after(&mut clauses, after);
    let sql = format!(
        "select {SHOWN} from enterprise e where {} order by e.name_key, e.id limit {}",
        clauses.text(),
        limit + 1
    );
    let mut lines = fetch_clauses!(store, Line, sql, &clauses.values);
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| more).map(|last| format!("{}~{}", last.name_key, last.id));
    Ok(Found { lines, next, more: false })
}

/// `anywhere`: nothing but the words limits the answer.
async fn search(
    store: &Store,
    mut clauses: Clauses,
    anywhere: bool,
    typed: &str,
    limit: u32,
) -> Result<Found, StoreError> {
    let digits: String = typed.chars().filter(|letter| !matches!(letter, '.' | '-' | ' ')).collect();
    if digits.len() >= 5 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let (nib, npwp) = (clauses.bind(&digits), clauses.bind(&digits));
        let length = digits.len();
        clauses.and(format!("(substr(e.nib, 1, {length}) = {nib} or substr(e.npwp, 1, {length}) = {npwp})"));
    } else {
        let mut meant = Vec::new();
        for word in words(typed).into_iter().take(TYPED_MAX) {
            meant.push(meant_by(store, &word).await?);
        }
        // A word that nobody's name has is left out, unless there is no other.
        meant.retain(|words| !words.is_empty());
        if meant.is_empty() {
            // Perhaps two words are one on its papers.
            let joined = meant_by(store, &words(typed).concat()).await?;
            meant.extend((!joined.is_empty()).then_some(joined));
        }
        let meant = rarest_first(store, meant).await?;
        let Some((first, rest)) = meant.split_first() else { return Ok(Found::default()) };
        let first = clauses.bind_all(first);
        let mut filed = format!(
            "select other.canonical_id from enterprise_word w
            join enterprise other on other.id = w.enterprise_id where w.word in ({first})"
        );
        for words in rest {
            let words = clauses.bind_all(words);
            filed.push_str(&format!(
                " and exists (select 1 from enterprise_word also
                where also.enterprise_id = w.enterprise_id and also.word in ({words}))"
            ));
        }
        if anywhere {
            // Nothing else is asked of an answer, so there is no need to gather more than are ranked.
            filed.push_str(&format!(" limit {}", 3 * SEARCHED_MAX));
        }
        clauses.and(format!("e.id in ({filed})"));
    }
    let sql = format!("select {SHOWN} from enterprise e where {} limit {SEARCHED_MAX}", clauses.text());
    let mut lines = fetch_clauses!(store, Line, sql, &clauses.values);
    let searched = lines.len();
    let mut ranked: Vec<(f64, Line)> =
        lines.drain(..).map(|line| (name::answers(typed, &line.name), line)).collect();
    ranked.sort_by(|one, other| {
        other
            .0
            .total_cmp(&one.0)
            .then_with(|| (&one.1.name_key, &one.1.id).cmp(&(&other.1.name_key, &other.1.id)))
    });
    let more = searched == SEARCHED_MAX || ranked.len() > limit as usize;
    ranked.truncate(limit as usize);
    Ok(Found { lines: ranked.into_iter().map(|(_, line)| line).collect(), next: None, more })
}

/// What was typed, the rarest first: the search walks along the first and looks the others up.
async fn rarest_first(store: &Store, meant: Vec<Vec<String>>) -> Result<Vec<Vec<String>>, StoreError> {
    let mut counted = Vec::with_capacity(meant.len());
    for words in meant {
        let mut clauses = Clauses::default();
        let placeholders = clauses.bind_all(&words);
        let sql = format!(
            "select count(*) from
            (select 1 as one from enterprise_word where word in ({placeholders}) limit 5000) as counted"
        );
        let rows: Vec<(i64,)> = fetch_clauses!(store, (i64,), sql, &clauses.values);
        counted.push((rows.first().map_or(0, |(count,)| *count), words));
    }
    counted.sort();
    Ok(counted.into_iter().map(|(_, words)| words).collect())
}

/// The words on file that a typed word may have meant, the nearest first.
async fn meant_by(store: &Store, typed: &str) -> Result<Vec<String>, StoreError> {
    let mut clauses = Clauses::default();
    let keys: Vec<String> = slips(typed).into_iter().collect();
    let keys = clauses.bind_all(&keys);
    let sql = format!("select distinct word from word_key where key in ({keys}) limit 2000");
    let found: Vec<(String,)> = fetch_clauses!(store, (String,), sql, &clauses.values);
    let mut near: Vec<String> =
        found.into_iter().map(|(word,)| word).filter(|word| name::is_near(typed, word)).collect();
    near.sort_by_cached_key(|word| (word != typed, !word.starts_with(typed), word.len(), word.clone()));
    near.truncate(MEANT_MAX);
    Ok(near)
}

/// How many enterprises the reader may see, up to `most`.
pub async fn count(store: &Store, reach: &Reach<ReadEnterprise>, most: u32) -> Result<i64, StoreError> {
    let mut clauses = Clauses::default();
    clauses.and("e.canonical_id = e.id");
    clauses.within(reach.scopes(), COLUMNS);
    let sql = format!(
        "select count(*) from (select 1 as one from enterprise e where {} limit {most}) as counted",
        clauses.text()
    );
    let rows: Vec<(i64,)> = fetch_clauses!(store, (i64,), sql, &clauses.values);
    Ok(rows.first().map_or(0, |(count,)| *count))
}

/// An entry that is perhaps the same enterprise.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    pub id: String,
    pub name: String,
    pub region: String,
    pub why: Likeness,
    pub place: Place,
}

/// Entries that may be the same as the one about to be made, the likeliest first. Looked for in the
/// whole register: a double does not stop at the border of a scope. Only name and region are told.
pub async fn similar(store: &Store, permit: &Permit<RegisterEnterprise>) -> Result<Vec<Similar>, StoreError> {
    let act = permit.action();
    similar_to(store, &act.enterprise, &act.id).await
}

/// The same for an enterprise that is on record already, for whoever may read it.
pub async fn similar_of(
    store: &Store,
    _permit: &Permit<ReadEnterprise>,
    enterprise: &Enterprise,
) -> Result<Vec<Similar>, StoreError> {
    similar_to(store, enterprise, &_permit.action().enterprise).await
}

async fn similar_to(
    store: &Store,
    enterprise: &Enterprise,
    itself: &str,
) -> Result<Vec<Similar>, StoreError> {
    let mut found: Vec<Similar> = Vec::new();
    for (id, detail) in candidates(store, enterprise).await? {
        let other: Enterprise = read(detail)?;
        if id == itself || found.iter().any(|similar| similar.id == id) {
            continue;
        }
        if let Some(why) = likeness(enterprise, &other) {
            let place = other.place(&id);
            found.push(Similar { id, name: other.name, region: other.region, why, place });
        }
    }
    Ok(likeliest(found))
}

/// The likeliest first, and no more than anybody looks at.
pub fn likeliest(mut found: Vec<Similar>) -> Vec<Similar> {
    let weight = |similar: &Similar| match similar.why {
        Likeness::SameNumber => 2.0,
        Likeness::Name(alike) => alike,
    };
    found.sort_by(|one, other| weight(other).total_cmp(&weight(one)).then_with(|| one.id.cmp(&other.id)));
    found.truncate(10);
    found
}

/// Words of a name that are looked up, and entries that are looked at.
const TELLING: usize = 4;
const CANDIDATES_MAX: usize = 300;

/// Entries with the same number anywhere, or with a telling word of the name in the same province.
async fn candidates(store: &Store, enterprise: &Enterprise) -> Result<Vec<(String, Value)>, StoreError> {
    let mut all = Vec::new();
    let numbers = [
        ("nib", enterprise.nib.as_ref().map(|nib| nib.as_str().to_owned())),
        ("npwp", enterprise.npwp.as_ref().map(|npwp| npwp.as_str().to_owned())),
    ];
    for (column, number) in numbers.into_iter().filter_map(|(column, number)| Some((column, number?))) {
        let mut clauses = Clauses::default();
        let number = clauses.bind(number);
        clauses.and(format!("{column} = {number} and canonical_id = id"));
        all.extend(details(store, clauses, "enterprise e", CANDIDATES_MAX).await?);
    }
    let province = enterprise.region.get(..2).unwrap_or_default();
    let mut filed = index_words(&enterprise.name);
    filed.extend(index_words(&enterprise.trade_name));
    let mut meant = Vec::new();
    for word in filed {
        meant.push(meant_by(store, &word).await?);
    }
    meant.retain(|words| !words.is_empty());
    // Rare words tell firms apart; a common one finds nothing new once they were looked up.
    for words in rarest_first(store, meant).await?.iter().take(TELLING) {
        let Some(room) = CANDIDATES_MAX.checked_sub(all.len()).filter(|room| *room > 0) else { break };
        let mut clauses = Clauses::default();
        let words = clauses.bind_all(words);
        clauses.and(format!("w.word in ({words}) and e.canonical_id = e.id"));
        clauses.starts_with("e.region", province);
        let from = "enterprise_word w join enterprise e on e.id = w.enterprise_id";
        all.extend(details(store, clauses, from, room).await?);
    }
    Ok(all)
}

async fn details(
    store: &Store,
    clauses: Clauses,
    from: &str,
    most: usize,
) -> Result<Vec<(String, Value)>, StoreError> {
    let sql = format!("select e.id, e.detail from {from} where {} limit {most}", clauses.text());
    let rows: Vec<(String, Document)> = fetch_clauses!(store, (String, Document), sql, &clauses.values);
    Ok(rows.into_iter().map(|(id, detail)| (id, detail.into())).collect())
}
