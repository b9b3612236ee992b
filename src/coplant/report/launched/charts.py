"""Figures of a launch: curves of dates, bars over time, a ranking of causes, the value of weeks, a network."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from coplant.report.blocks import Chart, Mark
from coplant.report.charts import DAY, Step, laid_out, plain, ranking, scattered
from coplant.report.launched.network import Drawing, drawing_of
from coplant.report.launched.view import LaunchedView

MARKED = (0.1, 0.5, 0.9)
"""Probabilities that are marked on a curve."""

MOST_CAUSES = 12
"""Causes that are drawn; the table has all."""

LEAST_CAUSE = 0.1
"""Days from which a cause is drawn."""

_ROW = 38
"""Height in pixels of an activity: its name, and its bar below."""

_BELOW = 0.12
"""How far below the middle of its row the bar of an activity is."""

_LAYER = 80
"""Height in pixels of a layer of the network."""

_LETTERS = 15
"""Characters of a line in a box of the network."""

_LOOKS = (("c1", "circle", "solid"), ("c2", "square", "dash"), ("c4", "diamond", "dashdot"), ("c5", "x", "dot"))
"""Colour, symbol and dash of each variant, by all of which it is told apart."""


# -- when -------------------------------------------------------------------------------------------------------------


def curve(view: LaunchedView, milestone: str) -> Chart:
    """Draw the chance that a milestone is reached by each day, with and without advice, and its target."""
    words, numbers = view.words, view.numbers
    traces: list[dict[str, Any]] = []
    legend: list[Mark] = []
    # What is looked at first lies above the others.
    variants = list(zip(view.variants(milestone), _LOOKS * len(_LOOKS), strict=False))
    for advice, (colour, symbol, dash) in reversed(variants):
        table = view.at("dates", milestone, advice)
        name = view.advised(milestone, advice) or words("launched.dates.chance")
        shares = table["share"].to_list()
        days = table["day"].to_list()
        told = [
            f"<b>{plain(name)}</b><br>{plain(numbers.date(day))}<br>{plain(numbers.share(share))}"
            for day, share in zip(days, shares, strict=True)
        ]
        sizes = [9 if any(abs(share - mark) < 1e-9 for mark in MARKED) else 0 for share in shares]
        legend.insert(0, Mark(name, colour, symbol, (len(traces),)))
        traces.append(
            scattered(name, _texts(days), shares, told)
            | {
                "mode": "lines+markers",
                "line": {"color": f"var:--{colour}", "width": 2, "dash": dash},
                "marker": {"size": sizes, "symbol": symbol, "color": f"var:--{colour}", "opacity": 1},
                "cliponaxis": False,
            }
        )
    target = view.reached(milestone, view.usual(milestone))["target"]
    if target is not None:
        name = words("launched.dates.target", day=numbers.day(target))
        legend.append(Mark(name, "ink", "dash", (len(traces),)))
        traces.append(_upright(name, target, 0.0, 1.0))
    layout = laid_out(view, "", 320)
    layout["xaxis"] = {"type": "date", "nticks": 5, "tickangle": 0}
    layout["yaxis"] |= {"tickformat": ".0%", "range": [0.0, 1.0]}
    label = words("launched.dates.label", milestone=view.title("milestone", milestone))
    return Chart(label, {"data": traces, "layout": layout}, legend)


def _upright(name: str, day: datetime.date, low: float, high: float) -> dict[str, Any]:
    """A dashed line at a day."""
    return scattered(name, _texts([day, day]), [low, high], [plain(name)] * 2) | {
        "mode": "lines",
        "line": {"color": "var:--ink", "width": 2, "dash": "dash"},
    }


def _texts(days: Sequence[datetime.date]) -> list[str]:
    return [day.isoformat() for day in days]


# -- what is done when ------------------------------------------------------------------------------------------------


def phase(view: LaunchedView, name: str) -> Chart:
    """Draw the activities of a phase: a bar as planned, and between which days each ends in eight of ten samples.

    Names stand above the bars, so that there is room for both on a narrow page.
    """
    rows = view.activities.filter(phase=name).to_dicts()
    bars = [(place, row) for place, row in enumerate(rows) if row["planned"] > 0.0]
    points = [(place, row) for place, row in enumerate(rows) if row["planned"] == 0.0]
    height = 56 + _ROW * len(rows)
    label = view.words("launched.phases.label", phase=view.phase(name))
    traces = [
        *_bars(view, bars),
        *([_instants(view, points)] if points else []),
        _whiskers(rows),
        _halves(view, rows),
        *_targets(view, len(rows)),
    ]
    layout = laid_out(view, "", height)
    first, until = view.spans.select("bucket", "until").row(0)
    room = (until - first) * 0.02
    layout |= {
        "barmode": "overlay",
        "xaxis": {
            "type": "date",
            "range": _texts([first - room, until + room]),
            "nticks": 5,
            "tickangle": 0,
            "showgrid": True,
        },
        "yaxis": {"range": [len(rows) - 0.4, -0.85], "showticklabels": False, "showgrid": False, "zeroline": False},
        "annotations": [_named(view, place, row) for place, row in enumerate(rows)],
    }
    return Chart(label, {"data": traces, "layout": layout}, (), height)


def marks_of_phases(view: LaunchedView) -> list[Mark]:
    """Return what is drawn in the figures of phases, for a legend."""
    words = view.words
    return [
        Mark(words("launched.phases.planned"), "c3", "fill"),
        Mark(words("launched.phases.critical"), "c2", "hatch"),
        Mark(words("launched.phases.instant"), "c3", "square"),
        Mark(words("launched.phases.range"), "ink", "line"),
        Mark(words("launched.phases.half"), "ink", "circle"),
        Mark(words("launched.phases.target"), "ink", "dash"),
    ]


def _bars(view: LaunchedView, bars: Sequence[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Bars as planned: those off the path that decides, and those on it, hatched."""
    traces = []
    for critical in (False, True):
        rows = [row for _, row in bars if row["critical"] is critical]
        hatch = {"shape": "/", "fillmode": "overlay", "fgcolor": "var:--surface", "fgopacity": 1, "size": 6,
                 "solidity": 0.3}  # fmt: skip
        marker = {"color": "var:--c2", "pattern": hatch} if critical else {"color": "var:--c3"}
        trace = {
            "type": "bar",
            "orientation": "h",
            "base": _texts([row["early_start"] for row in rows]),
            "x": [((row["early_finish"] - row["early_start"]).days + 1) * DAY for row in rows],
            "y": [place + _BELOW for place, row in bars if row["critical"] is critical],
            "width": [0.3] * len(rows),
            "customdata": [_told(view, row) for row in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": marker,
        }
        traces += [trace] if rows else []
    return traces


def _instants(view: LaunchedView, points: Sequence[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """What takes no time: signatures, gates."""
    days = _texts([row["early_finish"] for _, row in points])
    places = [place + _BELOW for place, _ in points]
    colours = ["var:--c2" if row["critical"] else "var:--c3" for _, row in points]
    marker = {"symbol": "square", "size": 11, "color": colours}
    told = [_told(view, row) for _, row in points]
    return scattered("", days, places, told) | {"mode": "markers", "marker": marker, "cliponaxis": False}


def _whiskers(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Lines from the day by which an activity ends in one sample of ten to that in nine, with a tick at either end."""
    days = [_ended(row, which) if which else None for row in rows for which in ("finish_p10", "finish_p90", "")]
    places = [place + _BELOW if end else None for place in range(len(rows)) for end in (True, True, False)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": places,
        "hoverinfo": "skip",
        "line": {"color": "var:--ink", "width": 1.5},
        "marker": {"symbol": "line-ns", "size": 8, "line": {"width": 1.5, "color": "var:--ink"}},
    }


def _halves(view: LaunchedView, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Points at the days by which activities end in half of the samples."""
    days = [_ended(row, "finish_p50") for row in rows]
    told = [_told(view, row) for row in rows]
    marker = {"symbol": "circle", "size": 7, "color": "var:--ink"}
    return scattered("", days, [place + _BELOW for place in range(len(rows))], told) | {
        "mode": "markers",
        "marker": marker,
        "cliponaxis": False,
    }


def _ended(row: dict[str, Any], which: str) -> str:
    """End of the last day of an activity; what takes no time stands at the beginning of its day."""
    day: datetime.date = row[which]
    return (day + datetime.timedelta(days=int(row["planned"] > 0.0))).isoformat()


def _targets(view: LaunchedView, rows: int) -> list[dict[str, Any]]:
    days = view.launch["milestones"]["target"].drop_nulls().unique().sort().to_list()
    return [
        _upright(view.words("launched.dates.target", day=view.numbers.day(day)), day, -0.85, rows - 0.4) for day in days
    ]


def _named(view: LaunchedView, place: int, row: dict[str, Any]) -> dict[str, Any]:
    title = plain(textwrap.shorten(view.title("activity", row["activity"]), 46, placeholder=" …"))
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "y",
        "y": place - 0.3,
        "yanchor": "middle",
        "showarrow": False,
        "align": "left",
        "text": f"<b>{title}</b>" if row["critical"] else title,
        "font": {"size": 12, "color": "var:--ink"},
        "bgcolor": "var:--surface",
        "borderpad": 0,
    }


def _told(view: LaunchedView, row: dict[str, Any]) -> str:
    """All of an activity, for those who point at it."""
    numbers = view.numbers
    told = view.words(
        "launched.phases.told",
        start=numbers.day(row["early_start"]),
        finish=numbers.day(row["early_finish"]),
        p10=numbers.day(row["finish_p10"]),
        p50=numbers.day(row["finish_p50"]),
        p90=numbers.day(row["finish_p90"]),
        criticality=numbers.share(row["criticality"] or 0.0),
    )
    return f"<b>{plain(view.title('activity', row['activity']))}</b><br>{plain(told).replace(chr(10), '<br>')}"


# -- what makes it late -----------------------------------------------------------------------------------------------


def causes_of(view: LaunchedView, milestone: str) -> pl.DataFrame:
    """What drivers and events cost, the dearest first, with their titles."""
    table = view.at("causes", milestone, view.usual(milestone))
    titles = [view.title(kind, cause) for kind, cause in table.select("kind", "cause").iter_rows()]
    kinds = [view.words(f"launched.causes.{kind}") for kind in table["kind"].to_list()]
    named = table.with_columns(title=pl.Series(titles, dtype=pl.String), word=pl.Series(kinds, dtype=pl.String))
    return named.sort("mean", "cause", descending=[True, False])


def tornado(view: LaunchedView, milestone: str) -> Chart | None:
    """Draw by how many days a milestone would be earlier without each cause; None where none costs anything."""
    words = view.words
    drawn = causes_of(view, milestone).filter(pl.col("mean").abs() >= LEAST_CAUSE).head(MOST_CAUSES)
    if drawn.is_empty():
        return None
    steps = [
        Step(title, days, "c1" if kind == "event" else "c6", hatched=kind == "driver")
        for title, days, kind in drawn.select("title", "mean", "kind").iter_rows()
    ]
    kinds = drawn["kind"].unique().to_list()
    looks = {"event": ("c1", "fill"), "driver": ("c6", "hatch")}
    legend = [Mark(words(f"launched.causes.{kind}s"), *looks[kind]) for kind in looks if kind in kinds]
    label = words("launched.causes.label", milestone=view.title("milestone", milestone))
    return ranking(view, steps, words("launched.causes.unit"), label, legend)


# -- what it is worth -------------------------------------------------------------------------------------------------


def weeks(view: LaunchedView, milestone: str) -> Chart | None:
    """Draw what a week of delay costs between the days for which there are plans; None where there is one plan."""
    words, numbers = view.words, view.numbers
    table = view.launch["start_values"].filter(milestone=milestone).sort("day")
    days, costs = table["day"].to_list(), table["week"].to_list()[1:]
    if not costs:
        return None
    magnitude = numbers.magnitude(costs)
    told = [
        f"{plain(words('launched.weeks.between', first=numbers.date(first), last=numbers.date(last)))}"
        f"<br><b>{plain(view.money(cost))}</b>"
        for (first, last), cost in zip(pairwise(days), costs, strict=True)
    ]
    trace = {
        "type": "bar",
        "x": _texts(days[:-1]),
        "y": [cost / magnitude.scale for cost in costs],
        "width": [(last - first).days * DAY for first, last in pairwise(days)],
        "offset": 0,
        "customdata": told,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": "var:--c1", "line": {"width": 1, "color": "var:--surface"}},
    }
    layout = laid_out(view, numbers.axis(magnitude, words("launched.weeks.unit", currency=view.currency)), 320)
    layout |= {
        "bargap": 0,
        "xaxis": {"type": "date", "nticks": 5, "tickangle": 0, "range": _texts([days[0], days[-1]])},
    }
    layout["yaxis"]["rangemode"] = "tozero"
    label = words("launched.weeks.label", milestone=view.title("milestone", milestone))
    return Chart(label, {"data": [trace], "layout": layout})


def accelerated(view: LaunchedView, milestone: str) -> Chart | None:
    """Draw what being earlier costs, as planned and in the mean, and what that is worth; None where it cannot be."""
    words, numbers = view.words, view.numbers
    drawn = {of: points for of, points in _steps_earlier(view, milestone).items() if len(points) > 1}
    # What is worth much more than it costs runs out of the figure.
    top = 1.15 * max([cost for of, points in drawn.items() if of != "worth" for _, cost in points], default=0.0)
    if not drawn or top <= 0.0:
        return None
    magnitude = numbers.magnitude([top])
    traces: list[dict[str, Any]] = []
    legend: list[Mark] = []
    for (of, points), (colour, symbol, dash) in zip(drawn.items(), _LOOKS, strict=False):
        name = words(f"launched.earlier.{of}")
        told = [
            f"<b>{plain(name)}</b><br>{plain(words('launched.earlier.told', days=numbers.number(days, 1)))}"
            f"<br>{plain(view.money(money))}"
            for days, money in points
        ]
        legend.append(Mark(name, colour, symbol, (len(traces),)))
        traces.append(
            scattered(name, [], [money / magnitude.scale for _, money in points], told)
            | {
                "x": [days for days, _ in points],
                "mode": "lines+markers",
                "line": {"color": f"var:--{colour}", "width": 2, "dash": dash},
                "marker": {"size": 7, "symbol": symbol, "color": f"var:--{colour}", "opacity": 1},
                # A point at nothing is seen whole, and what runs out at the top ends there.
                "cliponaxis": of == "worth",
            }
        )
    layout = laid_out(view, numbers.axis(magnitude, view.currency), 320)
    layout["xaxis"] = {"title": {"text": plain(words("launched.earlier.unit"))}, "rangemode": "tozero", "nticks": 6}
    layout["yaxis"]["range"] = [0.0, top / magnitude.scale]
    label = words("launched.earlier.label", milestone=view.title("milestone", milestone))
    return Chart(label, {"data": traces, "layout": layout}, legend)


def _steps_earlier(view: LaunchedView, milestone: str) -> dict[str, list[tuple[float, float]]]:
    """Days by which a milestone is earlier, with what they cost as planned and in the mean, and what they are worth."""
    usual = view.usual(milestone)
    steps = view.at("acceleration", milestone, usual)
    drawn = {of: list(steps.filter(of=of).select("saved", "cost").iter_rows()) for of in ("planned", "mean")}
    if "earlier" in view.launch.tables:
        worth = view.at("earlier", milestone, usual).select("saved", "value").iter_rows()
        drawn["worth"] = [(0.0, 0.0), *worth]
    return drawn


# -- how it hangs together --------------------------------------------------------------------------------------------


def network(view: LaunchedView, milestone: str) -> Chart | None:
    """Draw the activities that the path most often leads through, from top to bottom; None where nothing is linked."""
    advice = view.usual(milestone)
    paths = view.at("paths", milestone, advice)
    drawing = drawing_of(paths, view.case["links"])
    if not drawing.edges:
        return None
    height = 30 + _LAYER * drawing.layers
    lines = [point for route in drawing.edges.values() for point in [*route, None]]
    edges = {
        "type": "scatter",
        "mode": "lines",
        "x": [None if point is None else point[0] for point in lines],
        "y": [None if point is None else point[1] for point in lines],
        "hoverinfo": "skip",
        "line": {"color": "var:--grey", "width": 1.5},
    }
    layout = laid_out(view, "", height)
    unseen = {"visible": False, "fixedrange": True}
    layout |= {
        "xaxis": unseen | {"range": [0.0, 1.0]},
        "yaxis": unseen | {"range": [drawing.layers - 0.4, -0.6]},
        "annotations": _boxes(view, drawing, paths),
    }
    label = view.words("launched.network.label", milestone=view.title("milestone", milestone))
    return Chart(label, {"data": [edges], "layout": layout}, _marks_of_network(view), height)


def _marks_of_network(view: LaunchedView) -> list[Mark]:
    words = view.words
    return [
        Mark(words("launched.network.critical"), "c2", "line"),
        Mark(words("launched.network.other"), "grey", "line"),
    ]


def _boxes(view: LaunchedView, drawing: Drawing, paths: pl.DataFrame) -> list[dict[str, Any]]:
    rows = {row["activity"]: row for row in paths.iter_rows(named=True)}
    boxes = []
    for name, (x, y) in drawing.places.items():
        critical, share = rows[name]["critical"] == "yes", view.numbers.share(rows[name]["criticality"], 0)
        title = view.title("activity", name)
        folded = "<br>".join(map(plain, textwrap.wrap(title, _LETTERS, max_lines=3, placeholder=" …")))
        boxes.append(
            {
                "x": x,
                "y": y,
                "showarrow": False,
                "text": f"{f'<b>{folded}</b>' if critical else folded}<br>{plain(share)}",
                "hovertext": f"<b>{plain(title)}</b><br>{plain(view.words('launched.network.told', share=share))}",
                "font": {"size": 11, "color": "var:--ink"},
                "bgcolor": "var:--surface",
                "bordercolor": "var:--c2" if critical else "var:--grey",
                "borderwidth": 2.5 if critical else 1,
                "borderpad": 3,
            }
        )
    return boxes
