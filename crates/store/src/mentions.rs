//! Free texts in which somebody may be named: questions in the network, projects, visits, reports, stories.
//! Searched when a person wants to be forgotten; whoever erases reads each and says whether the name is
//! meant.

use std::collections::BTreeSet;

use domain::delivery::Team;
use domain::language::Text;
use domain::person::{Person, is_named_in, without_name};

use crate::codec::to_json;
use crate::{Connection, StoreError, Tx};

/// Texts about an enterprise: table and column. Each table has an id and the engagement it belongs to.
const OF_THE_ENTERPRISE: [(&str, &str); 18] = [
    ("project", "owner"),
    ("project", "problem"),
    ("project", "action"),
    ("project", "evidence"),
    ("visit", "progress"),
    ("visit", "findings"),
    ("visit", "next_steps"),
    ("course", "team"),
    ("course", "review"),
    ("assessment", "note"),
    ("report", "summary"),
    ("report", "lessons"),
    ("case_study", "title"),
    ("case_study", "problem"),
    ("case_study", "action"),
    ("case_study", "result"),
    ("case_study", "consent_by"),
    ("photo", "caption"),
];

/// Texts that anybody may have written.
const OF_THE_NETWORK: [(&str, &str); 4] = [
    ("peer_question", "words"),
    ("peer_question", "answer"),
    ("learning_group", "title"),
    ("learning_group", "note"),
];

/// The newest texts of the network that are looked through.
const LOOKED_THROUGH: i64 = 20_000;

/// A text in which the person may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// By which it is chosen.
    pub key: String,
    /// The table, in the words of the ledger.
    pub kind: &'static str,
    pub text: String,
    /// As it would read without the name.
    pub without: String,
}

/// What was chosen is no longer what is there.
pub(crate) fn changed() -> StoreError {
    StoreError::Rule(Text::new(
        "Data orang ini berubah sejak halaman dibuka. Buka lagi halaman penghapusan, lalu pilih sekali lagi.",
        "What is kept about this person changed since the page was opened. Open it again and choose once more.",
    ))
}

/// Everything that may name the person: by any word of the name where it is about the own enterprise, by the
/// whole name elsewhere.
pub(crate) async fn all(tx: &mut Tx, person: &Person) -> Result<Vec<Mention>, StoreError> {
    let mut found = Vec::new();
    for (table, column) in OF_THE_ENTERPRISE {
        let sql = format!(
            "select x.id, x.{column} from {table} x
            join engagement g on g.id = x.engagement_id
            join enterprise e on e.id = g.enterprise_id
            where x.{column} is not null
                and e.canonical_id = (select canonical_id from enterprise where id = $1)
            order by x.id limit $2"
        );
        for (id, text) in rows(tx, sql, person.enterprise.as_deref()).await? {
            found.extend(mention(table, column, &id, &text, &person.name, false)?);
        }
    }
    for (table, column) in OF_THE_NETWORK {
        let own = match table {
            "peer_question" => {
                "exists (select 1 from enterprise e where e.id in (x.from_id, x.to_id)
                    and e.canonical_id = (select canonical_id from enterprise where id = $1))"
            }
            _ => "$1 is null and 1 = 0",
        };
        for (own, wholly) in [(own.to_owned(), false), (format!("not ({own})"), true)] {
            let sql =
                format!("select x.id, x.{column} from {table} x where {own} order by x.id desc limit $2");
            for (id, text) in rows(tx, sql, person.enterprise.as_deref()).await? {
                found.extend(mention(table, column, &id, &text, &person.name, wholly)?);
            }
        }
    }
    Ok(found)
}

async fn rows(
    tx: &mut Tx,
    sql: String,
    enterprise: Option<&str>,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
        .bind(enterprise)
        .bind(LOOKED_THROUGH)
        .fetch_all(&mut **conn)
        .await?))
}

fn mention(
    table: &'static str,
    column: &'static str,
    id: &str,
    text: &str,
    name: &str,
    wholly: bool,
) -> Result<Option<Mention>, StoreError> {
    let text = if column == "team" { team(text)?.leader } else { text.to_owned() };
    let key = format!("{table}.{column}.{id}");
    Ok(is_named_in(name, &text, wholly).then(|| Mention {
        key,
        kind: table,
        without: without_name(name, &text),
        text,
    }))
}

fn team(text: &str) -> Result<Team, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable { what: format!("team: {error}") })
}

/// Takes the name out of those texts that were chosen.
pub(crate) async fn forget(
    tx: &mut Tx,
    person: &Person,
    chosen: &BTreeSet<String>,
) -> Result<u64, StoreError> {
    let all = all(tx, person).await?;
    let of_the_person: Vec<&Mention> = all.iter().filter(|one| chosen.contains(&one.key)).collect();
    if of_the_person.len() < chosen.len() {
        return Err(changed());
    }
    for one in &of_the_person {
        let mut parts = one.key.splitn(3, '.');
        let (Some(table), Some(column), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let text =
            if column == "team" { with_leader(tx, id, &one.without).await? } else { one.without.clone() };
        let sql = format!("update {table} set {column} = $2 where id = $1");
        on!(Connection::&mut tx.connection, |conn| sqlx::query(sqlx::AssertSqlSafe(sql.clone()))
            .bind(id)
            .bind(&text)
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(of_the_person.len() as u64)
}

async fn with_leader(tx: &mut Tx, course: &str, leader: &str) -> Result<String, StoreError> {
    const SQL: &str = "select team from course where id = $1";
    let text: String = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(course)
        .fetch_one(&mut **conn)
        .await?);
    to_json(&Team { leader: leader.to_owned(), ..team(&text)? })
}
