"""The case of the mean: what is uncertain replaced by its mean, where it has one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.errors import CaseError
from coplant.schema import TABLES, Table
from coplant.timeline.calendar import Floats

_FUTURE, _CHANCE, _PLACE = "#future", "#chance", "#place"


class NoMeanError(Exception):
    """What differs between futures has no mean; the message says what it is."""


def mean_of(cases: Sequence[Case], probability: Floats) -> Case:
    """Put in the place of each number that differs between futures its mean, weighed by their probability.

    In a table whose rows hold from a day until the next, the number of each future on a day is that of the row that
    then holds.

    Parameters
    ----------
    cases : sequence of Case, length K
        The case of each future.
    probability : ndarray, shape (K,)
        Probability of each.

    Returns
    -------
    Case
        A new case, checked.

    Raises
    ------
    NoMeanError
        Something differs that has no mean, such as a status or a date, or the mean makes a mistake of the case.
    """
    tables = {}
    for name, first in cases[0].tables.items():
        frames = [case[name] for case in cases]
        if any(frame is not first for frame in frames):
            tables[name] = _mean(TABLES[name], frames, probability)
    try:
        return cases[0].replace(tables)
    except CaseError as error:
        raise NoMeanError(f"the mean makes a mistake of the case ({error.problems[0]})") from None


def _mean(table: Table, frames: Sequence[pl.DataFrame], probability: Floats) -> pl.DataFrame:
    """A table with the means of its numbers."""
    height = [frame.height for frame in frames]
    whole = pl.concat(frames).with_columns(
        pl.Series(_FUTURE, np.repeat(np.arange(len(frames)), height)),
        pl.Series(_CHANCE, np.repeat(probability, height)),
    )
    if table.dated:
        whole = _on_all_days(table, whole)
    rest = [column for column in table.columns if column.name not in table.key]
    for column in rest:
        differs = whole.filter((pl.col(column.name).n_unique() > 1).over(table.key))[column.name]
        if len(differs) and (column.type != "number" or differs.null_count()):
            raise NoMeanError(f"{column.name} of {table.name} differs between futures and has no mean")
    weighed = pl.col(_CHANCE) / pl.col(_CHANCE).sum()
    return whole.group_by(table.key, maintain_order=True).agg(
        pl.when(pl.col(column.name).n_unique() > 1).then((pl.col(column.name) * weighed).sum())
        .otherwise(pl.col(column.name).first()).alias(column.name)
        if column.type == "number" else pl.col(column.name).first()
        for column in rest
    ).select(table.names)  # fmt: skip


def _on_all_days(table: Table, whole: pl.DataFrame) -> pl.DataFrame:
    """The rows of each future begun anew on every day on which those of any begin."""
    thing = [name for name in table.key if name != "from"]
    of = [*thing, _FUTURE]
    placed = whole.with_row_index(_PLACE)
    days = whole.select(table.key).unique()
    every = days.join(whole.select(_FUTURE).unique(), how="cross")
    begun = every.join(
        placed.select(*table.key, _FUTURE, _PLACE), on=[*table.key, _FUTURE], how="left", nulls_equal=True
    )
    begun = begun.sort(*of, "from").with_columns(pl.col(_PLACE).forward_fill().over(of))
    # Changes cut rows in two and add none before the first, so that a row holds on each of the days.
    held = whole[begun[_PLACE].to_numpy()]
    return held.with_columns(begun["from"])
