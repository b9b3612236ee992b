"""Versions of clauses: which rows are in force, by what was known on a day.

A row of a clause holds for some days and is known from some day on. A row with the same key recorded later takes the
place of the earlier one; a row recorded later that begins later takes over on the day it begins.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from coplant.case.structure import Tables
from coplant.schema import TABLES, Table

RECORDED = "recorded_at"
"""Column of the day on which a row became known."""

PLACE = "#place"
"""Column of the place that a row had in its table."""

_EVER = datetime.date.min


class Version(NamedTuple):
    """Rows of a clause that were agreed together, such as the tiers of a fee."""

    begins: datetime.date
    """First day on which they hold."""
    ends: datetime.date
    """Day after the last."""
    recorded: datetime.date
    """Day from which they are known."""
    rows: tuple[int, ...]
    """Positions in the table."""


class Overlap(NamedTuple):
    """A version that cannot be told apart from, or leaves a hole in, another."""

    version: Version
    other: Version


def versioned_tables() -> Iterator[Table]:
    """The tables whose rows are known from a day on."""
    return (table for table in TABLES.values() if RECORDED in table.names)


def with_terms(tables: Tables, name: str) -> pl.DataFrame:
    """Rows of a table about agreements, each with the days its agreement may be signed and starts, and the day after
    its last.

    Parameters
    ----------
    tables : Case or Draft
        Anything that gives tables by name.
    name : str
        The table.
    """
    months = pl.col("term")
    reached = pl.col("starts").dt.offset_by(pl.format("{}mo", months.floor().cast(pl.Int64)))
    part = (months - months.floor()) * reached.dt.month_end().dt.day()
    agreements = (
        tables["agreements"]
        .filter(pl.col("agreement").is_not_null())
        .unique("agreement", keep="first", maintain_order=True)
        .select(
            "agreement",
            signed_agreement=pl.when(pl.col("sign_from").is_null())
            .then("starts")
            .when(pl.col("sign_from") <= pl.col("starts"))
            .then("sign_from"),
            starts_agreement="starts",
            ends_agreement=reached + pl.duration(days=part.round(mode="half_to_even")),
        )
    )
    return tables[name].join(agreements, on="agreement", how="left", maintain_order="left")


def with_windows(tables: Tables, name: str) -> pl.DataFrame:
    """Rows of a clause, each with the day it ``begins`` to hold and the day it ``ends``."""
    return with_terms(tables, name).with_columns(
        begins=pl.coalesce("valid_from", "starts_agreement"), ends=pl.coalesce("valid_until", "ends_agreement")
    )


def known_tables(tables: Tables, known_on: datetime.date | None) -> dict[str, pl.DataFrame]:
    """Tables of a case of which not every row counts by what was known on a day.

    Returns
    -------
    dict of DataFrame
        The rows that count, each with its place in the table in a column `PLACE`.
    """
    changed = {}
    for table in versioned_tables():
        frame = tables[table.name]
        if frame[RECORDED].null_count() < frame.height:
            rows = with_windows(tables, table.name) if "valid_from" in table.names else frame
            counting = in_force(table, rows.with_row_index(PLACE), known_on)
            changed[table.name] = counting.select(PLACE, *frame.columns)
    return changed


def same_thing(table: Table) -> list[str]:
    """Columns that say what a row is about: two versions of one thing agree in them."""
    return [name for name in table.key if name not in ("valid_from", RECORDED, "above", "months_ahead", "correction")]


def in_force(table: Table, frame: pl.DataFrame, known_on: datetime.date | None) -> pl.DataFrame:
    """Rows of a clause or of actuals that count by what was known on a day.

    Parameters
    ----------
    table : Table
        The table.
    frame : DataFrame
        Its rows; those of a clause with the days ``begins`` and ``ends``.
    known_on : date or None
        The day; None for all that is recorded.

    Returns
    -------
    DataFrame
        The rows that count; where a later version takes over, ``valid_until`` is the day it begins.
    """
    if known_on is not None:
        frame = frame.filter(pl.col(RECORDED).is_null() | (pl.col(RECORDED) <= known_on))
    if frame[RECORDED].null_count() == frame.height:
        return frame
    if "valid_from" not in table.names:
        known = pl.col(RECORDED).fill_null(_EVER)
        return frame.filter(known == known.max().over([name for name in table.key if name != RECORDED]))
    cut: list[datetime.date | None] = [None] * frame.height
    kept = [True] * frame.height
    for versions in groups(table, frame):
        ends = dict(successive(versions)[0])
        for version in versions:
            for place in version.rows:
                kept[place] = version in ends
                cut[place] = None if ends.get(version) == version.ends else ends.get(version)
    later = pl.Series(cut, dtype=pl.Date)
    return frame.with_columns(valid_until=pl.coalesce(later, "valid_until")).filter(pl.Series(kept))


def groups(table: Table, frame: pl.DataFrame) -> Iterator[list[Version]]:
    """Versions of each thing that a clause has several of, in the order of the days on which they begin."""
    keyed = frame.with_row_index("place").with_columns(known=pl.col(RECORDED).fill_null(_EVER))
    thing = same_thing(table)
    versions = (
        keyed.filter(pl.col("begins").is_not_null(), pl.col("ends").is_not_null())
        .group_by([*thing, "valid_from", "begins", "known"], maintain_order=True)
        .agg(pl.col("ends").first(), "place")
    )
    several = pl.len().over(thing) > 1
    for _, group in versions.filter(several).group_by(thing, maintain_order=True):
        found = [
            Version(begins, ends, known, tuple(rows))
            for begins, ends, known, rows in group.select("begins", "ends", "known", "place").iter_rows()
        ]
        yield sorted(found, key=lambda version: (version.begins, version.recorded))


def successive(versions: list[Version]) -> tuple[list[tuple[Version, datetime.date]], list[Overlap]]:
    """Put versions of one thing one after the other.

    Parameters
    ----------
    versions : list of Version
        In the order of the days on which they begin, those of one day in the order of their recording.

    Returns
    -------
    kept : list of (Version, date)
        Those that hold on some day, each with the day after its last.
    overlaps : list of Overlap
        Those that hold for the same days without one being recorded later, or that leave a hole in another.
    """
    kept: list[tuple[Version, datetime.date]] = []
    overlaps = []
    for version in versions:
        if not kept or kept[-1][1] <= version.begins:
            kept.append((version, version.ends))
            continue
        before, end = kept[-1]
        if version.recorded > before.recorded and version.begins == before.begins:
            kept[-1] = (version, version.ends)
        elif version.recorded > before.recorded and version.ends >= end:
            kept[-1] = (before, version.begins)
            kept.append((version, version.ends))
        elif version.recorded < before.recorded and version.ends <= end:
            continue
        else:
            overlaps.append(Overlap(version, before))
    return kept, overlaps
