"""Workers: the same answers in the same order, whoever carries out the tasks, and whoever dies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coplant import WorkerError
from coplant.workers import Here, Processes


def _square(number: int) -> int:
    return number * number


def _dying_once(task: tuple[int, Path]) -> int:
    """Kill the process that is the first to carry out the task."""
    number, mark = task
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)
    return number


def _dying(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), 9)
    return number


def _wrong(number: int) -> int:
    raise ValueError(f"{number} is wrong")


def test_results_come_in_the_order_of_the_tasks() -> None:
    workers = Processes(2)
    assert list(workers.map(_square, range(20))) == list(Here().map(_square, range(20)))
    # The same workers can be asked again, and those that were let go are replaced.
    workers.close()
    assert list(workers.map(_square, [7])) == [49]
    workers.close()


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    workers = Processes(2)
    assert list(workers.map(_dying_once, [(number, tmp_path / "mark") for number in range(8)])) == list(range(8))
    workers.close()


def test_a_task_that_kills_all_its_workers_is_given_up() -> None:
    workers = Processes(1)
    with pytest.raises(WorkerError, match="workers died"):
        list(workers.map(_dying, range(3)))
    workers.close()


def test_what_a_task_raises_is_raised_here() -> None:
    workers = Processes(1)
    with pytest.raises(ValueError, match="4 is wrong"):
        list(workers.map(_wrong, [4]))
    workers.close()
