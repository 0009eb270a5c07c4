"""Pages in a real browser: silent, sortable, filterable, linkable, accessible."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.html.conftest import Opened, wait_for_count
from tests.report.html.test_result_page import HOSTILE, SOURCE, renamed
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.results.result import NetworkResult

MOST_SECONDS = 1.0
"""CPU time in which a page has to be there; by the clock, busy machines take longer."""


@pytest.fixture(scope="session")
def page_of_small(small: NetworkResult, findings: Findings) -> str:
    return result_page(small, SOURCE, findings)


def names_shown(page: Any) -> list[str]:
    """Return the names of the rows of the table of layers that are shown."""
    rows = page.locator("#layer-table tbody tr:not([hidden]) th[scope=row]")
    return [text.strip() for text in rows.all_text_contents()]


def test_it_opens_in_time(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        session = opened.context.new_cdp_session(opened.page)
        session.send("Performance.enable")
        page = opened.go()
        metrics = session.send("Performance.getMetrics")["metrics"]
        took = {one["name"]: one["value"] for one in metrics}
        assert 0 < took["ThreadTime"] < MOST_SECONDS
        assert page.title() == "small on dimc"


def test_it_sorts_by_numbers_and_by_names(
    opening: Opened, page_of_small: str, small: NetworkResult
) -> None:
    by_energy = sorted(small.layers, key=lambda layer: -(layer.energy_pj or 0))
    with opening(page_of_small) as opened:
        page = opened.go()
        energy = page.get_by_role("button", name="energy", exact=True).first
        energy.focus()
        page.keyboard.press("Enter")
        assert names_shown(page) == [layer.name for layer in by_energy]
        energy.click()
        assert names_shown(page) == [layer.name for layer in reversed(by_energy)]
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
        page.get_by_role("button", name="layer", exact=True).first.click()
        assert names_shown(page) == sorted(layer.name for layer in small.layers)


def test_it_filters_by_words(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go()
        search = page.get_by_role("searchbox")
        search.fill("conv optimal")
        assert names_shown(page) == ["conv", "depthwise"]
        assert page.get_by_role("status").first.text_content() == "2 of 3 shown"
        search.press("Escape")
        assert len(names_shown(page)) == 3


def test_points_of_the_roofline_stand_for_layers(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go()
        points = page.evaluate(
            "document.getElementById('roofline').closest('.charted').chart.points"
            ".map(one => [one.y, one.label.split(':')[0], one.target])"
        )
        points.sort()
        _, (rate, name, _), (most, last, place) = points
        page.locator("#roofline-part [data-end=y-from]").fill(f"{(rate + most) / 2}")
        assert names_shown(page) == [last]
        page.get_by_role("searchbox").fill(name)
        assert names_shown(page) == [], "what one hides the other does not show"
        page.locator("#roofline-part [data-end=y-from]").press("Escape")
        assert names_shown(page) == [name]
        page.locator("#roofline").get_by_label(f"{last}: ").click()
        wait_for_count(page.locator(f"#{place}[open]"), 1)


def test_a_link_opens_its_layer(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go("#layer-2")
        assert page.locator("details.layer[open]").get_attribute("id") == "layer-2"
        page.locator("#layer-table a").nth(2).click()
        wait_for_count(page.locator("#layer-3[open]"), 1)
        opened.go("#%ff<b>")  # no place of that name, and no text


def test_nothing_of_a_model_runs(opening: Opened, small: NetworkResult) -> None:
    names = [f"{number}{HOSTILE[number % len(HOSTILE)]}" for number in range(100)]
    long = [name * (400 // len(name) + 1) for name in names]
    (only,) = (layer for layer in small.layers if layer.name == "classify")
    many = tuple(only.model_copy(update={"name": name, "names": (name,)}) for name in long)
    hundred = renamed(small.model_copy(update={"layers": many}), long)
    with opening(result_page(hundred, SOURCE)) as opened:
        page = opened.go("#layer-1")
        shown = page.locator("#layer-table").inner_text()
        for name in long:
            assert name in shown
        running = "script:not([type='application/json'], [type='text/plain'])"
        assert page.locator(running).count() == 2, "the library, and ours"
        assert page.evaluate("document.images.length") == 0


def test_it_is_whole_without_scripts(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small, java_script_enabled=False) as opened:
        page = opened.go()
        wait_for_count(page.locator("#layer-table tbody tr"), 3)
        layer = page.locator("details.layer").first
        layer.locator("summary").first.click()
        assert "Replayed, cycles 0 to" in layer.inner_text()
        ports = layer.get_by_role("region", name="Ports over time")
        busy = ports.locator("tbody td:nth-child(2)").all_text_contents()
        assert all(text.endswith("%") for text in busy)
        assert len(busy) > 3
        assert not page.locator(".charted").first.is_visible()
        page.get_by_text("as numbers").click()
        wait_for_count(page.get_by_role("region", name="Roofline as numbers").locator("tr"), 4)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 400)])
def test_nobody_is_left_out(opening: Opened, page_of_small: str, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    with opening(
        page_of_small, color_scheme=scheme, viewport={"width": width, "height": 900}
    ) as opened:
        page = opened.go()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(page)
        assert not found.violations_count, found.generate_report()
