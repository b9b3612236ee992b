"""How the plan was tested, so that it can be tested again."""

from __future__ import annotations

import datetime

from coplant.report.blocks import Block, Cell, Section, Table
from coplant.report.stressed.view import StressedView


def tested(view: StressedView) -> Section:
    """List samples, seed, reviews, digests and versions."""
    words, stress = view.words, view.stress
    reviews = [view.numbers.day(datetime.date.fromisoformat(day)) for day in stress.reviews]
    told = {
        words("stressed.tested.samples"): view.numbers.number(stress.samples),
        words("stressed.tested.seed"): str(stress.seed),
        words("stressed.tested.reviews"): ", ".join(reviews) or words("none"),
        words("stressed.tested.promised"): view.full_money(stress.promised),
        words("stressed.tested.digest"): stress.case.digest,
        words("stressed.tested.question"): stress.question,
        **stress.versions,
    }
    heads = [(words("column.what"), False), (words("column.value"), False)]
    caption = words("stressed.tested.table")
    table = Table(caption, heads, [(Cell(name), Cell(value)) for name, value in told.items()])
    return Section("tested", words("stressed.tested.title"), [words("stressed.tested.lead")],
                   blocks=[Block(table=table)], collapsed=True)  # fmt: skip
