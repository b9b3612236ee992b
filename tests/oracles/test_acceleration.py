"""Costs of an earlier end that are known to be right."""

from __future__ import annotations

import pytest
from launching.small_programme import MILWAUKEE, SmallProgramme

from coplant.launching import acceleration_curve

CRASHED = {
    "A": (1, 0.75), "B": (1, 4), "C": (1, 1), "D": (3, 1), "E": (2, 2), "F": (2, 0.5), "G": (2, 4.5), "H": (1, 3),
}  # fmt: skip
"""Milwaukee Paper: weeks when crashed, and what that costs beyond the normal cost in thousands."""

NORMAL = 22 + 30 + 26 + 48 + 56 + 30 + 80 + 16
"""What all activities of Milwaukee Paper cost at their normal pace."""


def test_milwaukee_paper_is_done_in_seven_weeks_for_sixteen_thousand_more() -> None:
    """Heizer and Render, Operations Management: the cost curve from 15 weeks down to 7."""
    small = SmallProgramme()
    for name, (after, weeks, _) in MILWAUKEE.items():
        crashed, more = CRASHED[name]
        small.activity(name, weeks, *after)
        if crashed < weeks:
            small.add("acceleration", activity=name, option="crash", days=weeks - crashed, cost=more)
    curve = acceleration_curve(small.milestone("H").case(), "end").curve
    assert (15 - curve["saved"]).to_list() == pytest.approx(range(15, 6, -1), abs=1e-9)
    costs = [308, 308.75, 310.25, 311.75, 313.25, 315.25, 318.25, 321.25, 324.25]
    assert (NORMAL + curve["cost"]).to_list() == pytest.approx(costs, abs=1e-6)
    assert curve["bound"].to_list() == pytest.approx(curve["cost"].to_list(), abs=1e-6)


def test_a_diamond_is_crashed_where_it_is_cheapest() -> None:
    """A, then B beside C, then D: 100, 80, 60 and 150 a week, at most 2, 2, 2 and 1."""
    small = SmallProgramme().activity("A", 4).activity("B", 6, "A").activity("C", 5, "A").activity("D", 3, "B", "C")
    for name, price, most in (("A", 100, 2), ("B", 80, 2), ("C", 60, 2), ("D", 150, 1)):
        small.add("acceleration", activity=name, option="crash", days=most, cost=price * most)
    found = acceleration_curve(small.milestone("D").case(), "end")
    assert found.curve["cost"].to_list()[:5] == pytest.approx([0, 80, 180, 280, 420], abs=1e-6)
    assert found.curve["marginal"].to_list()[1:5] == pytest.approx([80, 100, 100, 140], abs=1e-6)
    assert 13 - found.best(120) == 10
    fourth = found.used.filter(earlier=4).sort("activity")
    assert fourth["activity"].to_list() == ["A", "B", "C"]
    assert fourth["days"].to_list() == pytest.approx([2, 2, 1])
