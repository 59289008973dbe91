//! What a programme measures itself by: indicators, targets, assertions, costs and certification, read
//! together.

use std::collections::BTreeMap;

use crate::assertion::Assertions;
use crate::catalogue::ContentError;
use crate::framework::Framework;
use crate::indicator::IndicatorSet;
use crate::money::Costs;
use crate::trainer::Certification;

/// The yardsticks of one programme. A programme without a file has an empty yardstick of its kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    pub indicators: IndicatorSet,
    pub framework: Framework,
    pub assertions: Assertions,
    pub costs: Costs,
    pub certification: Certification,
}

impl Measurement {
    /// Reads the files of a programme by their paths below its folder, such as `indicators.toml`.
    pub fn parse(files: &BTreeMap<String, String>) -> Result<Self, Vec<ContentError>> {
        let mut errors = Vec::new();
        let measurement = Measurement {
            indicators: read(files, "indicators.toml", IndicatorSet::parse, &mut errors),
            framework: read(files, "targets.toml", Framework::parse, &mut errors),
            assertions: read(files, "assertions.toml", Assertions::parse, &mut errors),
            costs: read(files, "costs.toml", Costs::parse, &mut errors),
            certification: read(files, "certification.toml", Certification::parse, &mut errors),
        };
        if errors.is_empty() { Ok(measurement) } else { Err(errors) }
    }
}

fn read<T: Default>(
    files: &BTreeMap<String, String>,
    name: &str,
    parse: fn(&str, &str) -> Result<T, Vec<ContentError>>,
    errors: &mut Vec<ContentError>,
) -> T {
    let Some(text) = files.get(name) else { return T::default() };
    parse(name, text).unwrap_or_else(|wrong| {
        errors.extend(wrong);
        T::default()
    })
}
