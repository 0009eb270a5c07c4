"""The page of a sweep: what it says is what the tables hold; axes, brushes and links work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.report.html.conftest import Opened, wait_for_count
from zigzag_imc.commands.app import app
from zigzag_imc.report.html.sweep_page import sweep_page
from zigzag_imc.report.html.sweep_view import explorer_of, made_of
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.study.keeping import kept_study


@pytest.fixture(scope="session")
def rows(swept: Path) -> list[dict[str, Any]]:
    return sweep_table(swept, "networks").to_dicts()


def test_every_point_and_the_best_are_there(swept: Path, rows: list[dict[str, Any]]) -> None:
    page = sweep_page(swept)
    assert len(re.findall(r'<tr id="point-\d+"', page)) == len(rows) == 12
    verdict = page[page.index('id="verdict"') : page.index('id="explore"')]
    for network in ("deep_autoencoder", "ds_cnn"):
        own = of_network(rows, network)
        best = min(own, key=lambda row: float(row["energy_pj"]))
        assert best["accelerator"].replace("<", "&lt;").replace(">", "&gt;") in verdict
    assert "<b>arrays" not in page
    assert "<i>" not in page


def test_what_has_its_own_unit_is_headed_without_one(swept: Path) -> None:
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]+)</th>", sweep_page(swept))
    assert not {"energy_pj", "delay_ns"} & set(heads)
    assert [heads.count(name) for name in ("energy", "delay", "area_mm2")] == [4, 4, 1]


def test_a_command_makes_the_accelerator_again(swept: Path, rows: list[dict[str, Any]]) -> None:
    for one in made_of(rows, kept_study(swept)):
        assert one.command is not None
        done = CliRunner().invoke(app, [*shlex.split(one.command)[1:], "--describe"])
        assert done.exit_code == 0, done.output
        parameters = dict(one.facts)
        assert f"{parameters['rows']} rows" in done.output or parameters["rows"] in done.output


def of_network(rows: list[dict[str, Any]], network: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["network"] == network]


def front_of_rows(rows: list[dict[str, Any]], low: str, high: str) -> list[dict[str, Any]]:
    """Return the rows of which no other is as good in both and better in one."""
    return [
        row
        for row in rows
        if not any(
            other[low] <= row[low]
            and other[high] >= row[high]
            and (other[low], other[high]) != (row[low], row[high])
            for other in rows
        )
    ]


SHOWN = "#explorer .mark-symbol.role-mark path"
"""The points that are drawn."""

VALUES = "document.getElementById('explorer').closest('.charted').chart"


def drawn_values(page: Any) -> list[list[float]]:
    """Return the values of the points that are drawn."""
    found: list[list[float]] = page.evaluate(f"{VALUES}.points.map(one => [one.x, one.y])")
    assert len(found) == page.locator(SHOWN).count()
    return found


def test_a_network_and_axes_are_chosen(
    opening: Opened, swept: Path, rows: list[dict[str, Any]]
) -> None:
    own = of_network(rows, "ds_cnn")
    with opening(sweep_page(swept)) as opened:
        page = opened.go()
        wait_for_count(page.locator("#point-table tbody tr:not([hidden])"), 6)
        page.get_by_label("Network").select_option("ds_cnn")
        page.get_by_label("To the right").select_option("area_mm2")
        page.get_by_label("Upwards").select_option("tops_per_w")
        assert drawn_values(page) == [
            [pytest.approx(row["area_mm2"]), pytest.approx(row["tops_per_w"])] for row in own
        ]
        front = front_of_rows(own, "area_mm2", "tops_per_w")
        (line,) = page.evaluate(f"{VALUES}.lines")
        assert len(line["corners"]) == 2 * len(front) - 1
        path = page.locator("#explorer .mark-line path").get_attribute("d")
        assert len(re.findall("[ML]", path)) == len(line["corners"])
        listed = page.locator("#listed tbody th").all_text_contents()
        assert sorted(listed) == sorted(row["accelerator"] for row in front)
        commands = page.locator("#listed code").all_text_contents()
        made = {one.name: one.command for one in made_of(own, kept_study(swept))}
        assert commands == [made[name] for name in listed]
        page.get_by_label("Network").select_option("all")
        wait_for_count(page.locator(SHOWN), 12)
        wait_for_count(page.locator("#explorer .mark-line path"), 0)


def test_a_link_shows_what_was_chosen(opening: Opened, swept: Path) -> None:
    with opening(sweep_page(swept)) as opened:
        page = opened.go("#explore?network=1&y=area_mm2")
        assert (
            page.get_by_label("Network").evaluate("one => one.selectedOptions[0].text") == "ds_cnn"
        )
        assert page.get_by_label("Upwards").input_value() == "area_mm2"
        areas = [y for _, y in drawn_values(page)]
        page.locator("[data-end=y-to]").fill(f"{sorted(areas)[2]}")
        link = page.evaluate("location.hash")
        shown = page.locator("#point-table tbody tr:not([hidden])").all_text_contents()
        assert len(shown) == 3
        again = opened.context.new_page()
        again.goto(f"{opened.path.as_uri()}{link}")
        assert again.locator("#point-table tbody tr:not([hidden])").all_text_contents() == shown
        assert again.locator("[data-end=y-to]").input_value() == f"{sorted(areas)[2]}"
        opened.go(
            "#explore?network=9&x=<b>&y-to=nothing&x-to=1.2.3"
        )  # what is not there stays as it was
        assert page.get_by_label("Network").input_value() in ("0", "1")


def test_without_scripts_the_first_front_is_there(
    opening: Opened, swept: Path, rows: list[dict[str, Any]]
) -> None:
    with opening(sweep_page(swept), java_script_enabled=False) as opened:
        page = opened.go()
        assert not page.locator("#explore figure").is_visible()
        assert page.locator("#listed tbody tr").count() >= 1
        assert page.get_by_text("what is on the front of each of").is_visible()
        assert page.locator("#point-table tbody tr").count() == len(rows)


def test_points_are_brushed(opening: Opened, swept: Path, rows: list[dict[str, Any]]) -> None:
    with opening(sweep_page(swept)) as opened:
        page = opened.go()
        page.get_by_label("To the right").select_option("area_mm2")
        areas = sorted(row["area_mm2"] for row in of_network(rows, "deep_autoencoder"))
        page.locator("[data-end=x-to]").fill(f"{(areas[2] + areas[3]) / 2:.9g}")
        shown = page.locator("#point-table tbody tr:not([hidden])")
        wait_for_count(shown, 3)
        wait_for_count(page.locator(f"{SHOWN}[opacity='0.2']"), 3)
        page.get_by_role("button", name="All").click()
        wait_for_count(shown, 6)

        page.locator("#explorer").evaluate("one => one.scrollIntoView({ block: 'center' })")
        box = page.locator("#explorer .background").first.bounding_box()
        middle = box["x"] + box["width"] / 2
        drawn = page.locator(SHOWN).evaluate_all(
            "all => all.map(one => one.getBoundingClientRect())"
        )
        pairs = zip(drawn_values(page), drawn, strict=True)
        inside = [x for (x, _), one in pairs if one["x"] + one["width"] / 2 <= middle]
        assert 0 < len(inside) < 6
        page.mouse.move(box["x"] + 1, box["y"] + 1)
        page.mouse.down()
        page.mouse.move(middle, box["y"] + box["height"] - 1, steps=3)
        page.mouse.up()
        wait_for_count(shown, len(inside))
        assert float(page.locator("[data-end=x-to]").input_value()) == max(inside)
        assert page.locator("#explorer .brush_brush path").first.is_visible()
        page.locator("[data-end=x-to]").press("Escape")
        wait_for_count(shown, 6)
        assert page.evaluate(f"Object.keys({VALUES}.view.signal('brush')).length") == 0


def test_a_point_leads_to_its_row(opening: Opened, swept: Path) -> None:
    with opening(sweep_page(swept)) as opened:
        page = opened.go()
        row = page.evaluate(f"{VALUES}.points[2].target")
        page.locator(SHOWN).nth(2).click()
        wait_for_count(page.locator(f"#{row}:target"), 1)
        page.locator("#point-table a").first.click()
        wait_for_count(page.locator("#made details[open]"), 1)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1400), ("light", 400)])
def test_nobody_is_left_out(opening: Opened, swept: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with opening(sweep_page(swept), **options) as opened:
        page = opened.go()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(page)
        assert not found.violations_count, found.generate_report()


def test_a_network_without_a_mapping_is_not_drawn_first(rows: list[dict[str, Any]]) -> None:
    gone = [
        row | {"energy_pj": None, "delay_ns": None} if row["network"] == "deep_autoencoder" else row
        for row in rows
    ]
    explorer = explorer_of(gone)
    assert explorer.questions == ("ds_cnn", "deep_autoencoder")
    assert explorer.chart is not None
    assert len(explorer.chart.points) == 6, "of the other network nothing is mapped"
    assert {gone[place]["network"] for place in explorer.first_front} == {"ds_cnn"}
    nothing = explorer_of([])
    assert (nothing.chart, nothing.questions, nothing.first_front) == (None, (), ())


def test_tables_of_before_have_fewer_columns(rows: list[dict[str, Any]]) -> None:
    before = [{key: value for key, value in row.items() if key != "locality"} for row in rows]
    assert explorer_of(before) == explorer_of(rows)
