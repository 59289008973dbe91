"""Speed as a ratio to a named peer, on this machine and the same data.

    python benches/run.py target/release/lumbung [ENTERPRISES]

The cube is compared with DuckDB on generated enterprises; generator and peer program come from the folder that
LUMBUNG_SHARED names (`bench/gen.py`, `bench/quantile_cube_duckdb.py`). What is absent is said, not guessed.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("LUMBUNG_SHARED", "/nowhere")) / "bench"


def timed(command):
    """Wall seconds, the child's peak memory in MiB, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, peak, done.stdout + done.stderr


def cube(binary, enterprises, folder):
    if not (SHARED / "gen.py").exists():
        print("cube: skipped, set LUMBUNG_SHARED to the folder with bench/gen.py")
        return
    import duckdb

    data, out = folder / "enterprises.parquet", folder / "cube.parquet"
    _, _, said = timed([sys.executable, str(SHARED / "gen.py"), str(enterprises), "2", str(data)])
    print(f"cube: {said.strip()}")
    everything = ROOT / "plans/bench.toml"
    quantiles = folder / "quantiles.toml"
    alone = 'measures = ["ENTERPRISES", "LP_P10", "LP_P25", "LP_P50", "LP_P75", "LP_P90"]\n\n[cube.variables]'
    quantiles.write_text(everything.read_text().replace("[cube.variables]", alone, 1))
    best = {}
    for name, plan in [("the quantiles alone", quantiles), ("all measures", everything)]:
        command = [binary, "cube", "--input", str(data), "--plan", str(plan), "--output", str(out), "--threads", "2"]
        runs = []
        for _ in range(5):
            seconds, _, said = timed(["/usr/bin/time", "-v", *command])
            peak = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", said).group(1)) / 1024
            runs.append((seconds, peak))
        best[name], peak = min(runs)
        print(f"cube: lumbung {best[name]:.2f} s (best of {len(runs)}), peak {peak:.0f} MiB, {name}, file to file", flush=True)
    _, _, said = timed([sys.executable, str(SHARED / "quantile_cube_duckdb.py"), str(data)])
    peer = float(re.search(r"weighted total ([0-9.]+)", said).group(1))
    print(f"cube: DuckDB {duckdb.__version__} {peer:.1f} s for the quantiles alone, its reading of the file not counted")
    for name, seconds in best.items():
        print(f"cube: ratio {peer / seconds:.1f} ({name})")


def pages(binary, folder):
    demo = folder / "demo"
    subprocess.run([binary, "demo", "--data-dir", str(demo), "--enterprises", "20000", "--no-serve"], check=True, capture_output=True)
    subprocess.run([sys.executable, "benches/pages.py", binary, str(demo)], cwd=ROOT, check=False)


def main(binary, enterprises):
    binary = str(Path(binary).resolve())
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        cube(binary, enterprises, Path(folder))
        pages(binary, Path(folder))
    for name, command in [
        ("methods", [sys.executable, "benches/methods.py", binary]),
        ("import", ["bash", "benches/import.sh", "1000000"]),
        ("protect", ["cargo", "bench", "--locked", "--profile", "release", "-p", "disclosure", "--bench", "protect"]),
    ]:
        print(f"{name}: {' '.join(command)}", flush=True)
        subprocess.run(command, cwd=ROOT, check=False)


if __name__ == "__main__":
    main(sys.argv[1], int(float(sys.argv[2])) if len(sys.argv) > 2 else 5_600_000)
