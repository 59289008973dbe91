//! Reminders: what falls due, what was sent, what waits for a mail server that answers.
//!
//! A reminder is noted once and sent once. A sender takes one under a lease, sends it and says so; if it
//! dies in between, the lease runs out and the letter goes out a second time, never a third.

use std::collections::BTreeMap;

use domain::actor::{Actor, OwnAccount, Permit, Place, SendReminders};
use domain::mail::{Choice, NotSent};
use domain::reminder::{Kind, Occasion, Reminder};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use crate::codec::{MaybeMoment, text};
use crate::{Connection, Pool, Store, StoreError, Tx, accounts, audit};

/// So long a letter that somebody took is left alone, unless the try is known to have failed.
pub const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// A letter that the server refused so often is tried no more.
const REFUSALS_MAX: i64 = 5;

/// Looked at in one go.
const ROWS: i64 = 5000;

#[derive(sqlx::FromRow)]
struct OccasionRow {
    subject: String,
    on_day: String,
    in_charge: Option<String>,
    programme: String,
    region: String,
    organisation: String,
    about: String,
    engagement: String,
    synthetic: bool,
}

const COLUMNS: &str = "engagement.programme, engagement.region, engagement.organisation_id as organisation,
    coalesce(enterprise.name, engagement.enterprise_id) as about, engagement.id as engagement,
    engagement.synthetic";

/// What falls into the days around today: visits, workshops without a baseline, reports, follow-ups.
/// Certificates depend on rules of the content and are added by the caller.
pub async fn occasions(store: &Store, today: Date) -> Result<Vec<Occasion>, StoreError> {
    let visits = format!(
        "select visit.id as subject, visit.planned_on as on_day,
            coalesce(visit.trainer_id, engagement.trainer_id) as in_charge, {COLUMNS}
        from visit join engagement on engagement.id = visit.engagement_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        where visit.state = 'planned' and visit.planned_on >= $1 and visit.planned_on <= $2
        order by visit.planned_on limit $3"
    );
    let baselines = format!(
        "select course.id as subject, training.starts_on as on_day,
            coalesce(engagement.trainer_id, training.trainer_id) as in_charge, {COLUMNS}
        from training join course on course.training_id = training.id
        join engagement on engagement.id = course.engagement_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        where training.state = 'planned' and training.starts_on >= $1 and training.starts_on <= $2
            and engagement.state not in ('exited', 'withdrawn')
            and not exists (select 1 from assessment where assessment.engagement_id = engagement.id
                and assessment.stage = 'baseline')
        order by training.starts_on limit $3"
    );
    let reports = format!(
        "select report.id as subject, report.submitted_on as on_day, cast(null as text) as in_charge, {COLUMNS}
        from report join engagement on engagement.id = report.engagement_id
        left join enterprise on enterprise.id = engagement.enterprise_id
        where report.state = 'submitted' and report.submitted_on >= $1 and report.submitted_on <= $2
        order by report.submitted_on limit $3"
    );
    let follow_ups = format!(
        "select engagement.id as subject, engagement.next_on as on_day, engagement.trainer_id as in_charge,
            {COLUMNS}
        from engagement left join enterprise on enterprise.id = engagement.enterprise_id
        where engagement.state = 'exited' and engagement.next_step in ('follow-up-6', 'follow-up-12')
            and engagement.next_on >= $1 and engagement.next_on <= $2
        order by engagement.next_on limit $3"
    );
    let mut found = of_the_network(store, today).await?;
    for (kind, sql, from, to) in [
        (Kind::Visit, visits, today, today.saturating_add(1.days())),
        (Kind::Baseline, baselines, today, today.saturating_add(7.days())),
        (Kind::Report, reports, Date::new(1900, 1, 1).unwrap_or(today), today),
        // Older than a year nobody can be asked any more.
        (Kind::FollowUp, follow_ups, today.saturating_sub(1.years()), today.saturating_add(1.months())),
    ] {
        let rows: Vec<OccasionRow> = on!(Pool::&store.pool, |pool| {
            sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
                .bind(from.to_string())
                .bind(to.to_string())
                .bind(ROWS)
                .fetch_all(pool)
                .await?
        });
        for row in rows {
            found.push(row.occasion(kind)?);
        }
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct QuestionRow {
    subject: String,
    at: String,
    in_charge: Option<String>,
    enterprise: String,
    region: String,
    organisation: Option<String>,
    about: String,
    synthetic: bool,
}

/// Questions that wait for an answer, and answers, of the last month. What is told is the own enterprise of
/// whoever gets the letter: neither the words nor the other enterprise leave the platform.
async fn of_the_network(store: &Store, today: Date) -> Result<Vec<Occasion>, StoreError> {
    const QUESTIONS: &str = "
        select q.id as subject, q.asked_at as at, cast(null as text) as in_charge, e.id as enterprise, e.region,
            e.organisation_id as organisation, e.name as about, e.synthetic
        from peer_question q join enterprise e on e.id = q.to_id
        where q.state = 'open' and q.asked_at >= $1 order by q.asked_at limit $2";
    const ANSWERS: &str = "
        select q.id as subject, q.answered_at as at, q.asked_by as in_charge, e.id as enterprise, e.region,
            e.organisation_id as organisation, e.name as about, e.synthetic
        from peer_question q join enterprise e on e.id = q.from_id
        where q.state in ('answered', 'declined') and q.answered_at >= $1 order by q.answered_at limit $2";
    let since = today.saturating_sub(1.months()).to_string();
    let mut found = Vec::new();
    for (kind, sql) in [(Kind::Question, QUESTIONS), (Kind::Answer, ANSWERS)] {
        let rows: Vec<QuestionRow> = on!(Pool::&store.pool, |pool| sqlx::query_as(sql)
            .bind(&since)
            .bind(ROWS)
            .fetch_all(pool)
            .await?);
        for row in rows {
            let unreadable =
                |_| StoreError::Unreadable { what: format!("the day of question `{}`", row.subject) };
            let at: Timestamp = row.at.parse().map_err(unreadable)?;
            let place = Place { organisation: row.organisation.clone(), ..Place::shared() };
            found.push(Occasion {
                kind,
                on: crate::delivery::day(at),
                place: place.in_region(&row.region).of_enterprise(&row.enterprise),
                subject: row.subject,
                in_charge: row.in_charge,
                about: row.about,
                path: "/network/questions".into(),
                synthetic: row.synthetic,
            });
        }
    }
    Ok(found)
}

impl OccasionRow {
    fn occasion(self, kind: Kind) -> Result<Occasion, StoreError> {
        let page = format!("/delivery/engagements/{}", self.engagement);
        let path = match kind {
            Kind::Report => format!("{page}/report"),
            _ => page,
        };
        let on = self.on_day.parse().map_err(|_| StoreError::Unreadable {
            what: format!("the day of {} `{}`", kind.code(), self.subject),
        })?;
        Ok(Occasion {
            kind,
            subject: self.subject,
            on,
            in_charge: self.in_charge,
            place: Place::programme(self.programme).in_region(self.region).of_organisation(self.organisation),
            about: self.about,
            path,
            synthetic: self.synthetic,
        })
    }
}

/// Everybody who may be asked to decide about a report.
pub async fn deciders(store: &Store) -> Result<Vec<Actor>, StoreError> {
    let mut people = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = accounts::list(store, before.as_deref(), 500).await?;
        let active = page.rows.iter().filter(|account| !account.disabled).map(accounts::Account::actor);
        people.extend(active.filter(Actor::may_somewhere::<domain::delivery::Guide>));
        match page.next {
            Some(next) => before = Some(next),
            None => return Ok(people),
        }
    }
}

/// Everybody who wants to hear of the peer network.
pub async fn listeners(store: &Store) -> Result<Vec<Actor>, StoreError> {
    const SQL: &str = "
        select account_id from mail_choice join account on account.id = account_id
        where questions and not disabled order by account_id";
    let ids: Vec<String> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).fetch_all(pool).await?);
    let mut listeners = Vec::with_capacity(ids.len());
    for id in ids {
        listeners.push(accounts::get(store, &id).await?.actor());
    }
    Ok(listeners)
}

/// Notes what is due, each once, and drops what is no longer true. `ids` gives fresh ids.
pub async fn note(
    tx: &mut Tx,
    permit: &Permit<SendReminders>,
    due: &[Reminder],
    ids: &(dyn Fn() -> String + Send + Sync),
) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into reminder (id, account_id, kind, subject, due_on, about, path, synthetic, state, noticed_at)
        select $1, id, $3, $4, $5, $6, $7, $8, 'due', $9 from account where id = $2 and not disabled
        on conflict (account_id, kind, subject, due_on) do nothing";
    const WAITING: &str = "select id, account_id, kind, subject, due_on from reminder where state = 'due'";
    const LAPSE: &str = "update reminder set state = 'lapsed' where id = $1 and state = 'due'";
    debug_assert!(!permit.actor().id.is_empty());
    let at = text(tx.at);
    type Waiting = (String, String, String, String, String);
    let waiting: Vec<Waiting> = on!(Connection::&mut tx.connection, |conn| {
        for one in due {
            sqlx::query(ADD)
                .bind(ids())
                .bind(&one.account)
                .bind(one.kind.code())
                .bind(&one.subject)
                .bind(one.on.to_string())
                .bind(&one.about)
                .bind(&one.path)
                .bind(one.synthetic)
                .bind(&at)
                .execute(&mut **conn)
                .await?;
        }
        sqlx::query_as(WAITING).fetch_all(&mut **conn).await?
    });
    for (id, account, kind, subject, on) in waiting {
        let still = due.iter().any(|one| {
            one.account == account
                && one.kind.code() == kind
                && one.subject == subject
                && one.on.to_string() == on
        });
        if !still {
            on!(Connection::&mut tx.connection, |conn| sqlx::query(LAPSE)
                .bind(&id)
                .execute(&mut **conn)
                .await
                .map(drop)?);
        }
    }
    Ok(())
}

/// A letter to be sent, taken under a lease.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    pub id: String,
    pub account_id: String,
    pub kind: String,
    pub due_on: String,
    pub about: String,
    pub path: String,
    pub synthetic: bool,
    #[sqlx(skip)]
    pub name: String,
    #[sqlx(skip)]
    pub email: String,
}

/// Takes the next letter that is not under way elsewhere, was not tried since the round `began`, and was not
/// refused too often; nothing for those who want none.
pub async fn take(
    store: &Store,
    _: &Permit<SendReminders>,
    now: Timestamp,
    began: Timestamp,
) -> Result<Option<Taken>, StoreError> {
    const SQL: &str = "
        update reminder set tries = tries + 1, tried_at = $1, failure = null
        where id = (select reminder.id from reminder join account on account.id = reminder.account_id
                left join mail_choice on mail_choice.account_id = reminder.account_id
                where reminder.state = 'due' and not account.disabled and refusals < $4
                    and case when kind in ('question', 'answer') then coalesce(mail_choice.questions, false)
                        else coalesce(mail_choice.reminders, true) end
                    and (tried_at is null or tried_at < $2 or (failure is not null and tried_at < $3))
                order by noticed_at, reminder.id limit 1)
            and state = 'due' and (tried_at is null or tried_at < $2 or (failure is not null and tried_at < $3))
        returning id, account_id, kind, due_on, about, path, synthetic";
    const WHO: &str = "select name, email from account where id = $1";
    let taken: Option<Taken> = on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(text(now))
        .bind(text(now - LEASE))
        .bind(text(began))
        .bind(REFUSALS_MAX)
        .fetch_optional(pool)
        .await?);
    let Some(taken) = taken else { return Ok(None) };
    let (name, email): (String, String) =
        on!(Pool::&store.pool, |pool| sqlx::query_as(WHO).bind(&taken.account_id).fetch_one(pool).await?);
    Ok(Some(Taken { name, email, ..taken }))
}

/// The mail server has taken the letter.
pub async fn sent(tx: &mut Tx, permit: &Permit<SendReminders>, taken: &Taken) -> Result<(), StoreError> {
    const SQL: &str = "update reminder set state = 'sent', sent_at = $2, failure = null where id = $1";
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&taken.id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "kind": taken.kind, "due_on": taken.due_on });
    audit::append(tx, permit.actor(), "reminder.send", &taken.account_id, detail).await
}

/// It was not taken: it stays due, with what the server said.
pub async fn failed(
    store: &Store,
    _: &Permit<SendReminders>,
    id: &str,
    error: &NotSent,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update reminder set failure = $2, refusals = refusals + $3 where id = $1 and state = 'due'";
    let reason: String = error.reason.chars().take(500).collect();
    on!(Pool::&store.pool, |pool| sqlx::query(SQL)
        .bind(id)
        .bind(&reason)
        .bind(i64::from(error.this_letter))
        .execute(pool)
        .await
        .map(drop)?);
    Ok(())
}

/// How the post stands, for the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostRoom {
    pub waiting: u64,
    pub sent: u64,
    /// What the server said the last time, while letters wait because of it.
    pub failure: Option<String>,
    pub tried_at: Option<Timestamp>,
    /// The latest letters, whatever their state.
    pub latest: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub name: String,
    pub kind: String,
    pub about: String,
    pub due_on: String,
    pub state: String,
    pub tries: i64,
    pub failure: Option<String>,
    #[sqlx(try_from = "MaybeMoment")]
    pub sent_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeMoment")]
    pub tried_at: Option<Timestamp>,
}

pub async fn post_room(store: &Store, _: &Permit<SendReminders>, limit: u32) -> Result<PostRoom, StoreError> {
    const COUNTS: &str = "select state, count(*) from reminder group by state";
    const LATEST: &str = "
        select account.name, kind, about, due_on, state, tries, failure, sent_at, tried_at
        from reminder join account on account.id = reminder.account_id
        order by noticed_at desc, reminder.id desc limit $1";
    const FAILURE: &str = "
        select failure, tried_at from reminder where state = 'due' and failure is not null
        order by tried_at desc limit 1";
    let (counts, latest, failure): (Vec<(String, i64)>, Vec<Line>, Option<(String, Option<String>)>) = on!(Pool::&store.pool, |pool| (
        sqlx::query_as(COUNTS).fetch_all(pool).await?,
        sqlx::query_as(LATEST).bind(i64::from(limit)).fetch_all(pool).await?,
        sqlx::query_as(FAILURE).fetch_optional(pool).await?,
    ));
    let counts: BTreeMap<String, i64> = counts.into_iter().collect();
    let count = |state: &str| counts.get(state).copied().unwrap_or(0).unsigned_abs();
    let (failure, tried_at) = failure.unzip();
    Ok(PostRoom {
        waiting: count("due"),
        sent: count("sent"),
        failure,
        tried_at: tried_at.flatten().and_then(|at| at.parse().ok()),
        latest,
    })
}

/// Which letters this account wants.
pub async fn wanted(store: &Store, account: &str) -> Result<Choice, StoreError> {
    const SQL: &str = "select reminders, questions from mail_choice where account_id = $1";
    let said: Option<(bool, bool)> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(account).fetch_optional(pool).await?);
    Ok(said.map_or_else(Choice::default, |(reminders, questions)| Choice { reminders, questions }))
}

/// Says which letters one wants.
pub async fn choose(tx: &mut Tx, permit: &Permit<OwnAccount>, choice: Choice) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into mail_choice (account_id, reminders, questions, changed_at) values ($1, $2, $3, $4)
        on conflict (account_id) do update set reminders = excluded.reminders, questions = excluded.questions,
            changed_at = excluded.changed_at";
    let account = permit.action().account.clone();
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&account)
        .bind(choice.reminders)
        .bind(choice.questions)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "reminders": choice.reminders, "questions": choice.questions });
    audit::append(tx, permit.actor(), "account.reminders", &account, detail).await
}
