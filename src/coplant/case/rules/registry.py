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
    check : callable
        Reports on a draft what breaks the rule. Cells that are bad are null in it, and null never breaks a rule.
    sound : tuple of str
        Columns, as table.column, of which a missing or bad cell would make the rule report what is not so.
    """

    check: Check
    sound: tuple[str, ...]


RULES: list[Rule] = []
"""Every rule, in the order of checking."""


def rule(*sound: str) -> Callable[[Check], Check]:
    """Add a function to the rules.

    Parameters
    ----------
    *sound : str
        Columns that must be sound before the rule can be checked.
    """

    def add(check: Check) -> Check:
        RULES.append(Rule(check, sound))
        return check

    return add
