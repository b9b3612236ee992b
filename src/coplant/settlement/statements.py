"""Statements: a bill for every month, drawn up on what was known by then, and never changed.

What becomes known after a statement was drawn up, a corrected count or an amended clause, is a line of the next one:
the difference between what was billed for an earlier month and what is due for it by what is known now.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.versions import RECORDED, versioned_tables, with_windows
from coplant.clauses import Record
from coplant.network.frames import days
from coplant.program.money import Integers
from coplant.settlement.bill import Billed, Term, bill, tabulated
from coplant.settlement.money import Rounding
from coplant.timeline.calendar import Days

IDENTITY = ("clause", "line", "item", "part", "period")
"""What tells one line of a bill from another, whatever was known when it was drawn up."""

CORRECTION, TAKEN_BACK = "correction", "correction.taken_back"
"""Words of a line that corrects an earlier statement: something is still due for the month, or nothing any more."""

CORRECTIONS = (CORRECTION, TAKEN_BACK)
"""Both."""


class Months(NamedTuple):
    """The months of an agreement's statements.

    Parameters
    ----------
    bounds : ndarray of datetime64[D], shape (M + 1,)
        First day of each month, and the day after the last.
    issued : ndarray of datetime64[D], shape (M,)
        Day on which each statement is drawn up.
    since : datetime64[D]
        First day that is settled.
    over : ndarray of datetime64[D], shape (M,)
        Day after the last on which the agreement is in force, by what is known when each statement is drawn up. Of the
        months from then on only those have a statement in which something is billed.
    """

    bounds: Days
    issued: Days
    since: np.datetime64
    over: Days


def months_of(case: Case, agreement: str, as_of: np.datetime64 | None) -> Months:
    """Lay out the statements of an agreement.

    Parameters
    ----------
    case : Case
        The case, with all its versions.
    agreement : str
        The agreement.
    as_of : datetime64[D] or None
        Day by which statements were drawn up. None: those of the months that closed before the horizon starts, of those
        in which something happened, and of as many more as it takes until all that is recorded is known.
    """
    lag, since = _lag(case, agreement), _since(case, agreement)
    first = since.astype("datetime64[M]")
    if as_of is not None:
        close = (as_of - np.timedelta64(lag, "D")).astype("datetime64[M]")
    else:
        last = pl.coalesce(pl.col("until").dt.offset_by("-1d"), "from").max()
        happened = case["actuals"].filter(agreement=agreement).select(last).item()
        close = np.datetime64(case.settings.start, "M")
        if happened is not None:
            close = max(close, np.datetime64(happened, "M") + 1)
        recorded = [record.recorded for record in _records(case, agreement)]
        if recorded:
            known = max(recorded) - np.timedelta64(lag, "D")
            close = max(close, (known - np.timedelta64(1, "D")).astype("datetime64[M]") + 1)
    bounds = np.arange(first, max(close, first) + 1).astype("datetime64[D]")
    issued: Days = np.asarray(bounds[1:] + np.timedelta64(lag, "D"), dtype="datetime64[D]")
    return Months(bounds, issued, since, over_by(case, agreement, issued))


def over_by(case: Case, agreement: str, known_on: Days) -> Days:
    """Day after the last on which an agreement is in force, by what is known on some days, shape (D,)."""
    exits = case["exits"].filter(agreement=agreement).sort(RECORDED, nulls_last=False)
    known = days(exits[RECORDED].fill_null(datetime.date.min))
    ends = Term.of(case, agreement).ends
    over = np.append(ends, np.minimum(days(exits["exit"]), ends))
    return np.asarray(over[np.searchsorted(known, known_on, side="right")])


def first_issued(case: Case, agreements: Sequence[str]) -> datetime.date | None:
    """Day on which the first statement of some agreements is drawn up; None without agreements."""
    months = ((name, _since(case, name).astype("datetime64[M]") + 1) for name in agreements)
    issued = (month.astype("datetime64[D]") + np.timedelta64(_lag(case, name), "D") for name, month in months)
    return min((day.astype(object) for day in issued), default=None)


def _lag(case: Case, agreement: str) -> int:
    """Days from the end of a month to its statement."""
    return int(case["agreements"].filter(agreement=agreement)["statement_days"].item())


def _since(case: Case, agreement: str) -> np.datetime64:
    """First day on which anything can fall due."""
    term = Term.of(case, agreement)
    dated = (case[name].filter(agreement=agreement)["date"].drop_nulls() for name in ("tooling", "security"))
    return min([term.starts, term.signed, *(day for dates in dated for day in days(dates))])


class _Known(NamedTuple):
    """Something that became known, and the day on which it begins to matter."""

    recorded: np.datetime64
    matters: np.datetime64


def _records(case: Case, agreement: str) -> Iterator[_Known]:
    """What became known of an agreement after the outset."""
    for table in versioned_tables():
        rows = case[table.name].filter(pl.col("agreement") == agreement, pl.col(RECORDED).is_not_null())
        if rows.is_empty():
            continue
        if "valid_from" in table.names:
            matters = with_windows(case, table.name).join(rows.select("agreement").unique(), on="agreement", how="semi")
            matters = matters.filter(pl.col(RECORDED).is_not_null()).select(RECORDED, day="begins")
        else:
            day = next(name for name in ("from", "exit", "date") if name in table.names)
            matters = rows.select(RECORDED, day=day)
        known = matters.unique()
        for recorded, day in zip(days(known[RECORDED]), days(known["day"]), strict=True):
            yield _Known(recorded, Term.of(case, agreement).starts if np.isnat(day) else day)
    commits = (
        case["commits"].join(case["call_offs"].filter(agreement=agreement), on="call_off").select("committed", "due")
    )
    for recorded, day in zip(days(commits["committed"]), days(commits["due"]), strict=True):
        yield _Known(recorded, day)


def surprises(case: Case, agreement: str, months: Months) -> Integers:
    """Numbers of the statements in which something is known for the first time that matters for an earlier month."""
    known = list(_records(case, agreement))
    if not known or not len(months.issued):
        return np.empty(0, dtype=np.int64)
    recorded, matters = (np.array([one[place] for one in known], dtype="datetime64[D]") for place in (0, 1))
    first_in = np.searchsorted(months.issued, recorded, side="left")
    month = np.searchsorted(months.bounds, matters, side="right") - 1
    late = (first_in > np.maximum(month, 0)) & (first_in < len(months.issued))
    return np.unique(first_in[late])


class Drawn(NamedTuple):
    """The statements of an agreement."""

    lines: pl.DataFrame
    """As in `Billed`, with ``statement``, the number of the month in which the line is billed, and ``under``: the
    correction that a line explains, which by what is known now would have been billed in its place; null for those that
    are billed."""
    operands: pl.DataFrame
    """As in `Billed`."""
    record: Record
    """What is owed by all that was known when the last statement was drawn up."""


def draw_up(case: Case, agreement: str, months: Months, rounding: Rounding) -> Drawn:
    """Draw up the statements of an agreement.

    Each run settles all months by what was known when the statement of its last month was drawn up. Until the next
    surprise nothing that became known matters for an earlier month, so one run serves all months between two.
    """
    first = [0, *surprises(case, agreement, months)]
    parts: list[Billed] = []
    before: Billed | None = None
    for begin, end in zip(first, [*first[1:], len(months.issued)], strict=True):
        known_on = months.issued[end - 1]
        record = bill(
            case.known(known_on.astype(object)),
            agreement,
            months.bounds[: end + 1],
            since=months.since,
            until=months.bounds[end],
            known_on=known_on,
        )
        now = tabulated(record, rounding)
        fresh = now.lines.filter(pl.col("period") >= begin).with_columns(
            statement="period", under=pl.lit(None, pl.Int64)
        )
        parts.append(Billed(fresh, now.operands))
        if before is not None:
            parts.append(_corrections(before, now, begin, rounding))
        before = now
    return Drawn(*_numbered(parts), record)


def _corrections(before: Billed, now: Billed, statement: int, rounding: Rounding) -> Billed:
    """Lines that bring what was billed for months before a statement to what is due for them, and the lines due."""

    def sums(billed: Billed, name: str) -> pl.DataFrame:
        earlier = billed.lines.filter(pl.col("period") < statement)
        return earlier.group_by(IDENTITY, maintain_order=True).agg(rounding.sum(pl.col("amount")).alias(name))

    both = (
        sums(before, "billed")
        .join(sums(now, "due"), on=IDENTITY, how="full", nulls_equal=True, coalesce=True, maintain_order="left_right")
        .with_columns(
            pl.col("billed", "due").fill_null(0.0),
            words=pl.when(pl.col("due").is_null()).then(pl.lit(TAKEN_BACK)).otherwise(pl.lit(CORRECTION)),
        )
        .with_columns(amount=(pl.col("due") - pl.col("billed")).round(rounding.digits))
        .filter(pl.col("amount") != 0.0)
        .sort("period", "clause", "line", "item", "part", maintain_order=True)
    )
    ids = np.arange(both.height)
    lines = both.select(
        pl.Series("id", ids),
        "clause",
        "line",
        "words",
        "item",
        "part",
        pl.lit("due - billed").alias("formula"),
        pl.col("period").cast(pl.Int64),
        pl.lit(None, pl.Date).alias("day"),
        pl.col("amount").alias("quantity"),
        pl.lit(1.0).alias("rate"),
        "amount",
        pl.lit(statement, pl.Int64).alias("statement"),
        pl.lit(None, pl.Int64).alias("under"),
    ).select(*now.lines.columns, "statement", "under")
    operands = [
        lines.select(
            "id", pl.lit(name).alias("name"), both[name].alias("value"), pl.lit(None, pl.Date).alias("counted")
        )
        for name in ("due", "billed")
    ]
    # What is due for the month by what is known now, line by line, with ids after those of the corrections.
    due = now.lines.join(
        lines.select(*IDENTITY, "statement", under="id"), on=IDENTITY, nulls_equal=True, maintain_order="left_right"
    ).with_columns(pl.col("id") + both.height)
    figures = now.operands.with_columns(pl.col("id") + both.height)
    return Billed(pl.concat([lines, due.select(lines.columns)]), pl.concat([*operands, figures]))


def _numbered(parts: list[Billed]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put the lines of several bills together, with ids of their own."""
    lines, operands, start = [], [], 0
    for part in parts:
        kept = part.operands.join(part.lines.select("id"), on="id", how="semi")
        lines.append(part.lines.with_columns(pl.col("id", "under") + start))
        operands.append(kept.with_columns(pl.col("id") + start))
        start += 1 + int(part.lines.select(pl.col("id").max().fill_null(0)).item())
    return pl.concat(lines), pl.concat(operands)
