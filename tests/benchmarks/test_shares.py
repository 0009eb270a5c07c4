"""The script that counts what presolve removes and what CP-SAT does."""

from __future__ import annotations

import math

from benchmarks.shares import Watched, search, space
from zigzag_imc.core.layer_building import matmul_layer
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import PROFILES
from zigzag_imc.solver.formulation.session import Session


def test_tiles_are_divisors_at_every_memory_below_the_top() -> None:
    """Two outputs lie on two columns, or one after the other.

    Then 1 and 2 are tiles; below the top, W has one memory, I and O have two: 5 x (1 + 2) = 15.
    """
    layer = matmul_layer("two", rows=1, out_channels=2, in_channels=1)
    assert space(layer, load_accelerator("dimc"), PROFILES["imc"]) == (2, 15)


def test_a_search_that_presolve_closes_builds_no_model() -> None:
    layer = matmul_layer("two", rows=1, out_channels=2, in_channels=1)
    found = search(layer, load_accelerator("dimc"), "energy")
    assert found.proved
    assert (found.watched.models, found.watched.tiles) == (0, 0)


def test_a_search_that_needs_a_model_is_seen() -> None:
    """The example of docs/algorithm.md: CP-SAT finds 207 cycles where presolve knew 208.

    A second model proves that no other mapping of 207 cycles has less energy.
    """
    layer = matmul_layer("product", rows=8, out_channels=24, in_channels=48)
    minimise = Session.minimise
    found = search(layer, load_accelerator("aimc"), "latency")
    assert found.proved
    assert found.watched.improved
    assert (found.watched.best_before, found.watched.best) == (208, 207)
    assert found.watched.models == 2
    assert found.watched.tiles > found.watched.most_tiles > 0
    assert 0 < found.watched.model_s < found.seconds
    assert Session.minimise is minimise, "nothing stays watched"


def test_only_better_values_after_a_call_of_cp_sat_are_improvements() -> None:
    assert not Watched("energy", best=1.0).improved
    assert not Watched("energy", solves=1, best_before=1.0, best=1.0).improved
    assert Watched("energy", solves=1, best_before=1.0, best=0.5).improved
    assert Watched("energy", solves=1, best_before=math.inf, best=1.0).improved
