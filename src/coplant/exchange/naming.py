"""Names of a file made into ids of a case: readable, in one line, and each only once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]+")


class Named(NamedTuple):
    """What something is called in a file."""

    wanted: str
    """The code or the name that people know it by; may be empty."""
    mark: str
    """What tells it from others of the same name."""
    key: str
    """What the file calls it by; no two have the same."""


def one_line(text: str) -> str:
    """Text in one line without control characters."""
    return _UNSAID.sub(" ", text).strip()


def ids(things: Sequence[Named]) -> dict[str, str]:
    """Give each thing an id, by its key: its name, and what tells it from others where several share the name.

    >>> ids([Named("Build", "1.1", "7"), Named("Review", "1.2", "8"), Named("Review", "2.1", "9")])
    {'7': 'Build', '8': 'Review (1.2)', '9': 'Review (2.1)'}
    """
    names = {thing.key: one_line(thing.wanted) or one_line(thing.mark) or thing.key for thing in things}
    often = Counter(names.values())
    taken = {name for name, count in often.items() if count == 1}
    given: dict[str, str] = {}
    for thing in things:
        name = names[thing.key]
        if often[name] > 1:
            tried = [f"{name} ({mark})" for mark in (one_line(thing.mark), thing.key) if mark]
            name = next((one for one in tried if one not in taken), tried[-1])
            while name in taken:
                name += "'"
            taken.add(name)
        given[thing.key] = name
    return given
