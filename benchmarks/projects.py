"""Made-up projects with scarce teams, in the way of ProGen (Kolisch, Sprecher and Drexl, 1995).

Each has 30 to 120 activities of 1 to 10 days and four teams. Three figures say how hard it is: the complexity of the
network (links per activity), the resource factor (the share of the teams that an activity takes) and the resource
strength (0: of each team no more than one activity needs; 1: enough for the schedule in which all start at their
earliest).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from coplant import Case

SIZES = (30, 60, 90, 120)
FACTORS = (0.25, 0.5, 1.0)
STRENGTHS = (0.1, 0.2, 0.3, 0.5, 0.7)
COMPLEXITIES = (1.5, 1.8, 2.1)
TEAMS = 4
START = datetime.date(2021, 3, 1)


@dataclass(frozen=True, eq=False)
class Project:
    """Activities 0..N-1, predecessors first.

    Parameters
    ----------
    duration : ndarray of int, shape (N,)
        Days.
    links : list of (before, after)
        What comes before what.
    quantity : ndarray of int, shape (N, R)
        How much of each team an activity takes.
    capacity : ndarray of int, shape (R,)
        How much of it there is.
    """

    duration: np.ndarray
    links: list[tuple[int, int]]
    quantity: np.ndarray
    capacity: np.ndarray

    def case(self) -> Case:
        """The project as a launch programme that ends with a milestone."""
        from coplant import Case

        count = len(self.duration)
        last = set(range(count)) - {before for before, _ in self.links}
        activities = [{"activity": f"a{a}", "likely": float(days)} for a, days in enumerate(self.duration)]
        links = [{"predecessor": f"a{before}", "successor": f"a{after}"} for before, after in self.links]
        taken = np.argwhere(self.quantity > 0)
        tables = {
            "activities": [*activities, {"activity": "end", "likely": 0.0}],
            "links": links + [{"predecessor": f"a{a}", "successor": "end"} for a in sorted(last)],
            "teams": [{"team": f"t{r}", "capacity": float(parts)} for r, parts in enumerate(self.capacity)],
            "assignments": [{"activity": f"a{a}", "team": f"t{r}", "quantity": float(self.quantity[a, r])}
                            for a, r in taken.tolist()],
            "milestones": [{"milestone": "end", "activity": "end"}],
        }  # fmt: skip
        settings = {"name": "project", "currency": "EUR", "start": START, "buckets": ["month:12"]}
        return Case.from_tables(settings, tables)


def project(activities: int, complexity: float, factor: float, strength: float, seed: int) -> Project:
    """Make a project."""
    random = np.random.default_rng(
        [seed, activities, round(100 * complexity), round(100 * factor), round(100 * strength)]
    )
    duration = random.integers(1, 11, activities)
    follows = _network(random, activities, complexity)
    links = [(int(before), int(after)) for before, after in np.argwhere(follows)]
    takes = np.zeros((activities, TEAMS), dtype=bool)
    for a in range(activities):
        takes[a, random.permutation(TEAMS)[: max(round(factor * TEAMS), 1)]] = True
    quantity = np.where(takes, random.integers(1, 11, takes.shape), 0)
    least, most = quantity.max(axis=0), _peak(duration, follows, quantity)
    capacity = least + np.rint(strength * np.maximum(most - least, 0)).astype(int)
    return Project(duration, links, quantity, capacity)


def projects() -> list[Project]:
    """Sixty of them: 15 of each size."""
    shapes = [(factor, strength) for factor in FACTORS for strength in STRENGTHS]
    return [
        project(size, COMPLEXITIES[number % len(COMPLEXITIES)], factor, strength, 1)
        for size in SIZES
        for number, (factor, strength) in enumerate(shapes)
    ]


def _network(random: np.random.Generator, activities: int, complexity: float) -> np.ndarray:
    """Links without any that follows from others, shape (N, N)."""
    first = 3
    follows = np.zeros((activities, activities), dtype=bool)
    for a in range(first, activities):
        follows[random.integers(a), a] = True
    for a in range(activities - first):
        if not follows[a].any():
            _link(follows, a, int(random.integers(max(a + 1, first), activities)))
    for _ in range(100 * activities):
        if follows.sum() >= complexity * activities:
            break
        before, after = np.sort(random.choice(activities, 2, replace=False))
        if after >= first:
            _link(follows, int(before), int(after))
    return follows


def _link(follows: np.ndarray, before: int, after: int) -> None:
    """Add a link unless it follows from others, or others would follow from it."""
    reach = _closure(follows)
    ahead = reach[:, before] | (np.arange(len(follows)) == before)
    behind = reach[after] | (np.arange(len(follows)) == after)
    if not reach[before, after] and not follows[np.ix_(ahead, behind)].any():
        follows[before, after] = True


def _closure(follows: np.ndarray) -> np.ndarray:
    reach = follows.copy()
    for a in range(len(follows) - 1, -1, -1):
        reach[a] |= reach[follows[a]].any(axis=0)
    return reach


def _peak(duration: np.ndarray, follows: np.ndarray, quantity: np.ndarray) -> np.ndarray:
    """The most of each team that is taken at a time if everything starts as early as its links allow."""
    start = np.zeros(len(duration), dtype=int)
    for a in range(len(duration)):
        start[a] = (start + duration)[follows[:, a]].max(initial=0)
    days = np.arange((start + duration).max())
    on = (start[:, None] <= days) & (days < (start + duration)[:, None])
    return (on.T.astype(int) @ quantity).max(axis=0)
