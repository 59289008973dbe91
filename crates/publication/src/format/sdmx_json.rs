//! SDMX-JSON data messages 1.0 and 2.0 (sdmx-twg/sdmx-json).
//!
//! The structure names the codes that occur in the data, so the figures are visited twice: once
//! to see which codes are used and once to write.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufWriter, Write};

use domain::language::{Language, Text};
use serde_json::{Map, Value, json};

use super::sdmx_header::message_id;
use super::walk::{self, Group, Varies};
use super::{Detail, Format, Rendering, number};
use crate::error::PublicationError;
use crate::sdmx::{AGENCY, AGENCY_NAME, VERSION_2_1, VERSION_3_0, prepared, urn};
use crate::structure::TIME_PERIOD;
use crate::words::{ATTRIBUTES, Attachment, Attribute, OBS_VALUE, TIME, Words};

pub(super) struct SdmxJson1;

impl Format for SdmxJson1 {
    fn id(&self) -> &'static str {
        "sdmx-json-1.0"
    }

    fn extension(&self) -> &'static str {
        "sdmx1.json"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.sdmx.data+json;version=1.0.0"
    }

    fn label(&self) -> Words {
        Words { id: "SDMX-JSON 1.0", en: "SDMX-JSON 1.0" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        write(rendering, Edition::One, out)
    }
}

pub(super) struct SdmxJson2;

impl Format for SdmxJson2 {
    fn id(&self) -> &'static str {
        "sdmx-json-2.0"
    }

    fn extension(&self) -> &'static str {
        "sdmx.json"
    }

    fn media_type(&self) -> &'static str {
        "application/vnd.sdmx.data+json;version=2.0.0"
    }

    fn label(&self) -> Words {
        Words { id: "SDMX-JSON 2.0", en: "SDMX-JSON 2.0" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        write(rendering, Edition::Two, out)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    One,
    Two,
}

/// A dimension of the message: one of the key, or the time behind the key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Key(usize),
    Time,
}

/// The codes that occur, in order, and their places in the message.
struct Used {
    /// For each code of the structure its place among those used.
    place: Vec<Option<u32>>,
    /// Positions of the used codes.
    codes: Vec<usize>,
}

struct Writer<'a, 'r> {
    rendering: &'r Rendering<'a>,
    edition: Edition,
    series: Vec<Axis>,
    observation: Vec<Axis>,
    /// By key dimension; the last is the time.
    used: Vec<Used>,
    /// Texts of uncoded attributes of observations, which 1.0 can only refer to.
    texts: HashMap<String, usize>,
    with_attributes: bool,
    with_observations: bool,
}

fn write(rendering: &Rendering<'_>, edition: Edition, out: &mut dyn Write) -> Result<(), PublicationError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let writer = Writer::prepare(rendering, edition)?;
    let structure = writer.structure();
    write!(out, "{{\"meta\":{},\"data\":{{", meta(rendering, edition))?;
    match edition {
        Edition::One => write!(out, "\"structure\":{structure},\"dataSets\":[")?,
        Edition::Two => write!(out, "\"structures\":[{structure}],\"dataSets\":[")?,
    }
    writer.data_set(&mut out)?;
    out.write_all(b"]},\"errors\":[]}\n")?;
    out.flush()?;
    Ok(())
}

fn meta(rendering: &Rendering<'_>, edition: Edition) -> Value {
    let version = if edition == Edition::One { "1.0" } else { "2.0.0" };
    json!({
        "schema": format!(
            "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/{version}/sdmx-json-data-schema.json"
        ),
        "id": message_id(rendering),
        "test": false,
        "prepared": prepared(rendering.manifest.created_at),
        "contentLanguages": [rendering.language.tag()],
        "sender": {
            "id": AGENCY,
            "name": AGENCY_NAME.get(rendering.language),
            "names": { "id": AGENCY_NAME.id, "en": AGENCY_NAME.en },
        },
    })
}

impl<'a, 'r> Writer<'a, 'r> {
    fn prepare(rendering: &'r Rendering<'a>, edition: Edition) -> Result<Self, PublicationError> {
        let structure = rendering.table.structure();
        let varies = walk::varies(rendering);
        let mut axes: Vec<Axis> = (0..structure.key.len()).map(Axis::Key).collect();
        axes.extend(structure.time.as_ref().map(|_| Axis::Time));
        let (series, observation) = axes.iter().partition(|axis| match varies {
            Varies::Time => **axis != Axis::Time,
            Varies::Key(position) => **axis != Axis::Key(position),
            Varies::Everything => false,
        });
        let detail = rendering.options.detail;
        let mut writer = Writer {
            rendering,
            edition,
            series,
            observation,
            used: Vec::new(),
            texts: HashMap::new(),
            with_attributes: matches!(detail, Detail::Full | Detail::NoData),
            with_observations: matches!(detail, Detail::Full | Detail::DataOnly),
        };
        writer.see()?;
        Ok(writer)
    }

    /// Sees which codes and texts occur.
    fn see(&mut self) -> Result<(), PublicationError> {
        let structure = self.rendering.table.structure();
        let mut seen: Vec<Vec<bool>> = structure.key.iter().map(|key| vec![false; key.codes.len()]).collect();
        seen.push(vec![false; structure.time.as_ref().map_or(0, |time| time.periods.len())]);
        let wants_texts = self.edition == Edition::One && self.with_attributes && self.with_observations;
        let mut texts: HashMap<String, usize> = HashMap::new();
        walk::for_each_group(self.rendering, |group| {
            for (cell, measure) in &group.observations {
                let key = self.rendering.table.key(*cell);
                for (dimension, seen) in seen.iter_mut().enumerate() {
                    seen[self.position(dimension, key, *measure)] = true;
                }
                if wants_texts && let Some(text) = self.rendering.table.enterprises(*cell) {
                    let next = texts.len();
                    texts.entry(text).or_insert(next);
                }
            }
            Ok(())
        })?;
        self.texts = texts;
        self.used = seen.into_iter().map(Used::new).collect();
        Ok(())
    }

    /// The position of a cell's code in a dimension of the key, or of its period.
    fn position(&self, dimension: usize, key: &[u32], measure: usize) -> usize {
        let structure = self.rendering.table.structure();
        if dimension < structure.key.len() {
            structure.code_position(dimension, key, measure)
        } else {
            structure.time.as_ref().map_or(0, |time| key[time.dimension] as usize)
        }
    }

    fn structure(&self) -> Value {
        let table = self.rendering.table;
        let dataset = &table.structure().dataset;
        let language = self.rendering.language;
        let dimensions = |axes: &[Axis]| axes.iter().map(|axis| self.dimension(*axis)).collect::<Vec<_>>();
        let attributes = |attachment| {
            self.attributes(attachment)
                .into_iter()
                .map(|at| self.attribute(&ATTRIBUTES[at]))
                .collect::<Vec<_>>()
        };
        let mut structure = Map::new();
        structure.insert("links".into(), self.links());
        named(&mut structure, &table.structure().title, dataset, language);
        if self.edition == Edition::Two {
            structure.insert("dataSets".into(), json!([0]));
        }
        structure.insert(
            "dimensions".into(),
            json!({
                "dataSet": [],
                "series": dimensions(&self.series),
                "observation": dimensions(&self.observation),
            }),
        );
        if self.edition == Edition::Two {
            let mut measure = Map::new();
            measure.insert("id".into(), json!("OBS_VALUE"));
            named(&mut measure, &OBS_VALUE.text(), "OBS_VALUE", language);
            measure.insert("format".into(), json!({ "dataType": "Double" }));
            let measures = if self.rendering.options.without_values { vec![] } else { vec![measure] };
            structure.insert("measures".into(), json!({ "observation": measures }));
        }
        let mut levels = Map::new();
        levels.insert("dataSet".into(), json!(attributes(Attachment::DataSet)));
        if self.edition == Edition::Two {
            levels.insert("dimensionGroup".into(), json!([]));
        }
        let mut observation = attributes(Attachment::Observation);
        let measure = attributes(Attachment::Measure);
        if self.series_has_measure() {
            levels.insert("series".into(), json!(measure));
        } else {
            levels.insert("series".into(), json!([]));
            observation.extend(measure);
        }
        levels.insert("observation".into(), json!(observation));
        structure.insert("attributes".into(), Value::Object(levels));
        structure.insert("annotations".into(), json!([]));
        Value::Object(structure)
    }

    fn links(&self) -> Value {
        let version = if self.edition == Edition::One { VERSION_2_1 } else { VERSION_3_0 };
        let dataset = &self.rendering.table.structure().dataset;
        json!([
            { "rel": "structure", "urn": urn("datastructure.DataStructure", dataset, version) },
            { "rel": "dataflow", "urn": urn("datastructure.Dataflow", dataset, version) },
        ])
    }

    /// Does the series say which measure it is of?
    fn series_has_measure(&self) -> bool {
        self.series.contains(&Axis::Key(self.rendering.table.structure().measure))
    }

    fn attributes(&self, attachment: Attachment) -> Vec<usize> {
        if self.with_attributes { self.rendering.attributes(attachment) } else { Vec::new() }
    }

    fn dimension(&self, axis: Axis) -> Value {
        let structure = self.rendering.table.structure();
        let language = self.rendering.language;
        let mut dimension = Map::new();
        match axis {
            Axis::Key(position) => {
                let key = &structure.key[position];
                dimension.insert("id".into(), json!(key.id));
                named(&mut dimension, &key.name, &key.id, language);
                dimension.insert("keyPosition".into(), json!(position));
                let values: Vec<Value> = self.used[position]
                    .codes
                    .iter()
                    .map(|code| {
                        let code = &key.codes[*code];
                        let mut value = Map::new();
                        value.insert("id".into(), json!(code.id));
                        named(&mut value, &code.name, &code.id, language);
                        if let Some(parent) = code.parent {
                            value.insert("parent".into(), json!(key.codes[parent as usize].id));
                        }
                        Value::Object(value)
                    })
                    .collect();
                dimension.insert("values".into(), json!(values));
            }
            Axis::Time => {
                let position = structure.key.len();
                dimension.insert("id".into(), json!(TIME_PERIOD));
                named(&mut dimension, &TIME.text(), TIME_PERIOD, language);
                dimension.insert("roles".into(), json!(["TIME_PERIOD"]));
                dimension.insert("keyPosition".into(), json!(position));
                let periods = structure.time.iter().flat_map(|time| {
                    self.used[position].codes.iter().map(|period| time.periods[*period].as_str())
                });
                let values: Vec<Value> = match self.edition {
                    Edition::One => periods.map(|period| json!({ "id": period, "name": period })).collect(),
                    Edition::Two => periods.map(|period| json!({ "value": period })).collect(),
                };
                dimension.insert("values".into(), json!(values));
            }
        }
        Value::Object(dimension)
    }

    fn attribute(&self, attribute: &Attribute) -> Value {
        let language = self.rendering.language;
        let mut object = Map::new();
        object.insert("id".into(), json!(attribute.id));
        named(&mut object, &attribute.name.text(), attribute.id, language);
        if self.edition == Edition::Two {
            object.insert("isMandatory".into(), json!(attribute.mandatory));
        }
        let relationship = match (attribute.attachment, self.edition) {
            (Attachment::DataSet, Edition::One) => json!({ "none": {} }),
            (Attachment::DataSet, Edition::Two) => json!({ "dataflow": {} }),
            (Attachment::Measure, _) => json!({ "dimensions": ["MEASURE"] }),
            (Attachment::Observation, Edition::One) => json!({ "primaryMeasure": "OBS_VALUE" }),
            (Attachment::Observation, Edition::Two) => json!({ "observation": {} }),
        };
        object.insert("relationship".into(), relationship);
        let values = self.attribute_values(attribute);
        if !values.is_empty() || self.edition == Edition::One {
            object.insert("values".into(), json!(values));
        }
        Value::Object(object)
    }

    /// The values to which the message refers by place; empty where it carries the text itself.
    fn attribute_values(&self, attribute: &Attribute) -> Vec<Value> {
        let language = self.rendering.language;
        if let Some(codes) = self.attribute_codes(attribute) {
            return codes
                .into_iter()
                .map(|(id, name)| {
                    let mut value = Map::new();
                    value.insert("id".into(), json!(id));
                    named(&mut value, &name, &id, language);
                    Value::Object(value)
                })
                .collect();
        }
        match (self.edition, attribute.attachment) {
            (Edition::Two, _) => Vec::new(),
            (Edition::One, Attachment::DataSet) => {
                let text = self.rendering.data_set_attribute(attribute.id);
                text.map(|text| json!({ "name": text })).into_iter().collect()
            }
            (Edition::One, _) => {
                let mut texts: Vec<(&String, &usize)> = self.texts.iter().collect();
                texts.sort_by_key(|(_, place)| **place);
                texts.into_iter().map(|(text, _)| json!({ "name": text })).collect()
            }
        }
    }

    /// The codes of a coded attribute, as this message lists them.
    fn attribute_codes(&self, attribute: &Attribute) -> Option<Vec<(String, Text)>> {
        let (_, codes) = attribute.codes?;
        if attribute.id != "UNIT_MEASURE" {
            return Some(codes.iter().map(|(id, name)| ((*id).to_owned(), name.text())).collect());
        }
        let mut units: Vec<(String, Text)> = Vec::new();
        for unit in &self.rendering.table.structure().units {
            if !units.iter().any(|(id, _)| *id == unit.id) {
                units.push((unit.id.clone(), crate::sdmx::unit_name(unit)));
            }
        }
        Some(units)
    }

    fn data_set(&self, out: &mut dyn Write) -> Result<(), PublicationError> {
        write!(out, "{{")?;
        if self.edition == Edition::Two {
            write!(out, "\"structure\":0,")?;
        }
        let attributes: Vec<Value> = self
            .attributes(Attachment::DataSet)
            .into_iter()
            .map(|at| self.reference(&ATTRIBUTES[at], self.rendering.data_set_attribute(ATTRIBUTES[at].id)))
            .collect();
        write!(out, "\"action\":\"Information\",\"links\":{},", self.links())?;
        write!(out, "\"attributes\":{},", Value::Array(attributes))?;
        let measure = self.attributes(Attachment::Measure);
        let observation = self.attributes(Attachment::Observation);
        let flat = self.series.is_empty();
        out.write_all(if flat { b"\"observations\":{" } else { b"\"series\":{" })?;
        let mut begun = false;
        walk::for_each_group(self.rendering, |group| {
            if begun {
                out.write_all(b",")?;
            }
            begun = true;
            if flat {
                let everything: Vec<usize> = observation.iter().chain(&measure).copied().collect();
                self.observations(out, group, &everything)
            } else {
                self.one_series(out, group, &measure, &observation)
            }
        })?;
        out.write_all(b"}}")?;
        Ok(())
    }

    fn one_series(
        &self,
        out: &mut dyn Write,
        group: &Group,
        measure_attributes: &[usize],
        observation_attributes: &[usize],
    ) -> Result<(), PublicationError> {
        let (cell, measure) = group.first();
        write!(out, "\"{}\":{{", self.place(&self.series, cell, measure))?;
        let mut of_observation = observation_attributes.to_vec();
        let mut separator = "";
        if self.series_has_measure() {
            let attributes: Vec<Value> = measure_attributes
                .iter()
                .map(|at| {
                    let attribute = &ATTRIBUTES[*at];
                    self.reference(attribute, self.rendering.measure_attribute(attribute.id, measure))
                })
                .collect();
            if self.with_attributes {
                write!(out, "\"attributes\":{}", Value::Array(attributes))?;
                separator = ",";
            }
        } else {
            of_observation.extend(measure_attributes);
        }
        if self.with_observations {
            write!(out, "{separator}\"observations\":{{")?;
            self.observations(out, group, &of_observation)?;
            out.write_all(b"}")?;
        }
        out.write_all(b"}")?;
        Ok(())
    }

    fn observations(
        &self,
        out: &mut dyn Write,
        group: &Group,
        attributes: &[usize],
    ) -> Result<(), PublicationError> {
        for (at, (cell, measure)) in group.observations.iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            write!(out, "\"{}\":[", self.place(&self.observation, *cell, *measure))?;
            let mut separator = "";
            if !(self.rendering.options.without_values && self.edition == Edition::Two) {
                let value = self.rendering.table.figure(*cell, *measure).value();
                let shown =
                    value.filter(|_| self.with_observations && !self.rendering.options.without_values);
                match shown {
                    Some(value) => write!(out, "{}", number(value))?,
                    None => write!(out, "null")?,
                }
                separator = ",";
            }
            for at in attributes {
                let attribute = &ATTRIBUTES[*at];
                let value = match attribute.attachment {
                    Attachment::Measure => self.rendering.measure_attribute(attribute.id, *measure),
                    _ => self.rendering.observation_attribute(attribute.id, *cell, *measure),
                };
                write!(out, "{separator}{}", self.reference(attribute, value))?;
                separator = ",";
            }
            out.write_all(b"]")?;
        }
        Ok(())
    }

    /// A value as the message carries it: its place in the list, or the text itself.
    fn reference(&self, attribute: &Attribute, value: Option<Cow<'_, str>>) -> Value {
        let Some(value) = value else { return Value::Null };
        if attribute.id == "UNIT_MEASURE" {
            let codes = self.attribute_codes(attribute).unwrap_or_default();
            return json!(codes.iter().position(|(id, _)| *id == value));
        }
        match (attribute.codes, self.edition, attribute.attachment) {
            (Some((_, codes)), _, _) => json!(codes.iter().position(|(id, _)| *id == value)),
            (None, Edition::Two, _) => json!(value),
            (None, Edition::One, Attachment::DataSet) => json!(0),
            (None, Edition::One, _) => json!(self.texts.get(value.as_ref())),
        }
    }

    /// The key of a series or an observation: places joined by colons.
    fn place(&self, axes: &[Axis], cell: usize, measure: usize) -> String {
        let key = self.rendering.table.key(cell);
        let last = self.used.len() - 1;
        let mut text = String::new();
        for axis in axes {
            let dimension = match axis {
                Axis::Key(position) => *position,
                Axis::Time => last,
            };
            let place = self.used[dimension].place[self.position(dimension, key, measure)].unwrap_or(0);
            if !text.is_empty() {
                text.push(':');
            }
            text.push_str(&place.to_string());
        }
        text
    }
}

impl Used {
    fn new(seen: Vec<bool>) -> Self {
        let codes: Vec<usize> = (0..seen.len()).filter(|at| seen[*at]).collect();
        let mut place = vec![None; seen.len()];
        for (at, code) in codes.iter().enumerate() {
            place[*code] = Some(at as u32);
        }
        Used { place, codes }
    }
}

/// Adds the name in the reader's language and in both.
fn named(object: &mut Map<String, Value>, name: &Text, or: &str, language: Language) {
    let pick = |text: &str| if text.is_empty() { or.to_owned() } else { text.to_owned() };
    object.insert("name".into(), json!(pick(name.get(language))));
    object.insert("names".into(), json!({ "id": pick(&name.id), "en": pick(&name.en) }));
}
