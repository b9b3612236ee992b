"""Plans side by side, seen in one language."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coplant.case import Case
from coplant.insight.comparison import Comparison
from coplant.planning.result import Plan
from coplant.report.view import CaseView
from coplant.report.words import Words


@dataclass(frozen=True)
class ComparedView(CaseView):
    """Plans side by side, seen in one language.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    words : Words
        Texts of the language.
    """

    comparison: Comparison
    words: Words

    @property
    def first(self) -> Plan:
        """The plan that the others are compared to."""
        return next(iter(self.comparison.plans.values()))

    @property
    def case(self) -> Case:
        """Its case, which names things."""
        return self.first.case

    @property
    def spans(self) -> pl.DataFrame:
        """Its buckets."""
        return self.first["buckets"]

    @property
    def names(self) -> list[str]:
        """What the plans are called, the first ahead."""
        return list(self.comparison.plans)
