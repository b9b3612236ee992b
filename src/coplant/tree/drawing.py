"""The futures of a case drawn as a tree of lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.tree.futures import Futures
from coplant.tree.splits import Split, first_split


def drawn(futures: Futures) -> str:
    """Draw what becomes known when, and how likely each outcome then is.

    Parameters
    ----------
    futures : Futures
        The futures.
    """
    head = f"{len(futures):,} futures" if len(futures) > 1 else "1 future: the case has no branches"
    return "\n".join([head, *_lines(first_split(futures))])


def _lines(split: Split | None) -> Iterator[str]:
    """Lines of what becomes known where futures part, and then."""
    if split is None:
        return
    yield str(split.day)
    for number, way in enumerate(split.ways):
        last = number == len(split.ways) - 1
        name = ", ".join(one.outcome for one in way.outcomes) or "none of these"
        yield f"{'└─' if last else '├─'} {way.share:>6.1%}  {name}"
        for line in _lines(way.then):
            yield f"{'   ' if last else '│  '}        {line}"
