#!/usr/bin/env bash
# The demonstration, small, on a free port: the real SDMX clients and the browser go through it.
#   e2e/run.sh target/release/lumbung [SCREENSHOT FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
lumbung=$(realpath "$1")
python=${LUMBUNG_PYTHON:-.venv/bin/python}
folder=$(mktemp -d /tmp/lumbung-e2e.XXXXXX)
screens=${2:-$folder/screens}
mkdir -p "$screens"
stop() {
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT

"$lumbung" demo --data-dir "$folder/data" --no-serve --enterprises "${LUMBUNG_E2E_ENTERPRISES:-8000}" --lang en
"$lumbung" doctor --data-dir "$folder/data" --lang en
"$lumbung" verify rice_farms-1 --data-dir "$folder/data" --lang en

"$lumbung" serve --data-dir "$folder/data" --listen 127.0.0.1:0 --lang en >"$folder/serve.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    base=$(grep -oE 'http://[0-9.:]+' "$folder/serve.log" | head -1 || true)
    [ -n "$base" ] && break
    sleep 0.1
done
[ -n "$base" ] || { cat "$folder/serve.log"; exit 1; }

echo "--- SDMX clients"
"$python" e2e/clients/run.py "$base"
echo "--- browser"
node e2e/journey.mjs "$base" "$folder/data/demo-accounts.txt" "$screens"
echo "--- identity provider"
node e2e/oidc.mjs "$lumbung" "$screens"
echo "--- work rooms with the cohort"
node e2e/rooms.mjs "$base" "$folder/data/demo-accounts.txt" "$screens"
echo "--- one enterprise, six people"
node e2e/walk.mjs "$base" "$folder/data/demo-accounts.txt" "$screens"
echo "--- mail"
kill "$server"
wait "$server" 2>/dev/null || true
server=
"$python" e2e/mail.py "$lumbung" "$folder/data"
