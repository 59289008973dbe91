//! Case studies: their figures against the records, and those that were published, for everybody.

use domain::delivery::{CaseStudy, Origin, Pair, Refusal};

use super::rows::CaseStudyRow;
use crate::{Connection, Pool, Store, StoreError, Tx};

/// A published case with what the library sorts by.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub case_study: CaseStudy,
    pub module: String,
    /// The province alone: a case may hide who it is.
    pub province: String,
    /// Main activity of the enterprise, a code of KBLI; shown by its first two digits.
    pub activity: Option<String>,
    pub synthetic: bool,
}

#[derive(sqlx::FromRow)]
struct PublishedRow {
    #[sqlx(flatten)]
    case_study: CaseStudyRow,
    module: String,
    province: String,
    activity: Option<String>,
    synthetic: bool,
}

const SELECT: &str = "
    select case_study.*, course.module, substr(engagement.region, 1, 2) as province, enterprise.activity,
        engagement.synthetic
    from case_study
    join engagement on engagement.id = case_study.engagement_id
    join course on course.id = case_study.course_id
    left join enterprise on enterprise.id = engagement.enterprise_id
    where case_study.state = 'published' and engagement.programme = $1";

impl PublishedRow {
    fn read(self) -> Result<Published, StoreError> {
        Ok(Published {
            case_study: self.case_study.read()?,
            module: self.module,
            province: self.province,
            activity: self.activity,
            synthetic: self.synthetic,
        })
    }
}

/// The two observations of an indicator that stand: the baseline and the latest.
async fn observed(
    tx: &mut Tx,
    engagement: &str,
    indicator: &str,
) -> Result<(Option<f64>, Option<f64>), StoreError> {
    const BEFORE: &str = "
        select value from observation
        where engagement_id = $1 and indicator = $2 and stage = 'baseline' and not replaced";
    const AFTER: &str = "
        select value from observation
        where engagement_id = $1 and indicator = $2 and stage <> 'baseline' and not replaced
        order by period_to desc, id desc limit 1";
    let mut values = [None, None];
    for (value, sql) in values.iter_mut().zip([BEFORE, AFTER]) {
        let found: Option<Option<f64>> = on!(Connection::&mut tx.connection, |conn| sqlx::query_scalar(sql)
                .bind(engagement)
                .bind(indicator)
                .fetch_optional(&mut **conn)
                .await?);
        *value = found.flatten();
    }
    Ok((values[0], values[1]))
}

/// Figures that are said to be observed must be what stands on record. An amount that was brought to the
/// prices of a later year cannot equal the one on record; both must be there all the same.
pub(super) async fn refuse_unrecorded(
    tx: &mut Tx,
    engagement: &str,
    pairs: &[Pair],
) -> Result<(), StoreError> {
    for pair in pairs {
        let Origin::Observed { indicator, prices } = &pair.origin else { continue };
        let (before, after) = observed(tx, engagement, indicator).await?;
        let same = after == Some(pair.after)
            && before.is_some()
            && pair.before.is_some()
            && (prices.is_some() || before == pair.before);
        if !same {
            return Err(Refusal::NotAsRecorded { label: pair.label.clone() }.into());
        }
    }
    Ok(())
}

/// The published cases of a programme, the newest first; a problem narrows.
pub async fn published(
    store: &Store,
    programme: &str,
    problem: Option<&str>,
    limit: u32,
) -> Result<Vec<Published>, StoreError> {
    let sql = format!(
        "{SELECT} and ($2 is null or case_study.problem_kind = $2)
        order by case_study.published_on desc, case_study.id desc limit $3"
    );
    let rows: Vec<PublishedRow> = on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
            .bind(programme)
            .bind(problem)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await?);
    rows.into_iter().map(PublishedRow::read).collect()
}

/// One published case.
pub async fn find(store: &Store, programme: &str, id: &str) -> Result<Option<Published>, StoreError> {
    let sql = format!("{SELECT} and case_study.id = $2");
    let row: Option<PublishedRow> = on!(Pool::&store.pool, |pool| sqlx::query_as(sqlx::AssertSqlSafe(sql.clone()))
            .bind(programme)
            .bind(id)
            .fetch_optional(pool)
            .await?);
    row.map(PublishedRow::read).transpose()
}
