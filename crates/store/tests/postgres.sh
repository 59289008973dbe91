#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL pointing at a private PostgreSQL that lives only as long.
#   crates/store/tests/postgres.sh cargo nextest run --release -p store
# Needs Debian's `postgresql` package (initdb, pg_ctl); refuses clearly without it.
set -euo pipefail

bin=$(dirname "$(command -v initdb || ls -1 /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -1 || true)")
if [ ! -x "$bin/initdb" ]; then
    echo "PostgreSQL is missing. Install it: apt-get install -y postgresql" >&2
    exit 1
fi
folder=$(mktemp -d /tmp/lumbung-postgres.XXXXXX)
# PostgreSQL refuses to run as root.
as_postgres() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$folder"
    as_postgres() { runuser -u postgres -- "$@"; }
fi
stop() {
    (cd / && as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT
# Only a socket in the private folder: no port to collide with, no password to leak.
(
    cd /
    as_postgres "$bin/initdb" -D "$folder/data" -U lumbung --auth=trust --encoding=UTF8 --no-sync >"$folder/initdb.log"
    as_postgres "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
        -o "-c listen_addresses='' -k $folder -c fsync=off -c max_connections=400" start >/dev/null
)
TEST_DATABASE_URL="postgres://lumbung@localhost/postgres?host=$folder" "$@"
