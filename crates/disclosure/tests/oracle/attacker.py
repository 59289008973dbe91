"""An independent attacker: HiGHS (through scipy) maximises and minimises hidden cells.

Reads JSON {"values": [...], "hidden": [index, ...], "equations": [[[index, coefficient], ...], ...],
"wanted": [index, ...], "known": [index, ...]} and prints JSON [[lowest, highest], ...] for the wanted
cells. The attacker knows that values are neither negative nor more than twice the truth, and knows the
cells in "known" exactly.
"""

import json
import sys

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_matrix


def main():
    task = json.load(open(sys.argv[1]))
    values, hidden = task["values"], task["hidden"]
    known = set(task.get("known", []))
    column = {cell: position for position, cell in enumerate(hidden)}
    rows, right = [], []
    for equation in task["equations"]:
        inside = [(column[cell], coefficient) for cell, coefficient in equation if cell in column]
        if inside:
            rows.append(inside)
            right.append(-sum(c * values[cell] for cell, c in equation if cell not in column))
    matrix = lil_matrix((len(rows), len(hidden)))
    for number, inside in enumerate(rows):
        for position, coefficient in inside:
            matrix[number, position] += coefficient
    matrix = matrix.tocsr()
    bounds = [
        (values[c], values[c]) if c in known else (0.0, 2.0 * values[c]) for c in hidden
    ]
    answer = []
    for cell in task["wanted"]:
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(hidden))
            cost[column[cell]] = sign
            found = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
            ends.append(sign * found.fun if found.status == 0 else None)
        answer.append(ends)
    json.dump(answer, sys.stdout)


main()
