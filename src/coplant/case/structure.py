"""What the tables make possible: which items can be had where, and which item must come before which."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

Indices = NDArray[np.int64]


class Tables(Protocol):
    """Anything that gives a table by its name: a case, or tables on their way to one."""

    def __getitem__(self, table: str, /) -> pl.DataFrame: ...


class _Links:
    """Arrows from one index to another, followed many at a time."""

    def __init__(self, start: Indices, end: Indices) -> None:
        order = np.argsort(start, kind="stable")
        self._start = start[order]
        self._end = end[order]

    def after(self, new: Indices) -> Indices:
        """Return the ends of all arrows that start at the indices given."""
        low = np.searchsorted(self._start, new, side="left")
        count = np.searchsorted(self._start, new, side="right") - low
        total = np.cumsum(count)
        if not len(total) or not total[-1]:
            return np.empty(0, dtype=np.int64)
        ends: Indices = self._end[np.repeat(low - total + count, count) + np.arange(total[-1])]
        return ends


def obtainable(case: Tables) -> pl.DataFrame:
    """Find the stock points at which an item can be had at all, at any time and in any quantity.

    An item can be had where there is stock of it, a receipt or an offer; where a lane brings it from a site at which it
    can be had; and where a route makes it and everything the route takes can be had at the route's site, or is bought
    by the host.

    Parameters
    ----------
    case : Case
        Or anything else that gives tables by name.

    Returns
    -------
    DataFrame
        Columns ``item`` and ``site``, one row for each stock point, in the order of the tables ``items`` and ``sites``.
    """
    items, sites = case["items"]["item"], case["sites"]["site"]
    width = len(sites)
    at_hand = [case[name].filter(pl.col("quantity") > 0).select("item", "site") for name in ("stock", "receipts")]
    source = pl.concat([*at_hand, case["offers"].select("item", "site")])
    routes = case["routes"].select("route", "item", "site").with_row_index("index")
    taken = supplied_parts(case).join(routes.select("route", "index"), on="route")

    def points(frame: pl.DataFrame) -> Indices:
        return _index(frame["item"], items) * width + _index(frame["site"], sites)

    moved = _moves(case)
    users = _Links(points(taken), taken["index"].to_numpy().astype(np.int64))
    made = points(routes)
    missing = np.bincount(taken["index"].to_numpy(), minlength=len(made))

    known = np.zeros(len(items) * width, dtype=bool)
    new = np.unique(np.concatenate([points(source), made[missing == 0]]))
    while len(new):
        known[new] = True
        ready = users.after(new)
        np.subtract.at(missing, ready, 1)
        new = np.unique(np.concatenate([moved.after(new), made[ready[missing[ready] == 0]]]))
        new = new[~known[new]]
    found = np.flatnonzero(known)
    return pl.DataFrame([items.gather(found // max(width, 1)), sites.gather(found % max(width, 1))])


def supplied_parts(case: Tables) -> pl.DataFrame:
    """Find what the brand brings to routes: the bill of materials without the parts that hosts buy (turnkey).

    Returns
    -------
    DataFrame
        Columns ``route``, ``item``, ``quantity``, and ``site``, that of the route.
    """
    routes = case["routes"].select("route", "site", "agreement")
    bought = case["materials"].filter(pl.col("mode") == "turnkey").select("agreement", "item")
    taken = case["bom"].select("route", "item", "quantity").join(routes, on="route", maintain_order="left")
    return taken.join(bought, on=("agreement", "item"), how="anti", maintain_order="left").drop("agreement")


def bill_order(case: Tables) -> list[str]:
    """Put the items in an order in which everything a route takes comes before what it makes.

    Raises
    ------
    ValueError
        The bill of materials has a loop; a checked case has none.
    """
    order, left = _peeled(case)
    if len(left):
        raise ValueError("the bill of materials has a loop")
    return case["items"]["item"].gather(order).to_list()


def bill_loops(case: Tables) -> list[list[str]]:
    """Find loops in the bill of materials, no two of which share an item.

    Returns
    -------
    list of list of str
        Each loop's items, the first in the table first; each is taken to make the next, and the last to make the first.
    """
    items = case["items"]["item"].to_list()
    _, left = _peeled(case)
    part, product = _bill(case)
    remaining = set(left.tolist())
    parts: dict[int, list[int]] = {one: [] for one in remaining}
    for one, other in zip(part.tolist(), product.tolist(), strict=True):
        if one in remaining and other in remaining:
            parts[other].append(one)
    loops: list[list[str]] = []
    looped: set[int] = set()
    done: set[int] = set()
    for start in left.tolist():
        # A walk from product to part, back where there is no way on; a part that lies on the way there closes a loop.
        way = [start] if start not in done else []
        place = {start: 0}
        while way:
            following = next((one for one in parts[way[-1]] if one not in done), None)
            if following is None:
                done.add(way[-1])
                del place[way.pop()]
            elif following not in place:
                place[following] = len(way)
                way.append(following)
            else:
                loop = way[place[following] :]
                if looped.isdisjoint(loop):
                    first = loop.index(min(loop))
                    loops.append([items[one] for one in reversed(loop[first + 1 :] + loop[: first + 1])])
                    looped.update(loop)
                parts[way[-1]].remove(following)
    return loops


def why_not(case: Tables, known: pl.DataFrame, item: str, site: str) -> str:
    """Say why an item cannot be had at a site, down to what is missing.

    Parameters
    ----------
    case : Case
        Or anything else that gives tables by name.
    known : DataFrame
        What `obtainable` returns.
    item, site : str
        A stock point not in it.
    """
    steps: list[str] = []
    seen: set[tuple[str, str]] = set()
    while True:
        seen.add((item, site))
        route = _route_to(case, known, item, site)
        if route is not None:
            name, parts = route
            steps.append(
                f'route "{name}" needs "{parts[0]}" at {site}' + (f" and {len(parts) - 1} more" if parts[1:] else "")
            )
            item = parts[0]
        else:
            lane = _lane_to(case, item, site)
            if lane is None:
                steps.append(f'no offer, route, lane or stock supplies "{item}" at {site}')
                elsewhere = known.filter(pl.col("item") == item)["site"].to_list()
                if elsewhere:
                    steps.append(f"it can be had at {', '.join(elsewhere[:3])}: a lane from there would do")
                break
            name, site = lane
            steps.append(f'lane "{name}" brings "{item}" from {site}')
        if (item, site) in seen:
            steps.append(f'and "{item}" at {site} waits for itself')
            break
    return "; ".join(steps)


def _route_to(case: Tables, known: pl.DataFrame, item: str, site: str) -> tuple[str, list[str]] | None:
    """Return the route that lacks the fewest parts, with these."""
    routes = case["routes"].filter(pl.col("item") == item, pl.col("site") == site)
    lacking = (
        supplied_parts(case)
        .filter(pl.col("route").is_in(routes["route"].implode()))
        .join(known.filter(pl.col("site") == site), on="item", how="anti")
        .group_by("route", maintain_order=True)
        .agg("item")
        .sort(pl.col("item").list.len(), maintain_order=True)
    )
    return lacking.row(0) if lacking.height else None


def _lane_to(case: Tables, item: str, site: str) -> tuple[str, str] | None:
    """Return a lane that brings an item to a site, and whence."""
    family = case["items"].filter(pl.col("item") == item).select(pl.coalesce("family", "item")).to_series()
    moves = (pl.col("item") == item) | (pl.col("family").is_in(family.implode()))
    lanes = case["lanes"].filter(moves, pl.col("to_site") == site).select("lane", "from_site")
    return lanes.row(0) if lanes.height else None


def _moves(case: Tables) -> _Links:
    """Arrows along the lanes between stock points, those of a family once for each of its items."""
    items, sites = case["items"]["item"], case["sites"]["site"]
    lanes = case["lanes"]
    ends = lanes.select(
        pl.col("item", "family"),
        start=pl.Series(_index(lanes["from_site"], sites)),
        end=pl.Series(_index(lanes["to_site"], sites)),
    )
    members = case["items"].select(pl.coalesce("family", "item").alias("family")).with_row_index("index")
    single = ends.filter(pl.col("item").is_not_null())
    whole = ends.filter(pl.col("item").is_null()).select("family", "start", "end").unique().join(members, on="family")
    item = np.concatenate([_index(single["item"], items), whole["index"].to_numpy().astype(np.int64)]) * len(sites)
    start, end = (np.concatenate([single[name].to_numpy(), whole[name].to_numpy()]) for name in ("start", "end"))
    return _Links(item + start, item + end)


def _index(names: pl.Series, known: pl.Series) -> Indices:
    return names.cast(pl.Enum(known)).to_physical().to_numpy().astype(np.int64)


def _bill(case: Tables) -> tuple[Indices, Indices]:
    """Part and product of every pair in the bill of materials, as indices of items."""
    items = case["items"]["item"]
    products = case["routes"].select("route", product="item")
    pairs = case["bom"].select("route", "item").join(products, on="route").select("item", "product").unique()
    return _index(pairs["item"], items), _index(pairs["product"], items)


def _peeled(case: Tables) -> tuple[Indices, Indices]:
    """Items with parts before products, and the items that are in a loop or made of one that is."""
    part, product = _bill(case)
    count = case["items"].height
    users = _Links(part, product)
    missing = np.bincount(product, minlength=count)
    new = np.flatnonzero(missing == 0)
    order: list[Indices] = []
    while len(new):
        order.append(new)
        ready = users.after(new)
        np.subtract.at(missing, ready, 1)
        new = np.unique(ready[missing[ready] == 0])
    return np.concatenate(order) if order else np.empty(0, dtype=np.int64), np.flatnonzero(missing > 0)
