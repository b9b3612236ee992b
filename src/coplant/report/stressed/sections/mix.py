"""The mix of revenue, and how concentrated it is."""

from __future__ import annotations

from coplant.report.blocks import Block, Section
from coplant.report.stressed.view import StressedView
from coplant.report.tabulate import Column, tabulate
from coplant.stressing.question import PLANNED


def mix(view: StressedView) -> Section | None:
    """List shares of families and the concentration of revenue by year, as the plan has them."""
    words = view.words
    shares = view.stress["mix"].filter(policy=PLANNED).drop("policy")
    if not shares.height:
        return None
    numbers = [
        Column(name, words(f"stressed.column.{name}"), "share")
        for name in ("mean", "low", "high", "quantile_10", "quantile_90")
    ]
    year, family = Column("year", words("column.year"), "year"), Column("family", words("column.family"), "family")
    title = words("stressed.mix.title")
    hhi = view.stress["concentrations"].filter(policy=PLANNED).drop("policy")
    indices = [Column(one.name, one.title, "index") for one in numbers]
    blocks = [
        Block(words("stressed.mix.hhi"), table=tabulate(view, hhi, [year, *indices], words("stressed.mix.hhi"))),
        Block(title, table=tabulate(view, shares, [year, family, *numbers], title), collapsed=True),
    ]
    return Section("mix", title, blocks=blocks)
