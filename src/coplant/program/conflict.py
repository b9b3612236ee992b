"""Rules that collide: a minimal set of rows that cannot hold together."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import highspy
import numpy as np
from scipy import sparse

from coplant.program.linear import Columns, LinearProgram, Rows
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.rules import Rules
from coplant.program.run import hand_over, now_and_then, stop_at
from coplant.program.scaling import Scaled

_HELD = 1e-6

_ENDLESS = 1e12
"""Stands for no upper bound where infinity would not add up."""

_NOTHING = 1e-6
"""Share of the largest beneath which a price is nothing."""

_NOISE = 1e-9
"""Share of the largest beneath which a multiplier is nothing."""


class Collision(NamedTuple):
    """Rules that cannot hold together."""

    names: list[str]
    """Names of rows, and of columns whose bounds take part; none where time ran out before any was singled out."""
    smallest: bool
    """Whether without any one of them the others can hold: not so where time ran out before each was tried."""


def colliding(
    program: LinearProgram,
    model: Scaled,
    rules: Rules,
    until: float,
    say: Callable[[str], None],
    given: Booleans | None = None,
) -> Collision:
    """Find rules that cannot hold together, each of which could if one of the others went.

    Rows that only count what others decide are left out if the others collide without them, and so are those of all
    nodes after the first by which they do. Multipliers of the rows prove that they collide (Farkas), and rows without
    one take no part; where the simplex finds none soon, rows take part that cannot be broken less without breaking
    others more. Of these as many as possible are let go while the rest still collide: the elastic and deletion filters
    of Chinneck & Dravnieks (1991, ORSA Journal on Computing 3(2)), shortened by a new proof each time. To tell of few
    things, all rows of a thing are let go together where that can be, and only then single ones, the latest first;
    bounds of columns go last.

    Parameters
    ----------
    program : LinearProgram
        Gives the names; its whole numbers are relaxed.
    model : Scaled
        The same in comfortable units.
    rules : Rules
        Its rules, just found not to hold together.
    until : float
        Time of the performance counter at which to stop, with rules that may not all be needed.
    say : callable
        Is told how many rules are left to try.
    given : ndarray of bool, optional
        Columns whose bounds are not to be let go.
    """
    by_row, by_column = _places(program)
    rows = np.arange(len(by_row.counts))
    if by_row.counts.any():
        decided = np.flatnonzero(~by_row.counts)
        plain = _with_rows(model, decided)
        without_counts = Rules(plain, until)
        if without_counts.hold() is False:
            model, rules, rows = plain, without_counts, decided
    say("no plan keeps all the rules; looking for the first that collide")
    early, rules = _soonest(model, rules, by_row.node[rows], until)
    model, rows = _with_rows(model, early), rows[early]
    by_row = _Places(by_row.counts[rows], by_row.thing[rows], by_row.node[rows])

    every = np.ones(len(rows) + 2 * len(model.lower), dtype=bool)
    proof = _proof(model, rules.multipliers())
    suspects = _least_broken(model, until, say) if proof is None else proof
    part = _Part(model, suspects, given, until)
    collides = part.collides()
    if collides is False:
        part = _Part(model, every, given, until)
    smallest = part.let_go_of_needless(by_row, by_column, say)
    if not smallest and (collides is False or (collides is None and proof is None)):
        return Collision([], False)
    row, column = part.kept()
    names = [program.row_name(int(k)) for k in rows[row]] + [program.column_name(int(k)) for k in column]
    return Collision(names, smallest)


def colliding_by_choice(
    program: LinearProgram,
    model: Scaled,
    bounds: Sequence[tuple[Floats, Floats]],
    until: float,
    say: Callable[[str], None],
) -> dict[str, Collision]:
    """Find rules that cannot hold together where none of the ways to choose the whole numbers has a solution.

    Parameters
    ----------
    program, model, until, say
        As for `colliding`.
    bounds : sequence of (ndarray, ndarray)
        Bounds of the integer columns: ways to choose them that together leave no other.

    Returns
    -------
    dict of str to Collision
        The rules that collide, by the bounds under which they do, such as ``sign[north] = 1 and sign[south] = 0``.
    """
    integer = np.flatnonzero(model.whole)
    always = _forced(model)
    found = {}
    for low, high in bounds:
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[integer], upper[integer] = low, high
        narrower = (lower > model.lower) | (upper < model.upper)
        choice = " and ".join(
            _chosen(program.column_name(int(column)), lower[column], upper[column])
            for column in np.flatnonzero(narrower)
        )
        # What the choice leaves at nothing, such as all that needs another signature, takes no part.
        held = dataclasses.replace(model, lower=lower, upper=upper)
        left_out = _forced(held) & ~always
        held.upper[left_out] = held.lower[left_out]
        rules = Rules(held, until)
        collide = rules.hold() is False
        found[choice] = (
            colliding(program, held, rules, until, say, narrower | left_out) if collide else Collision([], False)
        )
    return found


class _Places(NamedTuple):
    """Where rows or columns stand; each is an array over them."""

    counts: Booleans
    """Whether it only counts what others decide."""
    thing: Integers
    """Number of the thing it is about: cells that differ in nothing but their node are about one thing."""
    node: Integers
    """Its node; 0 if it has none."""


def _soonest(model: Scaled, rules: Rules, node: Integers, until: float) -> tuple[Integers, Rules]:
    """Rows of the fewest first nodes that cannot hold together, as far as can be told, and the rules they make."""
    nodes = np.unique(node)
    found, none, enough = np.arange(len(node)), -1, len(nodes) - 1
    while enough - none > 1 and time.perf_counter() < until:
        middle = (none + enough) // 2
        early = np.flatnonzero(node <= nodes[middle])
        sooner = Rules(_with_rows(model, early), until)
        if sooner.hold() is False:
            found, rules, enough = early, sooner, middle
        else:
            none = middle
    return found, rules


def _least_broken(model: Scaled, until: float, say: Callable[[str], None]) -> Booleans:
    """Rows that stand in the way of breaking the others less, and all bounds.

    Every row may be broken at a price of one per unit; where least is paid in all, rows whose price is nothing take no
    part in what collides.
    """
    say("no plan keeps all the rules; looking for those that collide")
    rows, columns = len(model.row_lower), len(model.lower)
    identity = sparse.eye_array(rows, format="csr")
    slack = np.zeros(2 * rows)
    elastic = dataclasses.replace(
        model,
        matrix=sparse.hstack([model.matrix, identity, -identity], format="csr"),
        cost=np.concatenate([np.zeros(columns), slack + 1.0]),
        offset=0.0,
        lower=np.concatenate([model.lower, slack]),
        upper=np.concatenate([model.upper, slack + np.inf]),
        whole=np.concatenate([model.whole, slack > 0.0]),
        share=np.concatenate([model.share, slack > 0.0]),
    )
    highs = hand_over(elastic)
    highs.setOptionValue("solver", "ipx")
    highs.setOptionValue("run_crossover", "off")
    highs.HandleKeyboardInterrupt = True
    stop_at(highs, until)
    highs.solve()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    price = np.abs(np.array(highs.getSolution().row_dual))
    return np.concatenate([price > _NOTHING * price.max(initial=0.0), np.ones(2 * columns, dtype=bool)])


def _with_rows(model: Scaled, rows: Integers) -> Scaled:
    return dataclasses.replace(
        model,
        matrix=model.matrix[rows],
        row_lower=model.row_lower[rows],
        row_upper=model.row_upper[rows],
        all_whole=model.all_whole[rows],
    )


class _Part:
    """Rows of a program and the columns in them, whose limits are let go one after the other.

    A limit is a row, the lower bound of a column, or its upper bound; they are counted in this order. That a quantity
    is not negative and that a decision is yes or no are not limits, for nobody has set them.

    Parameters
    ----------
    model : Scaled
        The program.
    limits : ndarray of bool
        Its limits that take part.
    given : ndarray of bool, optional
        Columns whose bounds are not to be let go.
    until : float
        Time of the performance counter at which to stop.
    """

    def __init__(self, model: Scaled, limits: Booleans, given: Booleans | None, until: float) -> None:
        count = len(model.row_lower)
        self.rows = rows = np.flatnonzero(limits[:count])
        self.until = until
        of_rows = _with_rows(model, rows)
        self.columns = of_column = np.unique(of_rows.matrix.indices)
        self.model = dataclasses.replace(
            of_rows,
            matrix=of_rows.matrix[:, of_column],
            cost=np.zeros(len(of_column)),
            lower=model.lower[of_column],
            upper=model.upper[of_column],
            whole=model.whole[of_column],
            share=model.share[of_column],
        )
        self.left = dataclasses.replace(
            self.model,
            lower=self.model.lower.copy(),
            upper=self.model.upper.copy(),
            row_lower=self.model.row_lower.copy(),
            row_upper=self.model.row_upper.copy(),
        )
        self.rules = Rules(self.model, until)
        # A proof is there only of what was solved as it stands.
        self.rules.highs.setOptionValue("presolve", "off")
        yes_or_no = self.model.whole & (self.model.lower == 0.0) & (self.model.upper == 1.0)
        set_by_somebody = ~yes_or_no if given is None else ~yes_or_no & ~given[of_column]
        self.limits = np.concatenate(
            [
                np.ones(len(rows), dtype=bool),
                set_by_somebody & np.isfinite(self.model.lower) & (self.model.lower != 0.0),
                set_by_somebody & np.isfinite(self.model.upper),
            ]
        )
        self.gone = np.zeros(len(self.limits), dtype=bool)
        lower, upper = limits[count:].reshape(2, -1)[:, of_column]
        self._move(np.flatnonzero(self.limits & ~np.concatenate([np.ones(len(rows), dtype=bool), lower, upper])), True)

    def collides(self) -> bool | None:
        """Whether what is left cannot hold together."""
        held = self.rules.hold()
        return None if held is None else not held

    def let_go_of_needless(self, by_row: _Places, by_column: _Places, say: Callable[[str], None]) -> bool:
        """Let go of limits as long as the others collide; say whether each that is left was tried.

        Parameters
        ----------
        by_row, by_column : _Places
            Places of the rows and of the columns of the program.
        say : callable
            Is told how many limits are left to try.
        """
        rows, columns = self.rows, self.columns
        thing = np.concatenate([by_row.thing[rows], by_column.thing[columns], by_column.thing[columns]])
        node = np.concatenate([by_row.node[rows], by_column.node[columns], by_column.node[columns]])
        bound = np.arange(len(self.limits)) >= len(self.rows)
        waiting = np.flatnonzero(self.limits & ~self.gone)
        say_now = now_and_then(say)

        def tell() -> None:
            say_now(f"no plan keeps all the rules; looking for those that collide, {len(waiting):,} left to look at")

        self.collides()
        waiting = self._proven(waiting)
        about = np.stack([bound, -thing])
        for one in np.unique(about[:, waiting], axis=1).T:
            tell()
            if time.perf_counter() >= self.until:
                return False
            of_one = (about[:, waiting] == one[:, None]).all(axis=0)
            if self._spared(waiting[of_one]):
                waiting = self._proven(waiting[~of_one])
        waiting = waiting[np.lexsort((-node[waiting], bound[waiting]))]
        known, together = True, 1
        while len(waiting):
            tell()
            if time.perf_counter() >= self.until:
                return False
            spared = self._spared(waiting[:together])
            if spared:
                waiting = self._proven(waiting[together:])
                together *= 2
            elif together == 1:
                # Without it the others hold, or nobody can tell.
                known &= spared is not None
                waiting = waiting[1:]
            else:
                together = max(together // 2, 1)
        return known

    def kept(self) -> tuple[Integers, Integers]:
        """Rows, and columns with bounds, that have not been let go."""
        row, lower, upper = np.split(self.limits & ~self.gone, [len(self.rows), len(self.rows) + len(self.columns)])
        return self.rows[row], self.columns[lower | upper]

    def _spared(self, limits: Integers) -> bool | None:
        """Let limits go if the others collide without them; None if nobody can tell."""
        self._move(limits, gone=True)
        collides = self.collides()
        if not collides:
            self._move(limits, gone=False)
        return collides

    def _proven(self, waiting: Integers) -> Integers:
        """Let go of limits that the last proof does without, and give back those that it needs."""
        proof = _proof(self.left, self.rules.multipliers())
        if proof is None or proof[waiting].all():
            return waiting
        return waiting[proof[waiting]] if self._spared(waiting[~proof[waiting]]) else waiting

    def _move(self, limits: Integers, gone: bool) -> None:
        """Let limits go, or put them back."""
        self.gone[limits] = gone
        stated, left = self.model, self.left
        rows, columns = len(self.rows), len(self.columns)
        row = limits[limits < rows]
        lower = limits[(limits >= rows) & (limits < rows + columns)] - rows
        upper = limits[limits >= rows + columns] - rows - columns
        left.row_lower[row] = -np.inf if gone else stated.row_lower[row]
        left.row_upper[row] = np.inf if gone else stated.row_upper[row]
        left.lower[lower] = np.where(stated.lower[lower] > 0.0, 0.0, -np.inf) if gone else stated.lower[lower]
        left.upper[upper] = np.inf if gone else stated.upper[upper]
        column = np.union1d(lower, upper)
        for k in row:
            self.rules.highs.changeRowBounds(int(k), left.row_lower[k], left.row_upper[k])
        self.rules.highs.changeColsBounds(len(column), column.astype(np.int32), left.lower[column], left.upper[column])


def proof_of(model: Scaled, rules: Rules) -> Integers:
    """Rows by which multipliers prove that rules, just found not to hold together, cannot; none if no proof is found.

    Parameters
    ----------
    model : Scaled
        The program of the rules.
    rules : Rules
        The rules.
    """
    proof = _proof(model, rules.multipliers())
    return np.empty(0, dtype=np.int64) if proof is None else np.flatnonzero(proof[: len(model.row_lower)])


def _proof(model: Scaled, multipliers: Floats | None) -> Booleans | None:
    """Limits by which multipliers of the rows prove that they collide, counted as in `_Part`; None if they do not."""
    if multipliers is None or not multipliers.any():
        return None
    used = np.abs(multipliers) > _NOISE * np.abs(multipliers).max()
    weight = np.where(used, multipliers, 0.0)
    size = model.matrix.copy()
    size.data = np.abs(size.data)
    pull = model.matrix.T @ weight
    pull[np.abs(pull) <= _NOISE * (size.T @ np.abs(weight))] = 0.0
    # Which sign proves it depends on how the multipliers are counted.
    for sign in (1.0, -1.0):
        up, down = sign * weight > 0.0, sign * weight < 0.0
        right, left = sign * pull > 0.0, sign * pull < 0.0
        most = model.row_upper[up] @ np.abs(weight[up]) - model.row_lower[down] @ np.abs(weight[down])
        least = model.lower[right] @ np.abs(pull[right]) - model.upper[left] @ np.abs(pull[left])
        if least > most:
            return np.concatenate([used, right, left])
    return None


def _places(program: LinearProgram) -> tuple[_Places, _Places]:
    """Places of the rows, and of the columns, of a program."""
    return (
        _places_in(program.row_blocks, program.row_count, program),
        _places_in(program.column_blocks, program.column_count, program),
    )


def _places_in(blocks: Mapping[str, Columns | Rows], count: int, program: LinearProgram) -> _Places:
    found = _Places(np.zeros(count, dtype=bool), *np.zeros((2, count), dtype=np.int64))
    nodes, things = len(program.probability), 0
    for name, block in blocks.items():
        shape = block.index.shape
        # Nodes lie along the last axis that is as long as there are nodes.
        along = max((axis for axis, length in enumerate(shape) if length == nodes), default=None)
        without = tuple(1 if axis == along else length for axis, length in enumerate(shape))
        thing = things + np.broadcast_to(np.arange(np.prod(without)).reshape(without), shape)
        things += int(np.prod(without))
        present = block.index >= 0
        cells = block.index[present]
        found.counts[cells] = name in program.accounts
        found.thing[cells] = thing[present]
        if along is not None:
            found.node[cells] = np.nonzero(present)[along]
    return found


def _forced(model: Scaled) -> Booleans:
    """Columns that rows hold at their lower bound: those of a row that is kept only if all of them are."""
    matrix, lower, upper = model.matrix, model.lower, model.upper.copy()
    rising, falling = matrix.copy(), matrix.copy()
    rising.data, falling.data = np.maximum(matrix.data, 0.0), np.minimum(matrix.data, 0.0)
    forced = lower >= upper
    while True:
        # A column without end that takes from a row makes its least activity -inf: no such row forces anything.
        least = rising @ lower + falling @ np.minimum(upper, _ENDLESS)
        tight = least >= model.row_upper - _HELD
        more = (rising.T @ tight > 0.0) & ~forced
        if not more.any():
            return forced
        forced |= more
        upper[more] = lower[more]


def _chosen(name: str, low: float, high: float) -> str:
    if low == high:
        return f"{name} = {low:g}"
    return f"{name} >= {low:g}" if np.isinf(high) else f"{low:g} <= {name} <= {high:g}"
