"""Programs of several futures as one: what is decided before two futures can be told apart is decided once for both.

Each future has a program of its own, whose columns are each decided in a bucket. A column of a bucket in which a future
cannot be told from an earlier one is that one's column, and so are rows and money; nothing has to be set equal. Columns
are matched by their order within the bucket, so two futures must have the same there, down to the last number: what
differs has been known too early, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from coplant.program.linear import Axes, Columns, LinearProgram, Term
from coplant.program.money import Booleans, Floats, Integers, MoneyLine

_SAME = 1e-12
"""By which share of the largest amount sums of the same amounts may differ."""


class ToldTooEarlyError(Exception):
    """What two futures do not share though they cannot be told apart yet.

    Parameters
    ----------
    future, other : int
        The two futures.
    name : str
        The column or row at which they differ first.
    """

    def __init__(self, future: int, other: int, name: str) -> None:
        super().__init__(f"{name} differs between futures {other} and {future}")
        self.future, self.other, self.name = future, other, name


@dataclass(frozen=True, eq=False)
class Tied:
    """K programs as one.

    Parameters
    ----------
    program : LinearProgram
        The one, on the nodes of all futures together.
    columns : list of ndarray of int
        For each future, the column of the one program that each of its own is.
    rows : list of ndarray of int
        The same for rows; -1 for rows without entries.
    chances : list of ndarray
        For each future, the probability of the node at which each of its rows holds.
    worth : list of ndarray
        For each future, what a unit of each of its own columns adds to the present value of its money.
    nodes : ndarray of int, shape (K, T)
        Node of the one program that each node of each future is.
    labels : tuple of str
        What the nodes of the one program are called.
    """

    program: LinearProgram
    columns: list[Integers]
    rows: list[Integers]
    chances: list[Floats]
    worth: list[Floats]
    nodes: Integers
    labels: tuple[str, ...]


def tie(programs: Sequence[LinearProgram], told_apart: Integers, probability: Floats, nodes: Sequence[str]) -> Tied:
    """Tie programs together.

    Parameters
    ----------
    programs : sequence of LinearProgram, length K
        One for each future, each with T nodes in a line.
    told_apart : ndarray of int, shape (K, T)
        For each future and node the first of the futures that it cannot be told from there.
    probability : ndarray, shape (K,)
        Probability of each future.
    nodes : sequence of str
        What the nodes of the tree are called: those of the first future, then those that are new in each further one.

    Returns
    -------
    Tied

    Raises
    ------
    ToldTooEarlyError
        Two futures differ where they cannot be told apart.
    """
    count, steps = told_apart.shape
    if count == 1 and probability[0] == 1.0:
        program, every = programs[0], np.arange(programs[0].column_count)
        return Tied(
            program.copy(),
            [every],
            [np.arange(program.row_count)],
            [np.ones(program.row_count)],
            [program.worth()],
            np.arange(steps)[None],
            tuple(nodes),
        )
    new = told_apart == np.arange(count)[:, None]
    number = np.full(new.shape, -1, dtype=np.int64)
    number[new] = np.arange(int(new.sum()))
    node = number[told_apart, np.arange(steps)]
    chance = np.zeros(len(nodes))
    np.add.at(chance, node, probability[:, None])
    discount = np.zeros(len(nodes))
    discount[node] = np.stack([program.discount for program in programs])
    whole = LinearProgram(chance, discount, nodes)
    ties: list[_Tie] = []
    for future, program in enumerate(programs):
        one = _Tie(whole, program, future, told_apart[future], node[future], tuple(nodes[n] for n in node[future]))
        one.take_columns(ties)
        one.take_rows(ties)
        one.take_money(ties)
        ties.append(one)
    chances = [chance[one.node[np.maximum(one.row_node, 0)]] for one in ties]
    worth = [one.worth() for one in ties]
    return Tied(whole, [one.column for one in ties], [one.row for one in ties], chances, worth, node, tuple(nodes))


class _Tie:
    """One future on its way into the whole.

    Parameters
    ----------
    whole : LinearProgram
        The whole.
    program : LinearProgram
        The future's program.
    future : int
        Its number.
    other : ndarray of int, shape (T,)
        The first future that it cannot be told from at each of its nodes.
    node : ndarray of int, shape (T,)
        Node of the whole that each of its nodes is.
    labels : tuple of str, length T
        What these are called.
    """

    def __init__(
        self,
        whole: LinearProgram,
        program: LinearProgram,
        future: int,
        other: Integers,
        node: Integers,
        labels: tuple[str, ...],
    ) -> None:
        self.whole, self.program, self.future = whole, program, future
        self.other, self.node, self.labels = other, node, labels
        self.shared = np.flatnonzero(other != future)
        self.column_node = program.column_node
        self.by_node, self.begin = _by_node(self.column_node, len(node))
        self.column = np.full(program.column_count, -1, dtype=np.int64)
        self.row = np.full(program.row_count, -1, dtype=np.int64)
        self.facts = np.stack([program.lower, program.upper, program.integer.astype(np.float64)])
        self.row_bounds = np.stack([program.row_lower, program.row_upper])
        self.matrix = program.matrix()
        self.row_node = row_nodes(self.matrix, self.column_node)
        self.rows_by_node, self.row_begin = _by_node(self.row_node, len(node))
        self.dues = [line.entries() for line in program.money_lines]
        self.decided = [np.maximum(due.node, self.column_node[due.column]) for due in self.dues]
        """Node at which what each amount of a money line hangs on is known."""

    def _own(self, node: Integers) -> Booleans:
        return np.asarray((node >= 0) & (self.other[node] == self.future))

    def _entries(self, rows: Integers) -> _Entries:
        """Entries of some rows of its program."""
        matrix = self.matrix
        begin, count = matrix.indptr[rows], matrix.indptr[rows + 1] - matrix.indptr[rows]
        place = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        return _Entries(count, matrix.indices[place], matrix.data[place])

    def _axes(self, axes: Axes) -> Axes:
        """Axes of a block, the nodes by their names in the whole."""
        return tuple(self.labels if axis is self.program.nodes else axis for axis in axes)

    def _refuse(self, other: int, name: str) -> None:
        raise ToldTooEarlyError(self.future, other, name)

    def take_columns(self, ties: Sequence[_Tie]) -> None:
        """Take the columns that are shared from other futures, and add the rest."""
        program = self.program
        facts = self.facts
        for other, steps in self._shared_with(ties):
            mine, theirs = self._matched(
                steps, (self.by_node, self.begin), other, (other.by_node, other.begin), self._unmatched_columns
            )
            differs = np.flatnonzero((facts[:, mine] != other.facts[:, theirs]).any(axis=0))
            if len(differs):
                self._refuse(other.future, program.column_name(int(mine[differs[0]])))
            self.column[mine] = other.column[theirs]
        own = self._own(self.column_node)
        for block in program.column_blocks.values():
            present = block.index >= 0
            where = np.zeros(block.index.shape, dtype=bool)
            where[present] = own[block.index[present]]
            if not where.any():
                continue
            cells = np.maximum(block.index, 0)
            added = self.whole.columns(
                f"{block.name}#{self.future}" if self.future else block.name,
                self._axes(block.axes),
                where=where,
                lower=facts[0][cells],
                upper=facts[1][cells],
                integer=facts[2][cells] > 0.0,
                node=self.node[self.column_node[cells]],
            )
            self.column[block.index[where]] = added.index[where]
        for decisive in program.decisive:
            self.whole.decisive.append(self.column[decisive])
        for block, rule in program.completions:
            index = np.where(block.index >= 0, self.column[block.index], -1)
            self.whole.complete_by(Columns(block.name, block.axes, index), self._rule_of_whole(rule))
        self.whole.account(*program.accounts, *(f"{name}#{self.future}" for name in program.accounts))

    def _rule_of_whole(self, rule: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
        return lambda columns: rule(columns[self.column])

    def _shared_with(self, ties: Sequence[_Tie]) -> Iterator[tuple[_Tie, Integers]]:
        """Each future from which this one cannot be told at first, and the nodes that they share."""
        others = self.other[self.shared]
        for other in np.unique(others):
            yield ties[other], self.shared[others == other]

    def _matched(
        self,
        steps: Integers,
        mine: tuple[Integers, Integers],
        other: _Tie,
        theirs: tuple[Integers, Integers],
        unmatched: Callable[[Integers, _Tie, Integers], str],
    ) -> tuple[Integers, Integers]:
        """What two futures have at the nodes that they share, in the same order."""
        parts = []
        for step in steps:
            one, two = (by_node[begin[step] : begin[step + 1]] for by_node, begin in (mine, theirs))
            if len(one) != len(two):
                self._refuse(other.future, unmatched(one, other, two))
            parts.append((one, two))
        here, there = zip(*parts, strict=True)
        return np.concatenate(here), np.concatenate(there)

    def _unmatched_columns(self, mine: Integers, other: _Tie, theirs: Integers) -> str:
        """The first column that one of two futures has in a bucket and the other has not."""
        names = [self.program.column_name(int(column)) for column in mine]
        others = [other.program.column_name(int(column)) for column in theirs]
        return next((name for name in (*names, *others) if (name in names) != (name in others)), names[0])

    def _unmatched_rows(self, mine: Integers, other: _Tie, theirs: Integers) -> str:
        """A row of a bucket in which two futures have not as many."""
        return self.program.row_name(int(mine[0])) if len(mine) else other.program.row_name(int(theirs[0]))

    def take_rows(self, ties: Sequence[_Tie]) -> None:
        """Find the rows that are shared in other futures, and add the rest."""
        program = self.program
        for other, steps in self._shared_with(ties):
            mine, theirs = self._matched(
                steps,
                (self.rows_by_node, self.row_begin),
                other,
                (other.rows_by_node, other.row_begin),
                self._unmatched_rows,
            )
            here, there = self._entries(mine), other._entries(theirs)
            bounds, known = self.row_bounds[:, mine], other.row_bounds[:, theirs]
            differs = (bounds != known).any(axis=0) | (here.length != there.length)
            if not differs.any():
                apart = (self.column[here.column] != other.column[there.column]) | (here.value != there.value)
                differs[np.repeat(np.arange(len(mine)), here.length)[apart]] = True
            if differs.any():
                self._refuse(other.future, program.row_name(int(mine[np.flatnonzero(differs)[0]])))
            self.row[mine] = other.row[theirs]
        low, high = self.row_bounds
        own = self._own(self.row_node)
        for block in program.row_blocks.values():
            present = block.index >= 0
            where = np.zeros(block.index.shape, dtype=bool)
            where[present] = own[block.index[present]]
            if not where.any():
                continue
            cells = np.maximum(block.index, 0)
            rows = block.index[where]
            entries = self._entries(rows)
            place = np.repeat(np.flatnonzero(where.reshape(-1)), entries.length)
            added = self.whole.rows(
                f"{block.name}#{self.future}" if self.future else block.name,
                self._axes(block.axes),
                [Term(place, self.column[entries.column], entries.value)],
                low[cells],
                high[cells],
                where=where,
            )
            self.row[rows] = added.index[where]

    def take_money(self, ties: Sequence[_Tie]) -> None:
        """Add the money of the nodes that no other future has.

        What a later decision costs at an earlier node, such as leaving at the end of a month, is that decision's.
        """
        for other, steps in self._shared_with(ties):
            self._compare_money(other, steps)
        for line, due, decided in zip(self.program.money_lines, self.dues, self.decided, strict=True):
            own = self._own(decided)
            if own.any():
                likely, then = (self.whole.probability[self.node[node[own]]] for node in (decided, due.node))
                share = np.divide(likely, then, out=np.ones_like(likely), where=then > 0.0)
                tags = {tag: index[own] for tag, index in due.tags.items()}
                self.whole.money_lines.append(
                    MoneyLine(
                        line.name,
                        line.cash,
                        self.column[due.column[own]],
                        due.coefficient[own] * share,
                        self.node[due.node[own]],
                        due.discount[own],
                        tags,
                    )
                )

    def worth(self) -> Floats:
        """What a unit of each column adds to the present value of the future's money."""
        total = np.zeros(len(self.column))
        for due in self.dues:
            total += np.bincount(due.column, due.coefficient * due.discount, minlength=len(total))
        return total

    def _compare_money(self, other: _Tie, steps: Integers) -> None:
        """Refuse money that differs from another future's where the two cannot be told apart."""
        (mine, given), (theirs, known) = (one._money_on(steps) for one in (self, other))
        place, cell = np.unique(np.concatenate([mine, theirs]), return_inverse=True)
        paid = np.bincount(cell[: len(mine)], given, minlength=len(place))
        apart = paid - np.bincount(cell[len(mine) :], known, minlength=len(place))
        differs = np.flatnonzero(np.abs(apart) > _SAME * np.abs(paid).max(initial=0.0))
        if len(differs):
            self._refuse(other.future, self.whole.column_name(int(place[differs[0]] % self.whole.column_count)))

    def _money_on(self, steps: Integers) -> tuple[Integers, Floats]:
        """Money decided at some nodes: place of each amount among nodes and columns of the whole, and the amount."""
        shared = np.zeros(len(self.node), dtype=bool)
        shared[steps] = True
        here = [shared[decided] for decided in self.decided]
        dues = list(zip(self.dues, here, strict=True))
        column, node = (
            np.concatenate([np.empty(0, np.int64), *(getattr(due, name)[where] for due, where in dues)])
            for name in ("column", "node")
        )
        amount = np.concatenate([np.empty(0), *((due.coefficient * due.discount)[where] for due, where in dues)])
        return self.node[node] * self.whole.column_count + self.column[column], amount


class _Entries(NamedTuple):
    """Entries of some rows: how many each has, and the column and value of each entry."""

    length: Integers
    column: Integers
    value: Floats


def _by_node(node: Integers, count: int) -> tuple[Integers, Integers]:
    """What is at each node, in order, and where each node begins; what is at none comes first and is left out."""
    order = np.argsort(node, kind="stable")
    return order, np.searchsorted(node[order], np.arange(count + 1))


def row_nodes(matrix: sparse.csr_array, column_node: Integers) -> Integers:
    """Find the node at which each row holds: the last of its columns'; -1 for a row without entries.

    Parameters
    ----------
    matrix : csr_array, shape (rows, columns)
        The rows.
    column_node : ndarray of int, shape (columns,)
        Node at which each column is decided.
    """
    latest = np.full(matrix.shape[0], -1, dtype=np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        latest[filled] = np.maximum.reduceat(column_node[matrix.indices], matrix.indptr[filled])
    return latest
