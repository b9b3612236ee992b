"""Reading an agreement back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.names import did_you_mean
from coplant.clauses import Exit
from coplant.clauses.exit_terms import exit_of
from coplant.errors import CaseError, Problem
from coplant.report.readback.clauses import TELLERS
from coplant.report.readback.heading import heading, particulars, rows_of
from coplant.report.readback.provisions import Provision, left_out, provisions_of
from coplant.report.readback.reading import Reading, as_date
from coplant.report.readback.result import Paragraph, ReadBack
from coplant.report.words import LANGUAGES

_Numbers = dict[tuple[str, tuple[int, ...]], str]
"""Number of each paragraph, by its table and rows."""


def agreement(
    case: Case,
    name: str,
    *,
    language: str = "en",
    valid_on: datetime.date | None = None,
    known_on: datetime.date | None = None,
) -> ReadBack:
    """Read an agreement back in plain language.

    Parameters
    ----------
    case : Case
        The case.
    name : str
        The agreement.
    language : {"en", "fr"}
        The language.
    valid_on : date, optional
        Keep what holds, or once was to hold, on this day; all days if left out.
    known_on : date, optional
        Tell what was known on this day; all that is recorded if left out.

    Returns
    -------
    ReadBack
        Its text is that of `str`.

    Raises
    ------
    CaseError
        The agreement is unknown.
    ValueError
        The language is unknown.

    Examples
    --------
    In French::

        print(coplant.agreement(case, "great-wall", language="fr"))
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language of an agreement read back: it is {' or '.join(LANGUAGES)}")
    names = case["agreements"]["agreement"].to_list()
    if name not in names:
        mend = did_you_mean(name, names, f"The case has {', '.join(names)}" if names else "The case has no agreement")
        problem = Problem("agreements", None, "agreement", name, "an agreement of the case", mend)
        raise CaseError([problem], "what is to be read back")
    reading = Reading(case.known(known_on), name, language)
    exit_ = _known_exit(reading.case, name, known_on)
    every = provisions_of(case, name, known_on, None if exit_ is None else as_date(exit_.day))
    shown = [one for one in every if one.stands and (valid_on is None or one.holds_on(valid_on))]
    numbers = {(one.clause, one.lines): str(number) for number, one in enumerate(shown, 1)}
    amended = [one for one in every if one.changes and (valid_on is None or _was_to_hold(one, valid_on))]
    line = case.rows["agreements"][names.index(name)]
    return ReadBack(
        name,
        language,
        valid_on,
        known_on,
        reading.title("agreement", name),
        tuple(heading(reading, exit_, line, valid_on, known_on, left_out(case, name, known_on))),
        tuple(_paragraph(reading, one, numbers[one.clause, one.lines], _told(reading, one)) for one in shown),
        tuple(
            _paragraph(reading, one, f"A{number}", list(_amended(reading, one, numbers)), as_agreed=True)
            for number, one in enumerate(amended, 1)
        ),
        {"none": reading("paragraphs.none"), "amended": reading("amended.title")},
    )


def _known_exit(case: Case, name: str, known_on: datetime.date | None) -> Exit | None:
    """How an agreement ended before its term; an exit without a day of recording is known from its notice on."""
    found = exit_of(case, name)
    if found is None or known_on is None:
        return found
    recorded = case["exits"].filter(agreement=name).select(pl.coalesce("recorded_at", "notice")).item()
    return found if recorded <= known_on else None


def _was_to_hold(one: Provision, day: datetime.date) -> bool:
    """Whether a provision was to hold on a day and no longer does."""
    return one.holds_on(day, as_agreed=True) and not (one.stands and one.holds_on(day))


def _told(reading: Reading, one: Provision) -> list[str]:
    return list(TELLERS[one.clause](reading, one))


def _amended(reading: Reading, one: Provision, numbers: _Numbers) -> Iterator[str]:
    """Say what became of a provision, and what it said if that stands nowhere else."""
    for change in one.changes:
        shown = numbers.get((one.clause, change.by))
        later = reading("paragraph", number=shown) if shown else rows_of(reading, one.clause, change.by)
        known = reading.day(change.known)
        if change.since is None or one.agreed_until is None:
            yield reading("amended.replaced", later=later, known=known)
        else:
            yield reading(
                "amended.cut", later=later, known=known, since=reading.day(change.since),
                last=reading.last(one.agreed_until),
            )  # fmt: skip
    rest = numbers.get((one.clause, one.lines))
    if rest is not None:
        yield reading("amended.rest", number=rest)
    else:
        yield reading("amended.said")
        yield from _told(reading, one)


def _paragraph(
    reading: Reading, one: Provision, number: str, lines: list[str], *, as_agreed: bool = False
) -> Paragraph:
    until = one.agreed_until if as_agreed else one.ends
    source, note = (_common(one, column) for column in ("source", "note"))
    told = [
        *_days(reading, one, until, as_agreed=as_agreed),
        *([reading("known", day=reading.day(one.recorded))] if one.recorded else []),
        *particulars(reading, one.clause, one.lines, source, note),
    ]
    things = [reading.name(column, name) for column, name in one.thing.items()]
    title = reading(f"{one.clause}.title")
    if things:
        title = reading("titled", title=title, thing=", ".join(things))
    return Paragraph(
        number, one.clause, title, "\n".join(lines), one.lines, one.begins, until, one.recorded, source, note,
        " ".join(told),
    )  # fmt: skip


def _days(reading: Reading, one: Provision, until: datetime.date | None, *, as_agreed: bool) -> Iterator[str]:
    if one.begins is None or until is None:
        return
    if until <= one.begins:
        yield reading("holds.never", first=reading.day(one.begins))
        return
    whole = np.datetime64(one.begins) == reading.term.starts and np.datetime64(until) == reading.term.ends
    key = "holds.agreed" if as_agreed else "holds.whole" if whole else "holds.part"
    yield reading(key, first=reading.day(one.begins), last=reading.last(until))


def _common(one: Provision, column: str) -> str | None:
    """What the rows of a provision say in a column, each thing once."""
    said = dict.fromkeys(str(row[column]) for row in one.rows if row[column])
    return "; ".join(said) if said else None
