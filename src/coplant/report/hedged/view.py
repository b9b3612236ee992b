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
from coplant.tree.words import decimals, parted


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
        """Titles of outcomes, given by their names; one that has a comma itself is set apart."""
        titles = [self._outcomes[one] for one in outcomes]
        return ", ".join(self.words("set_apart", text=title) if "," in title else title for title in titles)

    def quoted(self, outcomes: Sequence[str]) -> str:
        """Titles of outcomes in quotation marks."""
        text = self._outcomes[outcomes[0]] if len(outcomes) == 1 else self.titles(outcomes)
        return self.words("quoted", text=text)

    def branch(self, name: str) -> str:
        """What a branch is called."""
        return self.words("hedged.luck.branch") if name == LUCK else name

    def future(self, number: int) -> str:
        """What a future is called: its outcomes; the case where nothing is uncertain."""
        return self.outcomes(self.hedge.futures.outcomes[number]) or self.name

    def known(self, text: str) -> str:
        """Titles of what is known, as a table names it."""
        return self.titles(parted(text)) or self.words("hedged.known.nothing")

    # -- which of many are shown --------------------------------------------------------------------------------------

    @property
    def probability(self) -> Floats:
        """Probability of each future, shape (K,)."""
        return self.hedge.futures.probability

    def chances(self, shares: Sequence[float]) -> list[str]:
        """Write probabilities that are read together."""
        digits = decimals(shares)
        return [self.numbers.share(share, digits) for share in shares]

    def chance(self, share: float) -> str:
        """Write a probability."""
        return self.chances([share])[0]

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
