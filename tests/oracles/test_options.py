"""A firm quantity and options on more, taken before demand is known."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest
from small_case import SmallCase

from coplant.network import Network
from coplant.planning import formulate
from coplant.program import solve
from coplant.timeline import Timeline
from coplant.tree import Tree

JULY, AUGUST = datetime.date(2023, 7, 1), datetime.date(2023, 8, 1)
DEMANDS = np.arange(1_250.0, 100_000.0, 2_500.0)
"""Demand between 0 and 100,000, each as likely, by the middles of forty equal parts.

What is sold of a whole number of parts has the same mean as if each demand between could be.
"""


def _chosen(most: float) -> tuple[float, float, float]:
    """Firm units, options, and the profit expected.

    A unit sells for 100 and is built for 60, in July for stock, which is worth 20 in the end, or in August, once
    demand is known, under an option of 10, of which there are so many at most.
    """
    small = SmallCase("month:2", start=JULY).host(starts=AUGUST, term=1.0).item("car", value=20.0, holding_rate=0.0)
    small.tables["items"][0]["end_value_share"] = 1.0
    small.route("car", route="firm", cost=60.0, lead_time=31.0)
    small.route("car", site="host", route="option", agreement="deal")
    small.add("lanes", lane="home", item="car", from_site="host", to_site="works")
    small.add("reservations", agreement="deal", least=0.0, most=most, per="month", fee=10.0)
    small.add("processing_fees", agreement="deal", fee=60.0)
    small.demand("car", 0.0, "month", price=100.0)
    case = small.case()
    timeline = Timeline.of(case.settings.start, case.settings.buckets)
    network = Network.of(case, Tree.branching(timeline, {1: np.full(len(DEMANDS), 1 / len(DEMANDS))}))
    wanted = np.append(0.0, DEMANDS)[None, :]
    draft = formulate(dataclasses.replace(network, demands=dataclasses.replace(network.demands, wanted=wanted)))
    solution = solve(draft.program, gap=1e-9)
    firm = solution.columns[draft.start.index[0, 0]]
    options = solution.columns[draft.program.column_blocks["reserved/deal"].index].sum()
    return float(firm), float(options), solution.objective


def test_options_add_to_what_is_firm() -> None:
    """As worked out by Barnes-Schuster, Bassok and Anupindi (2002): 25,000 firm, 75,000 in all."""
    firm, options, profit = _chosen(most=100_000.0)
    assert profit == pytest.approx(1_250_000, rel=1e-6)
    # Between two middles one choice is as good as another.
    assert firm == pytest.approx(25_000, abs=1_250)
    assert firm + options == pytest.approx(75_000, abs=1_250)


def test_without_options_more_is_firm() -> None:
    firm, options, profit = _chosen(most=0.0)
    assert profit == pytest.approx(1_000_000, rel=1e-6)
    assert firm == pytest.approx(50_000, abs=1_250)
    assert options == 0.0
