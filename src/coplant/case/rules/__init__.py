"""Rules that no single column can tell: one small function each, in a file for each theme."""

from __future__ import annotations

from coplant.case.draft import Draft
from coplant.case.rules import agreements, clauses, demand, futures, happenings, network, programme, structure
from coplant.case.rules.registry import RULES

__all__ = [
    "agreements", "check_rules", "clauses", "demand", "futures", "happenings", "network", "programme", "structure",
]  # fmt: skip


def check_rules(draft: Draft) -> None:
    """Check every rule; one that needs columns in which mistakes are known already is left for the next time."""
    for rule in RULES:
        if (rule.table is None or not draft[rule.table].is_empty()) and draft.sound(rule.sound):
            rule.check(draft)
