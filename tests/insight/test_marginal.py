"""What is scarce: one per cent more of each limit, found again from scratch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight.solved_anew import money_with
from insight.test_why_short import two_phones

import coplant
from coplant.generate import generate
from coplant.insight.marginal import scarce
from coplant.insight.optimum import Optimum


def test_one_per_cent_more_chips_is_worth_a_cheap_phone() -> None:
    (row,) = two_phones().plan().scarce().to_dicts()
    assert (row["constraint"], row["thing"]) == ("allotment", "chips")
    assert (row["gained"], row["lost"]) == (pytest.approx(22.0), pytest.approx(22.0))
    # All cheap phones are made with 20 chips more, and none with 40 less.
    assert (row["more_until"], row["less_until"]) == (pytest.approx(20.0), pytest.approx(40.0))


def test_what_is_just_enough_is_not_scarce() -> None:
    assert two_phones(chips=120.0).plan().scarce().is_empty()


@given(st.integers(0, 10_000), st.integers(6, 16), st.integers(3, 6), st.integers(0, 2))
def test_every_figure_is_found_again(seed: int, items: int, buckets: int, hosts: int) -> None:
    plan = coplant.plan(generate(items, buckets, hosts, seed), gap=1e-9)
    optimum = Optimum.of(plan)
    program, columns = optimum.draft.program, optimum.ranging.columns
    before = money_with(program, columns, np.empty(0, dtype=np.int64), np.empty(0))
    assert before is not None
    room = 1e-9 * max(abs(before), 1.0)
    limits = {(limit.constraint, limit.thing): limit for limit in optimum.limits}
    table = scarce(plan, 3)
    assert table["gained"].is_sorted(descending=True)
    for row in table.iter_rows(named=True):
        limit = limits[row["constraint"], row["thing"]]
        by = np.where(optimum.priced(limit), 0.01 * optimum.stated(limit), 0.0)
        for sign, side, total in ((1.0, "more", "gained"), (-1.0, "less", "lost")):
            move = limit.move(sign * by)
            after = money_with(program, columns, move.rows, move.by_row)
            if row[total] is None:
                assert after is None
                continue
            assert after is not None
            assert sign * (after - before) == pytest.approx(row[total], rel=1e-6, abs=room)
            step = min(row[f"{side}_until"], 50.0)
            there = money_with(program, columns, move.rows, step * move.by_row)
            assert there is not None
            assert sign * (there - before) == pytest.approx(row[side] * step, rel=1e-6, abs=room)
        # The first units are worth the most, and those that go cost more.
        assert row["gained"] <= row["more"] + room
        assert row["lost"] is None or row["lost"] >= row["less"] - room
