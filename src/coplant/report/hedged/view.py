"""Plans for several futures seen in one language: what the futures are called, and which of many are shown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.rules.futures import LUCK
from coplant.planning import Hedge
from coplant.planning.decided import common_buckets
from coplant.report.view import CaseView, View
from coplant.report.words import Words
from coplant.timeline.calendar import Floats
from coplant.tree.futures import Outcome, started


@dataclass(frozen=True)
class HedgedView(CaseView):
    """A hedge seen in one language.

    Parameters
    ----------
    hedge : Hedge
        The plans.
    words : Words
        Texts of the language.
    """

    hedge: Hedge
    words: Words

    @property
    def case(self) -> Case:
        """The case that was planned."""
        return self.hedge.case

    @property
    def spans(self) -> pl.DataFrame:
        """Buckets of all plans."""
        return self.hedge.plans[0]["buckets"]

    def plan(self, future: int) -> View:
        """Return the plan of a future in the same language."""
        return View(self.hedge.plans[future], self.words)

    # -- what futures are called --------------------------------------------------------------------------------------

    @cached_property
    def _outcomes(self) -> dict[str, str]:
        titles = {name: title or name for name, title in self.case["branches"].select("outcome", "title").iter_rows()}
        for future in self.hedge.futures.outcomes:
            for one in future:
                if one.branch == LUCK:
                    titles[one.outcome] = self.words("hedged.luck.start", **started(one.outcome))
        return titles

    def outcomes(self, outcomes: Sequence[Outcome]) -> str:
        """Titles of outcomes, as they become known."""
        return self.titles([one.outcome for one in outcomes])

    def titles(self, outcomes: Sequence[str]) -> str:
        """Titles of outcomes, given by their names."""
        return ", ".join(self._outcomes[one] for one in outcomes)

    def branch(self, name: str) -> str:
        """What a branch is called."""
        return self.words("hedged.luck.branch") if name == LUCK else name

    def future(self, number: int) -> str:
        """What a future is called: its outcomes; the case where nothing is uncertain."""
        return self.outcomes(self.hedge.futures.outcomes[number]) or self.name

    @cached_property
    def _known(self) -> dict[str, str]:
        """Titles of what can be known at some time, by how tables name it."""
        known = {
            ", ".join(one.outcome for one in future[:count]): self.outcomes(future[:count])
            for future in self.hedge.futures.outcomes
            for count in range(1, len(future) + 1)
        }
        return known | {"": self.words("hedged.known.nothing")}

    def known(self, text: str) -> str:
        """Titles of what is known, as a table names it."""
        return self._known[text]

    # -- which of many are shown --------------------------------------------------------------------------------------

    @property
    def probability(self) -> Floats:
        """Probability of each future, shape (K,)."""
        return self.hedge.futures.probability

    @cached_property
    def values(self) -> Floats:
        """Present value of each future, shape (K,)."""
        return self.hedge["futures"]["present_value"].to_numpy()

    def chosen(self, most: int) -> list[int]:
        """Choose futures from the worst to the best: all, or so many, as far from one another by probability.

        Parameters
        ----------
        most : int
            How many at most; two or more.
        """
        order = np.argsort(self.values, kind="stable")
        if len(order) <= most:
            return [int(future) for future in order]
        chance = self.probability[order]
        middle = np.cumsum(chance) - 0.5 * chance
        places = np.searchsorted(middle, np.linspace(0.0, 1.0, most)).clip(max=len(order) - 1)
        return [int(order[place]) for place in np.unique(places)]

    def told(self, shown: int) -> str:
        """Say how many of the futures are shown; nothing where all are."""
        count = len(self.hedge.plans)
        if shown == count:
            return ""
        return self.words("hedged.shown", shown=self.numbers.number(shown), all=self.numbers.number(count))

    # -- what is decided when -----------------------------------------------------------------------------------------

    @cached_property
    def common(self) -> int:
        """How many buckets pass before anything is known."""
        return common_buckets(self.hedge.futures, self.hedge.timeline)

    @property
    def last_common_day(self) -> datetime.date:
        """Last day before anything is known."""
        day: datetime.date = self.hedge.timeline.bounds[self.common].astype(object)
        return day - datetime.timedelta(days=1)

    @property
    def tail(self) -> float:
        """Share of what can happen that counts as the worst."""
        return 1.0 - self.case.settings.risk_share
