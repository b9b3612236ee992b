"""Planning futures in parts: the same answers as from one program, whoever works them out."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import polars as pl
import pytest
from small_case import SmallCase

import coplant
from coplant import CaseError, Hedge, InfeasibleError
from coplant.planning import decomposition, hedging
from coplant.planning.decomposition import Parts, Sketch, split_of
from coplant.planning.outlook import Outlook
from coplant.program import lshaped
from coplant.program.lshaped import Master
from coplant.program.money import Floats
from coplant.program.run import hand_over, run
from coplant.program.scaling import Scaled
from coplant.workers import Workers

STATUS = highspy.HighsModelStatus

LATER, LAST = datetime.date(2023, 1, 8), datetime.date(2023, 1, 15)
WANTED = (20.0, 35.0, 50.0, 70.0, 90.0)


def _boxes(**settings: object) -> SmallCase:
    """Boxes are made in one week, or dearer in the next, in which it is known how many are asked for."""
    small = SmallCase("week:3", **settings).item("box").route("box", lead_time=7, cost=4.25)
    small.route("box", route="late", cost=7.0)
    small.line("box", 60.0, "week").line("late", 15.0, "week", resource="late line")
    small.demand("box", 0.0, "week", 10.0).since("demand", demand="box", item="box", site="works", quantity=0.0,
                                                  per="week", from_=LAST)  # fmt: skip
    for wanted in WANTED:
        outcome = f"{wanted:g} wanted"
        small.branch("market", LATER, {outcome: 1.0 / len(WANTED)})
        small.add("edits", outcome=outcome, table="demand", key="box", column="quantity", value=repr(wanted),
                  until=LAST)  # fmt: skip
    small.settings["probabilities"] = "normalise"
    return small


def _lots(**settings: object) -> SmallCase:
    """The same where the dearer boxes are made in lots of eight, which is decided once the market is known."""
    small = _boxes(**settings)
    small.tables["routes"][1]["multiple"] = 8.0
    return small


@pytest.fixture(params=[1, 3, 8])
def sketch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many futures the parts begin with, and how many groups lead."""
    monkeypatch.setattr(decomposition, "SKETCH", request.param)
    monkeypatch.setattr(decomposition, "FINER", request.param + 1)
    monkeypatch.setattr(decomposition, "LEADERS", request.param)
    return int(request.param)


def _agree(parts: Hedge, whole: Hedge) -> None:
    assert parts.objective == pytest.approx(whole.objective, rel=1e-7)
    assert parts.bound == pytest.approx(whole.objective, rel=1e-4)
    assert parts.expected == pytest.approx(whole.expected, rel=1e-7)
    assert parts["made"].select("started").sum().item() == pytest.approx(whole["made"].select("started").sum().item())
    assert parts["futures"]["future"].to_list() == whole["futures"]["future"].to_list()


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_parts_are_as_good_as_the_whole(sketch: int, weight: float) -> None:
    case = _boxes(risk_weight=weight, risk_share=0.5).case()
    _agree(coplant.hedge(case, gap=1e-8, method="parts"), coplant.hedge(case, gap=1e-8, method="whole"))


def test_whole_numbers_of_later_decisions_are_whole(sketch: int) -> None:
    case = _lots().case()
    whole, parts = (coplant.hedge(case, gap=1e-8, method=method) for method in ("whole", "parts"))
    _agree(parts, whole)
    late = parts["made"].filter(route="late")["started"].to_numpy()
    assert late.max() == 8.0
    assert np.allclose(late % 8.0, 0.0)
    # Some of the boxes that would sell are too few for a lot.
    assert parts.objective < coplant.hedge(_boxes().case(), method="whole").objective


def test_a_branch_that_loses_its_way_is_not_taken_for_one_that_breaks_the_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes, given_up = [0], []
    branch = Master._branch

    def branched(master: Master, gap: float) -> tuple[float, Floats] | None:
        nodes[0] = 1
        found = branch(master, gap)
        if nodes[0] > 2:
            given_up.append(found is None)
        nodes[0] = 0
        return found

    def losing(highs: highspy.Highs) -> highspy.HighsModelStatus:
        status = run(highs)
        nodes[0] += nodes[0] > 0
        return STATUS.kUnbounded if nodes[0] == 3 else status

    case = _hosts().case()
    whole = coplant.hedge(case, gap=1e-8, method="whole")
    monkeypatch.setattr(Master, "_branch", branched)
    monkeypatch.setattr(lshaped, "run", losing)
    _agree(coplant.hedge(case, gap=1e-8, method="parts"), whole)
    assert given_up
    assert all(given_up)


def test_whole_numbers_are_found_without_presolve_where_that_loses_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = []

    class Losing(highspy.Highs):
        """Ends every search in an error that presolve has a hand in."""

        def solve(self) -> highspy.HighsStatus:
            answer = super().solve()
            self.lost = self.getInfo().mip_node_count >= 0 and self.getOptionValue("presolve")[1] != "off"
            lost.append(self.lost)
            return answer

        def getModelStatus(self) -> highspy.HighsModelStatus:  # noqa: N802
            return STATUS.kSolveError if self.lost else super().getModelStatus()

    def handed_over(model: Scaled) -> highspy.Highs:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(highspy, "Highs", Losing)
            return hand_over(model)

    case = _hosts().case()
    whole = coplant.hedge(case, gap=1e-8, method="whole")
    monkeypatch.setattr(lshaped, "_NODES", -1)
    monkeypatch.setattr(lshaped, "hand_over", handed_over)
    _agree(coplant.hedge(case, gap=1e-8, method="parts"), whole)
    assert any(lost)


def test_a_gap_that_nothing_more_can_close_is_told() -> None:
    """Whether to sign is decided later, for a charge however little is made: between early decisions that is uneven."""
    small = _boxes().host(status="option", sign_from=LATER, starts=LATER, term=1)
    small.add("fixed_charges", agreement="deal", charge="line", amount=100.0, per="month")
    small.route("box", "host", route="hosted", agreement="deal", cost=1.0)
    small.add("lanes", lane="truck", item="box", from_site="host", to_site="works", cost=0.0)
    whole, parts = (coplant.hedge(small.case(), gap=1e-8, method=method) for method in ("whole", "parts"))
    assert parts.gap > 1e-3
    assert parts.objective <= whole.objective * (1.0 + 1e-7) <= parts.bound
    assert all("the gap left in whole numbers that are decided later" in plan.solver for plan in parts.plans)


def test_early_decisions_leave_what_later_rules_need(sketch: int) -> None:
    """All that is wanted has to be sold, however much that is: so that much is made early, for whatever it costs."""
    small = _boxes()
    small.tables["demand"][0]["least_fill"] = 1.0
    small.tables["routes"][0]["cost"] = 40.0
    case = small.case()
    hedge = coplant.hedge(case, gap=1e-8, method="parts")
    _agree(hedge, coplant.hedge(case, gap=1e-8, method="whole"))
    made = hedge["made"].filter(bucket=case.settings.start).group_by("future").agg(pl.col("started").sum())["started"]
    # Of ninety fifteen can be made when they are wanted.
    assert made.to_list() == pytest.approx([75.0] * len(WANTED))


def test_rules_that_no_early_decision_can_keep_are_told(sketch: int) -> None:
    small = _boxes()
    small.tables["demand"][0]["least_fill"] = 1.0
    small.tables["resource_capacity"][0]["quantity"] = 50.0
    with pytest.raises(InfeasibleError):
        coplant.hedge(small.case(), method="parts")


def test_marginal_values_before_and_after_are_those_of_the_whole(sketch: int) -> None:
    case = _boxes().case()
    worth = [
        hedge["marginal_values"].filter(constraint="capacity").sort("future", "thing", "bucket")
        for hedge in (coplant.hedge(case, gap=1e-9, method=method) for method in ("whole", "parts"))
    ]
    assert worth[0]["value"].to_list() == pytest.approx(worth[1]["value"].to_list(), abs=1e-6)


@dataclasses.dataclass
class _Dying:
    """Workers of whom the first that is given a task dies in the midst of it."""

    them: Workers
    mark: Path

    def map(
        self, function: Callable[[Any], Any], tasks: Iterable[Any], seats: Sequence[int] | None = None
    ) -> Iterator[Any]:
        return self.them.map(functools.partial(_dying_first, function, self.mark), tasks, seats)

    def close(self) -> None:
        self.them.close()


def _dying_first(function: Callable[[Any], Any], mark: Path, task: Any) -> Any:
    answer = function(task)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)
    return answer


def test_neither_workers_nor_their_death_change_a_digit(two: Workers, tmp_path: Path) -> None:
    case, mark = _lots(risk_weight=0.3, risk_share=0.5).case(), tmp_path / "mark"
    here = coplant.hedge(case, method="parts")
    there = coplant.hedge(case, method="parts", workers=_Dying(two, mark))
    assert mark.exists()
    assert there.objective == here.objective
    assert there.bound == here.bound
    for name, table in here.tables.items():
        assert table.equals(there.tables[name]), name


def _hosts() -> SmallCase:
    """Boxes may be made early at three hosts too: the more it costs to sign, the less each box does."""
    small = _boxes()
    small.tables["resource_capacity"][0]["quantity"] = 20.0
    for name, once, cost in (("dear", 130.0, 1.0), ("fair", 60.0, 2.0), ("cheap", 25.0, 3.5)):
        small.host(name, site=name, status="option", starts=small.start, term=1)
        small.route("box", site=name, agreement=name, route=f"at {name}", lead_time=7, cost=cost)
        small.add("lanes", lane=name, item="box", from_site=name, to_site="works")
        small.add("fixed_charges", agreement=name, charge="line", amount=once / 3, per="week")
        small.line(f"at {name}", 60.0, "week", site=name, resource=f"{name} line")
    return small


@pytest.mark.parametrize("leading", [1, 64])
def test_what_is_signed_early_is_weighed_before_it_is_tried(leading: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decomposition, "LEADERS", leading)
    closed: list[tuple[float, ...]] = []
    close = Master.close

    def noted(master: Master, values: np.ndarray, bound: float) -> None:
        closed.append(tuple(values))
        close(master, values, bound)

    monkeypatch.setattr(Master, "close", noted)
    case = _hosts().case()
    parts, whole = (coplant.hedge(case, gap=1e-6, method=method) for method in ("parts", "whole"))
    assert parts.objective == pytest.approx(whole.objective, rel=1e-6)
    assert whole.objective <= parts.bound * (1 + 1e-9)
    assert len(closed) == len(set(closed))
    # Prices of one for all are too far off to close any.
    assert bool(closed) == (leading > 1)
    signed = dict(parts.plans[0]["signed"].select("agreement", "signed").rows())
    best = tuple(float(signed[name]) for name in sorted(signed))
    assert best not in closed
    assert 0 < sum(best) < 3


def test_a_change_before_it_is_known_is_refused_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decomposition, "SKETCH", 1)
    small = _boxes()
    small.add("edits", outcome="90 wanted", table="routes", key="box", column="cost", value="5")
    with pytest.raises(CaseError, match=r"cost of routes.*cannot be told apart.*started of box in 2023-01-01"):
        coplant.hedge(small.case(), method="parts")


def test_the_split_leaves_little_on_both_sides() -> None:
    """What is known first tells two from one another, and what is known last five."""
    small = SmallCase("week:6").item("box").route("box").demand("box", 1.0, "week", 2.0)
    small.branch("first", datetime.date(2023, 1, 8), {"a": 0.5, "b": 0.5})
    small.branch("second", datetime.date(2023, 1, 15), dict.fromkeys("cdefg", 0.2))
    outlook = Outlook.of(small.case())
    # Before: three nodes; after, four weeks of each. At the first day a group has 1 + 5 x 4 nodes.
    assert split_of(outlook) == 2


def test_a_group_is_led_by_one_that_shares_what_tells_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch with many outcomes is a fine grid, on which neighbours are alike; one with two is not."""
    monkeypatch.setattr(decomposition, "LEADERS", 4)
    small = _boxes()
    small.branch("shortage", LATER, {"long": 0.3, "short": 0.7})
    outlook = Outlook.of(small.case())
    parts = Parts.of(outlook, 1)
    outcomes = [{one.outcome for one in future} for future in outlook.futures.outcomes]
    assert len(parts.groups) == 10
    assert len(parts.leaders) < 10
    assert parts.led_by[parts.leaders].tolist() == list(range(len(parts.leaders)))
    for group, place in enumerate(parts.led_by):
        assert {"long", "short"} & outcomes[group] == {"long", "short"} & outcomes[parts.leaders[place]]
    for count in (2, 10):
        sketch = Sketch.of(parts, count)
        assert set(sketch.futures) <= set(parts.leaders)
        # What a unit of an early decision is worth to all groups is what it is worth to the sketch.
        weight = np.bincount(sketch.like, parts.chance, len(sketch.futures))
        assert weight == pytest.approx(sketch.outlook.futures.probability)


def test_what_is_known_from_the_first_day_is_not_planned_in_parts() -> None:
    case = _boxes().case()
    assert split_of(Outlook.of(case, ["market"])) is None
    known = coplant.hedge(case, foreseen=["market"], method="parts")
    assert known.objective > coplant.hedge(case, method="whole").objective


def test_a_plan_says_how_it_was_made_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    case = _boxes().case()

    def told(**options: Any) -> str:
        told = {plan.solver.partition("; ")[2] for plan in coplant.hedge(case, **options).plans}
        assert len(told) == 1
        return told.pop()

    columns = f"{Outlook.of(case).estimated_columns:,} columns"
    assert told(method="whole") == "one program, as asked"
    assert told() == f"one program, as it has {columns}"
    assert told(method="parts", foreseen=["market"]) == "one program, as nothing becomes known later"
    assert told(method="parts").startswith("L-shaped, 5 groups")
    assert told(method="parts").endswith("rounds, as asked")
    monkeypatch.setattr(hedging, "FITS", 10)
    assert told().endswith(f"rounds, as one program would have {columns}")


def test_a_method_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, whole, parts"):
        coplant.hedge(_boxes().case(), method="half")
