"""The page of a launch in a browser: it draws itself and fits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from coplant import Launch


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


def opened(browser: Browser, launch: Launch, folder: Path, width: int, language: str) -> tuple[Page, list[str]]:
    launch.report(folder / "launched.html")
    address = (folder / "launched.html").as_uri()
    page = browser.new_page(viewport={"width": width, "height": 900}, locale=language)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if request.url != address else None)
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    return page, trouble


@pytest.mark.parametrize(("width", "language"), [(1440, "en-GB"), (390, "fr-FR")])
def test_every_figure_is_drawn_and_fits(
    browser: Browser, valued: Launch, tmp_path: Path, width: int, language: str
) -> None:
    page, trouble = opened(browser, valued, tmp_path, width, language)
    assert trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart')].filter((place) => place.offsetParent !== null)"
        ".map((place) => place.querySelector('.trace path') !== null)"
    )
    assert len(drawn) == len(valued.figures())
    assert all(drawn)
    page.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_boxes_of_the_network_do_not_overlap(browser: Browser, valued: Launch, tmp_path: Path, width: int) -> None:
    page, _ = opened(browser, valued, tmp_path, width, "en-GB")
    boxes = page.evaluate(
        "[...document.querySelectorAll('#en-network-1 .annotation .bg')].map((one) => {"
        " const box = one.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; })"
    )
    assert len(boxes) > 2
    apart = [
        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        for place, one in enumerate(boxes)
        for other in boxes[:place]
    ]
    assert all(apart)
    page.close()


def test_titles_do_nothing_but_stand_there(browser: Browser, hostile: Launch, tmp_path: Path) -> None:
    page, trouble = opened(browser, hostile, tmp_path, 390, "en-GB")
    assert page.evaluate("window.hurt") is None
    assert "<img src=x" in page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert trouble == []
    page.close()
