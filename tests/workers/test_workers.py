"""Workers: the same answers in the same order, whoever carries out the tasks, and whoever dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np  # noqa: F401 - its library is what forms sums
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from coplant import CaseError, Problem, WorkerError
from coplant.workers import Here, Workers


def _square(number: int) -> int:
    return number * number


def _place(_: int) -> int:
    return os.getpid()


def _threads(_: int) -> set[int]:
    """In how many threads the libraries of linear algebra here form sums."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


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
    raise CaseError([Problem("prices", number, "price", -1.0, "no less than 0", "A price is a sum of money.")])


def test_results_come_in_the_order_of_the_tasks(two: Workers) -> None:
    assert list(two.map(_square, range(20))) == list(Here().map(_square, range(20)))


def test_sums_are_formed_in_one_thread_whoever_forms_them(two: Workers) -> None:
    with threadpool_limits(3, "blas"):
        assert _threads(0) == {3}
        assert list(two.map(_threads, range(2))) == list(Here().map(_threads, range(2))) == [{1}, {1}]
        assert _threads(0) == {3}


def test_a_worker_that_dies_is_replaced(two: Workers, tmp_path: Path) -> None:
    assert list(two.map(_dying_once, [(number, tmp_path / "mark") for number in range(8)])) == list(range(8))


def test_a_task_that_kills_all_its_workers_is_given_up(two: Workers) -> None:
    with pytest.raises(WorkerError, match="workers died 3 times of one task"):
        list(two.map(_dying, range(3)))


def test_what_a_task_raises_is_raised_here(two: Workers) -> None:
    with pytest.raises(CaseError) as raised:
        list(two.map(_wrong, [4]))
    assert [problem.row for problem in raised.value.problems] == [4]


def test_workers_that_were_let_go_are_replaced(two: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    before = list(two.map(_place, [0]))
    assert list(two.map(_place, [0])) == before
    two.close()
    assert list(two.map(_place, [0])) != before
