//! `weighted_quantile(x, w, p)`: the smallest x at which the weighted distribution reaches p.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use domain::plan::QuantileDefinition;

use crate::radix::{Ranked, key_of, sort, value_of};
use crate::sweep::{Ordered, Quantiles, sweep};
use crate::weight::WeightRange;

/// The aggregate function. Rows where x or w is empty, or w is negative, do not count.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct WeightedQuantile {
    signature: Signature,
}

impl WeightedQuantile {
    #[expect(clippy::new_without_default, reason = "a function is registered once, by name")]
    pub fn new() -> Self {
        WeightedQuantile { signature: Signature::exact(vec![DataType::Float64; 3], Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for WeightedQuantile {
    fn name(&self) -> &str {
        "weighted_quantile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Weighted::default()))
    }

    fn state_fields(&self, _: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name| Arc::new(Field::new_list(name, item(), true));
        Ok(vec![
            list("values"),
            list("weights"),
            Arc::new(Field::new("probability", DataType::Float64, true)),
        ])
    }
}

fn item() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

/// All values and weights of a group: an exact quantile needs them all.
#[derive(Debug, Default)]
struct Weighted {
    values: Vec<f64>,
    weights: Vec<f64>,
    probability: Option<f64>,
}

impl Weighted {
    fn add(&mut self, values: &Float64Array, weights: &Float64Array) {
        for (value, weight) in values.iter().zip(weights) {
            if let (Some(value), Some(weight)) = (value, weight) {
                if value.is_finite() && weight >= 0.0 && weight.is_finite() {
                    self.values.push(value);
                    self.weights.push(weight);
                }
            }
        }
    }

    fn quantile(&self, probability: f64) -> f64 {
        let mut range = WeightRange::default();
        range.see(&self.weights);
        let scale = range.scale();
        let rows = self.values.iter().zip(&self.weights);
        let ranked = sort(
            rows.map(|(value, weight)| Ranked { key: key_of(*value), cell: 0, weight: scale.units(*weight) })
                .collect(),
        );
        let cells = vec![0; ranked.len()];
        let weights: Vec<u64> = ranked.iter().map(|row| row.weight).collect();
        let value = |place: usize| value_of(ranked[place].key);
        let quantiles = Quantiles {
            definition: QuantileDefinition::InverseEcdf,
            parts_per_million: vec![(probability * 1e6).round().clamp(1.0, 1e6) as u32],
        };
        let ordered = Ordered { cells: &cells, weights: &weights, value: &value };
        sweep(&ordered, None, &[weights.iter().sum()], &quantiles, scale)[0]
    }
}

impl Accumulator for Weighted {
    fn update_batch(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        let [values, weights, probability] =
            [0, 1, 2].map(|at: usize| arguments[at].as_primitive::<Float64Type>());
        self.add(values, weights);
        self.probability = self.probability.or_else(|| probability.iter().flatten().next());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (values, weights) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in 0..values.len() {
            let (values, weights) = (values.value(row), weights.value(row));
            self.add(values.as_primitive::<Float64Type>(), weights.as_primitive::<Float64Type>());
        }
        let probability = states[2].as_primitive::<Float64Type>();
        self.probability = self.probability.or_else(|| probability.iter().flatten().next());
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |values: Vec<f64>| {
            let offsets = OffsetBuffer::from_lengths([values.len()]);
            ScalarValue::List(Arc::new(ListArray::new(
                item(),
                offsets,
                Arc::new(Float64Array::from(values)),
                None,
            )))
        };
        Ok(vec![
            list(std::mem::take(&mut self.values)),
            list(std::mem::take(&mut self.weights)),
            ScalarValue::Float64(self.probability),
        ])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let quantile = self.probability.map(|probability| self.quantile(probability));
        Ok(ScalarValue::Float64(quantile.filter(|value| !value.is_nan())))
    }

    fn size(&self) -> usize {
        size_of_val(self) + 8 * (self.values.capacity() + self.weights.capacity())
    }
}
