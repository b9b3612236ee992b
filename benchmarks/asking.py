"""Ask what if of a plan; print what each answer took beside the first plan as JSON.

    python benchmarks/asking.py {large,reference} EACH [SEED]

A generated linear case of about 300,000 columns, or the reference case, is planned. Then EACH prices, allotments, fees
for good units and fees for reservations are drawn, and each, a row of its table, is made a tenth dearer or larger by
itself, and what changes is told. The first question brings a large plan to a corner; what that takes is told apart.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from pathlib import Path

import coplant
from coplant.case.changes import Change
from coplant.generate import generate
from coplant.planning.reopened import cornered

REFERENCE = Path(__file__).parents[1] / "examples" / "xiaomi-2021"
LARGE = {"items": 440, "buckets": 78, "hosts": 6, "seed": 1}
KINDS = {
    "price": ("prices", "demand", "price"),
    "allotment": ("allotments", "allotment", "quantity"),
    "fee": ("processing_fees", "agreement", "fee"),
    "reservation": ("reservations", "agreement", "fee"),
}
"""What is changed: table, whose row it is, and the column."""


def drawn(case: coplant.Case, each: int, seed: int) -> dict[str, list[Change]]:
    """Changes of each kind, a row each."""
    draw = random.Random(seed)
    found = {}
    for kind, (table, key, column) in KINDS.items():
        rows = case[table].unique([key, *({"from"} & set(case[table].columns))], maintain_order=True).rows(named=True)
        found[kind] = [
            Change(table, row[key], column, "times", "1.1", row.get("from"), _ends(rows, row, key))
            for row in draw.sample(rows, min(each, len(rows)))
        ]
    return found


def _ends(rows: list[dict[str, object]], row: dict[str, object], key: str) -> object:
    """Day on which the next row begins; None where none does, or rows hold on all days."""
    if "from" not in row:
        return None
    later = [other["from"] for other in rows if other[key] == row[key] and other["from"] > row["from"]]
    return min(later, default=None)


def main(which: str, each: int, seed: int) -> None:
    """Measure and print."""
    case = generate(**LARGE, integers=False) if which == "large" else coplant.read(REFERENCE)
    since = time.perf_counter()
    plan = coplant.plan(case)
    first = time.perf_counter() - since
    since = time.perf_counter()
    cornered(plan)
    corner = time.perf_counter() - since
    took: dict[str, list[float]] = {}
    for kind, changes in drawn(case, each, seed).items():
        for change in changes:
            since = time.perf_counter()
            found = plan.what_if(change)
            found.summary()
            took.setdefault(kind, []).append(time.perf_counter() - since)
            print(f"{change}: {took[kind][-1]:.1f} s, {found.gain:+,.0f}", file=sys.stderr, flush=True)
    share = {kind: statistics.median(seconds) / first for kind, seconds in took.items()}
    every = [second for seconds in took.values() for second in seconds]
    print(
        json.dumps(
            {
                "columns": plan.size["columns"],
                "first_plan_seconds": first,
                "corner_seconds": corner,
                "what_if_seconds": took,
                "median_share_by_kind": share,
                "median_seconds": statistics.median(every),
                "median_share": statistics.median(every) / first,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
