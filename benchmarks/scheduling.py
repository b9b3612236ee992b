"""Schedule made-up projects with scarce teams, with Coplant and with PyJobShop; print a line of JSON for each.

python benchmarks/scheduling.py SECONDS [coplant|pyjobshop]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from projects import TEAMS, Project, projects


def with_coplant(made: Project) -> Callable[[float], tuple[float, float]]:
    """Days to the end, and how many of them are known to be needed; the programme is laid out already."""
    from coplant.launching.programme import Programme
    from coplant.launching.schedule import least_finish
    from coplant.launching.working_time import DAY

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


def serve(make: Callable[[Project], Callable[[float], tuple[float, float]]], seconds: float) -> None:
    """Schedule the projects whose numbers come in, one on each line."""
    every = projects()
    # What is compiled or loaded at the first call is no part of the search.
    make(every[0])(seconds)
    for line in sys.stdin:
        solve = make(every[int(line)])
        begin = time.monotonic()
        finish, bound = solve(seconds)
        spent = round(time.monotonic() - begin, 3)
        print(json.dumps({"finish": finish, "bound": bound, "seconds": spent}), flush=True)


PEERS = {"coplant": with_coplant, "pyjobshop": with_pyjobshop}


def main(seconds: str) -> None:
    """Let the peers schedule each project one after the other, so that whatever else the machine does hits both."""
    pipe = subprocess.PIPE
    # Each in a process of its own: highspy and OR-tools cannot be loaded together.
    served = {
        peer: subprocess.Popen([sys.executable, __file__, seconds, peer], stdin=pipe, stdout=pipe, text=True)
        for peer in PEERS
    }
    for number, made in enumerate(projects()):
        found: dict[str, Any] = {"activities": len(made.duration)}
        for peer, process in served.items():
            print(number, file=process.stdin, flush=True)
            found[peer] = json.loads(process.stdout.readline())
        print(json.dumps(found), flush=True)
    for process in served.values():
        process.communicate()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        serve(PEERS[sys.argv[2]], float(sys.argv[1]))
    else:
        main(sys.argv[1])
