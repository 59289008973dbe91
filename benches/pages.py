"""How quick every page is with a full ledger: the demonstration, copied until it is national in size.

    python benches/pages.py target/release/lumbung DEMO_FOLDER [ENTERPRISES] [OBSERVATIONS]

The ledger of a demonstration (`lumbung demo --no-serve`) is copied, its enterprises and their histories are
repeated under new ids, and every page is asked for through HTTP as the roles that may see it. Prints the median
and the 95th percentile of each page, and the first answer, which may have to compute. No page is left out: what
is not a page (downloads, forms) is not asked for.
"""

import http.cookiejar
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

# Tables whose rows belong to one enterprise, with the columns that carry ids of copied rows.
COPIED = {
    "enterprise": ["id", "canonical_id"],
    "enterprise_version": ["enterprise_id"],
    "enterprise_workforce": ["enterprise_id"],
    "enterprise_word": ["enterprise_id"],
    "account": ["id", "email"],
    "trainer_step": ["id", "person_id"],
    "training": ["id", "trainer_id"],
    "engagement": ["id", "enterprise_id", "trainer_id"],
    "course": ["id", "engagement_id", "training_id"],
    "assessment": ["id", "engagement_id", "course_id"],
    "participation": ["id", "training_id", "course_id"],
    "visit": ["id", "engagement_id", "course_id", "trainer_id"],
    "project": ["id", "engagement_id", "course_id"],
    "report": ["id", "engagement_id", "course_id"],
    "case_study": ["id", "engagement_id", "course_id"],
    "observation": ["id", "enterprise_id", "engagement_id", "training_id", "replaces"],
    "money_entry": ["id", "training_id", "replaces"],
}
ROUNDS = 15


def columns(ledger, table):
    return [row[1] for row in ledger.execute(f"pragma table_info({table})")]


def grow(path, enterprises, observations):
    """Repeats the enterprises of the ledger, then whole histories until there are enough observations."""
    ledger = sqlite3.connect(path)
    ledger.execute("pragma synchronous = off")
    ledger.execute("pragma foreign_keys = off")
    count = lambda table: ledger.execute(f"select count(*) from {table}").fetchone()[0]
    start, told = count("enterprise"), count("observation")
    if start == 0 or told == 0:
        raise SystemExit("pages: the demonstration holds no enterprises with observations")
    histories = -(-observations // told)
    copies = max(-(-enterprises // start), histories)
    register = {"enterprise", "enterprise_version", "enterprise_workforce", "enterprise_word"}
    for table, keys in COPIED.items():
        names = columns(ledger, table)
        chosen = [f"{name} || '~' || k.number" if name in keys else name for name in names]
        if table == "enterprise":
            # Names differ, as they do in life.
            chosen[names.index("name")] = "name || ' ' || k.number"
            chosen[names.index("name_key")] = "name_key || ' ' || k.number"
        most = copies if table in register else histories
        ledger.execute("create temp table if not exists k (number integer primary key)")
        ledger.execute("delete from k")
        ledger.executemany("insert into k values (?)", [(number,) for number in range(1, most)])
        # Of the accounts those that train: more enterprises have more trainers.
        where = "where id in (select trainer_id from engagement)" if table == "account" else ""
        ledger.execute(
            f"insert into {table} ({', '.join(names)}) select {', '.join(chosen)} from {table} cross join k {where}"
        )
    ledger.execute("update result_state set generation = generation + 1")
    ledger.commit()
    ledger.execute("analyze")
    ledger.commit()
    sizes = count("enterprise"), count("engagement"), count("observation")
    ledger.close()
    return sizes


class Visitor:
    """One role with its own session."""

    def __init__(self, base, link=None):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.base, self.opener = base, urllib.request.build_opener(cookies)
        if link:
            self.sign_in(link)

    def get(self, path):
        started = time.perf_counter()
        try:
            with self.opener.open(self.base + path, timeout=120) as answer:
                body = answer.read().decode("utf-8", "replace")
                return answer.status, body, (time.perf_counter() - started) * 1000
        except urllib.error.HTTPError as refused:
            return refused.code, "", (time.perf_counter() - started) * 1000

    def sign_in(self, link):
        _, page, _ = self.get(link)
        form = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        form |= {name: "panjang-sekali-dan-aman-2026" for name in re.findall(r'type="password"[^>]*name="([^"]+)"', page)}
        form |= {name: "panjang-sekali-dan-aman-2026" for name in re.findall(r'name="([^"]+)"[^>]*type="password"', page)}
        action = re.search(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page)
        target = action.group(1) if action else link
        self.opener.open(self.base + target, urllib.parse.urlencode(form).encode(), timeout=60).read()


def discover(visitor, starts):
    """The pages that this visitor can reach, one address of each kind."""
    seen, kinds, queue = set(), {}, list(starts)
    while queue and len(kinds) < 200:
        path = queue.pop(0)
        kind = re.sub(r"/[0-9a-f~-]{20,}|(?<=/)(npd_[a-z]+-\d+|[A-Z]{1,3}|\d{2,5})(?=/|$)", "/*", path.split("?")[0])
        if kind in kinds or path in seen:
            continue
        seen.add(path)
        status, body, took = visitor.get(path)
        if status != 200 or "<html" not in body[:400]:
            continue
        kinds[kind] = (path, took)
        for link in re.findall(r'<a[^>]*href="(/[^"#]*)"', body):
            if not re.search(r"\.(csv|xlsx|px|json|pdf|ics|svg|xml)|sign-out|/sdmx|/en(/|$)", link):
                queue.append(link.replace("&amp;", "&"))
    return kinds


def main(binary, demo, enterprises=100_000, observations=1_000_000):
    with tempfile.TemporaryDirectory(prefix="lumbung-pages-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(demo, data)
        sizes = grow(data / "ledger.sqlite", enterprises, observations)
        print(f"pages: {sizes[0]:,} enterprises, {sizes[1]:,} engagements, {sizes[2]:,} observations", flush=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [binary, "serve", "--data-dir", str(data), "--listen", f"127.0.0.1:{port}"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(100):
                try:
                    urllib.request.urlopen(base + "/healthz", timeout=1)
                    break
                except OSError:
                    time.sleep(0.2)
            visitors = {"public": Visitor(base)}
            for line in (Path(demo) / "demo-accounts.txt").read_text().splitlines():
                email, link = line.split("\t")[:2]
                visitors[email.split("@")[0]] = Visitor(base, link)
            slow = []
            for who, visitor in visitors.items():
                every = []
                for kind, (path, first) in sorted(discover(visitor, ["/", "/office", "/register", "/delivery", "/results"]).items()):
                    took = sorted(visitor.get(path)[2] for _ in range(ROUNDS))
                    p95 = took[int(0.95 * (len(took) - 1) + 0.5)]
                    every.extend(took)
                    if p95 >= 50:
                        slow.append((p95, who, path))
                    print(f"pages: {who:10} median {statistics.median(took):7.1f} ms, p95 {p95:7.1f} ms, first {first:8.1f} ms  {path}", flush=True)
                every.sort()
                if every:
                    print(f"pages: {who}: p95 of all {every[int(0.95 * (len(every) - 1))]:.1f} ms", flush=True)
            print(f"pages: {len(slow)} of the pages above have a p95 of 50 ms or more")
        finally:
            server.terminate()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
