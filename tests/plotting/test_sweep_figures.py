"""Figures of sweeps show what their tables say."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import polars
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tests.commands.networks import write_model
from tests.plotting.written import assert_readable
from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.peak import peak_of, system_peak_of
from zigzag_imc.plotting.efficiency import BEST_EACH, geometric_mean
from zigzag_imc.plotting.stacks import Bar, plot_parts
from zigzag_imc.plotting.style import COLUMN, PALETTE, WIDTH, save
from zigzag_imc.plotting.sweep_figures import FIGURES, SweepFigures
from zigzag_imc.plotting.sweep_peaks import peaks_of
from zigzag_imc.plotting.sweep_series import Series, parameter_of
from zigzag_imc.sweep.frames import sweep_table
from zigzag_imc.sweep.study.keeping import kept_study
from zigzag_imc.sweep.study.reading import study_of
from zigzag_imc.sweep.sweeping import sweep_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of a sweep: two kinds of arrays in two sizes."""
    path = tmp_path_factory.mktemp("sweep")
    write_model(path)
    entries = [{"template": kind, "ranges": {"rows": [32, 64]}} for kind in ("aimc", "dimc")]
    contents = {"networks": str(path / "small.onnx"), "accelerators": entries}
    sweep_study(study_of(contents), path, jobs=1)
    return path


def lines_of(axes: Axes) -> dict[str, list[float]]:
    lines: list[Any] = axes.get_lines()
    return {str(one.get_label()): list(one.get_ydata()) for one in lines}


def bars_of(axes: Axes) -> list[Any]:
    return list(axes.patches)


def panels(axes: Axes) -> list[Axes]:
    figure = axes.get_figure()
    assert figure is not None
    return list(figure.axes)


@pytest.mark.parametrize("width", [WIDTH, COLUMN])
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_a_picture(folder: Path, name: str, width: float, tmp_path: Path) -> None:
    """On a page and in a column: colours of all entries, and nothing written that overlaps."""
    path = tmp_path / f"{name}.png"
    axes = SweepFigures(folder, width=width).draw(name)
    save(axes, str(path))
    picture = matplotlib.image.imread(path)[..., :3]
    assert picture.shape[1] == round(width * 160)
    assert 0.02 < float((picture.min(axis=2) < 0.9).mean()) < 0.9
    for colour in PALETTE[:2]:
        shade = [1 - 0.75 * (1 - part) for part in to_rgb(colour)]  # marks of a front are light
        near = [np.abs(picture - one).max(axis=2) < 0.02 for one in (to_rgb(colour), shade)]
        assert (near[0] | near[1]).sum() > 50
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    assert_readable(figure)


def test_entries_may_be_chosen(folder: Path) -> None:
    upper, _ = panels(SweepFigures(folder, entries=["dimc"]).draw("networks"))
    assert set(lines_of(upper)) == {"dimc, small", "dimc, peak"}


def test_peaks_are_those_of_arrays_within_the_area(folder: Path) -> None:
    """What the study leaves out is in no figure."""
    study = kept_study(folder)
    areas = sorted(one.area_mm2 for one in peaks_of(study, "rows"))
    within = study.replace(area_mm2=areas[1])
    assert sorted(one.area_mm2 for one in peaks_of(within, "rows")) == areas[:2]


def test_peaks_are_those_of_the_model(folder: Path) -> None:
    upper, lower = panels(SweepFigures(folder).draw("peaks"))
    arrays = [Template(kind="aimc", rows=rows).accelerator() for rows in (32, 64)]
    of_macros = [peak_of(one).tops_per_w for one in arrays]
    of_systems = [system_peak_of(one).tops_per_mm2 for one in arrays]
    assert lines_of(upper)["aimc, macro"] == pytest.approx(of_macros)
    assert lines_of(lower)["aimc, system"] == pytest.approx(of_systems)
    assert (upper.get_ylabel(), lower.get_ylabel(), lower.get_xlabel()) == (
        "TOPS/W",
        "TOPS/mm²",
        "rows",
    )


def test_networks_are_those_of_the_table(folder: Path) -> None:
    upper, _ = panels(SweepFigures(folder).draw("networks"))
    rows = [
        row for row in sweep_table(folder).iter_rows(named=True) if row["accelerators"] == "dimc"
    ]
    assert lines_of(upper)["dimc, small"] == pytest.approx([row["tops_per_w"] for row in rows])


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of a sweep over rows and columns."""
    path = tmp_path_factory.mktemp("wide")
    write_model(path)
    entry = {"template": "dimc", "ranges": {"rows": [32, 64], "columns": [32, 64]}}
    sweep_study(
        study_of({"networks": str(path / "small.onnx"), "accelerators": entry}), path, jobs=1
    )
    return path


@pytest.mark.parametrize("name", ["peaks", "networks", "layers"])
def test_a_choice_among_arrays_is_said(folder: Path, wide: Path, name: str) -> None:
    """In a column, too, where there is least room; and only where there is a choice."""
    axes = SweepFigures(wide, width=COLUMN).draw(name)
    _, lower = panels(axes)
    assert lower.get_xlabel() == f"rows\n{BEST_EACH}"
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    assert_readable(figure)
    _, alone = panels(SweepFigures(folder).draw(name))
    assert alone.get_xlabel() == "rows"


def test_each_panel_has_its_own_best(wide: Path) -> None:
    rows = sweep_table(wide)
    for axes, quantity in zip(
        panels(SweepFigures(wide).draw("networks")), ("tops_per_w", "tops_per_mm2"), strict=True
    ):
        best = rows.group_by("rows").agg(polars.col(quantity).max()).sort("rows")
        assert lines_of(axes)["dimc, small"] == pytest.approx(best[quantity].to_list())


def test_bars_are_as_high_as_the_energy_of_a_layer(folder: Path) -> None:
    (axes, right) = panels(SweepFigures(folder, layers=["small:first"]).draw("energies"))
    assert axes.get_ylabel() == "small\nfirst\npJ per MAC"
    assert right.get_ylabel() == "reuse"
    tops: dict[float, float] = {}
    for bar in bars_of(axes):
        place = round(bar.get_x(), 6)
        tops[place] = max(tops.get(place, 0.0), bar.get_y() + bar.get_height())
    per_mac = [
        2 * row["energy_pj"] / row["operations"]
        for row in sweep_table(folder, "layers").iter_rows(named=True)
        if row["layer"] == "first"
    ]
    assert sorted(tops.values()) == pytest.approx(sorted(per_mac))


def test_parts_add_up_to_the_area(folder: Path) -> None:
    figure = SweepFigures(folder)
    built, _ = figure._built()
    for one in built:
        assert sum(one.area_by_part_mm2().values()) == pytest.approx(one.system.total_mm2)
        whole = 1e3 * one.system.energy_pj_per_cycle * 2 / one.system.operations
        assert sum(one.energy_fj_per_mac().values()) == pytest.approx(whole)
        assert "cache" in one.area_by_part_mm2()


def test_bars_stand_in_their_groups() -> None:
    bars = [Bar(group, label, {"a": 1.0, "b": 2.0}) for group in "xy" for label in "pq"]
    (axes,) = panels(plot_parts({"pJ": bars}, "title"))
    centres = [bar.get_x() + bar.get_width() / 2 for bar in bars_of(axes)[:4]]
    assert centres == pytest.approx([-0.2, 0.2, 0.8, 1.2])
    assert [text.get_text() for text in axes.texts] == ["x", "y"]


def test_the_mean_is_that_of_sizes_that_all_have() -> None:
    lines = [Series("a", (1.0, 2.0), (4.0, 8.0)), Series("a", (1.0,), (9.0,))]
    (mean,) = geometric_mean(lines)
    assert mean.sizes == (1.0,)
    assert math.isclose(mean.values[0], 6.0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"over": "row"}, "over: found 'row', expected a parameter of the study"),
        ({"entries": ["dimmc"]}, "entry: found 'dimmc', expected an entry of the study"),
        ({"layers": ["small:fist"]}, "layer: found 'small:fist', expected network:layer"),
    ],
)
def test_what_is_not_there_is_said(folder: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        SweepFigures(folder, **options).draw("energies")


@pytest.mark.parametrize("name", ["parts", "energies"])
@pytest.mark.parametrize(
    ("rows", "said"), [(32, r".* within 0\.01 mm2"), (-3, r"dimc rows=-3: rows: found -3")]
)
def test_a_sweep_without_points_says_so(tmp_path: Path, name: str, rows: int, said: str) -> None:
    write_model(tmp_path)
    entry = {"template": "dimc", "ranges": {"rows": [rows]}}
    contents = {"networks": str(tmp_path / "small.onnx"), "accelerators": entry, "area_mm2": 0.01}
    sweep_study(study_of(contents), tmp_path, jobs=1)
    with pytest.raises(OptionError, match=f"no points to draw: {said}"):
        SweepFigures(tmp_path).draw(name)


def test_figures_run_along_a_parameter() -> None:
    table = polars.DataFrame({"accelerator": ["a"], "accelerators": ["a"], "network": ["n"]})
    with pytest.raises(OptionError, match="over: the study has no parameter with numbers"):
        parameter_of(table, None)
