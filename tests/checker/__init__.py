"""A second opinion on a plan.

From the tables of a case and those of a plan alone, everything that can be worked out is worked out again: balances,
limits, what each clause charges, and every money line. It is written from the mathematics and shares no code with the
planner: its own calendar, its own lead times, plain Python numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from checker import money, quantities
from checker.facts import TOLERANCE, Facts, Violation

__all__ = ["Violation", "check"]

TABLES = (
    "items", "sites", "resources", "resource_capacity", "routes", "bom", "loads", "ramps", "learning", "lanes",
    "offers", "offer_prices", "allotments", "stock", "receipts", "safety_stock", "demand", "prices", "annuities", "mix",
    "agreements", "reservations", "processing_fees", "fixed_charges", "take_or_pay", "tooling", "loss_cover",
    "advisory", "licences", "flexibility", "forecasts", "materials", "security", "exit_terms",
    "credits", "exclusivity", "parties",
)  # fmt: skip


def check(
    case: Any, tables: Mapping[str, pl.DataFrame], objective: float, tolerance: float = TOLERANCE
) -> list[Violation]:
    """Compare a plan with its case.

    Parameters
    ----------
    case : Case
        The case.
    tables : mapping of str to DataFrame
        The plan's tables.
    objective : float
        The plan's objective.
    tolerance : float
        Relative difference that is let pass.

    Returns
    -------
    list of Violation
        Empty for a plan that keeps every rule and whose money adds up.
    """
    facts = Facts(
        {name: case[name].to_dicts() for name in TABLES},
        {name: frame.to_dicts() for name, frame in tables.items()},
        case.settings,
        objective,
        tolerance,
    )
    quantities.check_names(facts)
    if facts.violations:
        # What speaks of things that are not there cannot be added up.
        return facts.violations
    for part in (quantities, money):
        for name, function in vars(part).items():
            if name.startswith("check_") and name != "check_names" and function.__module__ == part.__name__:
                function(facts)
    return facts.violations
