"""ZigZag's own search behind the bridge: its outcome, its limits, its absence."""

from __future__ import annotations

import signal
import time
from dataclasses import replace

import pytest

from tests.layers import LAYERS
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import IMC, ZIGZAG
from zigzag_imc.zigzag_bridge import installed
from zigzag_imc.zigzag_bridge.objects import accelerator_text
from zigzag_imc.zigzag_bridge.scoring import evaluate, value_of
from zigzag_imc.zigzag_bridge.search import ZigzagSearch

AIMC = load_accelerator("aimc")
LAYER = matmul_layer("product", rows=6, out_channels=20, in_channels=10)


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
def test_what_it_finds_is_legal_and_scored_alike(objective: Objective) -> None:
    found = ZigzagSearch(factors=3, spatial_mappings=1).search(LAYER, AIMC, IMC, objective)
    assert (found.status, found.bound, found.cost) == ("FEASIBLE", None, None)
    assert found.mapping is not None
    check_mapping(LAYER, AIMC, found.mapping, ZIGZAG)
    ours = CostModel(LAYER, AIMC, ZIGZAG).evaluate(found.mapping).value(objective)
    assert found.objective_value == pytest.approx(ours, rel=1e-9)
    again = evaluate(LAYER, accelerator_text(AIMC), found.mapping)
    assert value_of(again, objective) == pytest.approx(found.objective_value, rel=1e-9)


@pytest.mark.parametrize("limit", ["time", "asked"])
def test_it_can_be_broken_off(limit: str) -> None:
    before = signal.getsignal(signal.SIGALRM)
    started = time.monotonic()
    found = ZigzagSearch(factors=8).search(
        LAYERS["conv3x3"],
        AIMC,
        IMC,
        "energy",
        budget=Budget.of(0.4 if limit == "time" else None, lambda: limit == "asked"),
    )
    assert time.monotonic() - started < 10
    assert (found.status, found.mapping) == ("UNKNOWN", None)
    assert found.reason == "stopped by a limit or by the user"
    assert signal.getsignal(signal.SIGALRM) is before


def test_what_makes_it_fail_is_told() -> None:
    unknown = AIMC.replace(array=replace(AIMC.array, dimensions=(("D9", 4), ("D8", 4))))
    found = ZigzagSearch().search(LAYER, unknown, IMC, "energy")
    assert (found.status, found.mapping) == ("UNKNOWN", None)
    assert found.reason == "ZigZag failed: accelerator 'aimc': ZigZag rejects it"


def test_its_absence_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    assert not installed.is_installed()
    with pytest.raises(
        OptionError, match=r"zigzag-dse is not installed; pip install zigzag-dse==3.9.1 six adds it"
    ):
        ZigzagSearch().search(LAYER, AIMC, IMC, "energy")


def test_a_missing_dependency_of_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> object:
        raise ModuleNotFoundError("No module named 'six'")

    monkeypatch.setattr(installed, "import_module", fail)
    with pytest.raises(OptionError, match="cannot be imported: No module named 'six'"):
        installed.require()
