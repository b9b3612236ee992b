"""Linear programs made of named blocks, their money lines, and how they are solved."""

from __future__ import annotations

from coplant.program.linear import Columns, LinearProgram, Rows, Term, term
from coplant.program.money import MoneyLine, Tags
from coplant.program.scaling import ScalingReport, scaling_report, suspects
from coplant.program.solve import Solution, solve

__all__ = [
    "Columns",
    "LinearProgram",
    "MoneyLine",
    "Rows",
    "ScalingReport",
    "Solution",
    "Tags",
    "Term",
    "scaling_report",
    "solve",
    "suspects",
    "term",
]
