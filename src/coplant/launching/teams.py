"""Teams: which of them can be short, and who hands them over to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coplant.case import Case
from coplant.launching.passes import FROM_FINISH, TO_FINISH, Precedence, Teams
from coplant.launching.working_time import Ticks
from coplant.network.frames import Integers, floats, indices

_PARTS = 1e6
"""Parts that a unit of a team is counted in."""


class Shared(NamedTuple):
    """Teams that can be short, R of them."""

    names: tuple[str, ...]
    teams: Teams


def shared_teams(case: Case, activities: tuple[str, ...], precedence: Precedence) -> Shared:
    """Find the teams of a case that can be short: more can be asked of them at once than there is.

    Parameters
    ----------
    case : Case
        The case.
    activities : tuple of str, length A
        Activities, predecessors first.
    precedence : Precedence
        What comes before what.
    """
    names, rows = [], []
    for team, capacity in case["teams"].select("team", "capacity").iter_rows():
        assigned = case["assignments"].filter(team=team)
        taker = indices(assigned["activity"], activities)
        parts = np.rint(np.append(floats(assigned["quantity"]), capacity) * _PARTS).astype(np.int64)
        parts //= np.gcd.reduce(parts)
        if most_at_once(parts[:-1], apart(taker, precedence), int(parts[-1])) > parts[-1]:
            rows.append((taker, parts))
            names.append(team)
    taker = np.concatenate([np.empty(0, dtype=np.int64), *(taker for taker, _ in rows)])
    quantity = np.concatenate([np.empty(0, dtype=np.int64), *(parts[:-1] for _, parts in rows)])
    team = np.repeat(np.arange(len(rows)), [len(taker) for taker, _ in rows])
    capacity = np.array([parts[-1] for _, parts in rows], dtype=np.int64)
    return Shared(
        tuple(names), Teams.of(taker.astype(np.int32), team.astype(np.int32), quantity, capacity, len(activities))
    )


def apart(some: Integers, precedence: Precedence) -> NDArray[np.bool_]:
    """Say which of some activities are done before which others start, however long they take.

    Parameters
    ----------
    some : ndarray of int64, shape (U,)
        Activities.
    precedence : Precedence
        What comes before what.

    Returns
    -------
    ndarray of bool, shape (U, U)
        Whether the first is done when the second starts.
    """
    count, place = len(precedence.calendar), {int(a): k for k, a in enumerate(some)}
    when_started, when_done = (np.zeros((count, len(some)), dtype=bool) for _ in range(2))
    for a in range(count):
        for link in range(precedence.pointer[a], precedence.pointer[a + 1]):
            # On a calendar what ends on a day off counts as before it, and so does what a link to a finish asks.
            if precedence.lag[link] < 0 or (precedence.kind[link] & TO_FINISH and precedence.calendar[a]):
                continue
            known = when_done if precedence.kind[link] & TO_FINISH else when_started
            source = when_done if precedence.kind[link] & FROM_FINISH else when_started
            known[a] |= source[precedence.predecessor[link]]
        when_done[a] |= when_started[a]
        if a in place:
            when_done[a, place[a]] = True
    return np.asarray(when_started[some].T)


def most_at_once(quantity: Integers, before: NDArray[np.bool_], capacity: int) -> int:
    """Find the most that activities can ask for at once, of which some are done before others start.

    It is the heaviest set of them in which none is before another: by Dilworth's theorem (1950), their total less the
    largest flow that hands over from what is before to what is after. A total within the capacity is returned as it is,
    and so is one that is too large to count so.

    Parameters
    ----------
    quantity : ndarray of int64, shape (U,)
        What each asks for.
    before : ndarray of bool, shape (U, U)
        Whether the first is done when the second starts.
    capacity : int
        What there is.
    """
    total, count = int(quantity.sum()), len(quantity)
    if total <= capacity or total > np.iinfo(np.int32).max:
        return total
    source, sink = 2 * count, 2 * count + 1
    first, second = np.nonzero(before)
    tail = np.concatenate([np.full(count, source), first, np.arange(count) + count])
    head = np.concatenate([np.arange(count), second + count, np.full(count, sink)])
    flow = np.concatenate([quantity, np.minimum(quantity[first], quantity[second]), quantity]).astype(np.int32)
    graph = sparse.csr_array((flow, (tail, head)), shape=(sink + 1, sink + 1))
    return total - int(sparse.csgraph.maximum_flow(graph, source, sink).flow_value)


def with_hand_overs(precedence: Precedence, teams: Teams, duration: Ticks, start: Ticks, finish: Ticks) -> Precedence:
    """Link the activities that hand their teams over to one another.

    As long as these links are kept no team is short, however long activities take (the resource flows of Artigues and
    Roubellat, 2000). Who starts takes what was not taken yet, then what was given back first. A hand-over to an
    activity that comes before in the order of priority is left out.

    Parameters
    ----------
    precedence : Precedence
        What comes before what.
    teams : Teams
        Who shares what.
    duration, start, finish : ndarray of int32, shape (A,)
        A schedule in which no team is short.
    """
    pairs: dict[tuple[int, int], None] = {}
    for team, capacity in enumerate(teams.capacity.tolist()):
        takers = teams.taker[teams.taken[team] : teams.taken[team + 1]]
        takers = takers[duration[takers] > 0]
        back: list[tuple[int, int, int]] = [(-1, -1, capacity)]
        for a in takers[np.argsort(start[takers], kind="stable")].tolist():
            mine = slice(teams.pointer[a], teams.pointer[a + 1])
            quantity = needs = int(teams.quantity[mine][teams.team[mine] == team][0])
            left = []
            for at, b, amount in sorted(back):
                given = min(amount, needs) if at <= start[a] else 0
                if given and 0 <= b < a:
                    pairs[b, a] = None
                needs -= given
                if amount > given:
                    left.append((at, b, amount - given))
            back = [*left, (int(finish[a]), a, quantity)]
    before = np.array([b for b, _ in pairs], dtype=np.int32)
    after = np.array([a for _, a in pairs], dtype=np.int32)
    successor = np.repeat(np.arange(len(precedence.calendar), dtype=np.int32), np.diff(precedence.pointer))
    successor = np.concatenate([successor, after])
    order = np.argsort(successor, kind="stable")
    added = np.zeros_like(before)
    return precedence._replace(
        pointer=np.searchsorted(successor[order], np.arange(len(precedence.calendar) + 1)).astype(np.int32),
        predecessor=np.concatenate([precedence.predecessor, before])[order],
        kind=np.concatenate([precedence.kind, added + FROM_FINISH])[order],
        lag=np.concatenate([precedence.lag, added])[order],
        lag_calendar=np.concatenate([precedence.lag_calendar, added])[order],
    )
