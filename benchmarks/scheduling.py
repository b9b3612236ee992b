"""Schedule made-up projects with scarce teams, with Coplant or with PyJobShop; print a line of JSON for each.

python benchmarks/scheduling.py coplant|pyjobshop SECONDS
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from projects import TEAMS, Project, projects

from coplant.launching.programme import Programme
from coplant.launching.schedule import least_finish
from coplant.launching.working_time import DAY


def with_coplant(made: Project) -> Callable[[float], tuple[float, float]]:
    """Days to the end, and how many of them are known to be needed; the programme is laid out already."""
    programme = Programme.of(made.case())
    target, duration = programme.names.index("end"), programme.likely_duration()

    def solve(seconds: float) -> tuple[float, float]:
        schedule = least_finish(programme, target, duration, seconds)
        return schedule.finish / DAY, schedule.bound / DAY

    return solve


def with_pyjobshop(made: Project) -> Callable[[float], tuple[float, float]]:
    """The same of PyJobShop with the same solver."""
    from pyjobshop import Model

    model = Model()
    teams = [model.add_renewable(int(capacity)) for capacity in made.capacity]
    tasks = [model.add_task() for _ in made.duration]
    for a, task in enumerate(tasks):
        taken = [r for r in range(TEAMS) if made.quantity[a, r]]
        model.add_mode(
            task, [teams[r] for r in taken], int(made.duration[a]), [int(made.quantity[a, r]) for r in taken]
        )
    for before, after in made.links:
        model.add_end_before_start(tasks[before], tasks[after])

    def solve(seconds: float) -> tuple[float, float]:
        result = model.solve("ortools", time_limit=seconds, display=False)
        return float(result.objective), float(result.lower_bound)

    return solve


def main(seconds: float) -> None:
    peers = {"coplant": with_coplant, "pyjobshop": with_pyjobshop}
    # What is compiled or loaded at the first call is no part of the search.
    for make in peers.values():
        make(projects()[0])(seconds)
    for made in projects():
        found: dict[str, Any] = {"activities": len(made.duration)}
        # One after the other, so that whatever else the machine does hits both.
        for peer, make in peers.items():
            solve = make(made)
            begin = time.monotonic()
            finish, bound = solve(seconds)
            found[peer] = {"finish": finish, "bound": bound, "seconds": round(time.monotonic() - begin, 3)}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
