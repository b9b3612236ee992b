"""Rules that no single column can tell: one small function each, in a file for each theme."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from coplant.case.draft import Draft
from coplant.case.reads import Reads
from coplant.case.rules import agreements, clauses, demand, factors, futures, happenings, network, programme, structure
from coplant.case.rules.registry import RULES, Rule

__all__ = [
    "agreements", "check_rules", "clauses", "demand", "factors", "futures", "happenings", "network", "programme",
    "structure",
]  # fmt: skip


Read = Mapping[Rule, frozenset[str]]
"""The tables that each rule looked at."""


def check_rules(draft: Draft, kept: Read | None = None, changed: Collection[str] = ()) -> Read:
    """Check every rule; one that needs columns in which mistakes are known already is left for the next time.

    Parameters
    ----------
    draft : Draft
        What to check.
    kept : mapping of Rule to set of str, optional
        Of a draft that kept all rules, the tables that each looked at.
    changed : collection of str
        Tables in which this draft differs from that one. A rule that looked at none of them is kept here too.

    Returns
    -------
    mapping of Rule to set of str
        The tables that each rule looked at.
    """
    tables, read = draft.tables, dict[Rule, frozenset[str]]()
    for rule in RULES:
        if kept is not None and kept[rule].isdisjoint(changed):
            read[rule] = kept[rule]
            continue
        draft.tables = seen = Reads(tables)
        if (rule.table is None or not draft[rule.table].is_empty()) and draft.sound(rule.sound):
            rule.check(draft)
        read[rule] = frozenset(seen.names)
    draft.tables = tables
    return read
