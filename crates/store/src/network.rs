//! The peer network in the ledger. An enterprise is found only while its newest word allows it; what is told
//! of it is its name, its province and what it solved, never how to reach it.

use domain::actor::{Action, Permit, Reach};
use domain::language::Text;
use domain::network::{
    AnswerQuestion, AskPeer, Group, JoinGroup, NewQuestion, ReadNetwork, Reply, TendGroup,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::{MaybeMoment, Moment, text};
use crate::{Connection, Pool, Store, StoreError, Tx, audit, enterprises};

/// An enterprise asks no more than this in a day.
const QUESTIONS_A_DAY: i64 = 10;

/// The newest word of the canonical enterprise `e` on being found and asked.
const MAY_BE_ASKED: &str = "
    coalesce((select c.given from consent c
        where c.subject_kind = 'enterprise' and c.subject_id = e.id and c.purpose = 'network'
        order by c.said_on desc, c.id desc limit 1), false)
    and e.id in (select said.subject_id from consent said
        where said.subject_kind = 'enterprise' and said.purpose = 'network' and said.given)";

/// A problem that an enterprise solved, verified from outside.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Solved {
    pub project: String,
    pub enterprise: String,
    pub enterprise_name: String,
    pub province: String,
    pub activity: Option<String>,
    pub programme: String,
    pub module: String,
    pub problem_kind: Option<String>,
    pub problem: String,
    pub action: String,
    pub measure: String,
    pub before_value: Option<f64>,
    pub after_value: Option<f64>,
    pub unit: String,
    pub synthetic: bool,
}

const SOLVED: &str = "
    select p.id as project, e.id as enterprise, e.name as enterprise_name, substr(e.region, 1, 2) as province,
        e.activity, g.programme, c.module, p.problem_kind, p.problem, p.action, p.measure, p.before_value,
        p.after_value, p.unit, g.synthetic
    from project p
    join engagement g on g.id = p.engagement_id
    join course c on c.id = p.course_id
    join enterprise entry on entry.id = g.enterprise_id
    join enterprise e on e.id = entry.canonical_id
    where p.state = 'verified'";

/// Who solved what, by problem and sector; only enterprises that may be asked. Whoever may read the network
/// anywhere may search all of it: that is what the enterprises agreed to.
pub async fn solved(
    store: &Store,
    _reach: &Reach<ReadNetwork>,
    programme: &str,
    problem: Option<&str>,
    sector: &str,
    limit: u32,
) -> Result<Vec<Solved>, StoreError> {
    let mut clauses = Clauses::default();
    let bound = clauses.bind(programme);
    clauses.and(format!("g.programme = {bound}"));
    if let Some(problem) = problem {
        let problem = clauses.bind(problem);
        clauses.and(format!("p.problem_kind = {problem}"));
    }
    if !sector.is_empty() {
        clauses.starts_with("coalesce(e.activity, '')", sector);
    }
    let sql = format!(
        "{SOLVED} and {MAY_BE_ASKED} and {} order by p.verified_on desc, p.id desc limit {limit}",
        clauses.text()
    );
    Ok(fetch_clauses!(store, Solved, sql, &clauses.values))
}

/// One solved problem, if its enterprise may be asked.
pub async fn solved_by(
    store: &Store,
    _reach: &Reach<ReadNetwork>,
    project: &str,
) -> Result<Option<Solved>, StoreError> {
    let mut clauses = Clauses::default();
    let project = clauses.bind(project);
    clauses.and(format!("p.id = {project}"));
    let sql = format!("{SOLVED} and {MAY_BE_ASKED} and {}", clauses.text());
    Ok(fetch_clauses!(store, Solved, sql, &clauses.values).into_iter().next())
}

/// Sends a question. The permit is for where the asking enterprise stands.
pub async fn ask(tx: &mut Tx, permit: &Permit<AskPeer>, new: &NewQuestion) -> Result<(), StoreError> {
    const TODAY: &str = "select count(*) from peer_question where from_id = $1 and asked_at > $2";
    const ADD: &str = "
        insert into peer_question (id, programme, from_id, to_id, project_id, words, state, asked_by, asked_at)
        values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)";
    if permit.action().question != new.id {
        return Err(StoreError::Conflict { rule: "the permit is for another question" });
    }
    new.check().map_err(|refused| StoreError::Rule(refused.0))?;
    let from = enterprises::get_in(tx, &new.from).await?;
    enterprises::stands_where(&from, &permit.action().place)?;
    let to = asked_in(tx, &new.project, &new.programme).await?;
    if from.canonical_id == to {
        return Err(rule("Itu usaha Anda sendiri.", "That is your own enterprise."));
    }
    let since = text(tx.at - SignedDuration::from_hours(24));
    let today: i64 = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(TODAY)
        .bind(&from.id)
        .bind(&since)
        .fetch_one(&mut **conn)
        .await?);
    if today >= QUESTIONS_A_DAY {
        return Err(rule(
            "Sudah sepuluh pertanyaan hari ini. Tunggu jawaban dulu, lalu lanjutkan besok.",
            "That is ten questions today. Wait for answers first and go on tomorrow.",
        ));
    }
    on!(Connection::&mut tx.connection, |conn| sqlx::query(ADD)
        .bind(&new.id)
        .bind(&new.programme)
        .bind(&from.id)
        .bind(&to)
        .bind(&new.project)
        .bind(new.words.trim())
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "from": from.id, "to": to, "project": new.project });
    audit::append(tx, permit.actor(), AskPeer::NAME, &new.id, detail).await
}

fn rule(id: &str, en: &str) -> StoreError {
    StoreError::Rule(Text::new(id, en))
}

/// The enterprise behind a verified project, if it may still be asked.
async fn asked_in(tx: &mut Tx, project: &str, programme: &str) -> Result<String, StoreError> {
    let sql = format!(
        "select e.id from project p
        join engagement g on g.id = p.engagement_id
        join enterprise entry on entry.id = g.enterprise_id
        join enterprise e on e.id = entry.canonical_id
        where p.state = 'verified' and p.id = $1 and g.programme = $2 and {MAY_BE_ASKED}"
    );
    let found: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(
        sql.clone()
    ))
    .bind(project)
    .bind(programme)
    .fetch_optional(&mut **conn)
    .await?);
    found.ok_or_else(|| {
        rule(
            "Usaha itu tidak lagi menerima pertanyaan. Cari yang lain di jejaring.",
            "That enterprise takes no questions any more. Look for another one in the network.",
        )
    })
}

/// A question as either side sees it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Question {
    pub id: String,
    pub programme: String,
    pub from_id: String,
    pub from_name: String,
    pub to_id: String,
    pub to_name: String,
    /// What the project was about.
    pub problem: String,
    pub words: String,
    /// `open`, `answered` or `declined`.
    pub state: String,
    pub answer: String,
    #[sqlx(try_from = "Moment")]
    pub asked_at: Timestamp,
    #[sqlx(try_from = "MaybeMoment")]
    pub answered_at: Option<Timestamp>,
}

/// Outer joins, though nothing is missing: the few questions are read first, whatever the database believes.
const QUESTION: &str = "
    select q.id, q.programme, q.from_id, f.name as from_name, q.to_id, t.name as to_name, p.problem, q.words, q.state,
        q.answer, q.asked_at, q.answered_at
    from peer_question q
    left join enterprise f on f.id = q.from_id
    left join enterprise t on t.id = q.to_id
    left join project p on p.id = q.project_id";

/// On which side of a question somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Asked,
    Received,
}

/// Questions of the enterprises within reach, the newest first.
pub async fn questions(
    store: &Store,
    reach: &Reach<ReadNetwork>,
    side: Side,
    limit: u32,
) -> Result<Vec<Question>, StoreError> {
    let columns = match side {
        Side::Asked => PlaceColumns {
            programme: None,
            region: "f.region",
            organisation: "f.organisation_id",
            enterprise: "f.id",
        },
        Side::Received => PlaceColumns {
            programme: None,
            region: "t.region",
            organisation: "t.organisation_id",
            enterprise: "t.id",
        },
    };
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), columns);
    let sql =
        format!("{QUESTION} where {} order by q.asked_at desc, q.id desc limit {limit}", clauses.text());
    Ok(fetch_clauses!(store, Question, sql, &clauses.values))
}

/// Which enterprise a question is put to: what one needs to ask for a permit to answer.
pub async fn asked(store: &Store, question: &str) -> Result<String, StoreError> {
    const SQL: &str = "select to_id from peer_question where id = $1";
    let found: Option<String> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(question).fetch_optional(pool).await?);
    found.ok_or_else(|| StoreError::not_found("question", question))
}

/// Answers a question, or declines it; once.
pub async fn answer(tx: &mut Tx, permit: &Permit<AnswerQuestion>, reply: &Reply) -> Result<(), StoreError> {
    const TO: &str = "select to_id from peer_question where id = $1";
    const SQL: &str = "
        update peer_question set state = $2, answer = $3, answered_by = $4, answered_at = $5
        where id = $1 and state = 'open'";
    let id = &permit.action().question;
    reply.check().map_err(|refused| StoreError::Rule(refused.0))?;
    let to: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(TO)
        .bind(id)
        .fetch_optional(&mut **conn)
        .await?);
    let to = to.ok_or_else(|| StoreError::not_found("question", id))?;
    enterprises::stands_where(&enterprises::get_in(tx, &to).await?, &permit.action().place)?;
    let (state, words) = match reply {
        Reply::Answer(words) => ("answered", words.trim()),
        Reply::Decline => ("declined", ""),
    };
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(state)
        .bind(words)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::State { noun: "question", id: id.clone(), state: "answered".into() });
    }
    audit::append(tx, permit.actor(), AnswerQuestion::NAME, id, json!({ "state": state })).await
}

/// A learning group as the network lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub group: Group,
    /// Id and name of the enterprises in it.
    pub members: Vec<(String, String)>,
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: String,
    programme: String,
    organisation_id: String,
    region: String,
    title: String,
    problem_kind: Option<String>,
    next_on: Option<String>,
    note: String,
}

/// Begins a group, or says anew what it is.
pub async fn tend(tx: &mut Tx, permit: &Permit<TendGroup>, group: &Group) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into learning_group (id, programme, organisation_id, region, title, problem_kind, next_on, note,
            tended_by, tended_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (id) do update set title = excluded.title, problem_kind = excluded.problem_kind,
            next_on = excluded.next_on, note = excluded.note, tended_by = excluded.tended_by,
            tended_at = excluded.tended_at
        where learning_group.programme = excluded.programme
            and learning_group.organisation_id = excluded.organisation_id
            and learning_group.region = excluded.region";
    let place = domain::actor::Place::programme(&group.programme)
        .in_region(&group.region)
        .of_organisation(&group.organisation);
    if permit.action().group != group.id || permit.action().place != place {
        return Err(StoreError::Conflict { rule: "place" });
    }
    group.check().map_err(|refused| StoreError::Rule(refused.0))?;
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&group.id)
        .bind(&group.programme)
        .bind(&group.organisation)
        .bind(&group.region)
        .bind(group.title.trim())
        .bind(&group.problem_kind)
        .bind(group.next_on.map(|day| day.to_string()))
        .bind(group.note.trim())
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        // There is one of this id, elsewhere.
        return Err(StoreError::Conflict { rule: "place" });
    }
    audit::append(tx, permit.actor(), TendGroup::NAME, &group.id, json!({ "next_on": group.next_on })).await
}

/// Joins a group in the name of an enterprise, or leaves it. Joining is being seen by the others, so it needs
/// the same consent.
pub async fn join(
    tx: &mut Tx,
    permit: &Permit<JoinGroup>,
    enterprise: &str,
    stays: bool,
) -> Result<(), StoreError> {
    const JOIN: &str = "
        insert into learning_group_member (group_id, enterprise_id, joined_by, joined_at) values ($1, $2, $3, $4)
        on conflict (group_id, enterprise_id) do update set joined_by = excluded.joined_by,
            joined_at = excluded.joined_at, left_at = null";
    const LEAVE: &str = "
        update learning_group_member set joined_by = $3, left_at = $4 where group_id = $1 and enterprise_id = $2";
    let now = enterprises::get_in(tx, enterprise).await?;
    enterprises::stands_where(&now, &permit.action().place)?;
    let subject = domain::person::ConsentSubject::Enterprise(now.canonical_id.clone());
    let purpose = domain::person::Purpose::Network;
    if stays && !crate::consents::stands(tx, &subject, purpose).await? {
        return Err(rule(
            "Usaha ini belum setuju dilihat usaha lain. Catat dulu persetujuannya di halaman usaha.",
            "This enterprise has not agreed to be seen by others. Record its consent on its page first.",
        ));
    }
    let group = &permit.action().group;
    let sql = if stays { JOIN } else { LEAVE };
    on!(Connection::&mut tx.connection, |conn| sqlx::query(sql)
        .bind(group)
        .bind(&now.canonical_id)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "enterprise": now.canonical_id, "stays": stays });
    audit::append(tx, permit.actor(), JoinGroup::NAME, group, detail).await
}

/// The groups of a programme, with the enterprises that may still be seen.
pub async fn groups(
    store: &Store,
    _reach: &Reach<ReadNetwork>,
    programme: &str,
) -> Result<Vec<Listed>, StoreError> {
    const SQL: &str = "
        select id, programme, organisation_id, region, title, problem_kind, next_on, note from learning_group
        where programme = $1 order by next_on is null, next_on, title, id limit 200";
    let rows: Vec<GroupRow> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        let members = members(store, &row.id).await?;
        let next_on = row.next_on.map(|day| day.parse()).transpose();
        let next_on = next_on.map_err(|_| StoreError::Unreadable { what: format!("group `{}`", row.id) })?;
        let group = Group {
            id: row.id,
            programme: row.programme,
            organisation: row.organisation_id,
            region: row.region,
            title: row.title,
            problem_kind: row.problem_kind,
            next_on,
            note: row.note,
        };
        listed.push(Listed { group, members });
    }
    Ok(listed)
}

async fn members(store: &Store, group: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql = format!(
        "select e.id, e.name from learning_group_member m join enterprise e on e.id = m.enterprise_id
        where m.group_id = $1 and m.left_at is null and {MAY_BE_ASKED} order by e.name_key, e.id limit 200"
    );
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
        .bind(group)
        .fetch_all(pool)
        .await?))
}
