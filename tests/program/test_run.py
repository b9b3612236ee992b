"""What is done where a method of HiGHS gives up on a program."""

from __future__ import annotations

from typing import Any

import highspy

from coplant.program.run import run

STATUS = highspy.HighsModelStatus


class GivesUp:
    """Stands for a HiGHS whose interior points are too far from what they should be, unless brought to a corner."""

    def __init__(self, **options: Any) -> None:
        self.options: dict[str, Any] = {"presolve": "choose", "time_limit": 0.0, **options}
        self.tried: list[tuple[Any, ...]] = []

    def getOptionValue(self, name: str) -> tuple[None, Any]:  # noqa: N802
        return None, self.options[name]

    def setOptionValue(self, name: str, value: Any) -> None:  # noqa: N802
        self.options[name] = value

    def getRunTime(self) -> float:  # noqa: N802
        return 0.0

    def clearSolver(self) -> None:  # noqa: N802
        pass

    def solve(self) -> None:
        self.tried.append((self.options["solver"], self.options["run_crossover"]))

    def getModelStatus(self) -> highspy.HighsModelStatus:  # noqa: N802
        return STATUS.kOptimal if self.tried[-1][1] == "on" else STATUS.kUnknown


def test_an_interior_point_is_brought_to_a_corner_where_none_is_good_enough() -> None:
    highs: Any = GivesUp(solver="hipo", run_crossover="off")
    assert run(highs) == STATUS.kOptimal
    assert highs.tried == [("hipo", "off"), ("ipx", "off"), ("hipo", "off"), ("ipx", "on")]
    assert (highs.options["solver"], highs.options["run_crossover"]) == ("hipo", "off")
