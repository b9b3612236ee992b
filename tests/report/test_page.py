from __future__ import annotations

import dataclasses
import html
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import plotly.graph_objects
import polars as pl
import pytest
from plotly.offline import get_plotlyjs
from small_case import SmallCase

import coplant
from coplant import Plan
from coplant.report import write_report
from coplant.report.charts import SYMBOLS, Step, ranking, split
from coplant.report.page import embedded, page_of
from coplant.report.sections import SECTIONS
from coplant.report.sections.agreements import agreements
from coplant.report.sections.assumptions import assumptions
from coplant.report.sections.cash import run_down, under_way
from coplant.report.sections.decision import key_figures
from coplant.report.sections.launch import launch
from coplant.report.sections.mix import mix
from coplant.report.sections.production import production, reserved_in_buckets
from coplant.report.sections.shortages import shortages
from coplant.report.sections.users import end_products
from coplant.report.sections.volumes import quoted, volumes
from coplant.report.tabulate import Column, tabulate
from coplant.report.view import View
from coplant.report.words import LANGUAGES, words_of

EXAMPLES = Path(__file__).parents[2] / "examples"


class Outline(HTMLParser):
    """Headings, tables, and what the page asks others for."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.sections: list[str] = []
        self.asked: list[str] = []
        self.heads_without_scope = 0
        self.scripts = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "section":
            self.sections.append(str(given["id"]))
        if tag == "th" and "scope" not in given:
            self.heads_without_scope += 1
        if tag == "script":
            self.scripts += 1
        self.asked += [str(given[name]) for name in ("src", "href", "action", "data", "poster") if given.get(name)]


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    return parser


def figures(page: str) -> dict[str, dict[str, Any]]:
    match = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)
    assert match is not None
    found: dict[str, dict[str, Any]] = json.loads(match[1])
    return found


@pytest.fixture(scope="module")
def page(made_up: Plan) -> str:
    return page_of(made_up)


def test_a_report_opens_from_one_file_and_asks_for_no_other(made_up: Plan, tmp_path: Path) -> None:
    write_report(made_up, tmp_path / "deep" / "plan.html")

    page = (tmp_path / "deep" / "plan.html").read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["plan.html"]
    assert all(address.startswith("#") for address in outline(page).asked)
    ours = page.replace(get_plotlyjs(), "")
    assert len(page) - len(ours) == len(get_plotlyjs())
    assert not re.search(r"https?://|@import|url\(", ours)


def test_a_report_that_cannot_be_written_says_so(smallest: Plan, tmp_path: Path) -> None:
    with pytest.raises(coplant.FileError):
        write_report(smallest, tmp_path)


def test_both_languages_have_the_same_sections_in_order(page: str) -> None:
    sections = outline(page).sections
    half = len(sections) // 2

    assert [name.removeprefix("en-") for name in sections[:half]] == [
        name.removeprefix("fr-") for name in sections[half:]
    ]
    # The case has no rivals to compare at other volumes.
    shown = [make.__name__ for make in SECTIONS if make is not volumes]
    assert [name.removeprefix("en-") for name in sections[:half]] == shown


def test_sections_without_anything_to_show_are_left_out(smallest: Plan) -> None:
    sections = outline(page_of(smallest)).sections

    assert "en-agreements" not in sections
    assert "en-countries" not in sections
    assert "en-production" not in sections
    assert "en-money" in sections


def test_headings_step_down_one_at_a_time_and_heads_of_tables_have_a_scope(page: str) -> None:
    seen = outline(page)

    assert seen.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(seen.headings, seen.headings[1:], strict=False))
    assert seen.heads_without_scope == 0


@pytest.mark.parametrize("which", ["smallest", "made_up", "hostile"])
def test_every_figure_is_one_that_plotly_knows(which: str, request: pytest.FixtureRequest) -> None:
    drawn = figures(page_of(request.getfixturevalue(which)))

    assert set(drawn) == set(LANGUAGES)
    assert drawn["en"]
    for one in drawn["en"].values():
        # Colours are names of the style sheet until the page looks them up.
        known = json.loads(re.sub(r'"var:--[\w-]+"', '"#123456"', json.dumps(one)))
        plotly.graph_objects.Figure(known)


def test_every_figure_has_its_place_and_its_label(page: str) -> None:
    places = re.findall(r'data-figure="([\w-]+)"[^>]* role="img" aria-label="[^"]+"', page)

    drawn = figures(page)
    assert sorted(places) == sorted([*drawn["en"], *drawn["fr"]])


def test_titles_are_text_whatever_they_hold(hostile: Plan, smallest: Plan) -> None:
    page = page_of(hostile)

    assert outline(page).scripts == outline(page_of(smallest)).scripts
    assert "<script>window.hurt" not in page
    assert "<svg onload" not in page
    assert "<img src=x" not in page
    assert html.escape("<svg onload=", quote=False) in page


def test_texts_in_figures_show_their_markup(hostile: Plan) -> None:
    drawn = json.dumps(figures(page_of(hostile)))

    assert "&lt;svg onload" in drawn
    assert "<svg" not in drawn
    assert "<script" not in drawn


def test_json_in_a_page_cannot_end_its_script() -> None:
    text = "</script><!-- & \u2028"

    assert not set("<>&\u2028") & set(embedded([text]))
    assert json.loads(embedded([text])) == [text]


@pytest.mark.parametrize("which", ["smallest", "made_up"])
def test_the_waterfall_ends_at_the_objective(which: str, request: pytest.FixtureRequest) -> None:
    plan = request.getfixturevalue(which)
    trace = figures(page_of(plan))["en"]["money-1"]["data"][0]
    steps, total = trace["x"][:-1], trace["x"][-1]
    scale = 1_000.0

    assert sum(steps) == pytest.approx(total)
    assert total * scale == pytest.approx(plan.objective, rel=1e-6)
    assert trace["base"][-1] == 0.0
    assert trace["base"][1:-1] == pytest.approx([sum(steps[: index + 1]) for index in range(len(steps) - 1)])


def test_money_by_year_keeps_every_amount(made_up: Plan) -> None:
    view = View(made_up, words_of("en"))

    yearly = view.by_year(made_up["money"], "line")
    assert yearly["amount"].sum() == pytest.approx(made_up["money"]["amount"].sum())
    revenue = yearly.filter(pl.col("line").is_in(["revenue", "annuity"])).group_by("year").agg(pl.col("amount").sum())
    assert dict(revenue.iter_rows()) == pytest.approx(
        dict(made_up["concentration"].select("year", "revenue").iter_rows())
    )


def test_rates_make_months_and_quarters_compare(smallest: Plan) -> None:
    buckets = pl.DataFrame(
        {
            "bucket": [date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1), date(2025, 1, 1)],
            "until": [date(2024, 2, 1), date(2024, 3, 1), date(2024, 7, 1), date(2025, 1, 8)],
            "days": [31.0, 29.0, 91.0, 7.0],
            "label": ["a", "b", "c", "d"],
        }
    )
    plan = dataclasses.replace(smallest, tables={**smallest.tables, "buckets": buckets})

    rates = View(plan, words_of("en")).buckets["per_month"].to_list()
    assert rates == pytest.approx([1.0, 1.0, 1 / 3, 365.25 / 12 / 7])


def test_parts_are_followed_to_the_products_that_are_sold(smallest: Plan) -> None:
    day = date(2026, 1, 1)
    uses = pl.DataFrame(
        {
            "item": ["chip", "board", "board", "chip"],
            "site": ["x"] * 4,
            "bucket": [day] * 4,
            "route": ["r1", "r2", "r3", "r4"],
            "product": ["board", "phone", "car", "car"],
            "quantity": [10.0, 3.0, 1.0, 2.0],
        }
    )
    sold = pl.DataFrame({"item": ["phone", "car"], "sold": [1.0, 1.0]})
    plan = dataclasses.replace(smallest, tables={**smallest.tables, "uses": uses, "sold": sold})

    found = end_products(plan, ["chip"])
    assert dict(found.select("product", "quantity").iter_rows()) == pytest.approx({"phone": 7.5, "car": 4.5})


def test_parts_reach_the_products_in_full(made_up: Plan) -> None:
    for item in made_up["uses"]["item"].unique().sort().to_list():
        taken = made_up["uses"].filter(pl.col("item") == item)["quantity"].sum()
        assert end_products(made_up, [item])["quantity"].sum() == pytest.approx(taken)


def test_a_long_table_says_what_it_leaves_out(smallest: Plan) -> None:
    data = pl.DataFrame({"name": [f"row {number}" for number in range(1_200)]})

    table = tabulate(View(smallest, words_of("en")), data, [Column("name", "Name")], "Rows", most=50)
    assert len(table.rows) == 50
    assert table.left_out.startswith("50 of 1,200 rows")


def test_the_decision_names_agreement_host_and_reservation(page: str, made_up: Plan) -> None:
    signed = made_up["signed"].filter(pl.col("signed"), pl.col("status") == "option").row(0, named=True)
    said = html.unescape(page)

    assert f"Sign “{signed['title'] or signed['agreement']}” with" in said
    assert f"Signer «\u00a0{signed['title'] or signed['agreement']}\u00a0» avec" in said
    assert re.search(r"; reserve [\d.,]+ units per month \([\d,]+ a year\) from \d+ \w+ \d{4}; first unit: ", said)


def test_an_option_that_is_not_signed_has_no_days(smallest: Plan) -> None:
    small = SmallCase("month:2").host(term=2.0, status="option").item("car").route("car", site="host", agreement="deal")
    plan = (
        small.add("fixed_charges", agreement="deal", charge="rent", amount=1e6, per="month")
        .demand("car", 1, "month", price=9, site="host")
        .plan()
    )
    assert plan["signed"].select("signed", "sign_date", "starts", "ends").row(0) == (False, None, None, None)
    section = agreements(View(plan, words_of("en")))
    assert section is not None
    table = section.blocks[0].table
    assert table is not None
    assert [cell.text for cell in table.rows[0][4:]] == ["", "", ""]


def test_the_start_of_production_is_told_as_the_tables_have_it() -> None:
    """Production may start in February, and does in March, for the first month is dear; April has a day less."""
    small = (
        SmallCase("month:5")
        .host(term=5.0, status="option")
        .item("car")
        .route("car", site="host", agreement="deal", from_=date(2023, 2, 1))
    )
    small.add("resources", resource="line", site="host")
    for day, quantity in ((date(2023, 1, 1), 0.0), (date(2023, 3, 1), 96.0), (date(2023, 5, 1), 100.0)):
        small.add("resource_capacity", resource="line", from_=day, quantity=quantity, per="month")
    plan = (
        small.add("loads", route="car", resource="line", quantity=1.0)
        .demand("car", 1e3, "month", 9, site="host")
        .plan()
    )
    section = launch(View(plan, words_of("en")))
    assert section is not None
    said = "production can start on 1 February 2023; first unit: Mar 2023, 2 months after signing; "
    said += "highest rate: 100 units per month, first in the bucket May 2023; "
    assert section.lead[0].endswith(said + "95% of it or more first in the bucket Mar 2023 (96).")
    summary, by_bucket = (block.table for block in section.blocks)
    assert summary is not None
    assert by_bucket is not None
    assert [cell.text for cell in summary.rows[0][3:9]] == [
        "1\u00a0Feb\u00a02023",
        "Mar\u00a02023",
        "100",
        "May\u00a02023",
        "Mar\u00a02023",
        "96",
    ]
    assert [[cell.text for cell in row[1:]] for row in by_bucket.rows] == [
        ["Mar\u00a02023", "96", "96"],
        ["Apr\u00a02023", "96", "96"],
        ["May\u00a02023", "100", "100"],
    ]


def test_notes_say_of_how_many_rows_they_are() -> None:
    small = SmallCase("month:1")
    for name in ("car", "bus", "van", "cab", "bike"):
        small.item(name, source="assumed", note="as we think" if name != "bike" else "as they say")
    plan = small.route("car").demand("car", 1, "month").plan()
    table = assumptions(View(plan, words_of("en"))).blocks[1].table
    assert table is not None
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["items", "1", "bike", "as they say"],
        ["items", "4", "bus; cab; car; 1 other", "as we think"],
    ]


@pytest.mark.parametrize(
    ("language", "some", "none"),
    [
        ("en", "A source is named for 2 of 6 rows of the case; for 1 of these it is an assumption.",
         "No row of the case names a source."),
        ("fr", "Sur 6 lignes du cas, une source est nommée pour 2\u00a0; pour 1 d’entre elles, c’est une hypothèse.",
         "Aucune ligne du cas ne nomme de source."),
    ],
)  # fmt: skip
def test_rows_that_name_a_source_are_told_from_those_that_do_not(language: str, some: str, none: str) -> None:
    small = SmallCase("month:1").item("car", source="assumed").route("car", source="filed").demand("car", 1, "month")
    assert assumptions(View(small.plan(), words_of(language))).lead == [some]
    for table in ("items", "routes"):
        small.tables[table][0].pop("source")
    assert assumptions(View(small.plan(), words_of(language))).lead == [none]


def test_what_has_ended_is_neither_to_be_signed_nor_declined() -> None:
    small = SmallCase("month:2").host(term=2.0, status="ended").item("car").demand("car", 1, "month", site="host")
    said = html.unescape(page_of(small.route("car", site="host", agreement="deal").plan()))

    assert "every agreement is in force already or has ended" in said
    assert ">ended<" in said
    assert ">terminé<" in said
    assert "Do not sign" not in said


@pytest.fixture(scope="module")
def waiting() -> Plan:
    """A plan in which 8 of 20 customers are served, 3 are lost and 9 still wait at the end."""
    small = SmallCase("month:2", discount_rate=0.1).item("car").route("car").line("car", 4, "month")
    return small.demand("car", 10, "month", price=3, wait_share=0.5, lost_penalty=1).plan()


def test_served_lost_and_still_waiting_add_up(waiting: Plan) -> None:
    view = View(waiting, words_of("en"))
    served = next(figure for figure in key_figures(view) if figure.name == view.words("key.served"))

    assert served.value == "40.0%"
    assert served.note == "lost: 15.0%, 9.00\u00a0EUR; still waiting when the horizon ends: 45.0%, 27.0\u00a0EUR"


def test_customers_still_waiting_stand_in_the_table_of_shortages(waiting: Plan) -> None:
    section = shortages(View(waiting, words_of("en")))

    assert section is not None
    table = section.blocks[0].table
    assert table is not None
    row = {head: cell.text for (head, _), cell in zip(table.heads, table.rows[0], strict=True)}
    assert [row[head] for head in ("Wanted", "Sold", "Lost", "Still waiting at the horizon’s end")] == [
        "20",
        "8",
        "3",
        "9",
    ]
    assert "sales of 27.0\u00a0EUR still wait when the horizon ends" in section.lead[1]


def test_customers_who_wait_are_drawn_on_an_axis_of_their_own(waiting: Plan) -> None:
    section = shortages(View(waiting, words_of("en")))

    assert section is not None
    chart = section.blocks[1].chart
    assert chart is not None
    layout = chart.figure["layout"]
    assert layout["yaxis"]["title"]["text"] == "units per month"
    assert layout["yaxis2"]["title"]["text"] == "units"
    assert layout["yaxis2"]["domain"][1] < layout["yaxis"]["domain"][0]
    assert [trace["name"] for trace in chart.figure["data"] if trace.get("yaxis") == "y2"] == [chart.legend[-1].name]
    assert chart.legend[-1].traces == (3,)


def test_a_legend_shows_the_symbols_of_its_points(made_up: Plan) -> None:
    section = mix(View(made_up, words_of("en")))

    assert section is not None
    chart = section.blocks[-1].chart
    assert chart is not None
    assert [mark.shape for mark in chart.legend] == [trace["marker"]["symbol"] for trace in chart.figure["data"]]
    style = (Path(coplant.__file__).parent / "report" / "templates" / "report.css").read_text(encoding="utf-8")
    assert all(f".mark.{symbol}" in style for symbol in SYMBOLS)


def test_a_long_label_is_folded(smallest: Plan) -> None:
    names = ["Power chip, Maker of power-management chips & more", "x" * 99, ""]
    chart = ranking(View(smallest, words_of("en")), [Step(name, 1.0, "c1") for name in names], "EUR", "label")

    labels = [text.rpartition("<br>")[0] for text in chart.figure["layout"]["yaxis"]["ticktext"]]
    assert labels[0] == "Power chip, Maker of power-<br>management chips &amp; more"
    assert labels[1].startswith("x" * 30)
    assert max(map(len, labels[1].split("<br>"))) <= 34
    assert labels[2] == ""


@pytest.mark.parametrize(
    ("rate", "per"), [(2.5, "hour"), (300.0, "day"), (2_000.0, "week"), (9_000.0, "month"), (99_000.0, "year")]
)
def test_what_is_started_and_reserved_is_counted_alike(rate: float, per: str) -> None:
    """Whatever the period of the rate, the bars of a line that is always full reach what is reserved."""
    small = SmallCase("month:2", "day:10", "day:21", start=date(2024, 1, 1)).host(term=12.0).item("car")
    hours = {"hours_per_year": 4_000} if per == "hour" else {}
    small.add("reservations", agreement="deal", least=rate, most=rate, per=per, fee=0, **hours)
    small.route("car", site="host", agreement="deal").demand("car", 1e6, "month", price=9, site="host")
    view = View(small.plan(), words_of("en"))
    section = production(view)

    assert section is not None
    chart = section.blocks[0].chart
    assert chart is not None
    started, reserved = chart.figure["data"]
    assert started["y"] == pytest.approx(reserved["y"][:-1])
    units = reserved_in_buckets(view, view.plan["reserved"])
    assert units.sum() == pytest.approx(view.plan["reserved"]["units"].sum())


def test_stock_that_is_run_down_is_said_where_it_flatters(smallest: Plan) -> None:
    view = View(smallest, words_of("en"))
    assert run_down(view, "cash") == []

    small = SmallCase("month:2").item("car", value=5).route("car", cost=99).demand("car", 10, "month", price=9)
    small.add("stock", item="car", site="works", quantity=20)
    small.add("receipts", item="car", site="works", date=date(2023, 1, 9), quantity=3)
    said = run_down(View(small.plan(), words_of("en")), "cash")
    assert len(said) == 1
    start = "there are 100\u00a0EUR on hand and 15.0\u00a0EUR under way at the start"
    assert said[0].endswith(f"{start}, 15.0\u00a0EUR and 0\u00a0EUR at the end.")


@pytest.mark.parametrize(("rule", "goods"), [("exact", ["car", "seat"]), ("conservative", ["car"])])
def test_what_is_on_hand_and_under_way_at_the_end_is_what_is_valued(rule: str, goods: list[str]) -> None:
    """A car of 20 and its seat of 5, bought, made and shipped over buckets of several lengths."""
    small = SmallCase("week:1", "month:2", "day:5", lag_rule=rule).item(
        "seat", value=5, end_value_share=0.99, holding_rate=1
    )
    small.item("car", value=20, end_value_share=0.8).offer("seat", 5, lead_time=20)
    small.add("sites", site="shop", kind="market").add("stock", item="seat", site="works", quantity=5)
    small.route("car", bom={"seat": 1.0}, lead_time=8, **{"yield": 0.5}).line("car", 3, "day")
    small.add("lanes", lane="road", item="car", from_site="works", to_site="shop", lead_time=11)
    plan = small.demand("car", 1, "day", site="shop", price=90, wait_share=0.9).plan()
    valued = plan["money"].filter(pl.col("line") == "stock_at_end").group_by("item").agg(pl.col("amount").sum())

    last = plan["stock"].filter(pl.col("bucket") == plan["buckets"]["bucket"].max())
    late = under_way(View(plan, words_of("en"))).filter(pl.col("quantity") > 0.0)
    held = pl.concat([last.select("item", quantity="stock"), late]).group_by("item").agg(pl.col("quantity").sum())
    assert late["item"].unique().sort().to_list() == goods
    worth = held.join(plan.case["items"], on="item").select(
        "item", pl.col("quantity") * pl.col("value") * pl.col("end_value_share")
    )
    assert dict(worth.iter_rows()) == pytest.approx(dict(valued.iter_rows()))


def test_what_the_decision_is_about_is_told_apart_however_small(smallest: Plan) -> None:
    names = [f"thing-{number}" for number in range(10)]
    table = pl.DataFrame({"thing": names, "year": [2024] * 10, "amount": [float(100 - number) for number in range(10)]})

    series = split(View(smallest, words_of("en")), table, "thing", "amount", "year", [2024], keep={"thing-9"})
    assert [one.name for one in series] == [*names[:6], "thing-9", "3 others"]


def test_limits_and_families_are_called_by_their_titles(smallest: Plan) -> None:
    small = SmallCase("month:1").item("chip", title="The chip").item("car", title="The car", unit="car")
    small.add("parties", party="maker", role="supplier", title="Its maker")
    small.add("parties", party="broker", role="supplier", title="A broker")
    for name in ("maker", "broker"):
        small.since("allotments", allotment=name, quantity=5, per="month")
        small.offer("chip", 1, offer=name, supplier=name, allotment=name)
    small.route("car", bom={"chip": 1.0}).demand("car", 20, "month", price=9)
    page = html.unescape(page_of(small.plan()))

    assert "The chip, Its maker" in page
    assert "The chip, A broker" in page
    assert "(maker)" not in page
    assert ">The car<" in page


def rivals() -> SmallCase:
    """A case in which 40 of the 60 that are wanted in a month can be had from one host, and all from another."""
    small = SmallCase("month:12").item("car")
    for name, most, fee, rent in (("near", 40, 10, 0), ("far", 100, 4, 3_000)):
        small.host(name=name, site=f"{name}-plant", status="option", term=12.0, group="cars", title=f"The {name} host")
        small.route("car", route=name, site=f"{name}-plant", agreement=name)
        small.add("lanes", lane=name, item="car", from_site=f"{name}-plant", to_site="works")
        small.add("reservations", agreement=name, most=most, per="month", fee=0)
        small.add("processing_fees", agreement=name, fee=fee)
        if rent:
            small.add("fixed_charges", agreement=name, charge="rent", amount=rent, per="year")
    return small.demand("car", 60, "month", price=100.0)


def test_rivals_are_compared_at_other_volumes() -> None:
    """10 a unit against 4 and 3,000 a year: they cost the same at 500; one offers 480 a year, the other 1,200."""
    plan = rivals().plan()
    for language, sentences in (
        ("en", ("Up to 480 units a year, “The near host” is the cheapest.",
                "From 481 to 1,200 units a year, “The far host” alone offers as many.",
                "None offers more than 1,200 units a year.")),
        ("fr", ("Jusqu’à 480 unités par an,", "seul « The far host » en offre autant",
                "Aucun n’offre plus de 1\u202f200 unités par an.")),
    ):  # fmt: skip
        section = volumes(View(plan, words_of(language)))
        assert section is not None
        first, per_year, average = section.blocks
        told = first.lines[0].replace("\N{NO-BREAK SPACE}", " ")
        assert all(sentence in told for sentence in sentences)
        assert first.table is not None
        rows = {row[0].text: [cell.text for cell in row[1:]] for row in first.table.rows}
        assert len(rows) == 12
        column = [title for title, _ in first.table.heads].index("The near host") - 1
        assert rows["400"][column] == "▸ 10.00" if language == "en" else "▸ 10,00"
        assert rows["400"][1 - column].startswith("11")
        assert rows["500"][column] == words_of(language)("volumes.not_offered")
        for block, value in ((per_year, 4_000.0), (average, 10.0)):
            assert block.chart is not None
            traces = {trace["name"]: trace for trace in block.chart.figure["data"]}
            near = traces["The near host"]
            scale = 1_000.0 if block is per_year else 1.0
            at = dict(zip(near["x"], near["y"], strict=True))
            assert at[400.0] == pytest.approx(value / scale)
            assert at[500.0] is None
            planned = traces[words_of(language)("volumes.planned")]
            assert planned["x"][0] == pytest.approx(720.0)
            changes = traces[words_of(language)("volumes.flips")]
            assert changes["x"][0] == 481.0


def test_products_are_shared_as_in_the_plan() -> None:
    small = rivals().item("van").route("van", route="van-far", site="far-plant", agreement="far")
    small.add("lanes", lane="vans", item="van", from_site="far-plant", to_site="works")
    small.demand("van", 20, "month", price=100.0)
    plan = small.plan()
    [one] = quoted(plan)
    assert one.planned == pytest.approx(960.0)
    built = plan["made"].filter(item="van")["good"].sum() / plan["made"]["good"].sum()
    assert built == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("fee", "said"),
    [(4.0, "From 481 units a year on, “The far host” alone offers as many."),
     (0.0, "From 300 units a year on, “The far host” is the cheapest.")],
)  # fmt: skip
def test_one_without_a_limit_has_no_rival_in_the_end(fee: float, said: str) -> None:
    """10 a unit against a fee and 3,000 a year, which cost the same at 500 or at 300; only the first has a limit."""
    small = rivals()
    small.tables["processing_fees"][1]["fee"] = fee
    small.tables["reservations"] = [row for row in small.tables["reservations"] if row["agreement"] != "far"]
    section = volumes(View(small.plan(), words_of("en")))
    assert section is not None
    assert said in section.blocks[0].lines[0].replace("\N{NO-BREAK SPACE}", " ")


def test_without_rivals_there_is_nothing_to_compare() -> None:
    small = rivals()
    small.tables["agreements"][1]["status"] = "ended"
    assert volumes(View(small.plan(), words_of("en"))) is None
    small.tables["agreements"][1] |= {"status": "option", "group": None}
    assert volumes(View(small.plan(), words_of("en"))) is None


@pytest.mark.slow
def test_the_reference_case_has_every_section() -> None:
    plan = coplant.plan(coplant.read(EXAMPLES / "xiaomi-2021"), gap=1e-2)

    page = page_of(plan)
    assert outline(page).sections == [f"{language}-{make.__name__}" for language in LANGUAGES for make in SECTIONS]
    assert len(page.encode()) < 10e6
