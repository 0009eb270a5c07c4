"""Explorations find what exhausting the ranges finds, and discard nothing that could be better."""

from __future__ import annotations

import html
import itertools
import math
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.commands.networks import write_model
from zigzag_imc.sweep.explore.exploring import explore_study
from zigzag_imc.sweep.explore.record import Exploration
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.study.entries import Study
from zigzag_imc.sweep.study.reading import study_of
from zigzag_imc.sweep.sweeping import sweep_study

TEMPLATES: dict[str, dict[str, Any]] = {
    "analog": {
        "template": "aimc",
        "ranges": {
            "rows": [16, 64, 256],
            "columns": [32, 128],
            "sram_kb": [8, 64],
            "adc_bits": [4, 6],
        },
    },
    "digital": {
        "template": "dimc",
        "ranges": {"rows": [32, 128], "columns": [32, 64], "macros": [1, 4], "sram_kb": [8, 256]},
    },
    "both": {},
}
"""Three studies; the third has the accelerators of the others."""


def study(folder: Path, which: str, **changes: Any) -> Study:
    entries = [TEMPLATES["analog"], TEMPLATES["digital"]] if which == "both" else TEMPLATES[which]
    write_model(folder)
    contents = {"networks": str(folder / "small.onnx"), "accelerators": entries} | changes
    return study_of(contents)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all: what one exploration has solved, the exhausting sweep need not again."""
    return tmp_path_factory.mktemp("cache") / "points.sqlite"


def exhausted(asked: Study, folder: Path, cache: Path, objective: str) -> polars.DataFrame:
    """All points of a study, the best first."""
    mapped_for = {"tops_per_w": "energy", "tops_per_mm2": "latency"}.get(objective, objective)
    whole = asked.replace(objectives=(mapped_for,))
    sweep_study(whole, folder / "out", jobs=1, cache=cache)
    value = {
        "edp": polars.col("edp_js"),
        "energy": polars.col("energy_pj"),
        "latency": polars.col("delay_ns"),
        "tops_per_w": -polars.col("tops_per_w"),
        "tops_per_mm2": -polars.col("tops_per_mm2"),
    }[objective]
    return sweep_table(folder / "out").with_columns(value.alias("value")).sort("value")


def middle(rows: polars.DataFrame, column: str) -> float:
    """Return a value of a column that about half of the rows keep."""
    return float(sorted(rows[column].to_list())[len(rows) // 2])


def settled(found: Exploration) -> int:
    return sum(found.pruned.values()) + found.solved + found.unfit + found.open


@pytest.mark.parametrize(
    ("which", "objective"),
    [
        *itertools.product(TEMPLATES, ["edp", "energy"]),
        ("digital", "tops_per_mm2"),
        ("analog", "tops_per_w"),
    ],
)
def test_the_best_is_that_of_all(tmp_path: Path, cache: Path, which: str, objective: Any) -> None:
    asked = study(tmp_path, which)
    found = explore_study(asked, objective=objective, jobs=1, cache=cache)
    best, second, *_ = exhausted(asked, tmp_path, cache, objective).iter_rows(named=True)
    assert found.proved
    assert found.best is not None
    assert found.runner_up is not None
    for point, row in ((found.best, best), (found.runner_up, second)):
        name = {"edp": "edp_js", "energy": "energy_pj"}.get(objective, objective)
        assert getattr(point, name) == pytest.approx(row[name], rel=1e-12)
    assert settled(found) == found.points == found.combinations
    assert found.solved < found.points


def test_the_front_is_that_of_all(tmp_path: Path, cache: Path) -> None:
    asked = study(tmp_path, "both")
    found = explore_study(asked, front=True, jobs=1, cache=cache)
    rows = exhausted(asked, tmp_path, cache, "edp").select("energy_pj", "delay_ns", "area_mm2")
    points = set(rows.iter_rows())
    front = {
        point
        for point in points
        if not any(
            other != point and all(a <= b for a, b in zip(other, point, strict=True))
            for other in points
        )
    }
    assert found.front_proved
    assert settled(found) == found.points
    told = sorted((one.energy_pj, one.delay_ns, one.area_mm2) for one in found.front)
    for one, row in itertools.zip_longest(told, sorted(front)):
        assert one == pytest.approx(row, rel=1e-12)
    assert_shown(found)


def assert_shown(found: Exploration) -> None:
    """In Python and in notebooks: the best first, every point once, with its parameters."""
    table = found.to_frame()
    assert found.best is not None
    first = table.row(0, named=True)
    assert first["accelerator"] == found.best.accelerator
    assert first["edp_js"] == found.best.edp_js == table["edp_js"].min()
    assert {name: first[name] for name in found.best.parameters} == found.best.parameters
    assert table["accelerator"].is_unique().all()
    assert set(table["accelerator"]) >= {point.accelerator for point in found.front}
    shown = found._repr_html_()
    assert shown.count("<tr>") == 1 + table.height
    assert f"<td>{html.escape(found.best.accelerator)}</td>" in shown


def test_points_over_the_area_do_not_count(tmp_path: Path, cache: Path) -> None:
    asked = study(tmp_path, "digital")
    rows = exhausted(asked, tmp_path, cache, "edp")
    most = middle(rows, "area_mm2")
    within = rows.filter(polars.col("area_mm2") <= most)
    found = explore_study(asked, area_mm2=most, jobs=1, cache=cache)
    assert (found.points, found.over_area) == (len(within), len(rows) - len(within))
    assert found.best is not None
    assert found.best.edp_js == pytest.approx(within["edp_js"].min(), rel=1e-12)


def test_an_energy_limit_rules_the_fastest_out(tmp_path: Path, cache: Path) -> None:
    asked = study(tmp_path, "both")
    rows = exhausted(asked, tmp_path, cache, "latency")
    fastest = rows.filter(polars.col("delay_ns") == rows["delay_ns"][0])
    most = 0.999 * min(fastest["energy_pj"].to_list())
    within = rows.filter(polars.col("energy_pj") <= most)
    assert min(within["delay_ns"].to_list()) > min(rows["delay_ns"].to_list())
    found = explore_study(asked, objective="latency", energy_limit_pj=most, jobs=1, cache=cache)
    assert found.best is not None
    assert found.best.delay_ns == pytest.approx(within["delay_ns"].min(), rel=1e-12)


def test_workers_find_the_same(tmp_path: Path) -> None:
    asked = study(tmp_path, "digital")
    one = explore_study(asked, jobs=1, cache=tmp_path / "one.sqlite")
    two = explore_study(asked, jobs=2, cache=tmp_path / "two.sqlite")
    assert one.best == two.best
    assert one.runner_up == two.runner_up
    assert settled(two) == two.points


def test_a_study_of_nothing_has_no_best(tmp_path: Path) -> None:
    found = explore_study(study(tmp_path, "digital"), area_mm2=1e-6, jobs=1, cache=tmp_path / "c")
    assert (found.best, found.points, found.over_area, found.proved) == (None, 0, 16, False)
    assert not math.isnan(found.seconds)
