"""Quotes: what rival agreements cost in all and per unit at several volumes, and where the cheapest changes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.names import did_you_mean
from coplant.clauses import Clause, Material, Record, Reservation, Reservations, clauses_of
from coplant.errors import CaseError, Problem
from coplant.network.frames import days
from coplant.settlement.bill import Term, bill
from coplant.settlement.money import Rounding
from coplant.settlement.steady import Production, steady, untouched

if TYPE_CHECKING:
    from coplant.planning import Plan

ABOUT = 12
"""How many volumes are compared if none are asked for, about."""

LOOKS = 32
"""At how many volumes it is looked for the cheapest before the places where it changes are searched."""

BUILT = ("good", "started", "used")
"""Measures that grow with the volume."""

Row = tuple[object, ...]

_LATEST = np.datetime64("2200-01-01")
"""A day after the last on which anything falls due."""

COSTS = {
    "group": pl.String, "agreement": pl.String, "volume": pl.Float64, "units": pl.Float64, "clause": pl.String,
    "line": pl.String, "amount": pl.Float64,
}  # fmt: skip
TOTALS = {
    "group": pl.String, "agreement": pl.String, "volume": pl.Float64, "offered": pl.Boolean, "least": pl.Boolean,
    "units": pl.Float64, "total": pl.Float64, "per_year": pl.Float64, "average": pl.Float64, "cheapest": pl.Boolean,
}  # fmt: skip
FLIPS = {
    "group": pl.String, "volume_from": pl.Float64, "volume_until": pl.Float64, "agreement": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Quote:
    """What agreements cost at several volumes.

    Attributes
    ----------
    case : Case
        The case.
    costs : DataFrame
        What each clause comes to over the term: group, agreement, volume [unit/year], units built in all, clause (its
        table; ``routes`` for what the brand pays beside the agreement), line (the money line, as in a plan), amount.
    totals : DataFrame
        group, agreement, volume; offered: whether as much may be reserved; least: whether the least is reserved though
        less is needed; units; total [money], per_year [money/year] and average [money/unit], null where the volume is
        not offered; cheapest: whether no rival is cheaper.
    flips : DataFrame
        group, volume_from, volume_until, agreement: the cheapest from a volume on, and the volume from which it is no
        longer, in whole units a year. Null for the agreement where none offers the volume; the last has no end where
        none offers more, or one alone does without a limit.
    """

    case: Case
    costs: pl.DataFrame
    totals: pl.DataFrame
    flips: pl.DataFrame

    def __repr__(self) -> str:
        compared, volumes = self.totals["agreement"].n_unique(), self.totals["volume"].n_unique()
        return f"<Quote of {self.case.settings.name!r}: {compared} agreements at {volumes} volumes>"

    def __str__(self) -> str:
        return self.summary()

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Title of each agreement; its name where it has none."""
        return dict(self.case["agreements"].select("agreement", pl.coalesce("title", "agreement")).iter_rows())

    def summary(self) -> str:
        """Say in a table what a unit costs at each volume, and in words where the cheapest changes."""
        settings = self.case.settings
        lines = [f"{settings.title or settings.name}: {settings.currency} per unit, over the term, by units a year"]
        for (_,), totals in self.totals.group_by("group", maintain_order=True):
            lines += ["", *self._table(totals), *self._flips(totals)]
        return "\n".join(lines)

    def _table(self, totals: pl.DataFrame) -> Iterator[str]:
        names = totals["agreement"].unique(maintain_order=True).to_list()
        digits = 0 if totals.select((pl.col("average") >= 1_000.0).any()).item() else 2
        rows = [["a year", *names]]
        for (volume,), at in totals.group_by("volume", maintain_order=True):
            cells = [
                "not offered" if average is None else f"{average:,.{digits}f}{' *' if cheapest else '  '}"
                for average, cheapest in at.select("average", "cheapest").iter_rows()
            ]
            rows.append([_count(volume), *cells])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if totals["cheapest"].any():
            yield "* the cheapest"

    def _flips(self, totals: pl.DataFrame) -> Iterator[str]:
        group = totals["group"][0]
        for _, first, until, name in self.flips.filter(pl.col("group").eq_missing(group)).iter_rows():
            if name is None:
                yield f"From {_count(first)} a year on none offers as many."
            elif until is None:
                yield f"From {_count(first)} a year on {self.titles[name]} is the cheapest."
            else:
                yield f"From {_count(first)} to {_count(until - 1.0)} a year {self.titles[name]} is the cheapest."


def quote(
    case: Case,
    agreements: Sequence[str] | None = None,
    volumes: Sequence[float] | None = None,
    shares: Mapping[str, float] | Plan | None = None,
) -> Quote:
    """Say what agreements cost at several volumes, and at which volume the cheapest changes.

    Each agreement runs to its term with a steady production (see `steady`), which its clauses settle as they settle
    what happened. What the brand pays beside it for every unit started by the agreement's routes (``routes.cost``)
    counts as well, so that a plant of one's own compares fairly. Learning, transport and material do not, nor does the
    price of parts that a host buys; its share for handling does. Money is not discounted, and that of the whole term.

    Parameters
    ----------
    case : Case
        The case.
    agreements : sequence of str, optional
        The agreements to compare; if left out, those that are not over and share a group with others, each group by
        itself.
    volumes : sequence of float, optional
        Good units a year; if left out, about twelve round figures up to the most that any of them offers.
    shares : mapping of str to float, or Plan, optional
        Weight of each product among those that are built; of an agreement that lacks some, the others take their place.
        Of a plan: what it builds under the agreements. If left out, or if the plan builds nothing, all weigh alike.

    Raises
    ------
    CaseError
        An agreement, a product or a volume is no such thing, nothing can be built under an agreement, there is nothing
        to compare, or nothing limits the volumes.
    """
    groups = _groups(case, agreements)
    _check_volumes(volumes)
    if isinstance(shares, Mapping):
        _check_shares(case, shares)
    quiet = untouched(case)
    costs: list[Row] = []
    totals: list[Row] = []
    flips: list[Row] = []
    for group, names in groups:
        weights = shares if shares is None or isinstance(shares, Mapping) else _built(shares, names)
        rivals = _rivals(quiet, names, weights)
        asked = _round_figures(rivals) if volumes is None else sorted({float(volume) for volume in volumes})
        comparison = _Comparison(group, rivals, Rounding.of(case.settings.currency))
        costs += comparison.costs(asked)
        totals += comparison.totals(asked)
        flips += comparison.flips(asked[-1])
    return Quote(
        case,
        pl.DataFrame(costs, schema=COSTS, orient="row"),
        pl.DataFrame(totals, schema=TOTALS, orient="row"),
        pl.DataFrame(flips, schema=FLIPS, orient="row"),
    )


def rivals_of(case: Case) -> list[tuple[str, list[str]]]:
    """Groups of agreements of which more than one is not over, with their names."""
    table = case["agreements"].filter(pl.col("group").is_not_null(), pl.col("status") != "ended")
    groups = table.group_by("group", maintain_order=True).agg("agreement").filter(pl.col("agreement").list.len() > 1)
    return [(str(group), list(names)) for group, names in groups.iter_rows()]


class Comparable(NamedTuple):
    """Rivals of a group that can be compared."""

    group: str
    agreements: list[str]
    most: float
    """The most units a year that any of them offers within a limit; 0 where none has a limit."""


def comparable(case: Case) -> list[Comparable]:
    """Groups with more than one agreement that is not over and under which something can be built."""
    quiet, found = untouched(case), []
    for group, names in rivals_of(case):
        open_ = {name: production for name in names if (production := Production.of(quiet, name)) is not None}
        if len(open_) > 1:
            limits = [one.bounds(Reservation.read(quiet, name))[1] for name, one in open_.items()]
            found.append(Comparable(group, list(open_), max((most for most in limits if most < np.inf), default=0.0)))
    return found


# -- what is asked ----------------------------------------------------------------------------------------------------


def _groups(case: Case, agreements: Sequence[str] | None) -> list[tuple[str | None, list[str]]]:
    """The comparisons asked for."""
    if agreements is None:
        rivals = rivals_of(case)
        if not rivals:
            mend = "Give rivals the same group, or name the agreements to compare (--agreement)"
            raise CaseError([Problem("agreements", None, "group", None, "agreements that share a group", mend)])
        return [(group, names) for group, names in rivals]
    names = list(dict.fromkeys(agreements))
    known = case["agreements"]["agreement"].to_list()
    problems = [
        Problem("agreements", None, "agreement", name, "an agreement of the case",
                did_you_mean(name, known, "Name an agreement of the case"))
        for name in names if name not in known
    ]  # fmt: skip
    if not names:
        problems = [Problem("agreements", None, "agreement", None, "an agreement to quote", "Name one")]
    if problems:
        raise CaseError(problems)
    groups = set(case["agreements"].filter(pl.col("agreement").is_in(names))["group"].to_list())
    return [(groups.pop() if len(groups) == 1 else None, names)]


def _check_volumes(volumes: Sequence[float] | None) -> None:
    if volumes is None:
        return
    problems = [
        Problem("volumes", None, None, volume, "a number of units a year above 0", "Mend it, or leave it out")
        for volume in volumes if not (math.isfinite(volume) and volume > 0.0)
    ]  # fmt: skip
    if not len(volumes):
        problems = [Problem("volumes", None, None, None, "a number of units a year", "Name one, or leave volumes out")]
    if problems:
        raise CaseError(problems, "the volumes")


def _check_shares(case: Case, shares: Mapping[str, float]) -> None:
    known = case["items"]["item"].to_list()
    problems = [
        Problem("items", None, "item", item, "an item of the case", did_you_mean(item, known, "Name an item"))
        for item in shares if item not in known
    ]  # fmt: skip
    problems += [
        Problem("shares", None, item, share, "a number of at least 0", "Mend it")
        for item, share in shares.items() if not (math.isfinite(share) and share >= 0.0)
    ]  # fmt: skip
    if problems:
        raise CaseError(problems, "the shares")


def _built(plan: Plan, names: Sequence[str]) -> Mapping[str, float] | None:
    """Good units of each product that a plan builds under some agreements; None where it builds none."""
    made = plan["made"].filter(pl.col("agreement").is_in(list(names)), pl.col("good") > 0.0)
    return dict(made.group_by("item").agg(pl.col("good").sum()).iter_rows()) or None


def _round_figures(rivals: Sequence[_Rival]) -> list[float]:
    """About so many multiples of a round figure, up to the most that any rival offers."""
    most = max((rival.most for rival in rivals if math.isfinite(rival.most)), default=0.0)
    if most < 1.0:
        mend = "Name the volumes to compare (--volumes)"
        raise CaseError([Problem("reservations", None, "most", None, "a limit on what may be reserved", mend)])
    step = round_step(most)
    return [step * count for count in range(1, int(most / step + 1e-9) + 1)]


def round_step(most: float) -> float:
    """The whole round figure of which about twelve make a number.

    Examples
    --------
    >>> round_step(150_000), round_step(100_000), round_step(7)
    (10000.0, 10000.0, 1.0)
    """
    power = 10.0 ** math.floor(math.log10(most / ABOUT))
    steps = (max(power * factor, 1.0) for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor % 1.0 == 0.0)
    return min((*steps, 1.0) if power < 1.0 else steps, key=lambda step: abs(math.log(step * ABOUT / most)))


# -- what it costs ----------------------------------------------------------------------------------------------------


class _Amount(NamedTuple):
    """What a money line of a clause comes to."""

    clause: str
    line: str
    amount: float


@dataclass(frozen=True, eq=False)
class _Rival:
    """An agreement that is settled at any volume: what a unit a year makes happen is read once."""

    name: str
    production: Production
    once: Record
    """What happens with one good unit a year."""
    clauses: Sequence[Clause]
    least: float
    """Good units a year below which more is reserved than is needed."""
    most: float
    """Good units a year above which it does not offer as many."""
    known: dict[float, list[_Amount]] = field(default_factory=dict)
    """What was worked out, by volume."""

    @classmethod
    def of(cls, case: Case, name: str, production: Production, shares: Mapping[str, float] | None) -> _Rival:
        """Read an agreement of a case in which nothing has happened."""
        run = steady(case, name, 1.0, shares)
        clauses = clauses_of(run, name)
        term = Term.of(case, name)
        dated = (case[table].filter(agreement=name)["date"].drop_nulls() for table in ("tooling", "security"))
        since = min([term.starts, term.signed, *(day for column in dated for day in days(column))])
        bounds = np.array([since, _LATEST])
        once = dataclasses.replace(bill(run, name, bounds, since=since, until=_LATEST), lines=[])
        rates = [rate for clause in clauses if isinstance(clause, Reservations) for rate in clause.rates]
        return cls(name, production, once, clauses, *production.bounds(rates))

    def offers(self, volume: float) -> bool:
        """Whether so many good units a year can be reserved."""
        return volume <= self.most * (1.0 + 1e-9)

    def amounts(self, volume: float) -> list[_Amount]:
        """What each clause comes to over the term, and what the brand pays beside it."""
        if volume not in self.known:
            self.known[volume] = self._settled(volume)
        return self.known[volume]

    def _settled(self, volume: float) -> list[_Amount]:
        facts = {
            measure: known._replace(quantity=known.quantity * (volume if measure in BUILT else 1.0))
            for measure, known in self.once.facts.items()
        }
        record = dataclasses.replace(self.once, facts=facts, lines=[], balances=[], evidence=[])
        sums: dict[tuple[str, str], float] = {}
        for clause in self.clauses:
            before = len(record.lines)
            self._at(clause, volume).settle(record)
            for lines in record.lines[before:]:
                key = lines.clause, lines.line
                sums[key] = sums.get(key, 0.0) + float(lines.quantity @ lines.rate) * _counted(clause)
        besides = self.production.cost * volume * self.production.years
        # What rounding leaves of nothing is nothing.
        told = [_Amount(*key, amount) for key, amount in sums.items() if abs(amount) > 1e-6]
        return [*told, _Amount("routes", "conversion", besides)] if besides else told

    def _at(self, clause: Clause, volume: float) -> Clause:
        """The clause with the rate reserved that a volume takes."""
        if not isinstance(clause, Reservations):
            return clause
        reserved = (self.production.reserved(rate, volume) for rate in clause.rates)
        pairs = zip(clause.rates, reserved, strict=True)
        return Reservations(tuple(dataclasses.replace(rate, reserved=units) for rate, units in pairs))

    def average(self, volume: float) -> float:
        """Money per good unit; infinite where the volume is not offered."""
        if not self.offers(volume):
            return np.inf
        return sum(one.amount for one in self.amounts(volume)) / (volume * self.production.years)


def _counted(clause: Clause) -> float:
    """Share of what a clause charges that is not the material itself: of parts that the host buys, its handling."""
    if isinstance(clause, Material) and clause.mode == "turnkey":
        return clause.handling_share / (1.0 + clause.handling_share)
    return 1.0


def _rivals(case: Case, names: Sequence[str], shares: Mapping[str, float] | None) -> list[_Rival]:
    """Read the agreements to compare, of a case in which nothing has happened."""
    productions = {name: Production.of(case, name, shares) for name in names}
    closed = [name for name, production in productions.items() if production is None]
    problems = [
        Problem("routes", None, "agreement", name, "a route that is open and makes a product with a share",
                "Add its routes, mend their days and those of its licences, or leave the agreement out")
        for name in closed
    ]  # fmt: skip
    if problems:
        raise CaseError(problems, "what is to be compared")
    return [
        _Rival.of(case, name, production, shares) for name, production in productions.items() if production is not None
    ]


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Agreements that are compared with one another."""

    group: str | None
    rivals: Sequence[_Rival]
    rounding: Rounding

    def costs(self, volumes: Sequence[float]) -> Iterator[Row]:
        """Rows of the table of costs."""
        for rival in self.rivals:
            for volume in filter(rival.offers, volumes):
                for clause, line, amount in rival.amounts(volume):
                    units = volume * rival.production.years
                    yield (self.group, rival.name, volume, units, clause, line, self._rounded(amount))

    def totals(self, volumes: Sequence[float]) -> Iterator[Row]:
        """Rows of the table of totals."""
        for volume in volumes:
            best = self.cheapest(volume)
            for number, rival in enumerate(self.rivals):
                known: tuple[float | None, ...] = (None, None, None, None)
                if rival.offers(volume):
                    average, units = rival.average(volume), volume * rival.production.years
                    known = (units, self._rounded(average * units), self._rounded(average * volume), average)
                short = volume < rival.least * (1.0 - 1e-9)
                yield (self.group, rival.name, volume, rival.offers(volume), short, *known, number == best)

    def _rounded(self, amount: float) -> float:
        return float(self.rounding(np.array(amount)))

    def cheapest(self, volume: float) -> int | None:
        """Number of the cheapest; the first of those that cost the same, None where none offers the volume."""
        averages = [rival.average(volume) for rival in self.rivals]
        best = min(averages)
        if best == np.inf:
            return None
        # What rounding tells apart costs the same.
        return next(number for number, one in enumerate(averages) if one <= best + 1e-9 * abs(best))

    def flips(self, asked: float) -> list[Row]:
        """Rows of the table of flips, from one unit a year to the most that is offered or asked for."""
        limits = [rival.most for rival in self.rivals]
        top = math.floor(max([asked, *(most for most in limits if math.isfinite(most))]) + 1e-6)
        found: dict[int, int | None] = {}

        def at(volume: int) -> int | None:
            if volume not in found:
                found[volume] = self.cheapest(volume)
            return found[volume]

        # Averages bend where more than the least is needed, and end where a limit is reached.
        edges = [rival.least for rival in self.rivals] + [most for most in limits if math.isfinite(most)]
        near = {math.floor(edge + 1e-6) + step for edge in edges for step in (0, 1)}
        even = {round(volume) for volume in np.linspace(1, max(top, 1), LOOKS)}
        # Beyond the last limit one that has none has no rival; of several it is only known as far as they are asked.
        unlimited = sum(math.isinf(most) for most in limits)
        last = top if unlimited > 1 else top + 1
        looks = sorted(volume for volume in near | even | {last} if 1 <= volume <= last)
        starts = [looks[0], *(flip for pair in pairwise(looks) for flip in _between(at, *pair))]
        rows: list[Row] = []
        for first, until in zip(starts, [*starts[1:], None], strict=True):
            best = at(first)
            end = top + 1 if until is None and unlimited > 1 else until
            name = None if best is None else self.rivals[best].name
            rows.append((self.group, float(first), None if end is None else float(end), name))
        return rows


def _between(at: Callable[[int], int | None], low: int, high: int) -> list[int]:
    """Volumes above `low` and up to `high` from which another is the cheapest, by halving."""
    if at(low) == at(high):
        return []
    if high - low == 1:
        return [high]
    middle = (low + high) // 2
    return _between(at, low, middle) + _between(at, middle, high)


def _count(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
