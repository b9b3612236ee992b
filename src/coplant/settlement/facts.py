"""What happened under an agreement, read from the tables of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.clauses import Facts
from coplant.network.frames import days, floats, indices

CHARGED = ("cost", "hours")
"""Measures that are of a charge or a service; the others are of an item."""


class Happenings(NamedTuple):
    """Facts of an agreement by measure, and the names behind their subjects."""

    facts: Mapping[str, Facts]
    subjects: Mapping[str, tuple[str, ...]]


def happenings(case: Case, agreement: str, known_on: np.datetime64 | None) -> Happenings:
    """Read what happened under an agreement.

    Parameters
    ----------
    case : Case
        The case as known on the day.
    agreement : str
        The agreement.
    known_on : datetime64[D] or None
        Day by which the answers to call-offs are known; None for all.
    """
    subject = pl.when(pl.col("measure").is_in(CHARGED)).then("charge").otherwise("item")
    happened = case["actuals"].filter(agreement=agreement).select(
        "measure", subject.alias("subject"), "from",
        pl.coalesce("until", pl.col("from").dt.offset_by("1d")).alias("until"), "quantity",
    )  # fmt: skip
    refused = _refused(case, agreement, known_on)
    facts, subjects = {}, {}
    for (measure,), rows in pl.concat([happened, refused]).group_by("measure", maintain_order=True):
        names = tuple(rows["subject"].unique(maintain_order=True))
        place = indices(rows["subject"], names)
        facts[str(measure)] = Facts(place, days(rows["from"]), days(rows["until"]), floats(rows["quantity"]))
        subjects[str(measure)] = names
    return Happenings(facts, subjects)


def _refused(case: Case, agreement: str, known_on: np.datetime64 | None) -> pl.DataFrame:
    """Units called off that the host did not commit, on the day on which they were due.

    A call-off that has not been answered is not refused.
    """
    answers = case["commits"]
    if known_on is not None:
        answers = answers.filter(pl.col("committed") <= known_on.astype(object))
    latest = answers.sort("committed").unique("call_off", keep="last").select("call_off", promised="quantity")
    return (
        case["call_offs"]
        .filter(agreement=agreement)
        .join(latest, on="call_off")
        .filter(pl.col("promised") < pl.col("quantity"))
        .select(
            pl.lit("refused").alias("measure"),
            pl.col("item").alias("subject"),
            pl.col("due").alias("from"),
            pl.col("due").dt.offset_by("1d").alias("until"),
            pl.col("quantity") - pl.col("promised"),
        )
    )
