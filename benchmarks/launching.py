"""Draw one large launch programme with Coplant, plain NumPy or SimPy; print processor seconds and peak memory as JSON.

``python launching.py WHO SAMPLES``: 1,000 activities and 3,000 links from finish to start, PERT durations, half of the
activities under one of five drivers, and which activities are on the critical path of every sample. All three draw the
same distributions; SimPy, which runs sample by sample, draws fewer of them.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np

ACTIVITIES, LINKS, DRIVERS = 1_000, 3_000, 5
BLOCK = 1_000


class Work:
    """The programme as plain arrays, predecessors first."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.low = rng.integers(2, 20, ACTIVITIES).astype(float)
        self.likely = self.low + rng.integers(1, 10, ACTIVITIES)
        self.high = self.likely + rng.integers(1, 20, ACTIVITIES)
        self.driver = np.where(rng.random(ACTIVITIES) < 0.5, rng.integers(0, DRIVERS, ACTIVITIES), -1)
        links = {(int(rng.integers(max(0, after - 60), after)), after) for after in range(1, ACTIVITIES)}
        while len(links) < LINKS:
            after = int(rng.integers(2, ACTIVITIES))
            links.add((int(rng.integers(max(0, after - 60), after)), after))
        self.links = sorted(links, key=lambda link: link[::-1])

    def before(self, activity: int) -> list[int]:
        """What an activity comes after."""
        return [first for first, second in self.links if second == activity]


def with_coplant(work: Work, samples: int) -> dict[str, Any]:
    """Draw it with Coplant."""
    from coplant import Case
    from coplant.launching.programme import Programme
    from coplant.launching.simulation import simulate

    names = [f"a{number:04}" for number in range(ACTIVITIES)]
    drawn = zip(names, work.low, work.likely, work.high, strict=True)
    case = Case.from_tables(
        {"name": "large", "currency": "EUR", "start": "2026-01-01", "buckets": ["month:12"]},
        {
            "activities": [{"activity": name, "distribution": "pert", "low": low, "likely": likely, "high": high,
                            "range": "limits"} for name, low, likely, high in drawn],
            "links": [{"predecessor": names[first], "successor": names[second]} for first, second in work.links],
            "drivers": [{"driver": f"d{number}", "distribution": "triangular", "low": 0.8, "likely": 1, "high": 1.5,
                         "range": "limits"} for number in range(DRIVERS)],
            "driven": [{"driver": f"d{driver}", "activity": name}
                       for name, driver in zip(names, work.driver, strict=True) if driver >= 0],
            "milestones": [{"milestone": "end", "activity": names[-1]}],
        },
    )  # fmt: skip
    # What is compiled is compiled, or read from where it was kept, once.
    simulate(Programme.of(case), 2, 1)
    begun = time.process_time()
    found = simulate(Programme.of(case), samples, 1)
    return {
        "cpu_seconds": time.process_time() - begun,
        "mean": float(found.reached.mean()) / 1440,
        "criticality": float(found.driving.sum() / samples),
    }


def with_numpy(work: Work, samples: int) -> dict[str, Any]:
    """Draw it with array operations, a block of samples at a time."""
    rng = np.random.default_rng(1)
    begun = time.process_time()
    width = (work.high - work.low)[:, None]
    first = 1 + 4 * (work.likely - work.low)[:, None] / width
    before = [np.array(work.before(activity), dtype=int) for activity in range(ACTIVITIES)]
    total, critical = 0.0, np.zeros(ACTIVITIES)
    for begin in range(0, samples, BLOCK):
        count = min(BLOCK, samples - begin)
        takes = work.low[:, None] + width * rng.beta(first, 6 - first, (ACTIVITIES, count))
        factor = rng.triangular(0.8, 1.0, 1.5, (DRIVERS, count))
        driven = work.driver >= 0
        takes[driven] *= factor[work.driver[driven]]
        finish = np.empty((ACTIVITIES, count))
        for activity, earlier in enumerate(before):
            start = finish[earlier].max(axis=0) if len(earlier) else 0.0
            finish[activity] = start + takes[activity]
        on_path = np.zeros((ACTIVITIES, count), dtype=bool)
        on_path[-1] = True
        for activity in range(ACTIVITIES - 1, -1, -1):
            earlier = before[activity]
            if len(earlier) and on_path[activity].any():
                latest = finish[earlier].max(axis=0)
                on_path[earlier] |= on_path[activity] & (finish[earlier] == latest)
        total += finish[-1].sum()
        critical += on_path.sum(axis=1)
    return {
        "cpu_seconds": time.process_time() - begun,
        "mean": total / samples,
        "criticality": float(critical.sum() / samples),
    }


def with_simpy(work: Work, samples: int) -> dict[str, Any]:
    """Draw it with a discrete-event simulation, which does not trace what is critical."""
    import simpy

    rng = np.random.default_rng(1)
    begun = time.process_time()
    before = [work.before(activity) for activity in range(ACTIVITIES)]
    first = 1 + 4 * (work.likely - work.low) / (work.high - work.low)
    total = 0.0
    for _ in range(samples):
        takes = work.low + (work.high - work.low) * rng.beta(first, 6 - first)
        factor = np.append(rng.triangular(0.8, 1.0, 1.5, DRIVERS), 1.0)
        takes *= factor[work.driver]
        environment = simpy.Environment()
        done: list[Any] = []

        def activity(number: int, environment: Any = environment, done: list[Any] = done, takes: Any = takes) -> Any:
            yield environment.all_of([done[earlier] for earlier in before[number]])
            yield environment.timeout(takes[number])

        done.extend(environment.process(activity(number)) for number in range(ACTIVITIES))
        environment.run(done[-1])
        total += environment.now
    return {"cpu_seconds": time.process_time() - begun, "mean": total / samples}


def main(who: str, samples: int) -> None:
    """Draw it and say what that took."""
    found = {"coplant": with_coplant, "numpy": with_numpy, "simpy": with_simpy}[who](Work(), samples)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"who": who, "samples": samples, **found, "process_peak_mb": round(peak, 1)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
