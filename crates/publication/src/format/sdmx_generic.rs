//! SDMX-ML 2.1 generic data: valid against the schema of the standard alone.

use std::io::{BufWriter, Write};

use super::sdmx_header::{Dialect, write_header};
use super::walk::{self, Group, Varies};
use super::xml::Xml;
use super::{Detail, Format, Rendering, number};
use crate::error::PublicationError;
use crate::structure::TIME_PERIOD;
use crate::words::{ATTRIBUTES, Attachment, Words};

/// Generic data of any shape, or of time series.
pub(super) struct Generic {
    time_series: bool,
}

pub(super) const GENERIC: Generic = Generic { time_series: false };
pub(super) const GENERIC_TIME_SERIES: Generic = Generic { time_series: true };

impl Format for Generic {
    fn id(&self) -> &'static str {
        if self.time_series { "sdmx-ml-2.1-generic-time-series" } else { "sdmx-ml-2.1-generic" }
    }

    fn extension(&self) -> &'static str {
        "generic.xml"
    }

    fn media_type(&self) -> &'static str {
        if self.time_series {
            "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1"
        } else {
            "application/vnd.sdmx.genericdata+xml;version=2.1"
        }
    }

    fn label(&self) -> Words {
        if self.time_series {
            Words { id: "SDMX-ML 2.1 generik, deret waktu", en: "SDMX-ML 2.1 generic, time series" }
        } else {
            Words { id: "SDMX-ML 2.1 generik", en: "SDMX-ML 2.1 generic" }
        }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let mut xml = Xml::new(&mut out)?;
        let root = if self.time_series { "mes:GenericTimeSeriesData" } else { "mes:GenericData" };
        xml.open(
            root,
            &[
                ("xmlns:mes", "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"),
                ("xmlns:com", "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"),
                ("xmlns:gen", "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"),
            ],
        )?;
        let dialect = if self.time_series { Dialect::GenericTimeSeries21 } else { Dialect::Generic21 };
        write_header(&mut xml, rendering, dialect)?;
        let structure = &rendering.table.structure().dataset;
        xml.open("mes:DataSet", &[("action", "Information"), ("structureRef", structure)])?;
        let full = matches!(rendering.options.detail, Detail::Full | Detail::NoData);
        if full {
            let attributes: Vec<_> = rendering
                .attributes(Attachment::DataSet)
                .into_iter()
                .filter_map(|at| Some((ATTRIBUTES[at].id, rendering.data_set_attribute(ATTRIBUTES[at].id)?)))
                .collect();
            values(&mut xml, "gen:Attributes", &attributes)?;
        }
        let writer = Writer {
            rendering,
            varies: walk::varies(rendering),
            measure_attributes: if full { rendering.attributes(Attachment::Measure) } else { Vec::new() },
            observation_attributes: if rendering.options.detail == Detail::Full {
                rendering.attributes(Attachment::Observation)
            } else {
                Vec::new()
            },
        };
        walk::for_each_group(rendering, |group| match writer.varies {
            Varies::Everything => writer.flat(&mut xml, group),
            _ => writer.series(&mut xml, group),
        })?;
        xml.finish()?;
        Ok(())
    }
}

struct Writer<'a, 'r> {
    rendering: &'r Rendering<'a>,
    varies: Varies,
    measure_attributes: Vec<usize>,
    observation_attributes: Vec<usize>,
}

type Pairs<'a> = Vec<(&'a str, std::borrow::Cow<'a, str>)>;

impl Writer<'_, '_> {
    fn key(&self, cell: usize, measure: usize) -> Pairs<'_> {
        let table = self.rendering.table;
        let (structure, key) = (table.structure(), table.key(cell));
        let mut pairs: Pairs<'_> = (0..structure.key.len())
            .filter(|dimension| self.varies != Varies::Key(*dimension))
            .map(|dimension| {
                let id = structure.key[dimension].id.as_str();
                (id, structure.code(dimension, key, measure).id.as_str().into())
            })
            .collect();
        if structure.time.is_some() && self.varies != Varies::Time {
            pairs.push((TIME_PERIOD, structure.period(key).into()));
        }
        pairs
    }

    fn measure_values(&self, measure: usize) -> Pairs<'_> {
        self.measure_attributes
            .iter()
            .filter_map(|at| {
                let id = ATTRIBUTES[*at].id;
                Some((id, self.rendering.measure_attribute(id, measure)?))
            })
            .collect()
    }

    fn observation_values(&self, cell: usize, measure: usize) -> Pairs<'_> {
        self.observation_attributes
            .iter()
            .filter_map(|at| {
                let id = ATTRIBUTES[*at].id;
                Some((id, self.rendering.observation_attribute(id, cell, measure)?))
            })
            .collect()
    }

    fn series(&self, xml: &mut Xml<'_>, group: &Group) -> Result<(), PublicationError> {
        let (cell, measure) = group.first();
        let across_measures = self.varies == Varies::Key(self.rendering.table.structure().measure);
        xml.open("gen:Series", &[])?;
        values(xml, "gen:SeriesKey", &self.key(cell, measure))?;
        if !across_measures {
            values(xml, "gen:Attributes", &self.measure_values(measure))?;
        }
        if matches!(self.rendering.options.detail, Detail::Full | Detail::DataOnly) {
            for (cell, measure) in &group.observations {
                xml.open("gen:Obs", &[])?;
                self.observation_dimension(xml, *cell, *measure)?;
                self.value(xml, *cell, *measure)?;
                let mut attributes = self.observation_values(*cell, *measure);
                if across_measures {
                    attributes.extend(self.measure_values(*measure));
                }
                values(xml, "gen:Attributes", &attributes)?;
                xml.close()?;
            }
        }
        xml.close()?;
        Ok(())
    }

    fn observation_dimension(&self, xml: &mut Xml<'_>, cell: usize, measure: usize) -> std::io::Result<()> {
        let table = self.rendering.table;
        let (structure, key) = (table.structure(), table.key(cell));
        match self.varies {
            Varies::Key(dimension) => {
                let id = structure.key[dimension].id.as_str();
                let code = structure.code(dimension, key, measure).id.as_str();
                xml.empty("gen:ObsDimension", &[("id", id), ("value", code)])
            }
            _ => xml.empty("gen:ObsDimension", &[("value", structure.period(key))]),
        }
    }

    fn value(&self, xml: &mut Xml<'_>, cell: usize, measure: usize) -> std::io::Result<()> {
        match self.rendering.table.figure(cell, measure).value() {
            Some(value) if !self.rendering.options.without_values => {
                xml.empty("gen:ObsValue", &[("value", &number(value))])
            }
            _ => Ok(()),
        }
    }

    fn flat(&self, xml: &mut Xml<'_>, group: &Group) -> Result<(), PublicationError> {
        let keys_only = matches!(self.rendering.options.detail, Detail::SeriesKeysOnly | Detail::NoData);
        for (cell, measure) in &group.observations {
            xml.open("gen:Obs", &[])?;
            values(xml, "gen:ObsKey", &self.key(*cell, *measure))?;
            if !keys_only {
                self.value(xml, *cell, *measure)?;
            }
            let mut attributes = self.observation_values(*cell, *measure);
            attributes.extend(self.measure_values(*measure));
            values(xml, "gen:Attributes", &attributes)?;
            xml.close()?;
        }
        Ok(())
    }
}

/// A list of ids with their values; nothing at all if there are none.
fn values(
    xml: &mut Xml<'_>,
    name: &'static str,
    pairs: &[(&str, std::borrow::Cow<'_, str>)],
) -> std::io::Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    xml.open(name, &[])?;
    for (id, value) in pairs {
        xml.empty("gen:Value", &[("id", id), ("value", value)])?;
    }
    xml.close()
}
