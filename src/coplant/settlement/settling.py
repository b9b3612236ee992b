"""Settling a case: statements of every agreement from what happened."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, Problem
from coplant.settlement.bill import bill, tabulated
from coplant.settlement.money import Rounding
from coplant.settlement.netting import netting
from coplant.settlement.planned import carried_out
from coplant.settlement.readiness import unready
from coplant.settlement.result import Settlement
from coplant.settlement.statements import Drawn, Months, draw_up, first_issued, months_of, over_by

if TYPE_CHECKING:
    from coplant.planning import Plan


def settle(
    case: Case,
    agreement: str | None = None,
    *,
    first: datetime.date | None = None,
    until: datetime.date | None = None,
    as_of: datetime.date | None = None,
) -> Settlement:
    """Settle agreements on what happened.

    Parameters
    ----------
    case : Case
        The case, with its actuals.
    agreement : str, optional
        The agreement; all that are signed, or have ended with anything on record, if left out.
    first, until : date, optional
        Statements of the months from the first day's to before the last day are kept; all if left out.
    as_of : date, optional
        Statements as they had been drawn up by that day, from what was known. If left out: those of the months that
        closed before the horizon starts, of those with actuals, and of as many more as all that is recorded takes.

    Returns
    -------
    Settlement

    Raises
    ------
    CaseError
        The agreement is unknown or an option, or something is missing that its clauses need.
    TypeError
        It is no case, such as a plan.
    """
    _demand_case(case)
    names = _settled(case, agreement)
    problems = [problem for name in names for problem in unready(case, name)]
    if problems:
        raise CaseError(case.placed(problems), "what is to be settled")
    rounding = Rounding.of(case.settings.currency)
    awaited = None if as_of is None else first_issued(case, names)
    day = None if as_of is None else np.datetime64(as_of, "D")
    drawn = {}
    for name in names:
        months = months_of(case, name, day)
        if len(months.issued):
            drawn[name] = (months, draw_up(case, name, months, rounding))
    net = netting(case).filter(pl.col("agreement").is_in(names))
    return Settlement.of(case, drawn, net, first, until, as_of, awaited=None if drawn else awaited)


def _demand_case(case: object) -> None:
    """Refuse what is no case before anything is looked up in it."""
    if not isinstance(case, Case):
        mend = "for the statements that a plan leads to call pro_forma"
        raise TypeError(f"settle takes a Case, not a {type(case).__name__}; {mend}")


def pro_forma(
    plan: Plan,
    agreement: str | None = None,
    *,
    first: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Settlement:
    """Draw up the statements that a plan leads to if it is carried out to the letter.

    A year that the horizon cuts counts its share of days, as in the plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    agreement : str, optional
        The agreement; all that the plan has signed if left out.
    first, until : date, optional
        Statements of the months from the first day's to before the last day are kept; all if left out.

    Raises
    ------
    CaseError
        The agreement is unknown, or the plan does not sign it.
    """
    case = carried_out(plan)
    rounding = Rounding.of(case.settings.currency)
    since, end = (np.datetime64(day, "D") for day in (case.settings.start, case.settings.until))
    last = (end - np.timedelta64(1, "D")).astype("datetime64[M]") + 1
    bounds = np.arange(since.astype("datetime64[M]"), last + 1).astype("datetime64[D]")
    drawn = {}
    names = case["agreements"].filter(status="signed")["agreement"].to_list()
    if agreement is not None:
        if agreement not in names:
            mend = did_you_mean(agreement, names, "Name one that the plan signs")
            raise CaseError([Problem("agreements", None, "agreement", agreement, "an agreement the plan signs", mend)])
        names = [agreement]
    for name in names:
        record = bill(case, name, bounds, since=since, until=end, accrues=True)
        billed = tabulated(record, rounding)
        lines = billed.lines.with_columns(statement="period", under=pl.lit(None, pl.Int64))
        drawn[name] = (
            Months(bounds, bounds[1:], since, over_by(case, name, bounds[1:])),
            Drawn(lines, billed.operands, record),
        )
    return Settlement.of(case, drawn, netting(case), first, until, None, pro_forma=True)


def _settled(case: Case, agreement: str | None) -> list[str]:
    """Names of the agreements to settle."""
    table = case["agreements"]
    if agreement is None:
        told = pl.concat([case[name]["agreement"] for name in ("actuals", "exits")]).unique()
        kept = (pl.col("status") == "signed") | (
            (pl.col("status") == "ended") & pl.col("agreement").is_in(told.implode())
        )
        return table.filter(kept)["agreement"].to_list()
    row = table.filter(agreement=agreement)
    if row.is_empty():
        mend = did_you_mean(agreement, table["agreement"].to_list(), "Name an agreement of the case")
        raise CaseError([Problem("agreements", None, "agreement", agreement, "an agreement of the case", mend)])
    if row["status"].item() == "option":
        mend = "Nothing is owed under an option: set its status to signed"
        raise CaseError([Problem("agreements", None, "status", "option", "a signed agreement", mend)])
    return [agreement]
