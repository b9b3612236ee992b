"""Of rows that should agree the one that differs from most is named."""

from __future__ import annotations

import datetime

import pytest
from small_case import SmallCase

from coplant import CaseError


def test_the_row_that_differs_from_most_is_the_mistake() -> None:
    case = SmallCase("month:4").item("car").item("seat").route("car")
    for month, item in enumerate(("seat", "car", "car", "car"), start=1):
        case.demand(item, 5.0, "month", demand="orders", from_=datetime.date(2023, month, 1))
    with pytest.raises(CaseError) as refused:
        case.case()
    assert [(problem.column, problem.value) for problem in refused.value.problems] == [("item", "seat")]
