"""How far the samples lie apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from coplant.report.blocks import Block, Chart, Mark, Section, Table
from coplant.report.charts import COLOURS, MOST_SERIES, laid_out, plain, scattered
from coplant.report.stressed.view import StressedView
from coplant.report.tabulate import Column, tabulate

_HEIGHT = 380

_POINTS = 200
"""Points of a curve at the most, so that a page of many samples is no longer than one of few."""


def spread(view: StressedView) -> Section:
    """Draw which share of the samples brings at most how much, for each policy; list quantiles."""
    words = view.words
    blocks = [
        Block(words("stressed.spread.curve"), [words("stressed.spread.lead")], _curves(view), wide=True),
        *(
            Block(words(f"stressed.measure.{measure}"), table=_quantiles(view, measure), collapsed=True)
            for measure in ("present_value", "lowest_cash", "service", "hhi")
        ),
    ]
    return Section("spread", words("stressed.spread.title"), blocks=blocks)


def _curves(view: StressedView) -> Chart:
    words, numbers = view.words, view.numbers
    results = view.stress["results"].drop_nulls("present_value")
    magnitude = numbers.magnitude(results["present_value"].to_list())
    traces: list[dict[str, Any]] = []
    legend = []
    for policy in view.policies[:MOST_SERIES]:
        values = np.sort(results.filter(policy=policy)["present_value"].to_numpy())
        if not len(values):
            continue
        levels = np.linspace(0.0, 1.0, min(len(values), _POINTS))
        shown = np.quantile(values, levels)
        name, colour = view.policy(policy), COLOURS[len(traces)]
        hover = [
            f"<b>{plain(name)}</b><br>{plain(numbers.share(level))}<br>{plain(view.headline(value))}"
            for level, value in zip(levels.tolist(), shown.tolist(), strict=True)
        ]
        traces.append(
            scattered(name, [], levels.tolist(), hover)
            | {"x": (shown / magnitude.scale).tolist(), "mode": "lines",
               "line": {"color": f"var:--{colour}", "width": 2}}
        )  # fmt: skip
        legend.append(Mark(name, colour, "line", (len(traces) - 1,)))
    layout = laid_out(view, words("stressed.spread.share"), _HEIGHT)
    layout["xaxis"] = {"title": {"text": plain(numbers.axis(magnitude, view.currency))}, "nticks": 6}
    layout["yaxis"] |= {"range": [0.0, 1.0], "tickformat": ".0%"}
    return Chart(words("stressed.spread.label"), {"data": traces, "layout": layout}, legend, _HEIGHT)


def _quantiles(view: StressedView, measure: str) -> Table:
    words = view.words
    rows = view.stress["quantiles"].filter(measure=measure)
    table = pl.DataFrame(
        {
            "policy": [view.policy(policy) for policy in rows["policy"]],
            "share": rows["share"],
            **{name: [view.measured(measure, value) for value in rows[name]] for name in ("value", "low", "high")},
        },
        schema_overrides={"policy": pl.String},
    )
    columns = [
        Column("policy", words("stressed.column.policy")),
        Column("share", words("stressed.column.share"), "share"),
        *(Column(name, words(f"stressed.column.{name}")) for name in ("value", "low", "high")),
    ]
    return tabulate(view, table, columns, words(f"stressed.measure.{measure}"), table.height)
