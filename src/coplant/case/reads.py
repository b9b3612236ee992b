"""Which tables something was worked out from, so that it need not be worked out again while none of them changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from coplant.case.case import Case
    from coplant.case.draft import Draft

Result = TypeVar("Result")


class Reads(Mapping[str, pl.DataFrame]):
    """Tables by name that remember which of them were looked at.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables.

    Attributes
    ----------
    names : set of str
        Those looked at so far; all of them once they have been gone through.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> pl.DataFrame:
        self.names.add(name)
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        self.names.update(self._tables)
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


class Instead(Mapping[str, pl.DataFrame]):
    """Tables by name, some of which stand in the place of others; these are not looked at for that.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        All of them.
    others : mapping of str to DataFrame
        What stands in the place of some.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame], others: Mapping[str, pl.DataFrame]) -> None:
        self._tables, self._others = tables, others

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._others[name] if name in self._others else self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


class _Done(NamedTuple):
    """What was worked out, and from what."""

    given: tuple[object, ...]
    tables: dict[str, pl.DataFrame]
    result: Any


class Kept:
    """What was worked out from one case after another, each the other with a few tables changed.

    The last two results of each function are kept, as cases can change to and fro. Tables are taken for the same if
    they are the same objects, as those are that `Case.replace` leaves as they were.
    """

    def __init__(self) -> None:
        self._done: dict[Callable[..., Any], list[_Done]] = {}

    def __call__(self, work: Callable[..., Result], case: Case | Draft, *given: object) -> Result:
        """Work something out from a case, unless that was done lately from the same.

        Parameters
        ----------
        work : callable
            Takes the case and what is given, and keeps neither.
        case : Case
            The case, or one in the making.
        *given : object
            The same if they are the same objects, equal texts or arrays, or tuples of such.
        """
        given = (case.settings, *given)
        done = self._done.setdefault(work, [])
        for place, one in enumerate(done):
            same = all(case.tables[name] is frame for name, frame in one.tables.items())
            if same and all(map(_same, one.given, given)):
                done.append(done.pop(place))
                return one.result  # type: ignore[no-any-return]
        seen = Reads(case.tables)
        result = work(dataclasses.replace(case, tables=seen), *given[1:])
        done.append(_Done(given, {name: case.tables[name] for name in seen.names}, result))
        del done[:-2]
        return result


def _same(one: object, other: object) -> bool:
    if one is other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return isinstance(one, str) and isinstance(other, str) and one == other
