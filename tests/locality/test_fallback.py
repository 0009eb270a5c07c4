"""Where the time ends early, the best whole choice so far is the answer; at first, nothing kept."""

from __future__ import annotations

import random
from functools import cache

import pytest

from tests.locality.early_ends import end_after
from tests.locality.plain_choices import PlainChoices
from tests.locality.small_networks import random_accelerator, random_network
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import NetworkResult

SEED = 2


def drawn() -> tuple[Network, Accelerator]:
    """Draw a network and an accelerator."""
    draw = random.Random(SEED)
    return random_network(draw), random_accelerator(draw)


@cache
def least_of_all() -> PlainChoices:
    """Go through all choices and mappings, once."""
    return PlainChoices(*drawn(), IMC, DIVISORS)


def mapped_until(
    batches: int, objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> NetworkResult:
    """Map a small network; the time is over after some batches of searches."""
    network, accelerator = drawn()
    end_after(batches, monkeypatch)
    return map_network(
        network, accelerator, objective=objective, locality="best", space=DIVISORS, jobs=1
    )


@pytest.mark.parametrize("objective", ["energy", "latency", "edp"])
@pytest.mark.parametrize("batches", [1, 2])
def test_the_best_choice_so_far_is_whole_and_bounded(
    batches: int, objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = mapped_until(batches, objective, monkeypatch)
    least = least_of_all().least(objective)
    assert batches > 1 or found.stopped == "total time limit"
    assert found.locality is not None
    assert found.locality.objective_value is not None
    assert found.locality.bound is not None
    assert found.locality.bound <= least * (1 + 1e-9) <= found.locality.objective_value * (1 + 2e-9)
    report = verify_result(found)
    assert report.holds, report.problems


def test_at_first_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mapped_until(1, "energy", monkeypatch)
    assert found.locality is not None
    assert not found.locality.placement()
    assert found.locality.status == "FEASIBLE"
    monkeypatch.undo()  # the time is not over for what this is compared with
    plain = map_network(
        *drawn(), objective="energy", scope="network", space=DIVISORS, jobs=1
    ).totals.energy_pj
    assert found.totals.energy_pj == pytest.approx(plain)


def test_without_any_mapping_layers_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mapped_until(0, "latency", monkeypatch)
    assert {record.status for record in found.layers} == {"UNKNOWN"}
    assert verify_result(found).holds
