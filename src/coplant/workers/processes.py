"""Workers on this machine: processes of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from coplant.workers.crew import Crew, DeadError, Hand
from coplant.workers.workers import Result, Task, carried_out


class Processes(Crew):
    """Processes of this machine.

    Parameters
    ----------
    count : int
        How many.
    """

    def __str__(self) -> str:
        return f"{super().__str__()} of this machine"

    def _hire(self) -> Hand:
        return _Process()

    def _result(self, future: Future[Result]) -> Result:
        try:
            return future.result()
        except BrokenProcessPool:
            raise DeadError('a script asks for processes below `if __name__ == "__main__":`') from None


class _Process:
    """A process, in a pool of its own: so it is known whose task it was when it dies."""

    def __init__(self) -> None:
        # A fresh interpreter: what runs in threads here, such as polars, does not survive being copied.
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self.ready = self._pool.submit(_present)

    def give(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        """Give it a task."""
        try:
            return self._pool.submit(carried_out, function, task)
        except BrokenProcessPool as broken:
            failed = Future[Result]()
            failed.set_exception(broken)
            return failed

    def let_go(self) -> None:
        """Let it end what it is at, and no more."""
        self._pool.shutdown(cancel_futures=True)


def _present() -> None:
    """Be there."""
