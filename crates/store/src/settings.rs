//! Settings of the installation that people change while it runs, as JSON by key.

use domain::actor::{ChangeSetting, Permit};
use serde_json::Value;

use crate::codec::{Document, json, text};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

pub async fn find(store: &Store, key: &str) -> Result<Option<Value>, StoreError> {
    const SQL: &str = "select value from setting where key = $1";
    let value: Option<Document> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(key).fetch_optional(pool).await?);
    Ok(value.map(Value::from))
}

pub async fn set(tx: &mut Tx, permit: &Permit<ChangeSetting>, value: &Value) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into setting (key, value, changed_by, changed_at) values ($1, $2, $3, $4)
        on conflict (key) do update set
            value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    let key = permit.action().key.clone();
    on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(&key)
        .bind(json(value))
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    audit::append(tx, permit.actor(), "setting.change", &key, value.clone()).await
}
