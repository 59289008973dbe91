"""tau-Argus (pytauargus) on a file of contributions: its optimum for one dominance rule.

Arguments: the CSV, the two columns of codes, the column of values, the rule, such as NK(1,80).
Prints JSON {"primary": [[code, code], ...], "cost": value of the secondary cells}.
"""

import csv
import json
import os
import sys

import pytauargus


def main():
    path, first, second, value, rule = sys.argv[1:6]
    rows = list(csv.DictReader(open(path)))
    micro = {first: [r[first] for r in rows], second: [r[second] for r in rows]}
    micro[value] = [float(r[value]) for r in rows]
    # The engine talks on standard output; the answer alone goes there.
    out = os.dup(1)
    os.dup2(2, 1)
    result = pytauargus.protect(micro, [first, second], value, safety_rules=rule, suppress="OPT(1)", decimals=1)
    answer = {"primary": [], "cost": 0.0}
    for row in result.tables[0].rows:
        code = [str(row[first]).strip(), str(row[second]).strip()]
        status = str(row["status"]).strip()
        if status in ("A", "B", "U"):
            answer["primary"].append(code)
        elif status in ("D", "M"):
            answer["cost"] += float(row[value])
    os.write(out, json.dumps(answer).encode())


main()
