"""Processor seconds and peak memory of the stages of one process."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import psutil


class Stages:
    """Collects figures; use `with stages("build"):` around each stage and print them at the end."""

    def __init__(self) -> None:
        self.figures: dict[str, Any] = {}
        self.name = ""

    def __call__(self, name: str) -> Stages:
        self.name = name
        return self

    def __enter__(self) -> None:
        self.before = psutil.Process().memory_info().rss
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.figures[self.name] = {
            "cpu_seconds": round(time.process_time() - self.cpu, 3),
            "wall_seconds": round(time.perf_counter() - self.wall, 3),
            # Memory in use when the stage began, and the most the process ever had by its end.
            "begins_with_mb": round(self.before / 2**20, 1),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, 1),
        }

    def report(self, **more: Any) -> None:
        """Print everything as one line of JSON."""
        print(json.dumps({"stages": self.figures, **more}))


def size_of(highs: Any) -> dict[str, int]:
    """Columns, rows and non-zeros of a model in HiGHS."""
    return {"columns": highs.getNumCol(), "rows": highs.getNumRow(), "non_zeros": highs.getNumNz()}
