"""The page of several futures in a browser: it draws itself, fits, and shows one future at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from report.conftest import HOSTILE
from report.hedged.cases import alike, many, rumour

import coplant
from coplant import Hedge

SHOWN = "[...document.querySelectorAll('.chart')].filter((place) => place.offsetParent !== null)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail(
            "These tests drive Chromium, and none is on the path; install it, such as with apt install chromium"
        )
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()


def opened(browser: Browser, hedge: Hedge, folder: Path, width: int, language: str) -> tuple[Page, list[str]]:
    hedge.report(folder / "hedge.html")
    address = (folder / "hedge.html").as_uri()
    page = browser.new_page(viewport={"width": width, "height": 900}, locale=language)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if request.url != address else None)
    page.goto(address)
    drawn(page)
    return page, trouble


def drawn(page: Page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)


def marks(page: Page) -> list[bool]:
    """Whether each figure in sight holds marks."""
    found: list[bool] = page.evaluate(SHOWN + ".map((place) => place.querySelector('.trace path') !== null)")
    return found


@pytest.mark.parametrize(("width", "language"), [(1440, "en-GB"), (390, "fr-FR")])
def test_every_figure_is_drawn_and_fits(
    browser: Browser, hedged: Hedge, tmp_path: Path, width: int, language: str
) -> None:
    page, trouble = opened(browser, hedged, tmp_path, width, language)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = marks(page)
    assert len(found) > 5
    assert all(found)
    page.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_names_of_bars_stand_in_the_figure_and_apart(
    browser: Browser, hedged: Hedge, tmp_path: Path, width: int
) -> None:
    page, _ = opened(browser, hedged, tmp_path, width, "en-GB")
    boxes = page.evaluate(
        "[...document.querySelectorAll('#en-spread-1 .annotation .bg')].map((one) => {"
        " const box = one.getBoundingClientRect(); return [box.top, box.bottom, box.right]; })"
    )
    right = page.evaluate("document.querySelector('#en-spread-1').getBoundingClientRect().right")
    assert len(boxes) == 6
    assert all(one[1] <= other[0] + 0.5 for one, other in pairwise(boxes))
    assert all(box[2] <= right for box in boxes)
    page.close()


def test_one_future_is_shown_at_a_time_in_both_languages(browser: Browser, hedged: Hedge, tmp_path: Path) -> None:
    page, trouble = opened(browser, hedged, tmp_path, 1440, "en-GB")
    seen = (
        "[...document.querySelectorAll('.chapter')].filter((one) => one.offsetParent !== null)"
        ".map((one) => one.ariaLabel)"
    )
    select = page.locator("article[data-lang=en] select")
    options = select.locator("option").all_inner_texts()
    assert page.evaluate(seen) == options[:1]
    select.select_option(index=5)
    drawn(page)
    assert page.evaluate(seen) == options[5:]
    assert all(marks(page))
    page.click("[data-set-language=fr]")
    drawn(page)
    french = page.locator("article[data-lang=fr] select option").all_inner_texts()
    assert page.evaluate(seen) == french[5:]
    assert all(marks(page))
    assert trouble == []
    page.close()


def test_a_crowd_of_futures_fits(browser: Browser, tmp_path: Path) -> None:
    page, trouble = opened(browser, alike(many(1_000)), tmp_path, 390, "en-GB")
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert all(marks(page))
    page.close()


def test_titles_do_nothing_but_stand_there(browser: Browser, tmp_path: Path) -> None:
    small = rumour()
    for row in small.tables["branches"]:
        row["title"] = HOSTILE
    small.tables["agreements"][0]["title"] = HOSTILE
    page, trouble = opened(browser, coplant.hedge(small.case()), tmp_path, 390, "en-GB")
    assert page.evaluate("window.hurt") is None
    assert "<img src=x" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert trouble == []
    page.close()
