"""Speed of the analyst's bench on generated data, beside the Python package that does the same where one is installed.

    pip install -r benches/requirements.txt     # the peers, if wanted
    python benches/methods.py target/release/lumbung

Each command is a process of its own, from file to table; the peer's reading of the file is not counted. Versions are
printed; what is not installed is said. The figures of both are compared before a ratio is printed.
"""

import csv
import importlib.metadata
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3


def lumbung(binary, words):
    """Best wall and processor seconds of some runs, and the outcome."""
    best = (float("inf"), float("inf"))
    for _ in range(RUNS):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([binary, "stat", *words, "--format", "json"], capture_output=True, text=True, check=True)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, (wall, cpu))
    return best, json.loads(done.stdout)


def tell(name, target, best, peer):
    """On a busy machine the wall clock says nothing: then the processor seconds of the one thread are held to the target."""
    wall, cpu = best
    busy = os.getloadavg()[0] > 1.5
    said = "target met" if (cpu if busy else wall) < target else f"TARGET OF {target} s MISSED"
    said += f" by CPU seconds (load average {os.getloadavg()[0]:.1f})" if busy else ""
    print(f"{name}: lumbung {wall:.2f} s, {cpu:.2f} CPU s (best of {RUNS}); {said}; {peer}", flush=True)


def versions(*names):
    """`scipy 1.2.3`, or None if one is not there."""
    try:
        return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    except importlib.metadata.PackageNotFoundError:
        return None


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return str(path)


def column(outcome, table, name):
    found = outcome["tables"][table]
    at = [heading["id"] for heading in found["columns"]].index(name)
    return [row[at] for row in found["rows"]]


def dea(binary, folder, units=1000):
    """Four inputs, two outputs, variable returns, input orientation, with slacks and scale."""
    draw = random.Random(1)
    rows = []
    for _ in range(units):
        x = [draw.lognormvariate(0, 0.5) for _ in range(4)]
        most = (x[0] * x[1] * x[2] * x[3]) ** 0.2
        y = [most * draw.uniform(0.3, 1) for _ in range(2)]
        rows.append(x + y)
    path = write(folder / "dea.csv", ["a", "b", "c", "d", "y", "z"], rows)
    best, outcome = lumbung(binary, ["dea", "--input", path, "--inputs", "a,b,c,d", "--outputs", "y,z"])
    peer = "no peer: scipy is not installed"
    if version := versions("scipy"):
        import numpy
        from scipy.optimize import linprog

        table = numpy.array(rows)
        x, y = table[:, :4].T, table[:, 4:].T
        started, efficiencies = time.process_time(), []
        for unit in range(units):
            cost = numpy.r_[1.0, numpy.zeros(units)]
            most = numpy.vstack([numpy.c_[-x[:, unit], x], numpy.c_[numpy.zeros(2), -y]])
            right = numpy.r_[numpy.zeros(4), -y[:, unit]]
            same = numpy.r_[0.0, numpy.ones(units)][None]
            efficiencies.append(linprog(cost, most, right, same, [1.0], method="highs").fun)
        seconds = time.process_time() - started
        apart = max(abs(a - b) for a, b in zip(efficiencies, column(outcome, 0, "efficiency")))
        assert apart < 1e-6, apart
        peer = f"{version} (HiGHS, efficiencies alone, no slacks, no scale) {seconds:.1f} CPU s, ratio {seconds / best[1]:.0f}"
    tell(f"DEA, {units:,} units", 1, best, peer)


def sfa(binary, folder, rows=10_000):
    draw = random.Random(2)
    lines = []
    for _ in range(rows):
        k, l = draw.gauss(0, 1), draw.gauss(0, 1)
        lines.append([1 + 0.4 * k + 0.5 * l + draw.gauss(0, 0.2) - abs(draw.gauss(0, 0.4)), k, l])
    path = write(folder / "sfa.csv", ["y", "k", "l"], lines)
    best, outcome = lumbung(binary, ["sfa", "--input", path, "--model", "y ~ k + l"])
    found = column(outcome, 0, "estimate")
    assert abs(found[1] - 0.4) < 0.02 and abs(found[2] - 0.5) < 0.02, found
    peer = "no peer: pysfa is not installed"
    if version := versions("pysfa"):
        import numpy
        from pysfa import SFA

        table = numpy.array(lines)
        started = time.process_time()
        fitted = SFA.SFA(table[:, 0], table[:, 1:])
        fitted.optimize()
        seconds = time.process_time() - started
        # It stops early: its own digits are good to three places.
        apart = max(abs(a - b) for a, b in zip(found[:3], fitted.get_beta()))
        assert apart < 0.02, apart
        peer = f"{version} (no efficiencies, no errors) {seconds:.1f} CPU s, ratio {seconds / best[1]:.0f}"
    tell(f"SFA, {rows:,} rows", 1, best, peer)


def staggered(binary, folder, units=100_000, periods=10):
    draw = random.Random(3)
    lines = []
    for unit in range(units):
        start, level = draw.choice([0, 0, 4, 6, 8]), draw.gauss(0, 1)
        for period in range(1, periods + 1):
            effect = 0.1 * (period - start + 1) if start and period >= start else 0.0
            lines.append([unit + 1, period, start, round(level + 0.05 * period + effect + draw.gauss(0, 0.5), 6)])
    path = write(folder / "staggered.csv", ["unit", "period", "start", "y"], lines)
    words = ["--outcome", "y", "--unit", "unit", "--period", "period", "--start", "start"]
    best, outcome = lumbung(binary, ["staggered-did", "--input", path, *words])
    peer = "no peer: csdid is not installed"
    if version := versions("csdid"):
        import contextlib
        import io

        import pandas
        from csdid.att_gt import ATTgt

        frame = pandas.read_csv(path)
        started = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            fitted = ATTgt(yname="y", tname="period", idname="unit", gname="start", data=frame).fit(est_method="dr", bstrap=False)
        seconds = time.process_time() - started
        theirs = {(g, t): a for g, t, a in zip(fitted.results["group"], fitted.results["year"], fitted.results["att"])}
        ours = zip(column(outcome, 0, "group"), column(outcome, 0, "period"), column(outcome, 0, "att"))
        apart = max(abs(att - theirs[(group, period)]) for group, period, att in ours)
        assert apart < 1e-9, apart
        peer = f"{version} (effects by group and period, its averages not counted) {seconds:.1f} CPU s, ratio {seconds / best[1]:.1f}"
    tell(f"Callaway–Sant'Anna, {units:,} units x {periods}", 5, best, peer)


def control_functions(binary, folder, units=20_000, periods=5):
    draw = random.Random(4)
    lines = []
    for unit in range(units):
        omega, k, shock = 0.3 * draw.gauss(0, 1), 2 + draw.gauss(0, 1), draw.gauss(0, 1)
        for period in range(periods):
            news = 0.2 * draw.gauss(0, 1)
            shock = 0.7 * shock + 0.7 * draw.gauss(0, 1)
            # Labour is chosen before all of the news is known, materials after: what these methods suppose.
            l = 1 + 0.4 * k + 0.5 * omega + 0.6 * shock + 0.3 * news
            omega = 0.7 * omega + news
            lines.append([unit, period, 0.6 * l + 0.3 * k + omega + 0.1 * draw.gauss(0, 1), l, k, 0.5 + 0.4 * k + 1.2 * omega])
            k = 0.9 * k + 0.2 + 0.3 * omega + 0.2 * draw.gauss(0, 1)
    path = write(folder / "firms.csv", ["unit", "period", "y", "l", "k", "m"], lines)
    words = ["--output", "y", "--free", "l", "--state", "k", "--proxy", "m", "--unit", "unit", "--period", "period"]
    for name, method in [("Levinsohn–Petrin", "levinsohn-petrin"), ("Ackerberg–Caves–Frazer", "ackerberg-caves-frazer")]:
        best, outcome = lumbung(binary, [method, "--input", path, *words])
        found = column(outcome, 0, "estimate")
        assert abs(found[0] - 0.6) < 0.06 and abs(found[1] - 0.3) < 0.06, found
        tell(f"{name}, {units * periods:,} rows", 5, best, "no peer: no Python package for it was found")


def two_way(binary, folder):
    """The regression of an event study on the panel of `staggered`: two-way fixed effects, errors by unit."""
    path = str(folder / "staggered.csv")
    words = ["--outcome", "y", "--unit", "unit", "--period", "period", "--start", "start", "--leads", "3", "--lags", "3"]
    best, outcome = lumbung(binary, ["event-study", "--input", path, *words])
    peer = "no peer: pyfixest is not installed"
    if version := versions("pyfixest"):
        import numpy
        import pandas
        import pyfixest

        frame = pandas.read_csv(path)
        since = (frame["period"] - frame["start"]).clip(-3, 3)
        names = []
        for time_since in (-3, -2, 0, 1, 2, 3):
            names.append(f"t{time_since}".replace("-", "m"))
            frame[names[-1]] = ((frame["start"] > 0) & (since == time_since)).astype(float)
        started = time.process_time()
        fitted = pyfixest.feols(f"y ~ {' + '.join(names)} | unit + period", frame, vcov={"CRV1": "unit"})
        seconds = time.process_time() - started
        theirs = list(numpy.asarray(fitted.coef()))
        ours = [value for at, value in zip(column(outcome, 0, "time"), column(outcome, 0, "estimate")) if at != -1]
        apart = max(abs(a - b) for a, b in zip(ours, theirs))
        assert apart < 1e-6, apart
        peer = f"{version} {seconds:.1f} CPU s, ratio {seconds / best[1]:.1f}"
    tell("event study, 1,000,000 rows", 5, best, peer)


def main(binary):
    with tempfile.TemporaryDirectory(prefix="lumbung-methods-") as folder:
        for bench in (dea, sfa, staggered, two_way, control_functions):
            bench(binary, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1])
