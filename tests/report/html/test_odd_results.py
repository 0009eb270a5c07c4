"""Pages of odd results: nothing mapped, names without end; and pages walked through by keyboard."""

from __future__ import annotations

import pytest

from tests.report.html.conftest import Opened, wait_for_count
from tests.report.html.test_result_page import HOSTILE, SOURCE, renamed
from zigzag_imc.core.objective import Status
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.results.result import NetworkResult

WITHOUT = dict.fromkeys(
    (
        "spatial",
        "temporal",
        "energy_pj",
        "latency_cycles",
        "edp",
        "edp_js",
        "utilization",
        "objective_value",
        "bound",
        "gap",
        "breakdown",
        "pareto",
        "tclk_ns",
        "area_mm2",
    )
)
"""What a layer without a mapping does not have."""


def unmapped(result: NetworkResult, status: Status, reason: str) -> NetworkResult:
    """Take all mappings away."""
    gone = {**WITHOUT, "status": status, "reason": reason}
    layers = tuple(layer.model_copy(update=gone) for layer in result.layers)
    sums = dict.fromkeys(("energy_pj", "latency_cycles", "edp", "edp_js", "gap"))
    totals = result.totals.model_copy(update={**sums, "status": status, "mapped_layers": 0})
    return result.model_copy(update={"layers": layers, "totals": totals})


@pytest.mark.parametrize("status", ["INFEASIBLE", "UNKNOWN"])
def test_without_any_mapping_it_says_why(
    opening: Opened, small: NetworkResult, status: Status
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    page_of = result_page(unmapped(small, status, "no <room> for it"), SOURCE)
    with opening(page_of, viewport={"width": 400, "height": 900}) as opened:
        page = opened.go("#layer-1")
        assert status in page.inner_text("#verdict")
        assert "no <room> for it" in page.inner_text("#layer-1")
        assert page.locator("#start").count() == 0, "nothing to start with"
        assert not axe.Axe().run(page).violations_count


def test_names_without_end_fit_on_a_small_screen(
    opening: Opened, small: NetworkResult, findings: Findings
) -> None:
    names = [f"{number}{HOSTILE[number]}" + "x" * 400 for number in range(4)]
    long = renamed(small, names)
    new = {old.name: layer.name for old, layer in zip(small.layers, long.layers, strict=True)}
    told = Findings(
        {new[name]: one for name, one in findings.told.items()},
        {new[name]: one for name, one in findings.timelines.items()},
        {new[name]: one for name, one in findings.curves.items()},
    )
    with opening(result_page(long, SOURCE, told), viewport={"width": 400, "height": 900}) as opened:
        page = opened.go("#layer-1")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        for name in names[:1]:
            assert name in page.inner_text("#start")


def test_everything_is_reached_by_keyboard(
    opening: Opened, small: NetworkResult, findings: Findings
) -> None:
    with opening(result_page(small, SOURCE, findings)) as opened:
        page = opened.go()
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input, select, summary,"
            ' [tabindex="0"]\')].filter(one => one.checkVisibility()).length'
        )
        seen = set()
        for _ in range(wanted + 1):
            page.keyboard.press("Tab")
            seen.add(
                page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
            )
            outlined = page.evaluate(
                "(one => getComputedStyle(one).outlineStyle !== 'none'"
                " || one.matches('svg a, .skip, body'))(document.activeElement)"
            )
            assert outlined, "one sees where one is"
        assert len(seen) >= wanted
        page.locator("details.layer > summary").first.focus()
        page.keyboard.press("Enter")
        wait_for_count(page.locator("details.layer[open]"), 1)
