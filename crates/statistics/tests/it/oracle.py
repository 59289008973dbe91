"""Compares a cube made from generated enterprises with DuckDB, cell by cell.

usage: oracle.py ENTERPRISES.parquet CUBE.parquet [quantiles]
Every combination of {total, section, division} x {total, province, district} x {total, size} by
year. All statistics that the columns allow; with `quantiles`, only the quantiles (for large data).
Prints the largest relative difference of each measure; fails above 1e-9.
"""

import itertools
import sys

import duckdb

data, cube = sys.argv[1], sys.argv[2]
only_quantiles = len(sys.argv) > 3 and sys.argv[3] == "quantiles"
connection = duckdb.connect()
connection.execute("set threads = 2")
connection.execute(
    f"create table t as select *, turnover - inter as va, (turnover - inter) / emp as x from read_parquet('{data}')"
)
connection.execute(f"create table cube as select * from read_parquet('{cube}')")
LEVELS = {
    "activity": [None, "section", "division"],
    "region": [None, "province", "district"],
    "size": [None, "size"],
}
PROBABILITIES = [0.1, 0.25, 0.5, 0.75, 0.9]
# Amounts are in thousand rupiah, the cube in million rupiah and million rupiah per person.
SUMS = {
    "ENTERPRISES": "count(*)",
    "POPULATION": "sum(weight)",
    "TURNOVER": "sum(weight * turnover) / 1000",
    "INTERMEDIATE_INPUTS": "sum(weight * inter) / 1000",
    "VALUE_ADDED": "sum(weight * va) / 1000",
    "LABOUR_COST": "sum(weight * wages) / 1000",
    "PERSONS_ENGAGED": "sum(weight * emp)",
    "FIXED_ASSETS": "sum(weight * capital) / 1000",
    "LP": "sum(weight * va) / sum(weight * emp) / 1000",
    "ULC": "case when sum(weight * va) > 0 then sum(weight * wages) / sum(weight * va) end",
    "CAPITAL_PRODUCTIVITY": "case when sum(weight * capital) > 0 then sum(weight * va) / sum(weight * capital) end",
    "CAPITAL_INTENSITY": "sum(weight * capital) / sum(weight * emp) / 1000",
    "LABOUR_COST_PER_PERSON": "sum(weight * wages) / sum(weight * emp) / 1000",
    "LP_MEAN": "sum(weight * x) / sum(weight) / 1000",
    "VALUE_ADDED_NONPOSITIVE": "count(*) filter (va <= 0)",
    "OLLEY_PAKES_GAP": "sum(weight * emp * ln(x)) filter (x > 0) / sum(weight * emp) filter (x > 0)"
    " - sum(weight * ln(x)) filter (x > 0) / sum(weight) filter (x > 0)",
    # Two passes: the deviation from the mean of the cell, not the difference of two large sums.
    "LP_SD": "sqrt(sum(weight * (x - mean) ** 2) / sum(weight)) / 1000",
    "VALUE_ADDED__LARGEST": "arg_max(weight * va, abs(weight * va)) / 1000",
    "VALUE_ADDED__SECOND_LARGEST": "coalesce(max(abs(weight * va), 2)[2], 0) / 1000",
    "TURNOVER__LARGEST": "max(weight * turnover) / 1000",
    "TURNOVER__SECOND_LARGEST": "coalesce(max(weight * turnover, 2)[2], 0) / 1000",
    "TURNOVER__HOLDINGS": "count(*)",
}
present = {row[0] for row in connection.execute("describe cube").fetchall()}
worst = {}
cells = 0
for levels in itertools.product(*LEVELS.values()):
    by = [level for level in levels if level]
    keys = ", ".join(["year", *by])
    conditions = ["c.year = cast(q.year as varchar)"]
    for dimension, level in zip(LEVELS, levels):
        choices = [name for name in LEVELS[dimension] if name]
        prefix = f"'{level}_' || " if len(choices) > 1 else ""
        conditions.append(f"c.{dimension} = " + (f"{prefix}cast(q.{level} as varchar)" if level else "'_T'"))
    quantiles = ", ".join(f"min(x) filter (cw >= {p} * tw - 1e-9) / 1000 as LP_P{p * 100:.0f}" for p in PROBABILITIES)
    weighted = (
        f"(select *, sum(weight) over (partition by {keys} order by x rows unbounded preceding) as cw,"
        f" sum(weight) over (partition by {keys}) as tw from t)"
    )
    queries = [(f"select {keys}, {quantiles} from {weighted} group by {keys}", [f"LP_P{p * 100:.0f}" for p in PROBABILITIES])]
    if not only_quantiles:
        with_mean = (
            f"(select *, sum(weight * x) over (partition by {keys}) / sum(weight) over (partition by {keys}) as mean from t)"
        )
        sums = {code: formula for code, formula in SUMS.items() if code in present}
        columns = ", ".join(f"{formula} as {code}" for code, formula in sums.items())
        queries.append((f"select {keys}, {columns} from {with_mean} group by {keys}", list(sums)))
    for query, codes in queries:
        # The variance of nearly equal values keeps fewer digits than they do: where the deviation
        # is below 1 % of the mean it is compared against that.
        difference = {
            code: f"abs(abs(c.{code}) - abs(q.{code})) / greatest(abs(q.{code}), 1e-9)"
            if code != "LP_SD"
            else "abs(c.LP_SD ** 2 - q.LP_SD ** 2) / greatest(q.LP_SD ** 2, 1e-4 * c.LP_MEAN ** 2, 1e-12)"
            for code in codes
        }
        difference["OLLEY_PAKES_GAP"] = "abs(c.OLLEY_PAKES_GAP - q.OLLEY_PAKES_GAP) / greatest(abs(q.OLLEY_PAKES_GAP), 1)"
        columns = ", ".join(f"max({difference[code]})" for code in codes)
        one_sided = [f"sum(((c.{code} is null) != (q.{code} is null))::int)" for code in codes]
        found = connection.execute(
            f"with q as ({query}) select count(*), count(c.year), [{', '.join(one_sided)}], {columns}"
            f" from q left join cube c on {' and '.join(conditions)}"
        ).fetchone()
        if found[0] != found[1] or any(found[2]):
            only = {code: count for code, count in zip(codes, found[2]) if count}
            sys.exit(f"{keys}: {found[0]} cells in DuckDB, {found[1]} of them in the cube; on one side only: {only}")
        for code, value in zip(codes, found[3:]):
            worst[code] = max(worst.get(code, 0.0), value or 0.0)
    cells += found[0]
total = connection.execute("select count(*) from cube").fetchone()[0]
print(f"DuckDB {duckdb.__version__}: {cells} cells, {total} in the cube")
for code, value in worst.items():
    print(f"  {code:30s} {value:.1e}")
if cells != total or max(worst.values()) > 1e-9:
    sys.exit("the cube differs")
