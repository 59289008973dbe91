//! Organisations on record.

use domain::actor::{Action, Permit};
use domain::organisation::{Organisation, RecordOrganisation};
use serde_json::json;

use crate::codec::{Document, text, to_json};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// Puts an organisation on record, or replaces what stood there; the audit log keeps every state.
pub async fn record(tx: &mut Tx, permit: &Permit<RecordOrganisation>) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into organisation (id, name, kind, region, detail, recorded_by, recorded_at, changed_by, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $6, $7)
        on conflict (id) do update set
            name = excluded.name, kind = excluded.kind, region = excluded.region, detail = excluded.detail,
            version = organisation.version + 1, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    let organisation = &permit.action().organisation;
    organisation.check()?;
    let detail = to_json(organisation)?;
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&organisation.id)
        .bind(organisation.name.trim())
        .bind(organisation.kind.code())
        .bind(&organisation.region)
        .bind(&detail)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    let detail = json!({ "organisation": organisation });
    audit::append(tx, permit.actor(), RecordOrganisation::NAME, &organisation.id, detail).await
}

/// Every organisation, by name. Their names are no secret; there are few of them.
pub async fn all(store: &Store) -> Result<Vec<Organisation>, StoreError> {
    const SQL: &str = "select detail from organisation order by name, id";
    let rows: Vec<Document> = on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).fetch_all(pool).await?);
    rows.into_iter()
        .map(|row| {
            serde_json::from_value(row.into())
                .map_err(|error| StoreError::Unreadable { what: format!("organisation: {error}") })
        })
        .collect()
}

pub async fn find(store: &Store, id: &str) -> Result<Option<Organisation>, StoreError> {
    Ok(all(store).await?.into_iter().find(|organisation| organisation.id == id))
}
