#!/bin/sh
# Speed of the import: Lumbung, and a peer doing the same checks in Python on the same file.
# usage: benches/import.sh [ROWS] [FOLDER]
set -eu
cd "$(dirname "$0")/.."
rows="${1:-2000000}"
folder="${2:-${TMPDIR:-/tmp}/lumbung-import}"
cargo run --quiet --release -p intake --example import_speed -- "$rows" "$folder"
python="${LUMBUNG_PYTHON:-.venv/bin/python}"
if "$python" -c 'import duckdb' 2>/dev/null; then
    "$python" benches/import_duckdb.py "$folder/enterprises-$rows.csv"
else
    echo "skipped: the peer needs $python with the package duckdb"
fi
