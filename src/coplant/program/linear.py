"""A linear program as named blocks of columns and rows over numpy arrays."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from coplant.errors import InfeasibleError
from coplant.program.money import Floats, Integers, MoneyLine

Booleans = NDArray[np.bool_]
Axes = tuple[Sequence[str], ...]
Scalar = TypeVar("Scalar", bound=np.generic)

TAGS = ("item", "site", "family", "agreement")


class Term(NamedTuple):
    """Entries of the matrix within one block of rows."""

    row: Integers
    """Position in the block, flattened, shape (M,)."""
    column: Integers
    """Column of the program, shape (M,)."""
    value: Floats
    """Coefficient, shape (M,)."""


def term(row: ArrayLike, column: ArrayLike, value: ArrayLike = 1.0) -> Term:
    """Make a term from arrays that broadcast; entries whose column is absent (-1) or whose value is zero drop out."""
    rows, columns, values = np.broadcast_arrays(row, column, np.asarray(value, dtype=np.float64))
    keep = (columns >= 0) & (values != 0.0)
    return Term(rows[keep], columns[keep], values[keep])


@dataclass(frozen=True, eq=False)
class Columns:
    """A block of columns.

    Parameters
    ----------
    name : str
        Name of the block.
    axes : tuple of sequences of str
        Labels along each axis.
    index : ndarray of int
        Column of each cell, -1 where there is none; its shape is that of the axes.
    """

    name: str
    axes: Axes
    index: Integers

    def values(self, of_columns: Floats) -> Floats:
        """Read an array over all columns into the block's shape, zero where there is no column."""
        picked = of_columns[np.maximum(self.index, 0)]
        return np.where(self.index >= 0, picked, 0.0)


@dataclass(frozen=True, eq=False)
class Rows:
    """A block of rows: name, labels along each axis, and the row of each cell (-1 where there is none)."""

    name: str
    axes: Axes
    index: Integers


class Completion(NamedTuple):
    """How a block of integers follows from the other columns of a relaxed solution."""

    block: Columns
    rule: Callable[[Floats], Floats]


class LinearProgram:
    """Maximise the sum of the money lines subject to named rows.

    Parameters
    ----------
    probability : ndarray, shape (N,)
        Probability of each node; weighs the money due there.
    discount : ndarray, shape (N,)
        Value at the horizon's start of one unit of money at each node.
    nodes : sequence of str, length N, optional
        What the nodes are called: the very labels of the axes along which blocks have a cell for each node. Left out
        where all is decided at once, at the first.

    Notes
    -----
    The objective is built from the money lines and from nothing else, so what a report adds up is what was optimised.
    """

    def __init__(self, probability: Floats, discount: Floats, nodes: Sequence[str] | None = None) -> None:
        self.probability = probability
        self.discount = discount
        self.nodes = nodes
        self.column_blocks: dict[str, Columns] = {}
        self.row_blocks: dict[str, Rows] = {}
        self.money_lines: list[MoneyLine] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._integer: list[Booleans] = []
        self._node: list[Integers] = []
        self._row_lower: list[Floats] = []
        self._row_upper: list[Floats] = []
        self._matrix = sparse.csr_array((0, 0))
        self._entries: list[Term] = []
        self.column_count = 0
        self.row_count = 0
        self.decisive: list[Integers] = []
        self.completions: list[Completion] = []
        self.accounts: set[str] = set()
        self.money_weight = 1.0
        self._steering: tuple[Integers, Floats] | None = None
        self._priced: tuple[Integers, Floats] | None = None
        self._constant: int | None = None

    # -- columns ------------------------------------------------------------------------------------------------

    def columns(
        self,
        name: str,
        axes: Axes,
        where: Booleans | None = None,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: ArrayLike = False,
        decisive: bool = False,
        node: ArrayLike | None = None,
    ) -> Columns:
        """Add a block of columns.

        Parameters
        ----------
        name : str
            Name of the block; unique.
        axes : tuple of sequences of str
            Labels along each axis.
        where : ndarray of bool, optional
            Cells that have a column; all by default.
        lower, upper : array_like
            Bounds, broadcast to the block's shape.
        integer : array_like of bool
            Which columns take whole numbers only, broadcast to the block's shape.
        decisive : bool
            Whether the rest follows easily once these integers are known; a search decides them first.
        node : array_like of int, optional
            Node at which each is decided, broadcast to the block's shape; left out where an axis is that of the nodes.

        Raises
        ------
        ValueError
            There is a block of that name already, or it is not known at which nodes its columns are decided.
        """
        if name in self.column_blocks:
            raise ValueError(f"the program has a block of columns {name!r} already")
        shape = tuple(len(axis) for axis in axes)
        present = np.ones(shape, dtype=bool) if where is None else np.broadcast_to(where, shape)
        count = int(present.sum())
        index = np.full(shape, -1, dtype=np.int32)
        index[present] = np.arange(self.column_count, self.column_count + count)
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), shape))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), shape))
        self._integer.append(np.broadcast_to(np.asarray(integer, dtype=bool), shape))
        self._node.append(np.broadcast_to(self._along_nodes(name, axes) if node is None else np.asarray(node), shape))
        self.column_count += count
        block = Columns(name, axes, index)
        self.column_blocks[name] = block
        if decisive:
            self.decisive.append(index[present])
        return block

    def _along_nodes(self, name: str, axes: Axes) -> Integers:
        """Node of each cell of a block with an axis of nodes."""
        if self.nodes is None:
            return np.zeros(1, dtype=np.int64)
        for place, axis in enumerate(axes):
            if axis is self.nodes:
                return np.arange(len(axis)).reshape(-1, *[1] * (len(axes) - place - 1))
        raise ValueError(f"it is not known at which nodes the columns {name!r} are decided")

    def complete_by(self, block: Columns, rule: Callable[[Floats], Floats]) -> None:
        """Say how integers follow from the other columns.

        Parameters
        ----------
        block : Columns
            The integers.
        rule : callable
            Takes the values of all columns of a relaxed solution and gives whole numbers in the shape of the block.
        """
        self.completions.append(Completion(block, rule))

    def account(self, *names: str) -> None:
        """Say that blocks of columns and rows only count what others decide, to tell what that costs.

        Where rules collide they are the last to be blamed.
        """
        self.accounts.update(names)

    def constant(self) -> int:
        """Column that is fixed to one, for money that no decision changes."""
        if self._constant is None:
            self._constant = int(self.columns("constant", (("one",),), lower=1.0, upper=1.0, node=0).index[0])
        return self._constant

    # -- rows ---------------------------------------------------------------------------------------------------

    def rows(
        self,
        name: str,
        axes: Axes,
        terms: Sequence[Term],
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        where: Booleans | None = None,
    ) -> Rows:
        """Add a block of rows, lower <= sum of the terms <= upper.

        Parameters
        ----------
        name : str
            Name of the block; unique. The name in documents, LP text, duals and on screen.
        axes : tuple of sequences of str
            Labels along each axis.
        terms : sequence of Term
            Signed contributions; entries of one cell add up.
        lower, upper : array_like
            Bounds, broadcast to the block's shape.
        where : ndarray of bool, optional
            Cells that have a row; all by default.

        Raises
        ------
        InfeasibleError
            A row has no entries but its bounds exclude zero.
        """
        if name in self.row_blocks:
            raise ValueError(f"the program has a block of rows {name!r} already")
        shape = tuple(len(axis) for axis in axes)
        present = np.ones(shape, dtype=bool) if where is None else np.broadcast_to(where, shape)
        self._row_lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), shape))
        self._row_upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), shape))
        low, high = self._row_lower[-1][present], self._row_upper[-1][present]
        position = np.full(shape, -1, dtype=np.int32)
        position[present] = np.arange(len(low))
        place = position.reshape(-1)
        entry_row = np.concatenate([place[t.row] for t in terms] or [np.empty(0, np.int32)])
        entry_column = np.concatenate([t.column for t in terms] or [np.empty(0, np.int32)])
        entry_value = np.concatenate([t.value for t in terms] or [np.empty(0)])
        if where is not None:
            keep = entry_row >= 0
            entry_row, entry_column, entry_value = entry_row[keep], entry_column[keep], entry_value[keep]
        block = Rows(name, axes, np.where(position >= 0, position + self.row_count, -1))
        empty = np.flatnonzero((np.bincount(entry_row, minlength=len(low)) == 0) & ((low > 0.0) | (high < 0.0)))
        if len(empty):
            cells = np.flatnonzero(present.reshape(-1))[empty]
            raise InfeasibleError({"": [block_name(name, axes, int(cell)) for cell in cells]})
        entry_row, entry_column = entry_row + self.row_count, entry_column.astype(np.int32, copy=False)
        self._entries.append(Term(entry_row.astype(np.int32, copy=False), entry_column, entry_value))
        self.row_count += len(low)
        self.row_blocks[name] = block
        return block

    # -- money --------------------------------------------------------------------------------------------------

    def money(
        self,
        name: str,
        column: ArrayLike,
        coefficient: ArrayLike,
        node: ArrayLike,
        *,
        cash: bool = True,
        discount: ArrayLike | None = None,
        tags: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        """Add entries to a money line; arrays broadcast, and entries without a column or of no amount drop out.

        Parameters
        ----------
        name : str
            Name of the line.
        column : array_like of int
            Columns; -1 where there is none.
        coefficient : array_like
            Money per unit of the column, undiscounted; income is positive.
        node : array_like of int
            Node at which the money is due.
        cash : bool
            Whether it is money that is paid or received.
        discount : array_like, optional
            Value at the horizon's start of one unit of that money; that of the node by default.
        tags : mapping of str to array_like of int, optional
            Index of the item, site, family and agreement that the money belongs to; -1, or no word of it, for none.
            Further tags are kept as they are.
        """
        nodes = np.asarray(node)
        factor = self.discount[nodes] if discount is None else np.asarray(discount, dtype=np.float64)
        labels = {tag: np.asarray(index) for tag, index in (dict.fromkeys(TAGS, -1) | dict(tags or {})).items()}
        amounts = np.asarray(coefficient, dtype=np.float64)
        self.money_lines.append(MoneyLine(name, cash, np.asarray(column), amounts, nodes, factor, labels))

    def steer(self, money_weight: float, column: ArrayLike, coefficient: ArrayLike) -> None:
        """Let other things than expected money count, in place of those that counted before.

        Parameters
        ----------
        money_weight : float
            What a unit of expected present value counts for.
        column : array_like of int
            Columns of what else counts.
        coefficient : array_like
            What a unit of each counts for.
        """
        columns, coefficients = np.broadcast_arrays(column, np.asarray(coefficient, dtype=np.float64))
        self.money_weight = money_weight
        self._steering = (columns.reshape(-1), coefficients.reshape(-1))

    def price(self, column: Integers, coefficient: Floats) -> None:
        """Let some columns count for something else in the objective, whatever their money comes to.

        Parameters
        ----------
        column : ndarray of int, shape (M,)
            The columns.
        coefficient : ndarray, shape (M,)
            What a unit of each counts for.
        """
        self._priced = (column, coefficient)

    def worth(self, nodes: Booleans | None = None) -> Floats:
        """Expected present value of a unit of each column: money lines weighed by discount and probability.

        Parameters
        ----------
        nodes : ndarray of bool, shape (N,), optional
            Nodes whose money counts; all of them by default.
        """
        total = np.zeros(self.column_count)
        chance = self.probability if nodes is None else np.where(nodes, self.probability, 0.0)
        for line in self.money_lines:
            column, weight = line.weighed(chance)
            total += np.bincount(column, weight, minlength=self.column_count)
        return total

    def objective(self) -> Floats:
        """Coefficient of each column in the objective: expected present value, and what else was told to count."""
        total = self.worth()
        if self._steering is not None:
            column, coefficient = self._steering
            total = self.money_weight * total + np.bincount(column, coefficient, minlength=self.column_count)
        if self._priced is not None:
            total[self._priced[0]] = self._priced[1]
        return total

    @property
    def steering(self) -> Booleans:
        """Which columns count for something beside the expected money."""
        steering = np.zeros(self.column_count, dtype=bool)
        if self._steering is not None:
            steering[self._steering[0]] = True
        return steering

    # -- programs made of this one --------------------------------------------------------------------------------

    def copy(self) -> LinearProgram:
        """Return a program that is the same; what is added to one of the two is no part of the other."""
        other = copy.copy(self)
        for name, part in vars(self).items():
            if isinstance(part, (list, dict, set)):
                setattr(other, name, copy.copy(part))
        return other

    def relaxed(self) -> LinearProgram:
        """Return the program in which nothing has to be whole; this one stays as it is."""
        other = self.copy()
        other._integer = [np.zeros_like(whole) for whole in self._integer]
        return other

    def hold(self, columns: Integers, values: Floats, kept: bool = False) -> LinearProgram:
        """Return the program in which some columns are decided already.

        Rows in which nothing is left to decide are let go: what a solver found keeps them within its tolerance only.

        Parameters
        ----------
        columns : ndarray of int, shape (M,)
            The columns.
        values : ndarray, shape (M,)
            Their values; those of whole numbers are rounded, and all are brought within the columns' bounds.
        kept : bool
            Whether those rows are only made so wide that they hold what was found. A corner then stays one.

        Returns
        -------
        LinearProgram
            A program of its own with the same columns and rows; this one stays as it is.
        """
        lower, upper = self.lower, self.upper
        rounded = np.where(self.integer[columns], np.rint(values), values)
        lower[columns] = upper[columns] = np.clip(rounded, lower[columns], upper[columns])
        given = np.zeros(self.column_count, dtype=bool)
        given[columns] = True
        decided = self.entries_in(~given) == 0
        if kept:
            comes_to = self.matrix() @ np.where(given, lower, 0.0)
            row_lower, row_upper = widened(self.row_lower, self.row_upper, decided, comes_to)
        else:
            row_lower, row_upper = np.where(decided, -np.inf, self.row_lower), np.where(decided, np.inf, self.row_upper)
        held = self.copy()
        held._lower, held._upper = (_by_block(self.column_blocks.values(), one) for one in (lower, upper))
        held._row_lower, held._row_upper = (_by_block(self.row_blocks.values(), one) for one in (row_lower, row_upper))
        return held

    # -- the whole ----------------------------------------------------------------------------------------------

    @property
    def lower(self) -> Floats:
        """Lower bounds of the columns."""
        return _flat(self.column_blocks.values(), self._lower)

    @property
    def upper(self) -> Floats:
        """Upper bounds of the columns."""
        return _flat(self.column_blocks.values(), self._upper)

    @property
    def integer(self) -> Booleans:
        """Which columns take whole numbers only."""
        return _flat(self.column_blocks.values(), self._integer)

    @property
    def column_node(self) -> Integers:
        """Node at which each column is decided."""
        return _flat(self.column_blocks.values(), self._node)

    @property
    def row_lower(self) -> Floats:
        """Lower bounds of the rows."""
        return _flat(self.row_blocks.values(), self._row_lower)

    @property
    def row_upper(self) -> Floats:
        """Upper bounds of the rows."""
        return _flat(self.row_blocks.values(), self._row_upper)

    def matrix(self) -> sparse.csr_array:
        """Coefficients of all rows, shape (rows, columns). Not to be changed: it is the program's own."""
        if self._matrix.shape != (self.row_count, self.column_count):
            before, added = self._matrix, self._entries
            row, column = (np.concatenate([np.empty(0, np.int32), *(entry[k] for entry in added)]) for k in (0, 1))
            value = np.concatenate([np.empty(0), *(entry.value for entry in added)])
            shape = (self.row_count - before.shape[0], self.column_count)
            new = sparse.csr_array((value, (row - np.int32(before.shape[0]), column)), shape=shape)
            self._matrix = sparse.csr_array(
                (
                    np.concatenate([before.data, new.data]),
                    np.concatenate([before.indices, new.indices]),
                    np.concatenate([before.indptr, new.indptr[1:] + before.indptr[-1]]),
                ),
                shape=(self.row_count, self.column_count),
            )
            self._entries = []
        return self._matrix

    def entries_in(self, columns: Booleans) -> Integers:
        """Count the entries that each row has in some columns.

        Parameters
        ----------
        columns : ndarray of bool, shape (columns,)
            The columns.

        Returns
        -------
        ndarray of int, shape (rows,)
        """
        matrix = self.matrix()
        before = np.concatenate([[0], np.cumsum(columns[matrix.indices])])
        return np.asarray(before[matrix.indptr[1:]] - before[matrix.indptr[:-1]])

    @property
    def size(self) -> dict[str, int]:
        """How large it is, in the words in which results tell it."""
        return {
            "columns": self.column_count,
            "integer columns": int(self.integer.sum()),
            "rows": self.row_count,
            "non-zeros": int(self.matrix().nnz),
        }

    def column_name(self, column: int) -> str:
        """Name of a column, such as ``start[make_car,2023-04]``."""
        return _name_in(self.column_blocks.values(), column)

    def row_name(self, row: int) -> str:
        """Name of a row, such as ``capacity[body shop,2023-04]``."""
        return _name_in(self.row_blocks.values(), row)

    def text(self, *blocks: str) -> str:
        """Write rows in the LP style, one a line, for reading and for tests.

        Parameters
        ----------
        *blocks : str
            Names of the blocks of rows to write; all of them by default.
        """
        return "\n".join(self._lines(blocks or tuple(self.row_blocks)))

    def _lines(self, blocks: tuple[str, ...]) -> Iterator[str]:
        matrix, low, high = self.matrix(), self.row_lower, self.row_upper
        for name in blocks:
            for row in self.row_blocks[name].index[self.row_blocks[name].index >= 0]:
                entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
                order = np.argsort(matrix.indices[entries])
                sum_of = " ".join(
                    f"{matrix.data[entries][k]:+.10g} {self.column_name(int(matrix.indices[entries][k]))}"
                    for k in order
                )
                yield f"{self.row_name(int(row))}: {_between(sum_of, float(low[row]), float(high[row]))}"


def widened(lower: Floats, upper: Floats, rows: Booleans, comes_to: Floats) -> tuple[Floats, Floats]:
    """Bounds of rows, for some of them so wide that they hold what the row comes to."""
    return np.where(rows, np.minimum(lower, comes_to), lower), np.where(rows, np.maximum(upper, comes_to), upper)


def _between(middle: str, low: float, high: float) -> str:
    if low == high:
        return f"{middle} = {low + 0.0:.10g}"
    left = f"{low:.10g} <= " if np.isfinite(low) else ""
    right = f" <= {high:.10g}" if np.isfinite(high) else ""
    return f"{left}{middle}{right}"


def _flat(blocks: Iterable[Columns | Rows], of_cells: Sequence[NDArray[Scalar]]) -> NDArray[Scalar]:
    """What is known of the cells of each block, in one array over all columns or rows."""
    return np.concatenate([values[block.index >= 0] for block, values in zip(blocks, of_cells, strict=True)])


def _by_block(blocks: Iterable[Columns | Rows], values: Floats) -> list[Floats]:
    """An array over all columns or rows in the shape of each block; nothing where a block has none."""
    padded = np.append(values, 0.0)
    return [padded[block.index] for block in blocks]


def block_name(name: str, axes: Axes, cell: int) -> str:
    """Name of a cell of a block, such as ``capacity[body shop,2023-04]``."""
    place = np.unravel_index(cell, tuple(len(axis) for axis in axes))
    return f"{name}[{','.join(axis[int(k)] for axis, k in zip(axes, place, strict=True))}]"


def _name_in(blocks: Iterable[Columns | Rows], number: int) -> str:
    for block in blocks:
        cell = np.flatnonzero(block.index.reshape(-1) == number)
        if len(cell):
            return block_name(block.name, block.axes, int(cell[0]))
    raise IndexError(number)
