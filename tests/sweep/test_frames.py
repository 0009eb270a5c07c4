"""Tables of a sweep read again."""

from __future__ import annotations

import math
import re
from pathlib import Path

import polars
import pytest

from tests.sweep.studies import write_study
from zigzag_imc.core.errors import OptionError, ResultError
from zigzag_imc.sweep.frames import Selection, selected, sweep_table
from zigzag_imc.sweep.sweeping import sweep_study

TABLE = polars.DataFrame(
    {
        "kind": ["a", "a", "b", "b"],
        "rows": [8, 16, 8, 16],
        "energy_pj": [4.0, 1.0, 9.0, None],
    }
)


def test_rows_are_kept_sorted_and_cut() -> None:
    found = selected(TABLE, Selection(where=["rows * 2 <= 32"], sort=["-energy_pj"], limit=2))
    assert found["energy_pj"].to_list() == [9.0, 4.0]


def test_of_what_is_not_known_no_condition_holds() -> None:
    assert selected(TABLE, Selection(where=["energy_pj > 0"])).height == 3
    assert selected(TABLE, Selection(where=["not energy_pj > 0"])).height == 0


@pytest.mark.parametrize(
    ("statistic", "of_a"),
    [("min", 1.0), ("mean", 2.5), ("max", 4.0), ("sum", 5.0), ("geomean", 2.0)],
)
def test_groups(statistic: str, of_a: float) -> None:
    found = selected(TABLE, Selection(group_by=["kind"], statistic=statistic))
    assert found["points"].to_list() == [2, 2]
    assert math.isclose(found["energy_pj"][0], of_a)


def test_columns_that_there_are_not_are_named() -> None:
    for asked in (
        Selection(where=["row > 1"]),
        Selection(sort=["-row"]),
        Selection(group_by=["row"]),
        Selection(columns=["row"]),
    ):
        with pytest.raises(OptionError, match="did you mean 'rows'"):
            selected(TABLE, asked)


def test_a_table_is_that_of_its_sweep(tmp_path: Path) -> None:
    sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    assert sweep_table(tmp_path / "out").height == 4
    assert sweep_table(tmp_path / "out", "layers").height == 8
    with pytest.raises(ResultError, match="expected the folder of a sweep"):
        sweep_table(tmp_path)


def test_sums_of_layers_are_those_of_networks(tmp_path: Path) -> None:
    """Each layer as often as it occurs; and what follows from the sums."""
    sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    networks = sweep_table(tmp_path / "out")
    layers = sweep_table(tmp_path / "out", "layers")
    assert max(layers["count"]) > 1
    sums = selected(layers, Selection(group_by=["accelerator"], statistic="sum"))
    assert sums["accelerator"].to_list() == networks["accelerator"].to_list()
    assert sums["count"].to_list() == networks["layers"].to_list()
    for name in ("energy_pj", "delay_ns", "mac_pj", "operations", "edp_js", "tops", "tops_per_w"):
        assert sums[name].to_list() == pytest.approx(networks[name].to_list())
    assert not {"area_mm2", "tclk_ns", "utilization", "tops_per_mm2", "gap", "D1"} & {*sums.columns}


def test_what_is_no_run_has_sums_alone() -> None:
    """Of several accelerators, and where a row has no mapping."""
    table = polars.DataFrame(
        {
            "accelerator": ["x", "y", "x", "x"],
            "network": ["a", "a", "b", "c"],
            "operations": [2, 2, 4, 4],
            "energy_pj": [1.0, 2.0, 4.0, None],
            "delay_ns": [1.0, 2.0, 4.0, None],
            "edp_js": [1.0, 2.0, 3.0, None],
        }
    )
    sums = selected(table, Selection(group_by=["network"], statistic="sum"))
    assert sums["energy_pj"].to_list() == [3.0, 4.0, None]
    assert sums["edp_js"].to_list() == [None, pytest.approx(16e-21), None]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("kind = b", "did you mean kind == 'b'?"),
        ('kind = "b"', "did you mean kind == 'b'?"),
        ("rows=8", "did you mean rows == 8?"),
        ("kind == b", "texts stand in quotes: network == 'resnet8'"),
    ],
)
def test_a_text_needs_two_equals_and_quotes(condition: str, said: str) -> None:
    with pytest.raises(OptionError, match=re.escape(said)):
        selected(TABLE, Selection(where=[condition]))
    assert selected(TABLE, Selection(where=["kind == 'b'", "rows == 8"])).height == 1
