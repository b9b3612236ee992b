"""The answer: how the plan fares."""

from __future__ import annotations

import polars as pl

from coplant.report.blocks import KeyFigure, Section
from coplant.report.stressed.view import StressedView
from coplant.stressing.question import PLANNED


def answer(view: StressedView) -> Section:
    """Say what the plan brings in the mean and where things go wrong, and what would be better."""
    return Section("answer", view.words("stressed.answer.title"), answer_lines(view), key_figures(view))


def answer_lines(view: StressedView) -> list[str]:
    """Say it in sentences."""
    words, stress = view.words, view.stress
    own = view.own("present_value")
    lines = []
    lost = stress["regret"].filter(policy=PLANNED)["without_plan"].item()
    if lost:
        lines.append(words("stressed.answer.lost", share=view.numbers.share(lost / stress.samples)))
    if own["mean"] is None:
        return lines
    lines.append(
        words("stressed.answer.mean", mean=view.headline(own["mean"]), promised=view.headline(stress.promised))
    )
    others = stress["regret"].filter(pl.col("policy") != PLANNED, pl.col("more").is_not_null())
    best = others.sort("more", descending=True, maintain_order=True).head(1)
    for row in best.iter_rows(named=True):
        key = "better" if row["more"] > 0.0 else "worse"
        lines.append(
            words(
                f"stressed.answer.{key}",
                policy=view.policy(row["policy"]),
                money=view.money(abs(row["more"])),
                share=view.numbers.share(row["better"], 0),
            )
        )
    return lines


def key_figures(view: StressedView) -> list[KeyFigure]:
    """The mean, the tenth that is worst, lowest cash, service and concentration."""
    words = view.words
    figures = []
    quantiles = view.stress["quantiles"].filter(policy=PLANNED, measure="present_value", share=0.1)
    for measure in ("present_value", "lowest_cash", "service", "hhi"):
        own = view.own(measure)
        if own["mean"] is None:
            continue
        note = words("stressed.least", least=view.measured(measure, own["least"]))
        if own["low"] is not None:
            low, high = view.measured(measure, own["low"]), view.measured(measure, own["high"])
            note = f"{words('stressed.between', low=low, high=high)} {note}"
        figures.append(KeyFigure(words(f"stressed.measure.{measure}"), view.measured(measure, own["mean"]), note=note))
        if measure == "present_value" and quantiles.height:
            value = quantiles["value"].item()
            figures.append(KeyFigure(words("stressed.worst"), view.headline(value), view.full_money(value)))
    return figures
