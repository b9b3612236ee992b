"""The page of a settlement, and the page in a browser."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from plotly.offline import get_plotlyjs
from settlement.every_line import built, charges, day, hosted, left_late, not_committed, settlements

import coplant
from coplant import Settlement
from coplant.report.settled.page import page_of
from coplant.report.settled.view import SettledView
from coplant.report.words import LANGUAGES, words_of

HOSTILE = '</script><script>window.hurt=1</script><img src=x onerror="window.hurt=1"> {quantity} %{x}'


def text_of(page: str, language: str) -> str:
    """What the page says in a language."""
    article = re.search(rf'<article data-lang="{language}".*?</article>', page, re.DOTALL)
    assert article is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", article[0])).split())


@pytest.fixture(scope="module")
def settled() -> Settlement:
    return coplant.settle(not_committed().add("fixed_charges", agreement="deal", charge="rent", amount=10.5,
                                              per="month").case())  # fmt: skip


def test_a_page_opens_from_one_file_and_asks_for_no_other(settled: Settlement, tmp_path: Path) -> None:
    settled.report(tmp_path / "deep" / "settled.html")
    page = (tmp_path / "deep" / "settled.html").read_text(encoding="utf-8")
    ours = page.replace(get_plotlyjs(), "")
    assert len(page) - len(ours) == len(get_plotlyjs())
    assert not re.search(r"https?://|@import|url\(", ours)


def test_every_line_stands_on_the_page_with_its_arithmetic() -> None:
    for settlement in settlements():
        page = page_of(settlement)
        for language in LANGUAGES:
            view, said = SettledView(settlement, words_of(language)), text_of(page, language)
            lines = [line for statement in view.statements for line in statement.lines]
            missing = [view.arithmetic(line) for line in lines if " ".join(view.arithmetic(line).split()) not in said]
            missing += [told for line in lines for told in view.due(line) if " ".join(told.split()) not in said]
            assert missing == []
            assert all(view.numbers.number(line.amount, 2).replace("\u202f", " ") in said for line in lines)


def test_both_languages_have_the_same_sections(settled: Settlement) -> None:
    sections = re.findall(r'<section id="(\w\w)-([\w-]+)"', page_of(settled))
    names = ["overview", "agreement-1", "accounts", "netting", "settled"]
    assert sections == [(language, name) for language in LANGUAGES for name in names]


def test_what_is_corrected_is_said_where_it_is_billed_and_once_more() -> None:
    said = text_of(page_of(coplant.settle(charges().case())), "en")
    assert "May 2023: " in said
    assert "EUR, with corrections of earlier statements" in said
    assert "Processing fee (correction)" in said
    assert "160.49 123.45 37.04" in said


def test_nothing_settled_is_said() -> None:
    small = hosted(status="ended")
    assert "no month of a signed agreement has closed" in text_of(page_of(coplant.settle(small.case())), "en")


def test_no_statement_by_a_day_is_said_with_the_day_of_the_first() -> None:
    settled = coplant.settle(charges().case(), as_of=day("2023-02-01"))
    assert "No statement had been drawn up by 2023-02-01; the first is on 2023-02-11." in settled.summary()
    page = page_of(settled)
    told = "No statement had been drawn up by 1 February 2023; the first is drawn up on 11 February 2023."
    assert told in text_of(page, "en")
    assert "le premier l’est le 11 février 2023." in text_of(page, "fr")


def test_months_are_elided_in_french() -> None:
    said = text_of(page_of(coplant.settle(charges().case())), "fr")
    assert "Lignes d’août 2023" in said
    assert "Lignes d’octobre 2023" in said
    assert "Lignes de mai 2023" in said


def test_what_is_due_under_a_correction_stands_below_it() -> None:
    said = text_of(page_of(coplant.settle(left_late().case())), "en")
    assert "500 due by what is known now − 0 billed due now: 500.00 EUR = fee of leaving: 1 × 500 EUR" in said
    assert "0 due by what is known now − 90 billed: all of it is taken back due now: nothing" in said


def test_the_basis_is_said(settled: Settlement) -> None:
    then = coplant.settle(settled.case, as_of=day("2024-05-05"))
    assert "Settled on what was known by 5 May 2024, in EUR" in html.unescape(page_of(then))
    plan = hosted(starts=day("2026-01-01")).plan()
    assert "Pro forma: the statements to come" in html.unescape(page_of(coplant.pro_forma(plan)))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("This test drives Chromium, and none is on the path; install it, such as with apt install chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_what_every_line_comes_to_is_in_sight(browser: Browser, width: int, tmp_path: Path) -> None:
    coplant.settle(charges().case()).report(tmp_path / "settled.html")
    page = browser.new_page(viewport={"width": width, "height": 900}, locale="en-GB")
    page.goto((tmp_path / "settled.html").as_uri())
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    opened = page.locator("#en-agreement-1 .folded").nth(5)
    opened.locator("summary").click()
    amounts = opened.locator("tbody td:last-child")
    assert amounts.count() > 2
    boxes = [amounts.nth(number).bounding_box() for number in range(amounts.count())]
    assert all(box is not None and box["x"] + box["width"] <= width for box in boxes)
    page.close()


@pytest.mark.parametrize(("width", "language"), [(1440, "en-GB"), (390, "fr-FR")])
def test_the_page_draws_itself_and_fits(browser: Browser, width: int, language: str, tmp_path: Path) -> None:
    small = hosted(title=HOSTILE).add("fixed_charges", agreement="deal", charge=HOSTILE, amount=10, per="month")
    small.tables["items"][0]["title"] = HOSTILE
    small.add("processing_fees", agreement="deal", fee=2)
    coplant.settle(built(small, m2023_02=5).case()).report(tmp_path / "settled.html")
    address = (tmp_path / "settled.html").as_uri()
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=language, color_scheme="dark")
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if request.url != address else None)
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    chart = page.locator(f"#{language[:2]}-agreement-1 .chart")
    assert chart.locator(".trace.bars").count() == 2
    folded = page.locator(f"#{language[:2]}-agreement-1 .folded")
    assert folded.count() == 24
    folded.nth(1).locator("summary").click()
    assert "5" in folded.nth(1).locator("table").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("window.hurt") is None
    assert trouble == []
    context.close()
