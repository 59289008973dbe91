//! The engine: SQL over files and snapshots, and our aggregate functions for it.
//!
//! `weighted_quantile(x, w, p)` is an exact weighted quantile. `cube(plan, columns, …)` is the
//! whole cube of the rows of one partition: `group by year` shares the years out, on one machine
//! or on many, and [`combine`] puts the partitions' cubes together. Their states can be merged in
//! any order, because all sums are exact.
//!
//! The engine runs on a runtime of its own, so that heavy queries never hold up a web server.

mod combine;
mod cube_aggregate;
mod weighted_quantile;

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use bytes::Bytes;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::AggregateUDF;
use datafusion::prelude::{ParquetReadOptions, SessionConfig};
use domain::catalogue::Catalogue;
use domain::cube::{Cube, Provenance};
use domain::plan::CubePlan;

pub use combine::combine;
pub use cube_aggregate::CubeAggregate;
pub use weighted_quantile::WeightedQuantile;

use crate::error::StatisticsError;
use crate::source::Input;

/// The name under which queries see the files.
pub const TABLE: &str = "snapshot";

/// Teaches a session our functions.
pub fn register(context: &SessionContext, catalogue: &Arc<Catalogue>) {
    context.register_udaf(AggregateUDF::from(WeightedQuantile::new()));
    context.register_udaf(AggregateUDF::from(CubeAggregate::new(catalogue.clone())));
}

/// Runs a query over files, which it sees as the table `snapshot`.
pub fn sql(
    input: &Input,
    query: &str,
    catalogue: &Arc<Catalogue>,
    threads: usize,
) -> Result<Vec<RecordBatch>, StatisticsError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.clamp(1, 64))
        .enable_all()
        .build()
        .map_err(|error| StatisticsError::Query(error.to_string()))?;
    runtime
        .block_on(run(input, query, catalogue, threads))
        .map_err(|error| StatisticsError::Query(error.to_string()))
}

async fn run(
    input: &Input,
    query: &str,
    catalogue: &Arc<Catalogue>,
    threads: usize,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    let config = SessionConfig::new().with_target_partitions(threads.clamp(1, 64));
    let context = SessionContext::new_with_config(config);
    register(&context, catalogue);
    let files: Vec<String> = input.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let table =
        context.read_parquet(files, ParquetReadOptions { file_extension: "", ..Default::default() }).await?;
    context.register_table(TABLE, table.into_view())?;
    context.sql(query).await?.collect().await
}

/// Computes a cube with SQL: one aggregate function, grouped by the time of the plan. Gives the
/// same cube as [`crate::compute`], which is what one machine should use.
pub fn cube(
    input: &Input,
    plan: &CubePlan,
    catalogue: &Arc<Catalogue>,
    provenance: Provenance,
    threads: usize,
) -> Result<Cube, StatisticsError> {
    let query = cube_aggregate::query(input, plan)?;
    let mut cubes = Vec::new();
    for batch in sql(input, &query, catalogue, threads)? {
        let column = batch.column(0).as_binary::<i32>();
        for row in 0..batch.num_rows() {
            let bytes = column.value(row).to_vec();
            cubes.push(
                crate::cube_file::parquet::read_from(Bytes::from(bytes)).map_err(StatisticsError::Query)?,
            );
        }
    }
    let mut cube = combine(cubes, plan, catalogue)?;
    cube.provenance = crate::compute::describe(provenance, plan);
    Ok(cube)
}
