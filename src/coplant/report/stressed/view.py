"""A stress test seen in one language: what policies and causes are called, and how measures are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.report.view import CaseView
from coplant.report.words import Words
from coplant.stressing.question import NONE, PLANNED
from coplant.stressing.result import Stress
from coplant.stressing.statistics import FACTOR


@dataclass(frozen=True)
class StressedView(CaseView):
    """A stress test seen in one language.

    Parameters
    ----------
    stress : Stress
        The stress test.
    words : Words
        Texts of the language.
    """

    stress: Stress
    words: Words

    @property
    def case(self) -> Case:
        """The case."""
        return self.stress.case

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The whole horizon as one period."""
        settings = self.case.settings
        days = float((settings.until - settings.start).days)
        return pl.DataFrame({"bucket": [settings.start], "until": [settings.until], "days": [days]})

    @cached_property
    def policies(self) -> list[str]:
        """What may be signed, the plan first."""
        return self.stress["regret"]["policy"].to_list()

    def policy(self, name: str) -> str:
        """What is signed."""
        told = {PLANNED: "stressed.planned", NONE: "stressed.none"}
        return self.words(told[name]) if name in told else self.title("agreement", name)

    @cached_property
    def _factors(self) -> dict[str, str]:
        return {name: title or name for name, title in self.case["factors"].select("factor", "title").iter_rows()}

    def cause(self, name: str, kind: str) -> str:
        """What was sampled, of some kind."""
        if kind == FACTOR:
            return self._factors[name]
        return self.words(f"stressed.{kind}", branch=name)

    def own(self, measure: str) -> dict[str, Any]:
        """The distribution of a measure of the plan."""
        return self.stress["distributions"].filter(policy=PLANNED, measure=measure).row(0, named=True)

    def measured(self, measure: str, value: float | None) -> str:
        """Write a value of a measure."""
        if value is None:
            return self.words("none")
        if measure == "service":
            return self.numbers.share(value)
        return self.numbers.number(value, 3) if measure == "hhi" else self.headline(value)
