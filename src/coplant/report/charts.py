"""Figures, one function for each kind: plain data that Plotly draws in the page.

Colours are names of the style sheet (``var:--c1``), which the page looks up, so that one figure serves light and dark.
"""

from __future__ import annotations

import datetime
import html
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from coplant.report.blocks import Chart, Mark
from coplant.report.view import CaseView

COLOURS = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
"""Colours of the style sheet, told apart by the colour-blind; in this order."""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down")
"""Symbols of points on lines, by which they are told apart without colour; the style sheet has each for legends."""

OTHER = "grey"
MOST_SERIES = 7
"""Things told apart in one figure; the rest is drawn as one."""

_PANEL = 150
"""Height in pixels of a panel below a chart."""

DAY = 86_400_000.0
"""Milliseconds of a day, the unit of widths on a time axis."""


@dataclass(frozen=True)
class Series:
    """Something drawn over time or over categories.

    Parameters
    ----------
    name : str
        What it is.
    values : sequence of float or None
        A value for each bucket or category.
    colour : str
        Name of its colour.
    shape : {"fill", "line", "dash"}
        How it is drawn.
    """

    name: str
    values: Sequence[float | None]
    colour: str
    shape: str = "fill"


def over_time(view: CaseView, series: Sequence[Series], unit: str, label: str, *, height: int = 320) -> Chart:
    """Draw bars, stacked and as wide as their buckets are long, and lines in steps.

    Values are in `unit`, or in the magnitude that suits them all.
    """
    buckets = view.buckets
    magnitude = view.numbers.magnitude(value for one in series for value in one.values)
    starts, names = buckets["bucket"].to_list(), buckets["name"].to_list()
    widths = [days * DAY for days in buckets["days"].to_list()]
    traces: list[dict[str, Any]] = []
    for one in series:
        scaled = [None if value is None else value / magnitude.scale for value in one.values]
        hover = _hover(view, one.name, names, one.values, unit)
        if one.shape == "fill":
            traces.append(
                {
                    "type": "bar",
                    "name": plain(one.name),
                    "x": [day.isoformat() for day in starts],
                    "y": scaled,
                    "width": widths,
                    "offset": 0,
                    "customdata": hover,
                    "hovertemplate": "%{customdata}<extra></extra>",
                    "marker": {"color": f"var:--{one.colour}", "line": {"width": 0}},
                }
            )
        else:
            traces.append(_steps(one, scaled, hover, starts, buckets["until"].to_list()[-1]))
    layout = laid_out(view, view.numbers.axis(magnitude, unit), height)
    layout["barmode"] = "relative"
    layout["bargap"] = 0
    layout["xaxis"] = {"type": "date", "range": [starts[0].isoformat(), buckets["until"].to_list()[-1].isoformat()]}
    layout["yaxis"]["rangemode"] = "tozero"
    return Chart(label, {"data": traces, "layout": layout}, _legend(series), height)


def with_panel(view: CaseView, chart: Chart, one: Series, unit: str) -> Chart:
    """Add a panel of bars below a chart over time, with an axis of its own: for what is counted in another unit."""
    below = over_time(view, [one], unit, chart.label)
    height = chart.height + _PANEL
    split = _PANEL / height
    layout = {
        **chart.figure["layout"],
        "height": height,
        "yaxis": {**chart.figure["layout"]["yaxis"], "domain": [split, 1.0]},
        "yaxis2": {**below.figure["layout"]["yaxis"], "domain": [0.0, split - 0.07], "anchor": "x", "nticks": 3},
        "xaxis": {**chart.figure["layout"]["xaxis"], "anchor": "y2"},
    }
    traces = [*chart.figure["data"], *(trace | {"yaxis": "y2"} for trace in below.figure["data"])]
    mark = Mark(one.name, one.colour, one.shape, (len(traces) - 1,))
    return Chart(chart.label, {"data": traces, "layout": layout}, [*chart.legend, mark], height)


def _steps(
    one: Series, scaled: list[float | None], hover: list[str], starts: list[datetime.date], end: datetime.date
) -> dict[str, Any]:
    dash = {"line": "solid", "dash": "dash"}[one.shape]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(one.name),
        "x": [*(day.isoformat() for day in starts), end.isoformat()],
        "y": [*scaled, scaled[-1]],
        "customdata": [*hover, hover[-1]],
        "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
        "line": {"shape": "hv", "color": f"var:--{one.colour}", "width": 2, "dash": dash},
    }


def running(view: CaseView, values: Sequence[float], unit: str, label: str, name: str, lowest: str) -> Chart:
    """Draw a running sum, from nothing at the start to its level at the end of each bucket, its lowest point marked."""
    buckets = view.buckets
    start = view.words("date.start")
    levels, places = [0.0, *values], [start, *buckets["name"].to_list()]
    points = [day.isoformat() for day in (buckets["bucket"][0], *buckets["until"].to_list())]
    magnitude = view.numbers.magnitude(levels)
    scaled = [level / magnitude.scale for level in levels]
    hover = _hover(view, name, places, levels, unit)
    least = min(range(len(levels)), key=lambda index: levels[index])
    line = {"color": "var:--c1", "width": 2}
    ring = {"color": "var:--c2", "size": 11, "line": {"width": 2, "color": "var:--surface"}}
    traces = [
        scattered(name, points, scaled, hover)
        | {"mode": "lines", "fill": "tozeroy", "fillcolor": "var:--c1-soft", "line": line},
        scattered(lowest, [points[least]], [scaled[least]], [hover[least]])
        | {"mode": "markers", "marker": ring, "cliponaxis": False},
    ]
    layout = laid_out(view, view.numbers.axis(magnitude, unit), 320)
    layout["xaxis"] = {"type": "date", "range": [points[0], points[-1]]}
    # Unseen ticks hold the numbers off, which a point at the start would touch.
    layout["yaxis"] |= {"ticks": "outside", "ticklen": 9, "tickcolor": "var:--surface"}
    legend = [Mark(name, "c1", "line", (0,)), Mark(lowest, "c2", "point", (1,))]
    return Chart(label, {"data": traces, "layout": layout}, legend)


def scattered(name: str, x: Sequence[str], y: Sequence[float | None], hover: Sequence[str]) -> dict[str, Any]:
    """Points of a scatter with what is told of each."""
    return {
        "type": "scatter",
        "name": plain(name),
        "x": list(x),
        "y": list(y),
        "customdata": list(hover),
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def by_category(
    view: CaseView, names: Sequence[str], series: Sequence[Series], unit: str, label: str, *, across: bool = False
) -> Chart:
    """Draw stacked bars over categories: upright over years, across the page where names are long."""
    magnitude = view.numbers.magnitude(value for one in series for value in one.values)
    height = 90 + 44 * len(names) if across else 320
    places = list(range(len(names))) if across else [plain(name) for name in names]
    traces = []
    for one in series:
        values = [None if value is None else value / magnitude.scale for value in one.values]
        traces.append(
            {
                "type": "bar",
                "orientation": "h" if across else "v",
                "name": plain(one.name),
                "x": values if across else places,
                "y": places if across else values,
                "customdata": _hover(view, one.name, names, one.values, unit),
                "hovertemplate": "%{customdata}<extra></extra>",
                "marker": {"color": f"var:--{one.colour}"},
            }
        )
    axis = view.numbers.axis(magnitude, unit)
    layout = laid_out(view, axis, height)
    layout["barmode"] = "relative"
    layout["xaxis"] = {"type": "category"}
    if across:
        layout |= across_axes(axis, [folded(name) for name in names])
    return Chart(label, {"data": traces, "layout": layout}, _legend(series, 1), height)


def lines(
    view: CaseView,
    names: Sequence[str],
    series: Sequence[Series],
    title: str,
    label: str,
    *,
    share: bool,
    zero: bool = True,
) -> Chart:
    """Draw lines with points over categories; values are shares, or an index of 0 to 1."""
    write = view.numbers.share if share else (lambda value: view.numbers.number(value, 3))
    symbols = _symbols(len(series))
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(one.name),
            "x": [plain(name) for name in names],
            "y": list(one.values),
            "customdata": [
                f"<b>{plain(one.name)}</b><br>{plain(name)}<br>{plain(write(value))}"
                for name, value in zip(names, one.values, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
            "line": {"color": f"var:--{one.colour}", "width": 2},
            "marker": {"size": 8, "symbol": symbol},
        }
        for one, symbol in zip(series, symbols, strict=True)
    ]
    layout = laid_out(view, title, 320)
    layout["xaxis"] = {"type": "category"}
    layout["yaxis"] |= {"tickformat": ".0%" if share else ".2f", "rangemode": "tozero" if zero else "normal"}
    legend = [replace(mark, shape=symbol) for mark, symbol in zip(_legend(series), symbols, strict=False)]
    return Chart(label, {"data": traces, "layout": layout}, legend)


@dataclass(frozen=True)
class Upright:
    """Upright lines at some places of a figure.

    Parameters
    ----------
    name : str
        What is there.
    places : sequence of float
        Where, on the axis below.
    colour : str
        Name of its colour.
    shape : {"line", "dash"}
        How they are drawn.
    """

    name: str
    places: Sequence[float]
    colour: str
    shape: str


def against(
    view: CaseView,
    places: Sequence[float],
    series: Sequence[Series],
    uprights: Sequence[Upright],
    across: str,
    unit: str,
    label: str,
    *,
    top: float,
) -> Chart:
    """Draw lines against a quantity, from nothing up to a value; what is above it runs out of the figure.

    Parameters
    ----------
    places : sequence of float
        The quantities.
    series : sequence of Series
        A value for each, None where there is none.
    uprights : sequence of Upright
        What is marked.
    across, unit : str
        What the axis below counts, and in what the values are.
    top : float
        Where the axis of values ends.
    """
    magnitude = view.numbers.magnitude([top])
    names = [f"{view.numbers.count(place)} {across}" for place in places]
    traces: list[dict[str, Any]] = []
    symbols = _symbols(len(series))
    for one, symbol in zip(series, symbols, strict=True):
        scaled = [None if value is None else value / magnitude.scale for value in one.values]
        traces.append(
            scattered(one.name, [], scaled, _hover(view, one.name, names, one.values, unit))
            | {
                "x": list(places),
                "mode": "lines+markers",
                "connectgaps": False,
                "line": {"color": f"var:--{one.colour}", "width": 2},
                "marker": {"size": 8, "symbol": symbol, "maxdisplayed": 8},
            }
        )
    for mark in uprights:
        told = [
            f"<b>{plain(mark.name)}</b><br>{plain(f'{view.numbers.count(place)} {across}')}" for place in mark.places
        ]
        traces.append(
            scattered(mark.name, [], [y for _ in mark.places for y in (0.0, top / magnitude.scale, None)], [])
            | {
                "x": [x for place in mark.places for x in (place, place, None)],
                "customdata": [text for one in told for text in (one, one, "")],
                "mode": "lines",
                "line": {
                    "color": f"var:--{mark.colour}",
                    "width": 2,
                    "dash": "solid" if mark.shape == "line" else "dash",
                },
            }
        )
    layout = laid_out(view, view.numbers.axis(magnitude, unit), 320)
    layout["xaxis"] = {"title": {"text": plain(across)}, "rangemode": "tozero", "nticks": 5}
    # Plotly would cut thousands short in a way of its own.
    layout["xaxis"]["tickformat"] = ",.0f" if places[-1] >= 10.0 else ""
    layout["yaxis"]["range"] = [0.0, top / magnitude.scale]
    marks = [Mark(mark.name, mark.colour, mark.shape, (len(series) + number,)) for number, mark in enumerate(uprights)]
    drawn = zip(series, symbols, strict=True)
    lines_of = [Mark(one.name, one.colour, symbol, (number,)) for number, (one, symbol) in enumerate(drawn)]
    return Chart(label, {"data": traces, "layout": layout}, [*lines_of, *marks])


@dataclass(frozen=True)
class Step:
    """A step of a waterfall, or a bar of a ranking.

    Parameters
    ----------
    name : str
        What it is.
    value : float
        How much.
    colour : str
        Name of its colour.
    hatched : bool
        Whether it is drawn hatched.
    total : bool
        Whether it stands for the sum of the steps before.
    """

    name: str
    value: float
    colour: str
    hatched: bool = False
    total: bool = False


def waterfall(view: CaseView, steps: Sequence[Step], unit: str, label: str, legend: Sequence[Mark]) -> Chart:
    """Draw steps from nothing to a total, downwards; each starts where the one above ends."""
    bases, level = [], 0.0
    for step in steps:
        bases.append(0.0 if step.total else level)
        level = step.value if step.total else level + step.value
    return _across(view, steps, bases, unit, label, legend)


def ranking(view: CaseView, steps: Sequence[Step], unit: str, label: str, legend: Sequence[Mark] = ()) -> Chart:
    """Draw bars from nothing, the first at the top."""
    return _across(view, steps, [0.0] * len(steps), unit, label, legend)


def _across(
    view: CaseView, steps: Sequence[Step], bases: Sequence[float], unit: str, label: str, legend: Sequence[Mark]
) -> Chart:
    ends = [base + step.value for base, step in zip(bases, steps, strict=True)]
    magnitude = view.numbers.magnitude([*bases, *ends])
    names = [folded(step.name) for step in steps]
    ticks = [
        f"{name}<br><b>{plain(view.numbers.brief(step.value))}</b>" for name, step in zip(names, steps, strict=True)
    ]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(steps))),
        "x": [step.value / magnitude.scale for step in steps],
        "base": [base / magnitude.scale for base in bases],
        "customdata": _hover(view, "", [step.name for step in steps], [step.value for step in steps], unit),
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": [f"var:--{step.colour}" for step in steps],
            "pattern": {
                "shape": ["/" if step.hatched else "" for step in steps],
                "fgcolor": "var:--surface",
                "size": 7,
                "solidity": 0.35,
            },
        },
    }
    height = 80 + (54 if any("<br>" in name for name in names) else 42) * len(steps)
    layout = laid_out(view, "", height)
    layout |= across_axes(view.numbers.axis(magnitude, unit), ticks)
    # Each bar tells its amount: on a narrow page more of them would stand on one another.
    layout["xaxis"]["nticks"] = 3
    return Chart(label, {"data": [trace], "layout": layout}, legend, height)


def across_axes(unit: str, ticks: Sequence[str]) -> dict[str, Any]:
    """Axes of bars that lie across the page, the first at the top."""
    return {
        "bargap": 0.35,
        "xaxis": {"title": {"text": plain(unit)}, "zeroline": True, "showgrid": True, "nticks": 5, "tickangle": 0},
        "yaxis": {
            "tickvals": list(range(len(ticks))),
            "ticktext": list(ticks),
            "range": [len(ticks) - 0.5, -0.5],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
    }


def split(
    view: CaseView,
    table: pl.DataFrame,
    key: str,
    value: str,
    over: str,
    positions: Sequence[object],
    name: Any = str,
    keep: Collection[str] = (),
) -> list[Series]:
    """Split a table into series, the largest first; what is beyond seven is drawn as one.

    Parameters
    ----------
    table : DataFrame
        Long table of `key`, `over` and `value`.
    positions : sequence
        Values of `over`, in order.
    name : callable
        What a key is called.
    keep : collection of str
        Keys that are told apart however small they are.
    """
    from coplant.report.view import largest

    keys = largest(table, key, value, table.height)
    first = sorted(keys, key=lambda one: one not in keep)[: MOST_SERIES if len(keys) > MOST_SERIES + 1 else None]
    kept, rest = [one for one in keys if one in first], [one for one in keys if one not in first]
    series = [
        Series(name(one), _placed(table.filter(pl.col(key) == one), value, over, positions), COLOURS[number])
        for number, one in enumerate(kept)
    ]
    if rest:
        others = _placed(table.filter(pl.col(key).is_in(rest)), value, over, positions)
        series.append(Series(view.words.counted("others", len(rest)), others, OTHER))
    return series


def _placed(table: pl.DataFrame, value: str, over: str, positions: Sequence[object]) -> list[float]:
    sums = dict(table.group_by(over).agg(pl.col(value).sum()).iter_rows())
    return [float(sums.get(position, 0.0)) for position in positions]


def plain(text: str) -> str:
    """Text of a case as Plotly is to show it: with no markup in it."""
    return html.escape(text, quote=False)


def folded(text: str) -> str:
    """Return a label in two lines where it is long, and cut where it is very long; the whole is in what is hovered."""
    return "<br>".join(map(plain, textwrap.wrap(text, 34, max_lines=2, placeholder=" …"))) or plain(text)


def _hover(view: CaseView, name: str, places: Sequence[str], values: Sequence[float | None], unit: str) -> list[str]:
    head = f"<b>{plain(name)}</b><br>" if name else ""
    return [
        f"{head}{plain(place)}<br>{plain(_joined(view.numbers.brief(value), unit))}"
        for place, value in zip(places, values, strict=True)
    ]


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def laid_out(view: CaseView, unit: str, height: int) -> dict[str, Any]:
    """Return the layout of a figure whose axis of values counts a unit."""
    return {
        "height": height,
        "separators": view.numbers.separators,
        "showlegend": False,
        "yaxis": {"title": {"text": plain(unit)}, "automargin": True, "nticks": 6, "separatethousands": True},
    }


def _legend(series: Sequence[Series], least: int = 2) -> list[Mark]:
    if len(series) < least:
        return []
    return [Mark(one.name, one.colour, one.shape, (number,)) for number, one in enumerate(series)]


def _symbols(count: int) -> list[str]:
    return [SYMBOLS[number % len(SYMBOLS)] for number in range(count)]
