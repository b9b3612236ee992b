"""The list of rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from coplant.case.draft import Draft

Check = Callable[[Draft], None]


class Rule(NamedTuple):
    """One rule.

    Attributes
    ----------
    table : str or None
        The table whose rows it is about; without rows there is nothing to check. None for the case as a whole.
    sound : tuple of str
        Columns, as table.column, of which a missing or bad cell would make the rule report what is not so.
    check : callable
        Reports on a draft what breaks the rule. Cells that are bad are null in it, and null never breaks a rule.
    """

    table: str | None
    sound: tuple[str, ...]
    check: Check


RULES: list[Rule] = []
"""Every rule, in the order of checking."""


def rule(table: str | None, *, sound: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Add a function to the rules; see `Rule` for what is given."""

    def add(check: Check) -> Check:
        RULES.append(Rule(table, sound, check))
        return check

    return add
