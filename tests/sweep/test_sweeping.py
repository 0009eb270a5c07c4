"""Sweeps: every point solved once, as `map_network` does, and kept whatever happens."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.spaces import DIVIDING
from tests.sweep.studies import COLUMNS, ROWS, write_study
from zigzag_imc.core.errors import OptionError
from zigzag_imc.library.mapping import map_network
from zigzag_imc.sweep.hardware import FieldsOfFile
from zigzag_imc.sweep.quantities import ENERGIES
from zigzag_imc.sweep.sweeping import sweep_study

TIMES = "solve_s"


def tables(folder: Path) -> dict[str, polars.DataFrame]:
    """Read the tables of a sweep, without times."""
    return {
        name: polars.read_parquet(folder / f"{name}.parquet").drop(TIMES)
        for name in ("layers", "networks")
    }


def test_a_sweep_says_what_mapping_each_network_says(tmp_path: Path) -> None:
    study = write_study(tmp_path, objectives=["energy", "latency"])
    report = sweep_study(study, tmp_path / "out", jobs=1)
    assert (report.accelerators, report.counts.total, report.counts.failed) == (4, 16, 0)
    assert report.to_frame().height == 8
    assert report.to_frame("layers").height == 16
    assert "<td>points</td><td>16</td>" in report._repr_html_()
    found = tables(tmp_path / "out")
    source = FieldsOfFile.of(str(tmp_path / "mine.yaml"))
    for row in found["networks"].iter_rows(named=True):
        accelerator = source.build({ROWS: row["D2"], COLUMNS: row["D1"]})
        mapped = map_network(
            tmp_path / "small.onnx", accelerator, objective=row["objective"], jobs=1, space=DIVIDING
        )
        totals = mapped.totals
        assert row["energy_pj"] == pytest.approx(totals.energy_pj, rel=1e-12)
        assert row["latency_cycles"] == totals.latency_cycles
        assert row["edp_js"] == pytest.approx(totals.edp_js)
        assert (row["status"], row["layers"]) == ("OPTIMAL", 3)
        assert row["area_mm2"] == pytest.approx(totals.area_mm2)


def test_the_parts_are_the_whole(tmp_path: Path) -> None:
    sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    for table in tables(tmp_path / "out").values():
        for row in table.iter_rows(named=True):
            assert sum(row[name] for name in ENERGIES) == pytest.approx(row["energy_pj"])
            areas = ("array_area_mm2", "register_area_mm2", "cache_area_mm2")
            assert sum(row[name] for name in areas) == pytest.approx(row["area_mm2"])
            cycles = ("compute_cycles", "stall_cycles", "loading_cycles")
            assert sum(row[name] for name in cycles) == pytest.approx(row["latency_cycles"])
            seconds = row["delay_ns"] / 1e9
            assert row["tops"] == pytest.approx(row["operations"] / seconds / 1e12)
            joules = row["energy_pj"] / 1e12
            assert row["tops_per_w"] == pytest.approx(row["operations"] / joules / 1e12)


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    for name in ("layers", "networks"):
        parquet = polars.read_parquet(tmp_path / "out" / f"{name}.parquet")
        csv = polars.read_csv(tmp_path / "out" / f"{name}.csv", schema=parquet.schema)
        assert csv.equals(parquet)


def test_equal_problems_are_solved_once(tmp_path: Path) -> None:
    """The network twice under two names, on two entries that are the same arrays."""
    networks = [{"model": "small.onnx", "name": name} for name in "ab"]
    accelerators = [
        {"accelerator": "mine.yaml", "name": name, "ranges": {ROWS: 8}} for name in ("x", "y")
    ]
    study = write_study(tmp_path, networks=networks, accelerators=accelerators)
    report = sweep_study(study, tmp_path / "out", jobs=1)
    assert (report.counts.total, report.counts.solved) == (8, 2)
    energies = tables(tmp_path / "out")["networks"]["energy_pj"].unique()
    assert len(energies) == 1


def test_a_grown_study_solves_only_what_is_new(tmp_path: Path) -> None:
    sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    again = sweep_study(tmp_path / "study.yaml", tmp_path / "out", jobs=1)
    assert again.counts.solved == 0
    ranges = {ROWS: [8, 16, 32], COLUMNS: [2, 4]}
    accelerators = {"accelerator": "mine.yaml", "name": "other", "ranges": ranges}
    grown = write_study(tmp_path, accelerators=accelerators)
    report = sweep_study(grown, tmp_path / "other", jobs=1)
    assert (report.counts.total, report.counts.solved) == (12, 4)


def test_workers_find_the_same(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    sweep_study(study, tmp_path / "one", jobs=1, cache=tmp_path / "one.sqlite")
    report = sweep_study(study, tmp_path / "two", jobs=2, cache=tmp_path / "two.sqlite")
    assert report.counts.solved == 8
    one, two = tables(tmp_path / "one"), tables(tmp_path / "two")
    assert all(one[name].equals(two[name]) for name in one)


def test_what_fails_is_a_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    accelerators = {"accelerator": "mine.yaml", "ranges": {COLUMNS: [0, 4]}}
    study = write_study(tmp_path, accelerators=accelerators)
    report = sweep_study(study, tmp_path / "out", jobs=1)
    assert (report.accelerators, report.refused, report.counts.total) == (2, 1, 2)
    refused, built = tables(tmp_path / "out")["networks"].iter_rows(named=True)
    assert refused["status"] == "REFUSED"
    assert "sizes" in refused["reason"]
    assert built["status"] == "OPTIMAL"


def test_a_layer_without_a_mapping_has_its_reason(tmp_path: Path) -> None:
    study = write_study(tmp_path, constraints="classify: unroll K on D1 = 4")
    sweep_study(study, tmp_path / "out", jobs=1)
    for network in tables(tmp_path / "out")["networks"].iter_rows(named=True):
        fits = network["D1"] >= 4
        assert network["status"] == ("OPTIMAL" if fits else "INFEASIBLE")
        assert (network["energy_pj"] is None) is not fits
        assert fits or "unroll K on D1" in network["reason"]


def test_without_ties_the_optimum_is_the_same(tmp_path: Path) -> None:
    with_ties = sweep_study(write_study(tmp_path), tmp_path / "with", jobs=1)
    without = sweep_study(write_study(tmp_path, ties=False), tmp_path / "without", jobs=1)
    assert without.counts.solved == with_ties.counts.solved == 8
    one, other = (tables(report.folder)["layers"] for report in (with_ties, without))
    assert other["energy_pj"].to_list() == pytest.approx(one["energy_pj"].to_list(), rel=1e-7)
    assert set(other["status"]) == {"OPTIMAL"}
    pairs = zip(one["latency_cycles"], other["latency_cycles"], strict=True)
    assert all(best <= any_one for best, any_one in pairs)


def test_arrays_over_the_area_are_left_out(tmp_path: Path) -> None:
    whole = sweep_study(write_study(tmp_path), tmp_path / "out", jobs=1)
    areas = sorted(tables(whole.folder)["networks"]["area_mm2"])
    study = write_study(tmp_path, area_mm2=(areas[1] + areas[2]) / 2)
    report = sweep_study(study, tmp_path / "out", jobs=1)
    assert (report.accelerators, report.over_budget, report.counts.solved) == (4, 2, 0)
    assert sorted(tables(report.folder)["networks"]["area_mm2"]) == areas[:2]


def test_a_fault_is_no_answer(tmp_path: Path) -> None:
    """What failed, or was cut short by a limit, is tried again; what is proved is not."""
    study = write_study(tmp_path)
    sweep_study(study, tmp_path / "out", jobs=1)
    base = sqlite3.connect(tmp_path / "points.sqlite")
    rows = base.execute("select key, record from points order by key").fetchall()
    fault: dict[str, Any] = {"status": "FAILED", "reason": "none"}
    limited = json.loads(rows[1][1]) | {"status": "FEASIBLE", "limit_s": 1.0}
    for (key, _), record in zip(rows, (fault, limited), strict=False):
        base.execute("update points set record = ? where key = ?", (json.dumps(record), key))
    base.commit()
    base.close()
    assert sweep_study(study, tmp_path / "out", jobs=1).counts.solved == 2


def test_a_file_that_is_no_cache_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    cache = tmp_path / "points.sqlite"
    cache.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(OptionError, match=r"^cache: .*not a database"):
        sweep_study(study, tmp_path / "out", jobs=1)


def test_the_folder_of_the_tables_cannot_be_a_file(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    with pytest.raises(OptionError, match="cannot be made"):
        sweep_study(study, tmp_path / "small.onnx", jobs=1)
