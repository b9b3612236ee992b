"""Why customers are not served: known shortages, and random ones, every figure of which is found again from scratch."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from insight.solved_anew import money_with
from laws.small_cases import Draft, drafts
from small_case import SmallCase

import coplant
from coplant import CaseError, InfeasibleError, Plan
from coplant.generate import generate
from coplant.insight.optimum import Optimum
from coplant.insight.shortages import Shortages
from coplant.insight.why_short import WhyShort
from coplant.report.explained import shortages_in_words


def two_phones(chips: float = 100.0, line: float = 1000.0) -> SmallCase:
    """A dear and a cheap phone that take one chip each; 60 of each are wanted."""
    case = SmallCase("month:1").item("dear").item("cheap").item("chip")
    case.route("dear", bom={"chip": 1.0}).route("cheap", bom={"chip": 1.0})
    case.line("dear", line, "month").add("loads", route="cheap", resource="line", quantity=1.0)
    case.offer("chip", 10.0, allotment="chips").since("allotments", allotment="chips", quantity=chips, per="month")
    return case.demand("dear", 60.0, "month", price=71.0).demand("cheap", 60.0, "month", price=32.0)


def test_the_gate_of_a_shortage_is_named_with_what_it_is_worth_to_each() -> None:
    why = two_phones().plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why.unserved == pytest.approx(20.0)
    (gate,) = why["gates"].to_dicts()
    assert (gate["constraint"], gate["thing"], gate["alone"]) == ("allotment", "chips", True)
    assert gate["set_in"] == "allotments[chips]"
    # A chip more makes a cheap phone, for 20 of them.
    discount = 1.0
    assert gate["value"] == pytest.approx(22.0 * discount)
    assert gate["holds_until"] == pytest.approx(20.0)
    # It goes to the dear phone, where it earns 61 rather than 22.
    worth = {row["demand"]: row["worth"] for row in why["users"].to_dicts()}
    assert worth == {"dear": pytest.approx(61.0 * discount), "cheap": pytest.approx(22.0 * discount)}
    share = {row["demand"]: row["share"] for row in why["users"].to_dicts()}
    assert share == {"dear": pytest.approx(0.6), "cheap": pytest.approx(0.4)}


def test_what_a_gate_is_worth_to_who_gets_it_does_not_hang_on_the_bucket_asked_about() -> None:
    """A lamp earns 20 for a quarter of an hour, but in the last month, in which a third of what is started is lost."""
    case = SmallCase("month:6").item("lamp").route("lamp", cost=30.0, lead_time=10.0).line("lamp", 75.0, "month", 0.25)
    plan = case.demand("lamp", 500.0, "month", price=50.0).plan()
    worth = []
    for month in (2, 3, 5, 6):
        why = plan.why_short("lamp", f"2023-{month:02}")
        assert why is not None
        (user,) = why["users"].to_dicts()
        worth.append(user["worth"])
    assert worth == [pytest.approx(worth[0])] * 4
    assert 60.0 < worth[0] < 80.0


def test_what_forbids_to_serve_anybody_more_is_named() -> None:
    why = two_phones(chips=0.0).plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why.loss is None
    (gate,) = why["gates"].to_dicts()
    assert (gate["constraint"], gate["thing"], gate["takes"]) == ("allotment", "chips", None)
    # The first are made dear phones of.
    assert (gate["value"], gate["holds_until"]) == (pytest.approx(61.0), pytest.approx(60.0))
    told = _said(why.text())
    assert "as long as this stays as it is:\n  1. chip (allotment; allotments[chips]). It is used up" in told
    assert "tant que ceci reste tel quel :\n  1. chip (allocation ; allotments[chips])." in _said(why.text("fr"))


def test_what_more_of_what_forbids_it_would_do_is_told() -> None:
    case = SmallCase("month:3").item("lamp").route("lamp", cost=30.0).line("lamp", 75.0, "month", 0.25)
    why = case.demand("lamp", 360.0, "month", price=50.0).plan().why_short("lamp", "2023-01")
    assert why is not None
    assert (why.loss, why["gates"]["thing"].to_list()) == (None, ["line"])
    # A twentieth of 75 hours in each of three months.
    assert why["raised"].row(0) == (5.0, pytest.approx(11.25), pytest.approx(15.0), pytest.approx(900.0))
    assert "If there were more of line, works wherever it is used up: with 5% (" in _said(why.text())


def test_that_things_take_their_time_is_said() -> None:
    case = SmallCase("month:3").item("lamp").route("lamp", cost=30.0, lead_time=31.0)
    why = case.demand("lamp", 360.0, "month", price=50.0).plan().why_short("lamp", "2023-01")
    assert why is not None
    assert why["waits"].select("activity", "there").rows() == [(None, datetime.date(2023, 2, 1))]
    assert "bought or made from the start on can be at works before Feb 2023: it takes that long." in _said(why.text())
    assert "avant févr. 2023 : il faut ce temps." in _said(why.text("fr"))


def test_that_nothing_can_be_there_at_all_is_said() -> None:
    case = SmallCase("month:2").item("lamp").route("lamp", cost=30.0, lead_time=90.0)
    why = case.demand("lamp", 360.0, "month", price=50.0).plan().why_short("lamp", "2023-01")
    assert why is not None
    assert "can be at works before the plan ends: it takes longer, or no way is open." in _said(why.text())


def test_stock_of_which_nothing_more_comes_in_time_is_what_forbids_it() -> None:
    case = SmallCase("month:2").item("lamp").item("shell").route("lamp", bom={"shell": 1.0})
    case.offer("shell", 10.0, lead_time=31.0).add("stock", item="shell", site="works", quantity=20.0)
    why = case.demand("lamp", 60.0, "month", price=50.0).plan().why_short("lamp", "2023-01")
    assert why is not None
    assert (why.loss, why["gates"].height) == (None, 0)
    assert "it is:\n  1. What there is of shell in works: it cannot become more in time." in _said(why.text())
    assert "Ce qu’il y a de stock (shell à works) : il ne peut augmenter à temps." in _said(why.text("fr"))


def test_a_rule_that_forbids_it_is_named() -> None:
    case = SmallCase("month:1").item("dear").item("cheap").route("dear").route("cheap").line("cheap", 0.0, "month")
    case.demand("dear", 60.0, "month", price=10.0).demand("cheap", 60.0, "month", price=10.0)
    why = case.add("mix", family="dear", year=2023, most_share=0.5).plan().why_short("dear", "2023-01")
    assert why is not None
    assert (why.loss, why["gates"]["thing"].to_list()) == (None, ["line"])
    assert "2. Another rule: the most of the mix of revenue." in _said(why.text())
    assert "2. Une autre règle : " in _said(why.text("fr"))


def test_one_customer_more_would_take_from_the_dearer() -> None:
    why = two_phones().plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why.loss == pytest.approx(39.0)
    assert why["gives_way"].select("demand", "quantity").rows() == [("dear", pytest.approx(1.0))]
    assert float(why["customer"]["amount"].sum()) == pytest.approx(-39.0)


def test_two_limits_that_are_used_up_together_are_said_to_be() -> None:
    why = two_phones(chips=100.0, line=100.0).plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why["gates"].height
    assert not why["gates"]["alone"].any()
    assert set(why["gates"]["value"]) == {0.0}
    assert "alone is worth nothing" in why.text()


def test_what_cannot_be_there_in_time_is_said_to_wait() -> None:
    case = SmallCase("month:3").item("car")
    case.route("car", from_=datetime.date(2023, 3, 1)).demand("car", 10.0, "month", price=5.0)
    why = case.plan().why_short("car", "2023-01")
    assert why is not None
    assert why.loss is None
    assert why["waits"].select("activity", "opens", "there", "milestone").rows() == [
        ("car", datetime.date(2023, 3, 1), datetime.date(2023, 3, 1), None)
    ]


def test_what_a_month_sooner_would_be_worth_is_found_by_planning_again() -> None:
    case = SmallCase("month:4").item("car").add("milestones", milestone="start", date=datetime.date(2023, 3, 31))
    case.route("car", milestone="start").demand("car", 10.0, "month", price=5.0)
    plan = case.plan()
    why = plan.why_short("car", "2023-03")
    assert why is not None
    (row,) = why["waits"].to_dicts()
    assert (row["milestone"], row["opens"]) == ("start", datetime.date(2023, 4, 1))
    # Thirty days before is the second of March.
    assert row["sooner_gained"] == pytest.approx(50.0)
    assert row["sooner_served"] == pytest.approx(10.0)
    assert "“start” reached 30 days earlier" in why.text()


def test_what_would_lose_money_is_no_shortage_of_anything() -> None:
    case = SmallCase("month:1").item("car").route("car", cost=7.0).demand("car", 10.0, "month", price=5.0)
    why = case.plan().why_short("car", "2023-01")
    assert why is not None
    assert why["gates"].is_empty()
    assert why.loss == pytest.approx(2.0)
    assert "would lose money" in why.text()


def test_more_of_the_gate_serves_more_until_all_are_served() -> None:
    why = two_phones().plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why["raised"].select("percent", "served").rows() == [
        (5.0, pytest.approx(5.0)),
        (10.0, pytest.approx(10.0)),
        (25.0, pytest.approx(20.0)),
    ]
    assert "all are served" in why.text()
    assert "tout est servi" in why.text("fr")


def test_customers_who_are_served_are_not_short() -> None:
    assert two_phones().plan().why_short("dear", "2023-01") is None


@pytest.mark.parametrize(
    ("demand", "at"), [("cheep", "2023-01"), ("cheap", "2031-01"), ("cheap", "soon"), ("cheap", "2023-13")]
)
def test_a_question_about_nothing_is_refused(demand: str, at: str) -> None:
    with pytest.raises(CaseError):
        two_phones().plan().why_short(demand, at)


@pytest.mark.parametrize("at", ["2023-01", "2023-Q1", "2023", "2023-01-31", datetime.date(2023, 1, 31)])
def test_buckets_are_named_in_several_ways(at: str | datetime.date) -> None:
    why = two_phones().plan().why_short("cheap", at)
    assert why is not None
    assert why.buckets == ("2023-01",)


def test_a_plan_that_was_kept_answers_as_the_one_in_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = two_phones().plan()
    folder = tmp_path_factory.mktemp("kept") / "plan"
    plan.write(folder)
    one, other = plan.why_short("cheap", "2023-01"), Plan.read(folder).why_short("cheap", "2023-01")
    assert one is not None
    assert other is not None
    assert one.text() == other.text()


# -- random shortages -------------------------------------------------------------------------------------------------


def shortages(plan: Plan) -> Iterator[tuple[str, str]]:
    """Streams and buckets in which customers are not served."""
    labels = dict(plan["buckets"].select("bucket", "label").iter_rows())
    for row in plan["sold"].iter_rows(named=True):
        if row["lost"] + row["waiting"] > 1e-3 * max(row["wanted"], 1.0):
            yield row["demand"], labels[row["bucket"]]


def check_loss(optimum: Optimum, why: WhyShort, before: float) -> None:
    """Serve more customers in the buckets in which some are short, and see that each loses what is said."""
    if why.loss is None:
        return
    draft, columns = optimum.draft, optimum.ranging.columns
    demand = draft.network.demands.labels.index(why.demand)
    unserved = draft.lost.values(columns)[demand] + draft.waiting.values(columns)[demand]
    labels = list(draft.tree.labels)
    # Who stops waiting would have had to be served before.
    short = [labels.index(label) for label in why.buckets]
    at_issue = np.unique([node if unserved[node] > 0.0 else max(node - 1, 0) for node in short])
    at_issue = at_issue[unserved[at_issue] > 0.0]
    shares = unserved[at_issue] / unserved[at_issue].sum()
    losses = []
    for share in (1.0, 0.5):
        step = share * min(why.holds_until, float(unserved.sum()))
        forced = (draft.sold.index[demand, at_issue], step * shares)
        after = money_with(draft.program, columns, np.empty(0, dtype=np.int64), np.empty(0), forced)
        losses.append((step, after))
    if any(after is None for _, after in losses):
        # Not in all of these buckets at once: it is then told of one of them.
        assert len(at_issue) > 1
        return
    for step, after in losses:
        assert before - float(after or 0.0) == pytest.approx(
            why.loss * step, rel=1e-6, abs=1e-9 * max(abs(before), 1.0)
        )


def check_in_the_way(answers: Shortages, why: WhyShort) -> None:
    """See that the gates forbid to serve any more though all other limits are let go, and that none could be."""
    optimum, draft = answers.optimum, answers.draft
    columns, demand = optimum.ranging.columns, draft.network.demands.labels.index(why.demand)
    missing = draft.lost.values(columns)[demand] + draft.waiting.values(columns)[demand]
    nodes = np.array([draft.tree.labels.index(label) for label in why.buckets])
    # One by one, as many as there are of those who stop waiting or could not be there in time.
    nodes = nodes[missing[nodes] > 0.0] if why["waits"].is_empty() else nodes[:0]
    if not len(nodes):
        return
    forced = (draft.sold.index[demand, nodes], 0.5 * missing[nodes])
    gates = set(why["gates"].select("constraint", "thing").iter_rows())

    def possible(kept: set[tuple[str, str]]) -> bool:
        gone = [limit for limit in optimum.limits if (limit.constraint, limit.thing) not in kept]
        stay = [limit.rows for limit in optimum.limits if (limit.constraint, limit.thing) in kept]
        rows = np.concatenate([np.empty(0, dtype=np.int64), *(limit.all_rows for limit in gone)])
        rows = np.setdiff1d(rows, np.concatenate([np.array([-1]), *stay]))
        # So much more than there is of anything that it limits no longer.
        much = np.full(len(rows), 1e3 * max(float(np.abs(columns).max()), 1.0))
        return money_with(draft.program, columns, rows, much, forced) is not None

    assert not possible(gates)
    for gate in gates:
        assert possible(gates - {gate})


def check_raised(answers: Shortages, why: WhyShort, before: float) -> None:
    """Raise the first gate and those like it by as much as is said, and see that the plan gains what is said."""
    if why["raised"].is_empty():
        return
    optimum, first = answers.optimum, why["gates"].row(0, named=True)
    alike = why["gates"].filter((pl.col("thing") == first["thing"]) | (pl.col("in_place_of") == first["thing"]))
    limits = {(limit.constraint, limit.thing): limit for limit in optimum.limits}
    moves = [
        limits[key].move(np.where(optimum.priced(limits[key]), 0.01 * optimum.stated(limits[key]), 0.0))
        for key in alike.select("constraint", "thing").unique().iter_rows()
    ]
    rows, by = (np.concatenate([move[place] for move in moves]) for place in (0, 1))
    for row in why["raised"].iter_rows(named=True):
        after = money_with(optimum.draft.program, optimum.ranging.columns, rows, row["percent"] * by)
        assert after is not None
        assert after - before == pytest.approx(row["gained"], rel=1e-6, abs=1e-9 * max(abs(before), 1.0))


def check(answers: Shortages, why: WhyShort, draw: np.random.Generator) -> int:
    """Find every gate's figures again from scratch; how many there were."""
    optimum, plan = answers.optimum, answers.plan
    program, columns = optimum.draft.program, optimum.ranging.columns
    before = money_with(program, columns, np.empty(0, dtype=np.int64), np.empty(0))
    assert before is not None
    size = max(abs(before), 1.0)
    limits = {(limit.constraint, limit.thing): limit for limit in optimum.limits}
    buckets = plan["buckets"]["bucket"].to_list()
    for gate in why["gates"].iter_rows(named=True):
        limit = limits[gate["constraint"], gate["thing"]]
        move = limit.move((np.arange(len(buckets)) == buckets.index(gate["bucket"])) * 1.0)
        most = gate["holds_until"] if np.isfinite(gate["holds_until"]) else max(gate["limit"], 1.0)
        for share in (1.0, float(draw.uniform(0.1, 0.9))):
            step = share * most
            after = money_with(program, columns, move.rows, step * move.by_row)
            assert after is not None
            stated = gate["value"] * step
            assert after - before == pytest.approx(stated, rel=1e-6, abs=1e-9 * size)
        if np.isfinite(gate["holds_until"]) and gate["alone"]:
            # Beyond what it holds for, a unit is worth less.
            beyond = money_with(program, columns, move.rows, 1.5 * most * move.by_row)
            assert beyond is not None
            assert beyond - before <= gate["value"] * 1.5 * most + 1e-9 * size
        # A gate is used on the way, and worth something elsewhere.
        if gate["in_place_of"] is None and why.loss is not None:
            assert gate["takes"] > 0.0
            assert gate["amount"] > 0.0
    if why.loss is None:
        check_in_the_way(answers, why)
    check_loss(optimum, why, before)
    check_raised(answers, why, before)
    if why.loss is not None:
        assert why.loss >= -1e-9 * size
        assert float(why["customer"]["amount"].sum()) == pytest.approx(-why.loss, rel=1e-6, abs=1e-9 * size)
    return why["gates"].height


@given(st.integers(0, 10_000), st.booleans(), st.integers(6, 30), st.integers(3, 9), st.integers(0, 2))
def test_every_figure_of_random_shortages_is_found_again(
    seed: int, integers: bool, items: int, buckets: int, hosts: int
) -> None:
    plan = coplant.plan(generate(items, buckets, hosts, seed, integers), gap=1e-9)
    asked = list(shortages(plan))
    draw = np.random.default_rng(seed)
    answers = Shortages(plan)
    for number in draw.permutation(len(asked))[:3]:
        why = answers.why(*asked[number])
        assert why is not None
        check(answers, why, draw)
        assert why.text()
        assert why.text("fr")


@given(drafts())
def test_what_forbids_to_serve_anybody_more_does_so_whatever_else_is_let_go(draft: Draft) -> None:
    try:
        plan = coplant.plan(draft.case(), gap=1e-9)
    except InfeasibleError:
        assume(False)
        raise
    answers = Shortages(plan)
    for asked in list(shortages(plan))[:6]:
        why = answers.why(*asked)
        assert why is not None
        if why.loss is None:
            event(f"{why['gates'].height} gates" if why["waits"].is_empty() else "waits")
            check_in_the_way(answers, why)
            assert why.text("fr")


def _said(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_all_that_let_through_the_same_part_are_told_with_those_who_get_it() -> None:
    case = two_phones(chips=60.0).offer("chip", 20.0, allotment="spot", offer="broker")
    why = case.since("allotments", allotment="spot", quantity=40.0, per="month").plan().why_short("cheap", "2023-01")
    assert why is not None
    told = _said(why.text())
    assert "Who gets chip (spot) and chip (chips) where it is used up: " in told
    assert "with 5% (5 units)" in told


def test_what_a_lost_customer_costs_is_told_apart() -> None:
    case = two_phones()
    case.tables["demand"] = [{**row, "lost_penalty": 3.0} for row in case.tables["demand"]]
    why = case.plan().why_short("cheap", "2023-01")
    assert why is not None
    assert "one customer less who is lost saves 3.00 " in _said(why.text())
    assert "other rules" not in why.text()


def test_what_gates_several_streams_is_told_of_once() -> None:
    plan = two_phones().demand("cheap", 30.0, "month", price=31.0, demand="others").plan()
    answers = [why for stream in ("cheap", "others") if (why := plan.why_short(stream, "2023-01")) is not None]
    one, other = _said(shortages_in_words(answers, "en")).split("\n\n")
    assert one == _said(answers[0].text())
    assert "The same gates it as " in other
    assert "Who gets" not in other
    assert "La même chose le bloque" in _said(shortages_in_words(answers, "fr"))


def test_stock_that_cannot_become_more_in_time_is_named_among_the_gates() -> None:
    case = SmallCase("month:2").item("dear").item("cheap").item("shell")
    case.route("dear", bom={"shell": 1.0}).route("cheap", bom={"shell": 1.0}).offer("shell", 10.0, lead_time=31.0)
    case.add("stock", item="shell", site="works", quantity=80.0)
    case.demand("dear", 60.0, "month", price=71.0).demand("cheap", 60.0, "month", price=32.0)
    why = case.plan().why_short("cheap", "2023-01")
    assert why is not None
    assert why["gates"].is_empty()
    told = _said(why.text())
    assert "1. What there is of shell in works and cannot become more in time: worth " in told
    assert "it takes what is there and cannot become more in time: shell in works, worth " in told


def test_those_who_wait_are_told_of() -> None:
    later = datetime.date(2023, 2, 1)
    case = two_phones(chips=60.0).since("allotments", allotment="chips", from_=later, quantity=300.0, per="month")
    case.settings["buckets"] = ["month:2"]
    case.tables["demand"] = [{**row, "wait_share": 0.5} for row in case.tables["demand"]]
    why = case.plan().why_short("cheap", "2023-01")
    assert why is not None
    waiting = why.plan["sold"].filter(demand="cheap", bucket=datetime.date(2023, 1, 1))["waiting"].item()
    assert waiting == pytest.approx(why.unserved)
    assert "All of those not served still wait" in _said(why.text())
    case.tables["demand"] = [{**row, "wait_share": 0.0} for row in case.tables["demand"]]
    lost = case.plan().why_short("cheap", "2023-01")
    assert lost is not None
    assert "wait" not in lost.text()
