"""Charts as a browser draws them: where points are, what is text, when they are drawn."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from tests.report.html.conftest import Opened, wait_for_count
from tests.report.html.test_result_page import HOSTILE, SOURCE
from zigzag_imc.report.html.charts import Path, Point, PointChart, Track, TrackChart, told
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.results.result import NetworkResult

LIKE_CODE = [
    '{"signal": "alert(6)"}',
    "datum['x'] + alert(7) ? 1 : 2",
    "a.b[0]\\'\"`${alert(8)}",
    "javascript:alert(9)",
    "#signal(alert(10))",
    "x" * 400,
]
"""What would be more than text if it were read as an expression, a field's name or an address."""

DRAWN = "#roofline .mark-symbol.role-mark path"
"""The points of the chart that is drawn anew in these tests."""


@pytest.fixture(scope="module")
def page_of_small(small: NetworkResult, findings: Findings) -> str:
    return result_page(small, SOURCE, findings)


def draw(page: Any, chart: PointChart | TrackChart) -> None:
    """Draw another chart where the roofline is."""
    page.evaluate(
        """told => {
            const { chart } = document.getElementById("roofline").closest(".charted");
            chart.undraw();
            Object.assign(chart, told);
            if (told.tracks) chart.listeners = [];
            chart.draw();
        }""",
        told(chart),
    )


def points_of(values: list[tuple[float, float]], labels: list[str]) -> tuple[Point, ...]:
    return tuple(
        Point(x, y, label, "nowhere", group)
        for group, ((x, y), label) in enumerate(zip(values, labels, strict=True))
    )


def places(page: Any) -> list[tuple[float, float]]:
    """Return where points are drawn, in pixels of the page."""
    boxes = page.locator(DRAWN).evaluate_all("all => all.map(one => one.getBoundingClientRect())")
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]


VALUES: list[list[tuple[float, float]]] = [
    [(1.0, 1.0)],
    [(0.0, 0.0), (1.0, 0.0)],
    [(1e-3, 5.0), (1e6, 5.1)],
    [(-4.0, 3.0), (8.0, 400.0)],
    [(2.0, 1e-21), (3.0, 3e-21), (2.5, 4e-18)],
    [(2e13, 1e4), (2.1e13, 9.9e4)],
]


def test_points_lie_where_their_values_are(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go()
        for values in VALUES:
            points = points_of(values, ["point"] * len(values))
            draw(page, PointChart("a", "a", ("x", "y"), points))
            check_places(page, values)
            assert page.locator("#roofline .role-axis-label text").count() >= 2


def check_places(page: Any, values: list[tuple[float, float]]) -> None:
    """See that points are inside the axes, in the order of their values, and to their scale."""
    drawn = places(page)
    box = page.locator("#roofline .background").first.bounding_box()
    for x, y in drawn:
        assert box["x"] <= x <= box["x"] + box["width"], values
        assert box["y"] <= y <= box["y"] + box["height"], values
    pairs = list(zip(values, drawn, strict=True))
    for axis, up in ((0, 1), (1, -1)):
        found = sorted((value[axis], up * at[axis]) for value, at in pairs)
        for (value, at), (larger, further) in itertools.pairwise(found):
            assert (further - at > 0.5) is (larger > value), values
        if is_log([value for value, _ in found]) and len(found) == 3:
            (first, start), (middle, at), (last, end) = found
            along = math.log(middle / first) / math.log(last / first)
            assert (at - start) / (end - start) == pytest.approx(along, abs=0.01), values


def is_log(values: list[float]) -> bool:
    """Tell whether an axis should be logarithmic: over more than a decade of positive values."""
    return min(values) > 0 and max(values) >= 10 * min(values)


def test_texts_are_no_code(opening: Opened, page_of_small: str) -> None:
    names = [*HOSTILE, *LIKE_CODE]
    values = [(float(number), float(number)) for number in range(len(names))]
    with opening(page_of_small) as opened:
        page = opened.go()
        lines = tuple(Path(name, values[:2]) for name in names)
        title = names[4]
        chart = PointChart(
            "a", title, (names[0], names[5]), points_of(values, names), tuple(names), lines
        )
        before = page.locator("body *:not(svg *)").count()
        draw(page, chart)
        labels = page.locator(DRAWN).evaluate_all("all => all.map(one => one.ariaLabel)")
        assert labels == names
        legend = page.locator("#roofline .role-legend-label text").all_text_contents()
        assert len(legend) == len(names)
        for shown, name in zip(legend, names, strict=True):
            assert name.startswith(shown.rstrip("…"))
        titles = page.locator("#roofline .role-axis-title text").all_text_contents()
        assert [name[:20] for name in (names[0], names[5])] == [one[:20] for one in titles]
        page.locator(DRAWN).nth(3).hover()
        assert page.locator("#roofline").get_attribute("title") == names[3]
        tracks = tuple(Track(name, (1, 0, 2)) for name in names)
        draw(page, TrackChart("a", "a", names[1], 7, (names[2], names[6]), 2, tracks))
        shown = page.locator("#roofline .mark-text.role-mark text").all_text_contents()
        assert len(shown) == len(names)
        assert page.locator("body *:not(svg *)").count() == before
        assert page.locator("svg script, svg a, svg image, svg foreignObject").count() == (
            page.locator(".graph a").count()
        )


def test_tracks_are_as_long_as_their_time(opening: Opened, page_of_small: str) -> None:
    tracks = (Track("first", (0, 2, 4, 4), (4, 0, 0, 0)), Track("second", (4,)))
    with opening(page_of_small) as opened:
        page = opened.go()
        draw(page, TrackChart("a", "a", "cycle", 40, ("busy", "waits"), 4, tracks))
        areas = page.locator("#roofline .mark-area path")
        boxes = areas.evaluate_all("all => all.map(one => one.getBoundingClientRect())")
        assert len(boxes) == 3
        whole = page.locator("#roofline .mark-rule.role-mark line").first.bounding_box()
        for box in boxes:
            assert box["width"] == pytest.approx(whole["width"], abs=1)
        up, down, second = boxes
        assert up["y"] + up["height"] == pytest.approx(down["y"], abs=1)
        assert up["height"] == pytest.approx(down["height"], abs=1)
        assert second["y"] > down["y"] + down["height"]


def test_what_is_closed_is_drawn_when_it_opens(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go()
        wait_for_count(page.locator(".chart svg"), 1)
        page.locator("#layer-1 > summary").click()
        page.locator("#layer-1-ports svg").wait_for()
        assert (
            page.locator("#layer-1 .chart svg").count() == page.locator("#layer-1 .chart").count()
        )


def test_all_is_drawn_for_printing(opening: Opened, page_of_small: str) -> None:
    with opening(page_of_small) as opened:
        page = opened.go()
        assert page.pdf()
        assert page.locator(".chart svg").count() == page.locator(".chart").count() > 4


def test_colours_follow_the_theme_and_widths_the_window(
    opening: Opened, page_of_small: str
) -> None:
    def colours() -> list[str]:
        found: list[str] = page.evaluate(
            f"""[document.querySelector("{DRAWN}"),
                document.querySelector("#roofline .role-axis-label text")]
                .map(one => getComputedStyle(one).fill)"""
        )
        return found

    with opening(page_of_small, color_scheme="light") as opened:
        page = opened.go()
        light = colours()
        page.locator("#theme").click()
        dark = colours()
        assert not set(light) & set(dark)
        page.set_viewport_size({"width": 400, "height": 900})
        page.locator("#roofline svg[width='368']").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
