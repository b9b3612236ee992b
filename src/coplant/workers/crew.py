"""A crew: several hands, each of which carries out one task after another, and who of them is given which."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Protocol

from coplant.errors import WorkerError
from coplant.workers.workers import Result, Task

ATTEMPTS = 3
"""How often a task is given out whose worker dies, before it is taken to be the task that kills them."""


class DeadError(Exception):
    """A hand has died, or cannot be reached."""


class Hand(Protocol):
    """One of a crew: a process that carries out what it is given, one after another."""

    ready: Future[Any]
    """Is done once the hand can be given a task."""

    def give(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        """Give it a task."""
        ...

    def let_go(self) -> None:
        """Be done with it."""
        ...


class Crew(ABC):
    """Several hands.

    Each takes some of the seats, and their tasks with them: so who is asked the same again has at hand what that
    needs. A hand whose own tasks are done takes the last one of another. One that has died is replaced.

    Parameters
    ----------
    count : int
        How many.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._hands: dict[int, Hand] = {}

    def __str__(self) -> str:
        return "1 process" if self.count == 1 else f"{self.count} processes"

    @abstractmethod
    def _hire(self) -> Hand:
        """Find one more hand."""

    @abstractmethod
    def _result(self, future: Future[Result]) -> Result:
        """What a task came to.

        Raises
        ------
        DeadError
            Its hand has died.
        Exception
            Whatever the task raised.
        """

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], seats: Sequence[int] | None = None
    ) -> Iterator[Result]:
        """Carry out a function for each of some tasks, and give the results in the order of the tasks."""
        to_do = list(tasks)
        of_seat = [deque[int]() for _ in range(self.count)]
        for number, seat in enumerate(range(len(to_do)) if seats is None else seats):
            of_seat[seat % self.count].append(number)
        idle = list[int]()
        # Of each seat what is awaited: the number of its task, or none if its hand is not ready.
        awaited: dict[Future[Any], tuple[int, int | None]] = {}
        for seat in range(min(self.count, len(to_do))):
            awaited[self._hand(seat).ready] = seat, None
        # How often of each task, and of each seat (told by what is below nought) before it could begin.
        died = Counter[int]()
        done: dict[int, Result] = {}
        following = 0
        while following < len(to_do):
            while idle and (of_one := of_seat[idle[-1]] or max(of_seat, key=len)):
                seat = idle.pop()
                number = of_one.popleft() if of_one is of_seat[seat] else of_one.pop()
                awaited[self._hand(seat).give(function, to_do[number])] = seat, number
            for future in wait(awaited, return_when=FIRST_COMPLETED).done:
                seat, ended = awaited.pop(future)
                try:
                    result = self._result(future)
                except DeadError as dead:
                    cause = ~seat if ended is None else ended
                    died[cause] += 1
                    if died[cause] == ATTEMPTS:
                        told = f"before they could begin: {dead}" if cause < 0 else "of one task; do they lack memory?"
                        raise WorkerError(f"workers died {ATTEMPTS} times {told}") from None
                    if ended is not None:
                        of_seat[seat].appendleft(ended)
                    self._hands.pop(seat).let_go()
                    awaited[self._hand(seat).ready] = seat, None
                    continue
                if ended is not None:
                    done[ended] = result
                idle.append(seat)
            while following in done:
                yield done.pop(following)
                following += 1

    def _hand(self, seat: int) -> Hand:
        if seat not in self._hands:
            self._hands[seat] = self._hire()
        return self._hands[seat]

    def close(self) -> None:
        """Let all hands go."""
        while self._hands:
            self._hands.popitem()[1].let_go()
