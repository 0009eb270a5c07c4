"""The page of a sweep: what it says is what the tables hold; axes, brushes and links work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.report.html.conftest import Opened
from zigzag_imc.commands.app import app
from zigzag_imc.report.html.sweep_page import sweep_page
from zigzag_imc.report.html.sweep_view import made_of
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.study.keeping import kept_study


@pytest.fixture(scope="session")
def rows(swept: Path) -> list[dict[str, Any]]:
    return sweep_table(swept, "networks").to_dicts()


def test_every_point_and_the_best_are_there(swept: Path, rows: list[dict[str, Any]]) -> None:
    page = sweep_page(swept)
    assert len(re.findall(r'<tr id="point-\d+">', page)) == len(rows) == 6
    best = min(rows, key=lambda row: float(row["energy_pj"]))
    escaped = best["accelerator"].replace("<", "&lt;").replace(">", "&gt;")
    verdict = page[page.index('id="verdict"') : page.index('id="explore"')]
    assert escaped in verdict
    assert "<b>arrays" not in page
    assert "<i>" not in page


def test_a_command_makes_the_accelerator_again(swept: Path, rows: list[dict[str, Any]]) -> None:
    for one in made_of(rows, kept_study(swept)):
        assert one.command is not None
        done = CliRunner().invoke(app, [*shlex.split(one.command)[1:], "--describe"])
        assert done.exit_code == 0, done.output
        parameters = dict(one.facts)
        assert f"{parameters['rows']} rows" in done.output or parameters["rows"] in done.output


def test_axes_fronts_and_brushes(opening: Opened, swept: Path, rows: list[dict[str, Any]]) -> None:
    with opening(sweep_page(swept)) as opened:
        page = opened.go()
        page.get_by_label("To the right").select_option("area_mm2")
        page.get_by_label("Upwards").select_option("tops_per_w")
        drawn = page.locator("#explorer .point").evaluate_all(
            "all => all.map(one => [Number(one.dataset.x), Number(one.dataset.y)])"
        )
        assert drawn == [
            [pytest.approx(row["area_mm2"]), pytest.approx(row["tops_per_w"])] for row in rows
        ]
        corners = page.locator("#explorer .line").get_attribute("points").split()
        front = [
            row
            for row in rows
            if not any(
                other["area_mm2"] <= row["area_mm2"] and other["tops_per_w"] >= row["tops_per_w"]
                for other in rows
                if other is not row
            )
        ]
        assert len(corners) == 2 * len(front) - 1

        areas = sorted(row["area_mm2"] for row in rows)
        page.locator("[data-end=x-to]").fill(f"{(areas[2] + areas[3]) / 2:.9g}")
        shown = page.locator("#point-table tbody tr:not([hidden])")
        assert shown.count() == 3
        assert page.locator("#explorer .point.faint").count() == 3
        page.get_by_role("button", name="All").click()
        assert shown.count() == 6

        box = page.locator("#explorer").bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"], steps=3)
        page.mouse.up()
        inside = page.locator("#explorer .point").evaluate_all(
            "(all, middle) => all.filter(one => { const b = one.getBoundingClientRect();"
            " return b.x + b.width / 2 <= middle }).length",
            box["x"] + box["width"] / 2,
        )
        assert 0 < inside < 6
        assert shown.count() == inside
        page.keyboard.press("Escape")


def test_a_point_leads_to_its_row(opening: Opened, swept: Path) -> None:
    with opening(sweep_page(swept)) as opened:
        page = opened.go()
        page.locator("#explorer a").nth(2).focus()
        page.keyboard.press("Enter")
        assert page.locator("#point-3:target").count() == 1
        page.locator("#point-table a").first.click()
        assert page.locator("#made details[open]").count() == 1


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
