"""The page of several futures: what it says in both languages, and that its figures are those of the tables."""

from __future__ import annotations

import dataclasses
import datetime
import html
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from plotly.offline import get_plotlyjs
from report.hedged.cases import FEBRUARY, MARCH, alike, boxes, lucky, many
from small_case import SmallCase

import coplant
from coplant import Hedge
from coplant.report.blocks import Fork
from coplant.report.hedged.chapters import MOST_CHAPTERS, chapters
from coplant.report.hedged.charts import cash_of, cash_over_time, close, earned, quantiles
from coplant.report.hedged.page import page_of
from coplant.report.hedged.sections.answer import answer_lines, key_figures
from coplant.report.hedged.sections.known import MOST_LINES, known
from coplant.report.hedged.sections.now import now
from coplant.report.hedged.sections.spread import spread
from coplant.report.hedged.sections.then import MOST_FUTURES, then
from coplant.report.hedged.view import HedgedView
from coplant.report.words import LANGUAGES, words_of


def text_of(page: str, language: str) -> str:
    """What the page says in a language."""
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


def spaced(text: str) -> str:
    return " ".join(text.split())


def lines_of(fork: Fork) -> int:
    return 1 + sum(1 + (lines_of(way.then) if way.then else 0) for way in fork.ways)


@pytest.fixture(scope="module")
def page(hedged: Hedge) -> str:
    return page_of(hedged)


@pytest.fixture(params=LANGUAGES)
def view(hedged: Hedge, request: pytest.FixtureRequest) -> HedgedView:
    return HedgedView(hedged, words_of(request.param))


@pytest.fixture
def english(hedged: Hedge) -> HedgedView:
    return HedgedView(hedged, words_of("en"))


@pytest.fixture
def crowded(crowd: Hedge) -> HedgedView:
    return HedgedView(crowd, words_of("en"))


# -- the page ---------------------------------------------------------------------------------------------------------


def test_a_page_opens_from_one_file_and_asks_for_no_other(hedged: Hedge, tmp_path: Path) -> None:
    hedged.report(tmp_path / "deep" / "hedge.html")
    page = (tmp_path / "deep" / "hedge.html").read_text(encoding="utf-8")
    ours = page.replace(get_plotlyjs(), "")
    assert len(page) - len(ours) == len(get_plotlyjs())
    assert not re.search(r"https?://|@import|url\(", ours)


def test_both_languages_have_the_same_sections(page: str) -> None:
    sections = re.findall(r'<section id="(\w\w)-([a-z]+)"', page)
    names = ["answer", "known", "spread", "now", "then", "assumptions", "solved", "chapters"]
    assert sections == [(language, name) for language in LANGUAGES for name in names]


def test_places_of_the_page_are_named_once(page: str) -> None:
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))
    figures = re.findall(r'data-figure="([^"]+)"', page)
    assert figures[: len(figures) // 2] == figures[len(figures) // 2 :]
    assert len(set(figures)) == len(figures) // 2


# -- the answer -------------------------------------------------------------------------------------------------------


def test_the_answer_tells_what_to_do_now_and_then_and_what_to_keep_open(english: HedgedView) -> None:
    lines = [spaced(line) for line in answer_lines(english)]
    assert lines[0] == "Now: sign “A trial of phones” with host on 1 January 2023."
    assert lines[1] == (
        "Order, whichever way things turn out: 400 units of Chip from 1 January 2023 to 31 January 2023, for 8,000 EUR."
    )
    assert lines[2].startswith("Start to make, whichever way things turn out: ")
    assert lines[2].endswith(" units of Phone from 1 January 2023 to 31 January 2023.")
    assert lines[3] == (
        "Keep open until 1 February 2023: “Manufacture by the host” (signed with a probability of 60.0%). "
        "Nothing is paid for an agreement before it is signed."
    )
    assert lines[4] == (
        "If “The deal is announced” (60.0%): sign “Manufacture by the host” with host on 1 February 2023; "
        "reserve 60 units per month from 1 March 2023, for 28,800 EUR a year."
    )
    assert "in the mean over the worst 10% of what can happen" in lines[5]
    announced, denied = english.numbers.alike([mean for _, mean in english.hedge.means], "EUR")
    assert lines[6] == spaced(f"In the mean they earn {announced} if “The deal is announced” and {denied} if “denied”.")
    assert len(lines) == 7


def test_the_means_of_what_is_known_first_make_the_mean_of_all(english: HedgedView) -> None:
    shares = {("announced",): 0.6, ("denied",): 0.4}
    assert dict(english.hedge.means).keys() == shares.keys()
    total = sum(shares[outcomes] * mean for outcomes, mean in english.hedge.means)
    assert total == pytest.approx(english.hedge.expected)


def test_the_answer_is_told_in_french(hedged: Hedge) -> None:
    lines = [spaced(line) for line in answer_lines(HedgedView(hedged, words_of("fr")))]
    assert lines[0] == "Maintenant : signer « A trial of phones » avec host le 1er janvier 2023."
    assert lines[1] == (
        "À commander, quoi qu’il arrive : 400 unités de Chip du 1er janvier 2023 au 31 janvier 2023, pour 8 000 EUR."
    )
    assert "; réserver 60 unités par mois à partir du 1er mars 2023, pour 28 800 EUR par an." in lines[4]


def test_figures_that_stand_out_are_those_of_the_hedge(view: HedgedView) -> None:
    expected, worst, least, cash = key_figures(view)
    assert expected.value == view.headline(view.hedge.expected)
    assert worst.value == view.headline(view.hedge.worst)
    assert view.numbers.share(0.1, 0) in worst.name
    assert "CVaR" in worst.note
    assert least.value == view.headline(view.hedge["futures"]["present_value"].min())
    assert view.future(int(view.values.argmin())) in least.note
    assert cash.value == view.headline(view.hedge["cash"]["cumulative"].min())


def test_cash_that_is_lowest_before_anything_is_known_is_so_in_every_future(english: HedgedView) -> None:
    assert key_figures(english)[3].note == "at the end of Jan 2023, in every future"


def test_weight_on_risk_is_told(hedged: Hedge) -> None:
    careful = coplant.hedge(hedged.case.edit("case", risk_weight=0.25), gap=1e-3)
    view = HedgedView(careful, words_of("en"))
    assert "the mean over the worst counts for 25%, the mean over all for 75%" in "".join(answer_lines(view))
    assert key_figures(view)[0].note.startswith("of what is maximised, no plans can have more than ")


def test_titles_with_commas_are_set_apart_and_means_told_once() -> None:
    small = SmallCase("month:2").item("box").route("box", cost=1.0).demand("box", 60.0, "month", 10.0)
    small.add("branches", branch="market", outcome="up", title="Up, by much", probability=0.4375,
              reveal_date=FEBRUARY)  # fmt: skip
    small.branch("market", FEBRUARY, {"down": 0.5625})
    small.add("edits", outcome="down", table="demand", key="box", column="quantity", value="5")
    hedge = small.hedge()
    view = HedgedView(hedge, words_of("en"))
    assert view.future(hedge.futures.names.index("up")) == "‘Up, by much’"
    assert view.quoted(["up"]) == "“Up, by much”"
    assert view.quoted(["up", "down"]) == "“‘Up, by much’, down”"
    assert HedgedView(hedge, words_of("fr")).titles(["up"]) == "“Up, by much”"
    # What they earn stands in the figures and in the tree below.
    assert not any(line.startswith("In the mean") for line in answer_lines(view))
    section = known(view)
    assert section is not None
    fork = section.blocks[0].fork
    assert fork is not None
    assert [(way.share, way.name) for way in fork.ways] == [("56.25%", "down"), ("43.75%", "‘Up, by much’")]


def _decided_later(fee: float, *lower: str) -> list[str]:
    """The answer where a deal for a monthly fee is decided on once it is known which way demand goes, down in some."""
    small, later = SmallCase("month:2").item("box"), "2023-02-01"
    small.host("deal", status="option", sign_from=later, starts=later, term=1, title="Deal")
    small.route("box", site="host", agreement="deal", cost=1.0)
    small.add("fixed_charges", agreement="deal", charge="line", amount=fee, per="month")
    small.demand("box", 60.0, "month", 10.0, site="host")
    for outcome in ("first", "second", "third", "fourth"):
        small.add("branches", branch="market", outcome=outcome, probability=0.25, reveal_date=later)
    for outcome in lower:
        small.add("edits", outcome=outcome, table="demand", key="box", column="quantity", value="1")
    hedge = coplant.hedge(small.case())
    told = [spaced(line) for line in answer_lines(HedgedView(hedge, words_of("en")))]
    return [line for line in told if not line.startswith(("The plans earn", "In the mean"))]


def test_an_agreement_that_is_never_signed_is_not_kept_open() -> None:
    assert _decided_later(1_000.0) == [
        "Now: sign nothing yet.",
        "“Deal” is not signed, whatever is known by 1 February 2023.",
    ]


def test_an_agreement_that_is_signed_in_any_case_is_not_kept_open() -> None:
    assert _decided_later(50.0) == [
        "Now: sign nothing yet.",
        "On 1 February 2023, whatever is known by then: sign “Deal” with host on 1 February 2023.",
    ]


def test_cases_in_which_the_same_is_decided_are_told_together() -> None:
    told = _decided_later(100.0, "second", "third")
    assert told[1:] == [
        (
            "Keep open until 1 February 2023: “Deal” (signed with a probability of 50.0%). "
            "Nothing is paid for an agreement before it is signed."
        ),
        "If “first” or “fourth” (50.0%): sign “Deal” with host on 1 February 2023.",
        "If “second” or “third” (50.0%): do not sign “Deal”.",
    ]


def test_what_is_reserved_under_agreements_in_force_is_told_apart() -> None:
    small = SmallCase("month:2").item("box").item("lid")
    small.host("deal", title="Deal", term=2).route("box", site="host", agreement="deal", bom={"lid": 50_000.0})
    small.add("reservations", agreement="deal", least=10.0, most=80.0, per="month", fee=2.0)
    small.offer("lid", 0.00001, site="host").offer("box", 9.0, site="host")
    small.demand("box", 60.0, "month", 10.0, site="host")
    for outcome in ("up", "down"):
        small.add("branches", branch="market", outcome=outcome, probability=0.5, reveal_date="2023-02-01")
    told = [spaced(line) for line in answer_lines(HedgedView(coplant.hedge(small.case()), words_of("en")))]
    assert told[0] == (
        "Now, under agreements that are in force: reserve 60 units per month under “Deal” from 1 January 2023, "
        "for 1,440 EUR a year."
    )
    # Millions are cut short.
    assert told[1].startswith("Order, whichever way things turn out: 3.00 m units of lid from 1 January 2023 to ")


def test_what_is_reserved_at_no_fee_has_none_and_a_fee_that_comes_back_is_told_as_such() -> None:
    small = SmallCase("month:2").item("box")
    small.host("free", title="Free", term=2).route("box", site="host", agreement="free")
    small.host("kept", site="kept", title="Kept", term=2).route(
        "box", route="b", site="kept", agreement="kept", cost=1.0
    )
    small.add("reservations", agreement="free", least=10.0, most=60.0, per="month", fee=0.0)
    small.add("reservations", agreement="kept", least=10.0, most=80.0, per="month", fee=2.0, kind="deductible")
    small.demand("box", 60.0, "month", 10.0, site="host").branch("market", FEBRUARY, {"up": 0.5, "down": 0.5})
    told = answer_lines(HedgedView(small.hedge(), words_of("en")))[0]
    assert spaced(told) == (
        "Now, under agreements that are in force: reserve 60 units per month under “Free” from 1 January 2023; "
        "reserve 10 units per month under “Kept” from 1 January 2023, "
        "for at most 240 EUR a year, credited for each unit that is started."
    )


def _signed_if_real(branch: str = "side") -> Hedge:
    """A deal that pays if it is real, whatever else has become known by then."""
    small = SmallCase("month:3").item("box")
    small.host("deal", status="option", sign_from=MARCH, starts=MARCH, term=1, title="Deal")
    small.route("box", site="host", agreement="deal", cost=1.0).demand("box", 60.0, "month", 10.0, site="host")
    small.branch(branch, FEBRUARY, {f"way {number}": 0.2 for number in range(5)})
    small.branch("deal", MARCH, {"real": 0.5, "a rumour": 0.5})
    small.add("edits", outcome="a rumour", table="demand", key="box", column="quantity", value="0")
    small.add("fixed_charges", agreement="deal", charge="line", amount=100.0, per="month")
    return small.hedge()


def test_what_makes_no_difference_is_not_told() -> None:
    told = [spaced(line) for line in answer_lines(HedgedView(_signed_if_real(), words_of("en")))]
    assert told[2:4] == [
        "If “a rumour” (50.0%): do not sign “Deal”.",
        "If “real” (50.0%): sign “Deal” with host on 1 March 2023.",
    ]
    summary = _signed_if_real().summary().splitlines()
    assert summary[1:5] == [
        "Now: sign nothing yet.",
        "Keep open until 2023-03-01: Deal (signed with 50.0%); nothing is paid for that before it is signed.",
        "If a rumour: do not sign Deal.",
        "If real: sign Deal on 2023-03-01.",
    ]


def test_of_many_cases_in_which_the_same_is_decided_some_are_named() -> None:
    small = SmallCase("month:2").item("box")
    small.host("deal", status="option", sign_from=FEBRUARY, starts=FEBRUARY, term=1, title="Deal")
    small.route("box", site="host", agreement="deal", cost=1.0).demand("box", 60.0, "month", 10.0, site="host")
    small.add("fixed_charges", agreement="deal", charge="line", amount=100.0, per="month")
    small.branch("market", FEBRUARY, {f"way {number}": 0.2 for number in range(5)})
    small.add("edits", outcome="way 4", table="demand", key="box", column="quantity", value="0")
    hedge = small.hedge()
    told = [spaced(line) for line in answer_lines(HedgedView(hedge, words_of("en")))]
    assert told[2] == (
        "If “way 0” or “way 1” or “way 2” or in 1 case more (80.0%): sign “Deal” with host on 1 February 2023."
    )
    assert "If way 0 or way 1 or way 2 or in 1 cases more: sign Deal on 2023-02-01." not in hedge.summary()
    assert "If way 0 or way 1 or way 2 or in 1 case more: sign Deal on 2023-02-01." in hedge.summary()


def test_of_many_decisions_the_first_are_told() -> None:
    small = SmallCase("month:2").item("box")
    small.host("deal", status="option", sign_from=FEBRUARY, starts=FEBRUARY, term=1, title="Deal")
    small.route("box", site="host", agreement="deal", cost=1.0).demand("box", 10.0, "month", 10.0, site="host")
    small.add("reservations", agreement="deal", least=1.0, most=130.0, per="month", fee=2.0)
    small.branch("market", FEBRUARY, {f"way {number:02}": 1 / 13 for number in range(1, 14)})
    for number in range(1, 14):
        small.add("edits", outcome=f"way {number:02}", table="demand", key="box", column="quantity", value=f"{number}0")
    hedge = small.hedge()
    told = [spaced(line) for line in answer_lines(HedgedView(hedge, words_of("en")))]
    assert told[8].startswith(
        "If “way 08” (7.7%): sign “Deal” with host on 1 February 2023; reserve 80 units per month"
    )
    assert told[9] == (
        "5 decisions more are taken from 1 February 2023 on, by what is known then: a table below lists them."
    )
    assert "If way 12: sign Deal on 2023-02-01; reserve 120 units per month" in hedge.summary()
    assert "way 13: sign" not in hedge.summary()
    assert "And 1 decision more from 2023-02-01 on, which the table then lists." in hedge.summary()


def test_what_is_decided_where_nothing_is_known_yet_is_told_as_such() -> None:
    """A second line for May, which pays unless production has started; two of three starts are by the end of May."""
    small, later = lucky(), datetime.date(2023, 5, 1)
    small.tables["branches"] = []
    small.host("second", status="option", sign_from=later, starts=later, term=1, title="Second line")
    small.add("fixed_charges", agreement="second", charge="line", amount=100.0, per="month")
    small.route("lamp", route="again", site="host", agreement="second", cost=2.0)
    small.add("lanes", lane="van", item="lamp", from_site="host", to_site="works", lead_time=0)
    hedge = small.hedge()
    view = HedgedView(hedge, words_of("en"))
    told = [spaced(line) for line in answer_lines(view)]
    assert "If “start 2 of 3” or nothing is known yet (90.0%): sign “Second line” with host on 1 May 2023." in told
    assert "If “start 1 of 3” (10.0%): do not sign “Second line”." in told
    assert "If start 2 of 3 or nothing is known yet: sign Second line on 2023-05-01." in hedge.summary()
    table = then(view).blocks[0].table
    assert table is not None
    assert [row[0].text for row in table.rows] == ["start 1 of 3", "start 2 of 3", "nothing is known yet"]


@pytest.mark.parametrize(
    ("language", "start", "branch"),
    [("en", "start 2 of 3", "start of production"), ("fr", "démarrage 2 sur 3", "démarrage de la production")],
)
def test_luck_with_the_launch_is_told_like_what_else_is_uncertain(language: str, start: str, branch: str) -> None:
    hedge = lucky().hedge()
    view = HedgedView(hedge, words_of(language))
    assert view.future(1) == f"grows, {start}"
    assert view.known("grows, start 2 of 3") == f"grows, {start}"
    section = known(view)
    assert section is not None
    fork = section.blocks[0].fork
    assert fork is not None
    assert fork.ways[0].then is not None
    assert [way.name for way in fork.ways[0].then.ways][1] == {"en": "later", "fr": "plus tard"}[language]
    # Nothing hangs on the market, so that its outcomes have the same mean.
    assert not any("grows" in line for line in answer_lines(view))
    assert "if grows" not in hedge.summary()
    table = section.blocks[1].table
    assert table is not None
    assert [row[1].text for row in table.rows] == ["market", "market", branch, branch, branch]
    hedge_page = page_of(hedge)
    assert start in text_of(hedge_page, language)


# -- what becomes known -----------------------------------------------------------------------------------------------


def test_the_tree_tells_what_becomes_known_when(english: HedgedView) -> None:
    section = known(english)
    assert section is not None
    fork = section.blocks[0].fork
    assert fork is not None
    assert spaced(fork.when) == "Known on 1 February 2023:"
    assert [(way.share, way.name) for way in fork.ways] == [("60.0%", "The deal is announced"), ("40.0%", "denied")]
    announced = fork.ways[0].then
    assert announced is not None
    assert [(way.share, way.name) for way in announced.ways] == [("30.0%", "Line late"), ("70.0%", "Line ready")]
    leaf = announced.ways[0].then
    assert leaf is not None
    assert leaf.ways[0].then is None
    worth = dict(english.hedge["futures"].select("future", "present_value").rows())
    assert leaf.ways[0].note == english.money(worth["announced, late, lasting"])
    rest = [value for name, value in worth.items() if name.startswith("denied")]
    assert fork.ways[1].note == f"{english.money(np.mean(rest))} in the mean"


def test_outcomes_are_listed_with_what_goes_with_them(english: HedgedView) -> None:
    section = known(english)
    assert section is not None
    table = section.blocks[1].table
    assert table is not None
    assert [row[0].text for row in table.rows] == [
        "The deal is announced", "denied", "Line late", "Line ready", "Shortage lasts", "Shortage over",
    ]  # fmt: skip
    assert [row[3].text for row in table.rows] == ["60.0%", "40.0%", "18.0%", "42.0%", "50.0%", "50.0%"]
    lasting = english.hedge["futures"].filter(pl.col("future").str.ends_with("lasting"))
    mean = (lasting["probability"] * lasting["present_value"]).sum() / 0.5
    assert table.rows[4][4].text == english.numbers.number(mean)


def test_a_large_tree_is_cut(crowded: HedgedView) -> None:
    section = known(crowded)
    assert section is not None
    fork = section.blocks[0].fork
    assert fork is not None
    assert lines_of(fork) == 9
    assert fork.left_out == "992 others, 99.2% together"


def test_a_deep_tree_is_cut_where_futures_are_counted() -> None:
    small = boxes("month:7")
    for month in range(2, 8):
        for outcome in ("up", "down"):
            small.add("branches", branch=f"month {month}", outcome=f"{outcome} {month}", probability=0.5,
                      reveal_date=f"2023-{month:02}-01")  # fmt: skip
    section = known(HedgedView(alike(small), words_of("en")))
    assert section is not None
    fork = section.blocks[0].fork
    assert fork is not None
    assert lines_of(fork) <= MOST_LINES
    while fork.ways[0].then is not None:
        fork = fork.ways[0].then
    assert fork.ways[0].note.endswith("in the mean of 8 futures")


def test_a_case_in_which_nothing_is_uncertain_has_no_tree() -> None:
    small = SmallCase("week:2").item("box").route("box", cost=4.0).demand("box", 60.0, "week", 10.0)
    hedge = coplant.hedge(small.case())
    assert known(HedgedView(hedge, words_of("en"))) is None
    assert "planned for 1 future<" in page_of(hedge)


# -- how far they lie apart -------------------------------------------------------------------------------------------


def test_bars_are_as_thick_as_futures_are_likely(english: HedgedView) -> None:
    bars, mean, worst = earned(english).figure["data"]
    order = english.chosen(99)
    assert bars["x"] == pytest.approx([english.values[one] / 1e3 for one in order])
    assert bars["x"] == sorted(bars["x"])
    thickness = dict(zip(order, bars["width"], strict=True))
    likely = english.probability
    assert sorted(order, key=lambda one: thickness[one]) == sorted(order, key=lambda one: likely[one])
    assert mean["x"] == pytest.approx([english.hedge.expected / 1e3] * 2)
    assert worst["x"] == pytest.approx([english.hedge.worst / 1e3] * 2)


def _lifted(count: int, by: float = 1_000.0, apart: float = 1.0) -> HedgedView:
    """Futures that earn 1,001 and more, which lie close together beside that."""
    hedge = alike(many(count))
    plans = tuple(dataclasses.replace(plan, objective=by + apart * plan.objective) for plan in hedge.plans)
    mean = by + apart * hedge.objective
    return HedgedView(dataclasses.replace(hedge, plans=plans, objective=mean, bound=mean), words_of("en"))


def test_bars_of_futures_that_lie_close_together_begin_at_the_mean() -> None:
    view = _lifted(5)
    chart = earned(view)
    bars, *_ = chart.figure["data"]
    assert bars["base"] == pytest.approx(1.003)
    assert bars["x"] == pytest.approx([-0.002, -0.001, 0.0, 0.001, 0.002])
    low, high = chart.figure["layout"]["xaxis"]["range"]
    assert 1.000 < low < 1.001
    assert 1.005 < high < 1.006
    assert spread(view).blocks[0].lines[0].startswith("A bar from the mean of all to what each future earns")


@pytest.mark.parametrize("count", [5, 100])
@pytest.mark.parametrize("amount", [1_082.1498667, 0.0, -1_082.1498667])
def test_futures_that_differ_by_what_a_solver_leaves_are_drawn_alike(count: int, amount: float) -> None:
    view = _lifted(count, amount, 1e-9)
    assert not close(view)
    worst, *_ = (chart := earned(view)).figure["data"]
    drawn = worst["x"] if count == 5 else worst["y"]
    assert drawn == pytest.approx([amount / 1e3 if amount else 0.0] * len(drawn), abs=1e-5)
    assert len(set(drawn)) == 1
    assert "base" not in worst or worst["base"] == 0.0
    assert "range" not in chart.figure["layout"]["xaxis" if count == 5 else "yaxis"]


def test_of_many_futures_that_lie_close_together_the_axis_does_not_begin_at_zero_and_says_so() -> None:
    view = _lifted(100)
    worst, *_ = (chart := earned(view)).figure["data"]
    assert "fill" not in worst
    assert "rangemode" not in chart.figure["layout"]["yaxis"]
    assert "The axis does not begin at zero" in spread(view).blocks[0].lines[0]


def test_many_futures_stand_side_by_side_the_worst_in_a_colour_of_their_own(crowded: HedgedView) -> None:
    chart = earned(crowded)
    worst, others, *_ = chart.figure["data"]
    assert (worst["x"][0], worst["x"][-1]) == (0.0, pytest.approx(0.1))
    assert (others["x"][0], others["x"][-1]) == (pytest.approx(0.1), pytest.approx(1.0))
    assert worst["y"][-1] == pytest.approx(100 / 1e3)
    assert worst["marker" if "marker" in worst else "line"]["color"] == "var:--c2"
    assert [mark.traces for mark in chart.legend] == [(2,), (3,)]


def test_quantiles_count_probability() -> None:
    values, probability = np.array([[3.0, 0.0], [1.0, 5.0], [2.0, 9.0]]), np.array([0.5, 0.2, 0.3])
    assert quantiles(values, probability, (0.0, 0.2, 0.5, 0.51, 1.0)).tolist() == [
        [1.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 5.0], [3.0, 9.0],
    ]  # fmt: skip


def test_cash_of_few_futures_is_a_line_each(english: HedgedView) -> None:
    *lines, upright = cash_over_time(english).figure["data"]
    assert len(lines) == 6
    for line, future in zip(lines, english.chosen(9), strict=True):
        assert line["y"] == pytest.approx([0.0, *(cash_of(english)[future] / 1e3)])
    # They are one until something becomes known.
    assert len({tuple(line["y"][:2]) for line in lines}) == 1
    assert upright["x"][::3] == ["2023-02-01", "2023-03-01", "2023-04-01"]


def test_cash_of_many_futures_is_drawn_in_bands(crowded: HedgedView) -> None:
    traces = cash_over_time(crowded).figure["data"]
    assert [trace["y"][-1] * 1e3 for trace in traces[:5]] == pytest.approx([50.0, 950.0, 250.0, 750.0, 500.0])


# -- now and then -----------------------------------------------------------------------------------------------------


def test_what_is_done_now_is_listed_with_what_it_costs(english: HedgedView) -> None:
    section = now(english)
    assert "Until 31 January 2023 nothing is known." in spaced(section.lead[0])
    started, paid = (block.table for block in section.blocks)
    assert started is not None
    assert paid is not None
    told = [[spaced(cell.text) for cell in row] for row in started.rows]
    assert told[0] == [
        "Chip",
        "Order",
        "chip",
        "works",
        "400.00",
        "units",
        "8,000",
        "Jan 2023",
        "Jan 2023",
        "21 Jan 2023",
    ]
    assert {row[1] for row in told} == {"Order", "Make", "Move"}
    assert [(row[0].text, row[1].text) for row in paid.rows] == [
        ("A trial of phones", "Conversion"), ("A trial of phones", "Fixed charges"),
    ]  # fmt: skip


def test_what_is_known_from_the_first_day_leaves_nothing_to_decide_before() -> None:
    small = SmallCase("week:2").item("box").route("box", cost=4.0).demand("box", 60.0, "week", 10.0)
    for outcome in ("up", "down"):
        small.add("branches", branch="market", outcome=outcome, probability=0.5, reveal_date="2023-01-08")
    section = now(HedgedView(coplant.hedge(small.case(), foreseen=["market"]), words_of("en")))
    assert section.lead == ["Something is known from the first day, so that nothing has to be decided before."]
    assert section.blocks == ()


def test_futures_are_told_with_what_is_signed_sold_and_earned(english: HedgedView) -> None:
    agreements, futures = (block.table for block in then(english).blocks)
    assert agreements is not None
    assert futures is not None
    (row,) = agreements.rows
    assert row[0].text == "The deal is announced"
    assert spaced(row[3].text).startswith("Sign “Manufacture by the host” with host on 1 February 2023; reserve 60")
    assert [row[0].text for row in futures.rows] == [english.future(one) for one in english.chosen(9)]
    worst, best = futures.rows[0], futures.rows[-1]
    assert worst[4].text == "A trial of phones"
    assert list(worst[5].below) == ["Car: not sold", "Phone: Jan 2023"]
    assert worst[6].text == "phones: 100.0%"
    assert set(best[4].below) == {"A trial of phones", "Manufacture by the host"}
    assert list(best[5].below) == ["Car: Mar 2023", "Phone: Jan 2023"]
    mix = english.hedge["sold"].filter(future="announced, ready, over")
    sales = mix.group_by("family").agg((pl.col("sold") * pl.col("price")).sum().alias("sales")).sort("family")
    cars, phones = (sales["sales"] / sales["sales"].sum()).to_list()
    assert sorted(best[6].below) == [f"cars: {cars:.1%}", f"phones: {phones:.1%}"]


def test_of_many_futures_some_are_listed_and_that_is_said(crowded: HedgedView) -> None:
    block = then(crowded).blocks[-1]
    assert block.table is not None
    assert len(block.table.rows) == MOST_FUTURES
    assert [row[2].text for row in (block.table.rows[0], block.table.rows[-1])] == ["1", "1,000"]
    assert list(block.lines) == [
        "24 of 1,000 futures are shown, from the worst to the best, as far from one another by probability."
    ]


# -- one future in full -----------------------------------------------------------------------------------------------


def test_each_of_few_futures_is_told_as_a_plan(view: HedgedView) -> None:
    told = chapters(view).chapters
    assert len(told) == 6
    for chapter, future in zip(told, view.chosen(9), strict=True):
        assert view.future(future) in chapter.title
        decision, agreements, money, *_, cash = chapter.sections
        assert [section.name for section in (decision, agreements, money, cash)] == [
            "decision", "agreements", "money", "cash",
        ]  # fmt: skip
        assert decision.figures[0].value == view.headline(view.values[future])
        assert view.numbers.share(view.probability[future]) in decision.figures[0].note


def test_of_many_futures_some_are_told_in_full(crowded: HedgedView) -> None:
    told = chapters(crowded)
    assert len(told.chapters) == MOST_CHAPTERS
    assert told.lead.endswith("as far from one another by probability.")
    assert told.chapters[0].title.startswith("way 0000 ")
    assert told.chapters[-1].title.startswith("way 0999 ")


def test_the_page_of_a_thousand_futures_stays_small(crowd: Hedge) -> None:
    page = page_of(crowd)
    assert len(page) - len(get_plotlyjs()) < 1_500_000
    assert page.count("<tr>") < 1_500
    assert "planned for 1,000 futures" in page
