"""Put the plan of the reference case to the test of many samples; print what each of them took as JSON.

    python benchmarks/stressing.py SAMPLES

All in this process, so that steps of the simplex can be counted: unlike processor seconds they do not hang on what runs
beside. What comes before the first sample is told by itself; planning is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import highspy

import coplant
from coplant.planning.result import Plan
from coplant.stressing.question import Batch, Question, answer
from coplant.workers import Here

HERE = Path(__file__).parent


class Meter:
    """Processor seconds, solves and steps of the simplex since it was made."""

    solves = steps = 0

    def __init__(self) -> None:
        self.begun = time.process_time(), Meter.solves, Meter.steps

    def read(self, samples: int) -> dict[str, float]:
        """What it comes to, for each of some samples."""
        seconds, solves, steps = self.begun
        return {
            "processor seconds": round((time.process_time() - seconds) / samples, 3),
            "solves": (Meter.solves - solves) / samples,
            "steps": round((Meter.steps - steps) / samples),
        }


class Counted(highspy.Highs):
    """HiGHS, which counts what it solves."""

    def solve(self) -> highspy.HighsStatus:
        """Solve and count."""
        status = super().solve()
        Meter.solves += 1
        Meter.steps += max(self.getInfo().simplex_iteration_count, 0)
        return status


def main() -> None:
    """Plan, sample and print."""
    samples = int(sys.argv[1])
    plan = coplant.plan(coplant.read(HERE.parent / "examples" / "xiaomi-2021").as_it_stands())
    highspy.Highs = Counted  # type: ignore[misc]
    print(json.dumps(measured(plan, samples), indent=1))


def measured(plan: Plan, samples: int) -> dict[str, object]:
    """Carry a plan through samples, and say what that took and what comes of it."""
    question, before = Question(plan, samples, 0), Meter()
    question.start()
    began, each = before.read(1), Meter()
    batches = [Batch("benchmark", question, number) for number in range(len(question.batches))]
    tables = list(Here().map(answer, batches))
    values = [table.filter(policy="as planned", measure="present_value")["value"].sum() for table in tables]
    return {"samples": samples, "before": began, "each sample": each.read(samples), "mean": sum(values) / samples}


if __name__ == "__main__":
    main()
