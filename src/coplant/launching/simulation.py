"""Monte Carlo: many samples of the programme, a block at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coplant.launching.passes import count_days, drives, forward, hold_together
from coplant.launching.programme import Programme
from coplant.launching.quantiles import CELLS, Quantiles, draw
from coplant.launching.serial import serial
from coplant.launching.working_time import DAY, Ticks, compiled
from coplant.timeline.calendar import Floats

BLOCK = 256
"""Samples that are worked on together; their matrices stay in the processor's cache."""

CHUNK = 16384
"""Samples that share their generators; workers take whole chunks, so that their number changes nothing."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """What N samples of a programme with A activities came to, for G targets.

    Parameters
    ----------
    reached : ndarray of int32, shape (G, N)
        Moment at which each target ends in each sample.
    driving : ndarray of int64, shape (G, A)
        Samples in which each activity drives each target.
    duration_mean, duration_deviation : ndarray, shape (A,)
        Days.
    correlation : ndarray, shape (G, A)
        Correlation of each activity's duration with each target; 0 where one of the two is certain.
    start_mean : ndarray, shape (A,)
        Moment at which each starts, in the mean.
    ends : ndarray of int32, shape (A, H + 1)
        How many of the first samples, a chunk of them, each activity ends in by the evening of a day and not by that
        of the day before; day 0 is the evening before the first.
    broken : ndarray of int64, shape (Q,)
        Samples in which each most lag cannot be kept.
    """

    reached: Ticks
    driving: NDArray[np.int64]
    duration_mean: Floats
    duration_deviation: Floats
    correlation: Floats
    start_mean: Floats
    ends: Ticks
    broken: NDArray[np.int64]

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return int(self.reached.shape[1])


class _Sums(NamedTuple):
    """Sums over some samples, of deviations from the durations and the moments of the mean programme."""

    reached: Ticks
    driving: NDArray[np.int64]
    duration: Floats
    duration_square: Floats
    product: Floats
    start: Floats
    broken: NDArray[np.int64]


class _Tables(NamedTuple):
    """Distributions of some things, stacked; those that are alike share a curve."""

    row: Ticks
    curve: NDArray[np.float32]
    pointer: Ticks
    value: NDArray[np.float32]
    upper: NDArray[np.float32]
    certain: NDArray[np.bool_]

    @classmethod
    def of(cls, distributions: Iterable[Quantiles]) -> _Tables:
        distinct = {id(one): one for one in distributions}
        place = {name: row for row, name in enumerate(distinct)}
        curves = [one.curve for one in distinct.values()] or [np.zeros((2, CELLS + 1), dtype=np.float32)]
        count = [len(one.value) for one in distinct.values()]
        return cls(
            np.array([place[id(one)] for one in distributions], dtype=np.int32),
            np.stack(curves),
            np.concatenate([[0], np.cumsum(count)]).astype(np.int32),
            np.concatenate([one.value for one in distinct.values()] or [np.empty(0, np.float32)]).astype(np.float32),
            np.concatenate([one.upper for one in distinct.values()] or [np.empty(0, np.float32)]).astype(np.float32),
            np.array([one.certain for one in distributions], dtype=bool),
        )


@compiled()
def _draw_rows(
    row: Ticks,
    curve: NDArray[np.float32],
    pointer: Ticks,
    value: NDArray[np.float32],
    upper: NDArray[np.float32],
    uniform: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Look up the quantiles of each row's own distribution."""
    for k in range(len(row)):
        r = row[k]
        first, until = pointer[r], pointer[r + 1]
        draw(curve[r], value[first:until], upper[first:until], uniform[k], out[k])


@compiled()
def _durations(
    drawn: NDArray[np.float32],
    factor: NDArray[np.float32],
    pointer: Ticks,
    driver: Ticks,
    strength: NDArray[np.float32],
    driver_factor: NDArray[np.float32],
    duration: Ticks,
) -> None:
    """Ticks that activities take: what was drawn, times their factor and what their drivers come to."""
    for a in range(drawn.shape[0]):
        its = drawn[a]
        for s in range(len(its)):
            its[s] *= factor[a]
        for m in range(pointer[a], pointer[a + 1]):
            feels, of_driver = strength[m], driver_factor[driver[m]]
            for s in range(len(its)):
                its[s] *= max(np.float32(1.0) + feels * (of_driver[s] - np.float32(1.0)), np.float32(0.0))
        for s in range(len(its)):
            duration[a, s] = np.int32(np.rint(its[s] * np.float32(DAY)))


@compiled()
def _add_events(
    activity: NDArray[np.int64],
    probability: Floats,
    before: Floats,
    most_times: NDArray[np.int64],
    again: Floats,
    learning: Floats,
    uniform: NDArray[np.float32],
    impact: NDArray[np.float32],
    duration: Ticks,
) -> None:
    """Make the activities longer by the events that happen.

    One uniform number tells how often: given that it is below the probability, it is uniform up to it.
    """
    for e in range(len(activity)):
        a = activity[e]
        for s in range(duration.shape[1]):
            rest = uniform[e, s] - before[e]
            chance, adds, total = probability[e], 1.0, 0.0
            for _ in range(most_times[e]):
                if rest < 0.0 or rest >= chance or chance <= 0.0:
                    break
                total += adds
                adds *= learning[e]
                rest /= chance
                chance *= again[e]
            if total > 0.0:
                duration[a, s] += np.int32(np.rint(total * impact[e, s] * DAY))


@compiled()
def _sum_up(
    target: int,
    usual: Ticks,
    planned: int,
    duration: Ticks,
    finish: Ticks,
    driving: NDArray[np.bool_],
    counts: NDArray[np.int64],
    product: Floats,
) -> None:
    """Add a block's driving samples, and products of deviations, to the sums of one target."""
    late = finish[target] - planned
    for a in range(duration.shape[0]):
        found, total = 0, 0.0
        for s in range(duration.shape[1]):
            found += driving[a, s]
            total += np.float64(duration[a, s] - usual[a]) * np.float64(late[s])
        counts[a] += found
        product[a] += total


@compiled()
def _sum_durations(usual: Ticks, duration: Ticks, start: Ticks, sums: Floats, squares: Floats, starts: Floats) -> None:
    """Add a block's deviations of durations, their squares, and its starts to the sums."""
    for a in range(duration.shape[0]):
        total, square, begun = 0.0, 0.0, 0.0
        for s in range(duration.shape[1]):
            off = np.float64(duration[a, s] - usual[a])
            total += off
            square += off * off
            begun += start[a, s]
        sums[a] += total
        squares[a] += square
        starts[a] += begun


def _generator(seed: int, name: str, chunk: int) -> np.random.Generator:
    """Generator of one thing's numbers in one chunk; it depends on nothing but these."""
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    return np.random.Generator(np.random.Philox(counter=[0, chunk, 0, 0], key=np.array([seed, key], dtype=np.uint64)))


class Sampler:
    """Draws the durations of a programme.

    Numbers are drawn by name and by sample: what is drawn for one activity does not depend on the others, so that two
    variants of a programme are compared on the same luck.

    Parameters
    ----------
    programme : Programme
        The programme.
    seed : int
        Seed.
    """

    def __init__(self, programme: Programme, seed: int) -> None:
        self.programme, self.seed = programme, seed
        events = programme.events
        self._base = _Tables.of(programme.base)
        self._driver = _Tables.of(programme.driver_factor)
        self._impact = _Tables.of(events.impact)

    def blocks(self, chunk: int, samples: int) -> Iterable[tuple[slice, Ticks]]:
        """Draw the samples of a chunk, a block at a time.

        Yields
        ------
        block : slice
            Which of the chunk's samples they are.
        duration : ndarray of int32, shape (A, B)
            Ticks; the array is used again for the next block.
        """
        programme = self.programme
        drawers = [
            self._drawer(self._base, [f"activity {name}" for name in programme.names], chunk),
            self._drawer(self._driver, [f"driver {name}" for name in programme.drivers], chunk),
            self._drawer(self._impact, [f"impact {name}" for name in programme.events.names], chunk),
        ]
        events, moved = programme.events, programme.moved
        happens = _Uniforms(self.seed, events.group, chunk)
        factor, strength = programme.factor.astype(np.float32), moved.strength.astype(np.float32)
        for begin in range(0, samples, BLOCK):
            count = min(BLOCK, samples - begin)
            drawn, driver_factor, impact = (drawer(count) for drawer in drawers)
            duration = np.empty((len(programme), count), dtype=np.int32)
            _durations(drawn, factor, moved.pointer, moved.driver, strength, driver_factor, duration)
            if events.names:
                _add_events(
                    events.activity, events.probability, events.before, events.most_times, events.again,
                    events.learning, happens(count), impact, duration,
                )  # fmt: skip
            yield slice(begin, begin + count), duration

    def _drawer(self, tables: _Tables, names: list[str], chunk: int) -> Callable[[int], NDArray[np.float32]]:
        sure = tuple("" if certain else name for certain, name in zip(tables.certain, names, strict=True))
        uniforms = _Uniforms(self.seed, sure, chunk)

        def drawn(count: int) -> NDArray[np.float32]:
            out = np.empty((len(names), count), dtype=np.float32)
            _draw_rows(tables.row, tables.curve, tables.pointer, tables.value, tables.upper, uniforms(count), out)
            return out

        return drawn


class _Uniforms:
    """Uniform numbers of several things, each with a generator of its own; none for a thing without a name."""

    def __init__(self, seed: int, names: tuple[str, ...], chunk: int) -> None:
        made = {name: _generator(seed, name, chunk) for name in dict.fromkeys(names) if name}
        self._rows = len(names)
        self._shared = [(row, generator, [k for k, name in enumerate(names) if name == of])
                        for row, (of, generator) in enumerate(made.items())]  # fmt: skip

    def __call__(self, count: int) -> NDArray[np.float32]:
        """Draw the next numbers of each, shape (things, count)."""
        out = np.zeros((self._rows, count), dtype=np.float32)
        for _, generator, rows in self._shared:
            generator.random(dtype=np.float32, out=out[rows[0]])
            for row in rows[1:]:
                out[row] = out[rows[0]]
        return out


def simulate(
    programme: Programme, samples: int, seed: int, *, targets: Iterable[int] | None = None, workers: int = 1
) -> Simulated:
    """Draw a programme many times.

    Parameters
    ----------
    programme : Programme
        The programme.
    samples : int
        How many times.
    seed : int
        Seed.
    targets : iterable of int, optional
        Activities whose ends are kept and traced back; those of the milestones by default.
    workers : int
        Threads; the answer does not depend on their number.

    Returns
    -------
    Simulated
    """
    aims = list(programme.milestones.activity if targets is None else targets)
    sampler = Sampler(programme, seed)
    usual = programme.mean_duration()
    start, finish = least_moments(programme, 1)
    run_forward(programme, usual[:, None], start, finish)
    planned = finish[aims, 0]
    ends = np.zeros((len(programme), programme.precedence.worked.shape[1]), dtype=np.int32)

    def work(chunk: int) -> _Sums:
        return _chunk(sampler, chunk, min(CHUNK, samples - chunk * CHUNK), aims, usual, planned, ends)

    chunks = range(-(-samples // CHUNK))
    if workers == 1:
        parts = [work(chunk) for chunk in chunks]
    else:
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(work, chunks))
    return _together(parts, samples, usual, planned, ends)


def least_moments(programme: Programme, samples: int) -> tuple[Ticks, Ticks]:
    """Bounds of start and finish that hold whatever the links say, each (A, B)."""
    start = np.repeat(programme.least_start[:, None], samples, axis=1)
    return start, np.zeros_like(start)


class Passed(NamedTuple):
    """What a pass says beside the moments."""

    broken: NDArray[np.bool_]
    """Which most lags cannot be kept, shape (Q, B)."""
    waited: Ticks
    """The team that each activity waits for, -1 where it does not, shape (A, B); (0, B) if no team can be short."""


def run_forward(programme: Programme, duration: Ticks, start: Ticks, finish: Ticks) -> Passed:
    """Start and finish every activity as early as links and teams allow, and keep to the most lags.

    Parameters
    ----------
    programme : Programme
        The programme.
    duration : ndarray of int32, shape (A, B)
        Ticks.
    start, finish : ndarray of int32, shape (A, B)
        Bounds from below; become the moments.
    """
    precedence, teams, most = programme.precedence, programme.shared.teams, programme.most_lags
    short = len(teams.capacity) > 0
    waited = np.empty((len(programme) if short else 0, duration.shape[1]), dtype=np.int32)
    broken = np.zeros((len(most.first), duration.shape[1]), dtype=bool)
    order = np.arange(len(programme), dtype=np.int32)

    def once() -> None:
        if short:
            serial(precedence, teams, order, duration, start, finish, waited)
        else:
            forward(precedence, duration, start, finish)

    if not len(most.first):
        once()
        return Passed(broken, waited)
    least_start, least_finish = start.copy(), finish.copy()
    # A longest path takes each most lag at most once, unless they collide; where teams are short, what is brought up
    # may let others go first.
    for _ in range(len(most.first) + 1 + (len(programme) if short else 0)):
        start[:], finish[:] = least_start, least_finish
        once()
        if not hold_together(precedence, most, start, finish, least_start, least_finish, broken):
            break
    return Passed(broken, waited)


def _chunk(
    sampler: Sampler, chunk: int, samples: int, aims: list[int], usual: Ticks, planned: Ticks, ends: Ticks
) -> _Sums:
    programme = sampler.programme
    count = len(programme)
    sums = _Sums(
        np.empty((len(aims), samples), dtype=np.int32),
        np.zeros((len(aims), count), dtype=np.int64),
        np.zeros(count), np.zeros(count), np.zeros((len(aims), count)), np.zeros(count),
        np.zeros(len(programme.most_lags.first), dtype=np.int64),
    )  # fmt: skip
    for block, duration in sampler.blocks(chunk, samples):
        start, finish = least_moments(programme, duration.shape[1])
        passed = run_forward(programme, duration, start, finish)
        sums.broken[:] += passed.broken.sum(axis=1)
        driving = np.empty(duration.shape, dtype=bool)
        for aim, target in enumerate(aims):
            sums.reached[aim, block] = finish[target]
            drives(
                programme.precedence, programme.shared.teams, target, duration, start, finish, passed.waited, driving
            )
            _sum_up(
                target, usual, planned[aim], duration, finish, driving, sums.driving[aim], sums.product[aim]
            )  # fmt: skip
        _sum_durations(usual, duration, start, sums.duration, sums.duration_square, sums.start)
        if chunk == 0:
            count_days(finish, ends)
    return sums


def _together(parts: list[_Sums], samples: int, usual: Ticks, planned: Ticks, ends: Ticks) -> Simulated:
    """Put the sums of chunks together, in their order."""
    reached = np.concatenate([part.reached for part in parts], axis=1)
    off = sum(part.duration for part in parts) / samples
    square = sum(part.duration_square for part in parts) / samples
    variance = np.maximum(square - off**2, 0.0)
    late = (reached.astype(np.float64) - planned[:, None].astype(np.float64)).mean(axis=1)
    covariance = sum(part.product for part in parts) / samples - late[:, None] * off
    scale = np.sqrt(variance) * reached.std(axis=1)[:, None]
    correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 1e-9)
    return Simulated(
        reached,
        np.asarray(sum(part.driving for part in parts)),
        (usual + off) / DAY,
        np.sqrt(variance) / DAY,
        np.clip(correlation, -1.0, 1.0),
        np.asarray(sum(part.start for part in parts)) / samples,
        ends,
        np.asarray(sum(part.broken for part in parts)),
    )
