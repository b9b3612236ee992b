"""A group of futures that is planned for on its own once what comes before a bucket is decided; what workers do.

Futures that cannot be told apart in that bucket are a group. It is asked what early decisions leave it to earn, and
what it earns at the most whatever is decided early; and in the end it decides.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from coplant.planning.formulation import in_words
from coplant.planning.outlook import Outlook
from coplant.planning.result import Plan
from coplant.program import LinearProgram, ScalingReport, Solution
from coplant.program.corner import Prices
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.recourse import Held, Limit, Recourse, Start
from coplant.program.rough import Rough, roughly
from coplant.program.tying import Tied, row_nodes


@dataclass(frozen=True, eq=False)
class Group:
    """Futures that cannot be told apart when what comes before a bucket is decided.

    Parameters
    ----------
    outlook : Outlook
        These futures.
    split : int
        That bucket.
    options : dict
        How to solve programs.
    """

    outlook: Outlook
    split: int
    options: dict[str, Any]

    @cached_property
    def early(self) -> Integers:
        """Columns decided before, in the order that all programs of these futures have them in."""
        self.outlook.weigh(self.outlook.futures.case.settings.risk_weight)
        return early_columns(self.outlook, 0, self.split)

    @cached_property
    def recourse(self) -> Recourse:
        """What is left to decide once they are."""
        early, program = self.early, self.outlook.program
        options = {name: self.options[name] for name in ("gap", "solver", "seed")}
        return Recourse(program, early, paid_early(self.outlook, self.split)[early], options)

    @cached_property
    def fair(self) -> Floats:
        """What a unit of each early decision has to bring in later, if the group pays its part of it early."""
        slope = -self.recourse.paid
        slope[len(slope) - len(self.outlook.risk_column) :] *= self.outlook.futures.probability.sum()
        return slope

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all that is decided, asked and paid before, by which groups that differ too early are told."""
        program = self.outlook.drafts[0].program
        node, matrix = program.column_node, program.matrix()
        before = node < self.split
        rows = np.flatnonzero(program.entries_in(~before) == 0)
        parts = (
            program.lower[before], program.upper[before], program.row_lower[rows], program.row_upper[rows],
            matrix[rows].data, node[matrix[rows].indices], program.worth(program_nodes(program, self.split))[before],
        )  # fmt: skip
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def program_nodes(program: LinearProgram, split: int) -> Booleans:
    """Which nodes of a future's own program come before a bucket."""
    return np.arange(len(program.probability)) < split


def early_columns(outlook: Outlook, future: int, split: int) -> Integers:
    """Columns of the one program that a future has before a bucket, in the order of its own, and then that of risk."""
    node = outlook.drafts[future].program.column_node
    own = np.argsort(node, kind="stable")
    columns = outlook.tied.columns[future][own[node[own] < split]]
    return np.append(columns, outlook.risk_column)


def early_rows(outlook: Outlook, future: int, split: int) -> Integers:
    """Rows of the one program that a future has before a bucket, in the order of its own."""
    program = outlook.drafts[future].program
    node = row_nodes(program.matrix(), program.column_node)
    own = np.argsort(node, kind="stable")
    return outlook.tied.rows[future][own[(node[own] >= 0) & (node[own] < split)]]


def nodes_before(tied: Tied, split: int) -> Booleans:
    """Which nodes of the one program come before a bucket."""
    before = np.zeros(len(tied.program.probability), dtype=bool)
    before[tied.nodes[:, :split]] = True
    return before


def paid_early(outlook: Outlook, split: int) -> Floats:
    """What a unit of each column of the one program adds to the objective before a bucket, its early columns at least.

    What the column of risk adds is all early.
    """
    program = outlook.program
    paid = program.money_weight * program.worth(nodes_before(outlook.tied, split))
    paid[outlook.risk_column] = program.objective()[outlook.risk_column]
    return paid


# -- what workers do --------------------------------------------------------------------------------------------------


class Question(NamedTuple):
    """What a group is asked."""

    asked_by: str
    """Name of the decomposition."""
    number: int
    """Number of the group."""
    outlook: Outlook
    split: int
    options: dict[str, Any]
    x: Floats
    """Early decisions."""
    start: Start | None = None
    """Where to start from."""
    slope: Floats | None = None
    """What a unit of each early decision is thought to be worth later; without it what is fair (see `Group.fair`)."""
    held: Held | None = None
    """Early decisions that are known where a limit is asked for."""
    prices: Prices | None = None
    """Prices of a group that is like it, which will do where they limit it too."""
    whole: bool = False
    """Whether limits are to mind whole numbers."""


class Drawing(NamedTuple):
    """What a sketch is to be drawn of."""

    sketch: Outlook
    held: Integers
    """Columns of decisive decisions."""
    values: Floats
    """What they are."""
    options: dict[str, Any]


class Look(NamedTuple):
    """What a group is like."""

    whole: bool
    """Whether whole numbers are left to decide later."""
    fingerprint: str


class Decision(NamedTuple):
    """What a group decides."""

    limit: Limit
    """What early decisions leave it to earn."""
    value: float | None
    """What it does earn, whole numbers whole; None where no plan keeps the rules."""
    solution: Solution | None
    size: dict[str, int]
    """How large what is decided later is."""


class Reading(NamedTuple):
    """Plans of a group that are to be read back."""

    question: Question
    solution: Solution
    early_dual: Floats
    """What a unit more is worth in each early row, once it is known to be that group."""
    scaling: ScalingReport
    options: dict[str, Any]
    size: dict[str, int]
    timings: dict[str, float]


_AT_HAND = 0.3
"""Part of the machine's memory that its workers may fill together with programs for the next time they are asked; what
has no room in it they write again."""

_BYTES = 500
"""Memory that a column takes, with its share of rows, entries and tables."""

_at_hand: dict[tuple[str, int], Group] = {}
_latest: dict[tuple[str, int], Group] = {}
"""The last for which there was no room."""


def _group(question: Question) -> Group:
    """The group that is asked, written unless it is at hand; whichever it is, its answer is the same."""
    key = (question.asked_by, question.number)
    if key in _at_hand or key in _latest:
        return _at_hand.get(key) or _latest[key]
    if any(asked_by != question.asked_by for asked_by, _ in (*_at_hand, *_latest)):
        forget()
    # What is worked out of an outlook stays with it: a copy can be forgotten.
    group = Group(question.outlook.only(np.arange(len(question.outlook.cases))), question.split, question.options)
    kept = sum(other.recourse.program.column_count for other in _at_hand.values())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (os.cpu_count() or 1)
    if (kept + group.recourse.program.column_count) * _BYTES <= _AT_HAND * memory:
        _at_hand[key] = group
    else:
        _latest.clear()
        _latest[key] = group
    return group


def draw(drawing: Drawing) -> Rough | None:
    """Draw a sketch with some decisions held; None if nothing keeps the rules with them.

    What it is worth to each future is best known where nothing else has to be whole; the master sees to that.
    """
    sketch = drawing.sketch
    sketch.weigh(sketch.futures.case.settings.risk_weight)
    program = sketch.program.hold(drawing.held, drawing.values) if len(drawing.held) else sketch.program
    return roughly(program, drawing.options["solver"], drawing.options["seed"])


def look(question: Question) -> Look:
    """Look what a group is like."""
    group = _group(question)
    return Look(group.recourse.whole, group.fingerprint)


def limit(question: Question) -> Limit | None:
    """Limit what a group earns, whatever else is decided early."""
    group = _group(question)
    slope, recourse = group.fair if question.slope is None else question.slope, group.recourse
    cut = None if question.prices is None else recourse.priced(question.prices, slope, question.held)
    return recourse.at_most(slope, question.start, question.held) if cut is None else Limit(cut, None, None)


def after(question: Question) -> Limit:
    """Limit what a group earns by what early decisions leave it to."""
    recourse = _group(question).recourse
    cut = None if question.prices is None else recourse.priced(question.prices)
    with in_words():
        return recourse.after(question.x, question.start) if cut is None else Limit(cut, None, None)


def decide(question: Question) -> Decision:
    """Decide all for a group."""
    recourse = _group(question).recourse
    with in_words():
        found = recourse.after(question.x, question.start)._replace(prices=None)
        if not found.cut.of_money:
            return Decision(found, None, None, recourse.size)
        if question.whole:
            # As steep as where it is reached, and as low as whole numbers let it be.
            found = found._replace(cut=recourse.at_most_whole(found.cut.slope) or found.cut)
        solution = recourse.decided(question.x, found.start)
    value = None if solution is None else solution.objective - float(recourse.paid @ question.x)
    return Decision(found, value, solution, recourse.size)


def forget() -> None:
    """Forget the programs that are at hand."""
    _at_hand.clear()
    _latest.clear()


def read_back(reading: Reading) -> list[Plan]:
    """Read the plans of a group's futures."""
    group = _group(reading.question)
    outlook = group.outlook
    dual = reading.solution.row_dual.copy()
    dual[early_rows(outlook, 0, group.split)] = reading.early_dual * outlook.futures.probability.sum()
    solution = dataclasses.replace(reading.solution, row_dual=dual)
    plans = outlook.plans(solution, reading.scaling, reading.options, reading.size, reading.timings)
    # Read now: the programs of a group are forgotten once it is done.
    return [dataclasses.replace(plan, tables=dict(plan.tables)) for plan in plans]
