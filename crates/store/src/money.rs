//! Costs and contributions in whole rupiah, entry by entry. A correction is a new entry that names the old
//! one.

use domain::actor::{BookMoney, Permit, Place, Reach, ReadMoney};
use domain::money::{Costs, Grouping, NewEntry, Side};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::{Moment, text};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit, results};

/// An entry, and who booked it when.
#[derive(Clone, Debug, PartialEq)]
pub struct Booked {
    pub entry: NewEntry,
    pub replaced: bool,
    pub recorded_by: String,
    pub recorded_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    programme: String,
    training_id: String,
    organisation_id: String,
    phase: String,
    module: String,
    product: String,
    region: String,
    booked_on: String,
    side: String,
    code: String,
    in_kind: bool,
    amount: i64,
    evidence: String,
    replaces: Option<String>,
    replaced: bool,
    synthetic: bool,
    recorded_by: String,
    #[sqlx(try_from = "Moment")]
    recorded_at: Timestamp,
}

impl Row {
    fn booked(self) -> Result<Booked, StoreError> {
        let unreadable = || StoreError::Unreadable { what: format!("money entry `{}`", self.id) };
        let entry = NewEntry {
            on: self.booked_on.parse().map_err(|_| unreadable())?,
            side: match self.side.as_str() {
                "cost" => Side::Cost(self.code),
                _ => Side::Contribution(self.code),
            },
            id: self.id,
            programme: self.programme,
            training: self.training_id,
            organisation: self.organisation_id,
            phase: self.phase,
            module: self.module,
            product: self.product,
            region: self.region,
            in_kind: self.in_kind,
            amount: self.amount,
            evidence: self.evidence,
            replaces: self.replaces,
            synthetic: self.synthetic,
        };
        Ok(Booked {
            entry,
            replaced: self.replaced,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }
}

const COLUMNS: PlaceColumns = PlaceColumns {
    programme: Some("programme"),
    region: "region",
    organisation: "organisation_id",
    // Money belongs to a training, never to one enterprise.
    enterprise: "''",
};

/// Books an entry, or corrects one.
pub async fn book(
    tx: &mut Tx,
    permit: &Permit<BookMoney>,
    new: &NewEntry,
    costs: &Costs,
    today: Date,
) -> Result<(), StoreError> {
    const REPLACE: &str = "
        update money_entry set replaced = true
        where id = $1 and programme = $2 and training_id = $3 and not replaced";
    if permit.action().entry != new.id {
        return Err(StoreError::Conflict { rule: "the permit is for another entry" });
    }
    let place = Place::programme(&new.programme).in_region(&new.region).of_organisation(&new.organisation);
    if permit.action().place != place {
        return Err(StoreError::Conflict { rule: "place" });
    }
    new.check(costs, today).map_err(|error| StoreError::Rule(error.0))?;
    if let Some(old) = &new.replaces {
        let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(REPLACE)
            .bind(old)
            .bind(&new.programme)
            .bind(&new.training)
            .execute(&mut **conn)
            .await?
            .rows_affected());
        if changed != 1 {
            return Err(StoreError::not_found("money entry", old));
        }
    }
    insert(tx, &permit.actor().id, new).await?;
    results::grow(tx, &new.programme).await?;
    let (side, code) = side(&new.side);
    let detail = json!({
        "training": new.training, "side": side, "code": code, "amount": new.amount, "replaces": new.replaces,
    });
    audit::append(tx, permit.actor(), "money.book", &new.id, detail).await
}

fn side(side: &Side) -> (&'static str, &str) {
    match side {
        Side::Cost(code) => ("cost", code),
        Side::Contribution(code) => ("contribution", code),
    }
}

async fn insert(tx: &mut Tx, actor: &str, new: &NewEntry) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into money_entry (id, programme, training_id, organisation_id, phase, module, product, region,
            booked_on, side, code, in_kind, amount, evidence, replaces, synthetic, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let ((side, code), at) = (side(&new.side), text(tx.at));
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(&new.programme)
            .bind(&new.training)
            .bind(&new.organisation)
            .bind(&new.phase)
            .bind(&new.module)
            .bind(&new.product)
            .bind(&new.region)
            .bind(new.on.to_string())
            .bind(side)
            .bind(code)
            .bind(new.in_kind)
            .bind(new.amount)
            .bind(&new.evidence)
            .bind(&new.replaces)
            .bind(new.synthetic)
            .bind(actor)
            .bind(&at)
            .execute(&mut **conn)
            .await?;
    });
    Ok(())
}

/// Every entry that stands, within the reach; for sums.
pub async fn standing(
    store: &Store,
    reach: &Reach<ReadMoney>,
    programme: &str,
) -> Result<Vec<NewEntry>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), COLUMNS);
    clauses.equals("programme", Some(programme));
    let sql = format!("select * from money_entry where not replaced and {} order by id", clauses.text());
    let rows = fetch_clauses!(store, Row, sql, &clauses.values);
    rows.into_iter().map(|row| Ok(row.booked()?.entry)).collect()
}

/// Every entry of a programme that stands, for what is told of the whole programme: targets and cost
/// recovery.
pub async fn all(store: &Store, programme: &str) -> Result<Vec<NewEntry>, StoreError> {
    const SQL: &str = "select * from money_entry where programme = $1 and not replaced order by id";
    let rows: Vec<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(programme).fetch_all(pool).await?);
    rows.into_iter().map(|row| Ok(row.booked()?.entry)).collect()
}

/// What stands of some trainings.
pub async fn of_trainings(store: &Store, trainings: &[String]) -> Result<Vec<NewEntry>, StoreError> {
    let mut clauses = Clauses::default();
    let any = clauses.bind_all(trainings);
    clauses.and(format!("training_id in ({any}) and not replaced"));
    let sql = format!("select * from money_entry where {} order by id", clauses.text());
    let rows = fetch_clauses!(store, Row, sql, &clauses.values);
    rows.into_iter().map(|row| Ok(row.booked()?.entry)).collect()
}

/// One entry.
pub async fn get(store: &Store, id: &str) -> Result<Booked, StoreError> {
    const SQL: &str = "select * from money_entry where id = $1";
    let row: Option<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    row.ok_or_else(|| StoreError::not_found("money entry", id))?.booked()
}

/// The number of a contribution among those of its provider and year, in the order in which they were
/// recorded. It never changes: nothing is deleted, and newer entries have greater ids.
pub async fn serial(store: &Store, entry: &NewEntry) -> Result<u64, StoreError> {
    const SQL: &str = "
        select count(*) from money_entry
        where organisation_id = $1 and substr(booked_on, 1, 4) = $2 and side = 'contribution' and id <= $3";
    let count: i64 = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL)
        .bind(&entry.organisation)
        .bind(format!("{:04}", entry.on.year()))
        .bind(&entry.id)
        .fetch_one(pool)
        .await?);
    Ok(count.unsigned_abs())
}

/// Entries within the reach, of one group if it is named, corrected ones too, newest first; `before` is the
/// `next` of the page before.
pub async fn list(
    store: &Store,
    reach: &Reach<ReadMoney>,
    programme: &str,
    group: Option<(Grouping, &str)>,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<Booked>, StoreError> {
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), COLUMNS);
    clauses.equals("programme", Some(programme));
    if let Some((grouping, code)) = group {
        let column = match grouping {
            Grouping::Module => "module",
            Grouping::Provider => "organisation_id",
            Grouping::Province => "substr(region, 1, 2)",
            Grouping::Phase => "phase",
            Grouping::Year => "substr(booked_on, 1, 4)",
            Grouping::Training => "training_id",
        };
        clauses.equals(column, Some(code));
    }
    if let Some(before) = before {
        let before = clauses.bind(before);
        clauses.and(format!("id < {before}"));
    }
    let sql =
        format!("select * from money_entry where {} order by id desc limit {}", clauses.text(), limit + 1);
    let rows = fetch_clauses!(store, Row, sql, &clauses.values);
    let rows = rows.into_iter().map(Row::booked).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(rows, limit, |booked| booked.entry.id.clone()))
}
