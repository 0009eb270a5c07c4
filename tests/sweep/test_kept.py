"""Sweeps of networks with what stays on chip between their layers."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.spaces import DIVIDING
from tests.sweep.studies import COLUMNS, ROWS, write_study
from zigzag_imc.core.budget import never
from zigzag_imc.core.errors import OptionError
from zigzag_imc.library.mapping import map_network
from zigzag_imc.sweep.explore.exploring import explore_study
from zigzag_imc.sweep.hardware import FieldsOfFile
from zigzag_imc.sweep.kept_record import KeptRecord, record_of_text
from zigzag_imc.sweep.network_problem import NetworkProblem, network_key
from zigzag_imc.sweep.plan import Plan
from zigzag_imc.sweep.quantities import ENERGIES
from zigzag_imc.sweep.study.reading import read_study
from zigzag_imc.sweep.sweeping import sweep_study

ONE_ARRAY = {"accelerator": "mine.yaml", "name": "arrays", "ranges": {ROWS: [8], COLUMNS: [4]}}


def networks_of(folder: Path) -> list[dict[str, Any]]:
    return list(polars.read_parquet(folder / "networks.parquet").iter_rows(named=True))


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_a_network_is_mapped_as_a_whole(tmp_path: Path, objective: Any) -> None:
    """Every row says what mapping the network with the same option says."""
    study = write_study(
        tmp_path, accelerators=ONE_ARRAY, objectives=objective, locality=["none", "best"]
    )
    report = sweep_study(study, tmp_path / "out", jobs=1)
    assert (report.counts.total, report.counts.solved, report.counts.failed) == (3, 3, 0)
    plain, kept = networks_of(report.folder)
    assert (plain["locality"], kept["locality"]) == ("none", "best")
    accelerator = FieldsOfFile.of(str(tmp_path / "mine.yaml")).build({ROWS: 8, COLUMNS: 4})
    mapped = map_network(
        tmp_path / "small.onnx",
        accelerator,
        objective=objective,
        locality="best",
        jobs=1,
        space=DIVIDING,
    )
    totals, locality = mapped.totals, mapped.locality
    assert locality is not None
    assert kept["energy_pj"] == pytest.approx(totals.energy_pj, rel=1e-12)
    assert kept["latency_cycles"] == totals.latency_cycles
    assert kept["objective_value"] == pytest.approx(locality.objective_value)
    assert (kept["status"], kept["layers"], kept["mapped_layers"]) == ("OPTIMAL", 3, 3)
    assert kept["kept_tensors"] == sum(one.memory is not None for one in locality.tensors) > 0
    assert plain["kept_tensors"] is None
    assert kept["energy_pj"] < plain["energy_pj"]
    layers = polars.read_parquet(report.folder / "layers.parquet").filter(locality="best")
    assert layers["count"].sum() == 3
    assert layers["energy_pj"].dot(layers["count"]) == pytest.approx(kept["energy_pj"])
    for row in layers.iter_rows(named=True):
        assert sum(row[name] for name in ENERGIES) == pytest.approx(row["energy_pj"])
        cycles = ("compute_cycles", "stall_cycles", "loading_cycles")
        assert sum(row[name] for name in cycles) == pytest.approx(row["latency_cycles"])
    assert any("O sram" in (kept or "") for kept in layers["kept"])


def test_entries_may_ask_for_their_own(tmp_path: Path) -> None:
    """The study keeps nothing, one entry does; both in one cache, nothing solved twice."""
    other = {**ONE_ARRAY, "name": "kept", "locality": "best"}
    study = write_study(tmp_path, accelerators=[ONE_ARRAY, other])
    assert sweep_study(study, tmp_path / "out", jobs=1).counts.solved == 3
    again = sweep_study(study, tmp_path / "again", jobs=1)
    assert (again.counts.solved, again.counts.known) == (0, 3)
    rows = networks_of(again.folder)
    assert [(row["accelerators"], row["locality"]) for row in rows] == [
        ("arrays", "none"),
        ("kept", "best"),
    ]
    assert rows == networks_of(tmp_path / "out")


def problem_of(study: Path) -> tuple[Plan, NetworkProblem]:
    plan = Plan(read_study(study))
    (problem,) = next(iter(plan.arrays())).problems().values()
    assert isinstance(problem, NetworkProblem)
    return plan, problem


def test_the_key_holds_all_that_decides(tmp_path: Path) -> None:
    study = write_study(tmp_path, accelerators=ONE_ARRAY, locality="best")
    plan, problem = problem_of(study)
    (question,) = plan.questions["arrays"]
    network = problem.subject.network
    flow = network.steps_and_tensors
    smaller = replace(flow, elements=dict.fromkeys(flow.elements, 1))
    split = replace(flow, outputs=tuple(flow.elements))
    subjects = [
        replace(problem.subject, network=replace(network, **changes))
        for changes in (
            {"name": "other"},
            {"dataflow": smaller},
            {"dataflow": split},
            {"layers": network.layers[:2]},
        )
    ]
    renamed, *others = [network_key("digest", one, question) for one in subjects]
    known = network_key("digest", problem.subject, question)
    assert renamed == known
    others += [
        network_key("digest", problem.subject, replace(question, **changes))
        for changes in (
            {"locality": "zigzag"},
            {"keep_ends": True},
            {"objective": "latency"},
            {"diagonals": False},
            {"ties": False},
        )
    ]
    others.append(network_key("another", problem.subject, question))
    assert len({known, *others}) == 1 + len(others)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    study = write_study(tmp_path, accelerators=ONE_ARRAY, locality="best", keep_ends=True)
    _, problem = problem_of(study)
    found = pickle.loads(pickle.dumps(problem)).solve(never)  # as a worker has it
    text = found.text()
    again = record_of_text(text)
    assert isinstance(again, KeptRecord)
    assert again.text() == text
    assert [layer.names for layer in again.layers] == [layer.names for layer in found.layers]
    assert again.is_proved


def test_a_network_that_fits_nowhere_has_its_reason(tmp_path: Path) -> None:
    study = write_study(
        tmp_path,
        accelerators=ONE_ARRAY,
        locality="best",
        constraints="classify: unroll K on D1 = 8",
    )
    report = sweep_study(study, tmp_path / "out", jobs=1)
    (row,) = networks_of(report.folder)
    assert (row["status"], row["energy_pj"]) == ("INFEASIBLE", None)
    assert "unroll K on D1" in row["reason"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"locality": "most"}, "locality"),
        ({"locality": []}, "locality"),
        ({"keep_ends": True}, "keep_ends: found without locality"),
        (
            {"locality": "best", "networks": {"model": "small.onnx", "layers": "first"}},
            "layers: found with locality",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        read_study(write_study(tmp_path, **changes))


def test_explorations_keep_nothing(tmp_path: Path) -> None:
    study = write_study(tmp_path, locality="best")
    with pytest.raises(OptionError, match="locality: an exploration"):
        explore_study(study, jobs=1)
