"""The launch programme of a case as arrays: activities in an order in which predecessors come first."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.launching.passes import KINDS, MostLags, Precedence, Teams
from coplant.launching.quantiles import Quantiles, Shape, quantiles_of
from coplant.launching.teams import Shared, shared_teams
from coplant.launching.working_time import DAY, Ticks, together, working_days, works_on
from coplant.network.frames import Integers, days, floats, indices
from coplant.timeline.calendar import Floats

_LONGEST = 200 * 366
"""Days beyond which no calendar is laid out."""


class Moved(NamedTuple):
    """Which drivers move each activity."""

    pointer: Ticks
    """Where the drivers of each activity begin, shape (A + 1,)."""
    driver: Ticks
    """The driver, shape (M,)."""
    strength: Floats
    """How much of it the activity feels, shape (M,)."""


@dataclass(frozen=True, eq=False)
class Events:
    """Events that may happen, E of them."""

    names: tuple[str, ...]
    activity: Integers
    """Activity that each makes longer, shape (E,)."""
    probability: Floats
    """Probability that it happens, shape (E,)."""
    group: tuple[str, ...]
    """What its uniform numbers are drawn by: its group, or itself, length E."""
    before: Floats
    """Probability of the events of its group that stand before it, shape (E,)."""
    impact: tuple[Quantiles, ...]
    """Days that it adds, length E."""
    most_times: Integers
    """How often it can happen, shape (E,)."""
    again: Floats
    """Probability of a further time as a share of that of the time before, shape (E,)."""
    learning: Floats
    """What a further time adds as a share of the time before, shape (E,)."""

    @property
    def mean(self) -> Floats:
        """Days that each adds in the mean, shape (E,)."""
        happens, adds, total = self.probability.copy(), np.ones(len(self.names)), np.zeros(len(self.names))
        chance = self.probability.copy()
        for time in range(int(self.most_times.max(initial=0))):
            total += np.where(time < self.most_times, happens * adds, 0.0)
            chance = chance * self.again
            happens, adds = happens * chance, adds * self.learning
        return np.asarray(total * np.array([impact.mean for impact in self.impact]), dtype=np.float64)


class Milestones(NamedTuple):
    """Milestones that an activity leads to, G of them."""

    names: tuple[str, ...]
    activity: Integers
    """The activity whose last day each is, shape (G,)."""


@dataclass(frozen=True, eq=False)
class Programme:
    """Activities, what links them, and what makes their durations uncertain.

    Parameters
    ----------
    names : tuple of str, length A
        Activities, predecessors first, and of the others those that come first where teams are short.
    precedence : Precedence
        What comes before what, and the calendars.
    least_start : ndarray of int32, shape (A,)
        Moment before which it does not start.
    first : datetime64[D]
        The programme's first day.
    shared : Shared
        The teams that can be short.
    most_lags, moved, events, milestones
        See there.
    base : tuple of Quantiles, length A
        Days each takes by itself.
    likely : ndarray, shape (A,)
        Likely days of each: those of a plan without uncertainty.
    rule_deviation : ndarray, shape (A,)
        Standard deviation of the days of each by PERT's rule, a sixth of the way from low to high; that of its
        distribution where this is not PERT's between limits.
    factor : ndarray, shape (A,)
        What know-how and advice multiply its days by.
    drivers : tuple of str, length D
        Drivers.
    driver_factor : tuple of Quantiles, length D
        The factor of each.
    driver_likely : ndarray, shape (D,)
        The likely factor of each.
    """

    names: tuple[str, ...]
    precedence: Precedence
    least_start: Ticks
    first: np.datetime64
    shared: Shared
    most_lags: MostLags
    moved: Moved
    events: Events
    milestones: Milestones
    base: tuple[Quantiles, ...]
    likely: Floats
    rule_deviation: Floats
    factor: Floats
    drivers: tuple[str, ...]
    driver_factor: tuple[Quantiles, ...]
    driver_likely: Floats

    def __len__(self) -> int:
        return len(self.names)

    @property
    def end(self) -> int:
        """The last moment that the calendars know."""
        return int(self.precedence.worked.shape[1] - 1) * DAY

    @classmethod
    def of(cls, case: Case) -> Programme:
        """Lay the programme of a case out."""
        table, links = case["activities"], case["links"]
        names = _in_order(table["activity"], links)
        table = table.sort(pl.col("activity").cast(pl.Enum(names)))
        begins = days(table["from"].fill_null(case.settings.start))
        first = min(begins.min(), np.datetime64(case.settings.start, "D"))
        least_start = (begins - first).astype(np.int64) * DAY
        owned = _calendars_of(case, table)
        sets = tuple(dict.fromkeys([(), *owned]))
        base = tuple(_durations(case, row) for row in table.iter_rows(named=True))
        drivers = case["drivers"]
        driver_factor = tuple(quantiles_of(_shape(row)) for row in drivers.iter_rows(named=True))
        driver_names = tuple(drivers["driver"])
        events = _events(case, names)
        factor = _know_how(case, names)
        moved = _moved(case, names, driver_names)
        calendar = np.array([sets.index(its) for its in owned], dtype=np.int32)
        lagged, most_lags = _links(links, names, calendar)
        longest = _longest(base, factor, moved, driver_factor, events)
        latest = int(least_start.max(initial=0)) // DAY
        reach = float(longest.sum()) + float(np.abs(lagged.lag).sum()) / DAY
        precedence = Precedence(calendar, *lagged, *_calendars(case, first, sets, reach, latest))
        return cls(
            names,
            precedence,
            least_start.astype(np.int32),
            first,
            shared_teams(case, names, precedence),
            most_lags,
            moved,
            events,
            _milestones(case, names),
            base,
            np.array(
                [_likely(row, quantiles) for row, quantiles in zip(table.iter_rows(named=True), base, strict=True)]
            ),
            np.array([_rule_deviation(row, q) for row, q in zip(table.iter_rows(named=True), base, strict=True)]),
            factor,
            driver_names,
            driver_factor,
            np.array([_likely(row, q) for row, q in zip(drivers.iter_rows(named=True), driver_factor, strict=True)]),
        )

    def advised(self, case: Case, agreement: str) -> Programme:
        """Take the advice of a host.

        Parameters
        ----------
        case : Case
            The case.
        agreement : str
            The agreement by which it is given.
        """
        effects = case["advisory_effects"].filter(agreement=agreement)
        factor, probability = self.factor.copy(), self.events.probability.copy()
        of_activity = effects.filter(pl.col("activity").is_not_null())
        np.multiply.at(factor, indices(of_activity["activity"], self.names), floats(of_activity["factor"]))
        of_event = effects.filter(pl.col("event").is_not_null())
        np.multiply.at(probability, indices(of_event["event"], self.events.names), floats(of_event["factor"]))
        events = dataclasses.replace(self.events, probability=np.minimum(probability, 1.0))
        return dataclasses.replace(self, factor=factor, events=events)

    def in_order(self, order: Integers) -> Programme:
        """Put the activities into another order.

        Parameters
        ----------
        order : ndarray of int64, shape (A,)
            The activities, predecessors first.
        """
        place = np.argsort(order).astype(np.int32)
        links, most, teams = self.precedence, self.most_lags, self.shared.teams
        pointer, link = _picked(links.pointer, order)
        moved_pointer, move = _picked(self.moved.pointer, order)
        shared = Teams.of(place[_owners(teams.pointer)], teams.team, teams.quantity, teams.capacity, len(self))
        return dataclasses.replace(
            self,
            names=tuple(self.names[a] for a in order),
            precedence=links._replace(
                calendar=links.calendar[order],
                pointer=pointer,
                predecessor=place[links.predecessor[link]],
                kind=links.kind[link],
                lag=links.lag[link],
                lag_calendar=links.lag_calendar[link],
            ),
            least_start=self.least_start[order],
            shared=self.shared._replace(teams=shared),
            most_lags=most._replace(first=place[most.first], second=place[most.second]),
            moved=Moved(moved_pointer, self.moved.driver[move], self.moved.strength[move]),
            events=dataclasses.replace(self.events, activity=place[self.events.activity].astype(np.int64)),
            milestones=self.milestones._replace(activity=place[self.milestones.activity].astype(np.int64)),
            base=tuple(self.base[a] for a in order),
            likely=self.likely[order],
            rule_deviation=self.rule_deviation[order],
            factor=self.factor[order],
        )

    def without_teams(self) -> Programme:
        """Let there be enough of every team."""
        nobody = np.empty(0, dtype=np.int32)
        parts = np.empty(0, dtype=np.int64)
        return dataclasses.replace(self, shared=Shared((), Teams.of(nobody, nobody, parts, parts, len(self))))

    def without_driver(self, driver: int) -> Programme:
        """Hold a driver at its mean."""
        held = Quantiles.fixed(self.driver_factor[driver].mean)
        factors = tuple(held if k == driver else factor for k, factor in enumerate(self.driver_factor))
        return dataclasses.replace(self, driver_factor=factors)

    def without_event(self, event: int) -> Programme:
        """Leave an event out."""
        probability = self.events.probability.copy()
        probability[event] = 0.0
        return dataclasses.replace(self, events=dataclasses.replace(self.events, probability=probability))

    def likely_duration(self) -> Ticks:
        """Ticks that each activity takes if everything goes as is likely and no event happens, shape (A,)."""
        felt = 1.0 + self.moved.strength * (self.driver_likely[self.moved.driver] - 1.0)
        factor = self.factor.copy()
        np.multiply.at(factor, _owners(self.moved.pointer), felt)
        return np.rint(self.likely * factor * DAY).astype(np.int32)

    def mean_duration(self) -> Ticks:
        """Ticks that each activity takes in the mean, shape (A,); drivers are independent."""
        mean = np.array([factor.mean for factor in self.driver_factor])
        felt = 1.0 + self.moved.strength * (mean[self.moved.driver] - 1.0)
        factor = self.factor.copy()
        np.multiply.at(factor, _owners(self.moved.pointer), felt)
        total = np.array([base.mean for base in self.base]) * factor
        np.add.at(total, self.events.activity, self.events.mean)
        return np.rint(total * DAY).astype(np.int32)


def _owners(pointer: Ticks) -> Integers:
    return np.repeat(np.arange(len(pointer) - 1), np.diff(pointer))


def _picked(pointer: Ticks, order: Integers) -> tuple[Ticks, Integers]:
    """Where the entries of each owner begin in another order of the owners, and which entries are then there."""
    length = np.diff(pointer)[order]
    begins = np.concatenate([[0], np.cumsum(length)])
    entry = np.arange(begins[-1]) + np.repeat(pointer[order] - begins[:-1], length)
    return begins.astype(np.int32), entry


def _in_order(activities: pl.Series, links: pl.DataFrame) -> tuple[str, ...]:
    """Activities in an order in which predecessors come first."""
    before: dict[str, list[str]] = {name: [] for name in activities}
    for predecessor, successor in links.select("predecessor", "successor").iter_rows():
        before[successor].append(predecessor)
    return tuple(TopologicalSorter(before).static_order())


def _calendars_of(case: Case, activities: pl.DataFrame) -> list[tuple[str, ...]]:
    """Calendars all of which work when each activity is worked on: its own and those of its teams."""
    teams = case["assignments"].join(case["teams"], on="team").select("activity", "calendar")
    needed: dict[str, set[str]] = {activity: set() for activity in activities["activity"]}
    for activity, calendar in pl.concat([activities.select("activity", "calendar"), teams]).drop_nulls().iter_rows():
        needed[activity].add(calendar)
    return [tuple(sorted(calendars)) for calendars in needed.values()]


def _calendars(
    case: Case, first: np.datetime64, sets: Sequence[tuple[str, ...]], reach: float, latest: int
) -> tuple[Ticks, Ticks]:
    """Calendars long enough for the longest way through the programme."""
    length = 366
    while True:
        names, works = works_on(case, first, length)
        joint = np.stack([together(works, [names.index(name) for name in ("", *its)]) for its in sets])
        if length >= _LONGEST or joint[:, min(latest, length) :].sum(axis=1).min() >= reach + 1:
            return working_days(joint)
        length = min(2 * length, _LONGEST)


def _shape(row: dict[str, Any]) -> Shape:
    return Shape(*(row[name] for name in ("distribution", "low", "likely", "high", "range", "on_plan")))


def _durations(case: Case, row: dict[str, Any]) -> Quantiles:
    """Days of an activity."""
    if row["distribution"] not in ("discrete", "empirical"):
        return quantiles_of(_shape(row))
    seen = case["observations"].filter(activity=row["activity"]).sort("days")
    value, weight = floats(seen["days"]), floats(seen["weight"])
    if row["distribution"] == "discrete" or len(value) == 1:
        drawn = Quantiles.steps(value, weight)
    else:
        # Each value stands in the middle of its weight, and the share between two grows along a straight line.
        middle = (np.cumsum(weight) - weight / 2) / weight.sum()
        drawn = Quantiles.of(lambda share: np.interp(share, middle, value))
    likely, on_plan = row["likely"], row["on_plan"]
    return drawn if likely is None else drawn.or_else(float(likely), float(on_plan))


def _likely(row: dict[str, Any], quantiles: Quantiles) -> float:
    """The likely value of a row, or where it has none the mean."""
    likely = row["likely"]
    return quantiles.mean if likely is None else float(likely)


def _rule_deviation(row: dict[str, Any], quantiles: Quantiles) -> float:
    by_rule = row["distribution"] == "pert" and row["range"] == "limits" and row["on_plan"] == 0.0
    return float(row["high"] - row["low"]) / 6 if by_rule else quantiles.deviation


def _know_how(case: Case, names: tuple[str, ...]) -> Floats:
    """What experience multiplies each activity's days by, shape (A,).

    A factor, or (n + 1)^log2(rate) after n times before (Wright, 1936).
    """
    table = case["know_how"]
    wright = (floats(table["times_before"], 0.0) + 1.0) ** np.log2(floats(table["rate"], 1.0))
    given = floats(table["factor"])
    factor = np.ones(len(names))
    factor[indices(table["activity"], names)] = np.where(np.isnan(given), wright, given)
    return factor


class _Links(NamedTuple):
    """Links into the activities, those of one successor together; see `Precedence`."""

    pointer: Ticks
    predecessor: Ticks
    kind: Ticks
    lag: Ticks
    lag_calendar: Ticks


def _links(table: pl.DataFrame, names: tuple[str, ...], calendar: Ticks) -> tuple[_Links, MostLags]:
    before, after = indices(table["predecessor"], names), indices(table["successor"], names)
    kind = np.array([KINDS[name] for name in table["type"]], dtype=np.int32)
    lag = np.rint(floats(table["lag"]) * DAY).astype(np.int32)
    most = floats(table["most_lag"])
    counted = table["lag_calendar"].to_numpy()
    on = np.select([counted == "predecessor", counted == "successor"], [calendar[before], calendar[after]], 0)
    order = np.lexsort((before, after))
    pointer = np.searchsorted(after[order], np.arange(len(names) + 1))
    links = _Links(*(np.asarray(part, dtype=np.int32) for part in (
        pointer, before[order], kind[order], lag[order], on[order])))  # fmt: skip
    limited = np.flatnonzero(~np.isnan(most))
    ticks = np.rint(most[limited] * DAY)
    return links, MostLags(*(np.asarray(part, dtype=np.int32) for part in (
        before[limited], after[limited], kind[limited], ticks, on[limited])))  # fmt: skip


def _moved(case: Case, names: tuple[str, ...], drivers: tuple[str, ...]) -> Moved:
    table = case["driven"]
    activity = indices(table["activity"], names)
    order = np.argsort(activity, kind="stable")
    pointer = np.searchsorted(activity[order], np.arange(len(names) + 1)).astype(np.int32)
    return Moved(pointer, indices(table["driver"], drivers)[order].astype(np.int32), floats(table["strength"])[order])


def _events(case: Case, names: tuple[str, ...]) -> Events:
    table = case["events"]
    before = table.select(
        pl.when(pl.col("group").is_null())
        .then(0.0)
        .otherwise(pl.col("probability").cum_sum().over("group") - pl.col("probability"))
    ).to_series()
    return Events(
        tuple(table["event"]),
        indices(table["activity"], names).copy(),
        floats(table["probability"]).copy(),
        tuple(f"group {group}" if group else f"event {event}" for event, group in
              table.select("event", "group").iter_rows()),
        floats(before).copy(),
        tuple(quantiles_of(_shape(row)) for row in table.iter_rows(named=True)),
        table["most_times"].to_numpy().astype(np.int64),
        floats(table["again"]).copy(),
        floats(table["learning"]).copy(),
    )  # fmt: skip


def _milestones(case: Case, names: tuple[str, ...]) -> Milestones:
    reached = case["milestones"].filter(pl.col("activity").is_not_null())
    return Milestones(tuple(reached["milestone"]), indices(reached["activity"], names))


def _longest(
    base: tuple[Quantiles, ...], factor: Floats, moved: Moved, drivers: tuple[Quantiles, ...], events: Events
) -> Floats:
    """Days beyond which no activity lasts, shape (A,)."""
    most = np.array([factor.most for factor in drivers])
    longest = np.array([quantiles.most for quantiles in base]) * np.maximum(factor, 1.0)
    np.multiply.at(longest, _owners(moved.pointer), np.maximum(1.0 + moved.strength * (most[moved.driver] - 1.0), 1.0))
    times = np.array([(share ** np.arange(count)).sum() for share, count in
                      zip(events.learning, events.most_times, strict=True)])  # fmt: skip
    np.add.at(longest, events.activity, times * np.array([impact.most for impact in events.impact]))
    return longest
