"""What a stress test asks: which plan, against which others, in how many samples; and the answer of a few of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from coplant.case import Case
from coplant.case.rules.futures import LUCK
from coplant.network.activities import LANE, OFFER, ROUTE
from coplant.network.frames import days
from coplant.planning.draft import Draft
from coplant.planning.hedge import Hedge
from coplant.planning.result import Plan
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.relay import Anchor
from coplant.results import versions_of
from coplant.stressing.drawing import Draws
from coplant.stressing.measures import Gauge
from coplant.stressing.neighbours import nearest_first, neighbourhoods, places_of
from coplant.stressing.planner import Carried, Horizon, Planner, Policy

PLANNED = "as planned"
"""What the plan itself is called among the alternatives."""

NONE = "none"
"""The alternative in which nothing is signed that need not be."""

BATCH = 20
"""Samples that are carried out, and written, together."""

MEASURED = {
    "sample": pl.Int64, "policy": pl.String, "measure": pl.String, "year": pl.Int64, "thing": pl.String,
    "value": pl.Float64,
}  # fmt: skip
"""Columns of what is measured."""

_OF_KIND = {ROUTE: ("made", "routes", "route", "started"), LANE: ("moved", "lanes", "lane", "quantity"),
            OFFER: ("bought", "offers", "offer", "quantity")}  # fmt: skip
"""Tables of a plan that say what is started, those of the case that it is of, the column that names it, and how much.
"""


class Started(NamedTuple):
    """What the samples begin with."""

    plans: dict[str, Carried]
    """The plan of each policy."""
    anchors: tuple[Anchor, ...]
    """Corners to start from, by review and for the horizon's end."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked.

    Parameters
    ----------
    plan : Plan or Hedge
        The plan that is put to the test.
    samples, seed : int
        How many futures are sampled, and the seed of the draws.
    """

    plan: Plan | Hedge
    samples: int
    seed: int
    _started: list[Started] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The case."""
        return self.plan.case

    @cached_property
    def horizon(self) -> Horizon:
        """Futures, timeline and reviews."""
        return Horizon.of(self.case)

    @cached_property
    def planner(self) -> Planner:
        """Who carries plans out."""
        return Planner(self.horizon, Draws.of(self.case, self.horizon.timeline, self.samples, self.seed), self.seed)

    @cached_property
    def digest(self) -> str:
        """What the answer hangs on, as one text: case, what the plan decides, samples and batches, seed, versions."""
        told = [
            self.case.digest,
            str(self.samples),
            str(self.seed),
            str(BATCH),
            str(versions_of("coplant", "highspy", "numpy", "scipy")),
        ]
        decided = ("made", "moved", "bought", "reserved", "left", "signed")
        told += [self.plan[table].write_csv(float_precision=6) for table in decided]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    # -- alternatives -------------------------------------------------------------------------------------------------

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """The plan's own signatures; those with each option in its place, and those with none; each set once."""
        table = self.horizon.cases[0]["agreements"]
        names, group = table["agreement"].to_list(), table["group"].to_list()
        own = np.stack([self._signed_in(future) for future in range(len(self.horizon.futures))])
        option = np.stack([(case["agreements"]["status"] == "option").to_numpy() for case in self.horizon.cases])
        found = {PLANNED: own}
        for place, name in enumerate(names):
            rivals = np.array(
                [k != place and group[k] is not None and group[k] == group[place] for k in range(len(names))]
            )
            other = own & ~(rivals & option & option[:, [place]])
            other[:, place] |= option[:, place]
            if option[:, place].any():
                found[name] = other
        found[NONE] = own & ~option
        kept: dict[str, Policy] = {}
        for name, signed in found.items():
            if not any(np.array_equal(signed, one.signed) for one in kept.values()):
                kept[name] = Policy(name, signed)
        return kept

    def _signed_in(self, future: int) -> Booleans:
        """What the plan signs in a future, in the order of the table."""
        plan = self.plan if isinstance(self.plan, Plan) else self._plan_of(self.plan, future)
        return plan["signed"]["signed"].to_numpy().astype(bool)

    def _plan_of(self, hedge: Hedge, future: int) -> Plan:
        """The plan of a hedge in a future, whatever the luck of its launch."""
        wanted = {(one.branch, one.outcome) for one in self.horizon.futures.outcomes[future]}
        for outcomes, plan in zip(hedge.futures.outcomes, hedge.plans, strict=True):
            if {(one.branch, one.outcome) for one in outcomes if one.branch != LUCK} == wanted:
                return plan
        raise AssertionError("a hedge has a plan for every future")

    @property
    def _base(self) -> Plan:
        """The plan in the likeliest future; until anything is known, it is that of all."""
        return self.plan if isinstance(self.plan, Plan) else self._plan_of(self.plan, self.horizon.futures.likeliest)

    def start(self) -> Started:
        """The plans with which the samples begin, and corners to start from; worked out once."""
        if not self._started:
            held = _decided(self._base, self.planner.expected)
            # What is started before anything is known is held; else another agreement has a start of its own.
            others = {"start": held["start"]} if len(self.horizon.futures) > 1 else {}
            planned = {name: held if name == PLANNED else others for name in self.policies}
            plans = self.planner.first(self.policies, planned)
            anchors = self.planner.anchors(self.policies[PLANNED], plans)
            self._started.append(Started(plans, anchors))
        return self._started[0]

    @cached_property
    def awaited(self) -> tuple[str, ...]:
        """Items that wait for the launch, and are sold."""
        waiting = self.case["routes"].filter(pl.col("milestone").is_not_null())["item"].unique(maintain_order=True)
        return tuple(item for item in waiting if item in set(self.case["demand"]["item"]))

    @cached_property
    def future(self) -> Integers:
        """The future of the tree that each sample draws, shape (samples,)."""
        upper = np.cumsum(self.horizon.futures.probability)
        drawn = np.searchsorted(upper, self.planner.draws.outcome * upper[-1], side="right")
        return np.asarray(np.minimum(drawn, len(upper) - 1))

    @cached_property
    def batches(self) -> list[list[tuple[int, int | None]]]:
        """Samples that are carried out together, as they are alike: each with one before it from which to start."""
        places = places_of(self.planner.draws, self.future)
        return [
            [
                (int(group[one]), None if near is None else int(group[near]))
                for one, near in nearest_first(places[group])
            ]
            for group in neighbourhoods(places, BATCH)
        ]

    def __getstate__(self) -> dict[str, object]:
        """What travels to another process: not what it can work out there in no time."""
        return {"plan": self.plan, "samples": self.samples, "seed": self.seed, "_started": self._started}


class Batch(NamedTuple):
    """Some samples of a question."""

    asked: str
    """Digest of the question, by which it is known again."""
    question: Question
    number: int


_at_hand: dict[str, Question] = {}


def answer(batch: Batch) -> pl.DataFrame:
    """Carry the plans through some samples, and measure what becomes of them.

    Returns
    -------
    DataFrame
        With the columns `MEASURED`; of a plan of which nothing keeps the rules the value of ``present_value`` is null.
    """
    if batch.asked not in _at_hand:
        _at_hand.clear()
        _at_hand[batch.asked] = batch.question
    question = _at_hand[batch.asked]
    started = question.start()
    policies = {name: (policy, started.plans[name]) for name, policy in question.policies.items()}
    rows: list[tuple[object, ...]] = []
    ended: dict[int, tuple[Anchor, ...]] = {}
    for sample, near in question.batches[batch.number]:
        anchors = started.anchors if near is None else ended[near]
        lived = question.planner.live(sample, int(question.future[sample]), policies, anchors)
        ended[sample] = lived.anchors
        gauge = Gauge(lived.draft, question.awaited)
        for name, columns in lived.columns.items():
            if columns is None:
                rows.append((sample + 1, name, "present_value", None, None, None))
            else:
                rows += [(sample + 1, name, *one) for one in gauge.measures(columns)]
    return pl.DataFrame(rows, schema=MEASURED, orient="row")


def _decided(plan: Plan, draft: Draft) -> dict[str, Floats]:
    """What a plan starts and agrees, in the shape of the blocks of a program."""
    network, timeline = draft.network, draft.timeline
    started = np.zeros(draft.start.index.shape)
    activities = network.activities
    number = {
        (int(kind), int(row), int(item) if kind == LANE else -1): k
        for k, (kind, row, item) in enumerate(zip(activities.kind, activities.row, activities.item, strict=True))
    }
    item_of = {name: k for k, name in enumerate(network.items)}
    for kind, (table, of, column, quantity) in _OF_KIND.items():
        rows = plan[table]
        row_of = {name: k for k, name in enumerate(network.case[of][column])}
        index = [
            number[kind, row_of[name], item_of[item] if kind == LANE else -1]
            for name, item in rows.select(column, "item").iter_rows()
        ]
        bucket = np.searchsorted(timeline.bounds, days(rows["bucket"]))
        np.add.at(started, (np.array(index, dtype=np.int64), bucket), rows[quantity].to_numpy())
    held = {"start": started}
    for (agreement,), rows in plan["reserved"].group_by("agreement", maintain_order=True):
        held[f"reserved/{agreement}"] = rows["reserved"].to_numpy().astype(np.float64)
    blocks = draft.program.column_blocks
    for agreement, scope in draft.scopes.items():
        if f"leave/{agreement}" in blocks:
            left = np.zeros(draft.program.column_count)
            for day in plan["left"].filter(agreement=agreement)["bucket"]:
                node = timeline.bucket_of(np.datetime64(day, "D"))
                left[scope.leaving[node]] = 1.0
            held[f"leave/{agreement}"] = blocks[f"leave/{agreement}"].values(left)
    return held
