"""Figures of answers: bars to either side of a plan, flows from one column to the next, and a curve with a mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from coplant.report.blocks import Chart, Mark
from coplant.report.charts import COLOURS, Series, across_axes, folded, laid_out, plain, scattered
from coplant.report.view import CaseView

_BAR = 44
"""Height in pixels of an input with its two bars."""

_NODE = 20
"""Pixels between bars of flows, for which their names have room."""

_WIDE = 640
"""Width in pixels that the names of three columns of bars need."""


def tornado(view: CaseView, names: Sequence[str], series: Sequence[Series], unit: str, label: str) -> Chart:
    """Draw two bars for each name, from nothing to either side, the first name at the top.

    Parameters
    ----------
    view : CaseView
        What is shown in a language.
    names : sequence of str, length K
        The names.
    series : sequence of Series
        What is drawn in each colour, a value for each name; None for none.
    unit, label : str
        What values count, and what the figure shows.
    """
    magnitude = view.numbers.magnitude(value for one in series for value in one.values)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(one.name),
            "y": list(range(len(names))),
            "x": [None if value is None else value / magnitude.scale for value in one.values],
            "customdata": [
                f"<b>{plain(name)}</b><br>{plain(one.name)}<br>{plain(view.headline(value))}"
                for name, value in zip(names, one.values, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {"color": f"var:--{one.colour}"},
        }
        for one in series
    ]
    height = 90 + _BAR * len(names)
    axis = view.numbers.axis(magnitude, unit)
    layout = laid_out(view, "", height) | {"barmode": "group"} | across_axes(axis, [folded(name) for name in names])
    layout["bargroupgap"] = 0.0
    layout["xaxis"]["nticks"] = 4
    legend = [Mark(one.name, one.colour, "fill", (number,)) for number, one in enumerate(series)]
    return Chart(label, {"data": traces, "layout": layout}, legend, height)


class Flow(NamedTuple):
    """What goes from one name to another.

    Parameters
    ----------
    start, end : tuple of (int, str)
        Column and name of both.
    quantity : float
        How much.
    """

    start: tuple[int, str]
    end: tuple[int, str]
    quantity: float


def flows(view: CaseView, links: Sequence[Flow], heads: Sequence[str], unit: str, label: str) -> Chart:
    """Draw what goes from each column of names to the next, as wide as it is much.

    Parameters
    ----------
    view : CaseView
        What is shown in a language.
    links : sequence of Flow
        What goes where.
    heads : sequence of str, length C
        Headings of the columns.
    unit, label : str
        What quantities count, and what the figure shows.
    """
    size: dict[tuple[int, str], float] = {}
    for link in links:
        for node, counts in ((link.start, True), (link.end, link.end[0] == len(heads) - 1)):
            size[node] = size.get(node, 0.0) + (link.quantity if counts else 0.0)
    nodes = sorted(size, key=lambda node: (node[0], -size[node], node[1]))
    # What goes from one column to the next has the colour of what it is built into.
    middle = [node for node in nodes if node[0] == 1]
    colour = {node: COLOURS[place % len(COLOURS)] for place, node in enumerate(middle)}
    place = {node: number for number, node in enumerate(nodes)}

    def told(name: str, quantity: float) -> str:
        return f"<b>{plain(name)}</b><br>{plain(f'{view.numbers.brief(quantity)} {unit}'.strip())}"

    across = [(link.end if link.end in colour else link.start) for link in links]
    trace: dict[str, Any] = {
        "type": "sankey",
        "domain": {"x": [0.0, 1.0], "y": [0.0, 0.93]},
        "node": {
            "label": [plain(name) for _, name in nodes],
            "color": [f"var:--{colour.get(node, 'grey')}" for node in nodes],
            "customdata": [told(name, size[column, name]) for column, name in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
            "pad": _NODE,
            "thickness": 14,
            "line": {"width": 0},
        },
        "link": {
            "source": [place[link.start] for link in links],
            "target": [place[link.end] for link in links],
            "value": [link.quantity for link in links],
            "color": [f"var:--{colour[node]}-flow" for node in across],
            "customdata": [told(f"{link.start[1]} → {link.end[1]}", link.quantity) for link in links],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }
    most = max(sum(1 for node in nodes if node[0] == column) for column in range(len(heads)))
    height = 160 + 2 * _NODE * most
    notes = [
        {"text": f"<b>{plain(head)}</b>", "x": number / (len(heads) - 1), "y": 1.0, "xref": "paper", "yref": "paper",
         "showarrow": False, "xanchor": ("left", "center", "right")[(number > 0) + (number == len(heads) - 1)],
         "yanchor": "top"}
        for number, head in enumerate(heads)
    ]  # fmt: skip
    layout = {"height": height, "showlegend": False, "annotations": notes}
    return Chart(label, {"data": [trace], "layout": layout}, (), height, _WIDE)


def frontier(
    view: CaseView,
    places: Sequence[float],
    curve: Series,
    plan: tuple[str, float, float],
    across: str,
    write: Callable[[float], str] | None,
    label: str,
    *,
    share: bool = False,
) -> Chart:
    """Draw what is earned against a quantity, and mark one point.

    Parameters
    ----------
    view : CaseView
        What is shown in a language.
    places : sequence of float, length K
        The quantities.
    curve : Series
        What is earned at each [money].
    plan : tuple of (str, float, float)
        What is marked: its name, its quantity, and what it earns.
    across, label : str
        What the quantity is, and what the figure shows.
    write : callable or None
        How the quantity is written; None for money.
    share : bool
        Whether it is a share.
    """
    name, at, earned = plan
    magnitude = view.numbers.magnitude([*curve.values, earned])
    below = view.numbers.magnitude([*places, at]) if write is None else None
    scale = 1.0 if below is None else below.scale
    written = view.headline if write is None else write
    points = [(curve.name, place, value) for place, value in zip(places, curve.values, strict=True)]
    # The plan itself is the end of the curve where nothing is held.
    points = sorted([*points, plan], key=lambda point: point[1])

    def drawn(which: Sequence[tuple[str, float, float | None]], of: str) -> dict[str, Any]:
        told = [f"<b>{plain(one)}</b><br>{plain(written(place))}<br>{plain(view.headline(value))}"
                for one, place, value in which]  # fmt: skip
        earned = [None if value is None else value / magnitude.scale for _, _, value in which]
        return scattered(of, [], earned, told) | {"x": [place / scale for _, place, _ in which]}

    line = {"color": f"var:--{curve.colour}", "width": 2}
    star = {"color": "var:--c2", "size": 13, "symbol": "star"}
    traces = [
        drawn(points, curve.name) | {"mode": "lines+markers", "line": line, "marker": {"size": 8}},
        drawn([plan], name) | {"mode": "markers", "cliponaxis": False, "marker": star},
    ]
    title = across if below is None else f"{across}, {view.numbers.axis(below, view.currency)}"
    layout = laid_out(view, view.numbers.axis(magnitude, view.currency), 340)
    layout["xaxis"] = {"title": {"text": folded(title)}, "nticks": 6, "tickformat": ".0%" if share else ""}
    layout["yaxis"]["rangemode"] = "normal"
    legend = [Mark(curve.name, curve.colour, "line", (0,)), Mark(name, "c2", "star", (1,))]
    return Chart(label, {"data": traces, "layout": layout}, legend, 340)
