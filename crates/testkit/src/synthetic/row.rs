//! One enterprise in one year, and how it is written.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

/// The columns of the survey `national-enterprise`, in the order of its definition.
pub(super) const COLUMNS: [(&str, DataType); 20] = [
    ("enterprise_id", DataType::Utf8),
    ("year", DataType::Int32),
    ("activity", DataType::Utf8),
    ("region", DataType::Utf8),
    ("persons_engaged_male", DataType::Int64),
    ("persons_engaged_female", DataType::Int64),
    ("persons_engaged", DataType::Int64),
    ("hours_worked", DataType::Float64),
    ("turnover", DataType::Float64),
    ("output", DataType::Float64),
    ("intermediate_inputs", DataType::Float64),
    ("labour_cost", DataType::Float64),
    ("depreciation", DataType::Float64),
    ("interest", DataType::Float64),
    ("taxes_on_production", DataType::Float64),
    ("operating_profit", DataType::Float64),
    ("fixed_assets", DataType::Float64),
    ("energy", DataType::Float64),
    ("weight", DataType::Float64),
    ("holding_id", DataType::Utf8),
];

/// Positions of money in [`Row::amounts`].
pub(super) const TURNOVER: usize = 0;
pub(super) const OUTPUT: usize = 1;
pub(super) const INPUTS: usize = 2;
pub(super) const LABOUR_COST: usize = 3;
pub(super) const DEPRECIATION: usize = 4;
pub(super) const INTEREST: usize = 5;
pub(super) const TAXES: usize = 6;
pub(super) const PROFIT: usize = 7;
pub(super) const ASSETS: usize = 8;
pub(super) const ENERGY: usize = 9;

/// Amounts are whole thousands of rupiah.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) enterprise: u64,
    pub(super) year: i32,
    pub(super) activity: &'a str,
    pub(super) region: &'a str,
    pub(super) male: Option<i64>,
    pub(super) female: Option<i64>,
    pub(super) persons: i64,
    pub(super) hours: Option<i64>,
    pub(super) amounts: [Option<i64>; 10],
    /// In ten-thousandths.
    pub(super) weight: i64,
    /// 0: none.
    pub(super) holding: u64,
}

impl Row<'_> {
    pub(super) fn enterprise_id(&self) -> String {
        format!("E{:07}", self.enterprise)
    }

    pub(super) fn value_added(&self) -> Option<i64> {
        Some(self.amounts[OUTPUT]? - self.amounts[INPUTS]?)
    }

    pub(super) fn weight(&self) -> f64 {
        self.weight as f64 / 10_000.0
    }

    pub(super) fn push_csv(&self, to: &mut Vec<u8>) {
        to.push(b'E');
        push_padded(to, self.enterprise, 7);
        to.push(b',');
        push_integer(to, i64::from(self.year));
        for text in [self.activity, self.region] {
            to.push(b',');
            to.extend_from_slice(text.as_bytes());
        }
        for number in [self.male, self.female, Some(self.persons), self.hours].iter().chain(&self.amounts) {
            to.push(b',');
            if let Some(number) = number {
                push_integer(to, *number);
            }
        }
        to.push(b',');
        push_integer(to, self.weight / 10_000);
        to.push(b'.');
        push_padded(to, (self.weight % 10_000) as u64, 4);
        to.push(b',');
        if self.holding > 0 {
            to.push(b'G');
            push_padded(to, self.holding, 5);
        }
        to.push(b'\n');
    }
}

fn push_integer(to: &mut Vec<u8>, value: i64) {
    if value < 0 {
        to.push(b'-');
    }
    push_padded(to, value.unsigned_abs(), 1);
}

fn push_padded(to: &mut Vec<u8>, mut value: u64, digits: usize) {
    let mut buffer = [b'0'; 20];
    let mut start = buffer.len();
    while value > 0 {
        start -= 1;
        buffer[start] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    to.extend_from_slice(&buffer[start.min(buffer.len() - digits)..]);
}

pub(super) fn schema() -> SchemaRef {
    let fields = COLUMNS.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

pub(super) fn to_batch(schema: &SchemaRef, rows: &[Row<'_>]) -> Result<RecordBatch, ArrowError> {
    let integers = |get: fn(&Row<'_>) -> Option<i64>| -> ArrayRef {
        Arc::new(rows.iter().map(get).collect::<Int64Array>())
    };
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(Row::enterprise_id))),
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.year))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.activity))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.region))),
        integers(|row| row.male),
        integers(|row| row.female),
        integers(|row| Some(row.persons)),
        Arc::new(rows.iter().map(|row| row.hours.map(|hours| hours as f64)).collect::<Float64Array>()),
    ];
    for amount in 0..10 {
        let values = rows.iter().map(|row| row.amounts[amount].map(|value| value as f64));
        columns.push(Arc::new(values.collect::<Float64Array>()));
    }
    columns.push(Arc::new(Float64Array::from_iter_values(rows.iter().map(Row::weight))));
    let holdings = rows.iter().map(|row| (row.holding > 0).then(|| format!("G{:05}", row.holding)));
    columns.push(Arc::new(holdings.collect::<StringArray>()));
    RecordBatch::try_new(Arc::clone(schema), columns)
}
