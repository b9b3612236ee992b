"""Workers on this machine: this process, or several of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from coplant.errors import WorkerError

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS = 3
"""How often a task is given out whose worker dies, before it is taken to be the task that kills them."""


class Workers(Protocol):
    """Carry out tasks.

    A task and its result travel between processes, so that both have to be picklable; the function has to be one of a
    module. A worker that dies is replaced, and its task given to another.
    """

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Carry out a function for each of some tasks, and give the results in the order of the tasks.

        Raises
        ------
        WorkerError
            Workers die again and again of a task.
        """
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


class Here:
    """Nobody else: tasks are carried out in this process, one after another."""

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Carry out a function for each of some tasks, in order."""
        return map(function, tasks)

    def close(self) -> None:
        """Do nothing: there is nobody to let go."""


class Processes:
    """Processes of this machine.

    Parameters
    ----------
    count : int
        How many.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Carry out a function for each of some tasks, and give the results in the order of the tasks."""
        waiting = list(enumerate(tasks))
        attempts = dict.fromkeys((number for number, _ in waiting), 0)
        done: dict[int, Result] = {}
        given: dict[Future[Result], tuple[int, Task]] = {}
        waiting.reverse()
        following = 0
        while waiting or given:
            try:
                # No more is given out than is soon begun, so that little waits where a worker dies.
                while waiting and len(given) < 2 * self.count:
                    future = self._workers().submit(function, waiting[-1][1])
                    given[future] = waiting.pop()
                ended, _ = wait(given, return_when=FIRST_COMPLETED)
                for one in ended:
                    done[given[one][0]] = one.result()
                    del given[one]
            except BrokenProcessPool:
                # Whose fault it was cannot be said: all that were given out and are not done are given out again.
                again = [one for one in given.values() if one[0] not in done]
                waiting += sorted(again, key=lambda one: -one[0])
                for number, _ in again:
                    attempts[number] += 1
                given.clear()
                self.close()
                if max(attempts.values()) >= ATTEMPTS * self.count:
                    times = max(attempts.values())
                    raise WorkerError(f"workers died {times} times of one task; do they lack memory?") from None
            while following in done:
                yield done.pop(following)
                following += 1

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A fresh interpreter: what runs in threads here, such as polars, does not survive being copied.
            self._pool = ProcessPoolExecutor(self.count, multiprocessing.get_context("spawn"))
        return self._pool

    def close(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
