"""The figures of a launch's page as Plotly's own, in the colours of the page in the light."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from coplant.launching.result import Launch
from coplant.report.blocks import Chart
from coplant.report.launched.charts import accelerated, curve, network, phase, tornado, weeks
from coplant.report.launched.view import LaunchedView
from coplant.report.words import LANGUAGES, words_of


def figures_of(launch: Launch, language: str) -> dict[tuple[str, str], Any]:
    """Return every figure by its kind and what it is of.

    Raises
    ------
    ValueError
        There are no texts in the language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there are no texts in {language!r}; there are in {', '.join(LANGUAGES)}")
    view = LaunchedView(launch, words_of(language))
    charts: dict[tuple[str, str], Chart | None] = {("curve", name): curve(view, name) for name in view.milestones}
    charts |= {("phase", name): phase(view, name) for name in view.phases}
    charts |= {("causes", name): tornado(view, name) for name in view.milestones}
    charts |= {("network", name): network(view, name) for name in view.milestones}
    charts |= {("earlier", name): accelerated(view, name) for name in view.milestones}
    charts |= {("weeks", name): weeks(view, name) for name in view.valued}
    return {key: _figure(chart) for key, chart in charts.items() if chart is not None}


def _figure(chart: Chart) -> Any:
    """A figure with its colours in the place of their names."""
    from plotly.graph_objects import Figure

    figure = Figure(_coloured(chart.figure, _colours()))
    # The page draws legends itself, and names in them what a trace stands for alone.
    named = any(mark.traces for mark in chart.legend)
    return figure.update_layout(
        template="plotly_white", title={"text": chart.label}, margin={"t": 60}, showlegend=named
    )


def _colours() -> dict[str, str]:
    """Colours of the style sheet by name: its first block is the light."""
    style = files("coplant.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", style[: style.index("}")]))


def _coloured(value: Any, colours: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _coloured(one, colours) for key, one in value.items()}
    if isinstance(value, list):
        return [_coloured(one, colours) for one in value]
    if isinstance(value, str) and value.startswith("var:"):
        return colours[value.removeprefix("var:")]
    return value
