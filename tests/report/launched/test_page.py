"""The page of a launch: what it says in both languages, and that its figures are those of the tables."""

from __future__ import annotations

import html
import re
from pathlib import Path

import polars as pl
import pytest
from launching.small_programme import SmallProgramme
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from coplant import Launch
from coplant.report.launched.charts import accelerated, curve, phase, tornado, weeks
from coplant.report.launched.page import page_of
from coplant.report.launched.view import LaunchedView
from coplant.report.numbers import Numbers
from coplant.report.words import LANGUAGES, words_of


def text_of(page: str, language: str) -> str:
    """What the page says in a language."""
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


def spaced(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def page(valued: Launch) -> str:
    return page_of(valued)


@pytest.fixture(params=LANGUAGES)
def view(valued: Launch, request: pytest.FixtureRequest) -> LaunchedView:
    return LaunchedView(valued, words_of(request.param))


def test_a_page_opens_from_one_file_and_asks_for_no_other(valued: Launch, tmp_path: Path) -> None:
    valued.report(tmp_path / "deep" / "launched.html")
    page = (tmp_path / "deep" / "launched.html").read_text(encoding="utf-8")
    ours = page.replace(get_plotlyjs(), "")
    assert len(page) - len(ours) == len(get_plotlyjs())
    assert not re.search(r"https?://|@import|url\(", ours)


def test_both_languages_have_the_same_sections(page: str) -> None:
    sections = re.findall(r'<section id="(\w\w)-([\w-]+)"', page)
    names = ["answer", "dates", "worth", "earlier", "phases", "teams", "deciding", "causes", "network", "assumptions"]
    names += ["drawn"]
    assert sections == [(language, name) for language in LANGUAGES for name in names]


def test_the_answer_tells_every_milestone_with_and_without_advice(page: str, view: LaunchedView) -> None:
    said, numbers = text_of(page, view.words.language), view.numbers
    for row in view.launch["milestones"].iter_rows(named=True):
        assert all(spaced(numbers.date(row[name])) in said for name in ("p10", "p50", "p90", "planned"))
        if row["chance"] is not None:
            assert spaced(numbers.share(row["chance"])) in said
            assert spaced(numbers.number(100 * row["chance_error"], 2)) in said


def test_the_answer_is_a_sentence_in_each_language(page: str) -> None:
    english, french = text_of(page, "en"), text_of(page, "fr")
    assert "“Lamps can be made”, with advice: by 30 April 2023 with a probability of " in english
    assert "The same without advice: by 30 April 2023 with a probability of " in english
    assert "« Lamps can be made », avec l’aide de l’hôte : au plus tard le 30 avril 2023" in french
    # No target and no advice.
    assert "“permitted”: half of the samples by " in english


def test_what_advice_is_worth_is_told_with_its_interval_and_its_cost(page: str, view: LaunchedView) -> None:
    said, row = text_of(page, view.words.language), view.launch["advice"].row(0, named=True)
    low, high = view.numbers.alike([row["low"], row["high"]], "EUR")
    told = [view.money(row["value"]), low, high, view.money(row["cost"]), view.money(abs(row["net"]))]
    assert row["net"] > 0.0
    assert all(spaced(text) in said for text in told)
    assert ("remain" if view.words.language == "en" else "il reste") in said


def test_advice_that_costs_more_than_it_is_worth_is_called_so(valued: Launch) -> None:
    advice = valued["advice"].with_columns(cost=pl.col("value") + 100.0, net=pl.lit(-100.0))
    dear = Launch(valued.case, {**valued.tables, "advice": advice}, valued.first, valued.reached, 1_000, 0, {})
    assert "100 EUR more than it is worth." in text_of(page_of(dear), "en")
    assert "100 EUR de plus qu’elle ne vaut." in text_of(page_of(dear), "fr")


def test_advice_that_is_not_valued_is_told_by_its_days(valued: Launch) -> None:
    tables = {name: table for name, table in valued.tables.items() if name not in ("start_values", "advice", "earlier")}
    plain = Launch(valued.case, tables, valued.first, valued.reached, 1_000, 0, {})
    alone, helped = (valued["milestones"].filter(pl.col("milestone") == "ready").sort("advice")["mean"]).to_list()
    days = Numbers(words_of("en")).number(alone - helped)
    said = text_of(page_of(plain), "en")
    assert f"Advice brings it {days} days forward in the mean." in said
    assert "What a week is worth" not in said


def test_curves_are_the_table_of_dates(view: LaunchedView) -> None:
    figure = curve(view, "ready").figure
    helped = next(trace for trace in figure["data"] if trace["name"] == view.advised("ready", "deal"))
    table = view.at("dates", "ready", "deal")
    assert helped["y"] == table["share"].to_list()
    assert helped["x"] == [day.isoformat() for day in table["day"]]
    assert figure["data"][-1]["x"] == ["2023-04-30"] * 2


def test_a_phase_has_a_bar_a_whisker_and_a_name_for_each_activity(view: LaunchedView) -> None:
    figure = phase(view, "Design").figure
    rows = {row["activity"]: row for row in view.activities.filter(phase="Design").iter_rows(named=True)}
    free, hatched, whiskers, halves = figure["data"][:4]
    # Each milestone has a path of its own that decides.
    critical = {"design": True, "permit": True, "leaflet": False}
    assert {name: row["critical"] for name, row in rows.items()} == critical
    named = {"<b>Draw the lamp</b>", "<b>Ask for a permit</b>", "Write the leaflet"}
    assert {note["text"] for note in figure["layout"]["annotations"]} == named
    assert hatched["marker"]["pattern"]["shape"] == "/"
    for bars, on_path in ((free, False), (hatched, True)):
        assert bars["base"] == [row["early_start"].isoformat() for row in rows.values() if row["critical"] is on_path]
    assert len(whiskers["x"]) == 3 * len(rows)
    assert len(halves["x"]) == len(rows)


def test_causes_are_drawn_with_the_dearest_first(view: LaunchedView) -> None:
    chart = tornado(view, "ready")
    assert chart is not None
    drawn = chart.figure["data"][0]["x"]
    table = view.at("causes", "ready", "deal").filter(pl.col("mean") >= 0.1).sort("mean", descending=True)
    assert drawn == table["mean"].to_list()
    assert len(chart.legend) == table["kind"].n_unique()


def test_weeks_are_as_wide_as_the_days_between_plans(view: LaunchedView) -> None:
    chart = weeks(view, "ready")
    assert chart is not None
    bars, table = chart.figure["data"][0], view.launch["start_values"].filter(milestone="ready")
    assert bars["x"] == [day.isoformat() for day in table["day"].to_list()[:-1]]
    assert sum(bars["width"]) == (table["day"][-1] - table["day"][0]).days * 86_400_000
    assert bars["y"] == pytest.approx(table["week"].to_list()[1:])


def test_what_being_earlier_costs_is_drawn_beside_what_it_is_worth(view: LaunchedView, page: str) -> None:
    chart = accelerated(view, "ready")
    assert chart is not None
    planned, mean, worth = chart.figure["data"]
    for trace, of in ((planned, "planned"), (mean, "mean")):
        table = view.at("acceleration", "ready", "deal").filter(of=of)
        assert trace["x"] == table["saved"].to_list()
        assert trace["y"] == pytest.approx(table["cost"].to_list())
    assert worth["y"] == pytest.approx([0.0, *view.at("earlier", "ready", "deal")["value"]])
    best = view.launch.best_step("ready")
    assert best is not None
    said = text_of(page, view.words.language)
    told = (view.money(best["cost"]), view.money(best["value"]), view.money(best["net"]), view.days(best["earlier"]))
    assert all(spaced(text) in said for text in told)
    assert "Draw the lamp" in said


def test_who_waits_for_a_team_is_told(view: LaunchedView, page: str) -> None:
    said, waits = text_of(page, view.words.language), view.launch["schedule"].filter(pl.col("waited") > 0)
    assert waits.height
    assert "The test bench" in said
    assert view.words("launched.teams.title") in said


def test_activities_stand_with_the_most_decisive_first(page: str, valued: Launch) -> None:
    deciding = re.search(r'<section id="en-deciding".*?</section>', page, re.DOTALL)
    assert deciding is not None
    named = re.findall(r'<th scope="row">([^<]+)</th>', deciding[0])
    helped = valued["paths"].filter(pl.col("milestone") == "ready", pl.col("advice") == "deal")
    titles = dict(valued.case["activities"].select("activity", "title").iter_rows())
    order = helped.sort("sensitivity", "criticality", "activity", descending=[True, True, False])["activity"]
    listed = [titles[name] for name in order]
    assert any(named[start : start + len(listed)] == listed for start in range(len(named)))


def test_a_most_lag_is_told_with_how_often_it_cannot_be_kept() -> None:
    small = SmallProgramme().activity("a", 5).pert("b", 2, 3, 9, "a").activity("c", 1, "b").milestone("c")
    small.add("links", predecessor="a", successor="c", most_lag=5)
    launched = small.launch(500)
    (broken,) = launched["most_lags"]["broken"]
    assert 0.0 < broken < 1.0
    said = text_of(page_of(launched), "en")
    assert "Most time between two activities" in said
    assert f"a c finish to start {Numbers(words_of('en')).share(broken)}" in said


def test_a_launch_of_one_activity_has_no_network_and_no_causes(bare: Launch) -> None:
    names = [name for language, name in re.findall(r'<section id="(\w\w)-([\w-]+)"', page_of(bare)) if language == "en"]
    assert names == ["answer", "dates", "phases", "deciding", "assumptions", "drawn"]


def test_figures_are_plotlys_own(valued: Launch, bare: Launch) -> None:
    figures = valued.figures("fr")
    kinds = {kind for kind, _ in figures}
    assert kinds == {"curve", "phase", "causes", "network", "weeks", "earlier"}
    assert all(isinstance(figure, Figure) for figure in figures.values())
    assert not any("var:" in figure.to_json() for figure in figures.values())
    assert figures["curve", "ready"].layout.title.text == "Probabilité par jour\N{NO-BREAK SPACE}: Lamps can be made"
    assert figures["curve", "ready"].layout.showlegend
    assert not figures["phase", "Design"].layout.showlegend
    assert set(bare.figures()) == {("curve", "end"), ("phase", "")}
    with pytest.raises(ValueError, match="'de'"):
        valued.figures("de")
