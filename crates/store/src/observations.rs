//! Observations of enterprises: recorded with their doubts, corrected by naming what they correct, reviewed.
//!
//! An observation is never overwritten. Recording computes and judges it inside the transaction that writes
//! it, so that two who record the same stage at once do not both win.

use domain::actor::{Permit, Place, Reach, ReadObservations, RecordObservation, ReviewObservation};
use domain::indicator::{Indicator, Verification};
use domain::observation::{
    Circumstances, Doubt, NewObservation, Observation, Quality, Reading, Stage, examine,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::clauses::{Clauses, PlaceColumns, fetch_clauses};
use crate::codec::{Moment, text, to_json};
use crate::{Connection, Page, Pool, Store, StoreError, Tx, audit, results};

/// An observation and who recorded it when.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub observation: Observation,
    /// Corrected by a later one, which names it.
    pub replaced: bool,
    pub recorded_by: String,
    pub recorded_at: Timestamp,
    pub review_note: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    programme: String,
    indicator: String,
    version: i64,
    enterprise_id: String,
    engagement_id: String,
    training_id: Option<String>,
    stage: String,
    period_from: String,
    period_to: String,
    reading: String,
    value: Option<f64>,
    output_unit: String,
    verification: Option<String>,
    evidence: String,
    quality: String,
    doubts: String,
    replaces: Option<String>,
    replaced: bool,
    synthetic: bool,
    recorded_by: String,
    #[sqlx(try_from = "Moment")]
    recorded_at: Timestamp,
    review_note: String,
}

impl Row {
    fn recorded(self) -> Result<Recorded, StoreError> {
        let unreadable =
            |what: &str| StoreError::Unreadable { what: format!("{what} of observation `{}`", self.id) };
        let date = |text: &str| text.parse::<Date>().map_err(|_| unreadable("the period"));
        let reading: Reading = serde_json::from_str(&self.reading).map_err(|_| unreadable("the reading"))?;
        let doubts: Vec<Doubt> = serde_json::from_str(&self.doubts).map_err(|_| unreadable("the doubts"))?;
        let new = NewObservation {
            stage: Stage::parse(&self.stage).ok_or_else(|| unreadable("the stage"))?,
            from: date(&self.period_from)?,
            to: date(&self.period_to)?,
            version: u32::try_from(self.version).map_err(|_| unreadable("the version"))?,
            verification: self.verification.as_deref().and_then(Verification::parse),
            reading,
            id: self.id.clone(),
            programme: self.programme,
            indicator: self.indicator,
            enterprise: self.enterprise_id,
            engagement: self.engagement_id,
            training: self.training_id,
            output_unit: self.output_unit,
            evidence: self.evidence,
            replaces: self.replaces,
            synthetic: self.synthetic,
        };
        let quality = Quality::parse(&self.quality).ok_or_else(|| StoreError::Unreadable {
            what: format!("the quality of observation `{}`", self.id),
        })?;
        Ok(Recorded {
            observation: Observation { new, value: self.value, quality, doubts },
            replaced: self.replaced,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
            review_note: self.review_note,
        })
    }
}

/// What stands around a new observation that the ledger of results does not know itself.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub today: Date,
    /// First day of the first workshop of the engagement.
    pub workshop_on: Option<Date>,
}

/// Records an observation, or corrects one, by the rules of [`examine`].
pub async fn record(
    tx: &mut Tx,
    permit: &Permit<RecordObservation>,
    new: NewObservation,
    indicator: &Indicator,
    around: Around,
) -> Result<Observation, StoreError> {
    if permit.action().engagement != new.engagement {
        return Err(StoreError::Conflict { rule: "the permit is for another engagement" });
    }
    stands_there(tx, &new.engagement, &permit.action().place).await?;
    let earlier: Vec<Observation> = standing(tx, &new.engagement, &new.indicator).await?;
    let circumstances =
        Circumstances { today: around.today, workshop_on: around.workshop_on, earlier: &earlier };
    let observation = examine(new, indicator, &circumstances).map_err(|error| StoreError::Rule(error.0))?;
    if let Some(old) = &observation.new.replaces {
        mark_replaced(tx, old).await?;
    }
    insert(tx, &permit.actor().id, &observation).await?;
    results::grow(tx, &observation.new.programme).await?;
    let new = &observation.new;
    let detail = json!({
        "engagement": new.engagement,
        "indicator": new.indicator,
        "stage": new.stage.code(),
        "quality": observation.quality.code(),
        "replaces": new.replaces,
    });
    audit::append(tx, permit.actor(), "observation.record", &new.id, detail).await?;
    Ok(observation)
}

/// A permit for a place that was only claimed opens nothing: where the engagement stands is looked up again.
async fn stands_there(tx: &mut Tx, engagement: &str, claimed: &Place) -> Result<(), StoreError> {
    const SQL: &str =
        "select programme, region, organisation_id, enterprise_id from engagement where id = $1";
    let found: Option<(String, String, String, String)> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
            .bind(engagement)
            .fetch_optional(&mut **conn)
            .await?);
    let Some((programme, region, organisation, enterprise)) = found else { return Ok(()) };
    let there = Place::programme(programme).in_region(region).of_organisation(organisation);
    if there.of_enterprise(enterprise) == *claimed {
        Ok(())
    } else {
        Err(StoreError::Conflict { rule: "place" })
    }
}

async fn engagement_of(tx: &mut Tx, observation: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "select engagement_id from observation where id = $1";
    Ok(on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(observation)
        .fetch_optional(&mut **conn)
        .await?))
}

/// What stands of one indicator in one engagement.
async fn standing(tx: &mut Tx, engagement: &str, indicator: &str) -> Result<Vec<Observation>, StoreError> {
    const SQL: &str = "
        select * from observation
        where engagement_id = $1 and indicator = $2 and not replaced and quality <> 'rejected' order by id";
    let rows: Vec<Row> = on!(Connection::&mut tx.connection, |conn| sqlx::query_as(SQL)
        .bind(engagement)
        .bind(indicator)
        .fetch_all(&mut **conn)
        .await?);
    rows.into_iter().map(|row| Ok(row.recorded()?.observation)).collect()
}

async fn mark_replaced(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "update observation set replaced = true where id = $1 and not replaced";
    let changed = on!(Connection::&mut tx.connection, |conn| sqlx::query(SQL)
        .bind(id)
        .execute(&mut **conn)
        .await?
        .rows_affected());
    if changed == 1 { Ok(()) } else { Err(StoreError::not_found("observation", id)) }
}

async fn insert(tx: &mut Tx, actor: &str, observation: &Observation) -> Result<(), StoreError> {
    const SQL: &str = "
        insert into observation (id, programme, indicator, version, enterprise_id, engagement_id, training_id, stage,
            period_from, period_to, reading, value, output_unit, verification, evidence, quality, doubts, replaces,
            synthetic, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    let new = &observation.new;
    let (reading, doubts, at) = (to_json(&new.reading)?, to_json(&observation.doubts)?, text(tx.at));
    on!(Connection::&mut tx.connection, |conn| {
        sqlx::query(SQL)
            .bind(&new.id)
            .bind(&new.programme)
            .bind(&new.indicator)
            .bind(i64::from(new.version))
            .bind(&new.enterprise)
            .bind(&new.engagement)
            .bind(&new.training)
            .bind(new.stage.code())
            .bind(new.from.to_string())
            .bind(new.to.to_string())
            .bind(&reading)
            .bind(observation.value)
            .bind(&new.output_unit)
            .bind(new.verification.map(Verification::code))
            .bind(&new.evidence)
            .bind(observation.quality.code())
            .bind(&doubts)
            .bind(&new.replaces)
            .bind(new.synthetic)
            .bind(actor)
            .bind(&at)
            .execute(&mut **conn)
            .await?;
    });
    Ok(())
}

/// Confirms or rejects a value that is held; `sound` and `doubtful` are for the checks alone to say.
pub async fn review(
    tx: &mut Tx,
    permit: &Permit<ReviewObservation>,
    confirm: bool,
    note: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "
        update observation set quality = $2, reviewed_by = $3, reviewed_at = $4, review_note = $5
        where id = $1 and quality = 'doubtful' and not replaced returning programme";
    let id = &permit.action().observation;
    if let Some(engagement) = engagement_of(tx, id).await? {
        stands_there(tx, &engagement, &permit.action().place).await?;
    }
    let quality = if confirm { Quality::Confirmed } else { Quality::Rejected };
    let at = text(tx.at);
    let programme: Option<String> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(SQL)
        .bind(id)
        .bind(quality.code())
        .bind(&permit.actor().id)
        .bind(&at)
        .bind(note.trim())
        .fetch_optional(&mut **conn)
        .await?);
    let Some(programme) = programme else {
        return Err(StoreError::State {
            noun: "observation",
            id: id.clone(),
            state: "reviewed or corrected".into(),
        });
    };
    results::grow(tx, &programme).await?;
    let detail = json!({ "quality": quality.code(), "note": note.trim() });
    audit::append(tx, permit.actor(), "observation.review", id, detail).await
}

/// One observation, whether it stands or was corrected.
pub async fn get(store: &Store, id: &str) -> Result<Recorded, StoreError> {
    const SQL: &str = "select * from observation where id = $1";
    let row: Option<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?);
    row.ok_or_else(|| StoreError::not_found("observation", id))?.recorded()
}

/// Every observation of an engagement with those that were corrected, oldest first.
pub async fn of_engagement(store: &Store, engagement: &str) -> Result<Vec<Recorded>, StoreError> {
    const SQL: &str =
        "select * from observation where engagement_id = $1 order by indicator, recorded_at, id";
    let rows: Vec<Row> =
        on!(Pool::&store.pool, |pool| sqlx::query_as(SQL).bind(engagement).fetch_all(pool).await?);
    rows.into_iter().map(Row::recorded).collect()
}

/// Values that wait for a review, within the reach, with the name of the enterprise; newest first.
pub async fn doubtful(
    store: &Store,
    reach: &Reach<ReadObservations>,
    programme: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<Page<(Recorded, String)>, StoreError> {
    #[derive(sqlx::FromRow)]
    struct Named {
        #[sqlx(flatten)]
        row: Row,
        enterprise_name: String,
    }
    const COLUMNS: PlaceColumns = PlaceColumns {
        programme: Some("there.programme"),
        region: "there.region",
        organisation: "there.organisation_id",
        enterprise: "there.enterprise_id",
    };
    let mut clauses = Clauses::default();
    clauses.within(reach.scopes(), COLUMNS);
    // The few doubtful values are walked along, newest first, and asked where they stand; never the other way
    // round.
    let mut clauses = clauses.wrapped(|here| {
        format!("exists (select 1 from engagement there where there.id = o.engagement_id and {here})")
    });
    clauses.equals("o.programme", Some(programme));
    if let Some(before) = before {
        let before = clauses.bind(before);
        clauses.and(format!("o.id < {before}"));
    }
    let sql = format!(
        "select o.*, coalesce(n.name, e.enterprise_id) as enterprise_name
        from observation o join engagement e on e.id = o.engagement_id
        left join enterprise n on n.id = e.enterprise_id
        where o.quality = 'doubtful' and o.replaced = false and {} order by o.id desc limit {}",
        clauses.text(),
        limit + 1
    );
    let rows = fetch_clauses!(store, Named, sql, &clauses.values);
    let rows: Vec<(Recorded, String)> = rows
        .into_iter()
        .map(|named| Ok((named.row.recorded()?, named.enterprise_name)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Page::cut(rows, limit, |(recorded, _)| recorded.observation.new.id.clone()))
}
