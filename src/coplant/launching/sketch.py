"""A linear program put down a column and a row at a time, as links and calendars call for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coplant.program import LinearProgram, term
from coplant.program.money import Floats

Place = tuple[str, int]
"""A column: its block, and its number there."""


@dataclass(frozen=True)
class Expression:
    """Columns times numbers, and a constant."""

    terms: Mapping[Place, float]
    constant: float = 0.0

    def plus(self, other: Expression | float, times: float = 1.0) -> Expression:
        """Add a multiple of another one, or of a number."""
        if not isinstance(other, Expression):
            return Expression(self.terms, self.constant + times * other)
        terms = dict(self.terms)
        for place, value in other.terms.items():
            terms[place] = terms.get(place, 0.0) + times * value
        return Expression(terms, self.constant + times * other.constant)


class _Block:
    """Columns or rows of one name."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.integer: list[bool] = []
        self.entries: list[tuple[int, Place, float]] = []

    def add(self, label: str, low: float, high: float) -> int:
        self.labels.append(label)
        self.low.append(low)
        self.high.append(high)
        return len(self.labels) - 1


class Sketch:
    """Blocks of columns and rows that grow one by one."""

    def __init__(self) -> None:
        self._columns: dict[str, _Block] = {}
        self._rows: dict[str, _Block] = {}

    def column(self, block: str, label: str, low: float, high: float, integer: bool = False) -> Expression:
        """Add a column to a block."""
        its = self._columns.setdefault(block, _Block())
        its.integer.append(integer)
        return Expression({(block, its.add(label, low, high)): 1.0})

    def row(self, block: str, label: str, expression: Expression, low: float = -np.inf, high: float = np.inf) -> None:
        """Add a row to a block: low <= expression <= high."""
        its = self._rows.setdefault(block, _Block())
        number = its.add(label, low - expression.constant, high - expression.constant)
        its.entries += [(number, place, value) for place, value in expression.terms.items() if value]

    def program(self, relaxed: bool = False) -> LinearProgram:
        """Make the program, of a single node and without money yet; relaxed, whole numbers may be any."""
        program = LinearProgram(np.ones(1), np.ones(1))
        for name, block in self._columns.items():
            program.columns(
                name,
                (block.labels,),
                lower=block.low,
                upper=block.high,
                integer=block.integer if not relaxed else False,
            )
        for name, block in self._rows.items():
            number = np.array([entry[0] for entry in block.entries], dtype=np.int64)
            column = np.array([_column(program, entry[1]) for entry in block.entries], dtype=np.int64)
            value = np.array([entry[2] for entry in block.entries])
            program.rows(name, (block.labels,), [term(number, column, value)], block.low, block.high)
        return program


def charge(program: LinearProgram, line: str, expression: Expression, price: float = 1.0) -> None:
    """Charge a price for each unit of an expression, its constant apart."""
    column = np.array([_column(program, place) for place in expression.terms], dtype=np.int64)
    program.money(line, column, -price * np.array(list(expression.terms.values())), 0)


def limit(program: LinearProgram, row: str, expression: Expression, high: float) -> None:
    """Keep an expression from being more than a number."""
    column = np.array([_column(program, place) for place in expression.terms], dtype=np.int64)
    value = np.array(list(expression.terms.values()))
    program.rows(row, (("most",),), [term(0, column, value)], upper=high - expression.constant)


def values(program: LinearProgram, block: str, columns: Floats) -> Floats:
    """Values of a block of columns; none where there is no such block."""
    return program.column_blocks[block].values(columns) if block in program.column_blocks else np.empty(0)


def _column(program: LinearProgram, place: Place) -> int:
    block, number = place
    return int(program.column_blocks[block].index[number])
