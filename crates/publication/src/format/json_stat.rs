//! JSON-stat 2.0 (json-stat.org/full): the cube as one dense numbering of its chosen members.
//!
//! Values and states are written sparse, by their position, so that cells that do not exist take
//! no room and are not taken for zero.

use std::io::{BufWriter, Write};

use serde_json::{Map, Value, json};

use super::numbering::Numbering;
use super::{Format, Rendering, number};
use crate::error::PublicationError;
use crate::sdmx::prepared;
use crate::structure::Origin;
use crate::table::Figure;
use crate::words::{MEASURE, REAL, SYNTHETIC, Words};

pub(super) struct JsonStat;

impl Format for JsonStat {
    fn id(&self) -> &'static str {
        "json-stat"
    }

    fn extension(&self) -> &'static str {
        "jsonstat.json"
    }

    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn label(&self) -> Words {
        Words { id: "JSON-stat 2.0", en: "JSON-stat 2.0" }
    }

    fn write(&self, rendering: &Rendering<'_>, out: &mut dyn Write) -> Result<(), PublicationError> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let numbering = Numbering::new(rendering);
        let head = serde_json::to_string(&head(rendering, &numbering)).map_err(std::io::Error::from)?;
        // The head is an object; the figures become its last two members.
        out.write_all(head.strip_suffix('}').unwrap_or(&head).as_bytes())?;
        out.write_all(b",\"value\":{")?;
        sparse(rendering, &numbering, &mut out, |figure| figure.value().map(number))?;
        out.write_all(b"},\"status\":{")?;
        sparse(rendering, &numbering, &mut out, |figure| match figure {
            Figure::Value(_) => None,
            _ => Some(format!("\"{}\"", state(figure))),
        })?;
        out.write_all(b"}}\n")?;
        out.flush()?;
        Ok(())
    }
}

/// `C` and `D` as in SDMX `CONF_STATUS`, and two dots where there is no data.
fn state(figure: Figure) -> &'static str {
    if figure == Figure::Missing { ".." } else { figure.conf_status() }
}

fn sparse(
    rendering: &Rendering<'_>,
    numbering: &Numbering,
    out: &mut dyn Write,
    text: impl Fn(Figure) -> Option<String>,
) -> Result<(), PublicationError> {
    let table = rendering.table;
    let mut separator = "";
    for (done, cells) in table.series(rendering.selection).enumerate() {
        rendering.keep_on(done)?;
        for cell in cells {
            let start = numbering.place(table.key(cell as usize)) * numbering.measures.len() as u128;
            for (at, measure) in numbering.measures.iter().enumerate() {
                if let Some(text) = text(table.figure(cell as usize, *measure)) {
                    write!(out, "{separator}\"{}\":{text}", start + at as u128)?;
                    separator = ",";
                }
            }
        }
    }
    Ok(())
}

fn head(rendering: &Rendering<'_>, numbering: &Numbering) -> Value {
    let (table, manifest, language) = (rendering.table, rendering.manifest, rendering.language);
    let structure = table.structure();
    let mut ids = Vec::new();
    let mut sizes = Vec::new();
    let mut dimensions = Map::new();
    for (position, dimension) in table.dimensions().iter().enumerate() {
        let time = structure.time.as_ref().filter(|time| time.dimension == position);
        let key = structure.key.iter().find(|key| key.origin == Origin::Cube(position));
        let id = key.map_or(crate::structure::TIME_PERIOD, |key| key.id.as_str());
        let code = |member: u32| match (time, key) {
            (Some(time), _) => time.periods[member as usize].clone(),
            (None, Some(key)) => key.codes[member as usize].id.clone(),
            (None, None) => dimension.members[member as usize].code.clone(),
        };
        let kept = &numbering.members[position].0;
        let labels: Map<String, Value> = kept
            .iter()
            .map(|member| {
                let label = dimension.members[*member as usize].label.get(language);
                (code(*member), json!(label))
            })
            .collect();
        let index: Vec<String> = kept.iter().map(|member| code(*member)).collect();
        ids.push(id.to_owned());
        sizes.push(kept.len());
        dimensions.insert(
            id.to_owned(),
            json!({ "label": dimension.label.get(language), "category": { "index": index, "label": labels } }),
        );
    }
    ids.push("MEASURE".into());
    sizes.push(numbering.measures.len());
    dimensions.insert("MEASURE".into(), measures(rendering, &numbering.measures));
    let time: Vec<&String> = ids.iter().filter(|id| *id == crate::structure::TIME_PERIOD).collect();
    let geo: Vec<&String> = ids.iter().filter(|id| *id == "REF_AREA").collect();
    let kind = if rendering.is_synthetic() { SYNTHETIC } else { REAL };
    json!({
        "version": "2.0",
        "class": "dataset",
        "label": manifest.title.get(language),
        "source": manifest.source.get(language),
        "updated": prepared(manifest.created_at),
        "note": [kind.get(language), table.provenance().price_basis.get(language)],
        "id": ids,
        "size": sizes,
        "role": { "time": time, "geo": geo, "metric": ["MEASURE"] },
        "dimension": dimensions,
        "extension": {
            "dataset": manifest.dataset,
            "release": manifest.id,
            "licence": manifest.licence,
            "synthetic": rendering.is_synthetic(),
            "status": legend(rendering),
        },
    })
}

fn measures(rendering: &Rendering<'_>, chosen: &[usize]) -> Value {
    let language = rendering.language;
    let structure = rendering.table.structure();
    let codes = &structure.key[structure.measure].codes;
    let mut labels = Map::new();
    let mut units = Map::new();
    let mut notes = Map::new();
    for measure in chosen {
        let definition = &rendering.table.measures()[*measure];
        let code = codes[*measure].id.clone();
        labels.insert(code.clone(), json!(definition.label.get(language)));
        notes.insert(code.clone(), json!([definition.definition.get(language)]));
        let unit = json!({ "label": definition.unit.label.get(language), "decimals": definition.decimals });
        units.insert(code, unit);
    }
    let index: Vec<&str> = chosen.iter().map(|measure| codes[*measure].id.as_str()).collect();
    json!({
        "label": MEASURE.get(language),
        "category": { "index": index, "label": labels, "unit": units, "note": notes },
    })
}

fn legend(rendering: &Rendering<'_>) -> Value {
    let mut legend = Map::new();
    for (code, words) in crate::words::CONF_STATUS.iter().filter(|(code, _)| ["C", "D"].contains(code)) {
        legend.insert((*code).to_owned(), json!(words.get(rendering.language)));
    }
    legend.insert("..".into(), json!(Figure::Missing.status().get(rendering.language)));
    Value::Object(legend)
}
