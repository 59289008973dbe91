//! Engagements in lists: pipelines, what is due, who was reached.

use domain::actor::Reach;
use domain::delivery::{Act, Allowed, ReadDelivery, Refusal};

use super::NO_DAY;
use super::apply::write_row;
use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::text;
use crate::{Connection, Page, Pool, Store, StoreError, Tx};

/// One engagement as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub id: String,
    pub enterprise_id: String,
    pub enterprise_name: String,
    pub programme: String,
    pub product: String,
    pub organisation_id: String,
    pub region: String,
    pub state: String,
    pub trainer_id: Option<String>,
    /// The code of the step that comes next; nothing if none does.
    pub next_step: Option<String>,
    pub next_on: Option<String>,
    /// The module of the course that comes next.
    pub module: Option<String>,
    pub synthetic: bool,
}

/// What narrows a list. Everything left open is not asked.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    pub programme: Option<&'a str>,
    pub state: Option<&'a str>,
    pub next_step: Option<&'a str>,
    pub trainer: Option<&'a str>,
    pub enterprise: Option<&'a str>,
    /// Due on this day or before, as an ISO date.
    pub due_by: Option<&'a str>,
}

/// Enters an engagement. An enterprise goes through a programme once at a time.
pub(super) async fn select(tx: &mut Tx, allowed: &Allowed) -> Result<(), StoreError> {
    const THERE: &str = "select count(*) from enterprise where id = $1";
    const BUSY: &str = "
        select count(*) from engagement
        where enterprise_id = $1 and programme = $2 and state not in ('exited', 'withdrawn')";
    const ADD: &str = "
        insert into engagement (id, enterprise_id, programme, phase, product, organisation_id, region, state,
            version, selected_on, synthetic, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'selected', 0, $8, $9, $10, $11)";
    let order = allowed.order();
    let Act::Select { enterprise, programme, phase, product, organisation, region, on, synthetic } =
        &order.act
    else {
        return Ok(());
    };
    let there: i64 = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(THERE)
        .bind(enterprise)
        .fetch_one(&mut **conn)
        .await?);
    if there == 0 {
        return Err(Refusal::NotThere { noun: "enterprise" }.into());
    }
    let busy: i64 = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(BUSY)
        .bind(enterprise)
        .bind(programme)
        .fetch_one(&mut **conn)
        .await?);
    if busy > 0 {
        return Err(Refusal::AlreadyThere { noun: "engagement" }.into());
    }
    let place = &order.place;
    let same = |side: &Option<String>, value: &str| side.as_deref() == Some(value);
    if !(same(&place.programme, programme)
        && same(&place.region, region)
        && same(&place.organisation, organisation)
        && same(&place.enterprise, enterprise))
    {
        return Err(StoreError::Conflict { rule: "place" });
    }
    let at = text(tx.at);
    write_row!(
        tx,
        ADD,
        &order.engagement,
        enterprise,
        programme,
        phase,
        product,
        organisation,
        region,
        on.to_string(),
        *synthetic,
        &allowed.actor().id,
        &at,
    );
    Ok(())
}

/// Where an engagement stands.
pub(super) const PLACE: PlaceColumns = PlaceColumns {
    programme: Some("engagement.programme"),
    region: "engagement.region",
    organisation: "engagement.organisation_id",
    enterprise: "engagement.enterprise_id",
};

/// What is due first comes first, then what has no day; `after` is the `next` of the page before.
pub async fn list(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    filter: &Filter<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<Line>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    for (column, wanted) in [
        ("engagement.programme", filter.programme),
        ("engagement.state", filter.state),
        ("engagement.next_step", filter.next_step),
        ("engagement.trainer_id", filter.trainer),
        ("engagement.enterprise_id", filter.enterprise),
    ] {
        clauses.equals(column, wanted);
    }
    if let Some(due_by) = filter.due_by {
        let due_by = clauses.bind(due_by);
        clauses.and(format!("engagement.next_on <= {due_by}"));
    }
    if let Some((day, id)) = after.and_then(|after| after.split_once('~')) {
        let (day, id) = (clauses.bind(day), clauses.bind(id));
        clauses.and(format!("(engagement.next_on, engagement.id) > ({day}, {id})"));
    }
    let sql = format!(
        "select engagement.id, enterprise_id, coalesce(enterprise.name, enterprise_id) as enterprise_name,
            engagement.programme, product, engagement.organisation_id, engagement.region, engagement.state,
            trainer_id, next_step, nullif(next_on, '{NO_DAY}') as next_on, course.module, engagement.synthetic
        from engagement
        left join enterprise on enterprise.id = engagement.enterprise_id
        left join course on course.id = engagement.next_course
        where {} order by engagement.next_on, engagement.id limit {}",
        clauses.text(),
        limit + 1
    );
    let rows = fetch_clauses!(store, Line, sql, &clauses.values);
    Ok(Page::cut(rows, limit, |line| format!("{}~{}", line.next_on.as_deref().unwrap_or(NO_DAY), line.id)))
}

/// How many engagements stand at each step, within reach.
pub async fn pipeline(
    store: &Store,
    reach: &Reach<ReadDelivery>,
    programme: Option<&str>,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), PLACE);
    clauses.equals("engagement.programme", programme);
    let sql = format!(
        "select state, coalesce(next_step, ''), count(*) from engagement where {} group by 1, 2 order by 1, 2",
        clauses.text()
    );
    Ok(fetch_clauses!(store, (String, String, i64), sql, &clauses.values))
}

/// Enterprises that began a programme, by province. Counts alone; whoever shows them hides small ones.
/// Two entries that were merged are one enterprise.
pub async fn reached_by_province(store: &Store, programme: &str) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str = "
        select substr(engagement.region, 1, 2),
            count(distinct coalesce(enterprise.canonical_id, engagement.enterprise_id))
        from engagement left join enterprise on enterprise.id = engagement.enterprise_id
        where programme = $1 and state not in ('selected', 'withdrawn') group by 1 order by 1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?))
}

/// Is anything of this programme made up for a demonstration?
pub async fn any_synthetic(store: &Store, programme: &str) -> Result<bool, StoreError> {
    const SQL: &str = "select id from engagement where programme = $1 and synthetic = true limit 1";
    let one: Option<String> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(programme).fetch_optional(pool).await?);
    Ok(one.is_some())
}

/// What the enterprise of an engagement is called.
pub async fn enterprise_name(store: &Store, engagement: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "
        select enterprise.name from engagement join enterprise on enterprise.id = engagement.enterprise_id
        where engagement.id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(engagement).fetch_optional(pool).await?))
}

/// An enterprise of the register as the form of a selection shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Candidate {
    pub id: String,
    pub name: String,
    pub region: String,
    pub organisation_id: Option<String>,
    pub synthetic: bool,
}

/// The enterprise that is to be selected. Whoever shows it asks first whether the reader arranges there.
pub async fn candidate(store: &Store, enterprise: &str) -> Result<Option<Candidate>, StoreError> {
    const SQL: &str = "select id, name, region, organisation_id, synthetic from enterprise where id = $1";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(enterprise).fetch_optional(pool).await?))
}

/// Organisations that may provide, by name: id and name.
pub async fn providers(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "select id, name from organisation order by name, id limit 500";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).fetch_all(pool).await?))
}

/// Accounts that are trainers of an organisation: id and name.
pub async fn trainers(store: &Store, organisation: &str) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "
        select distinct account.id, account.name from account
        join account_grant on account_grant.account_id = account.id
        where account_grant.role = 'trainer' and account_grant.organisation = $1
            and account_grant.withdrawn_at is null and not account.disabled
        order by account.name, account.id limit 500";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(organisation).fetch_all(pool).await?))
}
