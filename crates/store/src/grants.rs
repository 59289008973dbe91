//! Grants: what an account may be, and where. They are withdrawn, never deleted.

use domain::actor::{Actor, Function, Grant, ManageAccounts, Permit, Role, Scope};
use jiff::Timestamp;
use serde_json::json;

use crate::accounts::{self, Account};
use crate::codec::{FunctionCode, Moment, RoleCode, text};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// A grant on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub id: String,
    pub grant: Grant,
    pub given_by: String,
    pub given_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: String,
    #[sqlx(try_from = "RoleCode")]
    role: Role,
    #[sqlx(try_from = "FunctionCode")]
    function: Option<Function>,
    programme: Option<String>,
    region: Option<String>,
    organisation: Option<String>,
    enterprise: Option<String>,
    given_by: String,
    #[sqlx(try_from = "Moment")]
    given_at: Timestamp,
}

impl Row {
    fn read(self) -> (String, Given) {
        let scope = Scope {
            programme: self.programme,
            region: self.region,
            organisation: self.organisation,
            enterprise: self.enterprise,
        };
        let grant = Grant { role: self.role, function: self.function, scope };
        (self.account_id, Given { id: self.id, grant, given_by: self.given_by, given_at: self.given_at })
    }
}

/// Gives a grant; `id` is a fresh id of the caller's. It counts from the account's next request on.
pub async fn give(
    tx: &mut Tx,
    permit: &Permit<ManageAccounts>,
    id: &str,
    grant: &Grant,
) -> Result<(), StoreError> {
    let account = permit.action().account.clone();
    accounts::get_in(tx, &account).await?;
    write(tx, permit.actor(), &account, id, grant).await?;
    audit::append(tx, permit.actor(), "grant.give", &account, json!({ "grant": id, "what": grant })).await
}

/// Writes a grant down; the caller writes the audit entry.
pub(crate) async fn write(
    tx: &mut Tx,
    actor: &Actor,
    account: &str,
    id: &str,
    grant: &Grant,
) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into account_grant (id, account_id, role, function, programme, region, organisation, enterprise,
            given_by, given_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    grant.check()?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(account)
        .bind(grant.role.code())
        .bind(grant.function.map(Function::code))
        .bind(&grant.scope.programme)
        .bind(&grant.scope.region)
        .bind(&grant.scope.organisation)
        .bind(&grant.scope.enterprise)
        .bind(&actor.id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    Ok(())
}

/// Withdraws a grant of the account, from its next request on.
pub async fn withdraw(tx: &mut Tx, permit: &Permit<ManageAccounts>, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        update account_grant set withdrawn_by = $3, withdrawn_at = $4
        where id = $1 and account_id = $2 and withdrawn_at is null";
    let account = permit.action().account.clone();
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .bind(&account)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 0 {
        return Err(StoreError::not_found("grant", id));
    }
    audit::append(tx, permit.actor(), "grant.withdraw", &account, json!({ "grant": id })).await?;
    accounts::refuse_to_lock_everybody_out(tx).await
}

/// The grants of an account, oldest first.
pub async fn of_account(
    store: &Store,
    _permit: &Permit<ManageAccounts>,
    account: &str,
) -> Result<Vec<Given>, StoreError> {
    Ok(read(store, account, account).await?.into_iter().map(|(_, given)| given).collect())
}

/// Fills in what each account may be.
pub(crate) async fn fill(store: &Store, accounts: &mut [Account]) -> Result<(), StoreError> {
    let ids = || accounts.iter().map(|account| account.id.as_str());
    let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(()) };
    for (owner, given) in read(store, first, last).await? {
        if let Some(account) = accounts.iter_mut().find(|account| account.id == owner) {
            account.grants.push(given.grant);
        }
    }
    Ok(())
}

pub(crate) async fn fill_one(store: &Store, account: Option<Account>) -> Result<Option<Account>, StoreError> {
    let Some(mut account) = account else { return Ok(None) };
    fill(store, std::slice::from_mut(&mut account)).await?;
    Ok(Some(account))
}

pub(crate) async fn fill_in(tx: &mut Tx, account: &mut Account) -> Result<(), StoreError> {
    let rows: Vec<Row> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(GIVEN)
        .bind(&account.id)
        .bind(&account.id)
        .fetch_all(&mut **conn)
        .await?);
    account.grants = rows.into_iter().map(|row| row.read().1.grant).collect();
    Ok(())
}

const GIVEN: &str = "
    select * from account_grant
    where account_id >= $1 and account_id <= $2 and withdrawn_at is null order by id";

async fn read(store: &Store, first: &str, last: &str) -> Result<Vec<(String, Given)>, StoreError> {
    let rows: Vec<Row> = on!(Pool::&store.pool, |pool| sqlx::query_as(GIVEN)
        .bind(first)
        .bind(last)
        .fetch_all(pool)
        .await?);
    Ok(rows.into_iter().map(Row::read).collect())
}
