"""The page in Chromium, from disk and without a network: figures answer, and names stay text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runanalytics.report import build_report

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

NAME = "</script><img src=x onerror=\"document.title='obeyed'\"> {{ 7 }}"
DRAWN = "document.querySelectorAll('.chart:not([data-drawn])').length === 0"


@pytest.fixture(scope="module")
def written(frames_once, simulated, tmp_path_factory) -> Path:
    tables = {**simulated, "runs": simulated["runs"].assign(title=NAME)}
    tables["races"] = simulated["races"].assign(title=NAME)
    library = type(frames_once)(tables)
    return build_report(library, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture
def page(browser, written) -> Iterator[Any]:
    """The page on a phone, and what it complained of or asked for."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", offline=True, has_touch=True
    )
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.complaints.append(request.url))
    opened.goto(written.as_uri())
    opened.wait_for_function(DRAWN, timeout=60_000)
    yield opened
    context.close()


def rows(chart: Any, series: str) -> list[list[str]]:
    """The table of values of a figure as it is shown."""
    shown = f".choice:not([hidden]) table[data-series={series}] tbody tr"
    return chart.evaluate(
        "(chart, which) => [...chart.querySelectorAll(which)]"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))",
        shown,
    )


def told(page: Any) -> list[str]:
    return page.locator("#pointed dd").all_text_contents()


def test_it_loads_from_disk_answers_and_asks_for_nothing(page, written):
    assert page.complaints == [written.as_uri()]
    assert page.title() == page.title().replace("obeyed", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    chart = page.locator(".chart").first
    plot = chart.locator(".plot")
    runs, weeks = rows(chart, "runs"), rows(chart, "weeks")
    assert all(row[1] == NAME for row in runs)
    single = plot.locator(".runs_each_marks path, [class*=runs_each] path")
    assert single.count() == len(runs)
    heard = set()
    for number in range(0, len(runs), len(runs) // 8):
        single.nth(number).scroll_into_view_if_needed()
        single.nth(number).hover(force=True)
        # Where marks lie on each other, the pointer is told of one of them.
        assert told(page) in runs + weeks
        heard.add(tuple(told(page)))
    assert len(heard) > 4
    assert page.locator("#pointed img").count() == 0

    page.keyboard.press("Escape")
    assert page.locator("#pointed").is_hidden()
    plot.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    last = told(page)
    assert last
    assert page.locator("#said").text_content().endswith(last[-1])

    # A device hidden, its runs are gone; another pace, and other values are told.
    chart.locator(".devices input").first.uncheck()
    device = chart.locator(".devices label").first.text_content().split(maxsplit=1)[1].strip()
    hidden = [row for row in runs if row[-1] == device]
    assert 0 < len(hidden) < len(runs)
    playwright.expect(single).to_have_count(len(runs) - len(hidden))
    chart.locator(".devices input").first.check()
    chart.locator(".paces input").nth(1).check()
    elsewhere = rows(chart, "runs")
    assert not [row for row in elsewhere if row in runs]
    single.last.hover(force=True)
    assert told(page) in elsewhere + rows(chart, "weeks")
    assert page.complaints == [written.as_uri()]


def test_it_is_accessible(page):
    for number in (0, 4, 6):
        page.locator("summary:visible").nth(number).click()
    found = axe.Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []


def test_without_scripts_the_figures_stand_still(browser, written):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(written.as_uri())
    assert page.locator(".plot svg path").count() > 100
    assert page.locator(".control:visible").count() == 0
    context.close()
