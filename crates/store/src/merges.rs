//! Two entries that are one enterprise. Nothing that hangs on them is rewritten: the merged entry
//! points to the kept one, and stops pointing when the merge is undone.

use domain::actor::{Action, Permit, Place};
use domain::enterprise::{Enterprise, MergeEnterprises, Nib, Npwp, ReadEnterprise, UndoMerge};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codec::{Document, MaybeMoment, Moment, text, to_json};
use crate::enterprises::{self, Registered, read, stands_where};
use crate::{Connection, Pool, Store, StoreError, Tx, audit};

/// A merge on record.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Merge {
    pub id: String,
    pub kept_id: String,
    pub merged_id: String,
    #[sqlx(try_from = "Document")]
    moved: Value,
    #[sqlx(try_from = "Document")]
    adopted: Value,
    pub why: String,
    pub merged_by: String,
    #[sqlx(try_from = "Moment")]
    pub merged_at: Timestamp,
    pub undone_by: Option<String>,
    #[sqlx(try_from = "MaybeMoment")]
    pub undone_at: Option<Timestamp>,
}

/// Numbers that the kept entry lacked and took over.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Adopted {
    nib: Option<Nib>,
    npwp: Option<Npwp>,
}

/// Makes two entries one.
pub async fn merge(tx: &mut Tx, permit: &Permit<MergeEnterprises>) -> Result<(), StoreError> {
    const ADD: &str = "
        insert into enterprise_merge (id, kept_id, merged_id, moved, adopted, why, merged_by, merged_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let act = permit.action();
    let kept = standing_alone(tx, &act.kept).await?;
    let merged = standing_alone(tx, &act.merged).await?;
    stands_where(&kept, &act.place)?;
    // Both must lie where the actor may.
    permit.actor().permit(MergeEnterprises { place: merged.place(), ..act.clone() })?;
    if kept.id == merged.id {
        return Err(StoreError::Conflict { rule: "an enterprise is not merged into itself" });
    }
    let moved = counted_with(tx, &merged.id).await?;
    point(tx, &moved, &kept.id).await?;
    let mut enterprise = kept.enterprise.clone();
    let adopted = adopt(&mut enterprise, &merged.enterprise);
    if adopted != Adopted::default() {
        let actor = &permit.actor().id;
        enterprises::write_detail(tx, &kept.id, &enterprise, MergeEnterprises::NAME, actor).await?;
    }
    let (moved_json, adopted_json) = (to_json(&moved)?, to_json(&adopted)?);
    on!(Connection::&mut tx.connection, |conn| sqlx::query(ADD)
        .bind(&act.id)
        .bind(&kept.id)
        .bind(&merged.id)
        .bind(&moved_json)
        .bind(&adopted_json)
        .bind(act.why.trim())
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await
        .map(drop)?);
    log_both(tx, permit, MergeEnterprises::NAME, &act.id, [&kept.id, &merged.id]).await
}

/// Takes a merge back: what counted with the merged entry before does so again.
pub async fn undo(tx: &mut Tx, permit: &Permit<UndoMerge>) -> Result<(), StoreError> {
    const DONE: &str = "
        update enterprise_merge set undone_by = $2, undone_at = $3 where id = $1 and undone_at is null";
    let act = permit.action();
    let merge = find_in(tx, &act.merge).await?;
    let kept = enterprises::get_in(tx, &merge.kept_id).await?;
    stands_where(&kept, &act.place)?;
    if kept.canonical_id != kept.id {
        let state = "merged further; undo that merge first".to_owned();
        return Err(StoreError::State { noun: "enterprise", id: kept.id, state });
    }
    let undone = on!(Connection::&mut tx.connection, |conn| sqlx::query(DONE)
        .bind(&act.merge)
        .bind(&permit.actor().id)
        .bind(text(tx.at))
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if undone == 0 {
        return Err(StoreError::State { noun: "merge", id: act.merge.clone(), state: "undone".into() });
    }
    let moved: Vec<String> = read(merge.moved)?;
    point(tx, &moved, &merge.merged_id).await?;
    let mut enterprise = kept.enterprise.clone();
    if give_back(&mut enterprise, read(merge.adopted)?) {
        enterprises::write_detail(tx, &kept.id, &enterprise, UndoMerge::NAME, &permit.actor().id).await?;
    }
    log_both(tx, permit, UndoMerge::NAME, &act.merge, [&merge.kept_id, &merge.merged_id]).await
}

/// Takes over numbers where there are none.
fn adopt(kept: &mut Enterprise, merged: &Enterprise) -> Adopted {
    let mut adopted = Adopted::default();
    if kept.nib.is_none() {
        adopted.nib = merged.nib.clone();
        kept.nib = merged.nib.clone();
    }
    if kept.npwp.is_none() {
        adopted.npwp = merged.npwp.clone();
        kept.npwp = merged.npwp.clone();
    }
    adopted
}

/// Gives numbers back that were taken over, unless somebody has corrected them since.
fn give_back(kept: &mut Enterprise, adopted: Adopted) -> bool {
    let mut changed = false;
    if adopted.nib.is_some() && kept.nib == adopted.nib {
        kept.nib = None;
        changed = true;
    }
    if adopted.npwp.is_some() && kept.npwp == adopted.npwp {
        kept.npwp = None;
        changed = true;
    }
    changed
}

async fn log_both<A>(
    tx: &mut Tx,
    permit: &Permit<A>,
    action: &str,
    merge: &str,
    pair: [&str; 2],
) -> Result<(), StoreError> {
    for subject in pair {
        let detail = json!({ "merge": merge, "kept": pair[0], "merged": pair[1] });
        audit::append(tx, permit.actor(), action, subject, detail).await?;
    }
    Ok(())
}

async fn standing_alone(tx: &mut Tx, id: &str) -> Result<Registered, StoreError> {
    let enterprise = enterprises::get_in(tx, id).await?;
    if enterprise.canonical_id == enterprise.id {
        return Ok(enterprise);
    }
    Err(StoreError::State { noun: "enterprise", id: id.to_owned(), state: "merged into another".into() })
}

async fn counted_with(tx: &mut Tx, id: &str) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "select id from enterprise where canonical_id = $1 order by id";
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(id)
        .fetch_all(&mut **conn)
        .await?))
}

async fn point(tx: &mut Tx, ids: &[String], to: &str) -> Result<(), StoreError> {
    const SQL: &str = "update enterprise set canonical_id = $2 where id = $1";
    for id in ids {
        on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
            .bind(id)
            .bind(to)
            .execute(&mut **conn)
            .await
            .map(drop)?);
    }
    Ok(())
}

async fn find_in(tx: &mut Tx, id: &str) -> Result<Merge, StoreError> {
    const SQL: &str = "select * from enterprise_merge where id = $1";
    let found: Option<Merge> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(id)
        .fetch_optional(&mut **conn)
        .await?);
    found.ok_or_else(|| StoreError::not_found("merge", id))
}

/// Where the kept enterprise of a merge stands: what one needs to ask for a permit to undo it.
pub async fn place(store: &Store, merge: &str) -> Result<Place, StoreError> {
    const SQL: &str = "select kept_id from enterprise_merge where id = $1";
    let kept: Option<String> =
        on!(Pool::&store.pool, |pool| sqlx::query_scalar(SQL).bind(merge).fetch_optional(pool).await?);
    let kept = kept.ok_or_else(|| StoreError::not_found("merge", merge))?;
    enterprises::place(store, &kept).await
}

/// The merges in which an enterprise took part, newest first.
pub async fn of(store: &Store, permit: &Permit<ReadEnterprise>) -> Result<Vec<Merge>, StoreError> {
    const SQL: &str = "
        select * from enterprise_merge where kept_id = $1 or merged_id = $1 order by merged_at desc, id desc limit 50";
    Ok(on!(Pool::&store.pool, |pool| sqlx::query_as(SQL)
        .bind(&permit.action().enterprise)
        .fetch_all(pool)
        .await?))
}
