"""Did you mean: the known name nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

_MANY = 2_000
_SHORTEST = 3
"""Letters with which names have to begin alike for one to be short for the other."""
_FEW = 4
"""Names that begin alike which are told."""
_ALIKE = 0.75
"""Twice the letters that two names share in order, by all their letters: one letter in four wrong, and no more."""


def nearest(name: object, known: Collection[str]) -> str | None:
    """Return the known name most like the one given, whatever the case of its letters; None if none is much like it."""
    text = str(name).strip().casefold()
    candidates = {candidate.casefold(): candidate for candidate in known}
    if text in candidates:
        return candidates[text]
    if len(candidates) > _MANY:  # comparing takes about 10 µs a name
        near = (one for one in candidates if abs(len(one) - len(text)) <= 2)
        candidates = {one: candidates[one] for one in near if one[:1] == text[:1] or one[-2:] == text[-2:]}
    found = get_close_matches(text, list(candidates)[:_MANY], n=1, cutoff=_ALIKE)
    return candidates[found[0]] if found else None


def did_you_mean(name: object, known: Collection[str], otherwise: str = "") -> str:
    """Return the question to ask about a misspelt or shortened name, or another remedy if no known name is like it."""
    text, found = str(name).strip().casefold(), []
    if len(text) >= _SHORTEST and text not in map(str.casefold, known):
        found = [one for one in known if one.casefold().startswith(text)]
    if not found:
        near = nearest(name, known)
        found = [] if near is None else [near]
    if not 0 < len(found) <= _FEW:
        return otherwise
    names = " or ".join(f'"{one}"' for one in found)
    return f"Did you mean {names}?"
