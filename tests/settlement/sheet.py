"""Works out the formulas of a workbook from their texts and the cells they name: a spreadsheet in a few lines."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

_PARTS = re.compile(
    r"""(?P<text>"[^"]*")|(?P<place>(?:'(?P<sheet>(?:[^']|'')+)'!)?(?P<cells>[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?))"""
)


class Sheets:
    """A workbook whose cells are worked out when they are asked for."""

    def __init__(self, book: openpyxl.Workbook) -> None:
        self.book = book
        self.known: dict[tuple[str, str], Any] = {}

    def value(self, sheet: str, cell: str) -> Any:
        """What a cell comes to."""
        place = sheet, cell
        if place not in self.known:
            content = self.book[sheet][cell].value
            formula = isinstance(content, str) and self.book[sheet][cell].data_type == "f"
            self.known[place] = self._worked_out(sheet, content[1:]) if formula else content
        return self.known[place]

    def _worked_out(self, sheet: str, formula: str) -> Any:
        def named(part: re.Match[str]) -> str:
            if part["text"]:
                return part["text"]
            return f"at({(part['sheet'] or sheet).replace(chr(39) * 2, chr(39))!r}, {part['cells']!r})"

        functions = {"ROUND": _round, "SUM": _sum, "SUMIF": _sum_if, "MAX": max, "MIN": min, "at": self._at}
        return eval(_PARTS.sub(named, formula), {"__builtins__": {}}, functions)

    def _at(self, sheet: str, cells: str) -> Any:
        if ":" not in cells:
            return self.value(sheet, cells) or 0.0
        left, top, right, bottom = range_boundaries(cells)
        return [
            self.value(sheet, self.book[sheet].cell(row, column).coordinate)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]


def _round(value: float, digits: int) -> float:
    """Round halves away from zero, of fifteen figures, as spreadsheets do."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _sum(values: list[Any]) -> float:
    return float(sum(value for value in values if isinstance(value, (int, float))))


def _sum_if(keys: list[Any], wanted: str, values: list[Any]) -> float:
    return float(sum(value for key, value in zip(keys, values, strict=True) if key == wanted))
