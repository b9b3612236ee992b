"""Did you mean: the known name nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

_MANY = 2_000


def nearest(name: object, known: Collection[str]) -> str | None:
    """Return the known name most like the one given; None if none is much like it."""
    text = str(name).strip()
    folded = text.casefold()
    for candidate in known:
        if candidate.casefold() == folded:
            return candidate
    candidates: Iterable[str] = known
    if len(known) > _MANY:  # comparing takes about 10 µs a name
        near = (one for one in known if abs(len(one) - len(text)) <= 2)
        candidates = [one for one in near if one[:1] == text[:1] or one[-2:] == text[-2:]]
    found = get_close_matches(text, list(candidates)[:_MANY], n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: object, known: Collection[str], otherwise: str = "") -> str:
    """Return the question to ask about a misspelt name, or another remedy if no known name is like it."""
    found = nearest(name, known)
    return f'Did you mean "{found}"?' if found is not None else otherwise
