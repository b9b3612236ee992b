"""The heading of an agreement read back: who, where, what, when."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
import polars as pl

from coplant.clauses import Exit
from coplant.report.readback.reading import Reading
from coplant.report.readback.result import Entry
from coplant.timeline import add_months


def heading(
    reading: Reading,
    exit_: Exit | None,
    line: int,
    valid_on: datetime.date | None,
    known_on: datetime.date | None,
    later: int,
) -> Iterator[Entry]:
    """Tell what an agreement is about.

    Parameters
    ----------
    reading : Reading
        The agreement in a language.
    exit_ : Exit or None
        How it ended before its term, if that is known.
    line : int
        Its row in the table of agreements, as a planner sees it.
    valid_on, known_on : date or None
        Days on which what is told is valid and known.
    later : int
        How many rows of its clauses were recorded after that.
    """
    row = reading.case["agreements"].row(by_predicate=pl.col("agreement") == reading.agreement, named=True)
    site = reading.case["sites"].row(by_predicate=pl.col("site") == row["site"], named=True)
    place = reading.title("site", row["site"])

    def entry(key: str, text: str) -> Entry:
        return Entry(reading(f"heading.{key}"), text)

    yield from _parties(reading, row["host"])
    yield entry("plant", reading("plant", site=place, country=site["country"]) if site["country"] else place)
    yield entry("products", _products(reading))
    yield entry("term", _term(reading, row["term"]))
    signed = reading.day(reading.term.signed)
    yield entry("signature", reading(f"signature.{row['status']}", day=signed))
    yield entry("status", reading(f"status.{row['status']}"))
    if exit_ is not None:
        yield entry("exit", _exit(reading, exit_))
    if row["group"]:
        yield entry("group", _group(reading, row["group"]))
    yield entry("statements", _statements(reading, row["statement_days"]))
    frozen = row["frozen_days"]
    text = reading("frozen.some", days=reading.texts.counted("days", frozen)) if frozen else reading("frozen.none")
    yield entry("frozen", text)
    yield entry("currency", reading.currency)
    yield entry("row", " ".join(particulars(reading, "agreements", (line,), row["source"], row["note"])))
    told = list(_read_on(reading, exit_, valid_on, known_on, later))
    if told:
        yield entry("read", " ".join(told))


def particulars(
    reading: Reading, table: str, lines: tuple[int, ...], source: str | None, note: str | None
) -> Iterator[str]:
    """Tell where something stands and comes from."""
    if source:
        yield reading("source", source=reading.words.known(f"source.{source}", source))
    if note:
        yield reading("note", note=reading.quoted(note))
    yield reading("place", place=rows_of(reading, table, lines))


def rows_of(reading: Reading, table: str, lines: tuple[int, ...]) -> str:
    """Write a table and rows of it."""
    key = "rows.one" if len(lines) == 1 else "rows.other"
    return reading(key, table=table, rows=reading.listed(str(line) for line in lines))


def _parties(reading: Reading, host: str) -> Iterator[Entry]:
    parties = reading.case["parties"]
    brands = parties.filter(role="brand")["party"].to_list()
    brand = reading.listed(reading.title("party", name) for name in brands) if brands else reading("brand.unknown")
    yield Entry(reading("heading.brand"), reading("brand.role", brand=brand))
    key = "host.brand" if host in brands else "host.role"
    yield Entry(reading("heading.host"), reading(key, host=reading.title("party", host)))


def _products(reading: Reading) -> str:
    if not reading.products:
        return reading("products.none")
    return reading.listed(reading.title("item", name) for name in reading.products)


def _term(reading: Reading, months: float) -> str:
    first, until = reading.term.starts, reading.term.ends
    days = {"first": reading.day(first), "last": reading.last(until), "until": reading.day(until)}
    return reading("term", months=reading.months(months), **days)


def _exit(reading: Reading, exit_: Exit) -> str:
    key = f"exit.{exit_.by}.{'default' if exit_.default else 'convenience'}"
    last = reading.last(min(exit_.day, reading.term.ends))
    return reading(key, notice=reading.day(exit_.notice), last=last)


def _group(reading: Reading, group: str) -> str:
    rows = reading.case["agreements"].filter(pl.col("group") == group, pl.col("agreement") != reading.agreement)
    others = [reading.quoted(reading.title("agreement", name)) for name in rows["agreement"].to_list()]
    if not others:
        return reading("group.alone", group=group)
    return reading("group.others", group=group, agreements=reading.listed([reading("group.this"), *others]))


def _statements(reading: Reading, days: int) -> str:
    """Say when a statement is drawn up, with that of the first month of the term as an example."""
    month = reading.term.starts.astype("datetime64[M]").astype("datetime64[D]")
    issued = add_months(month, 1) + np.timedelta64(days, "D")
    return reading(
        "statements",
        days=reading.texts.counted("days", days),
        month=reading.month(month),
        issued=reading.day(issued),
    )


def _read_on(
    reading: Reading,
    exit_: Exit | None,
    valid_on: datetime.date | None,
    known_on: datetime.date | None,
    later: int,
) -> Iterator[str]:
    if valid_on is not None:
        yield reading("read.valid", day=reading.day(valid_on))
        over = reading.term.ends if exit_ is None else min(exit_.day, reading.term.ends)
        if not reading.term.starts <= np.datetime64(valid_on, "D") < over:
            yield reading("read.not_in_force")
    if known_on is not None:
        yield reading("read.known", day=reading.day(known_on))
        if later:
            yield reading.texts.counted("read.later", later)
