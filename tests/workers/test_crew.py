"""A crew: who is given which task."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from coplant import WorkerError
from coplant.workers.crew import Crew, DeadError


class _Hand:
    """A hand that is done at once, and notes what it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.ready: Future[Any] = Future()
        self.gone = False

    def give(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        self.given.append(task)
        return _ended(function, task)

    def let_go(self) -> None:
        self.gone = True


class _Crew(Crew):
    """A crew of hands that are ready, but for the first few, who are late or die before they can begin."""

    def __init__(self, count: int, late: int = 0, dying: int = 0) -> None:
        super().__init__(count)
        self.hired: list[_Hand] = []
        self.late, self.dying = late, dying

    def _hire(self) -> _Hand:
        hand = _Hand()
        self.hired.append(hand)
        if len(self.hired) <= self.dying:
            hand.ready.set_exception(DeadError("there is no Coplant"))
        elif len(self.hired) > self.late:
            hand.ready.set_result(None)
        return hand

    def _result(self, future: Future[Any]) -> Any:
        return future.result()


def _ended(function: Callable[[Any], Any], task: Any) -> Future[Any]:
    future: Future[Any] = Future()
    try:
        future.set_result(function(task))
    except DeadError as dead:
        future.set_exception(dead)
    return future


def test_who_is_asked_the_same_again_is_the_same() -> None:
    crew = _Crew(3)
    for _ in range(2):
        assert list(crew.map(str, range(9))) == [str(number) for number in range(9)]
    assert [hand.given for hand in crew.hired] == [[0, 3, 6] * 2, [1, 4, 7] * 2, [2, 5, 8] * 2]


def test_a_hand_that_has_nothing_to_do_takes_from_the_end_of_another() -> None:
    crew = _Crew(2, late=1)
    assert list(crew.map(str, range(6))) == [str(number) for number in range(6)]
    assert [hand.given for hand in crew.hired] == [[], [1, 3, 5, 4, 2, 0]]


def test_no_more_are_hired_than_there_is_to_do() -> None:
    crew = _Crew(5)
    assert list(crew.map(str, range(2))) == ["0", "1"]
    assert len(crew.hired) == 2
    assert list(crew.map(str, [])) == []


def test_who_died_is_replaced_while_who_is_idle_takes_its_task() -> None:
    crew, died = _Crew(2), list[int]()

    def dying_once(number: int) -> int:
        if number == 2 and not died:
            died.append(number)
            raise DeadError
        return number

    assert list(crew.map(dying_once, range(4))) == [0, 1, 2, 3]
    assert [hand.given for hand in crew.hired] == [[0, 2], [1, 3, 2], []]
    assert [hand.gone for hand in crew.hired] == [True, False, False]
    assert list(crew.map(dying_once, range(4))) == [0, 1, 2, 3]
    assert [hand.given for hand in crew.hired] == [[0, 2], [1, 3, 2, 1, 3], [0, 2]]
    crew.close()
    assert all(hand.gone for hand in crew.hired)


def test_hands_that_cannot_begin_are_told_with_the_reason() -> None:
    with pytest.raises(WorkerError, match="died 3 times before they could begin: there is no Coplant"):
        list(_Crew(1, dying=3).map(str, range(2)))


def test_a_machine_that_is_lost_with_all_its_hands_is_done_without() -> None:
    crew = _Crew(3, dying=5)
    assert list(crew.map(str, range(6))) == [str(number) for number in range(6)]
    assert sum(hand.gone for hand in crew.hired) == 5
