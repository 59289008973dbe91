//! `cube(plan, columns, column…)`: the cube of the rows of a group, as the bytes of a Parquet file.
//!
//! The plan travels as JSON and the names of the columns as a list, so that the function means
//! the same wherever a part of the query runs; the catalogue belongs to the program.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, RecordBatch};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use domain::catalogue::Catalogue;
use domain::cube::Provenance;
use domain::plan::CubePlan;

use crate::error::StatisticsError;
use crate::source::{Input, Source};
use crate::{compute, dimension, recipe};

/// The query that computes a cube partition by partition.
pub(super) fn query(input: &Input, plan: &CubePlan) -> Result<String, StatisticsError> {
    let source = Source::open(input)?;
    let mut recipe = recipe::resolve(plan, &source)?;
    dimension::name_columns(plan, &source, &mut recipe.columns)?;
    let columns = recipe.columns.names;
    let json = serde_json::to_string(plan).map_err(|error| StatisticsError::Query(error.to_string()))?;
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let named: Vec<String> =
        columns.iter().map(|column| format!("\"{}\"", column.replace('"', "\"\""))).collect();
    let call = format!("cube({}, {}, {})", quoted(&json), quoted(&columns.join("\n")), named.join(", "));
    let time = plan.dimensions.iter().find(|dimension| dimension.time);
    let group = time.map_or(String::new(), |time| {
        let column = time.column.as_deref().unwrap_or("year");
        let column = plan.variables.get(column).map_or(column, String::as_str);
        format!(" where \"{column}\" is not null group by \"{column}\"")
    });
    Ok(format!("select {call} from {}{group}", super::TABLE))
}

/// The aggregate function.
#[derive(Debug)]
pub struct CubeAggregate {
    signature: Signature,
    catalogue: Arc<Catalogue>,
}

impl CubeAggregate {
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        CubeAggregate { signature: Signature::variadic_any(Volatility::Immutable), catalogue }
    }
}

impl PartialEq for CubeAggregate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.catalogue, &other.catalogue)
    }
}

impl Eq for CubeAggregate {}

impl Hash for CubeAggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl AggregateUDFImpl for CubeAggregate {
    fn name(&self) -> &str {
        "cube"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let types = arguments.expr_fields.iter().skip(2).map(|field| field.data_type().clone()).collect();
        Ok(Box::new(Rows {
            catalogue: self.catalogue.clone(),
            types,
            plan: None,
            names: None,
            columns: Vec::new(),
        }))
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let text = |name| Arc::new(Field::new(name, DataType::Utf8, true));
        let lists = arguments.input_fields.iter().skip(2).enumerate().map(|(at, field)| {
            Arc::new(Field::new_list(format!("column_{at}"), item(field.data_type()), true))
        });
        Ok([text("plan"), text("columns")].into_iter().chain(lists).collect())
    }
}

fn item(data_type: &DataType) -> FieldRef {
    Arc::new(Field::new_list_field(data_type.clone(), true))
}

/// The rows of a group, as they came.
#[derive(Debug)]
struct Rows {
    catalogue: Arc<Catalogue>,
    types: Vec<DataType>,
    plan: Option<String>,
    names: Option<String>,
    /// Parts of the columns, all of the same lengths.
    columns: Vec<Vec<ArrayRef>>,
}

impl Rows {
    fn note(&mut self, plan: &ArrayRef, names: &ArrayRef) {
        let first = |array: &ArrayRef| match ScalarValue::try_from_array(array, 0) {
            Ok(
                ScalarValue::Utf8(Some(text))
                | ScalarValue::Utf8View(Some(text))
                | ScalarValue::LargeUtf8(Some(text)),
            ) => Some(text),
            _ => None,
        };
        if !plan.is_empty() {
            self.plan = self.plan.take().or_else(|| first(plan));
            self.names = self.names.take().or_else(|| first(names));
        }
    }

    fn concatenated(&self, at: usize) -> Result<ArrayRef> {
        let parts: Vec<&dyn Array> = self.columns.iter().map(|columns| columns[at].as_ref()).collect();
        if parts.is_empty() {
            return Ok(arrow::array::new_empty_array(&self.types[at]));
        }
        Ok(arrow::compute::concat(&parts)?)
    }

    fn cube(&self, plan: &str, names: &str) -> std::result::Result<Vec<u8>, StatisticsError> {
        let failed = |error: &dyn std::fmt::Display| StatisticsError::Query(error.to_string());
        let plan: CubePlan = serde_json::from_str(plan).map_err(|error| failed(&error))?;
        let fields: Vec<Field> =
            names.lines().zip(&self.types).map(|(name, kind)| Field::new(name, kind.clone(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let batches =
            self.columns.iter().map(|columns| RecordBatch::try_new(schema.clone(), columns.clone()));
        let mut batches: Vec<RecordBatch> =
            batches.collect::<Result<_, _>>().map_err(|error| failed(&error))?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        let source = Source::of_batches(batches);
        // The engine shares partitions out among threads; each is computed by one.
        let computed = compute::compute_from(&source, &plan, &self.catalogue, Provenance::default(), 1, &())?;
        let mut bytes = Vec::new();
        crate::cube_file::parquet::write(&computed.cube, &mut bytes, 1).map_err(|error| failed(&error))?;
        Ok(bytes)
    }
}

impl Accumulator for Rows {
    fn update_batch(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        self.note(&arguments[0], &arguments[1]);
        self.columns.push(arguments[2..].to_vec());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.note(&states[0], &states[1]);
        for row in 0..states[0].len() {
            self.columns.push(states[2..].iter().map(|column| column.as_list::<i32>().value(row)).collect());
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut state = vec![ScalarValue::Utf8(self.plan.clone()), ScalarValue::Utf8(self.names.clone())];
        for at in 0..self.types.len() {
            let values = self.concatenated(at)?;
            let offsets = OffsetBuffer::from_lengths([values.len()]);
            state.push(ScalarValue::List(Arc::new(ListArray::new(
                item(&self.types[at]),
                offsets,
                values,
                None,
            ))));
        }
        Ok(state)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let (Some(plan), Some(names)) = (&self.plan, &self.names) else {
            return Ok(ScalarValue::Binary(None));
        };
        let bytes = self.cube(plan, names).map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        let arrays = self.columns.iter().flatten().map(|array| array.get_array_memory_size());
        size_of_val(self) + arrays.sum::<usize>()
    }
}
