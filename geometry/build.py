#!/usr/bin/env python3
"""Makes a light map from boundaries in GeoJSON: python3 build.py provinces|regencies IN.geojson OUT.json

Plate carrée (Indonesia lies on the equator, so it hardly distorts), simplified as one coverage so that
neighbours keep a common border, rounded to a grid, written as relative SVG paths. Needs shapely >= 2.1.
The codes of the result are those of BPS; `../classifications/regions.csv` gives them for the codes of
the Ministry of Home Affairs that boundary files carry.
"""
import csv
import json
import pathlib
import sys

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

WIDTH = 1000.0
WEST, EAST, NORTH = 94.9, 141.2, 6.2
SCALE = WIDTH / (EAST - WEST)
# What the packager of the light provincial map calls the six provinces of Papua.
PAPUA = {"91-A": "94", "91-B": "97", "91-C": "95", "91-D": "96", "92-A": "91", "92-B": "92"}
# grid in units of the picture; tolerance and least island in square units; how finely centres are told
SETTINGS = {"provinces": dict(grid=0.5, tolerance=0.0, island=0.25), "regencies": dict(grid=0.25, tolerance=0.9, island=0.5)}


def codes():
    path = pathlib.Path(__file__).parent / "../classifications/regions.csv"
    rows = [row for row in csv.DictReader(path.open(encoding="utf-8")) if not row["valid_to"]]
    return {row["kemendagri"]: row["code"] for row in rows}


def project(geometry):
    return shapely.transform(geometry, lambda xy: (xy - [WEST, NORTH]) * [SCALE, -SCALE])


def polygons(geometry):
    if hasattr(geometry, "geoms"):
        return [part for inner in geometry.geoms for part in polygons(inner)]
    return [geometry] if isinstance(geometry, Polygon) and not geometry.is_empty else []


def number(steps, grid):
    return f"{steps * grid:.3f}".rstrip("0").rstrip(".").replace("0.", ".", 1) if abs(steps * grid) < 1 else f"{steps * grid:g}"


def path_of(rings, grid):
    """Rings of grid points as one relative SVG path."""
    out, here = [], (0, 0)
    for ring in rings:
        steps = [ring[0]] + [point for before, point in zip(ring, ring[1:]) if point != before]
        if steps[-1] == steps[0]:
            steps.pop()
        if len(steps) < 3:
            continue
        start = True
        for x, y in steps:
            dx, dy = number(x - here[0], grid), number(y - here[1], grid)
            out.append(("m" if start else "l" if len(out) and out[-1].startswith("m") else " ") + dx + ("" if dy.startswith("-") else " ") + dy)
            here, start = (x, y), False
        out.append("z")
        here = steps[0]
    return "".join(out).replace(" -", "-").replace("l ", "l")


def grid_rings(geometry, grid, island):
    parts = sorted(polygons(geometry), key=lambda part: -part.area)
    kept = [part for index, part in enumerate(parts) if index == 0 or part.area >= island]
    rings = [ring for part in kept for ring in [part.exterior, *part.interiors]]
    return [[(round(x / grid), round(y / grid)) for x, y in ring.coords] for ring in rings]


def main(kind, source, target):
    settings = SETTINGS[kind]
    known = codes()
    features = json.load(open(source, encoding="utf-8"))["features"]
    names = [f["properties"].get("code") or f.get("id") or f["properties"]["id"] for f in features]
    names = [PAPUA.get(name) or known[name] for name in names]
    shapes = [shapely.make_valid(project(shape(f["geometry"]))) for f in features]
    shapes = [MultiPolygon(polygons(one)) for one in shapes]
    if settings["tolerance"]:
        # Points that nearly coincide would keep neighbours from sharing a border.
        shapes = [shapely.set_precision(one, 0.01) for one in shapes]
        simple = shapely.coverage_simplify(shapes, settings["tolerance"])
        shapes = [one if polygons(one) else exact for one, exact in zip(simple, shapes)]
    areas = []
    for code, one in sorted(zip(names, shapes)):
        largest = max(polygons(one), key=lambda part: part.area)
        centre = largest.representative_point()
        path = path_of(grid_rings(one, settings["grid"], settings["island"]), settings["grid"])
        if not path:  # smaller than the grid: a small square where it lies
            path = path_of([[(round(centre.x / settings["grid"]) + dx, round(centre.y / settings["grid"]) + dy) for dx, dy in [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]]], settings["grid"])
        areas.append({"code": code, "path": path, "centre": [round(centre.x, 1), round(centre.y, 1)]})
    assert len({area["code"] for area in areas}) == len(features)
    bottom = max(one.bounds[3] for one in shapes)
    credit = {
        "provinces": {"id": "Peta 38 provinsi D. Herianto (CC BY 4.0), sumber hulu tidak disebut", "en": "Map of 38 provinces by D. Herianto (CC BY 4.0), upstream source not stated"},
        "regencies": {"id": "cahyadsn/wilayah_boundaries (MIT menurut pengemasnya), sumber hulu tidak disebut", "en": "cahyadsn/wilayah_boundaries (MIT according to its packager), upstream source not stated"},
    }[kind]
    result = {"width": WIDTH, "height": float(int(bottom) + 2), "vintage": {"id": "batas 2022", "en": "boundaries of 2022"}, "source": credit}
    head = json.dumps(result, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(area, ensure_ascii=False, separators=(",", ":")) for area in areas)
    pathlib.Path(target).write_text(f'{head}, "areas": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
