"""Frontiers: what is earned as a share of revenue, its concentration, or what is reserved is held to a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.changes import Change, with_changes
from coplant.case.names import did_you_mean
from coplant.errors import CaseError, InfeasibleError, Problem
from coplant.planning.draft import Draft
from coplant.planning.formulation import in_words
from coplant.planning.mix import REVENUE
from coplant.planning.plan import plan as planned
from coplant.planning.reopened import reopened
from coplant.planning.result import Plan
from coplant.program import LinearProgram, Solution, solve, term
from coplant.program.corner import Basis
from coplant.program.money import Floats

Progress = Callable[[str], None]

POINTS = 6
"""Numbers that are tried where none are named."""

_CUTS = 30
_CLOSE = 1e-5
"""How far concentration may be beyond what it is held to."""


class Held(NamedTuple):
    """What is held along a frontier.

    Parameters
    ----------
    kind : {"share", "concentration", "reserved"}
        A family's share of revenue, how concentrated that is, or what is reserved under an agreement.
    of : str or None
        The family or the agreement.
    year : int or None
        The year whose revenue is held.
    now : float
        What it comes to in the plan.
    """

    kind: str
    of: str | None
    year: int | None
    now: float


class Point(NamedTuple):
    """A plan held to a number."""

    at: float
    """The number."""
    value: float | None
    """What it comes to in the plan; None where no plan keeps the rules."""
    present_value: float | None
    """What the plan earns."""


def share_frontier(
    plan: Plan, family: str, year: int, at: Sequence[float] | None = None, progress: Progress | None = None
) -> tuple[Held, pl.DataFrame]:
    """Hold a family's share of a year's revenue to at most some numbers.

    Parameters
    ----------
    plan : Plan
        The plan.
    family : str
        The family.
    year : int
        The year.
    at : sequence of float, optional
        The shares; by default from what it is in the plan down to nothing.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    held : Held
        What is held, and what it comes to in the plan.
    points : DataFrame
        A row for each number (``at``): the share that comes of it (``value``), what the plan earns (``present_value``),
        and what that ``costs`` beside the plan as it is [money]; empty where no plan keeps the rules.

    Raises
    ------
    CaseError
        There is no such family, nothing is earned in that year, or a number is no share.
    NumericalError, SolverError
        As for `plan`.
    """
    now = _share(plan, family, year)
    shares = np.linspace(now, 0.0, POINTS + 1)[1:] if at is None else _within(at, 0.0, 1.0)
    points, last = [], plan
    for share in sorted(map(float, shares), reverse=True):
        _say(progress, f"holding the share of {family} in {year} to {share:.1%}")
        mix = plan.case["mix"].filter((pl.col("family") != family) | (pl.col("year") != year))
        kept = plan.case["mix"].filter(family=family, year=year)
        row = kept.to_dicts()[0] if kept.height else {"family": family, "year": year}
        held = pl.concat(
            [mix, pl.DataFrame([{**row, "most_share": share}], schema_overrides=mix.schema)], how="diagonal"
        )
        found = _planned(plan, plan.case.replace({"mix": held}), last, progress)
        if found is not None:
            last = found
        points.append(_point(share, found, lambda one: _share(one, family, year)))
    return Held("share", family, year, now), _table(plan, points)


def reservation_frontier(
    plan: Plan, agreement: str, at: Sequence[float] | None = None, progress: Progress | None = None
) -> tuple[Held, pl.DataFrame]:
    """Hold what is reserved under an agreement to some rates.

    Parameters
    ----------
    plan, progress
        As for `share_frontier`.
    agreement : str
        The agreement, which is then signed; it has one reservation.
    at : sequence of float, optional
        The rates, in the unit of the reservation; by default from the least to the most.

    Raises
    ------
    CaseError
        The agreement has no reservation, or several; or a number is not between its least and its most.
    NumericalError, SolverError
        As for `plan`.
    """
    rows = plan.case["reservations"].filter(agreement=agreement)
    if rows.height != 1:
        names = plan.case["reservations"].group_by("agreement").len().filter(len=1)["agreement"].sort().to_list()
        mend = did_you_mean(agreement, names, f"Such are {', '.join(names) or 'none'}")
        problem = Problem("reservations", None, "agreement", agreement, "an agreement with one reservation", mend)
        raise CaseError([problem], "the question")
    least, most = rows.select("least", "most").row(0)
    rates = np.linspace(least, most, POINTS) if at is None else _within(at, least, most)
    points, last = [], plan
    for rate in sorted(map(float, rates)):
        _say(progress, f"reserving {rate:,.6g} under {agreement}")
        changes = [Change("agreements", agreement, "status", "set", "signed"),
                   Change("reservations", agreement, "reserved", "set", repr(rate))]  # fmt: skip
        found = _planned(plan, with_changes(plan.case, changes), last, progress)
        if found is not None:
            last = found
        points.append(_point(rate, found, lambda one: _reserved(one, agreement)))
    return Held("reserved", agreement, None, _reserved(plan, agreement)), _table(plan, points)


def concentration_frontier(
    plan: Plan, year: int, at: Sequence[float] | None = None, progress: Progress | None = None
) -> tuple[Held, pl.DataFrame]:
    """Hold how concentrated a year's revenue is (HHI) to at most some numbers.

    With r_f the revenue of family f and h the number, sum_f r_f^2 <= h (sum_f r_f)^2 says that the length of r is at
    most sqrt(h) times its sum: a cone, which is convex. It is cut from outside by planes that touch it where the last
    plan is too long, (r'/|r'|) r <= sqrt(h) sum_f r_f, until no plan is (Kelley, 1960, Journal of the Society for
    Industrial and Applied Mathematics 8(4)).

    Parameters
    ----------
    plan, progress
        As for `share_frontier`.
    year : int
        The year.
    at : sequence of float, optional
        The numbers; by default from what it is in the plan down to a line for each family.

    Raises
    ------
    CaseError
        Nothing is earned in that year, or a number is not between nothing and one.
    NumericalError, SolverError
        As for `plan`.
    """
    reader = reopened(plan)
    revenue = _revenue(reader.draft, year)
    now = _hhi(revenue @ reader.solution.columns)
    if not np.isfinite(now):
        _refuse_year(plan, year)
    numbers = np.linspace(now, 1.0 / len(revenue), POINTS + 1)[1:-1] if at is None else _within(at, 0.0, 1.0)
    # No mix of so many families is less concentrated than equal parts.
    least = 1.0 / len(revenue)
    points, held = [], _LessConcentrated(plan, reader.draft, revenue, reader.solution)
    for number in sorted(map(float, numbers), reverse=True):
        _say(progress, f"holding the concentration of {year} to {number:.3f}")
        found = held.to(number) if number >= least * (1.0 - _CLOSE) else None
        points.append(
            Point(number, None, None)
            if found is None
            else Point(number, _hhi(revenue @ found.columns), found.objective)
        )
    return Held("concentration", None, year, now), _table(plan, points)


class _LessConcentrated:
    """Plans whose revenue is no more concentrated than numbers that fall.

    Parameters
    ----------
    plan : Plan
        The plan.
    draft : Draft
        Its program.
    revenue : ndarray, shape (families, columns)
        Revenue of each family by column.
    solution : Solution
        Where it was solved.
    """

    def __init__(self, plan: Plan, draft: Draft, revenue: Floats, solution: Solution) -> None:
        self.plan, self.draft, self.revenue, self.solution = plan, draft, revenue, solution
        self.directions: list[Floats] = []
        self.basis = None if solution.corner is None else Basis.of(draft.program, solution.corner)

    def to(self, number: float) -> Solution | None:
        """The best plan that is held to a number; None if none keeps the rules."""
        solution = self.solution
        for _ in range(_CUTS):
            each = self.revenue @ solution.columns
            if _hhi(each) <= number * (1.0 + _CLOSE):
                break
            self.directions.append(each / np.linalg.norm(each))
            program = self._cut(number)
            try:
                with in_words():
                    solution = solve(program, **self.plan.options, basis=self.basis)
            except InfeasibleError:
                return None
            if solution.corner is not None:
                self.basis = Basis.of(program, solution.corner)
        self.solution = solution
        return solution

    def _cut(self, number: float) -> LinearProgram:
        """The program with a plane for each direction in which a plan was too long."""
        program = self.draft.program.copy()
        planes = np.array(self.directions) @ self.revenue - np.sqrt(number) * self.revenue.sum(axis=0)
        row, column = np.nonzero(planes)
        labels = tuple(str(cut) for cut in range(len(planes)))
        program.rows("concentration", (labels,), [term(row, column, planes[row, column])], upper=0.0)
        return program


def _revenue(draft: Draft, year: int) -> Floats:
    """Revenue of each family in a year by column, shape (families that can earn any, columns) [money, undiscounted]."""
    first = np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01")
    share = np.zeros(len(draft.tree))
    windows = draft.tree.windows(*(np.array([day], dtype="datetime64[D]") for day in first))
    share[windows.node] = windows.share
    found = np.zeros((len(draft.network.families), draft.program.column_count))
    for line in draft.program.money_lines:
        if line.name in REVENUE:
            due = line.entries()
            np.add.at(found, (due.tags["family"], due.column), due.coefficient * share[due.node])
    return np.asarray(found[(found != 0.0).any(axis=1)])


def _hhi(revenue: Floats) -> float:
    total = float(revenue.sum())
    return float((revenue**2).sum()) / total**2 if total > 0.0 else np.nan


def _share(plan: Plan, family: str, year: int) -> float:
    sold = pl.col("item").is_in(plan.case["demand"]["item"].unique().to_list())
    names = plan.case["items"].filter(sold).select(pl.coalesce("family", "item"))["family"].unique().to_list()
    names += plan.case["annuities"]["family"].drop_nulls().unique().to_list()
    if family not in names:
        mend = did_you_mean(family, names, f"Families are {', '.join(sorted(set(names)))}")
        raise CaseError([Problem("items", None, "family", family, "a family that is sold", mend)], "the question")
    rows = plan["revenue"].filter(pl.col("year") == year)
    if rows.is_empty():
        _refuse_year(plan, year)
    return float(rows.filter(pl.col("family") == family)["share"].sum())


def _refuse_year(plan: Plan, year: int) -> None:
    years = sorted(plan["concentration"]["year"].to_list())
    told = f"from {years[0]} to {years[-1]}" if years else "none"
    problem = Problem("question", None, "year", year, "a year in which something is earned", f"There is revenue {told}")
    raise CaseError([problem], "the question")


def _reserved(plan: Plan, agreement: str) -> float:
    return float(plan["reserved"].filter(pl.col("agreement") == agreement)["reserved"].sum())


def _within(at: Sequence[float], least: float, most: float) -> Floats:
    """Numbers to hold something to, checked."""
    expected = f"a number from {least:,.6g} to {most:,.6g}"
    problems = [Problem("question", None, "at", one, expected, "") for one in at if not least <= one <= most]
    if problems:
        raise CaseError(problems, "the question")
    return np.asarray(at, dtype=np.float64)


def _planned(plan: Plan, case: Case, like: Plan, progress: Progress | None) -> Plan | None:
    try:
        return planned(case, **plan.options, like=like, progress=progress)
    except InfeasibleError:
        return None


def _point(at: float, plan: Plan | None, value: Callable[[Plan], float]) -> Point:
    return Point(at, None, None) if plan is None else Point(at, value(plan), plan.objective)


def _table(plan: Plan, points: Sequence[Point]) -> pl.DataFrame:
    schema = {"at": pl.Float64, "value": pl.Float64, "present_value": pl.Float64}
    return pl.DataFrame(points, schema=schema, orient="row").with_columns(
        costs=plan.objective - pl.col("present_value")
    )


def _say(progress: Progress | None, text: str) -> None:
    if progress is not None:
        progress(text)
