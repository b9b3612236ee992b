"""The way of one unit more to a stock point: what is started, carried and used for it at the margin."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from coplant.planning.draft import Draft
from coplant.program.money import Booleans, Floats, Integers

_LITTLE = 1e-9
"""Units below which the rest of a way is not followed."""

_START, _STOCK, _SCRAPPED = 1, 2, 3
"""Kinds of columns that can bring supply."""

_AGAIN = 20
"""How often a way may come by the same stock point in the same bucket."""


@dataclass(frozen=True, eq=False)
class Way:
    """What is done for units more at stock points, by what is between its bounds.

    Parameters
    ----------
    columns : ndarray
        Change of each column.
    rows : ndarray
        What that uses of each row beside the stock balances.
    at_hand : ndarray
        Units that no supply at the margin brings, by row of the stock balances: what is there is all there is.
    """

    columns: Floats
    rows: Floats
    at_hand: Floats


class Ways:
    """Ways within a plan.

    A column that is between its bounds earns what its entries are worth at the prices of the rows. So along any way
    that is made of such columns, what a unit is worth at a stock point is what is spent on the way, and what the limits
    that it uses are worth. Of those columns the way takes what brings supply: a start that arrives, else stock carried
    from before, else stock that is then not carried on. Of a start that arrives in several nodes as much is taken as is
    worth what is needed in one of them, at the prices of each: what arrives in the others is of as much use.

    Parameters
    ----------
    draft : Draft
        The program.
    columns : ndarray
        Value of each column.
    basic : ndarray of bool
        Columns that are between their bounds.
    prices : ndarray
        Gain in the objective per unit by which the bound of each row is relaxed upward.
    """

    def __init__(self, draft: Draft, columns: Floats, basic: Booleans, prices: Floats) -> None:
        self.draft, self.values, self.basic = draft, columns, basic
        # One unit more in stock lowers the bound of its balance.
        self.worth = -prices
        matrix = draft.program.matrix()
        self._by_row, self._by_column = matrix, sparse.csc_array(matrix)
        balance = draft.program.row_blocks["stock_balance"].index
        self._is_balance = np.zeros(draft.program.row_count, dtype=bool)
        self._is_balance[balance] = True
        self._balance = balance
        kind = np.zeros(draft.program.column_count, dtype=np.int8)
        for number, block in ((_START, draft.start), (_STOCK, draft.stock), (_SCRAPPED, draft.scrapped)):
            kind[block.index[block.index >= 0]] = number
        self._kind = kind

    def to(self, points: Integers, nodes: Integers, amounts: Floats) -> Way:
        """Find the way of units to stock points.

        Parameters
        ----------
        points, nodes : ndarray of int, shape (B,)
            The stock points, and the nodes in which the units are to be there.
        amounts : ndarray, shape (B,)
            Units.
        """
        changes = np.zeros(len(self.values))
        at_hand = np.zeros(len(self._is_balance))
        needed: dict[int, float] = {}
        waiting = deque[int]()
        came_by: dict[int, int] = {}
        seen: dict[int, int] = {}

        def need(row: int, amount: float) -> None:
            if row not in needed:
                waiting.append(row)
            needed[row] = needed.get(row, 0.0) + amount

        for row, amount in zip(self._balance[points, nodes].tolist(), amounts.tolist(), strict=True):
            need(row, amount)
        while waiting:
            row = waiting.popleft()
            amount = needed.pop(row)
            if amount <= _LITTLE:
                continue
            seen[row] = seen.get(row, 0) + 1
            column = self._supply(row, came_by.get(row, -1)) if seen[row] <= _AGAIN and self.worth[row] > 0.0 else None
            if column is None:
                at_hand[row] += amount
                continue
            entries = slice(self._by_column.indptr[column], self._by_column.indptr[column + 1])
            rows, values = self._by_column.indices[entries], self._by_column.data[entries]
            stocked = self._is_balance[rows]
            rows, values = rows[stocked], values[stocked]
            # What carries stock on brings supply by becoming less.
            sign = float(np.sign(values[rows == row][0]))
            values = sign * values
            times = amount * float(self.worth[row]) / float(np.maximum(values, 0.0) @ self.worth[rows])
            changes[column] += sign * times
            for other, value in zip(rows.tolist(), values.tolist(), strict=True):
                if value < 0.0:
                    came_by[other] = column
                    need(other, -value * times)
        used = self._by_row @ changes
        return Way(changes, np.where(self._is_balance, 0.0, used), at_hand)

    def _supply(self, row: int, not_by: int) -> int | None:
        """Column that brings units to a stock point; None if none is between its bounds."""
        entries = slice(self._by_row.indptr[row], self._by_row.indptr[row + 1])
        columns, values = self._by_row.indices[entries], self._by_row.data[entries]
        # What becomes less has to be there.
        possible = self.basic[columns] & (columns != not_by) & ((values > 0.0) | (self.values[columns] > _LITTLE))
        kind = self._kind[columns]
        brings, carried = values > 0.0, kind == _STOCK
        for wanted in ((kind == _START) & brings, carried & brings, carried & ~brings, kind == _SCRAPPED):
            found = np.flatnonzero(possible & wanted)
            if len(found):
                return int(columns[found[np.argmax(np.abs(values[found]))]])
        return None
