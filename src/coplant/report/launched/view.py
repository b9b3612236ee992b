"""A launch seen in one language: its milestones with and without advice, its phases, its days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from coplant.case import Case
from coplant.launching.result import Launch
from coplant.report.view import CaseView
from coplant.report.words import Words


@dataclass(frozen=True)
class LaunchedView(CaseView):
    """A launch seen in one language.

    Parameters
    ----------
    launch : Launch
        The launch.
    words : Words
        Texts of the language.
    """

    launch: Launch
    words: Words

    @property
    def case(self) -> Case:
        """The case whose programme it is."""
        return self.launch.case

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The whole of the programme as one period: from its first day until nine in ten samples have ended."""
        last = self.launch["activities"].select(pl.max_horizontal("finish_p90", "early_finish").max()).item()
        until = last + datetime.timedelta(days=1)
        days = float((until - self.launch.first).days)
        return pl.DataFrame({"bucket": [self.launch.first], "until": [until], "days": [days]})

    @cached_property
    def milestones(self) -> list[str]:
        """Milestones that activities lead to, in the order of the case."""
        reached = set(self.launch["milestones"]["milestone"])
        return [name for name in self.case["milestones"]["milestone"] if name in reached]

    def variants(self, milestone: str) -> list[str | None]:
        """Whose advice is taken: each agreement that gives any, then none."""
        rows = self.launch["milestones"].filter(milestone=milestone)
        return sorted(rows["advice"].to_list(), key=lambda advice: advice is None)

    def usual(self, milestone: str) -> str | None:
        """Whose advice is taken where one answer is shown: that of the first agreement that gives any."""
        return self.variants(milestone)[0]

    def at(self, table: str, milestone: str, advice: str | None) -> pl.DataFrame:
        """Rows of a table for a milestone with the advice of an agreement, or without any."""
        return self.launch[table].filter(pl.col("milestone") == milestone, pl.col("advice").eq_missing(advice))

    def reached(self, milestone: str, advice: str | None) -> dict[str, Any]:
        """When a milestone is reached, as in the table of milestones."""
        return self.at("milestones", milestone, advice).row(0, named=True)

    def advised(self, milestone: str, advice: str | None) -> str:
        """Say whether advice is taken; nothing where there is none to take."""
        if len(self.variants(milestone)) == 1:
            return ""
        if advice is None:
            return self.words("launched.without_advice")
        if len(self.variants(milestone)) == 2:
            return self.words("launched.with_advice")
        return self.words("launched.with_advice_of", agreement=self.title("agreement", advice))

    def headed(self, milestone: str, advice: str | None) -> str:
        """Title of a milestone, and whether advice is taken."""
        told = self.advised(milestone, advice)
        title = self.title("milestone", milestone)
        return self.words("launched.headed", milestone=title, advised=told) if told else title

    def days(self, value: float) -> str:
        """Write a whole number of days."""
        return self.words.counted("launched.days", abs(round(value)), days=self.numbers.number(value))

    @cached_property
    def activities(self) -> pl.DataFrame:
        """Activities without advice, with whether any milestone's path leads through them.

        Phases and the activities of each are in the order of time.

        Returns
        -------
        DataFrame
            The table of activities with phase, critical (as planned) and criticality (the largest).
        """
        bearing = (
            self.launch["paths"]
            .filter(pl.col("advice").is_null())
            .group_by("activity")
            .agg(critical=(pl.col("critical") == "yes").any(), criticality=pl.col("criticality").max())
        )
        phases = self.case["activities"].select("activity", phase=pl.col("phase").fill_null(""))
        table = (
            self.launch["activities"]
            .filter(pl.col("advice").is_null())
            .join(phases, on="activity", how="left", maintain_order="left")
            .join(bearing, on="activity", how="left", maintain_order="left")
            .with_columns(pl.col("critical").fill_null(value=False))
        )
        usual = pl.col("early_start").cast(pl.Int32).mean().over("phase")
        return table.sort(usual, "phase", "early_start", "early_finish", "activity")

    @cached_property
    def phases(self) -> list[str]:
        """Phases, those ahead whose activities start early as a rule; empty for activities without one."""
        return self.activities["phase"].unique(maintain_order=True).to_list()

    def phase(self, name: str) -> str:
        """Name of a phase."""
        return name or self.words("launched.no_phase")

    @property
    def valued(self) -> list[str]:
        """Milestones whose start is valued."""
        if "start_values" not in self.launch.tables:
            return []
        return self.launch["start_values"]["milestone"].unique(maintain_order=True).to_list()

    def advice(self, milestone: str) -> dict[str, Any] | None:
        """What advice is worth for a milestone; None where that is not worked out."""
        if "advice" not in self.launch.tables:
            return None
        rows = self.launch["advice"].filter(milestone=milestone)
        return rows.row(0, named=True) if rows.height else None
