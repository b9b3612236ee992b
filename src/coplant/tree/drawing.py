"""The futures of a case drawn as a tree of lines of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coplant.tree.futures import Futures


def drawn(futures: Futures) -> str:
    """Draw what becomes known when, and how likely each outcome then is.

    Parameters
    ----------
    futures : Futures
        The futures.
    """
    lines = _split(futures, np.arange(len(futures)), 0)
    head = f"{len(futures):,} futures" if len(futures) > 1 else "1 future: the case has no branches"
    return "\n".join([head, *lines])


def _split(futures: Futures, members: np.ndarray, step: int) -> Iterator[str]:
    """Lines of what becomes known of some futures, from one of the days on which anything does."""
    days = futures.reveal_dates
    if step == len(days):
        return
    known = [", ".join(one.outcome for one in futures.outcomes[k] if one.known == days[step]) for k in members]
    ways = list(dict.fromkeys(known))
    if len(ways) == 1 and not ways[0]:
        yield from _split(futures, members, step + 1)
        return
    total = futures.probability[members].sum()
    yield str(days[step])
    for number, way in enumerate(ways):
        its = members[[name == way for name in known]]
        last = number == len(ways) - 1
        share = futures.probability[its].sum() / total
        yield f"{'└─' if last else '├─'} {share:>6.1%}  {way or 'none of these'}"
        for line in _split(futures, its, step + 1):
            yield f"{'   ' if last else '│  '}        {line}"
