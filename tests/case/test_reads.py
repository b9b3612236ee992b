"""What is worked out again when a case changes, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest
from small_case import SmallCase

from coplant import Case, CaseError
from coplant.case.reads import Kept


def _case() -> Case:
    return SmallCase("month:2").item("box").route("box", cost=1.0).demand("box", 5.0, "month", 2.0).case()


def test_what_read_no_table_that_changed_is_kept() -> None:
    kept, done = Kept(), list[str]()

    def quantities(case: Case) -> list[float]:
        done.append("quantities")
        return case["demand"]["quantity"].to_list()

    def costs(case: Case) -> list[float]:
        done.append("costs")
        return case["routes"]["cost"].to_list()

    case = _case()
    assert (kept(quantities, case), kept(costs, case)) == ([5.0], [1.0])
    more = case.edit("demand", quantity=7.0)
    assert (kept(quantities, more), kept(costs, more)) == ([7.0], [1.0])
    assert done == ["quantities", "costs", "quantities"]


def test_what_was_worked_out_of_two_cases_by_turns_is_kept_of_both() -> None:
    kept, done = Kept(), list[float]()

    def quantity(case: Case) -> float:
        done.append(case["demand"]["quantity"].item())
        return done[-1]

    one = _case()
    other, third = one.edit("demand", quantity=7.0), one.edit("demand", quantity=8.0)
    assert [kept(quantity, case) for case in (one, other, one, other, third, other, one)] == [5, 7, 5, 7, 8, 7, 5]
    assert done == [5.0, 7.0, 8.0, 5.0]


def test_what_is_given_has_to_be_the_same_too() -> None:
    kept, case = Kept(), _case()

    def times(case: Case, names: tuple[str, ...], by: object) -> list[object]:
        return [case["demand"]["quantity"].item(), names, by]

    first = kept(times, case, ("a", "b"), case)
    assert kept(times, case, tuple("ab"), case) is first
    assert kept(times, case, ("a", "c"), case) == [5.0, ("a", "c"), case]
    assert kept(times, case, (np.array([1, 2]), "c"), case) is kept(times, case, (np.array([1, 2]), "c"), case)
    assert kept(times, case, (np.array([1, 2]), "c"), case) is not kept(times, case, (np.array([1, 3]), "c"), case)
    dearer = case.edit("case", discount_rate=0.5)
    assert kept(times, dearer, ("a", "c"), case) is not kept(times, case, ("a", "c"), case)


def test_a_rule_is_checked_again_when_a_table_changes_that_is_not_its_own() -> None:
    small = SmallCase("month:2").item("box").item("bin").route("box").route("bin").demand("box", 5.0, "month", 2.0)
    case = small.case().edit("demand", quantity=7.0)
    bins = case["routes"].filter(item="bin")
    # The rule is about demand, which stays as it was; what it looks at besides changes.
    with pytest.raises(CaseError, match="demand, row 1"):
        case.replace({"routes": bins})
    assert case.replace({"stock": []})["demand"] is case["demand"]
