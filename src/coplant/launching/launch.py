"""Launching: the table of contents of a launch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.errors import CaseError, Problem
from coplant.launching import curves
from coplant.launching.critical_path import early, free_float, handed_over, late, path_deviation
from coplant.launching.options import Options
from coplant.launching.programme import Milestones, Programme
from coplant.launching.result import Launch
from coplant.launching.schedule import Schedule, least_finish, waited_days
from coplant.launching.simulation import simulate
from coplant.launching.working_time import DAY, Ticks, day_of, last_day, next_morning
from coplant.network.frames import dates
from coplant.timeline.calendar import Days, Floats

Progress = Callable[[str], None]

SHARES = np.concatenate([[0.005], np.arange(1, 100) / 100, [0.995]])
"""Probabilities at which the day of a milestone is told."""

SECONDS = 10.0
"""Seconds in which a schedule is looked for, where teams are short, unless told."""

_CAUSES = 10_000
"""Samples by which a cause is weighed, at most."""


def launch(
    case: Case,
    samples: int = 10_000,
    seed: int = 0,
    *,
    workers: int = 1,
    time_limit: float = SECONDS,
    progress: Progress | None = None,
) -> Launch:
    """Say when the milestones of a case are reached, how sure that is, and what decides it.

    Where teams are short, a schedule is made first in which the last milestone is reached as early as they allow if
    everything takes as long as is likely. In each sample the activities are served in the order of its starts.

    Parameters
    ----------
    case : Case
        The case.
    samples : int
        How often the programme is drawn.
    seed : int
        Seed; the same one gives the same samples, whatever the number of workers.
    workers : int
        Threads.
    time_limit : float
        Seconds in which a schedule is looked for, with advice and without, where teams are short. One that is proved
        to be the best soon is the same each time; else a quicker machine may come upon another.
    progress : callable, optional
        Is told, in a line of text, what is going on.

    Returns
    -------
    Launch

    Raises
    ------
    CaseError
        The case has no programme, no milestone that an activity leads to, or most lags that collide, with one another
        or with the teams there are.
    ValueError
        There are no samples, no workers, or no time.
    """
    if samples < 1:
        raise ValueError(f"samples is {samples}; there must be at least 1")
    if workers < 1:
        raise ValueError(f"workers is {workers}; there must be at least 1")
    if not time_limit > 0:
        raise ValueError(f"time_limit is {time_limit}; it must be more than 0")
    say = progress or (lambda _: None)
    programme = programme_of(case)
    tables: dict[str, list[pl.DataFrame]] = {}
    reached = {}
    for advice, variant in _variants(case, programme).items():
        helped = f" with the advice of {advice}" if advice else ""
        schedule = None
        if variant.shared.names:
            say(f"placing {', '.join(variant.shared.names)}{helped}")
            schedule = _scheduled(case, variant, time_limit)
            variant = variant.in_order(schedule.order)
        say(f"{samples:,} samples{helped}")
        made = _Variant(case, _reduced(case, variant, advice), advice, samples, seed, workers, schedule)
        for name, moments in zip(made.programme.milestones.names, made.drawn.reached, strict=True):
            reached[name, advice] = moments
        say("weighing what makes it late")
        for name, table in made.tables().items():
            tables.setdefault(name, []).append(table)
    return Launch.of(
        case,
        {name: pl.concat(parts) for name, parts in tables.items()},
        programme.first,
        reached,
        samples,
        seed,
    )


def drawn_starts(case: Case, milestones: Iterable[str], samples: int = 10_000, seed: int = 0) -> dict[str, Days]:
    """Draw the first day after some milestones, with advice where there is any, and nothing else.

    Parameters
    ----------
    case : Case
        The case.
    milestones : iterable of str
        The milestones.
    samples, seed : int
        As for `launch`, of which these are the samples.

    Returns
    -------
    dict of str to ndarray of datetime64[D], shape (N,)

    Raises
    ------
    CaseError
        As for `launch`.
    """
    programme = programme_of(case)
    starts: dict[str, Days] = {}
    for advice, variant in _variants(case, programme).items():
        if variant.shared.names:
            variant = variant.in_order(_scheduled(case, variant, SECONDS).order)
        reduced = _reduced(case, variant, advice).milestones
        needed = [(name, end) for name, end in zip(*reduced, strict=True) if name in milestones]
        drawn = simulate(variant, samples, seed, targets=[end for _, end in needed])
        starts |= {
            name: next_morning(programme.first, moments)
            for (name, _), moments in zip(needed, drawn.reached, strict=True)
        }
    return starts


def programme_of(case: Case) -> Programme:
    """Lay the programme of a case out, and see that it can be carried out as planned.

    Raises
    ------
    CaseError
        There is none, no activity leads to a milestone, or most lags collide.
    """
    problems = []
    if case["activities"].is_empty():
        problems.append(Problem("activities", None, None, None, "at least one row", "Say what has to be done"))
    elif case["milestones"]["activity"].null_count() == case["milestones"].height:
        mend = "Name the activity whose last day is a milestone, such as the start of production"
        problems.append(Problem("milestones", None, None, None, "at least one row with an activity", mend))
    if problems:
        raise CaseError(problems, case.settings.name)
    programme = Programme.of(case)
    planned = early(programme.without_teams(), programme.likely_duration())
    never = np.flatnonzero(planned.finish >= programme.end)
    if len(never):
        raise CaseError(case.placed([_never(case, programme.names[never[0]])]), case.settings.name)
    broken = planned.broken
    if broken.any():
        collisions = (_collision(case, programme, lag) for lag in np.flatnonzero(broken).tolist())
        raise CaseError(case.placed(collisions), case.settings.name)
    return programme


def _never(case: Case, activity: str) -> Problem:
    """What is wrong with an activity that is not done within any time that calendars are laid out for."""
    rows = case["activities"].with_columns(row=case.rows["activities"]).filter(activity=activity)
    row, calendar = rows.select("row", "calendar").row(0)
    mend = f"{activity} is not done in 200 years: mend its duration, its calendar's holidays or those of its teams"
    return Problem("activities", int(row), "calendar", calendar, "days enough to be worked on", mend)


def _collision(case: Case, programme: Programme, lag: int, status: str | None = None) -> Problem:
    """What is wrong with a most lag that cannot be kept; with teams, by the status of the schedule."""
    most = programme.most_lags
    first, second = programme.names[most.first[lag]], programme.names[most.second[lag]]
    rows = case["links"].with_columns(row=case.rows["links"]).filter(predecessor=first, successor=second)
    row, value = rows.filter(pl.col("most_lag").is_not_null()).select("row", "most_lag").row(0)
    mend = f"What lies between {first} and {second} takes longer; raise it, or shorten or loosen what lies between"
    if status is None:
        return Problem("links", int(row), "most_lag", value, "a most lag that can be kept", mend)
    expected = f"a most lag that can be kept with no more of {', '.join(programme.shared.names)} than there is"
    mend = "Raise it, or the capacity of a team"
    if status == "unknown":
        mend += "; or allow more time to look for a schedule that keeps it, as none was found and none is excluded"
    return Problem("links", int(row), "most_lag", value, expected, mend)


def scheduled_programme(case: Case) -> Programme:
    """Lay the programme of a case out with its teams handed over as in the schedule that is planned.

    Raises
    ------
    CaseError
        As for `launch`.
    """
    programme = programme_of(case)
    if not programme.shared.names:
        return programme
    schedule = _scheduled(case, programme, SECONDS)
    return handed_over(programme.in_order(schedule.order), schedule.at)


def _scheduled(case: Case, programme: Programme, time_limit: float) -> Schedule:
    """Place the teams so that the last milestone is reached early.

    Raises
    ------
    CaseError
        Most lags cannot be kept with the teams there are, or no way to keep them was found in time.
    """
    likely = programme.likely_duration()
    alone = early(programme.without_teams(), likely)
    target = max(programme.milestones.activity.tolist(), key=lambda activity: alone.finish[activity])
    schedule = least_finish(programme, target, likely, time_limit)
    if schedule.at.broken.any():
        broken = np.flatnonzero(schedule.at.broken).tolist()
        collisions = (_collision(case, programme, lag, schedule.status) for lag in broken)
        raise CaseError(case.placed(collisions), case.settings.name)
    return schedule


def _variants(case: Case, programme: Programme) -> dict[str | None, Programme]:
    """The programme as it is, and with the advice that comes with each agreement that gives any."""
    advisers = case["advisory_effects"]["agreement"].unique(maintain_order=True)
    return {None: programme, **{agreement: programme.advised(case, agreement) for agreement in advisers}}


def _reduced(case: Case, programme: Programme, advice: str | None) -> Programme:
    """Keep the milestones that an agreement's advice is for: those its routes wait for, or all if there are none."""
    waiting = case["routes"].filter(agreement=advice) if advice else case["routes"].clear()
    waited = set(waiting["milestone"].drop_nulls())
    names, ends = programme.milestones
    kept = [place for place, name in enumerate(names) if name in waited] if waited else list(range(len(names)))
    milestones = Milestones(tuple(names[place] for place in kept), ends[kept])
    return dataclasses.replace(programme, milestones=milestones)


class _Variant:
    """A programme with or without advice, what its samples came to, and the tables made of both."""

    def __init__(
        self,
        case: Case,
        programme: Programme,
        advice: str | None,
        samples: int,
        seed: int,
        workers: int,
        schedule: Schedule | None,
    ) -> None:
        self.case, self.programme, self.advice, self.seed, self.workers = case, programme, advice, seed, workers
        self.drawn = simulate(programme, samples, seed, workers=workers)
        self.schedule = schedule
        self.planned = schedule.at if schedule else early(programme, programme.likely_duration())
        self.expected = early(programme, programme.mean_duration())

    def tables(self) -> dict[str, pl.DataFrame]:
        """Tables of the variant."""
        return {
            "milestones": self._milestones(),
            "dates": self._dates(),
            "activities": self._activities(),
            "paths": self._paths(),
            "causes": self._causes(),
            "most_lags": self._most_lags(),
            "schedule": self._schedule(),
            "bounds": self._bounds(),
            **self._acceleration(),
        }

    def _starting(self, moments: Any) -> Days:
        """Day on which each activity starts; a point in time is on the day on which it ends."""
        return np.where(self.planned.duration == 0, self._ending(moments), day_of(self.programme.first, moments))

    def _ending(self, moments: Any) -> Days:
        """Day on which each activity ends; a point in time that waits for nothing but its own first day is on that."""
        first, alone = self.programme.first, np.asarray(moments) <= self.programme.least_start
        return np.where(alone, day_of(first, moments), last_day(first, moments))

    def _milestones(self) -> pl.DataFrame:
        programme, first = self.programme, self.programme.first
        names, ends = programme.milestones
        moments = self.drawn.reached
        targets = _targets(self.case, names)
        chance, error = _chances(last_day(first, moments), targets)
        mean = moments.mean(axis=1) / DAY
        p10, p50, p90 = (last_day(first, _quantile(moments, share)) for share in (0.1, 0.5, 0.9))
        return pl.DataFrame(
            {
                "milestone": names,
                "advice": [self.advice] * len(names),
                "planned": dates(last_day(first, self.planned.finish[ends])),
                "expected": dates(last_day(first, self.expected.finish[ends])),
                "mean": mean,
                "deviation": moments.std(axis=1) / DAY,
                "pert_deviation": [path_deviation(programme, self.expected, end) for end in ends.tolist()],
                "merge_bias": mean - self.expected.finish[ends] / DAY,
                "p10": dates(p10),
                "p50": dates(p50),
                "p90": dates(p90),
                "target": dates(targets),
                "chance": pl.Series(chance).fill_nan(None),
                "chance_error": pl.Series(error).fill_nan(None),
            },
            schema_overrides={"milestone": pl.String, "advice": pl.String},
        )

    def _dates(self) -> pl.DataFrame:
        first = self.programme.first
        parts = []
        for name, moments in zip(self.programme.milestones.names, self.drawn.reached, strict=True):
            day = last_day(first, np.quantile(moments, SHARES, method="inverted_cdf"))
            table = pl.DataFrame({"share": SHARES, "day": dates(day)})
            keys = (pl.lit(name).alias("milestone"), pl.lit(self.advice, pl.String).alias("advice"))
            parts.append(table.select(*keys, "share", "day"))
        return pl.concat(parts)

    def _activities(self) -> pl.DataFrame:
        programme, first, drawn = self.programme, self.programme.first, self.drawn
        planned = self.planned
        free = free_float(programme, planned) / DAY
        counts = np.cumsum(drawn.ends, axis=1)
        at = [np.argmax(counts >= share * counts[:, -1:], axis=1) * DAY for share in (0.1, 0.5, 0.9)]
        return pl.DataFrame(
            {
                "activity": programme.names,
                "advice": [self.advice] * len(programme),
                "planned": planned.duration / DAY,
                "early_start": dates(self._starting(planned.start)),
                "early_finish": dates(self._ending(planned.finish)),
                "free_float": pl.Series(np.where(free < 0, np.nan, free)).fill_nan(None),
                "mean": drawn.duration_mean,
                "deviation": drawn.duration_deviation,
                "start_mean": dates(day_of(first, drawn.start_mean)),
                "finish_p10": dates(self._ending(at[0])),
                "finish_p50": dates(self._ending(at[1])),
                "finish_p90": dates(self._ending(at[2])),
            },
            schema_overrides={"advice": pl.String},
        )

    def _paths(self) -> pl.DataFrame:
        programme, drawn = self.programme, self.drawn
        parts = []
        for number, (name, target) in enumerate(zip(*programme.milestones, strict=True)):
            latest = late(programme, self.planned, target)
            on = np.flatnonzero((latest.start >= 0) | (drawn.driving[number] > 0))
            leads = latest.start[on] >= 0
            criticality = drawn.driving[number] / drawn.samples
            spread = drawn.reached[number].std() / DAY
            sensitivity = criticality * drawn.duration_deviation / spread if spread else np.zeros(len(programme))
            table = pl.DataFrame(
                {
                    "activity": np.array(programme.names, dtype=object)[on].tolist(),
                    "late_start": dates(np.where(leads, self._starting(latest.start)[on], _NEVER)),
                    "late_finish": dates(np.where(leads, self._ending(latest.finish)[on], _NEVER)),
                    "total_float": pl.Series(np.where(leads, latest.total_float[on] / DAY, np.nan)).fill_nan(None),
                    "critical": np.where(latest.critical[on], "yes", "no").tolist(),
                    "criticality": criticality[on],
                    "cruciality": drawn.correlation[number][on],
                    "sensitivity": sensitivity[on],
                }
            )
            parts.append(
                table.select(
                    pl.lit(name).alias("milestone"), "activity", pl.lit(self.advice, pl.String).alias("advice"),
                    pl.exclude("activity"),
                )
            )  # fmt: skip
        return pl.concat(parts)

    def _causes(self) -> pl.DataFrame:
        """What each driver and event costs: the same samples without it."""
        programme, first = self.programme, self.programme.first
        names, _ = programme.milestones
        targets = _targets(self.case, names)
        count = min(self.drawn.samples, _CAUSES)
        whole = self.drawn.reached[:, :count]
        parts = [_NO_CAUSES]
        for cause, kind, without in _without_each(programme):
            rest = simulate(without, count, self.seed, workers=self.workers).reached
            gained = _chances(last_day(first, rest), targets)[0] - _chances(last_day(first, whole), targets)[0]
            parts.append(
                pl.DataFrame(
                    {
                        "milestone": names,
                        "advice": [self.advice] * len(names),
                        "cause": [cause] * len(names),
                        "kind": [kind] * len(names),
                        "mean": (whole.mean(axis=1) - rest.mean(axis=1)) / DAY,
                        "p90": (_quantile(whole, 0.9) - _quantile(rest, 0.9)) / DAY,
                        "chance": pl.Series(gained).fill_nan(None),
                    },
                    schema=_NO_CAUSES.schema,
                )
            )
        return pl.concat(parts)

    def _acceleration(self) -> dict[str, pl.DataFrame]:
        """What it costs to be earlier, if anything can be paid for."""
        # Who hands a team over to whom stays as it is planned.
        programme = handed_over(self.programme, self.planned)
        options = Options.of(self.case, programme)
        tables = [curves.NOTHING]
        for milestone, target in zip(*programme.milestones, strict=True) if len(options) else ():
            steps = {
                "planned": curves.planned_steps(programme, options, int(target)),
                "mean": curves.mean_steps(programme, options, int(target), self.drawn.samples, self.seed),
            }
            tables.append(curves.tabulated(programme, options, milestone, self.advice, steps))
        return {
            "acceleration": pl.concat([table.curve for table in tables]),
            "accelerated": pl.concat([table.used for table in tables]),
        }

    def _most_lags(self) -> pl.DataFrame:
        most, names = self.programme.most_lags, self.programme.names
        types = {0: "SS", 1: "FS", 2: "SF", 3: "FF"}
        return pl.DataFrame(
            {
                "predecessor": [names[a] for a in most.first],
                "successor": [names[a] for a in most.second],
                "type": [types[kind] for kind in most.kind],
                "advice": [self.advice] * len(most.first),
                "broken": self.drawn.broken / self.drawn.samples,
            },
            schema={"predecessor": pl.String, "successor": pl.String, "type": pl.String, "advice": pl.String,
                    "broken": pl.Float64},
        )  # fmt: skip

    def _schedule(self) -> pl.DataFrame:
        """When activities that take a team that can be short are worked on, and what they wait for."""
        programme, planned, names = self.programme, self.planned, self.programme.shared.names
        waits = waited_days(programme, planned) if self.schedule else np.empty(0)
        on = np.flatnonzero(np.diff(programme.shared.teams.pointer))
        return pl.DataFrame(
            {
                "activity": [programme.names[a] for a in on],
                "advice": [self.advice] * len(on),
                "start": dates(self._starting(planned.start)[on]),
                "finish": dates(self._ending(planned.finish)[on]),
                "waited": [float(waits[a]) for a in on],
                "team": [names[planned.waited[a]] if planned.waited[a] >= 0 else None for a in on],
            },
            schema_overrides={"activity": pl.String, "advice": pl.String, "waited": pl.Float64, "team": pl.String},
        )

    def _bounds(self) -> pl.DataFrame:
        """How near the schedule is to the best there can be."""
        made, first = self.schedule, self.programme.first
        rows = [made] if made else []
        return pl.DataFrame(
            {
                "activity": [self.programme.names[one.target] for one in rows],
                "advice": [self.advice] * len(rows),
                "finish": dates(last_day(first, np.array([one.finish for one in rows], dtype=np.int64))),
                "bound": dates(last_day(first, np.array([one.bound for one in rows], dtype=np.int64))),
                "gap": [one.gap for one in rows],
                "status": [one.status for one in rows],
            },
            schema_overrides={"activity": pl.String, "advice": pl.String, "gap": pl.Float64, "status": pl.String},
        )


_NEVER = np.datetime64("NaT", "D")

_NO_CAUSES = pl.DataFrame(
    schema={
        "milestone": pl.String, "advice": pl.String, "cause": pl.String, "kind": pl.String, "mean": pl.Float64,
        "p90": pl.Float64, "chance": pl.Float64,
    }
)  # fmt: skip


def _without_each(programme: Programme) -> Iterable[tuple[str, str, Programme]]:
    for number, name in enumerate(programme.drivers):
        yield name, "driver", programme.without_driver(number)
    for number, name in enumerate(programme.events.names):
        yield name, "event", programme.without_event(number)


def _targets(case: Case, names: tuple[str, ...]) -> Days:
    """Target of each milestone; NaT where it has none."""
    target = dict(case["milestones"].select("milestone", "target").iter_rows())
    return np.array([np.datetime64(target[name], "D") for name in names])


def _chances(days: Days, targets: Days) -> tuple[Floats, Floats]:
    """Share of samples that meet each target, and its standard error; NaN where there is none."""
    met = (days <= targets[:, None]).mean(axis=1)
    chance = np.where(np.isnat(targets), np.nan, met)
    return chance, np.sqrt(chance * (1.0 - chance) / days.shape[1])


def _quantile(moments: Ticks, share: float) -> Floats:
    return np.asarray(np.quantile(moments, share, axis=1, method="inverted_cdf"))
