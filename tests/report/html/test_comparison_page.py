"""Two results side by side: their figures, and nothing that runs."""

from __future__ import annotations

import pytest

from tests.report.html.conftest import Opened, wait_for_count
from tests.report.html.test_result_page import HOSTILE, SOURCE, renamed
from zigzag_imc.report.html.comparison_page import comparison_page
from zigzag_imc.results.result import NetworkResult


@pytest.fixture
def half(small: NetworkResult) -> NetworkResult:
    """Return the result with half of the energy everywhere, and another mapping of its first."""
    layers = tuple(
        layer.model_copy(update={"energy_pj": layer.energy_pj / 2})
        for layer in small.layers
        if layer.energy_pj is not None
    )
    totals = small.totals.model_copy(update={"energy_pj": (small.totals.energy_pj or 0) / 2})
    return small.model_copy(update={"layers": layers, "totals": totals})


def test_the_same_is_the_same(small: NetworkResult) -> None:
    assert "Both results are the same." in comparison_page(small, small, (SOURCE, SOURCE))


def test_it_says_what_differs(opening: Opened, small: NetworkResult, half: NetworkResult) -> None:
    with opening(comparison_page(small, half, (SOURCE, SOURCE))) as opened:
        page = opened.go()
        assert "3 of 3 layers that both have differ" in page.inner_text("#verdict")
        energy = page.locator("#verdict tr", has_text="energy").first.inner_text().split("\t")
        assert energy[-1] == "0.5000 ↓"
        wait_for_count(page.locator("#ratios .mark-symbol.role-mark path"), 3)
        page.get_by_role("searchbox").fill("depthwise energy_pj")
        wait_for_count(page.locator("#layer-table tbody tr:not([hidden])"), 1)


def test_names_show_as_text_in_an_accessible_page(
    opening: Opened, small: NetworkResult, half: NetworkResult
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    both = renamed(small, HOSTILE), renamed(half, HOSTILE)
    options = {"color_scheme": "dark", "viewport": {"width": 400, "height": 900}}
    with opening(comparison_page(*both, (SOURCE, SOURCE)), **options) as opened:
        page = opened.go()
        for name in HOSTILE[2:]:
            assert name in page.inner_text("#layer-table")
        assert page.evaluate("document.images.length") == 0
        found = axe.Axe().run(page)
        assert not found.violations_count, found.generate_report()
