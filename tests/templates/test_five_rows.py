from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import coplant

FOLDER = Path(coplant.__file__).parent / "templates" / "five-rows"


def test_the_smallest_case_has_five_rows() -> None:
    case = coplant.read(FOLDER)

    assert sum(frame.height for frame in case.tables.values()) == 5


def test_every_lamp_asked_for_is_built_and_sold_at_a_gain_of_20() -> None:
    plan = coplant.plan(coplant.read(FOLDER))

    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(50_000)
    assert plan["sold"]["sold"].to_list() == pytest.approx([500.0] * 5)
    assert plan["made"]["good"].sum() == pytest.approx(2_500)
    assert plan["money"].filter(pl.col("line") == "revenue")["amount"].sum() == pytest.approx(125_000)
