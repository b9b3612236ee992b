"""Tools of a host's plant that the brand pays."""

from __future__ import annotations

import datetime

import pytest
from small_case import SmallCase

import coplant

EXIT = datetime.date(2023, 3, 1)


@pytest.mark.parametrize("payment", [{"payment": "up_front"}, {"payment": "annuity", "months": 4, "rate": 0.12}])
@pytest.mark.parametrize(("late", "billed"), [(-1, True), (0, False), (1, False)])
def test_a_tool_due_after_the_last_day_is_neither_billed_nor_owed(
    payment: dict[str, object], late: int, billed: bool
) -> None:
    """The agreement is over on 1 March; a tool is paid from the day before it, from that day, or from the day after."""
    small = SmallCase("month:1").host(term=12.0).item("car").route("car", site="host", agreement="deal")
    small.demand("car", 1.0, "month", site="host")
    small.add(
        "tooling", agreement="deal", tool="mould", amount=60.0, date=EXIT + late * datetime.timedelta(1), **payment
    )
    small.add("exits", agreement="deal", notice=EXIT, exit=EXIT, by="host").add("exit_terms", agreement="deal")
    settlement = coplant.settle(small.case(), as_of=datetime.date(2024, 1, 1))
    assert settlement["lines"].filter(clause="tooling").is_empty() is not billed
    assert settlement["balances"].is_empty() is not billed
    assert (settlement["balances"]["closing"][-1:] == 0.0).all()
