"""An exit costs as much on branches on which the same happens as it does without them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_case import SmallCase

CLAUSES: dict[str, dict[str, Any]] = {
    "exit_terms": {"fee": 100, "fee_per_month": 10, "relocation": 30, "tooling_share": 0.5},
    "take_or_pay": {"quantity": 120, "price": 7},
    "loss_cover": {"fixed_cost": 50, "per": "month", "margin": 2, "cap": 120},
    "tooling": {"tool": "mould", "amount": 240, "payment": "annuity", "months": 12},
    "security": {"security": "deposit", "kind": "deposit", "amount": 60, "forfeited_share": 0.5},
}


@pytest.mark.parametrize("clause", CLAUSES)
@pytest.mark.parametrize("notice", [0, 1])
@pytest.mark.parametrize("bucket", [1, 2])
def test_an_exit_costs_the_same_on_branches(clause: str, notice: float, bucket: int) -> None:
    """Rent makes the brand leave after the first month, where the first tree branches; notice is given before."""
    small = SmallCase("month:4").host(term=12.0).item("car").route("car", site="host", agreement="deal", cost=2.0)
    small.demand("car", 4, "month", price=30, site="host")
    small.add("fixed_charges", agreement="deal", charge="rent", amount=900, per="month")
    small.add("exit_terms", agreement="deal", **{"notice": notice, **CLAUSES["exit_terms"]})
    if clause != "exit_terms":
        small.add(clause, agreement="deal", **CLAUSES[clause])
    plain = small.plan()
    small.branch("weather", datetime.date(2023, bucket + 1, 1), {"fair": 0.3, "foul": 0.7})
    assert plain["left"].height == 1
    assert small.hedge().objective == pytest.approx(plain.objective, rel=1e-9)
