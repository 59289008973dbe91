//! What must stand beside every number: definition, unit, vintage, source, n, and the ways out.

use domain::measure::Measure;

use crate::address;
use crate::layout::Link;
use crate::reading::Reading;
use crate::speech::Speech;

/// One line of "before you use this number".
pub(crate) struct Fact {
    pub name: String,
    pub value: String,
}

/// One vintage of the dataset.
pub(crate) struct Vintage {
    pub name: String,
    pub href: String,
    /// Is this the one on the page?
    pub here: bool,
    pub newest: bool,
    pub chip: String,
    pub note: String,
}

/// "Juta rupiah per pekerja, harga konstan 2010".
pub(crate) fn unit_and_prices(reading: &Reading, speech: Speech, measure: &Measure) -> String {
    let unit = speech.say(&measure.unit.label);
    let mut line = capitalised(unit);
    let prices = speech.say(&reading.table.provenance().price_basis);
    if !prices.is_empty() && matches!(measure.unit.code.as_str(), "IDR" | "USD") {
        line.push_str(", ");
        line.push_str(&crate::finding::lower_first(prices));
    }
    line
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Source, release and date in one line, synthetic said first.
pub(crate) fn source_line(reading: &Reading, speech: Speech) -> String {
    let manifest = &reading.release.manifest;
    let date = speech.day_of(reading.release.published_at());
    let source = speech.say(&manifest.source).trim_end_matches('.').to_owned();
    let key = if reading.is_synthetic() { "source-synthetic" } else { "source" };
    let id = manifest.id.clone();
    speech.with(key, &[("source", &source), ("release", &id), ("date", &date)])
}

/// The facts beside a table.
pub(crate) fn of(reading: &Reading, speech: Speech, measure: usize, key: &[u32]) -> Vec<Fact> {
    let manifest = &reading.release.manifest;
    let provenance = reading.table.provenance();
    let known = &reading.measures()[measure];
    let mut facts = Vec::new();
    let mut tell = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { name: speech.t(name), value });
        }
    };
    tell("fact-unit", capitalised(speech.say(&known.unit.label)));
    if let Some(count) = reading.enterprises(key) {
        let count = count.parse::<u64>().map_or(count.clone(), |count| speech.integer(count));
        tell("fact-coverage", speech.with("fact-enterprises", &[("count", &count)]));
    }
    tell("fact-prices", speech.say(&provenance.price_basis).to_owned());
    let classifications: Vec<&str> = reading
        .dimensions()
        .iter()
        .map(|dimension| dimension.classification.as_str())
        .filter(|classification| !classification.is_empty())
        .collect();
    tell("fact-classifications", classifications.join(", "));
    if matches!(known.kind, domain::measure::MeasureKind::Quantile { .. }) {
        tell("fact-quantiles", provenance.quantile_definition.clone());
    }
    tell("fact-source", speech.say(&manifest.source).to_owned());
    tell("fact-licence", manifest.licence.clone());
    facts
}

/// Every vintage of the dataset, newest first. With a query they lead to the same table.
pub(crate) fn vintages(reading: &Reading, speech: Speech, query: Option<&str>) -> Vec<Vintage> {
    let dataset = address::escape(&reading.dataset.id);
    let newest = &reading.dataset.latest().manifest.id;
    // The vintage is named anew for each.
    let query = query.map(|query| {
        let kept = query.split('&').filter(|pair| !pair.starts_with("release="));
        kept.collect::<Vec<_>>().join("&")
    });
    reading
        .dataset
        .releases
        .iter()
        .map(|release| {
            let manifest = &release.manifest;
            let href = match &query {
                Some(query) => {
                    format!("/datasets/{dataset}/table?{query}&release={}", address::escape(&manifest.id))
                }
                None => format!("/releases/{}", address::escape(&manifest.id)),
            };
            let number = manifest.vintage.to_string();
            let date = speech.day_of(release.published_at());
            Vintage {
                name: speech.with("vintage", &[("number", &number), ("date", &date)]),
                href: speech.href(&href),
                here: manifest.id == reading.release.manifest.id,
                newest: manifest.id == *newest,
                chip: speech.t(if manifest.id == *newest { "vintage-current" } else { "vintage-replaced" }),
                note: speech.say(&manifest.note).to_owned(),
            }
        })
        .collect()
}

/// Endings of the downloads that people choose, with the keys of their names.
const ENDINGS: [(&str, &str); 5] = [
    ("csv", "format-csv"),
    ("xlsx", "format-xlsx"),
    ("sdmx.csv", "format-sdmx"),
    ("jsonstat.json", "format-jsonstat"),
    ("px", "format-px"),
];

/// The address of a download, narrowed by a query.
pub(crate) fn download(reading: &Reading, speech: Speech, ending: &str, query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    let id = address::escape(&reading.release.manifest.id);
    speech.href(&format!("/releases/{id}/download.{ending}{mark}{query}"))
}

/// The downloads of some cells, or of all if the query is empty.
pub(crate) fn downloads(reading: &Reading, speech: Speech, query: &str) -> Vec<Link> {
    ENDINGS
        .iter()
        .map(|(ending, key)| Link {
            href: download(reading, speech, ending, query),
            label: speech.t(key),
            current: false,
        })
        .collect()
}
