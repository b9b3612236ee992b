"""Recourse: what can still be decided once what comes before a date is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import highspy
import numpy as np
from scipy import sparse

from coplant.errors import InfeasibleError, SolverError
from coplant.program.corner import Basis, Prices
from coplant.program.linear import LinearProgram
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.run import TOLERANCE, hand_over, run
from coplant.program.scaling import Scaled, scaled
from coplant.program.search import NODES
from coplant.program.solve import DIVE, INTERIOR_TOLERANCE, Solution, set_options, solve

_SIMPLEX = 60_000
"""Columns up to which the dual simplex is faster from an earlier basis than an interior point from nothing."""

_DEVEX = 1
"""HiGHS's number for Devex weights."""

_MISSED = 1e-6
"""By how much, in comfortable units, rows may be missed by what counts as possible."""

_PRICE = 1e-8
"""What a column without bound may earn beyond its price, in comfortable units, and count as earning nothing."""

_STATUS = highspy.HighsModelStatus


class Cut(NamedTuple):
    """What holds for all earlier decisions x: a limit on what later ones earn, or a condition on x itself."""

    constant: float
    slope: Floats
    """One for each earlier decision."""
    of_money: bool
    """Whether later decisions earn at most constant + slope @ x; else constant + slope @ x is at least nothing."""

    def at(self, x: Floats) -> float:
        """Its value at some earlier decisions."""
        return float(self.constant + self.slope @ x)


class Held(NamedTuple):
    """Early decisions that are known."""

    places: Integers
    """Their places among the early decisions."""
    values: Floats


class Limit(NamedTuple):
    """A limit on what later decisions earn."""

    cut: Cut
    prices: Prices | None
    """What is worth how much where it is reached: that limits what programs alike earn too, see `Recourse.priced`."""
    basis: Basis | None
    """The corner in which it is reached, if it is one."""


@dataclass(frozen=True, eq=False)
class Recourse:
    """A program of which some columns are decided early, and the others once more is known.

    Parameters
    ----------
    program : LinearProgram
        The program.
    early : ndarray of int, shape (E,)
        Columns that are decided early.
    paid : ndarray, shape (E,)
        What a unit of each adds to the objective early on; what it adds beyond that counts for later.
    options : dict
        How to solve programs: ``gap``, ``solver`` and ``seed`` as for `coplant.program.solve`.
    """

    program: LinearProgram
    early: Integers
    paid: Floats
    options: Mapping[str, Any]

    @cached_property
    def _model(self) -> Scaled:
        """The program in comfortable units, with what counts for later only."""
        model = scaled(self.program)
        cost, unit = model.cost.copy(), model.column[self.early] * model.objective
        # What fixed columns cost is in the offset; of early ones only what counts for later is to count.
        low, high = model.lower[self.early], model.upper[self.early]
        fixed = np.flatnonzero(low >= high)
        all_of_it = self.program.objective()[self.early] * unit
        cost[self.early] = -self._later * unit
        return dataclasses.replace(model, cost=cost, offset=model.offset + float(all_of_it[fixed] @ low[fixed]))

    @cached_property
    def _later(self) -> Floats:
        """What a unit of each early column adds to the objective later on."""
        return self.program.objective()[self.early] - self.paid

    @cached_property
    def late(self) -> Booleans:
        """Columns that are decided late."""
        late = np.ones(self.program.column_count, dtype=bool)
        late[self.early] = False
        return late

    @property
    def whole(self) -> bool:
        """Whether whole numbers are among them."""
        return bool(self.program.integer[self.late].any())

    @property
    def size(self) -> dict[str, int]:
        """How large what is left to decide is, in the words of `LinearProgram.size`."""
        return {
            "columns": int(self.late.sum()),
            "integer columns": int(self.program.integer[self.late].sum()),
            "rows": int(self.late_rows.sum()),
            "non-zeros": int(np.diff(self.program.matrix().indptr)[self.late_rows].sum()),
        }

    @cached_property
    def late_rows(self) -> Booleans:
        """Rows in which something is left to decide."""
        return np.asarray(self.program.entries_in(self.late) > 0)

    def after(self, x: Floats, basis: Basis | None = None) -> Limit:
        """Find what later decisions earn at the most after some early ones, whole numbers relaxed.

        Parameters
        ----------
        x : ndarray, shape (E,)
            The early decisions.
        basis : Basis, optional
            A corner to start from.

        Returns
        -------
        Limit
            One that is reached at x; where later decisions cannot keep the rules, a condition that x breaks.

        Raises
        ------
        SolverError
            What can be earned later has no limit, or no method finds it.
        """
        model = self._held(x)
        highs, cornered = self._ready(model, basis)
        status = run(highs)
        if status in (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible):
            missing = self._missing(model, x)
            if missing is not None:
                return Limit(missing, None, None)
            # The rules are missed by no more than noise.
            highs.setOptionValue("primal_feasibility_tolerance", _MISSED)
            highs.clearSolver()
            status = run(highs)
        if status == _STATUS.kOptimal:
            value = -float(highs.getInfo().objective_function_value) / model.objective
            cut = self._cut(highs, model, x, value, 1.0 / model.objective, True)
            return self._limit(cut, highs, model, cornered)
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")

    def at_most(self, slope: Floats, basis: Basis | None = None, held: Held | None = None) -> Limit | None:
        """Limit what later decisions earn after any early ones.

        Parameters
        ----------
        slope : ndarray, shape (E,)
            What a unit of each early decision is thought to be worth later on; the better it is known, the closer the
            limit.
        basis : Basis, optional
            A corner to start from.
        held : Held, optional
            Early decisions that are known; the limit holds only with them.

        Returns
        -------
        Limit or None
            The limit with that slope, or a condition that nothing keeps if no early decisions leave a plan; None if
            what is earned has no limit.
        """
        model = self._sloped(slope, held)
        highs, cornered = self._ready(model, basis)
        status = run(highs)
        if status == _STATUS.kInfeasible and basis is not None:
            # From a corner it can look as if no plan were left.
            return self.at_most(slope, held=held)
        if status == _STATUS.kInfeasible:
            return Limit(Cut(-1.0, np.zeros(len(slope)), False), None, None)
        if status != _STATUS.kOptimal:
            return None
        cut = Cut(-float(highs.getInfo().objective_function_value) / model.objective, slope, True)
        return self._limit(cut, highs, model, cornered)

    def _limit(self, cut: Cut, highs: highspy.Highs, model: Scaled, cornered: bool) -> Limit:
        """A cut with what HiGHS knows of where it is reached."""
        price = -np.array(highs.getSolution().row_dual) * model.row / model.objective
        return Limit(cut, Prices.of(self.program, price), Basis.of(self.program, highs) if cornered else None)

    def _sloped(self, slope: Floats, held: Held | None) -> Scaled:
        """The program in which a unit of each early decision costs what it is thought to be worth."""
        model = self._model
        cost, lower, upper = model.cost.copy(), model.lower, model.upper
        cost[self.early] += slope * model.column[self.early] * model.objective
        if held is not None:
            lower, upper, at = lower.copy(), upper.copy(), self.early[held.places]
            lower[at] = upper[at] = held.values / model.column[at]
        return dataclasses.replace(model, cost=cost, lower=lower, upper=upper)

    def priced(self, prices: Prices, slope: Floats | None = None, held: Held | None = None) -> Cut | None:
        """Limit what later decisions earn after any early ones by what is thought to be worth how much.

        Any prices do: what the columns earn beyond them is counted at the best of their bounds (weak duality).

        Parameters
        ----------
        prices : Prices
            The prices; the better they are, the closer the limit.
        slope, held
            As for `at_most`; by default the limit is as steep as the prices say.

        Returns
        -------
        Cut or None
            The limit; None if there is none, as a column without bound would earn more than its price.
        """
        model = self._model if slope is None else self._sloped(slope, held)
        late = self.late if slope is None else np.ones_like(self.late)
        price = -prices.in_rows(self.program) * model.objective / model.row
        bound = np.where(price > 0.0, model.row_lower, model.row_upper)
        price[~np.isfinite(bound)] = 0.0
        reduced = model.cost - model.matrix.T @ price
        at = np.where(reduced > 0.0, model.lower, model.upper)
        free = late & ~np.isfinite(at)
        if np.abs(reduced[free]).max(initial=0.0) > _PRICE:
            return None
        counted = late & ~free
        least = model.offset + price @ np.where(price != 0.0, bound, 0.0) + reduced[counted] @ at[counted]
        if slope is None:
            slope = -reduced[self.early] / (model.column[self.early] * model.objective)
        return Cut(-float(least) / model.objective, slope, True)

    def at_most_whole(self, slope: Floats) -> Cut | None:
        """Limit what later decisions earn after any early ones, whole numbers whole; so the limit is closer.

        Parameters
        ----------
        slope : ndarray, shape (E,)
            As for `at_most`.
        """
        program = self.program.copy()
        program.price(self.early, self._later - slope)
        try:
            return Cut(solve(program, **self.options).bound, slope, True)
        except SolverError:
            return None

    def decided(self, x: Floats, basis: Basis | None = None) -> Solution | None:
        """Decide all that is left, whole numbers whole; None if nothing keeps the rules.

        Parameters
        ----------
        x : ndarray, shape (E,)
            The early decisions.
        basis : Basis, optional
            A corner to start from.
        """
        try:
            # A large program is not searched: what its dives leave open is part of the gap that is told.
            nodes = NODES if self._small else 0
            return solve(self.program.hold(self.early, x), **self.options, nodes=nodes, basis=basis)
        except InfeasibleError:
            # From a corner noise can look as if no plan were left.
            return None if basis is None else self.decided(x)

    @property
    def _small(self) -> bool:
        return self.program.column_count <= DIVE

    def _ready(self, model: Scaled, basis: Basis | None = None) -> tuple[highspy.Highs, bool]:
        """HiGHS with a program and a way to solve it, and whether that ends in a corner."""
        highs, method = hand_over(model), self.options["solver"]
        if method == "auto":
            method = "simplex" if len(model.cost) <= _SIMPLEX else "hipo"
        cornered = method == "simplex"
        set_options(highs, method, self.options["seed"], TOLERANCE if cornered else INTERIOR_TOLERANCE)
        highs.setOptionValue("run_crossover", "on" if cornered else "off")
        if cornered and basis is not None:
            basis.corner(self.program, model).lead(highs)
            # Weights that need not be worked out anew at every corner.
            highs.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX)
        return highs, cornered

    def _held(self, x: Floats) -> Scaled:
        """The program after some early decisions."""
        model = self._model
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[self.early] = upper[self.early] = x / model.column[self.early]
        return dataclasses.replace(
            model,
            lower=lower,
            upper=upper,
            row_lower=np.where(self.late_rows, model.row_lower, -np.inf),
            row_upper=np.where(self.late_rows, model.row_upper, np.inf),
        )

    def _cut(self, highs: highspy.Highs, model: Scaled, x: Floats, value: float, money: float, of_money: bool) -> Cut:
        """A cut from what HiGHS says a unit of each early column is worth."""
        reduced = np.array(highs.getSolution().col_dual)[self.early]
        slope = -reduced / model.column[self.early] * money
        return Cut(value - float(slope @ x), slope, of_money)

    def _missing(self, model: Scaled, x: Floats) -> Cut | None:
        """A condition that early decisions break after which the rules cannot be kept: how far they are missed.

        None if that is no more than noise.
        """
        rows = np.flatnonzero(self.late_rows)
        count = len(rows)
        entries = sparse.csr_array(
            (np.tile([1.0, -1.0], count), (np.repeat(rows, 2), np.arange(2 * count))),
            shape=(len(model.row_lower), 2 * count),
        )
        no = np.zeros(2 * count, dtype=bool)
        elastic = dataclasses.replace(
            model,
            matrix=sparse.csr_array(sparse.hstack([model.matrix, entries])),
            cost=np.append(np.zeros(len(model.cost)), np.ones(2 * count)),
            offset=0.0,
            lower=np.append(model.lower, np.zeros(2 * count)),
            upper=np.append(model.upper, np.full(2 * count, np.inf)),
            whole=np.append(model.whole, no),
            share=np.append(model.share, no),
        )
        highs, _ = self._ready(elastic)
        missed = -float(highs.getInfo().objective_function_value) if run(highs) == _STATUS.kOptimal else np.nan
        if np.isnan(missed):
            raise SolverError("HiGHS cannot say whether what is decided early leaves a plan for what comes later")
        if missed >= -_MISSED:
            return None
        return self._cut(highs, elastic, x, missed, 1.0, False)
