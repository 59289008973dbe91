//! Weighted quantiles of the labour productivity of enterprises: P10, P25, P50, P75, P90.

use domain::language::Text;
use domain::measure::{Measure, MeasureKind};
use domain::plan::QuantileDefinition;

use super::{Cell, Need, Settings, Statistic};

pub(super) struct LabourProductivityQuantiles;

impl Statistic for LabourProductivityQuantiles {
    fn measures(&self, settings: &Settings) -> Vec<Measure> {
        let (formula, id, en) = match settings.definition {
            QuantileDefinition::InverseEcdf => ("min { x : F_w(x) >= p }, x = VA/L (R type 1)", "", ""),
            QuantileDefinition::InverseEcdfAveraged => (
                "min { x : F_w(x) >= p }, mean of two neighbours where p is hit exactly, x = VA/L (R type 2)",
                "; rata-rata dua usaha bila tepat mengenai batas",
                "; the mean of two enterprises where the bound is hit exactly",
            ),
        };
        let quantile = |parts_per_million: &u32| {
            let percent = percent_text(*parts_per_million);
            Measure {
                code: format!("LP_P{}", percent.replace('.', "_")),
                label: Text::new(
                    format!("Produktivitas usaha, persentil ke-{}", percent.replace('.', ",")),
                    format!("Enterprise productivity, percentile {percent}"),
                ),
                unit: settings.money_per_person.0.clone(),
                definition: Text::new(
                    format!(
                        "Produktivitas tenaga kerja yang tidak dilampaui oleh {} persen usaha (tertimbang){id}.",
                        percent.replace('.', ",")
                    ),
                    format!(
                        "Labour productivity that {percent} percent of enterprises (weighted) do not exceed{en}."
                    ),
                ),
                formula: formula.to_owned(),
                kind: MeasureKind::Quantile { probability: f64::from(*parts_per_million) / 1e6 },
                decimals: 1,
                higher_is_better: Some(true),
            }
        };
        settings.probabilities.iter().map(quantile).collect()
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Quantiles]
    }

    fn value(&self, cell: &Cell<'_>, index: usize) -> f64 {
        cell.quantiles.get(index).map_or(f64::NAN, |value| value * cell.factors[1])
    }
}

/// `10`, `2.5`.
fn percent_text(parts_per_million: u32) -> String {
    let text = format!("{}.{:04}", parts_per_million / 10_000, parts_per_million % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
