"""What becomes known when: the tree, and what each outcome does."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

from coplant.case.rules.futures import LUCK
from coplant.report.blocks import Block, Fork, Section, Table, Way
from coplant.report.hedged.view import HedgedView
from coplant.report.tabulate import Column, tabulate
from coplant.tree import splits
from coplant.tree.splits import Split, first_split

MOST_LINES = 32
"""Lines of the tree that are drawn; it is cut where there would be more."""

MOST_WAYS = 8
"""Ways that are drawn of one fork."""


def known(view: HedgedView) -> Section | None:
    """Draw the tree, and list outcomes; nothing where nothing is uncertain."""
    words, first = view.words, first_split(view.hedge.futures)
    if first is None:
        return None
    block = Block(fork=_fork(view, first, _depth(first)))
    outcomes = Block(
        words("hedged.known.table"), [words("hedged.known.table_lead")], table=_outcomes(view), collapsed=True
    )
    return Section("known", words("hedged.known.title"), [words("hedged.known.lead")], blocks=[block, outcomes])


def _depth(first: Split) -> int:
    """How many forks deep the tree can be drawn; one at least."""
    depth, lines, level = 0, 0, [first]
    while level:
        lines += sum(1 + min(len(split.ways), MOST_WAYS) for split in level)
        if depth and lines > MOST_LINES:
            break
        depth += 1
        level = [way.then for split in level for way in _drawn(split) if way.then is not None]
    return depth


def _drawn(split: Split) -> list[splits.Way]:
    """Ways of a fork that are drawn: all, or the likeliest."""
    if len(split.ways) <= MOST_WAYS:
        return list(split.ways)
    likely = sorted(range(len(split.ways)), key=lambda place: -split.ways[place].share)[:MOST_WAYS]
    return [split.ways[place] for place in sorted(likely)]


def _fork(view: HedgedView, split: Split, depth: int) -> Fork:
    words, numbers, drawn = view.words, view.numbers, _drawn(split)
    left_out = ""
    if len(drawn) < len(split.ways):
        rest, share = len(split.ways) - len(drawn), 1.0 - sum(way.share for way in drawn)
        left_out = words("hedged.known.others", others=words.counted("others", rest), share=view.chance(share))
    otherwise = "later" if any(one.branch == LUCK for way in split.ways for one in way.outcomes) else "none"
    ways = [
        Way(
            share,
            view.outcomes(way.outcomes) or words(f"hedged.known.{otherwise}"),
            _note(view, way, cut=depth == 1),
            _fork(view, way.then, depth - 1) if way.then is not None and depth > 1 else None,
        )
        for way, share in zip(drawn, view.chances([way.share for way in drawn]), strict=True)
    ]
    return Fork(words("hedged.known.when", date=numbers.date(split.day.astype(object))), ways, left_out)


def _note(view: HedgedView, way: splits.Way, *, cut: bool) -> str:
    """What the plans earn in the mean from there, and how many futures are left where the tree is cut."""
    money = view.headline(_mean(view, way.futures, view.values))
    if way.then is None:
        return money
    count = len(way.futures)
    if not cut:
        return view.words("hedged.known.mean", money=money)
    futures = view.words.counted("hedged.futures", count, futures=view.numbers.number(count))
    return view.words("hedged.known.cut", money=money, futures=futures)


def _mean(view: HedgedView, futures: np.ndarray, values: np.ndarray) -> float:
    return float(np.average(values[futures], weights=view.probability[futures]))


def _outcomes(view: HedgedView) -> Table:
    """A row for each outcome: how likely it is in all, and what the plans earn in the mean if it comes, and if not."""
    words, cash = view.words, view.hedge["futures"]["lowest_cash"].to_numpy()
    members: dict[tuple[str, str], list[int]] = {}
    days = dict[tuple[str, str], tuple[datetime.date, str]]()
    for number, future in enumerate(view.hedge.futures.outcomes):
        for one in future:
            members.setdefault((one.branch, one.outcome), []).append(number)
            # The launch programmes of some futures start earlier than those of others on the same level of luck.
            known = min(one.known.astype(object), days.get((one.branch, one.outcome), (datetime.date.max,))[0])
            days[one.branch, one.outcome] = (known, view.outcomes([one]))
    rows = [
        (
            view.branch(branch),
            days[branch, outcome][1],
            days[branch, outcome][0],
            float(view.probability[its].sum()),
            _mean(view, np.array(its), view.values),
            _mean(view, np.array(its), cash),
        )
        for (branch, outcome), its in members.items()
    ]
    schema = {"branch": pl.String, "outcome": pl.String, "day": pl.Date, "share": pl.Float64, "value": pl.Float64,
              "cash": pl.Float64}  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row").sort("day", "branch", maintain_order=True)
    columns = [
        Column("outcome", words("hedged.column.outcome")),
        Column("branch", words("hedged.column.branch")),
        Column("day", words("hedged.column.known_on"), "date"),
        Column("share", words("hedged.column.probability"), "share"),
        Column("value", words("hedged.column.mean_value", currency=view.currency), "money"),
        Column("cash", words("hedged.column.mean_cash", currency=view.currency), "money"),
    ]
    return tabulate(view, table, columns, words("hedged.known.table"))
