"""Figures of several futures: what each earns, and the fan of their cash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from coplant.report.blocks import Chart, Mark
from coplant.report.charts import COLOURS, MOST_SERIES, SYMBOLS, across_axes, laid_out, plain, scattered
from coplant.report.hedged.view import HedgedView
from coplant.timeline.calendar import Floats

MOST_BARS = 12
"""Futures that have a bar with their name each; more stand side by side without."""

MOST_LINES = MOST_SERIES
"""Futures that have a line of cash each; more are drawn as bands."""

_ROW = 62
"""Height in pixels of a future: what it earns, what it is called, and its bar below."""

_LETTERS = 50
"""Characters of a line for which a narrow page has room."""

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Shares of the futures by probability, at and below which cash is told."""

_BANDS = ((0.05, 0.95), (0.25, 0.75))
"""Between which of them bands are drawn, the widest first."""

_SAME = 1e-9
"""What sums of probabilities may be off."""

_CLOSE = 0.25
"""How far futures lie apart, by the largest amount, up to which how they differ is drawn, and not what they earn."""


_ALIKE = 1e-4
"""The same, up to which it is no more than what solving may leave open, and the futures count as alike."""


def quantiles(values: Floats, probability: Floats, levels: Sequence[float]) -> Floats:
    """Values at or below which futures of so much probability are.

    Parameters
    ----------
    values : ndarray, shape (K, T)
        Of each future in each bucket.
    probability : ndarray, shape (K,)
        Of each future; they add up to one.
    levels : sequence of float, length L
        Probabilities.

    Returns
    -------
    ndarray, shape (L, T)
    """
    order = np.argsort(values, axis=0, kind="stable")
    upto = np.cumsum(probability[order], axis=0)
    places = np.stack([(upto < level - _SAME).sum(axis=0) for level in levels]).clip(max=len(values) - 1)
    return np.take_along_axis(np.take_along_axis(values, order, axis=0), places, axis=0)


def cash_of(view: HedgedView) -> Floats:
    """Cash summed since the start at the end of each bucket, shape (K, T)."""
    return np.stack([plan["cash"]["cumulative"].to_numpy() for plan in view.hedge.plans])


# -- what they earn ---------------------------------------------------------------------------------------------------


def earned(view: HedgedView) -> Chart:
    """Draw the present value of all futures, the worst first, the mean of all and that over the worst."""
    return _bars(view) if len(view.values) <= MOST_BARS else _stairs(view)


def close(view: HedgedView) -> bool:
    """Whether the futures lie so close together that beside what they earn nobody sees how they differ."""
    least, most = float(view.values.min()), float(view.values.max())
    largest = max(abs(least), abs(most))
    return least * most > 0.0 and _ALIKE * largest < most - least < _CLOSE * largest


def _drawn(view: HedgedView) -> Floats:
    """What the futures earn, to the smallest amount that is paid: what a solver leaves of nothing is nothing."""
    return np.round(view.values, view.digits)


def _bars(view: HedgedView) -> Chart:
    """A bar with a name for each future, as thick as it is likely; from the mean where they lie close together."""
    words, numbers = view.words, view.numbers
    order, magnitude = view.chosen(MOST_BARS), numbers.magnitude(view.values)
    chances, rows = view.probability[order], list(range(len(order)))
    near = close(view)
    base = view.hedge.expected / magnitude.scale if near else 0.0
    amounts = numbers.alike([float(view.values[one]) for one in order], view.currency, 4 if near else 3)
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": rows,
        "x": (_drawn(view)[order] / magnitude.scale - base).tolist(),
        "base": base,
        "width": (0.08 + 0.42 * chances / chances.max()).tolist(),
        "offset": 0.0,
        "customdata": [_told(view, one) for one in order],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": "var:--c1"},
    }
    ends = [-0.5, len(order) - 0.4]
    means = [
        _mean(words(f"hedged.spread.{name}", tail=numbers.share(view.tail, 0), money=view.headline(value)), look)
        | {"x": [value / magnitude.scale] * 2, "y": ends}
        for name, value, look in _means(view)
    ]
    height = 70 + _ROW * len(order)
    layout = laid_out(view, "", height)
    layout |= across_axes(numbers.axis(magnitude, view.currency), [])
    if near:
        ends_across = np.array([view.values.min(), view.values.max()]) / magnitude.scale
        layout["xaxis"]["range"] = (ends_across + 0.06 * np.ptp(ends_across) * np.array([-1.0, 1.0])).tolist()
    layout["yaxis"] |= {"range": ends[::-1], "showticklabels": False}
    layout["annotations"] = [
        _named(place, amount, chance, view.future(one))
        for place, one, amount, chance in zip(rows, order, amounts, view.chances(chances.tolist()), strict=True)
    ]
    return Chart(words("hedged.spread.label"), {"data": [bars, *means], "layout": layout}, _legend(means), height)


def _named(place: int, amount: str, chance: str, future: str) -> dict[str, Any]:
    """What a bar is, above it, so that there is room for both on a narrow page."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "y",
        "y": place - 0.24,
        "yanchor": "middle",
        "showarrow": False,
        "align": "left",
        "text": f"<b>{plain(amount)}</b> · {plain(chance)}<br>{plain(_ended(future))}",
        "font": {"size": 12, "color": "var:--ink"},
        "bgcolor": "var:--surface",
        "borderpad": 0,
    }


def _ended(text: str) -> str:
    """A name as a narrow page has room for it: of a long one the end, for many futures begin alike."""
    if len(text) <= _LETTERS:
        return text
    return f"… {text[-_LETTERS:].partition(' ')[2]}"


def _stairs(view: HedgedView) -> Chart:
    """All futures side by side, each as wide as it is likely; those that count as the worst in another colour."""
    words, numbers = view.words, view.numbers
    order, magnitude = np.argsort(view.values, kind="stable"), numbers.magnitude(view.values)
    upto = np.cumsum(view.probability[order])
    levels = _drawn(view)[order] / magnitude.scale
    worst = int((upto - view.probability[order] < view.tail - _SAME).sum())
    told = [_told(view, int(one)) for one in order]
    near = close(view)
    traces = []
    for first, last, colour in ((0, worst, "c2"), (worst, len(order), "c1")):
        left = upto[first - 1] if first else 0.0
        edges = [float(left), *upto[first:last].tolist()]
        heights = levels[first:last].tolist()
        if not heights:
            continue
        traces.append(
            scattered("", [], [*heights, heights[-1]], [*told[first:last], told[last - 1]])
            | {
                "x": edges,
                "mode": "lines",
                "line": {"shape": "hv", "color": f"var:--{colour}", "width": 3 if near else 1},
                **({} if near else {"fill": "tozeroy", "fillcolor": f"var:--{colour}"}),
            }
        )
    means = [
        _mean(words(f"hedged.spread.{name}", tail=numbers.share(view.tail, 0), money=view.headline(value)), look)
        | {"x": [0.0, 1.0], "y": [value / magnitude.scale] * 2}
        for name, value, look in _means(view)
    ]
    layout = laid_out(view, numbers.axis(magnitude, view.currency), 360)
    layout["xaxis"] = {
        "title": {"text": plain(words("hedged.spread.across"))},
        "range": [0.0, 1.0],
        "tickformat": ".0%",
        "nticks": 6,
    }
    if not near:
        layout["yaxis"]["rangemode"] = "tozero"
    legend = _legend(means, len(traces))
    return Chart(words("hedged.spread.label"), {"data": [*traces, *means], "layout": layout}, legend, 360)


def _told(view: HedgedView, future: int) -> str:
    return (
        f"<b>{plain(view.future(future))}</b><br>{plain(view.chance(view.probability[future]))}"
        f"<br>{plain(view.headline(view.values[future]))}"
    )


def _means(view: HedgedView) -> tuple[tuple[str, float, tuple[str, str]], ...]:
    return (
        ("expected", view.hedge.expected, ("ink", "line")),
        ("worst", view.hedge.worst, ("c6", "dash")),
    )


def _mean(name: str, look: tuple[str, str]) -> dict[str, Any]:
    colour, shape = look
    return scattered(name, [], [], [plain(name)] * 2) | {
        "mode": "lines",
        "line": {"color": f"var:--{colour}", "width": 2, "dash": "solid" if shape == "line" else "dash"},
        "meta": [colour, shape, name],
    }


def _legend(means: Sequence[dict[str, Any]], before: int = 1) -> list[Mark]:
    return [Mark(one["meta"][2], one["meta"][0], one["meta"][1], (before + place,)) for place, one in enumerate(means)]


# -- cash -------------------------------------------------------------------------------------------------------------


def cash_over_time(view: HedgedView) -> Chart:
    """Draw cash summed from the start: a line for each future, or bands in which so many of them are."""
    buckets, cash = view.buckets, cash_of(view)
    magnitude = view.numbers.magnitude([float(cash.min()), float(cash.max())])
    points = [day.isoformat() for day in (buckets["bucket"][0], *buckets["until"].to_list())]
    scaled = np.pad(cash, ((0, 0), (1, 0))) / magnitude.scale
    few = len(cash) <= MOST_LINES
    traces, legend = (_lines if few else _fan)(view, points, scaled, magnitude.scale)
    place, bottom, top = len(traces), float(min(scaled.min(), 0.0)), float(max(scaled.max(), 0.0))
    days = [str(day) for day in view.hedge.futures.reveal_dates if points[0] < str(day) < points[-1]]
    if days:
        name = view.words("hedged.spread.known")
        traces.append(
            scattered(name, [x for day in days for x in (day, day)], [], [])
            | {
                "x": [x for day in days for x in (day, day, None)],
                "y": [y for _ in days for y in (bottom, top, None)],
                "mode": "lines",
                "hoverinfo": "skip",
                "line": {"color": "var:--grey", "width": 1, "dash": "dot"},
            }
        )
        legend.append(Mark(name, "grey", "dash", (place,)))
    layout = laid_out(view, view.numbers.axis(magnitude, view.currency), 360)
    layout["xaxis"] = {"type": "date", "range": [points[0], points[-1]]}
    # Unseen ticks hold the numbers off, which a point at the start would touch.
    layout["yaxis"] |= {"ticks": "outside", "ticklen": 9, "tickcolor": "var:--surface"}
    return Chart(view.words("hedged.spread.cash_label"), {"data": traces, "layout": layout}, legend, 360)


def _lines(
    view: HedgedView, points: Sequence[str], scaled: Floats, scale: float
) -> tuple[list[dict[str, Any]], list[Mark]]:
    traces, legend = [], []
    for place, future in enumerate(view.chosen(MOST_LINES)):
        name = view.words("hedged.spread.future", future=view.future(future),
                          share=view.chance(view.probability[future]))  # fmt: skip
        colour, symbol = COLOURS[place], SYMBOLS[place]
        traces.append(
            scattered(name, points, scaled[future].tolist(), _hover(view, name, scaled[future] * scale))
            | {
                "mode": "lines+markers",
                "line": {"color": f"var:--{colour}", "width": 2},
                "marker": {"size": 8, "symbol": symbol, "maxdisplayed": 10},
                "cliponaxis": False,
            }
        )
        legend.append(Mark(name, colour, symbol, (place,)))
    return traces, legend


def _fan(
    view: HedgedView, points: Sequence[str], scaled: Floats, scale: float
) -> tuple[list[dict[str, Any]], list[Mark]]:
    words, numbers = view.words, view.numbers
    traces: list[dict[str, Any]] = []
    legend = []
    for (low, high), colour in zip(_BANDS, ("c3", "c1"), strict=True):
        name = words("hedged.spread.band", share=numbers.share(high - low, 0))
        legend.append(Mark(name, colour, "fill", (len(traces), len(traces) + 1)))
        for place, edge in enumerate(quantiles(scaled, view.probability, (low, high))):
            level = words("hedged.spread.below", share=numbers.share((low, high)[place], 0))
            traces.append(
                scattered(name, points, edge.tolist(), _hover(view, level, edge * scale))
                | {
                    "mode": "lines",
                    "line": {"width": 0.5, "color": f"var:--{colour}"},
                    **({"fill": "tonexty", "fillcolor": f"var:--{colour}"} if place else {}),
                }
            )
    middle = quantiles(scaled, view.probability, (0.5,))[0]
    name = words("hedged.spread.middle")
    legend.append(Mark(name, "ink", "line", (len(traces),)))
    traces.append(
        scattered(name, points, middle.tolist(), _hover(view, name, middle * scale))
        | {"mode": "lines", "line": {"color": "var:--ink", "width": 2}}
    )
    return traces, legend


def _hover(view: HedgedView, name: str, levels: Floats) -> list[str]:
    places = [view.words("date.start"), *view.buckets["name"].to_list()]
    return [
        f"<b>{plain(name)}</b><br>{plain(place)}<br>{plain(view.money(float(level)))}"
        for place, level in zip(places, levels, strict=True)
    ]
