"""Plan the reference case for many futures in parts; print what it took and how close it came as JSON.

    python benchmarks/futures.py FUTURES

FUTURES, a multiple of four, are as many: on 2 April 2021 the host says whether there is an agreement; on 1 October it
is known how long the shortage of chips lasts, and how much of every demand there is, from 80 to 120 percent of the
forecast. These branches are made up for the benchmark.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import coplant
from coplant.workers import Processes

HERE = Path(__file__).parent
PROCESSES, GAP, LEAST, MOST = 2, 1e-3, 0.8, 1.2


def processor() -> float:
    """Processor seconds of this process and of those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def case(count: int) -> coplant.Case:
    """The reference case with so many futures."""
    demands = np.linspace(LEAST, MOST, count // 4)
    known = {"deal": "2021-04-02", "shortage": "2021-10-01", "market": "2021-10-01"}
    outcomes: dict[str, dict[str, float]] = {
        "deal": {"announced": 0.6, "denied": 0.4},
        "shortage": {"long": 0.5, "short": 0.5},
        "market": {f"{share:07.2%}": 1.0 / len(demands) for share in demands},
    }
    branches: list[dict[str, Any]] = [
        {"branch": branch, "outcome": outcome, "probability": chance, "reveal_date": known[branch]}
        for branch, its in outcomes.items()
        for outcome, chance in its.items()
    ]
    edits: list[dict[str, Any]] = [
        {"outcome": "denied", "table": "agreements", "key": "great-wall", "column": "status", "value": "ended"},
        {
            "outcome": "long", "table": "allotments", "column": "quantity", "operation": "times", "value": "0.8",
            "until": "2023-01-01",
        },
    ]  # fmt: skip
    edits += [
        {"outcome": name, "table": "demand", "column": "quantity", "operation": "times", "value": f"{share}"}
        for name, share in zip(outcomes["market"], demands.tolist(), strict=True)
    ]
    reference = coplant.read(HERE.parent / "examples" / "xiaomi-2021")
    return reference.edit("case", probabilities="normalise").replace({"branches": branches, "edits": edits})


def main() -> None:
    """Plan and print."""
    of_case = case(int(sys.argv[1]))
    begin, before = time.perf_counter(), processor()
    workers = Processes(PROCESSES)
    hedge = coplant.hedge(of_case, gap=GAP, method="parts", workers=workers, progress=say)
    workers.close()
    memory = [resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        json.dumps(
            {
                "futures": len(hedge.futures),
                "columns": hedge.plans[0].size["columns"],
                "objective": hedge.objective,
                "bound": hedge.bound,
                "gap": hedge.gap,
                "solver": hedge.plans[0].solver,
                "seconds": time.perf_counter() - begin,
                "processor seconds": processor() - before,
                "GB, this process": memory[0],
                "GB, largest worker": memory[1],
            }
        )
    )


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
