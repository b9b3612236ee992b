"""What knowing is worth and what care costs, where a case has several futures."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coplant.case import Case
from coplant.report.answered.charts import frontier
from coplant.report.answered.page import texts
from coplant.report.blocks import Block, KeyFigure, Section
from coplant.report.charts import COLOURS, Series, Step, ranking
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import CaseView
from coplant.report.words import Words
from coplant.timeline import Timeline
from coplant.weighing.knowing import EVERYTHING
from coplant.weighing.result import Worth


@dataclass(frozen=True)
class WorthView(CaseView):
    """What things are worth, seen in one language.

    Parameters
    ----------
    worth : Worth
        The result.
    words : Words
        Texts of the language.
    """

    worth: Worth
    words: Words

    @property
    def case(self) -> Case:
        """The case that was weighed."""
        return self.worth.case

    @property
    def spans(self) -> pl.DataFrame:
        """Its buckets."""
        bounds = Timeline.of(self.case.settings.start, self.case.settings.buckets).bounds
        spans = pl.DataFrame({"bucket": bounds[:-1], "until": bounds[1:]})
        return spans.with_columns(days=(pl.col("until") - pl.col("bucket")).dt.total_days())


def knowing_section(view: WorthView) -> Section:
    """Draw and list what it is worth to know from the first day how each branch turns out."""
    words, table = texts(view), view.worth["knowing"]
    named = pl.col("branch").replace(EVERYTHING, words("worth.everything"))
    ranked = table.with_columns(named).sort("worth", "branch", descending=[True, False])
    steps = [Step(name, worth, COLOURS[0]) for name, worth in ranked.select("branch", "worth").iter_rows()]
    title = words("worth.knowing")
    columns = [
        Column("branch", words("worth.branch")),
        Column("worth", words("worth.worth", currency=view.currency), "money"),
        Column("at_least", words("worth.at_least", currency=view.currency), "money"),
        Column("at_most", words("worth.at_most", currency=view.currency), "money"),
    ]
    figures = [
        KeyFigure(words("worth.expected"), view.headline(view.worth.expected), view.full_money(view.worth.expected)),
        KeyFigure(words("worth.worst", tail=_tail(view)), view.headline(view.worth.worst),
                  view.full_money(view.worth.worst)),
    ]  # fmt: skip
    chart = ranking(view, steps, view.currency, title)
    return Section("knowing", title, [words("worth.knowing_lead")], figures,
                   [Block(chart=chart, table=tabulate(view, ranked, columns, title))])  # fmt: skip


def care_section(view: WorthView) -> Section:
    """Draw and list what can be expected against what is earned at worst, and mark the plan as it is."""
    words, table, tail = texts(view), view.worth["frontier"].sort("worst"), _tail(view)
    title = words("worth.care")
    across = words("worth.worst", tail=tail)
    curve = Series(words("worth.weights"), table["expected"].to_list(), COLOURS[0], "line")
    plan = (words("frontier.plan"), view.worth.worst, view.worth.expected)
    chart = frontier(view, table["worst"].to_list(), curve, plan, across, None, words("worth.label", tail=tail))
    columns = [
        Column("weight", words("worth.weight"), "share"),
        Column("expected", words("worth.expected_in", currency=view.currency), "money"),
        Column("worst", words("worth.worst_in", tail=tail, currency=view.currency), "money"),
        Column("signed", words("worth.signed")),
    ]
    block = Block(chart=chart, table=tabulate(view, table, columns, title))
    return Section("care", title, [words("worth.care_lead", tail=tail)], blocks=[block])


def _tail(view: WorthView) -> str:
    return view.numbers.exact_share(1.0 - view.case.settings.risk_share)
