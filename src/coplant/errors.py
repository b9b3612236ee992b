"""What can go wrong, in words for the person who can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

_SHOWN = 100
"""Lines that are shown of a list."""

_ALIKE = 3
"""Rows with the same mistake that are told one by one."""

_RANGES = 6
"""Runs of rows with the same mistake that are told."""


class CoplantError(Exception):
    """Root of every error that Coplant raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line returns.
    """

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True)
class Problem:
    """One mistake in the tables of a case.

    Attributes
    ----------
    table : str
        The table.
    row : int or None
        The row as a planner sees it: the line of a CSV file, the row of a sheet, else the position counted from 1.
        None where the mistake is not in one row.
    column : str or None
        The column; None where the mistake is not in one column.
    value : object
        What was found; None where nothing was.
    expected : str
        What should be there.
    mend : str
        How to put it right.
    file : str or None
        The file with the table, where that is not in the folder that was read but in one it stands on.
    """

    table: str
    row: int | None
    column: str | None
    value: Any
    expected: str
    mend: str
    file: str | None = None

    def __str__(self) -> str:
        place = self.place("" if self.row is None else f"row {self.row}")
        found = "empty" if self.value is None else _shown(self.value)
        if self.row is None and self.value is None:
            text = f"{place}: expected {self.expected}"
        else:
            text = f"{place}: {found}; expected {self.expected}"
        return f"{text}. {self.mend}" if self.mend else text

    def place(self, rows: str) -> str:
        """Say where it is, with words for the rows."""
        return ", ".join(filter(None, [self.file or self.table or "case", rows, self.column]))


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, float) and value.is_integer():
        # As a planner wrote it.
        text = f"{value:.0f}" if abs(value) < 1e15 else f"{value:g}"
    text = text.replace("\n", "\\n").replace("\t", "\\t")
    return text if len(text) <= 80 else f"{text[:76]}..."


class CaseError(CoplantError):
    """The tables of a case hold mistakes; all of them are listed.

    Parameters
    ----------
    problems : iterable of Problem
        Every mistake found.
    origin : str
        What was read; shown at the head of the list.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], origin: str = "the case") -> None:
        self.problems = list(problems)
        self.origin = origin
        super().__init__(self.problems, origin)

    def __str__(self) -> str:
        count = len(self.problems)
        return "\n".join(
            [f"{count} problem{'' if count == 1 else 's'} in {self.origin}:", *_listed(_told(self.problems))]
        )


class FileError(CoplantError):
    """A path cannot be read or written; the message says how to mend it."""

    exit_code = 2


class InfeasibleError(CoplantError):
    """No plan keeps all the rules.

    Parameters
    ----------
    collisions : mapping of str to sequence of str
        The rules that cannot hold together, by the choice under which they cannot; where the choice makes no
        difference it is "". Together the choices are all there are. Empty if no rules could be singled out.
    smallest : bool
        Whether every rule named was found to be needed; not so where time ran out before.
    relaxation : sequence
        Limits that would have to move, and where to, for all the rules to hold: by the smallest sum of shares of what
        they are. Empty where that is not known.
    """

    exit_code = 1

    def __init__(
        self, collisions: Mapping[str, Sequence[str]], smallest: bool = True, relaxation: Sequence[Any] = ()
    ) -> None:
        self.collisions = {choice: list(rules) for choice, rules in collisions.items() if rules}
        self.smallest = smallest
        self.relaxation = list(relaxation)
        super().__init__(self.collisions, smallest, self.relaxation)

    @property
    def rules(self) -> list[str]:
        """All rules that take part, each once."""
        return list(dict.fromkeys(rule for rules in self.collisions.values() for rule in rules))

    def __str__(self) -> str:
        if not self.collisions and not self.smallest:
            return (
                "no plan keeps all the rules; time ran out before it was found which of them collide,"
                " so allow more with --time-limit"
            )
        if not self.collisions:
            return (
                "no plan keeps all the rules in whole numbers, and which of them collide could not be told;"
                " loosen least lots, multiples, or what agreements ask at least"
            )
        perhaps = "" if self.smallest else " (or fewer of them, for not each was tried; allow more with --time-limit)"
        if list(self.collisions) == [""]:
            head = f"no plan keeps all the rules; these cannot hold together{perhaps}:"
            return "\n".join([head, *_listed(self.rules), *self._way_out()])
        lines = [f"no plan keeps all the rules, whatever is chosen{perhaps}:"]
        for choice, rules in self.collisions.items():
            lines += [f"if {choice}, these cannot hold together:", *_listed(rules)]
        return "\n".join(lines)

    def _way_out(self) -> list[str]:
        """Say what would have to give."""
        if not self.relaxation:
            return []
        head = (
            "they would hold if these moved, the least in shares of what they are"
            " (a mix, what can be reserved, and limits of nothing could move too, and are not among them):"
        )
        return [head, *_listed(self.relaxation)]


def _told(problems: Sequence[Problem]) -> list[str]:
    """Problems on a line each; of the same mistake in many rows the first few, and where the others are."""
    alike: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        same = (problem.file, problem.table, problem.column, problem.expected, problem.mend)
        alike.setdefault(number if problem.row is None else same, []).append(problem)
    lines: list[str] = []
    for group in alike.values():
        shown = group if len(group) <= _ALIKE + 1 else group[:_ALIKE]
        lines += map(str, shown)
        rest = group[len(shown) :]
        if rest:
            lines.append(f"{rest[0].place(f'rows {_ranges(rest)}')}: {len(rest)} more of these")
    return lines


def _ranges(problems: Sequence[Problem]) -> str:
    """The rows of problems, those that follow one another as from the first to the last."""
    rows = sorted({problem.row for problem in problems if problem.row is not None})
    ends = [[row, row] for row in rows[:1]]
    for row in rows[1:]:
        if row == ends[-1][1] + 1:
            ends[-1][1] = row
        else:
            ends.append([row, row])
    told = [f"{first}" if first == last else f"{first}-{last}" for first, last in ends]
    return ", ".join(told if len(told) <= _RANGES else [*told[:_RANGES], "..."])


def _listed(entries: Sequence[object]) -> list[str]:
    """Show entries on a line each, and count those beyond what anybody reads."""
    lines = [f"  {entry}" for entry in entries[:_SHOWN]]
    return [*lines, f"  ... and {len(entries) - _SHOWN} more"] if len(entries) > _SHOWN else lines


class SolverError(CoplantError):
    """The solver ended without a plan, for a reason other than rules that collide."""

    exit_code = 1


class NumericalError(SolverError):
    """The solver lost its digits among numbers that lie too far apart.

    Parameters
    ----------
    said : str
        What the solver said.
    suspects : sequence
        The numbers that stand out most from their like; each as text says where it stands.
    """

    def __init__(self, said: str, suspects: Sequence[Any]) -> None:
        self.said, self.suspects = said, list(suspects)
        super().__init__(said, self.suspects)

    def __str__(self) -> str:
        if not self.suspects:
            return f"no plan was found: {self.said}; another --solver, such as ipm, may find its way"
        head = (
            f"no plan was found: {self.said}. These numbers stand out most from their like;"
            " look for zeros too many, or a wrong unit:"
        )
        return "\n".join([head, *_listed(self.suspects)])


class WorkerError(CoplantError):
    """Workers die of what they are given, or cannot be reached."""
