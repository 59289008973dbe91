//! SDMX-ML structure-specific data, 2.1 and 3.0: compact, and checked by the schema of its flow.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use super::sdmx_header::{Dialect, namespace, write_header};
use super::walk::{self, Group, Varies};
use super::xml::Xml;
use super::{Detail, Format, Rendering, number};
use crate::error::PublicationError;
use crate::sdmx::{VERSION_2_1, VERSION_3_0};
use crate::structure::TIME_PERIOD;
use crate::words::{ATTRIBUTES, Attachment, Words};

/// Structure-specific data of one edition of SDMX.
pub(super) struct Specific {
    dialect: Dialect,
    time_series: bool,
}

pub(super) const SPECIFIC_21: Specific = Specific { dialect: Dialect::Specific21, time_series: false };
pub(super) const SPECIFIC_TIME_SERIES_21: Specific =
    Specific { dialect: Dialect::Specific21, time_series: true };
pub(super) const SPECIFIC_30: Specific = Specific { dialect: Dialect::Specific30, time_series: false };

impl Format for Specific {
    fn id(&self) -> &'static str {
        match (self.dialect, self.time_series) {
            (Dialect::Specific30, _) => "sdmx-ml-3.0",
            (_, true) => "sdmx-ml-2.1-time-series",
            (_, false) => "sdmx-ml-2.1",
        }
    }

    fn extension(&self) -> &'static str {
        if self.dialect == Dialect::Specific30 { "sdmx3.xml" } else { "sdmx.xml" }
    }

    fn media_type(&self) -> &'static str {
        match (self.dialect, self.time_series) {
            (Dialect::Specific30, _) => "application/vnd.sdmx.data+xml;version=3.0.0",
            (_, true) => "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1",
            (_, false) => "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        }
    }

    fn label(&self) -> Words {
        match (self.dialect, self.time_series) {
            (Dialect::Specific30, _) => Words { id: "SDMX-ML 3.0", en: "SDMX-ML 3.0" },
            (_, true) => Words { id: "SDMX-ML 2.1, deret waktu", en: "SDMX-ML 2.1, time series" },
            (_, false) => Words { id: "SDMX-ML 2.1", en: "SDMX-ML 2.1" },
        }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut xml = Xml::new(&mut out)?;
        let three = self.dialect == Dialect::Specific30;
        let schemas = if three { "v3_0" } else { "v2_1" };
        let of = |part: &str| format!("http://www.sdmx.org/resources/sdmxml/schemas/{schemas}/{part}");
        let (message, common) = (of("message"), of("common"));
        let specific = of("data/structurespecific");
        let own = namespace(rendering, if three { VERSION_3_0 } else { VERSION_2_1 });
        let root = match (three, self.time_series) {
            (false, true) => "mes:StructureSpecificTimeSeriesData",
            _ => "mes:StructureSpecificData",
        };
        xml.open(
            root,
            &[
                ("xmlns:mes", &message),
                ("xmlns:com", &common),
                ("xmlns:ss", &specific),
                ("xmlns:ns1", &own),
                ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ],
        )?;
        write_header(&mut xml, rendering, self.dialect)?;
        self.data_set(&mut xml, rendering)?;
        xml.finish()?;
        Ok(())
    }
}

impl Specific {
    fn data_set(&self, xml: &mut Xml<'_>, rendering: &Rendering<'_>) -> Result<(), PublicationError> {
        let full = matches!(rendering.options.detail, Detail::Full | Detail::NoData);
        let mut attributes: Pairs<'_> = vec![
            ("ss:structureRef", Cow::Borrowed(rendering.table.structure().dataset.as_str())),
            ("xsi:type", "ns1:DataSetType".into()),
            ("ss:action", "Information".into()),
        ];
        if self.dialect == Dialect::Specific21 {
            attributes.push(("ss:dataScope", "DataStructure".into()));
        }
        if full {
            attributes.extend(rendering.attributes(Attachment::DataSet).into_iter().filter_map(|at| {
                Some((ATTRIBUTES[at].id, rendering.data_set_attribute(ATTRIBUTES[at].id)?))
            }));
        }
        xml.open("mes:DataSet", &borrow(&attributes))?;
        let writer = Writer {
            rendering,
            varies: walk::varies(rendering),
            measure_attributes: if full { rendering.attributes(Attachment::Measure) } else { Vec::new() },
            observation_attributes: match rendering.options.detail {
                Detail::Full => rendering.attributes(Attachment::Observation),
                _ => Vec::new(),
            },
        };
        walk::for_each_group(rendering, |group| match writer.varies {
            Varies::Everything => writer.flat(xml, group),
            _ => writer.series(xml, group),
        })?;
        xml.close()?;
        Ok(())
    }
}

struct Writer<'a, 'r> {
    rendering: &'r Rendering<'a>,
    varies: Varies,
    measure_attributes: Vec<usize>,
    observation_attributes: Vec<usize>,
}

type Pairs<'a> = Vec<(&'a str, Cow<'a, str>)>;

fn borrow<'a>(pairs: &'a Pairs<'_>) -> Vec<(&'a str, &'a str)> {
    pairs.iter().map(|(id, value)| (*id, value.as_ref())).collect()
}

impl Writer<'_, '_> {
    fn key(&self, cell: usize, measure: usize) -> Pairs<'_> {
        let table = self.rendering.table;
        let (structure, key) = (table.structure(), table.key(cell));
        (0..structure.key.len())
            .filter(|dimension| self.varies != Varies::Key(*dimension))
            .map(|dimension| {
                let id = structure.key[dimension].id.as_str();
                (id, structure.code(dimension, key, measure).id.as_str().into())
            })
            .chain(
                (structure.time.is_some() && self.varies != Varies::Time)
                    .then(|| (TIME_PERIOD, structure.period(key).into())),
            )
            .collect()
    }

    fn push_measure(&self, pairs: &mut Pairs<'_>, measure: usize) {
        for at in &self.measure_attributes {
            let id = ATTRIBUTES[*at].id;
            if let Some(value) = self.rendering.measure_attribute(id, measure) {
                pairs.push((id, Cow::Owned(value.into_owned())));
            }
        }
    }

    fn push_observation(&self, pairs: &mut Pairs<'_>, cell: usize, measure: usize) {
        if !self.rendering.options.without_values
            && let Some(value) = self.rendering.table.figure(cell, measure).value()
        {
            pairs.push(("OBS_VALUE", number(value).into()));
        }
        for at in &self.observation_attributes {
            let id = ATTRIBUTES[*at].id;
            if let Some(value) = self.rendering.observation_attribute(id, cell, measure) {
                pairs.push((id, Cow::Owned(value.into_owned())));
            }
        }
    }

    fn series(&self, xml: &mut Xml<'_>, group: &Group) -> Result<(), PublicationError> {
        let table = self.rendering.table;
        let structure = table.structure();
        let (cell, measure) = group.first();
        let across_measures = self.varies == Varies::Key(structure.measure);
        let mut attributes = self.key(cell, measure);
        if !across_measures {
            self.push_measure(&mut attributes, measure);
        }
        xml.open("Series", &borrow(&attributes))?;
        if matches!(self.rendering.options.detail, Detail::Full | Detail::DataOnly) {
            for (cell, measure) in &group.observations {
                let key = table.key(*cell);
                let mut pairs: Pairs<'_> = vec![match self.varies {
                    Varies::Key(dimension) => (
                        structure.key[dimension].id.as_str(),
                        structure.code(dimension, key, *measure).id.as_str().into(),
                    ),
                    _ => (TIME_PERIOD, structure.period(key).into()),
                }];
                self.push_observation(&mut pairs, *cell, *measure);
                if across_measures {
                    self.push_measure(&mut pairs, *measure);
                }
                xml.empty("Obs", &borrow(&pairs))?;
            }
        }
        xml.close()?;
        Ok(())
    }

    fn flat(&self, xml: &mut Xml<'_>, group: &Group) -> Result<(), PublicationError> {
        let keys_only = matches!(self.rendering.options.detail, Detail::SeriesKeysOnly | Detail::NoData);
        for (cell, measure) in &group.observations {
            let mut pairs = self.key(*cell, *measure);
            if !keys_only {
                self.push_observation(&mut pairs, *cell, *measure);
            }
            self.push_measure(&mut pairs, *measure);
            xml.empty("Obs", &borrow(&pairs))?;
        }
        Ok(())
    }
}
