"""What was found of a program, kept so that it serves programs alike too: the corner, and prices of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import highspy
import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from scipy.sparse.csgraph import structural_rank
from scipy.sparse.linalg import splu

from coplant.program.linear import Columns, LinearProgram, Rows
from coplant.program.money import Floats, Integers
from coplant.program.scaling import Scaled

States = npt.NDArray[np.int8]

_STATE = list(map(highspy.HighsBasisStatus, range(5)))
LOWER, BASIC, UPPER, FREE = range(4)
"""HiGHS's numbers for what is at its lower bound, between bounds, at its upper bound, and at nothing without bounds."""
_NOWHERE = -1

_FROM_CORNER: tuple[dict[str, Any], ...] = (
    {"simplex_dual_edge_weight_strategy": 1, "dual_simplex_cost_perturbation_multiplier": 0.0},
    {"simplex_dual_edge_weight_strategy": 1, "dual_simplex_cost_perturbation_multiplier": 1.0},
    {"simplex_dual_edge_weight_strategy": 2, "dual_simplex_cost_perturbation_multiplier": 1.0},
)
"""Options to try in turn from a corner: prices as they are, for few are wrong there, and weights of edges that need not
be worked out anew at every corner (Devex); other prices; weights that are worked out.
"""

_DUAL = {"simplex_strategy": 1} | _FROM_CORNER[1]
_PRIMAL = {
    "simplex_strategy": 4,
    "simplex_primal_edge_weight_strategy": 1,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
    "simplex_dual_edge_weight_strategy": 1,
}
"""Options from a corner of a large program, for either simplex; after the primal HiGHS may take last steps of the dual.
Bounds as they are take a fifth fewer steps than perturbed ones.
"""

_UPDATES = 100
"""Steps after which a basis is factored anew. After some hundred so many digits are lost that HiGHS now and then takes
hundreds of steps back ("possibly dual unbounded").
"""

_LARGE = 50_000
"""Rows beyond which a program is large: to factor a basis and to weigh edges then takes longer than some steps."""

_LARGE_UPDATES = 1_000
"""Steps after which the basis of a large program is factored anew."""

_LARGE_STEPS = 0.1
"""Steps from a corner of a large program, as a share of its rows, that are still sooner done than all from scratch."""

_MANY = 100
"""Columns and rows too many or too few beyond which two programs are not alike."""

_SMALL = 1e-6
"""Size of numbers that are too small for pivots."""

_OFF = 1e-6
"""By how much prices may be off in what HiGHS says is the best, in the units of the program."""

_STATUS = highspy.HighsModelStatus

_Value = TypeVar("_Value", np.int8, np.float64)
_Cells = Mapping[str, npt.NDArray[_Value]]


class Corner(NamedTuple):
    """A corner: which columns and rows are at which of their bounds, and which between.

    Parameters
    ----------
    columns, rows : ndarray of int8
        HiGHS's state of each.
    """

    columns: States
    rows: States

    @classmethod
    def of(cls, highs: highspy.Highs) -> Corner:
        """The corner in which HiGHS has solved a program."""
        basis = highs.getBasis()
        return cls(*(np.fromiter(map(int, states), np.int8) for states in (basis.col_status, basis.row_status)))

    @classmethod
    def within(cls, highs: highspy.Highs, model: Scaled) -> Corner:
        """The same, read off the bounds of what HiGHS has solved, which takes a tenth of the time.

        Parameters
        ----------
        highs : Highs
            Has solved the program.
        model : Scaled
            The program.
        """
        status, basic = highs.getBasicVariables()  # type: ignore[attr-defined]
        if status != highspy.HighsStatus.kOk:
            return cls.of(highs)
        found = highs.getSolution()
        columns = _nearer(np.array(found.col_value), model.lower, model.upper)
        rows = _nearer(np.array(found.row_value), model.row_lower, model.row_upper)
        columns[basic[basic >= 0]] = BASIC
        rows[-1 - basic[basic < 0]] = BASIC
        return cls(columns, rows)

    def fitted(self, model: Scaled) -> Corner:
        """The corner with as many columns and rows between bounds as the program has rows, if it has not so many.

        A corner of another program has too many between bounds where rows were lost, and too few where columns were.
        HiGHS leaves out, or adds, where it happens to find no pivot, at times so that prices grow beyond all numbers.
        Here those are taken that hang together with the others the most: where the null spaces are largest, by QR with
        column pivoting (Businger and Golub, 1965).

        Parameters
        ----------
        model : Scaled
            The program.
        """
        columns, rows = (np.flatnonzero(states == BASIC) for states in self)
        if len(columns) + len(rows) == len(self.rows):
            return self
        units = sparse.eye_array(len(self.rows), format="csc")[:, rows]
        basis = sparse.hstack([model.matrix.tocsc()[:, columns], units], format="csc")
        over, under = np.array(basis.shape[::-1]) - structural_rank(basis)
        if over + under > _MANY:
            return self
        out, into = _loose(basis, int(over), int(under))
        of_columns, of_rows = self.columns.copy(), self.rows.copy()
        of_columns[columns[out[out < len(columns)]]] = LOWER
        of_rows[rows[out[out >= len(columns)] - len(columns)]] = LOWER
        move_to_bounds(of_columns, model.lower, model.upper, FREE)
        move_to_bounds(of_rows, model.row_lower, model.row_upper, BASIC)
        of_rows[into] = BASIC
        return Corner(of_columns, of_rows)

    def lead(self, highs: highspy.Highs) -> None:
        """Let the next solve start here."""
        start = highspy.HighsBasis()
        start.col_status, start.row_status = ([_STATE[state] for state in states.tolist()] for states in self)
        start.valid = True
        # HiGHS makes a basis of what has too few or too many columns for one, if it is told that it may have.
        start.alien = sum(int((states == BASIC).sum()) for states in self) != len(self.rows)
        highs.setBasis(start)

    def solved(self, highs: highspy.Highs) -> bool:
        """Solve a program from here; False where that leads nowhere, and nothing is as if it were tried.

        That nothing keeps the rules leads nowhere too: from a corner it can look so, and counts only from scratch. In a
        large program a corner that keeps the rules is gone on from by the primal simplex, and others by the dual.
        """
        if highs.getNumRow() <= _LARGE:
            return _led(highs, [(self, options) for options in _FROM_CORNER])
        method = _DUAL if _breaks_rules(highs, self) else _PRIMAL
        return _led(highs, [(self, method)], _LARGE_UPDATES, int(_LARGE_STEPS * highs.getNumRow()))


def gone_on(highs: highspy.Highs) -> bool:
    """Solve a program from where HiGHS solved it within other bounds, for which nothing is factored anew.

    False where that leads nowhere, as for `Corner.solved`.
    """
    return _led(highs, [(None, _FROM_CORNER[0])])


def _breaks_rules(highs: highspy.Highs, corner: Corner) -> bool:
    """Whether a value is outside its bounds at a corner."""
    # Where no step is taken no edges need be weighed.
    before = _set(highs, {"simplex_iteration_limit": 0, "simplex_dual_edge_weight_strategy": 1})
    corner.lead(highs)
    highs.solve()
    found = bool(highs.getInfo().num_primal_infeasibilities > 0)
    # From what HiGHS keeps of this the simplex can take three times as many steps.
    highs.clearSolver()
    _set(highs, before)
    return found


def _set(highs: highspy.Highs, options: Mapping[str, Any]) -> dict[str, Any]:
    """Set options of HiGHS, and return what they were before."""
    before = {name: highs.getOptionValue(name)[1] for name in options}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return before


def _led(
    highs: highspy.Highs,
    ways: list[tuple[Corner | None, dict[str, Any]]],
    updates: int = _UPDATES,
    steps: int | None = None,
) -> bool:
    # What takes more steps than there are rows is sooner done from scratch.
    limits = {"simplex_update_limit": updates, "simplex_iteration_limit": highs.getNumRow() if steps is None else steps}
    before = {name: highs.getOptionValue(name)[1] for _, options in ways for name in options} | _set(highs, limits)
    # This is soon over, so that an interrupt can wait for its end.
    highs.HandleKeyboardInterrupt = False
    for corner, options in ways:
        _set(highs, options)
        if corner is not None:
            corner.lead(highs)
        highs.solve()
        if highs.getModelStatus() == _STATUS.kInfeasible:
            break
        if highs.getModelStatus() == _STATUS.kOptimal and highs.getInfo().max_dual_infeasibility <= _OFF:
            highs.setOptionValue("simplex_iteration_limit", before["simplex_iteration_limit"])
            return True
    highs.HandleKeyboardInterrupt = True
    highs.clearSolver()
    _set(highs, before)
    return False


@dataclass(frozen=True, eq=False)
class Basis:
    """A corner, kept by cells of blocks.

    So the corner of one future's program is one to start from in that of another future,
    which has nearly the same cells.

    Parameters
    ----------
    columns, rows : mapping of str to ndarray of int8
        For each block HiGHS's state of each cell, -1 where there is none.
    """

    columns: _Cells[np.int8]
    rows: _Cells[np.int8]

    @classmethod
    def of(cls, program: LinearProgram, corner: Corner) -> Basis:
        """Keep a corner of a program."""
        return cls(
            _by_cell(program.column_blocks.values(), corner.columns, _NOWHERE),
            _by_cell(program.row_blocks.values(), corner.rows, _NOWHERE),
        )

    def corner(self, program: LinearProgram, model: Scaled) -> Corner:
        """The corner of a program that is nearest.

        Parameters
        ----------
        program : LinearProgram
            The program.
        model : Scaled
            The same, as HiGHS has it.
        """
        at_lower = np.full(len(model.cost), LOWER, dtype=np.int8)
        basic = np.full(len(model.row_lower), BASIC, dtype=np.int8)
        columns = _by_number(program.column_blocks.values(), self.columns, at_lower, _NOWHERE)
        rows = _by_number(program.row_blocks.values(), self.rows, basic, _NOWHERE)
        move_to_bounds(columns, model.lower, model.upper, FREE)
        move_to_bounds(rows, model.row_lower, model.row_upper, BASIC)
        return Corner(columns, rows).fitted(model)


@dataclass(frozen=True, eq=False)
class Prices:
    """What a unit more is worth in each row, by cells of blocks as in `Basis`.

    Parameters
    ----------
    rows : mapping of str to ndarray
        For each block the gain in the objective for each unit by which a cell's bound is relaxed upward.
    """

    rows: Mapping[str, Floats]

    @classmethod
    def of(cls, program: LinearProgram, price: Floats) -> Prices:
        """Keep the prices of a program's rows, shape (R,)."""
        return cls(_by_cell(program.row_blocks.values(), price, 0.0))

    def in_rows(self, program: LinearProgram) -> Floats:
        """Prices of the rows of a program, nothing for those that have none."""
        return _by_number(program.row_blocks.values(), self.rows, np.zeros(program.row_count), 0.0)


def _loose(basis: sparse.csc_array, over: int, under: int) -> tuple[Integers, Integers]:
    """Columns of a matrix to leave out, and rows to add a unit column for, so that it is square and far from singular.

    Parameters
    ----------
    basis : csc_array
        The matrix.
    over, under : int
        How many more columns and rows it has than its rank.
    """
    # A border of random numbers, so small that they are the last pivots, makes it square and not singular.
    random = np.random.default_rng(0)
    right, below = (_SMALL * random.normal(size=size) for size in ((basis.shape[0], under), (over, basis.shape[1])))
    bordered = sparse.block_array([[basis, sparse.csc_array(right)], [sparse.csc_array(below), None]], format="csc")
    try:
        factors = splu(bordered)
    except RuntimeError:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    size = bordered.shape[0]
    out = factors.solve(np.eye(size, over, over - size))[: basis.shape[1]]
    into = factors.solve(np.eye(size, under, under - size), "T")[: basis.shape[0]]  # type: ignore[call-overload]
    return _furthest(out), _furthest(into)


def _furthest(null: Floats) -> Integers:
    """Rows of a basis of a null space, as many as it has columns, that are far from hanging on one another."""
    if not null.shape[1] or not np.isfinite(null).all():
        return np.empty(0, dtype=np.int64)
    _, order = linalg.qr(null.T, mode="r", pivoting=True)
    return np.asarray(order[: null.shape[1]], dtype=np.int64)


def _by_cell(blocks: Iterable[Columns | Rows], values: npt.NDArray[_Value], nowhere: float) -> _Cells[_Value]:
    return {block.name: np.where(block.index >= 0, values[block.index], values.dtype.type(nowhere)) for block in blocks}


def _by_number(
    blocks: Iterable[Columns | Rows], cells: _Cells[_Value], values: npt.NDArray[_Value], nowhere: float
) -> npt.NDArray[_Value]:
    """What is known of each column or row, by its number, in place of some values."""
    for block in blocks:
        known = cells.get(block.name)
        if known is not None and known.shape == block.index.shape:
            told = (block.index >= 0) & (known != nowhere)
            values[block.index[told]] = known[told]
    return values


def _nearer(values: Floats, lower: Floats, upper: Floats) -> States:
    """The bound to which each value is nearer."""
    states = np.where(upper - values < values - lower, UPPER, LOWER).astype(np.int8)
    move_to_bounds(states, lower, upper, FREE)
    return states


def move_to_bounds(states: States, lower: Floats, upper: Floats, unbound: int) -> None:
    """Let nothing be at a bound that it does not have."""
    at_lower, at_upper = states == LOWER, states == UPPER
    low, high = np.isfinite(lower), np.isfinite(upper)
    states[at_lower & ~low & high] = UPPER
    states[at_upper & ~high & low] = LOWER
    states[(at_lower | at_upper) & ~low & ~high] = unbound
