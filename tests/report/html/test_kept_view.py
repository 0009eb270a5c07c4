"""What stays on chip, as pages show it: that of the result."""

from __future__ import annotations

import pytest

from tests.report.html.conftest import Opened
from tests.report.html.test_result_page import SOURCE
from zigzag_imc import map_network
from zigzag_imc.report.html.kept_view import FULL, kept_view
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.results.result import NetworkResult


@pytest.fixture(scope="module")
def keeping() -> NetworkResult:
    return map_network("deep_autoencoder", "dimc", locality="best", jobs=1, objective="energy")


def test_tensors_and_memories_are_those_of_the_result(keeping: NetworkResult) -> None:
    locality = keeping.locality
    assert locality is not None
    view = kept_view(locality)
    assert view is not None
    staying = [one for one in locality.tensors if one.memory is not None]
    assert staying
    assert {one.name for one in view.tensors} == {one.name for one in staying}
    for memory in view.memories:
        (record,) = (one for one in locality.memories if one.memory == memory.name)
        assert memory.most_bits == max(record.used_bits)
        assert len(memory.drawn.up) == view.steps == len(locality.steps)
        assert max(memory.drawn.up) == -(-memory.most_bits * FULL // memory.size_bits)


def test_nothing_stays_where_nothing_was_to(small: NetworkResult) -> None:
    assert kept_view(small.locality) is None
    assert 'id="kept"' not in result_page(small, SOURCE)


def test_the_page_is_accessible(opening: Opened, keeping: NetworkResult) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    options = {"color_scheme": "dark", "viewport": {"width": 400, "height": 900}}
    with opening(result_page(keeping, SOURCE), **options) as opened:
        page = opened.go("#kept")
        assert "tensors between layers stay on chip" in page.inner_text("#kept")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        found = axe.Axe().run(page)
        assert not found.violations_count, found.generate_report()
