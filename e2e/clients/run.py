"""Asks a running server with the SDMX clients that people use, and compares what they read.

    python e2e/clients/run.py http://127.0.0.1:8080

Prints one line per check and exits with 1 if one failed. Needs the packages of requirements.txt;
the checks with npm's sdmx-rest need Node and `npm ci` in the folder above, those with rsdmx need
R with rsdmx, and both say `skip` where that is absent.
"""

import csv
import io
import itertools
import json
import logging
import math
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import validate

# opensdmx remembers what an address once listed; another server may stand there today.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="lumbung-clients-")

HERE = Path(__file__).parent
AGENCY = "NPD"
# Larger datasets are asked for in part: this is a check of the interface, not of the network.
LARGE = 60_000


class Skip(Exception):
    """What a check needs is not installed here."""


def fetch(address, **headers):
    """Status, headers and text of an answer; errors of HTTP are answers too."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def first_measure(address):
    """The measure of the first row of a download, without reading the rest."""
    with urllib.request.urlopen(address, timeout=120) as answer:
        rows = csv.DictReader(io.StringIO(answer.readline().decode() + answer.readline().decode()))
        return next(rows)["MEASURE"]


class Flow:
    """A flow, and its figures as the CSV download tells them."""

    def __init__(self, base, flow, dimensions, observations):
        self.base, self.id, self.dimensions = base, flow, dimensions
        large = observations > LARGE
        if large:
            # One measure of the nation is small enough.
            measure = first_measure(f"{base}/en/datasets/{flow}/download.csv")
            self.key = ".".join({"MEASURE": measure, "REF_AREA": "ID"}.get(one, "") for one in dimensions)
            self.query = f"measure={measure}" + ("&REF_AREA=ID" if "REF_AREA" in dimensions else "")
        else:
            self.key, self.query = "", ""
        _, _, text = fetch(f"{base}/en/datasets/{flow}/download.csv?{self.query}")
        rows = csv.reader(io.StringIO(text))
        header = next(rows)
        columns = {}
        for at, title in enumerate(header):
            concept, _, edition = title.partition(" (")
            if concept in (*dimensions, "TIME_PERIOD"):
                columns[concept] = (at, edition.rstrip(")"))
        value, status = header.index("Value"), header.index("CONF_STATUS")
        self.figures, self.statuses = {}, {}
        for row in rows:
            codes = {concept: code(concept, edition, row[at]) for concept, (at, edition) in columns.items()}
            key = tuple(codes[one] for one in dimensions if one != "FREQ") + (codes["TIME_PERIOD"],)
            self.figures[key] = float(row[value]) if row[value] else math.nan
            self.statuses[key] = row[status]

    def compare(self, figures):
        """Every figure of a client must be the one of the download, and none may be absent."""
        assert figures, "the client read nothing"
        assert len(figures) == len(self.figures), f"{len(figures)} figures, the download has {len(self.figures)}"
        for key, figure in figures.items():
            expected = self.figures[key]
            figure = math.nan if figure is None else float(figure)
            same = math.isnan(figure) if math.isnan(expected) else math.isclose(figure, expected, rel_tol=1e-12)
            assert same, f"{key}: the client read {figure}, the download has {expected}"

    def of_rows(self, rows):
        """Figures from rows that are dictionaries by component."""
        return {
            tuple(str(row[one]) for one in self.dimensions if one != "FREQ") + (str(row["TIME_PERIOD"]),): number(
                row.get("OBS_VALUE")
            )
            for row in rows
        }


def number(text):
    return math.nan if text in (None, "", "NaN") else float(text)


def code(concept, edition, own):
    """The SDMX code of a classification's own code (docs/api.md)."""
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "_@$-") else "_" for one in own)
    if concept == "REF_AREA":
        bare = own.replace(".", "")
        return "ID" if own == "_T" else "ID" + bare if bare.isdigit() else safe
    return safe if own.startswith("_") or not edition else f"{edition}_{safe}"


def flows(base):
    """Every flow with its dimensions and the number of its observations, from SDMX-JSON."""
    accept = "application/vnd.sdmx.structure+json;version=2.0.0"
    _, _, text = fetch(f"{base}/sdmx/v2/structure/dataflow/{AGENCY}/*/~?references=all", Accept=accept)
    data = json.loads(text)["data"]
    counts = {}
    for constraint in data["dataConstraints"]:
        for note in constraint.get("annotations", []):
            if note.get("id") == "obs_count":
                counts[constraint["id"].removeprefix("CC_")] = int(note["title"])
    for structure in data["dataStructures"]:
        components = structure["dataStructureComponents"]["dimensionList"]
        if "timeDimension" in components:
            dimensions = [one["id"] for one in components["dimensions"]]
            yield Flow(base, structure["id"], dimensions, counts[structure["id"]])


# --- The interface itself -----------------------------------------------------------------------


def check_statuses(base, flow):
    cases = [
        ("v1/dataflow", 200),
        ("v1/dataflow/ALL/ALL/LATEST/", 200),
        ("v1/dataflow/OTHER/MISSING", 404),
        (f"v1/datastructure/ALL/{flow.id}", 200),
        (f"v1/data/{AGENCY}%2C{flow.id}%2C1.0/?startPeriod=2999", 404),
        (f"v1/data/{flow.id}?startPeriod=yesterday", 400),
        (f"v1/data/{flow.id}/A.B.C.D.E.F.G.H.I", 403),
        ("v1/metadata/x", 501),
        ("v1/nonsense", 400),
        (f"v2/data/dataflow/{AGENCY}/{flow.id}/%2B?c%5BTIME_PERIOD%5D=gt:2999", 204),
        (f"v2/data/dataflow/{AGENCY}/{flow.id}?c%5BPLANET%5D=X", 422),
        (f"v2/structure/dataflow/{AGENCY}/%2A/%7E", 200),
        (f"v2/data/dataflow/{AGENCY}/{flow.id}?asOf=1999-01-01", 204),
    ]
    for address, expected in cases:
        status, headers, _ = fetch(f"{base}/sdmx/{address}", Accept_Language="*", Origin="https://elsewhere.example")
        assert status == expected, f"{address}: {status}, expected {expected}"
        assert headers["access-control-allow-origin"] == "*", f"{address}: no CORS"
        assert "accept-language" in headers["vary"].lower(), f"{address}: no Vary"
    status, _, _ = fetch(f"{base}/sdmx/v1/dataflow", Accept="image/png")
    assert status == 406, status


def check_not_modified(base, flow):
    address = f"{base}/sdmx/v1/data/{flow.id}/{flow.key}?lastNObservations=1"
    status, headers, _ = fetch(address)
    assert status == 200, status
    for given in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, _, body = fetch(address, **given)
        assert (status, body) == (304, ""), f"{given}: {status}"


def check_schemas(base, flow):
    """Every kind of message against the schemas that the standard publishes."""
    data, key = f"v1/data/{flow.id}/{flow.key}", flow.key or "*"
    data2 = f"v2/data/dataflow/{AGENCY}/{flow.id}/~/" + ".".join(part or "*" for part in key.split("."))
    xml, js = "application/xml", "application/json"
    specific = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
    messages = {
        "structure-2.1-flow.xml": (f"v1/dataflow/{AGENCY}/{flow.id}?references=all&detail=referencepartial", xml),
        "structure-2.1-everything.xml": ("v1/structure", xml),
        "structure-2.1-available.xml": (f"v1/availableconstraint/{flow.id}?references=all", xml),
        "structure-3.0-flow.xml": (f"v2/structure/dataflow/{AGENCY}/{flow.id}?references=all", xml),
        "structure-3.0-available.xml": (f"v2/availability/dataflow/{AGENCY}/{flow.id}", xml),
        "structure-1.0-flow.json": (f"v1/dataflow/{AGENCY}/{flow.id}?references=all", js),
        "structure-2.0-flow.json": (f"v2/structure/dataflow/{AGENCY}/{flow.id}?references=all", js),
        "generic-2.1.xml": (data, xml),
        "schema-2.1-TIME_PERIOD.xsd": (f"v1/schema/dataflow/{AGENCY}/{flow.id}/latest", xml),
        "specific-2.1-TIME_PERIOD.xml": (data, specific),
        "schema-3.0-TIME_PERIOD.xsd": (f"v2/schema/dataflow/{AGENCY}/{flow.id}/1.0.0", xml),
        "specific-3.0-TIME_PERIOD.xml": (data2, xml),
        "data-1.0.json": (data, js),
        "data-2.0.json": (data2, js),
        "error-2.1.xml": ("v1/data/MISSING", xml),
    }
    folder = Path(tempfile.mkdtemp())
    try:
        for name, (address, accept) in messages.items():
            _, _, text = fetch(f"{base}/sdmx/{address}", Accept=accept)
            (folder / name).write_text(text)
        for name in messages:
            found = validate.problems(folder / name)
            assert not found, f"{name}: {found}"
    finally:
        shutil.rmtree(folder)


def check_csv_2(base, flow):
    key = ".".join(part or "*" for part in flow.key.split(".")) if flow.key else "*"
    accept = "application/vnd.sdmx.data+csv;version=2.0.0"
    _, _, text = fetch(f"{base}/sdmx/v2/data/dataflow/{AGENCY}/{flow.id}/+/{key}", Accept=accept)
    rows = list(csv.DictReader(io.StringIO(text)))
    flow.compare(flow.of_rows(rows))
    for row in rows:
        key = tuple(row[one] for one in flow.dimensions if one != "FREQ") + (row["TIME_PERIOD"],)
        assert row["CONF_STATUS"] == flow.statuses[key], f"{key}: {row['CONF_STATUS']}"
        assert (row["OBS_VALUE"] == "") == (row["OBS_STATUS"] != "A"), f"{key}: {row}"


def check_json_stat(base, flow):
    _, _, text = fetch(f"{base}/en/datasets/{flow.id}/download.jsonstat.json?{flow.query}")
    stat = json.loads(text)
    assert stat["version"] == "2.0" and stat["class"] == "dataset"
    categories = [stat["dimension"][one]["category"]["index"] for one in stat["id"]]
    figures = {}
    for place in [*stat["value"], *stat["status"]]:
        rest, codes = int(place), {}
        for one, codes_of_one in reversed(list(zip(stat["id"], categories))):
            rest, at = divmod(rest, len(codes_of_one))
            codes[one] = codes_of_one[at]
        key = tuple(codes[one] for one in flow.dimensions if one != "FREQ") + (codes["TIME_PERIOD"],)
        figures[key] = stat["value"].get(place, math.nan)
    flow.compare(figures)


def check_px(base, flow):
    """PX through pyaxis, which reads what PxWeb writes."""
    import tempfile

    from pyaxis import pyaxis

    logging.getLogger().setLevel(logging.WARNING)
    _, _, text = fetch(f"{base}/en/datasets/{flow.id}/download.px?{flow.query}")
    with tempfile.NamedTemporaryFile("w", suffix=".px", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        read = pyaxis.parse(file.name, encoding="utf-8", null_values=r'^"\."$', sd_values=r'^"\.\.+"$')
    names = read["METADATA"]["STUB"] + read["METADATA"]["HEADING"]
    # By place, not by name: a section and its only division may have one name.
    keys = itertools.product(*(read["METADATA"][f"CODES({one})"] for one in names))
    asked = {}
    for told, figure in zip(keys, read["DATA"]["DATA"], strict=True):
        try:
            asked[told] = float(figure)
        except (TypeError, ValueError):
            asked[told] = math.nan
    figures = {tuple(sorted(key)): value for key, value in asked.items()}
    expected = {tuple(sorted(key)): value for key, value in flow.figures.items()}
    for key, value in expected.items():
        assert key in figures, f"{key} is not in the PX file"
        assert figures[key] == value or (math.isnan(figures[key]) and math.isnan(value)), f"{key}: {figures[key]}, {value}"


# --- The clients --------------------------------------------------------------------------------


def check_sdmx1(base, flow):
    import sdmx

    # sdmx1 asks for the structures of the agency by which the source is called.
    source = {
        "id": AGENCY,
        "name": "Lumbung",
        "url": f"{base}/sdmx/v1",
        "supports": {"availableconstraint": True, "preview": True},
    }
    sdmx.add_source(source, override=True)
    client = sdmx.Client(AGENCY)
    assert flow.id in client.dataflow().dataflow
    message = client.dataflow(flow.id, params={"references": "all"})
    structure = message.structure[flow.id]
    assert [one.id for one in structure.dimensions] == [*flow.dimensions, "TIME_PERIOD"]
    assert str(message.codelist["CL_CONF_STATUS"]["D"].name), "codes have names"
    # As most people read it, and with the structure at hand, which names the attributes too.
    accept = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
    _, _, text = fetch(f"{base}/sdmx/v1/data/{flow.id}/{flow.key}", Accept=accept)
    plain = client.data(flow.id, key=flow.key or None).data[0]
    structured = sdmx.read_sdmx(io.BytesIO(text.encode()), structure=structure).data[0]
    for data in (plain, structured):
        rows = []
        for observation in data.obs:
            key = {one.id: str(one.value) for one in observation.key.values.values()}
            rows.append({**key, "OBS_VALUE": observation.value})
        flow.compare(flow.of_rows(rows))
    assert structured.attrib["SYNTHETIC"].value.id in "YN"
    keys = client.preview_data(flow.id)
    assert len(keys) > 0
    constraint = client.get("availableconstraint", flow.id)
    assert constraint.constraint[f"CC_{flow.id}"].data_content_region
    frame = sdmx.to_pandas(client.data(flow.id, key=flow.key or None, params={"lastNObservations": 1}))
    assert len(frame) > 0


def check_pysdmx(base, flow):
    from pysdmx.api.fmr import RegistryClient
    from pysdmx.io import get_datasets, read_sdmx

    client = RegistryClient(f"{base}/sdmx/v2")
    assert flow.id in [one.id for one in client.get_dataflows(AGENCY)]
    schema = client.get_schema("dataflow", AGENCY, flow.id, "1.0.0")
    assert [one.id for one in schema.components.dimensions] == [*flow.dimensions, "TIME_PERIOD"]
    codes = {one.id for one in schema.components["MEASURE"].enumeration.codes}
    assert {key[flow.dimensions.index("MEASURE") - 1] for key in flow.figures} <= codes
    key2 = ".".join(part or "*" for part in flow.key.split(".")) if flow.key else "*"
    forms = {
        "structure-specific 2.1": (f"v1/data/{flow.id}/{flow.key}", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"),
        "generic 2.1": (f"v1/data/{flow.id}/{flow.key}", "application/vnd.sdmx.genericdata+xml;version=2.1"),
        "structure-specific 3.0": (f"v2/data/dataflow/{AGENCY}/{flow.id}/~/{key2}", "application/vnd.sdmx.data+xml;version=3.0.0"),
        "CSV 2.0": (f"v2/data/dataflow/{AGENCY}/{flow.id}/~/{key2}", "application/vnd.sdmx.data+csv;version=2.0.0"),
        "CSV 1.0": (f"v1/data/{flow.id}/{flow.key}", "application/vnd.sdmx.data+csv;version=1.0.0"),
    }
    for form, (address, accept) in forms.items():
        _, _, text = fetch(f"{base}/sdmx/{address}", Accept=accept)
        message = read_sdmx(text, validate=form in ("generic 2.1",))
        frame = message.data[0].data
        try:
            flow.compare(flow.of_rows(frame.where(frame.notna(), None).to_dict("records")))
        except AssertionError as error:
            raise AssertionError(f"{form}: {error}") from error
    for edition, accept in (("v1", "2.1"), ("v2", "3.0.0")):
        path = f"dataflow/{AGENCY}/{flow.id}" if edition == "v1" else f"structure/dataflow/{AGENCY}/{flow.id}"
        accept = f"application/vnd.sdmx.structure+xml;version={accept}"
        _, _, text = fetch(f"{base}/sdmx/{edition}/{path}?references=all", Accept=accept)
        message = read_sdmx(text, validate=True)
        assert flow.id in [one.id for one in message.get_dataflows()]
    _, _, structures = fetch(f"{base}/sdmx/v1/dataflow/{AGENCY}/{flow.id}?references=descendants")
    _, _, data = fetch(f"{base}/sdmx/v1/data/{flow.id}/{flow.key}", Accept=forms["structure-specific 2.1"][1])
    assert get_datasets(data, structures)[0].structure.id == flow.id


def check_opensdmx(base, flow):
    import opensdmx

    opensdmx.set_provider(f"{base}/sdmx/v1", agency_id=AGENCY, rate_limit=0)
    listed = opensdmx.all_available()
    assert flow.id in listed["df_id"].to_list(), listed.columns
    dataset = opensdmx.load_dataset(flow.id)
    # An empty wish for all of three dimensions is the key `..`, which its HTTP library takes for the
    # folder above; the frequency keeps the key a key.
    wishes = {one: wish for one, wish in zip(flow.dimensions, flow.key.split(".")) if wish}
    dataset = opensdmx.set_filters(dataset, **{"FREQ": "A", **wishes})
    frame = opensdmx.get_data(dataset)
    rows = [{name: value for name, value in row.items()} for row in frame.to_dicts()]
    for row in rows:
        # opensdmx turns years into dates.
        row["TIME_PERIOD"] = str(row["TIME_PERIOD"])[:4]
    flow.compare(flow.of_rows(rows))


def check_sdmx_rest(base, flow):
    """The addresses that npm's sdmx-rest writes must all lead somewhere."""
    if not shutil.which("node") or not (HERE.parent / "node_modules/sdmx-rest").exists():
        raise Skip("no Node, or `npm install` was not run in e2e")
    command = ["node", str(HERE / "sdmx_rest.mjs"), base, AGENCY, flow.id, flow.key]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def check_rsdmx(base, flow):
    if not shutil.which("Rscript"):
        raise Skip("no R")
    script = str(HERE / "rsdmx.R")
    done = subprocess.run(["Rscript", script, base, AGENCY, flow.id, flow.key], capture_output=True, text=True, timeout=300)
    if done.returncode == 77:
        raise Skip("R without rsdmx")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    for row in rows:
        row["TIME_PERIOD"] = row.get("TIME_PERIOD") or row.get("obsTime")
        row["OBS_VALUE"] = None if row.get("OBS_VALUE") in ("NA", "") else row.get("OBS_VALUE")
    flow.compare(flow.of_rows(rows))


CHECKS = [
    check_statuses,
    check_not_modified,
    check_schemas,
    check_csv_2,
    check_json_stat,
    check_px,
    check_sdmx1,
    check_pysdmx,
    check_opensdmx,
    check_sdmx_rest,
    check_rsdmx,
]


def main(base):
    passed = failed = skipped = 0
    for flow in flows(base.rstrip("/")):
        for check in CHECKS:
            name = f"{flow.id} {check.__name__.removeprefix('check_')}"
            try:
                check(flow.base, flow)
            except Skip as reason:
                skipped += 1
                print(f"skip {name}: {reason}", flush=True)
            except Exception as error:
                failed += 1
                print(f"FAIL {name}: {type(error).__name__}: {str(error)[:600]}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
            else:
                passed += 1
                print(f"ok   {name}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
