"""The answer: what each plan comes to."""

from __future__ import annotations

from coplant.report.blocks import Block, KeyFigure, Section
from coplant.report.compared.view import ComparedView
from coplant.report.tabulate import Column, tabulate


def answer(view: ComparedView) -> Section:
    """Say what each plan earns, and list what else it comes to."""
    words = view.words
    plans = view.comparison["plans"]
    figures = [
        KeyFigure(name, view.headline(plan.objective), view.full_money(plan.objective))
        for name, plan in view.comparison.plans.items()
    ]
    columns = [
        Column("plan", words("compared.column.plan")),
        Column("present_value", words("column.present_value", currency=view.currency), "money"),
        Column("more", words("compared.column.more", currency=view.currency), "money"),
        Column("lowest_cash", words("compared.column.lowest_cash", currency=view.currency), "money"),
        Column("lowest_on", words("compared.column.lowest_on"), "date"),
        Column("served", words("column.served"), "share"),
        Column("unserved", words("compared.column.unserved", currency=view.currency), "money"),
        Column("hhi", words("compared.column.hhi"), "index"),
    ]
    caption = words("compared.answer.table")
    block = Block(table=tabulate(view, plans, columns, caption))
    return Section("answer", words("compared.answer.title"), answer_lines(view), figures, [block])


def answer_lines(view: ComparedView) -> list[str]:
    """Say it in sentences, one for each plan beside the first."""
    first, *others = view.names
    lines = []
    for name in others:
        more = view.comparison.plans[name].objective - view.first.objective
        key = "more" if more >= 0.0 else "less"
        line = view.words(f"compared.answer.{key}", plan=name, first=first, money=view.headline(abs(more)))
        lines.append(line[0].upper() + line[1:])
    return lines
