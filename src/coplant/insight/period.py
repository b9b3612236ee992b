"""Periods that are asked about: buckets, months, quarters, years and days."""

from __future__ import annotations

import datetime
import re

import numpy as np

from coplant.errors import CaseError, Problem
from coplant.planning.draft import Draft
from coplant.program.money import Integers

_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|[Qq]([1-4])))?")


def nodes_at(draft: Draft, at: str | datetime.date) -> Integers:
    """Buckets of a period.

    Parameters
    ----------
    draft : Draft
        The program of a plan.
    at : str or date
        The label of a bucket, a month (2021-07), a quarter (2021-Q3), a year, or a day.

    Returns
    -------
    ndarray of int

    Raises
    ------
    CaseError
        There is no bucket then.
    """
    timeline, labels = draft.timeline, list(draft.tree.labels)
    if str(at) in labels:
        return np.array([labels.index(str(at))])
    span = _span(str(at))
    if span is not None:
        inside = np.flatnonzero((timeline.bounds[:-1] < span[1]) & (timeline.bounds[1:] > span[0]))
        if len(inside):
            return inside
    expected = f"a bucket, month, quarter, year or day from {labels[0]} to {labels[-1]}"
    mend = "Write it like 2021-07, 2021-Q3, 2021 or 2021-07-15"
    raise CaseError([Problem("question", None, None, str(at), expected, mend)], "the question")


def _span(text: str) -> tuple[np.datetime64, np.datetime64] | None:
    """First day of a period, and the day after its last; None if it is none."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day, quarter = found.groups()
    try:
        first = datetime.date(int(year), int(month or 3 * int(quarter or 1) - 2), int(day or 1))
    except ValueError:
        return None
    begins = np.datetime64(first, "D")
    if day:
        return begins, begins + 1
    months = 1 if month else 3 if quarter else 12
    return begins, (begins.astype("datetime64[M]") + months).astype("datetime64[D]")
