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

from coplant.errors import InfeasibleError, NumericalError, SolverError
from coplant.program.corner import Basis, Corner, Prices
from coplant.program.linear import LinearProgram, widened
from coplant.program.money import Booleans, Floats, Integers
from coplant.program.run import EVEN_TOLERANCE, TOLERANCE, hand_over, run
from coplant.program.scaling import COMFORTABLE, Even, Scaled, even, scaled
from coplant.program.search import NODES
from coplant.program.solve import DIVE, INTERIOR_TOLERANCE, Solution, set_options, solve

_SIMPLEX = 60_000
"""Columns up to which the dual simplex is faster from an earlier basis than an interior point from nothing."""

_MISSED = 1e-6
"""By how much rows may be missed by what counts as possible, in the units in which the program is solved."""

_PRICE = 1e-5
"""What a unit of a column without bound may earn beyond its price, in comfortable units. There is no more of it, then,
than of what has the largest bound.
"""

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


class Start(NamedTuple):
    """Where to start from."""

    basis: Basis
    """A corner."""
    slope: Floats
    """What a unit of each early decision was thought to be worth later where it was reached."""


class Limit(NamedTuple):
    """A limit on what later decisions earn."""

    cut: Cut
    prices: Prices | None
    """What is worth how much where it is reached: that limits what programs alike earn too, see `Recourse.priced`."""
    start: Start | None
    """Where it is reached, if that is a corner."""


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
    def _method(self) -> str:
        """How to solve it: by the dual simplex, from one corner to the next, as long as it is not too large."""
        method: str = self.options["solver"]
        if method == "auto":
            method = "simplex" if self.program.column_count <= _SIMPLEX else "hipo"
        return method

    @cached_property
    def _model(self) -> Scaled:
        """The program as it is solved."""
        return even(self._comfortable) if self._method == "simplex" else self._comfortable

    @cached_property
    def _comfortable(self) -> Scaled:
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

    def after(self, x: Floats, start: Start | None = None) -> Limit:
        """Find what later decisions earn at the most after some early ones, whole numbers relaxed.

        Parameters
        ----------
        x : ndarray, shape (E,)
            The early decisions.
        start : Start, optional
            Where to start from.

        Returns
        -------
        Limit
            One that is reached at x; where later decisions cannot keep the rules, a condition that x breaks.

        Raises
        ------
        SolverError
            What can be earned later has no limit, or no method finds it.
        """
        # What is fixed may cost anything. As it does where one starts from, prices there fit.
        slope = np.zeros(len(x)) if start is None else start.slope
        model = self._held(self._sloped(self._model, slope), x)
        highs, status = self._solved(model, start)
        if status in (_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible):
            missing = self._missing(x)
            if missing is not None:
                return Limit(missing, None, None)
            # The rules are missed by no more than noise.
            highs.setOptionValue("primal_feasibility_tolerance", _MISSED)
            highs.clearSolver()
            status = run(highs)
        if status == _STATUS.kOptimal:
            value = -float(highs.getInfo().objective_function_value) / model.objective
            price = self._late_prices(highs)
            steeper = self._slope(model, price) / model.objective
            cut = Cut(value - float(steeper @ x), slope + steeper, True)
            return self._limit(cut, highs, model, price, slope)
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")

    def at_most(self, slope: Floats, start: Start | None = None, held: Held | None = None) -> Limit | None:
        """Limit what later decisions earn after any early ones.

        Parameters
        ----------
        slope : ndarray, shape (E,)
            What a unit of each early decision is thought to be worth later on; the better it is known, the closer the
            limit.
        start : Start, optional
            Where to start from.
        held : Held, optional
            Early decisions that are known; the limit holds only with them.

        Returns
        -------
        Limit or None
            The limit with that slope, or a condition that nothing keeps if no early decisions leave a plan; None if
            what is earned has no limit.
        """
        model = self._sloped(self._model, slope, held)
        highs, status = self._solved(model, start)
        if status == _STATUS.kInfeasible:
            return Limit(Cut(-1.0, np.zeros(len(slope)), False), None, None)
        if status != _STATUS.kOptimal:
            return None
        cut = Cut(-float(highs.getInfo().objective_function_value) / model.objective, slope, True)
        return self._limit(cut, highs, model, np.array(highs.getSolution().row_dual), slope)

    def _limit(self, cut: Cut, highs: highspy.Highs, model: Scaled, price: Floats, slope: Floats) -> Limit:
        """A cut with what is known of where it is reached."""
        start = None
        if self._method == "simplex":
            start = Start(Basis.of(self.program, Corner.within(highs, model)), slope)
        return Limit(cut, Prices.of(self.program, -price * model.row / model.objective), start)

    def _sloped(self, model: Scaled, slope: Floats, held: Held | None = None) -> Scaled:
        """The program in which a unit of each early decision costs what it is thought to be worth."""
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
        model = self._comfortable if slope is None else self._sloped(self._comfortable, slope, held)
        late = self.late if slope is None else np.ones_like(self.late)
        price = -prices.in_rows(self.program) * model.objective / model.row
        bound = np.where(price > 0.0, model.row_lower, model.row_upper)
        price[~np.isfinite(bound)] = 0.0
        reduced = model.cost - model.matrix.T @ price
        at = np.where(reduced > 0.0, model.lower, model.upper)
        if np.abs(reduced[late & ~np.isfinite(at)]).max(initial=0.0) > _PRICE:
            return None
        at = np.where(np.isfinite(at), at, np.sign(at) * COMFORTABLE)
        least = model.offset + price @ np.where(price != 0.0, bound, 0.0) + reduced[late] @ at[late]
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

    def decided(self, x: Floats, start: Start | None = None) -> Solution | None:
        """Decide all that is left, whole numbers whole; None if nothing keeps the rules, or digits are lost.

        Parameters
        ----------
        x : ndarray, shape (E,)
            The early decisions.
        start : Start, optional
            Where to start from.
        """
        held, spent = self.program.hold(self.early, x, kept=start is not None), 0.0
        if start is not None:
            held.price(self.early, self._later - start.slope)
            spent = float((self.paid + start.slope) @ held.lower[self.early])
        try:
            # A large program is not searched: what its dives leave open is part of the gap that is told.
            nodes = NODES if self._small else 0
            found = solve(held, **self.options, nodes=nodes, basis=start and start.basis)
        except (InfeasibleError, NumericalError):
            # From a corner noise can look as if no plan were left.
            return None if start is None else self.decided(x)
        return dataclasses.replace(found, objective=found.objective + spent, bound=found.bound + spent)

    @property
    def _small(self) -> bool:
        return self.program.column_count <= DIVE

    def _solved(self, model: Scaled, start: Start | None = None) -> tuple[highspy.Highs, highspy.HighsModelStatus]:
        """HiGHS with a program that it has solved, and what became of it."""
        highs, cornered = hand_over(model), self._method == "simplex"
        exact = EVEN_TOLERANCE if isinstance(model, Even) else TOLERANCE
        set_options(highs, self._method, self.options["seed"], exact if cornered else INTERIOR_TOLERANCE)
        highs.setOptionValue("run_crossover", "on" if cornered else "off")
        if cornered and start is not None and start.basis.corner(self.program, model).solved(highs):
            return highs, highs.getModelStatus()
        return highs, run(highs)

    def _held(self, model: Scaled, x: Floats) -> Scaled:
        """The program after some early decisions."""
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[self.early] = upper[self.early] = x / model.column[self.early]
        # Rows in which nothing is left to decide are kept, however that turned out.
        comes_to = model.matrix @ np.where(self.late, 0.0, lower)
        row_lower, row_upper = widened(model.row_lower, model.row_upper, ~self.late_rows, comes_to)
        return dataclasses.replace(model, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)

    def _late_prices(self, highs: highspy.Highs) -> Floats:
        """Prices of rows in which something is left to decide; what others are worth is not earned later."""
        return np.where(self.late_rows, np.array(highs.getSolution().row_dual), 0.0)

    def _slope(self, model: Scaled, price: Floats) -> Floats:
        """What a unit of each early column is worth in the model's money, by the prices of late rows."""
        return np.asarray((model.matrix.T @ price - model.cost)[self.early] / model.column[self.early])

    def _missing(self, x: Floats) -> Cut | None:
        """A condition that early decisions break after which the rules cannot be kept: how far they are missed.

        None if that is no more than noise.
        """
        model, rows = self._held(self._comfortable, x), np.flatnonzero(self.late_rows)
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
        highs, status = self._solved(elastic)
        missed = -float(highs.getInfo().objective_function_value) if status == _STATUS.kOptimal else np.nan
        if np.isnan(missed):
            raise SolverError("HiGHS cannot say whether what is decided early leaves a plan for what comes later")
        if missed >= -_MISSED:
            return None
        slope = self._slope(elastic, self._late_prices(highs))
        return Cut(missed - float(slope @ x), slope, False)
