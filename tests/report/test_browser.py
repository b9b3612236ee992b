"""The page in a browser: it draws, switches and fits."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from coplant import Plan
from coplant.report import write_report

Opened = tuple[Page, list[str]]
Open = Callable[..., Opened]


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


@pytest.fixture(scope="module")
def written(made_up: Plan, hostile: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for name, plan in (("made_up", made_up), ("hostile", hostile)):
        write_report(plan, folder / f"{name}.html")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture
def opened(browser: Browser, written: dict[str, Path]) -> Iterator[Open]:
    contexts = []

    def open_page(
        which: str = "made_up", *, width: int = 1440, language: str = "en-GB", colours: str = "light"
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme="dark" if colours == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        trouble: list[str] = []
        page.on(
            "console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: trouble.append(request.url) if request.url != address else None)
        address = written[which].as_uri()
        page.goto(address)
        drawn(page)
        return page, trouble

    yield open_page
    for context in contexts:
        context.close()


def drawn(page: Page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)


def charts(page: Page) -> list[bool]:
    """Whether each figure in sight holds marks."""
    marks: list[bool] = page.evaluate(
        "[...document.querySelectorAll('.chart')].filter((place) => place.offsetParent !== null)"
        ".map((place) => place.querySelector('.trace path') !== null)"
    )
    return marks


def test_every_figure_is_drawn_without_errors_or_requests(opened: Open) -> None:
    page, trouble = opened()

    assert trouble == []
    assert len(charts(page)) > 8
    assert all(charts(page))


def test_the_language_switch_changes_texts_numbers_and_figures(opened: Open) -> None:
    page, trouble = opened()
    english = page.locator("main").inner_text()
    axis = page.locator("#en-money .chart").inner_text()

    page.get_by_role("button", name="Français").click()
    drawn(page)
    french = page.locator("main").inner_text()
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "The decision" in english
    assert "La décision" not in english
    assert "La décision" in french
    assert "The decision" not in french
    assert "\N{NARROW NO-BREAK SPACE}" in french
    assert "\N{NARROW NO-BREAK SPACE}" not in english
    assert "Revenue" in axis
    assert "Ventes" in page.locator("#fr-money .chart").inner_text()
    assert all(charts(page))
    assert trouble == []


def test_the_page_opens_in_the_language_of_the_browser(opened: Open) -> None:
    page, _ = opened(language="fr-FR")

    assert page.get_by_role("heading", name="La décision").is_visible()


def test_the_theme_follows_the_system_and_the_switch(opened: Open) -> None:
    page, _ = opened(colours="dark")

    def background() -> str:
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    def ink() -> str:
        colour: str = page.evaluate("document.querySelector('#en-cash .xtick text').style.fill")
        return colour

    dark = background(), ink()
    page.get_by_role("button", name="Light").click()
    drawn(page)
    light = background(), ink()
    assert page.get_by_role("button", name="Light").get_attribute("aria-pressed") == "true"
    assert light[0] != dark[0]
    assert light[1] != dark[1]


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_nothing_is_wider_than_a_phone(opened: Open, language: str) -> None:
    page, _ = opened(width=390, language=language)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    too_wide = page.evaluate(
        "[...document.querySelectorAll('.chart svg')].filter((one) => one.getBoundingClientRect().right > 391).length"
    )
    assert too_wide == 0


def test_headings_out_of_sight_leave_no_blank_band_on_a_phone(opened: Open) -> None:
    page, _ = opened(width=390)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    lines = page.evaluate(
        "[...document.querySelectorAll('#en-shortages thead, #en-agreements thead')].map((one) =>"
        " one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))"
    )
    assert len(lines) > 3
    assert max(lines) < 4.0


def test_switches_work_from_the_keyboard(opened: Open) -> None:
    page, _ = opened()

    page.get_by_role("button", name="Français").focus()
    page.keyboard.press("Enter")
    drawn(page)
    assert page.get_by_role("heading", name="La décision").is_visible()


def test_a_legend_hides_and_shows_what_it_names(opened: Open) -> None:
    page, _ = opened()
    entry = page.locator("#en-mix .legend button").first

    def bars() -> int:
        return page.locator("#en-mix .chart").first.locator(".trace.bars").count()

    before = bars()
    entry.click()
    page.wait_for_timeout(200)
    assert entry.get_attribute("aria-pressed") == "false"
    assert bars() == before - 1
    entry.click()
    page.wait_for_timeout(200)
    assert bars() == before


def test_titles_do_nothing_but_stand_there(opened: Open) -> None:
    page, trouble = opened("hostile")

    assert page.evaluate("window.hurt") is None
    assert "<svg onload" in page.locator("main").inner_text()
    assert trouble == []
