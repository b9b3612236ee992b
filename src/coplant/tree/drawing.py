"""The futures of a case drawn as a tree of lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.tree.futures import Futures
from coplant.tree.splits import Split, first_split
from coplant.tree.words import counted, percentages


def drawn(futures: Futures) -> str:
    """Draw what becomes known when, and how likely each outcome then is.

    Parameters
    ----------
    futures : Futures
        The futures.
    """
    head = counted(len(futures), "future") + ("" if futures.branches else ": the case has no branches")
    return "\n".join([head, *_lines(futures, first_split(futures))])


def _lines(futures: Futures, split: Split | None) -> Iterator[str]:
    """Lines of what becomes known where futures part, and then."""
    if split is None:
        return
    yield str(split.day)
    shares = percentages([way.share for way in split.ways])
    for number, (way, share) in enumerate(zip(split.ways, shares, strict=True)):
        last = number == len(split.ways) - 1
        name = futures.titled(one.outcome for one in way.outcomes) or "none of these"
        yield f"{'└─' if last else '├─'} {share:>6}  {name}"
        for line in _lines(futures, way.then):
            yield f"{'   ' if last else '│  '}        {line}"
