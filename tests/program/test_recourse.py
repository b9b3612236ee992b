"""What early decisions leave to later ones, and limits on that which hold whatever is decided early."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coplant.errors import NumericalError
from coplant.program import LinearProgram, recourse, term
from coplant.program.corner import Prices
from coplant.program.recourse import Held, Recourse

OPTIONS = {"gap": 1e-9, "solver": "auto", "seed": 0}


def _recourse(wanted: float) -> Recourse:
    """Boxes made early, for four, or late, for seven if there is a permit: as many as are wanted are sold for ten.

    The permit costs twelve and is decided on early, half of it paid then.
    """
    program = LinearProgram(np.ones(2), np.ones(2), ["early", "late"])
    early = program.columns("early", (("box",),), upper=60.0, node=0).index
    permit = program.columns("permit", (("all",),), upper=1.0, integer=True, node=0).index
    late = program.columns("late", (("box",),), upper=50.0, node=1).index
    sold = program.columns("sold", (("box",),), upper=wanted, node=1).index
    program.rows("stock", (("box",),), [term(0, sold), term(0, early, -1.0), term(0, late, -1.0)], upper=0.0)
    program.rows("permitted", (("box",),), [term(0, late), term(0, permit, -20.0)], upper=0.0)
    program.rows("bench", (("box",),), [term(0, early)], upper=60.0)
    program.money("cost", early, -4.0, 0)
    program.money("permit", permit, -6.0, 0)
    program.money("permit", permit, -6.0, 1)
    program.money("cost", late, -7.0, 1)
    program.money("sale", sold, 10.0, 1)
    return Recourse(program, np.append(early, permit), np.array([-4.0, -6.0]), OPTIONS)


def _later(wanted: float, early: float, permit: float) -> float:
    """What the later decisions earn after early ones, by hand."""
    late = min(max(wanted - early, 0.0), 20.0 * permit)
    return 10.0 * min(wanted, early + late) - 7.0 * late - 6.0 * permit


quantities = st.floats(0.0, 60.0)
permits = st.sampled_from([0.0, 0.25, 1.0])
slopes = st.floats(-2.0, 12.0)


@given(quantities, quantities, permits)
def test_what_is_left_to_earn_is_right(wanted: float, early: float, permit: float) -> None:
    x = np.array([early, permit])
    found = _recourse(wanted).after(x)
    assert found.cut.at(x) == pytest.approx(_later(wanted, early, permit), abs=1e-6)


@given(quantities, quantities, permits, slopes, slopes)
def test_a_limit_holds_everywhere_and_is_reached(
    wanted: float, early: float, permit: float, slope: float, slope_of_permit: float
) -> None:
    """With a slope nothing earns more than the limit; with the permit known, the best early quantity reaches it."""
    recourse, slopes = _recourse(wanted), np.array([slope, slope_of_permit])
    limit, held = recourse.at_most(slopes), Held(np.array([1]), np.array([permit]))
    with_it = recourse.at_most(slopes, held=held)
    assert limit is not None
    assert with_it is not None
    value, x = _later(wanted, early, permit), np.array([early, permit])
    assert value <= with_it.cut.at(x) + 1e-6
    assert with_it.cut.constant <= limit.cut.constant + 1e-6
    corners = [quantity for quantity in (0.0, wanted, wanted - 20.0 * permit, 60.0) if 0.0 <= quantity <= 60.0]
    best = max(_later(wanted, one, permit) - slope * one - slope_of_permit * permit for one in corners)
    assert with_it.cut.constant == pytest.approx(best, abs=1e-6)


@given(quantities, quantities, quantities, permits, slopes, slopes)
def test_prices_of_another_future_limit_too(
    wanted: float, other: float, early: float, permit: float, slope: float, slope_of_permit: float
) -> None:
    """They hold whatever is wanted, and give nothing away where they come from."""
    recourse, slopes, x = _recourse(wanted), np.array([slope, slope_of_permit]), np.array([early, permit])
    held, value = Held(np.array([1]), np.array([permit])), _later(wanted, early, permit)
    theirs = _recourse(other)
    after, limit, with_it = theirs.after(x), theirs.at_most(slopes), theirs.at_most(slopes, held=held)
    assert limit is not None
    assert with_it is not None
    assert after.prices is not None
    assert limit.prices is not None
    assert with_it.prices is not None
    for mine, same in ((recourse, False), (theirs, True)):
        cuts = mine.priced(after.prices), mine.priced(limit.prices, slopes), mine.priced(with_it.prices, slopes, held)
        assert all(cut is not None for cut in cuts)
        for cut, own in zip(cuts, (after.cut, limit.cut, with_it.cut), strict=True):
            assert cut is not None
            if same:
                assert cut.at(x) == pytest.approx(own.at(x), abs=1e-6)
            else:
                assert value <= cut.at(x) + 1e-6


@given(quantities, quantities, quantities, quantities, st.sampled_from([0.0, 1.0]), slopes, slopes)
def test_it_does_not_matter_where_one_starts(
    wanted: float, other: float, early: float, elsewhere: float, permit: float, slope: float, slope_of_permit: float
) -> None:
    """From where another future reaches a limit, or this one did after other decisions, all is as from scratch.

    Rows of early decisions are tight there: what they are worth is not earned later.
    """
    recourse, x = _recourse(wanted), np.array([early, permit])
    limit = _recourse(other).at_most(np.array([slope, slope_of_permit]))
    assert limit is not None
    later, start = _later(wanted, early, permit), limit.start
    for _ in range(2):
        assert start is not None
        found, decided = recourse.after(x, start), recourse.decided(x, start)
        assert found.cut.at(x) == pytest.approx(later, abs=1e-6)
        assert _later(wanted, elsewhere, permit) <= found.cut.at(np.array([elsewhere, permit])) + 1e-6
        assert decided is not None
        assert decided.objective == pytest.approx(later - 4.0 * early - 6.0 * permit, abs=1e-6)
        start = recourse.after(np.array([60.0, 1.0]), start).start


def test_what_hardly_earns_beyond_its_price_counts_as_the_largest_bound() -> None:
    """And where it earns more there is no limit by prices."""
    program = LinearProgram(np.ones(1), np.ones(1), ["all"])
    made = program.columns("made", (("box",),), upper=100.0, node=0).index
    kept = program.columns("kept", (("box",),), node=0).index
    program.rows("stock", (("box",),), [term(0, kept), term(0, made, -1.0)], upper=0.0)
    program.money("income", kept, 10.0, 0)
    recourse = Recourse(program, made, np.zeros(1), OPTIONS)
    prices = recourse.after(np.array([1.0])).prices
    assert prices is not None
    exact = recourse.priced(prices)
    near = recourse.priced(Prices({"stock": prices.rows["stock"] - 1e-7}))
    assert exact is not None
    assert near is not None
    assert exact.at(np.array([50.0])) == pytest.approx(500.0, abs=1e-6)
    assert 500.0 < near.at(np.array([50.0])) < 500.1
    assert recourse.priced(Prices({"stock": prices.rows["stock"] - 1e-3})) is None


def test_where_nothing_keeps_the_rules_that_is_a_condition_that_nothing_keeps() -> None:
    recourse = _recourse(30.0)
    recourse.program.rows("sales", (("box",),), [term(0, recourse.program.column_blocks["sold"].index)], lower=31.0)
    limit = recourse.at_most(np.zeros(2))
    assert limit is not None
    assert not limit.cut.of_money
    assert limit.cut.at(np.array([60.0, 1.0])) < 0.0


def test_lost_digits_leave_no_plan_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else is known by then is not thrown away."""
    made = _recourse(40.0)

    def lost(*_: object, **__: object) -> None:
        raise NumericalError("the solver lost its digits", [])

    monkeypatch.setattr(recourse, "solve", lost)
    assert made.decided(np.array([20.0, 1.0])) is None
