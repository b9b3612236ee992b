"""Workers: what is asked of them, whoever they are; and nobody else but this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar

from threadpoolctl import threadpool_limits

Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers(Protocol):
    """Carry out tasks.

    A task and its result travel between processes, so that both have to be picklable; the function has to be one of a
    module. What it gives may hang on the task and on nothing else. A worker may keep what it has worked out, for the
    next time: where it can it is then given the tasks of the same seats. But a task may come to any worker, and to
    one that has nothing at hand. A worker that dies is replaced, and its task given out again.
    """

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], seats: Sequence[int] | None = None
    ) -> Iterator[Result]:
        """Carry out a function for each of some tasks, and give the results in the order of the tasks.

        Parameters
        ----------
        function : callable
            The function.
        tasks : iterable
            The tasks.
        seats : sequence of int, optional
            The seat of each task; by default their places in that order.

        Raises
        ------
        WorkerError
            Workers die again and again of a task.
        """
        ...

    def close(self) -> None:
        """Let the workers go; who is asked again finds others."""
        ...


def carried_out(function: Callable[[Task], Result], task: Task) -> Result:
    """Carry out a task, and form long sums in one thread.

    The number of threads may change their last digit, and those of several workers are in each other's way.
    """
    with threadpool_limits(1, "blas"):
        return function(task)


class Here:
    """Nobody else: tasks are carried out in this process, one after another."""

    def __str__(self) -> str:
        return "this process"

    def map(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        seats: Sequence[int] | None = None,  # noqa: ARG002 - there is one seat
    ) -> Iterator[Result]:
        """Carry out a function for each of some tasks, in order."""
        return map(partial(carried_out, function), tasks)

    def close(self) -> None:
        """Do nothing: there is nobody to let go."""
